package main

import (
	"bytes"
	"math"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/examples/internal/course/coursetest"
	"github.com/descent-ml/descent/tensor"
)

// small is the lesson with fewer steps and draws.
var small = sizes{examples: 200, steps: 900, members: 4, draws: 12}

func TestExamplesLieInTheirRegions(t *testing.T) {
	set := points(2000, known, tensor.NewRand(1))
	var squares []float64
	for i := range 2000 {
		x := set.X.At(i, 0)
		require.True(t, math.Abs(x) >= 0.7 && math.Abs(x) <= 2)
		squares = append(squares, math.Pow((set.Y.At(i, 0)-truth(x))/noise(x), 2))
	}
	require.InDelta(t, 1, root(squares), 0.06)
}

// at returns the share of 600 new examples that lie in the interval for 90 %.
func at(say oracle, where []region, factor float64, seed uint64) float64 {
	test := points(600, where, tensor.NewRand(seed+1000))
	return covered(say(test.X), test, 0.9, factor)
}

func TestWhatTheMethodsKnow(t *testing.T) {
	for seed := uint64(1); seed <= 5; seed++ {
		set, held := points(small.examples, known, tensor.NewRand(seed)), points(100, known, tensor.NewRand(seed+2000))
		for _, method := range methods {
			say, err := learn(method, set, small, seed)
			require.NoError(t, err)
			all, low, high := at(say, known, 1, seed), at(say, quiet, 1, seed), at(say, loud, 1, seed)
			ignorance := func(where []region) float64 {
				return root(say(points(200, where, tensor.NewRand(seed+3000)).X).ignorance)
			}
			gapped := ignorance(gap) / ignorance(known)
			switch method {
			case "constant":
				require.InDelta(t, 0.89, all, 0.07, "seed %d", seed)
				require.Greater(t, low, 0.97, "seed %d", seed)
				require.Less(t, high, 0.86, "seed %d", seed)
			case "likelihood":
				require.InDelta(t, 0.88, all, 0.09, "seed %d", seed)
				require.Less(t, math.Abs(low-high), 0.13, "seed %d", seed)
				require.Zero(t, ignorance(far))
			case "dropout":
				require.Greater(t, all, 0.9, "seed %d", seed)
				require.Less(t, gapped, 1.5, "seed %d", seed)
			case "ensemble":
				require.InDelta(t, 0.88, all, 0.09, "seed %d", seed)
				require.Greater(t, gapped, 2.0, "seed %d", seed)
				require.Greater(t, ignorance(far), 1.2*ignorance(known), "seed %d", seed)
			case "Bayes":
				require.Greater(t, all, 0.93, "seed %d", seed)
				require.Less(t, gapped, 1.5, "seed %d", seed)
			}
			if method == "dropout" || method == "Bayes" { // they take their unrest for noise
				require.Greater(t, root(say(points(200, quiet, tensor.NewRand(seed)).X).noise), 1.25*noise(-1.5), "seed %d", seed)
			}
			factor := correction(say(held.X), held)
			require.InDelta(t, 0.9, at(say, known, factor, seed), 0.07, "%s, seed %d", method, seed)
			require.Less(t, min(at(say, gap, factor, seed), at(say, far, factor, seed)), 0.85, "%s, seed %d", method, seed)
		}
	}
}

func TestCoverageOfATrueBelief(t *testing.T) {
	set := points(4000, known, tensor.NewRand(7))
	var b belief
	for _, x := range tensor.Values(set.X.Reshape(4000)) {
		b.mean, b.noise, b.ignorance = append(b.mean, truth(x)), append(b.noise, noise(x)*noise(x)/2), append(b.ignorance, noise(x)*noise(x)/2)
	}
	require.InDelta(t, 0.9, covered(b, set, 0.9, 1), 0.02)
	require.InDelta(t, 0.5, covered(b, set, 0.5, 1), 0.03)
	require.InDelta(t, 1, correction(b, set), 0.04)
}

func TestDivergenceIsTheKullbackLeiblerDivergence(t *testing.T) {
	l := newGaussian(tensor.NewRand(1), 1, 1)
	l.M.Value, l.R.Value = tensor.New([]float64{0.7, 0}, 1, 2), tensor.New([]float64{-1, math.Log(math.E - 1)}, 1, 2)
	sigma, integral := math.Log1p(math.Exp(-1)), 0.0
	for x := -10.0; x < 10; x += 1e-3 { // of q log(q/p); the second weight is the prior itself
		logQ := -0.5*math.Pow((x-0.7)/sigma, 2) - math.Log(sigma)
		integral += 1e-3 * math.Exp(logQ) / math.Sqrt(2*math.Pi) * (logQ + 0.5*x*x)
	}
	require.InDelta(t, integral, l.divergence(autograd.NewTape()).Item(), 1e-6)
}

func TestGrassByDrawing(t *testing.T) {
	r := tensor.NewRand(1)
	var rained, wet, rainedOn, wetOn float64
	for range 200_000 {
		rain, on := r.Float64() < 0.2, r.Float64() < 0.3
		p := 0.01
		switch {
		case rain && on:
			p = 0.99
		case rain:
			p = 0.9
		case on:
			p = 0.8
		}
		if r.Float64() >= p {
			continue
		}
		wet++
		if on {
			wetOn++
		}
		if rain {
			rained++
		}
		if rain && on {
			rainedOn++
		}
	}
	ifWet, ifOn := grass()
	require.InDelta(t, rained/wet, ifWet, 0.01)
	require.InDelta(t, rainedOn/wetOn, ifOn, 0.01)
	require.Less(t, ifOn-0.2, 0.2*(ifWet-0.2))
}

func TestLessonReadsWell(t *testing.T) {
	folder := t.TempDir()
	read := func() string {
		var out bytes.Buffer
		require.NoError(t, lesson(&out, folder, 1, sizes{examples: 40, steps: 40, members: 2, draws: 2}))
		return out.String()
	}
	text := read()
	coursetest.ReadsWell(t, text, folder, 90)
	require.Contains(t, text, "P(rain | wet) = 0.484      P(rain | wet, sprinkler on) = 0.236")
	path := filepath.Join(folder, "uncertainty.png")
	require.Contains(t, text, path)
	info, err := os.Stat(path)
	require.NoError(t, err)
	require.Greater(t, info.Size(), int64(10_000))
	require.Equal(t, text, read())
}

func TestMissingFolderIsAnError(t *testing.T) {
	err := lesson(new(bytes.Buffer), filepath.Join(t.TempDir(), "missing"), 1, sizes{examples: 10, steps: 1, members: 2, draws: 2})
	require.ErrorIs(t, err, os.ErrNotExist)
}
