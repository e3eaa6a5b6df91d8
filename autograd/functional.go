package autograd

import (
	"slices"

	"github.com/descent-ml/descent/tensor"
)

// Replace makes v stand for a parameter: until the next Reset, [Tape.Param]
// returns v in place of the parameter, so that a model computes with weights that
// are themselves results: weights after a step of an inner optimizer
// (meta-learning), the output of another net, a normalised weight. Gradients flow
// through v to what it was made of. The zero Var ends the replacement.
//
// A function given to [Recompute] must find the same replacements both times.
//
// PyTorch: torch.func.functional_call.
func (t *Tape) Replace(p *Param, v Var) {
	if v.IsZero() {
		delete(t.replaced, p)
		return
	}
	n := v.live("replace")
	if n.tape != t {
		panic(&TapeError{"replace", "the variable is on another tape; put it on this one"})
	}
	if want, got := p.Value.DType(), n.val.DType(); want != got {
		panic(&tensor.DTypeError{Op: "replace", Operand: "the variable", Want: want, Got: got})
	}
	if !slices.Equal(p.Value.Shape(), n.val.Shape()) {
		tensor.BadShape("replace", "the variable must have the shape of the parameter", p.Value, &n.val)
	}
	if t.replaced == nil {
		t.replaced = map[*Param]Var{}
	}
	t.replaced[p] = v
}

// PerSample returns the gradients of n losses one by one, where Backward gives
// that of their mean or sum: for each parameter a tensor [n, its shape …], whose
// part i is the gradient of loss i, and zero where none flows. loss computes loss
// i on t. Layers that look at a whole batch, such as batch norm in training, see
// one sample at a time.
//
// The gradients are exact: each is computed by itself, in n passes of a batch of
// one. That costs more than one pass of a batch of n; docs/derivatives.md says
// how much, by layer.
//
// PyTorch: torch.func.vmap of torch.func.grad.
func PerSample(params []*Param, n int, loss func(t *Tape, i int) Var) []*tensor.Tensor {
	if n < 0 {
		tensor.BadArg("per-sample", "want a number of samples, got %d", n)
	}
	list := make([]*tensor.Tensor, len(params))
	for k, p := range params {
		list[k] = tensor.ZerosOf(p.Value.DType(), append([]int{n}, p.Value.Shape()...)...)
	}
	t := NewTape()
	for i := range n {
		t.Reset()
		g := loss(t, i).Backward()
		for k, p := range params {
			if dp := g.Of(p); dp != nil {
				list[k].Select(0, i).CopyFrom(dp)
			}
		}
	}
	return list
}
