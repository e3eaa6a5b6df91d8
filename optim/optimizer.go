package optim

import (
	"iter"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/tensor"
)

// An Optimizer is what a training loop needs. The constructors of this package
// return [Groups], which is an Optimizer. Write another one for what a [Rule]
// cannot express, such as an average of the weights over steps.
type Optimizer interface {
	// Step changes each parameter that has a gradient and is not frozen.
	Step(grads autograd.Grads)
	// LR returns the learning rate.
	LR() float64
	// SetLR changes the learning rate from the next step on.
	SetLR(lr float64)
	// State returns what a new optimizer needs to continue the work of this one.
	State() []tensor.Named
	// LoadState takes the state of an optimizer with the same parameters and
	// settings. After an error, nothing has changed.
	LoadState(state []tensor.Named) error
}

var _ Optimizer = (*Groups)(nil)

// A Rule says how a gradient changes a parameter: [SGD], [Adam], [AdamW],
// [RMSprop] and so on.
type Rule interface {
	// settle checks the settings and fills in the defaults.
	settle() rule
}

// A rule is a [Rule] at work in a group.
type rule interface {
	// rate returns the learning rate of the settings.
	rate() float64
	// parts describes the tensors of state for each parameter.
	parts() []part
	// step changes the parameter of s, whose gradient is g.
	step(s *slot, g *tensor.Tensor, lr float64)
	// setMomentum changes μ, or β₁, and panics when there is none.
	setMomentum(mu float64)
}

// A picky rule does not take every parameter.
type picky interface {
	// takes reports whether the rule is for a parameter with this value, and what it
	// is for.
	takes(value *tensor.Tensor) (ok bool, want string)
}

// A part is a tensor of state: of the shape and element type of the parameter, or
// one float64.
type part struct {
	name   string
	first  float64 // what it is filled with
	scalar bool
}

// A slot is a parameter in a group.
type slot struct {
	param *autograd.Param
	steps int            // the number of steps that used the state
	state []tensor.Named // the parts that rule.parts names
}

// grow adds the parts of the state that are missing.
func (s *slot) grow(parts []part) {
	for _, p := range parts[len(s.state):] {
		v := tensor.New([]float64{p.first})
		if !p.scalar {
			v = tensor.ZerosLike(s.param.Value)
			v.Fill(p.first)
		}
		s.state = append(s.state, tensor.Named{Name: p.name, Value: v})
	}
}

// at returns a tensor of the state.
func (s *slot) at(i int) *tensor.Tensor { return s.state[i].Value }

// Groups is an optimizer of parameters in groups. Each group has a [Rule]. Only
// one goroutine may use it at a time. [NewSGD], [NewAdam] and the
// like make one.
type Groups struct {
	groups []group
	member map[*autograd.Param]bool
}

type group struct {
	rule      rule
	lr        float64
	base, ref float64 // lr/base is the lr of the first group divided by ref
	slots     []slot
}

func newGroups(op string, params []*autograd.Param, r Rule) *Groups {
	if len(params) == 0 {
		tensor.BadArg(op, "there are no parameters")
	}
	o := &Groups{member: map[*autograd.Param]bool{}}
	o.add(op, params, r)
	return o
}

// AddGroup adds parameters with a rule of their own. It may be the same rule
// with other settings, or another one. AddGroup panics with a
// [*tensor.ArgError] when one of the parameters is in the optimizer already.
func (o *Groups) AddGroup(params []*autograd.Param, r Rule) { o.add("add group", params, r) }

func (o *Groups) add(op string, params []*autograd.Param, r Rule) {
	if o.member == nil {
		tensor.BadArg(op, empty)
	}
	if r == nil {
		tensor.BadArg(op, "the rule is nil")
	}
	g := group{rule: r.settle(), slots: make([]slot, len(params))}
	g.lr = g.rule.rate()
	g.base, g.ref = g.lr, g.lr
	if len(o.groups) > 0 {
		if g.ref = o.LR(); g.ref == 0 {
			g.ref = o.groups[0].base
		}
	}
	for i, p := range params {
		switch {
		case p == nil || p.Value == nil:
			tensor.BadArg(op, "parameter %d is nil", i)
		case !p.Value.IsContiguous():
			tensor.BadArg(op, "the value of parameter %d, of shape %v, is a strided view; give the parameter a Clone of it", i, p.Value.Shape())
		case o.member[p]:
			tensor.BadArg(op, "parameter %d, of shape %v, is in the optimizer already; a step would change it twice", i, p.Value.Shape())
		}
		if r, ok := g.rule.(picky); ok {
			if ok, want := r.takes(p.Value); !ok {
				tensor.BadArg(op, "parameter %d has the shape %v; %s", i, p.Value.Shape(), want)
			}
		}
		o.member[p] = true
		g.slots[i].param = p
		g.slots[i].grow(g.rule.parts())
	}
	o.groups = append(o.groups, g)
}

// Step changes each parameter that has a gradient and is not frozen, in place.
// It leaves the other parameters and their state alone, and allocates nothing.
// It panics with a [*tensor.DTypeError] or a [*tensor.ShapeError] when the value
// of a parameter has another type or shape than when the optimizer was made.
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

// empty says what is wrong with a Groups that no constructor made.
const empty = "the optimizer is empty; make it with optim.NewSGD, NewAdam or the like"

// LR returns the learning rate of the first group.
func (o *Groups) LR() float64 {
	if o.member == nil {
		tensor.BadArg("learning rate", empty)
	}
	return o.groups[0].lr
}

// SetLR sets the learning rate of the first group. It multiplies those of the
// other groups by the same factor. It panics with a [*tensor.ArgError] when lr
// is negative or not finite.
func (o *Groups) SetLR(lr float64) {
	if o.member == nil {
		tensor.BadArg("set learning rate", empty)
	}
	checkNotNegative("set learning rate", "the learning rate", lr)
	for i := range o.groups {
		g := &o.groups[i]
		g.lr = g.base * (lr / g.ref)
	}
	o.groups[0].lr = lr // exactly
}

// GroupLR returns the learning rate of a group, which counts from 0.
func (o *Groups) GroupLR(group int) float64 { return o.group("learning rate of a group", group).lr }

// SetGroupLR sets the learning rate of one group, for schedules that differ from
// group to group. The next SetLR sets it again, by its proportion. It panics with a
// [*tensor.ArgError] when there is no such group, or when lr is negative or not
// finite.
func (o *Groups) SetGroupLR(group int, lr float64) {
	const op = "set learning rate of a group"
	checkNotNegative(op, "the learning rate", lr)
	o.group(op, group).lr = lr
}

func (o *Groups) group(op string, i int) *group {
	if i < 0 || i >= len(o.groups) {
		tensor.BadArg(op, "there is no group %d; there are %d groups", i, len(o.groups))
	}
	return &o.groups[i]
}

// SetMomentum sets the momentum of each group: μ of SGD, RMSprop and Muon, β₁ of
// Adam and its kin. [OneCycle] and [Cyclic] use it, which change the momentum
// together with the learning rate. It panics with a [*tensor.ArgError] when a rule
// has no momentum.
func (o *Groups) SetMomentum(mu float64) {
	checkNotNegative("set momentum", "the momentum", mu)
	for i := range o.groups {
		g := &o.groups[i]
		g.rule.setMomentum(mu)
		for k := range g.slots {
			g.slots[k].grow(g.rule.parts())
		}
	}
}

// all yields the parameters of all groups in order, with their numbers.
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
