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

// sweeps is the number of times that the methods of Jacobi go over all pairs of rows,
// at most. Ten are many.
const sweeps = 60

// Eigh writes the eigenvalues of a symmetric matrix x [n n] in ascending order, and its
// eigenvectors as columns of vectors [n n]. It reads the lower triangle of x. It turns
// pairs of axes until the matrix is diagonal (Jacobi 1846). buf has 2 n² elements. It
// reports whether x is finite.
func Eigh[T Float](values, vectors, x []T, n int, buf []float64) bool {
	a, v := buf[:n*n], buf[n*n:2*n*n]
	for i := range n {
		for j := range i + 1 {
			if a[i*n+j] = float64(x[i*n+j]); !finite(a[i*n+j]) {
				return false
			}
			a[j*n+i] = a[i*n+j]
		}
	}
	scale := spread(a)
	divide(a, scale)
	unit(v, n)
	turned := true
	for s := 0; s < sweeps && turned; s++ {
		turned = false
		for p := range n {
			for q := p + 1; q < n; q++ {
				turned = turnAxes(a, v, n, p, q) || turned
			}
		}
	}
	for i := range n {
		least := i
		for j := i + 1; j < n; j++ {
			if a[j*n+j] < a[least*n+least] {
				least = j
			}
		}
		a[i*n+i], a[least*n+least] = a[least*n+least], a[i*n+i]
		exchange(v[i*n:i*n+n], v[least*n:least*n+n])
		values[i] = T(a[i*n+i] * scale)
		for j := range n {
			vectors[j*n+i] = T(v[i*n+j])
		}
	}
	return true
}

// turnAxes turns axes p and q of the symmetric matrix a so that a[p, q] is 0, and rows p
// and q of v likewise. It reports whether a[p, q] was more than nothing beside a[p, p]
// or a[q, q].
func turnAxes(a, v []float64, n, p, q int) bool {
	x, y, off := a[p*n+p], a[q*n+q], a[p*n+q]
	if size := math.Abs(off); math.Abs(x)+size == math.Abs(x) && math.Abs(y)+size == math.Abs(y) {
		return false
	}
	c, s, t := turn(x, y, off)
	rotate(a[p*n:p*n+n], a[q*n:q*n+n], c, s)
	a[p*n+p], a[q*n+q], a[p*n+q], a[q*n+p] = x-float64(t*off), y+float64(t*off), 0, 0
	for i := range n {
		if i != p && i != q {
			a[i*n+p], a[i*n+q] = a[p*n+i], a[q*n+i]
		}
	}
	rotate(v[p*n:p*n+n], v[q*n:q*n+n], c, s)
	return true
}

// turn returns cosine, sine and tangent of the angle that makes the symmetric matrix
// [x off; off y] diagonal.
func turn(x, y, off float64) (c, s, t float64) {
	z := (y - x) / (2 * off)
	t = 1 / (math.Abs(z) + math.Hypot(1, z))
	if z < 0 {
		t = -t
	}
	c = 1 / math.Hypot(1, t)
	return c, t * c, t
}

