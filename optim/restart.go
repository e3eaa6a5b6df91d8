package optim

import (
	"cmp"
	"math"

	"github.com/descent-ml/descent/tensor"
)

// CosineRestarts falls from LR to Min along half a wave of a cosine, and starts
// again: PyTorch's CosineAnnealingWarmRestarts.
// See https://docs.pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.CosineAnnealingWarmRestarts.html.
type CosineRestarts struct {
	LR, Min float64
	Steps   int // the length of the first fall; must be positive
	Factor  int // each fall is so many times longer than the one before; 0 stands for 1
}

// At returns Min + (LR − Min) (1 + cos(π t/n))/2, where t counts from the last
// restart, and n is the length of this fall.
func (c CosineRestarts) At(step int) float64 {
	const op = "cosine schedule with restarts"
	if c.Steps <= 0 {
		tensor.BadArg(op, "Steps is %d; it must be positive", c.Steps)
	}
	if c.Factor < 0 {
		tensor.BadArg(op, "Factor is %d; it must be positive", c.Factor)
	}
	n := c.Steps
	if c.Factor <= 1 {
		step %= n
	}
	for step >= n {
		step -= n
		n *= c.Factor
	}
	return Cosine{LR: c.LR, Min: c.Min, Steps: n}.At(step)
}

// A CycleMode says what becomes of the height of a [Cyclic] schedule.
type CycleMode int

// The modes of a cycle.
const (
	Triangular  CycleMode = iota // the height stays
	Triangular2                  // each cycle is half as high as the one before
	ExpRange                     // the height is multiplied by Gamma at every step
)

// Cyclic rises in a straight line from LR to Max, falls back, and begins again:
// PyTorch's CyclicLR. The momentum may go the other way:
//
//	opt.SetLR(cycle.At(step))
//	opt.SetMomentum(cycle.Momentum(step))
//
// See https://docs.pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.CyclicLR.html.
type Cyclic struct {
	LR, Max  float64
	Up, Down int       // the steps of the rise and of the fall; 0 stands for 2000, and for Up
	Mode     CycleMode // Triangular is PyTorch's default
	Gamma    float64   // for ExpRange; 0 stands for 1

	MinMomentum float64 // at Max; 0 stands for 0.8
	MaxMomentum float64 // at LR; 0 stands for 0.9
}

// At returns LR + (Max − LR) height, where height rises from 0 to 1 and falls
// again.
func (c Cyclic) At(step int) float64 { return c.LR + (c.Max-c.LR)*c.height(step) }

// Momentum returns the momentum that goes with [Cyclic.At].
func (c Cyclic) Momentum(step int) float64 {
	high := setting(c.MaxMomentum, 0.9)
	return high - (high-setting(c.MinMomentum, 0.8))*c.height(step)
}

func (c Cyclic) height(step int) float64 {
	const op = "cyclic schedule"
	up := cmp.Or(c.Up, 2000)
	down := cmp.Or(c.Down, up)
	if up < 0 || down < 0 {
		tensor.BadArg(op, "Up and Down are %d and %d; they must be positive", up, down)
	}
	cycle, t := step/(up+down), step%(up+down)
	h := float64(t) / float64(up)
	if t > up {
		h = float64(up+down-t) / float64(down)
	}
	switch c.Mode {
	case Triangular:
	case Triangular2:
		h = math.Ldexp(h, -cycle)
	case ExpRange:
		h *= math.Pow(setting(c.Gamma, 1), float64(step))
	default:
		tensor.BadArg(op, "there is no mode %d", c.Mode)
	}
	return h
}
