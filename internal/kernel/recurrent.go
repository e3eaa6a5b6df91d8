package kernel

import (
	"github.com/descent-ml/descent/internal/kernel/asm"
	"github.com/descent-ml/descent/internal/kernel/work"
)

// A Recurrence holds the operands and results of a recurrent layer. A sequence is
// stored step by step, and each step example by example. A layer of G gates (4 in
// an LSTM, 3 in a GRU, 1 in a plain layer) has rows of G·Hidden numbers, gate by
// gate.
type Recurrence[T Float] struct {
	Steps, Batch, In, Hidden int
	Reverse                  bool  // from the last step to the first
	Lengths                  []int // the steps of each example, which keeps its state in the others; nil for Steps

	ReLU bool // a plain layer computes max(0, …), not tanh

	X     []T // the sequence, [Steps Batch In]
	WX    []T // weight of the input, [G·Hidden In]
	BX    []T // its bias, [G·Hidden]; an LSTM's is the sum of both; nil for none
	W     []T // weight of the hidden state, [G·Hidden Hidden]
	Bias  []T // its bias, [G·Hidden], of a GRU; nil for none
	H0    []T // initial hidden state, [Batch Hidden]; nil for zeros
	C0    []T // initial cell state of an LSTM, as H0
	Gates []T // [Steps Batch G·Hidden]: the gates
	H     []T // [Steps Batch Hidden]: hidden states, the result
	Cell  []T // [Steps Batch Hidden]: cell states of an LSTM; W·h + Bias of a GRU's gate n
	Tanh  []T // [Steps Batch Hidden]: tanh of the cell states of an LSTM

	// The gradients. DH and DC are given, the others are computed.
	DH, DC          []T // by H, [Steps Batch Hidden], and by the last cell state, [Batch Hidden]
	DGates, DBias   []T // by the sums that go into the gates, in an LSTM maybe in the memory of Gates, and their sum over steps and batch
	DHidden, DBiasH []T // the same by the products W·h + Bias of a GRU
	DH0, DC0        []T // by the initial states; nil if there were none
}

// batchPart is the number of examples in one part of a recurrence. A part computes
// all steps of its examples. Examples do not depend on one another, so parts need
// not wait for one another.
const batchPart = 16

// A recurrentPass says which layer is computed, forward or backward.
type recurrentPass byte

const (
	lstmForward recurrentPass = iota
	lstmBackward
	gruForward
	gruBackward
	rnnForward
	rnnBackward
)

// A recurring is the task that computes a Recurrence.
type recurring[T Float] struct {
	Recurrence[T]
	pass    recurrentPass
	gates   int
	stacked bool // one product for input and hidden state
	wt      []T  // W transposed, so that its rows are contiguous; if stacked, the rows of WX transposed come first
	ldw     int  // the distance between these rows
	sums    []T  // the sums of DGates of each part, and then those of DHidden
}

var recurrings work.Tasks[recurring[float32], recurring[float64]]

func recur[T Float](s Recurrence[T], gates int, pass recurrentPass) {
	if s.Batch == 0 {
		clear(s.DBias)
		clear(s.DBiasH)
		return
	}
	r := work.Take[recurring[T]](&recurrings)
	*r = recurring[T]{Recurrence: s, pass: pass, gates: gates}
	width, parts := gates*s.Hidden, (s.Batch+batchPart-1)/batchPart
	zeros, lentZ := work.Borrow[T](s.Batch * s.Hidden)
	clear(zeros)
	if s.H0 == nil {
		r.H0 = zeros
	}
	if s.C0 == nil {
		r.C0 = zeros
	}
	if pass == lstmForward || pass == gruForward || pass == rnnForward {
		r.ldw = roundUp(width, vectorLanes[T]())
		wt, lent := work.Borrow[T]((s.In + s.Hidden) * r.ldw)
		defer work.Return(lent)
		r.wt = wt
		r.begin(width)
	}
	sums, lentS := work.Borrow[T](2 * parts * width)
	r.sums = sums
	clear(sums)
	work.RunIf(s.Steps*s.Batch*width*s.Hidden >= parallelProduct, parts, r)
	for i, dst := range [2][]T{s.DBias, s.DBiasH} {
		if dst != nil {
			SumColumns(dst, sums[i*parts*width:][:parts*width])
		}
	}
	work.Return(lentZ)
	work.Return(lentS)
	work.Give(&recurrings, r)
}

