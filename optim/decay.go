package optim

import (
	"math"

	"github.com/descent-ml/descent/tensor"
)

// Lambda multiplies the rate by a function of the step: PyTorch's LambdaLR.
// See https://docs.pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.LambdaLR.html.
type Lambda struct {
	LR     float64
	Factor func(step int) float64 // must not be nil
}

// At returns LR Factor(t).
func (c Lambda) At(step int) float64 {
	if c.Factor == nil {
		tensor.BadArg("lambda schedule", "Factor is nil; it must be a function of the step")
	}
	return c.LR * c.Factor(step)
}

// Polynomial falls to 0 along a power of the steps that are left, and stays there:
// PyTorch's PolynomialLR.
// See https://docs.pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.PolynomialLR.html.
type Polynomial struct {
	LR    float64
	Steps int     // the number of steps until 0; must be positive
	Power float64 // 0 stands for 1, a straight line
}

// At returns LR (1 − t/Steps)^Power, and 0 from step Steps on.
func (c Polynomial) At(step int) float64 {
	if c.Steps <= 0 {
		tensor.BadArg("polynomial schedule", "Steps is %d; it must be positive", c.Steps)
	}
	return c.LR * math.Pow(1-float64(min(step, c.Steps))/float64(c.Steps), setting(c.Power, 1))
}

// InverseSqrt falls with the inverse root of the step. The schedule of the first
// transformers is Warmup(n, InverseSqrt{LR: rate, Steps: n}).
type InverseSqrt struct {
	LR    float64
	Steps int // the larger, the slower: after 3 Steps the rate is LR/2; must be positive
}

// At returns LR √(Steps/(Steps + t)).
func (c InverseSqrt) At(step int) float64 {
	if c.Steps <= 0 {
		tensor.BadArg("inverse-root schedule", "Steps is %d; it must be positive", c.Steps)
	}
	return c.LR * math.Sqrt(float64(c.Steps)/float64(c.Steps+step))
}

// WarmupStableDecay rises as [Warmup] does, stays, and falls in a straight line at
// the end, so that a run can be made longer without another schedule from its start.
type WarmupStableDecay struct {
	LR, Min float64
	Warmup  int // the steps of the rise, in which the rate is LR (t + 1)/Warmup
	Stable  int // the steps at LR
	Decay   int // the steps of the fall to Min, where the rate stays
}

// At returns the rate.
func (c WarmupStableDecay) At(step int) float64 {
	if c.Warmup < 0 || c.Stable < 0 || c.Decay < 0 {
		tensor.BadArg("warm-up-stable-decay schedule", "Warmup, Stable and Decay are %d, %d and %d; they must not be negative", c.Warmup, c.Stable, c.Decay)
	}
	if step < c.Warmup {
		return c.LR * float64(step+1) / float64(c.Warmup)
	}
	if step -= c.Warmup + c.Stable; step < 0 {
		return c.LR
	}
	return Linear{From: c.LR, To: c.Min, Steps: c.Decay}.At(step)
}
