// Multimodal joins pictures and sentences, each of which leaves its reader in
// doubt. It compares one of them alone with late fusion (join two answers) and
// early fusion (join two inputs), on a task that both solve and on one where only
// early fusion can, and then takes one of the two away.
//
//	go run ./examples/multimodal [-out folder]
package main

import (
	"context"
	"io"
	"path/filepath"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/data"
	"github.com/descent-ml/descent/data/synthetic"
	"github.com/descent-ml/descent/examples/internal/course"
	"github.com/descent-ml/descent/nn"
	"github.com/descent-ml/descent/optim"
	"github.com/descent-ml/descent/tensor"
	"github.com/descent-ml/descent/train"
	"github.com/descent-ml/descent/train/metric"
)

func main() { course.Main("multimodal", run) }

const (
	side    = 7 // pixels of a picture
	pixels  = side * side
	words   = 30 // different words: 0–9 name digits, 10–13 ask, the others say nothing
	rows    = 1000
	seeds   = 5
	noise   = 0.15
	nothing = 14 // the first word that says nothing
)

// newSet makes n pictures of digits, side × side pixels with noise, and a sentence
// of six words for each, as counts of words: X is [n pixels+words]. Five words say
// nothing; say returns the sixth, and the label.
func newSet(n int, seed uint64, classes int, say func(digit int, r *tensor.Rand) (word, label int)) *data.Examples {
	r := tensor.NewRand(seed)
	digits := synthetic.Digits(n, 1000+seed)
	pool := nn.AvgPool2d{Kernel: nn.Square(28 / side)}
	small := train.NewPredictor(pool).Predict(digits.X)
	s := &data.Examples{X: tensor.Zeros(n, pixels+words), Labels: make([]int, n), Classes: classes}
	for i, digit := range digits.Labels {
		for p := range pixels {
			s.X.Set(small.At(i, 0, p/side, p%side)+noise*r.NormalFloat64(), i, p)
		}
		word, label := say(digit, r)
		s.Labels[i] = label
		s.X.Set(1, i, pixels+word)
		for range 5 {
			w := pixels + nothing + int(r.Uint32()%(words-nothing))
			s.X.Set(s.X.At(i, w)+1, i, w)
		}
	}
	return s
}

// naming: which digit? One of two words says "0 or 1", two others "2 or 3", and so on.
func naming(digit int, r *tensor.Rand) (word, label int) {
	return digit/2*2 + int(r.Uint32()%2), digit
}

// asking: the words 10 and 11 ask whether the digit is even, 12 and 13 whether it is odd. The label is 1 for yes.
func asking(digit int, r *tensor.Rand) (word, label int) {
	question := int(r.Uint32() % 2)
	word = 10 + 2*question + int(r.Uint32()%2)
	if digit%2 == question {
		label = 1
	}
	return word, label
}

// only returns a layer that sets all columns but from ≤ j < to to 0.
func only(from, to int) nn.Layer {
	keep := tensor.Zeros(pixels + words)
	for j := from; j < to; j++ {
		keep.Set(1, j)
	}
	return nn.Func(func(x autograd.Var) autograd.Var { return x.Mul(x.Tape().Const(keep)) })
}

var (
	both     = only(0, pixels+words)
	picture  = only(0, pixels)
	sentence = only(pixels, pixels+words)
)

// fit trains a net of one hidden layer on what the layer sees lets through. With
// hide, the picture or the sentence is hidden, each with that probability.
func fit(s *data.Examples, sees nn.Layer, hide float64, seed uint64) nn.Layer {
	r := tensor.NewRand(seed)
	net := nn.Sequential{sees, nn.NewLinear(r, pixels+words, 64), nn.ReLU{}, nn.NewLinear(r, 64, s.Classes)}
	loader := &data.Loader[data.Batch]{Set: s, Batch: 50, Shuffle: r, Seed: seed}
	loader.Transform = func(b *data.Batch, r *tensor.Rand) {
		for i := range b.X.Dim(0) {
			x := tensor.Data[float32](b.X)[i*(pixels+words) : (i+1)*(pixels+words)]
			switch u := r.Float64(); {
			case u < hide:
				clear(x[:pixels])
			case u < 2*hide:
				clear(x[pixels:])
			}
		}
	}
	f := &train.Fit[data.Batch]{
		Model: net, Objective: train.Classify(net, nn.CrossEntropy), Train: loader, Epochs: 20,
		Opt: optim.NewAdam(nn.Params(net), optim.Adam{LR: 0.005}),
	}
	if _, err := f.Run(context.Background()); err != nil {
		panic(err)
	}
	return net
}

