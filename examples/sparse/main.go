// Sparse reads documents as bags of words, in a table of 100 000 columns that is
// nearly all zeros: what it costs to write the zeros out, and not to, and how an L1
// penalty finds the few columns that matter.
//
//	go run ./examples/sparse [-out folder]
package main

import (
	"io"
	"math"
	"path/filepath"
	"slices"
	"time"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/examples/internal/course"
	"github.com/descent-ml/descent/nn"
	"github.com/descent-ml/descent/tensor"
)

func main() {
	course.Main("sparse", func(out io.Writer, folder string) error {
		return lesson(out, folder, 1, sizes{columns: 100_000, documents: 2000, steps: 300})
	})
}

// sizes are those of the experiments.
type sizes struct{ columns, documents, steps int }

const (
	words    = 40 // draws of words for a document
	telling  = 10 // columns that matter: the first half speaks for class 1, the second against
	presence = 0.2
)

// bags are documents: the different words of each, one after the other.
type bags struct {
	tokens, offsets []int
	labels          *tensor.Tensor // [n 1], 0 or 1
	sure            float64        // how often the right answer is given by who knows all
}

// telltale returns the number of a column that matters, and what it adds to the
// logit of a document that has it. They are spread over the table.
func telltale(i, columns int) (column int, weight float64) {
	weight = 2.5
	if i >= telling/2 {
		weight = -weight
	}
	return (2*i + 1) * columns / (2 * telling), weight
}

// write draws n documents. Word k comes up with a probability in proportion to
// 1/k, as words of a language nearly do; each of the telling ones is then in a
// document with probability 0.2. The class is 1 with probability σ(their sum).
func write(n, columns int, r *tensor.Rand) bags {
	b := bags{labels: tensor.Zeros(n, 1)}
	for i := range n {
		var doc []int
		for range words {
			doc = append(doc, int(math.Pow(float64(columns), r.Float64()))-1)
		}
		logit := 0.0
		for k := range telling {
			column, weight := telltale(k, columns)
			doc = slices.DeleteFunc(doc, func(word int) bool { return word == column })
			if r.Float64() < presence {
				doc = append(doc, column)
				logit += weight
			}
		}
		p := 1 / (1 + math.Exp(-logit))
		if r.Float64() < p {
			b.labels.Set(1, i, 0)
		}
		b.sure += max(p, 1-p) / float64(n)
		slices.Sort(doc)
		b.offsets = append(b.offsets, len(b.tokens))
		b.tokens = append(b.tokens, slices.Compact(doc)...)
	}
	return b
}

// A model gives each column a weight; the logit of a document is the sum of those
// of its words, and a bias.
type model struct {
	Bag  *nn.EmbeddingBag
	Bias *autograd.Param
}

func newModel(columns int) *model {
	return &model{&nn.EmbeddingBag{Weight: autograd.NewParam(tensor.Zeros(columns, 1)), Reduce: autograd.BagSum}, autograd.NewParam(tensor.Zeros(1))}
}

func (m *model) weights() []float32 { return tensor.Data[float32](m.Bag.Weight.Value) }

func (m *model) logits(t *autograd.Tape, b bags) autograd.Var {
	return m.Bag.Forward(t, b.tokens, b.offsets).Add(t.Param(m.Bias))
}

// penalties are the ways to keep weights small.
var penalties = []string{"none", "L2", "L1 by its slope", "L1 by threshold"}

// fit descends from where the model is, on all documents at each step.
func (m *model) fit(b bags, penalty string, strength float64, steps int) {
	const rate = 0.4
	tape, w, cut := autograd.NewTape(), m.weights(), float32(rate*strength)
	for range steps {
		tape.Reset()
		grads := nn.BCEWithLogits(m.logits(tape, b), tape.Const(b.labels)).Backward()
		for i, g := range tensor.Data[float32](grads.Of(m.Bag.Weight)) {
			v := w[i] - rate*g
			switch {
			case penalty == "L2":
				v -= cut * w[i]
			case penalty == "L1 by its slope" && w[i] > 0:
				v -= cut
			case penalty == "L1 by its slope" && w[i] < 0:
				v += cut
			case penalty == "L1 by threshold":
				v = max(v-cut, 0) + min(v+cut, 0)
			}
			w[i] = v
		}
		m.Bias.Value.Set(m.Bias.Value.At(0)-rate*grads.Of(m.Bias).At(0), 0)
	}
}

// accuracy returns the share of documents that a model judges rightly.
func (m *model) accuracy(b bags) (share float64) {
	t := autograd.NewTape()
	t.SetRecording(false)
	for i, logit := range tensor.Values(m.logits(t, b).Value()) {
		if (logit > 0) == (b.labels.At(i, 0) == 1) {
			share += 1 / float64(len(b.offsets))
		}
	}
	return share
}

