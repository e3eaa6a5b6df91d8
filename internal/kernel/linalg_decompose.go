package kernel

import (
	"math"

	"github.com/descent-ml/descent/internal/kernel/asm"
)

// QR writes the q [n k] with orthonormal columns and the upper triangular r [k m] of
// which x [n m] is the product, k = min(n, m). It reflects as LAPACK does (Golub and Van
// Loan, 5.2.2), so a number on the diagonal of r is negative when that above it was
// positive. buf has [QRBuffer] elements.
func QR[T Float](q, r, x []T, n, m int, buf []float64) {
	k := min(n, m)
	a, v, tau, z := buf[:n*m], buf[n*m:][:k*n], buf[n*m+k*n:][:k], buf[n*m+k*n+k:]
	size := spread(x)
	for i, e := range x[:n*m] {
		a[i] = float64(e) / size
	}
	for j := range k {
		col := v[j*(n+1):][:n-j]
		tau[j] = reflectColumn(a[j*(m+1):], col, m, n-j, m-j, z)
	}
	for i := range k {
		clear(r[i*m : i*m+i])
		for j := i; j < m; j++ {
			r[i*m+j] = T(a[i*m+j] * size)
		}
	}
	clear(a[:n*k])
	unroll(a, k, v, n+1, tau, n, k, z)
	toFloat(q, a[:n*k])
}

// QRBuffer returns how many elements [QR] borrows for a matrix [n m].
func QRBuffer(n, m int) int { return n*m + min(n, m)*(n+1) + m }

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

// reflectColumn makes all but the first element of the first column of a [n m] 0 by a
// reflection, whose v it writes with a first element of 1.
func reflectColumn(a, v []float64, lda, n, m int, z []float64) (tau float64) {
	for i := range v {
		v[i] = a[i*lda]
	}
	tau = reflection(v)
	a[0], v[0] = v[0], 1
	if m > 1 {
		reflectRows(a[1:], lda, n, m-1, v, tau, z)
	}
	return tau
}

// reflectRows replaces a [n m], whose rows lie lda apart, by (I − tau v vᵀ) a. It
// computes in z, of m elements.
func reflectRows(a []float64, lda, n, m int, v []float64, tau float64, z []float64) {
	if tau == 0 {
		return
	}
	combine(z[:m], v, a, lda, n)
	scale(z[:m], -tau)
	addOuter(a, lda, v, z, n, m, 1)
}

// few is the number of elements of a matrix up to which loops in Go are faster than a
// matrix product.
const few = 48

// combine writes vᵀ a to z [m], for a [n m], whose rows lie lda apart.
func combine(z, v, a []float64, lda, n int) {
	m := len(z)
	if n*m > few {
		MatMul(z, m, Matrix[float64]{v, n, 1}, Matrix[float64]{a, lda, 1}, 1, m, n, Epilogue[float64]{})
		return
	}
	clear(z)
	for i, f := range v[:n] {
		for j, e := range a[i*lda:][:m] {
			z[j] += float64(f * e)
		}
	}
}

// addOuter adds leftᵀ right to a [n m], whose rows lie lda apart, for left [k n] and
// right [k m].
func addOuter(a []float64, lda int, left, right []float64, n, m, k int) {
	if n*m > few {
		MatMul(a, lda, Matrix[float64]{left, 1, n}, Matrix[float64]{right, m, 1}, n, m, k, Epilogue[float64]{Accumulate: true})
		return
	}
	for i := range n {
		row := a[i*lda:][:m]
		for p := range k {
			f := left[p*n+i]
			for j, e := range right[p*m:][:m] {
				row[j] += float64(f * e)
			}
		}
	}
}

func scale(a []float64, c float64) {
	for i := range a {
		a[i] *= c
	}
}

