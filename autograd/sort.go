package autograd

import "github.com/descent-ml/descent/tensor"

// Sort returns x with its elements along an axis in order, and their places in x,
// in row-major order. Equal elements stay in order, in both directions, and a NaN
// is larger than any number. The places live until the tape is reset.
// See https://docs.pytorch.org/docs/stable/generated/torch.sort.html.
func (x Var) Sort(axis int, descending bool) (Var, []int) {
	v := &x.live("sort").val
	index := x.n.tape.ints.take(v.Len())
	tensor.ArgSortTo(index, v, axis, descending)
	return x.Gather(axis, index, v.Shape()...), index
}

// TopK returns the k largest elements along an axis, or the smallest, in order,
// and their places in x, in row-major order. Of equal elements, the first comes
// first. A NaN is larger than any number. The places live until the tape is
// reset.
// See https://docs.pytorch.org/docs/stable/generated/torch.topk.html.
func (x Var) TopK(k, axis int, largest bool) (Var, []int) {
	v := &x.live("top-k").val
	var dims [tensor.MaxRank]int
	shape := tensor.Dims(dims[:0]).TopK(v, k, axis)
	n, _ := tensor.Size(shape)
	index := x.n.tape.ints.take(n)
	tensor.TopKTo(index, v, k, axis, largest)
	return x.Gather(axis, index, shape...), index
}

// Median returns the lower of the two middle elements; NaN if one is NaN or there
// is none. When several elements equal the median, they share the gradient evenly.
// See https://docs.pytorch.org/docs/stable/generated/torch.median.html.
//
//	y  = median x
//	dx = dy [x = y] / Σ [x = y]
func (x Var) Median() Var { return x.reduce(median, false, nil) }

func median() reduction {
	return reduction{
		Name: "median", Rule: "dy [x = y] / Σ [x = y]",
		Value: tensor.MedianTo,
		VJP: func(x, y, dy Var, axes tensor.Axes) Var {
			chosen := Where(y.IsNaN(), x.IsNaN(), x.Equal(y)) // NaN equals nothing
			return dy.Mul(chosen.Div(chosen.reduceSet(sum, axes)))
		},
	}
}

// MedianAxis returns the lower of the two middle elements along an axis, and their
// places along it in row-major order of the other axes. When several are the
// median, it takes the first, and only this one gets a gradient. If elements are
// NaN, it takes the first of these.
func (x Var) MedianAxis(axis int) (Var, []int) {
	v := &x.live("median").val
	var dims [tensor.MaxRank]int
	shape := tensor.Dims(dims[:0]).Reduce(v, v.AxesOf("median", axis), true)
	n, _ := tensor.Size(shape)
	index := x.n.tape.ints.take(n)
	tensor.ArgMedianTo(index, v, axis)
	return x.gatherAxis(axis, index, shape), index
}

// gatherAxis returns the element of each row along axis that index names, without
// the axis. shape keeps it, with length one.
func (x Var) gatherAxis(axis int, index, shape []int) Var {
	if len(shape) == 0 {
		return x.Gather(axis, index)
	}
	return x.Gather(axis, index, shape...).Squeeze(axis)
}

// Quantile returns the q-th quantile along an axis: the element at place q (n−1)
// when the n elements are sorted. Between two places it lies on the line from one
// element to the other. Of equal elements, the first comes first. It is NaN if an
// element is NaN. As in PyTorch, it is NaN also between two infinities, and at an
// infinity. The quantile of all elements is x.Flatten(0, -1).Quantile(q, 0).
// See https://docs.pytorch.org/docs/stable/generated/torch.quantile.html.
//
//	y = a + w (b − a), with a and b the elements below and above, w = q (n−1) − ⌊q (n−1)⌋
func (x Var) Quantile(q float64, axis int) Var { return x.QuantileBy(q, axis, tensor.Linear) }

// QuantileBy is [Var.Quantile] with another interpolation.
func (x Var) QuantileBy(q float64, axis int, how tensor.Interpolation) Var {
	v := &x.live("quantile").val
	var dims [tensor.MaxRank]int
	shape := tensor.Dims(dims[:0]).Reduce(v, v.AxesOf("quantile", axis), true)
	n, _ := tensor.Size(shape)
	index := x.n.tape.ints.take(2 * n)
	w := tensor.QuantileIndexTo(index[:n], index[n:], v, q, axis, how)
	low := x.gatherAxis(axis, index[:n], shape)
	if how != tensor.Linear && how != tensor.Midpoint {
		return low
	}
	high := x.gatherAxis(axis, index[n:], shape)
	step := high.Sub(low)
	if w < 0.5 {
		return low.Add(step.MulScalar(w))
	}
	return high.Sub(step.MulScalar(1 - w))
}
