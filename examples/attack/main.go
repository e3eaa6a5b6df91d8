// Attack changes each pixel of a picture a little, so that a net names the
// picture wrongly. It shows two attacks, a defence that only hides the
// gradient, how to expose it, and one that helps: adversarial training.
//
//	go run ./examples/attack [-out folder]
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
	course.Main("attack", func(out io.Writer, folder string) error {
		return tell(out, folder, study(size{examples: 400, tests: 200, epochs: 12, seeds: 3, steps: 20}))
	})
}

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

// tape is that of the attacks, which see the net as it is in use.
var tape = autograd.NewTape()

// gradient returns the loss of a net, and its derivative by the pictures x.
func gradient(net nn.Layer, x *tensor.Tensor, labels []int) (float64, *tensor.Tensor) {
	tape.Reset()
	tape.SetMode(autograd.Eval)
	v := tape.Var(x)
	loss := nn.CrossEntropy(net.Forward(v), labels)
	grads := loss.Backward()
	return loss.Item(), grads.Of(v).Clone()
}

// inside brings y to within radius of x, pixel by pixel, and to 0 … 1.
func inside(y, x *tensor.Tensor, radius float64) *tensor.Tensor {
	near := tensor.Minimum(tensor.Maximum(y, tensor.AddScalar(x, -radius)), tensor.AddScalar(x, radius))
	return tensor.Clamp(near, 0, 1)
}

// noisy changes each pixel by a random number within the radius.
func noisy(x *tensor.Tensor, radius float64, r *tensor.Rand) *tensor.Tensor {
	return inside(tensor.Add(x, tensor.Uniform(r, -radius, radius, x.Shape()...)), x, radius)
}

// fgsm takes one step of the size of the radius, uphill.
func fgsm(net nn.Layer, x *tensor.Tensor, labels []int, radius float64) *tensor.Tensor {
	_, g := gradient(net, x, labels)
	return inside(tensor.Add(x, tensor.MulScalar(tensor.Sign(g), radius)), x, radius)
}

// pgd starts at a random place within the radius and takes smaller steps.
func pgd(net nn.Layer, x *tensor.Tensor, labels []int, radius float64, steps int, r *tensor.Rand) *tensor.Tensor {
	y := noisy(x, radius, r)
	for range steps {
		_, g := gradient(net, y, labels)
		y = inside(tensor.Add(y, tensor.MulScalar(tensor.Sign(g), 2.5*radius/float64(steps))), x, radius)
	}
	return y
}

// fit trains a net on what change makes of each batch; nil leaves it as it is.
func fit(s size, seed uint64, change func(net nn.Layer, b *data.Batch) *tensor.Tensor) nn.Sequential {
	net := newNet(seed)
	loader := &data.Loader[data.Batch]{Set: course.SmallDigits(s.examples, seed), Batch: 20, Shuffle: tensor.NewRand(seed)}
	classify := train.Classify(net, nn.CrossEntropy)
	run := &train.Fit[data.Batch]{
		Model: net,
		Objective: func(t *autograd.Tape, b *data.Batch) train.Outcome {
			if change != nil {
				b = &data.Batch{X: change(net, b), Labels: b.Labels}
			}
			return classify(t, b)
		},
		Opt:      optim.NewAdam(nn.Params(net), optim.Adam{}),
		Schedule: optim.OneCycle{LR: 0.01, Steps: s.epochs * loader.Batches()},
		Train:    loader,
		Epochs:   s.epochs,
	}
	if _, err := run.Run(context.Background()); err != nil {
		panic(err) // a set in memory has no errors, and a loss that is NaN is a fault of the lesson
	}
	return net
}

const trained = 0.1 // the radius of the noise and of the attacks that nets are trained with

var radii = []float64{0, 0.05, 0.1, 0.15, 0.2}

// at is the place of the trained radius among the radii.
const at = 2

type size struct{ examples, tests, epochs, seeds, steps int }

// results hold one number for each seed.
type results struct {
	size
	accuracy               [3][3][5][]float64 // by net, attack and radius
	same, zero             []float64          // of the masked net: share of answers that are those of the plain net, and of gradients that are 0
	masked, masker, unmask []float64          // its accuracy: random noise, PGD on itself, PGD on the plain net
	longer                 []float64          // the adversarial net under PGD of four times the steps
	rise, foretold, random []float64          // of the loss at the radius small
	plain, hard            nn.Sequential      // nets of the first seed
	test                   *data.Examples
}

const small = 0.002

