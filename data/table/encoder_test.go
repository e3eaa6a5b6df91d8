package table

import (
	"encoding/json"
	"fmt"
	"iter"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/tensor"
)

const passengers = `Id,Age,Class,Fare,Port,Boarded,Note,Survived
1,22,third,7.25,S,1912-04-10 12:00,x,no
2,38,first,71.3,C,1912-04-10 18:30,y,yes
3,,third,7.9,S,1912-04-10 12:00,x,yes
4,35,first,53.1,,1912-04-10 12:00,x,yes
5,35,third,8.05,S,?,x,no
6,54,first,51.9,S,1912-04-11 11:30,x,
`

func fitted(t *testing.T, e *Encoder, tab *Table) *Encoder {
	t.Helper()
	require.NoError(t, e.Fit(tab))
	return e
}

// rowsOf returns the features of the rows.
func rowsOf(x *Encoded) [][]float64 {
	var rows [][]float64
	for i := range x.X.Dim(0) {
		var row []float64
		for k := range x.X.Dim(1) {
			row = append(row, x.X.At(i, k))
		}
		rows = append(rows, row)
	}
	return rows
}

func TestEncoderChooses(t *testing.T) {
	tab := read(t, passengers, Options{Fields: []Field{{Name: "Note", Kind: Text}}})
	e := fitted(t, &Encoder{Target: "Survived"}, tab)
	require.Equal(t, Classification, e.Task)
	require.Equal(t, []string{"no", "yes"}, e.Classes())
	require.Equal(t, strings.Fields("Age Age_missing Class=first Class=third Fare Port=C Port=S Port_missing Boarded_hour_sin Boarded_hour_cos Boarded_missing"),
		strings.Fields(strings.ReplaceAll(strings.ReplaceAll(strings.Join(e.Features(), "|"), " ", "_"), "|", " ")))
	require.Empty(t, e.IndexColumns())
	for _, want := range []string{
		"Survived  target    classification, 2 classes: the target has 2 different texts",
		"Id        text      left out: texts and identifiers",
		"missing values become 32.5 and have a feature",
	} {
		require.Contains(t, e.String(), want)
	}
	x, err := e.Examples(tab)
	require.NoError(t, err)
	require.Equal(t, []int{0, 1, 1, 1, 0}, x.Labels)
	require.Equal(t, 2, x.Classes)
	require.Nil(t, x.Y)
	require.Equal(t, []int{5, 11}, x.X.Shape())
	age := []float64{22, 38, 32.5, 35, 35} // the last row has no target, and was not learned from
	mean, square := 0.0, 0.0
	for _, a := range age {
		mean += a / 5
	}
	for _, a := range age {
		square += (a - mean) * (a - mean) / 5
	}
	for i, a := range age {
		require.InDelta(t, (a-mean)/math.Sqrt(square), x.X.At(i, 0), 1e-6)
	}
	require.Equal(t, []float64{0, 0, 1, 0, 0}, []float64{x.X.At(0, 1), x.X.At(1, 1), x.X.At(2, 1), x.X.At(3, 1), x.X.At(4, 1)})

	// Apply keeps the row without a target; and the order of columns is free.
	slices.Reverse(tab.Columns)
	tab.Columns = slices.DeleteFunc(tab.Columns, func(c Column) bool { return c.Name == "Survived" || c.Name == "Note" })
	all, err := e.Apply(tab)
	require.NoError(t, err)
	require.Equal(t, []int{0, 1, 2, 3, 4, 5}, all.Rows)
	require.Equal(t, tensor.Values(x.X), tensor.Values(all.X)[:5*11])
	_, err = e.Examples(tab)
	require.ErrorContains(t, err, `the target: there is no column "Survived"`)
}

func TestRegressionIsStandardised(t *testing.T) {
	tab := read(t, "x,y\n1,10.5\n2,20\n3,30\n4,\n", Options{})
	e := fitted(t, &Encoder{Target: "y"}, tab)
	require.Equal(t, Regression, e.Task)
	x, err := e.Examples(tab)
	require.NoError(t, err)
	require.Equal(t, []int{3, 1}, x.Y.Shape())
	require.InDelta(t, 0, tensor.Values(tensor.Sum(x.Y))[0], 1e-6)
	require.InDelta(t, 3, tensor.Values(tensor.Sum(tensor.Mul(x.Y, x.Y)))[0], 1e-5)
	require.InDeltaSlice(t, []float64{10.5, 20, 30}, e.Values(x.Y), 1e-5)
	require.InDeltaSlice(t, []float64{10.5, 20, 30}, e.Values(x.Y.Reshape(3)), 1e-5)
	all, err := e.Apply(tab)
	require.NoError(t, err)
	c := e.Predicted(tensor.Zeros(4, 1), all)
	require.Equal(t, "y_predicted", c[0].Name)
	require.InDelta(t, (10.5+20+30)/3, c[0].Numbers[3], 1e-12)

	require.Panics(t, func() { e.Values(tensor.Zeros(3, 2)) })
	require.Panics(t, func() { e.Predicted(tensor.Zeros(3, 1), all) })
}

