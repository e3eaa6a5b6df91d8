package tensor_test

import (
	"fmt"

	"github.com/descent-ml/descent/tensor"
)

// of prints the gradient that f writes into a tensor of a shape.
func of(name string, f func(d *tensor.Grad), shape ...int) {
	dx := tensor.Zeros64(shape...)
	f(dx.AsGrad())
	fmt.Println(name, rounded(dx))
}

// d64 returns a tensor of float64.
func d64(v []float64, shape ...int) *tensor.Tensor { return tensor.New(v, shape...) }

// Gradients of activations, from dy, the gradient by the result. Most need the
// result y; GELU and Logit need what it was made of.
func ExampleGrad() {
	dy := d64([]float64{10, 10}, 2)
	of("relu", func(d *tensor.Grad) { d.ReLU(d64([]float64{0, 3}, 2), dy) }, 2)
	of("sigmoid", func(d *tensor.Grad) { d.Sigmoid(d64([]float64{0.5, 1}, 2), dy) }, 2)
	of("tanh", func(d *tensor.Grad) { d.Tanh(d64([]float64{0.5, 1}, 2), dy) }, 2)
	of("gelu", func(d *tensor.Grad) { d.GELU(d64([]float64{0, 100}, 2), dy) }, 2)
	of("gelu by tanh", func(d *tensor.Grad) { d.GELUTanh(d64([]float64{0, 100}, 2), dy) }, 2)
	of("logit", func(d *tensor.Grad) { d.Logit(d64([]float64{0.5, 0.9}, 2), dy, 0.25) }, 2)
	// Output:
	// relu [0 10]
	// sigmoid [2.5 0]
	// tanh [7.5 0]
	// gelu [5 10]
	// gelu by tanh [5 10]
	// logit [40 0]
}

// Gradients of activations that need what these were made of. Most are pieces of
// straight lines.
func ExampleGrad_Clamp() {
	x, dy := d64([]float64{-4, 0, 2}, 3), d64([]float64{6, 6, 6}, 3)
	of("abs", func(d *tensor.Grad) { d.Abs(x, dy) }, 3)
	of("clamp", func(d *tensor.Grad) { d.Clamp(x, dy, -1, 1) }, 3)
	of("hard-tanh", func(d *tensor.Grad) { d.HardTanh(x, dy, -1, 1) }, 3)
	of("hard-sigmoid", func(d *tensor.Grad) { d.HardSigmoid(x, dy) }, 3)
	of("hard-swish", func(d *tensor.Grad) { d.HardSwish(x, dy) }, 3)
	of("shrink", func(d *tensor.Grad) { d.Shrink(x, dy, -1, 1) }, 3)
	of("leaky-relu", func(d *tensor.Grad) { d.LeakyReLU(x, dy, 0.5) }, 3)
	of("huber", func(d *tensor.Grad) { d.Huber(x, dy, 1) }, 3)
	at0 := tensor.Zeros64(3)
	of("elu", func(d *tensor.Grad) { d.ELU(at0, dy, 1, 2) }, 3)
	of("celu", func(d *tensor.Grad) { d.CELU(at0, dy, 2) }, 3)
	of("softplus", func(d *tensor.Grad) { d.Softplus(at0, dy, 1, 20) }, 3)
	of("silu", func(d *tensor.Grad) { d.SiLU(at0, dy) }, 3)
	of("mish", func(d *tensor.Grad) { d.Mish(at0, dy) }, 3)
	// Output:
	// abs [-6 0 6]
	// clamp [0 6 0]
	// hard-tanh [0 6 0]
	// hard-sigmoid [0 1 1]
	// hard-swish [0 3 7]
	// shrink [6 0 6]
	// leaky-relu [3 3 6]
	// huber [-6 0 6]
	// elu [12 12 12]
	// celu [6 6 6]
	// softplus [3 3 3]
	// silu [3 3 3]
	// mish [3.6 3.6 3.6]
}

func ExampleGrad_Softmax() {
	dy := d64([]float64{1, 0}, 2)
	of("softmax", func(d *tensor.Grad) { d.Softmax(d64([]float64{0.25, 0.75}, 2), dy, 0) }, 2)
	x := tensor.Zeros64(2)
	of("log-softmax", func(d *tensor.Grad) { d.LogSoftmax(tensor.LogSoftmax(x, 0), dy, 0) }, 2)
	of("log-cumsum-exp", func(d *tensor.Grad) { d.LogCumSumExp(tensor.LogCumSumExp(x, 0), dy, 0) }, 2)
	of("cumprod", func(d *tensor.Grad) { d.CumProd(d64([]float64{3, 5}, 2), dy, 0) }, 2)
	of("prod", func(d *tensor.Grad) { d.Prod(d64([]float64{3, 0, 5}, 3), 0) }, 3)
	of("take", func(d *tensor.Grad) { d.Take(dy, []int{2, 2}) }, 3)
	// Output:
	// softmax [0.1875 -0.1875]
	// log-softmax [0.5 -0.5]
	// log-cumsum-exp [1 0]
	// cumprod [1 0]
	// prod [0 15 0]
	// take [0 0 1]
}

