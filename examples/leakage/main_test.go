package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/data"
	"github.com/descent-ml/descent/examples/internal/course/coursetest"
	"github.com/descent-ml/descent/tensor"
)

var (
	reading = coursetest.Reading{Run: run}
	lesson  = reading.Text
	folder  = reading.Folder
)

func TestMain(m *testing.M) { os.Exit(reading.Main(m)) }

// rows returns the numbers in parentheses of all places where the pattern fits.
func rows(t *testing.T, want int, pattern string) (numbers [][]float64) {
	t.Helper()
	found := regexp.MustCompile(`(?m)`+pattern).FindAllStringSubmatch(lesson(), -1)
	require.Len(t, found, want, pattern)
	for _, m := range found {
		var row []float64
		for _, text := range m[1:] {
			v, err := strconv.ParseFloat(text, 64)
			require.NoError(t, err)
			row = append(row, v)
		}
		numbers = append(numbers, row)
	}
	return numbers
}

func TestLeaksFlatterAndHonestTestsDoNot(t *testing.T) {
	table := rows(t, 5, `^    \w+ (?:before|across) +(-?\d+\.\d) ± (\d\.\d) points +(-?\d+\.\d) ± (\d\.\d) points$`)
	leaky, honest, kept := rows(t, 5, `leaky test promised +(\S+) %`), rows(t, 5, `honest test promised +(\S+) %`), rows(t, 5, `new data kept +(\S+) %`)
	for i, row := range table {
		require.InDelta(t, leaky[i][0]-kept[i][0], row[0], 0.11)
		require.InDelta(t, honest[i][0]-kept[i][0], row[2], 0.11)
		require.Less(t, row[2], 3.5*row[3]+1, "an honest test does not flatter")
	}
	for i, least := range []float64{-6, 18, 3, 30, 15} {
		require.Greater(t, table[i][0], least)
		if i > 0 {
			require.Greater(t, table[i][0], 2*table[i][1], "more than chance")
		}
	}
	require.Less(t, table[0][0], 6.0)
	require.Less(t, rows(t, 1, `two tests differ by (\S+) points`)[0][0], 2.0)
}

func TestMoreNoiseFitsBetter(t *testing.T) {
	table := rows(t, 5, `^ +(10|30|100|300|1000) +(\d+) % +(\d+) % +(\d+) %$`)
	for _, row := range table {
		require.InDelta(t, 50, row[2], 13, "honest")
		require.InDelta(t, 50, row[3], 5, "new data")
	}
	require.InDelta(t, 50, table[0][1], 13)
	require.Greater(t, table[2][1], table[0][1]+6)
	require.Greater(t, table[4][1], table[0][1]+15)
}

func TestOtherSeeds(t *testing.T) {
	choice := func(seed uint64) outcome { return choosing(seed, 300) }
	for i, experiment := range []func(seed uint64) outcome{scaling, choice, duplicates, people, turning} {
		m := repeat(5, func(seed uint64) outcome { return experiment(100 + seed) })
		require.Greater(t, m.leaky-m.kept, []float64{-14, 12, 1, 30, 12}[i], "experiment %d", i)
		require.Less(t, m.honest-m.kept, 18.0, "experiment %d", i)
	}
}

func TestStandardiseLearnsFromTheGivenRows(t *testing.T) {
	s := &data.Examples{X: tensor.New([]float32{1, 3, 101}, 3, 1), Labels: []int{0, 1, 0}, Classes: 2}
	require.Equal(t, []float64{-1, 1, 99}, tensor.Values(standardise(s, []int{0, 1}).X.Reshape(3)))
}

func TestColumnsFindsThoseThatDiffer(t *testing.T) {
	s := newSet(40, 15, func(i int, x []float64) int {
		for j := range x {
			x[j] = float64(i%2) * float64(j%3)
		}
		return i % 2
	})
	require.Equal(t, []int{2, 5, 8, 11, 14, 1, 4, 7, 10, 13}, columns(s, upTo(40)))
}

func TestRepeatGivesStandardErrors(t *testing.T) {
	m := repeat(4, func(seed uint64) outcome { return outcome{leaky: float64(seed), honest: 2, kept: 1} })
	require.Equal(t, outcome{2.5, 2, 1}, m.outcome)
	require.InDelta(t, 1.2909944/2, m.flattery, 1e-6, "the deviation of 1, 2, 3, 4 by √4")
	require.Zero(t, m.rest)
}

func TestSameSeedGivesTheSameBits(t *testing.T) { require.Equal(t, duplicates(3), duplicates(3)) }

func TestLessonReadsWell(t *testing.T) {
	coursetest.ReadsWell(t, lesson(), folder(), 91)
}

func TestPicture(t *testing.T) {
	path := filepath.Join(folder(), "leakage.png")
	require.Contains(t, lesson(), path)
	m := coursetest.Picture(t, path)
	require.Greater(t, m.Bounds().Dx(), 800)
}
