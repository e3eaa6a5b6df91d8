package autograd

import (
	"math"

	"github.com/descent-ml/descent/tensor"
)

// Scatter returns x with the elements of src in the places that [Var.Gather] with
// the same axis and index would read; src has the shape of the index. Of several
// elements for one place, the last in row-major order is put there, and only this
// one gets a gradient.
// See https://docs.pytorch.org/docs/stable/generated/torch.scatter.html.
func (x Var) Scatter(axis int, index []int, src Var) Var {
	v, s := &x.live("scatter").val, &src.live("scatter").val
	from, mask := x.n.tape.ints.take(v.Len()), x.zero()
	v.ScatterSources(from, &mask.n.val, axis, index, s)
	if len(index) == 0 {
		return x.ScatterAdd(axis, index, src) // nothing
	}
	return Where(mask, src.take(from, v.Shape()...), x)
}

// IndexCopy returns x with slice i of src along axis in place of slice index[i].
// Of several slices for one place, the last is put there, and only this one gets a
// gradient.
// See https://docs.pytorch.org/docs/stable/generated/torch.index_copy.html.
//
//	dx = 0 where a slice is put, else dy, dsrc = the slices of dy that index names
func (x Var) IndexCopy(axis int, index []int, src Var) Var {
	if x.live("index-copy").val.Rank() == 0 {
		if src.live("index-copy").val.Rank() == 0 {
			src = src.Reshape(1)
		}
		return x.Reshape(1).IndexCopy(axis, index, src).Reshape()
	}
	from, mask := x.sources("index-copy", axis, index, src)
	if len(index) == 0 {
		return x.IndexAdd(axis, index, src) // nothing
	}
	return Where(mask, src.IndexSelect(axis, from), x)
}

// IndexFill returns x with v in the slices along axis that index names.
// See https://docs.pytorch.org/docs/stable/generated/torch.Tensor.index_fill_.html.
//
//	dx = 0 where v is put, else dy
func (x Var) IndexFill(axis int, index []int, v float64) Var {
	if x.live("index-fill").val.Rank() == 0 {
		return x.Reshape(1).IndexFill(axis, index, v).Reshape()
	}
	_, mask := x.sources("index-fill", axis, index, Var{})
	return x.MaskedFill(mask, v)
}

// sources returns, for each slice of x along axis, which slice of src is put in its
// place, and a mask that broadcasts over x: 1 where one is put.
func (x Var) sources(op string, axis int, index []int, src Var) (from []int, mask Var) {
	v, t := &x.n.val, x.n.tape
	v.AxesOf(op, axis)
	axis = (axis + v.Rank()) % v.Rank()
	n := v.Dim(axis)
	from = t.ints.take(n)
	z := t.newNode()
	z.op = leafOp
	t.store(z, v.DType(), append(t.dims[:0], n))
	if src.n == nil {
		v.IndexSources(op, from, &z.val, axis, index, nil)
	} else {
		v.IndexSources(op, from, &z.val, axis, index, &src.live(op).val)
	}
	mask = z.self()
	for range v.Rank() - 1 - axis {
		mask = mask.Unsqueeze(-1)
	}
	return from, mask
}

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
