package tensor_test

import (
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/tensor"
)

func minus(a, b float64) float64 { return a - b }
func times(a, b float64) float64 { return a * b }

// A large mean does not drown a small variance.
func TestNormalizationIsStable(t *testing.T) {
	data := []float32{10000, 10001, 10002, 10003}
	for name, norm := range map[string]func(x, m, v *tensor.Tensor){
		"batch-norm": func(x, m, v *tensor.Tensor) { tensor.BatchNormTo(x, m, v, x, nil, nil, 0) },
		"layer-norm": func(x, m, v *tensor.Tensor) { tensor.LayerNormTo(x, m, v, x, nil, nil, 1, 0) },
	} {
		x, m, v := tensor.New(slices.Clone(data), 1, 4), tensor.Zeros(1), tensor.Zeros(1)
		if name == "batch-norm" {
			x = x.T()
		}
		norm(x.Contiguous(), m, v)
		require.Equal(t, 10001.5, m.Item(), name)
		require.Equal(t, 1.25, v.Item(), name)
	}
}

// An empty batch has no mean and no variance: batch normalisation writes NaN.
// Layer normalisation of no rows writes no statistics. The gradients by weight
// and bias are sums of nothing, so 0.
func TestNormalizeNothing(t *testing.T) {
	x := tensor.Zeros(0, 3)
	m, v := tensor.Ones(3), tensor.Ones(3)
	tensor.BatchNormTo(x, m, v, x, nil, nil, 0.1)
	require.True(t, math.IsNaN(m.At(2)) && math.IsNaN(v.At(0)))
	dw, db := tensor.Ones(3), tensor.Ones(3)
	x.AsGrad().BatchNorm(dw, db, x, m, v, x, tensor.Ones(3), 0.1)
	require.Equal(t, make([]float64, 6), append(tensor.Values(dw), tensor.Values(db)...))

	m, v = tensor.Zeros(0), tensor.Zeros(0)
	tensor.LayerNormTo(x, m, v, x, nil, nil, 1, 0.1)
	dw, db = tensor.Ones(3), tensor.Ones(3)
	x.AsGrad().LayerNorm(dw, db, x, m, v, x, tensor.Ones(3), 1, 0.1)
	require.Equal(t, make([]float64, 6), append(tensor.Values(dw), tensor.Values(db)...))
}

func TestBlend(t *testing.T) {
	for _, dt := range dtypes {
		running := put(dt, grid{[]int{3}, []float64{1, 2, 3}})
		running.Blend(put(dt, grid{[]int{1, 3}, []float64{10, 20, -4}}), 0.75, 0.25)
		require.Equal(t, []float64{3.25, 6.5, 1.25}, tensor.Values(running))
	}
}

// Batch and layer normalisation subtract the mean, divide by the standard
// deviation, multiply by a weight and add a bias. The gradients are the
// derivatives of that.
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
		var axes, stat []int // those that are normalized over, and the shape of the statistics
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
		wide := func(g grid) grid { // with a shape that broadcasts to that of x
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

// RMS normalisation is layer normalisation of rows whose mean is 0.
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
