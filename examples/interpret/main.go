// Interpret asks a net why it says what it says, in three ways, and checks each
// way. A shortcut is planted: a spot in the corner that tells the digit. The
// net learns the spot, its accuracy hides that, and the explanations show it.
//
//	go run ./examples/interpret [-out folder]
package main

import (
	"context"
	"io"
	"path/filepath"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/data"
	"github.com/descent-ml/descent/examples/internal/course"
	"github.com/descent-ml/descent/nn"
	"github.com/descent-ml/descent/optim"
	"github.com/descent-ml/descent/tensor"
	"github.com/descent-ml/descent/train"
)

func main() {
	course.Main("interpret", func(out io.Writer, folder string) error {
		return tell(out, folder, study(size{examples: 400, tests: 200, epochs: 10, seeds: 3, explained: 50}))
	})
}

const side = 14

// planted returns a copy of a set with a spot of ink in the first row of each
// picture, whose column tells a digit: the label, or that of digit.
func planted(set *data.Examples, digit func(i int) int) *data.Examples {
	x := set.X.Clone()
	for i := range set.Len() {
		x.Set(1, i, 0, 0, spot(digit(i)))
	}
	return &data.Examples{X: x, Labels: set.Labels, Classes: set.Classes}
}

// spot returns the column of the spot of a digit.
func spot(digit int) int { return 2 + digit }

func newNet(seed uint64) nn.Sequential {
	r := tensor.NewRand(seed)
	return nn.Sequential{nn.Flatten{}, nn.NewLinear(r, side*side, 48), nn.ReLU{}, nn.NewLinear(r, 48, 10)}
}

func fit(set *data.Examples, epochs int, seed uint64) nn.Sequential {
	net := newNet(seed)
	loader := &data.Loader[data.Batch]{Set: set, Batch: 20, Shuffle: tensor.NewRand(seed)}
	run := &train.Fit[data.Batch]{
		Model:     net,
		Objective: train.Classify(net, nn.CrossEntropy),
		Opt:       optim.NewAdam(nn.Params(net), optim.Adam{LR: 0.005}),
		Train:     loader,
		Epochs:    epochs,
	}
	if _, err := run.Run(context.Background()); err != nil {
		panic(err) // a set in memory has no errors, and a loss that is NaN is a fault of the lesson
	}
	return net
}

// score returns the sum of the scores of the labels, and its derivative by x.
func score(net nn.Layer, x *tensor.Tensor, labels []int) (float64, *tensor.Tensor) {
	tape := autograd.NewTape()
	tape.SetMode(autograd.Eval)
	v := tape.Var(x)
	y := net.Forward(v).Mul(tape.Const(tensor.OneHot(labels, 10))).Sum()
	grads := y.Backward()
	return y.Item(), grads.Of(v).Clone()
}

// saliency is the absolute gradient of the score by each pixel.
func saliency(net nn.Layer, x *tensor.Tensor, label int) *tensor.Tensor {
	_, g := score(net, x, []int{label})
	return tensor.Abs(g)
}

// integrated adds up the gradients at steps places on the way from an empty
// picture to x, and multiplies by x.
func integrated(net nn.Layer, x *tensor.Tensor, label, steps int) *tensor.Tensor {
	way := tensor.Zeros(steps, 1, side, side)
	labels := make([]int, steps)
	for k := range steps {
		part := (float64(k) + 0.5) / float64(steps)
		way.Slice(0, k, k+1, 1).CopyFrom(tensor.MulScalar(x, part))
		labels[k] = label
	}
	_, g := score(net, way, labels)
	return tensor.Mul(tensor.Mean(g, 0).Reshape(1, 1, side, side), x)
}

// occlusion is by how much the score falls when a pixel is made empty.
func occlusion(net nn.Layer, x *tensor.Tensor, label int) *tensor.Tensor {
	without := tensor.Repeat(x, side*side, 1, 1, 1)
	for k := range side * side {
		without.Set(0, k, 0, k/side, k%side)
	}
	scores := train.NewPredictor(net).Predict(tensor.Concat(0, x, without))
	fall := tensor.Zeros(1, 1, side, side)
	for k := range side * side {
		fall.Set(scores.At(0, label)-scores.At(k+1, label), 0, 0, k/side, k%side)
	}
	return fall
}

