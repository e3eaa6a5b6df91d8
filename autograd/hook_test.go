package autograd_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/tensor"
)

func TestHook(t *testing.T) {
	double := func(dx Var) Var { return dx.MulScalar(2) }
	negate := func(dx Var) Var { return dx.Neg() }
	for _, c := range []struct {
		name  string
		hooks []func(Var) Var
		want  float64 // the factor on the gradient
	}{
		{"same", []func(Var) Var{func(dx Var) Var { return dx }}, 1},
		{"replace", []func(Var) Var{double}, 2},
		{"twice", []func(Var) Var{double, func(dx Var) Var { return dx.AddScalar(-1) }}, 1}, // (2·1) − 1
		{"thrice", []func(Var) Var{double, negate, double}, -4},
		{"reuse", []func(Var) Var{func(dx Var) Var { return dx.Add(dx).Mul(dx) }}, 2},
		{"constant", []func(Var) Var{func(dx Var) Var { return dx.Tape().Const(vec(7, 7)) }}, 7},
		{"view", []func(Var) Var{func(dx Var) Var { return dx.Slice(0, 0, 1, 1).Expand(2) }}, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			tape := autograd.NewTape()
			p := autograd.NewParam(vec(1, 2))
			x := tape.Var(vec(3, 4))
			w := tape.Param(p)
			for range 5 { // more operations, which take memory that is given back
				w = w.MulScalar(-1).Neg()
			}
			h := w.Mul(x)
			kept := h.AddScalar(0)
			for _, f := range c.hooks {
				h.Hook(f)
			}
			kept.RetainGrad()
			h.RetainGrad()
			g := kept.Sum().Backward()
			inDelta(t, []float64{1, 1}, tensor.Values(g.Of(kept)))
			inDelta(t, []float64{c.want, c.want}, tensor.Values(g.Of(h)))
			inDelta(t, []float64{3 * c.want, 4 * c.want}, tensor.Values(g.Of(p)))
			inDelta(t, []float64{1 * c.want, 2 * c.want}, tensor.Values(g.Of(x)))
			g.Scale(2)
			inDelta(t, []float64{6 * c.want, 8 * c.want}, tensor.Values(g.Of(p)))

			// The same where the gradient is recorded.
			tape.Reset()
			x = tape.Var(vec(3, 4))
			h = x.Square()
			for _, f := range c.hooks {
				h.Hook(f)
			}
			inDelta(t, []float64{6 * c.want, 8 * c.want}, tensor.Values(autograd.Grad(h.Sum(), x)[0].Value()))

			// And on leaves.
			tape.Reset()
			x, w = tape.Var(vec(3, 4)), tape.Param(p)
			for _, f := range c.hooks {
				x.Hook(f)
				w.Hook(f)
			}
			g = x.Add(w).Sum().Backward()
			inDelta(t, []float64{c.want, c.want}, tensor.Values(g.Of(x)))
			inDelta(t, []float64{c.want, c.want}, tensor.Values(g.Of(p)))
			g.Scale(2)
			inDelta(t, []float64{2 * c.want, 2 * c.want}, tensor.Values(g.Of(p)))
		})
	}
}

// A hook sees the whole gradient, once.
func TestHookSeesTheSum(t *testing.T) {
	tape := autograd.NewTape()
	x := tape.Var(vec(1, 2))
	h := x.MulScalar(1)
	var seen [][]float64
	look := func(dx Var) Var {
		seen = append(seen, tensor.Values(dx.Value()))
		return dx
	}
	h.Hook(look)
	x.Hook(look)
	h.Sum().Add(h.MulScalar(4).Sum()).Add(x.Sum()).Backward()
	require.Equal(t, [][]float64{{5, 5}, {6, 6}}, seen)
}

func TestHookMisuse(t *testing.T) {
	other := autograd.NewTape()
	for text, f := range map[string]func(dx Var) Var{
		"hook [2] × []: the gradient that a hook returns must keep its shape":                 func(dx Var) Var { return dx.Sum() },
		"hook: the gradient is float32, want float64; convert it with To(tensor.Float64)":     func(dx Var) Var { return dx.Tape().Const(tensor.Ones(2)) },
		"hook: the gradient is on another tape than its variable":                             func(dx Var) Var { return other.Const(vec(1, 2)) },
		"hook: the variable is empty; make variables with Tape.Const, Tape.Var or Tape.Param": func(dx Var) Var { return Var{} },
	} {
		for _, leaf := range []bool{false, true} {
			tape := autograd.NewTape()
			x := tape.Var(vec(1, 2))
			y := x.Exp()
			if leaf {
				x.Hook(f)
			} else {
				y.Hook(f)
			}
			require.EqualError(t, panicOf(t, func() { y.Sum().Backward() }), text)
			require.EqualError(t, panicOf(t, func() { tape.Reset(); x = tape.Var(vec(1, 2)); x.Hook(f); autograd.Grad(x.Sum(), x) }), text)
		}
	}
}

// A hook can be differentiated, where gradients are.
func TestHookSecondOrder(t *testing.T) {
	tape := autograd.NewTape()
	x := tape.Var(vec(3))
	y := x.Square()
	y.Hook(func(dy Var) Var { return dy.Mul(x) }) // the gradient 2x becomes 2x²
	g := autograd.Grad(y.Sum(), x)[0]
	inDelta(t, []float64{18}, tensor.Values(g.Value()))
	inDelta(t, []float64{12}, tensor.Values(autograd.Grad(g.Sum(), x)[0].Value()))
}

// A gradient that a hook has kept is dead as soon as the rule has run, even when
// the gradient of the next variable is the same one. So it cannot change without
// the program noticing.
func TestHookKeepsNothing(t *testing.T) {
	for name, f := range map[string]func(x Var) Var{
		"shared":  func(x Var) Var { return x.AddScalar(1) },
		"changed": Var.Neg,
	} {
		tape := autograd.NewTape()
		x := tape.Var(vec(1, 2))
		var seen Var
		y := f(x)
		y.Hook(func(dy Var) Var { seen = dy; return dy })
		y.Sum().Backward()
		require.Panics(t, func() { seen.Value() }, name)
	}
}

// A hook belongs to one step. The next step runs without it, although it has the
// same operations and so uses the same nodes.
func TestHookEndsWithItsStep(t *testing.T) {
	tape, p, calls := autograd.NewTape(), autograd.NewParam(vec(1, 2)), 0
	step := func(hooked bool) []float64 {
		tape.Reset()
		w := tape.Param(p)
		y := w.Square()
		if hooked {
			for _, v := range []Var{w, y} {
				v.Hook(func(dx Var) Var { calls++; return dx.MulScalar(2) })
			}
		}
		return tensor.Values(y.Sum().Backward().Of(p))
	}
	for range 3 {
		calls = 0
		require.Equal(t, []float64{8, 16}, step(true))
		require.Equal(t, 2, calls)
		require.Equal(t, []float64{2, 4}, step(false))
		require.Equal(t, 2, calls)
	}
}
