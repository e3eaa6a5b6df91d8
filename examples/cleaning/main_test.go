package main

import (
	"math"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/data/table"
	"github.com/descent-ml/descent/examples/internal/course/coursetest"
	"github.com/descent-ml/descent/nn"
	"github.com/descent-ml/descent/tensor"
)

var (
	reading = coursetest.Reading{Run: run}
	lesson  = reading.Text
	folder  = reading.Folder
)

func TestMain(m *testing.M) { os.Exit(reading.Main(m)) }

// A row is what the lesson says of a cure.
type row struct{ rows, error, least, most float64 }

// section returns the rows of a section by their name.
func section(t *testing.T, number string) map[string]row {
	t.Helper()
	_, text, found := strings.Cut(lesson(), "\n"+number+". ")
	require.True(t, found)
	if end := regexp.MustCompile(`\n\d\. [A-Z]`).FindStringIndex(text); end != nil {
		text = text[:end[0]]
	}
	out := map[string]row{}
	for _, m := range regexp.MustCompile(`(?m)^    (\S.*\S) +(\d+) +(\d+\.\d)   \((\S+) to (\S+)\)$`).FindAllStringSubmatch(text, -1) {
		var v [4]float64
		for i := range v {
			var err error
			v[i], err = strconv.ParseFloat(m[2+i], 64)
			require.NoError(t, err)
		}
		require.LessOrEqual(t, v[2], v[1])
		require.LessOrEqual(t, v[1], v[3])
		out[strings.TrimSpace(m[1])] = row{v[0], v[1], v[2], v[3]}
	}
	return out
}

// numbers returns the numbers in parentheses where the pattern fits, which is one place.
func numbers(t *testing.T, pattern string) (v []float64) {
	t.Helper()
	found := regexp.MustCompile(`(?m)`+pattern).FindAllStringSubmatch(lesson(), -1)
	require.Len(t, found, 1, pattern)
	for _, text := range found[0][1:] {
		n, err := strconv.ParseFloat(text, 64)
		require.NoError(t, err)
		v = append(v, n)
	}
	return v
}

func TestFirstLookShowsTheFaults(t *testing.T) {
	look := numbers(t, `^    area +(\d+) +(\S+) +(\S+) +(\d+) +(\d+)$`)
	require.InDelta(t, 50, look[0], 20)
	require.Greater(t, look[2], 400.0)
	require.Positive(t, look[3])
	require.Zero(t, look[4])
	require.Positive(t, numbers(t, `: (\d+) incomes were outliers before`)[0])
	require.InDelta(t, 10.2, numbers(t, `^    a clean file +200 +(\S+) `)[0], 0.6)
}

func TestUnit(t *testing.T) {
	s := section(t, "2")
	nothing, repaired := s["nothing"], s["above 300: divided by 10.764"]
	require.InDelta(t, 10.2, repaired.error, 0.6)
	require.Greater(t, nothing.least, 2*repaired.most)
	require.Greater(t, s["rows with outliers dropped"].least, 5*nothing.most)
	require.Greater(t, s["clipped at 5 % and 95 % (winsorised)"].least, 2*repaired.most)
}

func TestDigits(t *testing.T) {
	s := section(t, "3")
	require.Greater(t, s["nothing"].least, 50.0)
	require.Less(t, s["rows with outliers dropped"].most, 12.0)
	require.Less(t, s["rows with outliers dropped"].rows, 190.0)
	require.Less(t, s["mean of |y − ŷ| as loss"].most, 12.0)
	require.Equal(t, 200.0, s["mean of |y − ŷ| as loss"].rows)
}

func TestMissingByChance(t *testing.T) {
	s := section(t, "4")
	dropped, mean, told := s["incomplete rows dropped"], s["the mean filled in"], s["the mean, and what is missing told"]
	require.InDelta(t, 0.178*rows, dropped.rows, 8)
	require.Less(t, mean.error, dropped.error)
	require.InDelta(t, mean.error, told.error, 2.5)
	require.InDelta(t, 18, numbers(t, `0\.75⁶ = (\d+) %`)[0], 0.1)
	require.Greater(t, numbers(t, `fills the mean into new flats errs by (\S+)\.`)[0], mean.error)
}

func TestMissingForAReason(t *testing.T) {
	s := section(t, "5")
	dropped, mean, told := s["incomplete rows dropped"], s["the mean filled in"], s["the mean, and what is missing told"]
	require.Less(t, mean.error, dropped.error)
	require.Less(t, told.most, 0.8*mean.least)
}

func TestDuplicatesPromiseTooMuch(t *testing.T) {
	promised, honest, kept := numbers(t, `rows three times +(\S+)$`)[0], numbers(t, `rows once +(\S+)$`)[0], numbers(t, `on new flats +(\S+)$`)[0]
	require.Less(t, promised, kept/2)
	require.Greater(t, honest, 0.8*kept)
}

func TestAllTogether(t *testing.T) {
	s := section(t, "7")
	cured := s["unit mended, missing told, |y − ŷ|"]
	require.Less(t, cured.most, 0.5*s["the mean filled in"].least)
	require.Greater(t, s["all suspicious rows dropped"].error, 2*cured.most)
	require.Less(t, s["all suspicious rows dropped"].rows, 40.0)
}

func TestOtherSeeds(t *testing.T) {
	reason := []fault{forReason}
	plain, talk, drop := try(filled, 50, reason, reason), try(told, 50, reason, reason), try(completeOnly, 50, reason, reason)
	for i := range seeds {
		require.Less(t, talk.errors[i], 0.85*plain.errors[i])
		require.Less(t, plain.errors[i], drop.errors[i]+1)
	}
	digits := []fault{wrongDigits}
	nothing, robust := try(filled, 50, digits, nil), try(cure{rule: filled.rule, loss: nn.L1}, 50, digits, nil)
	for i := range seeds {
		require.Less(t, robust.errors[i], 13.0)
		require.Greater(t, nothing.errors[i], 40.0)
	}
}

func TestTableOfFlats(t *testing.T) {
	flats := []flat{{50, 2, 30, 1, 3, 40, 150}, {600, 2, 30, 1, 3, math.NaN(), 150}}
	require.Equal(t, "area,rooms,age,floor,distance,income,price\n50.0,2.0,30.0,1.0,3.0,40.0,150.0\n600.0,2.0,30.0,1.0,3.0,,150.0\n", csv(flats))
	flats[0][age] = 31
	both := read(flats)
	require.Equal(t, 1, complete(both).Len())
	require.InDelta(t, 600/feet, metres(both).Columns[area].Numbers[1], 1e-12)
	require.Equal(t, 50.0, both.Columns[area].Numbers[0])
	many := newFlats(100, tensor.NewRand(1))
	many[3][area] = 5000
	kept := withoutOutliers(read(many))
	require.Less(t, kept.Len(), 100)
	require.Less(t, table.Describe(kept).Columns[area].Max, 200.0)
	require.InDelta(t, math.Sqrt(12.5), rmse([]float64{1, 2}, []float64{4, 6}), 1e-12)
}

func TestSameSeedGivesTheSameBits(t *testing.T) { require.Equal(t, double(3), double(3)) }

func TestLessonReadsWell(t *testing.T) {
	coursetest.ReadsWell(t, lesson(), folder(), 91)
}

func TestPicture(t *testing.T) {
	path := filepath.Join(folder(), "cleaning.png")
	require.Contains(t, lesson(), path)
	m := coursetest.Picture(t, path)
	require.Greater(t, m.Bounds().Dx(), 800)
}
