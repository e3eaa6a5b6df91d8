package autograd_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/tensor"
)

// gradientOf returns the gradient of f at x, by Backward.
func gradientOf(x *tensor.Tensor, f func(x Var) Var) []float64 {
	v := autograd.NewTape().Var(x)
	return tensor.Values(f(v).Backward().Of(v))
}

func inDelta(t *testing.T, want, got []float64) {
	t.Helper()
	require.InDeltaSlice(t, want, got, 1e-12)
}

func TestOneVariableTwiceInAnOperation(t *testing.T) {
	x := vec(0.5, -2)
	inDelta(t, []float64{1, -4}, gradientOf(x, func(x Var) Var { return x.Mul(x).Sum() }))
	inDelta(t, []float64{2, 2}, gradientOf(x, func(x Var) Var { return x.Add(x).Sum() }))
	inDelta(t, []float64{0, 0}, gradientOf(x, func(x Var) Var { return x.Sub(x).Sum() }))
	inDelta(t, []float64{0, 0}, gradientOf(x, func(x Var) Var { return x.Div(x).Sum() }))
	inDelta(t, []float64{1, -4}, gradientOf(x, func(x Var) Var { return x.Dot(x) }))
	inDelta(t, []float64{2, 2}, gradientOf(x, func(x Var) Var { return autograd.Concat(0, x, x).Sum() }))
	inDelta(t, []float64{1, 1}, gradientOf(x, func(x Var) Var { return x.Maximum(x).Sum() }))
	inDelta(t, []float64{-3, -3}, gradientOf(x, func(x Var) Var { return x.Outer(x).Sum() })) // 2 Σx
	inDelta(t, []float64{1, 1}, gradientOf(x, func(x Var) Var { return autograd.Where(x, x, x).Sum() }))
	a := mat(3, 2, 2)
	at := a.T()
	want := tensor.Add(tensor.MatMul(tensor.Ones(2, 2).To(tensor.Float64), at), tensor.MatMul(at, tensor.Ones(2, 2).To(tensor.Float64)))
	inDelta(t, tensor.Values(want), gradientOf(a, func(a Var) Var { return a.MatMul(a).Sum() }))
}

func TestDiamond(t *testing.T) {
	x := vec(0.3, -1.2, 2)
	got := gradientOf(x, func(x Var) Var {
		a := x.Sin()
		b, c := a.Exp(), a.Cos()
		return b.Mul(c).Add(a).Add(x).Sum()
	})
	var want []float64
	for _, v := range tensor.Values(x) {
		a := math.Sin(v)
		want = append(want, (math.Exp(a)*math.Cos(a)-math.Exp(a)*math.Sin(a)+1)*math.Cos(v)+1)
	}
	inDelta(t, want, got)

	// Each level uses the one before twice: 2¹⁰ paths.
	got = gradientOf(vec(1), func(x Var) Var {
		for range 10 {
			x = x.Add(x)
		}
		return x
	})
	inDelta(t, []float64{1024}, got)
}

// A gradient that a program has asked for is its own: writing to it changes no
// other gradient, and no value. The vectors are long, since short gradients that
// are shared are copied anyway.
func TestGradientsMayBeChanged(t *testing.T) {
	const n = 1000
	full := func(v float64) *tensor.Tensor { return tensor.Full(v, n).To(tensor.Float64) }
	tape := autograd.NewTape()
	p := autograd.NewParam(full(1))
	a, b, c := tape.Var(full(2)), tape.Var(full(3)), tape.Var(full(4))
	constant := tape.Const(full(9))
	c.Hook(func(autograd.Var) autograd.Var { return constant })
	h := a.Add(b)
	h.RetainGrad()
	g := h.Add(tape.Param(p)).Add(c).Sum().Backward()
	want := map[autograd.Source]float64{a: 1, b: 1, c: 9, h: 1, p: 1}
	for x, old := range want {
		v := g.Of(x)
		require.Same(t, v, g.Of(x))
		v.Fill(7)
		for y, w := range want {
			if y == x {
				w = 7
			}
			require.Equal(t, tensor.Values(full(w)), tensor.Values(g.Of(y)))
		}
		require.Equal(t, tensor.Values(full(9)), tensor.Values(constant.Value()))
		v.Fill(old)
	}
}

