package nn_test

import (
	"fmt"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/nn"
	"github.com/descent-ml/descent/tensor"
)

// Each group of two channels is standardized on its own.
func ExampleGroupNorm() {
	x := tensor.New([]float32{1, 2, 3, 4, 100, 200, 300, 400}, 1, 4, 2)
	fmt.Printf("%.2f\n", nn.NewGroupNorm(2, 4).Forward(autograd.NewTape().Const(x)).Value())
	// Output:
	// tensor[1 4 2] float32
	// [[[-1.34 -0.45]
	//   [ 0.45  1.34]
	//   [-1.34 -0.45]
	//   [ 0.45  1.34]]]
}

// Each channel is standardized on its own.
func ExampleInstanceNorm() {
	x := tensor.New([]float32{1, 2, 3, 100, 200, 300}, 1, 2, 3)
	fmt.Printf("%.3f\n", nn.NewInstanceNorm1d(2).Forward(autograd.NewTape().Const(x)).Value())
	// Output:
	// tensor[1 2 3] float32
	// [[[-1.225  0.000  1.225]
	//   [-1.225  0.000  1.225]]]
}

// In evaluation running statistics stand for those of the example.
func ExampleInstanceNorm_Tracked() {
	n := nn.NewInstanceNorm1d(1).Tracked()
	n.Momentum = 1 // the last batch alone counts
	tape := autograd.NewTape()
	n.Forward(tape.Const(tensor.New([]float32{1, 2, 3}, 1, 1, 3)))
	tape.SetMode(autograd.Eval)
	fmt.Printf("%.3f\n", tensor.Values(n.Forward(tape.Const(tensor.New([]float32{2, 2, 4}, 1, 1, 3))).Value()))
	// Output:
	// [0.000 0.000 2.000]
}

func ExampleLocalResponseNorm() {
	x := tensor.New([]float32{3, 4, 0}, 1, 3, 1)
	l := nn.LocalResponseNorm{Size: 3, Alpha: 3, Beta: 0.5, K: nn.Zero} // x over the root of the sum of three squares
	fmt.Printf("%.3f\n", tensor.Values(l.Forward(autograd.NewTape().Const(x)).Value()))
	// Output:
	// [0.600 0.800 0.000]
}

func ExampleIdentity() {
	show(nn.Identity{}, -2, 0.5, 8)
	// Output: [-2.000 0.500 8.000]
}

// A linear layer makes the channels of an image.
func ExampleUnflatten() {
	shapeOf(nn.Sequential{nn.NewLinear(tensor.NewRand(1), 10, 8*7*7), nn.Unflatten{Shape: []int{8, 7, 7}}}, 32, 10)
	// Output:
	// [32 8 7 7]
}

func ExampleResidual() {
	show(nn.Residual{nn.ReLU{}}, -2, 0.5, 8)
	// Output: [-2.000 1.000 16.000]
}

// Filters of two sizes look at the same image.
func ExampleConcat() {
	r := tensor.NewRand(1)
	shapeOf(nn.Concat{Branches: []nn.Layer{
		nn.NewConv2d(r, 3, 8, nn.Conv2dOptions{Kernel: nn.Square(1)}),
		nn.NewConv2d(r, 3, 4, nn.Conv2dOptions{Kernel: nn.Square(5), Same: true}),
	}}, 1, 3, 28, 28)
	// Output:
	// [1 12 28 28]
}

func ExamplePixelShuffle() {
	shapeOf(nn.PixelShuffle{Factor: 2}, 1, 12, 7, 7)
	// Output:
	// [1 3 14 14]
}

func ExamplePixelUnshuffle() {
	shapeOf(nn.PixelUnshuffle{Factor: 2}, 1, 3, 14, 14)
	// Output:
	// [1 12 7 7]
}

// Dropout of whole channels: each row of the sequence stays or goes.
func ExampleDropout1d() {
	d := nn.NewDropout1d(tensor.NewRand(2), 0.5)
	fmt.Println(d.Forward(autograd.NewTape().Const(tensor.Ones(4, 3))).Value())
	// Output:
	// tensor[4 3] float32
	// [[0 0 0]
	//  [2 2 2]
	//  [0 0 0]
	//  [0 0 0]]
}

func ExampleDropout2d() {
	d := nn.NewDropout2d(tensor.NewRand(2), 0.5)
	y := d.Forward(autograd.NewTape().Const(tensor.Ones(1, 4, 2, 2)))
	fmt.Println(y.Sum(2, 3).Value())
	// Output:
	// tensor[1 4] float32
	// [[0 8 0 0]]
}

