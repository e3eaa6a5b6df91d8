package dist_test

import (
	"math"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/dist"
	"github.com/descent-ml/descent/tensor"
)

// Outside the support the log-density is −∞, the CDF is 0 or 1, and gradients are 0.
func TestOutsideTheSupport(t *testing.T) {
	for _, c := range []struct {
		kind    string
		x       []float64
		cdf     []float64
		outside []bool
	}{
		{"LogNormal", []float64{-1, 0, 1}, []float64{0, 0, math.NaN()}, []bool{true, true, false}},
		{"Exponential", []float64{-1, math.Inf(-1), 1}, []float64{0, 0, math.NaN()}, []bool{true, true, false}},
		{"Gamma", []float64{-1, -1e-300, 1}, nil, []bool{true, true, false}},
		{"Beta", []float64{-1, 2, 0.5}, nil, []bool{true, true, false}},
		{"Uniform", []float64{-1, 2, 0.5}, []float64{0, 1, math.NaN()}, []bool{true, true, false}},
		{"Bernoulli probs", []float64{0.5, -1, 1}, nil, []bool{true, true, false}},
		{"Bernoulli logits", []float64{0.5, 2, 0}, nil, []bool{true, true, false}},
	} {
		tape := autograd.NewTape()
		params := []Var{tape.Var(vec(0.2))}
		if c.kind != "Exponential" && c.kind[:4] != "Bern" {
			params = append(params, tape.Var(vec(0.9)))
		}
		x := tape.Var(vec(c.x...))
		d := kinds[c.kind](params)
		y := d.(dense).LogProb(x)
		for i, outside := range c.outside {
			require.Equal(t, outside, math.IsInf(y.Value().At(i), -1), "%s at %v", c.kind, c.x[i])
		}
		grads := autograd.VJP(y, tape.Const(vec(1, 1, 0)), append(params, x)...)
		for i, g := range grads {
			for _, v := range tensor.Values(g.Value()) {
				if c.kind != "Uniform" || i == 2 { // the width counts everywhere, as in PyTorch
					require.Zero(t, v, "%s: gradient %d", c.kind, i)
				}
			}
		}
		if c.cdf != nil {
			p := d.(rising).CDF(x)
			for i, want := range c.cdf {
				if !math.IsNaN(want) {
					require.Equal(t, want, p.Value().At(i), "%s at %v", c.kind, c.x[i])
				}
			}
		}
	}
	tape := autograd.NewTape()
	d := dist.Dirichlet{Concentration: tape.Var(vec(2, 3))}
	y := d.LogProb(tape.Const(tensor.New([]float64{-1, 2, 0.5, 0.5}, 2, 2)))
	require.True(t, math.IsInf(y.Value().At(0), -1))
	require.False(t, math.IsInf(y.Value().At(1), 0))
}

// Infinite logits are certain, also where PyTorch's formula gives NaN.
func TestCertainBernoulli(t *testing.T) {
	tape := autograd.NewTape()
	d := dist.Bernoulli{Logits: tape.Const(vec(math.Inf(1), math.Inf(-1), math.Inf(1)))}
	require.Equal(t, []float64{0, 0, math.Inf(-1)}, tensor.Values(d.LogProb(tape.Const(vec(1, 0, 0))).Value()))
}

// The tails of the normal distribution keep their digits.
func TestTailOfNormal(t *testing.T) {
	tape := autograd.NewTape()
	d := dist.Normal{Loc: tape.Const(vec(1)), Scale: tape.Const(vec(2))}
	require.InEpsilon(t, 6.220960574271785e-16, d.CDF(tape.Const(vec(-15))).Value().At(0), 1e-12)
}

