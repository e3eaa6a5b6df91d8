package kernel_test

import (
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/internal/kernel"
)

// product is the product of matrices a [n k] and b [k m], in float64.
func product[T kernel.Float](a, b []T, n, k, m int) []float64 {
	out := make([]float64, n*m)
	for i := range n {
		for j := range m {
			for l := range k {
				out[i*m+j] += float64(a[i*k+l]) * float64(b[l*m+j])
			}
		}
	}
	return out
}

func transposed[T kernel.Float](a []T, n, m int) []T {
	out := make([]T, n*m)
	for i := range n {
		for j := range m {
			out[j*n+i] = a[i*m+j]
		}
	}
	return out
}

// orthonormal demands that the columns of a [n m] are.
func orthonormal[T kernel.Float](t *testing.T, a []T, n, m int, tolerance float64) {
	t.Helper()
	eye := make([]float64, m*m)
	for i := range m {
		eye[i*m+i] = 1
	}
	require.InDeltaSlice(t, eye, product(transposed(a, n, m), a, m, n, m), tolerance)
}

// resembles demands that a is want, up to a distance relative to the largest element.
func resembles[T kernel.Float](t *testing.T, want []T, got []float64, tolerance float64) {
	t.Helper()
	largest := 0.0
	for _, v := range want {
		largest = max(largest, math.Abs(float64(v)))
	}
	for i, v := range want {
		require.InDelta(t, float64(v), got[i], tolerance*largest, "element %d", i)
	}
}

// matrices calls f for matrices of many shapes: random ones, such of rank 1, zeros, and
// such with very large and very small elements.
func matrices[T kernel.Float](f func(x []T, n, m int)) {
	src := newSource(31)
	for _, s := range [][2]int{{1, 1}, {2, 2}, {3, 3}, {5, 2}, {2, 5}, {1, 4}, {4, 1}, {17, 17}, {20, 9}, {9, 20}, {40, 40}, {3, 0}, {0, 3}, {0, 0}} {
		n, m := s[0], s[1]
		x := random[T](src, n*m, -1, 1)
		f(x, n, m)
		f(make([]T, n*m), n, m)
		one := make([]T, n*m)
		for i := range one {
			one[i] = x[i/m] * x[i%m]
		}
		f(one, n, m)
		for _, c := range []float64{1e-30, 1e30} {
			scaled := make([]T, n*m)
			for i, v := range x {
				scaled[i] = v * T(c)
			}
			f(scaled, n, m)
		}
	}
}

func TestDecompositions(t *testing.T) {
	eachLevel(t, func(t *testing.T) {
		checkDecompositions[float32](t, 2e-6)
		checkDecompositions[float64](t, 4e-14)
	})
}

func checkDecompositions[T kernel.Float](t *testing.T, tolerance float64) {
	matrices(func(x []T, n, m int) {
		k := min(n, m)
		q, r := make([]T, n*k), make([]T, k*m)
		kernel.QR(q, r, x, n, m, make([]float64, kernel.QRBuffer(n, m)))
		orthonormal(t, q, n, k, tolerance)
		resembles(t, x, product(q, r, n, k, m), tolerance)
		for i := range k {
			for j := range min(i, m) {
				require.Zero(t, r[i*m+j], "below the diagonal")
			}
		}

		u, s, vh := make([]T, n*k), make([]T, k), make([]T, k*m)
		buf := make([]float64, kernel.SVDBuffer(n, m))
		require.True(t, kernel.SVD(u, s, vh, x, n, m, buf))
		orthonormal(t, u, n, k, tolerance)
		orthonormal(t, transposed(vh, k, m), m, k, tolerance)
		us := make([]float64, n*k)
		for i := range us {
			us[i] = float64(u[i]) * float64(s[i%k])
		}
		wide := make([]float64, len(vh))
		for i, v := range vh {
			wide[i] = float64(v)
		}
		resembles(t, x, product(us, wide, n, k, m), tolerance)
		for i := 1; i < k; i++ {
			require.GreaterOrEqual(t, s[i-1], s[i])
		}
		alone := make([]T, k)
		require.True(t, kernel.SVDVals(alone, x, n, m, buf))
		require.Equal(t, s, alone)

		p := make([]T, m*n)
		require.True(t, kernel.Pinv(p, x, n, m, 1e-4, buf))
		inside := make([]float64, len(x))
		for i, v := range x {
			inside[i] = float64(v)
		}
		back := make([]float64, len(p))
		for i, v := range p {
			back[i] = float64(v)
		}
		resembles(t, x, product(product(inside, back, n, m, n), inside, n, n, m), 300*tolerance)
		if n != m {
			return
		}

		x = slices.Clone(x)
		for i := range n {
			for j := range i {
				x[j*n+i] = T(math.NaN()) // nobody reads the upper triangle
			}
		}
		values, vectors := make([]T, n), make([]T, n*n)
		require.True(t, kernel.Eigh(values, vectors, x, n, make([]float64, kernel.EighBuffer(n))))
		orthonormal(t, vectors, n, n, tolerance)
		vl := make([]float64, n*n)
		for i := range vl {
			vl[i] = float64(vectors[i]) * float64(values[i%n])
		}
		whole, turned := make([]T, n*n), make([]float64, n*n)
		for i := range n {
			for j := range n {
				whole[i*n+j] = x[max(i, j)*n+min(i, j)]
				turned[i*n+j] = float64(vectors[j*n+i])
			}
		}
		resembles(t, whole, product(vl, turned, n, n, n), tolerance)
		for i := 1; i < n; i++ {
			require.LessOrEqual(t, values[i-1], values[i])
		}
	})
}

