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
	return study(size{examples: 200, tests: 60, epochs: 10, seeds: 5, steps: 8})
})

func TestAttacksBreakThePlainNetAndNoiseDoesNot(t *testing.T) {
	plain := studied().accuracy[0]
	for i := range 5 {
		require.Greater(t, plain[0][0][i], 0.8, "seed %d", i+1)
		require.Greater(t, plain[0][at][i], plain[0][0][i]-0.15, "seed %d: noise", i+1)
		require.Less(t, plain[1][at][i], plain[0][at][i]-0.3, "seed %d: FGSM", i+1)
		require.Less(t, plain[2][at][i], 0.15, "seed %d: PGD", i+1)
		require.LessOrEqual(t, plain[2][at][i], plain[1][at][i], "seed %d", i+1)
	}
}

func TestTheLossGrowsAsForetold(t *testing.T) {
	res := studied()
	for i := range 5 {
		require.InEpsilon(t, res.foretold[i], res.rise[i], 0.2, "seed %d", i+1)
		require.Less(t, res.random[i], res.rise[i]/3, "seed %d", i+1)
	}
}

func TestTheMaskHidesAndIsExposed(t *testing.T) {
	res := studied()
	for i := range 5 {
		require.Equal(t, 1.0, res.same[i], "the same answers")
		require.Greater(t, res.zero[i], 0.8, "seed %d", i+1)
		require.Greater(t, res.masker[i], res.accuracy[0][2][at][i]+0.5, "seed %d: it seems safe", i+1)
		require.InDelta(t, res.masked[i], res.masker[i], 0.12, "seed %d: PGD is no stronger than noise", i+1)
		require.Less(t, res.unmask[i], 0.15, "seed %d: PGD on the plain net breaks it", i+1)
	}
}

func TestAdversarialTrainingHelpsAndNoiseDoesNot(t *testing.T) {
	res := studied()
	for i := range 5 {
		hard := res.accuracy[2][2][at][i]
		require.Greater(t, hard, res.accuracy[0][2][at][i]+0.1, "seed %d", i+1)
		require.Greater(t, hard, res.accuracy[1][2][at][i]+0.05, "seed %d: noise is no cure", i+1)
		require.InDelta(t, hard, res.longer[i], 0.1, "seed %d: more steps find little more", i+1)
		require.Greater(t, res.accuracy[2][0][at][i], hard+0.1, "seed %d: its gradients tell the way", i+1)
		require.Less(t, res.accuracy[2][2][4][i], hard, "seed %d: beyond the radius", i+1)
	}
	require.Less(t, course.Mean(res.accuracy[2][0][0]), course.Mean(res.accuracy[0][0][0])+0.01, "the price")
}

func TestChangesStayWithinTheRadius(t *testing.T) {
	net, set := newNet(1), course.SmallDigits(10, 1)
	r := tensor.NewRand(1)
	for _, y := range []*tensor.Tensor{
		noisy(set.X, 0.1, r), fgsm(net, set.X, set.Labels, 0.1), pgd(net, set.X, set.Labels, 0.1, 5, r),
	} {
		require.LessOrEqual(t, tensor.Max(tensor.Abs(tensor.Sub(y, set.X))).Item(), 0.1+1e-6)
		require.Greater(t, tensor.Max(tensor.Abs(tensor.Sub(y, set.X))).Item(), 0.09)
		require.GreaterOrEqual(t, tensor.Min(y).Item(), 0.0)
		require.LessOrEqual(t, tensor.Max(y).Item(), 1.0)
	}
}

func TestGradientAgreesWithADifference(t *testing.T) {
	net, set := newNet(1), course.SmallDigits(1, 1)
	nn.To(net, tensor.Float64)
	x := tensor.Uniform(tensor.NewRand(5), 0, 1, set.X.Shape()...).To(tensor.Float64) // no two pixels alike: the largest of four is one
	_, g := gradient(net, x, set.Labels)
	for _, pixel := range []int{3, 7, 10} {
		up, down := x.Clone(), x.Clone()
		up.Set(x.At(0, 0, 7, pixel)+1e-6, 0, 0, 7, pixel)
		down.Set(x.At(0, 0, 7, pixel)-1e-6, 0, 0, 7, pixel)
		above, _ := gradient(net, up, set.Labels)
		below, _ := gradient(net, down, set.Labels)
		require.InDelta(t, (above-below)/2e-6, g.At(0, 0, 7, pixel), 1e-6)
	}
}

func TestStillCountsPicturesWithoutGradient(t *testing.T) {
	set := course.SmallDigits(4, 1)
	require.Zero(t, still(newNet(1), set.X, set.Labels))
	require.Equal(t, 0.5, agree([]int{1, 2}, []int{1, 3}))
}

func TestLesson(t *testing.T) {
	folder := t.TempDir()
	var out bytes.Buffer
	require.NoError(t, tell(&out, folder, studied()))
	text := out.String()
	coursetest.ReadsWell(t, text, folder, 91)
	path := filepath.Join(folder, "attack.png")
	require.Contains(t, text, path)
	img := coursetest.Picture(t, path).Bounds()
	require.Equal(t, 2+10*(14*5+2), img.Dx())
	require.Equal(t, 2+5*(14*5+2), img.Dy())
	require.ErrorIs(t, tell(io.Discard, filepath.Join(folder, "missing"), studied()), os.ErrNotExist)
}