// In float32 all is float32, and nearly what it is in float64.
func TestFloat32(t *testing.T) {
	for _, p := range points {
		ask := func(dt tensor.DType) (list []Var) {
			tape := autograd.NewTape()
			var params []Var
			for _, v := range p.params {
				params = append(params, tape.Const(v.To(dt)))
			}
			d := kinds[p.kind](params)
			list = append(list, d.Entropy(), dist.KL(d, d))
			if m, ok := d.(moments); ok {
				list = append(list, m.Mean(), m.Variance())
			}
			switch d := d.(type) {
			case dist.Categorical:
				list = append(list, d.LogProb([]int{1}))
			case dist.Bernoulli:
				list = append(list, d.LogProb(tape.Const(vec(0, 1).To(dt))))
			default:
				list = append(list, d.(dense).LogProb(tape.Const(p.x.To(dt))))
			}
			if c, ok := d.(rising); ok {
				list = append(list, c.CDF(tape.Const(p.x.To(dt))))
			}
			return list
		}
		want := ask(tensor.Float64)
		for i, got := range ask(tensor.Float32) {
			require.Equal(t, tensor.Float32, got.DType(), p.kind)
			require.InDeltaSlice(t, tensor.Values(want[i].Value()), tensor.Values(got.Value()), 3e-6, "%s: answer %d", p.kind, i)
		}
	}
}

// Draws are named to the tape, so that they are drawn again.
func TestReplay(t *testing.T) {
	tape, r := autograd.NewTape(), tensor.NewRand(3)
	var index []int
	var x, y []float64
	f := func() {
		index = dist.Categorical{Logits: tape.Const(vec(0, 1, 2))}.Sample(r, 10)
		x = tensor.Values(dist.Beta{Concentration1: tape.Const(vec(1)), Concentration0: tape.Const(vec(2))}.Sample(r, 2).Value())
		y = tensor.Values(dist.GumbelSoftmax(r, tape.Const(vec(0, 1, 2)), 1).Value())
	}
	f()
	wantIndex, wantX, wantY, next := index, x, y, r.Clone().Uint64()
	tape.Replay(f)
	require.Equal(t, wantIndex, index)
	require.Equal(t, wantX, x)
	require.Equal(t, wantY, y)
	require.Equal(t, next, r.Uint64())
}

// A step that draws, and one that asks for densities and divergences, allocates
// nothing.
func TestAllocatesNothing(t *testing.T) {
	tape, r := autograd.NewTape(), tensor.NewRand(1)
	loc, scale, p := tensor.Randn(r, 5, 3), tensor.Full(0.5, 3), tensor.Full(0.5, 5, 3)
	step := func() {
		tape.Reset()
		q := dist.Normal{Loc: tape.Var(loc), Scale: tape.Var(scale)}
		z := q.RSample(r)
		q.LogProb(z)
		q.Sample(r, 2)
		g := dist.Gamma{Concentration: tape.Const(p), Rate: tape.Const(p)}
		g.Sample(r)
		dist.Bernoulli{Probs: tape.Const(p)}.Sample(r)
		dist.GumbelSoftmaxHard(r, tape.Var(loc), 1).Sum().Backward()
		dist.KL(q, dist.Gumbel(q)).Sum()
	}
	step()
	step()
	require.Zero(t, testing.AllocsPerRun(20, step))
}

