package kernel

import "math"

// CrossEntropyRow returns the weighted cross entropy of one row of logits with
// a label, smoothed by eps:
//
//	(1 − eps) w[label] (lse − a[label]) + (eps / len(a)) Σ w[c] (lse − a[c])
//
// where lse is log Σ exp(a). weights may be nil for ones. The largest term of
// the sum is left to log(1 + x), so that a small loss keeps its digits.
func CrossEntropyRow[T Float](a []T, label int, weights []T, eps float64) T {
	top := ArgMax(a)
	m := float64(a[top])
	sum := m - m // 0, or NaN when there is no finite difference to m
	sum += sumExp(a[:top], a[top]) + sumExp(a[top+1:], a[top])
	lse := math.Log1p(sum) // less m
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
