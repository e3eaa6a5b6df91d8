package main

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/examples/internal/course"
	"github.com/descent-ml/descent/examples/internal/course/coursetest"
	"github.com/descent-ml/descent/nn"
	"github.com/descent-ml/descent/tensor"
)

// studied is the lesson's experiment, smaller.
var studied = sync.OnceValue(func() *results {
	return study(size{source: 400, steps: 120, tests: 150, seeds: 5, numbers: []int{5, 20, 200}})
})

func TestFewExamplesAreTheFault(t *testing.T) {
	res := studied()
	for i := range 5 {
		require.Greater(t, res.accuracy[scratch][2][i], res.accuracy[scratch][0][i]+0.25, "seed %d", i+1)
	}
}

func TestTheTrunkHasLearntSomethingForOtherDigits(t *testing.T) {
	res := studied()
	for i := range 5 {
		require.Greater(t, res.before[i], 0.9, "seed %d", i+1)
		for k := range res.numbers {
			require.Greater(t, res.accuracy[frozen][k][i], res.accuracy[random][k][i]-0.05, "seed %d, %d examples", i+1, res.numbers[k])
		}
	}
	for k := range res.numbers {
		require.Greater(t, course.Mean(res.accuracy[frozen][k]), course.Mean(res.accuracy[random][k])+0.08)
	}
}

func TestFineTuningIsABetterStartAndNoBetterEnd(t *testing.T) {
	res := studied()
	require.Greater(t, course.Mean(res.accuracy[tuned][0]), course.Mean(res.accuracy[scratch][0])+0.02)
	require.InDelta(t, course.Mean(res.accuracy[scratch][2]), course.Mean(res.accuracy[tuned][2]), 0.03)
	require.Less(t, course.Mean(res.accuracy[frozen][2]), course.Mean(res.accuracy[tuned][2])-0.01)
	for i := range 5 {
		require.Greater(t, res.quick[1][0][i], res.quick[0][0][i], "seed %d after %d steps", i+1, stops[0])
	}
	require.Greater(t, course.Mean(res.quick[1][0]), course.Mean(res.quick[0][0])+0.1)
	require.Greater(t, res.worth(course.Mean(res.accuracy[tuned][0])), 5.0)
}

func TestFineTuningForgetsAndFreezingDoesNot(t *testing.T) {
	res := studied()
	require.Equal(t, res.before, res.kept)
	for k := range res.numbers {
		require.Less(t, course.Mean(res.old[k]), course.Mean(res.before)-0.005, "%d examples", res.numbers[k])
	}
}

func TestWorthReadsTheCurve(t *testing.T) {
	res := &results{size: size{numbers: []int{10, 100, 1000}}}
	res.accuracy[scratch] = [][]float64{{0.5}, {0.7}, {0.9}}
	require.InDelta(t, 10, res.worth(0.3), 1e-9)
	require.InDelta(t, 10, res.worth(0.5), 1e-9)
	require.InDelta(t, 316.2, res.worth(0.8), 0.1)
	require.InDelta(t, 1000, res.worth(0.95), 1e-9)
}

func TestDigitsAreTheFiveAskedFor(t *testing.T) {
	set := digits(20, 5, 1)
	require.Equal(t, 20, set.Len())
	require.Equal(t, []int{4, 4, 4, 4, 4}, tensor.Bincount(set.Labels, 5))
}

func TestWithHeadCopiesTheTrunk(t *testing.T) {
	a := newNet(1)
	b := a.withHead(2)
	require.Equal(t, tensor.Values(nn.Params(a.Trunk)[0].Value), tensor.Values(nn.Params(b.Trunk)[0].Value))
	require.NotEqual(t, tensor.Values(a.Head.Weight.Value), tensor.Values(b.Head.Weight.Value))
	fit(b.layers(), digits(20, 0, 1), 3, 1)
	require.NotEqual(t, tensor.Values(nn.Params(a.Trunk)[0].Value), tensor.Values(nn.Params(b.Trunk)[0].Value), "a copy")
}

func TestLesson(t *testing.T) {
	folder := t.TempDir()
	var out bytes.Buffer
	require.NoError(t, tell(&out, folder, studied()))
	text := out.String()
	coursetest.ReadsWell(t, text, folder, 91)
	path := filepath.Join(folder, "transfer.png")
	require.Contains(t, text, path)
	info, err := os.Stat(path)
	require.NoError(t, err)
	require.Greater(t, info.Size(), int64(10_000))
	require.ErrorIs(t, tell(io.Discard, filepath.Join(folder, "missing"), studied()), os.ErrNotExist)
}
