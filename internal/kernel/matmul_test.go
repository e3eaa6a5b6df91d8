package kernel_test

import (
	"fmt"
	"math"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/internal/kernel"
)

// placements are ways in which a matrix lies in memory: the strides of its
// rows and columns.
var placements = []struct {
	name    string
	strides func(rows, columns int) (row, column int)
}{
	{"rows", func(rows, columns int) (int, int) { return columns, 1 }},
	{"columns", func(rows, columns int) (int, int) { return 1, rows }},
	{"rows apart", func(rows, columns int) (int, int) { return columns + 3, 1 }},
	{"columns apart", func(rows, columns int) (int, int) { return 1, rows + 2 }},
	{"all apart", func(rows, columns int) (int, int) { return 2*columns + 1, 2 }},
}

// place returns the matrix of values, row by row, in memory of its own, with
// NaN between the elements.
func place[T kernel.Float](values []T, rows, columns, row, column int) (kernel.Matrix[T], guarded[T]) {
	n := 0
	if rows > 0 && columns > 0 {
		n = (rows-1)*row + (columns-1)*column + 1
	}
	g := guardedSlice[T](n, rows%4)
	for i := range g.s {
		g.s[i] = T(math.NaN())
	}
	for i := range rows {
		for j := range columns {
			g.s[i*row+j*column] = values[i*columns+j]
		}
	}
	return kernel.Matrix[T]{Data: g.s, Row: row, Col: column}, g
}

func TestMatMul(t *testing.T) {
	small := []int{0, 1, 2, 3, 4, 5, 7, 8}
	eachLevel(t, func(t *testing.T) {
		for _, m := range small {
			for _, n := range small {
				for _, k := range small {
					checkMatMul[float32](t, m, n, k)
					checkMatMul[float64](t, m, n, k)
				}
			}
		}
	})
}

// The sizes cover every height of a tile and every number of remaining columns.
func TestMatMulTiles(t *testing.T) {
	eachLevel(t, func(t *testing.T) {
		for m := range 41 {
			for n := range 41 {
				k := (7*m + 13*n) % 41
				checkMatMul[float32](t, m, n, k)
				checkMatMul[float64](t, m, n, (k+20)%41)
			}
		}
	})
}

// These sizes are cut into bands of 4 to 14 rows, panels of 128 columns, blocks of
// 112 rows and 256 or 512 terms, slabs of 1024 columns and terms, and parts for
// several goroutines.
func TestMatMulBlocks(t *testing.T) {
	eachLevel(t, func(t *testing.T) {
		for _, c := range [][3]int{
			{4, 4, 1100}, {5, 4, 1030}, {6, 7, 513}, {64, 64, 64}, {70, 65, 257},
			{111, 9, 40}, {112, 33, 255}, {113, 31, 256}, {337, 5, 20},
			{4, 1023, 30}, {5, 1024, 20}, {6, 1025, 257}, {4, 2100, 5}, {30, 2070, 40},
			{1, 300, 100}, {300, 1, 100}, {3, 90, 90}, {90, 2, 120}, {1, 130, 1030}, {1030, 1, 260},
			{15, 128, 512}, {29, 200, 1024}, {58, 300, 300}, {61, 129, 1100}, {129, 777, 33}, {1, 2, 2500}, {17, 640, 1}, {30, 1100, 300}, {10, 513, 1024},
		} {
			checkMatMul[float32](t, c[0], c[1], c[2])
			checkMatMul[float64](t, c[0], c[1], c[2])
		}
	})
}

// A sum that is NaN stays NaN, whatever is added to it.
func TestMatMulNaN(t *testing.T) {
	eachLevel(t, func(t *testing.T) {
		for _, n := range []int{1, 5, 40} {
			a, b := make([]float32, 3*n), make([]float32, n*n)
			for i := range n {
				b[i*n+i] = 1
			}
			a[0], a[n], a[2*n] = float32(math.NaN()), float32(math.Inf(1)), -1
			got := make([]float32, 3*n)
			kernel.MatMul(got, n, kernel.Matrix[float32]{Data: a, Row: n, Col: 1}, kernel.Matrix[float32]{Data: b, Row: n, Col: 1}, 3, n, n, kernel.Epilogue[float32]{ReLU: true})
			require.True(t, math.IsNaN(float64(got[0])), n)
			require.Equal(t, math.Inf(1), float64(got[n]), n)
			require.Zero(t, got[2*n], n)
		}
	})
}

// The results are the same bits, whichever goroutines do the parts.
func TestMatMulThreads(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	eachLevel(t, func(t *testing.T) {
		for _, c := range [][3]int{{100, 150, 300}, {20, 500, 300}, {500, 20, 300}, {1, 4000, 600}, {30, 1100, 300}, {30, 600, 1024}} {
			for i, pa := range placements {
				checkThreads[float32](t, c[0], c[1], c[2], pa.strides, placements[(i+2)%len(placements)].strides)
				checkThreads[float64](t, c[0], c[1], c[2], pa.strides, placements[(i+2)%len(placements)].strides)
			}
		}
	})
}

