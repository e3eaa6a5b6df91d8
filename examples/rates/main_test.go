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

	"github.com/descent-ml/descent/examples/internal/course/coursetest"
	"github.com/descent-ml/descent/tensor"
)

// Sections 1 and 2, for five seeds.
func TestATenthOfTheRateWithTheLeastLoss(t *testing.T) {
	for seed := range uint64(5) {
		digits := digits(seed, 300, 1)
		accuracy := func(rate float64) float64 {
			_, _, a := result(newFit(digits, seed, 8, sgd, rate))
			return a
		}
		best := 0.0
		for _, rate := range []float64{0.1, 0.3, 1} {
			best = max(best, accuracy(rate))
		}
		require.Less(t, accuracy(0.01), 0.6*best, "too small")
		require.Less(t, accuracy(10), 0.4*best, "too large")
		steep, least, end := rangeTest(digits, seed, sgd)
		require.Less(t, steep, least)
		require.Less(t, least, end)
		tenth := accuracy(least / 10)
		require.Greater(t, tenth, best-0.1)
		require.Greater(t, tenth, accuracy(least))
	}
}

// Section 3, for five seeds.
func TestPushesGrowAboveTwoOverLambda(t *testing.T) {
	for seed := range uint64(5) {
		l, w := trained(digits(seed, 200, 1), seed, 6, 0.5)
		lambda, v := l.steepest(w)
		require.Positive(t, lambda)
		require.InDelta(t, 1, tensor.Norm(v).Item(), 1e-5)
		for _, part := range []float64{0.5, 0.9, 1.2, 1.5} {
			p := l.pushes(w, v, part*2/lambda, 6)
			require.InDelta(t, 0.01, p[0], 1e-6)
			require.InDelta(t, 1-2*part, p[1]/p[0], 0.1, "seed %d, %v × 2/λ", seed, part)
			if part < 1 {
				require.Less(t, math.Abs(p[6]/p[0]), 0.8)
			} else {
				largest := 0.0
				for _, v := range p {
					largest = max(largest, math.Abs(v/p[0]))
				}
				require.Greater(t, largest, 1.3)
			}
		}
	}
}

// The greatest curvature is that of the loss along a line.
func TestSteepestIsACurvature(t *testing.T) {
	l, w := trained(digits(1, 100, 1), 1, 4, 0.5)
	lambda, v := l.steepest(w)
	at := func(h float64) float64 {
		_, loss := l.at(tensor.Add(w, tensor.MulScalar(v, h)))
		return loss.Item()
	}
	require.InEpsilon(t, lambda, (at(0.1)-2*at(0)+at(-0.1))/(0.1*0.1), 0.1)
	r := tensor.NewRand(3)
	for range 10 { // no other direction curves more
		u := tensor.Randn(r, w.Len())
		u = tensor.MulScalar(u, 1/tensor.Norm(u).Item())
		line := func(h float64) float64 {
			_, loss := l.at(tensor.Add(w, tensor.MulScalar(u, h)))
			return loss.Item()
		}
		require.Less(t, (line(0.5)-2*line(0)+line(-0.5))/(0.5*0.5), 0.5*lambda)
	}
}

func TestSchedules(t *testing.T) {
	const seeds = 5
	right := map[string][2]float64{}
	for _, name := range []string{"constant", "linear"} {
		_, small := scheduled(name, 0.1, seeds, 200, 8)
		_, large := scheduled(name, 2, seeds, 200, 8)
		right[name] = [2]float64{small, large}
	}
	require.Less(t, right["linear"][0], right["constant"][0]-0.03)
	require.Greater(t, right["linear"][1], right["constant"][1]+0.03)
	for _, name := range names {
		s := schedules(1, 80)[name]
		require.NotNil(t, s)
		most := 0.0
		for step := range 80 {
			most = max(most, s.At(step))
		}
		require.InDelta(t, 1, most, 0.01, name)
	}
}

func TestAdamHardlyNoticesTheScaleOfPixels(t *testing.T) {
	for seed := range uint64(5) {
		plain, small := digits(seed, 300, 1), digits(seed, 300, 0.05)
		best := func(t task, by rule, rates ...float64) (most float64) {
			for _, rate := range rates {
				_, _, a := result(newFit(t, seed, 8, by, rate))
				most = max(most, a)
			}
			return most
		}
		require.Greater(t, best(plain, sgd, 0.3, 1), 0.65)
		require.Less(t, best(small, sgd, 0.03, 0.1, 0.3, 1, 3), 0.5)
		require.Greater(t, best(plain, adam, 0.03), 0.65)
		require.Greater(t, best(small, adam, 0.03), 0.6)
		require.Greater(t, best(plain, momentum, 0.1), 0.65)
	}
}

func TestLesson(t *testing.T) {
	folder := t.TempDir()
	var out bytes.Buffer
	require.NoError(t, run(&out, folder))
	text, path := out.String(), filepath.Join(folder, "rates.png")
	coursetest.ReadsWell(t, text, folder, 91)
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
	v := numbers(`(?m)^    rate +(\S+), .*? +(\S+) % right$`)
	require.Len(t, v, 6)
	require.Greater(t, v[5], v[1]+10, "a tenth, and the fastest fall")
	require.Greater(t, v[5], v[3]+10, "a tenth, and the least loss")
	best := numbers(`Here (\S+) does best`)[0]
	limit := numbers(`; 2/λ = (\S+)\.\n`)[0]
	require.Less(t, best, limit)
	v = numbers(`rates up to (\S+) learn, those from (\S+) on do not`)
	require.Less(t, v[0], limit)
	require.Greater(t, v[1], 0.8*limit)
	v = numbers(`(?m)^    \d\.\d × 2/λ +(\S+) +(\S+) +(\S+) +(\S+) +(\S+)$`)
	require.Len(t, v, 20)
	for k := range 4 {
		require.InDelta(t, v[5*k], v[5*k+1], 0.1, "the factor of step 1")
	}
	require.Less(t, math.Abs(v[9]), 0.5)
	require.Greater(t, math.Abs(v[13]), 2.0)
	v = numbers(`when it falls: (\S+) % by “linear” against (\S+) %`)
	require.Less(t, v[0], v[1])
	v = numbers(`from 2, (\S+) % against (\S+) %`)
	require.Greater(t, v[0], v[1])
	v = numbers(`the best +(\S+) % +(\S+) % +(\S+) % +(\S+) % +(\S+) % +(\S+) %`)
	require.Greater(t, min(v[0], v[1], v[2], v[5]), 70.0)
	require.Less(t, v[3], 50.0)

	m := coursetest.Picture(t, path)
	seen := map[[3]uint32]int{}
	for y := range m.Bounds().Dy() {
		for x := range m.Bounds().Dx() {
			r, g, b, _ := m.At(x, y).RGBA()
			seen[[3]uint32{r >> 8, g >> 8, b >> 8}]++
		}
	}
	for _, colour := range [][3]uint32{{0x00, 0x72, 0xb2}, {0xd5, 0x5e, 0x00}, {0x00, 0x9e, 0x73}} {
		require.Greater(t, seen[colour], 300, "%x", colour)
	}
}

func TestMissingFolderIsAnError(t *testing.T) {
	require.ErrorIs(t, run(new(bytes.Buffer), filepath.Join(t.TempDir(), "missing")), os.ErrNotExist)
}