func TestMisuse(t *testing.T) {
	tape, r := autograd.NewTape(), tensor.NewRand(1)
	two, three := tape.Const(vec(1, 2)), tape.Const(vec(1, 2, 3))
	for _, c := range []struct {
		do   func()
		want string
	}{
		{func() { dist.Bernoulli{}.Entropy() }, "bernoulli: want either probabilities or logits"},
		{func() { dist.Bernoulli{Probs: two, Logits: two}.Mean() }, "bernoulli: want either probabilities or logits"},
		{func() { dist.Categorical{}.Sample(r) }, "categorical: want either probabilities or logits"},
		{func() { dist.Categorical{Probs: two, Logits: two}.Entropy() }, "categorical: want either probabilities or logits"},
		{func() { dist.Categorical{Probs: two}.LogProb([]int{1}, 2) }, "categorical: want 2 indices for the shape [2], got 1"},
		{func() { dist.Categorical{Probs: two}.LogProb([]int{2}) }, "gather"},
		{func() { dist.Normal{Loc: two, Scale: three}.Mean() }, "normal [2] × [3]"},
		{func() { dist.Normal{}.Mean() }, "the variable is empty"},
		{func() { dist.KL(dist.Exponential{Rate: two}, dist.Laplace{Loc: two, Scale: two}) }, "kl: there is no formula for dist.Exponential and dist.Laplace"},
		{func() { dist.KL(dist.Bernoulli{Probs: two}, dist.Exponential{Rate: two}) }, "kl: there is no formula for dist.Bernoulli and dist.Exponential"},
		{func() { dist.MultivariateNormal{Loc: two, ScaleTril: two}.Sample(r) }, "multivariate-normal [2]: want square matrices"},
		{func() {
			dist.MultivariateNormal{Loc: three, ScaleTril: tape.Const(tensor.Eye(2).To(tensor.Float64))}.Mean()
		}, "multivariate-normal [3] × [2]"},
		{func() { dist.GumbelSoftmax(r, two, 0) }, "gumbel-softmax: want a temperature > 0, got 0"},
		{func() { dist.Bernoulli{Probs: two}.Sample(r) }, "bernoulli: want a probability in [0, 1], got 2"},
		{func() { dist.Gamma{Concentration: two.Neg(), Rate: two}.Sample(r) }, "gamma: want concentrations ≥ 0, got -1"},
	} {
		func() {
			defer func() { require.ErrorContains(t, recover().(error), c.want) }()
			c.do()
			t.Errorf("no panic: %s", c.want)
		}()
	}
}

// Without axes there is one corner.
func TestGumbelSoftmaxOfANumber(t *testing.T) {
	tape := autograd.NewTape()
	require.Equal(t, 1.0, dist.GumbelSoftmaxHard(tensor.NewRand(1), tape.Const(tensor.Zeros64()), 1).Item())
}

// The generator whose next number is 0 gives a finite Gumbel number, PyTorch's.
func TestGumbelOfZero(t *testing.T) {
	r, tape := tensor.NewRand(2313), autograd.NewTape()
	r.Uniform(tensor.Zeros(3997), 0, 1)
	require.Zero(t, r.Clone().Float32())
	x := dist.Gumbel{Loc: tape.Const(tensor.Zeros(1)), Scale: tape.Const(tensor.Ones(1))}.Sample(r)
	require.InDelta(t, -4.46976900100708, x.Value().At(0), 1e-6)
}

// No samples of something, and samples of nothing.
func TestEmpty(t *testing.T) {
	tape, r := autograd.NewTape(), tensor.NewRand(1)
	next := r.Clone().Uint64()
	none := tape.Const(tensor.Zeros64(0, 2))
	require.Equal(t, []int{0, 3}, dist.Normal{Loc: tape.Const(vec(1, 2, 3)), Scale: tape.Const(vec(1))}.Sample(r, 0).Shape())
	require.Empty(t, dist.Categorical{Logits: none}.Sample(r, 3))
	require.Empty(t, dist.Categorical{Logits: tape.Const(vec(1, 2))}.Sample(r, 0))
	require.Equal(t, []int{3, 0}, dist.Categorical{Logits: none}.LogProb(nil, 3).Shape())
	require.Equal(t, []int{0, 2}, dist.Dirichlet{Concentration: none}.Sample(r).Shape())
	require.Equal(t, next, r.Uint64())
}

// A parameter that makes no sense gives NaN, and the tape tells where.
func TestDetectNaN(t *testing.T) {
	tape := autograd.NewTape()
	tape.DetectNaN(true)
	defer func() {
		var e *autograd.NaNError
		require.ErrorAs(t, recover().(error), &e)
		require.Equal(t, "log", e.Op)
		require.Equal(t, "dist_test.go", filepath.Base(e.File))
	}()
	dist.Normal{Loc: tape.Const(vec(0)), Scale: tape.Const(vec(-1))}.Entropy()
	t.Error("no panic")
}
