// Augment teaches a net with digits that are turned, scaled, cropped and made
// dark by chance. It measures what each change brings alone, what all bring
// together, what a change costs that goes too far, and how many true digits
// the changed ones replace.
//
//	go run ./examples/augment [-out folder]
package main

import (
	"context"
	"fmt"
	"io"
	"path/filepath"

	"github.com/descent-ml/descent/data"
	"github.com/descent-ml/descent/data/images"
	"github.com/descent-ml/descent/examples/internal/course"
	"github.com/descent-ml/descent/nn"
	"github.com/descent-ml/descent/optim"
	"github.com/descent-ml/descent/tensor"
	"github.com/descent-ml/descent/train"
)

func main() {
	course.Main("augment", func(out io.Writer, folder string) error {
		return tell(out, folder, study(size{examples: 100, tests: 500, epochs: 20, seeds: 5, angles: []float64{0, 45, 90, 180}}))
	})
}

// The changes: those that the article lists, alone and together.
var (
	names   = []string{"nothing", "rotate", "scale", "crop", "brightness", "all four"}
	changes = []*images.Augment{
		{},
		{Rotate: 40},
		{Scale: 0.4},
		{Pad: 2},
		{Brightness: 0.8},
		{Rotate: 40, Scale: 0.4, Pad: 2, Brightness: 0.8},
	}
	all = len(changes) - 1
)

const batch = 20

// longer is how many times as many steps some nets take.
const longer = 4

func newNet(seed uint64) nn.Sequential {
	r := tensor.NewRand(seed)
	three := nn.Conv2dOptions{Kernel: nn.Square(3), Same: true}
	half := nn.MaxPool2d{Kernel: nn.Square(2), Ceil: true}
	return nn.Sequential{
		nn.NewConv2d(r, 1, 6, three), nn.NewBatchNorm2d(6), nn.ReLU{}, half,
		nn.NewConv2d(r, 6, 12, three), nn.NewBatchNorm2d(12), nn.ReLU{}, half,
		nn.Flatten{}, nn.NewLinear(r, 12*4*4, 10),
	}
}

// fit trains a new net for so many steps on batches that change has changed.
func fit(set *data.Examples, change *images.Augment, steps int, seed uint64) nn.Sequential {
	net := newNet(seed)
	loader := &data.Loader[data.Batch]{Set: set, Batch: batch, Shuffle: tensor.NewRand(seed), Transform: change.Apply, Seed: seed}
	run := &train.Fit[data.Batch]{
		Model:     net,
		Objective: train.Classify(net, nn.CrossEntropy),
		Opt:       optim.NewAdam(nn.Params(net), optim.Adam{}),
		Schedule:  optim.OneCycle{LR: 0.01, Steps: steps},
		Train:     loader,
		Epochs:    steps / loader.Batches(),
	}
	if _, err := run.Run(context.Background()); err != nil {
		panic(err) // a set in memory has no errors, and a loss that is NaN is a fault of the lesson
	}
	return net
}

// changed returns a set whose pictures are changed once, for a test.
func changed(set *data.Examples, change *images.Augment) *data.Examples {
	b := data.Batch{X: set.X.Clone(), Labels: set.Labels}
	change.Apply(&b, tensor.NewRand(77))
	return &data.Examples{X: b.X, Labels: set.Labels, Classes: set.Classes}
}

// only returns the examples whose label is 6 or 9, or those of the other digits.
func only(set *data.Examples, sixOrNine bool) *data.Examples {
	var index []int
	for i, label := range set.Labels {
		if (label == 6 || label == 9) == sixOrNine {
			index = append(index, i)
		}
	}
	return set.Subset(index)
}

type size struct {
	examples, tests, epochs, seeds int
	angles                         []float64
}

// results hold one number for each seed.
type results struct {
	size
	accuracy    [6][6][]float64 // of a net trained with the first change, tested with the second
	pair, rest  [][]float64     // by angle: accuracy on 6 and 9 upright, and on the other digits
	sixes, nine []float64       // the share of 6 turned by 180 degrees that are read as 9, and of 9 as 6
	mild        []float64       // accuracy with small changes
	more        [2][]float64    // accuracy with 2 and 4 times as many digits
	long        [2][]float64    // trained longer with all four changes: accuracy on digits as they are, and changed
	test        *data.Examples
}

