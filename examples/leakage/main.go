// Leakage measures five ways in which a test set is no test: scaling, and choosing
// columns, before the split; duplicates, people and time across the split. For
// each it tells what the test promised, and what new data kept of that.
//
//	go run ./examples/leakage [-out folder]
package main

import (
	"cmp"
	"context"
	"io"
	"math"
	"path/filepath"
	"slices"

	"github.com/descent-ml/descent/data"
	"github.com/descent-ml/descent/data/synthetic"
	"github.com/descent-ml/descent/examples/internal/course"
	"github.com/descent-ml/descent/nn"
	"github.com/descent-ml/descent/optim"
	"github.com/descent-ml/descent/tensor"
	"github.com/descent-ml/descent/train"
	"github.com/descent-ml/descent/train/metric"
)

func main() { course.Main("leakage", run) }

const (
	seeds = 10   // how often each experiment is repeated
	fresh = 1000 // new data, never seen before the end
	part  = 0.25 // of the rows are the test set
)

// An outcome is what two ways to test promise, and what new data keep: the accuracy
// on them of a net that is trained on all rows. All are percentages.
type outcome struct{ leaky, honest, kept float64 }

// fit trains a classifier on a set. With 0 units it is linear.
func fit(points *data.Examples, units int, seed uint64) nn.Layer {
	r := tensor.NewRand(seed)
	width := points.X.Dim(1)
	net := nn.Sequential{nn.NewLinear(r, width, 2)}
	if units > 0 {
		net = nn.Sequential{nn.NewLinear(r, width, units), nn.ReLU{}, nn.NewLinear(r, units, 2)}
	}
	f := &train.Fit[data.Batch]{
		Model: net, Objective: train.Classify(net, nn.CrossEntropy), Epochs: 150,
		Train: &data.Loader[data.Batch]{Set: points, Batch: points.Len()},
		Opt:   optim.NewAdam(nn.Params(net), optim.Adam{LR: 0.03}),
	}
	if _, err := f.Run(context.Background()); err != nil {
		panic(err)
	}
	return net
}

// accuracy returns the share of right answers, in percent.
func accuracy(net nn.Layer, on *data.Examples) float64 {
	return 100 * metric.Of(&metric.Accuracy{}, metric.Batch{Output: train.NewPredictor(net).Predict(on.X), Labels: on.Labels})
}

// promise trains on one part of the rows and tests on the other.
func promise(rows *data.Examples, split data.Split, units int, seed uint64) float64 {
	return accuracy(fit(rows.Subset(split.Train), units, seed), rows.Subset(split.Test))
}

// upTo returns 0, 1, 2 and so on below n.
func upTo(n int) (v []int) {
	for i := range n {
		v = append(v, i)
	}
	return v
}

// newSet makes n examples: row fills in the features of one and returns its label.
func newSet(n, width int, row func(i int, x []float64) int) *data.Examples {
	s := &data.Examples{X: tensor.Zeros(n, width), Labels: make([]int, n), Classes: 2}
	x := make([]float64, width)
	for i := range n {
		s.Labels[i] = row(i, x)
		for j, v := range x {
			s.X.Set(v, i, j)
		}
	}
	return s
}

func label(yes bool) int {
	if yes {
		return 1
	}
	return 0
}

// standardise measures each column of a set from the mean of some rows, in units of their deviation.
func standardise(s *data.Examples, by []int) *data.Examples {
	from := s.Subset(by).X
	mean := tensor.Mean(from, 0)
	deviation := tensor.Sqrt(tensor.Mean(tensor.Square(tensor.Sub(from, mean)), 0))
	return &data.Examples{X: tensor.Div(tensor.Sub(s.X, mean), deviation), Labels: s.Labels, Classes: s.Classes}
}

// scaling has 60 rows of 5 columns with long tails. The label depends on their logarithms.
func scaling(seed uint64) outcome {
	r := tensor.NewRand(seed)
	const n = 60
	s := newSet(n+fresh, 5, func(_ int, x []float64) int {
		sum := 1.5 * r.NormalFloat64()
		for j := range x {
			v := r.NormalFloat64()
			sum, x[j] = sum+v, math.Exp(v)
		}
		return label(sum > 0)
	})
	split := data.RandomSplit(n, 0, part, r)
	before, after := standardise(s, upTo(n)), standardise(s, split.Train)
	return outcome{
		leaky:  promise(before, split, 0, seed),
		honest: promise(after, split, 0, seed),
		kept:   accuracy(fit(before.Slice(0, n), 0, seed), before.Slice(n, n+fresh)),
	}
}

// columns returns the ten columns that differ most between the classes, in some rows.
func columns(s *data.Examples, by []int) []int {
	part := s.Subset(by)
	var mean [2][]float64
	for class := range 2 {
		var rows []int
		for i, l := range part.Labels {
			if l == class {
				rows = append(rows, i)
			}
		}
		mean[class] = tensor.Values(tensor.Mean(part.Subset(rows).X, 0))
	}
	order := upTo(s.X.Dim(1))
	slices.SortStableFunc(order, func(a, b int) int {
		return cmp.Compare(math.Abs(mean[0][b]-mean[1][b]), math.Abs(mean[0][a]-mean[1][a]))
	})
	return order[:10]
}

