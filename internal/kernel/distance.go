package kernel

import (
	"math"

	"github.com/descent-ml/descent/internal/kernel/work"
)

// Distances are the p-norms of the differences between each row of X [Batch, N, K]
// and each row of Y [Batch, M, K], as [Batch, N, M].
//
// Where there are more than productRows rows, the Euclidean distances come from a
// matrix product, as in PyTorch:
//
//	|x − y|² = |x|² + |y|² − 2 x·y
//
// Of rows near each other this difference has lost digits. There, and where a square
// overflows, the differences themselves are taken.
type Distances[T Float] struct {
	X, Y           []T
	Batch, N, M, K int
	P              float64
}

const (
	productRows = 25      // PyTorch's
	nearSquare  = 1. / 16 // rows are near when the square of their distance is less than this part of |x|² + |y|²
	togetherK   = 1024    // elements of rows whose differences are taken together
)

// A distanceTask computes one pair of matrices. Each part is a row of X, or, after
// those, a row of Y.
type distanceTask[T Float] struct {
	Distances[T]
	product bool
	nx, ny  []T // |x|² and |y|², for a product
	dst     []T // the value
	dist    []T // the value, for the gradient
	g       []T // the gradient by the value; nil for the value

	ratio  []T // g/dist, 0 where rows are near
	dx, dy []T
	near   []T  // for each row of X, 1 where rows of Y are near, else 0
	pull   bool // the part of the gradient by rows that are near
}

var distanceTasks work.Tasks[distanceTask[float32], distanceTask[float64]]

// Value writes the distances.
func (d *Distances[T]) Value(dst []T) {
	if d.K == 0 {
		clear(dst)
		return
	}
	t := work.Take[distanceTask[T]](&distanceTasks)
	for i := range d.Batch {
		squares := t.begin(d, i)
		t.dst = dst[i*d.N*d.M:][:d.N*d.M]
		if t.product {
			MatMul(t.dst, d.M, Matrix[T]{t.X, d.K, 1}, Matrix[T]{t.Y, 1, d.K}, d.N, d.M, d.K, Epilogue[T]{})
		}
		work.RunIf(d.N*d.M*d.K >= largeWork, d.N, t)
		work.Return(squares)
	}
	work.Give(&distanceTasks, t)
}

// Grad writes the gradients by X and Y, given the distances and g, the gradient by
// them. P is 1 or 2. Where a Euclidean distance is 0, so is its gradient.
//
//	dx[i] = Σ_j g[i,j] sign(x[i] − y[j])                    P = 1
//	dx[i] = Σ_j g[i,j]/dist[i,j] (x[i] − y[j])              P = 2
//	dy[j] = the same sums over i, with the opposite sign
func (d *Distances[T]) Grad(dx, dy, dist, g []T) {
	n, m, k := d.N, d.M, d.K
	if k == 0 {
		return
	}
	t := work.Take[distanceTask[T]](&distanceTasks)
	buf, lent := work.Borrow[T](n*m + m + n)
	large := n*m*k >= largeWork
	for i := range d.Batch {
		squares := t.begin(d, i)
		t.dist, t.g = dist[i*n*m:][:n*m], g[i*n*m:][:n*m]
		t.dx, t.dy = dx[i*n*k:][:n*k], dy[i*m*k:][:m*k]
		t.ratio, t.near, t.pull = buf[:n*m], buf[n*m+m:], !t.product
		if !t.product {
			clear(t.dx)
			clear(t.dy)
		} else {
			work.RunIf(large, n, t)
			ratio := Matrix[T]{t.ratio, m, 1}
			MatMul(t.dx, k, ratio, Matrix[T]{t.Y, k, 1}, n, k, m, Epilogue[T]{})
			MatMul(t.dy, k, ratio.transposed(), Matrix[T]{t.X, k, 1}, m, k, n, Epilogue[T]{})
			for r := range n {
				scaleMinus(t.dx[r*k:][:k], t.X[r*k:], sumPairs(t.ratio[r*m:][:m]))
			}
			sums := buf[n*m:][:m]
			SumColumns(sums, t.ratio)
			for r := range m {
				scaleMinus(t.dy[r*k:][:k], t.Y[r*k:], sums[r])
			}
			t.pull = Max(t.near) > 0
		}
		if t.pull {
			work.RunIf(large, n+m, t)
		}
		work.Return(squares)
	}
	work.Return(lent)
	work.Give(&distanceTasks, t)
}

