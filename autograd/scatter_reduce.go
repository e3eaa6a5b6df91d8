package autograd

import (
	"math"

	"github.com/descent-ml/descent/tensor"
)

// ScatterReduce returns x with the elements of src reduced into the places that
// [Var.Gather] with the same axis and index would read; src has the shape of the
// index. With includeSelf, the element of x is one of those that are reduced;
// without it, it is replaced. Where no element of src goes, x stays. Of several
// largest or smallest, each gets the same part of the gradient.
// See https://docs.pytorch.org/docs/stable/generated/torch.Tensor.scatter_reduce_.html.
func (x Var) ScatterReduce(axis int, index []int, src Var, how tensor.ScatterMode, includeSelf bool) Var {
	const op = "scatter-reduce"
	if how > tensor.ScatterAMin {
		tensor.BadArg(op, "there is no mode %d", how)
	}
	v, s, t := &x.live(op).val, &src.live(op).val, x.n.tape
	n, none := v.Len(), [...]float64{0, 0, 1, math.Inf(-1), math.Inf(1)}[how]
	counts := t.ints.take(n)
	rounds := v.ScatterCounts(op, counts, axis, index, s)
	if rounds == 0 {
		return x.ScatterAdd(axis, index, src) // nothing
	}
	mask := t.blank(v.DType(), rounds, n)
	from := t.ints.take(rounds * n)
	v.ScatterRounds(op, from, &mask.n.val, counts, axis, index, s)

	// A row for x, and one for each round.
	self := x.Reshape(1, n)
	if !includeSelf {
		self = self.MaskedFill(mask.Slice(0, 0, 1, 1), none)
	}
	all := Concat(0, self, Where(mask, src.take(from, rounds, n), x.scalar(none)))
	var y Var
	switch how {
	case tensor.ScatterProd:
		y = all.Prod(0)
	case tensor.ScatterAMax:
		y = all.Max(0)
	case tensor.ScatterAMin:
		y = all.Min(0)
	default:
		y = all.Sum(0)
	}
	if how == tensor.ScatterMean {
		many := mask.Sum(0)
		if includeSelf {
			many = many.AddScalar(1)
		}
		y = y.Div(many.Maximum(x.scalar(1)))
	}
	return y.Reshape(v.Shape()...)
}

// blank returns a constant of the given shape, for its value to be filled in.
func (t *Tape) blank(dt tensor.DType, shape ...int) Var {
	z := t.newNode()
	z.op = leafOp
	t.store(z, dt, shape)
	return z.self()
}
