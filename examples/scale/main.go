// Scale trains on more than fits: a file and a batch that are larger than the memory,
// and work for several processors. It asks each time whether the result is the same.
//
//	go run ./examples/scale [-out folder]
package main

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"io"
	"iter"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"time"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/data"
	"github.com/descent-ml/descent/data/table"
	"github.com/descent-ml/descent/examples/internal/course"
	"github.com/descent-ml/descent/nn"
	"github.com/descent-ml/descent/optim"
	"github.com/descent-ml/descent/tensor"
	"github.com/descent-ml/descent/train"
)

func main() { course.Main("scale", run) }

// truth is what is to be learnt: a wave along the first column, tilted by the others.
func truth(x [4]float64) float64 { return math.Sin(6*x[0]) + 0.5*x[1] - 0.3*x[2]*x[3] }

// write draws rows into a CSV file, and returns its size in bytes. The first column
// grows along the file, as a date does in a file to which each day adds its rows.
func write(path string, seed uint64, rows int) (size int, err error) {
	var b bytes.Buffer
	b.WriteString("day,width,height,weight,price\n")
	r := tensor.NewRand(seed)
	for i := range rows {
		x := [4]float64{float64(i) / float64(rows), r.Float64(), r.Float64(), r.Float64()}
		y := truth(x) + 0.1*(r.Float64()-0.5)
		fmt.Fprintf(&b, "%.6f,%.6f,%.6f,%.6f,%.6f\n", x[0], x[1], x[2], x[3], y)
	}
	return b.Len(), os.WriteFile(path, b.Bytes(), 0o600)
}

// live returns the bytes of all objects that are in use.
func live() int {
	runtime.GC()
	runtime.GC() // pools give back their memory in the second
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int(m.HeapAlloc)
}

// memory returns how much memory a file takes that is read at once, and in chunks.
func memory(path string) (atOnce, inChunks int, err error) {
	before := live()
	t, err := table.ReadFile(path, table.Options{})
	atOnce = live() - before
	runtime.KeepAlive(t)
	if err != nil {
		return 0, 0, err
	}
	before = live()
	f, err := table.Open(path, table.Options{})
	if err != nil {
		return 0, 0, err
	}
	for chunk, err := range f.Chunks(500) {
		if err != nil {
			return 0, 0, err
		}
		if chunk.Columns[0].Numbers[0] >= 0.5 { // in the second half
			inChunks = max(inChunks, live()-before)
		}
	}
	return atOnce, inChunks, nil
}

func newNet(seed uint64, units int) nn.Layer {
	r := tensor.NewRand(seed)
	return nn.Sequential{nn.NewLinear(r, 4, units), nn.Tanh{}, nn.NewLinear(r, units, 1)}
}

// fit trains a net for an epoch.
func fit(model nn.Layer, source data.Source[data.Batch], options func(*train.Fit[data.Batch])) error {
	f := &train.Fit[data.Batch]{Model: model, Objective: train.Regress(model, nn.MSE), Opt: optim.NewAdam(nn.Params(model), optim.Adam{LR: 0.01}),
		Train: source, Epochs: 1}
	options(f)
	_, err := f.Run(context.Background())
	return err
}

// places is a source whose batches hold rows from some places of a file at once, as
// far from one another as can be: one reader stands at each place.
func places(e *table.Encoder, f *table.File, readers, batch int) *data.Stream[data.Batch] {
	each := batch / readers
	return &data.Stream[data.Batch]{Open: func(int) (func(*data.Batch) error, func() error, error) {
		var next []func() (*data.Batch, error, bool)
		var stops []func()
		for i := range readers {
			n, stop := iter.Pull2(e.Stream(f, each).Epoch())
			for range i * f.Rows / (each * readers) { // go to its place
				_, _, _ = n() // an error comes again below
			}
			next, stops = append(next, n), append(stops, stop)
		}
		left := f.Rows / batch
		return func(b *data.Batch) error {
				if left--; left < 0 {
					return io.EOF
				}
				x, y := b.MakeX(batch, 4), b.MakeY(batch, 1)
				for i, n := range next {
					part, err, ok := n()
					if err != nil || !ok {
						return fmt.Errorf("reader %d: %w", i, cmp.Or(err, io.ErrUnexpectedEOF))
					}
					copy(x[i*each*4:], tensor.Data[float32](part.X))
					copy(y[i*each:], tensor.Data[float32](part.Y))
				}
				return nil
			}, func() error {
				for _, stop := range stops {
					stop()
				}
				return nil
			}, nil
	}}
}

// read draws rows into a file, reads it at once, and makes examples of it.
func read(e *table.Encoder, path string, seed uint64, rows int) (*data.Examples, error) {
	if _, err := write(path, seed, rows); err != nil {
		return nil, err
	}
	t, err := table.ReadFile(path, table.Options{})
	if err != nil {
		return nil, err
	}
	return e.Examples(t)
}

