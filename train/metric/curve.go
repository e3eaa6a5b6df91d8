package metric

import (
	"cmp"
	"math"
	"slices"

	"github.com/descent-ml/descent/tensor"
)

// A Curve shows what happens as the threshold falls: examples with a score of
// at least Threshold[i] are called positive, and X[i] and Y[i] tell how good
// that is. The first threshold is +Inf, where nothing is positive; then comes
// each different score, from the highest to the lowest.
type Curve struct {
	X, Y, Threshold []float64
}

// Area returns the area under the curve by the trapezoid rule.
func (c Curve) Area() float64 {
	sum := 0.0
	for i := 1; i < len(c.X); i++ {
		sum += (c.X[i] - c.X[i-1]) * (c.Y[i] + c.Y[i-1]) / 2
	}
	return sum
}

// ROC returns the receiver operating characteristic: X is the false positive
// rate and Y the true positive rate. Labels are 1 for positive examples, 0 for
// the others, and negative for examples that do not count; higher scores are
// to mean positive. Without positive examples Y is NaN, without negative ones X
// is. It has the points of scikit-learn's roc_curve with drop_intermediate=False; see
// https://scikit-learn.org/stable/modules/generated/sklearn.metrics.roc_curve.html.
//
// ROC and the other functions of scores panic with a [*tensor.ShapeError] when
// there is not a label for each score, and with a [*tensor.ArgError] when a label
// is above 1. When the score of an example that counts is NaN, so are all
// results.
func ROC(scores []float64, labels []int) Curve {
	s := sweep(scores, labels)
	c := Curve{X: make([]float64, len(s)), Y: make([]float64, len(s)), Threshold: make([]float64, len(s))}
	last := s[len(s)-1]
	for i, p := range s {
		c.X[i] = p.falsely / last.falsely
		c.Y[i] = p.truly / last.truly
		c.Threshold[i] = p.threshold
	}
	return c
}

// ROCAUC returns the area under the curve of [ROC]: the probability that a
// random positive example has a higher score than a random negative one, where
// equal scores count one half. It is NaN when there are no examples of one
// kind. See
// https://scikit-learn.org/stable/modules/generated/sklearn.metrics.roc_auc_score.html.
func ROCAUC(scores []float64, labels []int) float64 {
	c := ROC(scores, labels)
	if len(c.X) < 2 {
		return math.NaN()
	}
	return c.Area()
}

// PR returns the curve of precision (Y) against recall (X); labels and scores
// are as in [ROC]. It begins at recall 0 with precision 1. Without positive
// examples the recall is 1 at every score. It has the points of scikit-learn's
// precision_recall_curve, from the other end; see
// https://scikit-learn.org/stable/modules/generated/sklearn.metrics.precision_recall_curve.html.
//
// Its area by the trapezoid rule is PR(scores, labels).Area(). Between two
// points precision does not change in a straight line, which makes that area
// too large; [AveragePrecision] does not interpolate.
func PR(scores []float64, labels []int) Curve {
	s := sweep(scores, labels)
	c := Curve{X: make([]float64, len(s)), Y: make([]float64, len(s)), Threshold: make([]float64, len(s))}
	all := s[len(s)-1].truly
	for i, p := range s {
		c.X[i], c.Y[i], c.Threshold[i] = 1, p.truly/(p.truly+p.falsely), p.threshold
		if all != 0 {
			c.X[i] = p.truly / all
		}
	}
	c.X[0], c.Y[0] = 0, 1
	return c
}

// AveragePrecision returns the mean of the precision over the steps of the
// recall, Σ (Rᵢ − Rᵢ₋₁) Pᵢ on the curve of [PR]. It is 0 without positive
// examples. See
// https://scikit-learn.org/stable/modules/generated/sklearn.metrics.average_precision_score.html.
func AveragePrecision(scores []float64, labels []int) float64 {
	c, sum := PR(scores, labels), 0.0
	for i := 1; i < len(c.X); i++ {
		sum += (c.X[i] - c.X[i-1]) * c.Y[i]
	}
	return sum
}

// A mark counts the examples with a score of at least the threshold.
type mark struct{ threshold, truly, falsely float64 }

// sweep returns the marks of all different scores, from the highest to the
// lowest, after one above all of them.
func sweep(scores []float64, labels []int) []mark {
	if len(scores) != len(labels) {
		panic(&tensor.ShapeError{Op: "curve", Shapes: [][]int{{len(scores)}, {len(labels)}}, Reason: "want a label for each score"})
	}
	order := make([]int, 0, len(scores))
	nan := false
	for i, label := range labels {
		if label > 1 {
			tensor.BadArg("curve", "want labels 0 and 1, or negative ones to leave out; labels[%d] is %d", i, label)
		}
		if label >= 0 {
			order = append(order, i)
			nan = nan || math.IsNaN(scores[i])
		}
	}
	slices.SortFunc(order, func(i, j int) int { return cmp.Compare(scores[j], scores[i]) })
	marks := []mark{{threshold: math.Inf(1)}}
	if nan {
		return append(marks, mark{math.NaN(), math.NaN(), math.NaN()})
	}
	for k, i := range order {
		if k == 0 || scores[i] != scores[order[k-1]] {
			marks = append(marks, mark{scores[i], marks[len(marks)-1].truly, marks[len(marks)-1].falsely})
		}
		if m := &marks[len(marks)-1]; labels[i] == 1 {
			m.truly++
		} else {
			m.falsely++
		}
	}
	return marks
}
