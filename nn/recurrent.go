package nn

import (
	"fmt"
	"math"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/tensor"
)

// RecurrentOptions are the settings of an [LSTM] or a [GRU]. The zero value is
// PyTorch's default.
type RecurrentOptions struct {
	Layers        int     // on top of one another; 0 means 1
	Bidirectional bool    // each layer also runs backwards over the sequence, and both results stand side by side
	BatchFirst    bool    // sequences are [batch length features], not [length batch features]
	Dropout       float64 // of the results of all layers but the last
}

// LSTM is a long short-term memory (https://doi.org/10.1162/neco.1997.9.8.1735).
// See https://docs.pytorch.org/docs/stable/generated/torch.nn.LSTM.html.
type LSTM struct {
	// Weights are, for each layer and in it for each direction, weight_ih
	// [4·hidden in], weight_hh [4·hidden hidden], bias_ih and bias_hh [4·hidden],
	// with the gates in the order i, f, g, o.
	Weights []*autograd.Param
	Options RecurrentOptions
	Rand    *tensor.Rand  // where dropout draws from
	Mode    autograd.Mode // of the dropout; the zero value inherits the mode of the tape
}

// NewLSTM returns a layer that maps in features to hidden ones, with weights
// and biases drawn evenly from ±1/√hidden. It panics when the hidden state has
// no feature, or the dropout does not lie between 0 and 1.
func NewLSTM(r *tensor.Rand, in, hidden int, o RecurrentOptions) *LSTM {
	return &LSTM{Weights: recurrentWeights("lstm", r, 4, in, hidden, o), Options: o, Rand: r}
}

// Forward maps [length batch in] to [length batch hidden], or [length batch
// 2·hidden] when it is bidirectional.
func (l *LSTM) Forward(x autograd.Var) autograd.Var {
	y, _, _ := l.stack().run(x, autograd.Var{}, autograd.Var{}, false)
	return y
}

// ForwardState is [LSTM.Forward] from an initial hidden and cell state, empty
// Vars for zeros, and returns the final ones as well. A state is [layers batch
// hidden]; when the layer is bidirectional, the two directions of a layer
// follow each other.
func (l *LSTM) ForwardState(x, h0, c0 autograd.Var) (y, h, c autograd.Var) {
	return l.stack().run(x, h0, c0, true)
}

func (l *LSTM) stack() *stack { return &stack{"lstm", 4, l.Weights, l.Options, l.Rand, l.Mode} }

// GRU are gated recurrent units (https://arxiv.org/abs/1406.1078).
// See https://docs.pytorch.org/docs/stable/generated/torch.nn.GRU.html.
type GRU struct {
	// Weights are, for each layer and in it for each direction, weight_ih
	// [3·hidden in], weight_hh [3·hidden hidden], bias_ih and bias_hh [3·hidden],
	// with the gates in the order r, z, n.
	Weights []*autograd.Param
	Options RecurrentOptions
	Rand    *tensor.Rand  // where dropout draws from
	Mode    autograd.Mode // of the dropout; the zero value inherits the mode of the tape
}

// NewGRU is [NewLSTM] for gated recurrent units.
func NewGRU(r *tensor.Rand, in, hidden int, o RecurrentOptions) *GRU {
	return &GRU{Weights: recurrentWeights("gru", r, 3, in, hidden, o), Options: o, Rand: r}
}

// Forward maps [length batch in] to [length batch hidden], or [length batch
// 2·hidden] when it is bidirectional.
func (g *GRU) Forward(x autograd.Var) autograd.Var {
	y, _, _ := g.stack().run(x, autograd.Var{}, autograd.Var{}, false)
	return y
}

// ForwardState is [GRU.Forward] from an initial state, the empty Var for zeros,
// and returns the final one as well. A state is as that of
// [LSTM.ForwardState].
func (g *GRU) ForwardState(x, h0 autograd.Var) (y, h autograd.Var) {
	y, h, _ = g.stack().run(x, h0, autograd.Var{}, true)
	return y, h
}

func (g *GRU) stack() *stack { return &stack{"gru", 3, g.Weights, g.Options, g.Rand, g.Mode} }

