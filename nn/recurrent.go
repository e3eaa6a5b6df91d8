package nn

import (
	"cmp"
	"fmt"
	"math"
	"strings"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/tensor"
)

// RecurrentOptions are the settings of an [LSTM], a [GRU] or an [RNN]. The zero value is
// PyTorch's default.
type RecurrentOptions struct {
	Layers        int     // each reads the results of the one before; 0 stands for 1
	Bidirectional bool    // each layer also reads the sequence backwards, and joins both results
	BatchFirst    bool    // sequences are [batch length features], not [length batch features]
	Dropout       float64 // the probability of dropout between two layers
	Projection    int     // of an LSTM: the width that its hidden states are projected to, PyTorch's proj_size; 0 for none
}

// LSTM is a long short-term memory (https://doi.org/10.1162/neco.1997.9.8.1735).
// See https://docs.pytorch.org/docs/stable/generated/torch.nn.LSTM.html.
type LSTM struct {
	// Each direction of each layer has four weights, in this order: weight_ih
	// [4·hidden in], weight_hh [4·hidden hidden], bias_ih [4·hidden] and bias_hh
	// [4·hidden]. A nil bias is none. The order of the gates is i, f, g, o. With a
	// projection, weight_hh is [4·hidden projection], and a fifth weight follows,
	// weight_hr [projection hidden].
	Weights []*autograd.Param
	Options RecurrentOptions
	Rand    *tensor.Rand  // where dropout draws from
	Mode    autograd.Mode // of the dropout; the zero value inherits the mode of the tape
}

// NewLSTM returns a layer that maps in features to hidden features. Weights and
// biases are drawn evenly from ±1/√hidden. NewLSTM panics when there is no
// feature, when the dropout is not between 0 and 1, or when the projection does not
// make the hidden states narrower.
func NewLSTM(r *tensor.Rand, in, hidden int, o RecurrentOptions) *LSTM {
	return &LSTM{Weights: recurrentWeights("lstm", r, 4, in, hidden, o, true), Options: o, Rand: r}
}

// NewLSTMNoBias is [NewLSTM] without biases.
func NewLSTMNoBias(r *tensor.Rand, in, hidden int, o RecurrentOptions) *LSTM {
	return &LSTM{Weights: recurrentWeights("lstm", r, 4, in, hidden, o, false), Options: o, Rand: r}
}

// Forward maps [length batch in] to [length batch hidden], or [length batch
// 2·hidden] when it is bidirectional. A sequence may be without a batch: [length
// in]. With a projection, its width takes the place of hidden.
func (l *LSTM) Forward(x autograd.Var) autograd.Var {
	y, _, _ := l.stack().run(x, nil, autograd.Var{}, autograd.Var{}, false)
	return y
}

// ForwardState is [LSTM.Forward] with an initial hidden state and cell state.
// Empty Vars stand for zeros. It returns the final states, too. A state is
// [layers batch hidden], or [2·layers batch hidden] when the LSTM is
// bidirectional: then both directions of the first layer come first.
func (l *LSTM) ForwardState(x, h0, c0 autograd.Var) (y, h, c autograd.Var) {
	return l.stack().run(x, nil, h0, c0, true)
}

// ForwardLengths is [LSTM.ForwardState] for sequences of different lengths, which
// are padded to that of the longest. As with PyTorch's packed sequences, the
// results beyond the length of a sequence are 0, the final states are those at its
// end, and the reverse direction begins there. Padding must be finite numbers. A
// length is at least 1. Dropout draws for the padding as well, which PyTorch does
// not: its masks are others.
func (l *LSTM) ForwardLengths(x autograd.Var, lengths []int, h0, c0 autograd.Var) (y, h, c autograd.Var) {
	return l.stack().run(x, lengths, h0, c0, true)
}

func (l *LSTM) stack() *stack {
	if l == nil {
		panic(empty("lstm", "NewLSTM"))
	}
	return &stack{"lstm", 4, l.Weights, l.Options, l.Rand, l.Mode, false}
}

// GRU is a layer of gated recurrent units (https://arxiv.org/abs/1406.1078).
// See https://docs.pytorch.org/docs/stable/generated/torch.nn.GRU.html.
type GRU struct {
	// Each direction of each layer has four weights, in this order: weight_ih
	// [3·hidden in], weight_hh [3·hidden hidden], bias_ih [3·hidden] and bias_hh
	// [3·hidden]. A nil bias is none. The order of the gates is r, z, n.
	Weights []*autograd.Param
	Options RecurrentOptions
	Rand    *tensor.Rand  // where dropout draws from
	Mode    autograd.Mode // of the dropout; the zero value inherits the mode of the tape
}

// NewGRU returns a layer that maps in features to hidden features. Weights and
// biases are drawn as those of [NewLSTM].
func NewGRU(r *tensor.Rand, in, hidden int, o RecurrentOptions) *GRU {
	return &GRU{Weights: recurrentWeights("gru", r, 3, in, hidden, o, true), Options: o, Rand: r}
}