func checkThreads[T kernel.Float](t *testing.T, m, n, k int, strideA, strideB func(rows, columns int) (int, int)) {
	t.Helper()
	src := newSource(11)
	ra, ca := strideA(m, k)
	rb, cb := strideB(k, n)
	a, _ := place(random[T](src, m*k, -1, 1), m, k, ra, ca)
	b, _ := place(random[T](src, k*n, -1, 1), k, n, rb, cb)
	var want []T
	for _, threads := range []int{1, 2, 3, 8} {
		runtime.GOMAXPROCS(threads)
		got := make([]T, m*n)
		kernel.MatMul(got, n, a, b, m, n, k, kernel.Epilogue[T]{})
		if want == nil {
			want = got
		}
		require.Equal(t, want, got, "%d×%d×%d on %d threads", m, n, k, threads)
	}
}

func checkMatMul[T kernel.Float](t *testing.T, m, n, k int) {
	t.Helper()
	src := newSource(10)
	x, y, bias := random[T](src, m*k, -1, 1), random[T](src, k*n, -1, 1), random[T](src, n, -1, 1)
	before := random[T](src, m*n, -1, 1)
	want, size := make([]float64, m*n), make([]float64, m*n)
	for i := range m {
		for j := range n {
			for p := range k {
				term := float64(x[i*k+p]) * float64(y[p*n+j])
				want[i*n+j] += term
				size[i*n+j] += math.Abs(term)
			}
		}
	}
	// Every placement of each operand, every epilogue and every distance between
	// rows of the destination is tested, but not every combination.
	for i, pa := range placements {
		for j, pb := range placements {
			if m*n*k > 1<<9 && j != (i+m+n)%len(placements) {
				continue
			}
			ra, ca := pa.strides(m, k)
			rb, cb := pb.strides(k, n)
			a, ga := place(x, m, k, ra, ca)
			b, gb := place(y, k, n, rb, cb)
			ldd := n + (i+j)%2*3
			var ep kernel.Epilogue[T]
			ep.Accumulate = (i+j)%3 == 0
			if j%2 == 1 {
				ep.Bias = bias
			}
			ep.ReLU = (i+2*j)%4 > 1
			dst := guardedSlice[T](max(0, (m-1)*ldd+n), j)
			for i := range dst.s {
				if dst.s[i] = guard; i%ldd < n {
					dst.s[i] = T(math.NaN()) // the product must overwrite this
					if ep.Accumulate {
						dst.s[i] = before[i/ldd*n+i%ldd]
					}
				}
			}
			what := fmt.Sprintf("%d×%d×%d, %s × %s, accumulate %v, ReLU %v", m, n, k, pa.name, pb.name, ep.Accumulate, ep.ReLU)
			kernel.MatMul(dst.s, ldd, a, b, m, n, k, ep)
			dst.intact(t, what)
			ga.intact(t, what)
			gb.intact(t, what)
			for i, got := range dst.s {
				if i%ldd >= n {
					near(t, what+": between rows", guard, got, 0, 0)
					continue
				}
				at := i/ldd*n + i%ldd
				sum, bound := want[at], size[at]
				if ep.Accumulate {
					sum, bound = sum+float64(before[at]), bound+math.Abs(float64(before[at]))
				}
				if ep.Bias != nil {
					sum, bound = sum+float64(bias[i%ldd]), bound+math.Abs(float64(bias[i%ldd]))
				}
				if ep.ReLU {
					sum = max(0, sum)
				}
				near(t, what, sum, got, 1, float64(k+2)*bound)
			}
		}
	}
}

// A batch is one product after another, in parts of several or of one.
func TestMatMulBatch(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(4))
	for _, c := range []struct{ m, n, k, count, moveA, moveB int }{
		{3, 4, 5, 7, 15, 20}, {3, 4, 5, 7, 0, 20}, {2, 2, 2, 0, 4, 4}, {2, 3, 0, 2, 0, 0},
		{30, 20, 40, 130, 1200, 800}, {30, 20, 40, 130, 1200, 0}, {128, 128, 128, 3, 128 * 128, 128 * 128},
	} {
		src := newSource(12)
		a := random[float32](src, c.m*c.k+max(0, c.count-1)*c.moveA, -1, 1)
		b := random[float32](src, c.k*c.n+max(0, c.count-1)*c.moveB, -1, 1)
		got, want := make([]float32, c.count*c.m*c.n), make([]float32, c.count*c.m*c.n)
		ma, mb := kernel.Matrix[float32]{Data: a, Row: c.k, Col: 1}, kernel.Matrix[float32]{Data: b, Row: c.n, Col: 1}
		kernel.MatMulBatch(got, ma, mb, c.m, c.n, c.k, c.count, c.moveA, c.moveB)
		for i := range c.count {
			x, y := ma, mb
			x.Data, y.Data = a[i*c.moveA:], b[i*c.moveB:]
			kernel.MatMul(want[i*c.m*c.n:], c.n, x, y, c.m, c.n, c.k, kernel.Epilogue[float32]{})
		}
		require.Equal(t, want, got, "%+v", c)
	}
}
