package nn_test

import (
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/nn"
	"github.com/descent-ml/descent/tensor"
)

// descend returns a training step with plain gradient descent.
func descend(tape *autograd.Tape, forward func() autograd.Var) func() {
	return func() {
		tape.Reset()
		grads := forward().Backward()
		grads.ClipNorm(1)
		update(grads)
	}
}

//go:noinline // where a closure is inlined that ranges over an iterator, Go 1.26 allocates the loop
func update(grads autograd.Grads) {
	for p, g := range grads.All() {
		p.Value.Blend(g, 1, -0.05)
	}
}

// A training step allocates nothing once the tape is warm, with one processor
// and with all of them.
func TestSteadyState(t *testing.T) {
	labels := []int{0, 9, 2, 3, 4, 5, 6, 7}
	r := tensor.NewRand(1)
	tape := autograd.NewTape()
	mlp := nn.Sequential{nn.NewLinear(r, 784, 128), nn.Tanh{}, nn.NewDropout(r, 0.2), nn.NewLinear(r, 128, 10)}
	cnn := convnet(r)
	regression := nn.Sequential{nn.NewLinear(r, 8, 16), nn.GELU{}, nn.NewLayerNorm(16), nn.NewLinear(r, 16, 1)}
	flat, images, x, y := normal(tensor.Float32, 1, 8, 784), normal(tensor.Float32, 2, 8, 1, 28, 28), normal(tensor.Float32, 3, 64, 8), normal(tensor.Float32, 4, 64, 1)
	lstm, gru := nn.NewLSTMNoBias(r, 8, 8, nn.RecurrentOptions{}), nn.NewGRUNoBias(r, 8, 8, nn.RecurrentOptions{})
	sequence := normal(tensor.Float32, 5, 3, 4, 8)
	for name, forward := range map[string]func() autograd.Var{
		"no bias":    func() autograd.Var { return gru.Forward(lstm.Forward(tape.Const(sequence))).Square().Mean() },
		"mlp":        func() autograd.Var { return nn.CrossEntropy(mlp.Forward(tape.Const(flat)), labels) },
		"convnet":    func() autograd.Var { return nn.CrossEntropy(cnn.Forward(tape.Const(images)), labels) },
		"regression": func() autograd.Var { return nn.HuberLoss{}.Of(regression.Forward(tape.Const(x)), tape.Const(y)) },
	} {
		t.Run(name, func(t *testing.T) {
			step := descend(tape, forward)
			requireNoAllocs(t, step)
			fewest := uint64(1)
			// The runtime allocates for goroutines that wait, some hundred times, and
			// other tests may allocate at the same time.
			for i := 0; i < 500 && fewest > 0; i++ {
				var before, after runtime.MemStats
				runtime.ReadMemStats(&before)
				step()
				runtime.ReadMemStats(&after)
				fewest = min(fewest, after.Mallocs-before.Mallocs)
			}
			require.Zero(t, fewest)
		})
	}
}

// Evaluation allocates nothing either.
func TestSteadyEvaluation(t *testing.T) {
	tape := evalTape()
	model, images := convnet(tensor.NewRand(1)), normal(tensor.Float32, 2, 4, 1, 28, 28)
	requireNoAllocs(t, func() {
		tape.Reset()
		model.Forward(tape.Const(images))
	})
}

// A small net learns, so the parts fit together.
func TestTraining(t *testing.T) {
	r := tensor.NewRand(1)
	model := nn.Sequential{nn.NewLinear(r, 2, 16), nn.NewBatchNorm1d(16), nn.Tanh{}, nn.NewLinear(r, 16, 2)}
	x := tensor.New([]float32{0, 0, 0, 1, 1, 0, 1, 1}, 4, 2)
	labels := []int{0, 1, 1, 0}
	tape := autograd.NewTape()
	var loss autograd.Var
	step := descend(tape, func() autograd.Var {
		loss = nn.CrossEntropy(model.Forward(tape.Const(x)), labels)
		return loss
	})
	step()
	first := loss.Item()
	for range 1500 {
		step()
	}
	require.Less(t, loss.Item(), first/10)
	tape.SetMode(autograd.Eval)
	tape.SetRecording(false)
	tape.Reset()
	out := model.Forward(tape.Const(x))
	require.Equal(t, labels, tensor.ArgMax(out.Value(), 1))
}
