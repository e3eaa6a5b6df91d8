package kernel_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/internal/allocs"
	"github.com/descent-ml/descent/internal/kernel"
)

// A reduction row is a kernel from two slices to a number. The error allowed is
// in units of ε, times the sum of the terms' magnitudes as size gives it.
type reduction struct {
	name string
	f32  func(a, b []float32) float64
	f64  func(a, b []float64) float64
	want func(a, b []float64) float64
	size func(a, b []float64) float64
}

var reductions = []reduction{
	{"Sum", func(a, _ []float32) float64 { return float64(kernel.Sum(a)) }, func(a, _ []float64) float64 { return kernel.Sum(a) },
		func(a, _ []float64) float64 { return fold(a, 0, plus) },
		func(a, _ []float64) float64 { return 20 * magnitude(a) }},
	{"Dot", func(a, b []float32) float64 { return float64(kernel.Dot(a, b)) }, func(a, b []float64) float64 { return kernel.Dot(a, b) },
		func(a, b []float64) float64 { return fold(products(a, b), 0, plus) },
		func(a, b []float64) float64 { return float64(2+len(a)/4) * magnitude(products(a, b)) }},
	{"NormP", func(a, _ []float32) float64 { return float64(kernel.NormP(a, 3)) }, func(a, _ []float64) float64 { return kernel.NormP(a, 3) },
		func(a, _ []float64) float64 {
			s := 0.0
			for _, v := range a {
				s += math.Abs(v * v * v)
			}
			return math.Cbrt(s)
		},
		func(a, _ []float64) float64 { return 8 * (1 + math.Sqrt(float64(len(a)))) }},
	{"mean of Spread", func(a, _ []float32) float64 { m, _ := kernel.Spread(a); return float64(m) },
		func(a, _ []float64) float64 { m, _ := kernel.Spread(a); return m },
		func(a, _ []float64) float64 { return fold(a, 0, plus) / float64(len(a)) },
		func(a, _ []float64) float64 { return 2 }},
	{"squares of Spread", func(a, _ []float32) float64 { _, s := kernel.Spread(a); return float64(s) },
		func(a, _ []float64) float64 { _, s := kernel.Spread(a); return s },
		func(a, _ []float64) float64 { return fold(apart(a), 0, plus) },
		func(a, _ []float64) float64 { return float64(4+len(a)/4) * magnitude(apart(a)) }},
	{"SumSquares", func(a, _ []float32) float64 { return kernel.SumSquares(a) }, func(a, _ []float64) float64 { return kernel.SumSquares(a) },
		func(a, _ []float64) float64 { return fold(products(a, a), 0, plus) },
		func(a, _ []float64) float64 { return 20 * magnitude(products(a, a)) }},
	{"Norm", func(a, _ []float32) float64 { return float64(kernel.Norm(a)) }, func(a, _ []float64) float64 { return kernel.Norm(a) },
		func(a, _ []float64) float64 { return math.Sqrt(fold(products(a, a), 0, plus)) },
		func(a, _ []float64) float64 { return 10 * math.Sqrt(magnitude(products(a, a))) }},
	{"Prod", func(a, _ []float32) float64 { return float64(kernel.Prod(a)) }, func(a, _ []float64) float64 { return kernel.Prod(a) },
		func(a, _ []float64) float64 { return fold(a, 1, func(x, y float64) float64 { return x * y }) },
		func(a, _ []float64) float64 {
			return float64(len(a)) * math.Abs(fold(a, 1, func(x, y float64) float64 { return x * y }))
		}},
	{"Max", func(a, _ []float32) float64 { return float64(kernel.Max(a)) }, func(a, _ []float64) float64 { return kernel.Max(a) },
		func(a, _ []float64) float64 { return fold(a, math.Inf(-1), larger) }, nil},
	{"Min", func(a, _ []float32) float64 { return float64(kernel.Min(a)) }, func(a, _ []float64) float64 { return kernel.Min(a) },
		func(a, _ []float64) float64 {
			return fold(a, math.Inf(1), func(x, y float64) float64 { return -larger(-x, -y) })
		}, nil},
	{"LogSumExp", func(a, _ []float32) float64 { return float64(kernel.LogSumExp(a)) }, func(a, _ []float64) float64 { return kernel.LogSumExp(a) },
		func(a, _ []float64) float64 { return logSumExp(a) },
		func(a, _ []float64) float64 { return 8 + 4*math.Abs(logSumExp(a)) }},
	{"Finite", func(a, _ []float32) float64 { return truth(kernel.Finite(a)) }, func(a, _ []float64) float64 { return truth(kernel.Finite(a)) },
		func(a, _ []float64) float64 {
			return truth(!math.IsInf(fold(a, 0, plus), 0) && fold(a, 0, plus) == fold(a, 0, plus))
		}, nil},
}

