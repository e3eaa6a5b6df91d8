package nn_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/nn"
	"github.com/descent-ml/descent/tensor"
)

// generator returns a tape as a program that generates uses it.
func generator() *autograd.Tape {
	tape := evalTape()
	tape.SetRecording(false)
	return tape
}

// With a cache, a sequence in pieces has the results of the whole, and a place
// allocates nothing.
func TestKVCache(t *testing.T) {
	const batch, longest, width = 2, 9, 8
	r := tensor.NewRand(1)
	o := nn.TransformerOptions{Heads: 4, Hidden: 8, Causal: true}
	encoder, decoder := nn.NewTransformerEncoderLayer(r, width, o), nn.NewTransformerDecoderLayer(r, width, o)
	block := nn.NewTransformerBlock(r, width, nn.TransformerBlockOptions{Heads: 2, Hidden: 8, Causal: true})
	grouped := nn.NewMultiheadAttention(r, width, 4, nn.MultiheadAttentionOptions{KVHeads: 2, Causal: true, Rotary: &nn.Rotary{}})
	memory := normal(tensor.Float32, 4, batch, 5, width)
	for name, c := range map[string]struct {
		attention *nn.MultiheadAttention
		whole     func(x autograd.Var) autograd.Var
		next      func(x autograd.Var, cache *nn.KVCache) autograd.Var
	}{
		"attention": {grouped, grouped.Forward, grouped.ForwardCached},
		"encoder":   {encoder.SelfAttn, encoder.Forward, encoder.ForwardCached},
		"block":     {block.SelfAttn, block.Forward, block.ForwardCached},
		"decoder": {decoder.SelfAttn, func(x autograd.Var) autograd.Var { return decoder.Forward(x, x.Tape().Const(memory)) },
			func(x autograd.Var, cache *nn.KVCache) autograd.Var {
				return decoder.ForwardCached(x, x.Tape().Const(memory), nn.AttentionMask{}, cache)
			}},
	} {
		t.Run(name, func(t *testing.T) {
			x := normal(tensor.Float32, 3, batch, longest, width)
			tape := generator()
			want := c.whole(tape.Const(x)).Value().Clone()
			cache := c.attention.NewCache(batch, longest)
			piece := func(from, to int) *tensor.Tensor {
				tape.Reset()
				return c.next(tape.Const(x).Slice(1, from, to, 1), cache).Value()
			}
			for range 2 {
				cache.Length = 0
				for _, ends := range [][2]int{{0, 4}, {4, 5}, {5, 8}, {8, 9}} {
					got := piece(ends[0], ends[1])
					closeTo(t, want.Slice(1, ends[0], ends[1], 1), got, 1e-5)
					require.Equal(t, ends[1], cache.Length)
				}
			}
			requireNoAllocs(t, func() {
				cache.Length = 0
				for i := range longest {
					piece(i, i+1)
				}
			})
			require.Contains(t, sentence(func() { piece(0, 1) }), "the cache holds 9 places, and 1 more do not fit")
		})
	}
	one := nn.NewMultiheadAttention(r, width, 4, nn.MultiheadAttentionOptions{Causal: true})
	x := normal(tensor.Float32, 3, 3, width)
	tape := generator()
	want := one.Forward(tape.Const(x)).Value().Clone()
	cache := one.NewCache(1, 3)
	for i := range 3 {
		closeTo(t, want.Slice(0, i, i+1, 1), one.ForwardCached(tape.Const(x).Slice(0, i, i+1, 1), cache).Value(), 1e-5)
	}
}

