package tensor

import (
	"github.com/descent-ml/descent/internal/kernel"
	"github.com/descent-ml/descent/internal/kernel/work"
)

// alongAxis calls f for each row of the tensors along an axis, the destination
// first. It gathers rows that are not contiguous, and scatters their results. The
// functions must not be closures: large work hands them to other goroutines.
func alongAxis(op string, axis int, f32 func(dst, a, b []float32), f64 func(dst, a, b []float64), dst *Tensor, ts ...*Tensor) {
	sameDType(op, "the destination", ts[0], dst)
	for _, t := range ts {
		sameDType(op, "dy", dst, t)
		destination(op, dst, t.Shape(), ts...)
	}
	k := 0
	if dst.rank > 0 || axis != 0 && axis != -1 { // a number is a row of one element
		k = axisOf(op, axis, dst)
	}
	if dst.n == 0 {
		return
	}
	last := dst.rank == 0 || k == dst.rank-1
	for _, t := range ts {
		last = last && t.packed
	}
	if last && dst.packed {
		size := 1
		if dst.rank > 0 {
			size = dst.shape[k]
		}
		var b *Tensor
		if len(ts) > 1 {
			b = ts[1]
		}
		if dst.dtype == Float64 {
			kernel.Rows(f64, elements[float64](dst), elements[float64](ts[0]), elements[float64](b), size)
		} else {
			kernel.Rows(f32, elements[float32](dst), elements[float32](ts[0]), elements[float32](b), size)
		}
		return
	}
	if dst.dtype == Float64 {
		d := [3][]float64{dst.f64}
		for i, t := range ts {
			d[i+1] = t.f64
		}
		axisLoop(&d, k, f64, dst, ts...)
		return
	}
	d := [3][]float32{dst.f32}
	for i, t := range ts {
		d[i+1] = t.f32
	}
	axisLoop(&d, k, f32, dst, ts...)
}

func axisLoop[T kernel.Float](data *[3][]T, axis int, f func(dst, a, b []T), dst *Tensor, ts ...*Tensor) {
	var heads [3]Tensor
	n := 1
	if dst.rank > 0 {
		n = dst.shape[axis]
	}
	count := 1 + len(ts)
	var step [3]int
	gather := false
	for i := range count {
		t := dst
		if i > 0 {
			t = ts[i-1]
		}
		heads[i] = *t
		step[i] = t.strides[axis]
		heads[i].shape[axis] = 1
		gather = gather || step[i] != 1 && n > 1
	}
	var l loop
	switch count {
	case 2:
		l.plan(heads[0].Shape(), &heads[0], &heads[1])
	default:
		l.plan(heads[0].Shape(), &heads[0], &heads[1], &heads[2])
	}
	perRow, move := l.row()
	if gather {
		columnLoop(data, f, &l, n, count, step)
		return
	}
	var c cursor
	var s [3][]T
	for ok := true; ok; ok = l.next(&c) {
		for i := range perRow {
			for k := range count {
				s[k] = data[k][c.at[k]+i*move[k]:][:n]
			}
			f(s[0], s[1], s[2])
		}
	}
}

// columnLoop is axisLoop where the elements of a row are not neighbours. It copies
// several rows at a time, because their elements are often neighbours instead.
func columnLoop[T kernel.Float](data *[3][]T, f func(dst, a, b []T), l *loop, n, count int, step [3]int) {
	const most, gap = 64, 16 // rows copied at a time, and between them, so that they fall into different sets of a cache
	perRow, move := l.row()
	size := min(perRow, most) * (n + gap)
	buf, lent := work.Borrow[T](count * size)
	defer work.Return(lent)
	var c cursor
	for ok := true; ok; ok = l.next(&c) {
		for i := 0; i < perRow; i += most {
			rows := min(most, perRow-i)
			for k := 1; k < count; k++ {
				kernel.GatherRows(buf[k*size:], data[k][c.at[k]+i*move[k]:], rows, n, n+gap, move[k], step[k])
			}
			for j := range rows {
				var s [3][]T
				for k := range count {
					s[k] = buf[k*size+j*(n+gap):][:n]
				}
				f(s[0], s[1], s[2])
			}
			kernel.ScatterRows(data[0][c.at[0]+i*move[0]:], buf, rows, n, n+gap, move[0], step[0])
		}
	}
}

