package nn_test

import (
	"testing"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/internal/fixture"
	"github.com/descent-ml/descent/nn"
	"github.com/descent-ml/descent/tensor"
)

// loss computes the losses of ops.json.
var loss = map[string]func(c *fixture.Case, x []autograd.Var) autograd.Var{
	"MSE": func(c *fixture.Case, x []autograd.Var) autograd.Var {
		return nn.MSELoss{Reduction: reduction(c)}.Of(x[0], x[1])
	},
	"L1": func(c *fixture.Case, x []autograd.Var) autograd.Var {
		return nn.L1Loss{Reduction: reduction(c)}.Of(x[0], x[1])
	},
	"Huber": func(c *fixture.Case, x []autograd.Var) autograd.Var {
		return nn.HuberLoss{Delta: unless(c.Floats[0], 1), Reduction: reduction(c)}.Of(x[0], x[1])
	},
	"SmoothL1": func(c *fixture.Case, x []autograd.Var) autograd.Var {
		return nn.SmoothL1Loss{Beta: unless(c.Floats[0], 1), Reduction: reduction(c)}.Of(x[0], x[1])
	},
	"BCE": func(c *fixture.Case, x []autograd.Var) autograd.Var {
		return nn.BCELoss{Weights: of(x[0].DType(), c.Weight), Reduction: reduction(c)}.Of(x[0], x[1])
	},
	"BCEWithLogits": func(c *fixture.Case, x []autograd.Var) autograd.Var {
		dt := x[0].DType()
		return nn.BCEWithLogitsLoss{Weights: of(dt, c.Weight), YesWeights: of(dt, c.PosWeight), Reduction: reduction(c)}.Of(x[0], x[1])
	},
	"NLL": func(c *fixture.Case, x []autograd.Var) autograd.Var {
		return nn.NLLLoss{Weights: of(x[0].DType(), c.Weight), IgnoreIndex: &c.Ints[1], Reduction: reduction(c)}.Of(x[0], c.Index.Data)
	},
	"CrossEntropy": func(c *fixture.Case, x []autograd.Var) autograd.Var {
		return nn.CrossEntropyLoss{Weights: of(x[0].DType(), c.Weight), IgnoreIndex: &c.Ints[1], Smoothing: c.Floats[0], Reduction: reduction(c)}.
			Of(x[0], c.Index.Data)
	},
	"CrossEntropySoft": func(c *fixture.Case, x []autograd.Var) autograd.Var {
		return nn.CrossEntropyLoss{Weights: of(x[0].DType(), c.Weight), Smoothing: c.Floats[0], Reduction: reduction(c)}.OfProbs(x[0], x[1])
	},
}

func reduction(c *fixture.Case) nn.Reduction { return nn.Reduction(c.Ints[0]) }

// of returns a tensor of a fixture, or nil for none.
func of(dt tensor.DType, x *fixture.Tensor) *tensor.Tensor {
	if x == nil {
		return nil
	}
	return x.Tensor(dt)
}

// Losses have PyTorch's values and gradients.
func TestPyTorchLosses(t *testing.T) {
	replay(t, map[string]int{
		"MSE": 5, "L1": 5, "Huber": 12, "SmoothL1": 12, "BCE": 7, "BCEWithLogits": 11, "NLL": 21, "CrossEntropy": 46, "CrossEntropySoft": 19,
	}, func(c *fixture.Case, x *tensor.Tensor, tape *autograd.Tape) (y autograd.Var, from []autograd.Source) {
		in := []autograd.Var{tape.Var(x)}
		from = []autograd.Source{in[0]}
		for _, other := range c.Inputs[1:] {
			v := tape.Var(other.Tensor(x.DType()))
			in, from = append(in, v), append(from, v)
		}
		return loss[c.Op](c, in), from
	})
}
