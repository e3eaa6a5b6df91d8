package tensor

import (
	"fmt"

	"github.com/descent-ml/descent/internal/kernel"
	"github.com/descent-ml/descent/internal/kernel/work"
)

// A Recurrence is what a recurrent layer takes beside its input: the weights and
// biases of the input and of the hidden state, and the initial state. Weights and
// biases stand gate by gate: i, f, g, o in an LSTM; r, z, n in a GRU; a plain layer
// has one gate.
//
// An example that is shorter than the sequence keeps its state in the steps beyond
// its length. So the last state is that of its own last step, and in reverse it
// begins there.
type Recurrence struct {
	WeightIH, WeightHH *Tensor // [gates·hidden in] and [gates·hidden hidden]
	BiasIH, BiasHH     *Tensor // [gates·hidden]; nil for none
	H0, C0             *Tensor // [batch hidden], C0 for an LSTM alone; nil for zeros
	Reverse            bool    // from the last step to the first
	Lengths            []int   // the length of each example; nil for all steps
	ReLU               bool    // of a plain layer: max(0, …) in place of tanh
}

// LSTMTo computes a long short-term memory
// (https://doi.org/10.1162/neco.1997.9.8.1735) over the sequence x [length
// batch in]. dst [length+1 batch hidden] gets the hidden states, and at the end
// the last cell state. For the gradient, gates [length batch 4·hidden] gets the
// gates, and cells [2 length batch hidden] the cell states and their tanh. All
// three must be contiguous.
func LSTMTo(dst, gates, cells, x *Tensor, p *Recurrence) {
	g := p.geometry("lstm", 4, x)
	g.want(dst, g.steps+1, g.batch, g.hidden)
	g.want(gates, g.steps, g.batch, 4*g.hidden)
	g.want(cells, 2, g.steps, g.batch, g.hidden)
	if x.dtype == Float64 {
		runLSTM[float64](dst, gates, cells, x, p, &g)
	} else {
		runLSTM[float32](dst, gates, cells, x, p, &g)
	}
}

func runLSTM[T kernel.Float](dst, gates, cells, x *Tensor, p *Recurrence, g *geometry) {
	var s recurrentScratch
	r := recurrence[T](g, p, &s)
	r.X, r.WX = Data[T](s.x.packed(x)), Data[T](s.wx.packed(p.WeightIH))
	if p.BiasIH != nil && p.BiasHH != nil {
		bias, lent := work.Borrow[T](4 * g.hidden)
		defer work.Return(lent)
		r.BX = addBiases(p, bias)
	} else {
		r.BX = oneBias[T](p, &s)
	}
	r.Gates, r.H = Data[T](gates), Data[T](dst)
	r.Cell, r.Tanh = halves[T](cells)
	kernel.LSTM(r)
	copy(r.H[g.steps*g.state():], r.Cell[g.last()*g.state():][:g.state()])
	s.release()
}

// addBiases writes the sum of both biases into dst, and returns it.
func addBiases[T kernel.Float](p *Recurrence, dst []T) []T {
	var both Tensor
	wrap(both.AsView(), dst, len(dst))
	AddTo(&both, p.BiasIH, p.BiasHH)
	return dst
}

// oneBias returns the bias that is given, if any.
func oneBias[T kernel.Float](p *Recurrence, s *recurrentScratch) []T {
	if p.BiasHH == nil {
		return packedElements[T](&s.bx, p.BiasIH)
	}
	return packedElements[T](&s.bias, p.BiasHH)
}

// LSTM writes the gradients of [LSTMTo], given dy, the gradient by its result, and
// its gates and cells. dgates [length batch 4·hidden], which may be gates, gets
// the gradient by the sums that go into the gates. dbias gets the sum of dgates
// over steps and batch. dh0 and dc0 get the gradients by the initial state; they
// are nil when there was none. All must be contiguous.
func (d *Grad) LSTM(dbias, dh0, dc0, dy, gates, cells, x *Tensor, p *Recurrence) {
	dgates := (*Tensor)(d)
	g := p.geometry("lstm gradient", 4, x)
	sameDType(g.op, "dy", x, dy)
	sameShape(g.op, dy, []int{g.steps + 1, g.batch, g.hidden}, x)
	g.want(gates, g.steps, g.batch, 4*g.hidden)
	g.want(cells, 2, g.steps, g.batch, g.hidden)
	g.want(dgates, g.steps, g.batch, 4*g.hidden)
	g.want(dbias, 4*g.hidden)
	if x.dtype == Float64 {
		runLSTMGrad[float64](dgates, dbias, dh0, dc0, dy, gates, cells, p, &g)
	} else {
		runLSTMGrad[float32](dgates, dbias, dh0, dc0, dy, gates, cells, p, &g)
	}
}

func runLSTMGrad[T kernel.Float](dgates, dbias, dh0, dc0, dy, gates, cells *Tensor, p *Recurrence, g *geometry) {
	var s recurrentScratch
	r := recurrence[T](g, p, &s)
	d := Data[T](s.dy.packed(dy))
	r.Gates = Data[T](gates)
	r.Cell, r.Tanh = halves[T](cells)
	r.DH, r.DC = d, d[g.steps*g.state():]
	r.DGates, r.DBias = Data[T](dgates), Data[T](dbias)
	if dh0 != nil {
		r.DH0, r.DC0 = Data[T](dh0), Data[T](dc0)
	}
	kernel.LSTMGrad(r)
	s.release()
}

