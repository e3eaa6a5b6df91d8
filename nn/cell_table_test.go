package nn_test

import (
	"slices"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/nn"
	"github.com/descent-ml/descent/tensor"
)

// plainRows are plain recurrent layers, lengths, and cells.
func plainRows() []layerRow {
	none := autograd.Var{}
	rnn := func(relu bool, o nn.RecurrentOptions) func(*tensor.Rand) any {
		return func(r *tensor.Rand) any {
			n := nn.NewRNN(r, 3, 2, o)
			n.ReLU = relu
			return n
		}
	}
	cellNames := []string{"weight_ih", "weight_hh", "bias_ih", "bias_hh"}
	step := func(model any, x autograd.Var) autograd.Var { return model.(decoder).Forward(x, x.Slice(-1, 0, 2, 1)) }
	lengths := []int{1, 3}
	both := slices.Concat(recurrentNames("l0"), recurrentNames("l0_reverse"))
	return []layerRow{{
		layer: "RNN", make: rnn(false, nn.RecurrentOptions{}), in: []int{3, 2, 3}, out: []int{3, 2, 2}, state: recurrentNames("l0"),
		misuse: []misuse{{[]int{3}, "rnn [3]: want sequences [length batch features] or [length features]"},
			{[]int{3, 2, 4}, "rnn [3 2 4] × [2 3]: the input has 4 features, the layer wants 3"}},
	}, {
		layer: "RNN", sample: "two layers, both ways, no batch", make: rnn(false, nn.RecurrentOptions{Layers: 2, Bidirectional: true, BatchFirst: true}),
		in: []int{3, 3}, out: []int{3, 4}, state: slices.Concat(both, recurrentNames("l1"), recurrentNames("l1_reverse")),
	}, {
		layer: "RNN", sample: "no bias, state", make: func(r *tensor.Rand) any { return nn.NewRNNNoBias(r, 3, 2, nn.RecurrentOptions{}) },
		in: []int{2, 2, 3}, out: []int{12}, state: unbiasedNames("l0"),
		run: func(model any, x autograd.Var) autograd.Var {
			y, h := model.(*nn.RNN).ForwardState(x, x.Slice(0, 0, 1, 1).Slice(2, 0, 2, 1))
			return states(y, h, none)
		},
	}, {
		layer: "RNN", sample: "lengths", make: rnn(false, nn.RecurrentOptions{Bidirectional: true}), in: []int{3, 2, 3}, out: []int{32}, state: both,
		run: func(model any, x autograd.Var) autograd.Var {
			y, h := model.(*nn.RNN).ForwardLengths(x, lengths, none)
			return states(y, h, none)
		},
	}, {
		layer: "GRU", sample: "lengths", make: func(r *tensor.Rand) any { return nn.NewGRU(r, 3, 2, nn.RecurrentOptions{Bidirectional: true}) }, in: []int{3, 2, 3}, out: []int{32}, state: both,
		run: func(model any, x autograd.Var) autograd.Var {
			y, h := model.(*nn.GRU).ForwardLengths(x, lengths, none)
			return states(y, h, none)
		},
	}, {
		layer: "LSTM", sample: "lengths", make: func(r *tensor.Rand) any {
			return nn.NewLSTM(r, 3, 2, nn.RecurrentOptions{Bidirectional: true, BatchFirst: true})
		}, in: []int{2, 3, 3}, out: []int{40}, state: both,
		run: func(model any, x autograd.Var) autograd.Var {
			return states(model.(*nn.LSTM).ForwardLengths(x, lengths, none, none))
		},
	}, {
		layer: "LSTM", sample: "no batch, state", make: func(r *tensor.Rand) any { return nn.NewLSTM(r, 3, 2, nn.RecurrentOptions{}) }, in: []int{3, 3}, out: []int{10}, state: recurrentNames("l0"),
		run: func(model any, x autograd.Var) autograd.Var {
			s := x.Slice(0, 0, 1, 1).Slice(1, 0, 2, 1)
			return states(model.(*nn.LSTM).ForwardState(x, s, s.Tanh()))
		},
	}, {
		layer: "RNNCell", make: func(r *tensor.Rand) any { return nn.NewRNNCell(r, 3, 2) }, in: []int{4, 3}, out: []int{4, 2}, state: cellNames, run: step,
		misuse: []misuse{{[]int{2, 4}, "rnn-cell [2 4]: want an input [batch 3] or [3]"}},
	}, {
		layer: "GRUCell", make: func(r *tensor.Rand) any { return nn.NewGRUCellNoBias(r, 3, 2) }, in: []int{3}, out: []int{2}, state: cellNames[:2], run: step,
	}, {
		layer: "LSTMCell", make: func(r *tensor.Rand) any { return nn.NewLSTMCell(r, 3, 2) }, in: []int{2, 3}, out: []int{2, 4}, state: cellNames,
		run: func(model any, x autograd.Var) autograd.Var {
			h, c := model.(*nn.LSTMCell).Forward(x, x.Slice(1, 0, 2, 1), x.Slice(1, 1, 3, 1))
			return autograd.Concat(1, h, c)
		},
	}, {
		layer: "LSTMCell", sample: "no state, no bias, no batch", make: func(r *tensor.Rand) any { return nn.NewLSTMCellNoBias(r, 3, 2) }, in: []int{3}, out: []int{4}, state: cellNames[:2],
		run: func(model any, x autograd.Var) autograd.Var {
			h, c := model.(*nn.LSTMCell).Forward(x, none, none)
			return autograd.Concat(0, h, c)
		},
	}}
}
