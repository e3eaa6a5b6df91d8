// Transfer teaches a net the digits 5 to 9 from very few examples, by starting
// from a net that knows the digits 0 to 4. It compares that with a start from
// scratch and with frozen weights, for 5 to 500 examples, and measures what the
// net forgets.
//
//	go run ./examples/transfer [-out folder]
package main

import (
	"context"
	"fmt"
	"io"
	"math"
	"path/filepath"

	"github.com/descent-ml/descent/data"
	"github.com/descent-ml/descent/examples/internal/course"
	"github.com/descent-ml/descent/nn"
	"github.com/descent-ml/descent/optim"
	"github.com/descent-ml/descent/tensor"
	"github.com/descent-ml/descent/train"
)

func main() {
	course.Main("transfer", func(out io.Writer, folder string) error {
		return tell(out, folder, study(size{source: 500, steps: 200, tests: 500, seeds: 5, numbers: []int{5, 20, 50, 100, 200, 500}}))
	})
}

const features = 12 * 4 * 4

// A net is a trunk, which makes features of a picture, and a head, which makes
// the scores of five digits of the features.
type net struct {
	Trunk nn.Sequential
	Head  *nn.Linear
}

func newNet(seed uint64) *net {
	r := tensor.NewRand(seed)
	three := nn.Conv2dOptions{Kernel: nn.Square(3), Same: true}
	half := nn.MaxPool2d{Kernel: nn.Square(2), Ceil: true}
	return &net{
		nn.Sequential{
			nn.NewConv2d(r, 1, 6, three), nn.NewBatchNorm2d(6), nn.ReLU{}, half,
			nn.NewConv2d(r, 6, 12, three), nn.NewBatchNorm2d(12), nn.ReLU{}, half, nn.Flatten{},
		},
		nn.NewLinear(r, features, 5),
	}
}

func (n *net) layers() nn.Sequential { return nn.Sequential{n.Trunk, n.Head} }

// withHead returns a net with a copy of the trunk of n, and a new head.
func (n *net) withHead(seed uint64) *net {
	fresh := newNet(seed)
	if err := nn.LoadState(fresh.Trunk, nn.State(n.Trunk)); err != nil {
		panic(err) // the trunks have the same layers
	}
	return fresh
}

// fit trains a model for so many steps.
func fit(model nn.Layer, set *data.Examples, steps int, seed uint64) {
	loader := &data.Loader[data.Batch]{Set: set, Batch: 20, Shuffle: tensor.NewRand(seed)}
	run := &train.Fit[data.Batch]{
		Model:     model,
		Objective: train.Classify(model, nn.CrossEntropy),
		Opt:       optim.NewAdam(nn.Params(model), optim.Adam{}),
		Schedule:  optim.OneCycle{LR: 0.005, Steps: steps},
		Train:     loader,
		Epochs:    max(1, steps/loader.Batches()),
		OnStep: func(s train.Step) error {
			if s.Number == steps {
				return train.ErrEnough
			}
			return nil
		},
	}
	if _, err := run.Run(context.Background()); err != nil {
		panic(err) // a set in memory has no errors, and a loss that is NaN is a fault of the lesson
	}
}

// digits draws n digits from first to first+4, with labels from 0 to 4.
func digits(n, first int, seed uint64) *data.Examples {
	set := course.SmallDigits(2*n, seed)
	var index []int
	for i, label := range set.Labels {
		if label >= first && label < first+5 {
			index = append(index, i)
		}
	}
	part := set.Subset(index[:n])
	part.Classes = 5
	for i := range part.Labels {
		part.Labels[i] -= first
	}
	return part
}

// seen returns the set with the features that a trunk makes in place of pictures.
func seen(trunk nn.Layer, set *data.Examples) *data.Examples {
	return &data.Examples{X: train.NewPredictor(trunk).Predict(set.X), Labels: set.Labels, Classes: set.Classes}
}

// The ways to learn the new digits.
const (
	scratch = iota
	tuned
	frozen
	random
)

var ways = []string{"from scratch", "fine-tuned", "frozen trunk", "frozen, random trunk"}

type size struct {
	source, steps, tests, seeds int
	numbers                     []int // of examples of the new digits
}

// stops are the numbers of steps after which section 3 looks.
var stops = []int{25, 50, 100}

