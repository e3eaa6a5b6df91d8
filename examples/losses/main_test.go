package main

import (
	"bytes"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/examples/internal/course/coursetest"
	"github.com/descent-ml/descent/nn"
	"github.com/descent-ml/descent/tensor"
)

func TestCrossEntropyIsLeastAtTheShareOfHeads(t *testing.T) {
	for seed := range uint64(5) {
		y := toss(seed, 500, 0.3)
		heads := mean(y, func(y float64) float64 { return y })
		require.InDelta(t, 0.3, heads, 0.1)
		best := lowest(grid(0.001, 0.999, 0.001), func(p float64) float64 { return coin(y, p) })
		require.InDelta(t, heads, best, 0.00051)
		require.InDelta(t, 0.999, lowest(grid(0.001, 0.999, 0.001), func(p float64) float64 { return article(y, p) }), 1e-9)

		// The library has the same number, of a logit.
		tape := autograd.NewTape()
		logit := math.Log(0.4 / 0.6)
		z := tensor.Zeros64(len(y))
		z.Fill(logit)
		require.InEpsilon(t, coin(y, 0.4), nn.BCEWithLogits(tape.Const(z), tape.Const(tensor.New(y, len(y)))).Item(), 1e-12)
	}
}

func TestLowestAndGrid(t *testing.T) {
	require.InDeltaSlice(t, []float64{1, 1.5, 2}, grid(1, 2, 0.5), 1e-15)
	require.Len(t, grid(0.001, 0.999, 0.001), 999)
	require.Equal(t, 2.0, lowest([]float64{0, 1, 2, 3}, func(v float64) float64 { return (v - 2) * (v - 2) }))
}

func TestSquaredErrorIsTheLikelihoodOfNormalNoise(t *testing.T) {
	for seed := range uint64(5) {
		r := tensor.NewRand(seed)
		var y []float64
		for range 100 {
			y = append(y, 3+1.5*r.NormalFloat64())
		}
		for _, m := range []float64{-1, 3, 8} {
			require.InEpsilon(t, squared(y, m)/(2*1.5*1.5)+math.Log(1.5*math.Sqrt(2*math.Pi)), gauss(y, m, 1.5), 1e-12)
		}
		best := lowest(grid(2, 4, 0.001), func(m float64) float64 { return gauss(y, m, 1.5) })
		require.InDelta(t, mean(y, func(v float64) float64 { return v }), best, 0.00051)
	}
}

func TestEachNoiseHasItsLoss(t *testing.T) {
	for seed := range uint64(5) {
		squares, absolutes := rivals(seed, 101, 400, false)
		require.Less(t, 1.1*squares, absolutes, "normal noise")
		require.InDelta(t, 1/math.Sqrt(101), squares, 0.015)
		squares, absolutes = rivals(seed, 101, 400, true)
		require.Less(t, 1.1*absolutes, squares, "Laplace noise")
		require.InDelta(t, math.Sqrt(2.0/101), squares, 0.02)
	}
}

func TestGradientOfSoftmaxWithCrossEntropy(t *testing.T) {
	r := tensor.NewRand(1)
	for range 20 {
		z := autograd.NewTape().Var(tensor.Randn(r, 1, 5).To(tensor.Float64))
		dz := nn.CrossEntropy(z, []int{3}).Backward().Of(z)
		sum := 0.0
		for i := range 5 {
			sum += math.Exp(z.Value().At(0, i))
		}
		for i := range 5 {
			want := math.Exp(z.Value().At(0, i)) / sum
			if i == 3 {
				want--
			}
			require.InDelta(t, want, dz.At(0, i), 1e-15)
		}
	}
}

func TestSlopesAreThoseOfTheFormulas(t *testing.T) {
	for _, z := range []float64{-9, -4, -1, 0, 0.5, 3} {
		p := 1 / (1 + math.Exp(-z))
		first, second := slopes(crossEntropy, z)
		require.InDelta(t, p-1, first, 1e-14)
		require.InDelta(t, p*(1-p), second, 1e-14)
		require.Positive(t, second, "convex")
		first, second = slopes(squaredError, z)
		require.InDelta(t, 2*(p-1)*p*(1-p), first, 1e-14)
		require.InDelta(t, 2*p*(1-p)*(1-p)*(3*p-1), second, 1e-14)
		require.Equal(t, p > 1.0/3, second > 0, "not convex at %v", z)
	}
}

