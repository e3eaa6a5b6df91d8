package kernel

import (
	"math"

	"github.com/descent-ml/descent/internal/kernel/asm"
	"github.com/descent-ml/descent/internal/kernel/work"
)

// panel is the number of columns up to which a matrix is not halved any more.
const panel = 8

// Solve replaces b [n k] by the x with a x = b, for a [n n], by elimination with row
// pivots. It overwrites a, and reports whether a is regular.
func Solve[T Float](a, b []T, n, k int) bool {
	if eliminate(a, b, n, k, 0, n) == 0 {
		return false
	}
	if k >= longRow {
		SolveLower(a, b, n, k, true)
	}
	SolveUpper(a, b, n, k, false)
	return true
}

// eliminate decomposes columns [from, to) of a [n n], after those before them, into the
// triangles of Gauss: the lower one, whose diagonal is 1, takes the place of the zeros.
// It exchanges rows so that the largest is the pivot, and likewise those of b [n k]; when
// they are short, it does to them all that it does to the rows of a. It returns −1 when it exchanged rows an odd number of times, 0 when it found no pivot and
// stopped, else 1. Halves make most of the work a matrix product (Toledo, "Locality of
// reference in LU decomposition with partial pivoting", 1997).
func eliminate[T Float](a, b []T, n, k, from, to int) (sign int) {
	if to-from > panel {
		mid := half(from, to)
		sign = eliminate(a, b, n, k, from, mid)
		if sign == 0 {
			return 0
		}
		right := a[from*n+mid:]
		solveLower(Matrix[T]{a[from*(n+1):], n, 1}, right, n, mid-from, to-mid, true)
		subtractProduct(a[mid*(n+1):], n, Matrix[T]{a[mid*n+from:], n, 1}, Matrix[T]{right, n, 1}, n-mid, to-mid, mid-from)
		return sign * eliminate(a, b, n, k, mid, to)
	}
	sign = 1
	for c := from; c < to; c++ {
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
		row := a[c*n+c : c*n+to]
		for r := c + 1; r < n; r++ {
			other := a[r*n+c : r*n+to]
			other[0] /= row[0]
			subtract(other[1:], row[1:], other[0])
			if k < longRow {
				subtract(b[r*k:r*k+k], b[c*k:c*k+k], other[0])
			}
		}
	}
	return sign
}

// half returns the middle of [from, to), a whole number of panels after from.
func half(from, to int) int { return from + roundUp((to-from)/2, panel) }

// subtractProduct takes a b from dst [m n], whose rows lie ldd apart, for a [m k] and b
// [k n].
func subtractProduct[T Float](dst []T, ldd int, a, b Matrix[T], m, n, k int) {
	negative, lent := work.Borrow[T](m * k)
	for i := range m {
		for p := range k {
			negative[i*k+p] = -a.Data[i*a.Row+p*a.Col]
		}
	}
	MatMul(dst, ldd, Matrix[T]{negative, k, 1}, b, m, n, k, Epilogue[T]{Accumulate: true})
	work.Return(lent)
}

// SolveUpper replaces b [n k] by the x with a x = b, for an upper triangular matrix a
// [n n]. What is below the diagonal is not read. With unit, neither is the diagonal,
// which counts as 1.
func SolveUpper[T Float](a, b []T, n, k int, unit bool) {
	solveUpper(a, b, n, n, k, unit)
}

// solveUpper is [SolveUpper] for a matrix a whose rows lie lda apart. It solves the lower
// half, takes its share from the upper half, and solves that.
func solveUpper[T Float](a, b []T, lda, n, k int, unit bool) {
	if n > panel {
		h := half(0, n)
		rest := b[h*k:]
		solveUpper(a[h*(lda+1):], rest, lda, n-h, k, unit)
		subtractProduct(b, k, Matrix[T]{a[h:], lda, 1}, Matrix[T]{rest, k, 1}, h, k, n-h)
		solveUpper(a, b, lda, h, k, unit)
		return
	}
	for c := n - 1; c >= 0; c-- {
		row := b[c*k : c*k+k]
		if !unit {
			divide(row, a[c*(lda+1)])
		}
		for r := range c {
			if f := a[r*lda+c]; k < longRow {
				subtract(b[r*k:r*k+k], row, f)
			} else {
				addScaled(b[r*k:r*k+k], row, -f)
			}
		}
	}
}

