package autograd_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/tensor"
)

// double is an operation as a program would declare it.
func double() autograd.Unary {
	return autograd.Unary{
		Name: "double", Rule: "2 dy",
		Value: func(y, x *tensor.Tensor) { tensor.MulScalarTo(y, x, 2) },
		VJP:   func(_, _, dy Var) Var { return dy.Apply(double) },
	}
}

// hypot is √(a² + b²).
func hypot() autograd.Binary {
	return autograd.Binary{
		Name: "hypot", Rule: "dy a / y; dy b / y",
		Value: func(y, a, b *tensor.Tensor) {
			tensor.AddTo(y, tensor.Square(a), tensor.Square(b))
			tensor.SqrtTo(y, y)
		},
		A: func(a, _, y, dy Var) Var { return dy.Mul(a.Div(y)) },
		B: func(_, b, y, dy Var) Var { return dy.Mul(b.Div(y)) },
	}
}

// logSumExp is log Σ eˣ of each row.
func logSumExp() autograd.Op {
	return autograd.Op{
		Name: "my log-sum-exp", Rule: "dy softmax(x)",
		Shape: func(operands ...[]int) []int { return operands[0][:1] },
		Value: func(y *tensor.Tensor, operands ...*tensor.Tensor) {
			x := operands[0]
			for i := range x.Dim(0) {
				s := 0.0
				for k := range x.Dim(1) {
					s += math.Exp(x.At(i, k))
				}
				y.Set(math.Log(s), i)
			}
		},
		VJP: func(_ int, operands []Var, y, dy Var) Var {
			return dy.Unsqueeze(1).Mul(operands[0].Sub(y.Unsqueeze(1)).Exp())
		},
	}
}

// blend is Σ wᵢ xᵢ of numbers w and any number of operands.
func blend() autograd.Op {
	return autograd.Op{
		Name: "blend", Rule: "dy (i + 1)",
		Shape: func(operands ...[]int) []int { return operands[0] },
		Value: func(y *tensor.Tensor, operands ...*tensor.Tensor) {
			y.Fill(0)
			for i, x := range operands {
				for k := range y.Len() {
					y.Set(y.At(k)+float64(i+1)*x.At(k), k)
				}
			}
		},
		VJP: func(i int, _ []Var, _, dy Var) Var { return dy.MulScalar(float64(i + 1)) },
	}
}

func TestCustomOperations(t *testing.T) {
	for name, c := range map[string]struct {
		f, want func(xs ...Var) Var
		in      []*tensor.Tensor
	}{
		"unary": {
			func(xs ...Var) Var { return xs[0].Apply(double).Square() }, func(xs ...Var) Var { return xs[0].MulScalar(2).Square() },
			[]*tensor.Tensor{mat(1, 2, 3)},
		},
		"binary, broadcast": {
			func(xs ...Var) Var { return xs[0].Apply2(hypot, xs[1]) }, func(xs ...Var) Var { return xs[0].Square().Add(xs[1].Square()).Sqrt() },
			[]*tensor.Tensor{mat(1, 2, 3), mat(2, 2, 1)},
		},
		"log-sum-exp": {
			func(xs ...Var) Var { return autograd.Apply(logSumExp, xs[0]) }, func(xs ...Var) Var { return xs[0].LogSumExp(1) },
			[]*tensor.Tensor{mat(1, 2, 3)},
		},
		"many operands": {
			func(xs ...Var) Var { return autograd.Apply(blend, xs...).Tanh() },
			func(xs ...Var) Var {
				return xs[0].Add(xs[1].MulScalar(2)).Add(xs[2].MulScalar(3)).Add(xs[3].MulScalar(4)).Tanh()
			},
			[]*tensor.Tensor{mat(1, 3), mat(2, 3), mat(3, 3), mat(4, 3)},
		},
	} {
		t.Run(name, func(t *testing.T) {
			require.NoError(t, autograd.Check(c.f, c.in...))
			require.NoError(t, autograd.CheckSecond(c.f, c.in...))
			tape := autograd.NewTape()
			var xs []Var
			for _, x := range c.in {
				xs = append(xs, tape.Var(x))
			}
			inDelta(t, tensor.Values(c.want(xs...).Value()), tensor.Values(c.f(xs...).Value()))
		})
	}
	tape := autograd.NewTape()
	y := tape.Var(vec(1)).Apply2(hypot, tape.Const(vec(2)))
	name, rule := y.Op()
	require.Equal(t, "hypot", name)
	require.Equal(t, "dy a / y; dy b / y", rule)
	require.Len(t, y.Operands(), 2)
}

// An operation without a rule lets no gradient through.
func TestCustomOperationWithoutRule(t *testing.T) {
	tape := autograd.NewTape()
	x := tape.Var(vec(1, 2))
	for _, y := range []Var{
		x.Apply(func() autograd.Unary { return autograd.Unary{Name: "u", Rule: "none", Value: tensor.ExpTo} }),
		x.Apply2(func() autograd.Binary { return autograd.Binary{Name: "b", Rule: "none", Value: tensor.AddTo} }, x),
		autograd.Apply(func() autograd.Op {
			return autograd.Op{Name: "o", Rule: "none", Shape: func(s ...[]int) []int { return s[0] },
				Value: func(y *tensor.Tensor, xs ...*tensor.Tensor) { y.CopyFrom(xs[0]) }}
		}, x),
	} {
		require.False(t, y.NeedsGrad())
	}
	half := func() autograd.Binary {
		return autograd.Binary{Name: "half", Rule: "dy; none", Value: tensor.AddTo, A: func(_, _, _, dy Var) Var { return dy }}
	}
	z := tape.Var(vec(3, 4))
	require.False(t, tape.Const(vec(1, 1)).Apply2(half, x).NeedsGrad())
	g := z.Apply2(half, x).Sum().Backward()
	require.Nil(t, g.Of(x))
	inDelta(t, []float64{1, 1}, tensor.Values(g.Of(z)))
}

