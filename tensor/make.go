package tensor

import "math"

// ArangeStep returns the float32 vector start, start + step, …, without end. The
// step may be negative.
// See https://docs.pytorch.org/docs/stable/generated/torch.arange.html.
func ArangeStep(start, end, step float64) *Tensor {
	n := math.Ceil((end - start) / step)
	if !(n >= 0 && n < mostElements) || step == 0 {
		BadArg("arange", "no steps of %v lead from %v to %v", step, start, end)
	}
	t := Zeros(int(n))
	ArangeTo(t, start, step)
	return t
}

// ArangeTo writes start, start + step, … to dst, in row-major order.
func ArangeTo(dst *Tensor, start, step float64) {
	numbers(dst, func(i int) float64 { return start + step*float64(i) })
}

// numbers writes f(0), f(1), … to dst.
func numbers(dst *Tensor, f func(i int) float64) {
	dst.written()
	var p place
	for i := range dst.n {
		if dst.dtype == Float64 {
			dst.f64[p.at] = f(i)
		} else {
			dst.f32[p.at] = float32(f(i))
		}
		dst.advance(&p)
	}
}

// Linspace returns a float32 vector of n numbers at equal distances, of which the
// first is start and the last is end.
// See https://docs.pytorch.org/docs/stable/generated/torch.linspace.html.
func Linspace(start, end float64, n int) *Tensor {
	t := Zeros(n)
	LinspaceTo(t, start, end)
	return t
}

// LinspaceTo writes what [Linspace] returns to dst, in row-major order. Like
// PyTorch, it counts the second half from the end.
func LinspaceTo(dst *Tensor, start, end float64) {
	n := dst.n
	step := (end - start) / float64(max(1, n-1))
	numbers(dst, func(i int) float64 {
		if i < n/2 || n == 1 {
			return start + step*float64(i)
		}
		return end - step*float64(n-1-i)
	})
}

// Meshgrid returns views of vectors on the grid that they span: each has an axis
// for each vector, in that order, and its own numbers along its axis. PyTorch
// calls this indexing="ij"; for "xy", exchange the first two axes.
// See https://docs.pytorch.org/docs/stable/generated/torch.meshgrid.html.
func Meshgrid(xs ...*Tensor) []*Tensor {
	var dims [MaxRank]int
	shape := Dims(dims[:0]).Meshgrid(xs...)
	grids := make([]*Tensor, len(xs))
	for i, x := range xs {
		y := x.Reshape(-1)
		for range len(xs) - 1 - i {
			y = y.Unsqueeze(-1)
		}
		grids[i] = y.Expand(shape...)
	}
	return grids
}

// Meshgrid appends to dst the shape of the grid that vectors span.
func (dst Dims) Meshgrid(xs ...*Tensor) []int {
	if len(xs) == 0 {
		BadArg("meshgrid", "there are no operands")
	}
	if len(xs) > MaxRank {
		BadShape("meshgrid", "there are more vectors than axes", xs...)
	}
	for _, x := range xs {
		if x.rank > 1 {
			BadShape("meshgrid", "want vectors", xs...)
		}
		dst = append(dst, x.n)
	}
	return dst
}
