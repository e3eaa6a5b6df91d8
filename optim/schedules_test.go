package optim

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/internal/fixture"
	"github.com/descent-ml/descent/tensor"
)

// schedulesFixture is testdata/schedules.json. testdata/fixtures/schedules.py
// explains it.
type schedulesFixture struct {
	At        []int
	BaseLR    float64 `json:"base_lr"`
	Schedules []struct {
		Scheduler    string
		Options      longOptions
		LR, Momentum []float64
	}
	Plateaus []struct {
		Options plateauOptions
		Numbers fixture.Numbers
		Changes [][2]float64 // a step, and the rate after it
	}
}

type longOptions struct {
	Factor       string  `json:"lr_lambda"`
	TotalIters   int     `json:"total_iters"`
	Power        float64 `json:"power"`
	T0           int     `json:"T_0"`
	TMult        int     `json:"T_mult"`
	EtaMin       float64 `json:"eta_min"`
	BaseLR       float64 `json:"base_lr"`
	MaxLR        float64 `json:"max_lr"`
	Up           int     `json:"step_size_up"`
	Down         int     `json:"step_size_down"`
	Mode         string
	Gamma        float64
	BaseMomentum float64 `json:"base_momentum"`
	MaxMomentum  float64 `json:"max_momentum"`
}

type plateauOptions struct {
	Mode          string
	Patience      *int
	Factor        *float64
	Threshold     *float64
	ThresholdMode string `json:"threshold_mode"`
	Cooldown      int
	MinLR         float64 `json:"min_lr"`
	Eps           *float64
}

// schedule returns the schedule that does what a scheduler of PyTorch does.
func (o longOptions) schedule(scheduler string, base float64) Schedule {
	switch scheduler {
	case "LambdaLR":
		factors := map[string]func(t int) float64{
			"power": func(t int) float64 { return math.Pow(0.95, float64(t)) }, "inverse": func(t int) float64 { return 1 / float64(1+t) },
		}
		return Lambda{LR: base, Factor: factors[o.Factor]}
	case "PolynomialLR":
		if o.TotalIters == 0 {
			o.TotalIters = 5
		}
		return Polynomial{LR: base, Steps: o.TotalIters, Power: o.Power}
	case "CosineAnnealingWarmRestarts":
		return CosineRestarts{LR: base, Min: o.EtaMin, Steps: o.T0, Factor: o.TMult}
	case "CyclicLR":
		mode := map[string]CycleMode{"": Triangular, "triangular2": Triangular2, "exp_range": ExpRange}[o.Mode]
		return Cyclic{LR: o.BaseLR, Max: o.MaxLR, Up: o.Up, Down: o.Down, Mode: mode, Gamma: o.Gamma, MinMomentum: o.BaseMomentum, MaxMomentum: o.MaxMomentum}
	}
	panic("no such scheduler: " + scheduler)
}

func readSchedules(t *testing.T) (f schedulesFixture) {
	fixture.Read(t, "testdata/schedules.json", &f)
	return f
}

func TestLongSchedulesMatchPyTorch(t *testing.T) {
	f := readSchedules(t)
	require.Len(t, f.Schedules, 15)
	for _, c := range f.Schedules {
		s := c.Options.schedule(c.Scheduler, f.BaseLR)
		require.Len(t, c.LR, len(f.At))
		for i, step := range f.At {
			// Cycles are counted in floating point there.
			require.InDelta(t, c.LR[i], s.At(step), 1e-13, "%s %+v step %d", c.Scheduler, c.Options, step)
		}
		for i, want := range c.Momentum {
			require.InDelta(t, want, s.(Cyclic).Momentum(f.At[i]), 1e-12, "%s %+v step %d", c.Scheduler, c.Options, f.At[i])
		}
	}
}

