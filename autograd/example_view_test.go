package autograd_test

import (
	"fmt"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/tensor"
)

// count puts the numbers 0, 1, 2 … onto a new tape.
func count(shape ...int) autograd.Var {
	n, err := tensor.Size(shape)
	if err != nil {
		panic(err)
	}
	return autograd.NewTape().Var(tensor.Arange(n).To(tensor.Float64).Reshape(shape...))
}

// Views change the shape, and copy nothing.
func Example_views() {
	x := count(2, 3, 4)
	fmt.Println(x.Reshape(6, -1).Shape(), x.Flatten(0, 1).Shape(), x.Flatten(0, -1).Shape())
	fmt.Println(x.Permute(2, 0, 1).Shape(), x.Transpose(0, 2).Shape(), x.T().Shape())
	fmt.Println(x.Unsqueeze(0).Shape(), x.Unsqueeze(0).Squeeze().Shape(), x.Squeeze().Rank())
	fmt.Println(x.Select(2, -1).Shape(), x.Slice(2, 0, 4, 2).Shape(), x.Dim(1))
	fmt.Println(count(1, 3).Expand(2, 3).Value())
	// Output:
	// [6 4] [6 4] [24]
	// [4 2 3] [4 3 2] [2 4 3]
	// [1 2 3 4] [2 3 4] 3
	// [2 3] [2 3 2] 3
	// tensor[2 3] float64
	// [[0 1 2]
	//  [0 1 2]]
}

// The gradient of a view goes back to where its elements are.
func ExampleVar_Slice() {
	x := count(6)
	y := x.Slice(0, 1, 6, 2)
	fmt.Println(tensor.Values(y.Value()), tensor.Values(y.Square().Sum().Backward().Of(x)))
	// Output: [1 3 5] [0 2 0 6 0 10]
}

func ExampleConcat() {
	tape := autograd.NewTape()
	a, b := tape.Var(tensor.New([]float64{1, 2}, 2)), tape.Var(tensor.New([]float64{3, 4}, 2))
	fmt.Println(autograd.Concat(0, a, b).Value())
	fmt.Println(autograd.Stack(0, a, b).Value())
	for _, part := range autograd.Concat(0, a, b).Split(0, 3) {
		fmt.Println(tensor.Values(part.Value()))
	}
	// Output:
	// tensor[4] float64 [1 2 3 4]
	// tensor[2 2] float64
	// [[1 2]
	//  [3 4]]
	// [1 2 3]
	// [4]
}

// The points of a grid.
func ExampleMeshgrid() {
	tape := autograd.NewTape()
	g := autograd.Meshgrid(tape.Const(tensor.Arange(2)), tape.Const(tensor.Arange(3)))
	fmt.Println(g[0].Value())
	fmt.Println(g[1].Value())
	// Output:
	// tensor[2 3] float32
	// [[0 0 0]
	//  [1 1 1]]
	// tensor[2 3] float32
	// [[0 1 2]
	//  [0 1 2]]
}

// A border of zeros, or of what the vector has.
func ExampleVar_Pad() {
	x := count(3).AddScalar(1)
	fmt.Println(tensor.Values(x.Pad(0, 2, 1).Value()))
	fmt.Println(tensor.Values(x.PadReflect(2, 1).Value()))
	fmt.Println(tensor.Values(x.PadReplicate(2, 1).Value()))
	fmt.Println(tensor.Values(x.PadCircular(2, 1).Value()))
	// Output:
	// [0 0 1 2 3 0]
	// [3 2 1 2 3 2]
	// [1 1 1 2 3 3]
	// [2 3 1 2 3 1]
}

// What is written several times gets the sum of the gradients.
func ExampleVar_Repeat() {
	x := count(3)
	fmt.Println(tensor.Values(x.Repeat(2).Value()), tensor.Values(x.Tile(2).Value()))
	y := x.RepeatInterleave([]int{1, 2, 3}, 0)
	fmt.Println(tensor.Values(y.Value()), tensor.Values(y.Sum().Backward().Of(x)))
	// Output:
	// [0 1 2 0 1 2] [0 1 2 0 1 2]
	// [0 1 1 2 2 2] [1 2 3]
}