func study(s size) *results {
	res := &results{size: s, test: course.SmallDigits(s.tests, 1000)}
	res.pair, res.rest = make([][]float64, len(s.angles)), make([][]float64, len(s.angles))
	pair, rest := only(res.test, true), only(res.test, false)
	var tests []*data.Examples
	for _, change := range changes {
		tests = append(tests, changed(res.test, change))
	}
	for seed := uint64(1); seed <= uint64(s.seeds); seed++ {
		most := course.SmallDigits(4*s.examples, seed)
		set := most.Slice(0, s.examples)
		steps := s.epochs * s.examples / batch
		for i, change := range changes {
			net := fit(set, change, steps, seed)
			for j, test := range tests {
				res.accuracy[i][j] = append(res.accuracy[i][j], course.Accuracy(net, test))
			}
			if i == 0 {
				res.sixes = append(res.sixes, readAs(net, res.test, 6, 9))
				res.nine = append(res.nine, readAs(net, res.test, 9, 6))
			}
		}
		for k, angle := range s.angles {
			net := fit(set, &images.Augment{Rotate: angle}, longer*steps, seed)
			res.pair[k] = append(res.pair[k], course.Accuracy(net, pair))
			res.rest[k] = append(res.rest[k], course.Accuracy(net, rest))
		}
		net := fit(set, changes[all], longer*steps, seed)
		res.long[0] = append(res.long[0], course.Accuracy(net, res.test))
		res.long[1] = append(res.long[1], course.Accuracy(net, tests[all]))
		mild := fit(set, &images.Augment{Rotate: 10, Scale: 0.1, Pad: 1}, steps, seed)
		res.mild = append(res.mild, course.Accuracy(mild, res.test))
		for k := range res.more {
			net := fit(most.Slice(0, s.examples<<(k+1)), changes[0], steps, seed)
			res.more[k] = append(res.more[k], course.Accuracy(net, res.test))
		}
	}
	return res
}

// halfTurn turns pictures [… height width] by 180 degrees.
func halfTurn(x *tensor.Tensor) *tensor.Tensor { return tensor.Flip(tensor.Flip(x, -1), -2) }

// readAs returns the share of one digit, turned by 180 degrees, that a net reads as the other.
func readAs(net nn.Layer, set *data.Examples, digit, other int) float64 {
	turned := &data.Examples{X: halfTurn(set.X), Labels: set.Labels, Classes: set.Classes}
	pair := only(turned, true)
	var index []int
	for i, label := range pair.Labels {
		if label == digit {
			index = append(index, i)
		}
	}
	digits := pair.Subset(index)
	for i := range digits.Labels {
		digits.Labels[i] = other
	}
	return course.Accuracy(net, digits)
}

