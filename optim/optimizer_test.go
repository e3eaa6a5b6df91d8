package optim

import (
	"maps"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/tensor"
)

// rules are all rules, with settings that give them every part of their state.
var rules = map[string]Rule{
	"sgd":      SGD{LR: 0.1},
	"momentum": SGD{LR: 0.1, Momentum: 0.9, Dampening: 0.3, WeightDecay: 0.01},
	"nesterov": SGD{LR: 0.1, Momentum: 0.9, Nesterov: true, Maximize: true},
	"adam":     Adam{LR: 0.1, WeightDecay: 0.01},
	"amsgrad":  Adam{LR: 0.1, AMSGrad: true},
	"adamw":    AdamW{LR: 0.1, AMSGrad: true, Maximize: true},
	"rmsprop":  RMSprop{LR: 0.1, WeightDecay: 0.01, Momentum: 0.9, Centered: true},
	"adagrad":  Adagrad{LR: 0.1, LRDecay: 0.1, WeightDecay: 0.01, Initial: 0.1},
	"adadelta": Adadelta{WeightDecay: 0.01, Maximize: true},
	"adamax":   Adamax{LR: 0.1, WeightDecay: 0.01},
	"nadam":    NAdam{LR: 0.1, WeightDecay: 0.01, Decoupled: true},
	"radam":    RAdam{LR: 0.1, WeightDecay: 0.01, Decoupled: true, Betas: [2]float64{0.9, 0.8}},
	"lion":     Lion{LR: 0.1, WeightDecay: 0.01},
	"rprop":    Rprop{LR: 0.1},
	"asgd":     ASGD{LR: 0.1, Lambda: 0.1, Start: Zero, WeightDecay: 0.01},
}

func TestStepAllocatesNothing(t *testing.T) {
	for name, r := range rules {
		for _, dt := range []tensor.DType{tensor.Float32, tensor.Float64} {
			params := model(1, dt)
			var opt Optimizer = newGroups("test", params, r)
			grads := gradsOf(autograd.NewTape(), params, drawLike(2, params))
			schedule := Warmup(1000, Sequence{
				{Constant{0.3}, 1}, {Step{LR: 0.3, Size: 999}, 1}, {OneCycle{LR: 1, Steps: 1000}, 100}, {Cyclic{Max: 1}, 20}, {CosineRestarts{LR: 1, Steps: 3}, 20},
				{WarmupStableDecay{LR: 1, Warmup: 9}, 20}, {Polynomial{LR: 1, Steps: 9}, 20}, {InverseSqrt{LR: 1, Steps: 9}, 20}, {Hold(3000, Cosine{LR: 0.1, Steps: 2000}), 0},
			})
			step := 900
			require.Zero(t, testing.AllocsPerRun(300, func() {
				opt.SetLR(schedule.At(step))
				opt.Step(grads)
				step++
			}), "%s %v", name, dt)
		}
	}
}

// A parameter whose value was replaced after the optimizer was made is refused.
func TestStepRefusesOtherValues(t *testing.T) {
	for name, r := range rules {
		for _, v := range []*tensor.Tensor{tensor.Zeros(6), tensor.Zeros64(2, 3), tensor.Zeros(3, 2).T()} {
			if name == "sgd" && v.IsContiguous() {
				continue // there is no state that could not fit
			}
			params := model(1, tensor.Float32)[1:2]
			opt := newGroups("test", params, r)
			params[0].Value = v
			grads := gradsOf(autograd.NewTape(), params, drawLike(2, params))
			err, ok := recovered(func() { opt.Step(grads) }).(error)
			require.True(t, ok, "%s: no panic for %v", name, v)
			require.Contains(t, err.Error(), " step", name)
		}
	}
}

// A parameter without a gradient keeps its value and all its state.
func TestNoGradientNoChange(t *testing.T) {
	for name, r := range rules {
		params := model(1, tensor.Float64)
		opt := newGroups("test", params, r)
		tape := autograd.NewTape()
		opt.Step(gradsOf(tape, params, drawLike(2, params)))
		before, state := values(params), clone(opt.State())
		grads := drawLike(3, params)
		grads[1] = nil
		opt.Step(gradsOf(tape, params, grads))
		after := values(params)
		require.NotEqual(t, before[0], after[0], name)
		require.Equal(t, before[1], after[1], name)
		for i, s := range opt.State() {
			same := s.Name[0] == '1'
			require.Equal(t, same, sameBits(state[i].Value, s.Value), "%s %s", name, s.Name)
		}
	}
}