// errorOf returns the root of the mean squared error of a model from one part of a
// set to another, 0 … 1. A model that always says the mean has the error 1.
func errorOf(model nn.Layer, set *data.Examples, from, to float64) float64 {
	n := float64(set.Len())
	squares := tensor.Square(tensor.Sub(train.NewPredictor(model).Predict(set.X), set.Y))
	return math.Sqrt(tensor.Mean(squares.Slice(0, int(from*n), int(to*n), 1)).Item())
}

// gradient adds up the gradients of the parts of a set, in the given order, times a
// factor. It returns the elements and the most memory that the tape took.
func gradient(model nn.Layer, set *data.Examples, factor float64, order ...int) (g []float32, bytes int) {
	var sum autograd.Grads
	tape, rows := autograd.NewTape(), set.Len()/len(order)
	for _, i := range order {
		tape.Reset()
		part := set.Slice(i*rows, (i+1)*rows)
		loss := nn.MSE(model.Forward(tape.Const(part.X)), tape.Const(part.Y))
		sum.Add(loss.Backward())
	}
	sum.Scale(factor)
	return flat(model, func(p *autograd.Param) *tensor.Tensor { return sum.Of(p) }), tape.PeakBytes()
}

// flat returns the elements of the tensors that of gives for each parameter.
func flat(model nn.Layer, of func(p *autograd.Param) *tensor.Tensor) (all []float32) {
	for _, p := range nn.Params(model) {
		all = append(all, tensor.Data[float32](of(p))...)
	}
	return all
}

// distance returns the norm of g − h beside that of h, and in how many elements
// they differ.
func distance(g, h []float32) (relative float64, differ int) {
	var difference, norm float64
	for i := range g {
		difference += float64(g[i]-h[i]) * float64(g[i]-h[i])
		norm += float64(h[i]) * float64(h[i])
		if g[i] != h[i] {
			differ++
		}
	}
	return math.Sqrt(difference / norm), differ
}

func run(out io.Writer, folder string) error {
	say := course.Printer(out)
	temporary, err := os.MkdirTemp("", "scale")
	if err != nil {
		return err
	}
	defer os.RemoveAll(temporary)
	say("The article says: spread the work over many computers. Three things come before that.\n")

	say("1. A FILE THAT DOES NOT FIT\n\nA table may be read at once, or row by row in chunks that use the same memory again.")
	say("The memory in use, measured after a garbage collection:\n\n      rows   file in MiB   read at once   in chunks of 500 rows")
	path := filepath.Join(temporary, "rows.csv")
	for _, rows := range []int{10_000, 20_000, 40_000} {
		size, err := write(path, 1, rows)
		if err != nil {
			return err
		}
		atOnce, inChunks, err := memory(path)
		if err != nil {
			return err
		}
		say("    %6d %13.2f %14.2f %23.2f", rows, float64(size)/(1<<20), float64(atOnce)/(1<<20), float64(inChunks)/(1<<20))
	}
	say("\nTwice the file takes twice the memory when it is read at once. In chunks it takes the")
	say("same memory however long it is.\n")

	say("2. THE ORDER OF THE FILE\n\nA file is read from front to back, and its rows are sorted by day. A net with 32 hidden")
	say("units learns the price, one epoch, in batches of 64 rows: in the order of the file, then")
	say("with batches whose rows come from 8 places of the file, then in random order, for which")
	say("all rows must be in memory. Its error on new rows, as the root of the mean square, for")
	say("each fifth of the days (1 is the error of a net that always says the mean price):\n")
	say("    order               1st     2nd     3rd     4th     5th     all")
	results, all, err := orders(temporary, 1, 20_000)
	if err != nil {
		return err
	}
	for _, r := range results {
		say("    %-17s %5.3f %7.3f %7.3f %7.3f %7.3f   %5.3f", r.name, r.fifths[0], r.fifths[1], r.fifths[2], r.fifths[3], r.fifths[4], r.all)
	}
	say("\nIn the order of the file the net sees each day once, then never again, and forgets it.")
	say("When it had just read the second fifth, its error there was %.3f; at the end, %.3f.", results[0].then, results[0].fifths[1])
	say("Over all days it errs %.1f times as much as with rows from 8 places of the same file.\n", results[0].all/results[1].all)

	say("3. A BATCH THAT DOES NOT FIT\n\nThe tape keeps what every operation computed until the backward pass. Half the rows, half")
	say("the memory. The gradient of a mean over 512 rows is the mean of the gradients over 8")
	say("parts of 64 rows, so they can be computed one after another:\n")
	model, set := newNet(1, 32), all.Slice(0, 512)
	once, most := gradient(model, set, 1, 0)
	mean, least := gradient(model, set, 1./8, 0, 1, 2, 3, 4, 5, 6, 7)
	relative, _ := distance(mean, once)
	say("    gradient of        memory   difference to the whole")
	say("    512 rows      %7.1f kiB\n    8 × 64 rows   %7.1f kiB %25.0e\n", float64(most)/1024, float64(least)/1024, relative)
	sum, _ := gradient(model, set, 1, 0, 1, 2, 3, 4, 5, 6, 7)
	more, _ := distance(sum, once)
	say("The difference is rounding. Whoever forgets to divide by 8 takes a step that is %.2f", more+1)
	say("times as long. Fit.Accumulate = 8 does this, and divides.\n")

	say("4. MORE PROCESSORS\n\nThe parts can be computed at the same time, too. But the order in which they are added up")
	say("matters, because each sum is rounded. The same 8 parts, added in two orders:\n")
	backwards, _ := gradient(model, set, 1, 7, 6, 5, 4, 3, 2, 1, 0)
	_, differ := distance(sum, backwards)
	say("    %d of %d elements of the gradient differ in their bits.\n", differ, len(sum))
	say("Whoever adds them up as the processors happen to finish gets other weights each time.")
	say("Fit adds them in the order of the parts. A net with 256 hidden units, 4 parts of 256 rows")
	say("to a step, on %d processors:\n\n    workers   same weights as one worker   seconds", runtime.NumCPU())
	var one []float32
	for _, n := range []int{1, 2, 4} {
		weights, seconds, err := workers(all, 1, n)
		if err != nil {
			return err
		}
		if n == 1 {
			one = weights
		}
		say("    %7d %28v %9.2f", n, slices.Equal(one, weights), seconds)
	}

	picture := filepath.Join(folder, "scale.png")
	c := course.Chart{Title: "One file, two orders: what the net knows after one epoch", X: "row, by day", Y: "price", Curves: []course.Curve{
		{Name: "the truth", Y: results[0].truth, Dots: true},
		{Name: results[0].name, Y: results[0].says, Dots: true},
		{Name: results[1].name, Y: results[1].says, Dots: true},
	}}
	if err := c.Save(picture); err != nil {
		return err
	}
	say("\n5. THE ANSWER\n\nRead in chunks, from several places at once, add up the gradients of parts in a fixed")
	say("order: memory stays the same, and so do the weights, to the last bit for workers, and to")
	say("%.0e for a batch in parts. What two nets of part 2 say is drawn in\n%s.", relative, picture)
	return nil
}

