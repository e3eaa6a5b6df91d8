// Evaluate measures how good a classifier is. Accuracy praises one that never looks;
// precision, recall and ROC see through it. A number from a small test set is unsure,
// and an interval says how much. And the best of many models, chosen on one validation
// set, is not as good as it looks there.
//
//	go run ./examples/evaluate [-out folder]
package main

import (
	"context"
	"fmt"
	"io"
	"math"
	"path/filepath"

	"github.com/descent-ml/descent/data"
	"github.com/descent-ml/descent/data/synthetic"
	"github.com/descent-ml/descent/examples/internal/course"
	"github.com/descent-ml/descent/nn"
	"github.com/descent-ml/descent/optim"
	"github.com/descent-ml/descent/tensor"
	"github.com/descent-ml/descent/train"
	"github.com/descent-ml/descent/train/metric"
)

func main() { course.Main("evaluate", run) }

// shift is by how much each of the two measurements of the ill is higher, on average.
const shift = 1.5

// patients draws n people with two measurements each. The share of the ill has label 1.
func patients(r *tensor.Rand, n int, share float64) *data.Examples {
	s := &data.Examples{X: tensor.Randn(r, n, 2), Classes: 2}
	for i := range n {
		label := 0
		if r.Float64() < share {
			label = 1
			s.X.Set(s.X.At(i, 0)+shift, i, 0)
			s.X.Set(s.X.At(i, 1)+shift, i, 1)
		}
		s.Labels = append(s.Labels, label)
	}
	return s
}

// learn trains a net with a hidden layer on a set and returns it.
func learn(set *data.Examples, seed uint64, units, epochs int) nn.Layer {
	r := tensor.NewRand(seed)
	model := nn.Sequential{nn.NewLinear(r, 2, units), nn.Tanh{}, nn.NewLinear(r, units, 2)}
	fit := &train.Fit[data.Batch]{
		Model:     model,
		Objective: train.Classify(model, nn.CrossEntropy),
		Opt:       optim.NewAdam(nn.Params(model), optim.Adam{LR: 0.02}),
		Train:     &data.Loader[data.Batch]{Set: set, Batch: 50, Shuffle: r},
		Epochs:    epochs,
	}
	if _, err := fit.Run(context.Background()); err != nil {
		panic(err) // a set in memory has no errors
	}
	return model
}

// scores returns by how much the logit of class 1 is above that of class 0.
func scores(model nn.Layer, set *data.Examples) (s []float64) {
	y := train.NewPredictor(model).Predict(set.X)
	for i := range set.Len() {
		s = append(s, y.At(i, 1)-y.At(i, 0))
	}
	return s
}

// answers returns 1 where the score is above the threshold, which is one of probability.
func answers(scores []float64, threshold float64) (a []int) {
	for _, s := range scores {
		if s > math.Log(threshold/(1-threshold)) {
			a = append(a, 1)
		} else {
			a = append(a, 0)
		}
	}
	return a
}

// accuracy returns the share of right answers.
func accuracy(labels, answers []int) float64 { return metric.NewConfusion(labels, answers, 2).Value() }

// cost returns what the answers cost for each person: 50 for an ill one sent home, 1 for a
// healthy one called back.
func cost(labels, answers []int) float64 {
	c := metric.NewConfusion(labels, answers, 2)
	return (50*float64(c.Row(1)[0]) + float64(c.Row(0)[1])) / float64(len(labels))
}

// pairs returns the share of pairs of an ill and a healthy person in which the ill one has
// the higher score.
func pairs(scores []float64, labels []int) float64 {
	won, all := 0.0, 0.0
	for i, a := range scores {
		for j, b := range scores {
			if labels[i] == 1 && labels[j] == 0 {
				if all++; a > b {
					won++
				} else if a == b {
					won += 0.5
				}
			}
		}
	}
	return won / all
}

// z is where the normal distribution leaves 2.5 % on either side.
const z = 1.96

// wald returns p ± z √(p (1 − p) / n), the interval of textbooks.
func wald(p float64, n int) (low, high float64) {
	half := z * math.Sqrt(p*(1-p)/float64(n))
	return p - half, p + half
}

// wilson returns all q from which p is no further than z √(q (1 − q) / n).
func wilson(p float64, n int) (low, high float64) {
	m := float64(n)
	middle := (p + z*z/(2*m)) / (1 + z*z/m)
	half := z * math.Sqrt(p*(1-p)/m+z*z/(4*m*m)) / (1 + z*z/m)
	return middle - half, middle + half
}