// A frozen parameter keeps its value and its state, also when weight decay
// would change it, and whether it was frozen before the gradients or after.
func TestFrozenParameters(t *testing.T) {
	all := map[string]Rule{"decaying sgd": SGD{LR: 0.1, WeightDecay: 0.5}, "decaying adam": Adam{WeightDecay: 0.5}, "decaying adamw": AdamW{LR: 0.1}}
	maps.Copy(all, rules)
	for name, r := range all {
		for _, early := range []bool{true, false} {
			params := model(1, tensor.Float64)
			opt := newGroups("test", params, r)
			tape := autograd.NewTape()
			opt.Step(gradsOf(tape, params, drawLike(2, params)))
			before, state := values(params), clone(opt.State())
			params[1].Frozen = early
			grads := gradsOf(tape, params, drawLike(3, params))
			params[1].Frozen = true
			opt.Step(grads)
			after := values(params)
			require.NotEqual(t, before[0], after[0], name)
			require.Equal(t, before[1], after[1], name)
			for i, s := range opt.State() {
				require.Equal(t, s.Name[0] == '1', sameBits(state[i].Value, s.Value), "%s %s", name, s.Name)
			}
		}
	}
}

func TestGroups(t *testing.T) {
	params := model(1, tensor.Float64)
	opt := NewSGD(params[:1], SGD{LR: 0.1})
	opt.AddGroup(params[1:2], AdamW{LR: 0.01})
	opt.AddGroup(nil, SGD{LR: 5})
	require.Equal(t, 0.1, opt.LR())

	want := model(1, tensor.Float64)
	alone := []*Groups{NewSGD(want[:1], SGD{LR: 0.1}), NewAdamW(want[1:2], AdamW{LR: 0.01})}
	tape, other := autograd.NewTape(), autograd.NewTape()
	for step, factor := range []float64{1, 0.5, 2, 0} {
		grads := drawLike(uint64(step), params)
		opt.SetLR(0.1 * factor)
		require.Equal(t, 0.1*factor, opt.LR())
		opt.Step(gradsOf(tape, params, grads))
		alone[0].SetLR(0.1 * factor)
		alone[1].SetLR(0.01 * factor)
		g := gradsOf(other, want, grads)
		alone[0].Step(g)
		alone[1].Step(g)
		require.Equal(t, values(want[:1]), values(params[:1]))
		require.InDeltaSlice(t, tensor.Values(want[1].Value), tensor.Values(params[1].Value), 1e-15)
		require.Equal(t, values(want[2:]), values(params[2:]), "it is in no group")
	}
}

// A group keeps its proportion to the rate that the first group had when it
// was added.
func TestSetLRKeepsProportions(t *testing.T) {
	params := model(1, tensor.Float32)
	opt := NewSGD(params[:1], SGD{LR: 0.1})
	opt.AddGroup(params[1:2], SGD{LR: 0.3})
	rates := func() (all []float64) {
		for _, g := range opt.groups {
			all = append(all, g.lr)
		}
		return all
	}
	require.Equal(t, []float64{0.1, 0.3}, rates())
	opt.SetLR(0.02)
	require.InDeltaSlice(t, []float64{0.02, 0.06}, rates(), 1e-17)
	opt.AddGroup(params[2:], SGD{LR: 0.01})
	require.InDeltaSlice(t, []float64{0.02, 0.06, 0.01}, rates(), 1e-17)
	opt.SetLR(0)
	require.Equal(t, []float64{0, 0, 0}, rates())
	opt.AddGroup([]*autograd.Param{autograd.NewParam(tensor.Zeros(1))}, SGD{LR: 0.2})
	opt.SetLR(0.1)
	require.Equal(t, []float64{0.1, 0.3}, rates()[:2], "exactly, after whatever came between")
	require.InDeltaSlice(t, []float64{0.1, 0.3, 0.05, 0.2}, rates(), 1e-17)
	for i := range 100 {
		opt.SetLR(float64(i) / 700)
		require.Equal(t, float64(i)/700, opt.LR(), "exactly, for the bits of a run")
	}
}

