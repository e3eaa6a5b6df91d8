package tensor

import (
	"fmt"

	"github.com/descent-ml/descent/internal/kernel"
)

// Huber returns the Huber loss of each element, an error: ½x² where |x| ≤ limit,
// and limit (|x| − ½limit) elsewhere.
func Huber(x *Tensor, limit float64) *Tensor {
	dst := ZerosOf(x.dtype, x.Shape()...)
	HuberTo(dst, x, limit)
	return dst
}

// HuberTo is [Huber] into dst.
func HuberTo(dst, x *Tensor, limit float64) {
	scaled("huber", dst, x, limit, 0,
		func(dst, a []float32, limit, _ float64) { kernel.Huber(dst, a, float32(limit)) },
		func(dst, a []float64, limit, _ float64) { kernel.Huber(dst, a, limit) })
}

// BCE returns the binary cross entropy of corresponding elements, probabilities p
// and targets t: −t log p − (1 − t) log(1 − p), where a logarithm is at least
// −100.
func BCE(p, t *Tensor) *Tensor { return of2("bce", p, t, BCETo) }

// BCETo is [BCE] into dst.
func BCETo(dst, p, t *Tensor) {
	binary("bce", dst, p, t, kernel.BCE[float32], kernel.BCE[float64])
}

// BCE writes dy/max(p(1 − p), 1e-12): the gradient of [BCE] by p, where dy is that by
// its result times p − t.
func (d *Grad) BCE(p, dy *Tensor) {
	binary("bce gradient", (*Tensor)(d), p, dy, kernel.BCEGrad[float32], kernel.BCEGrad[float64])
}

// A ClassTarget says what cross entropy compares logits [n, classes] with.
type ClassTarget struct {
	Labels    []int   // the class of each row
	Weights   *Tensor // a weight for each class, or nil for ones
	Smoothing float64 // the fraction of each target that is spread evenly over all classes
	Ignore    *int    // rows with this label count nothing; nil means −100
}

// Ignored reports whether rows with a label count nothing.
func (c *ClassTarget) Ignored(label int) bool { return label == c.ignore() }

func (c *ClassTarget) ignore() int {
	if c.Ignore == nil {
		return -100
	}
	return *c.Ignore
}

// Check panics in the name of op when c does not fit logits [n, classes]: with a
// [*ShapeError] when there is not a label for each row, a class for each label,
// and a weight for each class, and with a [*DTypeError] when the weights have
// another element type. It is the one place where labels are checked.
func (c *ClassTarget) Check(op string, logits *Tensor) {
	if logits.rank != 2 {
		BadShape(op, "want logits [rows classes]", logits)
	}
	rows, classes := logits.shape[0], logits.shape[1]
	if len(c.Labels) != rows {
		BadShape(op, fmt.Sprintf("want %d labels, got %d", rows, len(c.Labels)), logits)
	}
	for i, l := range c.Labels {
		if !c.Ignored(l) && uint(l) >= uint(classes) {
			BadShape(op, fmt.Sprintf("labels[%d] is %d; there are %d classes", i, l, classes), logits)
		}
	}
	if w := c.Weights; w != nil {
		sameDType(op, "the weight of the classes", logits, w)
		if w.rank != 1 || w.n != classes {
			BadShape(op, fmt.Sprintf("want a weight for each of %d classes", classes), logits, w)
		}
	}
}

// Counted returns 1 for each row that counts, and 0 for those that do not.
func (c *ClassTarget) Counted(dt DType) *Tensor {
	t := ZerosOf(dt, len(c.Labels))
	for i, l := range c.Labels {
		if !c.Ignored(l) {
			t.Set(1, i)
		}
	}
	return t
}

// Weight returns the weight of a class.
func (c *ClassTarget) Weight(label int) float64 {
	if c.Weights == nil {
		return 1
	}
	return c.Weights.At(label)
}

// Total returns the sum of the weights of the labels that are not ignored.
func (c *ClassTarget) Total() float64 {
	var s float64
	for _, l := range c.Labels {
		if !c.Ignored(l) {
			s += c.Weight(l)
		}
	}
	return s
}