// The first contribution to a gradient may be shared with other gradients, or be
// a view of one. Adding the next contribution must not change these.
func TestSharedContributions(t *testing.T) {
	tape := autograd.NewTape()
	x := tape.Var(vec(1, 2))
	h := x.AddScalar(0)
	k := h.AddScalar(0)
	h.RetainGrad()
	k.RetainGrad()
	g := k.Sum().Add(h.MulScalar(10).Sum()).Add(x.MulScalar(100).Sum()).Backward()
	inDelta(t, []float64{1, 1}, tensor.Values(g.Of(k)))
	inDelta(t, []float64{11, 11}, tensor.Values(g.Of(h)))
	inDelta(t, []float64{111, 111}, tensor.Values(g.Of(x)))

	// The same where the gradients are not views.
	tape.Reset()
	x, c := tape.Var(vec(1, 2)), tape.Const(vec(3, 5))
	y := x.Mul(c)
	h = x.AddScalar(0)
	y = y.Add(h.Mul(c))
	k = h.AddScalar(0) // the last to be used, so the first to have a gradient
	h.RetainGrad()
	k.RetainGrad()
	g = k.Mul(c).Sum().Add(y.Sum()).Backward()
	inDelta(t, []float64{3, 5}, tensor.Values(g.Of(k)))
	inDelta(t, []float64{6, 10}, tensor.Values(g.Of(h)))
	inDelta(t, []float64{9, 15}, tensor.Values(g.Of(x)))

	// And the other way round.
	tape.Reset()
	x = tape.Var(vec(1, 2))
	y = x.MulScalar(100).Sum()
	h = x.AddScalar(0)
	h.RetainGrad()
	g = h.Sum().Add(y).Backward()
	inDelta(t, []float64{1, 1}, tensor.Values(g.Of(h)))
	inDelta(t, []float64{101, 101}, tensor.Values(g.Of(x)))

	// dy goes to both operands of an addition, and to one again.
	tape.Reset()
	x = tape.Var(mat(1, 2, 2))
	z := tape.Var(mat(2, 2, 2))
	g = x.Add(z).Add(x.T()).Mul(tape.Const(mat(3, 2, 2))).Sum().Backward()
	inDelta(t, tensor.Values(mat(3, 2, 2)), tensor.Values(g.Of(z)))
	inDelta(t, tensor.Values(tensor.Add(mat(3, 2, 2), mat(3, 2, 2).T())), tensor.Values(g.Of(x)))
}

func TestWeightTying(t *testing.T) {
	table := autograd.NewParam(mat(1, 5, 3))
	index := []int{4, 1, 1}
	run := func(tape *autograd.Tape, in, out Var) Var {
		return in.Embedding(index, -1).Tanh().Linear(out, Var{}).LogSoftmax(1).Square().Sum()
	}
	tape := autograd.NewTape()
	tied := run(tape, tape.Param(table), tape.Param(table)).Backward().Of(table)

	apart := autograd.NewTape()
	in, out := autograd.NewParam(table.Value), autograd.NewParam(table.Value)
	g := run(apart, apart.Param(in), apart.Param(out)).Backward()
	inDelta(t, tensor.Values(tensor.Add(g.Of(in), g.Of(out))), tensor.Values(tied))
}

func TestGradientsShareNothing(t *testing.T) {
	w, v := autograd.NewParam(vec(1, 2)), autograd.NewParam(vec(3, 4))
	for name, f := range map[string]func(w, v Var) Var{
		"sum":     func(w, v Var) Var { return w.Add(v).Sum() },
		"product": func(w, v Var) Var { return w.Add(v).MulScalar(1).Sum() },
		"itself":  func(w, v Var) Var { return w.Add(v).Add(w).Sub(w).Sum() },
		"view":    func(w, v Var) Var { return w.Unsqueeze(1).Add(v.Unsqueeze(1)).Sum() },
		"concat":  func(w, v Var) Var { return autograd.Concat(0, w, v).Sum() },
	} {
		tape := autograd.NewTape()
		x := tape.Var(vec(5, 6))
		y := f(tape.Param(w), tape.Param(v)).Add(x.Sum())
		h := y.AddScalar(0)
		h.RetainGrad()
		g := h.Backward()
		g.Scale(3)
		require.Equal(t, []float64{3, 3}, tensor.Values(g.Of(w)), name)
		require.Equal(t, []float64{3, 3}, tensor.Values(g.Of(v)), name)
		require.Equal(t, []float64{1, 1}, tensor.Values(g.Of(x)), "Scale is for parameters")
		require.Equal(t, []float64{1}, tensor.Values(g.Of(h)))
		g.Of(w).Fill(0)
		require.Equal(t, []float64{3, 3}, tensor.Values(g.Of(v)), name)
		require.Equal(t, []float64{1, 2}, tensor.Values(w.Value), "the value is another matter")
	}
}

