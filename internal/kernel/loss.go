package kernel

import (
	"math"

	"github.com/descent-ml/descent/internal/kernel/asm"
	"github.com/descent-ml/descent/internal/kernel/work"
)

// Huber is
//
//	for i := range dst {
//		c := min(max(a[i], −limit), limit)
//		dst[i] = c * (a[i] − c/2)
//	}
//
// which is ½a² where |a| ≤ limit, and limit (|a| − ½limit) elsewhere.
//
// Assembly: gen/elementwise.go
func Huber[T Float](dst, a []T, limit T) {
	a = a[:len(dst)]
	if asm.Huber(dst, a, limit) {
		return
	}
	for i, v := range a {
		c := min(max(v, -limit), limit)
		dst[i] = c * (v - T(c*0.5))
	}
}

// BCE is
//
//	for i := range dst {
//		dst[i] = (t[i] − 1) * max(log(1 − p[i]), −100) − t[i] * max(log(p[i]), −100)
//	}
//
// In float32 it errs by at most 3 ulp.
//
// Assembly: gen/mathematics.go
func BCE[T Float](dst, p, t []T) {
	p, t = p[:len(dst)], t[:len(dst)]
	if asm.Bce(dst, p, t) {
		return
	}
	for i, v := range p {
		yes, no := max(math.Log(float64(v)), -100), max(math.Log1p(-float64(v)), -100)
		target := float64(t[i])
		dst[i] = T(float64((target-1)*no) - float64(target*yes))
	}
}

// BCEGrad is
//
//	for i := range dst {
//		dst[i] = dy[i] / max(p[i] * (1 - p[i]), 1e-12)
//	}
func BCEGrad[T Float](dst, p, dy []T) {
	inf := T(math.Inf(1))
	logitGrad(dst, p, dy, -inf, inf, 0, T(float32(1e-12)))
}

// A CrossEntropy is the cross entropy of rows of logits with labels, see
// [CrossEntropyRow]. Rows with the label Ignore count as 0.
type CrossEntropy[T Float] struct {
	Logits    []T
	Classes   int
	Labels    []int
	Ignore    int
	Weights   []T
	Smoothing float64
}

// A crossEntropyTask computes the value or the gradient. Each part is rowsPart
// rows.
type crossEntropyTask[T Float] struct {
	CrossEntropy[T]
	dst, dy []T // dy is nil for the value
	step    int // between rows of dst, or of dy
}

var crossEntropyTasks work.Tasks[crossEntropyTask[float32], crossEntropyTask[float64]]

// Value writes the cross entropy of row i to dst[i*step], 0 for ignored rows.
func (c *CrossEntropy[T]) Value(dst []T, step int) { c.run(dst, nil, step) }

// Grad writes the gradient by the logits. It needs dy, the gradient by the value.
func (c *CrossEntropy[T]) Grad(dx, dy []T, step int) { c.run(dx, dy, step) }

func (c *CrossEntropy[T]) run(dst, dy []T, step int) {
	parts := (len(c.Labels) + rowsPart - 1) / rowsPart
	work.Do(&crossEntropyTasks, len(c.Logits) >= largeWork, parts, crossEntropyTask[T]{CrossEntropy: *c, dst: dst, dy: dy, step: step})
}

func (t *crossEntropyTask[T]) Do(part int) {
	for i := part * rowsPart; i < min(len(t.Labels), (part+1)*rowsPart); i++ {
		label, row := t.Labels[i], t.Logits[i*t.Classes:][:t.Classes]
		switch {
		case t.dy == nil && label == t.Ignore:
			t.dst[i*t.step] = 0
		case t.dy == nil:
			t.dst[i*t.step] = CrossEntropyRow(row, label, t.Weights, t.Smoothing)
		case label == t.Ignore:
			clear(t.dst[i*t.Classes:][:t.Classes])
		default:
			CrossEntropyRowGrad(t.dst[i*t.Classes:][:t.Classes], row, label, t.Weights, t.Smoothing, t.dy[i*t.step])
		}
	}
}