// coverage returns how often intervals of two kinds contain the true share p of right
// answers, when a test set of n is drawn anew each time.
func coverage(seed uint64, p float64, n, times int) (byWald, byWilson float64) {
	r := tensor.NewRand(seed)
	for range times {
		right := 0
		for range n {
			if r.Float64() < p {
				right++
			}
		}
		if low, high := wald(float64(right)/float64(n), n); low <= p && p <= high {
			byWald += 1 / float64(times)
		}
		if low, high := wilson(float64(right)/float64(n), n); low <= p && p <= high {
			byWilson += 1 / float64(times)
		}
	}
	return byWald, byWilson
}

// guessers lets k models that toss a coin answer n questions. It returns the accuracy of
// the best of them there, and of that one on n new questions, as means over many times.
func guessers(seed uint64, k, n, times int) (chosen, fresh float64) {
	r := tensor.NewRand(seed)
	toss := func() (right float64) {
		for range n {
			right += float64(r.Uint32()&1) / float64(n)
		}
		return right
	}
	for range times {
		best := 0.0
		for range k {
			best = max(best, toss())
		}
		chosen, fresh = chosen+best/float64(times), fresh+toss()/float64(times)
	}
	return chosen, fresh
}

// contest trains k nets on 30 points of two noisy moons, chooses the one that is best on n
// others, and returns its accuracy there and on 4000 more.
func contest(seed uint64, k, n int) (chosen, fresh float64) {
	all := synthetic.Moons(30+n+4000, 0.3, tensor.NewRand(seed))
	small, valid, test := all.Slice(0, 30), all.Slice(30, 30+n), all.Slice(30+n, all.Len())
	for try := range k {
		model := learn(small, seed*1000+uint64(try), 8, 15)
		if a := accuracy(valid.Labels, answers(scores(model, valid), 0.5)); a > chosen {
			chosen, fresh = a, accuracy(test.Labels, answers(scores(model, test), 0.5))
		}
	}
	return chosen, fresh
}

// contests returns the means over seeds of contests of k nets.
func contests(seeds uint64, k, n int) (chosen, fresh float64) {
	for seed := range seeds {
		a, b := contest(seed, k, n)
		chosen, fresh = chosen+a/float64(seeds), fresh+b/float64(seeds)
	}
	return chosen, fresh
}

// bestAUC is Φ(d/√2), the AUC of the best score for two normal clouds at the distance d.
func bestAUC() float64 { return 0.5 * math.Erfc(-shift*math.Sqrt2/2) }