func TestGradsOf(t *testing.T) {
	tape := autograd.NewTape()
	w, unused, foreign := autograd.NewParam(vec(1, 2)), autograd.NewParam(vec(1)), autograd.NewParam(vec(1))
	tape.Param(unused)
	x, c := tape.Var(vec(3, 4)), tape.Const(vec(5, 6))
	h := tape.Param(w).Mul(x)
	kept := h.Mul(c)
	kept.RetainGrad()
	g := kept.Sum().Backward()
	inDelta(t, []float64{15, 24}, tensor.Values(g.Of(w)))
	inDelta(t, []float64{5, 12}, tensor.Values(g.Of(x)))
	require.Equal(t, g.Of(w), g.Of(tape.Param(w)), "by parameter or by variable")
	inDelta(t, []float64{1, 1}, tensor.Values(g.Of(kept)))
	require.Nil(t, g.Of(h), "neither a leaf nor retained")
	require.Nil(t, g.Of(c))
	require.Nil(t, g.Of(unused))
	require.Nil(t, g.Of(foreign))

	named := struct {
		*autograd.Param
		name string
	}{w, "w"}
	require.Same(t, g.Of(w), g.Of(named), "what embeds a parameter")

	var order []*autograd.Param
	for p, v := range g.All() {
		order = append(order, p)
		require.Same(t, g.Of(p), v)
	}
	require.Equal(t, []*autograd.Param{w}, order)
}

func TestStaleGrads(t *testing.T) {
	const text = ": the gradients are from before Reset; Add them to a Grads of your own to keep them"
	tape := autograd.NewTape()
	w := autograd.NewParam(vec(1, 2))
	g := tape.Param(w).Sum().Backward()
	var own autograd.Grads
	own.Add(g)
	tape.Reset()
	misused(t, "grads"+text, func() { g.Of(w) })
	misused(t, "grads add"+text, func() { g.Add(own) })
	misused(t, "grads add"+text, func() { own.Add(g) })
	misused(t, "grads scale"+text, func() { g.Scale(2) })
	misused(t, "grads zero"+text, func() { g.Zero() })
	misused(t, "grads norm"+text, func() { g.Norm() })
	misused(t, "grads norm"+text, func() { g.ClipNorm(1) })
	misused(t, "grads clip"+text, func() { g.ClipValue(1) })
	misused(t, "grads"+text, func() {
		for range g.All() {
			require.Fail(t, "there is a gradient")
		}
	})
	require.Equal(t, []float64{1, 1}, tensor.Values(own.Of(w)))

	// A parameter that this step did not touch has no gradient left from the last.
	v := autograd.NewParam(vec(3))
	old := g
	g = tape.Param(v).Square().Sum().Backward()
	misused(t, "grads"+text, func() { old.Of(w) }) // the next step does not bring it back to life
	misused(t, "grads norm"+text, func() { old.Norm() })
	require.Nil(t, g.Of(w))
	require.Equal(t, []float64{6}, tensor.Values(g.Of(v)))
}

func TestGradsAccumulate(t *testing.T) {
	w, v := autograd.NewParam(vec(1, 2)), autograd.NewParam(vec(3))
	tape := autograd.NewTape()
	step := func(params ...*autograd.Param) autograd.Grads {
		tape.Reset()
		y := tape.Scalar(tensor.Float64, 0)
		for _, p := range params {
			y = y.Add(tape.Param(p).Square().Sum())
		}
		return y.Backward()
	}
	var sum autograd.Grads
	require.Nil(t, sum.Of(w))
	sum.Add(autograd.Grads{})
	sum.Add(step(w))
	sum.Add(step(v))
	sum.Add(step(v, w))
	require.Equal(t, []float64{4, 8}, tensor.Values(sum.Of(w)))
	require.Equal(t, []float64{12}, tensor.Values(sum.Of(v)))
	var order []*autograd.Param
	for p := range sum.All() {
		order = append(order, p)
	}
	require.Equal(t, []*autograd.Param{w, v}, order)
	for range sum.All() {
		break
	}

	sum.Scale(0.5)
	require.Equal(t, []float64{2, 4}, tensor.Values(sum.Of(w)))
	sum.Add(sum)
	require.Equal(t, []float64{4, 8}, tensor.Values(sum.Of(w)))
	sum.Zero()
	require.Equal(t, []float64{0, 0}, tensor.Values(sum.Of(w)))
	g := step(w)
	sum.Add(g)
	sum.Scale(3)
	require.Equal(t, []float64{2, 4}, tensor.Values(g.Of(w)), "Add copies")
}

