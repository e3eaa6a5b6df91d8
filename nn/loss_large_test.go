package nn_test

import (
	"math"
	"testing"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/nn"
	"github.com/descent-ml/descent/tensor"
)

// Losses that are given logits stay exact where e^x would be infinite or 0.
func TestLossesOfLargeLogits(t *testing.T) {
	for _, dt := range []tensor.DType{tensor.Float32, tensor.Float64} {
		constant := func(x autograd.Var, v ...float64) autograd.Var { return x.Tape().Const(tensor.New(v, len(v)).To(dt)) }
		row := func(x autograd.Var) autograd.Var { return x.Reshape(1, x.Dim(0)) }
		for _, c := range []struct {
			name            string
			f               func(x autograd.Var) autograd.Var
			x, value, first []float64
		}{
			{"BCE with logits", func(x autograd.Var) autograd.Var {
				return nn.BCEWithLogitsLoss{Reduction: nn.None}.Of(x, constant(x, 1, 0, 0, 1, 0.5))
			}, []float64{1e4, -1e4, 1e4, -1e4, 1e4}, []float64{0, 0, 1e4, 1e4, 5e3}, []float64{0, 0, 1, -1, 0.5}},
			{"weighted BCE with logits", func(x autograd.Var) autograd.Var {
				return nn.BCEWithLogitsLoss{YesWeights: tensor.New([]float64{3, 3, 3, 3}, 4).To(dt), Reduction: nn.None}.Of(x, constant(x, 1, 0, 0, 1))
			}, []float64{1e4, -1e4, 1e4, -1e4}, []float64{0, 0, 1e4, 3e4}, []float64{0, 0, 1, -3}},
			{"soft margin", func(x autograd.Var) autograd.Var {
				return nn.SoftMarginLoss{Reduction: nn.None}.Of(x, constant(x, 1, -1, -1, 1))
			}, []float64{1e4, -1e4, 1e4, -1e4}, []float64{0, 0, 1e4, 1e4}, []float64{0, 0, 1, -1}},
			{"multi-label soft margin", func(x autograd.Var) autograd.Var {
				return nn.MultiLabelSoftMarginLoss{Reduction: nn.None}.Of(row(x), row(constant(x, 1, 0, 0, 1)))
			}, []float64{1e4, -1e4, 1e4, -1e4}, []float64{5e3}, []float64{0, 0, 0.25, -0.25}},
			{"focal", func(x autograd.Var) autograd.Var {
				return nn.SigmoidFocalLoss{Reduction: nn.None}.Of(x, constant(x, 1, 0, 0, 1))
			}, []float64{1e4, -1e4, 1e4, -1e4}, []float64{0, 0, 7.5e3, 2.5e3}, []float64{0, 0, 0.75, -0.25}},
			{"cross entropy", func(x autograd.Var) autograd.Var {
				return nn.CrossEntropyLoss{Reduction: nn.None}.Of(row(x), []int{1})
			}, []float64{1e4, -1e4, 0, 1e4}, []float64{2e4 + math.Ln2}, []float64{0.5, -1, 0, 0.5}},
			{"cross entropy of probabilities", func(x autograd.Var) autograd.Var {
				return nn.CrossEntropyLoss{Reduction: nn.None}.OfProbs(row(x), row(constant(x, 0, 0.25, 0.5, 0.25)))
			}, []float64{1e4, -1e4, 0, -1e4}, []float64{1.5e4}, []float64{1, -0.25, -0.5, -0.25}},
			{"CTC", func(x autograd.Var) autograd.Var {
				return nn.CTCLoss{Reduction: nn.None}.Of(x.Reshape(2, 1, 2).LogSoftmax(-1), []int{1}, []int{2}, []int{1})
			}, []float64{1e4, -1e4, 1e4, -1e4}, []float64{2e4 - math.Ln2}, nil},
		} {
			tape := autograd.NewTape()
			x := tape.Var(tensor.New(c.x, len(c.x)).To(dt))
			y := c.f(x)
			same(t, c.value, tensor.Values(y.Value()), c.name)
			g := tensor.Values(y.Sum().Backward().Of(x))
			if c.first != nil {
				same(t, c.first, g, c.name+", gradient")
			}
			for _, v := range g {
				if math.IsNaN(v) || math.IsInf(v, 0) {
					t.Errorf("%s: gradient %v", c.name, g)
				}
			}
		}
	}
}
