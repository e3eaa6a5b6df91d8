package tensor

import "github.com/descent-ml/descent/internal/kernel"

// Scatter returns a copy of x with the elements of src in the places that [Gather]
// with the same axis and index would read; src has the shape of the index. Of
// several elements for one place, the last in row-major order is put there.
// See https://docs.pytorch.org/docs/stable/generated/torch.scatter.html.
func Scatter(x *Tensor, axis int, index []int, src *Tensor) *Tensor {
	dst := x.Clone()
	dst.Scatter(axis, index, src)
	return dst
}

// Scatter puts the elements of src, in row-major order, into the places of t that
// [Gather] with the same axis and index would read.
func (t *Tensor) Scatter(axis int, index []int, src *Tensor) {
	t.written()
	sameDType("scatter", "the source", t, src)
	var srcVector, tVector Tensor
	src, t = src.asVector(&srcVector), t.asVector(&tVector)
	k := checkGather("scatter", src, t, axis, index)
	var p place
	for _, j := range index {
		to := t.reach(&p, k, j)
		if t.dtype == Float64 {
			t.f64[to] = src.f64[p.at]
		} else {
			t.f32[to] = src.f32[p.at]
		}
		src.advance(&p)
	}
}

// ScatterSources writes, for each element of t in row-major order, which element of
// src [Scatter] puts in its place to from, and 1 to mask. Where it puts none, it
// writes 0 to both.
func (t *Tensor) ScatterSources(from []int, mask *Tensor, axis int, index []int, src *Tensor) {
	destination("scatter", mask, t.Shape(), t)
	contiguous("scatter", mask)
	mask.Fill(0)
	clear(from)
	var srcVector, maskVector Tensor
	src, mask = src.asVector(&srcVector), mask.asVector(&maskVector)
	k := checkGather("scatter", src, mask, axis, index)
	var p place
	for i, j := range index {
		to := mask.reach(&p, k, j)
		from[to] = i
		mask.setTrue(to)
		src.advance(&p)
	}
}

// setTrue writes 1 to an element of the storage.
func (t *Tensor) setTrue(at int) {
	if t.dtype == Float64 {
		t.f64[at] = 1
	} else {
		t.f32[at] = 1
	}
}

// IndexCopy returns a copy of x with slice i of src along axis in place of slice
// index[i]. Of several slices for one place, the last is put there.
// See https://docs.pytorch.org/docs/stable/generated/torch.index_copy.html.
func IndexCopy(x *Tensor, axis int, index []int, src *Tensor) *Tensor {
	dst := x.Clone()
	var srcVector, dstVector Tensor
	if x.rank == 0 {
		src = src.asVector(&srcVector)
	}
	slices := dst.asVector(&dstVector)
	k := slices.checkCopy("index-copy", axis, index, src)
	for i, j := range index {
		slices.Slice(k, j, j+1, 1).CopyFrom(src.Slice(k, i, i+1, 1))
	}
	return dst
}

// checkCopy checks that src has a slice for each index along an axis, and returns
// the axis. Without src, it checks the index alone.
func (t *Tensor) checkCopy(op string, axis int, index []int, src *Tensor) int {
	k := axisOf(op, axis, t)
	checkIndex(op, t, index, t.shape[k])
	if src != nil {
		sameDType(op, "the source", t, src)
		var dims [MaxRank]int
		shape := append(dims[:0], t.Shape()...)
		shape[k] = len(index)
		if !src.hasShape(shape) {
			BadShape(op, "the source must have a slice for each index", t, src)
		}
	}
	return k
}

// IndexSources writes, for each slice of t along axis, which slice of src
// [IndexCopy] puts in its place to from, and 1 to mask. Where it puts none, it
// writes 0 to both. mask is a vector; src may be nil.
func (t *Tensor) IndexSources(op string, from []int, mask *Tensor, axis int, index []int, src *Tensor) {
	mask.Fill(0)
	clear(from)
	t.checkCopy(op, axis, index, src)
	for i, j := range index {
		from[j] = i
		mask.setTrue(j)
	}
}

// IndexFill returns a copy of x with v in the slices along axis that index names.
// See https://docs.pytorch.org/docs/stable/generated/torch.Tensor.index_fill_.html.
func IndexFill(x *Tensor, axis int, index []int, v float64) *Tensor {
	dst := x.Clone()
	var vector Tensor
	slices := dst.asVector(&vector)
	k := slices.checkCopy("index-fill", axis, index, nil)
	for _, j := range index {
		slices.Slice(k, j, j+1, 1).Fill(v)
	}
	return dst
}

// A ScatterMode says what [ScatterReduce] makes of several elements for one place.
type ScatterMode uint8

