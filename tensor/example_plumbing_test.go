package tensor_test

import (
	"fmt"

	"github.com/descent-ml/descent/tensor"
)

// A tensor of the caller's becomes one view after the other, without an
// allocation.
func ExampleView() {
	x := tensor.Arange(6).Reshape(2, 3)
	var t tensor.Tensor
	v := t.AsView()
	v.Transpose(x, 0, 1)
	fmt.Println(t.Shape(), tensor.Values(&t))
	v.Permute(x, 1, 0)
	fmt.Println(t.Shape(), tensor.Values(&t))
	v.Slice(x, 1, 0, 3, 2)
	fmt.Println(t.Shape(), tensor.Values(&t))
	v.Select(x, 0, 1)
	fmt.Println(t.Shape(), tensor.Values(&t))
	v.Unsqueeze(&t, 0) // the operand may be v itself
	fmt.Println(t.Shape())
	v.Squeeze(&t, 0)
	fmt.Println(t.Shape())
	v.Expand(&t, 2, 3)
	fmt.Println(t.Shape(), tensor.Values(&t))
	v.Diagonal(x, 1, 0, 1)
	fmt.Println(t.Shape(), tensor.Values(&t))
	fmt.Println(v.Reshape(x, 3, 2), v.Reshape(x.T(), 6)) // a transpose cannot be laid out anew
	// Output:
	// [3 2] [0 3 1 4 2 5]
	// [3 2] [0 3 1 4 2 5]
	// [2 2] [0 2 3 5]
	// [3] [3 4 5]
	// [1 3]
	// [3]
	// [2 3] [3 4 5 3 4 5]
	// [2] [1 5]
	// true false
}

// A tensor of the caller's gets memory of the caller's.
func ExampleView_Wrap32() {
	var t tensor.Tensor
	v := t.AsView()
	v.Wrap32([]float32{1, 2}, 2)
	fmt.Println(&t)
	v.Wrap64([]float64{1, 2}, 2, 1)
	fmt.Println(t.Shape(), t.DType())

	pool := make([]float32, 10)
	n := v.SetShape("example", []int{2, 2}) // no memory yet
	v.Use32(pool)
	t.Fill(7)
	fmt.Println(n, pool)
	v.SetShape("example", []int{3})
	v.Use64(make([]float64, 3))
	fmt.Println(&t)
	// Output:
	// tensor[2] float32 [1 2]
	// [2 1] float64
	// 4 [7 7 7 7 0 0 0 0 0 0]
	// tensor[3] float64 [0 0 0]
}

// The shapes of results, for whoever takes memory for them.
func ExampleDims() {
	var none tensor.Dims
	a, b := tensor.Zeros(2, 3), tensor.Zeros(3, 4)
	fmt.Println("matmul", none.MatMul(a, b), "concat", none.Concat(0, a, a), "pad", none.Pad(a, 0, 0, 1, 1), "flatten", none.Flatten(a, 0, 1))
	fmt.Println("repeat", none.Repeat(a, []int{4, 2, 2}), "tile", none.Tile("example", a, []int{2}), "meshgrid", none.Meshgrid(tensor.Zeros(2), tensor.Zeros(5)))
	fmt.Println("diagonal", none.DiagEmbed(a, 0, -2, -1), "broadcast", none.Broadcast("example", a, tensor.Zeros(3)))
	fmt.Println("of three", none.Broadcast3("example", a, tensor.Zeros(3), tensor.Zeros(1)), "where", none.Where(tensor.Zeros(2, 1), a, a))
	fmt.Println(none.BroadcastShapes([]int{2, 1}, []int{3}))
	fmt.Println(none.BroadcastShapes([]int{2}, []int{3}))

	image := tensor.Zeros(1, 3, 8, 8)
	s := tensor.UnfoldShape{Kernel: [2]int{2, 2}}
	fmt.Println("pool", none.Pool(image, tensor.PoolShape{Kernel: [2]int{2, 2}}), "unfold", none.Unfold(image, s), "fold", none.Fold(tensor.Zeros(1, 12, 49), [2]int{8, 8}, s))

	array := [tensor.MaxRank]int{} // nothing is allocated
	fmt.Println("in an array", tensor.Dims(array[:0]).MatMul(a, b))
	// Output:
	// matmul [2 4] concat [4 3] pad [2 5] flatten [6]
	// repeat [1 2 3] tile [2 3] meshgrid [2 5]
	// diagonal [2 3 3] broadcast [2 3]
	// of three [2 3] where [2 3]
	// [2 3] true
	// [] false
	// pool [1 3 4 4] unfold [1 12 49] fold [1 3 8 8]
	// in an array [2 4]
}

