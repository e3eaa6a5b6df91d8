package autograd

import (
	"fmt"
	"math"

	"github.com/descent-ml/descent/tensor"
)

// Attention returns scaled dot-product attention of queries x [batch heads
// queries width] over keys k [batch heads keys width] and values v [batch heads
// keys values] (https://arxiv.org/abs/1706.03762). In causal attention,
// query i sees only keys 0 … i. The result lies in memory as [batch queries
// heads values], so that joining the heads again costs nothing.
// See https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.scaled_dot_product_attention.html.
//
//	y  = p v, p = softmax(x kᵀ / √width)
//	g  = p (dy vᵀ − Σ p dy vᵀ)
//	dx = g k / √width, dk = gᵀ x / √width, dv = pᵀ dy
func (x Var) Attention(k, v Var, causal bool) Var {
	y := begin(attention, x, k, v)
	y.setCausal(causal)
	return y.record()
}

func attention() general {
	return general{
		Name: "attention", Rule: "g k / √width; gᵀ x / √width; pᵀ dy, with g = p (dy vᵀ − Σ p dy vᵀ)",
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
			tensor.AttentionTo(&y.val, q, k, v, y.causal())
		},
		Common: func(y *node, dy Var) Var {
			z := begin(attentionGrad, y.operand(0), y.operand(1), y.operand(2), dy)
			z.attr.ints = y.attr.ints
			return z.record()
		},
		VJP: func(y *node, i int, common Var) Var {
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
		Name: "attention gradient", Rule: "that of g k / √width, gᵀ q / √width, pᵀ dy",
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
			flat[0].AsGrad().Attention(&flat[1], &flat[2], z.value(3), z.value(0), z.value(1), z.value(2), z.causal())
		},
		Expr: func(z *node, operands []Var) Var {
			dq, dk, dv := attentionRules(operands[0], operands[1], operands[2], operands[3], z.causal())
			for _, g := range []*Var{&dq, &dk, &dv} {
				*g = g.Permute(0, 2, 1, 3).Reshape(-1)
			}
			return Concat(0, dq, dk, dv)
		},
	}
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
			dq.AsGrad().Attention(&dk, &dv, &dy, &q, &k, &v, z.causal())
		},
		Expr: func(z *node, operands []Var) Var {
			x, dy, heads := operands[0], operands[1], z.attr.ints[1]
			b, length, width := x.Dim(0), x.Dim(1), x.Dim(2)/3
			part := func(i int, x Var) Var {
				return x.Slice(2, i*width, (i+1)*width, 1).Reshape(b, length, heads, width/heads).Permute(0, 2, 1, 3)
			}
			dq, dk, dv := attentionRules(part(0, x), part(1, x), part(2, x), part(0, dy), z.causal())
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
func attentionRules(q, k, v, dy Var, causal bool) (dq, dk, dv Var) {
	scale := 1 / math.Sqrt(float64(q.Dim(3)))
	s := q.MatMul(k.T()).MulScalar(scale)
	if causal {
		unseen := tensor.ZerosOf(q.DType(), q.Dim(2), k.Dim(2))
		for i := range q.Dim(2) {
			for j := i + 1; j < k.Dim(2); j++ {
				unseen.Set(math.Inf(-1), i, j)
			}
		}
		s = s.Add(s.Tape().Const(unseen))
	}
	p := s.Softmax(3)
	dp := dy.MatMul(v.T())
	ds := p.Mul(dp.Sub(p.Mul(dp).SumKeep(3))).MulScalar(scale)
	return ds.MatMul(k), ds.T().MatMul(q), p.T().MatMul(dy)
}