// found returns how many weights are not 0, and how many of the ten largest
// belong to telling columns and have the right sign.
func (m *model) found() (used, right int) {
	w := m.weights()
	sizes := ranked("", w).Y
	if len(sizes) == 0 {
		return 0, 0
	}
	for i := range telling {
		column, weight := telltale(i, len(w))
		if float64(w[column])*weight > 0 && math.Abs(float64(w[column])) >= sizes[min(telling, len(sizes))-1] {
			right++
		}
	}
	return len(sizes), right
}

// A cost is what a layer takes to read 32 documents and to learn from them once.
type cost struct {
	inputs  int     // bytes of the documents
	tape    int     // bytes of the values and gradients
	forward float64 // milliseconds, the median of five
	learn   float64 // forward and backward
}

// compare runs a full layer on rows of 0 and 1, and a bag of the same weights on
// the numbers of the words. It returns the costs of both, and how far their
// results and their gradients are apart at most.
func compare(columns int, seed uint64) (full, bag cost, apart float64) {
	const rows, width = 32, 16
	r := tensor.NewRand(seed)
	b := write(rows, columns, r)
	x := tensor.Zeros(rows, columns)
	for i, from := range b.offsets {
		to := len(b.tokens)
		if i+1 < rows {
			to = b.offsets[i+1]
		}
		for _, word := range b.tokens[from:to] {
			x.Set(1, i, word)
		}
	}
	layer, table := nn.NewLinearNoBias(r, columns, width), nn.NewEmbeddingBag(r, columns, width, autograd.BagSum)
	table.Weight.Value = layer.Weight.Value.T().Contiguous()

	run := func(inputs int, p *autograd.Param, forward func(t *autograd.Tape) autograd.Var) (c cost, y, g *tensor.Tensor) {
		tape := autograd.NewTape()
		var forwards, learns []float64
		for range 5 {
			tape.Reset()
			start := time.Now()
			out := forward(tape)
			forwards = append(forwards, time.Since(start).Seconds()*1000)
			grads := out.Square().Mean().Backward()
			learns = append(learns, time.Since(start).Seconds()*1000)
			y, g = out.Value().Clone(), grads.Of(p).Clone()
		}
		slices.Sort(forwards)
		slices.Sort(learns)
		return cost{inputs, tape.PeakBytes(), forwards[2], learns[2]}, y, g
	}
	full, y1, g1 := run(4*x.Len(), layer.Weight, func(t *autograd.Tape) autograd.Var { return layer.Forward(t.Const(x)) })
	bag, y2, g2 := run(8*(len(b.tokens)+rows), table.Weight, func(t *autograd.Tape) autograd.Var { return table.Forward(t, b.tokens, b.offsets) })
	gap := func(a, b *tensor.Tensor) float64 { return tensor.Max(tensor.Abs(tensor.Sub(a, b))).Item() }
	return full, bag, max(gap(y1, y2), gap(g1, g2.T().Contiguous()))
}

