package autograd_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/tensor"
)

// A rule or a hook cannot begin a pass of its own: it would lose the gradients
// of the one that is running.
func TestPassWithinPass(t *testing.T) {
	const why = "gradients are being computed already: a rule or a hook cannot begin another pass"
	for name, pass := range map[string]func(y, x Var){
		"backward": func(y, _ Var) { y.Backward() },
		"grad":     func(y, x Var) { autograd.Grad(y, x) },
	} {
		for _, leaf := range []bool{true, false} {
			tape := autograd.NewTape()
			x := tape.Var(vec(2))
			h := x.Exp()
			y := h.Square().Sum()
			hooked := h
			if leaf {
				hooked = x
			}
			calls := 0
			hooked.Hook(func(dx Var) Var {
				calls++
				misused(t, "grad: "+why, func() { autograd.Grad(y, x) })
				misused(t, "jacobian: "+why, func() { autograd.Jacobian(y, x) })
				return dx
			})
			pass(y, x)
			require.Equal(t, 1, calls, name)
		}
	}

	tape := autograd.NewTape()
	x := tape.Var(vec(2))
	y := x.Square().Sum()
	x.Apply(func() autograd.Unary {
		return autograd.Unary{Name: "nested", Value: tensor.ExpTo, VJP: func(_, _, dy Var) Var {
			misused(t, "grad: "+why, func() { autograd.Grad(y, x) })
			return dy
		}}
	}).Sum().Backward()
}

// The function given to Recompute runs unrecorded first, whatever it computes.
func TestGradWithinRecompute(t *testing.T) {
	tape := autograd.NewTape()
	x := tape.Var(vec(2))
	misused(t, "grad: the function given to Recompute runs unrecorded at first and has no gradients inside; differentiate what Recompute returns", func() {
		autograd.Recompute(func(xs ...Var) Var { return autograd.Grad(xs[0].Square().Sum(), xs[0])[0] }, x)
	})
	tape.Reset()
	x = tape.Var(vec(2))
	require.Equal(t, []float64{4}, tensor.Values(x.Square().Sum().Backward().Of(x)), "a Reset puts it right")
}

// The rows of a Jacobian matrix are not recorded: they leave neither nodes nor
// memory behind.
func TestJacobianLeavesNothing(t *testing.T) {
	tape := autograd.NewTape()
	x := tape.Var(vec(1, 2, 3, 4, 5, 6, 7, 8))
	y := x.Tanh().CumSum(0).Exp()
	autograd.Jacobian(y, x)
	nodes, lent := tape.Nodes(), tape.Lent()
	for range 5 {
		autograd.Jacobian(y, x)
	}
	require.LessOrEqual(t, tape.Nodes(), nodes+5, "a view of y for each call")
	require.Equal(t, lent, tape.Lent())
	require.Equal(t, 8, autograd.Jacobian(x, x).Dim(0))

	h := autograd.Hessian(y.Sum(), x)
	require.Equal(t, []int{8, 8}, h.Shape())
	for i := range 8 {
		for k := range 8 {
			require.InDelta(t, h.At(i, k), h.At(k, i), 1e-8)
		}
	}
}

// Nor do gradients that have nothing to do with the Jacobian: those of variables
// that keep theirs, and those by what a recomputed function captures.
func TestJacobianLeavesNoGradients(t *testing.T) {
	tape := autograd.NewTape()
	p, x := autograd.NewParam(mat(1, 4, 4)), tape.Var(mat(2, 4, 4))
	h := x.Tanh()
	h.RetainGrad()
	y := autograd.Recompute(func(xs ...Var) Var { return xs[0].MatMul(tape.Param(p)).Mul(x) }, h.Exp())
	autograd.Jacobian(y, x)
	nodes, lent := tape.Nodes(), tape.Lent()
	autograd.Jacobian(y, x)
	require.LessOrEqual(t, tape.Nodes(), nodes+1, "a view of y")
	require.Equal(t, lent, tape.Lent())
}

// A parameter that a rule lifts stays on the tape.
func TestJacobianLifts(t *testing.T) {
	p := autograd.NewParam(vec(2, 3))
	scale := func() autograd.Unary {
		return autograd.Unary{
			Name: "scale", Rule: "dy p",
			Value: func(y, x *tensor.Tensor) { tensor.MulTo(y, x, p.Value) },
			VJP:   func(x, _, dy Var) Var { return dy.Mul(x.Tape().Param(p)) },
		}
	}
	tape := autograd.NewTape()
	x := tape.Var(vec(5, 7))
	y := x.Apply(scale)
	require.Equal(t, []float64{2, 0, 0, 3}, tensor.Values(autograd.Jacobian(y, x)))
	tape.Const(vec(0, 0)).Exp() // takes the place of what the rules have made
	require.Same(t, p, tape.Param(p).Param())
	require.Equal(t, []float64{2, 3}, tensor.Values(tape.Param(p).Value()))
}

// A pass for each row must not write over what the next one reads.
func TestJacobianOfLSTM(t *testing.T) {
	tape := autograd.NewTape()
	x := tape.Var(mat(1, 3, 2, 2))
	p := autograd.Recurrence{
		WeightIH: tape.Var(mat(2, 12, 2)), WeightHH: tape.Var(mat(3, 12, 3)),
		BiasIH: tape.Var(mat(4, 12)), BiasHH: tape.Var(mat(5, 12)),
	}
	y, _, _ := x.LSTM(p)
	j := autograd.Jacobian(y, x)
	flat := y.Reshape(-1)
	for i := range flat.Dim(0) {
		row := autograd.Grad(flat.Slice(0, i, i+1, 1).Sum(), x)[0]
		require.InDeltaSlice(t, tensor.Values(row.Value()), tensor.Values(j.Slice(0, i, i+1, 1)), 1e-12)
	}
}