func TestSquaredErrorClimbsSlowly(t *testing.T) {
	for _, z := range []float64{-8, -6, -4} {
		fast, slow := climb(crossEntropy, z, 1e5), climb(squaredError, z, 1e5)
		require.Greater(t, len(slow), 3*len(fast))
		require.Less(t, len(fast), 25)
		require.Greater(t, slow[len(slow)-1], 0.9)
	}
	require.Len(t, climb(squaredError, -9, 100), 101, "it gives up")
}

func TestNetThatBeginsSureAndWrong(t *testing.T) {
	for seed := range uint64(5) {
		require.GreaterOrEqual(t, moons(seed, 100, 300, crossEntropy, 1, -8), 0.9)
		require.LessOrEqual(t, moons(seed, 100, 300, squaredError, 1, -8), 0.8)
		require.GreaterOrEqual(t, moons(seed, 100, 300, squaredError, 1, 0), 0.83)
		require.GreaterOrEqual(t, moons(seed, 100, 300, squaredError, 10, -8), 0.95)
	}
}

// lesson returns what the lesson prints, and the path of its picture.
func lesson(t *testing.T) (text, path string) {
	t.Helper()
	folder := t.TempDir()
	var out bytes.Buffer
	require.NoError(t, run(&out, folder))
	return out.String(), filepath.Join(folder, "losses.png")
}

func TestLesson(t *testing.T) {
	text, path := lesson(t)
	coursetest.ReadsWell(t, text, filepath.Dir(path), 91)
	for _, claim := range []string{
		`a product of 0, `,
		`least\nat p = 0\.999, `,
		`gives a loss of \+Inf; nn\.CrossEntropy gives 200\.`,
		`-9   -0\.99988  0\.00012      -0\.00025  -0\.00025 `,
		`need \d\d and \d{4} steps\.`,
	} {
		require.Regexp(t, claim, text)
	}
	numbers := func(pattern string) (all []float64) {
		for _, m := range regexp.MustCompile(pattern).FindAllStringSubmatch(text, -1) {
			for _, s := range m[1:] {
				v, err := strconv.ParseFloat(s, 64)
				require.NoError(t, err)
				all = append(all, v)
			}
		}
		return all
	}
	v := numbers(`p is at (\S+), and the share of heads is (\S+)\. `)
	require.InDelta(t, v[1], v[0], 0.0011)
	v = numbers(`at one place: m = (\S+) and m = (\S+); the mean of y is (\S+)\. `)
	require.Equal(t, v[0], v[1])
	require.InDelta(t, v[2], v[0], 0.0006)
	v = numbers(`(?m)^    (?:normal|Laplace) +(\S+) +(\S+)$`)
	require.Len(t, v, 4)
	require.Less(t, v[0], v[1])
	require.Less(t, v[3], v[2])
	v = numbers(`(?m)^ +\S+  \S+ +[01] +(-?0\.\d{9}) +(-?0\.\d{9})$`)
	require.Len(t, v, 6)
	for i := range 3 {
		require.InDelta(t, v[2*i], v[2*i+1], 1.1e-9)
	}
	v = numbers(`(?m)^    (?:cross entropy|squared error) +(1|10) +(\S+) … +(\S+) % +(\S+) … +(\S+) %$`)
	require.Len(t, v, 4*5)
	require.Greater(t, v[1], 80.0, "cross entropy from 0")
	require.Greater(t, v[3], 95.0, "cross entropy from −8")
	require.Less(t, v[9], 80.0, "square from −8")
	require.Greater(t, v[18], 95.0, "square from −8 with ten times the rate")
	v = numbers(`(?m)^by a factor of (\d+) at z = −9, and of 2`)
	require.InDelta(t, 4052, v[0], 20)

	m := coursetest.Picture(t, path)
	seen := map[[3]uint32]int{}
	for y := range m.Bounds().Dy() {
		for x := range m.Bounds().Dx() {
			r, g, b, _ := m.At(x, y).RGBA()
			seen[[3]uint32{r >> 8, g >> 8, b >> 8}]++
		}
	}
	for _, colour := range [][3]uint32{{0x00, 0x72, 0xb2}, {0xd5, 0x5e, 0x00}, {0x00, 0x9e, 0x73}, {0xcc, 0x79, 0xa7}, {0xe6, 0x9f, 0x00}, {0x56, 0xb4, 0xe9}} {
		require.Greater(t, seen[colour], 100, "%x", colour)
	}
}

func TestMissingFolderIsAnError(t *testing.T) {
	require.ErrorIs(t, run(new(bytes.Buffer), filepath.Join(t.TempDir(), "missing")), os.ErrNotExist)
}
