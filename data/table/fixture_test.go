package table

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/internal/fixture"
)

// fixtures are what pandas and scikit-learn computed; see
// testdata/fixtures/table.py.
type fixtures struct {
	Describe struct {
		Rows, Duplicates int
		Columns          []struct {
			Name                     string
			Count, Missing, Distinct int
			Top                      string
			Freq, Outliers           int
			Stats                    fixture.Numbers
		}
	}
	Cases []struct {
		Name, Fill, Scale string
		Cut               float64
		Train, Test, Out  fixture.Numbers
	}
	OneHot struct {
		Train, Test, Categories []string
		Out, Mode               fixture.Numbers
	}
	Dates struct {
		Dates                     []string
		Year, Month, Day, Weekday []float64
	}
	Quantiles struct {
		Values, Q, Out fixture.Numbers
	}
	Houses map[string]fixture.Numbers
}

func readFixtures(t *testing.T) *fixtures {
	b, err := os.ReadFile("testdata/table.json")
	require.NoError(t, err)
	f := &fixtures{}
	require.NoError(t, json.Unmarshal(b, f))
	return f
}

// near demands got = want to 1e-12, relative to want or to scale.
func near(t *testing.T, want, got, scale float64, msg ...any) {
	t.Helper()
	if !fixture.Close(got, want, 1e-12, 1e-12*scale) {
		require.Equal(t, want, got, msg...)
	}
}

func houses(t *testing.T) *Table {
	h, err := ReadFile("testdata/houses.csv", Options{})
	require.NoError(t, err)
	return h
}

func TestReadPandas(t *testing.T) {
	h := houses(t)
	var kinds []Kind
	for _, c := range h.Columns {
		kinds = append(kinds, c.Kind)
	}
	require.Equal(t, []Kind{Number, Number, Number, Category, Date, Number, Number, Number}, kinds)
	for name, want := range readFixtures(t).Houses {
		c, err := h.Column(name)
		require.NoError(t, err)
		require.Len(t, c.Numbers, len(want))
		for row, x := range want {
			require.True(t, x == c.Numbers[row] || math.IsNaN(x) && math.IsNaN(c.Numbers[row]), "%s %d", name, row)
		}
	}
	city, err := h.Column("city")
	require.NoError(t, err)
	require.Equal(t, []string{"Köln", "Rome", "a, b", `say "hi"`, "spaces", "two\nlines"}, city.Names)
}

func TestDescribeIsPandas(t *testing.T) {
	want, got := readFixtures(t).Describe, Describe(houses(t))
	require.Equal(t, want.Rows, got.Rows)
	require.Equal(t, want.Duplicates, got.Duplicates)
	require.Positive(t, got.Duplicates)
	require.Len(t, got.Columns, len(want.Columns))
	for i, w := range want.Columns {
		g := got.Columns[i]
		require.Equal(t, w.Name, g.Name)
		require.Equal(t, []int{w.Count, w.Missing, w.Distinct}, []int{g.Count, g.Missing, g.Distinct}, w.Name)
		if w.Top != "" {
			require.Equal(t, Count{strings.TrimSpace(w.Top), w.Freq}, g.Frequent[0])
			continue
		}
		for k, x := range []float64{g.Mean, g.Std, g.Min, g.Q1, g.Median, g.Q3, g.Max} {
			near(t, w.Stats[k], x, 1e-3*math.Abs(w.Stats[1]), w.Name, k)
		}
		if g.Kind == Number {
			require.Equal(t, w.Outliers, g.Outliers, w.Name)
		}
	}
}

func TestQuantilesAreNumPys(t *testing.T) {
	q := readFixtures(t).Quantiles
	values := slices.Sorted(slices.Values(q.Values))
	for i := range q.Q {
		near(t, q.Out[i], quantile(values, q.Q[i]), 0, q.Q[i])
	}
}

// numbersOf returns a table of one column.
func numbersOf(name string, values []float64) *Table {
	return &Table{Columns: []Column{{Field: Field{Name: name, Kind: Number}, Numbers: values}}}
}

