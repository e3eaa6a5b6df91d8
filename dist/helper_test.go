package dist_test

import (
	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/dist"
	"github.com/descent-ml/descent/tensor"
)

type Var = autograd.Var

// kinds make a distribution of its parameters. The names are those of the fixtures.
var kinds = map[string]func(p []Var) dist.Distribution{
	"Normal":             func(p []Var) dist.Distribution { return dist.Normal{Loc: p[0], Scale: p[1]} },
	"LogNormal":          func(p []Var) dist.Distribution { return dist.LogNormal{Loc: p[0], Scale: p[1]} },
	"Laplace":            func(p []Var) dist.Distribution { return dist.Laplace{Loc: p[0], Scale: p[1]} },
	"Gumbel":             func(p []Var) dist.Distribution { return dist.Gumbel{Loc: p[0], Scale: p[1]} },
	"Uniform":            func(p []Var) dist.Distribution { return dist.Uniform{Low: p[0], High: p[1]} },
	"Exponential":        func(p []Var) dist.Distribution { return dist.Exponential{Rate: p[0]} },
	"Gamma":              func(p []Var) dist.Distribution { return dist.Gamma{Concentration: p[0], Rate: p[1]} },
	"Beta":               func(p []Var) dist.Distribution { return dist.Beta{Concentration1: p[0], Concentration0: p[1]} },
	"Dirichlet":          func(p []Var) dist.Distribution { return dist.Dirichlet{Concentration: p[0]} },
	"MultivariateNormal": func(p []Var) dist.Distribution { return dist.MultivariateNormal{Loc: p[0], ScaleTril: p[1]} },
	"Bernoulli probs":    func(p []Var) dist.Distribution { return dist.Bernoulli{Probs: p[0]} },
	"Bernoulli logits":   func(p []Var) dist.Distribution { return dist.Bernoulli{Logits: p[0]} },
	"Categorical probs":  func(p []Var) dist.Distribution { return dist.Categorical{Probs: p[0]} },
	"Categorical logits": func(p []Var) dist.Distribution { return dist.Categorical{Logits: p[0]} },
}

// What most distributions have.
type (
	dense   interface{ LogProb(x Var) Var }
	rising  interface{ CDF(x Var) Var }
	moments interface {
		Mean() Var
		Variance() Var
	}
	sampler interface {
		Sample(r *tensor.Rand, shape ...int) Var
	}
	smooth interface {
		RSample(r *tensor.Rand, shape ...int) Var
	}
)

// vec returns a vector.
func vec(v ...float64) *tensor.Tensor { return tensor.New(v, len(v)) }

// gradients returns those of y by each of xs, for the gradient dy by y: 0 where none
// flows.
func gradients(y, dy Var, xs []Var) []*tensor.Tensor {
	list := make([]*tensor.Tensor, len(xs))
	if !y.NeedsGrad() {
		for i, x := range xs {
			list[i] = tensor.ZerosLike(x.Value())
		}
		return list
	}
	for i, g := range autograd.VJP(y, dy, xs...) {
		list[i] = g.Value()
	}
	return list
}