func TestRulesOfRows(t *testing.T) {
	tab := read(t, passengers, Options{})
	e := &Encoder{Target: "Survived", Rule: Rule{Skip: true}, Rules: map[string]Rule{
		"Age":  {Fill: FillDrop},
		"Port": {Fill: FillConstant, Constant: "Q", Index: true, Indicator: true},
		"Fare": {Fill: FillMedian, Indicator: true, Scale: ScaleNone, Winsorise: 0.25},
	}}
	require.NoError(t, e.Fit(tab))
	require.Equal(t, []string{"Age", "Fare", "Port missing"}, e.Features())
	require.Equal(t, []IndexColumn{{"Port", 4}}, e.IndexColumns())
	x := &Encoded{}
	require.NoError(t, e.ApplyWithTarget(x, tab))
	require.Equal(t, []int{0, 1, 3, 4}, x.Rows)
	require.Equal(t, [][]int{{3, 1, 2, 3}}, x.Index)
	require.Equal(t, []int{0, 1, 1, 0}, x.Labels)
	// Quartiles of 7.25, 8.05, 53.1, 71.3 are 7.85 and 57.65.
	require.InDeltaSlice(t, []float64{7.85, 57.65, 53.1, 8.05}, []float64{x.X.At(0, 1), x.X.At(1, 1), x.X.At(2, 1), x.X.At(3, 1)}, 1e-5)
	require.Equal(t, []float64{0, 0, 1, 0}, []float64{x.X.At(0, 2), x.X.At(1, 2), x.X.At(2, 2), x.X.At(3, 2)})
	c := e.Predicted(tensor.New([]float32{0, 1, 3, 0, 5, 5, -9, 9}, 4, 2), x)
	require.Equal(t, []string{"yes", "no", "", "no", "yes", ""}, []string{c[0].Value(0), c[0].Value(1), c[0].Value(2), c[0].Value(3), c[0].Value(4), c[0].Value(5)})
	require.InDelta(t, 1/(1+math.Exp(-3)), c[1].Numbers[1], 1e-12)
	require.True(t, c[1].Missing(2))
	_, err := e.Examples(tab)
	require.ErrorContains(t, err, "column Port is an index")
	require.Panics(t, func() { e.Predicted(tensor.Zeros(4, 3), x) })
	require.Panics(t, func() { e.Values(tensor.Zeros(4, 1)) })
}

func TestUnknownAndMissingAreZero(t *testing.T) {
	tab := read(t, "c,x\na,1\nb,2\na,3\n", Options{})
	other := read(t, "x,c\n?,b\ninf,zebra\n9,?\n", Options{})
	for _, c := range []struct {
		rule Rule
		want string
	}{
		{Rule{Scale: ScaleNone}, "[[0 1 2] [0 0 2] [0 0 9]]"},
		{Rule{Scale: ScaleNone, Fill: FillMode}, "[[0 1 1] [0 0 1] [1 0 9]]"},
		{Rule{Scale: ScaleNone, Fill: FillConstant, Constant: "5"}, "[[0 1 5] [0 0 5] [0 0 9]]"},
	} {
		e := fitted(t, &Encoder{Rule: c.rule}, tab)
		x, err := e.Apply(other)
		require.NoError(t, err)
		require.Equal(t, c.want, fmt.Sprint(rowsOf(x)))
	}
	e := fitted(t, &Encoder{Rule: Rule{Scale: ScaleNone}}, numbersOf("x", []float64{1, math.Inf(1), 2}))
	x, err := e.Apply(numbersOf("x", []float64{5, math.Inf(-1)}))
	require.NoError(t, err)
	require.Equal(t, "[[5 0] [1.5 1]]", fmt.Sprint(rowsOf(x)), "an infinite number is a missing one")

	e = fitted(t, &Encoder{Rule: Rule{Index: true}}, tab)
	x, err = e.Apply(other)
	require.NoError(t, err)
	require.Equal(t, [][]int{{2, 0, 0}}, x.Index)

	// Without the options of the encoder, columns may be of another kind.
	e = fitted(t, &Encoder{Rule: Rule{Scale: ScaleNone}}, read(t, "c,x\n1,1\n2,2\n01,3\n", Options{Fields: []Field{{Name: "c", Kind: Category}}}))
	x, err = e.Apply(read(t, "c,x\n2,\n1,\n", Options{}))
	require.NoError(t, err)
	require.Equal(t, "[[0 0 1 2] [0 1 0 2]]", fmt.Sprint(rowsOf(x)))
	_, err = e.Apply(read(t, "c,x\n2,one\n1,two\n", Options{}))
	require.ErrorContains(t, err, `column "x" is category, want number; read the file with the options`)
	_, err = e.Apply(read(t, "c,y\n2,1\n", Options{}))
	require.ErrorContains(t, err, `there is no column "x"; the columns are "c", "y"`)
}

