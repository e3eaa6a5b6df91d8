package tensor_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/tensor"
)

// z returns zeros of a shape.
func z(shape ...int) *tensor.Tensor { return tensor.Zeros(shape...) }

// z64 is z in float64.
func z64(shape ...int) *tensor.Tensor { return tensor.Zeros64(shape...) }

// strided returns zeros that are not contiguous.
func strided(shape ...int) *tensor.Tensor {
	t, _ := stepped.make(tensor.Float32, shape)
	return t
}

var (
	conv   = tensor.ConvShape{}
	pool2  = tensor.PoolShape{Kernel: [2]int{2, 2}}
	patch2 = tensor.UnfoldShape{Kernel: [2]int{2, 2}}
	class  = func(labels ...int) *tensor.ClassTarget { return &tensor.ClassTarget{Labels: labels} }
)

// misuses are calls that panic, and the sentence.
var misuses = []struct {
	want string
	call func()
}{
	// constructors
	{"new [2 3]: the shape has 6 elements, the data 5", func() { tensor.New(make([]float32, 5), 2, 3) }},
	{"new []: the shape has 1 elements, the data 2", func() { tensor.New(make([]float64, 2)) }},
	{"new [-1]: dimension -1 of axis 0 is negative", func() { tensor.New([]float32{}, -1) }},
	{"zeros [2 -3]: dimension -3 of axis 1 is negative", func() { z(2, -3) }},
	{"zeros [-1 0]: dimension -1 of axis 0 is negative", func() { z(-1, 0) }},
	{"zeros [0 -1]: dimension -1 of axis 1 is negative", func() { z(0, -1) }},
	{"new [-1 0]: dimension -1 of axis 0 is negative", func() { tensor.New([]float32{}, -1, 0) }},
	{"zeros [1 1 1 1 1 1 1 1 1]: shape has 9 axes, more than 8", func() { z(1, 1, 1, 1, 1, 1, 1, 1, 1) }},
	{"zeros [1073741824 1073741824]: shape [1073741824 1073741824] has more elements than memory can address", func() { z(1<<30, 1<<30) }},
	{"zeros [1073741824 1073741824 0]: shape [1073741824 1073741824 0] has more elements than memory can address", func() { z(1<<30, 1<<30, 0) }},
	{"zeros [-4]: dimension -4 of axis 0 is negative", func() { tensor.Arange(-4) }},
	{"one-hot [2 3]: label 3 is out of range", func() { tensor.OneHot([]int{0, 3}, 3) }},
	{"one-hot [1 3]: label -1 is out of range", func() { tensor.OneHot([]int{-1}, 3) }},

	// patches
	{"unfold [2 3]: want images [… channels height width]", func() { tensor.Unfold(z(2, 3), tensor.UnfoldShape{}) }},
	{"unfold [1 2 3]: want a patch of at least one pixel and no negative padding, got 0 and 0", func() { tensor.Unfold(z(1, 2, 3), tensor.UnfoldShape{}) }},
	{"unfold [1 2 3]: no patch of 3 pixels fits into 2", func() { tensor.Unfold(z(1, 2, 3), tensor.UnfoldShape{Kernel: [2]int{3, 1}}) }},
	{"unfold [4 1]: the destination must be contiguous", func() { tensor.UnfoldTo(strided(4, 1), z(1, 2, 2), patch2) }},
	{"fold [4]: want columns [… channels·kernel places]", func() { tensor.Fold(z(4), [2]int{2, 2}, patch2) }},
	{"fold [4 2]: want columns [… channels·4 1] for these images", func() { tensor.Fold(z(4, 2), [2]int{2, 2}, patch2) }},
	{"fold [4]: want a destination [… channels height width]", func() { tensor.FoldTo(z(4), z(4, 1), patch2) }},
	{"pad [3]: cannot repeat 4 and 0 elements of the 3 of axis 0", func() { tensor.PadWith(z(3), tensor.Circular, 4, 0) }},

	// numbers out of range
	{"p-norm [0]: there is no element to choose", func() { tensor.NormP(z(0), -1) }},
	{"polygamma: want an order from 0 to 60, got 61", func() { tensor.Polygamma(61, z(2)) }},
	{"polygamma: want an order from 0 to 60, got -1", func() { tensor.Polygamma(-1, z(2)) }},

	// contraction
	{"einsum: there are no operands", func() { tensor.Einsum("") }},
	{"einsum: an operand is float64, want float32; convert it with To(tensor.Float32)", func() { tensor.Einsum("i,i", z(2), z64(2)) }},
	{"einsum [2 3] × [4]: axis 0 of operand 1 has length 4, where others have 3", func() { tensor.Einsum("ij,j", z(2, 3), z(4)) }},
	{"einsum [1 1 1 1 1 1 1 1] × [1]: the result has 9 axes, more than 8", func() { tensor.Einsum("abcdefgh,i", z(1, 1, 1, 1, 1, 1, 1, 1), z(1)) }},
	{"einsum [2 2 2 2 2] × [2 2 2 2] × [2 2 2 2 2 2 2 2] × [2]: a product of the first operands has more than 8 axes", func() {
		tensor.Einsum("abcde,fghi,abcdefgh,i->", z(2, 2, 2, 2, 2), z(2, 2, 2, 2), z(2, 2, 2, 2, 2, 2, 2, 2), z(2))
	}},

	// access
	{"data: the tensor is float32, want float64; convert it with To(tensor.Float64)", func() { tensor.Data[float64](z(2)) }},
	{"data: the tensor is float64, want float32; convert it with To(tensor.Float32)", func() { tensor.Data[float32](z64(0)) }},
	{"at [2 3]: 1 indices for 2 axes", func() { z(2, 3).At(1) }},
	{"at [2 3]: index 3 is out of range for axis 1", func() { z(2, 3).At(1, 3) }},
	{"set [2 3]: index -1 is out of range for axis 0", func() { z(2, 3).Set(0, -1, 0) }},
	{"item [2]: want one element, the tensor has 2", func() { z(2).Item() }},
	{"item [0]: want one element, the tensor has 0", func() { z(0).Item() }},
	{"dim [2 3]: axis 2 is out of range for 2 axes", func() { z(2, 3).Dim(2) }},
	{"dim []: axis -1 is out of range for 0 axes", func() { z().Dim(-1) }},
	{"copy [2] × [3]: the source does not broadcast to the destination", func() { z(2).CopyFrom(z(3)) }},
	{"copy [2 3]: the destination has shape [3], want [2 3]", func() { z(3).CopyFrom(z(2, 3)) }},

	// views
	{"reshape [2 3]: 6 elements do not fill shape [4]", func() { z(2, 3).Reshape(4) }},
	{"reshape [2 3]: 6 elements do not fill shape [4 -1]", func() { z(2, 3).Reshape(4, -1) }},
	{"reshape [0]: 0 elements do not fill shape [0 -1]", func() { z(0).Reshape(0, -1) }},
	{"reshape [4]: no shape [-1 -1]: only one dimension may be left open, with −1", func() { z(4).Reshape(-1, -1) }},
	{"reshape [4]: no shape [-2]: only one dimension may be left open, with −1", func() { z(4).Reshape(-2) }},
	{"reshape [1]: 9 axes are more than 8", func() { z(1).Reshape(1, 1, 1, 1, 1, 1, 1, 1, 1) }},
	{"reshape [0]: shape [1073741824 1073741824] has more elements than memory can address", func() { z(0).Reshape(1<<30, 1<<30) }},
	{"flatten [2 3]: axis 1 comes after axis 0", func() { z(2, 3).Flatten(1, 0) }},
	{"flatten [2 3]: axis 2 is out of range for 2 axes", func() { z(2, 3).Flatten(0, 2) }},
	{"transpose [3]: axis -2 is out of range for 1 axes", func() { z(3).T() }},
	{"permute [2 3]: 1 axes named, the tensor has 2", func() { z(2, 3).Permute(0) }},
	{"permute [2 3]: axis -2 is named twice", func() { z(2, 3).Permute(0, -2) }},
	{"permute [2 3]: axis 5 is out of range for 2 axes", func() { z(2, 3).Permute(0, 5) }},
	{"slice [4]: 2:5:1 does not lie within axis 0", func() { z(4).Slice(0, 2, 5, 1) }},
	{"slice [4]: -5:2:1 does not lie within axis 0", func() { z(4).Slice(0, -5, 2, 1) }},
	{"slice [4]: 3:2:1 does not lie within axis 0", func() { z(4).Slice(0, 3, 2, 1) }},
	{"slice [4]: 0:4:0 does not lie within axis 0", func() { z(4).Slice(0, 0, 4, 0) }},
	{"expand [3]: does not stretch to shape [2]", func() { z(3).Expand(2) }},
	{"expand [2 3]: does not stretch to shape [3]", func() { z(2, 3).Expand(3) }},
	{"expand [3]: does not stretch to shape [-1 3]", func() { z(3).Expand(-1, 3) }},
	{"expand [1 1]: shape [1073741824 1073741824] has more elements than memory can address", func() { z(1, 1).Expand(1<<30, 1<<30) }},
	{"squeeze [1 3]: axis 1 has length 3, not 1", func() { z(1, 3).Squeeze(1) }},
	{"unsqueeze [3]: no place for a new axis 2", func() { z(3).Unsqueeze(2) }},
	{"unsqueeze [1 1 1 1 1 1 1 1]: no place for a new axis 0", func() { z(1, 1, 1, 1, 1, 1, 1, 1).Unsqueeze(0) }},

	// elementwise
	{"exp [2]: the destination has shape [3], want [2]", func() { tensor.ExpTo(z(3), z(2)) }},
	{"exp: the destination is float32, want float64; convert it with To(tensor.Float64)", func() { tensor.ExpTo(z(2), z64(2)) }},
	{"greater [2 3] × [2]: the shapes do not broadcast: aligned at the last axis, lengths must be equal or 1", func() { tensor.Greater(z(2, 3), z(2)) }},
	{"greater-equal [2 3] × [2]: the shapes do not broadcast: aligned at the last axis, lengths must be equal or 1", func() { tensor.GreaterEqual(z(2, 3), z(2)) }},
	{"add [2 3] × [2]: the shapes do not broadcast: aligned at the last axis, lengths must be equal or 1", func() { tensor.Add(z(2, 3), z(2)) }},
	{"add [2 3] × [3 2]: the shapes do not broadcast: aligned at the last axis, lengths must be equal or 1", func() { tensor.AddTo(z(2, 3), z(2, 3), z(3, 2)) }},
	{"add [2 3] × [2 3]: the destination has shape [3 2], want [2 3]", func() { tensor.AddTo(z(3, 2), z(2, 3), z(2, 3)) }},
	{"add [2] × [2]: the destination has shape [1 2], want [2]", func() { tensor.AddTo(z(1, 2), z(2), z(2)) }},
	{"add: the second operand is float64, want float32; convert it with To(tensor.Float32)", func() { tensor.Add(z(2), z64(2)) }},
	{"where [2] × [3] × []: the shapes do not broadcast: aligned at the last axis, lengths must be equal or 1", func() { tensor.Where(z(2), z(3), z()) }},
	{"where: the condition is float32, want float64; convert it with To(tensor.Float64)", func() { tensor.Where(z(2), z64(2), z64(2)) }},
	{"blend [2] × [3]: want contiguous tensors with equally many elements", func() { z(2).Blend(z(3), 1, 1) }},

	// selection
	{"masked-select [2] × [3]: the shapes do not broadcast: aligned at the last axis, lengths must be equal or 1", func() { tensor.MaskedSelect(z(2), z(3)) }},
	{"take-along-dim [2 3]: shape [3 1] of the index does not broadcast along the other axes", func() { tensor.TakeAlongDim(z(2, 3), []int{0, 0, 0}, 1, 3, 1) }},
	{"scatter [2 3]: index 3 is out of range for length 3", func() { tensor.Scatter(z(2, 3), 1, []int{3, 0}, z(2, 1)) }},
	{"scatter: the source is float64, want float32; convert it with To(tensor.Float32)", func() { tensor.Scatter(z(2), 0, []int{0}, z64(1)) }},
	{"index-copy [2] × [2]: the source must have a slice for each index", func() { tensor.IndexCopy(z(2), 0, []int{0}, z(2)) }},
	{"index-fill [2]: index 2 is out of range for length 2", func() { tensor.IndexFill(z(2), 0, []int{2}, 1) }},

	// repetition
	{"repeat [2 3]: 1 numbers, want one for each axis", func() { tensor.Repeat(z(2, 3), 2) }},
	{"tile [2]: cannot repeat -1 times", func() { tensor.Tile(z(2), -1) }},
	{"repeat-interleave [3]: 2 numbers, want 1 or 3", func() { tensor.RepeatInterleave(z(3), []int{1, 2}, 0) }},
	{"nan-to-num [2]: the destination has shape [3], want [2]", func() { tensor.NanToNumTo(z(3), z(2), 0, 0, 0) }},

	// diagonals and differences
	{"diagonal [2 3]: axis 1 is named twice", func() { z(2, 3).Diagonal(0, 1, 1) }},
	{"diag-embed []: want an axis, and place for another one", func() { tensor.DiagEmbed(z(), 0, 0, 1) }},
	{"diag-embed [2]: there is no plane of axes 0 and -3 among 2", func() { tensor.DiagEmbed(z(2), 0, 0, -3) }},
	{"diag []: want a vector or a matrix", func() { tensor.Diag(z(), 0) }},
	{"trace [2]: want a matrix", func() { tensor.Trace(z(2)) }},
	{"rfft: the destination is float32, want float64; convert it with To(tensor.Float64)", func() { tensor.RFFTTo(z(2, 2), z64(3), 0, 0, 0) }},
	{"rfft [3]: the destination has shape [3 2], want [2 2]", func() { tensor.RFFTTo(z(3, 2), z(3), 0, 0, 0) }},
	{"rfft [2 2]: the destination must be contiguous", func() { tensor.RFFTTo(strided(2, 2), z(3), 0, 0, 0) }},
	{"rfft: there is no norm 3", func() { tensor.RFFT(z(3), 0, 0, 3) }},
	{"rfft gradient: dy is float64, want float32; convert it with To(tensor.Float32)", func() { z(3).AsGrad().RFFT(z64(2, 2), 0, 0, 0) }},
	{"rfft gradient [3]: the destination has shape [3 2], want [2 2]", func() { z(3).AsGrad().RFFT(z(3, 2), 0, 0, 0) }},
	{"rfft gradient [3]: the destination must be contiguous", func() { strided(3).AsGrad().RFFT(z(2, 2), 0, 0, 0) }},
	{"irfft: the destination is float32, want float64; convert it with To(tensor.Float64)", func() { tensor.IRFFTTo(z(2), z64(2, 2), 0, 0, 0) }},
	{"irfft [2 2]: the destination has shape [3], want [2]", func() { tensor.IRFFTTo(z(3), z(2, 2), 0, 0, 0) }},
	{"irfft [2]: the destination must be contiguous", func() { tensor.IRFFTTo(strided(2), z(2, 2), 0, 0, 0) }},
	{"irfft gradient: dy is float64, want float32; convert it with To(tensor.Float32)", func() { z(2, 2).AsGrad().IRFFT(z64(2), 0, 0, 0) }},
	{"irfft gradient [2 2]: the destination has shape [3], want [2]", func() { z(2, 2).AsGrad().IRFFT(z(3), 0, 0, 0) }},
	{"irfft gradient [2 2]: the destination must be contiguous", func() { strided(2, 2).AsGrad().IRFFT(z(2), 0, 0, 0) }},
	{"complex-abs [3]: want a last axis of two, the real and the imaginary part", func() { tensor.ComplexAbs(z(3)) }},
	{"complex-power [3]: want a last axis of two, the real and the imaginary part", func() { tensor.ComplexPower(z(3)) }},
	{"window: want n ≥ 0, got -1", func() { tensor.HannWindow(-1, true) }},
	{"hann-window [2 2]: want a vector", func() { tensor.HannWindowTo(z(2, 2), true) }},
	{"kaiser-window: want a beta between -700 and 700, got 701", func() { tensor.KaiserWindow(3, true, 701) }},
	{"diff: cannot take -1 differences", func() { tensor.Diff(z(2), -1, 0) }},
	{"diff []: axis 0 is out of range for 0 axes", func() { tensor.Diff(z(), 1, 0) }},
	{"cummin [2]: axis 1 is out of range for 1 axes", func() { tensor.CumMin(z(2), 1) }},
	{"cummax [2]: the index has 1 elements, want 2", func() { tensor.CumArgTo(make([]int, 1), z(2), 0, true) }},

	// search
	{"bincount [1]: want a weight for each of the 2 numbers", func() { tensor.BincountWith([]int{1, 2}, z(1), 0) }},
	{"bincount: want numbers that are not negative, got -2", func() { tensor.BincountWith([]int{1, -2}, z(2), 0) }},
	{"scatter-reduce: there is no mode 5", func() { tensor.ScatterReduce(z(1), 0, []int{0}, z(1), 5, true) }},
	{"scatter-reduce: the source is float64, want float32; convert it with To(tensor.Float32)", func() { tensor.ScatterReduce(z(1), 0, []int{0}, z64(1), 0, true) }},
	{"bincount: want numbers that are not negative, got -2", func() { tensor.Bincount([]int{1, -2}, 0) }},
	{"search-sorted [] × [2]: want one row, or one for each row of values", func() { tensor.SearchSorted(z(), z(2), false) }},
	{"search-sorted [2 3] × [3 3]: want one row, or one for each row of values", func() { tensor.SearchSorted(z(2, 3), z(3, 3), false) }},
	{"search-sorted: the tensor of values is float64, want float32; convert it with To(tensor.Float32)", func() { tensor.SearchSorted(z(2), z64(2), false) }},
	{"argmax [0]: there is no element to choose", func() { tensor.ArgMaxAll(z(0)) }},

	// making
	{"arange: no steps of 0 lead from 1 to 2", func() { tensor.ArangeStep(1, 2, 0) }},
	{"arange: no steps of -1 lead from 1 to 2", func() { tensor.ArangeStep(1, 2, -1) }},
	{"arange: no steps of 1 lead from 1 to +Inf", func() { tensor.ArangeStep(1, math.Inf(1), 1) }},
	{"zeros [-1]: dimension -1 of axis 0 is negative", func() { tensor.Linspace(0, 1, -1) }},
	{"meshgrid: there are no operands", func() { tensor.Meshgrid() }},
	{"meshgrid [2] × [2 3]: want vectors", func() { tensor.Meshgrid(z(2), z(2, 3)) }},

	// order
	{"sort [2 3]: axis 2 is out of range for 2 axes", func() { tensor.Sort(z(2, 3), 2, false) }},
	{"sort [2 3]: the index has 5 elements, want 6", func() { tensor.ArgSortTo(make([]int, 5), z(2, 3), 0, false) }},
	{"top-k [2 3]: cannot choose 3 of 2 elements", func() { tensor.TopK(z(2, 3), 3, 0, true) }},
	{"top-k [2 3]: the index has 6 elements, want 3", func() { tensor.TopKTo(make([]int, 6), z(2, 3), 1, 0, true) }},
	{"median [2 0]: there is no element to choose", func() { tensor.ArgMedian(z(2, 0), 1) }},
	{"median [2 3]: the index has 1 elements, want 2", func() { tensor.ArgMedianTo(make([]int, 1), z(2, 3), 1) }},
	{"quantile [2 3]: the index has 1 elements, want 2", func() { tensor.QuantileIndexTo(make([]int, 1), make([]int, 1), z(2, 3), 0.5, 1, tensor.Linear) }},
	{"quantile: want q in [0, 1], got -1", func() { tensor.Quantile(z(2), -1, 0) }},
	{"quantile: there is no interpolation 9", func() { tensor.QuantileBy(z(2), 0.5, 0, 9) }},

	// reductions and rows
	{"sum [2 3]: axis 2 is out of range for 2 axes", func() { tensor.Sum(z(2, 3), 2) }},
	{"sum [2 3]: axis -1 is named twice", func() { tensor.Sum(z(2, 3), 1, -1) }},
	{"sum [2 3]: the destination has shape [2], want [3]", func() { tensor.SumTo(z(2), z(2, 3), 0b01) }},
	{"sum [2 3]: the destination has shape [2 3], want [1 3]", func() { tensor.SumTo(z(2, 3), z(2, 3), 0b01) }},
	{"sum [2 3]: the destination has shape [3 2], want [2 3]", func() { tensor.SumTo(z(3, 2), z(2, 3), 0) }},
	{"mean: the destination is float32, want float64; convert it with To(tensor.Float64)", func() { tensor.MeanTo(z(), z64(3), 1) }},
	{"max [0 3]: there is no element to choose", func() { tensor.Max(z(0, 3), 0) }},
	{"min [0]: there is no element to choose", func() { tensor.Min(z(0)) }},
	{"argmax [2 0]: there is no element to choose", func() { tensor.ArgMax(z(2, 0), 1) }},
	{"argmin [2 3]: axis 2 is out of range for 2 axes", func() { tensor.ArgMin(z(2, 3), 2) }},
	{"argmax [2 3]: the index has 3 elements, want 2", func() { tensor.ArgTo(make([]int, 3), z(2, 3), 1, true) }},
	{"softmax [2 3]: axis 2 is out of range for 2 axes", func() { tensor.Softmax(z(2, 3), 2) }},
	{"softmax [2 3]: the destination has shape [3 2], want [2 3]", func() { tensor.SoftmaxTo(z(3, 2), z(2, 3), 0) }},
	{"cumsum []: axis 1 is out of range for 0 axes", func() { tensor.CumSum(z(), 1) }},

	// products
	{"matmul [32 784] × [512 10]: inner dimensions 784 and 512 differ", func() { tensor.MatMul(z(32, 784), z(512, 10)) }},
	{"matmul [3] × [2]: inner dimensions 3 and 2 differ", func() { tensor.MatMul(z(3), z(2)) }},
	{"matmul [] × [2]: both operands need at least one axis", func() { tensor.MatMul(z(), z(2)) }},
	{"matmul [2 1 3] × [3 3 1]: the axes before the last two do not broadcast", func() { tensor.MatMul(z(2, 1, 3), z(3, 3, 1)) }},
	{"matmul: the second operand is float64, want float32; convert it with To(tensor.Float32)", func() { tensor.MatMul(z(2, 2), z64(2, 2)) }},
	{"matmul [2 3] × [3 4]: the destination has shape [4 2], want [2 4]", func() { tensor.MatMulTo(z(4, 2), z(2, 3), z(3, 4)) }},
	{"matmul [2 4]: the destination must be contiguous", func() { tensor.MatMulTo(strided(2, 4), z(2, 3), z(3, 4)) }},
	{"linear [2 3] × [4 2]: want x [… in] and a weight [out in]", func() { tensor.LinearTo(z(2, 4), z(2, 3), z(4, 2), nil) }},
	{"linear [2 3] × [4 3] × [3]: want a bias as long as the weight has rows", func() { tensor.LinearTo(z(2, 4), z(2, 3), z(4, 3), z(3)) }},
	{"linear [2 3] × [4 3]: the destination has shape [4 2], want [2 4]", func() { tensor.LinearTo(z(4, 2), z(2, 3), z(4, 3), nil) }},
	{"linear [2 4]: the destination must be contiguous", func() { tensor.LinearTo(strided(2, 4), z(2, 3), z(4, 3), nil) }},
	{"linear: the bias is float64, want float32; convert it with To(tensor.Float32)", func() { tensor.LinearTo(z(2, 4), z(2, 3), z(4, 3), z64(4)) }},
	{"linear weight gradient [2 4] × [3 3]: want gradients [… out] and x [… in]", func() { z(4, 3).AsGrad().LinearWeight(z(2, 4), z(3, 3)) }},
	{"linear weight gradient [2 4] × [3]: want gradients [… out] and x [… in]", func() { z(4, 3).AsGrad().LinearWeight(z(2, 4), z(3)) }},
	{"linear weight gradient [2 4] × [2 3]: the destination has shape [3 4], want [4 3]", func() { z(3, 4).AsGrad().LinearWeight(z(2, 4), z(2, 3)) }},
	{"linear weight gradient [4 3]: the destination must be contiguous", func() { strided(4, 3).AsGrad().LinearWeight(z(2, 4), z(2, 3)) }},
	{"linear weight gradient: dy is float64, want float32; convert it with To(tensor.Float32)", func() { z(4, 3).AsGrad().LinearWeight(z64(2, 4), z(2, 3)) }},

	// images
	{"conv2d [3 5 5] × [2 3 3 3]: want images [batch channels height width] and filters [out in/groups height width]", func() { tensor.Conv2d(z(3, 5, 5), z(2, 3, 3, 3), conv) }},
	{"conv2d [1 3 5 5] × [2 4 3 3]: the images have 3 channels, the filters want 4 × 1 groups, and the groups must divide 2 filters", func() { tensor.Conv2d(z(1, 3, 5, 5), z(2, 4, 3, 3), conv) }},
	{"conv2d [1 4 5 5] × [3 2 3 3]: the images have 4 channels, the filters want 2 × 2 groups, and the groups must divide 3 filters", func() { tensor.Conv2d(z(1, 4, 5, 5), z(3, 2, 3, 3), tensor.ConvShape{Groups: 2}) }},
	{"conv2d [1 1 2 5] × [1 1 3 3]: a window of 3, dilated by 1, does not fit into 2 pixels padded by 0", func() { tensor.Conv2d(z(1, 1, 2, 5), z(1, 1, 3, 3), conv) }},
	{"conv2d [1 1 5 5] × [1 1 3 3]: window sizes must be positive, strides, pads and dilations not negative", func() { tensor.Conv2d(z(1, 1, 5, 5), z(1, 1, 3, 3), tensor.ConvShape{Padding: [2]int{-1, 0}}) }},
	{"conv2d [1 1 5 5] × [1 1 0 3]: window sizes must be positive, strides, pads and dilations not negative", func() { tensor.Conv2d(z(1, 1, 5, 5), z(1, 1, 0, 3), conv) }},
	{"conv2d [1 1 5 5] × [1 1 3 3] × [2]: want a bias as long as there are filters", func() { tensor.Conv2dTo(z(1, 1, 3, 3), z(1, 1, 5, 5), z(1, 1, 3, 3), z(2), conv) }},
	{"conv2d: the bias is float64, want float32; convert it with To(tensor.Float32)", func() { tensor.Conv2dTo(z(1, 1, 3, 3), z(1, 1, 5, 5), z(1, 1, 3, 3), z64(1), conv) }},
	{"conv2d: the filter is float64, want float32; convert it with To(tensor.Float32)", func() { tensor.Conv2d(z(1, 1, 5, 5), z64(1, 1, 3, 3), conv) }},
	{"conv2d [1 1 5 5] × [1 1 3 3]: the destination has shape [1 1 5 5], want [1 1 3 3]", func() { tensor.Conv2dTo(z(1, 1, 5, 5), z(1, 1, 5, 5), z(1, 1, 3, 3), nil, conv) }},
	{"conv2d [1 1 3 3]: the destination must be contiguous", func() { tensor.Conv2dTo(strided(1, 1, 3, 3), z(1, 1, 5, 5), z(1, 1, 3, 3), nil, conv) }},
	{"conv2d input gradient [1 1 5 5] × [1 1 3 3]: the destination has shape [1 1 2 2], want [1 1 3 3]", func() { z(1, 1, 5, 5).AsGrad().Conv2dInput(z(1, 1, 2, 2), z(1, 1, 3, 3), conv) }},
	{"conv2d filter gradient: dy is float64, want float32; convert it with To(tensor.Float32)", func() { z(1, 1, 3, 3).AsGrad().Conv2dFilter(z(1, 1, 5, 5), z64(1, 1, 3, 3), conv) }},
	{"maxpool2d [4 4]: want images [… height width]", func() { tensor.MaxPool2dTo(z(2, 2), nil, z(4, 4), pool2) }},
	{"maxpool2d [1 4 4]: the index has 3 elements, want 4", func() { tensor.MaxPool2dTo(z(1, 2, 2), make([]int, 3), z(1, 4, 4), pool2) }},
	{"maxpool2d [1 4 4]: the destination has shape [1 4 4], want [1 2 2]", func() { tensor.MaxPool2dTo(z(1, 4, 4), nil, z(1, 4, 4), pool2) }},
	{"maxpool2d gradient [1 4 4]: the index has 3 elements, want 4", func() { z(1, 4, 4).AsGrad().MaxPool2d(z(1, 2, 2), make([]int, 3), pool2) }},
	{"maxpool2d gradient [1 4 4]: an index lies outside the pixels of its image", func() { z(1, 4, 4).AsGrad().MaxPool2d(z(1, 2, 2), []int{0, 0, 0, 16}, pool2) }},
	{"maxpool2d gradient [1 4 4]: the destination must be contiguous", func() { strided(1, 4, 4).AsGrad().MaxPool2d(z(1, 2, 2), make([]int, 4), pool2) }},
	{"pool [1 4 4]: a pad of 2 is more than half the window of 2", func() { tensor.AvgPool2d(z(1, 4, 4), tensor.PoolShape{Kernel: [2]int{2, 2}, Padding: [2]int{0, 2}}) }},
	{"pool [1 1 1]: a window dilated by 2 can miss all of 1 pixels", func() {
		tensor.MaxPool2d(z(1, 1, 1), tensor.PoolShape{Kernel: [2]int{2, 1}, Padding: [2]int{1, 0}, Dilation: [2]int{2, 1}})
	}},
	{"avgpool2d [1 4 4]: average pooling has no dilation", func() {
		tensor.AvgPool2dTo(z(1, 1, 1), z(1, 4, 4), tensor.PoolShape{Kernel: [2]int{2, 2}, Dilation: [2]int{2, 2}})
	}},
	{"avgpool2d gradient [1 4 4]: the destination must be contiguous", func() { strided(1, 4, 4).AsGrad().AvgPool2d(z(1, 2, 2), pool2) }},

	// indices
	{"gather [2] × [2 3]: the index must have as many axes as the tensor", func() { tensor.Gather(z(2, 3), 0, []int{0, 1}, 2) }},
	{"gather [2 4] × [2 3]: the index is longer than the tensor along axis 1", func() { tensor.Gather(z(2, 3), 0, make([]int, 8), 2, 4) }},
	{"gather [2] × [3]: 1 indices for 2 elements", func() { tensor.Gather(z(3), 0, []int{0}, 2) }},
	{"gather [3]: index 3 is out of range for length 3", func() { tensor.Gather(z(3), 0, []int{0, 3}, 2) }},
	{"scatter-add [3]: index -1 is out of range for length 3", func() { z(3).ScatterAdd(0, []int{-1}, z(1)) }},
	{"index-select [3 2]: index 3 is out of range for length 3", func() { tensor.IndexSelect(z(3, 2), 0, []int{3}) }},
	{"index-add [3 2]: the destination has shape [1 2], want [2 2]", func() { z(3, 2).IndexAdd(0, []int{0, 1}, z(1, 2)) }},
	{"take [3] × [2]: want contiguous tensors and 3 indices, got 2", func() { tensor.TakeTo(z(3), z(2), []int{0, 1}) }},
	{"put [2]: index 2 is out of range for length 2", func() { z(2).AsGrad().Take(z(1), []int{2}) }},

	// joins
	{"concat: there are no operands", func() { tensor.Concat(0) }},
	{"concat [2 3] × [3 3]: the shapes may differ only along axis 1", func() { tensor.Concat(1, z(2, 3), z(3, 3)) }},
	{"concat [2] × [2 1]: the shapes may differ only along axis 0", func() { tensor.Concat(0, z(2), z(2, 1)) }},
	{"concat: operand 2 is float64, want float32; convert it with To(tensor.Float32)", func() { tensor.Concat(0, z(2), z64(2)) }},
	{"split [4]: cannot cut into pieces of length 0; want at least 1", func() { z(4).Split(0, 0) }},
	{"pad [4]: 1 widths, want one before and one after each axis", func() { tensor.Pad(z(4), 0, 1) }},
	{"pad [4]: the widths -3 and -2 take more than all of axis 0", func() { tensor.Pad(z(4), 0, -3, -2) }},
	{"pad: the destination is float32, want float64; convert it with To(tensor.Float64)", func() { tensor.PadTo(z(4), z64(4), 0, 0, 0) }},
	{"tril [4]: want at least two axes", func() { tensor.Tril(z(4), 0) }},
	{"triu: the destination is float32, want float64; convert it with To(tensor.Float64)", func() { tensor.TriuTo(z(2, 2), z64(2, 2), 0) }},

	// normalization and losses
	{"batch-norm [3]: want a batch with channels on axis 1", func() { tensor.BatchNormTo(z(3), z(3), z(3), z(3), nil, nil, 0) }},
	{"batch-norm [2 3] × [2]: want one number for each channel, axis 1", func() { tensor.BatchNormTo(z(2, 3), z(3), z(3), z(2, 3), z(2), z(2), 0) }},
	{"batch-norm gradient [2 3]: the destination has shape [3 2], want [2 3]", func() { z(2, 3).AsGrad().BatchNorm(nil, nil, z(3, 2), z(3), z(3), z(2, 3), nil, 0) }},
	{"layer-norm [2 3]: the number of trailing axes must lie between 1 and the number of all axes", func() { tensor.LayerNormTo(z(2, 3), z(2), z(2), z(2, 3), nil, nil, 3, 0) }},
	{"layer-norm [2 3] × [3]: want a mean and a variance for each group that is normalized", func() { tensor.LayerNormTo(z(2, 3), z(3), z(3), z(2, 3), nil, nil, 1, 0) }},
	{"layer-norm gradient [2 3] × [2]: want weight and bias with the shape of the trailing axes", func() {
		z(2, 3).AsGrad().LayerNorm(nil, nil, z(2, 3), z(2), z(2), z(2, 3), z(2), 1, 0)
	}},
	{"cross-entropy [2 3]: want 2 labels, got 1", func() { tensor.CrossEntropyTo(z(2), z(2, 3), class(0)) }},
	{"cross-entropy [2 3]: labels[1] is 3; there are 3 classes", func() { tensor.CrossEntropyTo(z(2), z(2, 3), class(0, 3)) }},
	{"cross-entropy [1 3] × [2]: want a weight for each of 3 classes", func() {
		tensor.CrossEntropyTo(z(1), z(1, 3), &tensor.ClassTarget{Labels: []int{1}, Weights: z(2)})
	}},
	{"cross-entropy [2 3]: the destination has shape [3], want [2]", func() { tensor.CrossEntropyTo(z(3), z(2, 3), class(0, 1)) }},
	{"cross-entropy gradient [2 3]: the destination must be contiguous", func() { strided(2, 3).AsGrad().CrossEntropy(z(2), z(2, 3), class(0, 1)) }},

	// optimizer steps
	{"sgd step [2] × [3]: the gradient and the state must have the shape of the parameter", func() { tensor.SGD{}.Update(z(2), z(3), nil) }},
	{"sgd step: the gradient is float64, want float32; convert it with To(tensor.Float32)", func() { tensor.SGD{}.Update(z(2), z64(2), nil) }},
	{"adam step [2] × [2]: the parameter, its gradient and its state must be contiguous", func() { tensor.Adam{Step: 1}.Update(z(2), strided(2), z(2), z(2), nil) }},

	// recurrence and attention: mistakes in the destinations
	{"lstm [2 3 4]: the destination has shape [2 3 1], want [3 3 1]", func() {
		n := newNet(z, 4, 2, 3, 4, 1)
		tensor.LSTMTo(z(2, 3, 1), z(2, 3, 4), z(2, 2, 3, 1), n.x, &n.p)
	}},
	{"gru gradient [2 3 4]: the destination has shape [6], want [2 3]", func() {
		n := newNet(z, 3, 2, 3, 4, 1)
		z(2, 2, 3, 3).AsGrad().GRU(z(6), nil, z(2, 3, 1), z(2, 3, 1), z(2, 3, 3), z(2, 3, 1), n.x, &n.p)
	}},
	{"gru: H0 is float64, want float32; convert it with To(tensor.Float32)", func() {
		n := newNet(z, 3, 2, 3, 4, 1)
		n.p.H0 = z64(3, 1)
		tensor.GRUTo(z(2, 3, 1), z(2, 3, 3), z(2, 3, 1), n.x, &n.p)
	}},
	{"attention [1 1 2 3]: the destination has shape [1 1 2 3], want [1 1 2 4]", func() {
		tensor.AttentionTo(z(1, 1, 2, 3), z(1, 1, 2, 3), z(1, 1, 2, 3), z(1, 1, 2, 4), false)
	}},
	{"attention [1 1 2 3]: the rows of the destination must be contiguous", func() {
		tensor.AttentionTo(strided(1, 1, 2, 3), z(1, 1, 2, 3), z(1, 1, 2, 3), z(1, 1, 2, 3), false)
	}},
}

