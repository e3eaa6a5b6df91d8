package nn

import (
	"fmt"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/tensor"
)

// RNNCell is one step of an [RNN].
// See https://docs.pytorch.org/docs/stable/generated/torch.nn.RNNCell.html.
type RNNCell struct {
	WeightIH *autograd.Param // [hidden in]
	WeightHH *autograd.Param // [hidden hidden]
	BiasIH   *autograd.Param // [hidden]; nil for none
	BiasHH   *autograd.Param // [hidden]; nil for none
	ReLU     bool            // max(0, …) in place of tanh: PyTorch's nonlinearity="relu"
}

// NewRNNCell returns a cell that maps in features to hidden features. Weights and
// biases are drawn evenly from ±1/√hidden.
func NewRNNCell(r *tensor.Rand, in, hidden int) *RNNCell {
	w := recurrentWeights("rnn-cell", r, 1, in, hidden, RecurrentOptions{}, true)
	return &RNNCell{WeightIH: w[0], WeightHH: w[1], BiasIH: w[2], BiasHH: w[3]}
}

// NewRNNCellNoBias is [NewRNNCell] without biases.
func NewRNNCellNoBias(r *tensor.Rand, in, hidden int) *RNNCell {
	w := recurrentWeights("rnn-cell", r, 1, in, hidden, RecurrentOptions{}, false)
	return &RNNCell{WeightIH: w[0], WeightHH: w[1]}
}

// Forward returns the state after one step, given an input x [batch in] and the
// state h [batch hidden] before. The empty Var stands for zeros. Both may be
// without a batch.
func (n *RNNCell) Forward(x, h autograd.Var) autograd.Var {
	h, _ = n.cell().step(x, h, autograd.Var{})
	return h
}

func (n *RNNCell) cell() cell {
	if n == nil {
		panic(empty("rnn-cell", "NewRNNCell"))
	}
	return cell{"rnn-cell", "NewRNNCell", 1, [4]*autograd.Param{n.WeightIH, n.WeightHH, n.BiasIH, n.BiasHH}, n.ReLU}
}

// LSTMCell is one step of an [LSTM].
// See https://docs.pytorch.org/docs/stable/generated/torch.nn.LSTMCell.html.
type LSTMCell struct {
	WeightIH *autograd.Param // [4·hidden in]
	WeightHH *autograd.Param // [4·hidden hidden]
	BiasIH   *autograd.Param // [4·hidden]; nil for none
	BiasHH   *autograd.Param // [4·hidden]; nil for none
}

// NewLSTMCell returns a cell that maps in features to hidden features. Weights and
// biases are drawn evenly from ±1/√hidden.
func NewLSTMCell(r *tensor.Rand, in, hidden int) *LSTMCell {
	w := recurrentWeights("lstm-cell", r, 4, in, hidden, RecurrentOptions{}, true)
	return &LSTMCell{WeightIH: w[0], WeightHH: w[1], BiasIH: w[2], BiasHH: w[3]}
}

// NewLSTMCellNoBias is [NewLSTMCell] without biases.
func NewLSTMCellNoBias(r *tensor.Rand, in, hidden int) *LSTMCell {
	w := recurrentWeights("lstm-cell", r, 4, in, hidden, RecurrentOptions{}, false)
	return &LSTMCell{WeightIH: w[0], WeightHH: w[1]}
}

// Forward returns the hidden state and the cell state after one step, given an
// input x [batch in] and the states [batch hidden] before. Empty Vars stand for
// zeros. All may be without a batch.
func (l *LSTMCell) Forward(x, h, c autograd.Var) (hidden, state autograd.Var) {
	return l.cell().step(x, h, c)
}

func (l *LSTMCell) cell() cell {
	if l == nil {
		panic(empty("lstm-cell", "NewLSTMCell"))
	}
	return cell{"lstm-cell", "NewLSTMCell", 4, [4]*autograd.Param{l.WeightIH, l.WeightHH, l.BiasIH, l.BiasHH}, false}
}

