package tensor_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/tensor"
)

// Two queries over three keys: each result is a mean of the values, of which
// those count most whose keys point where the query does.
func ExampleAttention() {
	q := tensor.New([]float64{1, 0, 0, 1}, 1, 1, 2, 2)
	k := tensor.New([]float64{5, 0, 0, 5, 0, 0}, 1, 1, 3, 2)
	v := tensor.New([]float64{10, 20, 30}, 1, 1, 3, 1)
	fmt.Printf("%.2f\n", tensor.Attention(q, k, v, false).Reshape(2))
	// Output:
	// tensor[2] float64 [10.83 20.00]
}

// The result of a query does not depend on the tile in which it is computed. In
// causal attention it is what it would be without the keys after the query.
func TestAttentionOfEachQuery(t *testing.T) {
	src := newSource(42)
	q, k, v := src.grid(-1, 1, 2, 3, 150, 5), src.grid(-1, 1, 2, 3, 140, 5), src.grid(-1, 1, 2, 3, 140, 4)
	for i, l := range layouts {
		tq, tk, tv := l.put(tensor.Float64, q), layouts[(i+1)%len(layouts)].put(tensor.Float64, k), l.put(tensor.Float64, v)
		for _, causal := range []bool{false, true} {
			y := tensor.Attention(tq, tk, tv, causal)
			for _, at := range []int{0, 1, 63, 64, 149} {
				seen := 140
				if causal {
					seen = min(seen, at+1)
				}
				one := tq.Slice(2, at, at+1, 1)
				want := tensor.MatMul(tensor.Softmax(tensor.MulScalar(tensor.MatMul(one, tk.Slice(2, 0, seen, 1).T()), 0.4472135954999579), 3), tv.Slice(2, 0, seen, 1))
				require.InDeltaSlice(t, tensor.Values(want), tensor.Values(y.Slice(2, at, at+1, 1)), 1e-12, "query %d, layout %s", at, l.name)
			}
		}
	}
}

// heads returns the view [batch heads length width] of a tensor [batch length
// heads·width].
func heads(x *tensor.Tensor, heads int) *tensor.Tensor {
	return x.Reshape(x.Dim(0), x.Dim(1), heads, -1).Permute(0, 2, 1, 3)
}

// The heads may write their results side by side, into one tensor.
func TestAttentionIntoHeads(t *testing.T) {
	src := newSource(43)
	operand := func() *tensor.Tensor { return heads(placed(tensor.Float64, src.grid(-1, 1, 2, 70, 12)), 3) }
	q, k, v, dy := operand(), operand(), operand(), operand()
	want, got := tensor.Attention(q, k, v, true), heads(tensor.Zeros64(2, 70, 12), 3)
	tensor.AttentionTo(got, q, k, v, true)
	sameValues(t, want, got)

	var plain, side [3]*tensor.Tensor
	for i := range plain {
		plain[i], side[i] = tensor.Zeros64(2, 3, 70, 4), heads(tensor.Full(7, 2, 70, 12).To(tensor.Float64), 3)
	}
	plain[0].AsGrad().Attention(plain[1], plain[2], dy.Clone(), q.Clone(), k.Clone(), v.Clone(), tensor.AttentionOptions{Causal: true})
	side[0].AsGrad().Attention(side[1], side[2], dy, q, k, v, tensor.AttentionOptions{Causal: true})
	for i := range plain {
		sameValues(t, plain[i], side[i])
	}
}

// A mask, a scale and shared heads give what attention by its plain formula gives.
// A query that sees no key gets 0.
func TestMaskedAttention(t *testing.T) {
	src := newSource(44)
	q, k, v := src.grid(-1, 1, 2, 4, 70, 3), src.grid(-1, 1, 2, 2, 5, 3), src.grid(-1, 1, 2, 2, 5, 4)
	mask := tensor.Zeros64(70, 5)
	for i := range 5 {
		mask.Set(math.Inf(-1), 3, i)
		mask.Set(math.Inf(-1), 60+i, i)
	}
	o := tensor.AttentionOptions{Mask: mask, Scale: 0.7}
	for i, l := range layouts {
		tq, tk, tv := l.put(tensor.Float64, q), layouts[(i+1)%len(layouts)].put(tensor.Float64, k), l.put(tensor.Float64, v)
		y, p := tensor.ScaledDotProductAttention(tq, tk, tv, o), tensor.AttentionWeights(tq, tk, o)
		for head := range 4 {
			one := tensor.MatMul(tq.Slice(1, head, head+1, 1), tk.Slice(1, head/2, head/2+1, 1).T())
			want := tensor.Softmax(tensor.Add(tensor.MulScalar(one, 0.7), mask), 3)
			want.Slice(2, 3, 4, 1).Fill(0)
			require.InDeltaSlice(t, tensor.Values(want), tensor.Values(p.Slice(1, head, head+1, 1)), 1e-12, l.name)
			want = tensor.MatMul(want, tv.Slice(1, head/2, head/2+1, 1))
			require.InDeltaSlice(t, tensor.Values(want), tensor.Values(y.Slice(1, head, head+1, 1)), 1e-12, l.name)
		}
		require.Zero(t, tensor.NormOf(y.Slice(2, 3, 4, 1)))
	}
	into := tensor.Zeros64(2, 4, 70, 5)
	tensor.AttentionWeightsTo(into, placed(tensor.Float64, q), placed(tensor.Float64, k), o)
	sameValues(t, tensor.AttentionWeights(placed(tensor.Float64, q), placed(tensor.Float64, k), o), into)
	y := tensor.Zeros64(2, 4, 70, 4)
	tensor.ScaledDotProductAttentionTo(y, placed(tensor.Float64, q), placed(tensor.Float64, k), placed(tensor.Float64, v), o)
	sameValues(t, tensor.ScaledDotProductAttention(placed(tensor.Float64, q), placed(tensor.Float64, k), placed(tensor.Float64, v), o), y)
}
