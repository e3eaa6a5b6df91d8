package main

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/data/images"
	"github.com/descent-ml/descent/examples/internal/course"
	"github.com/descent-ml/descent/examples/internal/course/coursetest"
	"github.com/descent-ml/descent/tensor"
	"github.com/descent-ml/descent/train"
)

// studied is the lesson's experiment, smaller.
var studied = sync.OnceValue(func() *results {
	return study(size{examples: 100, tests: 120, epochs: 13, seeds: 5, angles: []float64{0, 180}})
})

func TestEachChangeHurtsAndItsAugmentationCures(t *testing.T) {
	res := studied()
	for j := 1; j <= all; j++ {
		for i := range 5 {
			require.Greater(t, res.accuracy[0][0][i], res.accuracy[0][j][i]+0.02, "%s, seed %d", names[j], i+1)
			require.Greater(t, res.accuracy[j][j][i], res.accuracy[0][j][i]-0.06, "%s, seed %d", names[j], i+1)
		}
		require.Greater(t, course.Mean(res.accuracy[j][j]), course.Mean(res.accuracy[0][j])+0.02, names[j])
	}
	require.Less(t, course.Mean(res.accuracy[0][all]), 0.4, "all four are the hardest")
}

func TestAllFourAtOnceNeedTime(t *testing.T) {
	res := studied()
	for i := range 5 {
		require.Less(t, res.accuracy[all][0][i], res.accuracy[0][0][i], "seed %d: the same steps", i+1)
		require.Greater(t, res.long[0][i], res.accuracy[all][0][i], "seed %d", i+1)
		for j := range all {
			require.Greater(t, res.long[1][i], res.accuracy[j][all][i]+0.1, "seed %d, %s", i+1, names[j])
		}
	}
	require.Greater(t, course.Mean(res.long[0]), course.Mean(res.accuracy[0][0]))
}

func TestASixBecomesANine(t *testing.T) {
	res := studied()
	require.Greater(t, course.Mean(res.sixes), 0.4)
	require.Greater(t, course.Mean(res.nine), 0.4)
	for i := range 5 {
		pair, rest := res.pair[0][i]-res.pair[1][i], res.rest[0][i]-res.rest[1][i]
		require.Greater(t, pair, rest+0.1, "seed %d", i+1)
	}
}

func TestSmallChangesAreWorthDigits(t *testing.T) {
	res := studied()
	for i := range 5 {
		require.Greater(t, res.mild[i], res.accuracy[0][0][i]-0.02, "seed %d", i+1)
	}
	require.Greater(t, course.Mean(res.mild), course.Mean(res.accuracy[0][0])+0.02)
	require.Greater(t, course.Mean(res.mild), course.Mean(res.accuracy[all][0])+0.05)
	require.Greater(t, course.Mean(res.more[0]), course.Mean(res.accuracy[0][0])+0.02)
}

func TestChangedKeepsLabelsAndTheSet(t *testing.T) {
	set := course.SmallDigits(20, 1)
	before := set.X.Clone()
	got := changed(set, &images.Augment{Rotate: 40})
	require.Equal(t, tensor.Values(before), tensor.Values(set.X))
	require.NotEqual(t, tensor.Values(before), tensor.Values(got.X))
	require.Equal(t, set.Labels, got.Labels)
	require.Equal(t, tensor.Values(before), tensor.Values(changed(set, changes[0]).X), "nothing")
}

func TestHalfTurnAndOnly(t *testing.T) {
	set := course.SmallDigits(20, 1)
	turned := halfTurn(set.X)
	require.Equal(t, set.X.At(3, 0, 2, 5), turned.At(3, 0, 11, 8))
	require.Equal(t, tensor.Values(set.X), tensor.Values(halfTurn(turned)))
	require.Equal(t, 4, only(set, true).Len())
	require.Equal(t, 16, only(set, false).Len())
	for _, label := range only(set, true).Labels {
		require.Contains(t, []int{6, 9}, label)
	}
}

func TestLesson(t *testing.T) {
	folder := t.TempDir()
	var out bytes.Buffer
	require.NoError(t, tell(&out, folder, studied()))
	text := out.String()
	coursetest.ReadsWell(t, text, folder, 91)
	path := filepath.Join(folder, "augment.png")
	require.Contains(t, text, path)
	img := coursetest.Picture(t, path).Bounds()
	require.Equal(t, 2+12*(14*4+2), img.Dx())
	require.Equal(t, 2+10*(14*4+2), img.Dy())
	require.ErrorIs(t, tell(io.Discard, filepath.Join(folder, "missing"), studied()), os.ErrNotExist)
}

func TestSameSeedSameBits(t *testing.T) {
	set := course.SmallDigits(40, 1)
	a, b := fit(set, changes[all], 4, 3), fit(set, changes[all], 4, 3)
	require.Equal(t, tensor.Values(train.NewPredictor(a).Predict(set.X)), tensor.Values(train.NewPredictor(b).Predict(set.X)))
}
