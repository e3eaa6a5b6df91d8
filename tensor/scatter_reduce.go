package tensor

// A Reduction says what becomes of several elements for one place.
type Reduction uint8

// The reductions, by PyTorch's names.
const (
	ReduceSum Reduction = iota
	ReduceMean
	ReduceProd
	ReduceAMax
	ReduceAMin
)

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