// halves returns the two slices along the first axis of a contiguous tensor.
func halves[T kernel.Float](t *Tensor) (a, b []T) {
	d := Data[T](t)
	return d[:len(d)/2], d[len(d)/2:]
}

// A geometry is the sizes of a recurrence.
type geometry struct {
	op                          string
	x                           *Tensor
	steps, batch, width, hidden int
	reverse                     bool
}

// state returns the number of elements of a state.
func (g *geometry) state() int { return g.batch * g.hidden }

// last returns the step whose state is the final one.
func (g *geometry) last() int {
	if g.reverse {
		return 0
	}
	return g.steps - 1
}

// want panics when t is not a contiguous tensor of the given shape.
func (g *geometry) want(t *Tensor, shape ...int) {
	sameDType(g.op, "the destination", g.x, t)
	sameShape(g.op, t, shape, g.x)
	contiguous(g.op, t)
}

// geometry returns the sizes of p over x, and panics in op's name when they do
// not fit together.
func (p *Recurrence) geometry(op string, gates int, x *Tensor) geometry {
	if x.rank != 3 || p.WeightIH.rank != 2 || p.WeightHH.rank != 2 {
		BadShape(op, "want a sequence [length batch in] and weights [gates in] and [gates hidden]", x, p.WeightIH, p.WeightHH)
	}
	g := geometry{op, x, x.shape[0], x.shape[1], x.shape[2], p.WeightHH.shape[1], p.Reverse}
	rows := gates * g.hidden
	switch {
	case g.steps == 0:
		BadShape(op, "the sequence has no step", x)
	case p.WeightIH.shape[1] != g.width:
		BadShape(op, fmt.Sprintf("the input has %d features, its weight %d columns", g.width, p.WeightIH.shape[1]), x, p.WeightIH)
	case g.hidden == 0 || p.WeightIH.shape[0] != rows || p.WeightHH.shape[0] != rows:
		BadShape(op, fmt.Sprintf("want %d gates: weights with %d times as many rows as the hidden state has features", gates, gates), p.WeightIH, p.WeightHH)
	}
	for _, b := range [2]*Tensor{p.BiasIH, p.BiasHH} {
		if b != nil && (b.rank != 1 || b.n != rows) {
			BadShape(op, "want biases as long as the weights have rows", p.WeightIH, b)
		}
	}
	names := [...]string{"WeightIH", "WeightHH", "BiasIH", "BiasHH", "H0", "C0"}
	for i, t := range [...]*Tensor{p.WeightIH, p.WeightHH, p.BiasIH, p.BiasHH, p.H0, p.C0} {
		if t != nil {
			sameDType(op, names[i], x, t)
		}
	}
	if p.Lengths != nil {
		CheckLengths(op, x, p.Lengths)
	}
	for _, t := range [2]*Tensor{p.H0, p.C0} {
		if t != nil && (t.rank != 2 || t.shape[0] != g.batch || t.shape[1] != g.hidden) {
			BadShape(op, fmt.Sprintf("want an initial state [%d %d]", g.batch, g.hidden), x, t)
		}
	}
	return g
}

// CheckLengths panics with a [*ShapeError] in the name of op unless there is a length
// for each example of the sequences x [length batch …], of at least one step and no
// more than x has.
func CheckLengths(op string, x *Tensor, lengths []int) {
	if len(lengths) != x.shape[1] {
		BadShape(op, fmt.Sprintf("there are %d lengths for %d examples", len(lengths), x.shape[1]), x)
	}
	for i, n := range lengths {
		if n < 1 || n > x.shape[0] {
			BadShape(op, fmt.Sprintf("Lengths[%d] is %d; want 1 to %d", i, n, x.shape[0]), x)
		}
	}
}

// recurrentScratch holds contiguous copies of strided operands.
type recurrentScratch struct{ x, wx, bx, w, bias, h0, c0, dy scratch }

func (s *recurrentScratch) release() {
	s.x.release()
	s.wx.release()
	s.bx.release()
	s.w.release()
	s.bias.release()
	s.h0.release()
	s.c0.release()
	s.dy.release()
}

// recurrence returns the first part of what the kernels take: sizes, weight and
// initial state.
func recurrence[T kernel.Float](g *geometry, p *Recurrence, s *recurrentScratch) kernel.Recurrence[T] {
	r := kernel.Recurrence[T]{Steps: g.steps, Batch: g.batch, In: g.width, Hidden: g.hidden, Reverse: g.reverse, Lengths: p.Lengths, ReLU: p.ReLU, W: Data[T](s.w.packed(p.WeightHH))}
	if p.H0 != nil {
		r.H0 = Data[T](s.h0.packed(p.H0))
	}
	if p.C0 != nil {
		r.C0 = Data[T](s.c0.packed(p.C0))
	}
	return r
}
