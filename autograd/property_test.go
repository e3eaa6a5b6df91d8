package autograd_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/internal/property"
	"github.com/descent-ml/descent/tensor"
)

// An expression is a random program on variables of shape [2 3]: each step
// applies an operation to earlier results. The operations are smooth, and
// keep values small.
type expression struct {
	steps []struct{ op, a, b int }
}

var smooth = []struct {
	name string
	f    func(a, b Var) Var
}{
	{"tanh of sum", func(a, b Var) Var { return a.Add(b).Tanh() }},
	{"difference", func(a, b Var) Var { return a.Sub(b.MulScalar(0.5)).MulScalar(0.5) }},
	{"product", func(a, b Var) Var { return a.Mul(b).MulScalar(0.5) }},
	{"quotient", func(a, b Var) Var { return a.Div(b.Square().AddScalar(1)) }},
	{"sine", func(a, _ Var) Var { return a.Sin() }},
	{"softmax", func(a, _ Var) Var { return a.Softmax(1) }},
	{"log-softmax", func(a, _ Var) Var { return a.LogSoftmax(0).MulScalar(0.3) }},
	{"matmul", func(a, b Var) Var { return a.MatMul(b.T()).MatMul(b).Tanh() }},
	{"linear", func(a, b Var) Var { return a.Linear(b, Var{}).Slice(1, 0, 1, 1).Add(b).Sigmoid() }},
	{"broadcast row", func(a, b Var) Var { return a.Add(b.Slice(0, 1, 2, 1)).Cos() }},
	{"broadcast column", func(a, b Var) Var { return a.Mul(b.Slice(1, 2, 3, 1)).Sin() }},
	{"reduced row", func(a, b Var) Var { return a.Sub(b.MeanKeep(1)) }},
	{"reduced", func(a, b Var) Var { return a.Mul(b.Sum().Tanh()) }},
	{"log-sum-exp", func(a, b Var) Var { return a.Sub(b.LogSumExpKeep(0)).Tanh() }},
	{"permuted", func(a, b Var) Var { return a.T().Reshape(2, 3).Add(b).MulScalar(0.5) }},
	{"flipped", func(a, b Var) Var { return a.Flip(1).Mul(b.Flip(0)) }},
	{"joined", func(a, b Var) Var { return autograd.Concat(0, a.Slice(0, 1, 2, 1), b.Slice(0, 0, 1, 1)) }},
	{"strided", func(a, b Var) Var { return autograd.Concat(1, a, b).Slice(1, 1, 6, 2) }},
	{"gathered", func(a, _ Var) Var { return a.IndexSelect(1, []int{2, 2, 0}) }},
	{"running", func(a, _ Var) Var { return a.CumSum(1).Tanh() }},
	{"factors", func(a, b Var) Var { return a.AddScalar(1.5).ProdKeep(1).MulScalar(0.1).Mul(b).Tanh() }},
	{"expanded", func(a, b Var) Var { return a.Unsqueeze(0).Expand(2, 2, 3).Mul(b).Mean(0) }},
	{"gelu", func(a, _ Var) Var { return a.GELU() }},
	{"negative exponential", func(a, _ Var) Var { return a.Tanh().Neg().Exp().MulScalar(0.5) }},
	{"square", func(a, b Var) Var { return b.Sub(a.Square()).Sigmoid() }},
	{"layer-norm", func(a, b Var) Var { return a.LayerNorm(1, line(b, 0), line(b, 1), 0.5).MulScalar(0.5) }},
	{"rms-norm", func(a, b Var) Var { return a.RMSNorm(1, line(b, 1), 0.5).MulScalar(0.5) }},
	{"batch-norm", func(a, b Var) Var {
		y, _, _ := a.BatchNorm(line(a, 0), line(b, 1), 0.5)
		return y.MulScalar(0.5)
	}},
	{"attention", func(a, b Var) Var {
		return a.Reshape(1, 1, 2, 3).Attention(b.Reshape(1, 1, 2, 3), a.Reshape(1, 1, 2, 3), true).Reshape(2, 3)
	}},
	{"lstm", func(a, b Var) Var {
		w := autograd.Concat(0, a, b, a, b, a, b)
		y, h, c := a.Unsqueeze(1).LSTM(autograd.Recurrence{WeightIH: w, WeightHH: w, BiasIH: column(w), BiasHH: column(w)})
		return y.Squeeze(1).Add(h).Mul(c)
	}},
	{"gru", func(a, b Var) Var {
		w := autograd.Concat(0, a, b, a, b, a.Slice(0, 0, 1, 1))
		y, h := b.Unsqueeze(0).GRU(autograd.Recurrence{WeightIH: w, WeightHH: w, BiasIH: column(w), BiasHH: column(w), H0: a})
		return y.Squeeze(0).Sub(h.MulScalar(0.5))
	}},
}

