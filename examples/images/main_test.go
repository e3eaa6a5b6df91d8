package main

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/examples/internal/course"
	"github.com/descent-ml/descent/examples/internal/course/coursetest"
	"github.com/descent-ml/descent/nn"
	"github.com/descent-ml/descent/tensor"
)

// studied is the lesson's experiment, smaller, and with five seeds.
var studied = sync.OnceValue(func() *results {
	return study(size{examples: 200, tests: 120, epochs: 8, seeds: 5})
})

func TestFullLayersKnowNoNeighboursAndConvolutionsDo(t *testing.T) {
	wide, narrow := studied().rows[full], studied().rows[rigid]
	for i := range 5 {
		require.InDelta(t, wide.middle[0][i], wide.scrambled[i], 0.09, "seed %d", i+1)
		require.Greater(t, narrow.middle[0][i], narrow.scrambled[i]+0.05, "seed %d", i+1)
		require.Greater(t, wide.scrambled[i], narrow.scrambled[i], "seed %d", i+1)
	}
	require.InDelta(t, course.Mean(wide.middle[0]), course.Mean(wide.scrambled), 0.04)
	require.Greater(t, course.Mean(narrow.middle[0]), course.Mean(wide.middle[0])+0.02)
}

func TestOnlyTheLargestOfEachMapForgetsThePlace(t *testing.T) {
	rows := studied().rows
	for i := range 5 {
		require.Less(t, rows[full].middle[margin][i], 0.2, "seed %d", i+1)
		require.Less(t, rows[rigid].middle[margin][i], 0.35, "seed %d", i+1)
		require.Greater(t, rows[free].middle[margin][i], rows[rigid].middle[margin][i]+0.2, "seed %d", i+1)
		require.Greater(t, rows[free].middle[margin][i], rows[free].middle[0][i]-0.25, "seed %d", i+1)
	}
	require.Less(t, weights(free), weights(rigid))
	require.Less(t, weights(rigid), weights(full))
}

func TestTheGridOfPoolingShows(t *testing.T) {
	r := studied().rows[free]
	require.Greater(t, course.Mean(r.middle[4]), course.Mean(r.middle[2])+0.05)
	require.InDelta(t, course.Mean(r.middle[4]), course.Mean(r.middle[0]), 0.05)
	require.Greater(t, course.Mean(r.middle[0]), course.Mean(r.middle[2])+0.08)
}

func TestShowingAllPlacesHelpsAndCosts(t *testing.T) {
	rows := studied().rows
	require.Greater(t, course.Mean(rows[full].anywhere[margin]), course.Mean(rows[full].middle[margin])+0.05)
	require.Greater(t, course.Mean(rows[rigid].anywhere[margin]), course.Mean(rows[rigid].middle[margin])+0.02)
	loss := func(name string, i int) float64 { return rows[name].middle[0][i] - rows[name].anywhere[0][i] }
	for i := range 5 {
		require.Greater(t, loss(full, i), 0.2, "seed %d", i+1)
		require.Greater(t, loss(full, i), loss(free, i), "seed %d", i+1)
	}
}

func TestMovedMovesAQuarterToEachSide(t *testing.T) {
	set := digits(4, 1)
	got := moved(set, 2).X
	for i, from := range [][2]int{{2, 0}, {0, 2}, {-2, 0}, {0, -2}} {
		require.Equal(t, set.X.At(i, 0, 10+from[0], 10+from[1]), got.At(i, 0, 10, 10))
	}
	require.Equal(t, tensor.Values(set.X), tensor.Values(moved(set, 0).X))
}

func TestScrambledKeepsThePixels(t *testing.T) {
	set := digits(3, 1)
	a, _ := tensor.Sort(set.X.Reshape(3, side*side), 1, false)
	b, _ := tensor.Sort(scrambled(set).X.Reshape(3, side*side), 1, false)
	require.Equal(t, tensor.Values(a), tensor.Values(b))
	require.NotEqual(t, tensor.Values(set.X), tensor.Values(scrambled(set).X))
}

func TestEdges(t *testing.T) {
	for _, e := range edges {
		name, cosine := edge(tensor.New(e.pixels, 9))
		require.Equal(t, e.name, name)
		require.InDelta(t, 1, cosine, 1e-12)
	}
}

func TestWithoutAFilterItsMapIsSilent(t *testing.T) {
	net := newNet(free, 1)
	want := newNet(free, 1)
	norm := want[1].(*nn.BatchNorm)
	norm.Weight.Value.Set(0, 2)
	norm.Bias.Value.Set(0, 2)
	x := digits(5, 1).X
	require.Equal(t, tensor.Values(apply(want, x)), tensor.Values(apply(fitless(net, 2), x)))
	require.NotEqual(t, tensor.Values(apply(net, x)), tensor.Values(apply(fitless(net, 2), x)))
}

func TestSameSeedSameBits(t *testing.T) {
	set := digits(40, 1)
	a, b := fit(free, set, 1, 3, nil), fit(free, set, 1, 3, nil)
	require.Equal(t, tensor.Values(apply(a, set.X)), tensor.Values(apply(b, set.X)))
	require.Less(t, course.Accuracy(newNet(free, 1), studied().test), 0.3, "before training")
}

func TestLesson(t *testing.T) {
	folder := t.TempDir()
	var out bytes.Buffer
	require.NoError(t, tell(&out, folder, studied()))
	text := out.String()
	coursetest.ReadsWell(t, text, folder, 91)
	m := regexp.MustCompile(`by hand +(\S+)\n +by nn.Conv2d +(\S+)\n`).FindStringSubmatch(text)
	require.NotNil(t, m)
	hand, _ := strconv.ParseFloat(m[1], 64)
	layer, _ := strconv.ParseFloat(m[2], 64)
	require.InDelta(t, hand, layer, 2e-6)
	require.Contains(t, text, "by at most 0 away from the border", "maps move with the picture")

	path := filepath.Join(folder, "images.png")
	require.Contains(t, text, path)
	img := coursetest.Picture(t, path).Bounds()
	require.Equal(t, 2+7*(side*5+2), img.Dx())
	require.Equal(t, 2+7*(side*5+2), img.Dy())
	require.ErrorIs(t, tell(io.Discard, filepath.Join(folder, "missing"), studied()), os.ErrNotExist)
}
