package kernel

import "math"

// SVD writes the singular values s [k] of x [n m] in descending order, k = min(n, m),
// and the u [n k] and vh [k m] with x = u diag(s) vh, u of orthonormal columns and vh of
// orthonormal rows. buf has [SVDBuffer] elements. It reports whether x is finite.
func SVD[T Float](u, s, vh, x []T, n, m int, buf []float64) bool {
	d, ok := singular(x, n, m, buf, true)
	if !ok {
		return false
	}
	toFloat(s, d.sigma)
	if n < m {
		toFloat(vh, d.w)
		transpose(u, d.v, d.k, d.k)
		return true
	}
	toFloat(vh, d.v)
	transpose(u, d.w, d.k, d.long)
	return true
}

// SVDVals is [SVD] for the singular values alone.
func SVDVals[T Float](s, x []T, n, m int, buf []float64) bool {
	d, ok := singular(x, n, m, buf, false)
	if ok {
		toFloat(s, d.sigma)
	}
	return ok
}

// Pinv writes the pseudo-inverse [m n] of x [n m]. Singular values that are no more than
// rcond times the largest count as 0. buf has [SVDBuffer] elements. It reports whether
// x is finite.
func Pinv[T Float](dst, x []T, n, m int, rcond float64, buf []float64) bool {
	d, ok := singular(x, n, m, buf, true)
	if !ok {
		return false
	}
	rank := 0
	for rank < d.k && d.sigma[rank] > rcond*d.sigma[0] {
		divide(d.w[rank*d.long:][:d.long], d.sigma[rank])
		rank++
	}
	// dst[i, j] is the sum of v[c, i] w[c, j], or of w[c, i] v[c, j] when n < m.
	left, right, lda, ldb := d.v, d.w, d.k, d.long
	if n < m {
		left, right, lda, ldb = d.w, d.v, d.long, d.k
	}
	y := d.a[:m*n]
	MatMul(y, n, Matrix[float64]{left, 1, lda}, Matrix[float64]{right, ldb, 1}, m, n, rank, Epilogue[float64]{})
	toFloat(dst, y)
	return true
}

// SVDBuffer returns how many elements [SVD] and its like borrow for a matrix [n m].
func SVDBuffer(n, m int) int {
	k, long := min(n, m), max(n, m)
	return 3*k*long + k*k + 4*k + long
}

// A decomposed matrix x [n m] is wᵀ diag(sigma) v, or vᵀ diag(sigma) w when n < m, where
// w [k long] and v [k k] have orthonormal rows, k = min(n, m), long = max(n, m).
type decomposed struct {
	k, long     int
	w, v, sigma []float64
	a           []float64 // [long k], to compute in
}

// singular decomposes x [n m], without w and v unless vectors. It makes two diagonals of
// x, and one of these. It reports whether x is finite.
func singular[T Float](x []T, n, m int, buf []float64, vectors bool) (d decomposed, ok bool) {
	k, long := min(n, m), max(n, m)
	next := func(n int) (s []float64) { s, buf = buf[:n:n], buf[n:]; return s }
	d = decomposed{k: k, long: long, a: next(long * k), w: next(k * long), v: next(k * k), sigma: next(k)}
	a, columns := d.a, d.w
	for i, e := range x[:n*m] {
		if !finite(float64(e)) {
			return d, false
		}
		a[i] = float64(e)
	}
	q, e, tauL, tauR, z := next(long*k), next(k), next(k), next(k), next(long)
	if n < m {
		copy(q, a)
		transpose(a, q, n, m)
	}
	size := spread(a)
	divide(a, size)
	for j := range k { // Golub and Van Loan, 5.4.8
		tauL[j] = reflectColumn(a[j*(k+1):], columns[j*(long+1):][:long-j], k, long-j, k-j, z)
		d.sigma[j] = a[j*(k+1)]
		if j+1 < k {
			row := a[j*(k+1)+1:][:k-j-1]
			tauR[j] = reflection(row)
			e[j], row[0] = row[0], 1
			reflectColumns(a[(j+1)*(k+1):], k, long-j-1, k-j-1, row, tauR[j], z)
		}
	}
	if !vectors {
		diagonalizeTwo(d.sigma, e, nil, nil, 0, 0)
	} else {
		clear(q)
		unroll(q, k, columns, long+1, tauL, long, k, z)
		transpose(d.w, q, long, k)
		unit(q[:k*k], k)
		if k > 1 {
			unroll(q[k+1:], k, a[1:], k+1, tauR, k-1, k-1, z)
		}
		transpose(d.v, q, k, k)
		diagonalizeTwo(d.sigma, e, d.w, d.v, long, k)
	}
	d.arrange(vectors)
	scale(d.sigma, size)
	return d, true
}

