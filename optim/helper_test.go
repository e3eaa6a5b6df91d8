package optim

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/tensor"
)

// gradsOf returns exactly the gradients given: those of Σ p·g. nil stands for no
// gradient.
func gradsOf(tape *autograd.Tape, params []*autograd.Param, grads []*tensor.Tensor) autograd.Grads {
	tape.Reset()
	var sum autograd.Var
	for i, p := range params {
		if grads[i] == nil {
			continue
		}
		term := tape.Param(p).Mul(tape.Const(grads[i])).Sum()
		if sum.IsZero() {
			sum = term
		} else {
			sum = sum.Add(term)
		}
	}
	return sum.Backward()
}

// model returns parameters of a few shapes, drawn from a seed.
func model(seed uint64, dt tensor.DType) (params []*autograd.Param) {
	r := tensor.NewRand(seed)
	for _, shape := range [][]int{{5}, {2, 3}, {}} {
		params = append(params, autograd.NewParam(draw(r, dt, shape...)))
	}
	return params
}

func draw(r *tensor.Rand, dt tensor.DType, shape ...int) *tensor.Tensor {
	x := tensor.ZerosOf(dt, shape...)
	r.Normal(x, 0, 1)
	return x
}

// drawLike returns gradients for params, drawn from a seed.
func drawLike(seed uint64, params []*autograd.Param) (grads []*tensor.Tensor) {
	r := tensor.NewRand(seed)
	for _, p := range params {
		grads = append(grads, draw(r, p.Value.DType(), p.Value.Shape()...))
	}
	return grads
}

// values returns a copy of the elements of all parameters.
func values(params []*autograd.Param) (all [][]float64) {
	for _, p := range params {
		all = append(all, tensor.Values(p.Value))
	}
	return all
}

// requireRefused checks the sentence of a [*tensor.ArgError].
func requireRefused(t *testing.T, want string, f func()) {
	t.Helper()
	err, ok := recovered(f).(*tensor.ArgError)
	require.True(t, ok, "want an ArgError: %s", want)
	require.EqualError(t, err, want)
}

// recovered returns what f panics with, nil when it does not.
func recovered(f func()) (value any) {
	defer func() { value = recover() }()
	f()
	return nil
}