// choosing has 80 rows of noise, whose labels say nothing, and takes ten columns.
func choosing(seed uint64, width int) outcome {
	r := tensor.NewRand(seed)
	const n = 80
	s := newSet(n+fresh/5, width, func(i int, x []float64) int {
		for j := range x {
			x[j] = r.NormalFloat64()
		}
		return i % 2
	})
	split := data.StratifiedSplit(s.Labels[:n], 0, part, r)
	take := func(by []int) *data.Examples {
		return &data.Examples{X: tensor.IndexSelect(s.X, 1, columns(s, by)), Labels: s.Labels, Classes: 2}
	}
	before, after := take(upTo(n)), take(split.Train)
	return outcome{
		leaky:  promise(before, split, 0, seed),
		honest: promise(after, split, 0, seed),
		kept:   accuracy(fit(before.Slice(0, n), 0, seed), before.Slice(n, s.Len())),
	}
}

// duplicates has 100 points of two moons that overlap, each of them three times.
func duplicates(seed uint64) outcome {
	r := tensor.NewRand(seed)
	const n = 100
	once, later := synthetic.Moons(n, 0.6, r), synthetic.Moons(fresh, 0.6, r)
	thrice := once.Subset(slices.Concat(upTo(n), upTo(n), upTo(n)))
	return outcome{
		leaky:  promise(thrice, data.RandomSplit(3*n, 0, part, r), 64, seed),
		honest: promise(once, data.RandomSplit(n, 0, part, r), 64, seed),
		kept:   accuracy(fit(once, 64, seed), later),
	}
}

// people has 10 recordings of each of 40 people, which are much alike. Whether they
// are ill shows a little in the first column.
func people(seed uint64) outcome {
	r := tensor.NewRand(seed)
	const n = 400
	var self [6]float64
	ill := 0
	s := newSet(n+fresh, 6, func(i int, x []float64) int {
		if i%10 == 0 {
			ill = label(r.Float64() < 0.5)
			for j := range self {
				self[j] = r.NormalFloat64()
			}
			self[0] += 0.8 * float64(ill)
		}
		for j := range x {
			x[j] = self[j] + 0.2*r.NormalFloat64()
		}
		return ill
	})
	person := upTo(n)
	for i := range person {
		person[i] /= 10
	}
	rows := s.Slice(0, n)
	return outcome{
		leaky:  promise(rows, data.RandomSplit(n, 0, part, r), 64, seed),
		honest: promise(rows, data.GroupSplit(person, 0, part, r), 64, seed),
		kept:   accuracy(fit(rows, 64, seed), s.Slice(n, s.Len())),
	}
}

// turning has 400 rows, one a day. The border between the classes turns slowly. The
// columns are the point and the day.
func turning(seed uint64) outcome {
	r := tensor.NewRand(seed)
	const n = 400
	s := newSet(n+n/4, 3, func(day int, x []float64) int {
		angle := 6 * float64(day) / n
		x[0], x[1], x[2] = r.NormalFloat64(), r.NormalFloat64(), 4*float64(day)/n-2
		return label(x[0]*math.Cos(angle)+x[1]*math.Sin(angle) > 0)
	})
	rows := s.Slice(0, n)
	return outcome{
		leaky:  promise(rows, data.RandomSplit(n, 0, part, r), 64, seed),
		honest: promise(rows, data.TimeSplit(upTo(n), 0, part), 64, seed),
		kept:   accuracy(fit(rows, 64, seed), s.Slice(n, s.Len())),
	}
}

// A summary is the mean of outcomes, and the standard errors of two differences:
// how far they would move if all were done again.
type summary struct {
	outcome
	flattery, rest float64 // of leaky − kept, and of honest − kept
}

func repeat(times int, experiment func(seed uint64) outcome) (m summary) {
	n := float64(times)
	var squares [2]float64
	for seed := uint64(1); seed <= uint64(times); seed++ {
		o := experiment(seed)
		m.leaky, m.honest, m.kept = m.leaky+o.leaky/n, m.honest+o.honest/n, m.kept+o.kept/n
		squares[0] += (o.leaky - o.kept) * (o.leaky - o.kept)
		squares[1] += (o.honest - o.kept) * (o.honest - o.kept)
	}
	m.flattery = math.Sqrt((squares[0]/n - (m.leaky-m.kept)*(m.leaky-m.kept)) / (n - 1))
	m.rest = math.Sqrt((squares[1]/n - (m.honest-m.kept)*(m.honest-m.kept)) / (n - 1))
	return m
}

