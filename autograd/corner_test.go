package autograd_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/tensor"
)

// Corners that the table cannot hold, because no finite difference exists
// there. The numbers are those of PyTorch 2.15.

func TestHardTanhWantsBoundsInOrder(t *testing.T) {
	x := autograd.NewTape().Const(vec(-2, 0.25, 2))
	require.PanicsWithError(t, "hard-tanh: want lo ≤ hi, got [0.5, -0.5]", func() { x.HardTanh(0.5, -0.5) })
	require.Equal(t, []float64{0.5, 0.5, 0.5}, tensor.Values(x.HardTanh(0.5, 0.5).Value()))
}

func TestAtan2AtTheOrigin(t *testing.T) {
	tape := autograd.NewTape()
	a := tape.Var(vec(0, math.Copysign(0, -1), 1e-200, 0))
	b := tape.Var(vec(0, 0, 0, 2))
	y := a.Atan2(b)
	require.Equal(t, []float64{0, math.Copysign(0, -1), math.Pi / 2, 0}, tensor.Values(y.Value()))
	grads := y.Sum().Backward()
	require.Equal(t, []float64{0, 0, 0, 0.5}, tensor.Values(grads.Of(a)))
	for _, v := range tensor.Values(grads.Of(b)) {
		require.Zero(t, v)
	}
}

// The second derivative of a norm and of a standard deviation at 0 is 0, where
// PyTorch has NaN: it multiplies a 0 with the infinite slope of the quotient.
func TestSecondDerivativeOfNormAtZero(t *testing.T) {
	for name, f := range map[string]func(x Var) Var{
		"Norm": func(x Var) Var { return x.Norm(1) },
		"Std":  func(x Var) Var { return x.Std(1) },
	} {
		tape := autograd.NewTape()
		x := tape.Var(tensor.New([]float64{0, 0, 0, 1, 2, 2}, 2, 3))
		dy := tape.Var(vec(3, 1))
		dx := autograd.VJP(f(x), dy, x)[0]
		require.Equal(t, []float64{0, 0, 0}, tensor.Values(dx.Value())[:3], name)
		second := autograd.VJP(dx, tape.Const(tensor.New([]float64{1, 2, 3, 4, 5, 6}, 2, 3)), x, dy)
		require.Equal(t, []float64{0, 0, 0}, tensor.Values(second[0].Value())[:3], name)
		require.Zero(t, second[1].Value().At(0), name)
		require.NotZero(t, second[1].Value().At(1), name)
		if name == "Norm" {
			inDelta(t, []float64{10. / 27, -7. / 27, 2. / 27}, tensor.Values(second[0].Value())[3:])
			inDelta(t, []float64{26. / 3}, tensor.Values(second[1].Value())[1:])
		}
	}
}

// The gradient of max pooling puts dy at the places of the maxima, and is linear
// in dy. Its gradient by dy takes the elements at these places. From there on the
// two take turns: the third derivative puts as the first, the fourth takes as the
// second.
func TestMaxPoolOfHigherOrder(t *testing.T) {
	tape := autograd.NewTape()
	x := tape.Var(mat(1, 1, 2, 4, 5))
	y := x.MaxPool2d(tensor.PoolShape{Kernel: [2]int{2, 3}, Stride: [2]int{2, 1}})
	small, large := tape.Var(mat(2, y.Shape()...)), tape.Var(mat(3, x.Shape()...))
	again := tape.Var(mat(2, y.Shape()...))
	last := tape.Var(mat(3, x.Shape()...))

	put := autograd.VJP(y, small, x)[0]
	taken := autograd.VJP(put, large, small)[0]
	putAgain := autograd.VJP(taken, again, large)[0]
	takenAgain := autograd.VJP(putAgain, last, again)[0]
	require.Equal(t, tensor.Values(put.Value()), tensor.Values(putAgain.Value()))
	require.Equal(t, tensor.Values(taken.Value()), tensor.Values(takenAgain.Value()))

	sum := 0.0 // ⟨put(dy), z⟩ = ⟨dy, take(z)⟩
	for i, v := range tensor.Values(small.Value()) {
		sum += v * tensor.Values(taken.Value())[i]
	}
	require.InDelta(t, sum, put.Mul(large).Sum().Item(), 1e-12)
}

// twice returns the gradient of Σ f(x), and that of its sum.
func twice(f func(x autograd.Var) autograd.Var, x *tensor.Tensor) (first, second []float64) {
	tape := autograd.NewTape()
	v := tape.Var(x)
	g := autograd.Grad(f(v).Sum(), v)[0]
	h := autograd.Grad(g.Sum(), v)[0]
	return tensor.Values(g.Value()), tensor.Values(h.Value())
}

// requireNear compares with numbers that have seven digits, NaN among them.
func requireNear(t *testing.T, want, got []float64, what string) {
	t.Helper()
	require.Len(t, got, len(want), what)
	for i, w := range want {
		ok := got[i] == w || math.IsNaN(w) && math.IsNaN(got[i]) || math.Abs(got[i]-w) < 1e-6*math.Abs(w)
		require.True(t, ok, "%s, element %d: got %v, want %v", what, i, got[i], w)
	}
}

