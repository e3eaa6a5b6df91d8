package tensor

import (
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestMultinomialDrawsInProportion(t *testing.T) {
	const n = 20000
	for _, replace := range []bool{true, false} {
		r, counts := NewRand(3), [4]int{}
		w := New([]float64{1, 0, 3, 6}, 4)
		one, two := make([]int, 1), make([]int, 2)
		for range n {
			if replace {
				r.Multinomial(two, w, true)
				counts[two[1]]++
			} else {
				r.Multinomial(one, w, false)
				counts[one[0]]++
			}
		}
		require.Zero(t, counts[1])
		for i, share := range []float64{0.1, 0, 0.3, 0.6} {
			require.InDelta(t, share, float64(counts[i])/n, 0.02, "index %d", i)
		}
	}
}

func TestMultinomialWithoutReplacement(t *testing.T) {
	for _, dt := range []DType{Float32, Float64} {
		w := Full(1, 30).To(dt)
		w.Set(0, 7)
		for seed := range uint64(20) {
			got := make([]int, 29)
			NewRand(seed).Multinomial(got, w, false)
			slices.Sort(got)
			for i, v := range got { // all but 7
				require.Equal(t, i+max(0, min(1, i-6)), v)
			}
		}
	}
	r := NewRand(1)
	state := stateOf(r)
	r.Multinomial(nil, Zeros(0), false)
	require.Equal(t, state, stateOf(r))
	// A strided view is read where it lies.
	strided := New([]float64{1, 9, 2, 9, 3, 9}, 3, 2).Select(1, 0)
	a, b := make([]int, 3), make([]int, 3)
	NewRand(5).Multinomial(a, strided, false)
	NewRand(5).Multinomial(b, New([]float64{1, 2, 3}, 3), false)
	require.Equal(t, b, a)
}

// The generator whose next number is 0 does not draw the first index when that
// has no weight.
func TestMultinomialOfZero(t *testing.T) {
	dst := make([]int, 2)
	weights := []float64{0, 0, 1, 1, 0}
	byRunningSum(zeroRand(), dst, weights, make([]float64, 5), 2)
	require.Equal(t, 2, dst[0])
}

// Where rounding leaves the sum of the shares below 1, here by far, the rest goes
// to the last index that has a weight.
func TestMultinomialOfTheRest(t *testing.T) {
	dst := make([]int, 20)
	byRunningSum(NewRand(1), dst, []float64{0, 0, 1, 1, 0}, make([]float64, 5), 8)
	require.Equal(t, 3, slices.Max(dst))
}

// Of equal quotients, here all infinite, the first ones are drawn.
func TestMultinomialOfTies(t *testing.T) {
	dst := make([]int, 2)
	byExponential(zeroRand(), dst, []float64{0, 1, 2, 3, 4}, make([]float64, 5))
	require.Equal(t, []int{1, 2}, dst)
}

// zeroRand returns a generator that draws 0 next, and as often as there are
// numbers ready.
func zeroRand() *Rand {
	r := NewRand(1)
	r.Uint32()
	clear(r.ready[:])
	return r
}

func TestMultinomialMisuse(t *testing.T) {
	dst := make([]int, 2)
	for _, c := range []struct {
		weights *Tensor
		want    string
	}{
		{Zeros(2, 2), "want a vector of weights"},
		{New([]float64{1, -1}, 2), "want finite weights ≥ 0; weight 1 is -1"},
		{New([]float32{float32(math.Inf(1)), 1}, 2), "weight 0 is +Inf"},
		{New([]float32{float32(math.NaN()), 1}, 2), "weight 0 is NaN"},
		{Zeros(3), "want weights with a positive, finite sum, got 0"},
		{Zeros(0), "want weights with a positive, finite sum, got 0"},
		{New([]float32{3e38, 3e38}, 2), "got +Inf"},
		{New([]float32{1, 0, 0}, 3), "cannot draw 2 different indices: 1 weights are positive"},
	} {
		func() {
			defer func() {
				require.ErrorContains(t, recover().(error), c.want)
			}()
			NewRand(1).Multinomial(dst, c.weights, false)
			t.Error("no panic")
		}()
	}
}

func TestMultinomialAllocatesNothing(t *testing.T) {
	r, w, dst := NewRand(1), Full(1, 300), make([]int, 100)
	for _, replace := range []bool{true, false} {
		require.Zero(t, testing.AllocsPerRun(20, func() { r.Multinomial(dst, w, replace) }))
	}
}
