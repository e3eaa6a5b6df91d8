package kernel

import "math"

// Solve replaces b [n k] by the x with a x = b, for a [n n], by elimination with row
// pivots. It overwrites a, and reports whether a is regular.
func Solve[T Float](a, b []T, n, k int) bool {
	if eliminate(a, b, n, k) == 0 {
		return false
	}
	SolveUpper(a, b, n, k, false)
	return true
}

// eliminate makes a [n n] upper triangular, by elimination with row pivots, and does
// to b [n k] what it does to a. It returns −1 when it exchanged rows an odd number of
// times, 0 when it found no pivot and stopped, else 1.
func eliminate[T Float](a, b []T, n, k int) (sign int) {
	sign = 1
	for c := range n {
		pivot := c
		for r := c + 1; r < n; r++ {
			if abs(a[r*n+c]) > abs(a[pivot*n+c]) {
				pivot = r
			}
		}
		if a[pivot*n+c] == 0 {
			return 0
		}
		if pivot != c {
			sign = -sign
			exchange(a[c*n:c*n+n], a[pivot*n:pivot*n+n])
			exchange(b[c*k:c*k+k], b[pivot*k:pivot*k+k])
		}
		for r := c + 1; r < n; r++ {
			f := a[r*n+c] / a[c*n+c]
			subtract(a[r*n+c:r*n+n], a[c*n+c:c*n+n], f)
			subtract(b[r*k:r*k+k], b[c*k:c*k+k], f)
		}
	}
	return sign
}

// SolveUpper replaces b [n k] by the x with a x = b, for an upper triangular matrix a
// [n n]. What is below the diagonal is not read. With unit, neither is the diagonal,
// which counts as 1.
func SolveUpper[T Float](a, b []T, n, k int, unit bool) {
	for c := n - 1; c >= 0; c-- {
		row := b[c*k : c*k+k]
		if !unit {
			divide(row, a[c*n+c])
		}
		for r := range c {
			subtract(b[r*k:r*k+k], row, a[r*n+c])
		}
	}
}

// SolveLower is [SolveUpper] for a lower triangular matrix.
func SolveLower[T Float](a, b []T, n, k int, unit bool) {
	for c := range n {
		row := b[c*k : c*k+k]
		if !unit {
			divide(row, a[c*n+c])
		}
		for r := c + 1; r < n; r++ {
			subtract(b[r*k:r*k+k], row, a[r*n+c])
		}
	}
}

// Det returns the determinant of a [n n], which it overwrites.
func Det[T Float](a []T, n int) T {
	det := float64(eliminate(a, nil, n, 0))
	for i := 0; i < n && det != 0; i++ {
		det *= float64(a[i*n+i])
	}
	return T(det)
}

// SLogDet returns the sign of the determinant of a [n n], 0 when the matrix is
// singular, and the logarithm of its absolute value. It overwrites a.
func SLogDet[T Float](a []T, n int) (sign, log T) {
	s, sum := eliminate(a, nil, n, 0), 0.0
	if s == 0 {
		return 0, T(math.Inf(-1))
	}
	for i := range n {
		d := float64(a[i*n+i])
		if d < 0 {
			s = -s
		}
		sum += math.Log(math.Abs(d))
	}
	if sum != sum {
		return T(sum), T(sum)
	}
	return T(s), T(sum)
}

// Cholesky writes the lower triangular l [n n] with l lᵀ = a, for a symmetric matrix a,
// of which it reads the lower triangle. It computes in buf [n n], and reports whether a
// is positive definite.
func Cholesky[T Float](l, a []T, n int, buf []float64) bool {
	for i := range n {
		row := buf[i*n : i*n+n]
		for j := range i {
			other := buf[j*n : j*n+n]
			row[j] = (float64(a[i*n+j]) - Dot(row[:j], other[:j])) / other[j]
		}
		square := float64(a[i*n+i]) - Dot(row[:i], row[:i])
		if !(square > 0) {
			return false
		}
		row[i] = math.Sqrt(square)
		clear(row[i+1:])
	}
	toFloat(l, buf[:n*n])
	return true
}

// toFloat rounds a to the type of dst.
func toFloat[T Float](dst []T, a []float64) {
	for i, v := range a[:len(dst)] {
		dst[i] = T(v)
	}
}

func divide[T Float](a []T, c T) {
	for i := range a {
		a[i] /= c
	}
}

func abs[T Float](v T) T {
	if v < 0 {
		return -v
	}
	return v
}

func exchange[T Float](a, b []T) {
	b = b[:len(a)]
	for i, v := range a {
		a[i], b[i] = b[i], v
	}
}

// subtract takes f times b from a.
func subtract[T Float](a, b []T, f T) {
	b = b[:len(a)]
	for i, v := range b {
		a[i] -= T(f * v)
	}
}
