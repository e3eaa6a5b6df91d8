package tensor

import (
	"fmt"

	"github.com/descent-ml/descent/internal/kernel"
)

// AttentionOptions are the settings of [ScaledDotProductAttention]. The zero value
// is PyTorch's default.
type AttentionOptions struct {
	Mask   *Tensor // added to the scores; broadcasts to [batch heads queries keys]; nil for none
	Causal bool    // query i sees only keys 0 … First+i
	First  int     // the place of the first query among the keys
	Scale  float64 // of the scores; 0 stands for 1/√width
}

// Attention returns scaled dot-product attention
// (https://arxiv.org/abs/1706.03762): q is [batch heads queries width], k
// [batch heads keys width], v [batch heads keys values], and the result [batch
// heads queries values]. In causal attention, query i sees only keys 0 … i.
// Strided operands are read where they lie.
// See https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.scaled_dot_product_attention.html.
//
//	y = softmax(q kᵀ / √width) v
func Attention(q, k, v *Tensor, causal bool) *Tensor {
	return ScaledDotProductAttention(q, k, v, AttentionOptions{Causal: causal})
}

// AttentionTo is [Attention] into dst, whose rows must be contiguous.
func AttentionTo(dst, q, k, v *Tensor, causal bool) {
	ScaledDotProductAttentionTo(dst, q, k, v, AttentionOptions{Causal: causal})
}

// ScaledDotProductAttention is [Attention] with a mask, and with a scale of its
// own. k and v may have fewer heads than q: then each is shared by a group of
// heads that stand side by side in q, as with PyTorch's enable_gqa
// (https://arxiv.org/abs/2305.13245). The result of a query whose scores are all
// −∞ is 0, as in PyTorch.
//
//	y = softmax(scale q kᵀ + mask) v
func ScaledDotProductAttention(q, k, v *Tensor, o AttentionOptions) *Tensor {
	checkAttention("attention", q, k, v)
	dst := ZerosOf(q.dtype, q.shape[0], q.shape[1], q.shape[2], v.shape[3])
	ScaledDotProductAttentionTo(dst, q, k, v, o)
	return dst
}

// ScaledDotProductAttentionTo is [ScaledDotProductAttention] into dst, whose rows
// must be contiguous.
func ScaledDotProductAttentionTo(dst, q, k, v *Tensor, o AttentionOptions) {
	const op = "attention"
	checkAttention(op, q, k, v)
	checkHeads(op, dst, q.shape[:3], v.shape[3], q)
	if q.dtype == Float64 {
		a := attention[float64](op, q, k, v, o)
		a.Y = heads[float64](dst)
		kernel.Attend(a)
	} else {
		a := attention[float32](op, q, k, v, o)
		a.Y = heads[float32](dst)
		kernel.Attend(a)
	}
}

// AttentionWeights returns by which weights [ScaledDotProductAttention] adds up
// the values: [batch heads queries keys].
//
//	p = softmax(scale q kᵀ + mask)
func AttentionWeights(q, k *Tensor, o AttentionOptions) *Tensor {
	checkAttention("attention-weights", q, k, k)
	dst := ZerosOf(q.dtype, q.shape[0], q.shape[1], q.shape[2], k.shape[2])
	AttentionWeightsTo(dst, q, k, o)
	return dst
}

// AttentionWeightsTo is [AttentionWeights] into dst, whose rows must be
// contiguous.
func AttentionWeightsTo(dst, q, k *Tensor, o AttentionOptions) {
	const op = "attention-weights"
	checkAttention(op, q, k, k)
	checkHeads(op, dst, q.shape[:3], k.shape[2], q)
	if q.dtype == Float64 {
		a := attention[float64](op, q, k, k, o)
		a.Y = heads[float64](dst)
		kernel.AttentionWeights(a)
	} else {
		a := attention[float32](op, q, k, k, o)
		a.Y = heads[float32](dst)
		kernel.AttentionWeights(a)
	}
}

