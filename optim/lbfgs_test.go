package optim

import (
	"bytes"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/codec/safetensors"
	"github.com/descent-ml/descent/internal/fixture"
	"github.com/descent-ml/descent/tensor"
)

// A searchCase is a run of LBFGS through the valley.
type searchCase struct {
	Options struct {
		LR              *float64
		MaxIter         int      `json:"max_iter"`
		MaxEval         int      `json:"max_eval"`
		History         int      `json:"history_size"`
		Search          string   `json:"line_search_fn"`
		ToleranceGrad   *float64 `json:"tolerance_grad"`
		ToleranceChange *float64 `json:"tolerance_change"`
		Maximize        bool
	}
	Params      []*fixture.Tensor
	Losses      []float64
	Evaluations []int
	After       [][]*fixture.Tensor
}

func (c *searchCase) settings() LBFGS {
	o := c.Options
	return LBFGS{
		LR: exactly(o.LR), MaxIter: o.MaxIter, MaxEval: o.MaxEval, History: o.History, StrongWolfe: o.Search != "",
		ToleranceGrad: exactly(o.ToleranceGrad), ToleranceChange: exactly(o.ToleranceChange), Maximize: o.Maximize,
	}
}

// valley returns the function of testdata/fixtures/rules.py.
func valley(params []*autograd.Param, sign float64) Closure {
	tape := autograd.NewTape()
	eye := tensor.New([]float64{1, 0, 0, 1}, 2, 2).To(params[1].Value.DType())
	return func() (float64, autograd.Grads) {
		tape.Reset()
		p, w := tape.Param(params[0]), tape.Param(params[1])
		head, tail := p.Slice(0, 0, 4, 1), p.Slice(0, 1, 5, 1)
		bend := tail.Sub(head.Square()).Square().MulScalar(10).Add(head.Neg().AddScalar(1).Square()).Sum()
		gram := w.MatMul(w.T()).Sub(tape.Const(eye)).Square().Sum()
		loss := bend.Add(gram).Add(w.Sum().Sub(p.Sum()).Square().MulScalar(0.1)).MulScalar(sign)
		return loss.Item(), loss.Backward()
	}
}

func TestLBFGSMatchesPyTorch(t *testing.T) {
	f := readRules(t)
	require.Len(t, f.Searches, 14)
	for _, c := range f.Searches {
		params := []*autograd.Param{autograd.NewParam(c.Params[0].Tensor(tensor.Float64)), autograd.NewParam(c.Params[1].Tensor(tensor.Float64))}
		sign := 1.0
		if c.Options.Maximize {
			sign = -1
		}
		var opt Optimizer = NewLBFGS(params, c.settings(), valley(params, sign))
		for step, want := range c.Losses {
			opt.Step(autograd.Grads{})
			q := opt.(*QuasiNewton)
			require.InDelta(t, want, q.Loss(), 1e-10*(1+math.Abs(want)), "%+v step %d", c.Options, step)
			require.Equal(t, c.Evaluations[step], q.Evaluations(), "%+v step %d", c.Options, step)
			for i, w := range c.After[step] {
				require.NoError(t, w.Diff(params[i].Value, 1e-10, 1e-10), "%+v step %d, parameter %d", c.Options, step, i)
			}
		}
	}
}

func twoParams(dt tensor.DType) []*autograd.Param {
	r := tensor.NewRand(1)
	return []*autograd.Param{autograd.NewParam(draw(r, dt, 5)), autograd.NewParam(draw(r, dt, 2, 3))}
}

// In float32 it comes down, too, and a step allocates nothing once the history is
// full.
func TestLBFGSInFloat32(t *testing.T) {
	for _, dt := range []tensor.DType{tensor.Float32, tensor.Float64} {
		params := twoParams(dt)
		opt := NewLBFGS(params, LBFGS{StrongWolfe: true, History: 5}, valley(params, 1))
		require.True(t, math.IsNaN(opt.Loss()))
		for range 10 {
			opt.Step(autograd.Grads{})
		}
		require.Less(t, opt.Loss(), 0.31) // the lowest point nearby
		require.Zero(t, testing.AllocsPerRun(5, func() {
			params[0].Value.Fill(0.5)
			opt.Step(autograd.Grads{})
		}))
	}
}

