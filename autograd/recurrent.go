package autograd

import "github.com/descent-ml/descent/tensor"

// A Recurrence is what [Var.LSTM], [Var.GRU] and [Var.RNN] take beside the
// sequence, in PyTorch's order of gates: i, f, g, o in an LSTM; r, z, n in a GRU;
// one in an RNN.
//
// With Lengths, an example ends at its length, as PyTorch's packed sequences do:
// its hidden states beyond are 0, its last state is that at the length, and in
// reverse it begins there. The input beyond must be finite; it has no influence.
type Recurrence struct {
	WeightIH, WeightHH Var   // [gates·hidden in] and [gates·hidden hidden]
	BiasIH, BiasHH     Var   // [gates·hidden]; empty for none
	H0, C0             Var   // initial state [batch hidden], C0 for an LSTM alone; empty for zeros
	Reverse            bool  // from the last step to the first
	Lengths            []int // the length of each example, 1 … length; nil for that of the sequence
	ReLU               bool  // of an RNN: max(0, …) in place of tanh
}

// recur returns the node of a recurrence over x. ints[0] is 1 when it is
// reversed. ints[1] is the number of initial states: all are given, or none.
// ints[2] is 1 when BiasIH is given, and ints[3] 1 when BiasHH is. ints[4] is 1 for
// ReLU. index are the lengths.
func (x Var) recur(op generalOp, p *Recurrence, h0, c0 Var) *node {
	p.WeightIH.liveFor(op)
	p.WeightHH.liveFor(op)
	y := begin(op, x, p.WeightIH, p.WeightHH, p.BiasIH, p.BiasHH, h0, c0)
	for i, given := range [...]bool{0: p.Reverse, 2: !p.BiasIH.IsZero(), 3: !p.BiasHH.IsZero(), 4: p.ReLU} {
		if given {
			y.attr.ints[i] = 1
		}
	}
	y.attr.ints[1] = len(y.in) - y.firstState()
	if p.Lengths != nil {
		y.attr.index = y.tape.copyInts(p.Lengths)
	}
	return y
}

// firstState returns which operand of a recurrence is the first initial state.
// Those before are x, the weights, and the biases that are given.
func (y *node) firstState() int { return 3 + y.attr.ints[2] + y.attr.ints[3] }

// recurrence returns the operands of y as what tensor functions take.
func (y *node) recurrence() (x *tensor.Tensor, p tensor.Recurrence) {
	in, states := y.in, y.in[y.firstState():]
	p = tensor.Recurrence{WeightIH: &in[1].val, WeightHH: &in[2].val, Reverse: y.attr.ints[0] == 1, Lengths: y.attr.index, ReLU: y.attr.ints[4] == 1}
	if y.attr.ints[2] == 1 {
		p.BiasIH = &in[3].val
	}
	if y.attr.ints[3] == 1 {
		p.BiasHH = &in[3+y.attr.ints[2]].val
	}
	if n := y.attr.ints[1]; n > 0 {
		p.H0 = &states[0].val
		if n > 1 {
			p.C0 = &states[1].val
		}
	}
	return &in[0].val, p
}

// sizes returns the sizes of a recurrence over x.
func (y *node) sizes() (length, batch, in, hidden int) {
	x, w := y.in[0].val.Shape(), y.in[2].val.Shape()
	if len(x) != 3 || len(w) != 2 {
		return 0, 0, 0, 0 // the value says what is wrong
	}
	return x[0], x[1], x[2], w[1]
}

// ends returns the steps that a recurrence computes first and last.
func (y *node) ends(length int) (first, last int) {
	if y.attr.ints[0] == 1 {
		return length - 1, 0
	}
	return 0, length - 1
}

