package nn_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/nn"
	"github.com/descent-ml/descent/tensor"
)

func evalTape() *autograd.Tape {
	tape := autograd.NewTape()
	tape.SetMode(autograd.Eval)
	return tape
}

// In evaluation batch norm uses the running statistics and leaves them alone.
func TestBatchNormEval(t *testing.T) {
	b := nn.NewBatchNorm1d(2)
	b.RunningMean.CopyFrom(tensor.New([]float32{1, -1}, 2))
	b.RunningVar.CopyFrom(tensor.New([]float32{4, 1}, 2))
	b.Weight.Value.CopyFrom(tensor.New([]float32{10, 1}, 2))
	b.Bias.Value.CopyFrom(tensor.New([]float32{0, 5}, 2))
	b.Eps = 1e-12
	before := snapshot(b)
	y := b.Forward(evalTape().Const(tensor.New([]float32{3, 0}, 1, 2)))
	require.InDeltaSlice(t, []float64{10, 6}, tensor.Values(y.Value()), 1e-6)
	require.Equal(t, before, snapshot(b))
}

// Without running statistics the batch's own serve in evaluation too, and one
// value has none, as in PyTorch.
func TestBatchNormWithoutStatistics(t *testing.T) {
	b := nn.NewBatchNorm1d(3)
	b.RunningMean, b.RunningVar, b.NumBatchesTracked = nil, nil, nil
	require.Equal(t, []string{"weight", "bias"}, names(b))
	x := normal(tensor.Float32, 1, 4, 3)
	require.Equal(t, tensor.Values(b.Forward(autograd.NewTape().Const(x)).Value()), tensor.Values(b.Forward(evalTape().Const(x)).Value()))
	require.Equal(t, "batch-norm-1d [1 3]: one value for each channel has no variance; want a larger batch, or a tape in evaluation mode",
		sentence(func() { b.Forward(evalTape().Const(tensor.Ones(1, 3))) }))
}

// An empty batch is counted but changes no statistics, as in PyTorch.
func TestBatchNormEmpty(t *testing.T) {
	b := nn.NewBatchNorm1d(3)
	y := b.Forward(autograd.NewTape().Const(tensor.Zeros(0, 3)))
	require.Equal(t, []int{0, 3}, y.Shape())
	require.Equal(t, [][]float64{{1, 1, 1}, {0, 0, 0}, {0, 0, 0}, {1, 1, 1}, {1}}, snapshot(b))
}

// When a function is recomputed its batch norm has counted the batch already,
// and its dropout draws the mask that it drew.
func TestRecompute(t *testing.T) {
	run := func(recompute bool) (results [][]float64, next uint32) {
		r := tensor.NewRand(1)
		b, d := nn.NewBatchNorm1d(4), nn.NewDropout(r, 0.5)
		l := nn.NewLinear(r, 4, 4)
		f := func(xs ...autograd.Var) autograd.Var { return d.Forward(b.Forward(l.Forward(xs[0]))).Square() }
		tape := autograd.NewTape()
		x := tape.Var(normal(tensor.Float32, 2, 5, 4))
		var y autograd.Var
		if recompute {
			y = autograd.Recompute(f, x)
		} else {
			y = f(x)
		}
		grads := y.Sum().Backward()
		results = append(snapshot(b), tensor.Values(y.Value()), tensor.Values(grads.Of(x)), tensor.Values(grads.Of(l.Weight)), tensor.Values(grads.Of(b.Weight)))
		return results, r.Uint32()
	}
	want, wantNext := run(false)
	got, gotNext := run(true)
	require.Equal(t, want, got)
	require.Equal(t, wantNext, gotNext)
}

// Dropout keeps a share of 1 − P and divides by it; in evaluation it is the
// identity and draws nothing.
func TestDropout(t *testing.T) {
	r := tensor.NewRand(1)
	d := nn.NewDropout(r, 0.25)
	tape := autograd.NewTape()
	x := tape.Var(tensor.Ones(10000))
	y := d.Forward(x)
	kept := 0
	for _, v := range tensor.Values(y.Value()) {
		if v != 0 {
			require.InDelta(t, 4.0/3, v, 1e-6)
			kept++
		}
	}
	require.InDelta(t, 7500, kept, 150)
	grads := y.Sum().Backward()
	require.Equal(t, tensor.Values(y.Value()), tensor.Values(grads.Of(x)))

	before := *r
	one := evalTape().Const(tensor.Ones(4))
	require.Equal(t, one, d.Forward(one))
	require.Equal(t, before, *r)
	require.Equal(t, []float64{0, 0}, tensor.Values(nn.NewDropout(r, 1).Forward(autograd.NewTape().Const(tensor.Ones(2))).Value()))
	require.Equal(t, one, (&nn.Dropout{P: 0.5}).Forward(one), "evaluation needs no generator")
}

// The padding row is zero and is never trained; others add up the gradients of
// the tokens that looked them up.
func TestEmbedding(t *testing.T) {
	for _, padding := range []int{1, -2} {
		e := nn.NewEmbeddingPadded(tensor.NewRand(1), 3, 2, padding)
		require.Equal(t, 1, *e.Padding)
		require.Equal(t, []string{"weight"}, names(e))
		tape := autograd.NewTape()
		y := e.Forward(tape, []int{2, 1, 2, 0}, 2, 2)
		require.Equal(t, []int{2, 2, 2}, y.Shape())
		w := e.Weight.Value
		require.Equal(t, []float64{w.At(2, 0), w.At(2, 1), 0, 0, w.At(2, 0), w.At(2, 1), w.At(0, 0), w.At(0, 1)}, tensor.Values(y.Value()))
		grads := y.Sum().Backward()
		require.Equal(t, []float64{1, 1, 0, 0, 2, 2}, tensor.Values(grads.Of(e.Weight)))
	}
	e := nn.NewEmbedding(tensor.NewRand(1), 3, 2)
	require.Equal(t, []int{0, 2}, e.Forward(autograd.NewTape(), nil).Shape())
}