func run(out io.Writer, folder string) error {
	say := course.Printer(out)
	show := func(m summary) {
		say("    the leaky test promised   %5.1f %%   %s", m.leaky, course.Bar(m.leaky/100, 40))
		say("    an honest test promised   %5.1f %%   %s", m.honest, course.Bar(m.honest/100, 40))
		say("    new data kept             %5.1f %%   %s\n", m.kept, course.Bar(m.kept/100, 40))
	}
	say("A quarter of the rows, the test set, is kept aside. The net learns from the others, and")
	say("its accuracy on the test set, the share of right answers, promises what it will do on new")
	say("data. A leak is a way in which the test set knows more than new data will. In each section")
	say("we then train on all rows, make new data, and see. Each number is the mean over %d sets.\n", seeds)

	say("1. SCALING BEFORE THE SPLIT\n\nColumns are standardised: (x − mean) / deviation. The leak: the mean and the deviation of")
	say("all rows, with those of the test set. Honest: of the training rows alone. The rows are")
	say("only 60, the columns have long tails; we repeat this one %d times:\n", 4*seeds)
	scaled := repeat(4*seeds, scaling)
	show(scaled)
	say("The two tests differ by %.1f points. The leak is real, but a mean knows no labels.", math.Abs(scaled.leaky-scaled.honest))
	say("Do it right, for it costs nothing, and look for what is worse.\n")

	say("2. CHOOSING BEFORE THE SPLIT\n\n80 rows of 1000 columns. All numbers are noise and the labels say nothing: new data can")
	say("keep no more than 50 %%. We train on the 10 columns whose means differ most between")
	say("the classes. The leak: they are chosen with all rows. Honest: with the training rows.\n")
	chosen := repeat(seeds, func(seed uint64) outcome { return choosing(seed, 1000) })
	show(chosen)
	say("Of 1000 columns some fit the labels by chance, those of the test set included. The")
	say("more columns there are to choose from, the better they fit:\n")
	chart := course.Chart{Title: "How well noise foretells coin tosses", X: "columns to choose ten from", Y: "accuracy in %", LogX: true, LegendLeft: true}
	leaky, honest, kept := course.Curve{Name: "the leaky test promised"}, course.Curve{Name: "an honest test promised"}, course.Curve{Name: "new data kept"}
	say("    columns   leaky   honest   new data")
	for _, width := range []int{10, 30, 100, 300, 1000} {
		m := chosen
		if width != 1000 {
			m = repeat(seeds, func(seed uint64) outcome { return choosing(seed, width) })
		}
		say("    %7d %5.0f %% %6.0f %% %8.0f %%", width, m.leaky, m.honest, m.kept)
		leaky.X, leaky.Y = append(leaky.X, float64(width)), append(leaky.Y, m.leaky)
		honest.X, honest.Y = append(honest.X, float64(width)), append(honest.Y, m.honest)
		kept.X, kept.Y = append(kept.X, float64(width)), append(kept.Y, m.kept)
	}
	chart.Curves = []course.Curve{leaky, honest, kept}
	path := filepath.Join(folder, "leakage.png")
	say("\nThis table is drawn in\n%s.\n", path)

	say("3. DUPLICATES ACROSS THE SPLIT\n\nEach of 100 rows occurs three times, as after two files were joined. The leak: a random")
	say("split of all 300. Honest: duplicates are removed first.\n")
	doubled := repeat(seeds, duplicates)
	show(doubled)
	say("The net has seen most rows of the leaky test, answers included, and knows them by heart.\n")

	say("4. PEOPLE ACROSS THE SPLIT\n\n10 recordings of each of 40 people, ill or not. The leak: a random split of recordings.")
	say("Honest: all recordings of a person are on one side (data.GroupSplit).\n")
	grouped := repeat(seeds, people)
	show(grouped)
	say("The net knows the people, not the illness. No two rows are equal, so that removing")
	say("duplicates would change nothing.\n")

	say("5. TIME ACROSS THE SPLIT\n\n400 days, and what is to be learnt changes slowly. The leak: a random split of days.")
	say("Honest: the last quarter is the test (data.TimeSplit). New data are the 100 days after.\n")
	timed := repeat(seeds, turning)
	show(timed)
	say("Between two days that it knows a net guesses well. The future has no day after it.\n")

	say("6. THE ANSWER\n\n    leak                       flatters by         honest test errs by")
	for _, row := range []struct {
		name string
		m    summary
	}{{"scaling before", scaled}, {"choosing before", chosen}, {"duplicates across", doubled}, {"people across", grouped}, {"time across", timed}} {
		say("    %-18s %9.1f ± %.1f points %12.1f ± %.1f points", row.name, row.m.leaky-row.m.kept, row.m.flattery, row.m.honest-row.m.kept, row.m.rest)
	}
	say("\nThe number after ± is the standard error: what is within two of them may be chance. The")
	say("article answers this (9.29) with differential privacy and federated learning. These")
	say("limit what a model tells about the people it learnt from, which is another leak. The five")
	say("above are cured by how the rows are split, and by what is not done before.")
	return chart.Save(path)
}