// The steps of a number are those of SimpleImputer, StandardScaler and
// MinMaxScaler, after numpy.clip.
func TestNumbersAreScikitLearns(t *testing.T) {
	fill := map[string]Fill{"mean": FillMean, "median": FillMedian, "most_frequent": FillMode, "constant": FillConstant}
	scale := map[string]Scale{"standard": ScaleStandard, "minmax": ScaleMinMax, "none": ScaleNone}
	cases := readFixtures(t).Cases
	require.Greater(t, len(cases), 150)
	for _, c := range cases {
		e := Encoder{Rule: Rule{Fill: fill[c.Fill], Scale: scale[c.Scale], Constant: "-1.5", Winsorise: c.Cut}}
		require.NoError(t, e.Fit(numbersOf("x", c.Train)), c.Name)
		x, err := e.Apply(numbersOf("x", c.Test))
		require.NoError(t, err, c.Name)
		require.Equal(t, []int{len(c.Test), 1}, x.X.Shape())
		for i, v := range c.Test {
			col := &e.columns[0]
			got := (col.prepare(v) - col.Parts[0].Shift) / col.Parts[0].Scale
			// Of numbers far from 0 the last bits of the mean count.
			bits := math.Abs(col.Parts[0].Shift/col.Parts[0].Scale) * 0x1p-51
			near(t, c.Out[i], got, max(1, bits*1e12), c.Name, i)
			require.Equal(t, single(got), float32(x.X.At(i, 0)), c.Name)
		}
	}
}

// categoriesOf returns a table of one column.
func categoriesOf(name string, values []string) *Table {
	c := Column{Field: Field{Name: name, Kind: Text}, Text: values}
	return &Table{Columns: []Column{c.ToCategory()}}
}

// A missing value is a category of its own, which scikit-learn puts last, and one
// that was not there before is none.
func TestOneHotIsScikitLearns(t *testing.T) {
	f := readFixtures(t).OneHot
	for _, c := range []struct {
		fill Fill
		want fixture.Numbers
	}{{FillDetected, f.Out}, {FillMode, f.Mode}} {
		e := Encoder{Rule: Rule{Fill: c.fill}}
		require.NoError(t, e.Fit(categoriesOf("v", f.Train)))
		x, err := e.Apply(categoriesOf("v", f.Test))
		require.NoError(t, err)
		var got fixture.Numbers
		for i := range f.Test {
			for k := range x.X.Dim(1) {
				got = append(got, x.X.At(i, k))
			}
		}
		require.Equal(t, c.want, got, c.fill)
	}
	require.Equal(t, []string{"a", "b", "c", ""}, f.Categories)
}

func TestPartsOfDatesArePandas(t *testing.T) {
	d := readFixtures(t).Dates
	file := "when\n" + strings.Join(d.Dates, "\n")
	tab, err := Read(strings.NewReader(file), Options{})
	require.NoError(t, err)
	for i, date := range d.Dates {
		x := tab.Columns[0].Numbers[i]
		require.Equal(t, date, moment(x).Format(time.DateOnly))
		require.Equal(t, []float64{d.Year[i], d.Month[i], d.Day[i], d.Weekday[i], 0},
			[]float64{year.of(x), month.of(x), dayOfMonth.of(x), weekday.of(x), hour.of(x)}, date)
		near(t, math.Sin(2*math.Pi*(d.Month[i]-1)/12), monthSin.of(x), 1)
		near(t, math.Cos(2*math.Pi*(d.Month[i]-1)/12), monthCos.of(x), 1)
		near(t, math.Sin(2*math.Pi*(d.Day[i]-1)/31), daySin.of(x), 1)
		near(t, math.Cos(2*math.Pi*(d.Day[i]-1)/31), dayCos.of(x), 1)
		near(t, math.Sin(2*math.Pi*d.Weekday[i]/7), weekdaySin.of(x), 1)
		near(t, math.Cos(2*math.Pi*d.Weekday[i]/7), weekdayCos.of(x), 1)
	}
	at, ok := parseDate("2006-01-02T15:04:05Z07:00", []byte("2020-02-03T20:30:00+02:30"))
	require.True(t, ok)
	near(t, math.Sin(2*math.Pi*18/24), hourSin.of(at), 1)
	near(t, math.Cos(2*math.Pi*18/24), hourCos.of(at), 1)
	require.Equal(t, "2020-02-03 18:00:00", fmt.Sprint(moment(at).Format(time.DateTime)))
}