// Rules whose momentum is set go on as rules that were made with it; the others
// have none.
func TestSetMomentumOfRules(t *testing.T) {
	betas := [2]float64{0.3}
	with := map[string]Rule{
		"rmsprop": RMSprop{Momentum: 0.3}, "adamax": Adamax{Betas: betas}, "nadam": NAdam{Betas: betas}, "radam": RAdam{Betas: betas}, "lion": Lion{Betas: betas},
	}
	without := map[string]Rule{"rmsprop": RMSprop{}, "adamax": Adamax{}, "nadam": NAdam{}, "radam": RAdam{}, "lion": Lion{}}
	for name := range with {
		p, q := model(1, tensor.Float64), model(1, tensor.Float64)
		a, b := newGroups("test", p, without[name]), newGroups("test", q, with[name])
		a.SetMomentum(0.3)
		for seed := range uint64(3) {
			grads := drawLike(seed, p)
			a.Step(gradsOf(autograd.NewTape(), p, grads))
			b.Step(gradsOf(autograd.NewTape(), q, grads))
		}
		require.Equal(t, values(q), values(p), name)
	}
	for name, r := range map[string]Rule{"Adagrad": Adagrad{}, "Adadelta": Adadelta{}, "Rprop": Rprop{}, "ASGD": ASGD{}} {
		requireRefused(t, "set momentum: "+name+" has no momentum", func() { newGroups("test", model(1, tensor.Float32), r).SetMomentum(0.5) })
	}
	requireRefused(t, "set momentum: the momentum is 1; β₁ of Lion must be less than 1",
		func() { NewLion(model(1, tensor.Float32), Lion{}).SetMomentum(1) })
}

func TestSetMomentum(t *testing.T) {
	one := func() []*autograd.Param { return []*autograd.Param{autograd.NewParam(tensor.New([]float64{1}, 1))} }
	g := []*tensor.Tensor{tensor.New([]float64{1}, 1)}
	tape := autograd.NewTape()

	p := one()
	opt := NewSGD(p, SGD{LR: 1})
	for _, s := range []struct{ mu, moved float64 }{
		{0, 1},     // no buffer yet
		{0.5, 1},   // the buffer becomes the gradient
		{0.5, 1.5}, // 0.5·1 + 1
		{0, 1},     // the buffer rests
		{0.25, 1.375},
	} {
		before := p[0].Value.Item()
		opt.SetMomentum(s.mu)
		opt.Step(gradsOf(tape, p, g))
		require.Equal(t, s.moved, before-p[0].Value.Item())
	}

	p, q := one(), one()
	a, b := NewAdam(p, Adam{}), NewAdam(q, Adam{Betas: [2]float64{0.3, 0.999}})
	a.SetMomentum(0.3)
	a.Step(gradsOf(tape, p, g))
	b.Step(gradsOf(tape, q, g))
	require.Equal(t, values(q), values(p))
}

// With β₁ = 0 the average is the gradient, bit for bit, as in PyTorch.
func TestAdamWithoutMomentum(t *testing.T) {
	for _, dt := range []tensor.DType{tensor.Float32, tensor.Float64} {
		params := model(1, dt)
		opt := NewAdam(params, Adam{Betas: [2]float64{Zero, 0.9}})
		tape := autograd.NewTape()
		for seed := range uint64(5) {
			grads := drawLike(seed, params)
			opt.Step(gradsOf(tape, params, grads))
			require.True(t, sameBits(grads[1], opt.State()[4].Value))
		}
	}
}

