package autograd

import (
	"math"

	"github.com/descent-ml/descent/tensor"
)

// A Param is a trainable leaf: a tensor that lives as long as the model, and
// gets onto a tape with [Tape.Param]. Optimizers change Value in place. A frozen
// parameter gets no gradient, and optimizers leave it alone.
type Param struct {
	Value  *tensor.Tensor
	Frozen bool // PyTorch's requires_grad=False
}

// NewParam returns a parameter with the given initial value.
func NewParam(v *tensor.Tensor) *Param { return &Param{Value: v} }

// Grads holds gradients, by parameter, in the order in which the parameters
// were first lifted. What Backward returns is good until the tape is reset; it
// also answers for variables. The zero Grads is empty and ready for Add, which
// copies: use one to accumulate over steps or to collect from workers.
type Grads struct {
	index map[*Param]int
	items []grad
	tape  *Tape // whose Backward made them, or nil
	gen   uint64
}

type grad struct {
	param *Param
	value *tensor.Tensor // nil for none
}

// A Source is what a gradient can be asked for: a [Var] or a [*Param], or what
// embeds one of them.
type Source interface{ gradient(g *Grads) *tensor.Tensor }

func (p *Param) gradient(g *Grads) *tensor.Tensor {
	if i, ok := g.index[p]; ok {
		return g.items[i].value
	}
	return nil
}

func (x Var) gradient(g *Grads) *tensor.Tensor {
	if n := x.live("grads"); n.grad != nil && g.tape == n.tape {
		return &n.grad.val
	}
	return nil
}

func (g *Grads) alive(op string) {
	if g.tape != nil && g.gen != g.tape.gen {
		panic(&TapeError{op, "the gradients are from before Reset; Add them to a Grads of your own to keep them"})
	}
}

// Of returns the gradient by x, or nil when none reached it. For a variable
// that is neither a leaf nor marked with [Var.RetainGrad] there is none: its
// memory has been reused on the way.
func (g *Grads) Of(x Source) *tensor.Tensor {
	g.alive("grads")
	return x.gradient(g)
}

// Add adds the gradients of h to g. Those that g lacks are copied.
func (g *Grads) Add(h *Grads) {
	g.alive("grads add")
	h.alive("grads add")
	for _, it := range h.items {
		if it.value == nil {
			continue
		}
		i, ok := g.index[it.param]
		if !ok {
			if g.index == nil {
				g.index = map[*Param]int{}
			}
			i = len(g.items)
			g.index[it.param] = i
			g.items = append(g.items, grad{param: it.param})
			if g.tape != nil { // it shares its places with the tape
				g.tape.lifts = append(g.tape.lifts, nil)
			}
		}
		if v := g.items[i].value; v != nil {
			tensor.AddTo(v, v, it.value)
		} else {
			g.items[i].value = it.value.Clone()
		}
	}
}

// Scale multiplies every gradient by c.
func (g *Grads) Scale(c float64) {
	g.alive("grads scale")
	for _, it := range g.items {
		if it.value != nil {
			tensor.MulScalarTo(it.value, it.value, c)
		}
	}
}

// Zero sets every gradient to zero, to begin another accumulation.
func (g *Grads) Zero() {
	g.alive("grads zero")
	for _, it := range g.items {
		if it.value != nil {
			it.value.Fill(0)
		}
	}
}

// Norm returns the Euclidean norm of all gradients taken together: the norm of
// the norms of the parameters' gradients.
func (g *Grads) Norm() float64 {
	g.alive("grads norm")
	var s float64
	for _, it := range g.items {
		if it.value != nil {
			n := tensor.NormOf(it.value)
			s += n * n
		}
	}
	return math.Sqrt(s)
}

// ClipNorm scales the gradients so that their norm is at most limit, and
// returns the norm that they had. As in PyTorch the factor is
// limit/(norm + 1e-6), where that is below 1.
// See https://docs.pytorch.org/docs/stable/generated/torch.nn.utils.clip_grad_norm_.html.
func (g *Grads) ClipNorm(limit float64) float64 {
	norm := g.Norm()
	if c := limit / (norm + 1e-6); !(c >= 1) { // a NaN spreads, as in PyTorch
		g.Scale(c)
	}
	return norm
}

// ClipValue holds every element of the gradients between −limit and limit.
// See https://docs.pytorch.org/docs/stable/generated/torch.nn.utils.clip_grad_value_.html.
func (g *Grads) ClipValue(limit float64) {
	g.alive("grads clip")
	for _, it := range g.items {
		if it.value != nil {
			tensor.ClampTo(it.value, it.value, -limit, limit)
		}
	}
}

// All calls yield for each parameter that has a gradient, in order.
func (g *Grads) All(yield func(*Param, *tensor.Tensor) bool) {
	g.alive("grads")
	for _, it := range g.items {
		if it.value != nil && !yield(it.param, it.value) {
			return
		}
	}
}
