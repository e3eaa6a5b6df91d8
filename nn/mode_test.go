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

// Without running statistics, evaluation uses those of the batch, too. One value
// has no variance. Both are as in PyTorch.
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

// A recomputed function gives the same result: batch norm does not count the
// batch a second time, and dropout draws the same mask.
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

// Dropout keeps a share of 1 − P of the elements and divides them by 1 − P. In
// evaluation it returns its input and draws nothing.
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

// The padding row is zero and gets no gradient. The gradient of another row is
// the sum over the tokens that looked it up.
func TestEmbedding(t *testing.T) {
	for _, padding := range []int{1, -2} {
		e := nn.NewEmbeddingPadded(tensor.NewRand(1), 3, 2, padding)
		require.Equal(t, 1, *e.PaddingIndex)
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

// small returns a net whose layers behave differently in training.
func small(r *tensor.Rand) nn.Sequential {
	return nn.Sequential{nn.NewLinear(r, 4, 6), nn.NewBatchNorm1d(6), nn.Tanh{}, nn.NewDropout(r, 0.5), nn.NewLinear(r, 6, 3)}
}

// A net in evaluation has gradients by its input. Saliency maps and attacks need
// them.
func TestSaliency(t *testing.T) {
	net := small(tensor.NewRand(1))
	net.Forward(autograd.NewTape().Const(normal(tensor.Float32, 2, 8, 4))) // fill the running statistics
	nn.To(net, tensor.Float64)
	x, before := normal(tensor.Float64, 3, 1, 4), nn.Snapshot(net)
	scalar(func(tape *autograd.Tape) (autograd.Var, []autograd.Var) {
		tape.SetMode(autograd.Eval)
		in := tape.Var(x)
		return weigh(net.Forward(in), 0), []autograd.Var{in}
	}).check(t)
	require.Equal(t, before, nn.Snapshot(net))
}

// A frozen batch norm uses its running statistics in training, leaves them as
// they are, and does not change the mode of the tape.
func TestFrozenBatchNorm(t *testing.T) {
	net := small(tensor.NewRand(1))
	norm := net[1].(*nn.BatchNorm)
	norm.Forward(autograd.NewTape().Const(normal(tensor.Float32, 2, 8, 6)))
	x, before := normal(tensor.Float32, 3, 5, 6), nn.Snapshot(norm)
	want := tensor.Values(norm.Forward(evalTape().Const(x)).Value())
	norm.Mode = autograd.Eval
	tape := autograd.NewTape()
	require.Equal(t, want, tensor.Values(norm.Forward(tape.Const(x)).Value()))
	require.Equal(t, before, nn.Snapshot(norm))
	require.Equal(t, autograd.Train, tape.Mode())

	// The rest of the net trains.
	net[3].(*nn.Dropout).Rand.Seed(1)
	y := net.Forward(tape.Var(normal(tensor.Float32, 4, 5, 4)))
	grads := y.Sum().Backward()
	for _, p := range nn.Params(net) {
		require.NotNil(t, grads.Of(p))
	}
	require.Equal(t, before, nn.Snapshot(norm))
}

// Monte Carlo dropout: dropout drops in evaluation, beside a batch norm that
// uses its running statistics.
func TestMonteCarloDropout(t *testing.T) {
	net := small(tensor.NewRand(1))
	drop := net[3].(*nn.Dropout)
	before := nn.Snapshot(net)
	tape := evalTape()
	x := tape.Const(normal(tensor.Float32, 3, 1, 4))
	run := func() []float64 { return tensor.Values(net.Forward(x).Value()) }
	one := run()
	require.Equal(t, one, run())
	drop.Mode = autograd.Train
	require.NotEqual(t, run(), run())
	require.Equal(t, before, nn.Snapshot(net))
	require.Equal(t, autograd.Eval, tape.Mode())
	drop.Mode = autograd.Eval
	tape.SetMode(autograd.Train)
	d := tape.Const(tensor.Ones(4))
	require.Equal(t, d, drop.Forward(d))
	require.Equal(t, autograd.Train, tape.Mode())
}

// The dropout between recurrent layers has a mode of its own, too.
func TestRecurrentMode(t *testing.T) {
	o := nn.RecurrentOptions{Layers: 2, Dropout: 0.5}
	r := tensor.NewRand(1)
	l, g := nn.NewLSTM(r, 3, 4, o), nn.NewGRU(r, 3, 4, o)
	for _, c := range []struct {
		layer nn.Layer
		mode  *autograd.Mode
	}{{l, &l.Mode}, {g, &g.Mode}} {
		run := func(tape *autograd.Tape) []float64 {
			return tensor.Values(c.layer.Forward(tape.Const(normal(tensor.Float32, 3, 5, 2, 3))).Value())
		}
		eval := run(evalTape())
		require.NotEqual(t, eval, run(autograd.NewTape()))
		*c.mode = autograd.Eval
		require.Equal(t, eval, run(autograd.NewTape()))
		*c.mode = autograd.Train
		tape := evalTape()
		require.NotEqual(t, eval, run(tape))
		require.Equal(t, autograd.Eval, tape.Mode())
	}
}

// PyTorch's momentum of 0 standardizes by the batch, counts it, and leaves the
// running statistics as they are.
func TestBatchNormMomentumZero(t *testing.T) {
	a, b := nn.NewBatchNorm1d(3), nn.NewBatchNorm1d(3)
	b.Momentum = nn.Zero
	x := normal(tensor.Float32, 1, 5, 3)
	require.Equal(t, tensor.Values(a.Forward(autograd.NewTape().Const(x)).Value()), tensor.Values(b.Forward(autograd.NewTape().Const(x)).Value()))
	require.Equal(t, [][]float64{{1, 1, 1}, {0, 0, 0}, {0, 0, 0}, {1, 1, 1}, {1}}, snapshot(b))
}

// On a tape that does not record, layers that keep their input beside what they
// make of it still find it: they give the same values as in training.
func TestCombinedWithoutRecording(t *testing.T) {
	r := tensor.NewRand(1)
	net := nn.Sequential{nn.NewLinear(r, 4, 4), nn.Residual{nn.NewLinear(r, 4, 4), nn.ReLU{}, nn.NewLinear(r, 4, 4)},
		nn.Concat{Branches: []nn.Layer{nn.Sequential{nn.NewLinear(r, 4, 3), nn.Tanh{}}, nn.Identity{}, nn.Sequential{nn.NewLinear(r, 4, 2), nn.Sigmoid{}}}},
		nn.NewLinear(r, 9, 2)}
	x := normal(tensor.Float32, 2, 5, 4)
	want := tensor.Values(net.Forward(autograd.NewTape().Const(x)).Value())
	tape := evalTape()
	tape.SetRecording(false)
	require.Equal(t, want, tensor.Values(net.Forward(tape.Const(x)).Value()))
	require.Equal(t, "concat: branch 1 is nil", sentence(func() { nn.Concat{Branches: []nn.Layer{nn.ReLU{}, nil}}.Forward(tape.Const(x)) }))
	require.Equal(t, "group-norm: 3 groups do not divide 4 channels", sentence(func() { nn.NewGroupNorm(3, 4) }))
	require.Equal(t, "instance-norm: Dims is 4; want 0, 1, 2 or 3", sentence(func() { (&nn.InstanceNorm{Dims: 4}).Forward(tape.Const(x)) }))
	require.Equal(t, "instance-norm: the layer does not know how many channels to keep statistics of; set Channels", sentence(func() { (&nn.InstanceNorm{}).Tracked() }))
	require.Equal(t, "instance-norm: want both RunningMean and RunningVar, or neither",
		sentence(func() { (&nn.InstanceNorm{RunningMean: tensor.Zeros(4)}).Forward(tape.Const(x)) }))
}