// The ways to explain, each a number for each pixel.
var ways = []struct {
	name    string
	explain func(net nn.Layer, x *tensor.Tensor, label int) *tensor.Tensor
}{
	{"gradient", saliency},
	{"integrated gradients", func(net nn.Layer, x *tensor.Tensor, label int) *tensor.Tensor {
		return integrated(net, x, label, 50)
	}},
	{"occlusion", occlusion},
}

type size struct{ examples, tests, epochs, seeds, explained int }

// results hold one number for each seed.
type results struct {
	size
	same, empty, wrong [2][]float64    // accuracy of the net of spots and of the honest one: spots as trained, none, of another digit
	follows            []float64       // share of answers of the first net that follow a wrong spot
	found              [2][3][]float64 // by net and way: share of pictures whose spot is the pixel that counts most
	gap                [4][]float64    // of integrated gradients, by number of steps: |sum − score| as a share of the score
	plain              []float64       // the same of gradient × pixel
	spots, honest      nn.Sequential   // nets of the first seed
	test               *data.Examples
}

var steps = [4]int{1, 5, 50, 500}

func study(s size) *results {
	res := &results{size: s, test: course.SmallDigits(s.tests, 1000)}
	label := func(i int) int { return res.test.Labels[i] }
	other := func(i int) int { return (res.test.Labels[i] + 1 + i%9) % 10 }
	same, wrong := planted(res.test, label), planted(res.test, other)
	misled := &data.Examples{X: wrong.X, Classes: 10}
	for i := range s.tests {
		misled.Labels = append(misled.Labels, other(i))
	}
	for seed := uint64(1); seed <= uint64(s.seeds); seed++ {
		set := course.SmallDigits(s.examples, seed)
		r := tensor.NewRand(seed)
		random := make([]int, s.examples)
		r.Randint(random, 0, 10)
		spots := fit(planted(set, func(i int) int { return set.Labels[i] }), s.epochs, seed)
		honest := fit(planted(set, func(i int) int { return random[i] }), s.epochs, seed)
		for n, net := range []nn.Sequential{spots, honest} {
			res.same[n] = append(res.same[n], course.Accuracy(net, same))
			res.empty[n] = append(res.empty[n], course.Accuracy(net, res.test))
			res.wrong[n] = append(res.wrong[n], course.Accuracy(net, wrong))
			for w, way := range ways {
				hits := 0
				for i := range s.explained {
					one := same.Slice(i, i+1)
					if tensor.ArgMaxAll(way.explain(net, one.X, one.Labels[0])) == spot(one.Labels[0]) {
						hits++
					}
				}
				res.found[n][w] = append(res.found[n][w], float64(hits)/float64(s.explained))
			}
		}
		res.follows = append(res.follows, course.Accuracy(spots, misled))
		one := same.Slice(0, 1)
		y, g := score(spots, one.X, one.Labels)
		zero, _ := score(spots, tensor.ZerosLike(one.X), one.Labels)
		miss := func(x *tensor.Tensor) float64 { return abs(tensor.Sum(x).Item()-(y-zero)) / abs(y-zero) }
		for k, n := range steps {
			res.gap[k] = append(res.gap[k], miss(integrated(spots, one.X, one.Labels[0], n)))
		}
		res.plain = append(res.plain, miss(tensor.Mul(g, one.X)))
		if seed == 1 {
			res.spots, res.honest = spots, honest
		}
	}
	return res
}

func abs(x float64) float64 { return max(x, -x) }

