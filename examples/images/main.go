// Images reads digits with a net of full layers and with convolutions, and moves
// the digits by a few pixels. It shows what a convolution assumes about pictures,
// that convolutions alone do not make a net indifferent to place, and what does.
//
//	go run ./examples/images [-out folder]
package main

import (
	"context"
	"io"
	"math"
	"path/filepath"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/data"
	"github.com/descent-ml/descent/data/images"
	"github.com/descent-ml/descent/examples/internal/course"
	"github.com/descent-ml/descent/nn"
	"github.com/descent-ml/descent/optim"
	"github.com/descent-ml/descent/tensor"
	"github.com/descent-ml/descent/train"
)

func main() {
	course.Main("images", func(out io.Writer, folder string) error {
		return tell(out, folder, study(size{examples: 300, tests: 500, epochs: 12, seeds: 3}))
	})
}

const (
	margin  = 4             // empty pixels around a digit, so that it can be moved
	side    = 14 + 2*margin // of a picture
	filters = 6             // of the first convolution
	batch   = 20
)

// The three nets. The second and the third differ in their last steps alone.
const (
	full  = "full layers"
	rigid = "conv, flatten"
	free  = "conv, largest"
)

var nets = []string{full, rigid, free}

func newNet(name string, seed uint64) nn.Sequential {
	r := tensor.NewRand(seed)
	if name == full {
		return nn.Sequential{nn.Flatten{}, nn.NewLinear(r, side*side, 64), nn.ReLU{}, nn.NewLinear(r, 64, 10)}
	}
	three := nn.Conv2dOptions{Kernel: nn.Square(3), Same: true}
	half := nn.MaxPool2d{Kernel: nn.Square(2), Ceil: true}
	net := nn.Sequential{
		nn.NewConv2d(r, 1, filters, three), nn.NewBatchNorm2d(filters), nn.ReLU{}, half,
		nn.NewConv2d(r, filters, 10, three), nn.NewBatchNorm2d(10), nn.ReLU{}, half,
		nn.NewConv2d(r, 10, 20, three), nn.NewBatchNorm2d(20), nn.ReLU{},
	}
	if name == rigid {
		return append(net, nn.Flatten{}, nn.NewLinear(r, 20*((side+3)/4)*((side+3)/4), 10))
	}
	return append(net, nn.AdaptiveMaxPool2d{Size: nn.Square(1)}, nn.Flatten{}, nn.NewLinear(r, 20, 10))
}

// fit trains a new net. Change, unless nil, changes each batch.
func fit(name string, set *data.Examples, epochs int, seed uint64, change *images.Augment) nn.Sequential {
	net := newNet(name, seed)
	loader := &data.Loader[data.Batch]{Set: set, Batch: batch, Shuffle: tensor.NewRand(seed), Seed: seed}
	if change != nil {
		loader.Transform = change.Apply
	}
	run := &train.Fit[data.Batch]{
		Model:     net,
		Objective: train.Classify(net, nn.CrossEntropy),
		Opt:       optim.NewAdam(nn.Params(net), optim.Adam{}),
		Schedule:  optim.OneCycle{LR: 0.01, Steps: epochs * loader.Batches()},
		Train:     loader,
		Epochs:    epochs,
	}
	if _, err := run.Run(context.Background()); err != nil {
		panic(err) // a set in memory has no errors, and a loss that is NaN is a fault of the lesson
	}
	return net
}

// digits draws n digits in the middle of empty pictures.
func digits(n int, seed uint64) *data.Examples {
	d := course.SmallDigits(n, seed)
	d.X = tensor.Pad(d.X, 0, 0, 0, 0, 0, margin, margin, margin, margin)
	return d
}

// moved moves a quarter of the pictures by some pixels to each side.
func moved(set *data.Examples, by int) *data.Examples {
	x := set.X.Clone()
	for i := range x.Dim(0) {
		distance, axis := by, 2+i%2
		if i%4 < 2 {
			distance = -by
		}
		x.Slice(0, i, i+1, 1).CopyFrom(tensor.Roll(set.X.Slice(0, i, i+1, 1), distance, axis))
	}
	return &data.Examples{X: x, Labels: set.Labels, Classes: set.Classes}
}

// scrambled puts the pixels of all pictures into another order, always the same.
func scrambled(set *data.Examples) *data.Examples {
	order := tensor.NewRand(9).Perm(side * side)
	x := tensor.IndexSelect(set.X.Reshape(set.Len(), side*side), 1, order)
	return &data.Examples{X: x.Reshape(set.Len(), 1, side, side), Labels: set.Labels, Classes: set.Classes}
}

