package autograd_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/tensor"
)

// A parameter or an input that changes before Backward is refused where its
// value is needed, and only there.
func TestChangedLeaves(t *testing.T) {
	const why = " of shape [2 2] has been changed since the forward pass; change it after Backward, or give the tape a Clone"
	for name, change := range map[string]func(v *tensor.Tensor){
		"fill":      func(v *tensor.Tensor) { v.Fill(1) },
		"set":       func(v *tensor.Tensor) { v.Set(1, 0, 0) },
		"copy":      func(v *tensor.Tensor) { v.CopyFrom(mat(7, 2, 2)) },
		"to":        func(v *tensor.Tensor) { tensor.AddTo(v, v, v) },
		"product":   func(v *tensor.Tensor) { tensor.MatMulTo(v, mat(1, 2, 2), mat(2, 2, 2)) },
		"view":      func(v *tensor.Tensor) { v.Slice(0, 0, 1, 1).T().Fill(2) },
		"optimizer": func(v *tensor.Tensor) { tensor.SGD{LR: 0.1}.Update(v, mat(3, 2, 2), nil) },
		"random":    func(v *tensor.Tensor) { tensor.NewRand(1).Normal(v, 0, 1) },
		"add at":    func(v *tensor.Tensor) { v.IndexAdd(0, []int{1}, mat(3, 1, 2)) },
	} {
		t.Run(name, func(t *testing.T) {
			tape := autograd.NewTape()
			p, x := autograd.NewParam(mat(1, 2, 2)), mat(2, 2, 2)
			loss := func() Var { return tape.Const(x).MatMul(tape.Param(p)).Sum() }

			y := loss()
			change(p.Value)
			require.NotNil(t, y.Backward().Of(p), "the gradient by p does not read p")

			tape.Reset()
			y = loss()
			change(x)
			misused(t, "gradient of matmul: an input"+why, func() { y.Backward() })

			tape.Reset()
			y = tape.Param(p).Square().Sum()
			change(p.Value)
			misused(t, "gradient of square: a parameter"+why, func() { y.Backward() })

			tape.Reset()
			y = tape.Param(p).Square().Sum()
			w := tape.Param(p)
			change(p.Value)
			misused(t, "gradient of square: a parameter"+why, func() { autograd.Grad(y, w) })

			tape.Reset()
			y = tape.Param(p).T().Slice(0, 0, 1, 1).Square().Sum()
			change(p.Value)
			misused(t, "gradient of square: a parameter"+why, func() { y.Backward() }) // by way of views

			tape.Reset()
			require.NotNil(t, loss().Backward().Of(p), "the next step is another matter")
		})
	}
}

// What counts is the value when an operation used it, not when it was put on
// the tape.
func TestChangeBeforeUse(t *testing.T) {
	const why = " of shape [2] has been changed since the forward pass; change it after Backward, or give the tape a Clone"
	tape := autograd.NewTape()
	p, q := autograd.NewParam(vec(1, 2)), autograd.NewParam(vec(3, 4))

	w := tape.Param(p)
	p.Value.Fill(5)
	require.Equal(t, []float64{10, 10}, tensor.Data[float64](w.Square().Sum().Backward().Of(p)), "initialised after Tape.Param")

	tape.Reset()
	x := vec(1, 2)
	input := tape.Const(x).Reshape(2, 1)
	x.Fill(7)
	require.Equal(t, []float64{7, 7}, tensor.Data[float64](input.Reshape(2).Mul(tape.Param(p)).Sum().Backward().Of(p)), "filled after Tape.Const")

	// An adversary learns from a first loss, and what it attacks from a second one.
	tape.Reset()
	fake := tape.Param(q).MulScalar(2)
	first := fake.Detach().Mul(tape.Param(p).Square()).Sum()
	require.Equal(t, []float64{60, 80}, tensor.Data[float64](autograd.Grad(first, tape.Param(p))[0].Value()))
	p.Value.Fill(3)
	second := fake.Mul(tape.Param(p).Square()).Sum()
	require.Equal(t, []float64{18, 18}, tensor.Data[float64](autograd.Grad(second, tape.Param(q))[0].Value()))
	require.Equal(t, []float64{36, 48}, tensor.Data[float64](autograd.Grad(second, tape.Param(p))[0].Value()))
	misused(t, "gradient of square: a parameter"+why, func() { autograd.Grad(first, tape.Param(p)) })

	tape.Reset()
	y := autograd.Recompute(func(xs ...Var) Var { return xs[0].Mul(tape.Param(p)) }, tape.Param(q))
	p.Value.Fill(4)
	misused(t, "gradient of recompute: a parameter"+why, func() { y.Sum().Backward() })

	tape.Reset()
	w = tape.Param(p)
	y = tape.Param(q).MulScalar(2)
	y.Hook(func(dy Var) Var { return dy.Add(w) })
	p.Value.Fill(1)
	require.Equal(t, []float64{4, 4}, tensor.Data[float64](y.Sum().Backward().Of(q)), "a hook reads what is there")
}
