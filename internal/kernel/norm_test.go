package kernel_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/descent-ml/descent/internal/kernel"
)

func TestNormalizationGradients(t *testing.T) {
	eachLevel(t, func(t *testing.T) {
		checkNormalizationGradients[float32](t)
		checkNormalizationGradients[float64](t)
	})
}

// The sums over a row, and what comes of them, against their formulas in
// float64, on all sizes and alignments.
func checkNormalizationGradients[T kernel.Float](t *testing.T) {
	const mean, rstd, shift, slope = 0.25, 2, 0.5, -0.75
	src := newSource(31)
	for _, n := range sizes {
		for at := range shifts(n) {
			draw := func() []T { return random[T](src, n, -1, 1) }
			x, dy, w, dw, db := draw(), draw(), draw(), draw(), draw()
			gx, gdy, gw := copyOf(x, at), copyOf(dy, 1), copyOf(w, 2)
			dx, gdw, gdb := guardedSlice[T](n, 3), copyOf(dw, at), copyOf(db, 1)
			sum, dot := kernel.NormalizeGradSums(gx.s, gdy.s, mean)
			sumW, dotW := kernel.LayerNormGradSums(gx.s, gdy.s, gw.s, mean)
			kernel.LayerNormGrad(dx.s, gdw.s, gdb.s, gx.s, gdy.s, gw.s, mean, rstd, shift, slope)

			what := fmt.Sprintf("gradient of a normalization of %d", n)
			gx.unchanged(t, what, x)
			gdy.unchanged(t, what, dy)
			gw.unchanged(t, what, w)
			dx.intact(t, what)
			gdw.intact(t, what)
			gdb.intact(t, what)
			var want [4]float64
			for i := range n {
				d, g, weight := float64(x[i])-mean, float64(dy[i]), float64(w[i])
				want[0] += g
				want[1] += g * d
				want[2] += g * weight
				want[3] += g * weight * d
				near(t, what+" by x", rstd*(g*weight-shift-d*slope), dx.s[i], 2, 8)
				near(t, what+" by weight", float64(dw[i])+g*d*rstd, gdw.s[i], 2, 8)
				near(t, what+" by bias", float64(db[i])+g, gdb.s[i], 1, 0)
			}
			for i, got := range []T{sum, dot, sumW, dotW} {
				near(t, fmt.Sprintf("%s: sum %d", what, i), want[i], got, 1, float64(n)*math.Sqrt(float64(n)))
			}
		}
	}
}