// CrossEntropyTo writes the cross entropy of each row of logits, 0 for ignored
// rows. dst has a place for each row.
func CrossEntropyTo(dst, logits *Tensor, c *ClassTarget) {
	c.Check("cross-entropy", logits)
	sameDType("cross-entropy", "the destination", logits, dst)
	destination("cross-entropy", dst, logits.shape[:1], logits)
	var s, sw scratch
	logits = s.packed(logits)
	if logits.dtype == Float64 {
		k := crossEntropy[float64](logits, c, &sw)
		k.Value(dst.f64, dst.strides[0])
	} else {
		k := crossEntropy[float32](logits, c, &sw)
		k.Value(dst.f32, dst.strides[0])
	}
	s.release()
	sw.release()
}

// NLLTo writes −weight x[label] for each row of log-probabilities x [n, classes], 0
// for ignored rows. dst has a place for each row.
func NLLTo(dst, x *Tensor, c *ClassTarget) {
	c.Check("nll", x)
	sameDType("nll", "the destination", x, dst)
	destination("nll", dst, x.shape[:1], x)
	for i, label := range c.Labels {
		v := 0.0
		if !c.Ignored(label) {
			v = -c.Weight(label) * x.At(i, label)
		}
		dst.Set(v, i)
	}
}

// NLL writes the gradient of [NLLTo] by x, given dy, the gradient by its result.
func (d *Grad) NLL(dy *Tensor, c *ClassTarget) {
	dx := (*Tensor)(d)
	c.Check("nll gradient", dx)
	sameDType("nll gradient", "dy", dx, dy)
	sameShape("nll gradient", dy, dx.shape[:1], dx)
	dx.Fill(0)
	for i, label := range c.Labels {
		if !c.Ignored(label) {
			dx.Set(-c.Weight(label)*dy.At(i), i, label)
		}
	}
}

func crossEntropy[T kernel.Float](logits *Tensor, c *ClassTarget, weights *scratch) kernel.CrossEntropy[T] {
	k := kernel.CrossEntropy[T]{Logits: elements[T](logits), Classes: logits.shape[1], Labels: c.Labels, Ignore: c.ignore(), Weights: packedElements[T](weights, c.Weights)}
	k.Smoothing = c.Smoothing
	return k
}

// CrossEntropy writes the gradient of [CrossEntropyTo] by the logits, given dy,
// the gradient by its result. The destination has the shape of the logits and
// must be contiguous.
func (d *Grad) CrossEntropy(dy, logits *Tensor, c *ClassTarget) {
	dx := (*Tensor)(d)
	c.Check("cross-entropy", logits)
	sameDType("cross-entropy gradient", "the destination", logits, dx)
	sameDType("cross-entropy gradient", "dy", logits, dy)
	destination("cross-entropy gradient", dx, logits.Shape(), logits)
	sameShape("cross-entropy gradient", dy, logits.shape[:1], logits)
	contiguous("cross-entropy gradient", dx)
	var s, sw scratch
	logits = s.packed(logits)
	if logits.dtype == Float64 {
		k := crossEntropy[float64](logits, c, &sw)
		k.Grad(dx.f64, dy.f64, dy.strides[0])
	} else {
		k := crossEntropy[float32](logits, c, &sw)
		k.Grad(dx.f32, dy.f32, dy.strides[0])
	}
	s.release()
	sw.release()
}

// Dense returns the targets as weights of all classes, a row for each label:
// w[c] ((1 − Smoothing) [c = label] + Smoothing/classes), 0 for ignored rows.
func (c *ClassTarget) Dense(dt DType, classes int) *Tensor {
	t := ZerosOf(dt, len(c.Labels), classes)
	for i, l := range c.Labels {
		if c.Ignored(l) {
			continue
		}
		for k := range classes {
			v := c.Smoothing / float64(classes)
			if k == l {
				v += 1 - c.Smoothing
			}
			if c.Weights != nil {
				v *= c.Weights.At(k)
			}
			t.Set(v, i, k)
		}
	}
	return t
}

// A CTCTarget says what connectionist temporal classification compares
// log-probabilities [steps batch classes] with.
type CTCTarget struct {
	Labels   []int // the labels of all sequences, one sequence after the other
	Lengths  []int // how many labels each sequence has
	Steps    []int // how many steps of each sequence count; nil for all
	Blank    int   // the class that stands for no label
	PerLabel bool  // divide each loss by the number of labels, at least 1
}