func tell(out io.Writer, folder string, res *results) error {
	say := course.Printer(out)
	percent := func(xs []float64) float64 { return 100 * course.Mean(xs) }
	plain := res.accuracy[0]
	say("1. THE FAULT\n\nA net of two convolutions learns %d digits of 14 × 14 pixels. It names %.1f %% of %d", res.examples, percent(plain[0]), res.tests)
	say("others rightly. (Each number here is the mean of %d nets.) Then the same others are", res.seeds)
	say("changed, each by a random amount; the last number of a line is what is lost:\n")
	what := []string{"", "turned by up to 40 degrees", "made up to 40 % larger or smaller", "moved by up to 2 pixels, cut off outside", "made up to 80 % darker or lighter", "all four"}
	for j := 1; j <= all; j++ {
		say("    %-40s %5.1f%%  %s  −%.1f", what[j], percent(plain[j]), course.Bar(course.Mean(plain[j]), 20), percent(plain[0])-percent(plain[j]))
	}
	say("\nTheir labels have not changed, but the net has not seen such digits.\n")

	say("2. THE CURE: AUGMENTATION\n\nChange each picture at random, in another way whenever it is trained on, and keep its")
	say("label. The set seems to grow, although nobody has drawn a new digit. The four changes are")
	say("those that the article lists; down: trained with, across: tested with:\n")
	header := fmt.Sprintf("%15s", "")
	for _, name := range names {
		header += fmt.Sprintf("%12s", name)
	}
	say("%s", header)
	for i, name := range names {
		line := fmt.Sprintf("    %-11s", name)
		for j := range names {
			line += fmt.Sprintf("%11.1f%%", percent(res.accuracy[i][j]))
		}
		say("%s", line)
	}
	say("\nEach change helps where its own kind is tested, on the diagonal: by %.1f, %.1f, %.1f and", gain(res, 1), gain(res, 2), gain(res, 3))
	say("%.1f points. None of the four alone brings digits with all four changes above %.1f %%.\n",
		gain(res, 4), max(percent(res.accuracy[1][all]), percent(res.accuracy[2][all]), percent(res.accuracy[3][all]), percent(res.accuracy[4][all])))

	say("3. ALL AT ONCE NEEDS TIME\n\nIn the last line the net that saw all four changes is worse on digits as they are: %.1f %%", percent(res.accuracy[all][0]))
	say("after %.1f %% without any. It has to learn much more in the same %d steps. With %d times as", percent(plain[0]), res.epochs*res.examples/batch, longer)
	say("many steps, on the same %d digits:\n", res.examples)
	say("                                as they are   all four")
	say("    nothing                      %8.1f%%   %7.1f%%", percent(plain[0]), percent(plain[all]))
	say("    all four                     %8.1f%%   %7.1f%%", percent(res.accuracy[all][0]), percent(res.accuracy[all][all]))
	say("    all four, %d times the steps  %8.1f%%   %7.1f%%\n", longer, percent(res.long[0]), percent(res.long[1]))

	say("4. A CHANGE MUST KEEP THE LABEL\n\nHere is a 6, and beside it the same, turned by 180 degrees:\n")
	six := only(res.test, true)
	i := 0
	for six.Labels[i] != 6 {
		i++
	}
	digit := course.Grey(six.X.Select(0, i).Contiguous().Reshape(14, 14))
	say("%s", course.Shade(digit, halfTurn(digit)))
	say("The net without augmentation reads %.0f %% of the 6 that are turned so as 9, and %.0f %% of", percent(res.sixes), percent(res.nine))
	say("the 9 as 6. To train on turned ones and call them 6 is to teach an error. Trained with")
	say("random angles up to a limit (%d times the steps), tested on digits that stand upright:\n", longer)
	say("    limit         6 and 9   other digits")
	for k, angle := range res.angles {
		say("    %3.0f degrees   %6.1f%%   %11.1f%%", angle, percent(res.pair[k]), percent(res.rest[k]))
	}
	last := len(res.angles) - 1
	say("\nFrom the first line to the last, 6 and 9 lose %.1f points, the others %.1f.\n",
		percent(res.pair[0])-percent(res.pair[last]), percent(res.rest[0])-percent(res.rest[last]))

	path := filepath.Join(folder, "augment.png")
	if err := picture(path, res.test); err != nil {
		return err
	}
	say("5. THE ANSWER\n\nThe article says that augmentation makes data more diverse, which helps. How much, beside")
	say("what one would otherwise do, draw more digits? Digits as they are, the same steps for all:\n")
	line := func(name string, xs []float64) {
		say("    %-34s %5.1f%%  %s", name, percent(xs), course.Bar(course.Mean(xs), 30))
	}
	line(fmt.Sprintf("%d digits", res.examples), plain[0])
	line("the same, all four large changes", res.accuracy[all][0])
	line("the same, small changes", res.mild)
	line(fmt.Sprintf("%d digits", 2*res.examples), res.more[0])
	line(fmt.Sprintf("%d digits", 4*res.examples), res.more[1])
	say("\nSmall changes (10 degrees, 10 %%, 1 pixel) bring %+.1f points, twice the digits %+.1f. Large", percent(res.mild)-percent(plain[0]), percent(res.more[0])-percent(plain[0]))
	say("ones: %+.1f, or with %d times the steps %+.1f, and they read changed digits (section 3).",
		percent(res.accuracy[all][0])-percent(plain[0]), longer, percent(res.long[0])-percent(plain[0]))
	say("All changes of the ten digits are drawn in\n%s", path)
	return nil
}

// gain returns how many points training with a change adds where it is tested.
func gain(res *results, i int) float64 {
	return 100 * (course.Mean(res.accuracy[i][i]) - course.Mean(res.accuracy[0][i]))
}

// picture draws each digit as it is, twice under each change, and turned in steps.
func picture(path string, set *data.Examples) error {
	var sheet course.Sheet
	sheet.Columns, sheet.Scale = 12, 4
	for i := range 10 {
		one := set.Slice(i, i+1)
		row := []*tensor.Tensor{one.X}
		for k, change := range changes[1:] {
			for n := range 2 {
				b := data.Batch{X: one.X.Clone(), Labels: one.Labels}
				change.Apply(&b, tensor.NewRand(tensor.Seed(uint64(i), uint64(k), uint64(n))))
				row = append(row, b.X)
			}
		}
		for _, x := range append(row, halfTurn(one.X)) {
			sheet.Tiles = append(sheet.Tiles, x.Reshape(14, 14))
		}
	}
	return sheet.Save(path)
}