func TestSettingsOutOfRange(t *testing.T) {
	p := model(1, tensor.Float32)
	nan, inf := math.NaN(), math.Inf(1)
	for want, r := range map[string]Rule{
		"sgd: LR is -0.1; it must be finite and not negative":                                                      SGD{LR: -0.1},
		"sgd: LR is NaN; it must be finite and not negative":                                                       SGD{LR: nan},
		"sgd: Momentum is +Inf; it must be finite and not negative":                                                SGD{Momentum: inf},
		"sgd: Dampening is -1; it must be finite and not negative":                                                 SGD{Dampening: -1},
		"sgd: WeightDecay is -1; it must be finite and not negative":                                               SGD{WeightDecay: -1},
		"sgd: Nesterov needs a positive Momentum and no Dampening; they are 0 and 0":                               SGD{Nesterov: true},
		"sgd: Nesterov needs a positive Momentum and no Dampening; they are 0.9 and 0.5":                           SGD{Nesterov: true, Momentum: 0.9, Dampening: 0.5},
		"adam: LR is -1; it must be finite and not negative":                                                       Adam{LR: -1},
		"adam: Eps is -1; it must be finite and not negative":                                                      Adam{Eps: -1},
		"adam: WeightDecay is NaN; it must be finite and not negative":                                             Adam{WeightDecay: nan},
		"adam: Betas[0] is -0.1; it must be at least 0 and less than 1":                                            Adam{Betas: [2]float64{-0.1, 0.9}},
		"adam: Betas[1] is 1; it must be at least 0 and less than 1":                                               Adam{Betas: [2]float64{0.9, 1}},
		"adamw: Betas[1] is NaN; it must be at least 0 and less than 1":                                            AdamW{Betas: [2]float64{0.9, nan}},
		"adamw: WeightDecay is -0.1; it must be finite and not negative":                                           AdamW{WeightDecay: -0.1},
		"rmsprop: Alpha is -1; it must be finite and not negative":                                                 RMSprop{Alpha: -1},
		"rmsprop: Momentum is -1; it must be finite and not negative":                                              RMSprop{Momentum: -1},
		"rmsprop: WeightDecay is -1; it must be finite and not negative":                                           RMSprop{WeightDecay: -1},
		"rmsprop: LR is -1; it must be finite and not negative":                                                    RMSprop{LR: -1},
		"rmsprop: Eps is -1; it must be finite and not negative":                                                   RMSprop{Eps: -1},
		"adagrad: LR is -1; it must be finite and not negative":                                                    Adagrad{LR: -1},
		"adagrad: LRDecay is -1; it must be finite and not negative":                                               Adagrad{LRDecay: -1},
		"adagrad: WeightDecay is -1; it must be finite and not negative":                                           Adagrad{WeightDecay: -1},
		"adagrad: Initial is -1; it must be finite and not negative":                                               Adagrad{Initial: -1},
		"adagrad: Eps is -1; it must be finite and not negative":                                                   Adagrad{Eps: -1},
		"adadelta: LR is -1; it must be finite and not negative":                                                   Adadelta{LR: -1},
		"adadelta: Rho is 1.5; it must be between 0 and 1":                                                         Adadelta{Rho: 1.5},
		"adadelta: Eps is -1; it must be finite and not negative":                                                  Adadelta{Eps: -1},
		"adadelta: WeightDecay is -1; it must be finite and not negative":                                          Adadelta{WeightDecay: -1},
		"adamax: LR is -1; it must be finite and not negative":                                                     Adamax{LR: -1},
		"adamax: Eps is -1; it must be finite and not negative":                                                    Adamax{Eps: -1},
		"adamax: WeightDecay is -1; it must be finite and not negative":                                            Adamax{WeightDecay: -1},
		"adamax: Betas[1] is 1; it must be at least 0 and less than 1":                                             Adamax{Betas: [2]float64{0, 1}},
		"nadam: LR is -1; it must be finite and not negative":                                                      NAdam{LR: -1},
		"nadam: Eps is -1; it must be finite and not negative":                                                     NAdam{Eps: -1},
		"nadam: WeightDecay is -1; it must be finite and not negative":                                             NAdam{WeightDecay: -1},
		"nadam: MomentumDecay is -1; it must be finite and not negative":                                           NAdam{MomentumDecay: -1},
		"nadam: Betas[0] is 1; it must be at least 0 and less than 1":                                              NAdam{Betas: [2]float64{1, 0}},
		"radam: LR is -1; it must be finite and not negative":                                                      RAdam{LR: -1},
		"radam: Eps is -1; it must be finite and not negative":                                                     RAdam{Eps: -1},
		"radam: WeightDecay is -1; it must be finite and not negative":                                             RAdam{WeightDecay: -1},
		"radam: Betas[0] is 1; it must be at least 0 and less than 1":                                              RAdam{Betas: [2]float64{1, 0}},
		"lion: LR is -1; it must be finite and not negative":                                                       Lion{LR: -1},
		"lion: WeightDecay is -1; it must be finite and not negative":                                              Lion{WeightDecay: -1},
		"lion: Betas[0] is 1; it must be at least 0 and less than 1":                                               Lion{Betas: [2]float64{1, 0}},
		"rprop: LR is -1; it must be finite and not negative":                                                      Rprop{LR: -1},
		"rprop: Etas are 1.5 and 1.2; they must be between 0 and 1, and above 1":                                   Rprop{Etas: [2]float64{1.5}},
		"rprop: Sizes are 2 and 1; the smallest must not be negative or above the largest":                         Rprop{Sizes: [2]float64{2, 1}},
		"asgd: LR is -1; it must be finite and not negative":                                                       ASGD{LR: -1},
		"asgd: Lambda is -1; it must be finite and not negative":                                                   ASGD{Lambda: -1},
		"asgd: Alpha is -1; it must be finite and not negative":                                                    ASGD{Alpha: -1},
		"asgd: Start is -1; it must be finite and not negative":                                                    ASGD{Start: -1},
		"asgd: WeightDecay is -1; it must be finite and not negative":                                              ASGD{WeightDecay: -1},
		"add group: the rule is nil":                                                                               nil,
		"add group: parameter 1 is nil":                                                                            SGD{Momentum: 0.25},
		"add group: the value of parameter 1, of shape [3 2], is a strided view; give the parameter a Clone of it": SGD{Momentum: 0.5},
		"add group: parameter 1, of shape [2 3], is in the optimizer already; a step would change it twice":        SGD{Momentum: 0.75},
	} {
		more := []*autograd.Param{autograd.NewParam(tensor.Zeros(1)), nil}
		switch r {
		case SGD{Momentum: 0.5}:
			more[1] = autograd.NewParam(p[1].Value.T())
		case SGD{Momentum: 0.75}:
			more[1] = p[1]
		}
		requireRefused(t, want, func() { NewSGD(p, SGD{}).AddGroup(more, r) })
	}
	requireRefused(t, "sgd: there are no parameters", func() { NewSGD(nil, SGD{}) })
	requireRefused(t, "adam: there are no parameters", func() { NewAdam(nil, Adam{}) })
	requireRefused(t, "adamw: parameter 3, of shape [5], is in the optimizer already; a step would change it twice",
		func() { NewAdamW(append(p, p[0]), AdamW{}) })
	opt := NewAdam(p, Adam{})
	requireRefused(t, "set learning rate: the learning rate is NaN; it must be finite and not negative", func() { opt.SetLR(nan) })
	requireRefused(t, "set momentum: the momentum is -1; it must be finite and not negative", func() { opt.SetMomentum(-1) })
	requireRefused(t, "set momentum: the momentum is 1; β₁ of Adam must be less than 1", func() { opt.SetMomentum(1) })
}

