package autograd

import (
	"iter"
	"math"
	"sync/atomic"

	"github.com/descent-ml/descent/tensor"
)

// A Param is a trainable leaf: a tensor that lives as long as the model, and
// gets onto a tape with [Tape.Param]. Optimizers change Value in place. A frozen
// parameter gets no gradient, and optimizers leave it alone.
type Param struct {
	Value  *tensor.Tensor
	Frozen bool // PyTorch's requires_grad=False

	place int32 // in the gradients that it was last looked up in; atomic
}

// NewParam returns a parameter with the given initial value.
func NewParam(v *tensor.Tensor) *Param { return &Param{Value: v} }

// Grads holds gradients, by parameter, in the order in which the parameters
// were first lifted. It is a small handle, passed by value. What Backward
// returns is good until the tape is reset; it has gradients of variables, too.
// The zero Grads is empty and ready for Add, which copies: use one to accumulate
// over steps or to collect from workers.
type Grads struct {
	set *gradSet
	gen uint64 // that of the tape when Backward made it
}

// A gradSet is what a Grads stands for.
type gradSet struct {
	index   map[*Param]int
	items   []grad
	tape    *Tape       // whose Backward fills it, or nil
	touched atomic.Bool // since Backward a gradient may have been changed
}

type grad struct {
	param  *Param
	value  *tensor.Tensor // nil for none
	finite bool           // Backward knew the value to be finite
}

// collect returns the gradients of the parameters that have been lifted.
func (t *Tape) collect() Grads {
	for i, n := range t.lifts {
		it := &t.grads.items[i]
		it.value, it.finite = nil, false
		if n != nil && n.grad != nil {
			t.own(n)
			it.value, it.finite = &n.grad.val, n.grad.finite
		}
	}
	t.grads.touched.Store(false)
	return Grads{&t.grads, t.gen}
}

// A Source is what a gradient can be asked for: a [Var] or a [*Param], or what
// embeds one of them.
type Source interface {
	gradient(s *gradSet) *tensor.Tensor
}

func (p *Param) gradient(s *gradSet) *tensor.Tensor {
	i := int(atomic.LoadInt32(&p.place))
	if i >= len(s.items) || s.items[i].param != p {
		known := false
		if i, known = s.index[p]; !known {
			return nil
		}
		atomic.StoreInt32(&p.place, int32(i))
	}
	s.touch()
	return s.items[i].value
}

// touch notes that a gradient may be changed. Several goroutines may ask for
// gradients at once.
func (s *gradSet) touch() {
	if !s.touched.Load() {
		s.touched.Store(true)
	}
}

func (x Var) gradient(s *gradSet) *tensor.Tensor {
	if n := x.live("grads"); n.grad != nil && s.tape == n.tape {
		s.touch()
		n.tape.own(n)
		return &n.grad.val
	}
	return nil
}

// none is what the zero Grads stands for.
var none gradSet

// live returns what g stands for, and panics when its tape has been reset
// since.
func (g Grads) live(op string) *gradSet {
	if g.set == nil {
		return &none
	}
	if t := g.set.tape; t != nil && g.gen != t.gen {
		panic(&TapeError{op, "the gradients are from before Reset; Add them to a Grads of your own to keep them"})
	}
	return g.set
}

// Of returns the gradient by x, or nil when none reached it. For a variable
// that is neither a leaf nor marked with [Var.RetainGrad] there is none: its
// memory has been reused on the way.
//
// The gradient shares its storage with nothing else, and may be changed in place.
// That of a variable may have to be copied for this, when it is first asked for.
func (g Grads) Of(x Source) *tensor.Tensor { return x.gradient(g.live("grads")) }

// Add adds the gradients of h to g. Those that g lacks are copied.
func (g *Grads) Add(h Grads) {
	s := g.live("grads add")
	if s == &none {
		s = &gradSet{index: map[*Param]int{}}
		g.set = s
	}
	s.touch()
	for _, it := range h.live("grads add").items {
		if it.value == nil {
			continue
		}
		i, ok := s.index[it.param]
		if !ok {
			i = len(s.items)
			s.index[it.param] = i
			s.items = append(s.items, grad{param: it.param})
			if s.tape != nil { // its places are those of the tape
				s.tape.lifts = append(s.tape.lifts, nil)
			}
		}
		if v := s.items[i].value; v != nil {
			tensor.AddTo(v, v, it.value)
		} else {
			s.items[i].value = it.value.Clone()
		}
	}
}

// Scale multiplies every gradient by c.
func (g Grads) Scale(c float64) {
	s := g.live("grads scale")
	s.touch()
	for _, it := range s.items {
		if it.value != nil {
			tensor.MulScalarTo(it.value, it.value, c)
		}
	}
}

// Zero sets every gradient to zero, to begin another accumulation.
func (g Grads) Zero() {
	for _, it := range g.live("grads zero").items {
		if it.value != nil {
			it.value.Fill(0)
		}
	}
}

// Norm returns the Euclidean norm of all gradients taken together: the norm of
// the norms of the parameters' gradients.
func (g Grads) Norm() float64 {
	var s float64
	for _, it := range g.live("grads norm").items {
		if it.value != nil {
			n := tensor.NormOf(it.value)
			s += n * n
		}
	}
	return math.Sqrt(s)
}

// Finite reports whether no element of the gradients is NaN or infinite. It does
// not read a gradient of which a bound is known: that of the weights of
// [Var.Linear] by a few rows.
func (g Grads) Finite() bool {
	s := g.live("grads finite")
	proven := !s.touched.Load()
	for _, it := range s.items {
		if it.value != nil && !(it.finite && proven) && !tensor.IsFinite(it.value) {
			return false
		}
	}
	return true
}

// ClipNorm scales the gradients so that their norm is at most limit, and
// returns the norm that they had. As in PyTorch the factor is
// limit/(norm + 1e-6), where that is below 1.
// See https://docs.pytorch.org/docs/stable/generated/torch.nn.utils.clip_grad_norm_.html.
func (g Grads) ClipNorm(limit float64) float64 {
	norm := g.Norm()
	if c := limit / (norm + 1e-6); !(c >= 1) { // a NaN spreads, as in PyTorch
		g.Scale(c)
	}
	return norm
}

// ClipValue holds every element of the gradients between −limit and limit.
// See https://docs.pytorch.org/docs/stable/generated/torch.nn.utils.clip_grad_value_.html.
func (g Grads) ClipValue(limit float64) {
	for _, it := range g.live("grads clip").items {
		if it.value != nil {
			tensor.ClampTo(it.value, it.value, -limit, limit)
		}
	}
}

// All returns the parameters that have a gradient, each with it, in order.
func (g Grads) All() iter.Seq2[*Param, *tensor.Tensor] {
	s := g.live("grads")
	return func(yield func(*Param, *tensor.Tensor) bool) { s.each(yield) } // short enough to be inlined: no allocation
}

func (s *gradSet) each(yield func(*Param, *tensor.Tensor) bool) {
	s.touch()
	for _, it := range s.items {
		if it.value != nil && !yield(it.param, it.value) {
			return
		}
	}
}
