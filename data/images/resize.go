package images

import (
	"fmt"
	"math"
	"slices"

	"github.com/descent-ml/descent/tensor"
)

// ResizeTo scales the pictures x, [… h w], to the size of dst, [… H W], with
// bilinear interpolation. The middle of output pixel i lies over place
// (i + ½) h/H − ½ of the input, and outside the input its border continues.
// Both are contiguous float32 tensors that share no memory.
//
// With antialias a picture that shrinks is smoothed: each output pixel is the
// weighted mean of all input pixels that it covers, the weights falling from its
// middle as a triangle that is h/H pixels wide on either side. Without, most input
// pixels of a picture that shrinks are not looked at.
//
// It is torch.nn.functional.interpolate(x, (H, W), mode="bilinear",
// align_corners=False, antialias=antialias) up to rounding. It panics with a
// [*tensor.ShapeError] when the leading axes differ or a side has length 0, and
// with a [*tensor.DTypeError] for another element type.
func ResizeTo(dst, x *tensor.Tensor, antialias bool) {
	to, from := dst.Shape(), x.Shape()
	k := len(from) - 2
	if k < 0 || len(to) != len(from) || !slices.Equal(to[:k], from[:k]) || !dst.IsContiguous() || !x.IsContiguous() {
		panic(&tensor.ShapeError{Op: "resize", Shapes: [][]int{slices.Clone(to), slices.Clone(from)}, Reason: "want contiguous pictures [… h w] that differ in the last two axes only"})
	}
	if slices.Contains(to[k:], 0) || slices.Contains(from[k:], 0) {
		panic(&tensor.ShapeError{Op: "resize", Shapes: [][]int{slices.Clone(to), slices.Clone(from)}, Reason: "a picture without pixels"})
	}
	r := newResizer(from[k], from[k+1], to[k], to[k+1], antialias)
	y, v := tensor.Data[float32](dst), tensor.Data[float32](x)
	h, w, n := from[k], from[k+1], to[k+1]
	rows := make([]float32, h*n)
	for len(v) > 0 {
		for i := range h {
			r.across(rows[i*n:(i+1)*n], v[i*w:(i+1)*w])
		}
		r.down(y[:to[k]*n], rows)
		y, v = y[to[k]*n:], v[h*w:]
	}
}

// A resizer scales planes of one size to another: first each row, and then all
// rows together.
type resizer struct{ rows, columns taps }

func newResizer(h, w, toH, toW int, antialias bool) *resizer {
	return &resizer{rows: newTaps(h, toH, antialias), columns: newTaps(w, toW, antialias)}
}

// across scales a row.
//
//	dst[j] = Σ weight[j][k] row[first[j] + k]
func (r *resizer) across(dst, row []float32) {
	for j := range dst {
		first, weights := r.columns.at(j)
		sum := float32(0)
		for k, v := range row[first : first+len(weights)] {
			sum += float32(weights[k] * v)
		}
		dst[j] = sum
	}
}

// down makes a plane of rows that are scaled already.
//
//	dst[i][j] = Σ weight[i][k] rows[first[i] + k][j]
func (r *resizer) down(dst, rows []float32) {
	n := r.columns.out
	for i := range r.rows.out {
		first, weights := r.rows.at(i)
		row := dst[i*n : (i+1)*n]
		clear(row)
		for k, weight := range weights {
			for j, v := range rows[(first+k)*n : (first+k+1)*n] {
				row[j] += float32(weight * v)
			}
		}
	}
}

// taps says of which input pixels each output pixel of an axis is made.
type taps struct {
	out     int
	first   []int
	count   []int
	most    int       // the room of each output pixel in weights
	weights []float32 // [out, most]
}

func newTaps(in, out int, antialias bool) taps {
	scale := float64(in) / float64(out)
	reach := 1.0
	if antialias {
		reach = max(scale, 1)
	}
	t := taps{out: out, first: make([]int, out), count: make([]int, out), most: int(2*math.Ceil(reach)) + 1}
	t.weights = make([]float32, out*t.most)
	for i := range out {
		weights := t.weights[i*t.most : (i+1)*t.most]
		middle := (float64(i) + 0.5) * scale
		if antialias {
			t.first[i], t.count[i] = triangle(weights, middle, reach, in)
			continue
		}
		at := max(middle-0.5, 0)
		first := min(int(at), in-1)
		t.first[i], t.count[i] = first, 1
		weights[0] = 1
		if first < in-1 {
			t.count[i] = 2
			weights[1] = float32(at - float64(first))
			weights[0] = 1 - weights[1]
		}
	}
	return t
}

// triangle sets weights that fall from middle to 0 at a distance of reach, and
// whose sum is 1.
func triangle(weights []float32, middle, reach float64, in int) (first, n int) {
	first = max(int(middle-reach+0.5), 0)
	n = min(int(middle+reach+0.5), in) - first
	if n > len(weights) {
		panic(fmt.Sprintf("images: %d weights where there is room for %d", n, len(weights)))
	}
	sum := 0.0
	for k := range n {
		sum += max(1-math.Abs(float64(first+k)+0.5-middle)/reach, 0)
	}
	for k := range n {
		weights[k] = float32(max(1-math.Abs(float64(first+k)+0.5-middle)/reach, 0) / sum)
	}
	return first, n
}

// at returns the first input pixel of output pixel i, and the weights of it and
// those after it.
func (t *taps) at(i int) (first int, weights []float32) {
	return t.first[i], t.weights[i*t.most:][:t.count[i]]
}
