package autograd

import (
	"fmt"
	"math"

	"github.com/descent-ml/descent/tensor"
)

// AttentionOptions are the settings of [Var.ScaledDotProductAttention]. The zero
// value is PyTorch's default. Masks broadcast to [batch heads queries keys].
type AttentionOptions struct {
	Mask   Var     // added to the scores; empty for none. It may get a gradient
	Seen   Var     // not 0 where a query sees a key, and 0 where it does not, as PyTorch's boolean attn_mask; empty for all
	Causal bool    // query i sees only keys 0 … First+i
	First  int     // the place of the first query among the keys, as when the keys before it are in a cache
	Scale  float64 // of the scores; 0 stands for 1/√width

	Dropout float64      // the probability of dropout of the weights, while layers behave as in training
	Rand    *tensor.Rand // where dropout draws from
}

// Attention returns scaled dot-product attention of queries x [batch heads
// queries width] over keys k [batch heads keys width] and values v [batch heads
// keys values] (https://arxiv.org/abs/1706.03762), with s = 1/√width. In causal
// attention, query i sees only keys 0 … i. The result lies in memory as [batch
// queries heads values], so that joining the heads again costs nothing.
// See https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.scaled_dot_product_attention.html.
//
//	y  = p v, p = softmax(s x kᵀ)
//	g  = p (dy vᵀ − Σ p dy vᵀ)
//	dx = s g k, dk = s gᵀ x, dv = pᵀ dy
func (x Var) Attention(k, v Var, causal bool) Var {
	y := begin(attention, x, k, v)
	y.setCausal(causal)
	return y.record()
}

// ScaledDotProductAttention is [Var.Attention] with masks, a scale s of its own
// and dropout of the weights p. k and v may have fewer heads than x: then each is
// shared by a group of heads that stand side by side in x, as with PyTorch's
// enable_gqa (https://arxiv.org/abs/2305.13245). The result of a query that sees
// no key is 0, as in PyTorch.
// See https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.scaled_dot_product_attention.html.
//
//	y  = p v, p = softmax(s x kᵀ + mask)
//	g  = p (dy vᵀ − Σ p dy vᵀ)
//	dx = s g k, dk = s gᵀ x, dv = pᵀ dy
//
// With dropout, or with a gradient by the mask, it keeps the weights in memory.
func (x Var) ScaledDotProductAttention(k, v Var, o AttentionOptions) Var {
	t := x.liveFor(attention).tape
	mask := o.mask()
	if o.Dropout != 0 && t.Training() || !mask.IsZero() && mask.NeedsGrad() {
		return x.weightedAttention(k, v, mask, o)
	}
	return x.attend(attention, mask, o, k, v)
}

// weightedAttention is attention by its weights.
func (x Var) weightedAttention(k, v, mask Var, o AttentionOptions) Var {
	if s, r := k.Shape(), v.Shape(); len(s) != 4 || len(r) != 4 || [3]int(s[:3]) != [3]int(r[:3]) {
		tensor.BadShape("attention", "want a value for each key, both [batch heads keys width]", x.Value(), k.Value(), v.Value())
	}
	if o.Rand == nil && o.Dropout != 0 && x.Tape().Training() {
		tensor.BadArg("attention", "Rand is nil, and dropout draws from it")
	}
	p := x.attend(attentionWeights, mask, o, k).Dropout(o.Dropout, o.Rand)
	return p.shareHeads(v.Dim(1)).MatMul(v).Reshape(x.Dim(0), x.Dim(1), x.Dim(2), v.Dim(3))
}

// AttentionWeights returns the weights by which [Var.ScaledDotProductAttention]
// adds up the values, before dropout: [batch heads queries keys].
//
//	y  = softmax(s x kᵀ + mask)
//	g  = y (dy − Σ dy y)
//	dx = s g k, dk = s gᵀ x, dmask = g
func (x Var) AttentionWeights(k Var, o AttentionOptions) Var {
	return x.attend(attentionWeights, o.mask(), o, k)
}

// mask returns both masks as one that is added, or the empty Var.
func (o *AttentionOptions) mask() Var {
	if o.Seen.IsZero() {
		return o.Mask
	}
	unseen := o.Seen.scalar(math.Inf(-1))
	if o.Mask.IsZero() {
		return Where(o.Seen, o.Seen.scalar(0), unseen)
	}
	return Where(o.Seen, o.Mask, unseen)
}

// attend applies an operation of attention. ints[0] is 1 when it is causal, and
// ints[1] the place of the first query. f[0] is the scale, 0 for 1/√width.
func (x Var) attend(op generalOp, mask Var, o AttentionOptions, with ...Var) Var {
	var in [4]Var
	y := begin(op, append(append(append(in[:0], x), with...), mask)...)
	y.setCausal(o.Causal)
	y.attr.ints[1], y.attr.f[0] = o.First, o.Scale
	return y.record()
}

