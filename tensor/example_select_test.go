package tensor_test

import (
	"fmt"

	"github.com/descent-ml/descent/tensor"
)

func ExampleTopK() {
	scores := tensor.New([]float32{0.1, 0.7, 0.2}, 3)
	best, places := tensor.TopK(scores, 2, 0, true)
	fmt.Println(best, places)
	// Output: tensor[2] float32 [0.7000 0.2000] [1 2]
}

func ExampleSort() {
	sorted, places := tensor.Sort(tensor.New([]float32{3, 1, 2}, 3), 0, false)
	fmt.Println(sorted, places)
	// Output: tensor[3] float32 [1 2 3] [1 2 0]
}

func ExampleQuantile() {
	fmt.Println(tensor.Quantile(tensor.New([]float32{1, 2, 3, 5}, 4), 0.5, 0).Item())
	// Output: 2.5
}

func ExampleMaskedFill() {
	future := tensor.Triu(tensor.Ones(3, 3), 1)
	fmt.Println(tensor.MaskedFill(tensor.Zeros(3, 3), future, -1))
	// Output:
	// tensor[3 3] float32
	// [[ 0 -1 -1]
	//  [ 0  0 -1]
	//  [ 0  0  0]]
}

// The places of unique elements count how often each one is there.
func ExampleUnique() {
	values, places := tensor.Unique(tensor.New([]float32{3, 1, 3, 2}, 4))
	fmt.Println(values, places, tensor.Bincount(places, 0))
	weights := tensor.New([]float32{0.5, 1, 2, 4}, 4)
	fmt.Println(tensor.BincountWith(places, weights, 0))
	// Output:
	// tensor[3] float32 [1 2 3] [2 0 2 1] [1 1 2]
	// tensor[3] float32 [1.0000 4.0000 2.5000]
}

func ExampleLinspace() {
	fmt.Println(tensor.Linspace(0, 1, 5))
	// Output: tensor[5] float32 [0.0000 0.2500 0.5000 0.7500 1.0000]
}

func ExampleArangeStep() {
	fmt.Println(tensor.ArangeStep(10, 0, -4))
	// Output: tensor[3] float32 [10  6  2]
}
