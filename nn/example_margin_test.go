package nn_test

import (
	"fmt"
	"math"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/nn"
	"github.com/descent-ml/descent/tensor"
)

// rows puts matrices of the given width onto a tape.
func rows(width int, data ...[]float32) (vars []autograd.Var) {
	tape := autograd.NewTape()
	for _, d := range data {
		vars = append(vars, tape.Var(tensor.New(d, len(d)/width, width)))
	}
	return vars
}

func ExampleBCELoss() {
	p, y := vectors([]float32{0.5, 0.9, 0}, []float32{1, 1, 1})
	fmt.Printf("%.3f\n", nn.BCELoss{Reduction: nn.None}.Of(p, y).Value())
	// Output: tensor[3] float32 [  0.693   0.105 100.000]
}

// The divergence of a prediction from the target, in nats.
func ExampleKLDivLoss() {
	v := rows(2, []float32{0.5, 0.5}, []float32{1, 0})
	loss := nn.KLDivLoss{BatchMean: true}
	fmt.Printf("%.3f\n", loss.Of(v[0].Log(), v[1]).Item())
	// Output: 0.693
}

// A prediction that is wrong costs less when it is said to be unsure.
func ExampleGaussianNLLLoss() {
	v := rows(1, []float32{1, 1}, []float32{3, 3}, []float32{1, 4})
	fmt.Printf("%.3f\n", nn.GaussianNLLLoss{Reduction: nn.None}.Of(v[0], v[1], v[2]).Value())
	// Output:
	// tensor[2 1] float32
	// [[2.000]
	//  [1.193]]
}

// The prediction is the logarithm of a rate.
func ExamplePoissonNLLLoss() {
	x, y := vectors([]float32{0, 1}, []float32{2, 2})
	fmt.Printf("%.3f\n", nn.PoissonNLLLoss{Reduction: nn.None}.Of(x, y).Value())
	// Output: tensor[2] float32 [1.000 0.718]
}

// The last example is easy, and counts next to nothing.
func ExampleSigmoidFocalLoss() {
	x, y := vectors([]float32{-3, 0, 3}, []float32{1, 1, 1})
	fmt.Printf("%.4f\n", nn.SigmoidFocalLoss{Reduction: nn.None}.Of(x, y).Value())
	// Output: tensor[3] float32 [0.6916 0.0433 0.0000]
}

// Half of the predicted region overlaps with the true one.
func ExampleDiceLoss() {
	tape := autograd.NewTape()
	p := tape.Var(tensor.New([]float32{1, 1, 0, 0}, 1, 1, 2, 2))
	y := tape.Const(tensor.New([]float32{0, 1, 1, 0}, 1, 1, 2, 2))
	fmt.Printf("%.3f\n", nn.DiceLoss{}.Of(p, y).Item())
	// Output: 0.500
}

func ExampleHingeLoss() {
	x, y := vectors([]float32{2, 0.5, -1}, []float32{1, 1, 1})
	fmt.Println(nn.HingeLoss{Reduction: nn.None}.Of(x, y).Value())
	// Output: tensor[3] float32 [0.0000 0.5000 2.0000]
}

// The distance of a like pair, and of two unlike pairs.
func ExampleHingeEmbeddingLoss() {
	x, y := vectors([]float32{0.25, 0.25, 3}, []float32{1, -1, -1})
	fmt.Println(nn.HingeEmbeddingLoss{Reduction: nn.None}.Of(x, y).Value())
	// Output: tensor[3] float32 [0.2500 0.7500 0.0000]
}

func ExampleSoftMarginLoss() {
	x, y := vectors([]float32{0, 10000, 10000}, []float32{1, 1, -1})
	fmt.Println(nn.SoftMarginLoss{Reduction: nn.None}.Of(x, y).Value())
	// Output: tensor[3] float32 [6.9315e-01 0.0000e+00 1.0000e+04]
}

// The first shall be larger than the second, by 1.
func ExampleMarginRankingLoss() {
	v := rows(1, []float32{5, 5}, []float32{3, 4.5}, []float32{1, 1})
	fmt.Println(nn.MarginRankingLoss{Margin: 1, Reduction: nn.Sum}.Of(v[0], v[1], v[2]).Item())
	// Output: 0.5
}

// The third class is less than 1 below the first.
func ExampleMultiMarginLoss() {
	v := rows(3, []float32{2, 0, 1.25})
	fmt.Printf("%.4f\n", nn.MultiMarginLoss{}.Of(v[0], []int{0}).Item())
	// Output: 0.0833
}

// Classes 0 and 3 are in the target.
func ExampleMultiLabelMarginLoss() {
	v := rows(4, []float32{0.1, 0.2, 0.4, 0.8}, []float32{1, 0, 0, 1})
	fmt.Printf("%.2f\n", nn.MultiLabelMarginLoss{}.Of(v[0], v[1]).Item())
	// Output: 0.85
}

func ExampleMultiLabelSoftMarginLoss() {
	v := rows(3, []float32{3, -3, 0}, []float32{1, 0, 1})
	fmt.Printf("%.3f\n", nn.MultiLabelSoftMarginLoss{}.Of(v[0], v[1]).Item())
	// Output: 0.263
}

// The positive example is as far as the negative one.
func ExampleTripletMarginLoss() {
	v := rows(2, []float32{0, 0}, []float32{3, 4}, []float32{-4, 3})
	fmt.Printf("%.3f\n", nn.TripletMarginLoss{Margin: 0.5}.Of(v[0], v[1], v[2]).Item())
	// Output: 0.500
}

// A like pair and an unlike pair, both at a right angle.
func ExampleCosineEmbeddingLoss() {
	v := rows(2, []float32{1, 0, 0, 1}, []float32{0, 1, 1, 0})
	signs := v[0].Tape().Const(tensor.New([]float32{1, -1}, 2))
	fmt.Println(nn.CosineEmbeddingLoss{Reduction: nn.None}.Of(v[0], v[1], signs).Value())
	// Output: tensor[2] float32 [1 0]
}

// Three steps spell the labels 1 2, with a blank or a repetition between them.
func ExampleCTCLoss() {
	tape := autograd.NewTape()
	logits := tape.Var(tensor.Zeros(3, 1, 3)) // each class has the probability 1/3
	loss := nn.CTCLoss{Reduction: nn.Sum}.Of(logits.LogSoftmax(-1), []int{1, 2}, nil, []int{2})
	fmt.Printf("%.4f\n", math.Exp(-loss.Item())*27) // of 27 paths
	// Output: 5.0000
}
