package optim

import (
	"fmt"
	"iter"
	"math"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/tensor"
)

// An Optimizer is what a training loop needs of one. [Groups], which the
// functions of this package return, is an Optimizer; write another for what a
// rule cannot express, such as averaging weights over steps.
type Optimizer interface {
	// Step changes each parameter that has a gradient.
	Step(grads autograd.Grads)
	// LR returns the learning rate.
	LR() float64
	// SetLR changes the learning rate from the next step on.
	SetLR(lr float64)
	// State returns what a new optimizer needs to go on where this one is.
	State() []tensor.Named
	// LoadState takes the state of an equal optimizer. After an error, nothing
	// has changed.
	LoadState(state []tensor.Named) error
}

var _ Optimizer = (*Groups)(nil)

// ConfigError is the panic of settings that make no sense. It reads as a
// sentence.
type ConfigError struct {
	Op     string // the rule, schedule or method
	Reason string
}

func (e *ConfigError) Error() string { return e.Op + ": " + e.Reason }

// refuse panics with a [*ConfigError].
func refuse(op, reason string, args ...any) {
	panic(&ConfigError{op, fmt.Sprintf(reason, args...)})
}

// notNegative panics when a setting is negative, infinite or NaN.
func notNegative(op, name string, v float64) {
	if !(v >= 0 && v <= math.MaxFloat64) {
		refuse(op, "%s is %v; it must be finite and not negative", name, v)
	}
}

// or returns v, or the default when v is zero.
func or(v, byDefault float64) float64 {
	if v == 0 {
		return byDefault
	}
	return v
}

// A Rule says how a gradient changes a parameter: [SGD], [Adam] or [AdamW].
type Rule interface {
	// settle checks the settings and fills in the defaults.
	settle() rule
}

// A rule is a [Rule] at work in a group.
type rule interface {
	// rate returns the learning rate of the settings.
	rate() float64
	// parts names the tensors of state for each parameter.
	parts() []string
	// step changes the parameter of s, whose gradient is g.
	step(s *slot, g *tensor.Tensor, lr float64)
	// setMomentum changes μ, or β₁.
	setMomentum(mu float64)
}

// A slot is a parameter in a group.
type slot struct {
	param *autograd.Param
	steps int            // that used the state
	state []tensor.Named // as rule.parts says
}

// grow makes the state that is still missing, of zeros.
func (s *slot) grow(parts []string) {
	for _, name := range parts[len(s.state):] {
		s.state = append(s.state, tensor.Named{Name: name, Value: tensor.ZerosLike(s.param.Value)})
	}
}

// Groups is an optimizer of parameters in groups, each of which has a [Rule].
// It serves one goroutine. Use [NewSGD], [NewAdam] or [NewAdamW] to make one.
type Groups struct {
	groups []group
	member map[*autograd.Param]bool
}

type group struct {
	rule      rule
	lr        float64
	base, ref float64 // lr is to base as the first group's is to ref
	slots     []slot
}

func newGroups(op string, params []*autograd.Param, r Rule) *Groups {
	if len(params) == 0 {
		refuse(op, "there are no parameters")
	}
	o := &Groups{member: map[*autograd.Param]bool{}}
	o.add(op, params, r)
	return o
}

// AddGroup adds parameters with a rule of their own, such as other settings of
// the rule that the optimizer was made with. It panics with a [*ConfigError]
// when one of the parameters is in the optimizer already.
func (o *Groups) AddGroup(params []*autograd.Param, r Rule) { o.add("add group", params, r) }

func (o *Groups) add(op string, params []*autograd.Param, r Rule) {
	if r == nil {
		refuse(op, "there is no rule")
	}
	g := group{rule: r.settle(), slots: make([]slot, len(params))}
	g.lr = g.rule.rate()
	g.base, g.ref = g.lr, g.lr
	if len(o.groups) > 0 {
		g.ref = or(o.LR(), o.groups[0].base)
	}
	for i, p := range params {
		switch {
		case p == nil || p.Value == nil:
			refuse(op, "parameter %d is nil", i)
		case !p.Value.IsContiguous():
			refuse(op, "parameter %d of shape %v is a strided view; give it a Clone", i, p.Value.Shape())
		case o.member[p]:
			refuse(op, "parameter %d of shape %v is in the optimizer already and would be changed twice in a step", i, p.Value.Shape())
		}
		o.member[p] = true
		g.slots[i].param = p
		g.slots[i].grow(g.rule.parts())
	}
	o.groups = append(o.groups, g)
}

// Step changes each parameter that has a gradient and is not frozen, in place,
// and leaves the others alone. It allocates nothing. It panics with a [*tensor.DTypeError] or a
// [*tensor.ShapeError] when a parameter's value is not what it was when the
// optimizer was made.
func (o *Groups) Step(grads autograd.Grads) {
	for i := range o.groups {
		g := &o.groups[i]
		for k := range g.slots {
			s := &g.slots[k]
			if d := grads.Of(s.param); d != nil && !s.param.Frozen {
				g.rule.step(s, d, g.lr)
			}
		}
	}
}

// LR returns the learning rate of the first group.
func (o *Groups) LR() float64 { return o.groups[0].lr }

// SetLR sets the learning rate of the first group, and those of the others in
// proportion. It panics with a [*ConfigError] when lr is negative or not finite.
func (o *Groups) SetLR(lr float64) {
	notNegative("set learning rate", "the learning rate", lr)
	for i := range o.groups {
		g := &o.groups[i]
		g.lr = g.base * (lr / g.ref)
	}
	o.groups[0].lr = lr // exactly
}

// SetMomentum sets the momentum of each group: μ of SGD, β₁ of Adam. It serves
// [OneCycle], which moves the momentum along with the learning rate.
func (o *Groups) SetMomentum(mu float64) {
	notNegative("set momentum", "the momentum", mu)
	for i := range o.groups {
		g := &o.groups[i]
		g.rule.setMomentum(mu)
		for k := range g.slots {
			g.slots[k].grow(g.rule.parts())
		}
	}
}

// all goes through the parameters of all groups, numbered in order.
func (o *Groups) all() iter.Seq2[int, *slot] {
	return func(yield func(int, *slot) bool) {
		n := 0
		for i := range o.groups {
			for k := range o.groups[i].slots {
				if !yield(n, &o.groups[i].slots[k]) {
					return
				}
				n++
			}
		}
	}
}
