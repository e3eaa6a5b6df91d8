package dist_test

import (
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/dist"
	"github.com/descent-ml/descent/tensor"
)

// A point is a distribution of some parameters, with arguments within its support.
// The second distribution of a pair has the other parameters.
type point struct {
	kind          string
	params, other []*tensor.Tensor
	x             *tensor.Tensor
}

var points = []point{
	{"Normal", pair(0.3, 0.8), pair(-0.2, 1.1), vec(-0.7, 1.9)},
	{"LogNormal", pair(0.3, 0.6), pair(-0.2, 0.9), vec(0.4, 1.9)},
	{"Laplace", pair(0.3, 0.8), pair(-0.25, 1.1), vec(-0.7, 1.9)},
	{"Gumbel", pair(0.3, 0.8), pair(-0.2, 1.1), vec(-0.7, 1.9)},
	{"Uniform", pair(0.1, 0.9), pair(-0.3, 1.2), vec(0.2, 0.8)},
	{"Exponential", []*tensor.Tensor{vec(1.3)}, []*tensor.Tensor{vec(0.7)}, vec(0.4, 1.9)},
	{"Gamma", pair(2.5, 1.3), pair(1.4, 0.7), vec(0.4, 1.9)},
	{"Beta", pair(2.5, 1.7), pair(1.4, 2.2), vec(0.3, 0.6)},
	{"Dirichlet", []*tensor.Tensor{vec(2.5, 1.7, 1.2)}, []*tensor.Tensor{vec(1.4, 0.8, 2.2)}, vec(0.3, 0.5, 0.2)},
	{"MultivariateNormal", []*tensor.Tensor{vec(0.3, -0.5), tensor.New([]float64{0.8, 0, -0.4, 1.2}, 2, 2)},
		[]*tensor.Tensor{vec(-0.3, 0.2), tensor.New([]float64{1.1, 0, 0.3, 0.7}, 2, 2)}, vec(0.7, -1.4)},
	{"Bernoulli probs", []*tensor.Tensor{vec(0.3, 0.6)}, []*tensor.Tensor{vec(0.5, 0.2)}, nil},
	{"Bernoulli logits", []*tensor.Tensor{vec(0.3, -0.6)}, []*tensor.Tensor{vec(1.5, 0.2)}, nil},
	{"Categorical probs", []*tensor.Tensor{vec(0.3, 0.6, 0.4)}, []*tensor.Tensor{vec(0.5, 0.2, 0.9)}, nil},
	{"Categorical logits", []*tensor.Tensor{vec(0.3, -0.6, 1.1)}, []*tensor.Tensor{vec(1.5, 0.2, -0.9)}, nil},
}

// pair returns two parameters, one for two arguments.
func pair(a, b float64) []*tensor.Tensor { return []*tensor.Tensor{vec(a), vec(b)} }

// agree compares first and second derivatives with differences.
func agree(t *testing.T, what string, f func(xs ...Var) Var, inputs ...*tensor.Tensor) {
	t.Helper()
	_, _, err := autograd.Deviation(f, inputs...)
	require.NoError(t, err, what)
}

func TestDerivatives(t *testing.T) {
	for _, p := range points {
		t.Run(p.kind, func(t *testing.T) {
			n, make := len(p.params), kinds[p.kind]
			agree(t, "entropy", func(xs ...Var) Var { return make(xs).Entropy() }, p.params...)
			tape := autograd.NewTape()
			var params []Var
			for _, v := range p.params {
				params = append(params, tape.Const(v))
			}
			d := make(params)
			if _, ok := d.(moments); ok {
				agree(t, "mean", func(xs ...Var) Var { return make(xs).(moments).Mean() }, p.params...)
				agree(t, "variance", func(xs ...Var) Var { return make(xs).(moments).Variance() }, p.params...)
			}
			with := append(slices.Clip(p.params), p.x)
			switch d.(type) {
			case dist.Categorical:
				agree(t, "log-probability", func(xs ...Var) Var { return make(xs).(dist.Categorical).LogProb([]int{2, 0}, 2) }, p.params...)
			case dist.Bernoulli:
				agree(t, "log-probability", func(xs ...Var) Var { return make(xs).(dense).LogProb(xs[0].Tape().Const(vec(1, 0))) }, p.params...)
			default:
				agree(t, "log-density", func(xs ...Var) Var { return make(xs).(dense).LogProb(xs[n]) }, with...)
			}
			if _, ok := d.(rising); ok {
				agree(t, "CDF", func(xs ...Var) Var { return make(xs).(rising).CDF(xs[n]) }, with...)
			}
			if _, ok := d.(smooth); ok && !implicit[p.kind] {
				agree(t, "sample", func(xs ...Var) Var { return make(xs).(smooth).RSample(tensor.NewRand(3), 2) }, p.params...)
			}
		})
	}
	agree(t, "Gumbel-softmax", func(xs ...Var) Var { return dist.GumbelSoftmax(tensor.NewRand(3), xs[0], 0.6) }, vec(0.3, -1, 0.5))
}

// implicit are distributions whose samples, for the same random numbers, are no smooth
// functions of the parameters; slope_test.go has their derivatives.
var implicit = map[string]bool{"Gamma": true, "Beta": true, "Dirichlet": true}

