package metric

import (
	"math"
	"strconv"

	"github.com/descent-ml/descent/tensor"
)

// An Accuracy is the share of the places whose largest output is that of their
// label, from 0 to 1; NaN without places. Of equal outputs the first one is the
// answer. See
// https://scikit-learn.org/stable/modules/generated/sklearn.metrics.accuracy_score.html.
type Accuracy struct {
	n, right int
	answers  answers
}

// Name returns "accuracy".
func (*Accuracy) Name() string { return "accuracy" }

// Reset forgets all places.
func (a *Accuracy) Reset() { a.n, a.right = 0, 0 }

// Add reads Output and Labels.
func (a *Accuracy) Add(b Batch) {
	best, _ := a.answers.of("accuracy", &b)
	for i, label := range b.Labels {
		if b.ignored(label) {
			continue
		}
		a.n++
		if best[i] == label {
			a.right++
		}
	}
}

// Value returns the share of right answers.
func (a *Accuracy) Value() float64 { return float64(a.right) / float64(a.n) }

// A TopK is the share of the places whose label is among the K largest outputs,
// from 0 to 1; NaN without places. Of equal outputs the last one counts as the
// largest, as in scikit-learn; [Accuracy] takes the first one. See
// https://scikit-learn.org/stable/modules/generated/sklearn.metrics.top_k_accuracy_score.html.
type TopK struct {
	K int // 0 means 5

	n, right int
	numbers  numbers
}

// Name returns "top_5_accuracy" for K = 5.
func (t *TopK) Name() string { return "top_" + strconv.Itoa(t.k()) + "_accuracy" }

// Reset forgets all places.
func (t *TopK) Reset() { t.n, t.right = 0, 0 }

// Add reads Output, which has two classes or more, and Labels. It panics with a
// [*tensor.ArgError] when K is negative.
func (t *TopK) Add(b Batch) {
	k, l := t.k(), b.layout("top-k")
	if l.logits == 1 {
		tensor.BadShape("top-k", "want an output for each class", b.Output)
	}
	x := t.numbers.of(b.Output)
	for i, label := range b.Labels {
		if b.ignored(label) {
			continue
		}
		t.n++
		own, before := x[l.at(i, label)], 0
		for c := range l.logits {
			v := x[l.at(i, c)]
			if v > own || v == own && c > label || math.IsNaN(v) {
				before++
			}
		}
		if before < k && !math.IsNaN(own) {
			t.right++
		}
	}
}

// Value returns the share of labels among the K largest outputs.
func (t *TopK) Value() float64 { return float64(t.right) / float64(t.n) }

func (t *TopK) k() int {
	if t.K < 0 {
		tensor.BadArg("top-k", "want K ≥ 1, or 0 for 5, got %d", t.K)
	}
	if t.K == 0 {
		return 5
	}
	return t.K
}
