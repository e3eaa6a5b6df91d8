package nn_test

import (
	"fmt"
	"strings"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/nn"
	"github.com/descent-ml/descent/tensor"
)

// Queries of one sequence look at another one, whose vectors are wider.
func ExampleMultiheadAttentionOptions() {
	m := nn.NewMultiheadAttention(tensor.NewRand(1), 32, 4, nn.MultiheadAttentionOptions{KeyWidth: 48, ValueWidth: 48, KVHeads: 2})
	tape := autograd.NewTape()
	x, memory := tape.Const(tensor.Zeros(8, 5, 32)), tape.Const(tensor.Zeros(8, 9, 48))
	y, weights := m.ForwardWeights(x, memory, memory, nn.AttentionMask{})
	fmt.Println(m)
	fmt.Println(y.Shape(), weights.Shape())
	// Output:
	// MultiheadAttention(32, heads 4, of keys and values 2, keys 48, values 48)
	// [8 5 32] [8 5 9]
}

// The second sequence is shorter: nothing looks at its last place.
func ExampleAttentionMask() {
	m := nn.NewMultiheadAttention(tensor.NewRand(1), 4, 2, nn.MultiheadAttentionOptions{})
	tape := autograd.NewTape()
	x := tape.Const(tensor.Zeros(2, 3, 4))
	padding := tape.Const(tensor.New([]float32{0, 0, 0, 0, 0, 1}, 2, 3))
	_, weights := m.ForwardWeights(x, x, x, nn.AttentionMask{IgnoreKeys: padding})
	fmt.Printf("%.2f\n", weights.Slice(1, 0, 1, 1).Squeeze(1).Value())
	// Output:
	// tensor[2 3] float32
	// [[0.33 0.33 0.33]
	//  [0.50 0.50 0.00]]
}

// A program that makes a sequence place by place computes the keys and values of
// each place once.
func ExampleKVCache() {
	m := nn.NewMultiheadAttention(tensor.NewRand(1), 8, 2, nn.MultiheadAttentionOptions{Causal: true, Rotary: &nn.Rotary{}})
	tape := autograd.NewTape()
	tape.SetMode(autograd.Eval)
	tape.SetRecording(false)
	cache := m.NewCache(1, 16)
	for range 3 {
		tape.Reset()
		m.ForwardCached(tape.Const(tensor.Ones(1, 1, 8)), cache)
	}
	fmt.Println(cache.Length)
	// Output:
	// 3
}

func ExampleSinusoidalPositions() {
	x := autograd.NewTape().Const(tensor.Zeros(3, 4))
	fmt.Printf("%.2f\n", nn.SinusoidalPositions{}.Forward(x).Value())
	// Output:
	// tensor[3 4] float32
	// [[ 0.00  1.00  0.00  1.00]
	//  [ 0.84  0.54  0.01  1.00]
	//  [ 0.91 -0.42  0.02  1.00]]
}

// Both turn the pair of the columns with ones; they pair other columns.
func ExampleRotary() {
	tape := autograd.NewTape()
	split, pairs := tape.Const(tensor.New([]float32{1, 0, 1, 0}, 1, 4)), tape.Const(tensor.New([]float32{1, 1, 0, 0}, 1, 4))
	fmt.Printf("%.2f\n", (&nn.Rotary{}).ForwardAt(split, 1).Value())
	fmt.Printf("%.2f\n", (&nn.Rotary{Interleaved: true}).ForwardAt(pairs, 1).Value())
	// Output:
	// tensor[1 4] float32
	// [[-0.30  0.00  1.38  0.00]]
	// tensor[1 4] float32
	// [[-0.30  1.38  0.00  0.00]]
}

func ExampleTransformerOptions() {
	o := nn.TransformerOptions{Heads: 8, NormFirst: true, Dropout: nn.Zero} // PyTorch's default is 0.1
	l := nn.NewTransformerEncoderLayer(tensor.NewRand(1), 64, o)
	fmt.Println(l.Linear1, l.Dropout)
	// Output:
	// Linear(64 → 2048) Dropout(0)
}

func ExampleTransformerEncoderLayer() {
	l := nn.NewTransformerEncoderLayer(tensor.NewRand(1), 8, nn.TransformerOptions{Heads: 2, Hidden: 16, Activation: nn.GELU{}})
	fmt.Println(l)
	fmt.Println(l.Forward(autograd.NewTape().Const(tensor.Zeros(2, 3, 8))).Shape())
	// Output:
	// TransformerEncoderLayer(
	//   (self_attn): MultiheadAttention(8, heads 2, dropout 0.1)
	//   (linear1): Linear(8 → 16)
	//   (dropout): Dropout(0.1)
	//   (linear2): Linear(16 → 8)
	//   (norm1): LayerNorm(8)
	//   (norm2): LayerNorm(8)
	//   (dropout1): Dropout(0.1)
	//   (dropout2): Dropout(0.1)
	//   (activation): GELU()
	// )
	// [2 3 8]
}

