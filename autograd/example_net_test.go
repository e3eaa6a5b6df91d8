package autograd_test

import (
	"fmt"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/tensor"
)

// The gradient by a matrix has its shape.
func ExampleVar_MatMul() {
	tape := autograd.NewTape()
	a, b := tape.Var(tensor.New([]float64{1, 2, 3, 4}, 2, 2)), tape.Var(tensor.New([]float64{0, 1, 1, 0}, 2, 2))
	y := a.MatMul(b) // b exchanges the columns
	fmt.Println(tensor.Values(y.Value()))
	grads := y.Sum().Backward()
	fmt.Println(tensor.Values(grads.Of(a)), tensor.Values(grads.Of(b)))
	// Output:
	// [2 1 4 3]
	// [1 1 1 1] [4 4 6 6]
}

func ExampleVar_Dot() {
	tape := autograd.NewTape()
	a, b := tape.Var(tensor.New([]float64{1, 2}, 2)), tape.Var(tensor.New([]float64{3, 4}, 2))
	fmt.Println(a.Dot(b).Item(), tensor.Values(a.Outer(b).Value()))
	fmt.Println(tensor.Values(a.Dot(b).Backward().Of(a)))
	// Output:
	// 11 [3 4 6 8]
	// [3 4]
}

// Rows of x are multiplied by rows of the weight, as PyTorch stores it.
func ExampleVar_Linear() {
	tape := autograd.NewTape()
	x := tape.Const(tensor.New([]float64{1, 10, 2, 20}, 2, 2))
	w, b := tape.Var(tensor.New([]float64{1, 1, 1, 0, 0, 1}, 3, 2)), tape.Var(tensor.New([]float64{100, 200, 300}, 3))
	y := x.Linear(w, b)
	fmt.Println(y.Shape(), tensor.Values(y.Value()))
	grads := y.Sum().Backward()
	fmt.Println(tensor.Values(grads.Of(w)), tensor.Values(grads.Of(b)))
	// Output:
	// [2 3] [111 201 310 122 202 320]
	// [3 30 3 30 3 30] [2 2 2]
}

func ExampleVar_Bilinear() {
	tape := autograd.NewTape()
	a, b := tape.Const(tensor.New([]float64{1, 2}, 1, 2)), tape.Const(tensor.New([]float64{3, 4}, 1, 2))
	w := tape.Const(tensor.New([]float64{1, 0, 0, 1, 0, 1, 0, 0}, 2, 2, 2)) // 1·3 + 2·4, and 1·4
	fmt.Println(tensor.Values(a.Bilinear(b, w, autograd.Var{}).Value()))
	// Output: [11 4]
}

// Any sum of products, in the subscripts of Einstein.
func ExampleEinsum() {
	a := count(2, 3)
	b := a.Tape().Const(tensor.Ones(3, 2).To(tensor.Float64))
	fmt.Println(tensor.Values(autograd.Einsum("ik,kj->ij", a, b).Value()))
	fmt.Println(tensor.Values(autograd.Einsum("ij->j", a).Value()))
	fmt.Println(tensor.Values(a.Tensordot(b, []int{1}, []int{0}).Value()))
	// Output:
	// [3 3 12 12]
	// [3 5 7]
	// [3 3 12 12]
}

// 2x = 6 and x + 4y = 7.
func ExampleVar_Solve() {
	tape := autograd.NewTape()
	a, b := tape.Const(tensor.New([]float64{2, 0, 1, 4}, 2, 2)), tape.Const(tensor.New([]float64{6, 7}, 2))
	fmt.Println(rounded(a.Solve(b).Value()), rounded(a.Inverse().Value()))
	// Output: [3 1] [0.5 0 -0.125 0.25]
}

// A filter finds edges; its transpose paints them.
func ExampleVar_Conv2d() {
	tape := autograd.NewTape()
	x := tape.Var(tensor.New([]float64{0, 0, 1, 1}, 1, 1, 1, 4))
	w := tape.Var(tensor.New([]float64{-1, 1}, 1, 1, 1, 2))
	y := x.Conv2d(w, autograd.Var{}, tensor.ConvShape{})
	fmt.Println(rounded(y.Value()))
	fmt.Println(rounded(y.ConvTranspose2d(w, autograd.Var{}, tensor.ConvShape{}, [2]int{}).Value()))
	grads := y.Sum().Backward()
	fmt.Println(rounded(grads.Of(x)), rounded(grads.Of(w)))
	// Output:
	// [0 1 0]
	// [0 -1 1 0]
	// [-1 0 0 1] [1 2]
}