func TestMisusePanicsWithASentence(t *testing.T) {
	for _, c := range misuses {
		t.Run(c.want, func(t *testing.T) {
			defer func() {
				switch err := recover().(type) {
				case *tensor.ShapeError:
					require.EqualError(t, err, c.want)
				case *tensor.DTypeError:
					require.EqualError(t, err, c.want)
				case *tensor.ArgError:
					require.EqualError(t, err, c.want)
				default:
					require.Fail(t, "none of the three types", "%v", err)
				}
			}()
			c.call()
		})
	}
}

// The error carries what it says, in fields.
func TestShapeErrorFields(t *testing.T) {
	defer func() {
		err := recover().(*tensor.ShapeError)
		require.Equal(t, "matmul", err.Op)
		require.Equal(t, [][]int{{2, 3}, {4, 5}}, err.Shapes)
		require.Equal(t, "inner dimensions 3 and 4 differ", err.Reason)
	}()
	tensor.MatMul(z(2, 3), z(4, 5))
}

// A failed call leaves its destination alone.
func TestMisuseDoesNotWrite(t *testing.T) {
	dst := tensor.Full(math.Pi, 2)
	require.Panics(t, func() { tensor.AddTo(dst, z(3), z(3)) })
	require.Panics(t, func() { tensor.SumTo(dst, z(3, 3), 1) })
	require.Panics(t, func() { tensor.PadTo(dst, z64(1), 0, 0, 1) })
	require.Panics(t, func() { tensor.ConcatTo(dst, 0, z(1), z64(1)) })
	require.Panics(t, func() { tensor.TakeTo(dst, z(3), []int{0, 3}) })
	require.Equal(t, tensor.Values(tensor.Full(math.Pi, 2)), tensor.Values(dst))
}

// Packages that build on tensor panic with the same errors.
func TestErrorsForOthers(t *testing.T) {
	thrown := func(f func()) (err any) {
		defer func() { err = recover() }()
		f()
		return nil
	}
	require.Equal(t, &tensor.ArgError{Op: "pick", Reason: "want k ≥ 1, got 0"}, thrown(func() { tensor.BadArg("pick", "want k ≥ 1, got %d", 0) }))
	require.Equal(t, &tensor.ShapeError{Op: "pair", Shapes: [][]int{{2, 3}, {}}, Reason: "they do not fit"},
		thrown(func() { tensor.BadShape("pair", "they do not fit", z(2, 3), z()) }))
}