// A tape's own gradients take those of another tape, of parameters that it has
// not seen, too.
func TestGradsOfWorkers(t *testing.T) {
	w, v := autograd.NewParam(vec(1, 2)), autograd.NewParam(vec(3))
	a, b := autograd.NewTape(), autograd.NewTape()
	g := a.Param(w).Square().Sum().Backward()
	g.Add(b.Param(v).Square().Sum().Add(b.Param(w).Sum()).Backward())
	require.Equal(t, []float64{3, 5}, tensor.Values(g.Of(w)))
	require.Equal(t, []float64{6}, tensor.Values(g.Of(v)))
	a.Reset()
	g = a.Param(w).Square().Sum().Backward()
	require.Nil(t, g.Of(v))
	a.Reset()
	u := autograd.NewParam(vec(4))
	g = a.Param(v).Square().Sum().Add(a.Param(u).Sum()).Backward()
	require.Equal(t, []float64{6}, tensor.Values(g.Of(v)))
	require.Equal(t, []float64{1}, tensor.Values(g.Of(u)))
	require.Nil(t, g.Of(w))
}

func TestClipping(t *testing.T) {
	grads := func(v ...float64) (autograd.Grads, *autograd.Param, *autograd.Param) {
		tape := autograd.NewTape()
		w, b := autograd.NewParam(vec(0, 0)), autograd.NewParam(vec(0))
		y := tape.Param(w).Dot(tape.Const(vec(v[:2]...))).Add(tape.Param(b).Dot(tape.Const(vec(v[2]))))
		return y.Backward(), w, b
	}
	g, w, b := grads(2, -3, 6)
	require.Equal(t, 7.0, g.Norm())
	require.Equal(t, 7.0, g.ClipNorm(8))
	require.Equal(t, []float64{2, -3}, tensor.Values(g.Of(w)), "short enough already")
	require.Equal(t, 7.0, g.ClipNorm(3.5))
	inDelta(t, []float64{2 * 3.5 / (7 + 1e-6), -3 * 3.5 / (7 + 1e-6)}, tensor.Values(g.Of(w)))
	inDelta(t, []float64{6 * 3.5 / (7 + 1e-6)}, tensor.Values(g.Of(b)))

	g, w, b = grads(2, -3, 6)
	g.ClipValue(2.5)
	require.Equal(t, []float64{2, -2.5}, tensor.Values(g.Of(w)))
	require.Equal(t, []float64{2.5}, tensor.Values(g.Of(b)))

	g, w, b = grads(math.NaN(), 1, 1)
	require.True(t, math.IsNaN(g.ClipNorm(1)))
	for _, v := range append(tensor.Values(g.Of(w)), tensor.Values(g.Of(b))...) {
		require.True(t, math.IsNaN(v), "a NaN spreads")
	}
	require.Zero(t, autograd.Grads{}.ClipNorm(1))
}

func TestDetach(t *testing.T) {
	tape := autograd.NewTape()
	x := tape.Var(vec(2, 3))
	h := x.Square()
	d := h.Detach()
	require.False(t, d.NeedsGrad())
	require.Equal(t, []float64{4, 9}, tensor.Values(d.Value()))
	require.Same(t, &tensor.Data[float64](h.Value())[0], &tensor.Data[float64](d.Value())[0], "the storage is shared")
	require.Empty(t, d.Operands())
	g := d.Mul(x).Sum().Backward()
	inDelta(t, []float64{4, 9}, tensor.Values(g.Of(x)))
}

func TestConditionGetsNoGradient(t *testing.T) {
	tape := autograd.NewTape()
	c, x := tape.Var(vec(1, 0)), tape.Var(vec(5, 6))
	g := autograd.Where(c, x, x.MulScalar(3)).Add(x.Less(c)).Sum().Backward()
	require.Nil(t, g.Of(c))
	inDelta(t, []float64{1, 3}, tensor.Values(g.Of(x)))
}

// The padding row is looked up, but never learns.
func TestEmbeddingPadding(t *testing.T) {
	tape := autograd.NewTape()
	w := tape.Var(mat(1, 4, 2))
	y := w.Embedding([]int{1, 3, 1, 0}, 1, 2, 2)
	require.Equal(t, []int{2, 2, 2}, y.Shape())
	require.Equal(t, w.Value().At(1, 0), y.Value().At(0, 0, 0))
	inDelta(t, []float64{1, 1, 0, 0, 0, 0, 1, 1}, tensor.Values(y.Sum().Backward().Of(w)))
}