// LSTM runs a long short-term memory over the sequence x [length batch in]
// (https://doi.org/10.1162/neco.1997.9.8.1735) and returns its hidden states
// [length batch hidden], and the last hidden and cell state [batch hidden].
// See https://docs.pytorch.org/docs/stable/generated/torch.nn.LSTM.html.
//
//	i, f, g, o = σ, σ, tanh, σ of a = Wih x + bih + Whh h + bhh
//	c = f c + i g
//	h = o tanh c
//
// With da, the gradient by the sums a of all steps, the others are products:
//
//	dx = da Wih, dWih = daᵀ x, dWhh = daᵀ h of the step before, dbih = dbhh = Σ da
func (x Var) LSTM(p Recurrence) (y, h, c Var) {
	if p.H0.IsZero() != p.C0.IsZero() {
		panic(&tensor.ArgError{Op: "lstm", Reason: "one of the initial states H0 and C0 is missing; give both, or neither"})
	}
	z := x.recur(lstm, &p, p.H0, p.C0)
	all := z.record()
	length := z.in[0].val.Dim(0)
	_, last := z.ends(length)
	return z.ended(all.Slice(0, 0, length, 1)), all.Slice(0, last, last+1, 1).Squeeze(0), all.Slice(0, length, length+1, 1).Squeeze(0)
}

func lstm() general {
	return general{
		Name: "lstm", Rule: "da Wih; daᵀ x; daᵀ h of the step before; Σ da; Σ da, with i, f, g, o = σ, σ, tanh, σ of a = Wih x + bih + Whh h + bhh, c = f c + i g, h = o tanh c",
		// One value holds all results: the hidden states, then the last cell state.
		Shape: func(y *node, dims tensor.Dims) []int {
			length, batch, _, hidden := y.sizes()
			return append(dims, length+1, batch, hidden)
		},
		Value: func(y *node) {
			length, batch, _, hidden := y.sizes()
			// The gradients of the LSTM may be written over the gates, so the gates
			// get a vector that has room for all of these gradients.
			d := y.recurrentParts(y.save(0, y.recurrentSize(1)), 1)
			x, p := y.recurrence()
			tensor.LSTMTo(&y.val, &d.gates, y.save(1, 2, length, batch, hidden), x, &p)
		},
		Common: func(y *node, dy Var) Var { return y.recurrentGrad(lstmGrad, dy) },
		VJP:    func(y *node, i int, common Var) Var { return y.recurrentRule(i, common, 1) },
	}
}

// GRU runs gated recurrent units over the sequence x [length batch in]
// (https://arxiv.org/abs/1406.1078) and returns their hidden states [length
// batch hidden], and the last of them [batch hidden].
// See https://docs.pytorch.org/docs/stable/generated/torch.nn.GRU.html.
//
//	r, z = σ of a + b, a = Wih x + bih, b = Whh h + bhh
//	n = tanh(a + r b)
//	h = (1 − z) n + z h
//
// With da and db, the gradients by a and b of all steps, the others are
// products:
//
//	dx = da Wih, dWih = daᵀ x, dWhh = dbᵀ h of the step before, dbih = Σ da, dbhh = Σ db
func (x Var) GRU(p Recurrence) (y, h Var) {
	return x.recur(gru, &p, p.H0, Var{}).states()
}

// states records z, a layer that returns its states, and returns them and the
// last of them.
func (z *node) states() (y, h Var) {
	y = z.record()
	_, last := z.ends(z.in[0].val.Dim(0))
	return z.ended(y), y.Slice(0, last, last+1, 1).Squeeze(0)
}

func gru() general {
	return general{
		Name: "gru", Rule: "da Wih; daᵀ x; dbᵀ h of the step before; Σ da; Σ db, with r, z = σ of a + b, a = Wih x + bih, b = Whh h + bhh, n = tanh(a + r b), h = (1 − z) n + z h",
		Shape: func(y *node, dims tensor.Dims) []int {
			length, batch, _, hidden := y.sizes()
			return append(dims, length, batch, hidden)
		},
		Value: func(y *node) {
			length, batch, _, hidden := y.sizes()
			x, p := y.recurrence()
			tensor.GRUTo(&y.val, y.save(0, length, batch, 3*hidden), y.save(1, length, batch, hidden), x, &p)
		},
		Common: func(y *node, dy Var) Var { return y.recurrentGrad(gruGrad, dy) },
		VJP:    func(y *node, i int, common Var) Var { return y.recurrentRule(i, common, 2) },
	}
}

