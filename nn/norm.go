package nn

import (
	"fmt"
	"slices"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/tensor"
)

// BatchNorm standardizes each channel: by the mean and the variance of the
// batch in training, by running statistics in evaluation. Without Weight and
// Bias it only standardizes (PyTorch's affine=False). Without RunningMean and
// RunningVar it uses the batch in evaluation, too (track_running_stats=False).
//
//	y = (x − mean)/√(variance + ε) · weight + bias
//
// With Mode set to [autograd.Eval] it is a frozen batch norm: it uses the
// running statistics in training, too, and leaves them as they are.
// See https://docs.pytorch.org/docs/stable/generated/torch.nn.BatchNorm2d.html.
type BatchNorm struct {
	Weight, Bias            *autograd.Param // [channels]; nil for none
	RunningMean, RunningVar *tensor.Tensor  // [channels]; nil for none
	NumBatchesTracked       *tensor.Tensor  // the number of batches so far, float64, no axes; nil for none
	Eps                     float64         // ε; 0 stands for 1e-5
	Momentum                float64         // the share of a new batch in the running statistics; 0 stands for 0.1
	Cumulative              bool            // average over all batches instead: PyTorch's momentum=None
	Dims                    int             // axes after the channels: 1 for at most one, 2 for images, 3 for volumes, 0 for any number
	Mode                    autograd.Mode   // the zero value inherits the mode of the tape
}

// NewBatchNorm1d returns a layer for inputs [batch channels] or [batch channels
// length], with weights of 1, biases of 0, and running statistics.
func NewBatchNorm1d(channels int) *BatchNorm { return newBatchNorm(channels, 1) }

// NewBatchNorm2d returns a layer for inputs [batch channels height width], with
// weights of 1, biases of 0, and running statistics.
func NewBatchNorm2d(channels int) *BatchNorm { return newBatchNorm(channels, 2) }

// NewBatchNorm3d returns a layer for inputs [batch channels depth height width],
// with weights of 1, biases of 0, and running statistics.
func NewBatchNorm3d(channels int) *BatchNorm { return newBatchNorm(channels, 3) }

func newBatchNorm(channels, dims int) *BatchNorm {
	return &BatchNorm{
		Weight: autograd.NewParam(tensor.Ones(channels)), Bias: autograd.NewParam(tensor.Zeros(channels)),
		RunningMean: tensor.Zeros(channels), RunningVar: tensor.Ones(channels),
		NumBatchesTracked: tensor.Zeros64(), Dims: dims,
	}
}

// Forward keeps the shape. Where it uses the statistics of the batch it needs
// more than one value for each channel.
func (b *BatchNorm) Forward(x autograd.Var) autograd.Var {
	b.check(x.Value())
	t := x.Tape()
	defer t.SetMode(t.SetMode(b.Mode))
	w, bias, eps := lift(x, b.Weight), lift(x, b.Bias), setting(b.Eps, 1e-5)
	if !t.Training() && b.RunningMean != nil {
		return x.NormalizeChannels(t.Const(b.RunningMean), t.Const(b.RunningVar), w, bias, eps)
	}
	n := x.Value().Len() / max(1, x.Dim(1))
	if n == 1 && !t.Replaying() { // Summary replays with a batch of any size
		tensor.BadShape(b.name(), "one value for each channel has no variance; want a larger batch, or a tape in evaluation mode", x.Value())
	}
	y, mean, variance := x.BatchNorm(w, bias, eps)
	if t.Training() && b.RunningMean != nil {
		t.Track((*running)(b), mean, variance, float64(n))
	}
	return y
}

func (b *BatchNorm) name() string {
	return [...]string{"batch-norm", "batch-norm-1d", "batch-norm-2d", "batch-norm-3d"}[b.Dims]
}

// check panics when x is not an input of the layer.
func (b *BatchNorm) check(x *tensor.Tensor) {
	if b == nil {
		panic(empty("batch-norm", "NewBatchNorm1d or nn.NewBatchNorm2d"))
	}
	if b.Dims < 0 || b.Dims > 3 {
		panic(&tensor.ArgError{Op: "batch-norm", Reason: fmt.Sprintf("Dims is %d; want 0, 1, 2 or 3", b.Dims)})
	}
	if (b.RunningMean == nil) != (b.RunningVar == nil) {
		panic(&tensor.ArgError{Op: b.name(), Reason: "want both RunningMean and RunningVar, or neither"})
	}
	want := [...]struct {
		axes   string
		lo, hi int
	}{{"[batch channels …]", 2, tensor.MaxRank}, {"[batch channels] or [batch channels length]", 2, 3}, {"images [batch channels height width]", 4, 4},
		{"[batch channels depth height width]", 5, 5}}[b.Dims]
	if r := x.Rank(); r < want.lo || r > want.hi {
		tensor.BadShape(b.name(), "want "+want.axes, x)
	}
	channels := x.Dim(1)
	switch {
	case has(b.Weight):
		channels = b.Weight.Value.Len()
	case b.RunningMean != nil:
		channels = b.RunningMean.Len()
	}
	if channels != x.Dim(1) {
		tensor.BadShape(b.name(), fmt.Sprintf("the input has %d channels, the layer wants %d", x.Dim(1), channels), x)
	}
}

