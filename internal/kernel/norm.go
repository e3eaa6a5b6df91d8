package kernel

import (
	"math"

	"github.com/descent-ml/descent/internal/kernel/asm"
	"github.com/descent-ml/descent/internal/kernel/work"
)

// Rstd returns 1/sqrt(variance + eps).
func Rstd[T Float](variance T, eps float64) T {
	return T(1 / math.Sqrt(float64(variance)+eps))
}

// Normalize is
//
//	for i := range dst {
//		dst[i] = (x[i] − mean) * rstd
//	}
//
// Assembly: gen/norm.go
func Normalize[T Float](dst, x []T, mean, rstd T) {
	x = x[:len(dst)]
	if asm.Normalize(dst, x, mean, rstd) {
		return
	}
	for i := range dst {
		dst[i] = (x[i] - mean) * rstd
	}
}

// NormalizeAffine is
//
//	for i := range dst {
//		dst[i] = (x[i] − mean) * rstd * w[i] + b[i]
//	}
//
// Assembly: gen/norm.go
func NormalizeAffine[T Float](dst, x, w, b []T, mean, rstd T) {
	x, w, b = x[:len(dst)], w[:len(dst)], b[:len(dst)]
	if asm.NormalizeAffine(dst, x, w, b, mean, rstd) {
		return
	}
	for i := range dst {
		dst[i] = T((x[i]-mean)*rstd*w[i]) + b[i]
	}
}

// ScaleShift is
//
//	for i := range dst {
//		dst[i] = (x[i] − mean) * scale + shift
//	}
//
// Assembly: gen/norm.go
func ScaleShift[T Float](dst, x []T, mean, scale, shift T) {
	x = x[:len(dst)]
	if asm.ScaleShift(dst, x, mean, scale, shift) {
		return
	}
	for i := range dst {
		dst[i] = T((x[i]-mean)*scale) + shift
	}
}

// NormalizeGrad is
//
//	for i := range dx {
//		dx[i] = scale * (dy[i] − shift − (x[i] − mean) * slope)
//	}
//
// Assembly: gen/norm.go
func NormalizeGrad[T Float](dx, x, dy []T, mean, scale, shift, slope T) {
	x, dy = x[:len(dx)], dy[:len(dx)]
	if asm.NormalizeGrad(dx, x, dy, mean, scale, shift, slope) {
		return
	}
	for i := range dx {
		dx[i] = scale * (dy[i] - shift - T((x[i]-mean)*slope))
	}
}

// NormalizeGradSums returns the sums of dy[i] and of dy[i] * (x[i] − mean).
//
// Assembly: gen/norm.go
func NormalizeGradSums[T Float](x, dy []T, mean T) (sum, dot T) {
	dy = dy[:len(x)]
	if len(x) > leaf {
		half := halfOf(len(x))
		s0, d0 := NormalizeGradSums(x[:half], dy[:half], mean)
		s1, d1 := NormalizeGradSums(x[half:], dy[half:], mean)
		return s0 + s1, d0 + d1
	}
	if sum, dot, ok := asm.NormalizeGradSums(x, dy, mean); ok {
		return sum, dot
	}
	var s, d float64
	for i, v := range x {
		s += float64(dy[i])
		d += float64(dy[i] * (v - mean))
	}
	return T(s), T(d)
}

// LayerNormGradSums returns the sums of g[i] = dy[i] * w[i] and of
// g[i] * (x[i] − mean).
//
// Assembly: gen/norm.go
func LayerNormGradSums[T Float](x, dy, w []T, mean T) (sum, dot T) {
	dy, w = dy[:len(x)], w[:len(x)]
	if len(x) > leaf {
		half := halfOf(len(x))
		s0, d0 := LayerNormGradSums(x[:half], dy[:half], w[:half], mean)
		s1, d1 := LayerNormGradSums(x[half:], dy[half:], w[half:], mean)
		return s0 + s1, d0 + d1
	}
	if sum, dot, ok := asm.LayerNormGradSums(x, dy, w, mean); ok {
		return sum, dot
	}
	var s, d float64
	for i, v := range x {
		g := T(dy[i] * w[i])
		s += float64(g)
		d += float64(g * (v - mean))
	}
	return T(s), T(d)
}