func study(s size) *results {
	res := &results{size: s, test: course.SmallDigits(s.tests, 1000)}
	x, labels := res.test.X, res.test.Labels
	for seed := uint64(1); seed <= uint64(s.seeds); seed++ {
		r := tensor.NewRand(seed + 500)
		plain := fit(s, seed, nil)
		noise := fit(s, seed, func(_ nn.Layer, b *data.Batch) *tensor.Tensor { return noisy(b.X, trained, r) })
		hard := fit(s, seed, func(net nn.Layer, b *data.Batch) *tensor.Tensor {
			return pgd(net, b.X, b.Labels, trained, 1, r)
		})
		accuracy := func(net nn.Layer, x *tensor.Tensor) float64 {
			return course.Accuracy(net, &data.Examples{X: x, Labels: labels, Classes: 10})
		}
		for n, net := range []nn.Layer{plain, noise, hard} {
			for k, radius := range radii {
				changed := []*tensor.Tensor{x, x, x}
				if radius > 0 {
					changed = []*tensor.Tensor{noisy(x, radius, r), fgsm(net, x, labels, radius), pgd(net, x, labels, radius, s.steps, r)}
				}
				for a, y := range changed {
					res.accuracy[n][a][k] = append(res.accuracy[n][a][k], accuracy(net, y))
				}
			}
		}
		res.longer = append(res.longer, accuracy(hard, pgd(hard, x, labels, trained, 4*s.steps, r)))

		before, g := gradient(plain, x, labels)
		moved := fgsm(plain, x, labels, small)
		after, _ := gradient(plain, moved, labels)
		chance, _ := gradient(plain, noisy(x, small, r), labels)
		res.rise, res.random = append(res.rise, after-before), append(res.random, chance-before)
		res.foretold = append(res.foretold, tensor.Sum(tensor.Mul(g, tensor.Sub(moved, x))).Item())

		mask := masked(plain)
		res.same = append(res.same, agree(answers(mask, x), answers(plain, x)))
		res.zero = append(res.zero, still(mask, x, labels))
		res.masked = append(res.masked, accuracy(mask, noisy(x, trained, r)))
		res.masker = append(res.masker, accuracy(mask, pgd(mask, x, labels, trained, s.steps, r)))
		res.unmask = append(res.unmask, accuracy(mask, pgd(plain, x, labels, trained, s.steps, r)))
		if seed == 1 {
			res.plain, res.hard = plain, hard
		}
	}
	return res
}

// masked multiplies the logits of a net by 1000, which changes no answer.
func masked(net nn.Layer) nn.Layer {
	return nn.Sequential{net, nn.Func(func(logits autograd.Var) autograd.Var { return logits.MulScalar(1000) })}
}

func answers(net nn.Layer, x *tensor.Tensor) []int {
	return tensor.ArgMax(train.NewPredictor(net).Predict(x), 1)
}

func agree(a, b []int) float64 {
	same := 0
	for i := range a {
		if a[i] == b[i] {
			same++
		}
	}
	return float64(same) / float64(len(a))
}

// still returns the share of the pictures for which no pixel has a gradient.
func still(net nn.Layer, x *tensor.Tensor, labels []int) float64 {
	_, g := gradient(net, x, labels)
	largest := tensor.Max(tensor.Abs(g), 1, 2, 3)
	return 1 - tensor.Mean(tensor.Greater(largest, tensor.ZerosLike(largest))).Item()
}