// The gradient of a linear layer by its weight. Where a few rows make a large
// one, a bound says that it is finite.
func ExampleGrad_LinearWeight() {
	dy, x := d64([]float64{1, 1}, 2, 1), d64([]float64{1, 2, 3, 4}, 2, 2)
	of("weight", func(d *tensor.Grad) { d.LinearWeight(dy, x) }, 1, 2)
	fmt.Println(tensor.LinearWeightIsBounded(tensor.Ones(1, 100), tensor.Ones(1, 100)))
	// Output:
	// weight [4 6]
	// true
}

func ExampleGrad_Conv2dInput() {
	x, edge := d64([]float64{0, 0, 1, 1}, 1, 1, 1, 4), d64([]float64{-1, 1}, 1, 1, 1, 2)
	dy, s := d64([]float64{1, 1, 1}, 1, 1, 1, 3), tensor.ConvShape{}
	of("images", func(d *tensor.Grad) { d.Conv2dInput(dy, edge, s) }, 1, 1, 1, 4)
	of("filters", func(d *tensor.Grad) { d.Conv2dFilter(x, dy, s) }, 1, 1, 1, 2)
	// Output:
	// images [-1 0 0 1]
	// filters [1 2]
}

func ExampleGrad_MaxPool2d() {
	dy, s := d64([]float64{4}, 1, 1, 1, 1), tensor.PoolShape{Kernel: [2]int{2, 2}}
	of("max", func(d *tensor.Grad) { d.MaxPool2d(dy, []int{3}, s) }, 1, 1, 2, 2)
	of("mean", func(d *tensor.Grad) { d.AvgPool2d(dy, s) }, 1, 1, 2, 2)
	lo, w := []int{0, 0, 1}, d64([]float64{0, 0.5, 0}, 3)
	of("stretched", func(d *tensor.Grad) { d.Resample(d64([]float64{1, 1, 1}, 3), 0, lo, w) }, 2)
	// Output:
	// max [0 0 0 4]
	// mean [1 1 1 1]
	// stretched [1.5 1.5]
}

func ExampleGrad_CrossEntropy() {
	dy := d64([]float64{1}, 1)
	of("cross entropy", func(d *tensor.Grad) {
		d.CrossEntropy(dy, tensor.Zeros64(1, 2), &tensor.ClassTarget{Labels: []int{1}})
	}, 1, 2)
	of("log-likelihood", func(d *tensor.Grad) { d.NLL(dy, &tensor.ClassTarget{Labels: []int{1}}) }, 1, 2)
	// At each step, two of the three paths are at the label and one at the blank.
	of("binary", func(d *tensor.Grad) { d.BCE(d64([]float64{0.5}, 1), dy) }, 1)
	of("ctc", func(d *tensor.Grad) {
		d.CTC(dy, tensor.LogSoftmax(tensor.Zeros64(2, 1, 2), 2), tensor.CTCTarget{Labels: []int{1}, Lengths: []int{1}})
	}, 2, 1, 2)
	// Output:
	// cross entropy [0.5 -0.5]
	// log-likelihood [0 -1]
	// binary [4]
	// ctc [-0.3333 -0.6667 -0.3333 -0.6667]
}

// What is standardized has no gradient along the mean. For rows of two numbers
// nothing else is left.
func ExampleGrad_LayerNorm() {
	x, dy := d64([]float64{1, 3}, 1, 2), d64([]float64{1, 0}, 1, 2)
	mean, variance := d64([]float64{2}, 1), d64([]float64{1}, 1)
	of("layer norm", func(d *tensor.Grad) { d.LayerNorm(nil, nil, dy, mean, variance, x, nil, 1, 0) }, 1, 2)
	zero, square := tensor.Zeros64(1), d64([]float64{5}, 1)
	of("rms norm", func(d *tensor.Grad) { d.RMSNorm(nil, dy, zero, square, x, nil, 1, 0) }, 1, 2)

	dw, db := tensor.Zeros64(1), tensor.Zeros64(1) // of the only channel
	column, by := d64([]float64{1, 3}, 2, 1), d64([]float64{1, 0}, 2, 1)
	of("batch norm", func(d *tensor.Grad) { d.BatchNorm(dw, db, by, mean, variance, column, d64([]float64{1}, 1), 0) }, 2, 1)
	fmt.Println("its weight and bias", rounded(dw), rounded(db))
	// Output:
	// layer norm [0 0]
	// rms norm [0.4025 -0.1342]
	// batch norm [0 0]
	// its weight and bias [-1] [1]
}