// unroll replaces zeros q [n k], whose rows lie ldq apart, by the first columns of the
// product of reflections (Golub and Van Loan, 5.1.6). The v of one after another begin
// step elements apart, and each is an element shorter.
func unroll(q []float64, ldq int, v []float64, step int, tau []float64, n, k int, z []float64) {
	for j := k - 1; j >= 0; j-- {
		q[j*(ldq+1)] = 1
		reflectRows(q[j*(ldq+1):], ldq, n-j, k-j, v[j*step:][:n-j], tau[j], z)
	}
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

// Eigh writes the eigenvalues of a symmetric matrix x [n n] in ascending order, and its
// eigenvectors as columns of vectors [n n]. It reads the lower triangle of x. buf has
// [EighBuffer] elements. It reports whether x is finite.
func Eigh[T Float](values, vectors, x []T, n int, buf []float64) bool {
	a, q, d, e, tau, z := buf[:n*n], buf[n*n:2*n*n], buf[2*n*n:][:n], buf[2*n*n+n:][:n], buf[2*n*n+2*n:][:n], buf[2*n*n+3*n:]
	for i := range n {
		for j := range i + 1 {
			if a[i*n+j] = float64(x[i*n+j]); !finite(a[i*n+j]) {
				return false
			}
			a[j*n+i] = a[i*n+j]
		}
	}
	size := spread(a)
	divide(a, size)
	tridiagonal(a, n, d, e, tau, z)
	unit(q, n)
	if n > 1 {
		unroll(q[n+1:], n, a[1:], n+1, tau, n-1, n-1, z)
	}
	rows := a // the vectors, while they are turned
	transpose(rows, q, n, n)
	diagonalize(d, e, rows, n)
	for i := range n {
		least := i
		for j := i + 1; j < n; j++ {
			if d[j] < d[least] {
				least = j
			}
		}
		d[i], d[least] = d[least], d[i]
		exchange(rows[i*n:i*n+n], rows[least*n:least*n+n])
		values[i] = T(d[i] * size)
	}
	transpose(vectors, rows, n, n)
	return true
}

// EighBuffer returns how many elements [Eigh] borrows for a matrix [n n].
func EighBuffer(n int) int { return 2*n*n + 7*n }

// tridiagonal reflects a symmetric matrix a [n n] from both sides until it has a diagonal
// d and a diagonal e beside it, and nothing else (Golub and Van Loan, 8.3.1). The v of
// the reflections take the place of the rows right of the diagonal. z has 4 n elements.
func tridiagonal(a []float64, n int, d, e, tau, z []float64) {
	for j := range n - 1 {
		m := n - j - 1
		v, rest := a[j*n+j+1:][:m], a[(j+1)*(n+1):]
		d[j] = a[j*(n+1)]
		tau[j] = reflection(v)
		e[j], v[0] = v[0], 1
		if tau[j] == 0 {
			continue
		}
		// rest − v wᵀ − w vᵀ, with w = p − ½ tau (pᵀ v) v, p = tau rest v
		left, right := z[:2*m], z[2*m:4*m]
		w := left[m:]
		copy(left, v)
		combine(w, v, rest, n, m)
		scale(w, tau[j])
		addScaled(w, v, -tau[j]/2*Dot(w, v))
		for i := range m {
			right[i], right[m+i] = -w[i], -v[i]
		}
		addOuter(rest, n, left, right, m, m, 2)
	}
	if n > 0 {
		d[n-1] = a[n*n-1]
	}
}

// diagonalize replaces the diagonal d of a symmetric matrix by its eigenvalues. The
// diagonal beside it, e, becomes 0. Each step of the method QL turns axes, and rows
// likewise, beginning with the shift of Wilkinson at the far end (Golub and Van Loan,
// 8.3.3; from the other end there).
func diagonalize(d, e, rows []float64, n int) {
	for first := range n {
		for range turns {
			last := first // of the block that begins with first
			for last < n-1 && math.Abs(e[last]) > 0x1p-53*(math.Abs(d[last])+math.Abs(d[last+1])) {
				last++
			}
			if last == first {
				break
			}
			z := (d[first+1] - d[first]) / (2 * e[first])
			g := d[last] - d[first] + e[first]/(z+math.Copysign(hypot(z, 1), z))
			c, s, p := 1.0, 1.0, 0.0
			for i := last - 1; i >= first; i-- {
				f, b := s*e[i], c*e[i]
				c, s, e[i+1] = givens(g, f)
				g = d[i+1] - p
				t := float64((d[i]-g)*s) + 2*float64(c*b)
				p = s * t
				d[i+1] = g + p
				g = float64(c*t) - b
				rotate(rows[i*n:i*n+n], rows[(i+1)*n:(i+1)*n+n], c, s)
			}
			d[first] -= p
			e[first], e[last] = g, 0
		}
	}
}

// turns is how many steps the methods of diagonals take for a number, at most. Two or
// three are usual.
const turns = 60

// givens returns the c and s with c f + s g = r and c g − s f = 0.
func givens(f, g float64) (c, s, r float64) {
	r = hypot(f, g)
	if r == 0 {
		return 1, 0, 0
	}
	return f / r, g / r, r
}

// hypot is [math.Hypot], faster where squares are neither too small nor too large.
func hypot(a, b float64) float64 {
	if s := float64(a*a) + float64(b*b); s > 0x1p-900 && s < 0x1p900 {
		return math.Sqrt(s)
	}
	return math.Hypot(a, b)
}

// rotate replaces the vectors a and b by c a − s b and s a + c b.
//
// Assembly: gen/elementwise.go
func rotate(a, b []float64, c, s float64) {
	b = b[:len(a)]
	if len(a) >= longRow/2 && asm.Rotate(a, b, c, s) {
		return
	}
	for i, x := range a {
		y := b[i]
		a[i], b[i] = float64(c*x)-float64(s*y), float64(s*x)+float64(c*y)
	}
}

// unit makes the matrix a [n n] the unit matrix.
func unit(a []float64, n int) {
	clear(a)
	for i := range n {
		a[i*n+i] = 1
	}
}

// transpose writes the transpose of a [n m].
func transpose[T Float](dst []T, a []float64, n, m int) {
	for i := range n {
		for j, v := range a[i*m : i*m+m] {
			dst[j*n+i] = T(v)
		}
	}
}

// length returns the Euclidean norm of x, whose squares do not overflow but may be too
// small for a number.
func length(x []float64) float64 {
	l := math.Sqrt(SumSquares(x))
	if l > 0x1p-500 {
		return l
	}
	l = 0
	for _, v := range x {
		l = math.Hypot(l, v)
	}
	return l
}
