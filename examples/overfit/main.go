// Overfit lets a net learn 60 points by heart, shows by its capacity, its depth
// and the number of points when that happens, and measures side by side what is
// said to help: weight decay, dropout, augmentation, early stopping, ensembles.
// At the end k-fold cross-validation chooses a setting without the test set.
//
//	go run ./examples/overfit [-out folder]
package main

import (
	"context"
	"fmt"
	"io"
	"math"
	"path/filepath"
	"slices"

	"github.com/guptarohit/asciigraph"

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

func main() { course.Main("overfit", run) }

const (
	noise = 0.3 // of the points around their half circles
	few   = 60  // points to learn from
	tests = 1000
	seeds = 5 // how often each row of a table is repeated, with other points and other first weights
)

// A setting says which net is trained, how long, and what is done against overfitting.
type setting struct {
	Layers, Units, Epochs  int // hidden layers, units of each, steps
	Decay, Dropout, Jitter float64
}

// plain is a net with room enough to learn the points by heart, and nothing against it.
var plain = setting{Layers: 2, Units: 32, Epochs: 250}

func newNet(s setting, seed uint64) (net nn.Sequential) {
	r := tensor.NewRand(seed)
	width := 2
	for range s.Layers {
		net = append(net, nn.NewLinear(r, width, s.Units), nn.ReLU{}, nn.NewDropout(r, s.Dropout))
		width = s.Units
	}
	return append(net, nn.NewLinear(r, width, 2))
}

// whole deals out a set as one batch.
func whole(s data.Set[data.Batch]) *data.Loader[data.Batch] {
	return &data.Loader[data.Batch]{Set: s, Batch: s.Len()}
}

// newFit prepares the training of a new net. All points are one batch, so an
// epoch is one step. With valid, the loss on it is measured after each step.
func newFit(s setting, points, valid data.Set[data.Batch], seed uint64) *train.Fit[data.Batch] {
	net := newNet(s, seed)
	source := whole(points)
	source.Seed = seed
	if s.Jitter > 0 {
		source.Transform = func(b *data.Batch, r *tensor.Rand) {
			x := tensor.Data[float32](b.X)
			for i := range x {
				x[i] += float32(s.Jitter * r.NormalFloat64())
			}
		}
	}
	fit := &train.Fit[data.Batch]{
		Model: net, Objective: train.Classify(net, nn.CrossEntropy), Train: source, Epochs: s.Epochs,
		Opt: optim.NewAdamW(nn.Params(net), optim.AdamW{LR: 0.01, WeightDecay: max(s.Decay, nn.Zero)}),
	}
	if valid != nil {
		fit.Valid = whole(valid)
	}
	return fit
}

func trained(fit *train.Fit[data.Batch]) nn.Layer {
	if _, err := fit.Run(context.Background()); err != nil {
		panic(err)
	}
	return fit.Model.(nn.Layer)
}

func (s setting) on(points *data.Examples, seed uint64) nn.Layer {
	return trained(newFit(s, points, nil, seed))
}

// stopped trains on two thirds of the points, and takes the weights of the
// epoch that was the best on the others.
func stopped(points *data.Examples, seed uint64) nn.Layer {
	n := points.Len() * 2 / 3
	fit := newFit(plain, points.Slice(0, n), points.Slice(n, points.Len()), seed)
	fit.Watch = &train.Watch{KeepBest: true}
	return trained(fit)
}

// An ensemble answers with the mean of the probabilities of its nets.
type ensemble []nn.Layer

func (e ensemble) Forward(x autograd.Var) autograd.Var {
	logs := make([]autograd.Var, len(e))
	for i, net := range e {
		logs[i] = net.Forward(x).LogSoftmax(1)
	}
	return autograd.Stack(0, logs...).LogSumExp(0).AddScalar(-math.Log(float64(len(e))))
}

func newEnsemble(points *data.Examples, seed uint64) nn.Layer {
	var e ensemble
	for k := range uint64(5) {
		e = append(e, plain.on(points, 100*seed+k))
	}
	return e
}

// oracle knows how the points are made: the density of a class at x is the mean
// of the normal densities around the places on its half circle.
func oracle(x autograd.Var) autograd.Var {
	places, density := synthetic.Moons(400, 0, nil), tensor.Zeros(x.Dim(0), 2)
	for i := range x.Dim(0) {
		for k, label := range places.Labels {
			d := math.Hypot(x.Value().At(i, 0)-places.X.At(k, 0), x.Value().At(i, 1)-places.X.At(k, 1))
			density.Set(density.At(i, label)+math.Exp(-d*d/(2*noise*noise)), i, label)
		}
	}
	return x.Tape().Const(tensor.Log(density))
}

func moons(n int, seed uint64) *data.Examples { return synthetic.Moons(n, noise, tensor.NewRand(seed)) }

// A score is the mean loss and the share of wrong answers.
type score struct{ loss, errors float64 }

func measure(model nn.Layer, on *data.Examples) score {
	s, err := train.Evaluate(context.Background(), train.Classify(model, nn.CrossEntropy), whole(on), &metric.Accuracy{})
	if err != nil {
		panic(err)
	}
	return score{s.Loss, 1 - s.Of("accuracy")}
}

// A trial is what came of a way to train, for each seed.
type trial struct {
	train, test []score
	models      []nn.Layer
}

// try trains in one way on several sets of n points.
func try(n int, test *data.Examples, way func(points *data.Examples, seed uint64) nn.Layer) (t trial) {
	for seed := uint64(1); seed <= seeds; seed++ {
		points := moons(n, seed)
		model := way(points, seed)
		t.models = append(t.models, model)
		t.train, t.test = append(t.train, measure(model, points)), append(t.test, measure(model, test))
	}
	return t
}

func mean(scores []score) (m score) {
	for _, s := range scores {
		m.loss += s.loss / float64(len(scores))
		m.errors += s.errors / float64(len(scores))
	}
	return m
}

func (t trial) String() string {
	a, b := mean(t.train), mean(t.test)
	return fmt.Sprintf("%8.3f %11.3f %10.1f %%", a.loss, b.loss, 100*b.errors)
}

func run(out io.Writer, folder string) error {
	say := course.Printer(out)
	test := moons(tests, 1000)
	best := measure(nn.Func(oracle), test)
	say("1. THE FAULT\n\nPoints of two classes lie around two half circles, with noise of deviation %.1f. A net", noise)
	say("gives each class a probability. The loss is the mean of −log p, where p is that of the")
	say("right class. We train on %d points and then ask about %d others, the test set.", few, tests)
	say("The net has %d hidden layers of %d units. An epoch is one step with all the points:\n", plain.Layers, plain.Units)
	say("    epoch   training loss   test loss   test errors")
	points, early, fall, rise := moons(few, 1), plain, []float64(nil), []float64(nil)
	fit, lowest, end := newFit(plain, points, nil, 1), score{loss: math.Inf(1)}, score{}
	fit.OnEpoch = func(e train.Epoch) error {
		if e.Number%5 != 0 {
			return nil
		}
		now := measure(fit.Model.(nn.Layer), points)
		end = measure(fit.Model.(nn.Layer), test)
		fall, rise = append(fall, now.loss), append(rise, end.loss)
		if end.loss < lowest.loss {
			lowest, early.Epochs = end, e.Number
		}
		if slices.Contains([]int{5, 20, 40, 100, 175, 250}, e.Number) {
			say("    %5d %15.4f %11.3f %11.1f %%", e.Number, now.loss, end.loss, 100*end.errors)
		}
		return nil
	}
	late := trained(fit)
	say("\n%s\n", asciigraph.PlotMany([][]float64{fall, rise}, asciigraph.Width(60), asciigraph.Height(10),
		asciigraph.XAxisRange(0, float64(plain.Epochs)), asciigraph.Precision(2),
		asciigraph.SeriesChars(asciigraph.CreateCharSet("·"), asciigraph.DefaultCharSet), asciigraph.Caption("loss   · training   ─ test")))
	say("This is overfitting: the training loss falls on and on. The test loss was %.3f after", lowest.loss)
	say("%d epochs and is %.3f at the end. The errors grew less, from %.1f %% to %.1f %%: what", early.Epochs, end.loss, 100*lowest.errors, 100*end.errors)
	say("is lost first is not the answers, it is knowing how sure they are. Who knows the formula")
	say("of the points has a test loss of %.3f and %.1f %% errors, since the classes overlap.\n", best.loss, 100*best.errors)

	say("2. CAPACITY\n\nCapacity is how much a net can bend. One hidden layer, more and more units; each row")
	say("is the mean over %d sets of %d points:\n\n    hidden units   training   test loss   test errors", seeds, few)
	for _, units := range []int{0, 4, 16, 64, 256} {
		s := setting{Layers: min(units, 1), Units: units, Epochs: plain.Epochs}
		say("    %12d %s", units, try(few, test, s.on))
	}
	say("\nBy the training loss, more is always better. The test loss is lowest in the middle: with 0")
	say("units the border is a straight line, which is too stiff, and with many it bends to noise.\n")

	say("3. DATA\n\nThe net of section 1, and more and more points:\n\n    points         training   test loss   test errors")
	nothing := try(few, test, plain.on)
	say("    %-12d %s\n    %-12d %s", 20, try(20, test, plain.on), few, nothing)
	say("    %-12d %s\n    %-12d %s", 200, try(200, test, plain.on), 600, try(600, test, plain.on))
	say("\nThe training loss rises, as there is more than can be learnt by heart; the test loss")
	say("falls from %.3f on %d points, and the gap between the two closes.\n", mean(nothing.test).loss, few)

	say("4. MORE LAYERS\n\nThe article says that training more layers makes a net generalise better, which means:")
	say("do better on points that it has not seen. Layers of 16 units, on %d and on 600 points:\n", few)
	say("    hidden layers  %3d points: training   test loss   errors    600 points: test loss", few)
	for _, layers := range []int{0, 1, 2, 4} {
		s := setting{Layers: layers, Units: 16, Epochs: plain.Epochs}
		a, b := try(few, test, s.on), try(600, test, s.on)
		say("    %13d %24.3f %11.3f %7.1f %% %24.3f", layers, mean(a.train).loss, mean(a.test).loss, 100*mean(a.test).errors, mean(b.test).loss)
	}
	say("\nOne layer is better than none. Every further one makes the test loss on %d points worse,", few)
	say("and on 600 points it wins nothing. Depth is capacity: more of it is no cure in itself.\n")

	say("5. THE CURES SIDE BY SIDE\n\n  weight decay λ   each step first shrinks the weights: w ← (1 − rate λ) w, rate 0.01")
	say("  dropout p        in training, each hidden unit is 0 with probability p")
	say("  augmentation     in each epoch the points are moved anew by normal noise of deviation σ")
	say("  early stopping   train on %d points; keep the epoch with the lowest loss on the other %d", few*2/3, few-few*2/3)
	say("  ensemble         5 nets with different first weights; the mean of their probabilities\n")
	decay, dropout, jitter := plain, plain, plain
	decay.Decay, dropout.Dropout, jitter.Jitter = 3, 0.5, 0.2
	ensembles, dropouts := try(few, test, newEnsemble), try(few, test, dropout.on)
	stops, decays, jitters := try(few, test, stopped), try(few, test, decay.on), try(few, test, jitter.on)
	say("                      training   test loss   test errors   better than nothing")
	say("    nothing          %s", nothing)
	row := func(name string, t trial) {
		wins := 0
		for i, s := range nothing.test {
			if t.test[i].loss < s.loss {
				wins++
			}
		}
		say("    %-16s %s %12d of %d sets", name, t, wins, seeds)
	}
	row("ensemble of 5", ensembles)
	row("dropout 0.5", dropouts)
	row("early stopping", stops)
	row("weight decay 3", decays)
	row("augmentation 0.2", jitters)
	say("    the formula      %8s %11.3f %10.1f %%\n", "", best.loss, 100*best.errors)
	alone := 0.0
	for _, net := range ensembles.models[0].(ensemble) {
		alone += measure(net, test).loss / 5
	}
	say("An ensemble cannot be worse than its nets are on average, because −log is convex: on")
	say("the first set they have %.3f alone and %.3f together. But overfitted nets make an", alone, ensembles.test[0].loss)
	say("overfitted ensemble. Early stopping, decay and augmentation do without most of the loss")
	say("that overfitting added. Their strengths were tried out on test points, which flatters")
	say("them; section 6 shows the honest way. The probability of class 1 is drawn for the first")
	path := filepath.Join(folder, "overfit.png")
	say("set in %s:\nthe formula, the nets of epochs %d and %d, early stopping; below, ensemble,", path, early.Epochs, plain.Epochs)
	say("dropout, weight decay, augmentation.\n")
	sheet := course.Sheet{Columns: 4}
	for _, model := range []nn.Layer{nn.Func(oracle), early.on(points, 1), late, stops.models[0], ensembles.models[0], dropouts.models[0], decays.models[0], jitters.models[0]} {
		sheet.Tiles = append(sheet.Tiles, surface(model, points))
	}
	say("6. HOW TO CHOOSE\n\nThe article lists cross-validation among the cures. It cures nothing: it measures. The")
	say("%d points are cut into 5 parts (folds). Five nets are trained, each on 4 parts, and", few)
	say("measured on the fifth. So each point is judged by a net that has not seen it. Which λ?\n")
	lambdas := []float64{0, 1, 3, 10}
	say("    points   training   5-fold   best on   the test loss that each choice gets")
	say("    of seed   chooses  chooses      test     training     5-fold       best")
	for seed := uint64(1); seed <= seeds; seed++ {
		training, folds, tests := choose(lambdas, moons(few, seed), test, seed)
		least := func(v []float64) int { return slices.Index(v, slices.Min(v)) }
		a, b, c := least(training), least(folds), least(tests)
		say("    %7d %9.0f %8.0f %9.0f %12.3f %10.3f %10.3f", seed, lambdas[a], lambdas[b], lambdas[c], tests[a], tests[b], tests[c])
	}
	say("\nThe training loss always asks for no decay. The folds choose as well as the test set")
	say("does, or nearly so, and use no point of it.")
	return sheet.Save(path)
}

// choose returns for each decay the loss on the points that were trained on, the
// mean loss by 5-fold cross-validation, and the loss on the test set.
func choose(decays []float64, points, test *data.Examples, seed uint64) (training, folds, tests []float64) {
	for _, decay := range decays {
		s := plain
		s.Decay = decay
		build := func(fold int, split data.Split) *train.Fit[data.Batch] {
			return newFit(s, points.Subset(split.Train), points.Subset(split.Valid), seed)
		}
		scores, err := train.CrossValidate(context.Background(), data.KFold(points.Len(), 5, nil), build)
		if err != nil {
			panic(err)
		}
		net := s.on(points, seed)
		training, folds, tests = append(training, measure(net, points).loss), append(folds, scores.Mean("loss")), append(tests, measure(net, test).loss)
	}
	return training, folds, tests
}

// surface draws the probability of class 1, from blue over white to red, and the points.
func surface(model nn.Layer, points *data.Examples) *tensor.Tensor {
	const height, width, perUnit = 60, 88, 22
	var grid []float32
	for i := range height {
		for j := range width {
			grid = append(grid, float32(j)/perUnit-1.5, 1.6-float32(i)/perUnit)
		}
	}
	p := tensor.Softmax(train.NewPredictor(model).Predict(tensor.New(grid, height*width, 2)), 1)
	tile := tensor.Zeros(3, height, width)
	paint := func(i, j int, colour ...float64) {
		for c, v := range colour {
			tile.Set(v, c, min(max(i, 0), height-1), min(max(j, 0), width-1))
		}
	}
	for k := range height * width {
		v := 2*p.At(k, 1) - 1
		paint(k/width, k%width, 1-0.7*max(-v, 0), 1-0.5*math.Abs(v), 1-0.7*max(v, 0))
	}
	for k, label := range points.Labels {
		i, j := int((1.6-points.X.At(k, 1))*perUnit+0.5), int((points.X.At(k, 0)+1.5)*perUnit+0.5)
		for k := range 4 { // four pixels
			paint(i+k/2, j+k%2, 0.75*float64(label), 0, 0.75*float64(1-label))
		}
	}
	return tile
}