// Softmax returns exp(x) / Σ exp(x), with the sum along axis.
func Softmax(x *Tensor, axis int) *Tensor {
	dst := ZerosLike(x)
	SoftmaxTo(dst, x, axis)
	return dst
}

// SoftmaxTo is [Softmax] into dst, which may be x.
func SoftmaxTo(dst, x *Tensor, axis int) {
	alongAxis("softmax", axis,
		func(dst, a, _ []float32) { kernel.Softmax(dst, a) },
		func(dst, a, _ []float64) { kernel.Softmax(dst, a) }, dst, x)
}

// LogSoftmax returns x − log Σ exp(x), with the sum along axis.
func LogSoftmax(x *Tensor, axis int) *Tensor {
	dst := ZerosLike(x)
	LogSoftmaxTo(dst, x, axis)
	return dst
}

// LogSoftmaxTo is [LogSoftmax] into dst, which may be x.
func LogSoftmaxTo(dst, x *Tensor, axis int) {
	alongAxis("log-softmax", axis,
		func(dst, a, _ []float32) { kernel.LogSoftmax(dst, a) },
		func(dst, a, _ []float64) { kernel.LogSoftmax(dst, a) }, dst, x)
}

// Softmax writes y(dy − Σ dy·y), with the sum along axis.
func (d *Grad) Softmax(y, dy *Tensor, axis int) {
	alongAxis("softmax gradient", axis, kernel.SoftmaxGrad[float32], kernel.SoftmaxGrad[float64], (*Tensor)(d), y, dy)
}

// LogSoftmax writes dy − exp(y) Σ dy, with the sum along axis.
func (d *Grad) LogSoftmax(y, dy *Tensor, axis int) {
	alongAxis("log-softmax gradient", axis, kernel.LogSoftmaxGrad[float32], kernel.LogSoftmaxGrad[float64], (*Tensor)(d), y, dy)
}

// CumSum returns the running sum along axis.
func CumSum(x *Tensor, axis int) *Tensor {
	dst := ZerosLike(x)
	CumSumTo(dst, x, axis)
	return dst
}

// CumSumTo is [CumSum] into dst, which may be x.
func CumSumTo(dst, x *Tensor, axis int) {
	alongAxis("cumsum", axis,
		func(dst, a, _ []float32) { kernel.CumSum(dst, a) },
		func(dst, a, _ []float64) { kernel.CumSum(dst, a) }, dst, x)
}

// CumProd returns the running product along an axis.
// See https://docs.pytorch.org/docs/stable/generated/torch.cumprod.html.
func CumProd(x *Tensor, axis int) *Tensor {
	dst := ZerosLike(x)
	CumProdTo(dst, x, axis)
	return dst
}

// CumProdTo is [CumProd] into dst, which may be x.
func CumProdTo(dst, x *Tensor, axis int) {
	alongAxis("cumprod", axis,
		func(dst, a, _ []float32) { kernel.CumProd(dst, a) },
		func(dst, a, _ []float64) { kernel.CumProd(dst, a) }, dst, x)
}

// CumProd writes the gradient of [CumProd] by x, whose gradient by the result is dy.
// It is right also where factors are 0.
func (d *Grad) CumProd(x, dy *Tensor, axis int) {
	alongAxis("cumprod gradient", axis, kernel.CumProdGrad[float32], kernel.CumProdGrad[float64], (*Tensor)(d), x, dy)
}

// Prod writes the product of the other elements along axis for each element of x, and
// NaN where the element is NaN: the gradient of [Prod] along one axis, for a gradient
// of 1 by the result.
func (d *Grad) Prod(x *Tensor, axis int) {
	alongAxis("prod gradient", axis,
		func(dst, a, _ []float32) { kernel.ProdGrad(dst, a) },
		func(dst, a, _ []float64) { kernel.ProdGrad(dst, a) }, (*Tensor)(d), x)
}

// LogCumSumExp returns the logarithm of the running sum of exp(x) along axis, without
// overflow.
func LogCumSumExp(x *Tensor, axis int) *Tensor {
	dst := ZerosLike(x)
	LogCumSumExpTo(dst, x, axis)
	return dst
}

