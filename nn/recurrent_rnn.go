package nn

import (
	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/tensor"
)

// RNN is a plain recurrent layer: h = tanh(Wih x + bih + Whh h + bhh), with h of
// the step before (https://doi.org/10.1207/s15516709cog1402_1).
// See https://docs.pytorch.org/docs/stable/generated/torch.nn.RNN.html.
type RNN struct {
	// Each direction of each layer has four weights, in this order: weight_ih
	// [hidden in], weight_hh [hidden hidden], bias_ih [hidden] and bias_hh [hidden].
	// A nil bias is none.
	Weights []*autograd.Param
	Options RecurrentOptions
	ReLU    bool          // max(0, …) in place of tanh: PyTorch's nonlinearity="relu"
	Rand    *tensor.Rand  // where dropout draws from
	Mode    autograd.Mode // of the dropout; the zero value inherits the mode of the tape
}

// NewRNN returns a layer that maps in features to hidden features. Weights and
// biases are drawn as those of [NewLSTM].
func NewRNN(r *tensor.Rand, in, hidden int, o RecurrentOptions) *RNN {
	return &RNN{Weights: recurrentWeights("rnn", r, 1, in, hidden, o, true), Options: o, Rand: r}
}

// NewRNNNoBias is [NewRNN] without biases.
func NewRNNNoBias(r *tensor.Rand, in, hidden int, o RecurrentOptions) *RNN {
	return &RNN{Weights: recurrentWeights("rnn", r, 1, in, hidden, o, false), Options: o, Rand: r}
}

// Forward maps [length batch in] to [length batch hidden], or [length batch
// 2·hidden] when it is bidirectional. A sequence may be without a batch: [length
// in].
func (n *RNN) Forward(x autograd.Var) autograd.Var {
	y, _, _ := n.stack().run(x, nil, autograd.Var{}, autograd.Var{}, false)
	return y
}

// ForwardState is [RNN.Forward] with an initial state. The empty Var stands for
// zeros. It returns the final state, too. A state has the shape of one of
// [LSTM.ForwardState].
func (n *RNN) ForwardState(x, h0 autograd.Var) (y, h autograd.Var) {
	y, h, _ = n.stack().run(x, nil, h0, autograd.Var{}, true)
	return y, h
}

// ForwardLengths is [RNN.ForwardState] for sequences of different lengths, as
// [LSTM.ForwardLengths] is for an LSTM.
func (n *RNN) ForwardLengths(x autograd.Var, lengths []int, h0 autograd.Var) (y, h autograd.Var) {
	y, h, _ = n.stack().run(x, lengths, h0, autograd.Var{}, true)
	return y, h
}

func (n *RNN) stack() *stack {
	if n == nil {
		panic(empty("rnn", "NewRNN"))
	}
	return &stack{"rnn", 1, n.Weights, n.Options, n.Rand, n.Mode, n.ReLU}
}
