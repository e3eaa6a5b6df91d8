package nn_test

import (
	"go/ast"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/nn"
	"github.com/descent-ml/descent/tensor"
)

// ways are the methods of layers and losses beside Forward and Of. Each maps
// sequences [2 3 4], with batches of 2, to a number that depends on all results.
func ways() map[string]func(x autograd.Var) autograd.Var {
	r := tensor.NewRand(1)
	o := nn.TransformerOptions{Heads: 2, Hidden: 3, Causal: true}
	none := autograd.Var{}
	sum := func(first autograd.Var, more ...autograd.Var) autograd.Var {
		y := first.Sum()
		for _, m := range more {
			y = y.Add(m.Sum())
		}
		return y
	}
	hide, padding := tensor.New([]float32{0, 1, 0, 0, 0, 0, 1, 0, 0}, 3, 3), tensor.New([]float32{0, 0, 1, 0, 0, 0}, 2, 3)
	mask := func(x autograd.Var) nn.AttentionMask {
		return nn.AttentionMask{Add: x.Slice(2, 0, 3, 1).Unsqueeze(1), Ignore: x.Tape().Const(hide), IgnoreKeys: x.Tape().Const(padding)}
	}
	attention := nn.NewMultiheadAttention(r, 4, 2, nn.MultiheadAttentionOptions{Dropout: 0.1})
	encoderLayer, decoderLayer := nn.NewTransformerEncoderLayer(r, 4, o), nn.NewTransformerDecoderLayer(r, 4, o)
	encoder, decoder := nn.NewTransformerEncoder(encoderLayer, 2, nil), nn.NewTransformerDecoder(decoderLayer, 2, nil)
	transformer := nn.NewTransformer(r, 4, 1, 1, o)
	both := nn.RecurrentOptions{Layers: 2, Bidirectional: true, BatchFirst: true, Dropout: 0.1}
	lstm, gru, rnn := nn.NewLSTM(r, 4, 4, both), nn.NewGRU(r, 4, 4, both), nn.NewRNN(r, 4, 4, both)
	state := func(x autograd.Var) autograd.Var { return x.Unsqueeze(0).Slice(2, 0, 1, 1).Squeeze(2).Expand(4, 2, 4) }
	lengths := []int{3, 1}
	bag, summed := nn.NewEmbeddingBag(r, 5, 4, autograd.BagMax), nn.NewEmbeddingBag(r, 5, 4, autograd.BagSum)
	tokens, offsets := []int{2, 0, 2, 4}, []int{0, 3, 3}
	places := nn.NewPositionalEmbedding(r, 9, 4)
	block := nn.NewTransformerBlock(r, 4, nn.TransformerBlockOptions{Heads: 2, Hidden: 3, Causal: true})
	causal := nn.NewMultiheadAttention(r, 4, 2, nn.MultiheadAttentionOptions{Causal: true})
	cached := func(a *nn.MultiheadAttention, next func(x autograd.Var, cache *nn.KVCache) autograd.Var) func(x autograd.Var) autograd.Var {
		cache := a.NewCache(2, 3)
		return func(x autograd.Var) autograd.Var {
			cache.Length = 0
			return sum(next(x.Slice(1, 0, 2, 1), cache), next(x.Slice(1, 2, 3, 1), cache))
		}
	}
	return map[string]func(x autograd.Var) autograd.Var{
		"MultiheadAttention.ForwardMasked": func(x autograd.Var) autograd.Var {
			return sum(attention.ForwardMasked(x, x.Sin(), x.Cos(), mask(x)))
		},
		"MultiheadAttention.ForwardWeights": func(x autograd.Var) autograd.Var {
			y, w := attention.ForwardWeights(x, x.Sin(), x.Cos(), mask(x))
			return sum(y, w)
		},
		"MultiheadAttention.ForwardCached":      cached(causal, causal.ForwardCached),
		"TransformerBlock.ForwardCached":        cached(block.SelfAttn, block.ForwardCached),
		"TransformerEncoderLayer.ForwardMasked": func(x autograd.Var) autograd.Var { return sum(encoderLayer.ForwardMasked(x, mask(x))) },
		"TransformerEncoderLayer.ForwardCached": cached(encoderLayer.SelfAttn, encoderLayer.ForwardCached),
		"TransformerEncoder.ForwardMasked":      func(x autograd.Var) autograd.Var { return sum(encoder.ForwardMasked(x, mask(x))) },
		"TransformerDecoderLayer.ForwardMasked": func(x autograd.Var) autograd.Var {
			return sum(decoderLayer.ForwardMasked(x, x.Sin(), mask(x), mask(x)))
		},
		"TransformerDecoderLayer.ForwardCached": cached(decoderLayer.SelfAttn, func(x autograd.Var, cache *nn.KVCache) autograd.Var {
			return decoderLayer.ForwardCached(x, x.Sin(), nn.AttentionMask{}, cache)
		}),
		"TransformerDecoder.ForwardMasked": func(x autograd.Var) autograd.Var { return sum(decoder.ForwardMasked(x, x.Sin(), mask(x), mask(x))) },
		"Transformer.ForwardMasked": func(x autograd.Var) autograd.Var {
			return sum(transformer.ForwardMasked(x.Sin(), x, mask(x), mask(x), mask(x)))
		},
		"EmbeddingBag.ForwardRows": func(x autograd.Var) autograd.Var { return sum(bag.ForwardRows(x.Tape(), tokens, 2), x) },
		"EmbeddingBag.ForwardWeighted": func(x autograd.Var) autograd.Var {
			return sum(summed.ForwardWeighted(tokens, offsets, x.Reshape(24).Slice(0, 0, 4, 1)))
		},
		"CrossEntropyLoss.OfProbs": func(x autograd.Var) autograd.Var { return nn.CrossEntropyLoss{Smoothing: 0.1}.OfProbs(x, x.Softmax(1)) },
		"MaxPool2d.ForwardIndices": func(x autograd.Var) autograd.Var {
			y, index := nn.MaxPool2d{Kernel: nn.Square(2)}.ForwardIndices(x)
			return sum(nn.MaxUnpool2d{Kernel: nn.Square(2)}.Forward(y, index))
		},
		"MaxUnpool2d.ForwardSize": func(x autograd.Var) autograd.Var {
			y, index := nn.MaxPool2d{Kernel: nn.Square(2)}.ForwardIndices(x)
			return sum(nn.MaxUnpool2d{Kernel: nn.Square(2)}.ForwardSize(y, index, [2]int{3, 4}))
		},
		"MaxPool1d.ForwardIndices": func(x autograd.Var) autograd.Var {
			y, index := nn.MaxPool1d{Kernel: 2}.ForwardIndices(x)
			return sum(nn.MaxUnpool1d{Kernel: 2}.Forward(y, index))
		},
		"MaxUnpool1d.ForwardSize": func(x autograd.Var) autograd.Var {
			y, index := nn.MaxPool1d{Kernel: 3}.ForwardIndices(x)
			return sum(nn.MaxUnpool1d{Kernel: 3}.ForwardSize(y, index, 4))
		},
		"AdaptiveMaxPool2d.ForwardIndices": func(x autograd.Var) autograd.Var {
			y, _ := nn.AdaptiveMaxPool2d{Size: [2]int{2, 3}}.ForwardIndices(x)
			return sum(y)
		},
		"AdaptiveMaxPool1d.ForwardIndices": func(x autograd.Var) autograd.Var {
			y, _ := nn.AdaptiveMaxPool1d{Size: 3}.ForwardIndices(x)
			return sum(y)
		},
		"PositionalEmbedding.ForwardAt": func(x autograd.Var) autograd.Var { return sum(places.ForwardAt(x, 2)) },
		"SinusoidalPositions.ForwardAt": func(x autograd.Var) autograd.Var { return sum(nn.SinusoidalPositions{}.ForwardAt(x, 2)) },
		"Rotary.ForwardAt":              func(x autograd.Var) autograd.Var { return sum((&nn.Rotary{}).ForwardAt(x, 2)) },
		"LSTM.ForwardState": func(x autograd.Var) autograd.Var {
			y, h, c := lstm.ForwardState(x, state(x), state(x).Tanh())
			return sum(y, h, c)
		},
		"LSTM.ForwardLengths": func(x autograd.Var) autograd.Var {
			y, h, c := lstm.ForwardLengths(x, lengths, none, none)
			return sum(y, h, c)
		},
		"GRU.ForwardState": func(x autograd.Var) autograd.Var {
			y, h := gru.ForwardState(x, state(x))
			return sum(y, h)
		},
		"GRU.ForwardLengths": func(x autograd.Var) autograd.Var {
			y, h := gru.ForwardLengths(x, lengths, none)
			return sum(y, h)
		},
		"RNN.ForwardState": func(x autograd.Var) autograd.Var {
			y, h := rnn.ForwardState(x, state(x))
			return sum(y, h)
		},
		"RNN.ForwardLengths": func(x autograd.Var) autograd.Var {
			y, h := rnn.ForwardLengths(x, lengths, none)
			return sum(y, h)
		},
	}
}

