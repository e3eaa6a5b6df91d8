package nn_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/nn"
	"github.com/descent-ml/descent/tensor"
)

// The tolerances of torch.testing.assert_close.
const (
	rtol32, atol32 = 1.3e-6, 1e-5
	rtol64, atol64 = 1e-11, 1e-12
)

// sentence returns the message of the panic of f, or "" when there is none.
func sentence(f func()) (text string) {
	defer func() {
		if v := recover(); v != nil {
			text = fmt.Sprint(v)
		}
	}()
	f()
	return ""
}

// panicOf returns what f panics with, nil when it does not.
func panicOf(f func()) (value any) {
	defer func() { value = recover() }()
	f()
	return nil
}

// normal returns a tensor of normal numbers, the same in every run.
func normal(dt tensor.DType, seed uint64, shape ...int) *tensor.Tensor {
	x := tensor.Zeros(shape...)
	tensor.NewRand(seed).Normal(x, 0, 1)
	return x.To(dt)
}

// requireNoAllocs fails the test when f allocates after three calls.
func requireNoAllocs(t *testing.T, f func()) {
	t.Helper()
	for range 3 {
		f()
	}
	require.Zero(t, testing.AllocsPerRun(10, f), "allocations")
}

// closeTo fails the test when an element of two tensors differs by more than
// rtol (1 + |want|).
func closeTo(t *testing.T, want, got *tensor.Tensor, rtol float64) {
	t.Helper()
	require.Equal(t, want.Shape(), got.Shape())
	a, b := tensor.Values(want), tensor.Values(got)
	for i := range a {
		require.InDelta(t, a[i], b[i], rtol*(1+math.Abs(a[i])), "element %d", i)
	}
}

// A scalar computes a number on a tape from leaves: inputs and parameters.
type scalar func(tape *autograd.Tape) (y autograd.Var, leaves []autograd.Var)

// weigh returns a weighted sum of y. The weights have no symmetry that could hide
// an error.
func weigh(y autograd.Var, salt int) autograd.Var {
	w := tensor.Zeros64(y.Shape()...)
	for i := range w.Len() {
		tensor.Data[float64](w)[i] = 0.5 + math.Abs(math.Sin(float64(1+i+17*salt)*1.7))
	}
	return y.Mul(y.Tape().Const(w)).Sum()
}

// second returns the weighted sum of the gradients of f.
func (f scalar) second(tape *autograd.Tape) (autograd.Var, []autograd.Var) {
	y, leaves := f(tape)
	var sum autograd.Var
	for i, g := range autograd.Grad(y, leaves...) {
		if s := weigh(g, i+1); i == 0 {
			sum = s
		} else {
			sum = sum.Add(s)
		}
	}
	return sum, leaves
}

// check compares the gradients of f by its leaves with central differences. The
// leaves must share their storage with the tensors that f reads.
func (f scalar) check(t *testing.T) {
	t.Helper()
	tape := autograd.NewTape()
	y, leaves := f(tape)
	grads := make([][]float64, len(leaves))
	data := make([][]float64, len(leaves))
	for i, x := range leaves {
		data[i] = tensor.Data[float64](x.Value())
		grads[i] = make([]float64, len(data[i]))
	}
	if y.NeedsGrad() {
		for i, g := range autograd.Grad(y, leaves...) {
			copy(grads[i], tensor.Values(g.Value()))
		}
	}
	const step = 1e-6
	value := func() float64 {
		tape.Reset()
		y, _ := f(tape)
		return y.Item()
	}
	for i := range data {
		for k, at := range data[i] {
			data[i][k] = at + step
			up := value()
			data[i][k] = at - step
			down := value()
			data[i][k] = at
			want := (up - down) / (2 * step)
			require.InDelta(t, want, grads[i][k], 1e-5+1e-3*math.Abs(want), "leaf %d, element %d", i, k)
		}
	}
}

// leavesOf lifts inputs and the parameters of a model onto a tape.
func leavesOf(tape *autograd.Tape, model any, xs ...*tensor.Tensor) (in, leaves []autograd.Var) {
	for _, x := range xs {
		in = append(in, tape.Var(x))
	}
	leaves = append(leaves, in...)
	for _, p := range nn.Params(model) {
		leaves = append(leaves, tape.Param(p))
	}
	return in, leaves
}
