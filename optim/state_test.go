package optim

import (
	"bytes"
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/codec/safetensors"
	"github.com/descent-ml/descent/tensor"
)

func clone(state []tensor.Named) (copies []tensor.Named) {
	for _, s := range state {
		copies = append(copies, tensor.Named{Name: s.Name, Value: s.Value.Clone()})
	}
	return copies
}

// sameBits reports whether a and b are the same tensor, down to the last bit.
func sameBits(a, b *tensor.Tensor) bool {
	return a.DType() == b.DType() && slices.Equal(a.Shape(), b.Shape()) &&
		slices.EqualFunc(tensor.Values(a), tensor.Values(b), func(x, y float64) bool {
			return math.Float64bits(x) == math.Float64bits(y)
		})
}

// A run that is saved to a file and resumed ends with the same bits as one that
// is not interrupted.
func TestResume(t *testing.T) {
	for name, r := range rules {
		for _, dt := range []tensor.DType{tensor.Float32, tensor.Float64} {
			params := model(1, dt)
			run := func(opt *Groups, from, to uint64) {
				tape := autograd.NewTape()
				for step := from; step < to; step++ {
					grads := drawLike(step, params)
					if step%3 == 0 { // also at the first step
						grads[1] = nil
					}
					opt.SetLR(Cosine{LR: 0.1, Steps: 10}.At(int(step)))
					opt.Step(gradsOf(tape, params, grads))
				}
			}
			build := func() *Groups {
				opt := newGroups("test", params[:1], r)
				opt.AddGroup(params[1:], r)
				return opt
			}
			for _, stop := range []uint64{0, 1, 5} {
				params = model(1, dt)
				run(build(), 0, 10)
				want := params

				params = model(1, dt)
				first := build()
				run(first, 0, stop)
				var file bytes.Buffer
				require.NoError(t, safetensors.Write(&file, &safetensors.File{Tensors: first.State()}))
				saved, err := safetensors.Read(&file)
				require.NoError(t, err)
				second := build()
				require.NoError(t, second.LoadState(saved.Tensors))
				run(second, stop, 10)
				for i, p := range params {
					require.True(t, sameBits(want[i].Value, p.Value), "%s %v: parameter %d after a stop at %d", name, dt, i, stop)
				}
			}
		}
	}
}

func TestStateNames(t *testing.T) {
	params := model(1, tensor.Float32)
	opt := NewSGD(params[:1], SGD{})
	require.Empty(t, opt.State())
	opt.AddGroup(params[1:2], SGD{Momentum: 0.9})
	opt.AddGroup(params[2:], Adam{AMSGrad: true})
	tape := autograd.NewTape()
	for range 3 {
		opt.Step(gradsOf(tape, params, drawLike(2, params)))
	}
	var names []string
	for _, s := range opt.State() {
		names = append(names, s.Name)
	}
	require.Equal(t, []string{"1.step", "1.momentum_buffer", "2.step", "2.exp_avg", "2.exp_avg_sq", "2.max_exp_avg_sq"}, names)
	require.Equal(t, 3.0, opt.State()[0].Value.Item())
	require.Equal(t, []int{2, 3}, opt.State()[1].Value.Shape())
}

// The state of each rule has the names that it has in PyTorch.
func TestStateNamesOfRules(t *testing.T) {
	for name, want := range map[string][]string{
		"rmsprop": {"step", "square_avg", "grad_avg", "momentum_buffer"}, "adagrad": {"step", "sum"},
		"adadelta": {"step", "square_avg", "acc_delta"}, "adamax": {"step", "exp_avg", "exp_inf"},
		"nadam": {"step", "exp_avg", "exp_avg_sq", "mu_product"}, "radam": {"step", "exp_avg", "exp_avg_sq"},
		"lion": {"step", "exp_avg"}, "rprop": {"step", "prev", "step_size"}, "asgd": {"step", "eta", "mu", "ax"},
	} {
		var names []string
		for _, s := range newGroups("test", model(1, tensor.Float32)[:1], rules[name]).State() {
			names = append(names, s.Name[2:])
		}
		require.Equal(t, want, names, name)
	}
}

func TestLoadStateErrors(t *testing.T) {
	params := model(1, tensor.Float32)
	opt := NewAdam(params[:2], Adam{})
	tape := autograd.NewTape()
	opt.Step(gradsOf(tape, params[:2], drawLike(2, params[:2])))
	good := clone(opt.State())
	other := NewAdam(params[:2], Adam{})
	for range 4 {
		other.Step(gradsOf(tape, params[:2], drawLike(3, params[:2])))
	}
	before := clone(other.State())

	with := func(i int, v *tensor.Tensor) []tensor.Named {
		s := slices.Clone(good)
		s[i].Value = v
		return s
	}
	for want, state := range map[string][]tensor.Named{
		`"0.step" is missing; the state is one of other parameters or other settings`:       nil,
		`"1.exp_avg_sq" is missing; the state is one of other parameters or other settings`: good[:5],
		`"0.exp_avg" is there twice`: append(slices.Clone(good), good[1]),
		`the optimizer has no "2.step"; the state is one of other parameters or other settings`: append(slices.Clone(good), tensor.Named{Name: "2.step", Value: tensor.Scalar(1)}),
		`"0.exp_avg" has no value`:                 with(1, nil),
		`"1.exp_avg" has shape [3 2], want [2 3]`:  with(4, tensor.Zeros(3, 2)),
		`"1.exp_avg_sq" is float64, want float32`:  with(5, tensor.Zeros64(2, 3)),
		`"1.step" has shape [2], want one number`:  with(3, tensor.Zeros(2)),
		`"1.step" is 2.5, want a number of steps`:  with(3, tensor.Scalar(2.5)),
		`"1.step" is -1, want a number of steps`:   with(3, tensor.Scalar(-1)),
		`"1.step" is NaN, want a number of steps`:  with(3, tensor.Scalar(math.NaN())),
		`"1.step" is +Inf, want a number of steps`: with(3, tensor.Scalar(math.Inf(1))),
	} {
		require.EqualError(t, other.LoadState(state), "load optimizer state: "+want)
		for i, s := range other.State() {
			require.True(t, sameBits(before[i].Value, s.Value), "%s changed by an error: %s", s.Name, want)
		}
	}

	require.NoError(t, other.LoadState(with(0, tensor.New([]float32{7}, 1))), "PyTorch counts in float32")
	require.Equal(t, 7.0, other.State()[0].Value.Item())

	slices.Reverse(good) // the order does not matter
	require.NoError(t, other.LoadState(good))
	for i, s := range opt.State() {
		require.True(t, sameBits(s.Value, other.State()[i].Value), s.Name)
	}
	require.NotSame(t, good[0].Value, other.State()[5].Value, "it is a copy")
	require.NoError(t, NewSGD(params, SGD{}).LoadState(nil))
}

// Float32 state does not fit float64 parameters, though it could be converted.
func TestLoadStateOfAnotherType(t *testing.T) {
	params := model(1, tensor.Float64)[:1]
	opt := NewAdam(params, Adam{})
	opt.Step(gradsOf(autograd.NewTape(), params, drawLike(2, params)))
	state := clone(opt.State())
	state[1].Value = state[1].Value.To(tensor.Float32)
	require.EqualError(t, opt.LoadState(state), `load optimizer state: "0.exp_avg" is float32, want float64`)
}
