package optim

import (
	"math"

	"github.com/descent-ml/descent/tensor"
)

// A Schedule is a learning rate that depends on the step and on nothing else.
// To follow it, call SetLR(s.At(step)) before each Step. Steps count from 0. They
// may be epochs, too.
type Schedule interface {
	At(step int) float64
}

// Constant is the same learning rate at each step.
type Constant struct{ LR float64 }

// At returns LR.
func (c Constant) At(int) float64 { return c.LR }

// Linear goes from one rate to another in a straight line, and then stays.
// PyTorch's LinearLR of a rate with its defaults is
// Linear{From: rate / 3, To: rate, Steps: 5}.
// See https://docs.pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.LinearLR.html.
type Linear struct {
	From, To float64
	Steps    int // the number of steps until To; with 0, the rate is To from the start
}

// At returns From + (To − From) t/Steps, and To from step Steps on.
func (c Linear) At(step int) float64 {
	if step >= c.Steps {
		return c.To
	}
	return c.From + (c.To-c.From)*float64(step)/float64(c.Steps)
}

// Cosine falls from LR to Min in Steps steps, along half a wave of a cosine, and
// then rises again: PyTorch's CosineAnnealingLR. [Hold] keeps it at Min.
// See https://docs.pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.CosineAnnealingLR.html.
type Cosine struct {
	LR, Min float64
	Steps   int // must be positive
}

// At returns Min + (LR − Min) (1 + cos(π t/Steps))/2.
func (c Cosine) At(step int) float64 {
	if c.Steps <= 0 {
		tensor.BadArg("cosine schedule", "Steps is %d; it must be positive", c.Steps)
	}
	return c.Min + (c.LR-c.Min)*(1+math.Cos(math.Pi*float64(step)/float64(c.Steps)))/2
}

// Exponential multiplies the rate by Gamma at every step.
// See https://docs.pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.ExponentialLR.html.
type Exponential struct {
	LR    float64
	Gamma float64 // must be positive
}

// At returns LR Gammaᵗ.
func (c Exponential) At(step int) float64 {
	if !(c.Gamma > 0) {
		tensor.BadArg("exponential schedule", "Gamma is %v; it must be positive", c.Gamma)
	}
	return c.LR * math.Pow(c.Gamma, float64(step))
}

// Step multiplies the rate by Gamma after every Size steps: PyTorch's StepLR.
// See https://docs.pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.StepLR.html.
type Step struct {
	LR    float64
	Size  int     // must be positive
	Gamma float64 // 0 stands for 0.1
}

// At returns LR Gamma^⌊t/Size⌋.
func (c Step) At(step int) float64 {
	if c.Size <= 0 {
		tensor.BadArg("step schedule", "Size is %d; it must be positive", c.Size)
	}
	return c.LR * math.Pow(setting(c.Gamma, 0.1), float64(step/c.Size))
}

// MultiStep multiplies the rate by Gamma at each milestone. Without milestones
// the rate is constant.
// See https://docs.pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.MultiStepLR.html.
type MultiStep struct {
	LR         float64
	Milestones []int   // steps, in any order; a step that is listed twice counts twice
	Gamma      float64 // 0 stands for 0.1
}

// At returns LR Gammaⁿ, where n is the number of milestones that are at most t.
func (c MultiStep) At(step int) float64 {
	n := 0
	for _, m := range c.Milestones {
		if m <= step {
			n++
		}
	}
	return c.LR * math.Pow(setting(c.Gamma, 0.1), float64(n))
}
