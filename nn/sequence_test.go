package nn_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/nn"
	"github.com/descent-ml/descent/tensor"
)

// A sequence may be run in parts: the final state of one part is the initial
// state of the next.
func TestRecurrentPieces(t *testing.T) {
	r := tensor.NewRand(1)
	lstm, gru := nn.NewLSTM(r, 3, 4, nn.RecurrentOptions{Layers: 2}), nn.NewGRU(r, 3, 4, nn.RecurrentOptions{Layers: 2})
	tape := autograd.NewTape()
	x := tape.Const(normal(tensor.Float32, 2, 6, 2, 3))
	head, tail := x.Slice(0, 0, 4, 1), x.Slice(0, 4, 6, 1)
	none := autograd.Var{}

	first, h, c := lstm.ForwardState(head, none, none)
	second, hn, cn := lstm.ForwardState(tail, h, c)
	whole, wantH, wantC := lstm.ForwardState(x, none, none)
	require.Equal(t, tensor.Values(whole.Value()), append(tensor.Values(first.Value()), tensor.Values(second.Value())...))
	require.Equal(t, tensor.Values(wantH.Value()), tensor.Values(hn.Value()))
	require.Equal(t, tensor.Values(wantC.Value()), tensor.Values(cn.Value()))

	first, h = gru.ForwardState(head, none)
	second, hn = gru.ForwardState(tail, h)
	whole, wantH = gru.ForwardState(x, none)
	require.Equal(t, tensor.Values(whole.Value()), append(tensor.Values(first.Value()), tensor.Values(second.Value())...))
	require.Equal(t, tensor.Values(wantH.Value()), tensor.Values(hn.Value()))
}

// Dropout works between two layers, and only in training.
func TestRecurrentDropout(t *testing.T) {
	r := tensor.NewRand(1)
	lstm := nn.NewLSTM(r, 3, 4, nn.RecurrentOptions{Layers: 2, Dropout: 1})
	x := normal(tensor.Float32, 2, 3, 2, 3)
	dropped := lstm.Forward(autograd.NewTape().Const(x))
	zero := lstm.Forward(autograd.NewTape().Const(tensor.ZerosLike(x)))
	require.Equal(t, tensor.Values(zero.Value()), tensor.Values(dropped.Value()), "nothing of the input passes")
	whole := lstm.Forward(evalTape().Const(x))
	require.NotEqual(t, tensor.Values(whole.Value()), tensor.Values(dropped.Value()))
	before := *r
	nn.NewGRU(tensor.NewRand(1), 3, 4, nn.RecurrentOptions{Dropout: 0.5}).Forward(autograd.NewTape().Const(x))
	require.Equal(t, before, *r, "one layer drops nothing")
}

