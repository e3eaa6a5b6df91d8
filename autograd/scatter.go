package autograd

import (
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
	places := t.ints.take(len(index))
	v.ScatterPlaces(op, places, axis, index, s)
	switch {
	case len(index) == 0:
		return x.ScatterAdd(axis, index, src) // nothing
	case how == tensor.ScatterProd:
		return x.scatterProd(places, src, includeSelf)
	case how == tensor.ScatterAMax || how == tensor.ScatterAMin:
		y := begin(scatterExtreme, x, src)
		y.attr.index, y.attr.ints[0] = places, int(how)
		if includeSelf {
			y.attr.ints[1] = 1
		}
		return y.record()
	}
	shape := v.Shape()
	if how == tensor.ScatterSum && includeSelf {
		return x.ScatterAdd(axis, index, src)
	}
	many := t.ones(src.n).self().put(places, shape...)
	if !includeSelf {
		x = x.MaskedFill(many, 0)
	}
	y := x.ScatterAdd(axis, index, src)
	if how == tensor.ScatterMean {
		if includeSelf {
			many = many.AddScalar(1)
		}
		y = y.Div(many.Maximum(x.scalar(1)))
	}
	return y
}

// scatterProd is [Var.ScatterReduce] of products: those of x and of the elements
// that come first, second and so on.
func (x Var) scatterProd(places []int, src Var, includeSelf bool) Var {
	v, t := &x.n.val, x.n.tape
	n := v.Len()
	counts := t.ints.take(n)
	rounds := v.ScatterCounts(counts, places)
	mask := t.blank(v.DType(), rounds, n)
	from := t.ints.take(rounds * n)
	v.ScatterRounds(from, &mask.n.val, counts, places)
	self := x.Reshape(1, n)
	if !includeSelf {
		self = self.MaskedFill(mask.Slice(0, 0, 1, 1), 1)
	}
	return Concat(0, self, Where(mask, src.take(from, rounds, n), x.scalar(1))).Prod(0).Reshape(v.Shape()...)
}

// scatterExtreme is [Var.ScatterReduce] of the largest or smallest. index has the
// places, ints[0] the mode, and ints[1] is 1 if x counts.
func scatterExtreme() general {
	return general{
		Name: "scatter-reduce", Rule: "dy [x = y] / n; dy [src = y] / n, with n = Σ [x = y] + Σ [src = y] in each place",
		Shape: sameShape,
		Value: func(y *node) {
			y.val.CopyFrom(y.value(0))
			y.val.PutExtreme(&y.tape.packed(y.in[1]).val, y.attr.index, y.attr.ints[0] == int(tensor.ScatterAMax), y.attr.ints[1] == 1)
		},
		Common: func(y *node, dy Var) Var {
			return dy.Div(y.isExtreme(0).Add(y.isExtreme(1).put(y.attr.index, y.val.Shape()...)))
		},
		VJP: func(y *node, i int, share Var) Var {
			if i == 1 {
				share = share.take(y.attr.index, y.in[1].val.Shape()...)
			}
			return share.Mul(y.isExtreme(i))
		},
	}
}

// isExtreme returns 1 where an element of operand i is the extreme of its place, else
// 0. An element of x that does not count is that of its place if nothing goes there.
func (y *node) isExtreme(i int) Var {
	places := y.attr.index
	switch {
	case i == 1:
		return y.operand(1).Equal(y.self().take(places, y.in[1].val.Shape()...))
	case y.attr.ints[1] == 1:
		return y.operand(0).Equal(y.self())
	}
	return y.tape.ones(y.in[1]).self().put(places, y.val.Shape()...).Equal(y.self().scalar(0))
}

// blank returns a constant of the given shape, for its value to be filled in.
func (t *Tape) blank(dt tensor.DType, shape ...int) Var {
	z := t.newNode()
	z.op = leafOp
	t.store(z, dt, shape)
	return z.self()
}