// Windows of two by two pixels.
func ExampleVar_MaxPool2d() {
	x := count(1, 1, 2, 4)
	s := tensor.PoolShape{Kernel: [2]int{2, 2}}
	fmt.Println(tensor.Values(x.MaxPool2d(s).Value()), tensor.Values(x.AvgPool2d(s).Value()))
	fmt.Println(tensor.Values(x.MaxPool2d(s).Sum().Backward().Of(x)))
	// Output:
	// [5 7] [2.5 4.5]
	// [0 0 0 0 0 1 0 1]
}

// Unpooling puts the largest pixels back where they stood.
func ExampleVar_MaxUnpool2d() {
	x := count(1, 1, 2, 4)
	y, index := x.MaxPool2dIndices(tensor.PoolShape{Kernel: [2]int{2, 2}})
	fmt.Println(tensor.Values(y.Value()), index)
	fmt.Println(tensor.Values(y.MaxUnpool2d(index, [2]int{2, 4}).Value()))
	// Output:
	// [5 7] [5 7]
	// [0 0 0 0 0 5 0 7]
}

// The Euclidean norm of each window.
func ExampleVar_LPPool2d() {
	x := autograd.NewTape().Var(tensor.New([]float64{3, 4, 0, 5}, 1, 1, 4))
	y := x.LPPool2d(2, tensor.PoolShape{Kernel: [2]int{1, 2}})
	fmt.Println(tensor.Values(y.Value()), rounded(y.Sum().Backward().Of(x)))
	// Output:
	// [5 5] [0.6 0.8 0 1]
}

func ExampleVar_UpsampleBilinear() {
	x := count(1, 1, 1, 2)
	size := [2]int{1, 4}
	fmt.Println(tensor.Values(x.UpsampleNearest(size, [2]float64{}).Value()))
	fmt.Println(tensor.Values(x.UpsampleBilinear(size, [2]float64{}, false).Value()))
	// Output:
	// [0 0 1 1]
	// [0 0.25 0.75 1]
}

// Patches become columns, and columns an image again: where patches lie over
// each other they are added.
func ExampleVar_Unfold() {
	x := count(1, 1, 2, 3)
	s := tensor.UnfoldShape{Kernel: [2]int{2, 2}}
	columns := x.Unfold(s)
	fmt.Println(columns.Value())
	fmt.Println(tensor.Values(columns.Fold([2]int{2, 3}, s).Value()))
	// Output:
	// tensor[1 4 2] float64
	// [[[0 1]
	//   [1 2]
	//   [3 4]
	//   [4 5]]]
	// [0 2 2 3 8 5]
}

// Rows, groups of channels and channels are standardized.
func ExampleVar_LayerNorm() {
	tape := autograd.NewTape()
	x := tape.Var(tensor.New([]float64{1, 3, 10, 30}, 1, 2, 2))
	var none autograd.Var
	fmt.Println(rounded(x.LayerNorm(1, none, none, 0).Value()))
	fmt.Println(rounded(x.RMSNorm(1, none, 0).Value()))
	fmt.Println(rounded(x.GroupNorm(2, none, none, 0).Value()))
	mean, variance := tape.Const(tensor.New([]float64{2, 20}, 2)), tape.Const(tensor.New([]float64{4, 25}, 2))
	fmt.Println(rounded(x.NormalizeChannels(mean, variance, none, none, 0).Value()))
	// Output:
	// [-1 1 -1 1]
	// [0.4472 1.3416 0.4472 1.3416]
	// [-1 1 -1 1]
	// [-0.5 0.5 -2 2]
}

func ExampleVar_BatchNorm() {
	tape := autograd.NewTape()
	x := tape.Var(tensor.New([]float64{1, 3}, 2, 1))
	y, mean, variance := x.BatchNorm(autograd.Var{}, autograd.Var{}, 0)
	fmt.Println(rounded(y.Value()), mean.Item(), variance.Item())
	// Output: [-1 1] 2 1
}