// options returns the options of an operation of attention, whose mask is operand
// i where it is less than end.
func (y *node) options(i, end int) tensor.AttentionOptions {
	o := tensor.AttentionOptions{Causal: y.causal(), First: y.attr.ints[1], Scale: y.attr.f[0]}
	if i < end {
		o.Mask = y.value(i)
	}
	return o
}

func attention() general {
	return general{
		Name: "attention", Rule: "s g k; s gᵀ x; pᵀ dy, with g = p (dy vᵀ − Σ p dy vᵀ)",
		Shape: func(y *node, dims tensor.Dims) []int {
			q, v := y.value(0), y.value(2)
			if q.Rank() != 4 || v.Rank() != 4 {
				return q.Shape() // the value says what is wrong
			}
			return append(dims, q.Dim(0), q.Dim(2), q.Dim(1), v.Dim(3))
		},
		Value: func(y *node) {
			q, k, v := y.value(0), y.value(1), y.value(2)
			if q.Rank() == 4 && v.Rank() == 4 {
				y.val.AsView().Permute(&y.val, 0, 2, 1, 3)
			}
			tensor.ScaledDotProductAttentionTo(&y.val, q, k, v, y.options(3, len(y.in)))
		},
		Common: func(y *node, dy Var) Var { return y.beginGrad(attentionGrad, dy).record() },
		VJP: func(y *node, i int, common Var) Var {
			if i == 3 {
				return Var{} // the mask; where it needs a gradient, the weights are kept
			}
			from, to := y.gradPart(i)
			d := y.in[i].val.Shape()
			return common.Slice(0, from, to, 1).Reshape(d[0], d[2], d[1], d[3]).Permute(0, 2, 1, 3)
		},
	}
}

// attentionGrad computes the gradients of [Var.Attention] by q, k and v. They
// stand in one vector, one after another, each as [batch length heads width].
func attentionGrad() general {
	return general{
		Name: "attention gradient", Rule: "that of s g k, s gᵀ q, pᵀ dy",
		Shape: func(z *node, dims tensor.Dims) []int {
			_, n := z.gradPart(2)
			return append(dims, n)
		},
		Value: func(z *node) {
			var flat [3]tensor.Tensor
			for i, x := range z.in[:3] {
				d := x.val.Shape()
				from, to := z.gradPart(i)
				flat[i].AsView().Slice(&z.val, 0, from, to, 1)
				flat[i].AsView().Reshape(&flat[i], d[0], d[2], d[1], d[3])
				flat[i].AsView().Permute(&flat[i], 0, 2, 1, 3)
			}
			dy := len(z.in) - 1
			flat[0].AsGrad().Attention(&flat[1], &flat[2], z.value(dy), z.value(0), z.value(1), z.value(2), z.options(3, dy))
		},
		Expr: func(z *node, operands []Var) Var {
			o := AttentionOptions{Causal: z.causal(), First: z.attr.ints[1], Scale: z.attr.f[0]}
			dy := operands[len(operands)-1]
			if len(operands) > 4 {
				o.Mask = operands[3]
			}
			dq, dk, dv := attentionRules(operands[0], operands[1], operands[2], dy, o)
			for _, g := range []*Var{&dq, &dk, &dv} {
				*g = g.Permute(0, 2, 1, 3).Reshape(-1)
			}
			return Concat(0, dq, dk, dv)
		},
	}
}

func attentionWeights() general {
	return general{
		Name: "attention-weights", Rule: "s g k; s gᵀ x; g, with g = y (dy − Σ dy y)",
		Shape: func(y *node, dims tensor.Dims) []int {
			q, k := y.value(0), y.value(1)
			if q.Rank() != 4 || k.Rank() != 4 {
				return q.Shape() // the value says what is wrong
			}
			return append(dims, q.Dim(0), q.Dim(1), q.Dim(2), k.Dim(2))
		},
		Value: func(y *node) {
			tensor.AttentionWeightsTo(&y.val, y.value(0), y.value(1), y.options(2, len(y.in)))
		},
		Common: func(y *node, dy Var) Var { return y.self().alongGrad(softmaxGrad, dy, 3) },
		VJP: func(y *node, i int, g Var) Var {
			x, k := y.operand(0), y.operand(1)
			s := scaleOf(y.attr.f[0], x)
			shared := k.Dim(1)
			switch i {
			case 0:
				return g.shareHeads(shared).MatMul(k).MulScalar(s).Reshape(x.Shape()...)
			case 1:
				return g.shareHeads(shared).T().MatMul(x.shareHeads(shared)).MulScalar(s)
			}
			return g
		},
	}
}

// scaleOf returns the scale of attention with queries q.
func scaleOf(scale float64, q Var) float64 {
	if scale == 0 {
		return 1 / math.Sqrt(float64(q.Dim(3)))
	}
	return scale
}

// shareHeads returns x [batch heads queries …] as if the queries of all heads that
// share a head of the keys were queries of one head.
func (x Var) shareHeads(shared int) Var {
	if x.Dim(1) == shared {
		return x
	}
	return x.Reshape(x.Dim(0), shared, x.Dim(1)/shared*x.Dim(2), x.Dim(3))
}