// klPairs calls f with each pair for which there is a formula.
func klPairs(f func(p, q point, kl func(xs ...Var) Var)) {
	for _, p := range points {
		for _, q := range points {
			kl := func(xs ...Var) Var {
				return dist.KL(kinds[p.kind](xs[:len(p.params)]), kinds[q.kind](xs[len(p.params):]))
			}
			same := p.kind == q.kind
			if same || supports[p.kind] != (support{}) && supports[q.kind] != (support{}) && !unknown[[2]string{p.kind, q.kind}] {
				f(p, q, kl)
			}
		}
	}
}

// unknown are pairs without a formula, in PyTorch as well.
var unknown = map[[2]string]bool{
	{"Beta", "Laplace"}: true, {"Beta", "Gumbel"}: true, {"Exponential", "Laplace"}: true, {"Gamma", "Laplace"}: true,
	{"Gumbel", "Laplace"}: true, {"Laplace", "Gumbel"}: true, {"Uniform", "Laplace"}: true,
}

// A support says where a density is integrated: over t from lo to hi. A positive x is
// exp t, and one between 0 and 1 is 1/(1 + exp −t).
type support struct{ lo, hi float64 }

var supports = map[string]support{
	"Normal": {-30, 30}, "Laplace": {-50, 50}, "Gumbel": {-30, 50}, "Uniform": {0.1, 0.9},
	"Exponential": {-30, 5}, "Gamma": {-30, 5}, "Beta": {-30, 30},
}

// grid returns arguments that fill a support, and their weights in an integral.
func grid(kind string) (x, weights []float64) {
	const n = 40000
	s := supports[kind]
	for i := range n {
		h := (s.hi - s.lo) / n
		t := s.lo + (float64(i)+0.5)*h
		switch kind {
		case "Exponential", "Gamma":
			x, weights = append(x, math.Exp(t)), append(weights, h*math.Exp(t))
		case "Beta":
			p := 1 / (1 + math.Exp(-t))
			x, weights = append(x, p), append(weights, h*p/(1+math.Exp(t)))
		default:
			x, weights = append(x, t), append(weights, h)
		}
	}
	return x, weights
}

// logDensity returns that of a point, or of its other parameters, at x.
func logDensity(kind string, params []*tensor.Tensor, x []float64) []float64 {
	tape := autograd.NewTape()
	var p []Var
	for _, v := range params {
		p = append(p, tape.Const(v))
	}
	return tensor.Values(kinds[kind](p).(dense).LogProb(tape.Const(vec(x...))).Value())
}

// Densities integrate to 1, and their mean, variance, entropy and CDF are integrals.
func TestIntegrals(t *testing.T) {
	for _, p := range points {
		if supports[p.kind] == (support{}) {
			continue
		}
		x, w := grid(p.kind)
		var one, mean, square, entropy, upTo float64
		for i, l := range logDensity(p.kind, p.params, x) {
			v := math.Exp(l) * w[i]
			one, mean, square = one+v, mean+v*x[i], square+v*x[i]*x[i]
			if v > 0 {
				entropy -= v * l
			}
			if x[i] < 0.5 {
				upTo += v
			}
		}
		tape := autograd.NewTape()
		var params []Var
		for _, v := range p.params {
			params = append(params, tape.Const(v))
		}
		d := kinds[p.kind](params)
		require.InDelta(t, 1, one, 1e-5, p.kind)
		require.InDelta(t, mean, d.(moments).Mean().Value().At(0), 1e-5, p.kind)
		require.InDelta(t, square-mean*mean, d.(moments).Variance().Value().At(0), 1e-5, p.kind)
		require.InDelta(t, entropy, d.Entropy().Value().At(0), 1e-5, p.kind)
		if c, ok := d.(rising); ok {
			require.InDelta(t, upTo, c.CDF(tape.Const(vec(0.5))).Value().At(0), 1e-3, p.kind)
		}
	}
}

// Each formula of a divergence is the integral of p log(p/q), infinite where that is,
// and has the right derivatives.
func TestKL(t *testing.T) {
	count, infinite := 0, 0
	klPairs(func(p, q point, kl func(xs ...Var) Var) {
		name := p.kind + " from " + q.kind
		inputs := slices.Concat(p.params, q.other)
		count++
		tape := autograd.NewTape()
		var in []Var
		for _, v := range inputs {
			in = append(in, tape.Const(v))
		}
		got := kl(in...).Sum().Item()
		if supports[p.kind] != (support{}) && supports[q.kind] != (support{}) {
			want := 0.0
			x, w := grid(p.kind)
			lq := logDensity(q.kind, q.other, x)
			for i, lp := range logDensity(p.kind, p.params, x) {
				if v := math.Exp(lp) * w[i]; v > 0 {
					want += v * (lp - lq[i])
				}
			}
			if math.IsInf(want, 1) {
				infinite++
				require.True(t, math.IsInf(got, 1), name)
				return
			}
			require.InDelta(t, want, got, 2e-5, name)
		}
		require.Greater(t, got, 0.0, name)
		agree(t, name, kl, inputs...)
	})
	require.Equal(t, 14+7*6-len(unknown), count)
	require.Equal(t, 2*2+3*4, infinite)
}
