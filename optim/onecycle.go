package optim

import (
	"math"

	"github.com/descent-ml/descent/tensor"
)

// OneCycle rises from a low rate to a high one, and then falls to a very low one
// at the last step. The momentum may go the other way:
//
//	opt.SetLR(cycle.At(step))
//	opt.SetMomentum(cycle.Momentum(step))
//
// The zero values of all fields except LR and Steps are PyTorch's defaults.
// See https://docs.pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.OneCycleLR.html.
type OneCycle struct {
	LR       float64 // the highest rate
	Steps    int     // the length of the cycle; must be positive
	Rise     float64 // the share of the steps in which the rate rises, up to 1; 0 stands for 0.3
	Div      float64 // the first rate is LR/Div; 0 stands for 25
	FinalDiv float64 // the last rate is LR/Div/FinalDiv; 0 stands for 1e4
	Linear   bool    // go in straight lines instead of half waves of a cosine

	MinMomentum float64 // at the highest rate; 0 stands for 0.85
	MaxMomentum float64 // at the first and the last step; 0 stands for 0.95
}

// At returns the learning rate. After the last step of the cycle it stays.
func (c OneCycle) At(step int) float64 {
	div, final := setting(c.Div, 25), setting(c.FinalDiv, 1e4)
	checkPositive("one-cycle schedule", "Div", div)
	checkPositive("one-cycle schedule", "FinalDiv", final)
	first := c.LR / div
	return c.follow(step, first, c.LR, first/final)
}

// Momentum returns the momentum that goes with [OneCycle.At].
func (c OneCycle) Momentum(step int) float64 {
	high := setting(c.MaxMomentum, 0.95)
	return c.follow(step, high, setting(c.MinMomentum, 0.85), high)
}

// follow goes from one value to a second, and then to a third. The turning point
// is Rise·Steps − 1. As in PyTorch it may lie between two steps.
func (c OneCycle) follow(step int, from, over, to float64) float64 {
	if c.Steps <= 0 {
		tensor.BadArg("one-cycle schedule", "Steps is %d; it must be positive", c.Steps)
	}
	rise := setting(c.Rise, 0.3)
	if !(rise > 0 && rise <= 1) {
		tensor.BadArg("one-cycle schedule", "Rise is %v; it must be more than 0 and at most 1", rise)
	}
	last := float64(c.Steps - 1)
	t, turn := min(float64(step), last), rise*float64(c.Steps)-1
	if t <= turn {
		return c.anneal(from, over, t, turn)
	}
	return c.anneal(over, to, t-turn, last-turn)
}

// anneal returns the value at time t of a way from one value to another. The way
// takes the time n.
func (c OneCycle) anneal(from, to, t, n float64) float64 {
	switch {
	case n == 0:
		return to
	case c.Linear:
		return (to-from)*t/n + from
	}
	return to + (from-to)/2*(math.Cos(math.Pi*t/n)+1)
}