// results hold one number for each seed.
type results struct {
	size
	before   []float64      // accuracy on the old digits
	accuracy [4][][]float64 // on the new digits, by way and number of examples
	old      [][]float64    // on the old digits after fine-tuning, by number of examples
	kept     []float64      // on the old digits, with the frozen trunk
	quick    [2][][]float64 // on the new digits from scratch and fine-tuned with all examples, by number of steps
}

func study(s size) *results {
	res := &results{size: s, old: make([][]float64, len(s.numbers)), quick: [2][][]float64{make([][]float64, len(stops)), make([][]float64, len(stops))}}
	for way := range ways {
		res.accuracy[way] = make([][]float64, len(s.numbers))
	}
	oldTest, newTest := digits(s.tests, 0, 1000), digits(s.tests, 5, 1001)
	for seed := uint64(1); seed <= uint64(s.seeds); seed++ {
		source := newNet(seed)
		fit(source.layers(), digits(s.source, 0, seed), s.steps, seed)
		res.before = append(res.before, course.Accuracy(source.layers(), oldTest))
		most := digits(s.numbers[len(s.numbers)-1], 5, seed+100)
		for k, steps := range stops {
			fresh, moved := newNet(seed+50), source.withHead(seed+50)
			for way, n := range []*net{fresh, moved} {
				fit(n.layers(), most, steps, seed)
				res.quick[way][k] = append(res.quick[way][k], course.Accuracy(n.layers(), newTest))
			}
		}
		headOn := func(trunk nn.Layer, set *data.Examples) float64 {
			head := newNet(seed + 50).Head
			fit(head, seen(trunk, set), s.steps, seed)
			return course.Accuracy(head, seen(trunk, newTest))
		}
		for k, n := range s.numbers {
			set := most.Slice(0, n)
			add := func(way int, accuracy float64) { res.accuracy[way][k] = append(res.accuracy[way][k], accuracy) }

			fresh := newNet(seed + 50)
			fit(fresh.layers(), set, s.steps, seed)
			add(scratch, course.Accuracy(fresh.layers(), newTest))

			moved := source.withHead(seed + 50)
			fit(moved.layers(), set, s.steps, seed)
			add(tuned, course.Accuracy(moved.layers(), newTest))
			res.old[k] = append(res.old[k], course.Accuracy(nn.Sequential{moved.Trunk, source.Head}, oldTest))

			add(frozen, headOn(source.Trunk, set))
			add(random, headOn(newNet(seed+50).Trunk, set))
		}
		res.kept = append(res.kept, course.Accuracy(source.layers(), oldTest))
	}
	return res
}

// worth returns how many examples a start from scratch needs for an accuracy,
// read off the line between the numbers that were tried, on a logarithmic scale.
func (res *results) worth(accuracy float64) float64 {
	curve := res.accuracy[scratch]
	for k := 1; k < len(curve); k++ {
		if below, above := course.Mean(curve[k-1]), course.Mean(curve[k]); accuracy < above {
			share := max(0, (accuracy-below)/(above-below))
			return float64(res.numbers[k-1]) * math.Pow(float64(res.numbers[k])/float64(res.numbers[k-1]), share)
		}
	}
	return float64(res.numbers[len(res.numbers)-1])
}

