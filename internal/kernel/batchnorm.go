package kernel

import "github.com/descent-ml/descent/internal/kernel/work"

// A BatchNorm is the batch normalisation of images X [Batch, Channels, Size]:
// each channel is standardized over the batch and its pixels, multiplied by
// its weight and added to its bias. Weight and Bias may be nil for 1 and 0.
type BatchNorm[T Float] struct {
	X                     []T
	Batch, Channels, Size int
	Mean, Variance        []T // of each channel; the variance is the biased one
	Weight, Bias          []T
	Eps                   float64
}

// A batchNormTask computes the value or the gradient. Each part is one channel.
type batchNormTask[T Float] struct {
	BatchNorm[T]
	dst            []T // the value, or dx
	dy, dw, db     []T // dy is nil for the value
	planes, length int // a channel lies in memory as this many stretches of length elements
	step           int // from the beginning of one stretch to that of the next
}

var batchNormTasks work.Tasks[batchNormTask[float32], batchNormTask[float64]]

// shortPlane is the length of a stretch below which a channel is first copied
// to contiguous memory.
const shortPlane = 16

// Value writes the normalized images, and the statistics.
func (b *BatchNorm[T]) Value(dst []T) { b.run(dst, nil, nil, nil) }

// Grad writes the gradients by X, Weight and Bias. It needs the statistics and
// dy, the gradient by the value.
func (b *BatchNorm[T]) Grad(dx, dw, db, dy []T) { b.run(dx, dw, db, dy) }

func (b *BatchNorm[T]) run(dst, dw, db, dy []T) {
	work.Do(&batchNormTasks, len(b.X) >= largeWork, b.Channels, batchNormTask[T]{
		BatchNorm: *b, dst: dst, dy: dy, dw: dw, db: db, planes: b.Batch, length: b.Size, step: b.Channels * b.Size,
	})
}

func (t *batchNormTask[T]) Do(c int) {
	if t.length >= shortPlane || t.planes == 1 {
		t.channel(c, t.X[c*t.Size:], t.dst[c*t.Size:], t.planes, t.length, t.dyFrom(c))
		return
	}
	n := t.planes * t.length
	buf, lent := work.Borrow[T](3 * n)
	x, y, dy := buf[:n], buf[n:2*n], buf[2*n:]
	t.gather(x, t.X, c)
	if t.dy != nil {
		t.gather(dy, t.dy, c)
	}
	t.channel(c, x, y, 1, n, dy)
	for i := range t.planes {
		copy(t.dst[c*t.length+i*t.step:][:t.length], y[i*t.length:])
	}
	work.Return(lent)
}

func (t *batchNormTask[T]) dyFrom(c int) []T {
	if t.dy == nil {
		return nil
	}
	return t.dy[c*t.Size:]
}

// gather copies channel c of src to dst.
func (t *batchNormTask[T]) gather(dst, src []T, c int) {
	src = src[c*t.length:]
	if t.length == 1 {
		Gather(dst, src, t.step)
		return
	}
	for i := range t.planes {
		copy(dst[i*t.length:][:t.length], src[i*t.step:])
	}
}

// channel computes one channel, in stretches of x and dst.
func (t *batchNormTask[T]) channel(c int, x, dst []T, planes, length int, dy []T) {
	weight, bias := T(1), T(0)
	if t.Weight != nil {
		weight = t.Weight[c]
	}
	if t.Bias != nil {
		bias = t.Bias[c]
	}
	n := float64(planes * length)
	if t.dy == nil {
		mean, squares := t.spread(x, planes, length)
		t.Mean[c], t.Variance[c] = mean, T(squares/n)
		scale := Rstd(t.Variance[c], t.Eps) * weight
		for i := range planes {
			ScaleShift(dst[i*t.step:][:length], x[i*t.step:], mean, scale, bias)
		}
		return
	}
	mean, r := t.Mean[c], Rstd(t.Variance[c], t.Eps)
	var sum, dot float64
	for i := range planes {
		s, d := NormalizeGradSums(x[i*t.step:][:length], dy[i*t.step:], mean)
		sum += float64(s)
		dot += float64(d)
	}
	if t.dw != nil {
		t.dw[c] = T(dot) * r
	}
	if t.db != nil {
		t.db[c] = T(sum)
	}
	shift, slope := T(sum/n), T(dot/n)*r*r
	for i := range planes {
		NormalizeGrad(dst[i*t.step:][:length], x[i*t.step:], dy[i*t.step:], mean, r*weight, shift, slope)
	}
}

// spread is [Spread] of a channel, over all its stretches.
func (t *batchNormTask[T]) spread(x []T, planes, length int) (mean T, squares float64) {
	n := float64(planes * length)
	sum := 0.0
	for i := range planes {
		sum += float64(Sum(x[i*t.step:][:length]))
	}
	mean = T(sum / n)
	sum, squares = t.moments(x, planes, length, mean)
	off := sum / n
	if off-off != 0 || rounding[T](off, n, squares) { // off-off is not 0 where off is not finite
		return mean, squares
	}
	mean += T(off)
	if T(squares+float64(n*off*off)) == T(squares) {
		return mean, squares
	}
	sum, squares = t.moments(x, planes, length, mean)
	off = sum / n
	return mean, max(0, squares-float64(n*off*off))
}

func (t *batchNormTask[T]) moments(x []T, planes, length int, mean T) (sum, squares float64) {
	for i := range planes {
		s, q := moments(x[i*t.step:][:length], mean)
		sum += float64(s)
		squares += float64(q)
	}
	return sum, squares
}
