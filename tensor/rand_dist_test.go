package tensor

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
)

// The mean of many numbers is the concentration, and so is their variance.
func TestGammaMoments(t *testing.T) {
	const n = 20000
	for _, alpha := range []float64{0.2, 1, 7} {
		x, a := Zeros64(n), Full(alpha, n).To(Float64)
		NewRand(1).Gamma(x, a)
		mean, variance := 0.0, 0.0
		for _, v := range x.f64 {
			mean += v / n
		}
		for _, v := range x.f64 {
			variance += (v - mean) * (v - mean) / n
		}
		require.InDelta(t, alpha, mean, 4*math.Sqrt(alpha/n), "concentration %v", alpha)
		require.InEpsilon(t, alpha, variance, 0.1, "concentration %v", alpha)
	}
}

// A concentration of 0 gives the smallest number, and takes none from the
// generator. Large ones come near to their mean.
func TestGammaCorners(t *testing.T) {
	for _, dt := range []DType{Float32, Float64} {
		x, r := ZerosOf(dt, 2), NewRand(1)
		state := stateOf(r)
		r.Gamma(x, ZerosOf(dt, 2))
		require.Equal(t, state, stateOf(r))
		smallest := map[DType]float64{Float32: 0x1p-126, Float64: 0x1p-1022}[dt]
		require.Equal(t, []float64{smallest, smallest}, Values(x))
		r.Gamma(x, Full(1e-30, 2).To(dt)) // underflow
		require.Equal(t, []float64{smallest, smallest}, Values(x))
		r.Gamma(x, Full(1e12, 2).To(dt))
		require.InEpsilon(t, 1e12, x.At(1), 1e-5)
		r.Dirichlet(x, ZerosOf(dt, 2))
		require.Equal(t, []float64{0.5, 0.5}, Values(x))
		r.Dirichlet(x, New([]float64{0, 1}, 2).To(dt)) // none is 0 or 1
		require.Positive(t, x.At(0))
		require.Less(t, x.At(0), 1e-30)
		require.Less(t, x.At(1), 1.0)
		require.Greater(t, x.At(1), 1-2e-7)
	}
}

// Views are filled in the order of their memory, Dirichlet's rows one after the
// other. The parameters may be views, too.
func TestGammaOfViews(t *testing.T) {
	for _, dt := range []DType{Float32, Float64} {
		alpha := New([]float64{0.5, 1, 2, 3, 4, 5}, 3, 2).To(dt)
		plain := ZerosOf(dt, 3, 2)
		NewRand(2).Gamma(plain, alpha)
		view := ZerosOf(dt, 3, 2).Transpose(0, 1)
		NewRand(2).Gamma(view, alpha.Transpose(0, 1))
		require.Equal(t, Values(plain), Values(view.Transpose(0, 1)))

		NewRand(2).Dirichlet(plain, alpha)
		view = ZerosOf(dt, 2, 3).Transpose(0, 1)
		NewRand(2).Dirichlet(view, alpha.Transpose(0, 1).Contiguous().Transpose(0, 1))
		require.Equal(t, Values(plain), Values(view))

		NewRand(3).Exponential(plain, 2)
		view = ZerosOf(dt, 3, 2).Transpose(0, 1)
		NewRand(3).Exponential(view, 2)
		require.Equal(t, Values(plain), Values(view.Transpose(0, 1)))
	}
}

func TestGammaMisuse(t *testing.T) {
	r := NewRand(1)
	for _, c := range []struct {
		draw func()
		want string
	}{
		{func() { r.Gamma(Zeros(1), Full(-1, 1)) }, "gamma: want concentrations ≥ 0, got -1"},
		{func() { r.Gamma(Zeros64(1), New([]float64{math.NaN()}, 1)) }, "gamma: want concentrations ≥ 0, got NaN"},
		{func() { r.Gamma(Zeros(2), Zeros(3)) }, "gamma [2] × [3]: want one parameter for each element"},
		{func() { r.Gamma(Zeros64(2), Zeros(2)) }, "gamma"},
		{func() { r.Gamma(Zeros(1).Expand(2), Zeros(2)) }, "axis 0 is expanded"},
		{func() { r.Dirichlet(Zeros(1), Full(-1, 1)) }, "dirichlet: want concentrations ≥ 0, got -1"},
		{func() { r.Dirichlet(Zeros(), Zeros()) }, "dirichlet []: want at least one axis"},
		{func() { r.Dirichlet(Zeros(2), Zeros(3)) }, "dirichlet [2] × [3]: want one parameter for each element"},
		{func() { r.Exponential(Zeros(2), 0) }, "exponential: want a rate > 0, got 0"},
		{func() { r.Exponential(Zeros(2), math.NaN()) }, "exponential: want a rate > 0, got NaN"},
	} {
		func() {
			defer func() { require.ErrorContains(t, recover().(error), c.want) }()
			c.draw()
			t.Error("no panic")
		}()
	}
}

func TestGammaAllocatesNothing(t *testing.T) {
	r, x, alpha := NewRand(1), Zeros(5, 6), Full(2, 5, 6)
	require.Zero(t, testing.AllocsPerRun(20, func() {
		r.Exponential(x, 1)
		r.Gamma(x, alpha)
		r.Dirichlet(x, alpha)
	}))
}
