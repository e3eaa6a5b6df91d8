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
func BCE[T Float](dst, p, t []T) {
	p, t = p[:len(dst)], t[:len(dst)]
	for i, v := range p {
		yes, no := max(math.Log(float64(v)), -100), max(math.Log1p(-float64(v)), -100)
		target := float64(t[i])
		dst[i] = T(float64((target-1)*no) - float64(target*yes))
	}
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
