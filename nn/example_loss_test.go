package nn_test

import (
	"fmt"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/nn"
	"github.com/descent-ml/descent/tensor"
)

// vectors puts a prediction and a target onto a tape.
func vectors(x, y []float32) (autograd.Var, autograd.Var) {
	tape := autograd.NewTape()
	return tape.Var(tensor.New(x, len(x))), tape.Const(tensor.New(y, len(y)))
}

func ExampleMSELoss() {
	x, y := vectors([]float32{1, 2, 5}, []float32{1, 1, 2})
	fmt.Printf("%.3f\n", nn.MSELoss{}.Of(x, y).Item())
	fmt.Println(nn.MSELoss{Reduction: nn.None}.Of(x, y).Value())
	// Output:
	// 3.333
	// tensor[3] float32 [0 1 9]
}

func ExampleL1Loss() {
	x, y := vectors([]float32{1, 2, 5}, []float32{1, 1, 2})
	fmt.Println(nn.L1Loss{Reduction: nn.Sum}.Of(x, y).Item())
	// Output:
	// 4
}

// An error of 3 costs 2.5, not 4.5: outliers count less.
func ExampleHuberLoss() {
	x, y := vectors([]float32{1, 2, 5}, []float32{1, 1, 2})
	fmt.Println(nn.HuberLoss{Reduction: nn.None}.Of(x, y).Value())
	fmt.Println(nn.HuberLoss{Delta: 2, Reduction: nn.None}.Of(x, y).Value())
	// Output:
	// tensor[3] float32 [0.0000 0.5000 2.5000]
	// tensor[3] float32 [0.0000 0.5000 4.0000]
}

func ExampleSmoothL1Loss() {
	x, y := vectors([]float32{1, 2, 5}, []float32{1, 1, 2})
	fmt.Println(nn.SmoothL1Loss{Beta: 2, Reduction: nn.None}.Of(x, y).Value())
	// Output:
	// tensor[3] float32 [0.0000 0.2500 2.0000]
}

// Logits, not probabilities: no sigmoid before, and no overflow.
func ExampleBCEWithLogitsLoss() {
	x, y := vectors([]float32{0, 3, -1000}, []float32{1, 1, 0})
	fmt.Printf("%.3f\n", nn.BCEWithLogitsLoss{Reduction: nn.None}.Of(x, y).Value())
	// Output:
	// tensor[3] float32 [0.693 0.049 0.000]
}

// The usual loss of a classifier, with a gradient for each logit.
func ExampleCrossEntropy() {
	tape := autograd.NewTape()
	logits := tape.Var(tensor.New([]float32{2, 1, 0, 0, 0, 0}, 2, 3))
	loss := nn.CrossEntropy(logits, []int{0, 2})
	fmt.Printf("%.3f\n", loss.Item())
	fmt.Printf("%.3f\n", loss.Backward().Of(logits))
	// Output:
	// 0.753
	// tensor[2 3] float32
	// [[-0.167  0.122  0.045]
	//  [ 0.167  0.167 -0.333]]
}

// Rare classes weigh more, targets are smoothed, and places with label −1 do not count.
func ExampleCrossEntropyLoss() {
	tape := autograd.NewTape()
	logits := tape.Var(tensor.New([]float32{2, 1, 0, 0, 0, 0}, 2, 3))
	ignore := -1
	loss := nn.CrossEntropyLoss{Weights: tensor.New([]float32{1, 1, 5}, 3), Smoothing: 0.1, IgnoreIndex: &ignore}
	fmt.Printf("%.3f\n", loss.Of(logits, []int{0, -1}).Item())
	// Output:
	// 0.829
}

// Targets may be probabilities, here of an even mixture of two classes.
func ExampleCrossEntropyLoss_OfProbs() {
	tape := autograd.NewTape()
	logits := tape.Var(tensor.New([]float32{2, 1, 0}, 1, 3))
	target := tape.Const(tensor.New([]float32{0.5, 0.5, 0}, 1, 3))
	fmt.Printf("%.3f\n", nn.CrossEntropyLoss{}.OfProbs(logits, target).Item())
	// Output:
	// 0.908
}

func ExampleNLLLoss() {
	tape := autograd.NewTape()
	logits := tape.Var(tensor.New([]float32{2, 1, 0, 0, 0, 0}, 2, 3))
	fmt.Printf("%.3f\n", nn.NLLLoss{}.Of(logits.LogSoftmax(1), []int{0, 2}).Item())
	// Output:
	// 0.753
}

func ExampleReduction() {
	x, y := vectors([]float32{1, 2, 6}, []float32{1, 1, 1})
	for _, r := range []nn.Reduction{nn.Mean, nn.Sum, nn.None} {
		fmt.Println(nn.L1Loss{Reduction: r}.Of(x, y).Value())
	}
	// Output:
	// tensor[] float32 2
	// tensor[] float32 6
	// tensor[3] float32 [0 1 5]
}

// He initialisation of a layer that is followed by ReLU.
func ExampleKaiming() {
	r := tensor.NewRand(0)
	l := nn.NewLinear(r, 512, 256)
	nn.KaimingNormal(r, l.Weight.Value, nn.Kaiming{FanOut: true})
	l.Bias.Value.Fill(0)
	w := l.Weight.Value
	fmt.Printf("%.3f\n", tensor.NormOf(w)*tensor.NormOf(w)/float64(w.Len()))
	// Output:
	// 0.008
}

func ExampleXavierUniform() {
	r := tensor.NewRand(0)
	l := nn.NewLinear(r, 512, 256)
	nn.XavierUniform(r, l.Weight.Value, nn.Gain("tanh", 0))
	fmt.Printf("%.2f\n", tensor.Max(l.Weight.Value).Item())
	// Output:
	// 0.15
}

func ExampleOrthogonal() {
	w := tensor.Zeros(3, 3)
	nn.Orthogonal(tensor.NewRand(0), w, 1)
	fmt.Printf("%.1f\n", tensor.Abs(tensor.MatMul(w, w.T())))
	// Output:
	// tensor[3 3] float32
	// [[1.0 0.0 0.0]
	//  [0.0 1.0 0.0]
	//  [0.0 0.0 1.0]]
}