type size struct{ examples, tests, epochs, seeds int }

// A row is what nets of one kind have learnt, one number for each seed.
type row struct {
	middle, anywhere [margin + 1][]float64 // accuracy by distance, after digits in the middle, or anywhere
	scrambled        []float64
}

type results struct {
	size
	rows map[string]*row
	net  nn.Sequential // the free one of the first seed, trained in the middle
	test *data.Examples
}

func study(s size) *results {
	res := &results{size: s, rows: map[string]*row{}, test: digits(s.tests, 1000)}
	for seed := uint64(1); seed <= uint64(s.seeds); seed++ {
		set := digits(s.examples, seed)
		for _, name := range nets {
			if seed == 1 {
				res.rows[name] = new(row)
			}
			r := res.rows[name]
			still := fit(name, set, s.epochs, seed, nil)
			moving := fit(name, set, s.epochs, seed, &images.Augment{Pad: margin})
			for by := range margin + 1 {
				r.middle[by] = append(r.middle[by], course.Accuracy(still, moved(res.test, by)))
				r.anywhere[by] = append(r.anywhere[by], course.Accuracy(moving, moved(res.test, by)))
			}
			if name != free {
				net := fit(name, scrambled(set), s.epochs, seed, nil)
				r.scrambled = append(r.scrambled, course.Accuracy(net, scrambled(res.test)))
			} else if seed == 1 {
				res.net = still
			}
		}
	}
	return res
}

// apply runs a layer on pictures, and records nothing.
func apply(layer nn.Layer, x *tensor.Tensor) *tensor.Tensor {
	return train.NewPredictor(layer).Predict(x)
}

func tell(out io.Writer, folder string, res *results) error {
	say := course.Printer(out)
	example := res.test.Slice(0, 1)
	say("1. A PICTURE\n\nA grey picture is a matrix of numbers: 0 is paper, 1 is ink. Here is a %d of %d × %d", example.Labels[0], side, side)
	say("pixels, and beside it the same, moved by %d. To a person it is the same digit:\n", margin)
	say("%s", course.Shade(course.Grey(example.X.Reshape(side, side)), course.Grey(moved(example, margin).X.Reshape(side, side))))
	say("A net sees %d numbers, and %.0f of them have changed by more than ½.\n", side*side,
		tensor.Sum(tensor.Greater(tensor.Abs(tensor.Sub(example.X, moved(example, margin).X)), tensor.Full(0.5, 1, 1, side, side))).Item())

	wide, narrow := res.rows[full], res.rows[rigid]
	say("2. FULL LAYERS KNOW NO NEIGHBOURS\n\nA full layer, y = W x + b, has a weight for each pixel and each output. It treats pixels")
	say("as a list. To see that, put the pixels of all pictures into one random order: then no")
	say("person can read them. Each net below learns from %d digits and reads %d others; accuracy", res.examples, res.tests)
	say("is the share that it names rightly, here the mean of %d nets with other digits and weights:\n", res.seeds)
	say("                     weights   as drawn   pixels scrambled")
	say("    %-14s  %8d   %7.1f%%   %15.1f%%", full, weights(full), 100*course.Mean(wide.middle[0]), 100*course.Mean(wide.scrambled))
	say("    %-14s  %8d   %7.1f%%   %15.1f%%\n", rigid, weights(rigid), 100*course.Mean(narrow.middle[0]), 100*course.Mean(narrow.scrambled))
	say("The full layers change by %.1f points: they never knew which pixels touch. The second net", 100*math.Abs(course.Mean(wide.scrambled)-course.Mean(wide.middle[0])))
	say("loses %.1f points. What it gains on real pictures comes from what it takes for granted:", 100*(course.Mean(narrow.middle[0])-course.Mean(narrow.scrambled)))
	say("that neighbours belong together. Where that is not so, it is %.1f points behind.\n", 100*(course.Mean(wide.scrambled)-course.Mean(narrow.scrambled)))

	convolution(say, res)

	say("4. AND YET IT DEPENDS ON THE PLACE\n\nSo a net of convolutions should not mind where a digit stands. Train on digits in the")
	say("middle, and read digits that were moved by some pixels to one of four sides:\n")
	table := func(of func(*row) [margin + 1][]float64) {
		say("    moved by          0       1       2       3       4     weights")
		for _, name := range nets {
			r := of(res.rows[name])
			say("    %-13s %5.1f%%  %5.1f%%  %5.1f%%  %5.1f%%  %5.1f%%   %8d", name, 100*course.Mean(r[0]), 100*course.Mean(r[1]), 100*course.Mean(r[2]),
				100*course.Mean(r[3]), 100*course.Mean(r[4]), weights(name))
		}
	}
	table(func(r *row) [margin + 1][]float64 { return r.middle })
	last := func(name string) (middle, anywhere float64) {
		return 100 * course.Mean(res.rows[name].middle[margin]), 100 * course.Mean(res.rows[name].anywhere[margin])
	}
	rigidMiddle, rigidAnywhere := last(rigid)
	freeMiddle, freeAnywhere := last(free)
	say("\nIt does mind: %q falls to %.1f %%. Its maps move with the digit, but", rigid, rigidMiddle)
	say("the full layer that reads them, after flattening, has a weight for each place again.")
	say("%q takes the largest value of each map, wherever it stands. It keeps %.1f %%,", free, freeMiddle)
	say("with the fewest weights. Why only %.1f %% when moved by 2? Between its convolutions, it", 100*course.Mean(res.rows[free].middle[2]))
	say("keeps the largest of each 2 × 2 values (pooling), twice: a grid of 4 × 4 pixels. Moved by")
	say("2, the digit lies otherwise on that grid; moved by 4, the grid fits again.\n")

	say("5. THE OTHER WAY: SHOW IT ALL PLACES\n\nOne can also move each picture at random, by up to %d pixels, whenever it is trained on:\n", margin)
	table(func(r *row) [margin + 1][]float64 { return r.anywhere })
	say("\nThat lifts the last number of the first two nets. But in the first column the full layers")
	say("lose %.1f points: they must learn each digit at each place, from the same %d digits in", 100*(course.Mean(wide.middle[0])-course.Mean(wide.anywhere[0])), res.examples)
	say("the same %d epochs. %q learns a digit once for all places: %+.1f points.\n",
		res.epochs, free, 100*(course.Mean(res.rows[free].anywhere[0])-course.Mean(res.rows[free].middle[0])))

	if err := look(say, filepath.Join(folder, "images.png"), res); err != nil {
		return err
	}
	say("7. THE ANSWER\n\nThe article says: for pictures, use convolutional nets. Digits moved by %d pixels, read by", margin)
	fullMiddle, fullAnywhere := last(full)
	say("nets that saw digits in the middle, and by nets that saw them at all places:\n")
	for _, line := range []struct {
		name             string
		middle, anywhere float64
	}{{full, fullMiddle, fullAnywhere}, {rigid, rigidMiddle, rigidAnywhere}, {free, freeMiddle, freeAnywhere}} {
		say("    %-13s %5.1f%% %s   %5.1f%% %s", line.name, line.middle, course.Bar(line.middle/100, 20), line.anywhere, course.Bar(line.anywhere/100, 20))
	}
	say("\nThe article says no more. What a convolution brings is the use of neighbours. That the")
	say("place does not matter comes from the step after it, or has to be learnt from examples.")
	return nil
}