func TestRecurrentMisuse(t *testing.T) {
	r := tensor.NewRand(1)
	none := autograd.Var{}
	x := autograd.NewTape().Const(tensor.Zeros(3, 2, 3))
	state := func(shape ...int) autograd.Var { return x.Tape().Const(tensor.Zeros(shape...)) }
	lstm, gru := nn.NewLSTM(r, 3, 4, nn.RecurrentOptions{}), nn.NewGRU(r, 3, 4, nn.RecurrentOptions{Bidirectional: true})
	narrow := nn.NewLSTM(r, 3, 4, nn.RecurrentOptions{Projection: 2})
	for want, f := range map[string]func(){
		"lstm [3 2 3] × [2 4]: want an initial state [1 2 4]":                                               func() { lstm.ForwardState(x, state(2, 4), state(1, 2, 4)) },
		"lstm [3 2 3] × [1 2 5]: want an initial state [1 2 4]":                                             func() { lstm.ForwardState(x, state(1, 2, 4), state(1, 2, 5)) },
		"lstm [1 2 4]: the sequence is without a batch; want an initial state without one, [layers hidden]": func() { lstm.ForwardState(x.Select(1, 0), state(1, 2, 4), state(1, 4)) },
		"lstm [3 2 3]: there are 1 lengths for 2 examples":                                                  func() { lstm.ForwardLengths(x, []int{3}, none, none) },
		"rnn [3 2 3]: Lengths[1] is 4; want 1 to 3":                                                         func() { nn.NewRNN(r, 3, 4, nn.RecurrentOptions{}).ForwardLengths(x, []int{3, 4}, none) },
		"rnn-cell [3 2 3]: want an input [batch 3] or [3]":                                                  func() { nn.NewRNNCell(r, 3, 4).Forward(x, none) },
		"gru-cell [2 3] × [2 3]: want a state [batch 4], or [4] without a batch":                            func() { nn.NewGRUCell(r, 3, 4).Forward(x.Select(0, 0), x.Select(0, 0)) },
		"gru-cell [2 3] × [1 4]: want a state [batch 4], or [4] without a batch":                            func() { nn.NewGRUCell(r, 3, 4).Forward(x.Select(0, 0), state(1, 4)) },
		"lstm-cell: want at least one feature in and one hidden feature, got 0 and 4":                       func() { nn.NewLSTMCell(r, 0, 4) },
		"gru [3 2 3] × [1 2 4]: want an initial state [2 2 4]":                                              func() { gru.ForwardState(x, state(1, 2, 4)) },
		"lstm: one of the initial states H0 and C0 is missing; give both, or neither":                       func() { lstm.ForwardState(x, state(1, 2, 4), none) },
		"lstm: want at least one feature in and one hidden feature, got 3 and 0":                            func() { nn.NewLSTM(r, 3, 0, nn.RecurrentOptions{}) },
		"gru: Layers is -1; it must not be negative":                                                        func() { nn.NewGRU(r, 3, 4, nn.RecurrentOptions{Layers: -1}) },
		"gru: Dropout is 1.5; it must be between 0 and 1":                                                   func() { nn.NewGRU(r, 3, 4, nn.RecurrentOptions{Dropout: 1.5}) },
		"gru: Projection is for an LSTM alone":                                                              func() { nn.NewGRU(r, 3, 4, nn.RecurrentOptions{Projection: 2}) },
		"lstm: Projection is 4; it must be smaller than the 4 hidden features":                              func() { nn.NewLSTM(r, 3, 4, nn.RecurrentOptions{Projection: 4}) },
		"lstm [3 2 3] × [1 2 4]: want an initial state [1 2 2]":                                             func() { narrow.ForwardState(x, state(1, 2, 4), state(1, 2, 4)) },
		"lstm [3 2 3] × [1 2 2]: want an initial state [1 2 4]":                                             func() { narrow.ForwardState(x, state(1, 2, 2), state(1, 2, 2)) },
		"lstm [3 2 3]: there are 3 lengths for 2 examples":                                                  func() { narrow.ForwardLengths(x, []int{3, 2, 1}, none, none) },
		"lstm: Weights[4] is nil":                                                                           func() { (&nn.LSTM{Weights: append(narrow.Weights[:4:4], nil), Options: narrow.Options}).Forward(x) },
		"lstm: Weights[1] is nil":                                                                           func() { (&nn.LSTM{Weights: append(lstm.Weights[:1:1], nil, nil, nil)}).Forward(x) },
		"gru: there are 8 weights; the options want 4":                                                      func() { (&nn.GRU{Weights: gru.Weights}).Forward(x) },
		"lstm: Rand is nil, and dropout draws from it": func() {
			deep := nn.NewLSTM(r, 3, 4, nn.RecurrentOptions{Layers: 2, Dropout: 0.5})
			deep.Rand = nil
			deep.Forward(x)
		},
		"multihead-attention: 3 heads do not divide a width of 4": func() { nn.NewMultiheadAttention(r, 4, 3, nn.MultiheadAttentionOptions{}) },
		"multihead-attention: 0 heads do not divide a width of 4": func() { nn.NewTransformerBlock(r, 4, nn.TransformerBlockOptions{}) },
		"nn: the parameter hidden.lstm.Weights[0] stands behind an unexported field and would not be trained; export the field, or tag it `nn:\"-\"`": func() {
			type hidden struct{ lstm *nn.LSTM }
			nn.Params(&hidden{lstm})
		},
	} {
		require.Equal(t, want, sentence(f))
	}
	require.Equal(t, "lstm: one of the initial states H0 and C0 is missing; give both, or neither", sentence(func() { narrow.ForwardState(x, state(1, 2, 2), none) }))
}

