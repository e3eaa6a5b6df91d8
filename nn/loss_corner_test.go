package nn_test

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/nn"
	"github.com/descent-ml/descent/tensor"
)

// Losses where no finite difference exists. The numbers are those of PyTorch
// 2.15.

var inf, nan = math.Inf(1), math.NaN()

// same compares numbers, NaN among them, to six digits.
func same(t *testing.T, want, got []float64, what string) {
	t.Helper()
	require.Len(t, got, len(want), what)
	for i, w := range want {
		ok := got[i] == w || math.IsNaN(w) && math.IsNaN(got[i]) || math.Abs(got[i]-w) < 1e-6*math.Abs(w)
		require.True(t, ok, "%s, element %d: got %v, want %v", what, i, got[i], w)
	}
}

// derivatives returns the value of f, its gradient by x, and that of the sum of
// the gradient.
func derivatives(f func(x autograd.Var) autograd.Var, x *tensor.Tensor) (value, first, second []float64) {
	tape := autograd.NewTape()
	v := tape.Var(x)
	y := f(v)
	g := autograd.Grad(y.Sum(), v)[0]
	h := autograd.Grad(g.Sum(), v)[0]
	return tensor.Values(y.Value()), tensor.Values(g.Value()), tensor.Values(h.Value())
}

func TestLossesAtCorners(t *testing.T) {
	zeros := func(x autograd.Var) autograd.Var { return x.Tape().Const(tensor.ZerosOf(x.DType(), 8)) }
	for _, c := range []struct {
		name                    string
		f                       func(x autograd.Var) autograd.Var
		x, value, first, second []float64
	}{
		{"Huber", func(x autograd.Var) autograd.Var { return nn.HuberLoss{Reduction: nn.None}.Of(x, zeros(x)) },
			[]float64{1, -1, 2, -2, 0.5, 0, inf, -inf}, []float64{0.5, 0.5, 1.5, 1.5, 0.125, 0, inf, inf},
			[]float64{1, -1, 1, -1, 0.5, 0, 1, -1}, []float64{0, 0, 0, 0, 1, 1, 0, 0}},
		{"Huber ½", func(x autograd.Var) autograd.Var { return nn.HuberLoss{Delta: 0.5, Reduction: nn.None}.Of(x, zeros(x)) },
			[]float64{0.5, -0.5, 2, -2, 0.25, 0, inf, -inf}, []float64{0.125, 0.125, 0.875, 0.875, 0.03125, 0, inf, inf},
			[]float64{0.5, -0.5, 0.5, -0.5, 0.25, 0, 0.5, -0.5}, []float64{0, 0, 0, 0, 1, 1, 0, 0}},
		{"smooth L1", func(x autograd.Var) autograd.Var { return nn.SmoothL1Loss{Reduction: nn.None}.Of(x, zeros(x)) },
			[]float64{1, -1, 2, -2, 0.5, 0, inf, -inf}, []float64{0.5, 0.5, 1.5, 1.5, 0.125, 0, inf, inf},
			[]float64{1, -1, 1, -1, 0.5, 0, 1, -1}, []float64{0, 0, 0, 0, 1, 1, 0, 0}},
		{"smooth L1 ½", func(x autograd.Var) autograd.Var {
			return nn.SmoothL1Loss{Beta: 0.5, Reduction: nn.None}.Of(x, zeros(x))
		},
			[]float64{0.5, -0.5, 2, -2, 0.25, 0, inf, -inf}, []float64{0.25, 0.25, 1.75, 1.75, 0.0625, 0, inf, inf},
			[]float64{1, -1, 1, -1, 0.5, 0, 1, -1}, []float64{0, 0, 0, 0, 2, 2, 0, 0}},
	} {
		value, first, second := derivatives(c.f, tensor.New(c.x, 8))
		same(t, c.value, value, c.name)
		same(t, c.first, first, c.name+", gradient")
		same(t, c.second, second, c.name+", second derivative")
	}
}

// The gradients of Huber and smooth L1 have finite derivatives by dy, where an
// operand is infinite, too.
func TestSecondDerivativesOfInfiniteErrors(t *testing.T) {
	x := []float64{inf, -inf, 1, 2, inf, nan, inf, 0.2}
	y := []float64{0, 1, inf, -inf, -inf, 0, inf, 0}
	for _, c := range []struct {
		name     string
		f        func(x, y autograd.Var) autograd.Var
		byDY     []float64 // of the gradient by the prediction
		byX, byY []float64
	}{
		{"Huber", nn.HuberLoss{Delta: 1.5, Reduction: nn.None}.Of,
			[]float64{1.5, -1.5, -1.5, 1.5, 1.5, nan, nan, 0.2}, []float64{0, 0, 0, 0, 0, 0, 0, 1.4}, []float64{0, 0, 0, 0, 0, 0, 0, -1.4}},
		{"smooth L1", nn.SmoothL1Loss{Beta: 1.5, Reduction: nn.None}.Of,
			[]float64{1, -1, -1, 1, 1, nan, nan, 0.2 / 1.5}, []float64{0, 0, 0, 0, 0, 0, 0, 1.4 / 1.5}, []float64{0, 0, 0, 0, 0, 0, 0, -1.4 / 1.5}},
	} {
		tape := autograd.NewTape()
		dy := []float64{0.7, 0.8, 0.9, 1, 1.1, 1.2, 1.3, 1.4}
		v, w, u := tape.Var(tensor.New(x, 8)), tape.Var(tensor.New(y, 8)), tape.Var(tensor.New(dy, 8))
		g := autograd.VJP(c.f(v, w), u, v, w)
		by := autograd.Grad(g[0].Sum(), u, v, w)
		same(t, c.byDY, tensor.Values(by[0].Value()), c.name+", by dy")
		same(t, c.byX, tensor.Values(by[1].Value()), c.name+", by the prediction")
		same(t, c.byY, tensor.Values(by[2].Value()), c.name+", by the target")
		minus := slices.Clone(c.byDY)
		for i := range minus {
			minus[i] = -minus[i]
		}
		same(t, minus, tensor.Values(autograd.Grad(g[1].Sum(), u)[0].Value()), c.name+", gradient by the target, by dy")
	}
}