// scaleMinus is
//
//	for i := range dst {
//		dst[i] = x[i]*scale − dst[i]
//	}
func scaleMinus[T Float](dst, x []T, scale T) {
	for i, v := range x[:len(dst)] {
		dst[i] = T(v*scale) - dst[i]
	}
}

// begin makes t the task of matrices i, and takes the squares that it needs.
func (t *distanceTask[T]) begin(d *Distances[T], i int) *work.Buffer[T] {
	t.Distances = *d
	t.X, t.Y = d.X[i*d.N*d.K:][:d.N*d.K], d.Y[i*d.M*d.K:][:d.M*d.K]
	t.product = d.P == 2 && (d.N > productRows || d.M > productRows)
	squares, lent := work.Borrow[T](d.N + d.M)
	t.nx, t.ny = squares[:d.N], squares[d.N:]
	if t.product {
		for r := range t.nx {
			t.nx[r] = T(SumSquares(t.X[r*d.K:][:d.K]))
		}
		for r := range t.ny {
			t.ny[r] = T(SumSquares(t.Y[r*d.K:][:d.K]))
		}
	}
	return lent
}

// bounds returns the numbers between which the sums of two squares must be, so that
// they have all digits.
func bounds[T Float]() (lo, hi T) {
	least, largest := 0x1p-900, math.MaxFloat64
	if size[T]() == 4 {
		least, largest = 0x1p-100, math.MaxFloat32
	}
	return T(least), T(largest)
}

func (t *distanceTask[T]) Do(part int) {
	switch {
	case t.g == nil:
		t.value(part)
	case !t.pull:
		t.ratios(part)
	default:
		t.gradient(part)
	}
}

// value writes a row of distances.
func (t *distanceTask[T]) value(i int) {
	row, x := t.dst[i*t.M:][:t.M], t.X[i*t.K:][:t.K]
	if !t.product {
		d, lent := newDifferences(x, t.Y)
		for d.next() {
			for r := range d.count {
				row[d.from+r] = t.norm(d.diff[r*t.K:][:t.K])
			}
		}
		work.Return(lent)
		return
	}
	near, nx := 0, t.nx[i]
	for j, ny := range t.ny {
		s := nx + ny
		q := s - 2*row[j]
		if !keepsDigits(q, s) {
			near++
			q = -1 // whose root is NaN
		}
		row[j] = q
	}
	Sqrt(row, row)
	if near == 0 {
		return
	}
	diff, lent := work.Borrow[T](t.K)
	for j, v := range row {
		if v != v {
			Sub(diff, x, t.Y[j*t.K:])
			row[j] = t.norm(diff)
		}
	}
	work.Return(lent)
}

// norm returns the norm of a difference. It may change the difference.
func (t *distanceTask[T]) norm(diff []T) T {
	switch t.P {
	case 1:
		Abs(diff, diff)
		return sumPairs(diff)
	case 2:
		lo, hi := bounds[T]()
		if _, q := moments(diff, 0); q >= lo && q <= hi {
			return T(math.Sqrt(float64(q)))
		}
	}
	return T(NormP(diff, t.P))
}

// ratios writes a row of g/dist, with 0 for rows that are near.
func (t *distanceTask[T]) ratios(i int) {
	ratio, dist := t.ratio[i*t.M:][:t.M], t.dist[i*t.M:][:t.M]
	Div(ratio, t.g[i*t.M:], dist)
	t.near[i] = 0
	for j := range ratio {
		if t.isNear(i, j, dist[j]) {
			ratio[j], t.near[i] = 0, 1
		}
	}
}

// isNear reports whether the product leaves the pair i, j at distance d to the
// differences.
func (t *distanceTask[T]) isNear(i, j int, d T) bool {
	return !keepsDigits(T(d*d), t.nx[i]+t.ny[j])
}