// A run that is saved to a file and resumed ends with the same bits.
func TestLBFGSResumes(t *testing.T) {
	run := func(stop int) [][]float64 {
		params := twoParams(tensor.Float32)
		build := func() *QuasiNewton {
			return NewLBFGS(params, LBFGS{LR: 0.5, MaxIter: 3, History: 4, StrongWolfe: true}, valley(params, 1))
		}
		opt := build()
		for step := range 6 {
			if step == stop {
				var file bytes.Buffer
				require.NoError(t, safetensors.Write(&file, &safetensors.File{Tensors: opt.State()}))
				saved, err := safetensors.Read(&file)
				require.NoError(t, err)
				opt = build()
				require.NoError(t, opt.LoadState(saved.Tensors))
			}
			opt.Step(autograd.Grads{})
		}
		return values(params)
	}
	want := run(-1)
	for stop := range 5 {
		require.Equal(t, want, run(stop), "after a stop at %d", stop)
	}
}

// A frozen parameter stays, though the history would move it.
func TestLBFGSFrozen(t *testing.T) {
	params := twoParams(tensor.Float64)
	opt := NewLBFGS(params, LBFGS{MaxIter: 3, StrongWolfe: true}, valley(params, 1))
	opt.Step(autograd.Grads{})
	before := values(params)
	params[1].Frozen = true
	opt.Step(autograd.Grads{})
	require.NotEqual(t, before[0], values(params)[0])
	require.Equal(t, before[1], values(params)[1])
}

func TestLBFGSRefuses(t *testing.T) {
	params := twoParams(tensor.Float64)
	f := valley(params, 1)
	for want, run := range map[string]func(){
		"lbfgs: there are no parameters":                                                 func() { NewLBFGS(nil, LBFGS{}, f) },
		"lbfgs: the closure is nil":                                                      func() { NewLBFGS(params, LBFGS{}, nil) },
		"lbfgs: LR is -1; it must be finite and not negative":                            func() { NewLBFGS(params, LBFGS{LR: -1}, f) },
		"lbfgs: ToleranceGrad is -1; it must be finite and not negative":                 func() { NewLBFGS(params, LBFGS{ToleranceGrad: -1}, f) },
		"lbfgs: ToleranceChange is -1; it must be finite and not negative":               func() { NewLBFGS(params, LBFGS{ToleranceChange: -1}, f) },
		"lbfgs: MaxIter, MaxEval and History are 20, 25 and -1; they must be positive":   func() { NewLBFGS(params, LBFGS{History: -1}, f) },
		"set learning rate: the learning rate is -1; it must be finite and not negative": func() { NewLBFGS(params, LBFGS{}, f).SetLR(-1) },
		"lbfgs step: the parameters have 8 elements; they had 11": func() {
			p := twoParams(tensor.Float64)
			opt := NewLBFGS(p, LBFGS{}, f)
			p[0].Value = tensor.Zeros64(2)
			opt.Step(autograd.Grads{})
		},
		"lbfgs step: the value of parameter 1, of shape [3 2], is a strided view": func() {
			p := twoParams(tensor.Float64)
			opt := NewLBFGS(p, LBFGS{}, f)
			p[1].Value = p[1].Value.T()
			opt.Step(autograd.Grads{})
		},
	} {
		requireRefused(t, want, run)
	}
	opt := NewLBFGS(params, LBFGS{History: 2}, f)
	opt.SetLR(0.5)
	require.Equal(t, 0.5, opt.LR())
	good := opt.State()
	with := func(i int, v *tensor.Tensor) []tensor.Named {
		s := clone(good)
		s[i].Value = v
		return s
	}
	for want, state := range map[string][]tensor.Named{
		`"n_iter" is missing; the state is one of other parameters or other settings`: nil,
		`"d" has shape [3], want [11]`:                           with(4, tensor.Zeros64(3)),
		`"d" is float32, want float64`:                           with(4, tensor.Zeros(11)),
		`"func_evals" is 1.5, want a number of steps`:            with(1, tensor.New([]float64{1.5})),
		`"old_dirs" has shape [0 11], want [1 11]`:               with(8, tensor.Zeros64(1)),
		`it remembers 3 iterations, and the optimizer at most 2`: with(8, tensor.Zeros64(3)),
	} {
		require.EqualError(t, opt.LoadState(state), "load optimizer state: "+want)
	}
}
