package tensor

import (
	"fmt"
	"math"

	"github.com/descent-ml/descent/internal/kernel"
)

// Median returns the lower of the two middle elements over the named axes, or over
// all; NaN if one is NaN or there is none.
// See https://docs.pytorch.org/docs/stable/generated/torch.median.html.
func Median(x *Tensor, axes ...int) *Tensor { return reduced("median", x, axes, MedianTo) }

// MedianTo is [Median] into dst, whose shape may keep the reduced axes.
func MedianTo(dst, x *Tensor, axes Axes) {
	rows("median", dst, x, axes, kernel.Median[float32], kernel.Median[float64])
}

// ArgMedian returns, in row-major order of the other axes, the index along axis of
// the first element that equals the median, or of the first NaN.
func ArgMedian(x *Tensor, axis int) []int {
	var dims [MaxRank]int
	n, _ := Size(Dims(dims[:0]).Reduce(x, x.AxesOf("median", axis), false))
	index := make([]int, n)
	ArgMedianTo(index, x, axis)
	return index
}

// ArgMedianTo is [ArgMedian] into index.
func ArgMedianTo(index []int, x *Tensor, axis int) {
	axes := x.chosen("median", axis, len(index))
	at := 0
	if x.dtype == Float64 {
		eachRow(x.f64, x, axes, func(row []float64) { index[at] = kernel.ArgMedian(row); at++ })
	} else {
		eachRow(x.f32, x, axes, func(row []float32) { index[at] = kernel.ArgMedian(row); at++ })
	}
}

// chosen returns the set of the axis along which op chooses elements, one for each
// of n indices.
func (t *Tensor) chosen(op string, axis, n int) Axes {
	axes := t.AxesOf(op, axis)
	notEmpty(op, t, axes)
	if want := t.n / t.Count(axes); n != want {
		BadShape(op, fmt.Sprintf("the index has %d elements, want %d", n, want), t)
	}
	return axes
}

// An Interpolation says what a quantile is that lies between two elements a ≤ b.
type Interpolation uint8

// The interpolations.
const (
	Linear   Interpolation = iota // on the line from a to b
	Lower                         // a
	Higher                        // b
	Midpoint                      // (a + b) / 2
	Nearest                       // a or b, whichever is nearer; in the middle, the one at an even place
)

// Quantile returns the q-th quantile along an axis: the element at place q (n−1)
// when the n elements are sorted. Between two places it lies on the line from one
// element to the other. Of equal elements, the first comes first. It is NaN if an
// element is NaN. As in PyTorch, it is NaN also between two infinities, and at an
// infinity.
// See https://docs.pytorch.org/docs/stable/generated/torch.quantile.html.
func Quantile(x *Tensor, q float64, axis int) *Tensor { return QuantileBy(x, q, axis, Linear) }

// QuantileBy is [Quantile] with another interpolation.
func QuantileBy(x *Tensor, q float64, axis int, how Interpolation) *Tensor {
	var dims [MaxRank]int
	axes := x.AxesOf("quantile", axis)
	shape := Dims(dims[:0]).Reduce(x, axes, true)
	n, _ := Size(shape)
	index := make([]int, 2*n)
	w := QuantileIndexTo(index[:n], index[n:], x, q, axis, how)
	y := Gather(x, axis, index[:n], shape...)
	if how == Linear || how == Midpoint {
		high := Gather(x, axis, index[n:], shape...)
		step := Sub(high, y)
		if w < 0.5 {
			y = Add(y, MulScalar(step, w))
		} else {
			y = Sub(high, MulScalar(step, 1-w))
		}
	}
	return y.Reshape(Dims(dims[:0]).Reduce(x, axes, false)...)
}

// QuantileIndexTo writes the places of the elements below and above the quantile to
// lo and hi, and returns its distance from the one below, as a part of the distance
// between the two.
func QuantileIndexTo(lo, hi []int, x *Tensor, q float64, axis int, how Interpolation) (weight float64) {
	axes := x.chosen("quantile", axis, len(lo))
	if !(0 <= q && q <= 1) {
		BadArg("quantile", "want q in [0, 1], got %v", q)
	}
	rank := q * float64(x.Count(axes)-1)
	if x.dtype == Float32 {
		rank = float64(float32(q) * float32(x.Count(axes)-1))
	}
	switch how {
	case Lower:
		rank = math.Floor(rank)
	case Higher:
		rank = math.Ceil(rank)
	case Nearest:
		rank = math.RoundToEven(rank)
	case Linear, Midpoint:
	default:
		BadArg("quantile", "there is no interpolation %d", how)
	}
	low, high, at := int(math.Floor(rank)), int(math.Ceil(rank)), 0
	if x.dtype == Float64 {
		eachRow(x.f64, x, axes, func(row []float64) { lo[at], hi[at] = kernel.ArgQuantile(row, low, high); at++ })
	} else {
		eachRow(x.f32, x, axes, func(row []float32) { lo[at], hi[at] = kernel.ArgQuantile(row, low, high); at++ })
	}
	if how == Midpoint {
		return 0.5
	}
	return rank - math.Floor(rank)
}
