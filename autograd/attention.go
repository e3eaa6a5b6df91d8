package autograd

import (
	"fmt"
	"math"

	"github.com/descent-ml/descent/tensor"
)

// Attention returns scaled dot-product attention of queries x [batch heads
// queries width] over keys k [batch heads keys width] and values v [batch heads
// keys values] (https://arxiv.org/abs/1706.03762). In a causal one, query i
// sees keys 0 … i alone. The result lies in memory as [batch queries heads
// values], so that joining the heads again costs nothing.
// See https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.scaled_dot_product_attention.html.
//
//	y  = p v, p = softmax(s), s = x kᵀ / √width
//	dv = pᵀ dy
//	ds = p (dp − Σ dp p), dp = dy vᵀ
//	dx = ds k / √width, dk = dsᵀ x / √width
func (x Var) Attention(k, v Var, causal bool) Var {
	q, kn, vn := x.live("attention"), k.live("attention"), v.live("attention")
	t := q.tape
	y := t.apply(sharedOp(attention), q, kn, vn)
	y.setCausal(causal)
	if q.val.Rank() == 4 && vn.val.Rank() == 4 {
		s := q.val.Shape()
		t.store(y, q.val.DType(), []int{s[0], s[2], s[1], vn.val.Dim(3)})
		y.val.AsView().Permute(&y.val, 0, 2, 1, 3)
	}
	tensor.AttentionTo(&y.val, &q.val, &kn.val, &vn.val, causal)
	return t.finish(y)
}

func attention() shared {
	return shared{
		Name: "attention", Rule: "ds k / √width; dsᵀ q / √width; pᵀ dy, with ds = p (dy vᵀ − Σ p dy vᵀ)",
		// The gradients lie one behind the other, each as [batch length heads width].
		Common: func(y *node, dy Var) Var {
			q, k, v := y.in[0], y.in[1], y.in[2]
			t := y.tape
			z := t.apply(derivedOp(attentionGrad), q, k, v, dy.live("attention gradient"))
			z.attr.ints[0] = y.attr.ints[0]
			_, n := y.gradPart(2)
			t.store(z, q.val.DType(), []int{n})
			var flat [3]tensor.Tensor
			for i, x := range y.in {
				d := x.val.Shape()
				from, to := y.gradPart(i)
				flat[i].AsView().Slice(&z.val, 0, from, to, 1)
				flat[i].AsView().Reshape(&flat[i], d[0], d[2], d[1], d[3])
				flat[i].AsView().Permute(&flat[i], 0, 2, 1, 3)
			}
			flat[0].AsGrad().Attention(&flat[1], &flat[2], &dy.n.val, &q.val, &k.val, &v.val, y.causal())
			return t.finish(z)
		},
		VJP: func(y *node, i int, common Var) Var {
			from, to := y.gradPart(i)
			d := y.in[i].val.Shape()
			return common.Slice(0, from, to, 1).Reshape(d[0], d[2], d[1], d[3]).Permute(0, 2, 1, 3)
		},
	}
}

// SelfAttention is [Var.Attention] of a sequence over itself: x [batch length
// 3·width] holds queries, keys and values side by side, each head by head, and
// the result [batch length width] the heads side by side. Its gradient is
// written where it belongs: nothing is cut out of x or put together again.
//
//	y  = the attention of the parts of x
//	dx = its gradients, side by side
func (x Var) SelfAttention(heads int, causal bool) Var {
	n := x.live("self-attention")
	if n.val.Rank() != 3 || heads < 1 || n.val.Dim(2)%(3*heads) != 0 {
		panic(&tensor.ShapeError{Op: "self-attention", Shapes: [][]int{append([]int{}, x.Shape()...)},
			Reason: fmt.Sprintf("want [batch length 3·width], with a width that %d heads share", heads)})
	}
	t := n.tape
	y := t.apply(specialOp(selfAttention), n)
	y.setCausal(causal)
	y.attr.ints[1] = heads
	s := n.val.Shape()
	t.store(y, n.val.DType(), []int{s[0], s[1], s[2] / 3})
	var q, k, v, out tensor.Tensor
	t.splitHeads(&n.val, heads, &q, &k, &v)
	t.splitHeads(&y.val, heads, &out)
	tensor.AttentionTo(&out, &q, &k, &v, causal)
	return t.finish(y)
}

func selfAttention() special {
	return special{
		Name: "self-attention", Rule: "the gradients of attention by queries, keys and values, side by side",
		VJP: func(y *node, _ int, dy Var) Var {
			x, g := y.in[0], dy.live("attention gradient")
			t := y.tape
			z := t.apply(derivedOp(attentionGrad), x, g)
			z.attr.ints = y.attr.ints
			t.store(z, x.val.DType(), x.val.Shape())
			heads := y.attr.ints[1]
			var q, k, v, dq, dk, dv, out tensor.Tensor
			t.splitHeads(&x.val, heads, &q, &k, &v)
			t.splitHeads(&z.val, heads, &dq, &dk, &dv)
			t.splitHeads(&g.val, heads, &out)
			dq.AsGrad().Attention(&dk, &dv, &out, &q, &k, &v, y.causal())
			return t.finish(z)
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

// attentionGrad is the gradient of both: operands q, k, v and dy, or those
// side by side and dy.
func attentionGrad() derived {
	return derived{
		Name: "attention gradient", Rule: "that of ds k / √width, dsᵀ q / √width, pᵀ dy",
		Expr: func(z *node, operands []Var) Var {
			dy := operands[len(operands)-1]
			if len(operands) == 4 {
				dq, dk, dv := attentionRules(operands[0], operands[1], operands[2], dy, z.causal())
				for _, g := range []*Var{&dq, &dk, &dv} {
					*g = g.Permute(0, 2, 1, 3).Reshape(-1)
				}
				return Concat(0, dq, dk, dv)
			}
			x, heads := operands[0], z.attr.ints[1]
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
