package tensor_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/tensor"
)

func TestStandardize(t *testing.T) {
	const eps = 1e-3
	src := newSource(30)
	for _, shape := range [][]int{{5}, {3, 4}, {4, 3, 5}, {2, 3, 4, 5}, {6, 1, 2}, {30, 2}, {2, 1500}} {
		for axes := range subsets(len(shape)) {
			if len(axes) == 0 {
				continue
			}
			x, dy := src.grid(-2, 3, shape...), src.grid(-1, 1, shape...)
			m := x.reduce(axes, mean)
			v := x.reduce(axes, func(x []float64) float64 { return variance(x, 0) })
			rstd := v.apply(func(v float64) float64 { return 1 / math.Sqrt(v+eps) })
			y := apply2(apply2(x, m, minus), rstd, times)
			dot := apply2(dy, y, times).reduce(axes, mean)
			dx := apply2(apply2(apply2(dy, dy.reduce(axes, mean), minus), apply2(y, dot, times), minus), rstd, times)
			for _, dt := range dtypes {
				tol := tolerance{32, 256}
				for i, l := range layouts {
					tx := l.put(dt, x)
					set := tx.AxesOf("test", axes...)
					tm, tv := tensor.ZerosOf(dt, m.shape...), tensor.ZerosOf(dt, m.shape...)
					ty := stale(dt, shape, func(dst *tensor.Tensor) { tensor.StandardizeTo(dst, tm, tv, tx, set, eps) })
					y.near(t, ty, tol)
					m.near(t, tm, tol)
					v.near(t, tv, tol)
					x.near(t, tx, exact)

					self := put(dt, x)
					tensor.StandardizeTo(self, tm, tv, self, set, eps)
					y.near(t, self, tol)

					k := layouts[(i+1)%len(layouts)]
					dx.near(t, stale(dt, shape, func(dst *tensor.Tensor) {
						tensor.StandardizeGradTo(dst, l.put(dt, y), k.put(dt, dy), tv, set, eps)
					}), tolerance{64, 512})
				}
			}
		}
	}
}

func minus(a, b float64) float64 { return a - b }
func times(a, b float64) float64 { return a * b }

// A large mean does not drown a small variance.
func TestStandardizeIsStable(t *testing.T) {
	x := tensor.New([]float32{10000, 10001, 10002, 10003}, 4)
	m, v := tensor.Zeros(1), tensor.Zeros(1)
	tensor.StandardizeTo(x, m, v, x, x.AxesOf("test"), 0)
	require.Equal(t, 10001.5, m.Item())
	require.Equal(t, 1.25, v.Item())
}

func TestStandardizeNothing(t *testing.T) {
	x := tensor.Zeros(0, 3)
	m, v := tensor.Ones(1, 3), tensor.Ones(1, 3)
	tensor.StandardizeTo(x, m, v, x, x.AxesOf("test", 0), 0.1)
	require.True(t, math.IsNaN(m.At(0, 2)) && math.IsNaN(v.At(0, 0)))
	tensor.StandardizeGradTo(x, x, x, v, x.AxesOf("test", 0), 0.1)

	m, v = tensor.Zeros(0, 1), tensor.Zeros(0, 1)
	tensor.StandardizeTo(x, m, v, x, x.AxesOf("test", 1), 0.1)
}

func TestBlend(t *testing.T) {
	for _, dt := range dtypes {
		running := put(dt, grid{[]int{3}, []float64{1, 2, 3}})
		running.Blend(put(dt, grid{[]int{1, 3}, []float64{10, 20, -4}}), 0.75, 0.25)
		require.Equal(t, []float64{3.25, 6.5, 1.25}, tensor.Values(running))
	}
}

