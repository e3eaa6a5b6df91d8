package main

import (
	"bytes"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/examples/internal/course"
	"github.com/descent-ml/descent/examples/internal/course/coursetest"
	"github.com/descent-ml/descent/tensor"
)

const phase = 1000

func TestRuleTurnsIntoItsOpposite(t *testing.T) {
	stream := turning(phase, tensor.NewRand(1))
	require.Len(t, stream, 3*phase)
	for i, e := range stream {
		require.LessOrEqual(t, 0, e.label)
		switch right := e.x[0] > 0; {
		case i < phase:
			require.Equal(t, right, e.label == 1)
		case i >= 2*phase && math.Abs(float64(e.x[0])) > 1e-6:
			require.Equal(t, !right, e.label == 1)
		}
	}
}

func TestWhoFollowsTheDrift(t *testing.T) {
	for seed := uint64(1); seed <= 5; seed++ {
		last, turn := map[string]float64{}, map[string]float64{}
		for _, kind := range kinds {
			right, err := newLearner(kind, phase, seed).follow(turning(phase, tensor.NewRand(seed+1000)))
			require.NoError(t, err)
			require.Greater(t, course.Mean(right[phase/2:phase]), 0.9, "%s, seed %d", kind, seed)
			last[kind], turn[kind] = course.Mean(right[5*phase/2:]), course.Mean(right[phase:2*phase])
		}
		require.Less(t, last["frozen"], 0.15, "seed %d", seed)
		require.Greater(t, last["online"], 0.93, "seed %d", seed)
		require.Greater(t, last["window"], 0.93, "seed %d", seed)
		require.Greater(t, last["retrain"], 0.93, "seed %d", seed)
		require.Less(t, last["reservoir"], 0.85, "seed %d", seed)
		require.Greater(t, turn["online"], 0.9, "seed %d", seed)
		require.Greater(t, turn["window"], 0.85, "seed %d", seed)
		require.Less(t, turn["retrain"], turn["window"]-0.1, "seed %d", seed)
		require.Less(t, turn["reservoir"], turn["window"]-0.1, "seed %d", seed)
	}
}

func TestOnlyASampleOfAllRemembers(t *testing.T) {
	for seed := uint64(1); seed <= 5; seed++ {
		for _, kind := range kinds[1:] {
			l, r := newLearner(kind, phase, seed), tensor.NewRand(seed+2000)
			_, err := l.follow(append(season(false, phase, r), season(true, phase, r)...))
			require.NoError(t, err)
			require.Greater(t, l.accuracy(season(true, 500, r)), 0.85, "%s, seed %d", kind, seed)
			first := l.accuracy(season(false, 500, r))
			if kind == "reservoir" {
				require.Greater(t, first, 0.85, "seed %d", seed)
			} else {
				require.Less(t, first, 0.3, "%s, seed %d", kind, seed)
			}
		}
	}
}

func TestMemoriesKeepWhatTheyShould(t *testing.T) {
	window, reservoir := newLearner("window", 0, 1), newLearner("reservoir", 0, 1)
	const n = 20 * kept
	for i := range n {
		for _, l := range []*learner{window, reservoir} {
			l.seen++
			l.keep(example{x: [2]float32{float32(i)}})
		}
	}
	require.Len(t, window.old, kept)
	require.Len(t, reservoir.old, kept)
	sum := 0.0
	for i := range kept {
		require.GreaterOrEqual(t, window.old[i].x[0], float32(n-kept))
		sum += float64(reservoir.old[i].x[0]) / kept
	}
	require.InDelta(t, n/2, sum, 4*n/math.Sqrt(12*kept), "a fair sample has the mean of all")
}

func TestAStepTakesNoMemory(t *testing.T) {
	for _, kind := range []string{"online", "window", "reservoir"} {
		p, err := measure(kind, 1, 1000)
		require.NoError(t, err)
		require.Less(t, p.allocations, 0.05, kind)
		require.Positive(t, p.median)
		require.LessOrEqual(t, p.median, p.percentile99)
		require.LessOrEqual(t, p.percentile99, p.rarest)
	}
	p, err := measure("retrain", 1, 1000)
	require.NoError(t, err)
	require.Greater(t, p.rarest, 20*p.median)
}

func TestLessonReadsWell(t *testing.T) {
	folder := t.TempDir()
	read := func() string {
		var out bytes.Buffer
		require.NoError(t, lesson(&out, folder, 1, 500))
		return out.String()
	}
	text := read()
	coursetest.ReadsWell(t, text, folder, 90)
	path := filepath.Join(folder, "streaming.png")
	require.Contains(t, text, path)
	info, err := os.Stat(path)
	require.NoError(t, err)
	require.Greater(t, info.Size(), int64(10_000))

	timeless := regexp.MustCompile(`(?s)5\. HOW LATE.*6\. THE ANSWER`)
	require.Regexp(t, timeless, text)
	require.Equal(t, timeless.ReplaceAllString(text, ""), timeless.ReplaceAllString(read(), ""))
}

func TestMissingFolderIsAnError(t *testing.T) {
	require.ErrorIs(t, lesson(new(bytes.Buffer), filepath.Join(t.TempDir(), "missing"), 1, 500), os.ErrNotExist)
}