// The rate falls at the steps at which PyTorch's does, also when the state is
// saved and restored at every step.
func TestPlateauMatchesPyTorch(t *testing.T) {
	f := readSchedules(t)
	require.Len(t, f.Plateaus, 12)
	for _, c := range f.Plateaus {
		o := c.Options
		build := func() *Plateau {
			return &Plateau{
				LR: f.BaseLR, Max: o.Mode == "max", Factor: exactly(o.Factor), Patience: o.Patience, Threshold: exactly(o.Threshold),
				Absolute: o.ThresholdMode == "abs", Cooldown: o.Cooldown, Min: o.MinLR, Eps: exactly(o.Eps),
			}
		}
		p, want, changes := build(), f.BaseLR, c.Changes
		require.Equal(t, f.BaseLR, p.Rate())
		for step, number := range c.Numbers {
			if len(changes) > 0 && int(changes[0][0]) == step {
				want, changes = changes[0][1], changes[1:]
			}
			require.InDelta(t, want, p.Next(number), 1e-15, "%+v step %d", o, step)
			next := build()
			require.NoError(t, next.LoadState(p.State()))
			p = next
			require.InDelta(t, want, p.Rate(), 1e-15)
		}
		require.Empty(t, changes)
	}
}

func TestPlateauErrors(t *testing.T) {
	for want, p := range map[string]*Plateau{
		"LR is -1; it must be finite and not negative":                   {LR: -1},
		"Min is NaN; it must be finite and not negative":                 {Min: math.NaN()},
		"Threshold is -1; it must be finite and not negative":            {Threshold: -1},
		"Eps is -1; it must be finite and not negative":                  {Eps: -1},
		"Factor is 1; it must be at least 0 and less than 1":             {Factor: 1},
		"Patience and Cooldown are -1 and 0; they must not be negative":  {Patience: new(-1)},
		"Patience and Cooldown are 10 and -1; they must not be negative": {Cooldown: -1},
	} {
		requireRefused(t, "plateau schedule: "+want, func() { p.Next(1) })
	}
	p := &Plateau{LR: 0.5}
	good := p.State()
	with := func(i int, v *tensor.Tensor) []tensor.Named {
		s := clone(good)
		s[i].Value = v
		return s
	}
	for want, state := range map[string][]tensor.Named{
		`"cooldown" is missing`:                 good[:3],
		`"lr" is -1`:                            with(0, tensor.Scalar(-1)),
		`"bad" is 1.5`:                          with(2, tensor.Scalar(1.5)),
		`"best" has shape [2], want one number`: with(1, tensor.Zeros(2)),
		`"cooldown" is NaN`:                     with(3, tensor.Scalar(math.NaN())),
		`"lr" is missing`:                       nil,
	} {
		require.EqualError(t, p.LoadState(state), "load plateau state: "+want)
		require.Equal(t, 0.5, p.Rate())
	}
}

// Each group follows a schedule of its own.
func TestGroupLR(t *testing.T) {
	params := model(1, tensor.Float64)
	opt := NewSGD(params[:1], SGD{LR: 0.1})
	opt.AddGroup(params[1:], SGD{LR: 0.3})
	opt.SetGroupLR(1, 0.5)
	require.Equal(t, []float64{0.1, 0.5}, []float64{opt.GroupLR(0), opt.GroupLR(1)})
	before := values(params)
	opt.Step(gradsOf(autograd.NewTape(), params, drawLike(2, params)))
	require.InDelta(t, before[2][0]-0.5*drawLike(2, params)[2].Item(), params[2].Value.Item(), 1e-15)
	opt.SetGroupLR(0, 0.2)
	require.Equal(t, 0.2, opt.LR())
	opt.SetLR(0.1)
	require.Equal(t, 0.3, opt.GroupLR(1), "by proportion again")
	requireRefused(t, "set learning rate of a group: there is no group 2; there are 2 groups", func() { opt.SetGroupLR(2, 1) })
	requireRefused(t, "learning rate of a group: there is no group -1; there are 2 groups", func() { opt.GroupLR(-1) })
	requireRefused(t, "set learning rate of a group: the learning rate is -1; it must be finite and not negative", func() { opt.SetGroupLR(0, -1) })
}
