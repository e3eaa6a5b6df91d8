package main

import (
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/examples/internal/course/coursetest"
)

var (
	reading = coursetest.Reading{Run: run}
	lesson  = reading.Text
	folder  = reading.Folder
)

func TestMain(m *testing.M) { os.Exit(reading.Main(m)) }

// numbers returns the numbers in parentheses where the pattern fits, which is one place.
func numbers(t *testing.T, pattern string) (row []float64) {
	t.Helper()
	found := regexp.MustCompile(`(?m)`+pattern).FindAllStringSubmatch(lesson(), -1)
	require.Len(t, found, 1, pattern)
	for _, text := range found[0][1:] {
		v, err := strconv.ParseFloat(text, 64)
		require.NoError(t, err)
		row = append(row, v)
	}
	return row
}

func TestAccuracyLies(t *testing.T) {
	net, never := numbers(t, `the net +(\S+) % +(\S+) %$`), numbers(t, `never alarm +(\S+) % +(\S+) %$`)
	require.Equal(t, []float64{99, 0}, never)
	require.InDelta(t, never[0], net[0], 0.2)
	require.Less(t, net[1], 30.0)
}

func TestCuresMoveRecallAndNotTheRanking(t *testing.T) {
	table := map[string][]float64{}
	var ranking []float64
	for _, w := range ways() {
		table[w.name] = numbers(t, `^    `+w.name+` +(\d+) % +(\d+) % +(\S+) % +(0\.\d+)   [█·]+$`)
		ranking = append(ranking, table[w.name][3])
	}
	require.Less(t, slices.Max(ranking)-slices.Min(ranking), 0.04)
	for _, name := range []string{"class weights", "oversampling", "undersampling"} {
		require.Greater(t, table[name][0], 88.0, name)
		require.Less(t, table[name][1], 20.0, name)
		require.Less(t, table[name][2], 96.0, name)
	}
	require.Less(t, table["focal loss"][0], 35.0)
	require.Greater(t, table["focal, weight 0.9"][0], 45.0)
	truth := numbers(t, `^    true probability +(\d+) % +(\d+) % +(\S+) % +(0\.\d+)   [█·]+$`)
	require.Greater(t, truth[3], slices.Max(ranking)-0.005)
	require.InDelta(t, 10, truth[0], 3)
}

func TestShiftRepairsProbabilities(t *testing.T) {
	plain := numbers(t, `^    nothing +(0\.\d{3}) +(0\.\d{4})$`)
	require.InDelta(t, 0.01, plain[0], 0.003)
	for _, name := range []string{"class weights", "oversampling", "undersampling"} {
		row := numbers(t, `^    `+name+` +(0\.\d{3}) +(0\.\d{4}) +(0\.\d{3}) +(0\.\d{4})$`)
		require.Greater(t, row[0], 0.05, name)
		require.Greater(t, row[1], 3*plain[1], name)
		require.InDelta(t, 0.01, row[2], 0.004, name)
		require.InDelta(t, plain[1], row[3], 0.003, name)
	}
	require.Less(t, numbers(t, `^    true probability +(0\.\d{3}) +(0\.\d{4})$`)[1], plain[1])
}

func TestThresholdDecides(t *testing.T) {
	var half, chosen, spread []float64
	for _, w := range ways() {
		row := numbers(t, `^    `+w.name+` +(\d+\.\d) +(\d+\.\d) \((\S+) to (\S+)\)`)
		half, chosen, spread = append(half, row[0]), append(chosen, row[1]), append(spread, row[3]-row[2])
	}
	require.Greater(t, slices.Max(half), 2*slices.Min(half))
	require.Less(t, slices.Max(chosen)-slices.Min(chosen), slices.Min(spread))
	require.Less(t, slices.Max(chosen), 0.9*slices.Min(half))
	open := numbers(t, `plain net at p > 0\.048 costs (\S+),`)[0]
	require.InEpsilon(t, slices.Min(chosen), open, 0.12)
	best := numbers(t, `^    true probability +(1\d+\.\d) +(\d+\.\d)$`)
	require.InDelta(t, 59, best[1], 1)
	answer := numbers(t, `plain net finds (\d+) % of the rare points instead of (\d+) %, at a precision of (\d+) %`)
	require.Greater(t, answer[0], 75.0)
	require.Greater(t, answer[2], 15.0)
}

func TestEachSeed(t *testing.T) {
	test := newPoints(20000, 2000)
	for seed := uint64(6); seed <= 10; seed++ {
		plain, weighted := try(ways()[0], 2000, test, seed), try(ways()[1], 2000, test, seed)
		require.Less(t, plain.half.recall, 0.4)
		require.Greater(t, weighted.half.recall, 0.85)
		require.InDelta(t, plain.ranking, weighted.ranking, 0.06)
		require.Less(t, plain.bayes.cost, 0.5*plain.half.cost)
		require.InEpsilon(t, weighted.chosen.cost, plain.bayes.cost, 0.3)
	}
}

func TestLogOddsAreThoseOfTheDensities(t *testing.T) {
	normal := func(x, middle, deviation float64) float64 {
		return math.Exp(-(x-middle)*(x-middle)/(2*deviation*deviation)) / (deviation * math.Sqrt(2*math.Pi))
	}
	for _, x := range [][2]float64{{0, 0}, {1.6, 1.6}, {1, -2}, {2, 1}} {
		rare := 0.01 * normal(x[0], 1.6, 0.5) * normal(x[1], 1.6, 0.5)
		common := 0.99 * normal(x[0], 0, 1) * normal(x[1], 0, 1)
		require.InDelta(t, math.Log(rare/common), logOdds(x[0], x[1]), 1e-12)
	}
}

func TestJudge(t *testing.T) {
	scores, labels := []float64{-1, 1, 2, 3}, []int{0, 1, 0, 1}
	require.Equal(t, result{2.0 / 3, 1, 0.75, 250}, judge(scores, labels, 0))
	require.Equal(t, result{1, 0.5, 0.75, 1000 * miss / 4}, judge(scores, labels, 2.5))
	require.InDelta(t, 0.95, cheapest(scores, labels), 2, "from −1 to below 1")
	require.Equal(t, 250.0, judge(scores, labels, cheapest(scores, labels)).cost)
	p, loss := believed([]float64{math.Log(3), -math.Log(3)}, []int{1, 1}, 0)
	require.InDelta(t, 0.5, p, 1e-12)
	require.InDelta(t, -(math.Log(0.75)+math.Log(0.25))/2, loss, 1e-12)
}

func TestSameSeedGivesTheSameBits(t *testing.T) {
	test := newPoints(500, 1)
	require.Equal(t, try(ways()[2], 500, test, 1), try(ways()[2], 500, test, 1))
}

func TestLessonReadsWell(t *testing.T) {
	coursetest.ReadsWell(t, lesson(), folder(), 91)
}

func TestPicture(t *testing.T) {
	path := filepath.Join(folder(), "imbalance.png")
	require.Contains(t, lesson(), path)
	m := coursetest.Picture(t, path)
	require.Greater(t, m.Bounds().Dx(), 800)
}
