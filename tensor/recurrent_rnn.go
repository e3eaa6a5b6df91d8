package tensor

import (
	"github.com/descent-ml/descent/internal/kernel"
	"github.com/descent-ml/descent/internal/kernel/work"
)

// RNNTo computes a plain recurrent layer over the sequence x [length batch in].
// dst [length batch hidden] gets the hidden states, and must be contiguous.
//
//	h = tanh(Wih x + bih + Whh h + bhh)
func RNNTo(dst, x *Tensor, p *Recurrence) {
	g := p.geometry("rnn", 1, x)
	g.want(dst, g.steps, g.batch, g.hidden)
	if x.dtype == Float64 {
		runRNN[float64](dst, x, p, &g)
	} else {
		runRNN[float32](dst, x, p, &g)
	}
}

func runRNN[T kernel.Float](dst, x *Tensor, p *Recurrence, g *geometry) {
	var s recurrentScratch
	r := recurrence[T](g, p, &s)
	r.X, r.WX = Data[T](s.x.packed(x)), Data[T](s.wx.packed(p.WeightIH))
	if p.BiasIH != nil && p.BiasHH != nil {
		bias, lent := work.Borrow[T](g.hidden)
		defer work.Return(lent)
		r.BX = addBiases(p, bias)
	} else {
		r.BX = oneBias[T](p, &s)
	}
	r.H = Data[T](dst)
	r.Gates = r.H
	kernel.RNN(r)
	s.release()
}

// RNN writes the gradients of [RNNTo], given dy, the gradient by its result y.
// dgates [length batch hidden] gets the gradient by the sums that tanh is applied
// to. dbias [hidden] gets the sum of dgates over steps and batch. dh0 gets the
// gradient by the initial state; it is nil when there was none. All must be
// contiguous.
func (d *Grad) RNN(dbias, dh0, dy, y, x *Tensor, p *Recurrence) {
	dgates := (*Tensor)(d)
	g := p.geometry("rnn gradient", 1, x)
	sameDType(g.op, "dy", x, dy)
	sameShape(g.op, dy, []int{g.steps, g.batch, g.hidden}, x)
	g.want(y, g.steps, g.batch, g.hidden)
	g.want(dgates, g.steps, g.batch, g.hidden)
	g.want(dbias, g.hidden)
	if x.dtype == Float64 {
		runRNNGrad[float64](dgates, dbias, dh0, dy, y, p, &g)
	} else {
		runRNNGrad[float32](dgates, dbias, dh0, dy, y, p, &g)
	}
}

func runRNNGrad[T kernel.Float](dgates, dbias, dh0, dy, y *Tensor, p *Recurrence, g *geometry) {
	var s recurrentScratch
	r := recurrence[T](g, p, &s)
	r.H, r.DH = Data[T](y), Data[T](s.dy.packed(dy))
	r.DGates, r.DBias = Data[T](dgates), Data[T](dbias)
	if dh0 != nil {
		r.DH0 = Data[T](dh0)
	}
	kernel.RNNGrad(r)
	s.release()
}

// GRUTo computes gated recurrent units (https://arxiv.org/abs/1406.1078) over
// the sequence x [length batch in], with the reset gate after the product.
// dst [length batch hidden] gets the hidden states. For the gradient, gates
// [length batch 3·hidden] gets the gates, and inner [length batch hidden] what
// the reset gate multiplies. All three must be contiguous.
func GRUTo(dst, gates, inner, x *Tensor, p *Recurrence) {
	g := p.geometry("gru", 3, x)
	g.want(dst, g.steps, g.batch, g.hidden)
	g.want(gates, g.steps, g.batch, 3*g.hidden)
	g.want(inner, g.steps, g.batch, g.hidden)
	if x.dtype == Float64 {
		runGRU[float64](dst, gates, inner, x, p, &g)
	} else {
		runGRU[float32](dst, gates, inner, x, p, &g)
	}
}

func runGRU[T kernel.Float](dst, gates, inner, x *Tensor, p *Recurrence, g *geometry) {
	var s recurrentScratch
	r := recurrence[T](g, p, &s)
	r.X, r.WX = Data[T](s.x.packed(x)), Data[T](s.wx.packed(p.WeightIH))
	r.BX, r.Bias = packedElements[T](&s.bx, p.BiasIH), packedElements[T](&s.bias, p.BiasHH)
	r.Gates, r.H, r.Cell = Data[T](gates), Data[T](dst), Data[T](inner)
	kernel.GRU(r)
	s.release()
}

// GRU writes the gradients of [GRUTo], given dy, the gradient by its result y, and
// its gates and inner. dgates [2 length batch 3·hidden] gets the gradients by the
// products of the input, and by the products of the hidden state. dbias
// [2 3·hidden] gets the sums of dgates over steps and batch. dh0 gets the gradient
// by the initial state; it is nil when there was none. All must be contiguous.
func (d *Grad) GRU(dbias, dh0, dy, y, gates, inner, x *Tensor, p *Recurrence) {
	dgates := (*Tensor)(d)
	g := p.geometry("gru gradient", 3, x)
	sameDType(g.op, "dy", x, dy)
	sameShape(g.op, dy, []int{g.steps, g.batch, g.hidden}, x)
	g.want(y, g.steps, g.batch, g.hidden)
	g.want(gates, g.steps, g.batch, 3*g.hidden)
	g.want(inner, g.steps, g.batch, g.hidden)
	g.want(dgates, 2, g.steps, g.batch, 3*g.hidden)
	g.want(dbias, 2, 3*g.hidden)
	if x.dtype == Float64 {
		runGRUGrad[float64](dgates, dbias, dh0, dy, y, gates, inner, p, &g)
	} else {
		runGRUGrad[float32](dgates, dbias, dh0, dy, y, gates, inner, p, &g)
	}
}

func runGRUGrad[T kernel.Float](dgates, dbias, dh0, dy, y, gates, inner *Tensor, p *Recurrence, g *geometry) {
	var s recurrentScratch
	r := recurrence[T](g, p, &s)
	r.Gates, r.H, r.Cell = Data[T](gates), Data[T](y), Data[T](inner)
	r.DH = Data[T](s.dy.packed(dy))
	r.DGates, r.DHidden = halves[T](dgates)
	r.DBias, r.DBiasH = halves[T](dbias)
	if dh0 != nil {
		r.DH0 = Data[T](dh0)
	}
	kernel.GRUGrad(r)
	s.release()
}
