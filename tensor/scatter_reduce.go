package tensor

import "github.com/descent-ml/descent/internal/kernel"

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
	x.scatterPlaces(op, axis, index, src, func(to, i int) { places[i] = to })
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

// ScatterCounts writes to counts how many elements of src [Scatter] has for each
// element of t, in row-major order, and returns the largest of these numbers.
func (t *Tensor) ScatterCounts(op string, counts []int, axis int, index []int, src *Tensor) int {
	clear(counts)
	most := 0
	t.scatterPlaces(op, axis, index, src, func(to, _ int) {
		counts[to]++
		most = max(most, counts[to])
	})
	return most
}

// ScatterRounds writes to from, in a row for each round, which element of src
// [Scatter] has for each element of t in this round, and 1 to mask. Where there is
// none, it writes 0 to both. Both have a row for each of the rounds, and round k
// has the elements that come after k others for the same place. It uses counts.
func (t *Tensor) ScatterRounds(op string, from []int, mask *Tensor, counts []int, axis int, index []int, src *Tensor) {
	clear(counts)
	clear(from)
	mask.Fill(0)
	t.scatterPlaces(op, axis, index, src, func(to, i int) {
		at := counts[to]*t.n + to
		counts[to]++
		from[at] = i
		mask.setTrue(at)
	})
}

// scatterPlaces calls f with each element of src, counted in row-major order, and
// the element of t that is its place.
func (t *Tensor) scatterPlaces(op string, axis int, index []int, src *Tensor, f func(to, i int)) {
	sameDType(op, "the source", t, src)
	var flat, srcVector Tensor
	flat.setShape(op, t.Shape())
	if t.rank == 0 {
		flat.setShape(op, []int{1})
	}
	src = src.asVector(&srcVector)
	k := checkGather(op, src, &flat, axis, index)
	var p place
	for i, j := range index {
		f(flat.reach(&p, k, j), i)
		src.advance(&p)
	}
}
