package kernel

import "math"

// QR writes the q [n k] with orthonormal columns and the upper triangular r [k m] of
// which x [n m] is the product, k = min(n, m). It reflects as LAPACK does, so a number on
// the diagonal of r is negative when that above it was positive. buf has [QRBuffer]
// elements.
func QR[T Float](q, r, x []T, n, m int, buf []float64) {
	k := min(n, m)
	a, v, tau := buf[:m*n], buf[m*n:m*n+k*n], buf[m*n+k*n:][:k] // rows of a and v are columns of x and q
	scale := spread(x)
	for j := range m {
		for i := range n {
			a[j*n+i] = float64(x[i*m+j]) / scale
		}
	}
	for j := range m {
		col := a[j*n : j*n+n]
		if j < k {
			tau[j] = reflection(col[j:])
			for i := j + 1; i < m; i++ {
				reflect(a[i*n+j:i*n+n], col[j:], tau[j])
			}
		}
		for i := range k {
			r[i*m+j] = 0
			if i <= j {
				r[i*m+j] = T(col[i] * scale)
			}
		}
	}
	clear(v)
	for j := k - 1; j >= 0; j-- {
		v[j*n+j] = 1
		for i := j; i < k; i++ {
			reflect(v[i*n+j:i*n+n], a[j*n+j:j*n+n], tau[j])
		}
	}
	transpose(q, v, k, n)
}

// QRBuffer returns how many elements [QR] borrows for a matrix [n m].
func QRBuffer(n, m int) int { return n*m + min(n, m)*(n+1) }

// reflection replaces x by what describes the reflection I − tau v vᵀ that takes x to a
// multiple of the first unit vector: v without its first element, which is 1. The
// multiple takes its place.
func reflection(x []float64) (tau float64) {
	rest := length(x[1:])
	if rest == 0 {
		return 0
	}
	first := x[0]
	alpha := -math.Copysign(math.Hypot(first, rest), first)
	for i := range x[1:] {
		x[1+i] /= first - alpha
	}
	x[0] = alpha
	return (alpha - first) / alpha
}

// reflect replaces x by x − tau v (vᵀ x). The first element of v counts as 1.
func reflect(x, v []float64, tau float64) {
	f := float64(tau * (x[0] + Dot(x[1:], v[1:])))
	x[0] -= f
	subtract(x[1:], v[1:], f)
}

// spread returns the power of two next to the largest absolute value of x, or 1 when
// that is 0 or not finite: divided by it, x has squares that are numbers.
func spread[T Float](x []T) float64 {
	largest := 0.0
	for _, v := range x {
		largest = max(largest, math.Abs(float64(v)))
	}
	if largest == 0 || !finite(largest) {
		return 1
	}
	_, e := math.Frexp(largest)
	return math.Ldexp(1, min(max(e, -1000), 1000))
}

func finite(v float64) bool { return v-v == 0 }
