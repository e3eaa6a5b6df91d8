package autograd

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