// LayerNormGrad is
//
//	for i := range dx {
//		dx[i] = rstd * (dy[i] * w[i] − shift − (x[i] − mean) * slope)
//		dw[i] += dy[i] * (x[i] − mean) * rstd
//		db[i] += dy[i]
//	}
//
// Assembly: gen/norm.go
func LayerNormGrad[T Float](dx, dw, db, x, dy, w []T, mean, rstd, shift, slope T) {
	n := len(dx)
	dw, db, x, dy, w = dw[:n], db[:n], x[:n], dy[:n], w[:n]
	if asm.LayerNormGrad(dx, dw, db, x, dy, w, mean, rstd, shift, slope) {
		return
	}
	for i := range dx {
		d, g := x[i]-mean, dy[i]
		dx[i] = rstd * (T(g*w[i]) - shift - T(d*slope))
		dw[i] += T(g * d * rstd)
		db[i] += g
	}
}

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

// A batchNormTask computes the value or the gradient. Each part is one channel, or
// several when X is a matrix.
type batchNormTask[T Float] struct {
	BatchNorm[T]
	dst            []T // the value, or dx
	dy, dw, db     []T // dy is nil for the value
	planes, length int // a channel lies in memory as this many stretches of length elements
	step           int // from the beginning of one stretch to that of the next
	together       int // channels of a part
}

var batchNormTasks work.Tasks[batchNormTask[float32], batchNormTask[float64]]

const (
	// shortPlane is the length of a stretch below which a channel is first copied
	// to contiguous memory.
	shortPlane = 16
	// widePart is how many columns of a matrix are copied together: those of a
	// cache line. Only columnRoom elements are borrowed for them.
	widePart   = 16
	columnRoom = 1 << 19
)

// Value writes the normalized images, and the statistics.
func (b *BatchNorm[T]) Value(dst []T) { b.run(dst, nil, nil, nil) }

// Grad writes the gradients by X, Weight and Bias. It needs the statistics and
// dy, the gradient by the value.
func (b *BatchNorm[T]) Grad(dx, dw, db, dy []T) { b.run(dx, dw, db, dy) }

func (b *BatchNorm[T]) run(dst, dw, db, dy []T) {
	t := batchNormTask[T]{
		BatchNorm: *b, dst: dst, dy: dy, dw: dw, db: db, planes: b.Batch, length: b.Size, step: b.Channels * b.Size, together: 1,
	}
	if b.Size == 1 && b.Batch > 1 {
		t.together = max(1, min(widePart, columnRoom/b.Batch))
	}
	work.Do(&batchNormTasks, len(b.X) >= largeWork, (b.Channels+t.together-1)/t.together, t)
}

func (t *batchNormTask[T]) Do(part int) {
	c := part * t.together
	if t.length == 1 && t.planes > 1 {
		t.columns(c, min(t.together, t.Channels-c))
		return
	}
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

// columns computes n channels of a matrix, each of which is a column, by copies of
// the parts of its rows that lie in a cache line.
func (t *batchNormTask[T]) columns(c, n int) {
	rows := t.planes
	ld := roundUp(rows, vectorLanes[T]())
	buf, lent := work.Borrow[T](3 * n * ld)
	x, y, dy := buf[:n*ld], buf[n*ld:2*n*ld], buf[2*n*ld:]
	transposeInto(x, ld, t.X[c:], t.step, rows, n)
	if t.dy != nil {
		transposeInto(dy, ld, t.dy[c:], t.step, rows, n)
	}
	for i := range n {
		t.channel(c+i, x[i*ld:][:rows], y[i*ld:][:rows], 1, rows, dy[i*ld:][:rows])
	}
	if n == widePart { // a multiple of a vector: nothing beyond is written
		transposeInto(t.dst[c:], t.step, y, ld, n, rows)
	} else {
		for i := range rows {
			for k := range n {
				t.dst[i*t.step+c+k] = y[k*ld+i]
			}
		}
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
