package main

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/data"
	"github.com/descent-ml/descent/data/table"
	"github.com/descent-ml/descent/examples/internal/course/coursetest"
	"github.com/descent-ml/descent/tensor"
)

func TestChunksTakeTheSameMemoryForAnyFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "rows.csv")
	var atOnce, inChunks [2]int
	for i, rows := range []int{5_000, 20_000} {
		_, err := write(path, 1, rows)
		require.NoError(t, err)
		atOnce[i], inChunks[i], err = memory(path)
		require.NoError(t, err)
	}
	require.InDelta(t, 4, float64(atOnce[1])/float64(atOnce[0]), 1)
	require.InDelta(t, 1, float64(inChunks[1])/float64(inChunks[0]), 0.5)
	require.Greater(t, atOnce[1], 5*inChunks[1])
}

func TestOrderOfTheFileIsForgottenAndPlacesCureIt(t *testing.T) {
	for seed := range uint64(5) {
		r, all, err := orders(t.TempDir(), seed, 12_800)
		require.NoError(t, err)
		require.Equal(t, 12_800, all.Len())
		require.Greater(t, r[0].fifths[1], 2*r[0].then, "forgotten, seed %d", seed)
		require.Greater(t, r[0].all, 2*r[1].all, "seed %d", seed)
		require.Less(t, r[1].all, 1.7*r[2].all, "as good as random, seed %d", seed)
	}
}

// Each batch holds as many rows of each place, and an epoch holds each row once.
func TestPlacesDealEachRowOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "rows.csv")
	_, err := write(path, 1, 640)
	require.NoError(t, err)
	f, err := table.Open(path, table.Options{})
	require.NoError(t, err)
	e := &table.Encoder{Target: "price"}
	require.NoError(t, e.FitEach(f.Chunks(100)))
	var seen, want []float32
	for b, err := range places(e, f, 4, 32).Epoch() {
		require.NoError(t, err)
		days := tensor.Data[float32](b.X.Select(1, 0).Contiguous())
		for i := range 4 {
			require.InDelta(t, days[0], days[i*8]-float32(i)*0.25/0.2887, 0.01, "place %d", i)
		}
		seen = append(seen, days...)
	}
	for b, err := range e.Stream(f, 32).Epoch() {
		require.NoError(t, err)
		want = append(want, tensor.Data[float32](b.X.Select(1, 0).Contiguous())...)
	}
	slices.Sort(seen)
	require.Equal(t, want, seen)
}

func TestPartsOfABatchAddUp(t *testing.T) {
	for seed := range uint64(5) {
		set := random(seed, 512)
		model := newNet(seed, 32)
		once, most := gradient(model, set, 1, 0)
		mean, least := gradient(model, set, 1./8, 0, 1, 2, 3, 4, 5, 6, 7)
		relative, _ := distance(mean, once)
		require.Less(t, relative, 1e-5)
		require.InDelta(t, 8, float64(most)/float64(least), 2)
		sum, _ := gradient(model, set, 1, 0, 1, 2, 3, 4, 5, 6, 7)
		more, _ := distance(sum, once)
		require.InDelta(t, 7, more, 1e-4)
		backwards, _ := gradient(model, set, 1, 7, 6, 5, 4, 3, 2, 1, 0)
		relative, differ := distance(sum, backwards)
		require.Positive(t, differ)
		require.Less(t, relative, 1e-5)
	}
}

func TestWorkersGiveTheSameBits(t *testing.T) {
	for seed := range uint64(5) {
		set := random(seed, 2048)
		one, _, err := workers(set, seed, 1)
		require.NoError(t, err)
		for _, n := range []int{2, 3, 8} {
			weights, _, err := workers(set, seed, n)
			require.NoError(t, err)
			require.Equal(t, one, weights)
		}
		other, _, err := workers(set, seed+1, 1)
		require.NoError(t, err)
		require.NotEqual(t, one, other)
	}
}

func random(seed uint64, n int) *data.Examples {
	r := tensor.NewRand(seed)
	x, y := tensor.Zeros(n, 4), tensor.Zeros(n, 1)
	r.Normal(x, 0, 1)
	r.Normal(y, 0, 1)
	return &data.Examples{X: x, Y: y}
}

func TestLesson(t *testing.T) {
	var out bytes.Buffer
	folder := t.TempDir()
	require.NoError(t, run(&out, folder))
	text := out.String()
	for _, claim := range []string{
		`(?s)from 8 places.*random, in memory`,
		`its error there was 0\.\d+; at the end, \d\.\d+\.`,
		`it errs [2-9]\.\d times as much`,
		`a step that is 8\.00\n`,
		`8 × 64 rows +\d\d\.\d kiB +\de-0[678]\n`,
		`(?m)^ +[1-9]\d* of 193 elements of the gradient differ`,
		` 2 +true .*\n +4 +true `,
	} {
		require.Regexp(t, regexp.MustCompile(claim), text)
	}
	coursetest.ReadsWell(t, text, folder, 90)
	picture, err := os.Stat(filepath.Join(folder, "scale.png"))
	require.NoError(t, err)
	require.Greater(t, picture.Size(), int64(10_000))

	require.ErrorIs(t, run(&out, filepath.Join(folder, "missing")), os.ErrNotExist)
}
