package autograd_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/descent-ml/descent/autograd"
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
	{"standardized", func(a, _ Var) Var { return a.Standardize(0.5, 1).MulScalar(0.5) }},
	{"running", func(a, _ Var) Var { return a.CumSum(1).Tanh() }},
	{"factors", func(a, b Var) Var { return a.AddScalar(1.5).ProdKeep(1).MulScalar(0.1).Mul(b).Tanh() }},
	{"expanded", func(a, b Var) Var { return a.Unsqueeze(0).Expand(2, 2, 3).Mul(b).Mean(0) }},
	{"gelu", func(a, _ Var) Var { return a.GELU() }},
}

func (e expression) String() string {
	s := ""
	for i, st := range e.steps {
		s += fmt.Sprintf("v%d = %s(v%d, v%d); ", i+2, smooth[st.op].name, st.a, st.b)
	}
	return s
}

// run computes the expression of two variables, and sums its results, so that
// none is left out.
func (e expression) run(xs ...Var) Var {
	v := append([]Var{}, xs...)
	for _, s := range e.steps {
		v = append(v, smooth[s.op].f(v[s.a], v[s.b]))
	}
	y := v[len(v)-1]
	for i, x := range v[2 : len(v)-1] {
		if i%2 == 0 {
			y = y.Add(x)
		}
	}
	return y
}

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
	rapid.Check(t, func(t *rapid.T) {
		e := drawExpression(t)
		a, b := mat(rapid.Uint64().Draw(t, "seed"), 2, 3), mat(7, 2, 3)
		require.NoError(t, autograd.Check(e.run, a, b), e.String())

		// Backward, VJP and Recompute agree, to the bit.
		seed := mat(8, 2, 3)
		tape := autograd.NewTape()
		x, z := tape.Var(a), tape.Var(b)
		y := e.run(x, z)
		recorded := autograd.VJP(y, tape.Const(seed), x, z)
		g := y.BackwardSeed(seed)
		again := autograd.NewTape()
		x2, z2 := again.Var(a), again.Var(b)
		h := autograd.Recompute(e.run, x2, z2).BackwardSeed(seed)
		for i, v := range []Var{x, z} {
			want := g.Of(v)
			if want == nil {
				want = tensor.Zeros64(2, 3)
			}
			require.Equal(t, tensor.Values(want), tensor.Values(recorded[i].Value()), e.String())
			if got := h.Of([]Var{x2, z2}[i]); got != nil {
				require.Equal(t, tensor.Values(want), tensor.Values(got), e.String())
			} else {
				require.Nil(t, g.Of(v))
			}
		}
	})
}

func TestRandomSecondDerivatives(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e := drawExpression(t)
		a, b := mat(rapid.Uint64().Draw(t, "seed"), 2, 3), mat(7, 2, 3)
		f := func(xs ...Var) Var { return e.run(xs...).Add(xs[0].Mul(xs[1])) }
		require.NoError(t, autograd.CheckSecond(f, a, b), e.String())
	})
}