// GRUCell is one step of a [GRU].
// See https://docs.pytorch.org/docs/stable/generated/torch.nn.GRUCell.html.
type GRUCell struct {
	WeightIH *autograd.Param // [3·hidden in]
	WeightHH *autograd.Param // [3·hidden hidden]
	BiasIH   *autograd.Param // [3·hidden]; nil for none
	BiasHH   *autograd.Param // [3·hidden]; nil for none
}

// NewGRUCell returns a cell that maps in features to hidden features. Weights and
// biases are drawn evenly from ±1/√hidden.
func NewGRUCell(r *tensor.Rand, in, hidden int) *GRUCell {
	w := recurrentWeights("gru-cell", r, 3, in, hidden, RecurrentOptions{}, true)
	return &GRUCell{WeightIH: w[0], WeightHH: w[1], BiasIH: w[2], BiasHH: w[3]}
}

// NewGRUCellNoBias is [NewGRUCell] without biases.
func NewGRUCellNoBias(r *tensor.Rand, in, hidden int) *GRUCell {
	w := recurrentWeights("gru-cell", r, 3, in, hidden, RecurrentOptions{}, false)
	return &GRUCell{WeightIH: w[0], WeightHH: w[1]}
}

// Forward returns the state after one step, given an input x [batch in] and the
// state h [batch hidden] before. The empty Var stands for zeros. Both may be
// without a batch.
func (g *GRUCell) Forward(x, h autograd.Var) autograd.Var {
	h, _ = g.cell().step(x, h, autograd.Var{})
	return h
}

func (g *GRUCell) cell() cell {
	if g == nil {
		panic(empty("gru-cell", "NewGRUCell"))
	}
	return cell{"gru-cell", "NewGRUCell", 3, [4]*autograd.Param{g.WeightIH, g.WeightHH, g.BiasIH, g.BiasHH}, false}
}

// A cell is what the cells share. They differ in the number of gates.
type cell struct {
	op, constructor string
	gates           int
	weights         [4]*autograd.Param
	relu            bool
}

// step returns the states after one step.
func (c cell) step(x, h0, c0 autograd.Var) (h, state autograd.Var) {
	w := c.weights
	if !has(w[0]) || !has(w[1]) {
		panic(empty(c.op, c.constructor))
	}
	if r := x.Rank(); r != 1 && r != 2 || x.Dim(-1) != w[0].Value.Dim(1) {
		in := w[0].Value.Dim(1)
		tensor.BadShape(c.op, fmt.Sprintf("want an input [batch %d] or [%d]", in, in), x.Value())
	}
	for _, s := range [2]autograd.Var{h0, c0} {
		if hidden := w[1].Value.Dim(1); !s.IsZero() && (s.Rank() != x.Rank() || s.Dim(-1) != hidden || s.Dim(0) != x.Dim(0) && s.Rank() == 2) {
			tensor.BadShape(c.op, fmt.Sprintf("want a state [batch %d], or [%d] without a batch", hidden, hidden), x.Value(), s.Value())
		}
	}
	if x.Rank() == 1 {
		h, state = c.step(x.Unsqueeze(0), batchOfOne(h0), batchOfOne(c0))
		if !state.IsZero() {
			state = state.Squeeze(0)
		}
		return h.Squeeze(0), state
	}
	_, h, state = recur(c.gates, x.Unsqueeze(0), autograd.Recurrence{
		WeightIH: lift(x, w[0]), WeightHH: lift(x, w[1]), BiasIH: lift(x, w[2]), BiasHH: lift(x, w[3]), H0: h0, C0: c0, ReLU: c.relu,
	})
	return h, state
}

// batchOfOne returns a vector as a batch of one, and the empty Var as it is.
func batchOfOne(x autograd.Var) autograd.Var {
	if x.IsZero() {
		return x
	}
	return x.Unsqueeze(0)
}
