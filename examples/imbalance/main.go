// Imbalance trains a net to find the one point in a hundred that matters, and
// measures what is said to help: class weights, over- and undersampling, focal
// loss. It shows that they all move one number, the threshold, and how to choose
// that number by what a mistake costs.
//
//	go run ./examples/imbalance [-out folder]
package main

import (
	"context"
	"fmt"
	"io"
	"math"
	"path/filepath"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/data"
	"github.com/descent-ml/descent/examples/internal/course"
	"github.com/descent-ml/descent/nn"
	"github.com/descent-ml/descent/optim"
	"github.com/descent-ml/descent/tensor"
	"github.com/descent-ml/descent/train"
	"github.com/descent-ml/descent/train/metric"
)

func main() { course.Main("imbalance", run) }

const (
	each  = 100 // one point of so many is rare
	seeds = 5   // how often each row of a table is repeated
	steps = 600
	miss  = 20 // what it costs not to find a rare point, in false alarms
)

// newPoints makes points in the plane. Common ones (label 0) lie around (0, 0)
// with deviation 1, rare ones (label 1) around (1.6, 1.6) with deviation ½.
func newPoints(n int, seed uint64) *data.Examples {
	r := tensor.NewRand(seed)
	s := &data.Examples{X: tensor.Zeros(n, 2), Labels: make([]int, n), Classes: 2}
	for i := range n {
		middle, deviation := 0.0, 1.0
		if i%each == 0 {
			middle, deviation, s.Labels[i] = 1.6, 0.5, 1
		}
		for axis := range 2 {
			s.X.Set(middle+deviation*r.NormalFloat64(), i, axis)
		}
	}
	return s
}

// logOdds returns log (p/(1 − p)) of the true probability p that a point is rare.
func logOdds(x1, x2 float64) float64 {
	common := -(x1*x1 + x2*x2) / 2
	rare := math.Log(4) - ((x1-1.6)*(x1-1.6)+(x2-1.6)*(x2-1.6))*2
	return rare - common - math.Log(each-1)
}

// A way is one to train on classes of unlike size.
type way struct {
	name   string
	loss   func(logits, target autograd.Var) autograd.Var
	sample func(labels []int, r *tensor.Rand) data.Sampler // nil for each point once in an epoch
}

func over(labels []int, r *tensor.Rand) data.Sampler {
	return &data.Balanced{Labels: labels, Chance: r}
}
func under(labels []int, r *tensor.Rand) data.Sampler {
	return &data.Balanced{Labels: labels, Under: true, Chance: r}
}

func ways() []way {
	weights := data.ClassWeights(newPoints(each, 0).Labels, 2) // n / (2 · points of the class)
	ratio := tensor.New([]float32{float32(weights[1] / weights[0])}, 1)
	return []way{
		{"nothing", nn.BCEWithLogits, nil},
		{"class weights", nn.BCEWithLogitsLoss{YesWeights: ratio}.Of, nil},
		{"oversampling", nn.BCEWithLogits, over},
		{"undersampling", nn.BCEWithLogits, under},
		{"focal loss", nn.SigmoidFocalLoss{Alpha: -1, Gamma: 2}.Of, nil},
		{"focal, weight 0.9", nn.SigmoidFocalLoss{Alpha: 0.9, Gamma: 2}.Of, nil},
	}
}

// fit trains a net of one hidden layer, whose one output is the logit of "rare".
func (w way) fit(points *data.Examples, seed uint64) nn.Layer {
	r := tensor.NewRand(seed)
	net := nn.Sequential{nn.NewLinear(r, 2, 16), nn.Tanh{}, nn.NewLinear(r, 16, 1)}
	loader := &data.Loader[data.Batch]{Set: points, Batch: 100, Shuffle: r}
	if w.sample != nil {
		loader.Sampler, loader.Shuffle = w.sample(points.Labels, r), nil
	}
	loss := func(logits autograd.Var, labels []int) autograd.Var {
		target := tensor.Zeros(len(labels), 1)
		for i, label := range labels {
			target.Set(float64(label), i, 0)
		}
		return w.loss(logits, logits.Tape().Const(target))
	}
	fit := &train.Fit[data.Batch]{
		Model: net, Objective: train.Classify(net, loss), Train: loader, Epochs: steps / loader.Batches(),
		Opt: optim.NewAdam(nn.Params(net), optim.Adam{LR: 0.02}),
	}
	if _, err := fit.Run(context.Background()); err != nil {
		panic(err)
	}
	return net
}

func logits(net nn.Layer, s *data.Examples) []float64 {
	return tensor.Values(train.NewPredictor(net).Predict(s.X).Reshape(s.Len()))
}

func truth(s *data.Examples) (scores []float64) {
	for i := range s.Len() {
		scores = append(scores, logOdds(s.X.At(i, 0), s.X.At(i, 1)))
	}
	return scores
}

// A result is what scores are worth when those above a threshold raise an alarm.
type result struct{ precision, recall, accuracy, cost float64 }

