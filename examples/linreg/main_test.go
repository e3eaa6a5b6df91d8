package main

import (
	"bytes"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/examples/internal/course/coursetest"
	"github.com/descent-ml/descent/tensor"
)

// lesson returns what the lesson prints and the folder of its picture.
func lesson(t *testing.T) (text, folder string) {
	t.Helper()
	folder = t.TempDir()
	var out bytes.Buffer
	require.NoError(t, run(&out, folder))
	return out.String(), folder
}

func TestTapeAgreesWithTheDerivativeByHand(t *testing.T) {
	for _, at := range []float64{-0.01190986, 0, 0.3, 1, 1.5, 100} {
		w := autograd.NewTape().Var(tensor.New([]float64{at}, 1))
		require.InEpsilon(t, derivative(at), mse(areas, w).Backward().Of(w).Item(), 1e-15, "at %v", at)
	}
}

func TestSignDecidesTheDirection(t *testing.T) {
	_, up := descend(areas, -1e-7, 20)
	_, down := descend(areas, 1e-7, 20)
	require.Len(t, up, 21)
	for k := range 20 {
		require.Greater(t, up[k+1], up[k])
		require.LessOrEqual(t, down[k+1], down[k]*(1+1e-12)) // it comes to rest within rounding
	}
}

func TestHessianGivesTheLongestStep(t *testing.T) {
	least, greatest := curvatures(areas)
	require.Equal(t, least, greatest)
	require.InEpsilon(t, 2.0/3*(1e6+4e6+9e6), greatest, 1e-15)
	for _, x := range []*tensor.Tensor{areas, withBias(areas)} {
		_, greatest := curvatures(x)
		_, stable := descend(x, 0.99*2/greatest, 2000)
		_, unstable := descend(x, 1.01*2/greatest, 2000)
		require.Less(t, stable[2000], stable[0])
		require.Greater(t, unstable[2000], 1e10*unstable[0])
	}
}

func TestCurvaturesSolveTheCharacteristicEquation(t *testing.T) {
	x := withBias(tensor.MulScalar(areas, 0.001))
	least, greatest := curvatures(x)
	h := tensor.MulScalar(tensor.MatMul(x.T(), x), 2.0/3)
	require.Less(t, least, greatest)
	require.InEpsilon(t, h.At(0, 0)+h.At(1, 1), least+greatest, 1e-14)
	require.InEpsilon(t, h.At(0, 0)*h.At(1, 1)-h.At(0, 1)*h.At(1, 0), least*greatest, 1e-13)
}

func TestLeastSquares(t *testing.T) {
	slope, bias := leastSquares(withBias(areas))
	require.InDelta(t, 0.75, slope, 1e-12)
	require.InDelta(t, 2500.0/3, bias, 1e-9)
}

func TestLessonClaims(t *testing.T) {
	text, _ := lesson(t)
	for _, claim := range []string{
		`difference +-?0\.0000000\d+, \d(e-\d\d)? of the number`, // 1. to the last bits
		`sub \[1\] × \[3 3\]`,                                      // and the shape that cannot be
		`step 31 +loss +\+Inf`,                                     // 3. explodes
		`rate 0\.99 × 2/λ +loss 1\.131e\+05`,                       // converges below the limit
		`rate 1\.01 × 2/λ +loss \d\.\d+e\+2\d`,                     // and not above
		`never falls below 113095\. .* allows 13889\.`,             // 4. the wrong line
		`area +0\.286 +9\.333e\+06 +3\.27e\+07 +2\.14e-07`,         // 5. the condition number
		`standardised +2 +2 +1 +1\n`,                               //
		`step 100 +loss +13888\.8889 +excess +-?0\.0000`,           //
		`\[6944 27778 6944\]`,                                      // 6. what is not a history
		`slope +0\.750000 +0\.750000`,                              // 7.
		`bias +833\.333333 +833\.333333`,                           //
		`2500 should cost 0\.75 × 2500 \+ 833\.33 = 2708\.33\.\n$`, //
	} {
		require.Regexp(t, regexp.MustCompile(claim), text)
	}
}

func TestLessonReadsWell(t *testing.T) {
	text, _ := lesson(t)
	coursetest.ReadsWell(t, text, "", 90)
}

func TestPictureShowsEveryRun(t *testing.T) {
	text, folder := lesson(t)
	path := filepath.Join(folder, "linreg.png")
	require.Contains(t, text, path)
	img := coursetest.Picture(t, path)
	require.Greater(t, img.Bounds().Dx(), 800)
	colours := map[[3]uint32]int{}
	for y := range img.Bounds().Dy() {
		for x := range img.Bounds().Dx() {
			r, g, b, _ := img.At(x, y).RGBA()
			colours[[3]uint32{r >> 8, g >> 8, b >> 8}]++
		}
	}
	for _, c := range [][3]uint32{{0xc0, 0x39, 0x2b}, {0xf3, 0x9c, 0x12}, {0x8e, 0xb8, 0xe5}, {0x2c, 0x3e, 0x75}, {0x1e, 0x9e, 0x5a}, {0x80, 0x80, 0x80}} {
		require.Greater(t, colours[c], 20, "pixels of colour %x", c)
	}
}

func TestMissingFolderIsAnError(t *testing.T) {
	err := run(new(bytes.Buffer), filepath.Join(t.TempDir(), "missing"))
	require.ErrorIs(t, err, os.ErrNotExist)
}

func TestLogsOfInfiniteLossesAreFinite(t *testing.T) {
	losses := make([]float64, 50)
	for i := range losses {
		losses[i] = 100
	}
	losses[40] = math.Inf(1)
	ys := logs(losses)
	require.Len(t, ys, 41)
	require.Equal(t, 2.0, ys[0])
	require.Equal(t, math.Log10(math.MaxFloat64), ys[40])
}
