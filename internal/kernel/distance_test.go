package kernel_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/internal/kernel"
)

// Distances and their gradients are those of the formula, in as many rows as give a
// product and in few, and so are those of rows that are near, far, or equal.
func TestDistances(t *testing.T) {
	eachLevel(t, func(t *testing.T) {
		checkDistances[float32](t)
		checkDistances[float64](t)
	})
}

func checkDistances[T kernel.Float](t *testing.T) {
	src := newSource(41)
	for _, p := range []float64{1, 2, 3} {
		for _, size := range [][3]int{{1, 1, 1}, {5, 4, 3}, {25, 25, 7}, {26, 3, 9}, {3, 26, 1}, {30, 40, 33}, {4, 5, 1100}, {0, 3, 2}, {3, 0, 2}, {3, 4, 0}} {
			d := kernel.Distances[T]{Batch: 2, N: size[0], M: size[1], K: size[2], P: p}
			d.X, d.Y = random[T](src, 2*d.N*d.K, -1, 1), random[T](src, 2*d.M*d.K, -1, 1)
			if d.N > 20 { // some rows are near, equal, tiny and huge
				for i := range d.K {
					d.X[i] = d.Y[i] + T(i%3)*T(1e-6)
					d.X[2*d.K+i] = d.Y[d.K+i]
					d.X[3*d.K+i] *= 1e-30
					d.Y[2*d.K+i] *= 1e-30
					d.X[4*d.K+i] *= 1e25
				}
			}
			dist, g := make([]T, 2*d.N*d.M), random[T](src, 2*d.N*d.M, -1, 1)
			d.Value(dist)
			dx, dy := make([]T, len(d.X)), make([]T, len(d.Y))
			what := fmt.Sprintf("%v, p %g", size, p)
			wantX, wantY := make([]float64, len(dx)), make([]float64, len(dy))
			sizeX, sizeY := make([]float64, len(dx)), make([]float64, len(dy)) // sums of absolute values
			for b := range 2 {
				for i := range d.N {
					for j := range d.M {
						diff, sum := make([]float64, d.K), 0.0
						for k := range d.K {
							diff[k] = float64(d.X[(b*d.N+i)*d.K+k]) - float64(d.Y[(b*d.M+j)*d.K+k])
							sum += math.Pow(math.Abs(diff[k]), p)
						}
						at := (b*d.N+i)*d.M + j
						want := math.Pow(sum, 1/p)
						near(t, what, want, dist[at], 100, 0)
						for k, v := range diff {
							slope := 0.0
							switch {
							case v == 0 || want == 0:
							case p == 1:
								slope = float64(g[at]) * v / math.Abs(v)
							case p == 2:
								slope = float64(g[at]) * v / want
							}
							wantX[(b*d.N+i)*d.K+k] += slope
							wantY[(b*d.M+j)*d.K+k] -= slope
							sizeX[(b*d.N+i)*d.K+k] += 1
							sizeY[(b*d.M+j)*d.K+k] += 1
						}
					}
				}
			}
			if p == 3 {
				continue
			}
			d.Grad(dx, dy, dist, g)
			for i := range dx {
				near(t, what+": by x", wantX[i], dx[i], 8, 20*sizeX[i])
			}
			for i := range dy {
				near(t, what+": by y", wantY[i], dy[i], 8, 20*sizeY[i])
			}
		}
	}
}

// NaN and infinities reach the distances of their rows, and no other ones.
func TestDistancesOfSpecialValues(t *testing.T) {
	const n = 30
	x, y := random[float32](newSource(42), n*4, -1, 1), random[float32](newSource(43), n*4, -1, 1)
	x[0], x[4], x[8], y[0] = float32(math.NaN()), float32(math.Inf(1)), float32(math.Inf(-1)), float32(math.Inf(1))
	dist := make([]float32, n*n)
	d := kernel.Distances[float32]{X: x, Y: y, Batch: 1, N: n, M: n, K: 4, P: 2}
	d.Value(dist)
	inf := float32(math.Inf(1))
	for j := range n {
		require.True(t, dist[j] != dist[j], "NaN − a number")
		require.Equal(t, inf, dist[2*n+j], "−Inf − a number")
	}
	require.True(t, dist[n] != dist[n], "Inf − Inf")
	require.Equal(t, inf, dist[n+1])
	for i := 3; i < n; i++ {
		require.Equal(t, inf, dist[i*n])
		for j := 1; j < n; j++ {
			require.Less(t, dist[i*n+j], float32(4))
		}
	}
}