func plus(a, b float64) float64 { return a + b }

func fold(a []float64, start float64, f func(x, y float64) float64) float64 {
	for _, v := range a {
		start = f(start, v)
	}
	return start
}

func magnitude(a []float64) float64 {
	return fold(a, 0, func(s, v float64) float64 { return s + math.Abs(v) })
}

func products(a, b []float64) []float64 {
	out := make([]float64, len(a))
	for i := range a {
		out[i] = a[i] * b[i]
	}
	return out
}

// apart returns the squared distances from the mean.
func apart(a []float64) []float64 {
	mean := fold(a, 0, plus) / float64(len(a))
	out := make([]float64, len(a))
	for i, v := range a {
		out[i] = (v - mean) * (v - mean)
	}
	return out
}

func logSumExp(a []float64) float64 {
	m := fold(a, math.Inf(-1), larger)
	if math.IsInf(m, 0) {
		return m
	}
	return m + math.Log(fold(a, 0, func(s, v float64) float64 { return s + math.Exp(v-m) }))
}

func TestReductions(t *testing.T) {
	for _, k := range reductions {
		t.Run(k.name, func(t *testing.T) {
			eachLevel(t, func(t *testing.T) {
				checkReduction(t, k, k.f32)
				checkReduction(t, k, k.f64)
			})
		})
	}
}

func checkReduction[T kernel.Float](t *testing.T, k reduction, f func(a, b []T) float64) {
	src := newSource(3)
	for _, n := range sizes {
		for shift := range shifts(n) {
			for _, special := range []bool{false, true} {
				x, y := random[T](src, n, -1.5, 1.5), random[T](src, n, -1.5, 1.5)
				if special && n < 20 {
					x = odd[T](src, n, -1.5, 1.5)
				}
				a, b := copyOf(x, shift), copyOf(y, 3-shift)
				got := f(a.s, b.s)
				a.unchanged(t, k.name, x)
				b.unchanged(t, k.name, y)
				tolerance := 0.0
				if k.size != nil {
					if tolerance = k.size(wide(x), wide(y)); math.IsNaN(tolerance) || math.IsInf(tolerance, 0) {
						tolerance = 0
					}
				}
				near(t, k.name, k.want(wide(x), wide(y)), T(got), 0, tolerance)
			}
		}
	}
}

// The order of a sum depends on the length alone, not on the alignment.
func TestSumOrder(t *testing.T) {
	src := newSource(4)
	for _, n := range sizes {
		x := random[float32](src, n, -1, 1)
		want := kernel.Sum(x)
		for shift := range 8 {
			require.Equal(t, want, kernel.Sum(copyOf(x, shift).s))
		}
	}
}