// The modes of [ScatterReduce], by PyTorch's names.
const (
	ScatterSum ScatterMode = iota
	ScatterMean
	ScatterProd
	ScatterAMax
	ScatterAMin
)

// ScatterReduce returns a copy of x with the elements of src reduced into the places
// that [Gather] with the same axis and index would read; src has the shape of the
// index. With includeSelf, the element of x is one of those that are reduced; without
// it, it is replaced. Where no element of src goes, x stays.
// See https://docs.pytorch.org/docs/stable/generated/torch.Tensor.scatter_reduce_.html.
func ScatterReduce(x *Tensor, axis int, index []int, src *Tensor, how ScatterMode, includeSelf bool) *Tensor {
	const op = "scatter-reduce"
	how.check(op)
	places, counts := make([]int, len(index)), make([]int, x.n)
	x.ScatterPlaces(op, places, axis, index, src)
	if includeSelf {
		for i := range counts {
			counts[i] = 1
		}
	}
	dst, src := x.Clone(), src.Contiguous()
	if x.dtype == Float64 {
		scatterReduce(dst.f64, src.f64, places, counts, how)
	} else {
		scatterReduce(dst.f32, src.f32, places, counts, how)
	}
	return dst
}

// check panics unless there is such a mode.
func (how ScatterMode) check(op string) {
	if how > ScatterAMin {
		BadArg(op, "there is no mode %d", how)
	}
}

// scatterReduce reduces the elements of src into their places in dst. counts says how
// many elements there are in each place.
func scatterReduce[T kernel.Float](dst, src []T, places, counts []int, how ScatterMode) {
	for i, to := range places {
		v := src[i]
		counts[to]++
		switch {
		case counts[to] == 1:
			dst[to] = v
		case how == ScatterProd:
			dst[to] *= v
		case how == ScatterAMax:
			dst[to] = max(dst[to], v)
		case how == ScatterAMin:
			dst[to] = min(dst[to], v)
		default:
			dst[to] += v
		}
	}
	if how == ScatterMean {
		for i, n := range counts {
			dst[i] /= T(max(n, 1))
		}
	}
}

// PutExtreme replaces the element of t in each of the places, counted in row-major
// order, by the largest or the smallest of itself and the elements of src that go
// there. Without includeSelf, it is not one of them. Both must be contiguous.
func (t *Tensor) PutExtreme(src *Tensor, places []int, largest, includeSelf bool) {
	t.written()
	checkFlat("scatter-reduce", "the source", src, t, places)
	if t.dtype == Float64 {
		kernel.PutExtreme(t.f64, src.f64, places, largest, includeSelf)
	} else {
		kernel.PutExtreme(t.f32, src.f32, places, largest, includeSelf)
	}
}

// ScatterCounts writes to counts how many of the places name each element of t, and
// returns the largest of these numbers.
func (t *Tensor) ScatterCounts(counts, places []int) int {
	clear(counts)
	most := 0
	for _, to := range places {
		counts[to]++
		most = max(most, counts[to])
	}
	return most
}

// ScatterRounds writes to from, in a row for each round, which element of src
// [Scatter] has for each element of t in this round, and 1 to mask. Where there is
// none, it writes 0 to both. Both have a row for each of the rounds, and round k
// has the elements that come after k others for the same place. It uses counts.
func (t *Tensor) ScatterRounds(from []int, mask *Tensor, counts, places []int) {
	clear(counts)
	clear(from)
	mask.Fill(0)
	for i, to := range places {
		at := counts[to]*t.n + to
		counts[to]++
		from[at] = i
		mask.setTrue(at)
	}
}

// ScatterPlaces writes to places, for each element of src, which element of t is its
// place in [Scatter]. Both are counted in row-major order.
func (t *Tensor) ScatterPlaces(op string, places []int, axis int, index []int, src *Tensor) {
	sameDType(op, "the source", t, src)
	var flat, srcVector Tensor
	flat.setShape(op, t.Shape())
	if t.rank == 0 {
		flat.setShape(op, []int{1})
	}
	src = src.asVector(&srcVector)
	k := checkGather(op, src, &flat, axis, index)
	var p place
	if len(index) == 0 {
		return
	}
	row := src.shape[src.rank-1] // the places of a row of src are in one row of t, or one below another
	for ; len(index) > 0; index, places = index[row:], places[row:] {
		base := flat.reach(&p, k, 0)
		if k == src.rank-1 {
			for i, j := range index[:row] {
				places[i] = base + j
			}
		} else {
			width := flat.strides[k]
			for i, j := range index[:row] {
				places[i] = base + i + j*width
			}
		}
		p.idx[src.rank-1] = row - 1
		src.advance(&p)
	}
}
