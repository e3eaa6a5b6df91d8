package tensor_test

import (
	"fmt"

	"github.com/descent-ml/descent/tensor"
)

// Products of matrices. The weights of a linear layer are stored as rows, as in
// PyTorch.
func ExampleMatMulTo() {
	a, b := tensor.New([]float32{1, 2, 3, 4}, 2, 2), tensor.New([]float32{0, 1, 1, 0}, 2, 2)
	dst := tensor.Zeros(2, 2)
	tensor.MatMulTo(dst, a, b) // b exchanges the columns
	fmt.Println(tensor.Values(dst))
	tensor.LinearTo(dst, a, b, tensor.New([]float32{10, 20}, 2))
	fmt.Println(tensor.Values(dst))
	// Output:
	// [2 1 4 3]
	// [12 21 14 23]
}

// Any sum of products, in the subscripts of Einstein.
func ExampleEinsum() {
	a, b := tensor.Arange(6).Reshape(2, 3), tensor.Ones(3, 2)
	fmt.Println(tensor.Values(tensor.Einsum("ik,kj->ij", a, b)))
	fmt.Println(tensor.Values(tensor.Tensordot(a, b, []int{1}, []int{0})))

	// The labels of the axes of a, of b and of the result say the same.
	labels := tensor.EinsumLabels(nil, "ab,bc->ac", a, b)
	fmt.Println(labels, tensor.Dims(nil).Contract(labels, a, b))
	dst := tensor.Zeros(2, 2)
	tensor.ContractTo(dst, labels, a, b)
	fmt.Println(tensor.Values(dst))
	fmt.Println(tensor.Dims(nil).Contract(tensor.TensordotLabels(nil, a, b, []int{1}, []int{0}), a, b))
	// Output:
	// [3 3 12 12]
	// [3 3 12 12]
	// [97 98 98 99 97 99] [2 2]
	// [3 3 12 12]
	// [2 2]
}

// 2x = 6 and x + 4y = 7.
func ExampleSolve() {
	a, b := tensor.New([]float64{2, 0, 1, 4}, 2, 2), tensor.New([]float64{6, 7}, 2, 1)
	fmt.Println(rounded(tensor.Solve(a, b)), rounded(tensor.Inverse(a)))
	x, inverse := tensor.ZerosLike(b), tensor.ZerosLike(a)
	tensor.SolveTo(x, a, b)
	tensor.InverseTo(inverse, a)
	fmt.Println(rounded(x), rounded(tensor.MatMul(inverse, a)), tensor.Dims(nil).Solve(a, b))
	// Output:
	// [3 1] [0.5 0 -0.125 0.25]
	// [3 1] [1 0 0 1] [2 1]
}

// A window slides over an image.
func ExampleAvgPool2d() {
	x := tensor.Arange(8).Reshape(1, 1, 2, 4)
	s := tensor.PoolShape{Kernel: [2]int{2, 2}}
	fmt.Println(tensor.Values(tensor.AvgPool2d(x, s)))

	dst, index := tensor.Zeros(1, 1, 1, 2), make([]int, 2)
	tensor.AvgPool2dTo(dst, x, s)
	fmt.Println(tensor.Values(dst))
	tensor.MaxPool2dTo(dst, index, x, s)
	fmt.Println(tensor.Values(dst), index)
	// Output:
	// [2.5 4.5]
	// [2.5 4.5]
	// [5 7] [5 7]
}

func ExampleConv2dTo() {
	x := tensor.New([]float32{0, 0, 1, 1}, 1, 1, 1, 4)
	edge, bias := tensor.New([]float32{-1, 1}, 1, 1, 1, 2), tensor.New([]float32{10}, 1)
	dst := tensor.Zeros(tensor.Dims(nil).Conv2d(x, edge, tensor.ConvShape{})...)
	tensor.Conv2dTo(dst, x, edge, bias, tensor.ConvShape{})
	fmt.Println(tensor.Values(dst))
	// Output: [10 11 10]
}

// Patches become columns, and columns an image again: where patches lie over
// each other they are added.
func ExampleUnfold() {
	x := tensor.Arange(6).Reshape(1, 1, 2, 3)
	s := tensor.UnfoldShape{Kernel: [2]int{2, 2}}
	columns := tensor.Unfold(x, s)
	fmt.Println(columns)
	fmt.Println(tensor.Values(tensor.Fold(columns, [2]int{2, 3}, s)))

	tensor.UnfoldTo(columns, tensor.MulScalar(x, 10), s)
	tensor.FoldTo(x, columns, s)
	fmt.Println(tensor.Values(x))
	// Output:
	// tensor[1 4 2] float32
	// [[[0 1]
	//   [1 2]
	//   [3 4]
	//   [4 5]]]
	// [0 2 2 3 8 5]
	// [0 20 20 30 80 50]
}

