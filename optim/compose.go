package optim

import "github.com/descent-ml/descent/tensor"

// A Sequence follows schedules one after the other, each from its own step 0:
// PyTorch's SequentialLR. It must not be empty.
// See https://docs.pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.SequentialLR.html.
type Sequence []Phase

// A Phase is a schedule in a [Sequence].
type Phase struct {
	Schedule Schedule
	Steps    int // after them the next phase begins; the last phase does not end
}

// At returns the rate of the phase that the step belongs to.
func (s Sequence) At(step int) float64 {
	if len(s) == 0 {
		tensor.BadArg("sequence", "there are no phases")
	}
	last := len(s) - 1
	for _, p := range s[:last] {
		if step < p.Steps {
			return p.Schedule.At(step)
		}
		step -= p.Steps
	}
	return s[last].Schedule.At(step)
}

// Warmup rises in equal steps to the rate at which s begins: at step t it is
// (t + 1)/steps of that rate. Then it follows s from its step 0.
func Warmup(steps int, s Schedule) Schedule {
	switch {
	case steps < 0:
		tensor.BadArg("warmup", "the number of steps is %d; it must not be negative", steps)
	case steps == 0:
		return s
	}
	full := s.At(0)
	return Sequence{
		{Schedule: Linear{From: full / float64(steps), To: full, Steps: steps - 1}, Steps: steps},
		{Schedule: s},
	}
}

// Hold follows s up to a step, and then keeps the rate that s has at that step.
func Hold(step int, s Schedule) Schedule {
	if step < 0 {
		tensor.BadArg("hold", "the step is %d; it must not be negative", step)
	}
	return hold{s, step}
}

type hold struct {
	schedule Schedule
	last     int
}

func (h hold) At(step int) float64 { return h.schedule.At(min(step, h.last)) }
