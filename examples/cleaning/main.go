// Cleaning dirties a file of flats by five known faults: a wrong unit, wrong
// digits, values missing by chance and missing for a reason, rows that occur
// twice. For each it measures what the fault costs, what dropping rows loses, and
// what a cure wins back.
//
//	go run ./examples/cleaning [-out folder]
package main

import (
	"context"
	"fmt"
	"io"
	"math"
	"path/filepath"
	"slices"
	"strings"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/data"
	"github.com/descent-ml/descent/data/table"
	"github.com/descent-ml/descent/examples/internal/course"
	"github.com/descent-ml/descent/nn"
	"github.com/descent-ml/descent/optim"
	"github.com/descent-ml/descent/tensor"
	"github.com/descent-ml/descent/train"
)

func main() { course.Main("cleaning", run) }

const (
	rows   = 200    // of a file to learn from
	others = 1000   // flats to measure on
	seeds  = 5      // how often each row of a table is repeated
	feet   = 10.764 // square feet in a square metre

	// Columns: area in m², rooms, age in years, floor, distance from the centre in
	// km, mean income of the street and price in thousands.
	area, rooms, age, floor, distance, income, price = 0, 1, 2, 3, 4, 5, 6
)

// A flat is a row of the file. NaN is a value that is missing.
type flat [price + 1]float64

func newFlats(n int, r *tensor.Rand) []flat {
	flats := make([]flat, n)
	for i := range flats {
		f := &flats[i]
		f[area], f[age], f[floor], f[distance] = 40+120*r.Float64(), 80*r.Float64(), math.Floor(10*r.Float64()), 15*r.Float64()
		f[rooms], f[income] = math.Round(f[area]/25+0.5*r.NormalFloat64()), 40*math.Exp(0.5*r.NormalFloat64())
		f[price] = 50 + 2*f[area] - f[age] + 3*f[floor] - 4*f[distance] + 2*f[income] + 10*r.NormalFloat64()
	}
	return flats
}

// A fault spoils a flat.
type fault func(f *flat, r *tensor.Rand)

func wrongUnit(f *flat, r *tensor.Rand) {
	if r.Float64() < 0.05 {
		f[area] *= feet
	}
}

func wrongDigits(f *flat, r *tensor.Rand) {
	if r.Float64() < 0.05 {
		f[price] *= 10
	}
}

func byChance(f *flat, r *tensor.Rand) {
	for c := range price {
		if r.Float64() < 0.25 {
			f[c] = math.NaN()
		}
	}
}

func forReason(f *flat, r *tensor.Rand) {
	if f[income] > 50 && r.Float64() < 0.9 {
		f[income] = math.NaN()
	}
}

func spoil(flats []flat, r *tensor.Rand, faults ...fault) []flat {
	flats = slices.Clone(flats)
	for i := range flats {
		for _, f := range faults {
			f(&flats[i], r)
		}
	}
	return flats
}

