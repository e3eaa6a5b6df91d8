package main

import (
	"bytes"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/examples/internal/course/coursetest"
	"github.com/descent-ml/descent/tensor"
)

func TestDocumentsAreSparse(t *testing.T) {
	const columns, n = 100_000, 2000
	b := write(n, columns, tensor.NewRand(1))
	require.Len(t, b.offsets, n)
	require.InDelta(t, 38, float64(len(b.tokens))/n, 2)
	counts := map[int]int{}
	for i, from := range b.offsets {
		to := len(b.tokens)
		if i+1 < n {
			to = b.offsets[i+1]
		}
		for k, word := range b.tokens[from:to] {
			require.True(t, word >= 0 && word < columns)
			require.True(t, k == 0 || word > b.tokens[from+k-1], "each word once")
			counts[word]++
		}
	}
	seen := map[int]bool{}
	for k := range telling {
		column, weight := telltale(k, columns)
		require.False(t, seen[column])
		seen[column] = true
		require.Equal(t, 2.5, math.Abs(weight))
		require.InDelta(t, presence, float64(counts[column])/n, 0.05)
	}
	require.InDelta(t, 0.8, b.sure, 0.02)
}

func TestBagEqualsTheFullLayer(t *testing.T) {
	for seed := uint64(1); seed <= 5; seed++ {
		columns := 2000
		if seed == 1 {
			columns = 100_000
		}
		full, bag, apart := compare(columns, seed)
		require.Less(t, apart, 1e-6)
		require.Equal(t, 4*32*columns, full.inputs)
		require.Less(t, bag.inputs, 8*32*(words+telling+1))
		require.Less(t, bag.forward, bag.learn)
		if columns == 100_000 {
			require.Less(t, 2*bag.forward, full.forward)
			require.Greater(t, bag.tape, 4*16*columns, "the gradient is written out")
		}
	}
}

func TestThresholdFindsWhatWasPlanted(t *testing.T) {
	s := sizes{columns: 20_000, documents: 2000, steps: 60}
	for seed := uint64(1); seed <= 5; seed++ {
		set, test := write(s.documents, s.columns, tensor.NewRand(seed)), write(2000, s.columns, tensor.NewRand(seed+1000))
		accuracy := map[string]float64{}
		for _, penalty := range penalties {
			m := newModel(s.columns)
			m.fit(set, penalty, 0.02, s.steps)
			used, right := m.found()
			accuracy[penalty] = m.accuracy(test)
			require.GreaterOrEqual(t, right, 9, "%s, seed %d", penalty, seed)
			require.InDelta(t, test.sure, accuracy[penalty], 0.06, "%s, seed %d", penalty, seed)
			switch penalty {
			case "L1 by threshold":
				require.InDelta(t, telling, used, 2, "seed %d", seed)
				require.InDelta(t, set.sure, m.accuracy(set), 0.05, "seed %d", seed)
			case "none", "L2":
				require.Greater(t, m.accuracy(set), set.sure+0.01, "%s, seed %d", penalty, seed)
				fallthrough
			default:
				require.Greater(t, used, 5000, "%s, seed %d", penalty, seed)
			}
		}
		require.InDelta(t, accuracy["none"], accuracy["L1 by threshold"], 0.04, "seed %d", seed)

		m := newModel(s.columns)
		m.fit(set, "L1 by threshold", 0.08, 20)
		used, _ := m.found()
		require.Zero(t, used, "too strong, seed %d", seed)
		m.fit(set, "L1 by threshold", 0.002, s.steps)
		used, _ = m.found()
		require.Greater(t, used, 15, "too weak, seed %d", seed)
		require.Less(t, tensor.Max(m.Bag.Weight.Value).Item(), 2.2, "it shrinks, seed %d", seed)
	}
}

func TestLessonReadsWell(t *testing.T) {
	folder := t.TempDir()
	var out bytes.Buffer
	require.NoError(t, lesson(&out, folder, 1, sizes{columns: 5000, documents: 500, steps: 60}))
	text := out.String()
	coursetest.ReadsWell(t, text, folder, 90)
	path := filepath.Join(folder, "sparse.png")
	require.Contains(t, text, path)
	info, err := os.Stat(path)
	require.NoError(t, err)
	require.Greater(t, info.Size(), int64(10_000))

	var again bytes.Buffer
	require.NoError(t, lesson(&again, folder, 1, sizes{columns: 5000, documents: 500, steps: 60}))
	timeless := func(text string) string { return text[strings.Index(text, "3. WHICH"):] }
	require.Equal(t, timeless(text), timeless(again.String()))
}

func TestMissingFolderIsAnError(t *testing.T) {
	err := lesson(new(bytes.Buffer), filepath.Join(t.TempDir(), "missing"), 1, sizes{columns: 1000, documents: 100, steps: 2})
	require.ErrorIs(t, err, os.ErrNotExist)
}