// The cross entropy of two rows of logits, and its gradient: softmax less target.
func ExampleVar_CrossEntropyRows() {
	x := autograd.NewTape().Var(tensor.New([]float64{0, 0, 1e3, 0}, 2, 2))
	y := x.CrossEntropyRows(tensor.ClassTarget{Labels: []int{0, 0}})
	fmt.Println(rounded(y.Value()), rounded(y.Sum().Backward().Of(x)))
	// Output: [0.6931 0] [-0.5 0.5 0 0]
}

// A label of −100 counts nothing.
func ExampleVar_NLLRows() {
	x := autograd.NewTape().Var(tensor.New([]float64{-1, -2, -3, -4}, 2, 2))
	y := x.NLLRows(tensor.ClassTarget{Labels: []int{1, -100}})
	fmt.Println(rounded(y.Value()), rounded(y.Sum().Backward().Of(x)))
	// Output: [2 0] [0 -1 0 0]
}

func ExampleVar_BCE() {
	slopes("−log ½ =", autograd.Var.BCE, 0.5, 1)
	slope("huber", func(x autograd.Var) autograd.Var { return x.Huber(1) }, -3, 0.5)
	// Output:
	// −log ½ = [0.6931] slopes [-2] [0]
	// huber [2.5 0.125] slope [-1 0.5]
}

// In two steps, with probabilities of one half, the paths "1 1", "1 –" and "– 1"
// spell the label 1: the loss is −log ¾.
func ExampleVar_CTC() {
	x := autograd.NewTape().Var(tensor.Zeros64(2, 1, 2)).LogSoftmax(2)
	fmt.Printf("%.4f\n", x.CTC(tensor.CTCTarget{Labels: []int{1}, Lengths: []int{1}}).Item())
	// Output: 0.2877
}

// Both read a sequence of two ones. Without weights of the state, each step is
// the same for the RNN; the cell of the LSTM adds up.
func ExampleVar_LSTM() {
	tape := autograd.NewTape()
	x := tape.Const(tensor.Ones(2, 1, 1))
	ones := func(rows int) autograd.Recurrence {
		return autograd.Recurrence{WeightIH: tape.Const(tensor.Ones(rows, 1)), WeightHH: tape.Const(tensor.Zeros(rows, 1))}
	}
	y, h := x.RNN(ones(1))
	fmt.Println(rounded(y.Value()), rounded(h.Value()))
	y, h, c := x.LSTM(ones(4))
	fmt.Println(rounded(y.Value()), rounded(h.Value()), rounded(c.Value()))
	// Output:
	// [0.7616 0.7616] [0.7616]
	// [0.3696 0.5453] [0.5453] [0.9638]
}

// The weights of causal attention: no place sees a later one.
func ExampleVar_AttentionWeights() {
	tape := autograd.NewTape()
	x := tape.Const(tensor.Zeros(1, 1, 3, 2))
	fmt.Printf("%.2f\n", x.AttentionWeights(x, autograd.AttentionOptions{Causal: true}).Reshape(3, 3).Value())
	packed := tape.Const(tensor.Zeros(1, 3, 6)) // queries, keys and values side by side
	fmt.Println(packed.SelfAttention(1, true).Shape())
	// Output:
	// tensor[3 3] float32
	// [[1.00 0.00 0.00]
	//  [0.50 0.50 0.00]
	//  [0.33 0.33 0.33]]
	// [1 3 2]
}

// Dropout drops elements, or whole channels, or keeps mean and variance.
func ExampleVar_Dropout() {
	tape, r := autograd.NewTape(), tensor.NewRand(1)
	x := tape.Const(tensor.Ones(1, 4, 2))
	fmt.Println(tensor.Values(x.Dropout(0.5, r).Value()))
	fmt.Println(tensor.Values(x.FeatureDropout(0.5, r).Value()))
	fmt.Println(rounded(x.AlphaDropout(0.5, r).Value()))
	// Output:
	// [2 2 2 2 0 2 2 0]
	// [0 0 2 2 0 0 2 2]
	// [-0.7792 1.6656 1.6656 1.6656 -0.7792 1.6656 -0.7792 -0.7792]
}