func tell(out io.Writer, folder string, res *results) error {
	say := course.Printer(out)
	last := len(res.numbers) - 1
	percent := func(way, k int) float64 { return 100 * course.Mean(res.accuracy[way][k]) }
	say("1. THE FAULT\n\nA net shall learn to tell the digits 5, 6, 7, 8 and 9 apart, and there are few examples.")
	say("Trained from scratch, which means from random weights, %d steps each, it names of %d", res.steps, res.tests)
	say("others rightly (all numbers here are means of %d nets, with other weights and digits):\n", res.seeds)
	for k, n := range res.numbers {
		say("    %3d examples   %5.1f%%  %s", n, percent(scratch, k), course.Bar(course.Mean(res.accuracy[scratch][k]), 40))
	}
	say("\nWith %d examples, one of each digit, it is %.1f points short of what %d give.\n",
		res.numbers[0], percent(scratch, last)-percent(scratch, 0), res.numbers[last])

	say("2. THE CURE: BEGIN WITH WHAT ANOTHER TASK TAUGHT\n\nFor the digits 0 to 4 there are %d examples. A net learns those first: %.1f %% right. Its", res.source, 100*course.Mean(res.before))
	say("trunk, two convolutions, makes %d numbers of a picture (features); its head, one full", features)
	say("layer, makes the scores of 5 digits of them. For the digits 5 to 9 the head is useless, it")
	say("gets a new one. The trunk may still be of use: all digits are made of strokes. Two ways:\n")
	say("    fine-tuned             start from that trunk, and train trunk and head")
	say("    frozen trunk           leave that trunk as it is, and train the head alone\n")
	say("and, to see what the trunk has really learnt, a third that no one should need:\n")
	say("    frozen, random trunk   leave random weights as they are, and train the head alone\n")
	line := "    examples            "
	for _, n := range res.numbers {
		line += fmt.Sprintf("%8d", n)
	}
	say("%s", line)
	for way, name := range ways {
		line := fmt.Sprintf("    %-20s", name)
		for k := range res.numbers {
			line += fmt.Sprintf("%7.1f%%", percent(way, k))
		}
		say("%s", line)
	}
	gain := func(way, other, k int) float64 { return percent(way, k) - percent(other, k) }
	say("\nWhat the old digits taught is worth %+.1f points with %d examples, %+.1f with %d: that is", gain(frozen, random, 0), res.numbers[0], gain(frozen, random, last), res.numbers[last])
	say("the frozen trunk against the random one. Against scratch, fine-tuning brings %+.1f points", gain(tuned, scratch, 0))
	say("with %d, but %+.1f with %d. There the frozen trunk is a fetter: %+.1f.\n", res.numbers[0], gain(tuned, scratch, last), res.numbers[last], gain(frozen, scratch, last))

	say("3. HOW FAST\n\nWith all %d examples both end at about the same place. But after few steps (each run has", res.numbers[last])
	say("its own schedule, so that it ends there):\n\n    steps   from scratch   fine-tuned   difference")
	for k, steps := range stops {
		a, b := 100*course.Mean(res.quick[0][k]), 100*course.Mean(res.quick[1][k])
		say("    %5d   %11.1f%%   %9.1f%%   %+10.1f", steps, a, b, b-a)
	}
	say("    %5d   %11.1f%%   %9.1f%%   %+10.1f\n", res.steps, percent(scratch, last), percent(tuned, last), gain(tuned, scratch, last))

	say("4. WHAT IT FORGETS\n\nKeep the old head, and put it on the trunk after it has been fine-tuned for other digits.")
	say("Does it still read 0 to 4?\n\n    before                          %5.1f%%", 100*course.Mean(res.before))
	for k, n := range res.numbers {
		say("    fine-tuned with %3d examples    %5.1f%%", n, 100*course.Mean(res.old[k]))
	}
	say("    frozen trunk                    %5.1f%%\n", 100*course.Mean(res.kept))
	say("The new digits cost the old ones up to %.1f points. A frozen trunk forgets nothing.\n", 100*(course.Mean(res.before)-lowest(res.old)))

	path := filepath.Join(folder, "transfer.png")
	chart := course.Chart{Title: "Digits 5 to 9, after digits 0 to 4", X: "examples of the new digits", Y: "accuracy", LogX: true, LegendLeft: true}
	for way, name := range ways {
		c := course.Curve{Name: name, Dashed: way == random}
		for k, n := range res.numbers {
			c.X, c.Y = append(c.X, float64(n)), append(c.Y, course.Mean(res.accuracy[way][k]))
		}
		chart.Curves = append(chart.Curves, c)
	}
	if err := chart.Save(path); err != nil {
		return err
	}
	say("5. THE ANSWER\n\nThe article: transfer learning trains a new task quickly, and with good results. Here:\n")
	say("    quickly?   after %d steps %.1f %% instead of %.1f %%", stops[0], 100*course.Mean(res.quick[1][0]), 100*course.Mean(res.quick[0][0]))
	for k := range 2 {
		say("    better?    fine-tuned with %d examples it reads what scratch reads with %.1f", res.numbers[k], res.worth(course.Mean(res.accuracy[tuned][k])))
	}
	say("               with %d examples it wins %.1f points\n", res.numbers[last], gain(tuned, scratch, last))
	say("It is a better start, not a better end. The curves are in\n%s", path)
	return nil
}

func lowest(rows [][]float64) float64 {
	low := 1.0
	for _, row := range rows {
		low = min(low, course.Mean(row))
	}
	return low
}
