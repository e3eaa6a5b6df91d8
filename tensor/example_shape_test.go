package tensor_test

import (
	"fmt"

	"github.com/descent-ml/descent/tensor"
)

// Views show the same numbers in another shape.
func Example_views() {
	x := tensor.Arange(24).Reshape(2, 3, 4)
	fmt.Println(x.Flatten(0, 1).Shape(), x.Transpose(0, 2).Shape(), x.T().Shape(), x.Permute(1, 2, 0).Shape())
	fmt.Println(x.Unsqueeze(0).Shape(), x.Unsqueeze(0).Squeeze().Shape(), x.Rank(), x.Dim(-1))
	fmt.Println(x.Strides(), x.T().Strides(), x.IsContiguous(), x.T().IsContiguous(), x.T().Contiguous().Strides())

	x.Diagonal(0, 1, 2).Fill(-1) // writes into x
	fmt.Println(x.Select(0, 0))
	for _, part := range tensor.Arange(5).Split(0, 2) {
		fmt.Println(part)
	}
	// Output:
	// [6 4] [4 3 2] [2 4 3] [3 4 2]
	// [1 2 3 4] [2 3 4] 3 4
	// [12 4 1] [12 1 4] true false [12 3 1]
	// tensor[3 4] float32
	// [[-1  1  2  3]
	//  [ 4 -1  6  7]
	//  [ 8  9 -1 11]]
	// tensor[2] float32 [0 1]
	// tensor[2] float32 [2 3]
	// tensor[1] float32 [4]
}

// A copy has memory of its own. The version tells that somebody has written.
func ExampleTensor_Clone() {
	x := tensor.Zeros(3)
	y, before := x.Clone(), x.Version()
	x.CopyFrom(tensor.Arange(3))
	fmt.Println(x, y, before == x.Version())
	y.Blend(x, 0.9, 10) // y = 0.9 y + 10 x
	fmt.Println(y)
	// Output:
	// tensor[3] float32 [0 1 2] tensor[3] float32 [0 0 0] false
	// tensor[3] float32 [ 0 10 20]
}

// Tensors are made of a number, or of labels.
func Example_make() {
	fmt.Println(tensor.Full(7, 2), tensor.ZerosOf(tensor.Float64, 2), tensor.ZerosLike(tensor.Ones(2)))
	fmt.Println(tensor.Eye(2))
	fmt.Println(tensor.OneHot([]int{2, 0}, 3))
	x := tensor.Zeros(4)
	tensor.ArangeTo(x, 10, -2)
	fmt.Println(x)
	tensor.LinspaceTo(x, 0, 3)
	fmt.Println(x)
	// Output:
	// tensor[2] float32 [7 7] tensor[2] float64 [0 0] tensor[2] float32 [0 0]
	// tensor[2 2] float32
	// [[1 0]
	//  [0 1]]
	// tensor[2 3] float32
	// [[0 0 1]
	//  [1 0 0]]
	// tensor[4] float32 [10  8  6  4]
	// tensor[4] float32 [0 1 2 3]
}

func ExampleDType() {
	for _, dt := range []tensor.DType{tensor.Float32, tensor.Float64} {
		fmt.Println(dt, dt.Size(), "bytes, up to", dt.Largest())
	}
	fmt.Println("tensors have at most", tensor.MaxRank, "axes")
	// Output:
	// float32 4 bytes, up to 3.4028234663852886e+38
	// float64 8 bytes, up to 1.7976931348623157e+308
	// tensors have at most 8 axes
}

// A tensor prints its shape, its type and its elements.
func ExampleTensor_String() {
	fmt.Println(tensor.Arange(4).Reshape(2, 2).String())
	fmt.Println(tensor.Named{Name: "bias", Value: tensor.Ones(1)})
	// Output:
	// tensor[2 2] float32
	// [[0 1]
	//  [2 3]]
	// {bias tensor[1] float32 [1]}
}

func ExampleStack() {
	a, b := tensor.Arange(2), tensor.Ones(2)
	fmt.Println(tensor.Stack(0, a, b))
	dst := tensor.Zeros(4)
	tensor.ConcatTo(dst, 0, a, b)
	fmt.Println(dst)
	// Output:
	// tensor[2 2] float32
	// [[0 1]
	//  [1 1]]
	// tensor[4] float32 [0 1 1 1]
}

func ExampleMeshgrid() {
	for _, g := range tensor.Meshgrid(tensor.Arange(2), tensor.Arange(3)) {
		fmt.Println(g)
	}
	// Output:
	// tensor[2 3] float32
	// [[0 0 0]
	//  [1 1 1]]
	// tensor[2 3] float32
	// [[0 1 2]
	//  [0 1 2]]
}

