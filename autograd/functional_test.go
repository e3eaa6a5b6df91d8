package autograd_test

import (
	"fmt"
	"math"
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

func TestHigherDerivatives(t *testing.T) {
	const x0 = 0.7
	for name, c := range map[string]struct {
		f    func(x Var) Var
		want []float64 // the first derivative, the second, …
	}{
		"x⁴":       {func(x Var) Var { return x.PowScalar(4) }, []float64{4 * x0 * x0 * x0, 12 * x0 * x0, 24 * x0, 24, 0}},
		"x x x x":  {func(x Var) Var { return x.Mul(x).Mul(x).Mul(x) }, []float64{4 * x0 * x0 * x0, 12 * x0 * x0, 24 * x0, 24, 0}},
		"sin":      {Var.Sin, []float64{math.Cos(x0), -math.Sin(x0), -math.Cos(x0), math.Sin(x0)}},
		"exp":      {Var.Exp, []float64{math.Exp(x0), math.Exp(x0), math.Exp(x0), math.Exp(x0)}},
		"1/x":      {Var.Reciprocal, []float64{-1 / (x0 * x0), 2 / math.Pow(x0, 3), -6 / math.Pow(x0, 4), 24 / math.Pow(x0, 5)}},
		"softplus": {func(x Var) Var { return x.Softplus(1, 20) }, sigmoidDerivatives(x0)},
		"logistic": {Var.Sigmoid, sigmoidDerivatives(x0)[1:]},
		"log-softmax": { // log σ(x) is the log-softmax of (x, 0)
			func(x Var) Var {
				return autograd.Concat(0, x, x.MulScalar(0)).LogSoftmax(0).Slice(0, 0, 1, 1).Neg()
			},
			sigmoidOfMinus(x0),
		},
	} {
		t.Run(name, func(t *testing.T) {
			x := autograd.NewTape().Var(vec(x0))
			y := c.f(x)
			for order, want := range c.want {
				if !y.NeedsGrad() {
					require.Zero(t, want)
					break
				}
				y = autograd.Grad(y, x)[0]
				require.InDelta(t, want, y.Item(), 1e-10, "derivative %d", order+1)
			}
		})
	}
}

// sigmoidDerivatives returns those of softplus: the logistic function s and
// its own derivatives.
func sigmoidDerivatives(x float64) []float64 {
	s := 1 / (1 + math.Exp(-x))
	return []float64{s, s * (1 - s), s * (1 - s) * (1 - 2*s), s * (1 - s) * (1 - 6*s + 6*s*s)}
}

// sigmoidOfMinus returns the derivatives of −log s.
func sigmoidOfMinus(x float64) []float64 {
	d := sigmoidDerivatives(x)
	return []float64{d[0] - 1, d[1], d[2], d[3]}
}

// Third derivatives of operations whose gradient is fused.
func TestThirdDerivatives(t *testing.T) {
	target := tensor.ClassTarget{Labels: []int{1, 0}, Smoothing: 0.1, Ignore: new(-1)}
	for name, f := range map[string]func(x Var) Var{
		"softmax":       func(x Var) Var { return x.Softmax(1) },
		"log-softmax":   func(x Var) Var { return x.LogSoftmax(0) },
		"layer-norm":    func(x Var) Var { return x.LayerNorm(1, Var{}, Var{}, 0.1) },
		"cross-entropy": func(x Var) Var { return x.CrossEntropyRows(target) },
		"prod":          func(x Var) Var { return x.Prod(1) },
		"tanh":          Var.Tanh,
		"sigmoid":       Var.Sigmoid,
		"gelu":          Var.GELU,
		"matmul":        func(x Var) Var { return x.MatMul(x.T()).MatMul(x) },
		"recompute": func(x Var) Var {
			return autograd.Recompute(func(xs ...Var) Var { return xs[0].Sin().Softmax(1) }, x).Exp()
		},
	} {
		gradient := func(xs ...Var) Var {
			y := f(xs[0])
			w := y.Tape().Const(tensor.Add(mat(9, y.Shape()...), vec(2)))
			return autograd.Grad(y.Mul(w).Sum(), xs[0])[0]
		}
		require.NoError(t, autograd.CheckSecond(gradient, mat(3, 2, 3)), name)
	}
}

func TestJacobian(t *testing.T) {
	a, x0 := mat(1, 3, 2), vec(0.4, -0.9)
	tape := autograd.NewTape()
	x := tape.Var(x0)
	y := tape.Const(a).MatMul(x).Sin() // J = diag(cos A x) A
	j := autograd.Jacobian(y, x)
	ax := tensor.MatMul(a, x0)
	want := tensor.Mul(tensor.Cos(ax).Reshape(3, 1), a)
	require.Equal(t, []int{3, 2}, j.Shape())
	inDelta(t, tensor.Values(want), tensor.Values(j))

	v, u := vec(2, -1), vec(1, 3, -2)
	inDelta(t, tensor.Values(tensor.MatMul(want, v)), tensor.Values(autograd.JVP(y, []Var{x}, []Var{tape.Const(v)}).Value()))
	inDelta(t, tensor.Values(tensor.MatMul(u, want)), tensor.Values(autograd.VJP(y, tape.Const(u), x)[0].Value()))

	// The derivative of a matrix by a matrix, and those of values without any
	// dependence on x.
	m := tape.Var(mat(2, 2, 2))
	inDelta(t, tensor.Values(kron(m.Value())), tensor.Values(autograd.Jacobian(tape.Const(mat(3, 2, 2)).MatMul(m), m)))
	require.Equal(t, []float64{0, 0, 0, 0}, tensor.Values(autograd.Jacobian(x.Exp(), x.Exp())))
	require.Equal(t, []int{0, 2}, autograd.Jacobian(x.Slice(0, 0, 0, 1), x).Shape())
}

// kron returns the Jacobian of c m by m, for the constant c of TestJacobian.
func kron(m *tensor.Tensor) *tensor.Tensor {
	c, j := mat(3, 2, 2), tensor.Zeros64(4, 4)
	for i := range 2 {
		for k := range 2 {
			for l := range 2 {
				j.Set(c.At(i, l), 2*i+k, 2*l+k)
			}
		}
	}
	return j
}

func TestJVP(t *testing.T) {
	tape := autograd.NewTape()
	x, y, v, u := tape.Var(vec(1, 2)), tape.Var(vec(3, 4)), tape.Const(vec(5, 6)), tape.Const(vec(7, 8))
	inDelta(t, []float64{5*3 + 7*1, 6*4 + 8*2}, tensor.Values(autograd.JVP(x.Mul(y), []Var{x, y}, []Var{v, u}).Value()))
	inDelta(t, []float64{5 * 3, 6 * 4}, tensor.Values(autograd.JVP(x.Mul(y), []Var{x}, []Var{v}).Value()))
	inDelta(t, []float64{0, 0}, tensor.Values(autograd.JVP(x.Exp(), []Var{y}, []Var{u}).Value()))
	inDelta(t, []float64{5 * math.E}, tensor.Values(autograd.JVP(x.Exp().Slice(0, 0, 1, 1), []Var{x}, []Var{v}).Value()))

	// It can be differentiated again: d/dx (cos x · v) = −sin x · v.
	d := autograd.JVP(x.Sin(), []Var{x}, []Var{v})
	inDelta(t, []float64{-5 * math.Sin(1), -6 * math.Sin(2)}, tensor.Values(autograd.Grad(d, x)[0].Value()))

	require.Equal(t, &tensor.ArgError{Op: "jvp", Reason: "there must be a direction for each variable"},
		panicOf(t, func() { autograd.JVP(x.Exp(), []Var{x}, nil) }))
	require.EqualError(t, panicOf(t, func() { autograd.JVP(x.Exp(), []Var{x}, []Var{tape.Scalar(tensor.Float64, 1)}) }),
		"jvp [2] × []: a direction must have the shape of its variable")
}

func TestHessian(t *testing.T) {
	a := mat(1, 3, 3)
	tape := autograd.NewTape()
	x := tape.Var(vec(0.3, -0.5, 1))
	quadratic := x.MatMul(tape.Const(a)).Dot(x)
	want := tensor.Add(a, a.T())
	inDelta(t, tensor.Values(want), tensor.Values(autograd.Hessian(quadratic, x)))
	v := vec(2, 0, -1)
	inDelta(t, tensor.Values(tensor.MatMul(want, v)), tensor.Values(autograd.HVP(quadratic, x, tape.Const(v)).Value()))

	// Σ sin x has the Hessian diag(−sin x).
	h := autograd.Hessian(x.Sin().Sum(), x)
	for i := range 3 {
		for k := range 3 {
			want := 0.0
			if i == k {
				want = -math.Sin(x.Value().At(i))
			}
			require.InDelta(t, want, h.At(i, k), 1e-12)
		}
	}
	// The Hessian of a linear function is zero.
	require.Equal(t, make([]float64, 9), tensor.Values(autograd.Hessian(x.Sum(), x)))
	require.Equal(t, make([]float64, 3), tensor.Values(autograd.HVP(x.Sum(), x, tape.Const(v)).Value()))
	w := tape.Var(vec(1, 2, 3))
	require.Equal(t, make([]float64, 9), tensor.Values(autograd.Hessian(x.Dot(w), x)))
	require.Equal(t, make([]float64, 3), tensor.Values(autograd.HVP(x.Dot(w), x, tape.Const(v)).Value()))
}

func TestGrad(t *testing.T) {
	tape := autograd.NewTape()
	x, z := tape.Var(vec(1, 2)), tape.Var(vec(3, 4))
	p := autograd.NewParam(vec(5, 6))
	h := x.Square()
	y := h.Mul(tape.Param(p)) // not a scalar: the sum is differentiated
	g := autograd.Grad(y, x, h, tape.Param(p), z, y, x)
	for i, want := range [][]float64{{10, 24}, {5, 6}, {1, 4}, {0, 0}, {1, 1}, {10, 24}} {
		inDelta(t, want, tensor.Values(g[i].Value()))
	}
	require.Equal(t, g[0], g[5])
	require.Empty(t, autograd.Grad(y))
	require.Equal(t, []float64{10, 24}, tensor.Values(autograd.Grad(y, x)[0].Value()), "as often as wanted")

	// A gradient penalty: the gradient of ‖∇‖² by a parameter, then Backward.
	penalty := autograd.Grad(y, x)[0].Square().Sum() // Σ (2 x p)²
	b := penalty.Backward()
	inDelta(t, []float64{8 * 5, 8 * 4 * 6}, tensor.Values(b.Of(p)))
	inDelta(t, []float64{8 * 25, 8 * 2 * 36}, tensor.Values(b.Of(x)))
	require.Nil(t, b.Of(z))
}

func TestCheckFindsMistakes(t *testing.T) {
	wrong := func() autograd.Unary {
		d := autograd.Unary{Name: "wrong", Rule: "3 dy", Value: func(y, x *tensor.Tensor) { tensor.MulScalarTo(y, x, 2) }}
		d.VJP = func(_, _, dy Var) Var { return dy.MulScalar(3) }
		return d
	}
	f := func(xs ...Var) Var { return xs[0].Add(xs[1].Apply(wrong)) }
	err := autograd.Check(f, vec(1, 2), vec(3, 4))
	require.Regexp(t, `^check: element \d of input 1, at \d: the gradient is [\d.]+, differences give [\d.]+$`, err.Error())
	require.NoError(t, autograd.Check(func(xs ...Var) Var { return xs[0].Exp() }, vec(1, 2)))
	require.EqualError(t, autograd.Check(f, vec(1, 2), tensor.Ones(2)), "check: input 1 is float32; gradients can only be checked in float64")

	// A right first derivative with a wrong second one.
	second := func(xs ...Var) Var {
		return xs[0].Apply(func() autograd.Unary {
			return autograd.Unary{Name: "cube", Rule: "3 dy x²", Value: func(y, x *tensor.Tensor) { tensor.PowScalarTo(y, x, 3) },
				VJP: func(x, _, dy Var) Var { return dy.Mul(x.Detach().Square()).MulScalar(3) }}
		})
	}
	require.NoError(t, autograd.Check(second, vec(1, 2)))
	require.Error(t, autograd.CheckSecond(second, vec(1, 2)))
	require.NoError(t, autograd.CheckSecond(func(xs ...Var) Var { return xs[0].Less(xs[1]) }, vec(1, 2), vec(3, 1)))

	// NaN is a mistake, and a result without gradients is compared, too.
	require.ErrorContains(t, autograd.Check(func(xs ...Var) Var { return xs[0].Log() }, vec(-1)), "NaN")
	require.NoError(t, autograd.Check(func(xs ...Var) Var { return xs[0].Floor() }, vec(0.5)))
	require.Error(t, autograd.Check(func(xs ...Var) Var { return xs[0].Detach() }, vec(0.5)))
	x := vec(1, 2)
	require.NoError(t, autograd.Check(func(xs ...Var) Var { return xs[0].Square() }, x))
	require.Equal(t, vec(1, 2), x, "the inputs are left alone")
}