// NewGRUNoBias is [NewGRU] without biases.
func NewGRUNoBias(r *tensor.Rand, in, hidden int, o RecurrentOptions) *GRU {
	return &GRU{Weights: recurrentWeights("gru", r, 3, in, hidden, o, false), Options: o, Rand: r}
}

// Forward maps [length batch in] to [length batch hidden], or [length batch
// 2·hidden] when it is bidirectional. A sequence may be without a batch: [length
// in].
func (g *GRU) Forward(x autograd.Var) autograd.Var {
	y, _, _ := g.stack().run(x, nil, autograd.Var{}, autograd.Var{}, false)
	return y
}

// ForwardState is [GRU.Forward] with an initial state. The empty Var stands for
// zeros. It returns the final state, too. A state has the shape of one of
// [LSTM.ForwardState].
func (g *GRU) ForwardState(x, h0 autograd.Var) (y, h autograd.Var) {
	y, h, _ = g.stack().run(x, nil, h0, autograd.Var{}, true)
	return y, h
}

// ForwardLengths is [GRU.ForwardState] for sequences of different lengths, as
// [LSTM.ForwardLengths] is for an LSTM.
func (g *GRU) ForwardLengths(x autograd.Var, lengths []int, h0 autograd.Var) (y, h autograd.Var) {
	y, h, _ = g.stack().run(x, lengths, h0, autograd.Var{}, true)
	return y, h
}

func (g *GRU) stack() *stack {
	if g == nil {
		panic(empty("gru", "NewGRU"))
	}
	return &stack{"gru", 3, g.Weights, g.Options, g.Rand, g.Mode, false}
}

// recurrentWeights draws the weights of a stack of recurrent layers. Without
// biases, nil stands in their places.
func recurrentWeights(op string, r *tensor.Rand, gates, in, hidden int, o RecurrentOptions, biases bool) []*autograd.Param {
	switch {
	case in < 1 || hidden < 1:
		panic(&tensor.ArgError{Op: op, Reason: fmt.Sprintf("want at least one feature in and one hidden feature, got %d and %d", in, hidden)})
	case o.Projection != 0 && op != "lstm":
		tensor.BadArg(op, "Projection is for an LSTM alone")
	case o.Projection < 0 || o.Projection >= hidden:
		tensor.BadArg(op, "Projection is %d; it must be smaller than the %d hidden features", o.Projection, hidden)
	case o.Layers < 0:
		panic(&tensor.ArgError{Op: op, Reason: fmt.Sprintf("Layers is %d; it must not be negative", o.Layers)})
	}
	checkShare(op, "Dropout", o.Dropout)
	var list []*autograd.Param
	bound := 1 / math.Sqrt(float64(hidden))
	out := cmp.Or(o.Projection, hidden)
	for range o.layers() {
		for range o.directions() {
			shapes := [][]int{{gates * hidden, in}, {gates * hidden, out}, {gates * hidden}, {gates * hidden}, {o.Projection, hidden}}
			for _, shape := range shapes[:o.weights()] {
				if len(shape) == 1 && !biases {
					list = append(list, nil)
					continue
				}
				w := tensor.Zeros(shape...)
				r.Uniform(w, -bound, bound)
				list = append(list, autograd.NewParam(w))
			}
		}
		in = out * o.directions()
	}
	return list
}

// weights returns the number of weights of each direction.
func (o *RecurrentOptions) weights() int {
	if o.Projection > 0 {
		return 5
	}
	return 4
}

func (o *RecurrentOptions) layers() int { return max(1, o.Layers) }

func (o *RecurrentOptions) directions() int {
	if o.Bidirectional {
		return 2
	}
	return 1
}

// A stack is what recurrent layers share. They differ in the number of gates.
type stack struct {
	op      string
	gates   int
	weights []*autograd.Param
	RecurrentOptions
	rand *tensor.Rand
	mode autograd.Mode
	relu bool // of an RNN
}

// parameters names the weights as PyTorch does.
func (s *stack) parameters() []found {
	var list []found
	each := s.RecurrentOptions.weights()
	for i, p := range s.weights {
		name := [5]string{"weight_ih", "weight_hh", "bias_ih", "bias_hh", "weight_hr"}[i%each] + fmt.Sprintf("_l%d", i/each/s.directions())
		if s.Bidirectional && i/each%2 == 1 {
			name += "_reverse"
		}
		if has(p) {
			list = append(list, found{name: name, param: p})
		}
	}
	return list
}

