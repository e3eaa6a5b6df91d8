package nn_test

import (
	"fmt"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/nn"
	"github.com/descent-ml/descent/tensor"
)

// A snapshot keeps the weights of the best step, whatever comes after it.
func ExampleSnapshot() {
	l := nn.NewLinear(tensor.NewRand(1), 2, 1)
	l.Weight.Value.Fill(1)
	best := nn.Snapshot(l)
	l.Weight.Value.Fill(7)
	fmt.Println(nn.LoadState(l, best), tensor.Values(l.Weight.Value))
	// Output: <nil> [1 1]
}

// A frozen parameter gets no gradient and is not trained.
func ExampleUnfreeze() {
	r := tensor.NewRand(1)
	net := nn.Sequential{nn.NewLinear(r, 3, 4), nn.ReLU{}, nn.NewLinear(r, 4, 2)}
	trained := func() (n int) {
		x := net.Forward(autograd.NewTape().Const(tensor.Ones(1, 3)))
		for range x.Sum().Backward().All() {
			n++
		}
		return n
	}
	nn.Freeze(net, "0")
	fmt.Println(trained())
	nn.Unfreeze(net, "0.bias")
	fmt.Println(trained())
	// Output:
	// 2
	// 3
}

// To continue a run with the same numbers, a program saves the generators, too.
func ExampleGenerators() {
	r := tensor.NewRand(1)
	net := nn.Sequential{nn.NewLinear(r, 3, 4), nn.NewDropout(r, 0.1), nn.NewDropout(tensor.NewRand(2), 0.5)}
	fmt.Println(len(nn.Generators(net)))
	// Output: 2
}

// Weights are drawn anew, each with the deviation that the formula says.
func ExampleXavierNormal() {
	r := tensor.NewRand(0)
	w := tensor.Zeros(256, 512)
	nn.XavierNormal(r, w, nn.Gain("linear", 0)) // √(2/(512+256)) = 0.051
	fmt.Printf("%.3f\n", tensor.Std(w).Item())
	nn.KaimingUniform(r, w, nn.Kaiming{}) // between ±√(6/512) = ±0.108
	fmt.Printf("%.3f %.3f\n", tensor.Min(w).Item(), tensor.Max(w).Item())
	// Output:
	// 0.051
	// -0.108 0.108
}

// A Hook sees what flows through a layer, and does not change it.
func ExampleHook_Forward() {
	h := nn.Hook{Layer: nn.Func(autograd.Var.Neg), Output: func(x, y autograd.Var) { fmt.Println("saw", x.Item(), "become", y.Item()) }}
	y := h.Forward(autograd.NewTape().Const(tensor.Scalar(3)))
	fmt.Println(y.Item(), nn.Func(autograd.Var.Neg).Forward(y).Item())
	// Output:
	// saw 3 become -3
	// -3 3
}

// The constructors of normalisations differ in the shape that they read, and in
// whether there are weights.
func ExampleNewBatchNorm2d() {
	tape := autograd.NewTape()
	for _, c := range []struct {
		layer nn.Layer
		shape []int
	}{
		{nn.NewBatchNorm1d(3), []int{8, 3}},
		{nn.NewBatchNorm2d(3), []int{8, 3, 4, 4}},
		{nn.NewBatchNorm3d(3), []int{8, 3, 2, 4, 4}},
		{nn.NewInstanceNorm1d(3), []int{8, 3, 4}},
		{nn.NewInstanceNorm1dAffine(3), []int{8, 3, 4}},
		{nn.NewInstanceNorm2d(3), []int{8, 3, 4, 4}},
		{nn.NewInstanceNorm2dAffine(3), []int{8, 3, 4, 4}},
		{nn.NewInstanceNorm3d(3), []int{8, 3, 2, 4, 4}},
		{nn.NewInstanceNorm3dAffine(3), []int{3, 2, 4, 4}},
	} {
		fmt.Println(c.layer, c.layer.Forward(tape.Const(tensor.Ones(c.shape...))).Shape(), len(nn.Params(c.layer)))
	}
	// Output:
	// BatchNorm1d(3) [8 3] 2
	// BatchNorm2d(3) [8 3 4 4] 2
	// BatchNorm3d(3) [8 3 2 4 4] 2
	// InstanceNorm1d(3) [8 3 4] 0
	// InstanceNorm1d(3, affine) [8 3 4] 2
	// InstanceNorm2d(3) [8 3 4 4] 0
	// InstanceNorm2d(3, affine) [8 3 4 4] 2
	// InstanceNorm3d(3) [8 3 2 4 4] 0
	// InstanceNorm3d(3, affine) [3 2 4 4] 2
}

// The losses with PyTorch's defaults are functions, which return the mean.
func Example_losses() {
	x, y := vectors([]float32{0.5, 0.5}, []float32{1, 0})
	fmt.Printf("L1 %.2f, MSE %.2f, BCE %.4f\n", nn.L1(x, y).Item(), nn.MSE(x, y).Item(), nn.BCE(x, y).Item())
	logits := x.AddScalar(-0.5) // the logits of one half are 0
	fmt.Printf("BCE of logits %.4f\n", nn.BCEWithLogits(logits, y).Item())
	rows := logits.Reshape(1, 2)
	fmt.Printf("cross-entropy %.4f, NLL %.4f\n", nn.CrossEntropy(rows, []int{0}).Item(), nn.NLL(rows.LogSoftmax(1), []int{0}).Item())
	fmt.Printf("KL divergence from itself %.4f\n", nn.KLDiv(x.Log(), x).Item())
	// Output:
	// L1 0.50, MSE 0.25, BCE 0.6931
	// BCE of logits 0.6931
	// cross-entropy 0.6931, NLL 0.6931
	// KL divergence from itself 0.0000
}