func TestELUFarFromZero(t *testing.T) {
	inf := float32(math.Inf(1))
	x := tensor.New([]float32{-20, -15, -1, 0, 1, -200, -inf, float32(math.NaN()), inf}, 9)
	for _, c := range []struct {
		name          string
		f             func(x autograd.Var) autograd.Var
		first, second []float64
	}{
		{"ELU", func(x autograd.Var) autograd.Var { return x.ELU(1) },
			[]float64{2.06115369e-9, 3.05902319e-7, 0.36787945, 1, 1, 0, 0, 1, 1},
			[]float64{2.06115369e-9, 3.05902319e-7, 0.36787945, 0, 0, 0, 0, 0, 0}},
		{"ELU ½", func(x autograd.Var) autograd.Var { return x.ELU(0.5) },
			[]float64{1.03057685e-9, 1.52951159e-7, 0.18393973, 0.5, 1, 0, 0, 1, 1},
			[]float64{1.03057685e-9, 1.52951159e-7, 0.18393973, 0, 0, 0, 0, 0, 0}},
		{"SELU", autograd.Var.SELU,
			[]float64{3.62371289e-9, 5.3780667e-7, 0.64676863, 1.75809932, 1.05070102, 0, 0, 1.05070102, 1.05070102},
			[]float64{3.62371289e-9, 5.3780667e-7, 0.64676863, 0, 0, 0, 0, 0, 0}},
	} {
		first, second := twice(c.f, x)
		requireNear(t, c.first, first, c.name)
		requireNear(t, c.second, second, c.name+", second derivative")
	}
}

// The gradient of the variance of one element is NaN, whatever the element is:
// it adds nothing to the second derivative of the square.
func TestVarianceOfOneElement(t *testing.T) {
	for name, f := range map[string]func(x autograd.Var) autograd.Var{
		"variance": func(x autograd.Var) autograd.Var { return x.Variance(1).Add(x.Square().Sum(1)) },
		"kept":     func(x autograd.Var) autograd.Var { return x.VarianceKeep(1).Add(x.Square()) },
	} {
		first, second := twice(f, tensor.New([]float64{2, 3}, 2, 1))
		requireNear(t, []float64{math.NaN(), math.NaN()}, first, name)
		requireNear(t, []float64{2, 2}, second, name+", second derivative")
	}
}

// The variance of equals is 0, and so is its gradient, however large they are.
func TestVarianceOfEquals(t *testing.T) {
	x := tensor.ZerosOf(tensor.Float32, 768)
	x.Fill(12345.678)
	for name, f := range map[string]func(x autograd.Var, axes ...int) autograd.Var{"variance": autograd.Var.Variance, "std": autograd.Var.Std} {
		tape := autograd.NewTape()
		v := tape.Var(x)
		y := f(v)
		require.Zero(t, y.Value().Item(), name)
		requireNear(t, make([]float64, 768), tensor.Values(y.Backward().Of(v)), name)
	}
}

// Squares that are too large or too small for a float32 do not matter to Std. The
// numbers are PyTorch's.
func TestStdOfHugeAndTiny(t *testing.T) {
	for _, c := range []struct {
		x     []float64
		std   float64
		first []float64
	}{
		{[]float64{1e30, 1, 2, 3, 4, 5, 6, 7}, 3.5355337826084734e29,
			[]float64{0.3535534, -0.05050763, -0.05050763, -0.05050763, -0.05050763, -0.05050763, -0.05050763, -0.05050763}},
		{[]float64{1e30, 2e30, 3e30, 4e30, 5e30, 6e30, 7e30, 8e30}, 2.449489832391483e30,
			[]float64{-0.20412414, -0.14580296, -0.087481774, -0.029160591, 0.029160591, 0.087481774, 0.14580296, 0.20412414}},
		{[]float64{1e-30, 2e-30, 3e-30, 5e-30}, 1.707825149032842e-30, []float64{-0.34156504, -0.14638501, 0.048795004, 0.43915504}},
		{[]float64{1e30, 1e30, 1e30, 1e30}, 0, []float64{0, 0, 0, 0}},
		{[]float64{math.Inf(1), 1, 2, 3}, math.NaN(), []float64{math.NaN(), math.NaN(), math.NaN(), math.NaN()}},
	} {
		tape := autograd.NewTape()
		v := tape.Var(tensor.New(c.x, 1, len(c.x)).To(tensor.Float32))
		y := v.Std(1)
		requireNear(t, []float64{c.std}, tensor.Values(y.Value()), "std")
		requireNear(t, c.first, tensor.Values(y.Backward().Of(v)), "gradient")
	}
}

// A variance that is too large for a float32 is infinite, and layer norm then
// gives zeros. PyTorch gives zeros or NaN, depending on the length of the row and
// on the place of the large element; there is nothing to follow.
func TestLayerNormOfHuge(t *testing.T) {
	for _, n := range []int{4, 8, 9, 17, 768} {
		for _, at := range []int{0, n - 1} {
			x := tensor.ZerosOf(tensor.Float32, 1, n)
			x.Fill(1)
			x.Set(1e30, 0, at)
			tape := autograd.NewTape()
			v := tape.Var(x)
			y := v.LayerNorm(1, autograd.Var{}, autograd.Var{}, 1e-5)
			requireNear(t, make([]float64, n), tensor.Values(y.Value()), "value")
			requireNear(t, make([]float64, n), tensor.Values(y.Sum().Backward().Of(v)), "gradient")
		}
	}
}
