package optim

import (
	"fmt"
	"math"

	"github.com/descent-ml/descent/tensor"
)

// Plateau makes the rate smaller when a number, such as the loss on a validation
// set, has not become better for a while: PyTorch's ReduceLROnPlateau. It is no
// [Schedule], since it depends on what it is told; it has a state of its own.
//
//	plateau := &optim.Plateau{LR: 0.1, Patience: new(3)}
//	for range epochs {
//		...
//		opt.SetLR(plateau.Next(loss))
//	}
//
// See https://docs.pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.ReduceLROnPlateau.html.
type Plateau struct {
	LR        float64 // the first rate
	Max       bool    // larger numbers are better, as those of an accuracy
	Factor    float64 // what the rate is multiplied by; 0 stands for 0.1; must be less than 1
	Patience  *int    // how many times in a row it may fail to become better; nil stands for 10
	Threshold float64 // what counts as better; 0 stands for 1e-4
	Absolute  bool    // Threshold is a difference, not a share of the best number
	Cooldown  int     // how many times failures do not count after the rate was made smaller
	Min       float64 // the smallest rate
	Eps       float64 // a rate is left as it is when it would fall by no more than this; 0 stands for 1e-8

	begun          bool
	lr, best       float64
	bad, cooldowns int
}

// Rate returns the rate now.
func (p *Plateau) Rate() float64 {
	p.begin()
	return p.lr
}

func (p *Plateau) begin() {
	const op = "plateau schedule"
	if p.begun {
		return
	}
	checkNotNegative(op, "LR", p.LR)
	checkNotNegative(op, "Min", p.Min)
	checkNotNegative(op, "Threshold", p.Threshold)
	checkNotNegative(op, "Eps", p.Eps)
	if f := setting(p.Factor, 0.1); !(f >= 0 && f < 1) {
		tensor.BadArg(op, "Factor is %v; it must be at least 0 and less than 1", f)
	}
	if p.patience() < 0 || p.Cooldown < 0 {
		tensor.BadArg(op, "Patience and Cooldown are %d and %d; they must not be negative", p.patience(), p.Cooldown)
	}
	p.begun, p.lr, p.best = true, p.LR, math.Inf(1)
	if p.Max {
		p.best = math.Inf(-1)
	}
}

func (p *Plateau) patience() int {
	if p.Patience == nil {
		return 10
	}
	return *p.Patience
}

// Next takes the number of another epoch, and returns the rate from now on. NaN is
// not better than anything.
func (p *Plateau) Next(number float64) float64 {
	p.begin()
	if p.better(number) {
		p.best, p.bad = number, 0
	} else {
		p.bad++
	}
	if p.cooldowns > 0 {
		p.cooldowns--
		p.bad = 0
	}
	if p.bad > p.patience() {
		if lr := max(p.lr*setting(p.Factor, 0.1), setting(p.Min, 0)); p.lr-lr > setting(p.Eps, 1e-8) {
			p.lr = lr
		}
		p.cooldowns, p.bad = p.Cooldown, 0
	}
	return p.lr
}

func (p *Plateau) better(number float64) bool {
	t := setting(p.Threshold, 1e-4)
	switch {
	case p.Max && p.Absolute:
		return number > p.best+t
	case p.Max:
		return number > p.best*(1+t)
	case p.Absolute:
		return number < p.best-t
	}
	return number < p.best*(1-t)
}

// State returns what a new Plateau with the same settings needs to continue: "lr",
// "best", "bad" and "cooldown", each a float64 without axes.
func (p *Plateau) State() []tensor.Named {
	p.begin()
	var list []tensor.Named
	for i, v := range [...]float64{p.lr, p.best, float64(p.bad), float64(p.cooldowns)} {
		list = append(list, tensor.Named{Name: plateauState[i], Value: tensor.New([]float64{v})})
	}
	return list
}

var plateauState = [...]string{"lr", "best", "bad", "cooldown"}

// LoadState takes the state of another Plateau with the same settings. After an
// error, nothing has changed.
func (p *Plateau) LoadState(state []tensor.Named) error {
	p.begin()
	var v [len(plateauState)]float64
	for i, name := range plateauState {
		var x *tensor.Tensor
		for _, s := range state {
			if s.Name == name {
				x = s.Value
			}
		}
		switch {
		case x == nil:
			return fmt.Errorf("load plateau state: %q is missing", name)
		case x.Len() != 1:
			return fmt.Errorf("load plateau state: %q has shape %v, want one number", name, x.Shape())
		}
		v[i] = x.Item()
		count := v[i] >= 0 && v[i] <= 1<<53 && v[i] == math.Trunc(v[i])
		if i == 0 && !(v[i] >= 0 && v[i] <= math.MaxFloat64) || i > 1 && !count {
			return fmt.Errorf("load plateau state: %q is %v", name, v[i])
		}
	}
	p.lr, p.best, p.bad, p.cooldowns = v[0], v[1], int(v[2]), int(v[3])
	return nil
}