// SelfAttention is [Var.Attention] of a sequence over itself. x [batch length
// 3·width] holds queries, keys and values side by side, each head by head. The
// result [batch length width] holds the heads side by side. Queries, keys and
// values are read where they lie in x, and the gradient is written in this
// order: nothing is copied apart or together.
//
//	y  = the attention of the parts of x
//	dx = its gradients, side by side
func (x Var) SelfAttention(heads int, causal bool) Var {
	n := x.live("self-attention")
	if n.val.Rank() != 3 || heads < 1 || n.val.Dim(2)%(3*heads) != 0 {
		panic(&tensor.ShapeError{Op: "self-attention", Shapes: [][]int{append([]int{}, x.Shape()...)},
			Reason: fmt.Sprintf("want [batch length 3·width], with a width that %d heads share", heads)})
	}
	y := begin(selfAttention, x)
	y.setCausal(causal)
	y.attr.ints[1] = heads
	return y.record()
}

func selfAttention() general {
	return general{
		Name: "self-attention", Rule: "its gradients, side by side",
		Shape: func(y *node, dims tensor.Dims) []int {
			x := y.value(0)
			return append(dims, x.Dim(0), x.Dim(1), x.Dim(2)/3)
		},
		Value: func(y *node) {
			t, heads := y.tape, y.attr.ints[1]
			var q, k, v, out tensor.Tensor
			t.splitHeads(y.value(0), heads, &q, &k, &v)
			t.splitHeads(&y.val, heads, &out)
			tensor.AttentionTo(&out, &q, &k, &v, y.causal())
		},
		VJP: func(y *node, _ int, dy Var) Var {
			z := begin(selfAttentionGrad, y.operand(0), dy)
			z.attr.ints = y.attr.ints
			return z.record()
		},
	}
}

// selfAttentionGrad computes the gradients by q, k and v, side by side as q, k
// and v stand in x.
func selfAttentionGrad() general {
	return general{
		Name: "self-attention gradient", Rule: "that of g k / √width, gᵀ q / √width, pᵀ dy",
		Shape: sameShape,
		Value: func(z *node) {
			t, heads := z.tape, z.attr.ints[1]
			var q, k, v, dq, dk, dv, dy tensor.Tensor
			t.splitHeads(z.value(0), heads, &q, &k, &v)
			t.splitHeads(&z.val, heads, &dq, &dk, &dv)
			t.splitHeads(z.value(1), heads, &dy)
			dq.AsGrad().Attention(&dk, &dv, &dy, &q, &k, &v, tensor.AttentionOptions{Causal: z.causal()})
		},
		Expr: func(z *node, operands []Var) Var {
			x, dy, heads := operands[0], operands[1], z.attr.ints[1]
			b, length, width := x.Dim(0), x.Dim(1), x.Dim(2)/3
			part := func(i int, x Var) Var {
				return x.Slice(2, i*width, (i+1)*width, 1).Reshape(b, length, heads, width/heads).Permute(0, 2, 1, 3)
			}
			dq, dk, dv := attentionRules(part(0, x), part(1, x), part(2, x), part(0, dy), AttentionOptions{Causal: z.causal()})
			for _, g := range []*Var{&dq, &dk, &dv} {
				*g = g.Permute(0, 2, 1, 3).Reshape(b, length, width)
			}
			return Concat(2, dq, dk, dv)
		},
	}
}

// splitHeads makes parts the views [batch heads length width] of the parts of x
// [batch length parts·heads·width].
func (t *Tape) splitHeads(x *tensor.Tensor, heads int, parts ...*tensor.Tensor) {
	s := x.Shape()
	b, length, width := s[0], s[1], s[2]/(len(parts)*heads)
	for i, p := range parts {
		if !p.AsView().Reshape(x, b, length, len(parts), heads, width) {
			var whole tensor.Tensor
			t.buffers.take(&whole, x.DType(), s)
			whole.CopyFrom(x)
			p.AsView().Reshape(&whole, b, length, len(parts), heads, width)
		}
		p.AsView().Slice(p, 2, i, i+1, 1)
		p.AsView().Squeeze(p, 2)
		p.AsView().Permute(p, 0, 2, 1, 3)
	}
}

func (y *node) setCausal(causal bool) {
	if causal {
		y.attr.ints[0] = 1
	}
}

func (y *node) causal() bool { return y.attr.ints[0] == 1 }

// attentionRules returns the gradients of attention as plain expressions.
func attentionRules(q, k, v, dy Var, o AttentionOptions) (dq, dk, dv Var) {
	shared, scale := k.Dim(1), scaleOf(o.Scale, q)
	p := q.AttentionWeights(k, o)
	dp := dy.shareHeads(shared).MatMul(v.T()).Reshape(p.Shape()...)
	ds := p.Mul(dp.Sub(p.Mul(dp).SumKeep(3))).MulScalar(scale).shareHeads(shared)
	return ds.MatMul(k).Reshape(q.Shape()...), ds.T().MatMul(q.shareHeads(shared)), p.shareHeads(shared).T().MatMul(dy.shareHeads(shared))
}