// Batch and layer normalisation are the standardization, times a weight, plus a
// bias, with the gradients that follow.
func TestAffineNormalization(t *testing.T) {
	const eps = 1e-3
	src := newSource(31)
	for _, c := range []struct {
		shape, w []int
		trailing int // 0 for batch normalisation
	}{
		{shape: []int{4, 3}, w: []int{3}}, {shape: []int{2, 3, 5}, w: []int{3}}, {shape: []int{3, 2, 4, 6}, w: []int{2}}, {shape: []int{1, 3, 7}, w: []int{3}},
		{shape: []int{40, 5, 3}, w: []int{5}},
		{shape: []int{4, 3}, w: []int{3}, trailing: 1}, {shape: []int{70, 33}, w: []int{33}, trailing: 1}, {shape: []int{2, 3, 4}, w: []int{3, 4}, trailing: 2},
		{shape: []int{6}, w: []int{6}, trailing: 1},
	} {
		rank := len(c.shape)
		var axes, stat []int // those that are standardized over, and the shape of the statistics
		for i, d := range c.shape {
			if c.trailing == 0 && i != 1 || i >= rank-c.trailing && c.trailing > 0 {
				axes = append(axes, i)
			} else {
				stat = append(stat, d)
			}
		}
		x, dy, w, b := src.grid(-2, 3, c.shape...), src.grid(-1, 1, c.shape...), src.grid(0.5, 2, c.w...), src.grid(-1, 1, c.w...)
		m, v := x.reduce(axes, mean), x.reduce(axes, func(x []float64) float64 { return variance(x, 0) })
		rstd := v.apply(func(v float64) float64 { return 1 / math.Sqrt(v+eps) })
		u := apply2(apply2(x, m, minus), rstd, times)
		wide := func(g grid) grid { // that broadcasts
			if c.trailing == 0 {
				g.shape = append([]int{len(g.v)}, make([]int, rank-2)...)
				for i := range rank - 2 {
					g.shape[i+1] = 1
				}
			}
			return g
		}
		for _, affine := range []bool{true, false} {
			y, g := u, dy
			if affine {
				y = apply2(apply2(u, wide(w), times), wide(b), func(a, b float64) float64 { return a + b })
				g = apply2(dy, wide(w), times)
			}
			dx := apply2(apply2(apply2(g, g.reduce(axes, mean), minus), apply2(u, apply2(g, u, times).reduce(axes, mean), times), minus), rstd, times)
			var others []int
			for i := range rank {
				if c.trailing == 0 && i != 1 || i < rank-c.trailing && c.trailing > 0 {
					others = append(others, i)
				}
			}
			dw, db := apply2(dy, u, times).reduce(others, sum), dy.reduce(others, sum)
			dw.shape, db.shape = c.w, c.w
			for _, dt := range dtypes {
				for i, l := range layouts {
					k := layouts[(i+1)%len(layouts)]
					tm, tv := tensor.ZerosOf(dt, stat...), tensor.ZerosOf(dt, stat...)
					tx, tdy := l.put(dt, x), k.put(dt, dy)
					var tw, tb, tdw, tdb *tensor.Tensor
					if affine {
						tw, tb, tdw, tdb = k.put(dt, w), l.put(dt, b), tensor.ZerosOf(dt, c.w...), tensor.ZerosOf(dt, c.w...)
					}
					tol := tolerance{64, 512}
					y.near(t, stale(dt, c.shape, func(dst *tensor.Tensor) {
						if c.trailing == 0 {
							tensor.BatchNormTo(dst, tm, tv, tx, tw, tb, eps)
						} else {
							tensor.LayerNormTo(dst, tm, tv, tx, tw, tb, c.trailing, eps)
						}
					}), tol)
					dx.near(t, stale(dt, c.shape, func(dst *tensor.Tensor) {
						if c.trailing == 0 {
							dst.AsGrad().BatchNorm(tdw, tdb, tdy, tm, tv, tx, tw, eps)
						} else {
							dst.AsGrad().LayerNorm(tdw, tdb, tdy, tm, tv, tx, tw, c.trailing, eps)
						}
					}), tol)
					if affine {
						dw.near(t, tdw, tol)
						db.near(t, tdb, tol)
					}
				}
			}
		}
	}
}

// RMS normalisation is layer normalisation of rows that have no mean.
func TestRMSNorm(t *testing.T) {
	src := newSource(32)
	x, dy, w := src.grid(-2, 3, 6, 33), src.grid(-1, 1, 6, 33), src.grid(0.5, 2, 33)
	const eps = 1e-3
	square := x.apply(func(v float64) float64 { return v * v }).reduce([]int{1}, mean)
	rms := square.apply(func(v float64) float64 { return 1 / math.Sqrt(v+eps) })
	u, g := apply2(x, rms, times), apply2(dy, w, times)
	dx := apply2(apply2(g, apply2(u, apply2(g, u, times).reduce([]int{1}, mean), times), minus), rms, times)
	dw := apply2(dy, u, times).reduce([]int{0}, sum)
	dw.shape = []int{33}
	for _, dt := range dtypes {
		for i, l := range layouts {
			k := layouts[(i+1)%len(layouts)]
			m, s, tdw := tensor.ZerosOf(dt, 6), tensor.ZerosOf(dt, 6), tensor.ZerosOf(dt, 33)
			apply2(u, w, times).near(t, stale(dt, x.shape, func(dst *tensor.Tensor) {
				tensor.RMSNormTo(dst, m, s, l.put(dt, x), k.put(dt, w), 1, eps)
			}), tolerance{64, 512})
			dx.near(t, stale(dt, x.shape, func(dst *tensor.Tensor) {
				dst.AsGrad().RMSNorm(tdw, k.put(dt, dy), m, s, l.put(dt, x), k.put(dt, w), 1, eps)
			}), tolerance{64, 512})
			dw.near(t, tdw, tolerance{64, 512})
		}
	}
}