func ExampleVar_Roll() {
	x := count(5)
	fmt.Println(tensor.Values(x.Roll(2, 0).Value()), tensor.Values(x.Flip(0).Value()))
	// Output: [3 4 0 1 2] [4 3 2 1 0]
}

// Indices read, and the gradient is added up where they read.
func ExampleVar_IndexSelect() {
	x := count(3, 2)
	y := x.IndexSelect(0, []int{2, 0, 2})
	fmt.Println(tensor.Values(y.Value()), tensor.Values(y.Sum().Backward().Of(x)))
	// Output: [4 5 0 1 4 5] [1 1 0 0 2 2]
}

// For each row of logits, that of its label.
func ExampleVar_Gather() {
	x := count(2, 3)
	fmt.Println(tensor.Values(x.Gather(1, []int{2, 0}, 2, 1).Value()))
	fmt.Println(tensor.Values(x.TakeAlongDim([]int{2}, 1, 1, 1).Value())) // one index for all rows
	// Output:
	// [2 3]
	// [2 5]
}

// Indices write: they set, or they add.
func ExampleVar_Scatter() {
	tape := autograd.NewTape()
	x, src := tape.Const(tensor.Zeros(4)), tape.Const(tensor.New([]float32{1, 2, 3}, 3))
	fmt.Println(tensor.Values(x.Scatter(0, []int{3, 1, 0}, src).Value()))
	fmt.Println(tensor.Values(x.ScatterAdd(0, []int{3, 3, 0}, src).Value()))
	fmt.Println(tensor.Values(x.AddScalar(2).ScatterReduce(0, []int{3, 3, 0}, src, tensor.ScatterProd, true).Value()))
	// Output:
	// [3 2 0 1]
	// [3 0 0 3]
	// [6 2 2 4]
}

// The same for slices: a row for each index.
func ExampleVar_IndexAdd() {
	tape := autograd.NewTape()
	x, src := tape.Const(tensor.Ones(3, 2)), tape.Const(tensor.New([]float32{1, 2, 3, 4}, 2, 2))
	fmt.Println(tensor.Values(x.IndexAdd(0, []int{2, 2}, src).Value()))
	fmt.Println(tensor.Values(x.IndexCopy(0, []int{2, 0}, src).Value()))
	fmt.Println(tensor.Values(x.IndexFill(0, []int{1}, 9).Value()))
	// Output:
	// [1 1 1 1 5 7]
	// [3 4 1 1 1 2]
	// [1 1 9 9 1 1]
}

// Rows of a table; the row of the padding gets no gradient.
func ExampleVar_Embedding() {
	x := count(3, 2)
	y := x.Embedding([]int{2, 0, 2}, 0)
	fmt.Println(tensor.Values(y.Value()), tensor.Values(y.Sum().Backward().Of(x)))
	// Output: [4 5 0 1 4 5] [0 0 0 0 2 2]
}

// A number for each bag of rows.
func ExampleVar_EmbeddingBag() {
	for _, mode := range []autograd.BagMode{autograd.BagMean, autograd.BagSum, autograd.BagMax} {
		bags := autograd.Bags{Index: []int{0, 1, 2, 2}, Offsets: []int{0, 3}, Mode: mode}
		fmt.Println(tensor.Values(count(3, 1).EmbeddingBag(bags, autograd.Var{}).Value()))
	}
	// Output:
	// [1 2]
	// [3 2]
	// [2 2]
}

// Diagonals and triangles of a matrix.
func ExampleVar_Diagonal() {
	x := count(2, 3)
	fmt.Println(tensor.Values(x.Diagonal(0, 0, 1).Value()), tensor.Values(x.Diagonal(1, 0, 1).Value()))
	fmt.Println(x.Diag(0).Shape(), x.DiagEmbed(0, -2, -1).Shape(), x.Slice(1, 0, 2, 1).Trace().Item())
	fmt.Println(tensor.Values(x.Tril(0).Value()), tensor.Values(x.Triu(1).Value()))
	// Output:
	// [0 4] [1 5]
	// [2] [2 3 3] 4
	// [0 0 0 3 4 0] [0 1 2 0 0 5]
}