// rotate replaces the vectors a and b by c a − s b and s a + c b.
func rotate(a, b []float64, c, s float64) {
	b = b[:len(a)]
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

// SVD writes the singular values s [k] of x [n m] in descending order, k = min(n, m),
// and the u [n k] and vh [k m] with x = u diag(s) vh, u of orthonormal columns and vh of
// orthonormal rows. buf has [SVDBuffer] elements. It reports whether x is finite.
func SVD[T Float](u, s, vh, x []T, n, m int, buf []float64) bool {
	w, v, sigma, ok := singular(x, n, m, buf)
	if !ok {
		return false
	}
	k, long := min(n, m), max(n, m)
	toFloat(s, sigma)
	if n < m {
		toFloat(vh, w)
		transpose(u, v, k, k)
		return true
	}
	toFloat(vh, v)
	transpose(u, w, k, long)
	return true
}

// transpose writes the transpose of a [n m].
func transpose[T Float](dst []T, a []float64, n, m int) {
	for i := range n {
		for j, v := range a[i*m : i*m+m] {
			dst[j*n+i] = T(v)
		}
	}
}

// Pinv writes the pseudo-inverse [m n] of x [n m]. Singular values that are no more than
// rcond times the largest count as 0. buf has [SVDBuffer] elements. It reports whether
// x is finite.
func Pinv[T Float](dst, x []T, n, m int, rcond float64, buf []float64) bool {
	w, v, sigma, ok := singular(x, n, m, buf)
	if !ok {
		return false
	}
	k, long := min(n, m), max(n, m)
	for i := range m {
		for j := range n {
			short, far := i, j // dst[i, j] = Σ vh[c, i] u[j, c] / s[c]
			if n < m {
				short, far = j, i
			}
			sum := 0.0
			for c := 0; c < k && sigma[c] > rcond*sigma[0]; c++ {
				sum += float64(v[c*k+short]*w[c*long+far]) / sigma[c]
			}
			dst[i*n+j] = T(sum)
		}
	}
	return true
}

// SVDBuffer returns how many elements [SVD] and [Pinv] borrow for a matrix [n m].
func SVDBuffer(n, m int) int {
	k := min(n, m)
	return k*max(n, m) + k*k + k
}

// singular decomposes x [n m] into singular values sigma [k], k = min(n, m), and two
// matrices of orthonormal rows: w [k max(n, m)], and v [k k]. x is wᵀ diag(sigma) v, or
// vᵀ diag(sigma) w when n < m. It turns pairs of the short side's vectors until they
// are orthogonal (Hestenes 1958). It reports whether x is finite.
func singular[T Float](x []T, n, m int, buf []float64) (w, v, sigma []float64, ok bool) {
	k, long := min(n, m), max(n, m)
	w, v, sigma = buf[:k*long], buf[k*long:k*long+k*k], buf[k*long+k*k:][:k]
	for i := range n {
		for j, e := range x[i*m : i*m+m] {
			if !finite(float64(e)) {
				return w, v, sigma, false
			}
			if n < m {
				w[i*m+j] = float64(e)
			} else {
				w[j*n+i] = float64(e)
			}
		}
	}
	scale := spread(w)
	divide(w, scale)
	unit(v, k)
	tolerance := 0x1p-53 * float64(max(2, long))
	turned := true
	for s := 0; s < sweeps && turned; s++ {
		turned = false
		for p := range k {
			for q := p + 1; q < k; q++ {
				a, b := w[p*long:p*long+long], w[q*long:q*long+long]
				x, y, off := length(a), length(b), Dot(a, b)
				if math.Abs(off) <= tolerance*x*y {
					continue
				}
				turned = true
				c, s, _ := turn(x*x, y*y, off)
				rotate(a, b, c, s)
				rotate(v[p*k:p*k+k], v[q*k:q*k+k], c, s)
			}
		}
	}
	for i := range k {
		sigma[i] = length(w[i*long : i*long+long])
	}
	for i := range k {
		largest := i
		for j := i + 1; j < k; j++ {
			if sigma[j] > sigma[largest] {
				largest = j
			}
		}
		sigma[i], sigma[largest] = sigma[largest], sigma[i]
		row := w[i*long : i*long+long]
		if largest != i {
			exchange(row, w[largest*long:largest*long+long])
			exchange(v[i*k:i*k+k], v[largest*k:largest*k+k])
		}
		if sigma[i] > 0 {
			divide(row, sigma[i])
		} else {
			orthogonal(row, w[:i*long])
		}
		sigma[i] *= scale
	}
	return w, v, sigma, true
}

// orthogonal makes x a unit vector that is orthogonal to all of rows, which are
// orthonormal and fewer than x has elements.
func orthogonal(x, rows []float64) {
	for i := range x {
		clear(x)
		x[i] = 1
		for range 2 { // once more, because of rounding
			for at := 0; at < len(rows); at += len(x) {
				row := rows[at : at+len(x)]
				subtract(x, row, Dot(x, row))
			}
		}
		if l := length(x); 2*l*l*float64(len(x)) >= 1 { // of some unit vector, this share or more is outside of the rows
			divide(x, l)
			return
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