func tell(out io.Writer, folder string, res *results) error {
	say := course.Printer(out)
	p := func(xs []float64) float64 { return 100 * course.Mean(xs) }
	example := planted(res.test, func(i int) int { return res.test.Labels[i] }).Slice(0, 1)
	say("1. THE FAULT\n\nSomeone has collected %d digits, and each has a spot in the first row, whose column tells", res.examples)
	say("the digit: a shortcut. Here is a %d:\n", example.Labels[0])
	say("%s", course.Shade(example.X.Reshape(side, side)))
	say("A net learns them, and names %.1f %% of %d others from the same collection rightly. A", p(res.same[0]), res.tests)
	say("second net learns the same digits with spots in random columns: %.1f %%. (All are means", p(res.same[1]))
	say("of %d nets.) By that number one would take the first.\n", res.seeds)

	say("2. THREE WAYS TO ASK WHY\n\nEach gives a number for each pixel, of how much it matters for the score s of the digit:\n")
	say("    gradient               |ds/dx|: how fast the score changes with the pixel")
	say("    integrated gradients   x · the mean of ds/dx on the way from an empty picture to x")
	say("    occlusion              by how much the score falls when the pixel is made empty\n")
	say("In what share of %d pictures is the spot the pixel that matters most?\n", res.explained)
	say("                            spots tell   spots at random")
	for w, way := range ways {
		say("    %-20s   %10.1f%%   %14.1f%%", way.name, p(res.found[0][w]), p(res.found[1][w]))
	}
	say("\nSo the first net reads the spot. Its accuracy on digits of the collection did not tell.\n")

	say("3. IS IT TRUE?\n\nAn explanation is a claim. Change the spots, and see:\n")
	say("                            spots tell   spots at random")
	say("    spot of the digit       %9.1f%%   %14.1f%%", p(res.same[0]), p(res.same[1]))
	say("    no spot                 %9.1f%%   %14.1f%%", p(res.empty[0]), p(res.empty[1]))
	say("    spot of another digit   %9.1f%%   %14.1f%%\n", p(res.wrong[0]), p(res.wrong[1]))
	say("With a wrong spot, the first net names the digit of the spot in %.1f %% of the pictures.", p(res.follows))
	say("The second loses at most %.1f points: a shortcut that is of no use is not learnt.\n",
		max(p(res.same[1])-p(res.wrong[1]), p(res.same[1])-p(res.empty[1])))

	say("4. DO THE NUMBERS ADD UP?\n\nIntegrated gradients have a property that can be checked, completeness: their sum over all")
	say("pixels is s(x) − s(empty picture). The mean of ds/dx is taken at some places on the way;")
	say("what is missing or too much, as a share of that difference:\n")
	say("    gradient · x, no way at all  %8.3f%%", p(res.plain))
	for k, n := range steps {
		say("    at %3d places                %8.3f%%", n, p(res.gap[k]))
	}
	path := filepath.Join(folder, "interpret.png")
	if err := res.picture(path); err != nil {
		return err
	}
	say("\n5. THE ANSWER\n\nThe article says that nets are hard to explain, and advises to visualise. Here all three")
	say("ways found the shortcut that accuracy had hidden, and changing the spots confirmed it:")
	say("%.1f %% fell to %.1f %%. The explanations of both nets, red for the digit and blue against", p(res.same[0]), p(res.wrong[0]))
	say("it, are in\n%s", path)
	return nil
}

// picture draws a row of digits, and three explanations for each of the nets.
func (res *results) picture(path string) error {
	const columns = 10
	set := planted(res.test, func(i int) int { return res.test.Labels[i] })
	sheet := course.Sheet{Columns: columns, Scale: 5}
	for i := range columns {
		sheet.Tiles = append(sheet.Tiles, set.Slice(i, i+1).X.Reshape(side, side))
	}
	for _, net := range []nn.Layer{res.spots, res.honest} {
		for _, way := range ways {
			for i := range columns {
				one := set.Slice(i, i+1)
				sheet.Tiles = append(sheet.Tiles, course.Heat(way.explain(net, one.X, one.Labels[0]).Reshape(side, side)))
			}
		}
	}
	return sheet.Save(path)
}