// reflectColumns replaces a [n m], whose rows lie lda apart, by a (I − tau v vᵀ). It
// computes in z, of n elements.
func reflectColumns(a []float64, lda, n, m int, v []float64, tau float64, z []float64) {
	if tau == 0 {
		return
	}
	for i := range n {
		z[i] = -tau * Dot(a[i*lda:][:m], v)
	}
	addOuter(a, lda, z, v, n, m, 1)
}

// arrange makes the singular values positive, and sorts them.
func (d *decomposed) arrange(vectors bool) {
	for i, s := range d.sigma {
		if s < 0 {
			d.sigma[i] = -s
			if vectors {
				row := d.v[i*d.k:][:d.k]
				Neg(row, row)
			}
		}
	}
	for i := range d.sigma {
		largest := i
		for j := i + 1; j < d.k; j++ {
			if d.sigma[j] > d.sigma[largest] {
				largest = j
			}
		}
		if largest == i {
			continue
		}
		d.sigma[i], d.sigma[largest] = d.sigma[largest], d.sigma[i]
		if vectors {
			exchange(d.w[i*d.long:][:d.long], d.w[largest*d.long:][:d.long])
			exchange(d.v[i*d.k:][:d.k], d.v[largest*d.k:][:d.k])
		}
	}
}

// diagonalizeTwo replaces the diagonal d of an upper bidiagonal matrix by its singular
// values, which may be negative. The diagonal above it, e, becomes 0. It turns the rows
// of the matrix and those of w [n long], and the columns and the rows of v [n k], by the
// method of Golub and Kahan (Golub and Van Loan, 8.6.2). Where the shift would be
// nothing, a step is that of Demmel and Kahan ("Accurate singular values of bidiagonal
// matrices", 1990), in which small values keep their digits and zeros do no harm.
func diagonalizeTwo(d, e, w, v []float64, long, k int) {
	last := len(d) - 1 // what is after it is done
	for range turns * len(d) {
		for last > 0 && negligible(d, e, last-1) {
			last--
		}
		if last <= 0 {
			return
		}
		first := last - 1 // of the block that ends with last
		for first > 0 && !negligible(d, e, first-1) {
			first--
		}
		shift := lesser(d[last-1], e[last-1], d[last])
		if t := shift / d[first]; d[first] == 0 || t*t < 0x1p-53 {
			stepWithoutShift(d, e, w, v, first, last, long, k)
		} else {
			stepWithShift(d, e, w, v, first, last, long, k, shift)
		}
	}
}

// negligible reports whether e[i] is nothing beside its neighbours, and makes it 0 then.
func negligible(d, e []float64, i int) bool {
	if math.Abs(e[i]) > 0x1p-53*(math.Abs(d[i])+math.Abs(d[i+1])) {
		return false
	}
	e[i] = 0
	return true
}

// lesser returns the lesser singular value of the matrix [f g; 0 h]. The sum of the two
// is the length of (f + h, g), and their difference that of (f − h, g).
func lesser(f, g, h float64) float64 {
	f, h = math.Abs(f), math.Abs(h)
	if f == 0 || h == 0 {
		return 0
	}
	return f / ((hypot(f+h, g) + hypot(f-h, g)) / 2) * h
}

func stepWithShift(d, e, w, v []float64, first, last, long, k int, shift float64) {
	f, g := (math.Abs(d[first])-shift)*(math.Copysign(1, d[first])+shift/d[first]), e[first]
	for i := first; i < last; i++ {
		c, s, r := givens(f, g)
		if i > first {
			e[i-1] = r
		}
		f, e[i] = float64(c*d[i])+float64(s*e[i]), float64(c*e[i])-float64(s*d[i])
		g, d[i+1] = s*d[i+1], c*d[i+1]
		rotate(v[i*k:i*k+k], v[(i+1)*k:(i+1)*k+k], c, -s)
		c, s, d[i] = givens(f, g)
		f, d[i+1] = float64(c*e[i])+float64(s*d[i+1]), float64(c*d[i+1])-float64(s*e[i])
		if i < last-1 {
			g, e[i+1] = s*e[i+1], c*e[i+1]
		}
		rotate(w[i*long:i*long+long], w[(i+1)*long:(i+1)*long+long], c, -s)
	}
	e[last-1] = f
}

func stepWithoutShift(d, e, w, v []float64, first, last, long, k int) {
	c, c2, s2 := 1.0, 1.0, 0.0
	for i := first; i < last; i++ {
		var s, r float64
		c, s, r = givens(d[i]*c, e[i])
		if i > first {
			e[i-1] = s2 * r
		}
		rotate(v[i*k:i*k+k], v[(i+1)*k:(i+1)*k+k], c, -s)
		c2, s2, d[i] = givens(c2*r, d[i+1]*s)
		rotate(w[i*long:i*long+long], w[(i+1)*long:(i+1)*long+long], c2, -s2)
	}
	h := d[last] * c
	d[last], e[last-1] = h*c2, h*s2
}
