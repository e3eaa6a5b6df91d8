package nn_test

import (
	"fmt"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/nn"
	"github.com/descent-ml/descent/tensor"
)

// This layer reads 5 steps of 8 sequences. Its parameters have the names that
// they have in PyTorch.
func ExampleLSTM() {
	l := nn.NewLSTM(tensor.NewRand(1), 3, 16, nn.RecurrentOptions{})
	for name, p := range nn.NamedParams(l) {
		fmt.Println(name, p.Value.Shape())
	}
	x := autograd.NewTape().Const(tensor.Zeros(5, 8, 3))
	fmt.Println(l.Forward(x).Shape())
	// Output:
	// weight_ih_l0 [64 3]
	// weight_hh_l0 [64 16]
	// bias_ih_l0 [64]
	// bias_hh_l0 [64]
	// [5 8 16]
}

// The final state of one part of a sequence is the initial state of the next.
func ExampleLSTM_ForwardState() {
	l := nn.NewLSTM(tensor.NewRand(1), 3, 16, nn.RecurrentOptions{})
	tape := autograd.NewTape()
	var h, c autograd.Var // empty: begin with zeros
	for range 2 {
		_, h, c = l.ForwardState(tape.Const(tensor.Zeros(5, 8, 3)), h, c)
	}
	fmt.Println(h.Shape(), c.Shape())
	// Output:
	// [1 8 16] [1 8 16]
}

// A projection makes the hidden states narrower than the cell.
func ExampleLSTM_projection() {
	l := nn.NewLSTM(tensor.NewRand(1), 3, 16, nn.RecurrentOptions{Projection: 4})
	fmt.Println(l)
	y, h, c := l.ForwardState(autograd.NewTape().Const(tensor.Zeros(5, 8, 3)), autograd.Var{}, autograd.Var{})
	fmt.Println(y.Shape(), h.Shape(), c.Shape())
	// Output:
	// LSTM(3 → 16, projected to 4)
	// [5 8 4] [1 8 4] [1 8 16]
}

func ExampleGRU() {
	g := nn.NewGRU(tensor.NewRand(1), 3, 16, nn.RecurrentOptions{})
	y, h := g.ForwardState(autograd.NewTape().Const(tensor.Zeros(5, 8, 3)), autograd.Var{})
	fmt.Println(y.Shape(), h.Shape())
	// Output:
	// [5 8 16] [1 8 16]
}

// Two layers that read a batch of sequences from both ends.
func ExampleRecurrentOptions() {
	o := nn.RecurrentOptions{Layers: 2, Bidirectional: true, BatchFirst: true, Dropout: 0.1}
	g := nn.NewGRU(tensor.NewRand(1), 3, 16, o)
	fmt.Println(g.Forward(autograd.NewTape().Const(tensor.Zeros(8, 5, 3))).Shape())
	// Output:
	// [8 5 32]
}

// Each place of a sequence sees those before it, as in a language model.
func ExampleMultiheadAttention() {
	m := nn.NewMultiheadAttention(tensor.NewRand(1), 32, 4, nn.MultiheadAttentionOptions{})
	m.Causal = true
	fmt.Println(m.Forward(autograd.NewTape().Const(tensor.Zeros(8, 5, 32))).Shape())
	// Output:
	// [8 5 32]
}

// A query may look at nothing: at a key that is trained, or at one that is 0.
func ExampleMultiheadAttention_biasKV() {
	o := nn.MultiheadAttentionOptions{BiasKV: true, ZeroAttn: true}
	m := nn.NewMultiheadAttention(tensor.NewRand(1), 32, 4, o)
	x := autograd.NewTape().Const(tensor.Zeros(8, 5, 32))
	_, weights := m.ForwardWeights(x, x, x, nn.AttentionMask{})
	fmt.Println(m.BiasK.Value.Shape(), weights.Shape())
	// Output:
	// [1 1 32] [8 5 7]
}

// A small GPT: tokens and places become vectors, blocks mix them, and a linear
// layer scores the next token.
func ExampleTransformerBlock() {
	r := tensor.NewRand(1)
	tokens := nn.NewEmbedding(r, 65, 32)
	o := nn.TransformerBlockOptions{Heads: 4, Hidden: 128, Activation: nn.GELU{}, Causal: true}
	net := nn.Sequential{
		nn.NewPositionalEmbedding(r, 16, 32),
		nn.NewTransformerBlock(r, 32, o), nn.NewTransformerBlock(r, 32, o),
		nn.NewLayerNorm(32), nn.NewLinear(r, 32, 65),
	}
	x := tokens.Forward(autograd.NewTape(), []int{7, 0, 2, 64, 1, 1}, 2, 3)
	fmt.Println(net.Forward(x).Shape())
	// Output:
	// [2 3 65]
}