func weights(name string) (n int) {
	for _, p := range nn.Params(newNet(name, 1)) {
		n += p.Value.Len()
	}
	return n
}

// convolution computes one number of a map by hand, and moves a picture.
func convolution(say func(string, ...any), res *results) {
	conv := res.net[0].(*nn.Conv2d)
	x := res.test.Slice(0, 1)
	y := apply(conv, x.X)
	const i, j = 9, 10
	sum := conv.Bias.Value.At(0)
	for u := range 3 {
		for v := range 3 {
			sum += conv.Weight.Value.At(0, 0, u, v) * x.X.At(0, 0, i+u-1, j+v-1)
		}
	}
	say("3. A CONVOLUTION\n\nIt slides a small filter w over the picture. At each place it multiplies the 3 × 3 pixels")
	say("there with the weights of the filter, and adds up:\n\n    y[i, j] = b + Σ w[u, v] x[i + u − 1, j + v − 1]     u, v = 0, 1, 2\n")
	say("The result is a map of where the filter fits. At i = %d, j = %d:\n", i, j)
	say("    by hand        %9.6f\n    by nn.Conv2d   %9.6f\n", sum, y.At(0, 0, i, j))
	after := apply(conv, moved(x, margin).X)
	before := moved(&data.Examples{X: y, Labels: x.Labels}, margin).X
	inner := func(t *tensor.Tensor) *tensor.Tensor {
		return t.Slice(2, margin+1, side-margin-1, 1).Slice(3, margin+1, side-margin-1, 1).Contiguous()
	}
	difference := tensor.Max(tensor.Abs(tensor.Sub(inner(after), inner(before)))).Item()
	say("All places share the filter: %d filters have %d weights, a full layer with as many", filters, conv.Weight.Value.Len()+filters)
	say("outputs would have %d. And move the picture by %d pixels: its maps move by %d pixels.", (side*side+1)*side*side*filters, margin, margin)
	say("They differ from the moved maps by at most %.0g away from the border.\n", difference)
}