// An axis is stretched: element i lies between two elements of x.
func ExampleResampleTo() {
	x, dst := tensor.New([]float32{0, 10, 20}, 3), tensor.Zeros(4)
	tensor.ResampleTo(dst, x, 0, []int{0, 0, 1, 2}, tensor.New([]float32{0, 0.5, 0.5, 0}, 4))
	fmt.Println(dst)
	// Output: tensor[4] float32 [ 0  5 15 20]
}

// Normalisations write the statistics, too, which the gradient needs.
func ExampleLayerNormTo() {
	x := tensor.New([]float64{1, 3, 10, 30}, 2, 2)
	y, mean, variance := tensor.ZerosLike(x), tensor.Zeros64(2), tensor.Zeros64(2)
	tensor.LayerNormTo(y, mean, variance, x, nil, nil, 1, 0) // each row
	fmt.Println(rounded(y), rounded(mean), rounded(variance))
	tensor.RMSNormTo(y, mean, variance, x, nil, 1, 0)
	fmt.Println(rounded(y), rounded(variance))
	tensor.BatchNormTo(y, mean, variance, x, nil, nil, 0) // each column
	fmt.Println(rounded(y), rounded(mean), rounded(variance))
	// Output:
	// [-1 1 -1 1] [2 20] [1 100]
	// [0.4472 1.3416 0.4472 1.3416] [5 500]
	// [-1 -1 1 1] [5.5 16.5] [20.25 182.25]
}

// The target of a cross entropy: weights, smoothing, and rows that do not count.
func ExampleClassTarget() {
	c := &tensor.ClassTarget{Labels: []int{0, -100, 1}, Weights: tensor.New([]float32{1, 3}, 2), Smoothing: 0.5}
	c.Check("example", tensor.Zeros(3, 2)) // panics where labels do not fit the logits
	fmt.Println(c.Ignored(-100), tensor.Values(c.Counted(tensor.Float32)), c.Total(), c.Weight(1))
	fmt.Println(rounded(c.Dense(tensor.Float64, 2)))
	// Output:
	// true [1 0 1] 4 3
	// [0.75 0.75 0 0 0.25 2.25]
}

// In two steps, with probabilities of one half, the paths "1 1", "1 –" and "– 1"
// spell the label 1: the loss is −log ¾.
func ExampleCTCTarget() {
	x := tensor.LogSoftmax(tensor.Zeros64(2, 1, 2), 2)
	c := tensor.CTCTarget{Labels: []int{1}, Lengths: []int{1}}
	c.Check("example", x)
	loss := tensor.Zeros64(1)
	tensor.CTCTo(loss, x, c)
	fmt.Println(rounded(loss))
	// Output: [0.2877]
}

// The weights of causal attention: no place sees a later one.
func ExampleAttentionWeights() {
	x, causal := tensor.Zeros(1, 1, 2, 4), tensor.AttentionOptions{Causal: true}
	fmt.Println(rounded(tensor.AttentionWeights(x, x, causal)))
	v := tensor.New([]float32{2, 6}, 1, 1, 2, 1)
	fmt.Println(rounded(tensor.ScaledDotProductAttention(x, x, v, causal)))

	weights, y := tensor.Zeros(1, 1, 2, 2), tensor.ZerosLike(v)
	tensor.AttentionWeightsTo(weights, x, x, tensor.AttentionOptions{})
	tensor.ScaledDotProductAttentionTo(y, x, x, v, tensor.AttentionOptions{})
	fmt.Println(rounded(weights), rounded(y))
	tensor.AttentionTo(y, x, x, v, true)
	fmt.Println(rounded(y))
	// Output:
	// [1 0 0.5 0.5]
	// [2 4]
	// [0.5 0.5 0.5 0.5] [4 4]
	// [2 4]
}

// Three recurrent layers read a sequence of two ones. The state has no weights:
// each step of the plain layer is tanh 1.
func ExampleRNNTo() {
	x, y := tensor.Ones(2, 1, 1).To(tensor.Float64), tensor.Zeros64(2, 1, 1)
	ones := func(gates int) *tensor.Recurrence {
		return &tensor.Recurrence{WeightIH: tensor.Ones(gates, 1).To(tensor.Float64), WeightHH: tensor.Zeros64(gates, 1)}
	}
	tensor.RNNTo(y, x, ones(1))
	fmt.Println(rounded(y))
	tensor.GRUTo(y, tensor.Zeros64(2, 1, 3), tensor.Zeros64(2, 1, 1), x, ones(3))
	fmt.Println(rounded(y))
	states := tensor.Zeros64(3, 1, 1) // and the last cell state
	tensor.LSTMTo(states, tensor.Zeros64(2, 1, 4), tensor.Zeros64(2, 2, 1, 1), x, ones(4))
	fmt.Println(rounded(states))
	// Output:
	// [0.7616 0.7616]
	// [0.2048 0.3546]
	// [0.3696 0.5453 0.9638]
}