func TestArg(t *testing.T) {
	src := newSource(5)
	nan := math.NaN()
	for _, n := range sizes[1:] {
		x := random[float64](src, n, -1, 1)
		at := src.IntN(n)
		for _, v := range []float64{5, -5, nan} {
			y := copyOf(x, n%4)
			y.s[at] = v
			for i := at; i < n; i += 7 { // later ones do not count
				y.s[i] = v
			}
			z := make([]float32, n)
			kernel.Convert(z, y.s)
			if v != -5 {
				require.Equal(t, at, kernel.ArgMax(y.s))
				require.Equal(t, at, kernel.ArgMax(z))
			}
			if v != 5 {
				require.Equal(t, at, kernel.ArgMin(y.s))
				require.Equal(t, at, kernel.ArgMin(z))
			}
		}
	}
	require.Equal(t, 0, kernel.ArgMax([]float32{nanOf[float32](), nanOf[float32](), 7}))
	require.Equal(t, 0, kernel.ArgMin([]float64{math.Inf(1), math.Inf(1)}))
}

func nanOf[T kernel.Float]() T { return T(math.NaN()) }

// A row kernel maps a row, or two, to a row.
type rowKernel struct {
	name  string
	arity int
	f32   func(dst, a, b []float32)
	f64   func(dst, a, b []float64)
	want  func(a, b []float64) []float64
	ulps  float64
	abs   float64 // per element of the row, in ε
}

var rowKernels = []rowKernel{
	{"CumSum", 1, func(dst, a, _ []float32) { kernel.CumSum(dst, a) }, func(dst, a, _ []float64) { kernel.CumSum(dst, a) },
		func(a, _ []float64) []float64 {
			out := make([]float64, len(a))
			for i := range a {
				out[i] = fold(a[:i+1], 0, plus)
			}
			return out
		}, 2, 30},
	{"LogCumSumExp", 1, func(dst, a, _ []float32) { kernel.LogCumSumExp(dst, a) }, func(dst, a, _ []float64) { kernel.LogCumSumExp(dst, a) },
		func(a, _ []float64) []float64 {
			out, s := make([]float64, len(a)), 0.0
			for i, v := range a {
				s += math.Exp(v)
				out[i] = math.Log(s)
			}
			return out
		}, 8, 8},
	{"LogCumSumExpGrad", 2, kernel.LogCumSumExpGrad[float32], kernel.LogCumSumExpGrad[float64],
		func(y, dy []float64) []float64 {
			out, s := make([]float64, len(y)), 0.0
			for i := len(y) - 1; i >= 0; i-- {
				s += dy[i] * math.Exp(-y[i])
				out[i] = s * math.Exp(y[i])
			}
			return out
		}, 64, 64},
	{"Softmax", 1, func(dst, a, _ []float32) { kernel.Softmax(dst, a) }, func(dst, a, _ []float64) { kernel.Softmax(dst, a) },
		func(a, _ []float64) []float64 {
			out := logSoftmax(a)
			for i, v := range out {
				out[i] = math.Exp(v)
			}
			return out
		}, 64, 0.05},
	{"LogSoftmax", 1, func(dst, a, _ []float32) { kernel.LogSoftmax(dst, a) }, func(dst, a, _ []float64) { kernel.LogSoftmax(dst, a) },
		func(a, _ []float64) []float64 { return logSoftmax(a) }, 4, 4},
	{"SoftmaxGrad", 2, kernel.SoftmaxGrad[float32], kernel.SoftmaxGrad[float64],
		func(y, dy []float64) []float64 {
			out, dot := make([]float64, len(y)), fold(products(y, dy), 0, plus)
			for i := range y {
				out[i] = y[i] * (dy[i] - dot)
			}
			return out
		}, 8, 60},
	{"LogSoftmaxGrad", 2, kernel.LogSoftmaxGrad[float32], kernel.LogSoftmaxGrad[float64],
		func(y, dy []float64) []float64 {
			out, s := make([]float64, len(y)), fold(dy, 0, plus)
			for i := range y {
				out[i] = dy[i] - math.Exp(y[i])*s
			}
			return out
		}, 8, 60},
}

