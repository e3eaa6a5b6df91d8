package nn_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/nn"
	"github.com/descent-ml/descent/tensor"
)

// each runs f for every row of the table with a new layer.
func each(t *testing.T, f func(t *testing.T, row *layerRow, model any)) {
	for _, row := range layerTable() {
		t.Run(strings.TrimSpace(row.layer+" "+row.sample), func(t *testing.T) {
			f(t, &row, row.make(tensor.NewRand(1)))
		})
	}
}

// reseed makes layers draw the same numbers again.
func reseed(model any) {
	for _, r := range nn.Generators(model) {
		r.Seed(5)
	}
}

func TestLayerShapesAndState(t *testing.T) {
	each(t, func(t *testing.T, row *layerRow, model any) {
		var names []string
		for _, s := range nn.State(model) {
			names = append(names, s.Name)
		}
		require.Equal(t, row.state, names)
		for _, mode := range []autograd.Mode{autograd.Train, autograd.Eval} {
			tape := autograd.NewTape()
			tape.SetMode(mode)
			tape.SetRecording(mode == autograd.Train)
			y := row.forward(model, tape.Const(row.input(tensor.Float32)))
			require.Equal(t, row.out, y.Shape())
			require.Equal(t, tensor.Float32, y.DType())
			require.False(t, mode == autograd.Eval && y.NeedsGrad())
		}
	})
}

// The gradients of every layer, by its input and its parameters, and their
// gradients agree with differences.
func TestLayerGradients(t *testing.T) {
	each(t, func(t *testing.T, row *layerRow, model any) {
		nn.To(model, tensor.Float64)
		x := row.input(tensor.Float64)
		f := scalar(func(tape *autograd.Tape) (autograd.Var, []autograd.Var) {
			reseed(model)
			in, leaves := leavesOf(tape, model, x)
			return weigh(row.forward(model, in[0]), 0), leaves
		})
		f.check(t)
		scalar(f.second).check(t)
	})
}

// In float32 every layer has the values and gradients of float64, rounded.
func TestLayerFloat32(t *testing.T) {
	each(t, func(t *testing.T, row *layerRow, model any) {
		run := func(dt tensor.DType) (results []*tensor.Tensor) {
			reseed(model)
			nn.To(model, dt)
			tape := autograd.NewTape()
			in, leaves := leavesOf(tape, model, row.input(dt))
			y := row.forward(model, in[0])
			grads := y.BackwardSeed(normal(dt, 9, y.Shape()...))
			for _, x := range leaves {
				if g := grads.Of(x); g != nil {
					results = append(results, g)
				}
			}
			return append(results, y.Value())
		}
		single, double := run(tensor.Float32), run(tensor.Float64)
		require.Len(t, single, len(double))
		for i := range double {
			require.Equal(t, tensor.Float32, single[i].DType())
			closeTo(t, double[i], single[i], 2e-6)
		}
	})
}

// Only dropout and batch norm behave differently in evaluation.
func TestLayerModes(t *testing.T) {
	each(t, func(t *testing.T, row *layerRow, model any) {
		x := row.input(tensor.Float32)
		run := func(mode autograd.Mode) []float64 {
			tape := autograd.NewTape()
			tape.SetMode(mode)
			return tensor.Values(row.forward(model, tape.Const(x)).Value())
		}
		if row.modes {
			require.NotEqual(t, run(autograd.Train), run(autograd.Eval))
		} else {
			require.Equal(t, run(autograd.Train), run(autograd.Eval))
		}
		require.Equal(t, run(autograd.Eval), run(autograd.Eval))
	})
}

// A layer that cannot use an input says why, in a sentence.
func TestLayerMisuse(t *testing.T) {
	each(t, func(t *testing.T, row *layerRow, model any) {
		for _, m := range row.misuse {
			tape := autograd.NewTape()
			require.Equal(t, m.text, sentence(func() { row.forward(model, tape.Const(tensor.Ones(m.shape...))) }))
		}
	})
}

// No layer allocates once the tape is warm, forward and backward.
func TestLayerSteadyState(t *testing.T) {
	each(t, func(t *testing.T, row *layerRow, model any) {
		tape := autograd.NewTape()
		x := row.input(tensor.Float32)
		var seed *tensor.Tensor
		step := func() {
			tape.Reset()
			y := row.forward(model, tape.Var(x))
			if seed == nil {
				seed = tensor.ZerosLike(y.Value())
			}
			y.BackwardSeed(seed)
		}
		requireNoAllocs(t, step)
	})
}