func ExampleTransformerBlockOptions() {
	o := nn.TransformerBlockOptions{Heads: 8} // PyTorch's defaults: 2048 hidden, ReLU
	b := nn.NewTransformerBlock(tensor.NewRand(1), 64, o)
	fmt.Printf("%v %T\n", b.Linear1.Weight.Value.Shape(), b.Activation)
	// Output:
	// [2048 64] nn.ReLU
}

func ExamplePositionalEmbedding() {
	p := nn.NewPositionalEmbedding(tensor.NewRand(1), 16, 4)
	fmt.Println(p.Forward(autograd.NewTape().Const(tensor.Zeros(2, 3, 4))).Shape())
	// Output:
	// [2 3 4]
}

func ExampleRNN() {
	n := nn.NewRNN(tensor.NewRand(1), 3, 16, nn.RecurrentOptions{})
	n.ReLU = true // PyTorch's nonlinearity="relu"
	fmt.Println(n, n.Forward(autograd.NewTape().Const(tensor.Zeros(5, 8, 3))).Shape())
	// Output:
	// RNN(3 → 16, relu) [5 8 16]
}

// The second sequence ends after two steps: its results beyond are 0.
func ExampleLSTM_ForwardLengths() {
	l := nn.NewLSTM(tensor.NewRand(1), 3, 1, nn.RecurrentOptions{})
	var zero autograd.Var
	y, h, _ := l.ForwardLengths(autograd.NewTape().Const(tensor.Ones(4, 2, 3)), []int{4, 2}, zero, zero)
	fmt.Printf("%.2f\n%.2f\n", y.Squeeze(2).T().Value(), h.Reshape(2).Value())
	// Output:
	// tensor[2 4] float32
	// [[0.17 0.23 0.25 0.25]
	//  [0.17 0.23 0.00 0.00]]
	// tensor[2] float32 [0.25 0.23]
}

// A program that chooses each input from the step before runs a cell itself.
func ExampleLSTMCell() {
	l := nn.NewLSTMCell(tensor.NewRand(1), 3, 16)
	tape := autograd.NewTape()
	var h, c autograd.Var // empty: begin with zeros
	for range 5 {
		h, c = l.Forward(tape.Const(tensor.Ones(8, 3)), h, c)
	}
	fmt.Println(h.Shape(), c.Shape())
	// Output:
	// [8 16] [8 16]
}

func ExampleGRUCell() {
	g := nn.NewGRUCell(tensor.NewRand(1), 3, 16)
	fmt.Println(g.Forward(autograd.NewTape().Const(tensor.Ones(8, 3)), autograd.Var{}).Shape())
	// Output:
	// [8 16]
}

func ExampleRNNCell() {
	n := nn.NewRNNCell(tensor.NewRand(1), 3, 16)
	fmt.Println(n.Forward(autograd.NewTape().Const(tensor.Ones(3)), autograd.Var{}).Shape())
	// Output:
	// [16]
}

// near reports whether two results agree but for rounding.
func near(a, b autograd.Var) bool { return a.Sub(b).Abs().Max().Item() < 1e-4 }

// Recurrent layers of all kinds pass a state on, and know the lengths of
// sequences.
func ExampleRNN_ForwardLengths() {
	r, o := tensor.NewRand(1), nn.RecurrentOptions{BatchFirst: true}
	n, g := nn.NewRNN(r, 3, 4, o), nn.NewGRU(r, 3, 4, o)
	x := autograd.NewTape().Const(tensor.Ones(2, 5, 3))

	y, h := n.ForwardLengths(x, []int{5, 2}, autograd.Var{})
	last := y.Select(1, 1).Select(0, 1) // of the second sequence
	fmt.Println(near(last, h.Select(0, 0).Select(0, 1)))

	_, again := n.ForwardState(x, h)
	fmt.Println(again.Shape())
	y, _ = g.ForwardLengths(x, []int{5, 2}, autograd.Var{})
	fmt.Println(y.Select(0, 1).Select(0, 2).Value())
	// Output:
	// true
	// [1 2 4]
	// tensor[4] float32 [0 0 0 0]
}

// The places of a part of a sequence begin where the part begins.
func ExamplePositionalEmbedding_ForwardAt() {
	tape := autograd.NewTape()
	whole := tape.Const(tensor.Ones(5, 4))
	part := whole.Slice(0, 3, 5, 1)
	same := func(ofWhole, ofPart autograd.Var) bool { return near(ofWhole.Slice(0, 3, 5, 1), ofPart) }

	learned := nn.NewPositionalEmbedding(tensor.NewRand(1), 16, 4)
	fmt.Println(same(learned.Forward(whole), learned.ForwardAt(part, 3)))
	waves := nn.SinusoidalPositions{}
	fmt.Println(same(waves.Forward(whole), waves.ForwardAt(part, 3)))
	turned := &nn.Rotary{}
	fmt.Println(same(turned.Forward(whole), turned.ForwardAt(part, 3)))
	// Output:
	// true
	// true
	// true
}