// recurrentWeights draws the weights of a stack of recurrent layers.
func recurrentWeights(op string, r *tensor.Rand, gates, in, hidden int, o RecurrentOptions) []*autograd.Param {
	if in < 1 || hidden < 1 || o.Layers < 0 {
		panic(&tensor.ArgError{Op: op, Reason: fmt.Sprintf("want at least one feature, in and hidden, and one layer, got %d, %d and %d", in, hidden, o.Layers)})
	}
	if !(o.Dropout >= 0 && o.Dropout <= 1) {
		panic(&tensor.ArgError{Op: op, Reason: fmt.Sprintf("the dropout must lie between 0 and 1, got %v", o.Dropout)})
	}
	var list []*autograd.Param
	bound := 1 / math.Sqrt(float64(hidden))
	for range o.layers() {
		for range o.directions() {
			for _, shape := range [][]int{{gates * hidden, in}, {gates * hidden, hidden}, {gates * hidden}, {gates * hidden}} {
				w := tensor.Zeros(shape...)
				r.Uniform(w, -bound, bound)
				list = append(list, autograd.NewParam(w))
			}
		}
		in = hidden * o.directions()
	}
	return list
}

func (o *RecurrentOptions) layers() int { return max(1, o.Layers) }

func (o *RecurrentOptions) directions() int {
	if o.Bidirectional {
		return 2
	}
	return 1
}

// A stack is what an LSTM and a GRU share: layers of so many gates.
type stack struct {
	op      string
	gates   int
	weights []*autograd.Param
	RecurrentOptions
	rand *tensor.Rand
	mode autograd.Mode
}

// parameters names the weights as PyTorch does.
func (s *stack) parameters() []NamedParam {
	var list []NamedParam
	for i, p := range s.weights {
		name := [4]string{"weight_ih", "weight_hh", "bias_ih", "bias_hh"}[i%4] + fmt.Sprintf("_l%d", i/4/s.directions())
		if s.Bidirectional && i/4%2 == 1 {
			name += "_reverse"
		}
		list = append(list, NamedParam{name, p})
	}
	return list
}

// run applies the layers one after the other. It puts the final states together
// when they are wanted.
func (s *stack) run(x, h0, c0 autograd.Var, want bool) (y, h, c autograd.Var) {
	t := x.Tape()
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
			out, hk, ck := s.layer(x, k, h0, c0, d == 1)
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

// layer applies one direction of one layer, the k-th, to a sequence.
func (s *stack) layer(x autograd.Var, k int, h0, c0 autograd.Var, reverse bool) (y, h, c autograd.Var) {
	w := s.weights[4*k:]
	p := autograd.Recurrence{WeightIH: lift(x, w[0]), WeightHH: lift(x, w[1]), BiasIH: lift(x, w[2]), BiasHH: lift(x, w[3]), Reverse: reverse}
	if !h0.IsZero() {
		p.H0 = h0.Slice(0, k, k+1, 1).Squeeze(0)
	}
	if !c0.IsZero() {
		p.C0 = c0.Slice(0, k, k+1, 1).Squeeze(0)
	}
	if s.gates == 4 {
		return x.LSTM(p)
	}
	y, h = x.GRU(p)
	return y, h, c
}

// also appends a state to those of the layers before.
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

// check panics when x or the initial states are not for this layer.
func (s *stack) check(x, h0, c0 autograd.Var) {
	if n := 4 * s.layers() * s.directions(); len(s.weights) != n {
		panic(&tensor.ArgError{Op: s.op, Reason: fmt.Sprintf("there are %d weights, the options want %d; make the layer with its New function", len(s.weights), n)})
	}
	if s.rand == nil && s.Dropout > 0 && s.Layers > 1 && x.Tape().Training() {
		panic(&tensor.ArgError{Op: s.op, Reason: "there is no generator for dropout to draw from; make the layer with its New function"})
	}
	first := s.weights[0].Value
	if x.Rank() != 3 {
		want := "[length batch features]"
		if s.BatchFirst {
			want = "[batch length features]"
		}
		panic(misfit(s.op, "want sequences "+want, x.Value()))
	}
	if in := first.Dim(1); x.Dim(2) != in {
		panic(misfit(s.op, fmt.Sprintf("the input has %d features, the layer wants %d", x.Dim(2), in), x.Value(), first))
	}
	batch := 1
	if s.BatchFirst {
		batch = 0
	}
	want := [3]int{s.layers() * s.directions(), x.Dim(batch), first.Dim(0) / s.gates}
	for _, v := range [2]autograd.Var{h0, c0} {
		if v.IsZero() {
			continue
		}
		if got := v.Shape(); len(got) != 3 || [3]int(got) != want {
			panic(misfit(s.op, fmt.Sprintf("want an initial state %v", want), x.Value(), v.Value()))
		}
	}
}
