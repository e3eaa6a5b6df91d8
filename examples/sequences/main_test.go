package main

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/examples/internal/course/coursetest"
	"github.com/descent-ml/descent/tensor"
)

const seeds = 5

func TestMarkedSignIsTheLabel(t *testing.T) {
	set := remember(50, 7, tensor.NewRand(1))
	places := map[int]bool{}
	for i := range 50 {
		marks := 0
		for step := range early + 7 {
			if set.X.At(i, step, 1) == 1 {
				marks++
				places[step] = true
				require.Equal(t, set.Labels[i] == 1, set.X.At(i, step, 0) == 1)
			}
		}
		require.Equal(t, 1, marks)
	}
	require.Equal(t, map[int]bool{0: true, 1: true, 2: true, 3: true, 4: true}, places)
}

func TestMajorityAgreesWithOneOfFive(t *testing.T) {
	agree := 0
	for bits := range 32 {
		ones := 0
		for i := range 5 {
			ones += bits >> i & 1
		}
		if (ones > 2) == (bits&1 == 1) {
			agree++
		}
	}
	require.Equal(t, 11.0/16, float64(agree)/32)
}

func TestGradientVanishesUnlessGatesAreOpen(t *testing.T) {
	for seed := uint64(1); seed <= seeds; seed++ {
		for _, kind := range []string{"RNN", "LSTM", "GRU"} {
			norms := reach(kind, 1, 51+early, seed)
			require.Less(t, norms[20], 3e-3*norms[0], "%s, seed %d", kind, seed)
			require.Less(t, norms[50], 1e-6*norms[0], "%s, seed %d", kind, seed)
			require.Less(t, perStep(norms), 0.75)
		}
		for _, kind := range []string{"LSTM, open", "GRU, open"} {
			norms := reach(kind, 1, 51+early, seed)
			require.Greater(t, norms[50], 0.02*norms[0], "%s, seed %d", kind, seed)
			require.InDelta(t, 0.98, perStep(norms), 0.02)
		}
		require.InDelta(t, 1.1, perStep(reach("ReLU RNN", 1.1, 51+early, seed)), 0.03)
	}
}

func TestOpenGatesRemember(t *testing.T) {
	for seed := uint64(1); seed <= seeds; seed++ {
		for kind, share := range map[string][2]float64{
			"linear": {0.55, 0.76}, "RNN": {0.4, 0.62}, "LSTM": {0.4, 0.7}, "LSTM, open": {0.9, 1}, "GRU, open": {0.95, 1},
		} {
			got, err := recall(kind, 20, 800, 7, seed)
			require.NoError(t, err)
			require.GreaterOrEqual(t, got, share[0], "%s, seed %d", kind, seed)
			require.LessOrEqual(t, got, share[1], "%s, seed %d", kind, seed)
		}
		got, err := recall("RNN", 5, 800, 15, seed)
		require.NoError(t, err)
		require.Greater(t, got, 0.95, "over a short wait an RNN will do")
	}
}

func TestOverALongWaitOnlyOpenGatesRemember(t *testing.T) {
	for seed := uint64(1); seed <= seeds; seed++ {
		shut, err := recall("GRU", 50, 400, 6, seed)
		require.NoError(t, err)
		require.InDelta(t, 0.5, shut, 0.12, "seed %d", seed)
		open, err := recall("GRU, open", 50, 600, 8, seed)
		require.NoError(t, err)
		require.Greater(t, open, 0.8, "seed %d", seed)
	}
}

func TestClippingTamesTheGradient(t *testing.T) {
	for seed := uint64(1); seed <= seeds; seed++ {
		s, nothing := sizes{examples: 800, epochs: 10}, squared(waves(500, seed+1000), 0)
		loose, err := explode(0, s, seed)
		require.NoError(t, err)
		require.Greater(t, loose.largest, 1e4)
		require.Greater(t, loose.loss, 0.9*nothing, "seed %d", seed)
		clipped, err := explode(1, s, seed)
		require.NoError(t, err)
		require.Less(t, clipped.loss, 0.4*nothing, "seed %d", seed)
		require.Greater(t, clipped.largest, 10.0)
		require.Less(t, clipped.largest, loose.largest)
	}
}

func TestForecastsByTheirError(t *testing.T) {
	for seed := uint64(1); seed <= seeds; seed++ {
		set, test := waves(1000, seed), waves(500, seed+1000)
		naive, line, best := squared(test, 1), squared(test, -1, 2), squared(test, regression(set)...)
		require.InDelta(t, 0.087, naive, 0.015)
		require.Less(t, line, 0.95*naive)
		require.Less(t, best, 0.35*naive)
		lstm, err := forecast("LSTM", set, test, 15, seed)
		require.NoError(t, err)
		require.Less(t, lstm, 0.75*best, "seed %d", seed)
	}
}

func TestNothingForetellsARandomWalk(t *testing.T) {
	for seed := uint64(1); seed <= seeds; seed++ {
		set, test := walks(1000, 0.3, tensor.NewRand(seed)), walks(500, 0.3, tensor.NewRand(seed+1000))
		naive := squared(test, 1)
		require.InDelta(t, 0.09, naive, 0.025)
		require.Greater(t, squared(test, regression(set)...), 0.98*naive)
		gru, err := forecast("GRU", set, test, 5, seed)
		require.NoError(t, err)
		require.Greater(t, gru, 0.95*naive, "seed %d", seed)
	}
}

func TestLessonReadsWell(t *testing.T) {
	folder := t.TempDir()
	var out bytes.Buffer
	require.NoError(t, lesson(&out, folder, 1, sizes{waits: []int{2, 3}, examples: 100, epochs: 1}))
	text := out.String()
	coursetest.ReadsWell(t, text, folder, 90)

	rows := regexp.MustCompile(`(?m)^    (RNN|LSTM|GRU|LSTM, open|GRU, open|ReLU, U = 1\.1) +(\S+) +\S+ +\S+ +(\S+) +(\S+)$`).FindAllStringSubmatch(text, -1)
	require.Len(t, rows, 6)
	for _, row := range rows {
		near, _ := strconv.ParseFloat(row[2], 64)
		far, _ := strconv.ParseFloat(row[3], 64)
		factor, _ := strconv.ParseFloat(row[4], 64)
		require.Equal(t, far > near, factor > 1, row[0])
	}
	require.Contains(t, text, "where σ is 0.50: of the cell 1e-06 is left after 20 steps")
	require.Contains(t, text, "where σ is 0.982, and 0.40 is left\nafter 50")

	path := filepath.Join(folder, "sequences.png")
	require.Contains(t, text, path)
	info, err := os.Stat(path)
	require.NoError(t, err)
	require.Greater(t, info.Size(), int64(10_000))

	var again bytes.Buffer
	require.NoError(t, lesson(&again, folder, 1, sizes{waits: []int{2, 3}, examples: 100, epochs: 1}))
	require.Equal(t, text, again.String())
}

func TestMissingFolderIsAnError(t *testing.T) {
	require.ErrorIs(t, lesson(new(bytes.Buffer), filepath.Join(t.TempDir(), "missing"), 1, sizes{}), os.ErrNotExist)
}