// late joins the answers of two nets: it multiplies their probabilities, by their logarithms.
func late(a, b nn.Layer) nn.Layer {
	return nn.Func(func(x autograd.Var) autograd.Var { return a.Forward(x).LogSoftmax(1).Add(b.Forward(x).LogSoftmax(1)) })
}

func accuracy(net nn.Layer, s *data.Examples) float64 {
	return 100 * metric.Of(&metric.Accuracy{}, metric.Batch{Output: train.NewPredictor(net).Predict(s.X), Labels: s.Labels})
}

// without returns what a net answers when it sees only a part of its input.
func without(net, sees nn.Layer) nn.Layer { return nn.Sequential{sees, net} }

// A result is the accuracies of one task, in percent.
type result struct {
	picture, sentence, late, early, hidden float64 // with all that there is
	earlyP, hiddenP, earlyS, hiddenS       float64 // when there is only the picture, only the sentence
}

// A task gives the sixth word of a sentence and the label.
type task func(digit int, r *tensor.Rand) (word, label int)

func try(classes, n int, t task, seed uint64) (r result, test *data.Examples, nets []nn.Layer) {
	s, test := newSet(n, seed, classes, t), newSet(rows, 50+seed, classes, t)
	p, w := fit(s, picture, 0, seed), fit(s, sentence, 0, seed)
	l, e, h := late(p, w), fit(s, both, 0, seed), fit(s, both, 0.2, seed)
	return result{
		accuracy(p, test), accuracy(w, test), accuracy(l, test), accuracy(e, test), accuracy(h, test),
		accuracy(without(e, picture), test), accuracy(without(h, picture), test),
		accuracy(without(e, sentence), test), accuracy(without(h, sentence), test),
	}, test, []nn.Layer{p, w, l}
}

func mean(results []result, value func(r result) float64) (m float64) {
	for _, r := range results {
		m += value(r) / float64(len(results))
	}
	return m
}

// bars draws ten probabilities as columns.
func bars(p *tensor.Tensor, i int) *tensor.Tensor {
	tile := tensor.Zeros(side, 10)
	for d := range 10 {
		for y := range int(p.At(i, d)*side + 0.5) {
			tile.Set(0.8, side-1-y, d)
		}
	}
	return tile
}

