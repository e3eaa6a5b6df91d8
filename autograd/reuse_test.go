package autograd_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/tensor"
)

// The gradients of a chain of elementwise operations take turns in one buffer,
// however long it is.
func TestPeakBytes(t *testing.T) {
	const width, depth = 1 << 10, 20
	c := tensor.Full(1.01, width).To(tensor.Float64)
	for name, f := range map[string]func(x Var) Var{
		"tanh":       Var.Tanh,
		"sigmoid":    Var.Sigmoid,
		"relu":       Var.ReLU,
		"gelu":       Var.GELU,
		"exp":        Var.Exp,
		"silu":       Var.SiLU,
		"leaky-relu": func(x Var) Var { return x.LeakyReLU(0.1) },
		"neg":        Var.Neg,
		"square":     Var.Square,
		"mul":        func(x Var) Var { return x.Mul(x.Tape().Const(c)) },
		"div":        func(x Var) Var { return x.Div(x.Tape().Const(c)) },
		"sub":        func(x Var) Var { return x.Tape().Const(c).Sub(x) },
		"mul-scalar": func(x Var) Var { return x.MulScalar(0.9) },
	} {
		tape := autograd.NewTape()
		require.Zero(t, tape.PeakBytes())
		y := tape.Var(mat(1, width))
		for range depth {
			y = f(y)
		}
		values := tape.PeakBytes()
		require.Equal(t, tape.Lent(), values, name)
		require.GreaterOrEqual(t, values, 8*width*depth, name)
		y.BackwardSeed(mat(2, width))
		require.LessOrEqual(t, tape.PeakBytes()-values, 8*width, name)
		before := tape.PeakBytes()
		tape.Reset()
		require.Equal(t, before, tape.PeakBytes(), name)
	}
}

// Where one vector holds the gradients of an input and of parameters, those of the
// parameters, which are kept, do not keep the memory of the whole vector.
func TestSmallGradientsHoldLittle(t *testing.T) {
	const rows, width, depth = 100, 10, 20
	tape := autograd.NewTape()
	y := tape.Var(mat(1, rows, width))
	var params []*autograd.Param
	for range depth {
		w, b := autograd.NewParam(mat(2, width)), autograd.NewParam(mat(3, width))
		y = y.LayerNorm(1, tape.Param(w), tape.Param(b), 1e-5)
		params = append(params, w, b)
	}
	values := tape.PeakBytes()
	g := y.BackwardSeed(mat(4, rows, width))
	require.LessOrEqual(t, tape.PeakBytes()-values, 3*8*rows*width+2*depth*8*16)
	for _, p := range params {
		require.NotNil(t, g.Of(p))
	}
}

// A rule writes over the gradient that it is given only when nothing else
// reads it.
func TestGradientsAreNotWrittenOver(t *testing.T) {
	tape := autograd.NewTape()
	x, seed := vec(0.5, -2), vec(3, 5)

	// Both operands want the gradient.
	a, b := tape.Var(x), tape.Var(vec(7, 11))
	g := a.Mul(b).BackwardSeed(seed)
	inDelta(t, []float64{21, 55}, tensor.Values(g.Of(a)))
	inDelta(t, []float64{1.5, -10}, tensor.Values(g.Of(b)))
	inDelta(t, []float64{3, 5}, tensor.Values(seed))

	// One operand twice.
	tape.Reset()
	a = tape.Var(x)
	inDelta(t, []float64{3, -20}, tensor.Values(a.Mul(a).BackwardSeed(seed).Of(a)))

	// The gradient is kept.
	tape.Reset()
	a = tape.Var(x)
	h := a.MulScalar(2)
	k := h.Neg()
	h.RetainGrad()
	k.RetainGrad()
	g = k.Square().BackwardSeed(seed)
	inDelta(t, []float64{-6, 40}, tensor.Values(g.Of(k)))
	inDelta(t, []float64{6, -40}, tensor.Values(g.Of(h)))
	inDelta(t, []float64{12, -80}, tensor.Values(g.Of(a)))

	// It is shared with another variable, whose turn comes later.
	tape.Reset()
	a = tape.Var(x)
	h, k = a.MulScalar(2), a.MulScalar(10)
	g = h.Add(k).BackwardSeed(seed)
	inDelta(t, []float64{36, 60}, tensor.Values(g.Of(a)))

	// Another gradient is a view of it.
	tape.Reset()
	a = tape.Var(x)
	h = a.AddScalar(1)
	h.RetainGrad()
	g = h.Reshape(2, 1).Neg().BackwardSeed(seed.Reshape(2, 1))
	inDelta(t, []float64{-3, -5}, tensor.Values(g.Of(h)))
	inDelta(t, []float64{-3, -5}, tensor.Values(g.Of(a)))

	// A hook has returned it.
	tape.Reset()
	a = tape.Var(x)
	var seen []float64
	h = a.MulScalar(2)
	h.Hook(func(dy Var) Var {
		seen = tensor.Values(dy.Value())
		return dy.MulScalar(10)
	})
	g = h.Neg().BackwardSeed(seed)
	inDelta(t, []float64{-3, -5}, seen)
	inDelta(t, []float64{-60, -100}, tensor.Values(g.Of(a)))

	// Its shape is not that of the result.
	tape.Reset()
	a, c := tape.Var(vec(2)), tape.Const(x)
	g = a.Mul(c).BackwardSeed(seed)
	inDelta(t, []float64{-8.5}, tensor.Values(g.Of(a)))
	tape.Reset()
	a = tape.Var(x)
	g = a.Sum().MulScalar(4).Backward()
	inDelta(t, []float64{4, 4}, tensor.Values(g.Of(a)))

	// It is being recorded.
	tape.Reset()
	a = tape.Var(x)
	d := autograd.Grad(a.Square().Square(), a)[0]
	dd := autograd.Grad(d, a)[0]
	inDelta(t, []float64{0.5, -32}, tensor.Values(d.Value()))
	inDelta(t, []float64{3, 48}, tensor.Values(dd.Value()))
}

