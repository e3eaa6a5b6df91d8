package metric

import (
	"math"
	"sort"

	"github.com/descent-ml/descent/tensor"
)

// A Bin is a line of a reliability table: the answers whose confidence lies in
// Low < p ≤ High; the first bin has 0 as well.
type Bin struct {
	Low, High  float64
	Count      int
	Confidence float64 // mean; 0 in an empty bin
	Accuracy   float64 // share of right answers; 0 in an empty bin
}

// A Calibration is the expected calibration error: the mean distance between
// how sure the model is and how often it is right,
//
//	Σ (Count/n) |Accuracy − Confidence|
//
// over bins of equal width from 0 to 1 (https://arxiv.org/abs/1706.04599). It is
// NaN without places.
//
// The confidence is the largest probability, by softmax of the outputs, and an
// answer is right when it is the label. With a single logit it is the
// probability of class 1 by the sigmoid, also when that is below ½, and
// "right" means that the label is 1, as in scikit-learn's calibration_curve.
type Calibration struct {
	Bins int // 0 means 15

	edges   []float64 // between bins
	bins    []Bin     // with sums in place of means
	numbers numbers
}

// Name returns "calibration_error".
func (*Calibration) Name() string { return "calibration_error" }

// Reset forgets all places. It panics with a [*tensor.ArgError] when Bins is
// negative.
func (c *Calibration) Reset() {
	n := c.Bins
	if n == 0 {
		n = 15
	}
	if n < 0 {
		tensor.BadArg("calibration", "want Bins ≥ 1, or 0 for 15, got %d", n)
	}
	if len(c.bins) != n {
		c.edges, c.bins = make([]float64, n-1), make([]Bin, n)
	}
	width := 1 / float64(n)
	for i := range c.bins {
		c.bins[i] = Bin{Low: float64(i) * width, High: 1}
		if i > 0 {
			c.edges[i-1], c.bins[i-1].High = c.bins[i].Low, c.bins[i].Low
		}
	}
}

// Add reads Output, which is logits, and Labels.
func (c *Calibration) Add(b Batch) {
	if c.bins == nil {
		c.Reset()
	}
	l := b.layout("calibration")
	x := c.numbers.of(b.Output)
	for i, label := range b.Labels {
		if b.ignored(label) {
			continue
		}
		if l.logits == 1 {
			c.put(1/(1+math.Exp(-x[l.at(i, 0)])), label == 1)
			continue
		}
		best, top := 0, x[l.at(i, 0)]
		for k := 1; k < l.logits; k++ {
			if v := x[l.at(i, k)]; v > top {
				best, top = k, v
			}
		}
		sum := 0.0
		for k := range l.logits {
			sum += math.Exp(x[l.at(i, k)] - top)
		}
		c.put(1/sum, best == label)
	}
}

// put counts an answer. A confidence that is NaN makes the result NaN.
func (c *Calibration) put(p float64, right bool) {
	b := &c.bins[sort.SearchFloat64s(c.edges, p)]
	b.Count++
	b.Confidence += p
	if right {
		b.Accuracy++
	}
}

// Value returns the expected calibration error.
func (c *Calibration) Value() float64 {
	sum, n := 0.0, 0
	for _, b := range c.bins {
		sum += math.Abs(b.Accuracy - b.Confidence)
		n += b.Count
	}
	return sum / float64(n)
}

// Table returns the reliability table, a new slice with the bins in order.
func (c *Calibration) Table() []Bin {
	if c.bins == nil {
		c.Reset()
	}
	t := make([]Bin, len(c.bins))
	for i, b := range c.bins {
		if b.Count > 0 {
			b.Confidence /= float64(b.Count)
			b.Accuracy /= float64(b.Count)
		}
		t[i] = b
	}
	return t
}

// CalibrationError returns the expected calibration error of answers given with
// confidence p, by a number of bins; see [Calibration]. It panics with a
// [*tensor.ShapeError] when the lengths differ, and with a [*tensor.ArgError]
// when a confidence is not in [0, 1] or bins is not positive.
func CalibrationError(p []float64, right []bool, bins int) float64 {
	return calibrate(p, right, bins).Value()
}

// Reliability returns the table behind [CalibrationError].
func Reliability(p []float64, right []bool, bins int) []Bin {
	return calibrate(p, right, bins).Table()
}

func calibrate(p []float64, right []bool, bins int) *Calibration {
	if len(p) != len(right) {
		panic(&tensor.ShapeError{Op: "calibration", Shapes: [][]int{{len(p)}, {len(right)}}, Reason: "want to know of each confidence whether the answer was right"})
	}
	if bins < 1 {
		tensor.BadArg("calibration", "want one bin or more, got %d", bins)
	}
	c := &Calibration{Bins: bins}
	c.Reset()
	for i, v := range p {
		if !(0 <= v && v <= 1) {
			tensor.BadArg("calibration", "want confidences in [0, 1]; p[%d] is %v", i, v)
		}
		c.put(v, right[i])
	}
	return c
}