func ExampleTransformerEncoder() {
	layer := nn.NewTransformerEncoderLayer(tensor.NewRand(1), 8, nn.TransformerOptions{Heads: 2, Hidden: 16, NormFirst: true})
	e := nn.NewTransformerEncoder(layer, 6, nn.NewLayerNorm(8))
	fmt.Println(len(e.Layers), e.Forward(autograd.NewTape().Const(tensor.Zeros(2, 3, 8))).Shape())
	// Output:
	// 6 [2 3 8]
}

// The memory is what an encoder has made of another sequence.
func ExampleTransformerDecoderLayer() {
	l := nn.NewTransformerDecoderLayer(tensor.NewRand(1), 8, nn.TransformerOptions{Heads: 2, Hidden: 16, Causal: true})
	tape := autograd.NewTape()
	fmt.Println(l.Forward(tape.Const(tensor.Zeros(2, 3, 8)), tape.Const(tensor.Zeros(2, 7, 8))).Shape())
	// Output:
	// [2 3 8]
}

func ExampleTransformerDecoder() {
	layer := nn.NewTransformerDecoderLayer(tensor.NewRand(1), 8, nn.TransformerOptions{Heads: 2, Hidden: 16, Causal: true})
	d := nn.NewTransformerDecoder(layer, 6, nn.NewLayerNorm(8))
	tape := autograd.NewTape()
	fmt.Println(d.Forward(tape.Const(tensor.Zeros(2, 3, 8)), tape.Const(tensor.Zeros(2, 7, 8))).Shape())
	// Output:
	// [2 3 8]
}

// A place does not see those that the mask names: here its own future.
func ExampleMultiheadAttention_ForwardMasked() {
	r, o := tensor.NewRand(1), nn.TransformerOptions{Heads: 2, Hidden: 16, Dropout: nn.Zero}
	tape := autograd.NewTape()
	x := tape.Const(tensor.Arange(24).Reshape(1, 3, 8))
	future := nn.AttentionMask{Ignore: tape.Const(tensor.Triu(tensor.Ones(3, 3), 1))}

	m := nn.NewMultiheadAttention(r, 8, 2, nn.MultiheadAttentionOptions{})
	y := m.ForwardMasked(x, x, x, future)
	m.Causal = true
	fmt.Println(near(y, m.Forward(x)))

	layer := nn.NewTransformerEncoderLayer(r, 8, o)
	e := nn.NewTransformerEncoder(layer, 1, nil)
	fmt.Println(near(layer.ForwardMasked(x, future), e.ForwardMasked(x, future)))

	decoder := nn.NewTransformerDecoderLayer(r, 8, o)
	d := nn.NewTransformerDecoder(decoder, 1, nil)
	all := nn.AttentionMask{}
	fmt.Println(near(decoder.ForwardMasked(x, y, future, all), d.ForwardMasked(x, y, future, all)))
	// Output:
	// true
	// true
	// true
}

// Read place by place, a sequence becomes what it becomes as a whole.
func ExampleTransformerBlock_ForwardCached() {
	r, o := tensor.NewRand(1), nn.TransformerOptions{Heads: 2, Hidden: 16, Causal: true}
	b := nn.NewTransformerBlock(r, 8, nn.TransformerBlockOptions{Heads: 2, Hidden: 16, Causal: true})
	e, d := nn.NewTransformerEncoderLayer(r, 8, o), nn.NewTransformerDecoderLayer(r, 8, o)
	tape := autograd.NewTape()
	tape.SetMode(autograd.Eval)
	tape.SetRecording(false)
	x := tape.Const(tensor.Arange(24).Reshape(1, 3, 8))

	ofB, ofE, ofD := b.SelfAttn.NewCache(1, 3), e.SelfAttn.NewCache(1, 3), d.SelfAttn.NewCache(1, 3)
	var last [3]autograd.Var
	for i := range 3 {
		place := x.Slice(1, i, i+1, 1)
		last[0], last[1] = b.ForwardCached(place, ofB), e.ForwardCached(place, ofE)
		last[2] = d.ForwardCached(place, x, nn.AttentionMask{}, ofD)
	}
	for i, whole := range []autograd.Var{b.Forward(x), e.Forward(x), d.Forward(x, x)} {
		fmt.Println(near(last[i], whole.Slice(1, 2, 3, 1)))
	}
	// Output:
	// true
	// true
	// true
}

// The decoder sees the whole source, and of the target the places up to its own.
func ExampleTransformer() {
	r := tensor.NewRand(1)
	m := nn.NewTransformer(r, 8, 2, 2, nn.TransformerOptions{Heads: 2, Hidden: 16, Causal: true})
	line, _, _ := strings.Cut(fmt.Sprint(m), "\n")
	fmt.Println(line)
	tape := autograd.NewTape()
	fmt.Println(m.Forward(tape.Const(tensor.Zeros(2, 7, 8)), tape.Const(tensor.Zeros(2, 3, 8))).Shape())
	hide := tape.Const(tensor.New([]float32{0, 0, 0, 0, 0, 1, 1}, 1, 7)) // the last two places of the source
	padded := nn.AttentionMask{IgnoreKeys: hide}
	fmt.Println(m.ForwardMasked(tape.Const(tensor.Zeros(1, 7, 8)), tape.Const(tensor.Zeros(1, 3, 8)), padded, nn.AttentionMask{}, padded).Shape())
	// Output:
	// Transformer(
	// [2 3 8]
	// [1 3 8]
}
