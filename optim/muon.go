package optim

import (
	"math"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/tensor"
)

// A MuonRate says how the rate of [Muon] depends on the shape of a matrix.
type MuonRate int

// The rates of a matrix of r rows and c columns.
const (
	Original          MuonRate = iota // lr √max(1, r/c)
	MatchRMSAdamW                     // 0.2 lr √max(r, c), with which Muon can take the rate and decay of AdamW
	SpectralUnclamped                 // lr √(r/c)
)

// Muon turns the momentum of a matrix into one whose directions are about equally
// strong, by Newton's and Schulz's iteration, so that rare directions are learnt
// as well. It is for the matrices of hidden layers; give embeddings, biases and the
// last layer to AdamW. The zero value is PyTorch's default, which decays.
// See https://docs.pytorch.org/docs/stable/generated/torch.optim.Muon.html.
type Muon struct {
	LR           float64    // learning rate; 0 stands for 1e-3
	WeightDecay  float64    // λ, shrinks the weights by 1 − lr λ; 0 stands for 0.1
	Momentum     float64    // μ, the share of the average that stays at each step; 0 stands for 0.95
	NoNesterov   bool       // do not look ahead along the momentum
	Coefficients [3]float64 // of an iteration; zeros stand for 3.4445, −4.775 and 2.0315
	Eps          float64    // the least norm that a matrix is divided by; 0 stands for 1e-7
	Iterations   int        // 0 stands for 5
	Rate         MuonRate   // Original is PyTorch's default
}

// NewMuon returns an optimizer that changes params by [Muon]. It panics with a
// [*tensor.ArgError] when a setting is out of range, when there are no parameters,
// or when one of them is no matrix.
func NewMuon(params []*autograd.Param, c Muon) *Groups { return newGroups("muon", params, c) }

func (c Muon) settle() rule {
	c.LR, c.WeightDecay, c.Momentum, c.Eps = setting(c.LR, 1e-3), setting(c.WeightDecay, 0.1), setting(c.Momentum, 0.95), setting(c.Eps, 1e-7)
	for i, byDefault := range [3]float64{3.4445, -4.775, 2.0315} {
		c.Coefficients[i] = setting(c.Coefficients[i], byDefault)
	}
	if c.Iterations == 0 {
		c.Iterations = 5
	}
	checkNotNegative("muon", "LR", c.LR)
	checkNotNegative("muon", "WeightDecay", c.WeightDecay)
	checkNotNegative("muon", "Eps", c.Eps)
	if !(c.Momentum >= 0 && c.Momentum <= 1) {
		tensor.BadArg("muon", "Momentum is %v; it must be between 0 and 1", c.Momentum)
	}
	if c.Iterations < 0 || c.Iterations >= 100 {
		tensor.BadArg("muon", "Iterations is %d; it must be positive and less than 100", c.Iterations)
	}
	if c.Rate < Original || c.Rate > SpectralUnclamped {
		tensor.BadArg("muon", "there is no rate %d", c.Rate)
	}
	return &muon{c}
}

type muon struct{ Muon }

func (r *muon) rate() float64 { return r.LR }

func (r *muon) takes(value *tensor.Tensor) (ok bool, want string) {
	return value.Rank() == 2, "Muon is for matrices"
}

func (r *muon) parts() []part { return []part{{name: "momentum_buffer"}} }

func (r *muon) setMomentum(mu float64) {
	if mu > 1 {
		tensor.BadArg("set momentum", "the momentum is %v; that of Muon must be at most 1", mu)
	}
	r.Momentum = mu
}

func (r *muon) step(s *slot, g *tensor.Tensor, lr float64) {
	n := tensor.Muon{
		LR: lr, Keep: 1 - lr*r.WeightDecay, Momentum: r.Momentum, Eps: r.Eps,
		Coefficients: r.Coefficients, Iterations: r.Iterations, Nesterov: !r.NoNesterov,
	}
	rows, cols := float64(s.at(0).Dim(0)), float64(s.at(0).Dim(1))
	switch r.Rate {
	case Original:
		n.LR *= math.Sqrt(max(1, rows/cols))
	case MatchRMSAdamW:
		n.LR *= 0.2 * math.Sqrt(max(rows, cols))
	case SpectralUnclamped:
		n.LR *= math.Sqrt(rows / cols)
	}
	n.Update(s.param.Value, g, s.at(0))
	s.steps++
}