// Attention writes the gradients of [ScaledDotProductAttentionTo] by q, k and v,
// given dy, the gradient by its result. They have the shapes of q, k and v, and
// contiguous rows.
func (d *Grad) Attention(dk, dv, dy, q, k, v *Tensor, o AttentionOptions) {
	dq := (*Tensor)(d)
	const op = "attention gradient"
	checkAttention(op, q, k, v)
	sameDType(op, "dy", q, dy)
	sameShape(op, dy, []int{q.shape[0], q.shape[1], q.shape[2], v.shape[3]}, q, v)
	checkHeads(op, dq, q.shape[:3], q.shape[3], q)
	checkHeads(op, dk, k.shape[:3], k.shape[3], k)
	checkHeads(op, dv, v.shape[:3], v.shape[3], v)
	if q.dtype == Float64 {
		a := attention[float64](op, q, k, v, o)
		a.DY, a.DQ, a.DK, a.DV = heads[float64](dy), heads[float64](dq), heads[float64](dk), heads[float64](dv)
		kernel.AttendGrad(a)
	} else {
		a := attention[float32](op, q, k, v, o)
		a.DY, a.DQ, a.DK, a.DV = heads[float32](dy), heads[float32](dq), heads[float32](dk), heads[float32](dv)
		kernel.AttendGrad(a)
	}
}

func checkAttention(op string, q, k, v *Tensor) {
	sameDType(op, "the key", q, k)
	sameDType(op, "the value", q, v)
	if q.rank != 4 || k.rank != 4 || v.rank != 4 {
		BadShape(op, "want queries, keys and values [batch heads length width]", q, k, v)
	}
	shared := k.shape[1]
	if q.shape[0] != k.shape[0] || q.shape[0] != v.shape[0] || shared != v.shape[1] ||
		shared != q.shape[1] && (shared == 0 || q.shape[1]%shared != 0) {
		BadShape(op, "queries, keys and values differ in batch or heads", q, k, v)
	}
	if q.shape[3] != k.shape[3] {
		BadShape(op, fmt.Sprintf("queries are %d wide, keys %d", q.shape[3], k.shape[3]), q, k, v)
	}
	if k.shape[2] != v.shape[2] {
		BadShape(op, fmt.Sprintf("there are %d keys and %d values", k.shape[2], v.shape[2]), q, k, v)
	}
}

// checkHeads panics when t cannot take rows of the given width for each row of
// x, whose other axes are lead.
func checkHeads(op string, t *Tensor, lead []int, width int, x *Tensor) {
	sameDType(op, "the destination", x, t)
	sameShape(op, t, []int{lead[0], lead[1], lead[2], width}, x)
	if width > 1 && t.strides[3] != 1 {
		BadShape(op, "the rows of the destination must be contiguous", t)
	}
}

func attention[T kernel.Float](op string, q, k, v *Tensor, o AttentionOptions) kernel.Attention[T] {
	if o.First < 0 {
		BadArg(op, "First is %d; it must not be negative", o.First)
	}
	a := kernel.Attention[T]{
		Batch: q.shape[0], Heads: q.shape[1], Group: q.shape[1] / max(1, k.shape[1]),
		Queries: q.shape[2], Keys: k.shape[2], Width: q.shape[3], Values: v.shape[3],
		Causal: o.Causal, First: o.First, Scale: o.Scale, Q: heads[T](q), K: heads[T](k), V: heads[T](v),
	}
	if o.Mask != nil {
		sameDType(op, "the mask", q, o.Mask)
		var mask Tensor
		want := [4]int{a.Batch, a.Heads, a.Queries, a.Keys}
		if !stretches(o.Mask, want) {
			BadShape(op, fmt.Sprintf("the mask does not stretch to [batch heads queries keys], %v", want), q, k, o.Mask)
		}
		mask.AsView().Expand(o.Mask, want[:]...)
		if mask.n > 0 {
			a.Mask = heads[T](&mask)
		}
	}
	return a
}

// stretches reports whether t broadcasts to a shape.
func stretches(t *Tensor, shape [4]int) bool {
	for i := range t.rank {
		if d := t.shape[t.rank-1-i]; i >= len(shape) || d != 1 && d != shape[len(shape)-1-i] {
			return false
		}
	}
	return true
}

func heads[T kernel.Float](t *Tensor) kernel.Heads[T] {
	d, _ := kernel.SliceOf[T](t.f32, t.f64)
	return kernel.Heads[T]{Data: d, Batch: t.strides[0], Head: t.strides[1], Row: t.strides[2], Col: t.strides[3]}
}