// LogCumSumExpTo is [LogCumSumExp] into dst, which may be x.
func LogCumSumExpTo(dst, x *Tensor, axis int) {
	alongAxis("log-cumsum-exp", axis,
		func(dst, a, _ []float32) { kernel.LogCumSumExp(dst, a) },
		func(dst, a, _ []float64) { kernel.LogCumSumExp(dst, a) }, dst, x)
}

// LogCumSumExp writes Σ dyⱼ exp(yᵢ − yⱼ) over j ≥ i, along axis. Its product with
// exp(x − y) is the gradient of [LogCumSumExp] by x.
func (d *Grad) LogCumSumExp(y, dy *Tensor, axis int) {
	alongAxis("log-cumsum-exp gradient", axis, kernel.LogCumSumExpGrad[float32], kernel.LogCumSumExpGrad[float64], (*Tensor)(d), y, dy)
}

// FlipTo writes x with its order along axis reversed. dst may not be x.
func FlipTo(dst, x *Tensor, axis int) {
	if dst.dtype == x.dtype && dst.packed && x.packed && dst.n > 0 && x.rank > 0 {
		destination("flip", dst, x.Shape(), x)
		k := axisOf("flip", axis, x)
		if width := x.width(k); width > 1 {
			if x.dtype == Float64 {
				reverseRows(elements[float64](dst), elements[float64](x), x.shape[k], width)
			} else {
				reverseRows(elements[float32](dst), elements[float32](x), x.shape[k], width)
			}
			return
		}
	}
	alongAxis("flip", axis,
		func(dst, a, _ []float32) { reverse(dst, a) },
		func(dst, a, _ []float64) { reverse(dst, a) }, dst, x)
}

func reverse[T kernel.Float](dst, a []T) {
	for i, v := range a {
		dst[len(a)-1-i] = v
	}
}

// reverseRows reverses the order of each n rows.
func reverseRows[T kernel.Float](dst, a []T, n, width int) {
	for ; len(dst) > 0; dst, a = dst[n*width:], a[n*width:] {
		for i := range n {
			copy(dst[(n-1-i)*width:][:width], a[i*width:][:width])
		}
	}
}

// Flip returns x with its order along axis reversed.
func Flip(x *Tensor, axis int) *Tensor {
	dst := ZerosLike(x)
	FlipTo(dst, x, axis)
	return dst
}

// Roll returns x with its elements moved by shift places along an axis; those
// that leave at one end come in again at the other. A negative shift moves them
// towards the beginning.
// See https://docs.pytorch.org/docs/stable/generated/torch.roll.html.
func Roll(x *Tensor, shift, axis int) *Tensor {
	dst := ZerosLike(x)
	RollTo(dst, x, shift, axis)
	return dst
}

// RollTo is [Roll] into dst, which must not be x.
func RollTo(dst, x *Tensor, shift, axis int) {
	sameDType("roll", "the destination", x, dst)
	destination("roll", dst, x.Shape(), x)
	k := axisOf("roll", axis, x)
	if x.n == 0 {
		return
	}
	n := x.shape[k]
	shift = (shift%n + n) % n
	var to, from Tensor
	to.AsView().Slice(dst, k, shift, n, 1)
	from.AsView().Slice(x, k, 0, n-shift, 1)
	to.CopyFrom(&from)
	to.AsView().Slice(dst, k, 0, shift, 1)
	from.AsView().Slice(x, k, n-shift, n, 1)
	to.CopyFrom(&from)
}

// Diff returns the differences between neighbours along an axis, and the
// differences of these, n times in all.
// See https://docs.pytorch.org/docs/stable/generated/torch.diff.html.
func Diff(x *Tensor, n, axis int) *Tensor {
	k := CheckDiff(x, n, axis)
	for range n {
		if m := x.shape[k]; m > 0 {
			x = Sub(x.Slice(k, 1, m, 1), x.Slice(k, 0, m-1, 1))
		}
	}
	return x
}

// CheckDiff panics unless [Diff] can take n differences along the axis, and returns
// the axis.
func CheckDiff(x *Tensor, n, axis int) int {
	if n < 0 {
		BadArg("diff", "cannot take %d differences", n)
	}
	return axisOf("diff", axis, x)
}