// stackedWeights is the number of weights up to which an LSTM multiplies input and
// hidden state by one stacked matrix in every step. So many weights stay in the
// second-level cache. The products of the input, 4·Hidden numbers for each example
// and step, then need not be written to memory first.
const stackedWeights = 1 << 17

// begin transposes the weights for the steps. Unless the weights are stacked, it
// also multiplies the inputs of all steps by WX, in one call.
func (r *recurring[T]) begin(width int) {
	r.stacked = r.pass == lstmForward && r.In > 0 && r.Batch >= batchPart/2 && (r.In+r.Hidden)*width <= stackedWeights
	below := r.wt
	if r.stacked {
		transposeInto(r.wt, r.ldw, r.WX, r.In, width, r.In)
		below = r.wt[r.In*r.ldw:]
	} else {
		MatMul(r.Gates, width, Matrix[T]{Data: r.X, Row: r.In, Col: 1}, Matrix[T]{Data: r.WX, Row: 1, Col: r.In}, r.Steps*r.Batch, width, r.In, Epilogue[T]{Bias: r.BX})
	}
	transposeInto(below, r.ldw, r.W, r.Hidden, width, r.Hidden)
}

func (r *recurring[T]) Do(part int) {
	from := part * batchPart
	n := min(batchPart, r.Batch-from)
	switch r.pass {
	case lstmForward:
		r.lstm(from, n)
	case lstmBackward:
		r.lstmGrad(from, n, part)
	case gruForward:
		r.gru(from, n)
	case gruBackward:
		r.gruGrad(from, n, part)
	case rnnForward:
		r.rnn(from, n)
	case rnnBackward:
		r.rnnGrad(from, n, part)
	}
}

// held reports whether an example keeps its state in a step, which lies beyond its
// length.
func (r *recurring[T]) held(step, example int) bool {
	return r.Lengths != nil && step >= r.Lengths[example]
}

// stateGrad turns dh, the gradient by the state of the step computed after this
// one, into that by the state of this step, where an example was held: its state
// was that of this step. next holds the gradients by the sums of the step after,
// nil for none.
func (r *recurring[T]) stateGrad(dh, next []T, at, after, from, n int) {
	w := r.Hidden
	own := r.rows(r.DH, nil, at, from, n, w)
	if next == nil || r.Lengths == nil {
		copy(dh, own)
	} else {
		for i := range n {
			d := dh[i*w:][:w]
			if r.held(after, from+i) {
				Add(d, d, own[i*w:])
			} else {
				copy(d, own[i*w:])
			}
		}
	}
	if next != nil {
		r.hiddenGrad(dh, next, n)
	}
}

// initialGrad turns dh, the gradient by the state of the step computed first, into
// DH0. next holds the gradients by the sums of this step.
func (r *recurring[T]) initialGrad(dh, next []T, first, from, n int) {
	w := r.Hidden
	dst := r.DH0[from*w:][:n*w]
	clear(dst)
	for i := range n {
		if r.held(first, from+i) {
			copy(dst[i*w:], dh[i*w:][:w])
		}
	}
	r.hiddenGrad(dst, next, n)
}

// step returns the index in the sequence of the k-th step to be computed, and
// that of the step computed before it, which is −1 for the first.
func (r *recurring[T]) step(k int) (at, before int) {
	if r.Reverse {
		at, before = r.Steps-1-k, r.Steps-k
	} else {
		at, before = k, k-1
	}
	if k == 0 {
		before = -1
	}
	return at, before
}