func TestAttentionMisuse(t *testing.T) {
	r := tensor.NewRand(1)
	tape := autograd.NewTape()
	zeros := func(shape ...int) autograd.Var { return tape.Const(tensor.Zeros(shape...)) }
	x := zeros(2, 3, 4)
	m := nn.NewMultiheadAttention(r, 4, 2, nn.MultiheadAttentionOptions{})
	none := nn.AttentionMask{}
	causal := nn.NewMultiheadAttention(r, 4, 2, nn.MultiheadAttentionOptions{Causal: true, Dropout: 0.5})
	for want, f := range map[string]func(){
		"multihead-attention [2 3 4] × [1 3 4] × [2 3 4]: query, key and value differ in batch, or there is not one value for each key": func() { m.ForwardMasked(x, zeros(1, 3, 4), x, none) },
		"multihead-attention [2 3 4] × [2 5 4] × [2 3 4]: query, key and value differ in batch, or there is not one value for each key": func() { m.ForwardMasked(x, zeros(2, 5, 4), x, none) },
		"multihead-attention [2 3 4] × [3 4] × [3 4]: query, key and value differ in batch, or there is not one value for each key":     func() { m.ForwardMasked(x, zeros(3, 4), zeros(3, 4), none) },
		"multihead-attention [2 4]: want IgnoreKeys [batch keys], [2 3]":                                                                func() { m.ForwardMasked(x, x, x, nn.AttentionMask{IgnoreKeys: zeros(2, 4)}) },
		"attention [2 2 3 2] × [2 2 3 2] × [4 3]: the mask does not stretch to [batch heads queries keys], [2 2 3 3]":                   func() { m.ForwardMasked(x, x, x, nn.AttentionMask{Add: zeros(4, 3)}) },
		"multihead-attention: 0 heads do not divide a width of 4": func() {
			(&nn.MultiheadAttention{InProjWeight: m.InProjWeight, OutProj: m.OutProj}).ForwardWeights(x, x, x, none)
		},
		"multihead-attention: 3 heads do not divide a width of 4": func() {
			(&nn.MultiheadAttention{InProjWeight: m.InProjWeight, OutProj: m.OutProj, Heads: 3}).NewCache(1, 2)
		},
		"multihead-attention: InProjWeight is for 2 heads of keys and values, but KVHeads is 1": func() {
			(&nn.MultiheadAttention{InProjWeight: m.InProjWeight, OutProj: m.OutProj, Heads: 2, KVHeads: 1}).Forward(x)
		},
		"multihead-attention: Rand is nil, and dropout draws from it": func() {
			causal.Rand = nil
			causal.Forward(x)
		},
		"multihead-attention: there is one of BiasK and BiasV; want both or none": func() {
			(&nn.MultiheadAttention{InProjWeight: m.InProjWeight, OutProj: m.OutProj, Heads: 2, BiasK: m.InProjBias}).Forward(x)
		},
		"multihead-attention: Dropout is 2; it must be between 0 and 1": func() { nn.NewMultiheadAttention(r, 4, 2, nn.MultiheadAttentionOptions{Dropout: 2}) },
		"multihead-attention: 4 heads cannot share 3 heads of keys and values evenly": func() {
			nn.NewMultiheadAttention(r, 8, 4, nn.MultiheadAttentionOptions{KVHeads: 3})
		},
		"multihead-attention: KeyWidth is -1 and ValueWidth 0; they must not be negative":                                    func() { nn.NewMultiheadAttentionNoBias(r, 4, 2, nn.MultiheadAttentionOptions{KeyWidth: -1}) },
		"multihead-attention: the tape records, but a cache passes no gradient on; call SetRecording(false) on the tape":     func() { causal.ForwardCached(x, causal.NewCache(2, 4)) },
		"multihead-attention: the cache is empty; make it with NewCache":                                                     func() { causal.ForwardCached(x, nil) },
		"multihead-attention: the layer is not Causal: earlier places see later ones, and a cache cannot hold their results": func() { m.ForwardCached(x, m.NewCache(2, 4)) },
		"transformer-block: the cache is empty; make it with NewCache":                                                       func() { (&nn.TransformerBlock{}).ForwardCached(x, nil) },
		"transformer-encoder-layer: the cache is empty; make it with NewCache":                                               func() { (&nn.TransformerEncoderLayer{}).ForwardCached(x, &nn.KVCache{}) },
		"transformer-decoder-layer: the cache is empty; make it with NewCache":                                               func() { (&nn.TransformerDecoderLayer{}).ForwardCached(x, x, none, nil) },
		"multihead-attention: the layer is empty; make it with nn.NewMultiheadAttention":                                     func() { (&nn.MultiheadAttention{}).NewCache(1, 2) },
		"multihead-attention [1 2 4 2] × [2 2 3 2]: the cache does not fit the keys": func() {
			causal.ForwardCached(generator().Const(tensor.Zeros(2, 3, 4)), causal.NewCache(1, 4))
		},
		"transformer-encoder-layer: Dropout is 2; it must be between 0 and 1":  func() { nn.NewTransformerEncoderLayer(r, 4, nn.TransformerOptions{Heads: 2, Dropout: 2}) },
		"transformer-decoder-layer: Hidden is -1; it must not be negative":     func() { nn.NewTransformerDecoderLayer(r, 4, nn.TransformerOptions{Heads: 2, Hidden: -1}) },
		"transformer-encoder: want at least one layer, got 0":                  func() { nn.NewTransformerEncoder(nil, 0, nil) },
		"rotary: Base is -1; it must be positive":                              func() { (&nn.Rotary{Base: -1}).Forward(x) },
		"sinusoidal-positions: the first place is -1; it must not be negative": func() { nn.SinusoidalPositions{}.ForwardAt(x, -1) },
		"positional-embedding: the first place is -2; it must not be negative": func() { nn.NewPositionalEmbedding(r, 3, 4).ForwardAt(x, -2) },
	} {
		require.Equal(t, want, sentence(f))
	}
}

