package dist_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/dist"
	"github.com/descent-ml/descent/internal/fixture"
	"github.com/descent-ml/descent/tensor"
)

// A question is a case of testdata/dist.json; testdata/fixtures/dist.py explains it.
type question struct {
	What, Kind, Name string
	Params           []*fixture.Tensor
	Q                string
	QParams          []*fixture.Tensor `json:"q_params"`
	X                *fixture.Tensor
	Index            []int
	Shape            []int
	DType            string
	After            *float64
	Output           *fixture.Tensor
	Seed             *fixture.Tensor
	Grads            []*fixture.Tensor
}

func questions(t *testing.T) []question {
	var f struct {
		Cases  []question
		Slopes any // of slope_test.go
	}
	fixture.Read(t, "testdata/dist.json", &f)
	require.Greater(t, len(f.Cases), 300)
	return f.Cases
}

// ask puts the parameters on the tape and asks. It also returns the inputs that
// PyTorch gives gradients of, and indices in place of a variable.
func (c *question) ask(tape *autograd.Tape, r *tensor.Rand) (y Var, inputs []Var, index []int) {
	dt := tensor.Float64
	if c.DType == "float32" {
		dt = tensor.Float32
	}
	lift := func(list []*fixture.Tensor) []Var {
		from := len(inputs)
		for _, p := range list {
			inputs = append(inputs, tape.Var(p.Tensor(dt)))
		}
		return inputs[from:]
	}
	p, q := lift(c.Params), lift(c.QParams)
	var x Var
	if c.X != nil {
		x = lift([]*fixture.Tensor{c.X})[0]
	}
	if c.What == "gumbel_softmax" {
		if c.Kind == "hard" {
			return dist.GumbelSoftmaxHard(r, p[0], 0.7), inputs, nil
		}
		return dist.GumbelSoftmax(r, p[0], 0.7), inputs, nil
	}
	d := kinds[c.Kind](p)
	categorical, whole := d.(dist.Categorical)
	switch c.What {
	case "entropy":
		y = d.Entropy()
	case "mean":
		y = d.(moments).Mean()
	case "variance":
		y = d.(moments).Variance()
	case "log_prob":
		if whole {
			y = categorical.LogProb(c.Index, c.Shape...)
		} else {
			y = d.(dense).LogProb(x)
		}
	case "cdf":
		y = d.(rising).CDF(x)
	case "kl":
		y = dist.KL(d, kinds[c.Q](q))
	case "sample":
		if whole {
			return y, inputs, categorical.Sample(r, c.Shape...)
		}
		y = d.(sampler).Sample(r, c.Shape...)
	case "rsample":
		y = d.(smooth).RSample(r, c.Shape...)
	}
	return y, inputs, nil
}

// rtol is how near a value (0), or a gradient (1), comes to PyTorch's, relatively.
func (c *question) rtol(order int) float64 {
	switch {
	case order == 1 && c.What == "rsample" && (c.Kind == "Gamma" || c.Kind == "Beta" || c.Kind == "Dirichlet"):
		return 2e-3 // PyTorch's is an approximation
	case c.DType == "float32":
		return 2e-6
	case order == 1 && (c.What == "entropy" || c.What == "kl"):
		return 2e-9 // of trigamma, of which PyTorch's has nine digits
	}
	return 1e-11
}

func TestPyTorch(t *testing.T) {
	for _, c := range questions(t) {
		t.Run(c.Name, func(t *testing.T) {
			tape, r := autograd.NewTape(), tensor.NewRand(7)
			y, inputs, index := c.ask(tape, r)
			if c.After != nil {
				require.Equal(t, *c.After, r.Float64(), "the generator is elsewhere")
			}
			if index != nil {
				for i, v := range c.Output.Data {
					require.Equal(t, int(v), index[i])
				}
				require.Len(t, index, len(c.Output.Data))
				return
			}
			require.NoError(t, c.Output.Diff(y.Value(), c.rtol(0), 1e-2*c.rtol(0)))
			require.Equal(t, c.Grads != nil && c.What != "sample", y.NeedsGrad())
			if c.Grads == nil {
				return
			}
			dy := tape.Const(c.Seed.Tensor(y.DType()))
			for i, g := range gradients(y, dy, inputs[:len(c.Grads)]) {
				require.NoError(t, c.Grads[i].Diff(g, c.rtol(1), c.rtol(1)), "gradient %d", i)
			}
		})
	}
}