// Mean and variance stay about 0 and 1.
func ExampleAlphaDropout() {
	x := tensor.Zeros(10000)
	tensor.NewRand(1).Normal(x, 0, 1)
	y := nn.NewAlphaDropout(tensor.NewRand(2), 0.2).Forward(autograd.NewTape().Const(x))
	fmt.Printf("%.1f %.1f\n", y.Mean().Item(), y.Variance().Item())
	// Output:
	// 0.0 1.0
}

func ExampleUpsample() {
	x := autograd.NewTape().Const(tensor.New([]float32{0, 4}, 1, 1, 2))
	for _, u := range []nn.Upsample{{Size: [2]int{1, 4}}, {Size: [2]int{1, 4}, Bilinear: true}, {Size: [2]int{1, 5}, Bilinear: true, AlignCorners: true}} {
		fmt.Println(tensor.Values(u.Forward(x).Value()))
	}
	// Output:
	// [0 0 4 4]
	// [0 1 3 4]
	// [0 1 2 3 4]
}

func ExampleUpsample1d() {
	x := autograd.NewTape().Const(tensor.New([]float32{0, 4}, 1, 1, 2))
	for _, u := range []nn.Upsample1d{{Scale: 2}, {Scale: 2, Linear: true}, {Size: 5, Linear: true, AlignCorners: true}} {
		fmt.Println(u, tensor.Values(u.Forward(x).Value()))
	}
	// Output:
	// Upsample1d(scale 2) [0 0 4 4]
	// Upsample1d(scale 2, linear) [0 1 3 4]
	// Upsample1d(size 5, linear, align corners) [0 1 2 3 4]
}

// Three bags of tokens become vectors; the last bag is empty.
func ExampleEmbeddingBag() {
	e := &nn.EmbeddingBag{Weight: autograd.NewParam(tensor.New([]float32{1, 10, 2, 20, 3, 30}, 3, 2)), Reduce: autograd.BagSum}
	fmt.Println(e.Forward(autograd.NewTape(), []int{0, 2, 1}, []int{0, 2, 3}).Value())
	// Output:
	// tensor[3 2] float32
	// [[ 4 40]
	//  [ 2 20]
	//  [ 0  0]]
}

func ExampleBilinear() {
	b := nn.NewBilinear(tensor.NewRand(1), 3, 4, 2)
	tape := autograd.NewTape()
	fmt.Println(b.Forward(tape.Const(tensor.Ones(5, 3)), tape.Const(tensor.Ones(5, 4))).Shape())
	// Output:
	// [5 2]
}

// The rows of the weight have the lengths in G.
func ExampleWeightNorm() {
	l := nn.NewLinearNoBias(tensor.NewRand(1), 2, 1)
	l.Weight.Value.CopyFrom(tensor.New([]float32{3, 4}, 1, 2))
	n := nn.NewWeightNorm(l)
	fmt.Println(n.G.Value.At(0, 0))
	n.G.Value.Fill(1)
	fmt.Printf("%.2f\n", n.Forward(autograd.NewTape().Const(tensor.Ones(1, 2))).Item()) // 3/5 + 4/5
	// Output:
	// 5
	// 1.40
}

// The largest singular value of the weight becomes 1.
func ExampleSpectralNorm() {
	r := tensor.NewRand(1)
	l := nn.NewLinearNoBias(r, 2, 2)
	l.Weight.Value.CopyFrom(tensor.New([]float32{5, 0, 0, 1}, 2, 2))
	y := nn.NewSpectralNorm(r, l).Forward(autograd.NewTape().Const(tensor.Ones(1, 2)))
	fmt.Printf("%.2f\n", tensor.Values(y.Value()))
	// Output:
	// [1.00 0.20]
}

// Bags may be rows of one length, or weigh their tokens.
func ExampleNewEmbeddingBag() {
	e := nn.NewEmbeddingBag(tensor.NewRand(1), 3, 2, autograd.BagSum)
	e.Weight.Value.CopyFrom(tensor.New([]float32{1, 10, 2, 20, 3, 30}, 3, 2))
	tape := autograd.NewTape()
	fmt.Println(e.ForwardRows(tape, []int{0, 2, 1, 1}, 2).Value())
	half := tape.Const(tensor.Full(0.5, 4))
	fmt.Println(e.ForwardWeighted([]int{0, 2, 1, 1}, []int{0, 3}, half).Value())
	// Output:
	// tensor[2 2] float32
	// [[ 4 40]
	//  [ 4 40]]
	// tensor[2 2] float32
	// [[ 3 30]
	//  [ 1 10]]
}

// Sequences are filled up with a token whose vector stays 0.
func ExampleNewEmbeddingPadded() {
	e := nn.NewEmbeddingPadded(tensor.NewRand(1), 65, 4, 0)
	fmt.Println(e.Forward(autograd.NewTape(), []int{0}, 1).Value())
	// Output:
	// tensor[1 4] float32
	// [[0 0 0 0]]
}