// run applies the layers one after the other. It returns the final states when
// they are wanted. lengths may be nil.
func (s *stack) run(x autograd.Var, lengths []int, h0, c0 autograd.Var, want bool) (y, h, c autograd.Var) {
	t := x.Tape()
	if x.Rank() == 2 { // without a batch
		axis := 1
		if s.BatchFirst {
			axis = 0
		}
		y, h, c = s.run(x.Unsqueeze(axis), lengths, s.unbatched(h0), s.unbatched(c0), want)
		if want {
			h = h.Squeeze(1)
			if !c.IsZero() {
				c = c.Squeeze(1)
			}
		}
		return y.Squeeze(axis), h, c
	}
	defer t.SetMode(t.SetMode(s.mode))
	s.check(x, h0, c0)
	if s.BatchFirst {
		x = x.Transpose(0, 1)
	}
	for layer := range s.layers() {
		if layer > 0 && s.Dropout > 0 {
			x = x.Dropout(s.Dropout, s.rand)
		}
		for d := range s.directions() {
			k := layer*s.directions() + d
			out, hk, ck := s.layer(x, lengths, k, h0, c0, d == 1)
			if d > 0 {
				out = autograd.Concat(2, y, out)
			}
			y = out
			if want {
				h, c = also(h, hk), also(c, ck)
			}
		}
		x = y
	}
	if s.BatchFirst {
		y = y.Transpose(0, 1)
	}
	return y, h, c
}

// layer applies one direction of one layer to a sequence. k counts the
// directions of all layers.
func (s *stack) layer(x autograd.Var, lengths []int, k int, h0, c0 autograd.Var, reverse bool) (y, h, c autograd.Var) {
	w := s.weights[s.RecurrentOptions.weights()*k:]
	p := autograd.Recurrence{WeightIH: lift(x, w[0]), WeightHH: lift(x, w[1]), BiasIH: lift(x, w[2]), BiasHH: lift(x, w[3]),
		Reverse: reverse, Lengths: lengths, ReLU: s.relu}
	if !h0.IsZero() {
		p.H0 = h0.Slice(0, k, k+1, 1).Squeeze(0)
	}
	if !c0.IsZero() {
		p.C0 = c0.Slice(0, k, k+1, 1).Squeeze(0)
	}
	if s.Projection > 0 {
		return project(x, p, lift(x, w[4]))
	}
	return recur(s.gates, x, p)
}

// recur runs the recurrence that has so many gates.
func recur(gates int, x autograd.Var, p autograd.Recurrence) (y, h, c autograd.Var) {
	switch gates {
	case 4:
		return x.LSTM(p)
	case 3:
		y, h = x.GRU(p)
	default:
		y, h = x.RNN(p)
	}
	return y, h, c
}

// unbatched returns a state [layers hidden] as that of a batch of one.
func (s *stack) unbatched(state autograd.Var) autograd.Var {
	if state.IsZero() {
		return state
	}
	if state.Rank() != 2 {
		tensor.BadShape(s.op, "the sequence is without a batch; want an initial state without one, [layers hidden]", state.Value())
	}
	return state.Unsqueeze(1)
}

// also joins a state to those of the layers before.
func also(states, state autograd.Var) autograd.Var {
	if state.IsZero() {
		return states
	}
	state = state.Unsqueeze(0)
	if states.IsZero() {
		return state
	}
	return autograd.Concat(0, states, state)
}

// check panics when x or the initial states do not fit this layer.
func (s *stack) check(x, h0, c0 autograd.Var) {
	if len(s.weights) == 0 {
		panic(empty(s.op, "New"+strings.ToUpper(s.op)))
	}
	each := s.RecurrentOptions.weights()
	if n := each * s.layers() * s.directions(); len(s.weights) != n {
		panic(&tensor.ArgError{Op: s.op, Reason: fmt.Sprintf("there are %d weights; the options want %d", len(s.weights), n)})
	}
	for i, w := range s.weights {
		if k := i % each; (k < 2 || k == 4) && !has(w) {
			panic(&tensor.ArgError{Op: s.op, Reason: fmt.Sprintf("Weights[%d] is nil", i)})
		}
	}
	checkShare(s.op, "Dropout", s.Dropout)
	if s.rand == nil && s.Dropout > 0 && s.Layers > 1 && x.Tape().Training() {
		panic(&tensor.ArgError{Op: s.op, Reason: "Rand is nil, and dropout draws from it"})
	}
	first := s.weights[0].Value
	if x.Rank() != 3 {
		want := "[length batch features] or [length features]"
		if s.BatchFirst {
			want = "[batch length features] or [length features]"
		}
		tensor.BadShape(s.op, "want sequences "+want, x.Value())
	}
	if in := first.Dim(1); x.Dim(2) != in {
		tensor.BadShape(s.op, fmt.Sprintf("the input has %d features, the layer wants %d", x.Dim(2), in), x.Value(), first)
	}
	batch := 1
	if s.BatchFirst {
		batch = 0
	}
	want := [3]int{s.layers() * s.directions(), x.Dim(batch), s.weights[1].Value.Dim(1)}
	for i, v := range [2]autograd.Var{h0, c0} {
		if v.IsZero() {
			continue
		}
		if i == 1 {
			want[2] = first.Dim(0) / s.gates
		}
		if got := v.Shape(); len(got) != 3 || [3]int(got) != want {
			tensor.BadShape(s.op, fmt.Sprintf("want an initial state %v", want), x.Value(), v.Value())
		}
	}
}
