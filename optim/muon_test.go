package optim

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/tensor"
)

func matrices(dt tensor.DType) (params []*autograd.Param) {
	r := tensor.NewRand(1)
	for _, shape := range [][]int{{4, 6}, {5, 3}, {1, 1}, {40, 30}} {
		params = append(params, autograd.NewParam(draw(r, dt, shape...)))
	}
	return params
}

// A step allocates nothing, and a run that is resumed ends with the same bits.
func TestMuonSteps(t *testing.T) {
	for _, dt := range []tensor.DType{tensor.Float32, tensor.Float64} {
		run := func(stop int) *Groups {
			params := matrices(dt)
			opt := NewMuon(params, Muon{LR: 0.1})
			for step := range 6 {
				if step == stop {
					next := NewMuon(params, Muon{LR: 0.1})
					require.NoError(t, next.LoadState(clone(opt.State())))
					opt = next
				}
				opt.Step(gradsOf(autograd.NewTape(), params, drawLike(uint64(step), params)))
			}
			grads := gradsOf(autograd.NewTape(), params, drawLike(9, params))
			require.Zero(t, testing.AllocsPerRun(20, func() { opt.Step(grads) }))
			return opt
		}
		want := run(-1)
		for stop := range 4 {
			got := run(stop)
			for k := range want.groups[0].slots {
				require.True(t, sameBits(want.groups[0].slots[k].param.Value, got.groups[0].slots[k].param.Value), "%v: parameter %d after a stop at %d", dt, k, stop)
			}
		}
	}
}

// All directions of a step are about equally strong, those of a wide matrix as
// those of a tall one.
func TestMuonIsNearlyOrthogonal(t *testing.T) {
	for _, shape := range [][]int{{30, 50}, {50, 30}} {
		p := autograd.NewParam(tensor.Zeros64(shape...))
		params := []*autograd.Param{p}
		NewMuon(params, Muon{LR: 1, Rate: MatchRMSAdamW}).Step(gradsOf(autograd.NewTape(), params, drawLike(3, params)))
		x := tensor.MulScalar(p.Value, 1/(0.2*math.Sqrt(50)))
		if shape[0] > shape[1] {
			x = x.T()
		}
		gram := tensor.MatMul(x, x.T())
		for i := range 30 {
			for j := range 30 {
				want := 0.0
				if i == j {
					want = 1
				}
				require.InDelta(t, want, gram.At(i, j), 0.6)
			}
		}
		require.InDelta(t, 30, tensor.Sum(tensor.Square(x)).Item(), 12)
	}
}

func TestMuonRefuses(t *testing.T) {
	params := matrices(tensor.Float32)
	for want, c := range map[string]Muon{
		"LR is -1; it must be finite and not negative":             {LR: -1},
		"WeightDecay is -1; it must be finite and not negative":    {WeightDecay: -1},
		"Eps is NaN; it must be finite and not negative":           {Eps: math.NaN()},
		"Momentum is 2; it must be between 0 and 1":                {Momentum: 2},
		"Iterations is 100; it must be positive and less than 100": {Iterations: 100},
		"there is no rate 3":                                       {Rate: 3},
	} {
		requireRefused(t, "muon: "+want, func() { NewMuon(params, c) })
	}
	requireRefused(t, "muon: parameter 0 has the shape [5]; Muon is for matrices", func() { NewMuon(model(1, tensor.Float32), Muon{}) })
	opt := NewMuon(params, Muon{})
	opt.SetMomentum(0.5)
	require.Equal(t, 0.5, opt.groups[0].rule.(*muon).Momentum)
	requireRefused(t, "set momentum: the momentum is 2; that of Muon must be at most 1", func() { opt.SetMomentum(2) })
	params[0].Value = tensor.Zeros(24)
	err, ok := recovered(func() { opt.Step(gradsOf(autograd.NewTape(), params, drawLike(1, params))) }).(*tensor.ShapeError)
	require.True(t, ok)
	require.EqualError(t, err, "muon step [24]: want a matrix")
}