// The layers of an encoder begin alike, and train apart.
func TestEncoderCopies(t *testing.T) {
	r := tensor.NewRand(1)
	layer := nn.NewTransformerEncoderLayer(r, 4, nn.TransformerOptions{Heads: 2, Hidden: 3})
	require.Equal(t, 0.1, layer.Dropout.P)
	require.Equal(t, 0.1, layer.SelfAttn.Dropout)
	e := nn.NewTransformerEncoder(layer, 2, nil)
	require.Len(t, nn.Params(e), 2*len(nn.Params(layer)))
	for i, p := range nn.Params(layer) {
		for _, l := range e.Layers {
			c := nn.Params(l)[i]
			require.NotSame(t, p, c)
			require.Equal(t, tensor.Values(p.Value), tensor.Values(c.Value))
			c.Value.Fill(7)
		}
		require.NotEqual(t, 7.0, tensor.Values(p.Value)[0])
	}
	require.NotSame(t, e.Layers[0].Dropout, e.Layers[1].Dropout)
	require.Equal(t, 2048, nn.NewTransformerDecoderLayer(r, 4, nn.TransformerOptions{Heads: 2}).Linear1.Weight.Value.Dim(0))
}

// The product of a query and a key that Rotary has turned depends on how far they
// are from one another, and the positions of a part are those of the whole.
func TestRotaryIsRelative(t *testing.T) {
	tape := autograd.NewTape()
	q, k := tape.Const(normal(tensor.Float64, 1, 1, 8)), tape.Const(normal(tensor.Float64, 2, 1, 8))
	for _, r := range []*nn.Rotary{{}, {Interleaved: true, Base: 50}} {
		at := func(i, j int) float64 { return r.ForwardAt(q, i).Mul(r.ForwardAt(k, j)).Sum().Item() }
		require.InDelta(t, at(3, 1), at(1002, 1000), 1e-9)
		require.NotEqual(t, at(3, 1), at(4, 1))
		require.Equal(t, tensor.Values(q.Value()), tensor.Values(r.Forward(q).Value()))
	}
}
