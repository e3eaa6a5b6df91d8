package metric

import (
	"fmt"
	"math"
	"slices"

	"github.com/descent-ml/descent/tensor"
)

// Pairs read outputs and targets of a regression, number by number.
type pairs struct {
	output, target numbers
	width          int // numbers in an example
	n              int // examples
}

// of returns the outputs and targets of a batch in row-major order.
func (p *pairs) of(op string, b *Batch) (output, target []float64) {
	if b.Output == nil || b.Target == nil {
		tensor.BadArg(op, "want outputs and targets; the batch lacks one of them")
	}
	if b.Output.Rank() == 0 || !slices.Equal(b.Output.Shape(), b.Target.Shape()) {
		tensor.BadShape(op, "want outputs and targets of one shape [batch …]", b.Output, b.Target)
	}
	width := 1
	for _, n := range b.Output.Shape()[1:] {
		width *= n
	}
	if p.n > 0 && width != p.width {
		tensor.BadShape(op, fmt.Sprintf("want %d numbers in an example, as before", p.width), b.Output)
	}
	p.width = width
	p.n += b.Output.Dim(0)
	return p.output.of(b.Output), p.target.of(b.Target)
}

// count returns the number of numbers.
func (p *pairs) count() float64 { return float64(p.n * p.width) }

// A total is a sum over all numbers of all examples, and their mean.
type total struct {
	pairs pairs
	sum   float64
}

// Reset forgets all examples.
func (t *total) Reset() { t.pairs.n, t.sum = 0, 0 }

// Value returns the mean.
func (t *total) Value() float64 { return t.sum / t.pairs.count() }

// An MAE is the mean absolute error over all numbers of all examples, in the
// unit of the target; NaN without any. See
// https://scikit-learn.org/stable/modules/generated/sklearn.metrics.mean_absolute_error.html.
type MAE struct{ total }

// Name returns "mae".
func (*MAE) Name() string { return "mae" }

// Add reads Output and Target, of one shape [batch …].
func (m *MAE) Add(b Batch) {
	output, target := m.pairs.of("mae", &b)
	for i, y := range target {
		m.sum += math.Abs(y - output[i])
	}
}

// An MSE is the mean squared error over all numbers of all examples; NaN
// without any. See
// https://scikit-learn.org/stable/modules/generated/sklearn.metrics.mean_squared_error.html.
type MSE struct{ total }

// Name returns "mse".
func (*MSE) Name() string { return "mse" }

// Add reads Output and Target, of one shape [batch …].
func (m *MSE) Add(b Batch) {
	output, target := m.pairs.of("mse", &b)
	for i, y := range target {
		m.sum += float64((y - output[i]) * (y - output[i]))
	}
}

// An RMSE is the root of the mean squared error, in the unit of the target; NaN
// without examples. When an example has several numbers, it is the mean of the
// roots of each, as in scikit-learn, and not the root of the mean. See
// https://scikit-learn.org/stable/modules/generated/sklearn.metrics.root_mean_squared_error.html.
type RMSE struct {
	pairs pairs
	sum   []float64 // of squared errors, of each number of an example
}

// Name returns "rmse".
func (*RMSE) Name() string { return "rmse" }

// Reset forgets all examples.
func (m *RMSE) Reset() { m.pairs.n = 0 }

// Add reads Output and Target, of one shape [batch …].
func (m *RMSE) Add(b Batch) {
	first := m.pairs.n == 0
	output, target := m.pairs.of("rmse", &b)
	if first {
		m.sum = resize(m.sum, m.pairs.width)
		clear(m.sum)
	}
	for i, y := range target {
		m.sum[i%m.pairs.width] += float64((y - output[i]) * (y - output[i]))
	}
}

// Value returns the root mean squared error.
func (m *RMSE) Value() float64 {
	if m.pairs.n == 0 {
		return math.NaN()
	}
	mean := 0.0
	for _, s := range m.sum {
		mean += math.Sqrt(s / float64(m.pairs.n))
	}
	return mean / float64(len(m.sum))
}

// An R2 is the coefficient of determination, 1 − Σ(y − ŷ)² / Σ(y − ȳ)², with
// targets y, their mean ȳ and outputs ŷ. It is 1 for perfect outputs, 0 for the
// mean as the only output, and may be negative.
//
// When an example has several numbers, R² is the mean over them. When all
// targets are equal, it is 1 if the outputs are perfect and else 0. It is NaN
// for fewer than two examples. All this is as in scikit-learn; see
// https://scikit-learn.org/stable/modules/generated/sklearn.metrics.r2_score.html.
type R2 struct {
	pairs pairs
	sums  []spread
}

// A spread is what R² needs of one number of the examples.
type spread struct {
	wrong float64 // Σ(y − ŷ)²
	first float64 // y of the first example
	mean  float64 // ȳ − first
	total float64 // Σ(y − ȳ)²
}

// Name returns "r2".
func (*R2) Name() string { return "r2" }

// Reset forgets all examples.
func (r *R2) Reset() { r.pairs.n = 0 }

// Add reads Output and Target, of one shape [batch …].
func (r *R2) Add(b Batch) {
	n := r.pairs.n
	output, target := r.pairs.of("r2", &b)
	width := r.pairs.width
	if n == 0 {
		r.sums = resize(r.sums, width)
		clear(r.sums)
	}
	for i, y := range target {
		s, k := &r.sums[i%width], n+i/width+1
		s.wrong += float64((y - output[i]) * (y - output[i]))
		// Welford's sums, of distances from the first target: a sum of squares
		// would cancel where the mean is large.
		if k == 1 {
			s.first = y
		}
		y -= s.first
		d := y - s.mean
		s.mean += d / float64(k)
		s.total += float64(d * (y - s.mean))
	}
}

// Value returns R².
func (r *R2) Value() float64 {
	if r.pairs.n < 2 {
		return math.NaN()
	}
	mean := 0.0
	for _, s := range r.sums {
		switch {
		case s.total != 0:
			mean += 1 - s.wrong/s.total
		case s.wrong == 0:
			mean++
		}
	}
	return mean / float64(len(r.sums))
}