func TestEncodedServesAnotherEncoder(t *testing.T) {
	tab := categoriesOf("v", []string{"a", "b", "c", "b"})
	first := fitted(t, &Encoder{}, tab)
	second := fitted(t, &Encoder{}, tab.Take([]int{1, 2}))
	x := &Encoded{}
	for range 2 {
		require.NoError(t, first.ApplyTo(x, tab))
		require.Equal(t, "[[1 0 0] [0 1 0] [0 0 1] [0 1 0]]", fmt.Sprint(rowsOf(x)))
		require.NoError(t, second.ApplyTo(x, tab))
		require.Equal(t, "[[0 0] [1 0] [0 1] [1 0]]", fmt.Sprint(rowsOf(x)))
	}
}

// As in scikit-learn, what differs in its last bits alone is constant.
func TestRoundingErrorsAreNoDeviation(t *testing.T) {
	e := fitted(t, &Encoder{}, numbersOf("x", []float64{1e9, math.Nextafter(1e9, 2e9), 1e9}))
	require.Equal(t, 1.0, e.columns[0].Parts[0].Scale)
	e = fitted(t, &Encoder{}, numbersOf("x", []float64{1e9, 1e9 + 0.25, 1e9}))
	require.InDelta(t, 0.25*math.Sqrt2/3, e.columns[0].Parts[0].Scale, 1e-9)
}

func TestGuessTask(t *testing.T) {
	for _, c := range []struct {
		file string
		want Task
		why  string
	}{
		{"y\na\nb\n", Classification, "2 different texts"},
		{"y\ntrue\nfalse\n", Classification, "2 different texts"},
		{"y\n0\n1\n1\n0\n", Classification, "2 different whole numbers"},
		{"y\n0\n1\n1\n", Regression, "2 different whole numbers in 3 rows"},
		{"y\n0\n1.5\n1.5\n0\n", Regression, "decimals"},
		{"y\n" + strings.Repeat("1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n", 3), Regression, "more than 10"},
		{"y\n" + strings.Repeat("1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n", 3), Classification, "10 different"},
	} {
		task, why, err := GuessTask(&read(t, c.file, Options{}).Columns[0])
		require.NoError(t, err, c.file)
		require.Equal(t, c.want, task, c.file)
		require.Contains(t, why, c.why)
	}
	for file, want := range map[string]string{
		"y\n2020-01-01\n2020-01-02\n": "is a date",
		"y\n1\n1\n":                   "has only one value",
		"y,x\n?,1\n?,2\n":             "has no values",
		"y\n1\ninf\n":                 "is infinite in row 2",
	} {
		_, _, err := GuessTask(&read(t, file, Options{}).Columns[0])
		require.ErrorContains(t, err, want)
	}
}

func TestClassesOfNumbers(t *testing.T) {
	tab := read(t, "x,y\n1,10\n2,9\n3,10\n4,9\n5,7\n6,7\n", Options{})
	part := tab.Take([]int{0, 1, 2, 3})
	e := fitted(t, &Encoder{Target: "y"}, part)
	require.Equal(t, []string{"9", "10"}, e.Classes())
	_, err := e.Examples(tab)
	require.ErrorContains(t, err, `row 5: the class "7" of the target "y" is none of the 2 classes`)

	c, err := tab.Column("y")
	require.NoError(t, err)
	*c = c.ToCategory()
	e = fitted(t, &Encoder{Target: "y"}, tab.Take([]int{0, 1, 2, 3}))
	require.Equal(t, []string{"7", "9", "10"}, e.Classes())
	x, err := e.Examples(read(t, "y,x\n10.0,1\n7.0,2\n", Options{}))
	require.NoError(t, err)
	require.Equal(t, []int{2, 0}, x.Labels)

	e = fitted(t, &Encoder{Target: "y"}, read(t, "x,y\n1,1.0\n2,2.0\n", Options{Fields: []Field{{Name: "y", Kind: Category}}}))
	require.Equal(t, []string{"1.0", "2.0"}, e.Classes())
	x, err = e.Examples(read(t, "x,y\n1,2\n2,1\n", Options{}))
	require.NoError(t, err)
	require.Equal(t, []int{1, 0}, x.Labels, "1 is the class 1.0")
}