// rows returns rows [from, from+n) of a step of s, whose rows have the given
// width. For step −1 it returns those of first.
func (r *recurring[T]) rows(s, first []T, step, from, n, width int) []T {
	if step >= 0 {
		return s[(step*r.Batch+from)*width:][:n*width]
	}
	return first[from*width:][:n*width]
}

// hiddenProduct adds h·Wᵀ to dst, for n examples.
func (r *recurring[T]) hiddenProduct(dst, h []T, n int) {
	width := r.gates * r.Hidden
	MatMul(dst, width, Matrix[T]{Data: h, Row: r.Hidden, Col: 1}, Matrix[T]{Data: r.wt, Row: r.ldw, Col: 1}, n, width, r.Hidden, Epilogue[T]{Accumulate: true})
}

// stackedProduct writes x·WXᵀ + h·Wᵀ + BX to dst, for n examples, as one product
// of x and h side by side.
func (r *recurring[T]) stackedProduct(dst, stack, x, h []T, n int) {
	k, width := r.In+r.Hidden, r.gates*r.Hidden
	for i := range n {
		copy(stack[i*k:], x[i*r.In:][:r.In])
		copy(stack[i*k+r.In:], h[i*r.Hidden:][:r.Hidden])
	}
	MatMul(dst, width, Matrix[T]{Data: stack, Row: k, Col: 1}, Matrix[T]{Data: r.wt, Row: r.ldw, Col: 1}, n, width, k, Epilogue[T]{Bias: r.BX})
}

// hiddenGrad adds d·W to dst, for n examples.
func (r *recurring[T]) hiddenGrad(dst, d []T, n int) {
	width := r.gates * r.Hidden
	MatMul(dst, r.Hidden, Matrix[T]{Data: d, Row: width, Col: 1}, Matrix[T]{Data: r.W, Row: r.Hidden, Col: 1}, n, r.Hidden, width, Epilogue[T]{Accumulate: true})
}

// LSTM computes, for each step, with h and c of the step before it,
//
//	i, f, g, o = σ, σ, tanh, σ of WX x + BX + W h
//	c = f c + i g
//	h = o tanh c
func LSTM[T Float](s Recurrence[T]) { recur(s, 4, lstmForward) }

func (r *recurring[T]) lstm(from, n int) {
	w := r.Hidden
	stack, lent := work.Borrow[T](n * (r.In + w))
	for k := range r.Steps {
		at, before := r.step(k)
		gates, h := r.rows(r.Gates, nil, at, from, n, 4*w), r.rows(r.H, r.H0, before, from, n, w)
		if r.stacked {
			r.stackedProduct(gates, stack, r.rows(r.X, nil, at, from, n, r.In), h, n)
		} else {
			r.hiddenProduct(gates, h, n)
		}
		last := r.rows(r.Cell, r.C0, before, from, n, w)
		cell, tc := r.rows(r.Cell, nil, at, from, n, w), r.rows(r.Tanh, nil, at, from, n, w)
		state := h
		h = r.rows(r.H, nil, at, from, n, w)
		for i := range n {
			g, j := gates[i*4*w:][:4*w], i*w
			if r.held(at, from+i) {
				copy(cell[j:j+w], last[j:])
				copy(h[j:j+w], state[j:])
				continue
			}
			lstmCell(g[:w], g[w:2*w], g[2*w:3*w], g[3*w:], cell[j:j+w], tc[j:j+w], h[j:j+w], last[j:j+w])
		}
	}
	work.Return(lent)
}