// csv writes flats as a file has them.
func csv(flats []flat) string {
	var b strings.Builder
	b.WriteString("area,rooms,age,floor,distance,income,price\n")
	for _, f := range flats {
		for c, v := range f {
			if !math.IsNaN(v) {
				fmt.Fprintf(&b, "%.1f", v)
			}
			b.WriteByte(",\n"[c/price])
		}
	}
	return b.String()
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func read(flats []flat) *table.Table {
	return must(table.Read(strings.NewReader(csv(flats)), table.Options{}))
}

// keep returns the rows that pass.
func keep(t *table.Table, pass func(row flat) bool) *table.Table {
	var at []int
	for i := range t.Len() {
		var row flat
		for c := range row {
			row[c] = t.Columns[c].Numbers[i]
		}
		if pass(row) {
			at = append(at, i)
		}
	}
	return t.Take(at)
}

func isComplete(row flat) bool { return !slices.ContainsFunc(row[:], math.IsNaN) }

func complete(t *table.Table) *table.Table { return keep(t, isComplete) }

// withoutOutliers drops the rows with a number beyond Tukey's fences.
func withoutOutliers(t *table.Table) *table.Table {
	d := table.Describe(t)
	return keep(t, func(row flat) bool {
		for j, v := range row {
			c := d.Columns[j]
			if v < c.Q1-1.5*(c.Q3-c.Q1) || v > c.Q3+1.5*(c.Q3-c.Q1) {
				return false
			}
		}
		return true
	})
}

// metres takes areas above 300, larger than any flat, for square feet.
func metres(t *table.Table) *table.Table {
	v := t.Columns[area].Numbers
	for i := range v {
		if v[i] > 300 {
			v[i] /= feet
		}
	}
	return t
}

// A cure says what is done about faults before and while a model learns.
type cure struct {
	drop   func(t *table.Table) *table.Table // leaves out rows that the model is not to learn from; nil for none
	repair func(t *table.Table) *table.Table // mends values, also of new flats; nil for none
	rule   table.Rule                        // how the encoder fills and clips
	loss   func(prediction, target autograd.Var) autograd.Var
}

var (
	plain        = table.Rule{Fill: table.FillMean}
	filled       = cure{rule: plain, loss: nn.MSE} // the mean filled in
	told         = cure{loss: nn.MSE}              // and a column for each that has missing values: 1 where they are
	noOutliers   = cure{drop: withoutOutliers, rule: plain, loss: nn.MSE}
	completeOnly = cure{drop: complete, rule: plain, loss: nn.MSE}
)

// fit trains a linear model, or with units a net of one hidden layer, and returns
// what predicts prices from the other columns of a table.
func fit(t *table.Table, c cure, units int, seed uint64) func(t *table.Table) []float64 {
	r := tensor.NewRand(seed)
	e := &table.Encoder{Target: "price", Rule: c.rule}
	must(e, e.Fit(t))
	set := must(e.Examples(t))
	net := nn.Sequential{nn.NewLinear(r, set.X.Dim(1), max(units, 1))}
	if units > 0 {
		net = append(net, nn.Tanh{}, nn.NewLinear(r, units, 1))
	}
	f := &train.Fit[data.Batch]{
		Model: net, Objective: train.Regress(net, c.loss), Epochs: 300,
		Train: &data.Loader[data.Batch]{Set: set, Batch: set.Len()},
		Opt:   optim.NewAdam(nn.Params(net), optim.Adam{LR: 0.02}),
	}
	must(f.Run(context.Background()))
	return func(t *table.Table) []float64 {
		return e.Values(train.NewPredictor(net).Predict(must(e.Apply(t)).X))
	}
}

// rmse returns the root of the mean squared error of predicted prices.
func rmse(predicted, prices []float64) float64 {
	var squares []float64
	for i, p := range predicted {
		squares = append(squares, (p-prices[i])*(p-prices[i]))
	}
	return math.Sqrt(course.Mean(squares))
}

// A trial is what came of a cure, for each seed.
type trial struct {
	rows              int // learnt from, in all
	errors            []float64
	prices, predicted []float64 // of the last seed
}

// try learns from files with faults and predicts flats that no file has, whose
// prices are right and whose other columns have faults, too.
func try(c cure, first uint64, inFile, inNew []fault) (t trial) {
	for seed := first; seed < first+seeds; seed++ {
		r := tensor.NewRand(seed)
		file, truth := newFlats(rows, r), newFlats(others, r)
		learn, later := read(spoil(file, r, inFile...)), read(spoil(truth, r, inNew...))
		if c.repair != nil {
			learn, later = c.repair(learn), c.repair(later)
		}
		if c.drop != nil {
			learn = c.drop(learn)
		}
		t.prices, t.predicted = read(truth).Columns[price].Numbers, fit(learn, c, 0, seed)(later)
		t.rows, t.errors = t.rows+learn.Len(), append(t.errors, rmse(t.predicted, t.prices))
	}
	return t
}

// double returns the error that a test promises when each of 50 rows occurs three
// times in the file, that when it occurs once, and that on new flats.
func double(seed uint64) [3]float64 {
	r := tensor.NewRand(seed)
	once, later := newFlats(50, r), newFlats(others, r)
	assess := func(learn, test []flat) float64 {
		t := read(test)
		return rmse(fit(read(learn), filled, 32, seed)(t), t.Columns[price].Numbers)
	}
	test := func(file []flat) float64 {
		mixed := make([]flat, len(file))
		for i, k := range r.Perm(len(file)) {
			mixed[i] = file[k]
		}
		return assess(mixed[:len(file)*3/4], mixed[len(file)*3/4:])
	}
	return [3]float64{test(slices.Concat(once, once, once)), test(once), assess(once, later)}
}

func run(out io.Writer, folder string) error {
	say := course.Printer(out)
	r := tensor.NewRand(1)
	file := newFlats(rows, r)
	sound, dirty := table.Describe(read(file)), table.Describe(read(spoil(file, r, wrongUnit, wrongDigits, byChance, forReason)))
	row := func(name string, c cure, faults ...fault) trial {
		t := try(c, 1, faults, faults)
		say("    %-36s %4d %8.1f   (%.1f to %.1f)", name, t.rows/seeds, course.Mean(t.errors), slices.Min(t.errors), slices.Max(t.errors))
		return t
	}
	heading := func() { say("    %-36s rows    error   (least to most)", "") }

	say("1. THE FILE\n\nEach row is a flat, the last column its price in thousands, which is to be predicted. The")
	say("file has been spoilt in every way of this lesson; a first look (table.Describe) shows it:\n")
	say("    column     missing   median     largest   outliers   outliers before it was spoilt")
	for i, c := range dirty.Columns {
		say("    %-10s %7d %8.1f %11.1f %10d   %8d", c.Name, c.Missing, c.Median, c.Max, c.Outliers, sound.Columns[i].Outliers)
	}
	say("\nAn outlier lies beyond the middle half of its column by 1.5 times the width of that half.")
	say("Whether it is wrong, no formula knows: %d incomes were outliers before. Each fault alone:", sound.Columns[income].Outliers)
	say("the price is linear in the columns, with noise of deviation 10. Errors of a linear model")
	say("are roots of the mean squared error on %d new flats, means over %d files of %d rows:\n", others, seeds, rows)
	heading()
	row("a clean file", filled)

	say("\n2. A WRONG UNIT\n\n5 %% of the areas are in square feet, %.1f times too large; those of new flats, too.\n", feet)
	heading()
	row("nothing", filled, wrongUnit)
	row("rows with outliers dropped", noOutliers, wrongUnit)
	row("clipped at 5 % and 95 % (winsorised)", cure{rule: table.Rule{Fill: table.FillMean, Winsorise: 0.05}, loss: nn.MSE}, wrongUnit)
	row("above 300: divided by 10.764", cure{repair: metres, rule: plain, loss: nn.MSE}, wrongUnit)
	say("\nDropped rows come back: new flats have the fault, and a model that never saw it believes")
	say("them. Who finds the reason can undo the fault, and loses nothing.\n")

	say("3. WRONG DIGITS\n\n5 %% of the prices in the file have a digit too many.\n")
	heading()
	row("nothing", filled, wrongDigits)
	row("rows with outliers dropped", noOutliers, wrongDigits)
	row("mean of |y − ŷ| as loss", cure{rule: plain, loss: nn.L1}, wrongDigits)
	say("\nSquares make a few wrong prices weigh more than all right ones. Dropping is a good cure")
	say("here, because the fault is in what we predict: no new flat brings it along. The absolute")
	say("error |y − ŷ| does as well and keeps all rows: each pulls alike, however far it is off.\n")

	say("4. MISSING BY CHANCE\n\nEach value but the price is missing with probability 25 %%, for no reason.\n")
	heading()
	row("incomplete rows dropped", completeOnly, byChance)
	row("the mean filled in", filled, byChance)
	row("the mean, and what is missing told", told, byChance)
	unknown := course.Mean(try(filled, 1, nil, []fault{byChance}).errors)
	say("\nWith 6 columns only 0.75⁶ = %.0f %% of the rows are complete. Who learns from a clean file", 100*math.Pow(0.75, 6))
	say("and fills the mean into new flats errs by %.1f. So most of the error is in new values that", unknown)
	say("nobody knows, and a file with holes like theirs teaches to do without them.\n")

	say("5. MISSING FOR A REASON\n\nIncomes above 50 are left out 9 times of 10: the rich do not tell.\n")
	heading()
	dropped := row("incomplete rows dropped", completeOnly, forReason)
	row("the mean filled in", filled, forReason)
	telling := row("the mean, and what is missing told", told, forReason)
	say("\nThe mean of what was told is too low. One more column, 1 where the income is missing and")
	say("else 0, lets the model learn what silence means. In section 4 it meant nothing.")
	chart := course.Chart{Title: "Flats in streets where the rich do not tell", X: "price", Y: "predicted price", LegendLeft: true}
	chart.Curves = []course.Curve{{Name: "incomplete rows dropped", X: dropped.prices, Y: dropped.predicted, Dots: true},
		{Name: "what is missing told", X: telling.prices, Y: telling.predicted, Dots: true}, {Name: "right", X: []float64{100, 600}, Y: []float64{100, 600}, Dashed: true}}
	path := filepath.Join(folder, "cleaning.png")
	say("Each flat of the last file is a dot, for the first and the last row, in\n%s.\n", path)

	say("6. ROWS THAT OCCUR TWICE\n\nOr three times: 50 rows, and a net with 32 hidden units, which can learn them by heart. A")
	say("quarter of the file tests it. Its error there, and on new flats, means over %d files:\n", 2*seeds)
	var errors [3]float64
	for seed := range uint64(2 * seeds) {
		for i, e := range double(1 + seed) {
			errors[i] += e / (2 * seeds)
		}
	}
	say("    promised by the test, rows three times   %5.1f\n    promised by the test, rows once          %5.1f", errors[0], errors[1])
	say("    on new flats                             %5.1f\n\nWith duplicates, the test has been learnt. Remove them before the split.\n", errors[2])

	say("7. THE ANSWER\n\nAll of the faults 2 to 5 in one file:\n")
	heading()
	every := []fault{wrongUnit, wrongDigits, byChance, forReason}
	row("the mean filled in", filled, every...)
	row("all suspicious rows dropped", cure{drop: func(t *table.Table) *table.Table { return withoutOutliers(complete(t)) }, rule: plain, loss: nn.MSE}, every...)
	row("unit mended, missing told, |y − ŷ|", cure{repair: metres, loss: nn.L1}, every...)
	say("\nThe article lists filling and dropping (9.10), doubles and outliers (9.12), and says that")
	say("it depends. It depends on why a value is wrong, and on whether new data are so, too.")
	return chart.Save(path)
}