// keepsDigits reports whether q, the square of a distance computed by the product, has
// its digits: it is not small beside s, the sum of the squares of the rows.
func keepsDigits[T Float](q, s T) bool {
	lo, hi := bounds[T]()
	return q >= s*nearSquare && s >= lo && s <= hi
}

// gradient adds to the gradient by a row what comes from differences: all pairs, or
// those that are near.
func (t *distanceTask[T]) gradient(row int) {
	count, dst, x, others := t.M, t.dx, t.X, t.Y
	i, j, di, dj := row, 0, 0, 1 // the pair, and the step to the next one
	if row >= t.N {
		count, dst, x, others = t.N, t.dy, t.Y, t.X
		row -= t.N
		i, j, di, dj = 0, row, 1, 0
	} else if t.product && t.near[row] == 0 {
		return
	}
	weights, lentW := work.Borrow[T](count)
	found := false
	for r := range weights {
		d := t.dist[i*t.M+j]
		w := t.g[i*t.M+j]
		switch {
		case t.product && !t.isNear(i, j, d):
			w = 0
		case t.P == 2 && d == 0:
			w = 0
		case t.P == 2:
			w /= d
		}
		weights[r] = w
		found = found || w != 0 || d-d != 0 // an infinite difference gives NaN
		i, j = i+di, j+dj
	}
	if found {
		dst = dst[row*t.K:][:t.K]
		d, lent := newDifferences(x[row*t.K:][:t.K], others)
		for d.next() {
			if t.P == 1 {
				Sign(d.diff, d.diff)
			}
			MatMul(dst, t.K, Matrix[T]{weights[d.from:], d.count, 1}, Matrix[T]{d.diff, t.K, 1}, 1, t.K, d.count, Epilogue[T]{Accumulate: true})
		}
		work.Return(lent)
	}
	work.Return(lentW)
}

// A differences takes the differences between x and some rows at a time.
type differences[T Float] struct {
	rows, copies, room []T // copies are several of x
	k, from, count     int // diff is x minus count rows, from which on
	diff               []T
}

// newDifferences returns the differences between x and the rows, before the first
// ones are taken, and the memory that they lie in.
func newDifferences[T Float](x, rows []T) (differences[T], *work.Buffer[T]) {
	together := max(1, min(togetherK, len(rows))/len(x)) * len(x)
	buf, lent := work.Borrow[T](2 * together)
	d := differences[T]{rows: rows, copies: buf[:together], room: buf[together : 2*together], k: len(x)}
	for at := 0; at < together; at += len(x) {
		copy(d.copies[at:], x)
	}
	return d, lent
}

// next takes the differences from the next rows, and reports whether there are any.
func (d *differences[T]) next() bool {
	d.from += d.count
	n := min(len(d.room), len(d.rows)-d.from*d.k)
	if n == 0 {
		return false
	}
	d.count, d.diff = n/d.k, d.room[:n]
	Sub(d.diff, d.copies, d.rows[d.from*d.k:])
	return true
}

// NormP returns (|a[0]|ᵖ + |a[1]|ᵖ + …)^(1/p), added up in float64. For p = 0 it
// counts the elements that are not 0. For p = ±Inf it returns the largest or the
// smallest absolute value, NaN when there is one.
func NormP[T Float](a []T, p float64) float64 {
	sum := 0.0
	switch {
	case p == 0:
		for _, v := range a {
			if v != 0 {
				sum++
			}
		}
		return sum
	case p == 1:
		for _, v := range a {
			sum += math.Abs(float64(v))
		}
		return sum
	case p == 2:
		return math.Sqrt(SumSquares(a))
	case math.IsInf(p, 1):
		for _, v := range a {
			sum = max(sum, math.Abs(float64(v)))
		}
		return sum
	case math.IsInf(p, -1):
		sum = math.Inf(1)
		for _, v := range a {
			sum = min(sum, math.Abs(float64(v)))
		}
		return sum
	}
	n := 0 // the whole power, where it is small
	if p == math.Trunc(p) && p > 2 && p <= 8 {
		n = int(p)
	}
	for _, v := range a {
		w := math.Abs(float64(v))
		if n == 0 {
			sum += pow(w, p)
			continue
		}
		power := w
		for range n - 1 {
			power *= w
		}
		sum += float64(power)
	}
	return pow(sum, 1/p)
}
