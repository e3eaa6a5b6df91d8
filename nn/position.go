package nn

import (
	"fmt"
	"math"
	"sync"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/tensor"
)

// PositionalEmbedding adds a learned vector for each place of a sequence, as
// GPT does.
type PositionalEmbedding struct {
	Weight *autograd.Param // [longest width]
}

// NewPositionalEmbedding returns a layer for sequences that are at most as long
// as the longest. The vectors are drawn as those of [NewEmbedding].
func NewPositionalEmbedding(r *tensor.Rand, longest, width int) *PositionalEmbedding {
	return &PositionalEmbedding{Weight: NewEmbedding(r, longest, width).Weight}
}

// Forward keeps the shape, [batch length width] or [length width].
func (p *PositionalEmbedding) Forward(x autograd.Var) autograd.Var { return p.ForwardAt(x, 0) }

// ForwardAt is [PositionalEmbedding.Forward] for a part of a sequence, whose first
// place is first.
func (p *PositionalEmbedding) ForwardAt(x autograd.Var, first int) autograd.Var {
	const op = "positional-embedding"
	if p == nil || !has(p.Weight) {
		panic(empty(op, "NewPositionalEmbedding"))
	}
	w := p.Weight.Value
	wantSequences(op, x, w.Dim(1))
	wantFirst(op, first)
	if first+x.Dim(-2) > w.Dim(0) {
		tensor.BadShape(op, fmt.Sprintf("the sequences are longer than %d", w.Dim(0)), x.Value(), w)
	}
	return x.Add(lift(x, p.Weight).Slice(0, first, first+x.Dim(-2), 1))
}

func wantFirst(op string, first int) {
	if first < 0 {
		tensor.BadArg(op, "the first place is %d; it must not be negative", first)
	}
}

// SinusoidalPositions adds waves to each place of a sequence
// (https://arxiv.org/abs/1706.03762), for any length. The width must be even. At
// place t and columns 2i and 2i+1 it adds
//
//	sin(t / base^(2i/width)), cos(t / base^(2i/width))
//
// See https://docs.pytorch.org/tutorials/beginner/transformer_tutorial.html.
type SinusoidalPositions struct {
	Base float64 // 0 stands for 10000
}

// Forward keeps the shape, [batch length width] or [length width].
func (s SinusoidalPositions) Forward(x autograd.Var) autograd.Var { return s.ForwardAt(x, 0) }

// ForwardAt is [SinusoidalPositions.Forward] for a part of a sequence, whose first
// place is first.
func (s SinusoidalPositions) ForwardAt(x autograd.Var, first int) autograd.Var {
	const op = "sinusoidal-positions"
	if r := x.Rank(); r != 2 && r != 3 {
		tensor.BadShape(op, "want sequences [batch length width] or [length width]", x.Value())
	}
	sin, cos := waves(op, x, s.Base, first)
	n, width := x.Dim(-2), x.Dim(-1)
	return x.Add(autograd.Concat(2, sin.Unsqueeze(2), cos.Unsqueeze(2)).Reshape(n, width))
}

// Rotary turns queries and keys by angles that grow with their places
// (https://arxiv.org/abs/2104.09864), so that their product depends on how far
// they are from one another. It turns each pair (a, b) of columns at place t, with
// i the number of the pair, to
//
//	a cos θ − b sin θ, b cos θ + a sin θ, θ = t / base^(2i/width)
//
// By default the pair i is half-split: columns i and i + width/2, as in GPT-NeoX
// and in the LLaMA of Hugging Face. Interleaved pairs are columns 2i and 2i+1, as
// in the paper, in GPT-J and in the LLaMA of its authors. The weights of one are
// not those of the other. The width must be even. A [MultiheadAttention] applies
// the layer in its field Rotary to queries and keys of each head.
type Rotary struct {
	Base        float64 // 0 stands for 10000
	Interleaved bool    // pairs of neighbours, not of columns that are half of the width apart
}

// Forward keeps the shape, [… length width].
func (r *Rotary) Forward(x autograd.Var) autograd.Var { return r.ForwardAt(x, 0) }

// ForwardAt is [Rotary.Forward] for a part of a sequence, whose first place is
// first.
func (r *Rotary) ForwardAt(x autograd.Var, first int) autograd.Var {
	const op = "rotary"
	if r == nil {
		tensor.BadArg(op, "the layer is nil; make it as &nn.Rotary{}")
	}
	if x.Rank() < 2 {
		tensor.BadShape(op, "want [… length width]", x.Value())
	}
	sin, cos := waves(op, x, r.Base, first)
	width, last := x.Dim(-1), x.Rank()-1
	if r.Interleaved {
		a, b := x.Slice(last, 0, width, 2), x.Slice(last, 1, width, 2)
		c, d := a.Mul(cos).Sub(b.Mul(sin)), b.Mul(cos).Add(a.Mul(sin))
		return autograd.Concat(last+1, c.Unsqueeze(-1), d.Unsqueeze(-1)).Flatten(last, last+1)
	}
	a, b := x.Slice(last, 0, width/2, 1), x.Slice(last, width/2, width, 1)
	return autograd.Concat(last, a.Mul(cos).Sub(b.Mul(sin)), b.Mul(cos).Add(a.Mul(sin)))
}

// A wave is what tables of sines and cosines depend on.
type wave struct {
	width int
	base  float64
	dt    tensor.DType
}

// wavesKnown holds the tables that have been computed, [2 places width/2], so that
// a step computes none and keeps none in the state of the model.
var wavesKnown = struct {
	sync.Mutex
	tables map[wave]*tensor.Tensor
}{tables: map[wave]*tensor.Tensor{}}

// waves returns sin θ and cos θ, [length width/2] each, for the places of x, whose
// first is first.
func waves(op string, x autograd.Var, base float64, first int) (sin, cos autograd.Var) {
	base = setting(base, 10000)
	n, width := x.Dim(-2), x.Dim(-1)
	wantFirst(op, first)
	if !(base > 0) {
		tensor.BadArg(op, "Base is %v; it must be positive", base)
	}
	if width%2 != 0 {
		tensor.BadShape(op, "want an even width", x.Value())
	}
	w := wave{width, base, x.DType()}
	wavesKnown.Lock()
	table := wavesKnown.tables[w]
	if table == nil || table.Dim(1) < first+n {
		table = w.table(max(64, 2*(first+n)))
		wavesKnown.tables[w] = table
	}
	wavesKnown.Unlock()
	all := x.Tape().Const(table).Slice(1, first, first+n, 1)
	return all.Select(0, 0), all.Select(0, 1)
}

// table computes sines and cosines for so many places.
func (w wave) table(places int) *tensor.Tensor {
	table := tensor.ZerosOf(w.dt, 2, places, w.width/2)
	for i := range w.width / 2 {
		slower := math.Pow(w.base, float64(2*i)/float64(w.width))
		for t := range places {
			sin, cos := math.Sincos(float64(t) / slower)
			table.Set(sin, 0, t, i)
			table.Set(cos, 1, t, i)
		}
	}
	return table
}
