package metric

import "github.com/descent-ml/descent/tensor"

// A Collection keeps the score and the label of every place, for what has to
// sort them: functions such as [ROC] and [PR]. The memory grows with the number
// of places, 16 bytes each.
type Collection struct {
	Scores  []float64 // the logit of class 1, less that of class 0 where there are two
	Labels  []int     // 0 or 1
	numbers numbers
}

// Reset forgets all places and keeps the memory.
func (c *Collection) Reset() { c.Scores, c.Labels = c.Scores[:0], c.Labels[:0] }

// Add reads Output, of one logit or two, and Labels. Places that do not count
// are not kept.
func (c *Collection) Add(b Batch) {
	l := b.layout("scores")
	if l.logits > 2 {
		tensor.BadShape("scores", "want one logit, or two classes", b.Output)
	}
	x := c.numbers.of(b.Output)
	for i, label := range b.Labels {
		if b.ignored(label) {
			continue
		}
		score := x[l.at(i, l.logits-1)]
		if l.logits == 2 {
			score -= x[l.at(i, 0)]
		}
		c.Scores = append(c.Scores, score)
		c.Labels = append(c.Labels, label)
	}
}

// An AUC is the area under the ROC curve of a classifier of two classes; see
// [ROCAUC]. The Collection inside has the scores, for the curve itself.
type AUC struct{ Collection }

// Name returns "roc_auc".
func (*AUC) Name() string { return "roc_auc" }

// Value returns the area. It sorts all scores, and allocates.
func (a *AUC) Value() float64 { return ROCAUC(a.Scores, a.Labels) }

// An AP is the average precision of a classifier of two classes; see
// [AveragePrecision]. The Collection inside has the scores, for the curve itself.
type AP struct{ Collection }

// Name returns "average_precision".
func (*AP) Name() string { return "average_precision" }

// Value returns the average precision. It sorts all scores, and allocates.
func (a *AP) Value() float64 { return AveragePrecision(a.Scores, a.Labels) }