// Zero says 0 wherever 0 stands for another default, and 0 alone stands for it.
func TestZero(t *testing.T) {
	require.Equal(t, &adam{tensor.Adam{LR: 0, Beta1: 0, Beta2: 0.999, Eps: 0, Decoupled: true}, false},
		AdamW{LR: Zero, Betas: [2]float64{Zero}, Eps: Zero, WeightDecay: Zero}.settle())
	require.Equal(t, &adam{tensor.Adam{LR: 1e-3, Beta1: 0.9, Beta2: 0, Eps: 1e-8, Decoupled: true, WeightDecay: 0.01}, false},
		AdamW{Betas: [2]float64{0, Zero}}.settle())
	require.Equal(t, &sgd{SGD{}, false}, SGD{LR: Zero, Momentum: Zero, Dampening: Zero, WeightDecay: Zero}.settle())
	require.Zero(t, Step{LR: 1, Size: 1, Gamma: Zero}.At(1))
	require.Zero(t, MultiStep{LR: 1, Milestones: []int{1}, Gamma: Zero}.At(2))
	require.Zero(t, OneCycle{LR: 1, Steps: 9, MinMomentum: Zero, Rise: 1.0 / 3}.Momentum(2))
	requireRefused(t, "one-cycle schedule: Div is 0; it must be finite and positive", func() { OneCycle{LR: 1, Steps: 9, Div: Zero}.At(0) })
	requireRefused(t, "one-cycle schedule: Rise is 0; it must be more than 0 and at most 1", func() { OneCycle{LR: 1, Steps: 9, Rise: Zero}.At(0) })
}

// A Groups that no constructor made says which to call.
func TestEmptyGroups(t *testing.T) {
	const want = ": the optimizer is empty; make it with optim.NewSGD, NewAdam or the like"
	var o Groups
	requireRefused(t, "learning rate"+want, func() { o.LR() })
	requireRefused(t, "set learning rate"+want, func() { o.SetLR(1) })
	requireRefused(t, "add group"+want, func() { o.AddGroup(nil, SGD{}) })
}
