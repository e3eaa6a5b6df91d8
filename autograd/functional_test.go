package autograd_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/tensor"
)

// The loss after a step of gradient descent, as a function of the weights before
// it, has a derivative that goes through the step (meta-learning).
func TestReplaceDifferentiatesThroughAStep(t *testing.T) {
	const rate = 0.3
	x, y := tensor.New([]float64{1, -2, 0.5, 3, 1, -1}, 3, 2), tensor.New([]float64{1, 0, 2}, 3, 1)
	after := func(tape *autograd.Tape, w *autograd.Param) autograd.Var {
		loss := func() autograd.Var { // as a model computes it
			return tape.Const(x).MatMul(tape.Param(w)).Tanh().Sub(tape.Const(y)).Square().Mean()
		}
		first := loss()
		before := tape.Param(w)
		tape.Replace(w, before.Sub(autograd.Grad(first, before)[0].MulScalar(rate)))
		second := loss()
		require.NotEqual(t, first.Item(), second.Item())
		tape.Replace(w, autograd.Var{})
		require.Equal(t, first.Item(), loss().Item())
		return second
	}
	w := autograd.NewParam(tensor.New([]float64{0.3, -0.7}, 2, 1))
	tape := autograd.NewTape()
	got := after(tape, w).Backward().Of(w).Clone()
	for i := range 2 {
		at := func(v float64) float64 {
			moved := autograd.NewParam(w.Value.Clone())
			moved.Value.Set(v, i, 0)
			return after(autograd.NewTape(), moved).Item()
		}
		v, h := w.Value.At(i, 0), 1e-5
		require.InDelta(t, (at(v+h)-at(v-h))/(2*h), got.At(i, 0), 1e-8)
	}
	tape.Reset() // ends replacements
	tape.Replace(w, tape.Const(tensor.Zeros64(2, 1)))
	require.Zero(t, tape.Param(w).Value().At(0, 0))
	tape.Reset()
	require.Equal(t, 0.3, tape.Param(w).Value().At(0, 0))

	other := autograd.NewTape()
	require.PanicsWithError(t, "replace: the variable is on another tape; put it on this one", func() { tape.Replace(w, other.Param(w)) })
	require.PanicsWithError(t, "replace [2 1] × [1 2]: the variable must have the shape of the parameter",
		func() { tape.Replace(w, tape.Const(tensor.Zeros64(1, 2))) })
	require.PanicsWithError(t, "replace: the variable is float32, want float64; convert it with To(tensor.Float64)",
		func() { tape.Replace(w, tape.Const(tensor.Zeros(2, 1))) })
}

// The gradients of samples are those of each by itself, and their mean is that of
// the mean loss.
func TestPerSample(t *testing.T) {
	r := tensor.NewRand(1)
	x := tensor.Zeros64(5, 3)
	r.Normal(x, 0, 1)
	w, b := autograd.NewParam(tensor.Zeros64(2, 3)), autograd.NewParam(tensor.Zeros64(2))
	unused := autograd.NewParam(tensor.Ones(4))
	r.Normal(w.Value, 0, 1)
	model := func(t *autograd.Tape, x autograd.Var) autograd.Var {
		return x.Linear(t.Param(w), t.Param(b)).Tanh().Square()
	}
	got := autograd.PerSample([]*autograd.Param{w, b, unused}, 5, func(t *autograd.Tape, i int) autograd.Var {
		return model(t, t.Const(x.Slice(0, i, i+1, 1))).Sum()
	})
	require.Equal(t, [][]int{{5, 2, 3}, {5, 2}, {5, 4}}, [][]int{got[0].Shape(), got[1].Shape(), got[2].Shape()})
	require.Zero(t, tensor.NormOf(got[2]))
	tape := autograd.NewTape()
	grads := model(tape, tape.Const(x)).Sum().Backward()
	for k, p := range []*autograd.Param{w, b} {
		sum := tensor.Sum(got[k], 0)
		require.InDeltaSlice(t, tensor.Values(grads.Of(p)), tensor.Values(sum), 1e-12)
	}
	for i := range 5 {
		tape.Reset()
		one := model(tape, tape.Const(x.Slice(0, i, i+1, 1))).Sum().Backward()
		require.Equal(t, tensor.Values(one.Of(w)), tensor.Values(got[0].Select(0, i)))
	}
	require.Empty(t, autograd.PerSample(nil, 0, nil))
	require.PanicsWithError(t, "per-sample: want a number of samples, got -1", func() { autograd.PerSample(nil, -1, nil) })
}

// A model computes with weights that are not its own.
func ExampleTape_Replace() {
	w := autograd.NewParam(tensor.New([]float32{2}, 1))
	model := func(t *autograd.Tape, x autograd.Var) autograd.Var { return x.Mul(t.Param(w)) }
	tape := autograd.NewTape()
	x := tape.Const(tensor.New([]float32{10}, 1))
	fmt.Println(model(tape, x).Item())
	tape.Replace(w, tape.Param(w).Square())
	y := model(tape, x)
	fmt.Println(y.Item(), y.Backward().Of(w).Item())
	// Output:
	// 20
	// 40 40
}

func ExamplePerSample() {
	w := autograd.NewParam(tensor.New([]float32{1}, 1))
	x := []float32{1, 2, 3}
	g := autograd.PerSample([]*autograd.Param{w}, 3, func(t *autograd.Tape, i int) autograd.Var {
		return t.Const(tensor.New(x[i:i+1], 1)).Mul(t.Param(w)).Square().Sum()
	})
	fmt.Println(tensor.Values(g[0]))
	// Output: [2 8 18]
}
