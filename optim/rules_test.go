package optim

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/internal/fixture"
	"github.com/descent-ml/descent/tensor"
)

// rulesFixture is testdata/rules.json. testdata/fixtures/rules.py explains it.
type rulesFixture struct {
	Defaults     map[string]settings
	Trajectories []longTrajectory
	Searches     []searchCase
}

type longTrajectory struct {
	Name, Optimizer string
	Groups          []struct {
		Params  []int
		Options settings
	}
	Params []*fixture.Tensor
	Grads  [][]*fixture.Tensor // of a cycle of steps
	At     []int               // the steps, from 1, after which After holds the values
	After  [][]*fixture.Tensor
}

// settings are PyTorch's keyword arguments, nil where they are not given.
type settings struct {
	LR, Alpha, Rho, Eps, Lambd, T0, Momentum *float64
	WeightDecay                              *float64 `json:"weight_decay"`
	LRDecay                                  *float64 `json:"lr_decay"`
	Initial                                  *float64 `json:"initial_accumulator_value"`
	MomentumDecay                            *float64 `json:"momentum_decay"`
	Decoupled                                bool     `json:"decoupled_weight_decay"`
	Betas, Etas                              []float64
	StepSizes                                []float64 `json:"step_sizes"`
	Centered, Maximize                       bool
	Nesterov                                 *bool
	Coefficients                             []float64 `json:"ns_coefficients"`
	Iterations                               int       `json:"ns_steps"`
	AdjustLR                                 string    `json:"adjust_lr_fn"`
}

func two(v []float64) (pair [2]float64) {
	for i := range v {
		pair[i] = exactly(&v[i])
	}
	return pair
}

func (o settings) rule(optimizer string) Rule {
	lr, eps, decay := exactly(o.LR), exactly(o.Eps), exactly(o.WeightDecay)
	switch optimizer {
	case "RMSprop":
		return RMSprop{lr, exactly(o.Alpha), eps, decay, exactly(o.Momentum), o.Centered, o.Maximize}
	case "Adagrad":
		return Adagrad{lr, exactly(o.LRDecay), decay, exactly(o.Initial), eps, o.Maximize}
	case "Adadelta":
		return Adadelta{lr, exactly(o.Rho), eps, decay, o.Maximize}
	case "Adamax":
		return Adamax{lr, two(o.Betas), eps, decay, o.Maximize}
	case "NAdam":
		return NAdam{lr, two(o.Betas), eps, decay, exactly(o.MomentumDecay), o.Decoupled, o.Maximize}
	case "RAdam":
		return RAdam{lr, two(o.Betas), eps, decay, o.Decoupled, o.Maximize}
	case "Lion":
		return Lion{lr, two(o.Betas), decay, o.Maximize}
	case "Rprop":
		return Rprop{lr, two(o.Etas), two(o.StepSizes), o.Maximize}
	case "ASGD":
		return ASGD{lr, exactly(o.Lambd), exactly(o.Alpha), exactly(o.T0), decay, o.Maximize}
	}
	if optimizer == "Muon" {
		rate := map[string]MuonRate{"": Original, "original": Original, "match_rms_adamw": MatchRMSAdamW, "spectral_unclamped": SpectralUnclamped}
		var c [3]float64
		copy(c[:], o.Coefficients)
		return Muon{lr, decay, exactly(o.Momentum), o.Nesterov != nil && !*o.Nesterov, c, eps, o.Iterations, rate[o.AdjustLR]}
	}
	panic("no such optimizer: " + optimizer)
}

func readRules(t *testing.T) (f rulesFixture) {
	fixture.Read(t, "testdata/rules.json", &f)
	return f
}

func TestDefaultsOfRulesArePyTorchs(t *testing.T) {
	f := readRules(t)
	zero := map[string]Rule{
		"RMSprop": RMSprop{}, "Adagrad": Adagrad{}, "Adadelta": Adadelta{}, "Adamax": Adamax{}, "NAdam": NAdam{}, "RAdam": RAdam{},
		"Lion": Lion{}, "Rprop": Rprop{}, "ASGD": ASGD{}, "Muon": Muon{},
	}
	require.Equal(t, len(zero), len(f.Defaults))
	for name, o := range f.Defaults {
		require.NotNil(t, o.LR)
		require.Equal(t, o.rule(name).settle(), zero[name].settle(), name)
	}
}

// Fifty steps end where PyTorch's do, in float64 to ten digits, and in float32
// near it.
func TestRulesMatchPyTorch(t *testing.T) {
	f := readRules(t)
	require.Equal(t, 91, len(f.Trajectories))
	for _, c := range f.Trajectories {
		for dt, rtol := range map[tensor.DType]float64{tensor.Float64: 1e-11, tensor.Float32: 2e-4} {
			t.Run(c.Name+" "+dt.String(), func(t *testing.T) { c.check(t, dt, rtol) })
		}
	}
}

func (c *longTrajectory) check(t *testing.T, dt tensor.DType, rtol float64) {
	params := make([]*autograd.Param, len(c.Params))
	for i, p := range c.Params {
		params[i] = autograd.NewParam(p.Tensor(dt))
	}
	var opt *Groups
	for _, g := range c.Groups {
		var members []*autograd.Param
		for _, i := range g.Params {
			members = append(members, params[i])
		}
		if r := g.Options.rule(c.Optimizer); opt == nil {
			opt = newGroups("test", members, r)
		} else {
			opt.AddGroup(members, r)
		}
	}
	tape := autograd.NewTape()
	step := 0
	for k, at := range c.At {
		for ; step < at; step++ {
			grads := make([]*tensor.Tensor, len(params))
			for i, g := range c.Grads[step%len(c.Grads)] {
				if g != nil {
					grads[i] = g.Tensor(dt)
				}
			}
			opt.Step(gradsOf(tape, params, grads))
		}
		for i, want := range c.After[k] {
			require.NoError(t, want.Diff(params[i].Value, rtol, rtol), "after step %d, parameter %d", at, i)
		}
	}
}
