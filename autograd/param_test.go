package autograd_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/tensor"
)

// A weight has gradients that are proven finite by a bound: few rows, a large
// product. Nothing that changes a gradient afterwards may leave it so.
func TestGradsFinite(t *testing.T) {
	const in, out = 40, 30
	var lifted autograd.Var
	large := autograd.NewParam(tensor.Ones(out, in))
	run := func(dt tensor.DType, x, dy float64, also func(tp *autograd.Tape, w autograd.Var) autograd.Var) autograd.Grads {
		large.Value = tensor.ZerosOf(dt, out, in)
		tp := autograd.NewTape()
		w := tp.Param(large)
		lifted = w
		rows := tensor.ZerosOf(dt, 1, in)
		rows.Fill(x)
		y := tp.Const(rows).Linear(w, autograd.Var{})
		seed := tensor.ZerosOf(dt, 1, out)
		seed.Fill(dy)
		total := y.Mul(tp.Const(seed)).Sum()
		if also != nil {
			total = total.Add(also(tp, w))
		}
		return total.Backward()
	}
	inf, nan := math.Inf(1), math.NaN()
	for _, dt := range []tensor.DType{tensor.Float32, tensor.Float64} {
		require.True(t, run(dt, 1, 2, nil).Finite())
		require.True(t, run(dt, 1e-30, 1e30, nil).Finite(), "a square overflows in float32, the product does not")
		require.Equal(t, dt == tensor.Float64, run(dt, 1e20, 1e20, nil).Finite(), "the product overflows in float32")
		require.False(t, run(dt, 1e200, 1e200, nil).Finite())
		for _, v := range []float64{inf, nan} {
			require.False(t, run(dt, v, 1, nil).Finite())
			require.False(t, run(dt, 1, v, nil).Finite())
			require.False(t, run(dt, 0, v, nil).Finite())
			require.False(t, run(dt, 1, 1, func(tp *autograd.Tape, w autograd.Var) autograd.Var { return w.Sum().MulScalar(v) }).Finite(),
				"a second gradient is added")
			require.False(t, run(dt, 1, 1, func(tp *autograd.Tape, w autograd.Var) autograd.Var {
				w.Hook(func(dw autograd.Var) autograd.Var { return dw.MulScalar(v) })
				return w.Sum()
			}).Finite(), "a hook replaces it")
			for name, change := range map[string]func(g autograd.Grads){
				"Scale":           func(g autograd.Grads) { g.Scale(v) },
				"Of":              func(g autograd.Grads) { g.Of(large).Fill(v) },
				"Of the variable": func(g autograd.Grads) { g.Of(lifted).Fill(v) },
				"All": func(g autograd.Grads) {
					for _, d := range g.All() {
						d.Fill(v)
					}
				},
				"Add": func(g autograd.Grads) {
					other := run(dt, 1, v, nil)
					g.Add(other)
				},
			} {
				g := run(dt, 1, 1, nil)
				change(g)
				require.False(t, g.Finite(), name)
			}
		}
	}
	require.True(t, autograd.Grads{}.Finite())
}