// A result is what came of reading a file in some order.
type result struct {
	name        string
	fifths      [5]float64 // the error on each fifth of the file
	all         float64
	then        float64   // that on the second fifth when two fifths of the epoch were over
	says, truth []float64 // the prices of the new rows, along the days
}

// orders trains a net on the same file in three orders.
func orders(folder string, seed uint64, rows int) (results []result, all *data.Examples, err error) {
	path := filepath.Join(folder, "order.csv")
	if _, err := write(path, seed, rows); err != nil {
		return nil, nil, err
	}
	f, err := table.Open(path, table.Options{})
	if err != nil {
		return nil, nil, err
	}
	e := &table.Encoder{Target: "price"}
	if err := e.FitEach(f.Chunks(500)); err != nil {
		return nil, nil, err
	}
	all, err = read(e, path, seed, rows)
	if err != nil {
		return nil, nil, err
	}
	test, err := read(e, filepath.Join(folder, "test.csv"), seed+1000, 500)
	if err != nil {
		return nil, nil, err
	}
	const batch = 64
	sources := []data.Source[data.Batch]{e.Stream(f, batch), places(e, f, 8, batch),
		&data.Loader[data.Batch]{Set: all, Batch: batch, Shuffle: tensor.NewRand(seed)}}
	for i, name := range []string{"as in the file", "from 8 places", "random, in memory"} {
		r, model := result{name: name}, newNet(seed, 32)
		err := fit(model, sources[i], func(f *train.Fit[data.Batch]) {
			f.OnStep = func(s train.Step) error {
				if s.Number == rows/batch*2/5 {
					r.then = errorOf(model, test, 0.2, 0.4)
				}
				return nil
			}
		})
		if err != nil {
			return nil, nil, err
		}
		for k := range r.fifths {
			r.fifths[k] = errorOf(model, test, float64(k)/5, float64(k+1)/5)
		}
		r.all = errorOf(model, test, 0, 1)
		r.says, r.truth = e.Values(train.NewPredictor(model).Predict(test.X)), e.Values(test.Y)
		results = append(results, r)
	}
	return results, all, nil
}

// workers trains a net with a number of workers, and returns its weights and the
// seconds that this took.
func workers(set *data.Examples, seed uint64, n int) (weights []float32, seconds float64, err error) {
	model := newNet(seed, 256)
	loader := &data.Loader[data.Batch]{Set: set, Batch: 256, Shuffle: tensor.NewRand(seed)}
	begin := time.Now()
	err = fit(model, loader, func(f *train.Fit[data.Batch]) { f.Accumulate, f.Workers, f.Seed = 4, n, seed })
	return flat(model, func(p *autograd.Param) *tensor.Tensor { return p.Value }), time.Since(begin).Seconds(), err
}