// In a causal layer a place does not depend on later places. In another layer it
// does.
func TestCausalAttention(t *testing.T) {
	for _, causal := range []bool{false, true} {
		block := nn.NewTransformerBlock(tensor.NewRand(1), 8, nn.TransformerBlockOptions{Heads: 2, Hidden: 16, Causal: causal})
		require.Equal(t, nn.ReLU{}, block.Activation)
		tape := autograd.NewTape()
		x := tape.Var(normal(tensor.Float32, 2, 1, 5, 8))
		g := block.Forward(x).Slice(1, 2, 3, 1).Sum().Backward().Of(x)
		for place := range 5 {
			flows := tensor.NormOf(g.Slice(1, place, place+1, 1)) > 0
			require.Equal(t, !causal || place <= 2, flows, "place %d", place)
		}
	}
	require.Equal(t, []int{2048, 8}, nn.NewTransformerBlock(tensor.NewRand(1), 8, nn.TransformerBlockOptions{Heads: 1}).Linear1.Weight.Value.Shape())
}

// A model that embeds a recurrent layer has other parameters, too.
func TestEmbeddedRecurrence(t *testing.T) {
	r := tensor.NewRand(1)
	type tagger struct {
		*nn.LSTM
		Second nn.GRU
		Head   *nn.Linear
	}
	m := tagger{nn.NewLSTM(r, 3, 4, nn.RecurrentOptions{}), *nn.NewGRU(r, 4, 4, nn.RecurrentOptions{}), nn.NewLinear(r, 4, 2)}
	var names []string
	for name := range nn.NamedParams(m) {
		names = append(names, name)
	}
	require.Equal(t, []string{
		"weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0",
		"second.weight_ih_l0", "second.weight_hh_l0", "second.bias_ih_l0", "second.bias_hh_l0", "head.weight", "head.bias",
	}, names)
}

// A summary counts the multiply-adds of recurrent layers and of attention.
func TestSummarySequences(t *testing.T) {
	r := tensor.NewRand(1)
	s := nn.Summary(nn.Sequential{nn.NewPositionalEmbedding(r, 6, 4), nn.NewLSTM(r, 4, 5, nn.RecurrentOptions{}), nn.NewGRU(r, 5, 4, nn.RecurrentOptions{}), nn.NewMultiheadAttention(r, 4, 2, nn.MultiheadAttentionOptions{})}, 3, 2, 4)
	type row struct {
		name, op     string
		params, macs int
	}
	var rows []row
	for _, x := range s.Rows {
		rows = append(rows, row{x.Name, x.Op, x.Params, x.MACs})
	}
	require.Equal(t, []row{
		{"0", "add", 24, 0}, {"1", "lstm", 20*9 + 40, 6 * 20 * 9}, {"2", "gru", 12*9 + 24, 6 * 12 * 9},
		{"3", "linear", 60, 6 * 48}, {"", "self-attention", 0, 2 * 6 * 4 * 2}, {"3.out_proj", "linear", 20, 6 * 16},
	}, rows)
	require.Equal(t, []int{3, 2, 5}, s.Rows[1].Shape)
}

// Sequences that are shorter than the table get its first rows.
func TestPositionsBeginAtTheFirst(t *testing.T) {
	p := nn.NewPositionalEmbedding(tensor.NewRand(1), 5, 3)
	y := p.Forward(autograd.NewTape().Const(tensor.Zeros(1, 2, 3))).Value()
	require.Equal(t, tensor.Values(p.Weight.Value.Slice(0, 0, 2, 1)), tensor.Values(y))
}