func run(out io.Writer, folder string) error {
	say := course.Printer(out)
	var name, ask []result
	var test *data.Examples
	var nets []nn.Layer
	for seed := uint64(1); seed <= seeds; seed++ {
		r, s, n := try(10, rows, naming, seed)
		name = append(name, r)
		if seed == 1 {
			test, nets = s, n
		}
		r, _, _ = try(2, rows, asking, seed)
		ask = append(ask, r)
	}
	show := func(what string, percent float64) {
		say("    %-34s %5.1f %%   %s", what, percent, course.Bar(percent/100, 30))
	}
	say("1. EACH ALONE IS IN DOUBT\n\nA picture of a digit, %d × %d pixels with noise, and a sentence of six words, of which five", side, side)
	say("say nothing and one says: it is 0 or 1, 2 or 3, and so on. A net sees both as numbers: the")
	say("pixels, and how often each of %d words occurs. Which digit is it? Nets of 64 hidden units", words)
	say("learn from %d pairs. Accuracy is the share of right answers on %d others, a mean of", rows, rows)
	say("%d sets:\n", seeds)
	p, w := mean(name, func(r result) float64 { return r.picture }), mean(name, func(r result) float64 { return r.sentence })
	show("picture alone", p)
	show("sentence alone", w)
	say("\nNo net can do better than 50 %% by the sentence: it leaves two digits. (Above is chance.)\n")

	l, e := mean(name, func(r result) float64 { return r.late }), mean(name, func(r result) float64 { return r.early })
	say("2. TOGETHER\n\nLate fusion trains a net for each and joins their answers: it multiplies the probabilities")
	say("that both give to a digit. Early fusion gives both inputs to one net:\n")
	show("late fusion", l)
	show("early fusion", e)
	say("\nThe two doubts are about different things. The sentence leaves 2 or 3, which look unlike.")
	say("For a given digit, picture and sentence here have nothing more to do with each other. Then")
	say("p(digit | both) is proportional to p(digit | picture) · p(digit | sentence), by Bayes'")
	say("rule, as all digits are equally frequent. So to multiply is right.")
	path := filepath.Join(folder, "multimodal.png")
	sheet := course.Sheet{Columns: 8, Scale: 10}
	var p10 []*tensor.Tensor
	for _, net := range nets {
		p10 = append(p10, tensor.Softmax(train.NewPredictor(net).Predict(test.X), 1))
	}
	for i := range 10 {
		tile := tensor.Zeros(side, 10)
		for k := range pixels {
			tile.Set(test.X.At(i, k), k/side, k%side+1)
		}
		sheet.Tiles = append(sheet.Tiles, tile, bars(p10[0], i), bars(p10[1], i), bars(p10[2], i))
	}
	say("Drawn for the ten digits: a picture, then what it, the sentence, and both say of 0 … 9:\n%s\n", path)

	say("3. WHEN ONE ASKS ABOUT THE OTHER\n\nNow the sentence asks whether the digit is even, or whether it is odd: yes or no.\n")
	show("picture alone", mean(ask, func(r result) float64 { return r.picture }))
	show("sentence alone", mean(ask, func(r result) float64 { return r.sentence }))
	show("late fusion", mean(ask, func(r result) float64 { return r.late }))
	show("early fusion", mean(ask, func(r result) float64 { return r.early }))
	say("\nAlone, each knows nothing of the answer: a coin toss. Two coin tosses joined are one. Late")
	say("fusion comes too late when the meaning of one depends on the other.\n")

	say("4. WHEN ONE IS MISSING\n\nBack to the first task. In the test the sentence or the picture is missing: numbers are 0.")
	say("Late fusion leaves out the net that has no input. A third net has learnt by early fusion")
	say("with the picture hidden in 20 %% of the examples and the sentence in another 20 %%:\n")
	say("                                      both   no sentence   no picture")
	say("    late fusion                    %5.1f %%       %5.1f %%      %5.1f %%", l, p, w)
	say("    early fusion                   %5.1f %%       %5.1f %%      %5.1f %%", e, mean(name, func(r result) float64 { return r.earlyP }), mean(name, func(r result) float64 { return r.earlyS }))
	say("    early fusion, parts hidden     %5.1f %%       %5.1f %%      %5.1f %%\n", mean(name, func(r result) float64 { return r.hidden }),
		mean(name, func(r result) float64 { return r.hiddenP }), mean(name, func(r result) float64 { return r.hiddenS }))
	lost := p - mean(name, func(r result) float64 { return r.earlyP })
	say("A net that has never missed the sentence reads the picture worse without it, by %.1f", lost)
	say("points, than one that never had it. To hide parts in training wins back %.1f of them.\n", lost-p+mean(name, func(r result) float64 { return r.hiddenP }))

	say("5. THE ANSWER\n\nThe article (9.19) names \"multimodal neural networks\". There is no one such net, there is")
	say("a choice. Late fusion got %.1f %% and is robust, but blind to questions: %.1f %%. Early", l, mean(ask, func(r result) float64 { return r.late }))
	say("fusion got %.1f %% and %.1f %%. Hide parts in training where they may be missing later.", e, mean(ask, func(r result) float64 { return r.early }))
	return sheet.Save(path)
}