func TestFitErrors(t *testing.T) {
	tab := read(t, "a,b,c,d\n1,x,1,2020-01-01\n2,y,1,2020-01-02\n3,y,1,2020-01-03\n", Options{})
	for _, c := range []struct {
		e    Encoder
		want string
	}{
		{Encoder{Target: "e"}, `the target: there is no column "e"`},
		{Encoder{Target: "c"}, "has only one value"},
		{Encoder{Target: "d"}, "is a date"},
		{Encoder{Target: "b", Task: Regression}, "of a regression is category, want numbers"},
		{Encoder{Task: 9, Target: "a"}, "there is no Task(9)"},
		{Encoder{Rules: map[string]Rule{"e": {}}}, `a rule: there is no column "e"`},
		{Encoder{Rules: map[string]Rule{"a": {Winsorise: 0.5}}}, `the rule of column "a": the quantile to winsorise at is 0.5`},
		{Encoder{Rule: Rule{Winsorise: math.NaN()}}, "the rule for all columns: the quantile"},
		{Encoder{Rule: Rule{Fill: 9}}, "there is no Fill(9)"},
		{Encoder{Rule: Rule{Scale: 9}}, "there is no Scale(9)"},
		{Encoder{Rule: Rule{Fill: FillConstant, Constant: "x"}}, `the constant for missing values is "x", want a number`},
		{Encoder{Rule: Rule{Skip: true}}, "there is no column to learn from"},
	} {
		require.ErrorContains(t, c.e.Fit(tab), c.want)
	}
	require.ErrorContains(t, (&Encoder{}).Fit(tab.Take(nil)), "there is no row to learn from")
	require.ErrorContains(t, (&Encoder{}).Fit(&Table{}), "there is no row to learn from")
	require.ErrorContains(t, (&Encoder{}).Fit(numbersOf("x", []float64{math.MaxFloat64, -math.MaxFloat64, 1})), "too large")
	require.ErrorContains(t, (&Encoder{Rule: Rule{Fill: FillDrop}}).Fit(numbersOf("x", []float64{math.NaN(), math.Inf(1)})), "there is no row to learn from")
	twice := &Table{Columns: []Column{numbersOf("x", []float64{1, 2}).Columns[0], numbersOf("x", []float64{1, 2}).Columns[0]}}
	require.ErrorContains(t, (&Encoder{}).Fit(twice), `two columns have the name "x"`)
	require.Panics(t, func() { _, _ = (&Encoder{}).Apply(tab) })
	_, err := json.Marshal(&Encoder{})
	require.ErrorContains(t, err, "has learned nothing")
	e := fitted(t, &Encoder{}, tab)
	require.ErrorContains(t, e.ApplyWithTarget(&Encoded{}, tab), "the encoder has no target")
	x, err := e.Examples(tab)
	require.NoError(t, err)
	require.Nil(t, x.Labels)
}

// Chunks teach the same as the whole, to the last digits.
func TestFitEach(t *testing.T) {
	f, err := Open("testdata/houses.csv", Options{})
	require.NoError(t, err)
	tab, err := f.Read()
	require.NoError(t, err)
	for _, rule := range []Rule{{}, {Fill: FillMedian, Scale: ScaleMinMax}, {Fill: FillMode, Winsorise: 0.05, Plain: true}, {Fill: FillDrop}} {
		whole := fitted(t, &Encoder{Target: "price", Rule: rule}, tab)
		parts := &Encoder{Target: "price", Rule: rule}
		require.NoError(t, parts.FitEach(f.Chunks(7)))
		require.Equal(t, whole.String(), parts.String())
		x, err := whole.Examples(tab)
		require.NoError(t, err)
		y, err := parts.Examples(tab)
		require.NoError(t, err)
		require.Equal(t, tensor.Values(x.X), tensor.Values(y.X))
		require.Equal(t, tensor.Values(x.Y), tensor.Values(y.Y))
	}
	broken := errorOf(f.Chunks(7))
	require.ErrorContains(t, (&Encoder{}).FitEach(broken), "broken")
	differs := func(yield func(*Table, error) bool) {
		_ = yield(numbersOf("x", []float64{1, 2}), nil) && yield(numbersOf("y", []float64{1, 2}), nil)
	}
	require.ErrorContains(t, (&Encoder{}).FitEach(differs), "the chunks have different columns")
}

// errorOf returns chunks of which the second is an error.
func errorOf(chunks iter.Seq2[*Table, error]) iter.Seq2[*Table, error] {
	return func(yield func(*Table, error) bool) {
		for t := range chunks {
			if yield(t, nil) {
				yield(nil, fmt.Errorf("broken"))
			}
			return
		}
	}
}

func TestSampleOfValues(t *testing.T) {
	s := sample{limit: 8}
	for i := range 100 {
		s.add(float64(i))
	}
	require.Equal(t, []float64{0, 16, 32, 48, 64, 80, 96}, s.sorted())
	s = sample{limit: 100}
	for i := range 100 {
		s.add(float64(-i))
	}
	require.Len(t, s.sorted(), 100)
}
