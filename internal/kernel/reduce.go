package kernel

import (
	"math"

	"github.com/descent-ml/descent/internal/kernel/asm"
	"github.com/descent-ml/descent/internal/kernel/work"
)

// Sum returns a[0] + a[1] + …. It adds interleaved partial sums, and then these in
// pairs. A long slice is first cut into blocks, and a block is halved again and
// again, so that the rounding error grows only with the logarithm of the length.
func Sum[T Float](a []T) T {
	if len(a) < largeWork {
		return sumPairs(a)
	}
	parts, lent := work.Borrow[T]((len(a) + blockSize - 1) / blockSize)
	work.Do(&sumTasks, true, len(parts), sumTask[T]{a, parts})
	s := sumPairs(parts)
	work.Return(lent)
	return s
}

// A sumTask adds up a. Each part is one block.
type sumTask[T Float] struct{ a, sums []T }

var sumTasks work.Tasks[sumTask[float32], sumTask[float64]]

func (t *sumTask[T]) Do(part int) {
	t.sums[part] = sumPairs(t.a[part*blockSize : min(len(t.a), (part+1)*blockSize)])
}

// leaf is the number of elements below which a sum is not halved.
const leaf = 1024

// halfOf returns where a sum of n elements is halved, for n > leaf.
func halfOf(n int) int { return (n/2 + leaf - 1) &^ (leaf - 1) }

// sumPairs is [Sum] on the calling goroutine.
//
// Assembly: gen/reduce.go
func sumPairs[T Float](a []T) T {
	if len(a) > leaf {
		half := halfOf(len(a))
		return sumPairs(a[:half]) + sumPairs(a[half:])
	}
	if s, ok := asm.Sum(a); ok {
		return s
	}
	var s0, s1, s2, s3, s4, s5, s6, s7 T
	for len(a) >= 8 {
		b := (*[8]T)(a)
		s0 += b[0]
		s1 += b[1]
		s2 += b[2]
		s3 += b[3]
		s4 += b[4]
		s5 += b[5]
		s6 += b[6]
		s7 += b[7]
		a = a[8:]
	}
	for _, v := range a {
		s0 += v
	}
	return ((s0 + s1) + (s2 + s3)) + ((s4 + s5) + (s6 + s7))
}

// Dot returns a[0]*b[0] + a[1]*b[1] + …, added as in [Sum].
//
// Assembly: gen/reduce.go
func Dot[T Float](a, b []T) T {
	b = b[:len(a)]
	if len(a) > leaf {
		half := halfOf(len(a))
		return Dot(a[:half], b[:half]) + Dot(a[half:], b[half:])
	}
	if s, ok := asm.Dot(a, b); ok {
		return s
	}
	var s0, s1, s2, s3 T
	for len(a) >= 4 && len(b) >= 4 {
		x, y := (*[4]T)(a), (*[4]T)(b)
		s0 += T(x[0] * y[0])
		s1 += T(x[1] * y[1])
		s2 += T(x[2] * y[2])
		s3 += T(x[3] * y[3])
		a, b = a[4:], b[4:]
	}
	for i, v := range a {
		s0 += T(v * b[i])
	}
	return (s0 + s1) + (s2 + s3)
}

// Spread returns the mean of a and the sum of the squared distances from it.
//
// The sum is rounded, so the error of the first mean may be larger than the
// differences between the elements. The distances from the first mean are small,
// and their mean corrects it.
func Spread[T Float](a []T) (mean, squares T) {
	n := T(len(a))
	mean = Sum(a) / n
	sum, squares := moments(a, mean)
	off := sum / n
	if off-off != 0 || rounding[T](float64(off), float64(n), float64(squares)) { // off-off is not 0 where off is not finite
		return mean, squares
	}
	mean += off
	if squares+T(n*off*off) == squares {
		return mean, squares
	}
	// The first mean was so far off that the squares lost digits: take them again.
	sum, squares = moments(a, mean)
	off = sum / n
	return mean, max(0, squares-T(n*off*off))
}

// rounding reports whether off, the mean of n distances, may be nothing but their
// rounding errors: whether it is at most the distance between 1 and the next T,
// times the standard deviation. To add it would make a good mean worse.
func rounding[T Float](off, n, squares float64) bool {
	ulp := 0x1p-23
	if size[T]() == 8 {
		ulp = 0x1p-52
	}
	return n*off*off <= squares*ulp*ulp
}