// Small singular values beside large ones have all digits.
func TestSVDIsAccurate(t *testing.T) {
	x := []float64{1, 1, 0, 1e-200, 0, 0}
	u, s, vh := make([]float64, 6), make([]float64, 2), make([]float64, 4)
	require.True(t, kernel.SVD(u, s, vh, x, 3, 2, make([]float64, kernel.SVDBuffer(3, 2))))
	require.InEpsilon(t, math.Sqrt2, s[0], 1e-15)
	require.InEpsilon(t, 1e-200/math.Sqrt2, s[1], 1e-14)
	orthonormal(t, u, 3, 2, 1e-14)
}

func TestDecompositionsRefuse(t *testing.T) {
	buf := make([]float64, 40)
	for _, v := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
		x, out := []float64{1, 0, v, 1}, make([]float64, 4)
		require.False(t, kernel.Eigh(make([]float64, 2), out, x, 2, buf))
		require.False(t, kernel.SVD(out, make([]float64, 2), out, x, 2, 2, buf))
		require.False(t, kernel.SVDVals(make([]float64, 2), x, 2, 2, buf))
		require.False(t, kernel.Pinv(out, x, 2, 2, 0, buf))
		require.False(t, kernel.Cholesky(out, x, 2, buf) && out[2]-out[2] == 0)
	}
	require.False(t, kernel.Cholesky(make([]float64, 4), []float64{1, 2, 2, 4}, 2, buf))
	require.False(t, kernel.Cholesky(make([]float64, 1), []float64{0}, 1, buf))
}

func TestTriangles(t *testing.T) {
	eachLevel(t, func(t *testing.T) {
		checkTriangles[float32](t, 2e-5)
		checkTriangles[float64](t, 1e-13)
	})
}

func checkTriangles[T kernel.Float](t *testing.T, tolerance float64) {
	src := newSource(33)
	for _, n := range []int{0, 1, 2, 3, 9, 21, 40} {
		const k = 2
		full, want := random[T](src, n*n, -0.5, 0.5), random[T](src, n*k, -1, 1)
		for i := range n {
			full[i*n+i] += 2
		}
		for _, unit := range []bool{false, true} {
			lower, upper := make([]T, n*n), make([]T, n*n)
			for i := range n {
				for j := range n {
					switch {
					case i == j && unit:
						lower[i*n+j], upper[i*n+j] = 1, 1
					case i == j:
						lower[i*n+j], upper[i*n+j] = full[i*n+j], full[i*n+j]
					case i > j:
						lower[i*n+j] = full[i*n+j]
					default:
						upper[i*n+j] = full[i*n+j]
					}
				}
			}
			for _, c := range []struct {
				a     []T
				solve func(a, b []T, n, k int, unit bool)
			}{{lower, kernel.SolveLower[T]}, {upper, kernel.SolveUpper[T]}} {
				b := make([]T, n*k)
				for i, v := range product(c.a, want, n, n, k) {
					b[i] = T(v)
				}
				c.solve(full, b, n, k, unit)
				resembles(t, want, product(b, []T{1, 0, 0, 1}, n, k, k), tolerance)
			}
		}
		l := make([]T, n*n)
		for i := range n {
			for j := range i + 1 {
				l[i*n+j] = full[i*n+j]
			}
		}
		a := make([]T, n*n)
		for i, v := range product(l, transposed(l, n, n), n, n, n) {
			a[i] = T(v)
		}
		got := make([]T, n*n)
		for i := range got {
			got[i] = 9 // what is above the diagonal has to go
		}
		require.True(t, kernel.Cholesky(got, a, n, make([]float64, n*n)))
		for i, v := range l {
			require.InDelta(t, float64(v), float64(got[i]), tolerance)
		}
		det := 1.0
		for i := range n {
			det *= float64(l[i*n+i])
		}
		x := append([]T{}, l...)
		if n > 1 { // two rows exchanged
			for j := range n {
				x[j], x[n+j] = x[n+j], x[j]
			}
			det = -det
		}
		y := append([]T{}, x...)
		require.InEpsilon(t, det, float64(kernel.Det(x, n)), tolerance)
		sign, log := kernel.SLogDet(y, n)
		require.Equal(t, math.Copysign(1, det), float64(sign))
		require.InDelta(t, math.Log(math.Abs(det)), float64(log), tolerance)
	}
	require.Zero(t, kernel.Det([]T{1, 2, 2, 4}, 2))
	sign, log := kernel.SLogDet([]T{1, 2, 2, 4}, 2)
	require.Zero(t, sign)
	require.Equal(t, math.Inf(-1), float64(log))
	nan := T(math.NaN())
	sign, log = kernel.SLogDet([]T{nan, 2, 2, 4}, 2)
	require.NotEqual(t, sign, sign)
	require.NotEqual(t, log, log)
}

// Squares of numbers this large or small are not numbers; their matrices are none the
// less taken apart.
func TestDecompositionsOfAnySize(t *testing.T) {
	src := newSource(35)
	const n, m = 5, 4
	x := random[float64](src, n*m, -1, 1)
	for _, size := range []float64{1e300, 1e-300} {
		large := make([]float64, n*m)
		for i, v := range x {
			large[i] = v * size
		}
		q, r := make([]float64, n*m), make([]float64, m*m)
		kernel.QR(q, r, large, n, m, make([]float64, kernel.QRBuffer(n, m)))
		orthonormal(t, q, n, m, 1e-14)
		s := make([]float64, m)
		require.True(t, kernel.SVDVals(s, large, n, m, make([]float64, kernel.SVDBuffer(n, m))))
		want := make([]float64, m)
		require.True(t, kernel.SVDVals(want, x, n, m, make([]float64, kernel.SVDBuffer(n, m))))
		for i := range s {
			require.InEpsilon(t, want[i], s[i]/size, 1e-13)
		}
	}
}