func lesson(out io.Writer, folder string, seed uint64, s sizes) error {
	say := course.Printer(out)
	set, test := write(s.documents, s.columns, tensor.NewRand(seed)), write(2000, s.columns, tensor.NewRand(seed+1000))
	each := float64(len(set.tokens)) / float64(s.documents)
	say("1. MOSTLY ZEROS\n\nA bag of words is a row with a column for each word there is: 1 where the document has")
	say("it, 0 elsewhere; the order is lost. Ours has %d columns. A document has %.1f different", s.columns, each)
	say("words on average, so %.3f %% of the table is not 0. All %d documents, written out as", 100*each/float64(s.columns), s.documents)
	say("float32, are %.0f MB. The numbers of the words alone, 8 bytes each, are %.2f MB.\n", 4e-6*float64(s.documents*s.columns), 8e-6*float64(len(set.tokens)))

	say("2. THE SAME SUM, WITHOUT THE ZEROS\n\nA full layer computes y = x W. Where x is 0 or 1 that is the sum of the rows of W at the")
	say("words of the document, which is what nn.EmbeddingBag does. Its gradient goes to these")
	say("rows only. For 32 documents and 16 outputs, on this machine now:\n")
	say("    columns   layer           inputs       tape    forward   and backward")
	var first, last, widest cost
	var far float64
	for _, columns := range []int{s.columns / 100, s.columns / 10, s.columns} {
		full, bag, apart := compare(columns, seed)
		for i, c := range []cost{full, bag} {
			say("    %7d   %-12s %6.2f MB %7.2f MB %7.3f ms %11.3f ms", columns, []string{"Linear", "EmbeddingBag"}[i], 1e-6*float64(c.inputs), 1e-6*float64(c.tape), c.forward, c.learn)
		}
		if first.inputs == 0 {
			first = bag
		}
		last, widest, far = bag, full, max(far, apart)
	}
	say("\nBoth give the same: no output and no gradient differs by more than %.0e. With %d", far, s.columns)
	say("columns the bag is %.0f times as fast forward, and %.0f times with the way back. Its inputs", widest.forward/last.forward, widest.learn/last.learn)
	say("do not grow with the columns. Its tape does, from %.2f to %.2f MB: the gradient of W is", 1e-6*float64(first.tape), 1e-6*float64(last.tape))
	say("written out here, with a row for each column. Of the bag's time %.0f %% is the way back.\n", 100*(1-last.forward/last.learn))

	say("3. WHICH COLUMNS MATTER\n\nWe have planted the answer. Only %d columns tell the class: %d speak for it and %d against,", telling, telling/2, telling/2)
	say("by ±2.5 in the logit. All other words are chatter. Who knew all that would be right in")
	say("%.3f of the test documents; chance decides the rest. We fit a weight w for each column", test.sure)
	say("by logistic regression, with a penalty added to the loss:\n")
	say("    L2: ½ λ Σ w²        L1: λ Σ |w|\n")
	say("Two ways to descend with L1: by its slope, which is λ or −λ; and by threshold: after the")
	say("step of the loss, bring every weight nearer to 0 by rate · λ, and no further than 0.\n")
	say("    penalty              λ   weights not 0   telling of largest %d   training     test", telling)
	chart := course.Chart{Title: "Weights by size, with each penalty", X: "rank", Y: "|w|", LogX: true, LogY: true, LegendBottom: true, LegendLeft: true}
	const strength = 0.02
	var plain, sparse *model
	for _, penalty := range penalties {
		m := newModel(s.columns)
		m.fit(set, penalty, strength, s.steps)
		used, right := m.found()
		lambda := strength
		switch penalty {
		case "none":
			plain, lambda = m, 0
		case "L1 by threshold":
			sparse = m
		}
		say("    %-16s %5.2f %15d %21d %10.3f %8.3f", penalty, lambda, used, right, m.accuracy(set), m.accuracy(test))
		chart.Curves = append(chart.Curves, ranked(penalty, m.weights()))
	}
	used, right := sparse.found()
	all, _ := plain.found()
	path := filepath.Join(folder, "sparse.png")
	if err := chart.Save(path); err != nil {
		return err
	}
	_, largest := plain.found()
	say("\nWithout a penalty, and with L2, every word that occurs gets a weight. In training they")
	say("beat who knows all (%.3f there): chatter is learnt by heart. By the slope weights hover", set.sure)
	say("about 0 and never stay there. The threshold leaves %d of %d, and %d of these are", used, all, right)
	say("planted. The largest weights without a penalty are planted ones, too, %d of %d: but only", largest, telling)
	say("who knows how many to look for would see it. All weights are drawn by size in")
	say("%s.\n", path)

	say("4. HOW STRONG A PENALTY\n\n       λ   weights not 0   telling of largest %d   largest weight     test", telling)
	for _, strength := range []float64{0.08, 0.04, 0.02, 0.01, 0.005, 0.0025} {
		m := newModel(s.columns)
		m.fit(set, "L1 by threshold", strength, s.steps)
		used, right := m.found()
		say("  %6.4f %15d %21d %16.2f %8.3f", strength, used, right, slices.Max(m.weights()), m.accuracy(test))
	}
	say("\nToo strong, it drops columns that matter; too weak, it lets chatter in. And it shrinks")
	say("the weights that it leaves: 2.50 would be true. To choose λ, keep documents back.\n")

	say("5. THE ANSWER\n\nThe article says: sparse models, sparse coding. Two questions hide in this. Data that are")
	say("sparse: do not write the zeros (%.1f MB become %.2f for 32 documents). Models that are", 1e-6*float64(widest.inputs), 1e-6*float64(last.inputs))
	say("sparse: L1 by threshold, here %d weights in place of %d. It does not answer better,", used, all)
	say("%.3f against %.3f, but one can read it. Sparse coding, writing dense data as sums of", sparse.accuracy(test), plain.accuracy(test))
	say("few parts, is a third question.")
	return nil
}

// ranked returns the absolute weights, the largest first.
func ranked(name string, weights []float32) course.Curve {
	c := course.Curve{Name: name}
	for _, w := range weights {
		if w != 0 {
			c.Y = append(c.Y, math.Abs(float64(w)))
		}
	}
	slices.Sort(c.Y)
	slices.Reverse(c.Y)
	for i := range c.Y {
		c.X = append(c.X, float64(i+1))
	}
	return c
}