func line(x Var, i int) Var { return x.Slice(0, i, i+1, 1).Squeeze(0) }
func column(x Var) Var      { return x.Slice(1, 1, 2, 1).Squeeze(1) }

func (e expression) String() string {
	s := ""
	for i, st := range e.steps {
		s += fmt.Sprintf("v%d = %s(v%d, v%d); ", i+2, smooth[st.op].name, st.a, st.b)
	}
	return s
}

// values computes the expression of two variables, and returns them and all
// results.
func (e expression) values(xs ...Var) []Var {
	v := append([]Var{}, xs...)
	for _, s := range e.steps {
		v = append(v, smooth[s.op].f(v[s.a], v[s.b]))
	}
	return v
}

// combined sums the results of an expression of two variables, so that none is
// left out.
func combined(v []Var) Var {
	y := v[len(v)-1]
	for i, x := range v[2 : len(v)-1] {
		if i%2 == 0 {
			y = y.Add(x)
		}
	}
	return y
}

func (e expression) run(xs ...Var) Var { return combined(e.values(xs...)) }

func drawExpression(t *rapid.T) (e expression) {
	for i := range rapid.IntRange(1, 8).Draw(t, "steps") {
		e.steps = append(e.steps, struct{ op, a, b int }{
			rapid.IntRange(0, len(smooth)-1).Draw(t, "op"),
			rapid.IntRange(0, i+1).Draw(t, "a"),
			rapid.IntRange(0, i+1).Draw(t, "b"),
		})
	}
	return e
}

func TestRandomExpressions(t *testing.T) {
	property.Check(t, func(t *rapid.T) {
		e := drawExpression(t)
		a, b := mat(rapid.Uint64().Draw(t, "seed"), 2, 3), mat(7, 2, 3)
		require.NoError(t, autograd.Check(e.run, a, b), e.String())

		// Backward and VJP agree, to the bit, and change no value.
		seed := mat(8, 2, 3)
		tape := autograd.NewTape()
		v := e.values(tape.Var(a), tape.Var(b))
		y, inner := combined(v), v[rapid.IntRange(2, len(v)-1).Draw(t, "retained")]
		before := numbers(v)
		wanted := []Var{v[0], v[1], inner}
		var want [][]float64
		for _, d := range autograd.VJP(y, tape.Const(seed), wanted...) {
			want = append(want, tensor.Values(d.Value()))
		}
		inner.RetainGrad()
		g := y.BackwardSeed(seed)
		require.Equal(t, before, numbers(v), e.String())
		for i, x := range wanted {
			require.Equal(t, want[i], gradOf(g, x), e.String())
		}

		// So does Recompute.
		tape = autograd.NewTape()
		v = []Var{tape.Var(a), tape.Var(b)}
		g = autograd.Recompute(e.run, v...).BackwardSeed(seed)
		for i, x := range v {
			require.Equal(t, want[i], gradOf(g, x), e.String())
		}
	})
}

func numbers(v []Var) (all [][]float64) {
	for _, x := range v {
		all = append(all, tensor.Values(x.Value()))
	}
	return all
}

// gradOf returns the gradient by x, zeros when there is none.
func gradOf(g autograd.Grads, x Var) []float64 {
	if d := g.Of(x); d != nil {
		return tensor.Values(d)
	}
	return make([]float64, x.Value().Len())
}

func TestRandomSecondDerivatives(t *testing.T) {
	property.Check(t, func(t *rapid.T) {
		e := drawExpression(t)
		a, b := mat(rapid.Uint64().Draw(t, "seed"), 2, 3), mat(7, 2, 3)
		f := func(xs ...Var) Var { return e.run(xs...).Add(xs[0].Mul(xs[1])) }
		require.NoError(t, autograd.CheckSecond(f, a, b), e.String())
	})
}