func logSoftmax(a []float64) []float64 {
	out, l := make([]float64, len(a)), logSumExp(a)
	for i, v := range a {
		out[i] = v - l
	}
	return out
}

func TestRows(t *testing.T) {
	for _, k := range rowKernels {
		t.Run(k.name, func(t *testing.T) {
			eachLevel(t, func(t *testing.T) {
				checkRow(t, k, k.f32)
				checkRow(t, k, k.f64)
			})
		})
	}
}

func checkRow[T kernel.Float](t *testing.T, k rowKernel, f func(dst, a, b []T)) {
	src := newSource(6)
	for _, n := range sizes {
		for shift := range shifts(n) {
			x, y := random[T](src, n, -1.5, 1.5), random[T](src, n, -1.5, 1.5)
			want := k.want(wide(x), wide(y))
			for alias := -1; alias < k.arity; alias++ {
				a, b, dst := copyOf(x, shift), copyOf(y, 1), guardedSlice[T](n, 3-shift)
				switch alias {
				case 0:
					dst = a
				case 1:
					dst = b
				}
				f(dst.s, a.s, b.s)
				dst.intact(t, k.name)
				if alias != 0 {
					a.unchanged(t, k.name, x)
				}
				if alias != 1 {
					b.unchanged(t, k.name, y)
				}
				for i, got := range dst.s {
					near(t, k.name, want[i], got, k.ulps, k.abs*float64(n))
				}
			}
		}
	}
}

// One element is enough, wherever it stands, and large numbers are finite though
// their sum is not.
func TestFinite(t *testing.T) {
	eachLevel(t, func(t *testing.T) {
		checkFinite[float32](t, math.MaxFloat32)
		checkFinite[float64](t, math.MaxFloat64)
	})
}

func checkFinite[T kernel.Float](t *testing.T, largest T) {
	t.Helper()
	for _, n := range []int{0, 1, 2, 7, 8, 9, 31, 64, 65, 131, 1027} {
		a := make([]T, n)
		for _, fill := range []T{1, largest, -largest} {
			for i := range a {
				a[i] = fill
			}
			require.True(t, kernel.Finite(a), "%d times %v", n, fill)
			for i := range a {
				for _, bad := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
					a[i] = T(bad)
					if kernel.Finite(a) {
						t.Fatalf("%v at %d of %d times %v is finite", bad, i, n, fill)
					}
				}
				a[n-1-i] = T(math.Inf(1)) // a[i] is −Inf
				if kernel.Finite(a) {
					t.Fatalf("both infinities among %d times %v are finite", n, fill)
				}
				a[i], a[n-1-i] = fill, fill
			}
		}
	}
}

// A sum of −0 is 0, in each of the ways in which columns are added up.
func TestColumnsOfNegativeZeros(t *testing.T) {
	eachLevel(t, func(t *testing.T) {
		for rows := range 40 {
			x, dst := make([]float32, 3*rows), []float32{1, 1, 1}
			kernel.Fill(x, float32(math.Copysign(0, -1)))
			kernel.SumColumns(dst, x)
			for _, v := range dst {
				require.Equal(t, uint32(0), math.Float32bits(v), "%d rows", rows)
			}
			if rows == 0 {
				continue // a Cascade needs a row
			}
			var c kernel.Cascade[float32]
			c.Begin(dst, rows)
			for range rows {
				c.Add(x[:3])
			}
			for _, v := range dst {
				require.Equal(t, uint32(0), math.Float32bits(v), "%d rows, one by one", rows)
			}
		}
	})
}

// What a sum of many rows borrows it gives back.
func TestColumnsBorrow(t *testing.T) {
	x, dst := make([]float32, 5*1000), make([]float32, 5)
	kernel.SumColumns(dst, x)
	require.Less(t, allocs.Bytes(func() {
		for range 1000 {
			kernel.SumColumns(dst, x)
		}
	}), uint64(1000))
}