// lstmCell is
//
//	for k := range c {
//		i[k], f[k], g[k], o[k] = σ(i[k]), σ(f[k]), tanh g[k], σ(o[k])
//		c[k] = f[k]*last[k] + i[k]*g[k]
//		tanhC[k] = tanh c[k]
//		h[k] = o[k] * tanhC[k]
//	}
//
// Assembly: gen/recurrent.go
func lstmCell[T Float](i, f, g, o, c, tanhC, h, last []T) {
	if asm.LstmCell(i, f, g, o, c, tanhC, h, last) {
		return
	}
	Sigmoid(i, i)
	Sigmoid(f, f)
	Tanh(g, g)
	Sigmoid(o, o)
	for k := range c {
		c[k] = T(f[k]*last[k]) + T(i[k]*g[k])
	}
	Tanh(tanhC, c)
	Mul(h, o, tanhC)
}

// LSTMGrad computes the gradients of [LSTM], from the last step to the first,
// with dh and dc from the step after it:
//
//	dh = DH + dh
//	dc = dc + dh o (1 − tanh²c)
//	DGates = dc g i (1−i), dc c f (1−f), dc i (1−g²), dh tanh(c) o (1−o)
//	dh, dc = DGates W, dc f
func LSTMGrad[T Float](s Recurrence[T]) { recur(s, 4, lstmBackward) }

func (r *recurring[T]) lstmGrad(from, n, part int) {
	w := r.Hidden
	buf, lent := work.Borrow[T](2 * n * w)
	dh, dc := buf[:n*w], buf[n*w:]
	copy(dc, r.DC[from*w:])
	sum := r.sums[part*4*w:][:4*w]
	var next []T // DGates of the step computed after this one
	after := 0
	for k := r.Steps - 1; k >= 0; k-- {
		at, before := r.step(k)
		r.stateGrad(dh, next, at, after, from, n)
		last := r.rows(r.Cell, r.C0, before, from, n, w)
		gates, d := r.rows(r.Gates, nil, at, from, n, 4*w), r.rows(r.DGates, nil, at, from, n, 4*w)
		tc := r.rows(r.Tanh, nil, at, from, n, w)
		for i := range n {
			g, dg := gates[i*4*w:][:4*w], d[i*4*w:][:4*w]
			j := i * w
			if r.held(at, from+i) {
				clear(dg)
				continue
			}
			lstmCellGrad(dg[:w], dg[w:2*w], dg[2*w:3*w], dg[3*w:], dc[j:j+w], g[:w], g[w:2*w], g[2*w:3*w], g[3*w:], last[j:j+w], tc[j:j+w], dh[j:j+w])
			Add(sum, sum, dg)
		}
		next, after = d, at
	}
	if r.DH0 != nil {
		r.initialGrad(dh, next, after, from, n)
		copy(r.DC0[from*w:], dc)
	}
	work.Return(lent)
}

// lstmCellGrad computes the gradients of [lstmCell] by the sums that go into the
// gates. dh is the gradient by h, and dc the gradient by c that comes from the next
// step. On return, dc is the gradient for the previous step:
//
//	for k := range dc {
//		dc[k] += dh[k]*o[k] * (1 − tanhC[k]²)
//		di[k] = dc[k]*g[k] * i[k] * (1 − i[k])
//		df[k] = dc[k]*last[k] * f[k] * (1 − f[k])
//		dg[k] = dc[k]*i[k] * (1 − g[k]²)
//		do[k] = dh[k]*tanhC[k] * o[k] * (1 − o[k])
//		dc[k] *= f[k]
//	}
//
// Assembly: gen/recurrent.go
func lstmCellGrad[T Float](di, df, dg, do, dc, i, f, g, o, last, tanhC, dh []T) {
	if asm.LstmCellGrad(di, df, dg, do, dc, i, f, g, o, last, tanhC, dh) {
		return
	}
	for k, d := range dc {
		i, f, g, o := i[k], f[k], g[k], o[k] // which may be overwritten
		d += T(T(dh[k]*o) * (1 - T(tanhC[k]*tanhC[k])))
		di[k] = d * g * i * (1 - i)
		df[k] = d * last[k] * f * (1 - f)
		dg[k] = d * i * (1 - T(g*g))
		do[k] = dh[k] * tanhC[k] * o * (1 - o)
		dc[k] = d * f
	}
}
