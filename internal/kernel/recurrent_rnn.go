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

// GRU computes, for each step, with h of the step before it,
//
//	r, z = σ of WX x + BX + W h + Bias
//	n = tanh(WX x + BX + r (W h + Bias))
//	h = (1 − z) n + z h
func GRU[T Float](s Recurrence[T]) { recur(s, 3, gruForward) }

func (r *recurring[T]) gru(from, n int) {
	w := r.Hidden
	products, lent := work.Borrow[T](n * 3 * w)
	for k := range r.Steps {
		at, before := r.step(k)
		last := r.rows(r.H, r.H0, before, from, n, w)
		if r.Bias == nil {
			clear(products)
		} else {
			for i := range n {
				copy(products[i*3*w:], r.Bias)
			}
		}
		r.hiddenProduct(products, last, n)
		gates, h, cell := r.rows(r.Gates, nil, at, from, n, 3*w), r.rows(r.H, nil, at, from, n, w), r.rows(r.Cell, nil, at, from, n, w)
		for i := range n {
			g, p := gates[i*3*w:][:3*w], products[i*3*w:][:3*w]
			last, h, new := last[i*w:][:w], h[i*w:][:w], g[2*w:]
			if r.held(at, from+i) {
				copy(h, last)
				continue
			}
			copy(cell[i*w:], p[2*w:])
			Add(g[:2*w], g[:2*w], p)
			Sigmoid(g[:2*w], g[:2*w])
			Mul(h, g, p[2*w:])
			Add(new, new, h)
			Tanh(new, new)
			Sub(h, last, new)
			Mul(h, h, g[w:])
			Add(h, h, new)
		}
	}
	work.Return(lent)
}

// GRUGrad computes the gradients of [GRU], from the last step to the first,
// with dh from the step after it:
//
//	dh = DH + dh
//	dn = dh (1 − z) (1 − n²)
//	DGates  = dn (W h + Bias) r (1−r), dh (h − n) z (1−z), dn
//	DHidden = the same, but dn r at the end
//	dh = dh z + DHidden W
func GRUGrad[T Float](s Recurrence[T]) { recur(s, 3, gruBackward) }

func (r *recurring[T]) gruGrad(from, n, part int) {
	w := r.Hidden
	buf, lent := work.Borrow[T](n*w + w)
	dh, tmp := buf[:n*w], buf[n*w:]
	clear(dh)
	sum, sumH := r.sums[part*3*w:][:3*w], r.sums[len(r.sums)/2+part*3*w:][:3*w]
	for k := r.Steps - 1; k >= 0; k-- {
		at, before := r.step(k)
		Add(dh, dh, r.rows(r.DH, nil, at, from, n, w))
		last := r.rows(r.H, r.H0, before, from, n, w)
		gates, cell := r.rows(r.Gates, nil, at, from, n, 3*w), r.rows(r.Cell, nil, at, from, n, w)
		d, dp := r.rows(r.DGates, nil, at, from, n, 3*w), r.rows(r.DHidden, nil, at, from, n, 3*w)
		for i := range n {
			g, dg, dp, dh := gates[i*3*w:][:3*w], d[i*3*w:][:3*w], dp[i*3*w:][:3*w], dh[i*w:][:w]
			if r.held(at, from+i) {
				clear(dg)
				clear(dp)
				continue
			}
			Sub(tmp, last[i*w:], g[2*w:])
			Mul(tmp, tmp, dh)
			SigmoidGrad(dg[w:2*w], g[w:], tmp)
			Mul(tmp, dh, g[w:])
			Sub(dh, dh, tmp)
			TanhGrad(dg[2*w:], g[2*w:], dh)
			copy(dh, tmp)
			Mul(tmp, dg[2*w:], cell[i*w:])
			SigmoidGrad(dg[:w], g, tmp)
			copy(dp, dg[:2*w])
			Mul(dp[2*w:], dg[2*w:], g)
			Add(sum, sum, dg)
			Add(sumH, sumH, dp)
		}
		r.hiddenGrad(dh, dp, n)
	}
	if r.DH0 != nil {
		copy(r.DH0[from*w:], dh)
	}
	work.Return(lent)
}