// running is a BatchNorm as the keeper of its running statistics.
type running BatchNorm

// Track moves the running statistics towards those of a batch with n values
// for each channel: running += momentum (batch − running). The variance is the
// unbiased one.
func (b *running) Track(mean, variance *tensor.Tensor, n float64) {
	momentum := setting(b.Momentum, 0.1)
	if b.NumBatchesTracked != nil {
		b.NumBatchesTracked.Set(b.NumBatchesTracked.Item() + 1)
		if b.Cumulative {
			momentum = 1 / b.NumBatchesTracked.Item()
		}
	}
	if n == 0 || momentum == 0 {
		return
	}
	b.RunningMean.Blend(mean, 1-momentum, momentum)
	b.RunningVar.Blend(variance, 1-momentum, momentum*n/(n-1))
}

// LayerNorm standardizes each example over its trailing axes.
//
//	y = (x − mean)/√(variance + ε) · weight + bias
//
// See https://docs.pytorch.org/docs/stable/generated/torch.nn.LayerNorm.html.
type LayerNorm struct {
	Weight, Bias *autograd.Param // the shape of the trailing axes; nil for none
	Shape        []int           // of the trailing axes; nil stands for that of Weight
	Eps          float64         // ε; 0 stands for 1e-5
}

// NewLayerNorm returns a layer that standardizes over trailing axes of the
// given shape, with weights of 1 and biases of 0.
func NewLayerNorm(shape ...int) *LayerNorm {
	return &LayerNorm{
		Weight: autograd.NewParam(tensor.Ones(shape...)), Bias: autograd.NewParam(tensor.Zeros(shape...)),
		Shape: append([]int{}, shape...),
	}
}

// Forward keeps the shape.
func (l *LayerNorm) Forward(x autograd.Var) autograd.Var {
	if l == nil || l.Shape == nil && !has(l.Weight) {
		panic(empty("layer-norm", "NewLayerNorm"))
	}
	axes := checkTrailing("layer-norm", x, trailing(l.Shape, l.Weight))
	return x.LayerNorm(axes, lift(x, l.Weight), lift(x, l.Bias), setting(l.Eps, 1e-5))
}

// RMSNorm divides each example by its root mean square over its trailing axes.
//
//	y = x/√(mean(x²) + ε) · weight
//
// See https://docs.pytorch.org/docs/stable/generated/torch.nn.RMSNorm.html.
type RMSNorm struct {
	Weight *autograd.Param // the shape of the trailing axes; nil for none
	Shape  []int           // of the trailing axes; nil stands for that of Weight
	Eps    float64         // ε; 0 stands for the machine ε of the element type, 2⁻²³ or 2⁻⁵²
}

// NewRMSNorm returns a layer that normalizes over trailing axes of the given
// shape, with weights of 1.
func NewRMSNorm(shape ...int) *RMSNorm {
	return &RMSNorm{Weight: autograd.NewParam(tensor.Ones(shape...)), Shape: append([]int{}, shape...)}
}

// Forward keeps the shape.
func (l *RMSNorm) Forward(x autograd.Var) autograd.Var {
	if l == nil || l.Shape == nil && !has(l.Weight) {
		panic(empty("rms-norm", "NewRMSNorm"))
	}
	axes := checkTrailing("rms-norm", x, trailing(l.Shape, l.Weight))
	eps := 0x1p-23
	if x.DType() == tensor.Float64 {
		eps = 0x1p-52
	}
	return x.RMSNorm(axes, lift(x, l.Weight), setting(l.Eps, eps))
}

// trailing returns the shape of the trailing axes of a layer.
func trailing(shape []int, weight *autograd.Param) []int {
	if shape == nil {
		return weight.Value.Shape()
	}
	return shape
}

// checkTrailing returns the number of the trailing axes. It panics when they
// have another shape in x than in the layer.
func checkTrailing(op string, x autograd.Var, want []int) int {
	shape, lead := x.Shape(), x.Rank()-len(want)
	for i, d := range want {
		if lead < 0 || shape[lead+i] != d {
			tensor.BadShape(op, fmt.Sprintf("the trailing axes must have shape %v", slices.Clone(want)), x.Value())
		}
	}
	return len(want)
}