// SolveLower is [SolveUpper] for a lower triangular matrix.
func SolveLower[T Float](a, b []T, n, k int, unit bool) {
	solveLower(Matrix[T]{a, n, 1}, b, k, n, k, unit)
}

// solveLower is [SolveLower] for rows of b that lie ldb apart. It solves the upper half,
// takes its share from the lower half, and solves that.
func solveLower[T Float](a Matrix[T], b []T, ldb, n, k int, unit bool) {
	next := a.Row + a.Col // from one element of the diagonal to the next
	if n > panel {
		h := half(0, n)
		solveLower(a, b, ldb, h, k, unit)
		rest := b[h*ldb:]
		subtractProduct(rest, ldb, Matrix[T]{a.Data[h*a.Row:], a.Row, a.Col}, Matrix[T]{b, ldb, 1}, n-h, k, h)
		solveLower(Matrix[T]{a.Data[h*next:], a.Row, a.Col}, rest, ldb, n-h, k, unit)
		return
	}
	for c := range n {
		row := b[c*ldb : c*ldb+k]
		if !unit {
			divide(row, a.Data[c*next])
		}
		for r := c + 1; r < n; r++ {
			if f := a.Data[r*a.Row+c*a.Col]; k < longRow {
				subtract(b[r*ldb:r*ldb+k], row, f)
			} else {
				addScaled(b[r*ldb:r*ldb+k], row, -f)
			}
		}
	}
}

// Det returns the determinant of a [n n], which it overwrites.
func Det[T Float](a []T, n int) T {
	det := float64(eliminate(a, nil, n, 0, 0, n))
	for i := 0; i < n && det != 0; i++ {
		det *= float64(a[i*n+i])
	}
	return T(det)
}

// SLogDet returns the sign of the determinant of a [n n], 0 when the matrix is
// singular, and the logarithm of its absolute value. It overwrites a.
func SLogDet[T Float](a []T, n int) (sign, log T) {
	s, sum := eliminate(a, nil, n, 0, 0, n), 0.0
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
		for j := range i + 1 {
			buf[j*n+i] = float64(a[i*n+j])
		}
	}
	if !root(buf, n, n) {
		return false
	}
	for i := range n {
		for j := range i + 1 {
			l[i*n+j] = T(buf[j*n+i])
		}
		clear(l[i*n+i+1 : i*n+n])
	}
	return true
}

// root replaces the upper triangle of a symmetric matrix a [n n], whose rows lie lda
// apart, by the upper triangular u with uᵀ u = a, and reports whether there is one. It
// does so for the upper left quarter, solves for the upper right one, takes the product
// of that with itself from the lower right one, and does so for that (Golub and Van Loan,
// 4.2.9). What is below the diagonal is overwritten.
func root(a []float64, lda, n int) bool {
	if n > panel {
		h := half(0, n)
		if !root(a, lda, h) {
			return false
		}
		right, rest := a[h:], a[h*(lda+1):]
		solveLower(Matrix[float64]{a, 1, lda}, right, lda, h, n-h, false)
		subtractProduct(rest, lda, Matrix[float64]{right, 1, lda}, Matrix[float64]{right, lda, 1}, n-h, n-h, h)
		return root(rest, lda, n-h)
	}
	for i := range n {
		row := a[i*lda+i : i*lda+n]
		if !(row[0] > 0) {
			return false
		}
		row[0] = math.Sqrt(row[0])
		divide(row[1:], row[0])
		for j := 1; j < len(row); j++ {
			subtract(a[(i+j)*(lda+1):][:n-i-j], row[j:], row[j])
		}
	}
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

// longRow is the length of rows from which addScaled is faster than subtract.
const longRow = 16

// addScaled adds c times b to a.
//
// Assembly: gen/elementwise.go
func addScaled[T Float](a, b []T, c T) {
	b = b[:len(a)]
	if asm.AddScaled(a, b, c) {
		return
	}
	for i, v := range b {
		a[i] += T(c * v)
	}
}
