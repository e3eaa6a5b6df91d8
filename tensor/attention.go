package tensor

import (
	"fmt"

	"github.com/descent-ml/descent/internal/kernel"
)

// Attention returns scaled dot-product attention
// (https://arxiv.org/abs/1706.03762): q is [batch heads queries width], k
// [batch heads keys width], v [batch heads keys values], and the result [batch
// heads queries values]. In causal attention, query i sees only keys 0 … i.
// Strided operands are read where they lie.
// See https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.scaled_dot_product_attention.html.
//
//	y = softmax(q kᵀ / √width) v
func Attention(q, k, v *Tensor, causal bool) *Tensor {
	checkAttention("attention", q, k, v)
	dst := ZerosOf(q.dtype, q.shape[0], q.shape[1], q.shape[2], v.shape[3])
	AttentionTo(dst, q, k, v, causal)
	return dst
}

// AttentionTo is [Attention] into dst, whose rows must be contiguous.
func AttentionTo(dst, q, k, v *Tensor, causal bool) {
	checkAttention("attention", q, k, v)
	checkHeads("attention", dst, q, v.shape[3])
	if q.dtype == Float64 {
		a := attention[float64](q, k, v, causal)
		a.Y = heads[float64](dst)
		kernel.Attend(a)
	} else {
		a := attention[float32](q, k, v, causal)
		a.Y = heads[float32](dst)
		kernel.Attend(a)
	}
}

// Attention writes the gradients of [AttentionTo] by q, k and v, given dy, the
// gradient by its result. They have the shapes of q, k and v, and contiguous rows.
func (d *Grad) Attention(dk, dv, dy, q, k, v *Tensor, causal bool) {
	dq := (*Tensor)(d)
	const op = "attention gradient"
	checkAttention(op, q, k, v)
	sameDType(op, "dy", q, dy)
	sameShape(op, dy, []int{q.shape[0], q.shape[1], q.shape[2], v.shape[3]}, q, v)
	checkHeads(op, dq, q, q.shape[3])
	checkHeads(op, dk, k, k.shape[3])
	checkHeads(op, dv, v, v.shape[3])
	if q.dtype == Float64 {
		a := attention[float64](q, k, v, causal)
		a.DY, a.DQ, a.DK, a.DV = heads[float64](dy), heads[float64](dq), heads[float64](dk), heads[float64](dv)
		kernel.AttendGrad(a)
	} else {
		a := attention[float32](q, k, v, causal)
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
	for i := range 2 {
		if q.shape[i] != k.shape[i] || q.shape[i] != v.shape[i] {
			BadShape(op, "queries, keys and values differ in batch or heads", q, k, v)
		}
	}
	if q.shape[3] != k.shape[3] {
		BadShape(op, fmt.Sprintf("queries are %d wide, keys %d", q.shape[3], k.shape[3]), q, k, v)
	}
	if k.shape[2] != v.shape[2] {
		BadShape(op, fmt.Sprintf("there are %d keys and %d values", k.shape[2], v.shape[2]), q, k, v)
	}
}

// checkHeads panics when t cannot take rows of the given width for each row of
// x.
func checkHeads(op string, t, x *Tensor, width int) {
	sameDType(op, "the destination", x, t)
	sameShape(op, t, []int{x.shape[0], x.shape[1], x.shape[2], width}, x)
	if width > 1 && t.strides[3] != 1 {
		BadShape(op, "the rows of the destination must be contiguous", t)
	}
}

func attention[T kernel.Float](q, k, v *Tensor, causal bool) kernel.Attention[T] {
	return kernel.Attention[T]{
		Batch: q.shape[0], Heads: q.shape[1], Queries: q.shape[2], Keys: k.shape[2], Width: q.shape[3], Values: v.shape[3],
		Causal: causal, Q: heads[T](q), K: heads[T](k), V: heads[T](v),
	}
}

func heads[T kernel.Float](t *Tensor) kernel.Heads[T] {
	d, _ := kernel.SliceOf[T](t.f32, t.f64)
	return kernel.Heads[T]{Data: d, Batch: t.strides[0], Head: t.strides[1], Row: t.strides[2], Col: t.strides[3]}
}
