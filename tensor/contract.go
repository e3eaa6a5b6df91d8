package tensor

import "slices"

// A labelled is a tensor whose axes have labels, each a different one.
type labelled struct {
	t     Tensor
	label [MaxRank]int
}

func (v *labelled) labels() []int { return v.label[:v.t.rank] }

func (v *labelled) has(l int) bool { return slices.Contains(v.labels(), l) }

// add gives v another axis, for a label that it may have: then the two axes become
// their diagonal.
func (v *labelled) add(l, length, stride int) {
	if k := slices.Index(v.labels(), l); k >= 0 {
		v.t.strides[k] += stride
		return
	}
	v.label[v.t.rank], v.t.shape[v.t.rank], v.t.strides[v.t.rank] = l, length, stride
	v.t.rank++
}

// of makes v a view of t with labels. It leaves out axes of length one.
func (v *labelled) of(t *Tensor, labels []int) {
	v.t.rank = 0
	for i, d := range t.Shape() {
		if d != 1 {
			v.add(labels[i], d, t.strides[i])
		}
	}
	v.t.share(t, 0)
}

// arranged makes v a view of x whose axes have the given labels, in this order. A
// label that x does not have gets an axis of length one.
func (v *labelled) arranged(x *labelled, labels []int) {
	v.t.rank = 0
	for _, l := range labels {
		if k := slices.Index(x.labels(), l); k >= 0 {
			v.add(l, x.t.shape[k], x.t.strides[k])
		} else {
			v.add(l, 1, 0)
		}
	}
	v.t.share(&x.t, 0)
}

// ContractTo writes the sum of the products of elements of operands into dst, which
// shares no storage with them. labels has a label for each axis of each operand,
// and then for each axis of dst. Elements go together where axes have one label.
// Labels that dst does not have are summed over; along those that only dst has,
// the result is repeated. A label that comes twice in a tensor means a diagonal;
// outside it, dst is 0. An axis of length one goes with any length.
//
// The operands are contracted from left to right: each step is a batch of matrix
// products, or a product of elements.
func ContractTo(dst *Tensor, labels []int, ts ...*Tensor) {
	const op = "einsum"
	for _, t := range ts {
		sameDType(op, "an operand", ts[0], t)
	}
	sameDType(op, "the destination", ts[0], dst)
	dst.written()
	if dst.n == 0 {
		return
	}
	var out, a, b labelled
	outLabels := labels[len(labels)-dst.rank:]
	out.of(dst, outLabels)
	if out.t.n < dst.n {
		dst.Fill(0) // outside the diagonal
	}
	a.of(ts[0], labels)
	if len(ts) == 1 {
		out.sum(&a)
		return
	}
	labels = labels[ts[0].rank:]
	var memory [2]scratch // of what has been contracted so far
	for i, t := range ts[1 : len(ts)-1] {
		b.of(t, labels)
		labels = labels[t.rank:]
		var next labelled // what is still wanted
		for _, x := range [2]*labelled{&a, &b} {
			for k, l := range x.labels() {
				if slices.Contains(labels, l) && !next.has(l) {
					if next.t.rank == MaxRank {
						BadShape(op, "a product of the first operands has more than 8 axes", ts...)
					}
					next.add(l, x.t.shape[k], 0)
				}
			}
		}
		s := &memory[i%2]
		s.release()
		next.t = *s.empty(a.t.dtype, next.t.Shape())
		next.product(&a, &b)
		a = next
	}
	b.of(ts[len(ts)-1], labels)
	out.product(&a, &b)
	memory[0].release()
	memory[1].release()
}

// sum writes x, summed over the labels that v does not have, and repeated along
// those that x does not have.
func (v *labelled) sum(x *labelled) {
	var s scratch
	var r, w labelled
	if r = *x; slices.ContainsFunc(x.labels(), func(l int) bool { return !v.has(l) }) {
		r.reduce(x, v, v, &s)
	}
	w.arranged(&r, v.labels())
	v.t.CopyFrom(&w.t)
	s.release()
}

// reduce makes v the sum of x over the labels that neither y nor z has, in memory
// of s.
func (v *labelled) reduce(x, y, z *labelled, s *scratch) {
	var axes Axes
	v.t.rank = 0
	for i, l := range x.labels() {
		if y.has(l) || z.has(l) {
			v.add(l, x.t.shape[i], 0)
		} else {
			axes |= 1 << i
		}
	}
	if axes == 0 {
		*v = *x
		return
	}
	v.t = *s.empty(x.t.dtype, v.t.Shape())
	SumTo(&v.t, &x.t, axes)
}