// CrossEntropyRow returns the weighted cross entropy of one row of logits with
// a label, smoothed by eps:
//
//	(1 − eps) w[label] (lse − a[label]) + (eps / len(a)) Σ w[c] (lse − a[c])
//
// where lse is log Σ exp(a). weights may be nil for ones. With m the largest
// logit, lse is m + log(1 + x), where x is the sum of exp(a[c] − m) over the other
// logits, so that a small loss keeps its digits.
func CrossEntropyRow[T Float](a []T, label int, weights []T, eps float64) T {
	top := ArgMax(a)
	m := float64(a[top])
	sum := m - m // 0, or NaN if m is infinite or NaN
	sum += sumExp(a[:top], a[top]) + sumExp(a[top+1:], a[top])
	lse := math.Log1p(sum) // without m
	w := 1.0
	if weights != nil {
		w = float64(weights[label])
	}
	loss := (1 - eps) * w * (lse - (float64(a[label]) - m))
	if eps != 0 {
		var s float64
		for c, v := range a {
			nll := lse - (float64(v) - m)
			if weights != nil {
				nll *= float64(weights[c])
			}
			s += nll
		}
		loss += float64(eps / float64(len(a)) * s)
	}
	return T(loss)
}

// CrossEntropyRowGrad computes the gradient of [CrossEntropyRow] by a, times
// scale:
//
//	for c := range dst {
//		dst[c] = scale * (softmax(a)[c] * Σ t − t[c])
//	}
//
// where t[c] = w[c] * ((1 − eps) [c == label] + eps / len(a)).
func CrossEntropyRowGrad[T Float](dst, a []T, label int, weights []T, eps float64, scale T) {
	a = a[:len(dst)]
	if eps == 0 && weights == nil {
		m := Max(a)
		MulScalar(dst, dst, scale/expSum(dst, a, m))
		dst[label] -= scale
		return
	}
	target := func(c int) float64 {
		t := eps / float64(len(a))
		if c == label {
			t += 1 - eps
		}
		if weights != nil {
			t *= float64(weights[c])
		}
		return t
	}
	sum := target(label)
	if eps != 0 {
		sum = 0
		for c := range a {
			sum += target(c)
		}
	}
	Softmax(dst, a)
	for c, p := range dst {
		dst[c] = scale * T(float64(float64(p)*sum)-target(c))
	}
}

// A CTC is the connectionist temporal classification of a batch of sequences: the
// negative logarithm of the probability that log-probabilities [Steps Batch
// Classes] spell given labels, over all ways to spread the labels, with blanks
// between them and repetitions, over the steps.
//
// With the labels l, S = 2 len(l) + 1 places, and the class c(s) of a place, which
// is the blank for even s and l[s/2] for odd s:
//
//	α[0][s] = x[0][c(s)] for s < 2, else −∞
//	α[t][s] = x[t][c(s)] + log(exp α[t−1][s] + exp α[t−1][s−1] + exp α[t−1][s−2])
//	β[t][s] = log Σ exp(β[t+1][r] + x[t+1][c(r)]) over r = s, s+1, s+2; β = 0 for the last two places of the last step
//	loss    = −log(exp α[last][S−1] + exp α[last][S−2])
//	dx[t][c] = −Σ exp(α[t][s] + β[t][s] + loss) over the places s of class c
//
// where the way from s−2 to s is there only between different labels.
type CTC[T Float] struct {
	LogProbs              []T
	Steps, Batch, Classes int
	Labels, Lengths       []int // the labels of all sequences, and how many each has
	Used                  []int // the number of steps of each sequence, or nil for all
	Blank                 int
	PerLabel              bool // divide each loss by the number of labels, at least 1
}

// sequence is one sequence of the batch.
type sequence[T Float] struct {
	*CTC[T]
	at, steps int
	labels    []int
	scale     float64
}

func (c *CTC[T]) sequence(i, from int) sequence[T] {
	s := sequence[T]{CTC: c, at: i, steps: c.Steps, labels: c.Labels[from : from+c.Lengths[i]], scale: 1}
	if c.Used != nil {
		s.steps = c.Used[i]
	}
	if c.PerLabel {
		s.scale = 1 / float64(max(1, len(s.labels)))
	}
	return s
}

// row returns the log-probabilities at step t.
func (s *sequence[T]) row(t int) []T { return s.LogProbs[(t*s.Batch+s.at)*s.Classes:][:s.Classes] }

// class returns the class of a place.
func (s *sequence[T]) class(place int) int {
	if place%2 == 0 {
		return s.Blank
	}
	return s.labels[place/2]
}