// recurrentGrads are the gradients of a recurrence, parts of one vector. First
// come the gradients by the sums that go into the gates, [kinds length batch
// rows], then these added up over length and batch, [kinds rows], then the
// gradients by the initial states. An LSTM has one kind of sums. A GRU has two:
// the products of the input, and the products of the hidden state.
type recurrentGrads struct {
	gates, bias tensor.Tensor
	states      [2]tensor.Tensor
	given       int // initial states
}

func (g *recurrentGrads) state(i int) *tensor.Tensor {
	if i < g.given {
		return &g.states[i]
	}
	return nil
}

// recurrentSize returns the number of elements of recurrentGrads.
func (y *node) recurrentSize(kinds int) int {
	length, batch, _, hidden := y.sizes()
	return kinds*(length*batch+1)*y.rows() + y.attr.ints[1]*batch*hidden
}

// rows returns the number of gates times that of hidden features.
func (y *node) rows() int {
	if w := &y.in[2].val; w.Rank() == 2 {
		return w.Dim(0)
	}
	return 0
}

// recurrentParts returns the parts of a vector of recurrentGrads.
func (y *node) recurrentParts(x *tensor.Tensor, kinds int) (d recurrentGrads) {
	length, batch, _, hidden := y.sizes()
	rows := y.rows()
	d.given = y.attr.ints[1]
	n, state := kinds*length*batch*rows, batch*hidden
	d.gates.AsView().Slice(x, 0, 0, n, 1)
	d.bias.AsView().Slice(x, 0, n, n+kinds*rows, 1)
	if kinds == 1 {
		d.gates.AsView().Reshape(&d.gates, length, batch, rows)
	} else {
		d.gates.AsView().Reshape(&d.gates, kinds, length, batch, rows)
		d.bias.AsView().Reshape(&d.bias, kinds, rows)
	}
	for i := range d.given {
		from := n + kinds*rows + i*state
		d.states[i].AsView().Slice(x, 0, from, from+state, 1)
		d.states[i].AsView().Reshape(&d.states[i], batch, hidden)
	}
	return d
}

// recurrentGrad applies the gradient op of the recurrence y. It uses what y has
// saved, and the value of y.
func (y *node) recurrentGrad(op generalOp, dy Var) Var {
	z := y.beginGrad(op, dy)
	z.saved[2], z.attr.index = y, y.attr.index
	return z.record()
}

// recurrentRule returns the gradient by operand i, given those of
// recurrentGrads.
func (y *node) recurrentRule(i int, common Var, kinds int) Var {
	length, batch, _, hidden := y.sizes()
	rows := y.rows()
	if i > 2 { // as if both biases were given
		i += 1 - y.attr.ints[2]
	}
	if i > 3 {
		i += 1 - y.attr.ints[3]
	}
	kind := 0
	if i == 2 || i == 4 { // of the hidden state
		kind = kinds - 1
	}
	n, bias := length*batch*rows, kinds*length*batch*rows
	gates := common.Slice(0, kind*n, (kind+1)*n, 1).Reshape(length, batch, rows)
	switch i {
	case 0:
		return gates.MatMul(y.operand(1))
	case 1:
		return gates.linearWeight(y.operand(0))
	case 2:
		return y.hiddenRule(gates, length)
	case 3, 4:
		// A copy: gradients of parameters are kept, and a view would keep those of
		// all steps as well.
		return common.Slice(0, bias+kind*rows, bias+(kind+1)*rows, 1).MulScalar(1)
	}
	from := bias + kinds*rows + (i-5)*batch*hidden
	return common.Slice(0, from, from+batch*hidden, 1).Reshape(batch, hidden)
}

// hiddenRule returns the gradient by the weight of the hidden state: the
// product of the gradients of all steps but the first with the hidden states of
// the steps before, and that of the first with the initial state.
func (y *node) hiddenRule(gates Var, length int) Var {
	first, _ := y.ends(length)
	later, before := 1, 0
	if y.attr.ints[0] == 1 { // reversed
		later, before = 0, 1
	}
	n := length - 1
	dw := gates.Slice(0, later, later+n, 1).linearWeight(y.self().Slice(0, before, before+n, 1))
	if y.attr.ints[1] > 0 {
		dw = dw.Add(at(gates, first).linearWeight(y.operand(y.firstState())))
	}
	return dw
}
