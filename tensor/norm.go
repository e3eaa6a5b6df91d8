package tensor

import (
	"math"

	"github.com/descent-ml/descent/internal/kernel"
)

// StandardizeTo writes (x − mean)/sqrt(variance + eps), with mean and biased
// variance over axes, and these two, with the shape of x but length one along
// axes. dst, mean and variance must be contiguous; dst may be x.
func StandardizeTo(dst, mean, variance, x *Tensor, axes Axes, eps float64) {
	checkStandardize("standardize", mean, dst, x, axes)
	checkStandardize("standardize", variance, dst, x, axes)
	if x.n == 0 {
		mean.Fill(math.NaN())
		variance.Fill(math.NaN())
		return
	}
	var s scratch
	x = s.packed(x)
	if x.dtype == Float64 {
		standardize(dst.f64, mean.f64, variance.f64, x.f64, x, axes, eps)
	} else {
		standardize(dst.f32, mean.f32, variance.f32, x.f32, x, axes, eps)
	}
	s.release()
}

// StandardizeGradTo writes the gradient of [StandardizeTo] by x, given its
// result y, its variance and the gradient dy by y:
// (dy − mean(dy) − y · mean(dy · y)) / sqrt(variance + eps). dx and variance
// must be contiguous.
func StandardizeGradTo(dx, y, dy, variance *Tensor, axes Axes, eps float64) {
	checkStandardize("standardize gradient", variance, dx, y, axes)
	sameShape("standardize gradient", dy, y.Shape(), y)
	sameDType("standardize gradient", y, dy)
	var sy, sd scratch
	y, dy = sy.packed(y), sd.packed(dy)
	if y.dtype == Float64 {
		standardizeGrad(dx.f64, y.f64, dy.f64, variance.f64, y, axes, eps)
	} else {
		standardizeGrad(dx.f32, y.f32, dy.f32, variance.f32, y, axes, eps)
	}
	sy.release()
	sd.release()
}

func checkStandardize(op string, stat, dst, x *Tensor, axes Axes) {
	sameDType(op, x, dst)
	sameDType(op, x, stat)
	sameShape(op, dst, x.Shape(), x)
	var dims [MaxRank]int
	sameShape(op, stat, Dims(dims[:0]).Reduce(x, axes, true), x)
	if !dst.packed || !stat.packed {
		shapePanic(op, "the destinations must be contiguous", dst, stat)
	}
}

// groups splits a contiguous x into the loop over groups of elements that are
// standardized together, and the loop within a group.
func groups(x *Tensor, axes Axes) (outer, inner loop) {
	kept, in := *x, *x
	for i := range x.rank {
		if axes.Has(i) {
			kept.shape[i] = 1
		} else {
			in.shape[i] = 1
		}
	}
	outer.plan(kept.Shape(), &kept)
	inner.plan(in.Shape(), &in)
	return outer, inner
}

func standardize[T kernel.Float](dst, mean, variance, src []T, x *Tensor, axes Axes, eps float64) {
	outer, inner := groups(x, axes)
	n := T(x.Count(axes))
	m, step := inner.row()
	buf, lent := kernel.Borrow[T](m)
	defer kernel.Return(lent)
	per, move := outer.row()
	var c cursor
	g := 0
	for ok := true; ok; ok = outer.next(&c) {
		for i := range per {
			at := c.at[0] + i*move[0]
			var sum, squares T
			var k cursor
			for more := true; more; more = inner.next(&k) {
				sum += kernel.Sum(line(buf, src[at+k.at[0]:], m, step[0]))
			}
			mu := sum / n
			k = cursor{}
			for more := true; more; more = inner.next(&k) {
				squares += kernel.SquaredDistance(line(buf, src[at+k.at[0]:], m, step[0]), mu)
			}
			r := kernel.Rstd(squares/n, eps)
			k = cursor{}
			for more := true; more; more = inner.next(&k) {
				from, to := src[at+k.at[0]:], dst[at+k.at[0]:]
				if step[0] == 1 {
					kernel.Normalize(to[:m], from, mu, r)
					continue
				}
				kernel.Normalize(buf, line(buf, from, m, step[0]), mu, r)
				kernel.Scatter(to, buf, step[0])
			}
			mean[g], variance[g] = mu, squares/n
			g++
		}
	}
}

// line returns m elements of src, step apart, gathered into buf if need be.
func line[T kernel.Float](buf, src []T, m, step int) []T {
	if step == 1 {
		return src[:m]
	}
	kernel.Gather(buf[:m], src, step)
	return buf[:m]
}

func standardizeGrad[T kernel.Float](dx, y, dy, variance []T, shape *Tensor, axes Axes, eps float64) {
	if shape.n == 0 {
		return
	}
	outer, inner := groups(shape, axes)
	n := T(shape.Count(axes))
	m, step := inner.row()
	buf, lent := kernel.Borrow[T](2 * m)
	defer kernel.Return(lent)
	a, b := buf[:m], buf[m:]
	per, move := outer.row()
	var c cursor
	g := 0
	for ok := true; ok; ok = outer.next(&c) {
		for i := range per {
			at := c.at[0] + i*move[0]
			var sum, dot T
			var k cursor
			for more := true; more; more = inner.next(&k) {
				o := at + k.at[0]
				row := line(a, dy[o:], m, step[0])
				sum += kernel.Sum(row)
				dot += kernel.Dot(row, line(b, y[o:], m, step[0]))
			}
			r := kernel.Rstd(variance[g], eps)
			k = cursor{}
			for more := true; more; more = inner.next(&k) {
				o := at + k.at[0]
				ys, dys := line(b, y[o:], m, step[0]), line(a, dy[o:], m, step[0])
				if step[0] == 1 {
					kernel.StandardizeGrad(dx[o:][:m], ys, dys, r, sum/n, dot/n)
					continue
				}
				kernel.StandardizeGrad(b, ys, dys, r, sum/n, dot/n)
				kernel.Scatter(dx[o:], b, step[0])
			}
			g++
		}
	}
}
