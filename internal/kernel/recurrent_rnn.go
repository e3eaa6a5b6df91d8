package kernel

import "github.com/descent-ml/descent/internal/kernel/work"

// RNN computes, for each step, with h of the step before it,
//
//	h = tanh(WX x + BX + W h)
//
// or max(0, …) in place of tanh. Gates must be H: the sums are written where the
// states will be.
func RNN[T Float](s Recurrence[T]) { recur(s, 1, rnnForward) }

func (r *recurring[T]) rnn(from, n int) {
	w := r.Hidden
	for k := range r.Steps {
		at, before := r.step(k)
		last, h := r.rows(r.H, r.H0, before, from, n, w), r.rows(r.H, nil, at, from, n, w)
		r.hiddenProduct(h, last, n)
		if r.ReLU {
			ReLU(h, h)
		} else {
			Tanh(h, h)
		}
		for i := range n {
			if r.held(at, from+i) {
				copy(h[i*w:][:w], last[i*w:])
			}
		}
	}
}

// RNNGrad computes the gradients of [RNN], from the last step to the first, with
// dh from the step after it:
//
//	dh = DH + dh
//	DGates = dh (1 − h²), or dh where h > 0
//	dh = DGates W
func RNNGrad[T Float](s Recurrence[T]) { recur(s, 1, rnnBackward) }

func (r *recurring[T]) rnnGrad(from, n, part int) {
	w := r.Hidden
	dh, lent := work.Borrow[T](n * w)
	sum := r.sums[part*w:][:w]
	var next []T // DGates of the step computed after this one
	after := 0
	for k := r.Steps - 1; k >= 0; k-- {
		at, _ := r.step(k)
		r.stateGrad(dh, next, at, after, from, n)
		h, d := r.rows(r.H, nil, at, from, n, w), r.rows(r.DGates, nil, at, from, n, w)
		if r.ReLU {
			ReLUGrad(d, h, dh)
		} else {
			TanhGrad(d, h, dh)
		}
		for i := range n {
			row := d[i*w:][:w]
			if r.held(at, from+i) {
				clear(row)
			}
			Add(sum, sum, row)
		}
		next, after = d, at
	}
	if r.DH0 != nil {
		r.initialGrad(dh, next, after, from, n)
	}
	work.Return(lent)
}