// Check panics in the name of op with a [*ShapeError] when c does not fit
// log-probabilities [steps batch classes].
func (c CTCTarget) Check(op string, logProbs *Tensor) {
	if logProbs.rank != 3 {
		BadShape(op, "want log-probabilities [steps batch classes]", logProbs)
	}
	steps, batch, classes := logProbs.shape[0], logProbs.shape[1], logProbs.shape[2]
	if len(c.Lengths) != batch {
		BadShape(op, fmt.Sprintf("want a number of labels for each of %d sequences, got %d", batch, len(c.Lengths)), logProbs)
	}
	n := 0
	for i, length := range c.Lengths {
		if length < 0 {
			BadShape(op, fmt.Sprintf("the number of labels of sequence %d is %d", i, length), logProbs)
		}
		n += length
	}
	if n != len(c.Labels) {
		BadShape(op, fmt.Sprintf("the sequences have %d labels, got %d", n, len(c.Labels)), logProbs)
	}
	if uint(c.Blank) >= uint(classes) {
		BadShape(op, fmt.Sprintf("the blank is %d; there are %d classes", c.Blank, classes), logProbs)
	}
	for i, l := range c.Labels {
		if uint(l) >= uint(classes) || l == c.Blank {
			BadShape(op, fmt.Sprintf("labels[%d] is %d; there are %d classes, and the blank is %d", i, l, classes, c.Blank), logProbs)
		}
	}
	if c.Steps == nil {
		return
	}
	if len(c.Steps) != batch {
		BadShape(op, fmt.Sprintf("want a number of steps for each of %d sequences, got %d", batch, len(c.Steps)), logProbs)
	}
	for i, s := range c.Steps {
		if s < 0 || s > steps {
			BadShape(op, fmt.Sprintf("sequence %d has %d steps; there are %d", i, s, steps), logProbs)
		}
	}
}

// CTCTo writes the negative log-likelihood of the labels of each sequence, given
// log-probabilities [steps batch classes]: +Inf when they do not fit into the steps.
func CTCTo(dst, logProbs *Tensor, c CTCTarget) {
	c.Check("ctc", logProbs)
	sameDType("ctc", "the destination", logProbs, dst)
	destination("ctc", dst, logProbs.shape[1:2], logProbs)
	var s scratch
	logProbs = s.packed(logProbs)
	if logProbs.dtype == Float64 {
		k := ctc[float64](logProbs, c)
		k.Value(dst.f64, dst.strides[0])
	} else {
		k := ctc[float32](logProbs, c)
		k.Value(dst.f32, dst.strides[0])
	}
	s.release()
}

func ctc[T kernel.Float](x *Tensor, c CTCTarget) kernel.CTC[T] {
	return kernel.CTC[T]{
		LogProbs: elements[T](x), Steps: x.shape[0], Batch: x.shape[1], Classes: x.shape[2],
		Labels: c.Labels, Lengths: c.Lengths, Used: c.Steps, Blank: c.Blank, PerLabel: c.PerLabel,
	}
}

// CTC writes the gradient of [CTCTo] by the log-probabilities, given dy, that by
// its result. The destination has the shape of the log-probabilities and must be
// contiguous.
func (d *Grad) CTC(dy, logProbs *Tensor, c CTCTarget) {
	dx := (*Tensor)(d)
	c.Check("ctc", logProbs)
	sameDType("ctc gradient", "the destination", logProbs, dx)
	sameDType("ctc gradient", "dy", logProbs, dy)
	destination("ctc gradient", dx, logProbs.Shape(), logProbs)
	sameShape("ctc gradient", dy, logProbs.shape[1:2], logProbs)
	contiguous("ctc gradient", dx)
	var s scratch
	logProbs = s.packed(logProbs)
	if logProbs.dtype == Float64 {
		k := ctc[float64](logProbs, c)
		k.Grad(dx.f64[:dx.n], dy.f64, dy.strides[0])
	} else {
		k := ctc[float32](logProbs, c)
		k.Grad(dx.f32[:dx.n], dy.f32, dy.strides[0])
	}
	s.release()
}