// A rule may leave a gradient broadcast or short; the engine fits it.
func TestRuleShapes(t *testing.T) {
	with := func(rule func(x, y, dy Var) Var) func() autograd.Unary {
		return func() autograd.Unary {
			return autograd.Unary{Name: "copy", Rule: "?", Value: func(y, x *tensor.Tensor) { y.CopyFrom(x) }, VJP: rule}
		}
	}
	for _, record := range []bool{false, true} {
		grad := func(x *tensor.Tensor, rule func(x, y, dy Var) Var) []float64 {
			tape := autograd.NewTape()
			v := tape.Var(x)
			y := v.Apply(with(rule)).Sum()
			if record {
				return tensor.Values(autograd.Grad(y, v)[0].Value())
			}
			return tensor.Values(y.Backward().Of(v))
		}
		require.Equal(t, []float64{3, 3}, grad(mat(1, 2, 1), func(_, _, dy Var) Var { return dy.Expand(2, 3) }), "summed over an axis of length one")
		require.Equal(t, []float64{5, 5}, grad(mat(1, 2), func(_, _, dy Var) Var { return dy.Expand(5, 2) }), "summed over a new axis")
		require.Equal(t, []float64{1, 1, 1, 1}, grad(mat(1, 2, 2), func(_, _, dy Var) Var { return dy.Slice(0, 0, 1, 1) }), "stretched")
		require.Equal(t, []float64{1, 1, 1, 1}, grad(mat(1, 2, 2), func(_, _, dy Var) Var { return dy.Tape().Scalar(tensor.Float64, 1) }), "stretched from a number")
		require.Equal(t, []float64{6}, grad(tensor.New([]float64{1}), func(_, _, dy Var) Var { return dy.Expand(2, 3) }), "summed to a number")
		require.Equal(t, []float64{7, 7, 7}, grad(mat(1, 1, 3), func(_, _, dy Var) Var { return dy.Expand(7, 1, 3) }))

		for text, rule := range map[string]func(x, y, dy Var) Var{
			"gradient of copy [3]: the rule gave a gradient of this shape for an operand of shape [2]": func(_, _, dy Var) Var { return dy.Tape().Const(vec(1, 2, 3)) },
			"gradient of copy: the gradient is float32, want float64; convert it with To(tensor.Float64)": func(_, _, dy Var) Var {
				return dy.Tape().Const(tensor.Ones(2))
			},
			"gradient of copy: the gradient is on another tape than its variable": func(_, _, dy Var) Var { return autograd.NewTape().Const(vec(1, 2)) },
		} {
			require.EqualError(t, panicOf(t, func() { grad(vec(1, 2), rule) }), text)
		}
	}
}

// A gradient that nobody needs is never computed.
func TestUnneededGradients(t *testing.T) {
	var calls [2]int
	counted := func() autograd.Binary {
		return autograd.Binary{
			Name: "counted", Rule: "dy; dy", Value: tensor.AddTo,
			A: func(_, _, _, dy Var) Var { calls[0]++; return dy },
			B: func(_, _, _, dy Var) Var { calls[1]++; return dy },
		}
	}
	expect := func(name string, a, b int, f func(tape *autograd.Tape, x, z, c Var)) {
		calls = [2]int{}
		tape := autograd.NewTape()
		f(tape, tape.Var(vec(1, 2)), tape.Var(vec(3, 4)), tape.Const(vec(5, 6)))
		require.Equal(t, [2]int{a, b}, calls, name)
	}
	expect("both", 1, 1, func(_ *autograd.Tape, x, z, c Var) { x.Apply2(counted, z).Sum().Backward() })
	expect("a constant operand", 1, 0, func(_ *autograd.Tape, x, z, c Var) { x.Apply2(counted, c).Sum().Backward() })
	expect("a constant operand", 0, 1, func(_ *autograd.Tape, x, z, c Var) { c.Exp().Apply2(counted, z).Sum().Backward() })
	expect("only constants", 0, 0, func(_ *autograd.Tape, x, z, c Var) { c.Apply2(counted, c).Add(x).Sum().Backward() })
	expect("detached", 0, 1, func(_ *autograd.Tape, x, z, c Var) { x.Exp().Detach().Apply2(counted, z).Sum().Backward() })
	expect("unused result", 0, 0, func(_ *autograd.Tape, x, z, c Var) { x.Apply2(counted, z); x.Sum().Backward() })
	expect("later result", 0, 0, func(_ *autograd.Tape, x, z, c Var) { y := x.Sum(); x.Apply2(counted, z); y.Backward() })
	expect("one of two by Grad", 1, 0, func(_ *autograd.Tape, x, z, c Var) { autograd.Grad(x.Apply2(counted, z).Sum(), x) })
	expect("an inner variable by Grad", 0, 0, func(_ *autograd.Tape, x, z, c Var) {
		h := x.Apply2(counted, z)
		autograd.Grad(h.Exp().Sum(), h)
	})
	expect("off the path of Grad", 1, 0, func(_ *autograd.Tape, x, z, c Var) {
		autograd.Grad(x.Apply2(counted, z.Apply2(counted, c)).Sum(), x)
	})
	expect("without recording", 0, 0, func(tape *autograd.Tape, x, z, c Var) {
		tape.SetRecording(false)
		tape.Var(vec(1)).Apply2(counted, tape.Var(vec(1)))
	})
	expect("one pass for many paths", 1, 1, func(_ *autograd.Tape, x, z, c Var) {
		h := x.Apply2(counted, z)
		h.Add(h).Mul(h).Sum().Backward()
	})
}