// edges are pictures of 3 × 3 pixels with ink on one side.
var edges = []struct {
	name   string
	pixels []float64
}{
	{"above", []float64{1, 1, 1, 0, 0, 0, -1, -1, -1}},
	{"below", []float64{-1, -1, -1, 0, 0, 0, 1, 1, 1}},
	{"left", []float64{1, 0, -1, 1, 0, -1, 1, 0, -1}},
	{"right", []float64{-1, 0, 1, -1, 0, 1, -1, 0, 1}},
}

// edge returns the edge that a filter is most like, and the cosine of the angle
// between the two as vectors of 9 numbers: 1 is the edge itself.
func edge(filter *tensor.Tensor) (name string, cosine float64) {
	w := tensor.Values(filter)
	for _, e := range edges {
		dot, a, b := 0.0, 0.0, 0.0
		for i, v := range e.pixels {
			dot, a, b = dot+v*w[i], a+v*v, b+w[i]*w[i]
		}
		if c := dot / math.Sqrt(a*b); name == "" || c > cosine {
			name, cosine = e.name, c
		}
	}
	return name, cosine
}

// look draws filters and maps, and tells what each filter is good for.
func look(say func(string, ...any), path string, res *results) error {
	conv := res.net[0].(*nn.Conv2d)
	say("6. WHAT THE FILTERS LOOK FOR\n\nThe first filters of %q, the edge that each is most like (where the ink", free)
	say("lies), how much (1 is the edge itself), and what share the net reads without that filter:\n")
	say("    filter   edge    likeness   accuracy without\n    none                          %13.1f%%", 100*course.Accuracy(res.net, res.test))
	sheet := course.Sheet{Columns: 1 + filters, Scale: 5, Tiles: []*tensor.Tensor{nil}}
	trained := 0.0
	for k := range filters {
		w := conv.Weight.Value.Select(0, k).Contiguous()
		name, cosine := edge(w)
		trained += cosine / filters
		sheet.Tiles = append(sheet.Tiles, enlarge(course.Heat(w.Reshape(3, 3)), 6, 2))
		without := fitless(res.net, k)
		say("    %6d   %-6s  %8.2f   %15.1f%%", k+1, name, cosine, 100*course.Accuracy(without, res.test))
	}
	chance := 0.0
	const draws = 1000
	r := tensor.NewRand(1)
	for range draws {
		_, cosine := edge(tensor.Randn(r, 9))
		chance += cosine / draws
	}
	say("\nTheir mean likeness is %.2f; that of %d filters drawn at random is %.2f. Keep the second", trained, draws, chance)
	say("number in mind when you see edges in such a picture.")
	for _, set := range []*data.Examples{res.test.Slice(0, 1), moved(res.test.Slice(0, 1), margin), res.test.Slice(1, 2)} {
		for depth, layers := range []nn.Sequential{res.net[:3], res.net[:7]} {
			sheet.Tiles = append(sheet.Tiles, nil)
			if depth == 0 {
				sheet.Tiles[len(sheet.Tiles)-1] = enlarge(set.X.Reshape(1, side, side), 1, 0).Reshape(side, side)
			}
			maps := apply(layers, set.X)
			for k := range filters {
				m := course.Grey(maps.Slice(1, k, k+1, 1).Contiguous().Reshape(1, maps.Dim(2), maps.Dim(3)))
				sheet.Tiles = append(sheet.Tiles, enlarge(m, side/m.Dim(1), 0).Reshape(side, side))
			}
		}
	}
	say("The filters (red is positive, blue negative) and the maps of two convolutions, for a")
	say("digit, the same moved, and another, are in\n%s.\n", path)
	return sheet.Save(path)
}

// fitless returns a net that lacks one of the first filters.
func fitless(net nn.Sequential, k int) nn.Layer {
	mask := tensor.Ones(1, filters, 1, 1)
	mask.Set(0, 0, k, 0, 0)
	silence := nn.Func(func(x autograd.Var) autograd.Var { return x.Mul(x.Tape().Const(mask)) })
	return append(nn.Sequential{net[:3], silence}, net[3:]...)
}

// enlarge makes each pixel of x [channels height width] a square, and adds a border.
func enlarge(x *tensor.Tensor, by, border int) *tensor.Tensor {
	y := apply(nn.Upsample{Scale: [2]float64{float64(by), float64(by)}}, x.Unsqueeze(0)).Select(0, 0)
	return tensor.Pad(y.Contiguous(), 1, 0, 0, border, border, border, border)
}
