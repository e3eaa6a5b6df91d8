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
	return study(size{examples: 300, tests: 100, epochs: 10, seeds: 5, explained: 30})
})

func TestAccuracyHidesTheShortcut(t *testing.T) {
	res := studied()
	for i := range 5 {
		require.Greater(t, res.same[0][i], res.same[1][i]+0.05, "seed %d: it looks better", i+1)
		require.Less(t, res.wrong[0][i], 0.6, "seed %d", i+1)
		require.Greater(t, res.follows[i], 0.4, "seed %d", i+1)
		require.InDelta(t, res.same[1][i], res.wrong[1][i], 0.1, "seed %d: not learnt", i+1)
		require.InDelta(t, res.same[1][i], res.empty[1][i], 0.1, "seed %d", i+1)
	}
}

func TestAllWaysFindTheShortcutWhereThereIsOne(t *testing.T) {
	res := studied()
	for w, way := range ways {
		for i := range 5 {
			require.Greater(t, res.found[0][w][i], 0.8, "%s, seed %d", way.name, i+1)
			require.Less(t, res.found[1][w][i], 0.3, "%s, seed %d", way.name, i+1)
		}
	}
}

func TestIntegratedGradientsAddUp(t *testing.T) {
	res := studied()
	for i := range 5 {
		require.Less(t, res.gap[3][i], 1e-3, "seed %d", i+1)
		require.Less(t, res.gap[2][i], 1e-2, "seed %d", i+1)
	}
	require.Less(t, course.Mean(res.gap[3]), course.Mean(res.gap[0]))
	require.Less(t, course.Mean(res.gap[3]), course.Mean(res.plain))
}

// For a linear net all three ways are known: |w|, w x and w x.
func TestWaysOnALinearNet(t *testing.T) {
	linear := nn.NewLinear(tensor.NewRand(1), side*side, 10)
	net := nn.Sequential{nn.Flatten{}, linear}
	x := course.SmallDigits(1, 1).X
	w := linear.Weight.Value.Select(0, 3).Contiguous()
	product := tensor.Values(tensor.Mul(w, x.Reshape(side*side)))
	require.InDeltaSlice(t, tensor.Values(tensor.Abs(w)), tensor.Values(saliency(net, x, 3)), 1e-6)
	require.InDeltaSlice(t, product, tensor.Values(integrated(net, x, 3, 7)), 1e-6)
	require.InDeltaSlice(t, product, tensor.Values(occlusion(net, x, 3)), 1e-5)
}

func TestPlantedAddsOneSpot(t *testing.T) {
	set := course.SmallDigits(10, 1)
	got := planted(set, func(int) int { return 4 })
	for i := range 10 {
		require.Equal(t, 1.0, got.X.At(i, 0, 0, 6))
		require.Equal(t, set.X.At(i, 0, 0, 7), got.X.At(i, 0, 0, 7))
	}
	require.Less(t, set.X.At(0, 0, 0, 6), 1.0, "a copy")
}

func TestLesson(t *testing.T) {
	folder := t.TempDir()
	var out bytes.Buffer
	require.NoError(t, tell(&out, folder, studied()))
	text := out.String()
	coursetest.ReadsWell(t, text, folder, 91)
	path := filepath.Join(folder, "interpret.png")
	require.Contains(t, text, path)
	img := coursetest.Picture(t, path).Bounds()
	require.Equal(t, 2+10*(side*5+2), img.Dx())
	require.Equal(t, 2+7*(side*5+2), img.Dy())
	require.ErrorIs(t, tell(io.Discard, filepath.Join(folder, "missing"), studied()), os.ErrNotExist)
}
