package tensor_test

import (
	"fmt"

	"github.com/descent-ml/descent/tensor"
)

// What everybody needs first.

func ExampleArange() {
	fmt.Println(tensor.Arange(6).Reshape(2, 3))
	// Output:
	// tensor[2 3] float32
	// [[0 1 2]
	//  [3 4 5]]
}

func ExampleFull() {
	fmt.Println(tensor.Full(0.5, 3), tensor.Ones(2), tensor.Scalar(7))
	// Output: tensor[3] float32 [0.5000 0.5000 0.5000] tensor[2] float32 [1 1] tensor[] float32 7
}

// Labels become rows with a single 1.
func ExampleOneHot() {
	fmt.Println(tensor.OneHot([]int{2, 0}, 3))
	// Output:
	// tensor[2 3] float32
	// [[0 0 1]
	//  [1 0 0]]
}

// A row scales the columns of a matrix.
func ExampleMul() {
	fmt.Println(tensor.Mul(tensor.Arange(4).Reshape(2, 2), tensor.New([]float32{10, 100}, 2)))
	// Output:
	// tensor[2 2] float32
	// [[  0 100]
	//  [ 20 300]]
}

func ExampleMax() {
	x := tensor.New([]float32{1, 7, 3, 4}, 2, 2)
	fmt.Println(tensor.Max(x), tensor.Max(x, 0), tensor.Max(x, 1))
	// Output: tensor[] float32 7 tensor[2] float32 [3 7] tensor[2] float32 [7 4]
}

func ExampleMean() {
	x := tensor.New([]float32{1, 7, 3, 5}, 2, 2)
	fmt.Println(tensor.Mean(x), tensor.Mean(x, 0), tensor.Mean(x, 1))
	// Output: tensor[] float32 4 tensor[2] float32 [2 6] tensor[2] float32 [4 4]
}

// The divisor is n − 1, as in PyTorch.
func ExampleVariance() {
	x := tensor.New([]float64{2, 4, 9}, 3)
	fmt.Printf("%.4f %.4f\n", tensor.Variance(x).Item(), tensor.Std(x).Item())
	// Output: 13.0000 3.6056
}

func ExampleExp() {
	both("exp", tensor.Exp, tensor.ExpTo, -1000, 0, 1)
	both("log", tensor.Log, tensor.LogTo, 1, 10)
	// Output:
	// exp [0 1 2.7183]
	// log [0 2.3026]
}

func ExampleReLU() {
	both("relu", tensor.ReLU, tensor.ReLUTo, -2, 0, 2)
	// Output: relu [0 0 2]
}

func ExampleClamp() {
	fmt.Println(tensor.Clamp(tensor.New([]float32{-2, 0.5, 7}, 3), 0, 1))
	// Output: tensor[3] float32 [0.0000 0.5000 1.0000]
}

func ExampleCumSum() {
	fmt.Println(tensor.CumSum(tensor.Ones(2, 3), 1))
	// Output:
	// tensor[2 3] float32
	// [[1 2 3]
	//  [1 2 3]]
}

// The same seed gives the same numbers, and those of torch.manual_seed.
func ExampleNewRand() {
	a, b := tensor.Zeros(3), tensor.Zeros(3)
	tensor.NewRand(42).Normal(a, 0, 1)
	tensor.NewRand(42).Normal(b, 0, 1)
	fmt.Printf("%.4f\n%.4f\n", a, b)
	// Output:
	// tensor[3] float32 [0.3367 0.1288 0.2345]
	// tensor[3] float32 [0.3367 0.1288 0.2345]
}

// A transpose is a view: it shows the same numbers.
func ExampleTensor_T() {
	x := tensor.Arange(6).Reshape(2, 3)
	x.T().Set(-1, 2, 0)
	fmt.Println(x.T())
	fmt.Println(x)
	// Output:
	// tensor[3 2] float32
	// [[ 0  3]
	//  [ 1  4]
	//  [-1  5]]
	// tensor[2 3] float32
	// [[ 0  1 -1]
	//  [ 3  4  5]]
}

func ExampleTensor_Item() {
	x := tensor.New([]float32{3, 4}, 2)
	fmt.Println(tensor.Norm(x).Item(), x.At(1), tensor.Values(x))
	// Output: 5 4 [3 4]
}

// Queries that are alike see all keys alike: the result is the mean of the values.
func ExampleScaledDotProductAttention() {
	q, k := tensor.Zeros(1, 1, 1, 4), tensor.Zeros(1, 1, 2, 4)
	v := tensor.New([]float32{2, 6}, 1, 1, 2, 1)
	fmt.Println(rounded(tensor.ScaledDotProductAttention(q, k, v, tensor.AttentionOptions{})))
	// Output: [4]
}