// jumps reports whether there is a way from place − 2 to place.
func (s *sequence[T]) jumps(place int) bool {
	return place%2 == 1 && place > 1 && s.labels[place/2] != s.labels[place/2-1]
}

// logSum returns log(exp a + exp b + exp c).
func logSum(a, b, c float64) float64 {
	m := max(a, b, c)
	if math.IsInf(m, -1) {
		return m
	}
	return m + math.Log(math.Exp(a-m)+math.Exp(b-m)+math.Exp(c-m))
}

// forward writes α of step t, given that of the step before.
func (s *sequence[T]) forward(t int, dst, before []float64) {
	row, none := s.row(t), math.Inf(-1)
	for p := range dst {
		a, b, c := none, none, none
		switch {
		case t == 0:
			if p < 2 {
				a = 0
			}
		default:
			a = before[p]
			if p > 0 {
				b = before[p-1]
			}
			if s.jumps(p) {
				c = before[p-2]
			}
		}
		dst[p] = logSum(a, b, c) + float64(row[s.class(p)])
	}
}

// end returns the loss, given α of the last step.
func (s *sequence[T]) end(last []float64) float64 {
	n := len(last)
	if n == 1 {
		return -last[0]
	}
	return -logSum(last[n-1], last[n-2], math.Inf(-1))
}

// nothing returns the loss of a sequence without steps.
func (s *sequence[T]) nothing() float64 {
	if len(s.labels) == 0 {
		return 0
	}
	return math.Inf(1)
}

// Value writes the loss of sequence i to dst[i*step].
func (c *CTC[T]) Value(dst []T, step int) {
	from := 0
	for i, n := range c.Lengths {
		s := c.sequence(i, from)
		from += n
		places := 2*n + 1
		buf, lent := work.Borrow[float64](2 * places)
		now, before := buf[:places], buf[places:]
		for t := range s.steps {
			s.forward(t, now, before)
			now, before = before, now
		}
		loss := s.nothing()
		if s.steps > 0 {
			loss = s.end(before)
		}
		dst[i*step] = T(loss * s.scale)
		work.Return(lent)
	}
}

// Grad writes the gradient by the log-probabilities, given that by the losses,
// dy[i*step]. It is 0 where dy is 0, also when the loss is infinite.
func (c *CTC[T]) Grad(dx, dy []T, step int) {
	clear(dx)
	from := 0
	for i, n := range c.Lengths {
		s := c.sequence(i, from)
		from += n
		scale := float64(dy[i*step]) * s.scale
		if s.steps == 0 || scale == 0 {
			continue
		}
		places := 2*n + 1
		buf, lent := work.Borrow[float64]((s.steps + 2) * places)
		alpha := func(t int) []float64 { return buf[t*places:][:places] }
		for t := range s.steps {
			s.forward(t, alpha(t), alpha(max(0, t-1)))
		}
		loss := s.end(alpha(s.steps - 1))
		beta, next := alpha(s.steps), alpha(s.steps+1)
		for t := s.steps - 1; t >= 0; t-- {
			out := dx[(t*c.Batch+i)*c.Classes:][:c.Classes]
			if t == s.steps-1 {
				s.last(beta)
			} else {
				beta, next = next, beta
				s.backward(t, beta, next)
			}
			for p, a := range alpha(t) {
				out[s.class(p)] -= T(scale * math.Exp(a+beta[p]+loss))
			}
		}
		work.Return(lent)
	}
}

// last writes β of the last step.
func (s *sequence[T]) last(dst []float64) {
	for p := range dst {
		dst[p] = math.Inf(-1)
		if p >= len(dst)-2 {
			dst[p] = 0
		}
	}
}

// backward writes β of step t, given that of the step after.
func (s *sequence[T]) backward(t int, dst, after []float64) {
	row, none := s.row(t+1), math.Inf(-1)
	for p := range dst {
		a, b, c := after[p]+float64(row[s.class(p)]), none, none
		if p+1 < len(dst) {
			b = after[p+1] + float64(row[s.class(p+1)])
		}
		if p+2 < len(dst) && s.jumps(p+2) {
			c = after[p+2] + float64(row[s.class(p+2)])
		}
		dst[p] = logSum(a, b, c)
	}
}