// What is read after Reset is NaN where the tape looks for NaN.
func TestPoison(t *testing.T) {
	tape := autograd.NewTape()
	tape.DetectNaN(true)
	y := tape.Var(vec(1, 2)).Exp().Value()
	require.NotContains(t, fmt.Sprint(y), "NaN")
	tape.Reset()
	require.Equal(t, "tensor[2] float64 [NaN NaN]", fmt.Sprint(y))
	x := tape.Var(vec(1, 2))
	require.Equal(t, []float64{2, 4}, tensor.Values(x.Square().Sum().Backward().Of(x)))
}

// Buffers that have not been used for a while are let go; those in use stay.
func TestOldBuffersAreLetGo(t *testing.T) {
	const large, small = 1 << 16, 1 << 6
	tape := autograd.NewTape()
	step := func(n int) {
		tape.Reset()
		tape.Var(mat(1, n)).Exp().Exp().Sum().Backward()
	}
	step(large)
	for range 20 {
		step(small)
	}
	require.GreaterOrEqual(t, tape.Idle(), 2*8*large, "they may still come in useful")
	for range 400 {
		step(small)
	}
	require.Less(t, tape.Idle()+tape.Lent(), large)
	require.Zero(t, testing.AllocsPerRun(200, func() {
		tape.Reset()
		tape.Const(tensor.Scalar(1).To(tensor.Float64))
	})-testing.AllocsPerRun(200, func() { tensor.Scalar(1).To(tensor.Float64) }))
}

// A rule that says that it may be written over a value, and then makes a view of
// it, still gets what it computes: nothing is written over shared storage.
func TestNothingOverwritesAView(t *testing.T) {
	op := func() autograd.Unary {
		return autograd.Unary{Name: "shared", Rule: "dy + 3 dy", Value: tensor.ExpTo, VJP: func(_, _, dy Var) Var {
			d := autograd.Overwrite(dy.MulScalar(1))
			view := d.Reshape(-1)
			return d.MulScalar(3).Add(view)
		}}
	}
	tape := autograd.NewTape()
	x := tape.Var(vec(1, 2))
	grads := x.Apply(op).Sum().Backward()
	require.Equal(t, []float64{4, 4}, tensor.Values(grads.Of(x)))
}

// What has been written over is dead: a rule that uses it again panics.
func TestOverwrittenIsDead(t *testing.T) {
	op := func() autograd.Unary {
		return autograd.Unary{Name: "again", Rule: "2 dy", Value: tensor.ExpTo, VJP: func(_, _, dy Var) Var {
			d := dy.MulScalar(1)
			twice := autograd.Overwrite(d).MulScalar(2)
			misused(t, "exp: "+stale, func() { d.Exp() })
			return twice
		}}
	}
	tape := autograd.NewTape()
	x := tape.Var(vec(1, 2))
	require.Equal(t, []float64{2, 2}, tensor.Values(x.Apply(op).Sum().Backward().Of(x)))
}

// A gradient that a hook has put aside during a Jacobian is dead afterwards, and
// stays so when the tape goes on.
func TestKeptByAHookIsDead(t *testing.T) {
	tape := autograd.NewTape()
	x := tape.Var(vec(1, 2))
	h := x.Exp()
	var kept []Var
	h.Hook(func(dx Var) Var {
		kept = append(kept, dx, dx.MulScalar(2))
		return kept[len(kept)-1]
	})
	j := autograd.Jacobian(h.Square(), x)
	inDelta(t, []float64{4 * math.Exp(2), 0, 0, 4 * math.Exp(4)}, tensor.Values(j))
	for range 20 {
		x = x.Add(x)
	}
	for _, v := range kept {
		misused(t, "value: "+stale, func() { v.Value() })
	}
}

// Hooks that replace gradients leave no memory behind.
func TestHooksReleaseMemory(t *testing.T) {
	const width, depth = 1 << 10, 20
	for _, leaf := range []bool{false, true} {
		tape := autograd.NewTape()
		x := tape.Var(mat(1, width))
		y := x
		for range depth {
			y = y.Exp()
			hooked := y
			if leaf {
				hooked = x
			}
			hooked.Hook(func(dx Var) Var { return dx.MulScalar(2).MulScalar(0.5).Neg().Neg() })
		}
		values := tape.Lent()
		y.BackwardSeed(mat(2, width))
		require.LessOrEqual(t, tape.Lent()-values, 2*8*width, "the gradient of x, and room to spare")
	}
}

// A seed has the shape and the element type of the result.
func TestSeedsThatDoNotFit(t *testing.T) {
	tape := autograd.NewTape()
	y := tape.Var(vec(1, 2)).Exp()
	require.EqualError(t, panicOf(t, func() { y.BackwardSeed(vec(1)) }), "backward [2] × [1]: the seed must have the shape of the result")
	require.ErrorContains(t, panicOf(t, func() { y.BackwardSeed(tensor.Ones(2)) }), "backward: the seed is float32, want float64")
}