func judge(scores []float64, labels []int, threshold float64) result {
	answers := make([]int, len(scores))
	for i, s := range scores {
		if s > threshold {
			answers[i] = 1
		}
	}
	c := metric.NewConfusion(labels, answers, 2)
	cost := float64(c.Row(0)[1]+miss*c.Row(1)[0]) / float64(len(scores))
	return result{c.Class(1).Precision, c.Class(1).Recall, c.Value(), 1000 * cost}
}

// cheapest returns the threshold with the lowest cost.
func cheapest(scores []float64, labels []int) (threshold float64) {
	lowest := math.Inf(1)
	for at := -12.0; at <= 12; at += 0.1 {
		if r := judge(scores, labels, at); r.cost < lowest {
			lowest, threshold = r.cost, at
		}
	}
	return threshold
}

// believed returns the mean probability of "rare" after a shift of the logits,
// and the log loss, the mean of −log of the probability of the right label.
func believed(scores []float64, labels []int, shift float64) (p, loss float64) {
	for i, s := range scores {
		odds := math.Exp(s + shift)
		p += odds / (1 + odds) / float64(len(scores))
		loss += (math.Log1p(odds) - float64(labels[i])*(s+shift)) / float64(len(scores))
	}
	return p, loss
}

// A trial is the outcome of one way for one seed, on the test set.
type trial struct {
	half, chosen, bayes result  // at probability ½, at the cheapest threshold of a validation set, at 1/(1 + miss)
	ranking             float64 // average precision
	p, loss             float64 // what the probabilities say
	pShifted, lossShift float64 // after log 99 has been taken off the logits
	scores              []float64
}

func try(w way, n int, test *data.Examples, seed uint64) (t trial) {
	net, valid := w.fit(newPoints(n, seed), seed), newPoints(n, 100+seed)
	t.scores = logits(net, test)
	t.half = judge(t.scores, test.Labels, 0)
	t.bayes = judge(t.scores, test.Labels, -math.Log(miss))
	t.chosen = judge(t.scores, test.Labels, cheapest(logits(net, valid), valid.Labels))
	t.ranking = metric.AveragePrecision(t.scores, test.Labels)
	t.p, t.loss = believed(t.scores, test.Labels, 0)
	t.pShifted, t.lossShift = believed(t.scores, test.Labels, -math.Log(each-1))
	return t
}

func mean(trials []trial, value func(t trial) float64) (m float64) {
	for _, t := range trials {
		m += value(t) / float64(len(trials))
	}
	return m
}