// otherWays returns the exported methods of the package whose names begin with
// Forward or Of, but are longer.
func otherWays(t *testing.T) (names []string) {
	for _, d := range declarations(t, false) {
		f, ok := d.(*ast.FuncDecl)
		if !ok || f.Recv == nil || !ast.IsExported(f.Name.Name) || f.Name.Name == "Forward" || f.Name.Name == "Of" {
			continue
		}
		typ := f.Recv.List[0].Type
		if p, ok := typ.(*ast.StarExpr); ok {
			typ = p.X
		}
		if name := typ.(*ast.Ident).Name; ast.IsExported(name) && (strings.HasPrefix(f.Name.Name, "Forward") || strings.HasPrefix(f.Name.Name, "Of")) {
			names = append(names, name+"."+f.Name.Name)
		}
	}
	slices.Sort(names)
	return names
}

// No way to use a layer or a loss allocates once the tape is warm. TestLayerSteadyState
// and TestLossSteadyState try Forward and Of of every row of their tables, and
// TestEveryTypeHasARow asks for a row for each.
func TestMethodSteadyState(t *testing.T) {
	list := ways()
	require.Equal(t, otherWays(t), slices.Sorted(maps.Keys(list)))
	for name, f := range list {
		t.Run(name, func(t *testing.T) {
			tape := autograd.NewTape()
			x := normal(tensor.Float32, 3, 2, 3, 4)
			records := !strings.HasSuffix(name, "Cached")
			tape.SetRecording(records)
			requireNoAllocs(t, func() {
				tape.Reset()
				if y := f(tape.Var(x)); records {
					y.Backward()
				}
			})
		})
	}
}