func TestBCEOfInfinities(t *testing.T) {
	for _, c := range [][5]float64{ // logit, target, loss, gradients by both
		{1, -inf, inf, inf, -1},
		{1, inf, -inf, -inf, -1},
		{-inf, 0, nan, 0, inf},
		{inf, 1, nan, 0, -inf},
		{inf, 0, inf, 1, -inf},
		{1, 0.3, 1.0132616758346558, 0.4310585856437683, -1},
		{0, -inf, nan, inf, 0},
		{-2, inf, inf, -inf, 2},
	} {
		tape := autograd.NewTape()
		x, y := tape.Var(tensor.New([]float64{c[0]}, 1)), tape.Var(tensor.New([]float64{c[1]}, 1))
		loss := nn.BCEWithLogits(x, y)
		grads := loss.Backward()
		same(t, c[2:], []float64{loss.Value().Item(), grads.Of(x).Item(), grads.Of(y).Item()}, fmt.Sprintf("BCE of logit %v and target %v", c[0], c[1]))
	}
}

func TestCrossEntropyOfInfinities(t *testing.T) {
	for _, c := range []struct {
		row       []float64
		label     int
		smoothing float64
		want      []float64 // loss and gradient
	}{
		{[]float64{inf, 0, 0}, 0, 0, []float64{nan, nan, nan, nan}},
		{[]float64{inf, 0, 0}, 1, 0, []float64{nan, nan, nan, nan}},
		{[]float64{inf, 0, 0}, 1, 0.1, []float64{nan, nan, nan, nan}},
		{[]float64{inf, inf, 0}, 0, 0, []float64{nan, nan, nan, nan}},
		{[]float64{-inf, 0, 0}, 0, 0, []float64{inf, -1, 0.5, 0.5}},
		{[]float64{-inf, 0, 0}, 0, 0.1, []float64{inf, -0.9333333, 0.46666667, 0.46666667}},
		{[]float64{-inf, 0, 0}, 1, 0, []float64{math.Ln2, 0, -0.5, 0.5}},
		{[]float64{-inf, 0, 0}, 1, 0.1, []float64{inf, -0.033333333, -0.43333333, 0.46666667}},
		{[]float64{-inf, -inf, -inf}, 0, 0, []float64{nan, nan, nan, nan}},
		{[]float64{-inf, -inf, -inf}, 1, 0.1, []float64{nan, nan, nan, nan}},
	} {
		for _, dt := range []tensor.DType{tensor.Float32, tensor.Float64} {
			tape := autograd.NewTape()
			x := tape.Var(tensor.New(c.row, 1, 3).To(dt))
			loss := nn.CrossEntropyLoss{Smoothing: c.smoothing, Reduction: nn.Sum}.Of(x, []int{c.label})
			got := append([]float64{loss.Value().Item()}, tensor.Values(loss.Backward().Of(x))...)
			same(t, c.want, got, fmt.Sprintf("cross entropy of %v (%v) with label %d, smoothing %v", c.row, dt, c.label, c.smoothing))
		}
	}
}

// Weights of which none counts, and rows of which none counts, have no mean.
func TestCrossEntropyOfNothing(t *testing.T) {
	x := normal(tensor.Float64, 5, 3, 4)
	all := func(v float64) []float64 {
		s := make([]float64, 12)
		for i := range s {
			s[i] = v
		}
		return s
	}
	for name, c := range map[string]struct {
		loss          nn.CrossEntropyLoss
		labels        []int
		first, second float64
	}{
		"no weights, smoothed":   {nn.CrossEntropyLoss{Weights: tensor.Zeros(4).To(tensor.Float64), Smoothing: 0.1}, []int{1, 2, 0}, nan, nan},
		"labels without weights": {nn.CrossEntropyLoss{Weights: tensor.New([]float64{1, 0, 1, 1}, 4), Smoothing: 0.1}, []int{1, 1, 1}, nan, nan},
		"no labels":              {nn.CrossEntropyLoss{}, []int{-100, -100, -100}, 0, 0},
		"no labels, smoothed":    {nn.CrossEntropyLoss{Smoothing: 0.1}, []int{-100, -100, -100}, 0, 0},
	} {
		value, first, second := derivatives(func(v autograd.Var) autograd.Var { return c.loss.Of(v, c.labels) }, x)
		same(t, []float64{nan}, value, name)
		same(t, all(c.first), first, name+", gradient")
		same(t, all(c.second), second, name+", second derivative")
	}
}