// Std returns √(squares/n), with the squares of [Spread]. Where they are too
// large or too small for a float32, they are added up in float64, in which
// PyTorch adds them up always.
func Std[T Float](a []T, n int) T {
	_, squares := Spread(a)
	lost := squares-squares != 0 || float64(squares) < float64(len(a))*0x1p-100
	if size[T]() == 8 || !lost {
		return T(math.Sqrt(float64(squares / T(n))))
	}
	var mean, rest, sum float64
	for _, v := range a {
		mean += float64(v)
	}
	mean /= float64(len(a))
	for _, v := range a {
		d := float64(v) - mean
		rest += d
		sum += float64(d * d)
	}
	rest /= float64(len(a)) // the error of the mean
	return T(math.Sqrt(max(0, sum-float64(float64(len(a))*rest*rest)) / float64(n)))
}

// moments returns the sums of a[i] − c and of (a[i] − c)².
//
// Assembly: gen/reduce.go
func moments[T Float](a []T, c T) (sum, squares T) {
	if len(a) > leaf {
		half := halfOf(len(a))
		s0, q0 := moments(a[:half], c)
		s1, q1 := moments(a[half:], c)
		return s0 + s1, q0 + q1
	}
	if sum, squares, ok := asm.Moments(a, c); ok {
		return sum, squares
	}
	var s0, s1, s2, s3, q0, q1, q2, q3 T
	for len(a) >= 4 {
		x := (*[4]T)(a)
		d0, d1, d2, d3 := x[0]-c, x[1]-c, x[2]-c, x[3]-c
		s0 += d0
		s1 += d1
		s2 += d2
		s3 += d3
		q0 += T(d0 * d0)
		q1 += T(d1 * d1)
		q2 += T(d2 * d2)
		q3 += T(d3 * d3)
		a = a[4:]
	}
	for _, v := range a {
		d := v - c
		s0 += d
		q0 += T(d * d)
	}
	return (s0 + s1) + (s2 + s3), (q0 + q1) + (q2 + q3)
}

// Prod returns a[0] * a[1] * ….
func Prod[T Float](a []T) T {
	p := T(1)
	for _, v := range a {
		p *= v
	}
	return p
}

// Max returns the largest element, NaN when there is one, and −Inf for an
// empty slice.
//
// Assembly: gen/reduce.go
func Max[T Float](a []T) T {
	if m, s, ok := asm.Largest(a); ok && s == s { // if an element is NaN, so is the sum
		return m
	}
	m := T(math.Inf(-1))
	for _, v := range a {
		m = max(m, v)
	}
	return m
}

// Min returns the smallest element, NaN when there is one, and +Inf for an
// empty slice.
func Min[T Float](a []T) T {
	m := T(math.Inf(1))
	for _, v := range a {
		m = min(m, v)
	}
	return m
}

// ArgMax returns the index of the first largest element, or of the first NaN.
//
// Assembly: gen/reduce.go
func ArgMax[T Float](a []T) int {
	if m, s, ok := asm.Largest(a); ok && s == s {
		for i, v := range a {
			if v == m {
				return i
			}
		}
	}
	at := 0
	for i, v := range a {
		if v > a[at] {
			at = i
		} else if v != v {
			return i
		}
	}
	return at
}

// ArgMin returns the index of the first smallest element, or of the first NaN.
func ArgMin[T Float](a []T) int {
	at := 0
	for i, v := range a {
		if v < a[at] {
			at = i
		} else if v != v {
			return i
		}
	}
	return at
}

// LogSumExp returns log(exp(a[0]) + exp(a[1]) + …), shifted by the largest
// element so that it does not overflow.
func LogSumExp[T Float](a []T) T {
	m := Max(a)
	if math.IsInf(float64(m), 0) {
		return m
	}
	return m + T(math.Log(sumExp(a, m)))
}

// Norm returns the Euclidean length of a.
func Norm[T Float](a []T) T { return T(math.Sqrt(float64(SumSquares(a)))) }

// SumSquares returns the sum of a[i]², in float64, added in interleaved partial
// sums.
func SumSquares[T Float](a []T) float64 {
	var s0, s1, s2, s3 float64
	for len(a) >= 4 {
		x := (*[4]T)(a)
		s0 += float64(float64(x[0]) * float64(x[0]))
		s1 += float64(float64(x[1]) * float64(x[1]))
		s2 += float64(float64(x[2]) * float64(x[2]))
		s3 += float64(float64(x[3]) * float64(x[3]))
		a = a[4:]
	}
	for _, v := range a {
		s0 += float64(float64(v) * float64(v))
	}
	return (s0 + s1) + (s2 + s3)
}