// The shapes of spectra, and the geometry of the frames of a signal.
func ExampleDims_RFFT() {
	var none tensor.Dims
	x, z := tensor.Zeros(8), tensor.Zeros(5, 2)
	fmt.Println(none.RFFT(x, 0, 0), none.IRFFT(z, 8, 0), none.Complex("example", z))

	o := tensor.STFTOptions{Hop: 2}
	f := o.Spectra("example", tensor.Zeros(3, 7, 2), 4)
	before, after := f.Window("example", tensor.Ones(2)) // zeros on both sides of a short window
	fmt.Println(f.Frames, f.End-f.Start, before, after)
	f.CheckSums(tensor.Ones(f.Samples)) // panics where the windows leave a number out
	// Output:
	// [5 2] [8] [5]
	// 7 12 1 1
}

// The shapes of TakeAlongDim, and an index that is stretched to them.
func ExampleDims_TakeAlong() {
	x := tensor.Arange(6).Reshape(2, 3)
	index, shape := []int{2}, []int{1, 1}
	out, from := tensor.Dims(nil).TakeAlong(nil, x, 1, len(index), shape)
	fmt.Println(out, from)
	wide := make([]int, 2)
	tensor.ExpandTo(wide, out, index, shape)
	fmt.Println(wide)
	// Output:
	// [2 1] [2 3]
	// [2 2]
}

// Where each element comes from after a Scatter, for its gradient.
func ExampleTensor_ScatterSources() {
	x, src := tensor.Zeros(4), tensor.New([]float32{1, 2, 3}, 3)
	index := []int{3, 3, 0}
	from, mask := make([]int, 4), tensor.Zeros(4)
	x.ScatterSources(from, mask, 0, index, src)
	fmt.Println(from, tensor.Values(mask))
	x.IndexSources("example", from, mask, 0, []int{3, 1}, nil)
	fmt.Println(from, tensor.Values(mask))

	// Several elements go to one place: in rounds, each has one at most.
	counts, places := make([]int, 4), make([]int, 3)
	x.ScatterPlaces("example", places, 0, index, src)
	rounds := x.ScatterCounts(counts, places)
	fmt.Println(places, rounds, counts)
	all, masks := make([]int, rounds*4), tensor.Zeros(rounds, 4)
	x.ScatterRounds(all, masks, counts, places)
	fmt.Println(all, tensor.Values(masks))
	x.PutExtreme(src, places, true, true) // or the largest of them
	fmt.Println(tensor.Values(x))
	// Output:
	// [2 0 0 1] [1 0 0 1]
	// [0 1 0 0] [0 1 0 1]
	// [3 3 0] 2 [1 0 0 2]
	// [2 0 0 0 0 0 0 1] [1 0 0 1 0 0 0 1]
	// [3 0 0 2]
}

// Several numbers for one place become one, in each of these ways.
func ExampleScatterMode() {
	x, src := tensor.Zeros(1), tensor.New([]float32{2, 3, 7}, 3)
	for _, how := range []tensor.ScatterMode{tensor.ScatterSum, tensor.ScatterProd, tensor.ScatterMean, tensor.ScatterAMax, tensor.ScatterAMin} {
		fmt.Print(tensor.ScatterReduce(x, 0, []int{0, 0, 0}, src, how, false).Item(), " ")
	}
	// Output: 12 42 4 7 2
}

// A mistake in the program panics with a typed error, also in packages that build
// on this one.
func ExampleBadArg() {
	caught := func(f func()) {
		defer func() {
			switch err := recover().(type) {
			case *tensor.ArgError:
				fmt.Println(err.Op, "got a bad argument:", err)
			case *tensor.ShapeError:
				fmt.Println(err.Op, "got bad shapes", err.Shapes, "in", err)
			case *tensor.DTypeError:
				fmt.Println(err.Op, "got", err.Got, "not", err.Want, "in", err)
			}
		}()
		f()
	}
	caught(func() { tensor.BadArg("dropout", "a probability is %v, want one from 0 to 1", 1.5) })
	caught(func() { tensor.BadShape("mix", "the lengths differ", tensor.Zeros(2), tensor.Zeros(3)) })
	caught(func() { tensor.Add(tensor.Zeros(2), tensor.Zeros64(2)) })
	caught(func() { tensor.CheckLengths("translate", tensor.Zeros(3, 2, 4), []int{3, 5}) })
	// Output:
	// dropout got a bad argument: dropout: a probability is 1.5, want one from 0 to 1
	// mix got bad shapes [[2] [3]] in mix [2] × [3]: the lengths differ
	// add got float64 not float32 in add: the second operand is float64, want float32; convert it with To(tensor.Float32)
	// translate got bad shapes [[3 2 4]] in translate [3 2 4]: Lengths[1] is 5; want 1 to 3
}