func run(out io.Writer, folder string) error {
	say := course.Printer(out)
	const n = 2000
	test := newPoints(20000, 1000)
	all, trials := ways(), map[string][]trial{}
	for _, w := range all {
		for seed := uint64(1); seed <= seeds; seed++ {
			trials[w.name] = append(trials[w.name], try(w, n, test, seed))
		}
	}
	nothing := trials["nothing"]
	never := judge(make([]float64, test.Len()), test.Labels, 0)
	half := func(name string, value func(r result) float64) float64 {
		return mean(trials[name], func(t trial) float64 { return value(t.half) })
	}
	accuracy := func(r result) float64 { return 100 * r.accuracy }
	recall := func(r result) float64 { return 100 * r.recall }
	precision := func(r result) float64 { return 100 * r.precision }

	say("1. THE FAULT\n\nOne point in %d is rare. A net learns from %d points, of which %d are rare, and gives", each, n, n/each)
	say("each point a probability p of being rare. With p above ½ it raises an alarm. All numbers")
	say("are means over %d training sets, measured on %d other points, of which %d are rare:\n", seeds, test.Len(), test.Len()/each)
	say("                   accuracy   recall\n    the net        %6.2f %%  %6.1f %%", half("nothing", accuracy), half("nothing", recall))
	say("    never alarm    %6.2f %%  %6.1f %%\n", 100*never.accuracy, 100*never.recall)
	say("Accuracy is the share of right answers, recall the share of rare points that are found.")
	say("The accuracy looks fine, but who never raises an alarm has it too. Rare points are lost.\n")

	say("2. FOUR CURES, AT p > ½\n\n  class weights   the loss of a rare point counts %d times", each-1)
	say("  oversampling    rare points are drawn again until both classes are equally frequent")
	say("  undersampling   as many common points are drawn as there are rare ones")
	say("  focal loss      the loss of a point is multiplied by (1 − p of its label)², so that easy")
	say("                  points count little; then also with weights 0.9 for rare, 0.1 for common\n")
	say("Precision is the share of alarms that are real. Ranking is the average precision over all")
	say("thresholds: 1 when all rare points come before all others, and it needs no threshold.\n")
	say("    %-18s recall   precision   accuracy   ranking", "")
	for _, w := range all {
		say("    %-18s %4.0f %%  %7.0f %%  %8.1f %%  %8.3f   %s", w.name, half(w.name, recall), half(w.name, precision), half(w.name, accuracy),
			mean(trials[w.name], func(t trial) float64 { return t.ranking }), course.Bar(half(w.name, recall)/100, 20))
	}
	best := judge(truth(test), test.Labels, 0)
	say("    %-18s %4.0f %%  %7.0f %%  %8.1f %%  %8.3f   %s\n", "true probability", 100*best.recall, 100*best.precision, 100*best.accuracy,
		metric.AveragePrecision(truth(test), test.Labels), course.Bar(best.recall, 20))
	say("The recall rises and the precision falls, but the ranking hardly moves: all these nets")
	say("sort the points alike. The last row, who knows the formula, finds few points as well. At")
	say("p > ½ that is right: among common points so near, most are more likely common than rare.\n")

	say("3. WHAT WEIGHTS DO\n\nTo count rare points %d times is to pretend that both classes are equally frequent.", each-1)
	say("By Bayes' rule that multiplies the odds p/(1 − p) by %d. So it adds log %d = %.2f to the", each-1, each-1, math.Log(each-1))
	say("logit, the output of the net, which is log of the odds. Take it off again:\n")
	say("    %-18s mean p   log loss     and less log %d: mean p   log loss", "", each-1)
	for _, w := range all[:4] {
		ts := trials[w.name]
		p, loss := mean(ts, func(t trial) float64 { return t.p }), mean(ts, func(t trial) float64 { return t.loss })
		if w.name == "nothing" {
			say("    %-18s %6.3f   %8.4f", w.name, p, loss)
			continue
		}
		say("    %-18s %6.3f   %8.4f     %24.3f   %8.4f", w.name, p, loss, mean(ts, func(t trial) float64 { return t.pShifted }), mean(ts, func(t trial) float64 { return t.lossShift }))
	}
	p, loss := believed(truth(test), test.Labels, 0)
	say("    %-18s %6.3f   %8.4f\n", "true probability", p, loss)
	say("A share of %.3f of the points is rare. Balanced nets claim many times more, so their p is", 1.0/each)
	say("no probability any more; the shift repairs it. They have moved the threshold, no more.\n")

	bayes := 1.0 / (1 + miss)
	say("4. THE THRESHOLD\n\nThen move it openly. Let a missed rare point cost as much as %d false alarms. An alarm", miss)
	say("pays when p × %d > 1 − p, thus when p > 1/(1 + %d) = %.3f. Or choose it on a validation", miss, miss, bayes)
	say("set, %d further points, as the one with the lowest cost there. Cost of 1000 test points:\n", n)
	say("    %-18s at p > ½   at a chosen threshold (least to most)   at p > %.3f", "", bayes)
	cost := func(name string, value func(t trial) result) (cost, least, most float64) {
		least = math.Inf(1)
		for _, t := range trials[name] {
			c := value(t).cost
			cost, least, most = cost+c/seeds, min(least, c), max(most, c)
		}
		return cost, least, most
	}
	chosen := func(t trial) result { return t.chosen }
	open, _, _ := cost("nothing", func(t trial) result { return t.bayes })
	for _, w := range all {
		atHalf, _, _ := cost(w.name, func(t trial) result { return t.half })
		c, least, most := cost(w.name, chosen)
		last := ""
		if w.name == "nothing" {
			last = fmt.Sprintf(" %20.1f", open)
		}
		say("    %-18s %8.1f %14.1f (%.1f to %.1f)%s", w.name, atHalf, c, least, most, last)
	}
	say("    %-18s %8.1f\n    %-18s %8.1f   %49.1f\n", "never alarm", never.cost, "true probability", best.cost,
		judge(truth(test), test.Labels, -math.Log(miss)).cost)
	say("At p > ½ the rows differ by a factor of more than 2. With a chosen threshold they differ")
	say("by less than one row does from one training set to another.\n")

	weighted, _, _ := cost("class weights", chosen)
	sampled, _, _ := cost("oversampling", chosen)
	say("5. THE ANSWER\n\nThe article asks this twice (9.9 and 9.14), and answers with weights, over- and under-")
	say("sampling. Here they are a threshold in disguise, fixed by the classes' sizes, not by what")
	say("a mistake costs. Here the plain net at p > %.3f costs %.1f, needs no validation set, and", bayes, open)
	say("its p are probabilities; weights cost %.1f and oversampling %.1f at their best threshold.", weighted, sampled)
	say("The plain net finds %.0f %% of the rare points instead of %.0f %%, at a precision of %.0f %%.", mean(nothing, func(t trial) float64 { return 100 * t.bayes.recall }),
		half("nothing", recall), mean(nothing, func(t trial) float64 { return 100 * t.bayes.precision }))
	chart := course.Chart{Title: "One valley, six places", X: "threshold of the logit: above it is an alarm", Y: "cost of 1000 points"}
	for _, w := range all {
		var c course.Curve
		c.Name = w.name
		for at := -8.0; at <= 8; at += 0.1 {
			if r := judge(trials[w.name][0].scores, test.Labels, at); r.cost <= 320 {
				c.X, c.Y = append(c.X, at), append(c.Y, r.cost)
			}
		}
		chart.Curves = append(chart.Curves, c)
	}
	chart.Curves = append(chart.Curves, course.Curve{Name: "p = ½", X: []float64{0, 0}, Y: []float64{0, 320}, Dashed: true})
	path := filepath.Join(folder, "imbalance.png")
	say("The cost at each threshold is drawn, for the first training set, in\n%s.", path)
	return chart.Save(path)
}