func tell(out io.Writer, folder string, res *results) error {
	say := course.Printer(out)
	percent := func(net, attack, k int) float64 { return 100 * course.Mean(res.accuracy[net][attack][k]) }
	table := func(net int) {
		say("    radius    random noise     FGSM      PGD")
		for k, radius := range radii {
			say("    %6.2f    %11.1f%%   %5.1f%%   %5.1f%%", radius, percent(net, 0, k), percent(net, 1, k), percent(net, 2, k))
		}
	}
	say("1. THE FAULT\n\nA net learns %d digits of 14 × 14 pixels, and names %.1f %% of %d others rightly. (All", res.examples, percent(0, 0, 0), res.tests)
	say("are means of %d nets.) Now each pixel, which is from 0 to 1, may change by no more than a", res.seeds)
	say("radius. Random noise does little. But the gradient of the loss by the pixels says which")
	say("way each pixel must go. The fast gradient sign method (FGSM) takes one step:\n\n    x + radius · sign(dL/dx)\n")
	say("Projected gradient descent (PGD) takes %d smaller ones, from a random start, and each time", res.steps)
	say("goes back to the nearest picture within the radius. The net still names rightly:\n")
	table(0)
	say("\nAt %.2f, noise costs %.1f points, and PGD %.1f. So a test with noise says nothing about an", trained,
		percent(0, 0, 0)-percent(0, 0, at), percent(0, 0, 0)-percent(0, 2, at))
	say("attack. A digit as it is, with noise of %.2f, and after PGD of that radius:\n", trained)
	say("%s", course.Shade(res.shown(0)...))

	say("2. WHY\n\nFor a small change d, the loss grows by Σ dL/dx · d. With each |d| at most the radius,")
	say("it grows most for d = radius · sign(dL/dx), where a pixel can go: paper is 0 and cannot")
	say("go lower. Then all of the %d terms add up; those of random changes cancel. At the radius", 14*14)
	say("%v the mean loss grows by\n\n    FGSM, by the formula  %+.5f\n    FGSM                  %+.5f\n    random noise          %+.5f\n",
		small, course.Mean(res.foretold), course.Mean(res.rise), course.Mean(res.random))

	say("3. A DEFENCE THAT IS NONE\n\nMultiply the scores of the trained net by 1000, and attack again at %.2f:\n", trained)
	say("                               plain net    scores × 1000")
	say("    PGD on the net itself       %7.1f%%        %7.1f%%\n", percent(0, 2, at), 100*course.Mean(res.masker))
	say("Has it become safe? It gives the same answer to %.0f %% of the pictures: the largest score", 100*course.Mean(res.same))
	say("stays the largest. What has gone is the gradient. The softmax of such scores is 0 or 1 to")
	say("the last bit, p − y is 0, and so is all of dL/dx for %.0f %% of the pictures. The attack", 100*course.Mean(res.zero))
	say("is blind, the net as weak as before (gradient masking). Two tests expose it:\n")
	say("    random noise                %7.1f%%        %7.1f%%   noise does as much as PGD", percent(0, 0, at), 100*course.Mean(res.masked))
	say("    PGD on the plain net        %7.1f%%        %7.1f%%   it breaks both nets\n", percent(0, 2, at), 100*course.Mean(res.unmask))

	say("4. THE CURE: TRAIN ON ATTACKS\n\nAdversarial training attacks each batch, and trains on the result. Here the attack is one")
	say("step of PGD with the radius %.2f, so a batch costs two gradients in place of one:\n", trained)
	table(2)
	say("\nAt %.2f, %.1f %% withstand PGD, after %.1f %% of the plain net. Its price: %.1f points on", trained, percent(2, 2, at), percent(0, 2, at), percent(0, 0, 0)-percent(2, 0, 0))
	say("unchanged digits. Beyond the radius of training it does not hold: %.1f %% at %.2f.", percent(2, 2, 4), radii[4])
	say("Is this masked, too? Four times as many steps of PGD leave %.1f %%, and PGD is stronger", 100*course.Mean(res.longer))
	say("than noise by %.1f points: its gradients tell the way. Still, that is what these attacks", percent(2, 0, at)-percent(2, 2, at))
	say("find, an upper bound. A better attack may find more. The same digit, and after PGD on it:\n")
	say("%s", course.Shade(res.shown(1)...))

	path := filepath.Join(folder, "attack.png")
	if err := res.picture(path); err != nil {
		return err
	}
	say("5. THE ANSWER\n\nFor safety the article advises \"adversarial attacks\" and encryption. An attack is the")
	say("danger; what helps is to train on it. The share right under PGD of %.2f, after\n", trained)
	line := func(name string, accuracy float64) {
		say("    %-42s %5.1f%%  %s", name, accuracy, course.Bar(accuracy/100, 30))
	}
	line("nothing", percent(0, 2, at))
	line("training with random noise", percent(1, 2, at))
	line("hiding the gradient (PGD on the plain net)", 100*course.Mean(res.unmask))
	line("adversarial training", percent(2, 2, at))
	say("\nDigits, what PGD adds to them for the plain net and for the other, and the sums are in\n%s", path)
	return nil
}

// shown returns digit 0 of the test as it is, with noise and after PGD; of the
// adversarial net the first and the last alone.
func (res *results) shown(net int) []*tensor.Tensor {
	one := res.test.Slice(0, 1)
	r := tensor.NewRand(1)
	grey := func(x *tensor.Tensor) *tensor.Tensor { return x.Reshape(14, 14) }
	if net == 1 {
		return []*tensor.Tensor{grey(one.X), grey(pgd(res.hard, one.X, one.Labels, trained, res.steps, r))}
	}
	return []*tensor.Tensor{grey(one.X), grey(noisy(one.X, trained, r)), grey(pgd(res.plain, one.X, one.Labels, trained, res.steps, r))}
}

// picture draws a row of digits, what PGD adds to them, and the sum, for both nets.
func (res *results) picture(path string) error {
	const columns = 10
	rows := make([][]*tensor.Tensor, 5)
	r := tensor.NewRand(1)
	for i := range columns {
		one := res.test.Slice(i, i+1)
		rows[0] = append(rows[0], one.X.Reshape(14, 14))
		for k, net := range []nn.Layer{res.plain, res.hard} {
			y := pgd(net, one.X, one.Labels, trained, res.steps, r)
			rows[2*k+1] = append(rows[2*k+1], course.Heat(tensor.Sub(y, one.X).Reshape(14, 14)))
			rows[2*k+2] = append(rows[2*k+2], y.Reshape(14, 14))
		}
	}
	sheet := course.Sheet{Columns: columns, Scale: 5}
	for _, row := range rows {
		sheet.Tiles = append(sheet.Tiles, row...)
	}
	return sheet.Save(path)
}