// A border of zeros, or of what the vector has.
func ExamplePad() {
	x := tensor.New([]float32{1, 2, 3}, 3)
	fmt.Println(tensor.Pad(x, 0, 2, 1))
	for _, mode := range []tensor.PadMode{tensor.Reflect, tensor.Replicate, tensor.Circular} {
		fmt.Println(tensor.PadWith(x, mode, 2, 1), mode.Index(nil, x, 0, 2, 1))
	}
	dst := tensor.Zeros(6)
	tensor.PadTo(dst, x, 9, 2, 1)
	fmt.Println(dst)
	// Output:
	// tensor[6] float32 [0 0 1 2 3 0]
	// tensor[6] float32 [3 2 1 2 3 2] [2 1 0 1 2 1]
	// tensor[6] float32 [1 1 1 2 3 3] [0 0 0 1 2 2]
	// tensor[6] float32 [2 3 1 2 3 1] [1 2 0 1 2 0]
	// tensor[6] float32 [9 9 1 2 3 9]
}

func ExampleRepeat() {
	x := tensor.Arange(3)
	fmt.Println(tensor.Repeat(x, 2), tensor.Tile(x, 2))
	fmt.Println(tensor.RepeatInterleave(x, []int{1, 2, 3}, 0))
	index := make([]int, 6)
	tensor.InterleaveTo(index, []int{1, 2, 3})
	fmt.Println(index)
	fmt.Println(x.Interleave([]int{1, 2, 3}, -1)) // the axis, and its new length
	// Output:
	// tensor[6] float32 [0 1 2 0 1 2] tensor[6] float32 [0 1 2 0 1 2]
	// tensor[6] float32 [0 1 1 2 2 2]
	// [0 1 1 2 2 2]
	// 0 6
}

func ExampleRoll() {
	x := tensor.Arange(5)
	fmt.Println(tensor.Roll(x, 2, 0), tensor.Flip(x, 0))
	dst := tensor.Zeros(5)
	tensor.RollTo(dst, x, -1, 0)
	fmt.Println(dst)
	tensor.FlipTo(dst, x, 0)
	fmt.Println(dst)
	// Output:
	// tensor[5] float32 [3 4 0 1 2] tensor[5] float32 [4 3 2 1 0]
	// tensor[5] float32 [1 2 3 4 0]
	// tensor[5] float32 [4 3 2 1 0]
}

// Triangles and diagonals of a matrix.
func ExampleTril() {
	x := tensor.Arange(9).Reshape(3, 3)
	fmt.Println(tensor.Values(tensor.Tril(x, 0)), tensor.Values(tensor.Triu(x, 1)))
	fmt.Println(tensor.Diag(x, 0), tensor.Trace(x).Item(), tensor.DiagEmbed(tensor.Ones(2), 0, -2, -1).Shape())
	dst := tensor.Zeros(3, 3)
	tensor.TrilTo(dst, x, -1)
	fmt.Println(tensor.Values(dst))
	tensor.TriuTo(dst, x, 2)
	fmt.Println(tensor.Values(dst))
	// Output:
	// [0 0 0 3 4 0 6 7 8] [0 1 2 0 0 5 0 0 0]
	// tensor[3] float32 [0 4 8] 12 [2 2]
	// [0 0 0 3 0 0 6 7 0]
	// [0 0 2 0 0 0 0 0 0]
}

// Indices read: for each row the element that it names, or slices.
func ExampleGather() {
	x := tensor.Arange(6).Reshape(2, 3)
	fmt.Println(tensor.Values(tensor.Gather(x, 1, []int{2, 0}, 2, 1)))
	fmt.Println(tensor.Values(tensor.TakeAlongDim(x, []int{2}, 1, 1, 1))) // one index for all rows

	dst := tensor.Zeros(2, 1)
	tensor.GatherTo(dst, x, 1, []int{1, 1})
	fmt.Println(tensor.Values(dst))
	tensor.TakeTo(dst, x, []int{5, 0}) // places in row-major order
	fmt.Println(tensor.Values(dst))
	tensor.IndexSelectTo(dst.Reshape(1, 2).T(), x, 1, []int{2})
	fmt.Println(tensor.Values(dst))
	// Output:
	// [2 3]
	// [2 5]
	// [1 4]
	// [5 0]
	// [2 5]
}

// Indices write: they set, or they add.
func ExampleScatter() {
	x, src := tensor.Zeros(4), tensor.New([]float32{1, 2, 3}, 3)
	fmt.Println(tensor.Values(tensor.Scatter(x, 0, []int{3, 1, 0}, src)))
	fmt.Println(tensor.Values(tensor.ScatterAdd(x, 0, []int{3, 3, 0}, src)))
	x.Scatter(0, []int{3, 1, 0}, src)
	x.ScatterAdd(0, []int{3, 3, 2}, src)
	fmt.Println(tensor.Values(x))
	// Output:
	// [3 2 0 1]
	// [3 0 0 3]
	// [3 2 3 4]
}

// The same for slices: a row for each index.
func ExampleIndexCopy() {
	x, src := tensor.Ones(3, 2), tensor.New([]float32{1, 2, 3, 4}, 2, 2)
	fmt.Println(tensor.Values(tensor.IndexCopy(x, 0, []int{2, 0}, src)))
	fmt.Println(tensor.Values(tensor.IndexFill(x, 0, []int{1}, 9)))
	x.IndexAdd(0, []int{2, 2}, src)
	fmt.Println(tensor.Values(x))
	// Output:
	// [3 4 1 1 1 2]
	// [1 1 9 9 1 1]
	// [1 1 1 1 5 7]
}
