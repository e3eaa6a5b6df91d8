package metric

import (
	"fmt"

	"github.com/descent-ml/descent/tensor"
)

// A Confusion counts places by their label and by the answer of the model, a
// row for each label and a column for each answer. All scores of answers come
// from it.
type Confusion struct {
	classes int
	n       []int // [classes classes]
	answers answers
}

// NewConfusion counts pairs of a label and an answer, both below classes. Pairs
// with a negative label are left out. It panics with a [*tensor.ShapeError] when
// there are not as many labels as answers, or one is out of range.
func NewConfusion(labels, answers []int, classes int) *Confusion {
	sizes := func(reason string) {
		panic(&tensor.ShapeError{Op: "confusion", Shapes: [][]int{{len(labels)}, {len(answers)}}, Reason: reason})
	}
	if len(labels) != len(answers) {
		sizes("want an answer for each label")
	}
	c := &Confusion{}
	c.grow(classes)
	for i, label := range labels {
		if label < 0 {
			continue
		}
		if label >= classes || uint(answers[i]) >= uint(classes) {
			sizes(fmt.Sprintf("label %d with answer %d; there are %d classes", label, answers[i], classes))
		}
		c.n[label*classes+answers[i]]++
	}
	return c
}

// grow makes room for a number of classes, keeping the counts.
func (c *Confusion) grow(classes int) {
	if classes <= c.classes {
		return
	}
	n := make([]int, classes*classes)
	for label := range c.classes {
		copy(n[label*classes:], c.Row(label))
	}
	c.classes, c.n = classes, n
}

// Name returns "confusion".
func (*Confusion) Name() string { return "confusion" }

// Reset forgets all places.
func (c *Confusion) Reset() { clear(c.n) }

// Add reads Output and Labels. There are as many classes as the largest batch
// had, two for a single logit.
func (c *Confusion) Add(b Batch) {
	best, l := c.answers.of("confusion", &b)
	c.grow(l.classes)
	for i, label := range b.Labels {
		if !b.ignored(label) {
			c.n[label*c.classes+best[i]]++
		}
	}
}

// Value returns the share of right answers; NaN without places.
func (c *Confusion) Value() float64 {
	right, all := 0, 0
	for label := range c.classes {
		for answer, n := range c.Row(label) {
			all += n
			if answer == label {
				right += n
			}
		}
	}
	return float64(right) / float64(all)
}

// Classes returns the number of classes.
func (c *Confusion) Classes() int { return c.classes }

// Row returns the counts of the places with a label, by answer. They belong to
// c and change with it.
func (c *Confusion) Row(label int) []int {
	return c.n[label*c.classes : (label+1)*c.classes : (label+1)*c.classes]
}

// Scores judge the answers of one class, or on average over classes. A ratio
// without a denominator is 0, as scikit-learn's zero_division=0 has it. See
// https://scikit-learn.org/stable/modules/generated/sklearn.metrics.precision_recall_fscore_support.html.
type Scores struct {
	Precision float64 // right answers / answers
	Recall    float64 // right answers / labels
	F1        float64 // 2 · right answers / (answers + labels)
	Support   int     // labels
}

func ratio(a, b int) float64 {
	if b == 0 {
		return 0
	}
	return float64(a) / float64(b)
}

func scores(right, answers, labels int) Scores {
	return Scores{ratio(right, answers), ratio(right, labels), ratio(2*right, answers+labels), labels}
}

// Class returns the scores of one class.
func (c *Confusion) Class(class int) Scores {
	answers, labels := 0, 0
	for k := range c.classes {
		answers += c.Row(k)[class]
		labels += c.Row(class)[k]
	}
	return scores(c.Row(class)[class], answers, labels)
}

// An Average says how the scores of classes become one.
type Average uint8

// The averages, as scikit-learn names them.
const (
	Macro    Average = iota // mean over the classes that occur as a label or as an answer
	Micro                   // of all places, which makes each score the accuracy
	Weighted                // mean over the classes, weighted by how many labels each has
	Binary                  // the scores of class 1 alone
)

// suffix returns what follows the name of a score in scikit-learn's scorers.
func (a Average) suffix() string {
	switch a {
	case Macro:
		return "_macro"
	case Micro:
		return "_micro"
	case Weighted:
		return "_weighted"
	case Binary:
		return ""
	}
	tensor.BadArg("average", "want Macro, Micro, Weighted or Binary, got %d", uint8(a))
	return ""
}

// Average returns the scores of all classes together. Without places, each is 0. It
// panics with a [*tensor.ArgError] when Binary meets more than two classes, as
// scikit-learn refuses it.
func (c *Confusion) Average(over Average) Scores {
	over.suffix() // panics when there is no such average
	if over == Binary {
		if c.classes > 2 {
			tensor.BadArg("binary average", "want two classes, got %d", c.classes)
		}
		if c.classes < 2 {
			return Scores{}
		}
		return c.Class(1)
	}
	var sum Scores
	right, weights := 0, 0.0
	for k := range c.classes {
		s, answers := c.Class(k), 0
		for label := range c.classes {
			answers += c.Row(label)[k]
		}
		right += c.Row(k)[k]
		weight := 1.0
		switch {
		case over == Weighted:
			weight = float64(s.Support)
		case answers+s.Support == 0:
			weight = 0
		}
		weights += weight
		sum.Precision += weight * s.Precision
		sum.Recall += weight * s.Recall
		sum.F1 += weight * s.F1
		sum.Support += s.Support
	}
	if over == Micro {
		return scores(right, sum.Support, sum.Support)
	}
	if weights > 0 {
		sum.Precision /= weights
		sum.Recall /= weights
		sum.F1 /= weights
	}
	return sum
}