func run(out io.Writer, folder string) error {
	say := course.Printer(out)
	const seed, n, share = 1, 4000, 0.02
	r := tensor.NewRand(seed)
	model := learn(patients(r, n, share), seed, 8, 20)
	test := patients(r, n, share)
	s := scores(model, test)

	say("1. ACCURACY LIES\n\nThe article (9.4) names accuracy, recall and F1, and says: it depends. On what? Of %d", n)
	say("people %.0f %% are ill (class 1). A net has learnt from as many others, by two measurements.", 100*share)
	say("Beside it, a model that calls everybody healthy. Precision: of those called ill, how many")
	say("are. Recall: of the ill, how many are called so. F1 = 2 / (1/precision + 1/recall).\n")
	say("                    accuracy   precision   recall      F1    cost by person")
	row := func(name string, a []int) {
		c := metric.NewConfusion(test.Labels, a, 2)
		k := c.Class(1)
		say("    %-14s %7.2f %%  %8.1f %% %6.1f %%   %5.3f   %8.3f", name, 100*c.Value(), 100*k.Precision, 100*k.Recall, k.F1, cost(test.Labels, a))
	}
	row("never ill", make([]int, n))
	for _, threshold := range []float64{0.5, 0.1, 1.0 / 51, 0.005} {
		row(fmt.Sprintf("net, p > %.2g", threshold), answers(s, threshold))
	}
	say("\nBy accuracy the model that never looks is hardly worse than the net at p > 0.5, and better")
	say("than the net at p > 0.02. The last column counts 50 for an ill person sent home, 1 for a")
	say("healthy one called back. With these, calling is right where 50 p > 1 − p, p > 1/51.\n")

	common := patients(r, n, 0.2)
	sc := scores(model, common)
	auc, aucCommon := metric.ROCAUC(s, test.Labels), metric.ROCAUC(sc, common.Labels)
	say("2. ALL THRESHOLDS AT ONCE\n\nThe ROC curve has a point for each threshold: the share of the healthy who are called ill")
	say("to the right, the recall upwards. The area below it, AUC, is the probability that an ill")
	say("person has a higher score than a healthy one. AP, the average precision, is the area below")
	say("precision by recall. The same net, where %.0f %% and where 20 %% are ill:\n", 100*share)
	say("    ill       AUC    pairs won       AP    precision at p > 0.1")
	for i, set := range []*data.Examples{test, common} {
		sc := [][]float64{s, sc}[i]
		say("    %2.0f %%   %.4f       %.4f   %.4f   %21.1f %%", []float64{100 * share, 20}[i], metric.ROCAUC(sc, set.Labels), pairs(sc, set.Labels),
			metric.AveragePrecision(sc, set.Labels), 100*metric.NewConfusion(set.Labels, answers(sc, 0.1), 2).Class(1).Precision)
	}
	say("\nAUC does not depend on how many are ill (%.3f and %.3f), precision does. Where the ill", auc, aucCommon)
	say("are few, AUC sounds better than the net is in use. (On average no net can have more than")
	say("%.4f here: the measurements of the ill and of the healthy overlap.)\n", bestAUC())
	chart := course.Chart{Title: "One net, two populations", X: "healthy called ill (ROC), or recall (precision)", Y: "recall (ROC), or precision", LegendLeft: true, LegendBottom: true}
	for i, set := range []*data.Examples{test, common} {
		sc := [][]float64{s, sc}[i]
		roc, pr := metric.ROC(sc, set.Labels), metric.PR(sc, set.Labels)
		name := []string{"2 % ill", "20 % ill"}[i]
		chart.Curves = append(chart.Curves, course.Curve{Name: "ROC, " + name, X: roc.X, Y: roc.Y}, course.Curve{Name: "precision, " + name, X: pr.X, Y: pr.Y, Dashed: true})
	}
	chart.Curves = append(chart.Curves, course.Curve{Name: "ROC, a guess", X: []float64{0.3, 1}, Y: []float64{0.3, 1}, Dashed: true})
	path := filepath.Join(folder, "evaluate.png")
	if err := chart.Save(path); err != nil {
		return err
	}
	say("The curves are drawn in %s.\n", path)

	say("3. HOW SURE\n\nAn accuracy p̂ on n examples is itself drawn by chance. Textbooks give the interval")
	say("p̂ ± 1.96 √(p̂ (1 − p̂)/n), to contain the true accuracy 95 times of 100. Wilson's takes")
	say("all p from which p̂ is no further than 1.96 √(p (1 − p)/n). With 4000 test sets each:\n")
	say("    true accuracy      n    textbook contains it    Wilson    interval for p̂ = true")
	for _, c := range []struct {
		p float64
		n int
	}{{0.8, 50}, {0.8, 1000}, {0.98, 50}, {0.98, 1000}} {
		a, b := coverage(seed, c.p, c.n, 4000)
		low, high := wilson(c.p, c.n)
		say("    %10.0f %% %9d %18.1f %% %13.1f %%     %5.1f … %5.1f %%", 100*c.p, c.n, 100*a, 100*b, 100*low, 100*high)
	}
	low, high := wilson(1, 50)
	say("\nIf all 50 are right, the textbook says “100 ± 0 %%”, and Wilson %.1f … %.1f %%.\n", 100*low, 100*high)

	const questions, seeds = 100, 30
	say("4. A VALIDATION SET USED ONCE TOO OFTEN\n\nk models toss a coin for each of %d questions. The best is chosen, and answers as many", questions)
	say("new ones (means over 200 times). And k nets, from other first weights, learn 30 points of")
	say("two noisy moons; the best on 20 others is chosen (means over %d seeds):\n", seeds)
	say("            coins: chosen    on new    nets: chosen    on 4000 new")
	var gain [2]float64
	for _, k := range []int{1, 5, 25} {
		a, b := guessers(seed, k, questions, 200)
		c, d := contests(seeds, k, 20)
		if k == 1 {
			gain = [2]float64{c, d}
		} else if k == 25 {
			gain = [2]float64{c - gain[0], d - gain[1]}
		}
		say("    k = %3d %12.1f %% %7.1f %% %12.1f %% %12.1f %%", k, 100*a, 100*b, 100*c, 100*d)
	}
	say("\nThe coins seem to get better, and do not. The best of 25 nets gained %.1f points where it", 100*gain[0])
	say("was chosen, and %.1f on new points. What was used to choose cannot be used to measure: keep", 100*gain[1])
	say("a test set, and look at it once.\n")
	say("5. THE ANSWER\n\nAsk what each error costs, and choose the threshold by that. Report precision and recall")
	say("of the rare class, an interval beside each number, from a set that chose nothing.")
	return nil
}