// product writes the product of a and b, summed over the labels that v does not
// have, and repeated along those that neither has.
func (v *labelled) product(a, b *labelled) {
	var sa, sb, sv scratch
	var ra, rb, whole, r labelled
	ra.reduce(a, b, v, &sa)
	rb.reduce(b, a, v, &sb)
	for i, l := range v.labels() { // without what is repeated
		if ra.has(l) || rb.has(l) {
			whole.add(l, v.t.shape[i], v.t.strides[i])
		}
	}
	whole.t.share(&v.t, 0)
	if whole.t.rank < v.t.rank {
		whole.t = *sv.empty(v.t.dtype, whole.t.Shape())
	}
	contracted := slices.ContainsFunc(ra.labels(), func(l int) bool { return !whole.has(l) })
	if contracted {
		whole.matMul(&ra, &rb)
	} else {
		var wa, wb labelled
		wa.arranged(&ra, whole.labels())
		wb.arranged(&rb, whole.labels())
		MulTo(&whole.t, &wa.t, &wb.t)
	}
	if whole.t.rank < v.t.rank {
		r.arranged(&whole, v.labels())
		v.t.CopyFrom(&r.t)
	}
	sa.release()
	sb.release()
	sv.release()
}

// matMul writes the product of a and b, summed over the labels that v does not
// have. Each label of v is that of a or b, and each label of these is that of v or
// of both of them.
func (v *labelled) matMul(a, b *labelled) {
	for _, l := range v.labels() { // the operand whose labels come first is the left one
		if a.has(l) != b.has(l) {
			if b.has(l) {
				a, b = b, a
			}
			break
		}
	}
	// The labels of the batch, of rows, of columns, and those that are summed over.
	var batch, rows, columns, inner, order [MaxRank]int
	nBatch, nRows, nColumns, nInner := 0, 0, 0, 0
	for _, l := range v.labels() {
		switch inA, inB := a.has(l), b.has(l); {
		case inA && inB:
			batch[nBatch] = l
			nBatch++
		case inA:
			rows[nRows] = l
			nRows++
		default:
			columns[nColumns] = l
			nColumns++
		}
	}
	for _, l := range a.labels() {
		if !v.has(l) {
			inner[nInner] = l
			nInner++
		}
	}
	var sa, sb, sv scratch
	ma := a.matrix(&sa, batch[:nBatch], rows[:nRows], inner[:nInner])
	mb := b.matrix(&sb, batch[:nBatch], inner[:nInner], columns[:nColumns])
	labels := append(append(append(order[:0], batch[:nBatch]...), rows[:nRows]...), columns[:nColumns]...)
	var dims [MaxRank]int
	shape := Dims(dims[:0]).MatMul(ma, mb)
	if v.t.packed && slices.Equal(labels, v.labels()) {
		var whole Tensor
		whole.AsView().Reshape(&v.t, shape...)
		MatMulTo(&whole, ma, mb)
	} else {
		var ordered, w labelled
		ordered.arranged(v, labels)
		ordered.t.AsView().Reshape(sv.empty(v.t.dtype, shape), ordered.t.Shape()...)
		MatMulTo(&sv.t, ma, mb)
		w.arranged(&ordered, v.labels())
		v.t.CopyFrom(&w.t)
	}
	sa.release()
	sb.release()
	sv.release()
}

// matrix returns x as a batch of matrices, with the axes of first joined and those
// of second joined: a view where strides allow one, else a copy in memory of s.
func (x *labelled) matrix(s *scratch, batch, first, second []int) *Tensor {
	var order [MaxRank]int
	var v labelled
	v.arranged(x, append(append(append(order[:0], batch...), first...), second...))
	n := len(batch)
	var dims [MaxRank]int
	shape := dims[:0]
	if n+2 <= MaxRank {
		shape = append(shape, v.t.shape[:n]...)
	} else {
		shape = append(shape, product(v.t.shape[:n]))
	}
	m := n + len(first)
	shape = append(shape, product(v.t.shape[n:m]), product(v.t.shape[m:v.t.rank]))
	if !s.t.AsView().Reshape(&v.t, shape...) {
		s.t.AsView().Reshape(s.packed(&v.t), shape...)
	}
	return &s.t
}

func product(lengths []int) int {
	n := 1
	for _, d := range lengths {
		n *= d
	}
	return n
}