// Two distances from one point pull at it.
func ExampleGrad_Cdist() {
	x, b, dy := d64([]float64{0, 0}, 1, 2), d64([]float64{3, 4, 0, 1}, 2, 2), d64([]float64{1, 1}, 1, 2)
	fmt.Println(tensor.Dims(nil).Cdist(x, b), rounded(tensor.Cdist(x, b, 1)))
	y := tensor.Zeros64(1, 2)
	tensor.CdistTo(y, x, b, 2)
	db := tensor.Zeros64(2, 2)
	of("distances", func(d *tensor.Grad) { d.Cdist(db, y, dy, x, b, 2) }, 1, 2)
	fmt.Println(rounded(y), rounded(db))
	// Output:
	// [1 2] [7 1]
	// distances [-0.6 -1.8]
	// [5 1] [0.6 0.8 0 1]
}

// Two places that look at each other alike.
func ExampleGrad_Attention() {
	q, k := tensor.Zeros64(1, 1, 2, 1), tensor.Zeros64(1, 1, 2, 1)
	v, dy := d64([]float64{2, 6}, 1, 1, 2, 1), d64([]float64{1, 0}, 1, 1, 2, 1)
	dk, dv := tensor.Zeros64(1, 1, 2, 1), tensor.Zeros64(1, 1, 2, 1)
	of("queries", func(d *tensor.Grad) { d.Attention(dk, dv, dy, q, k, v, tensor.AttentionOptions{}) }, 1, 1, 2, 1)
	fmt.Println("values", rounded(dv))
	// Output:
	// queries [0 0]
	// values [0.5 0.5]
}

// Recurrent layers give the gradients of the sums that go into their gates; the
// others are products of them. Here the input is 0, and the slope of tanh is 1.
func ExampleGrad_RNN() {
	x, dy := tensor.Zeros64(1, 1, 1), tensor.Ones(1, 1, 1).To(tensor.Float64)
	p := func(gates int) *tensor.Recurrence {
		return &tensor.Recurrence{WeightIH: tensor.Ones(gates, 1).To(tensor.Float64), WeightHH: tensor.Zeros64(gates, 1)}
	}
	y, dbias := tensor.Zeros64(1, 1, 1), tensor.Zeros64(1)
	tensor.RNNTo(y, x, p(1))
	of("rnn", func(d *tensor.Grad) { d.RNN(dbias, nil, dy, y, x, p(1)) }, 1, 1, 1)

	gates, inner := tensor.Zeros64(1, 1, 3), tensor.Zeros64(1, 1, 1)
	tensor.GRUTo(y, gates, inner, x, p(3))
	of("gru", func(d *tensor.Grad) { d.GRU(tensor.Zeros64(2, 3), nil, dy, y, gates, inner, x, p(3)) }, 2, 1, 1, 3)

	states, cells := tensor.Zeros64(2, 1, 1), tensor.Zeros64(2, 1, 1, 1)
	gates = tensor.Zeros64(1, 1, 4)
	tensor.LSTMTo(states, gates, cells, x, p(4))
	last := d64([]float64{1, 0}, 2, 1, 1)
	of("lstm", func(d *tensor.Grad) { d.LSTM(tensor.Zeros64(4), nil, nil, last, gates, cells, x, p(4)) }, 1, 1, 4)
	// Output:
	// rnn [1]
	// gru [0 0 0.5 0 0 0.25]
	// lstm [0 0 0.25 0]
}

// The transform of two numbers is their sum and their difference; that of a
// spectrum halves both.
func ExampleGrad_RFFT() {
	dy := d64([]float64{1, 0, 10, 0}, 2, 2) // real and imaginary parts
	of("rfft", func(d *tensor.Grad) { d.RFFT(dy, 2, 0, tensor.FFTBackward) }, 2)
	of("irfft", func(d *tensor.Grad) { d.IRFFT(d64([]float64{1, 0}, 2), 2, 0, tensor.FFTBackward) }, 2, 2)
	// Output:
	// rfft [11 -9]
	// irfft [0.5 0 0.5 0]
}
