package kernel_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/internal/kernel"
	"github.com/descent-ml/descent/internal/kernel/asm"
)

// outputs are guarded slices that a kernel writes to.
type outputs[T kernel.Float] []guarded[T]

func (o *outputs[T]) add(n int) []T {
	g := guardedSlice[T](n, len(*o)%4)
	*o = append(*o, g)
	return g.s
}

// matches checks that a kernel writes only its outputs, and that they are those of
// the portable kernel in float64, up to rounding.
func matches[T kernel.Float](t *testing.T, what string, got outputs[T], want outputs[float64]) {
	t.Helper()
	tolerance := 1000 * eps[T]()
	for i, g := range got {
		g.intact(t, what)
		for k, v := range want[i].s {
			if !(math.Abs(float64(g.s[k])-v) <= tolerance) {
				require.FailNow(t, "wrong result", "%s (%T): output %d, element %d: want %v, got %v", what, g.s[k], i, k, v, g.s[k])
			}
		}
	}
}

// portable returns the result of f without assembly.
func portable(f func() outputs[float64]) outputs[float64] {
	defer kernel.Force(asm.Generic)()
	return f()
}

func recurrences[T kernel.Float](batch, hidden int, reverse, state, bias, lengths bool) outputs[T] {
	const steps, in = 3, 5
	src := newSource(21)
	var out outputs[T]
	for _, gates := range []int{4, 3, 1} {
		n, rows := steps*batch*hidden, gates*hidden
		bound := 1.0
		if gates == 1 { // with ReLU, states grow
			bound = 0.1
		}
		draw := func(n int) []T { return random[T](src, n, -bound, bound) }
		r := kernel.Recurrence[T]{Steps: steps, Batch: batch, In: in, Hidden: hidden, Reverse: reverse, W: draw(rows * hidden), Bias: draw(rows)}
		r.X, r.WX, r.BX = draw(steps*batch*in), draw(rows*in), draw(rows)
		if !bias {
			r.BX, r.Bias = nil, nil
		}
		if lengths {
			r.ReLU = true
			for i := range batch {
				r.Lengths = append(r.Lengths, 1+i*i%steps)
			}
		}
		h0, c0 := draw(batch*hidden), draw(batch*hidden)
		r.Gates, r.H, r.Cell, r.Tanh = out.add(gates*n), out.add(n), out.add(n), out.add(n)
		clear(r.Tanh) // which the steps beyond a length leave as it is
		if gates == 1 {
			r.Gates = r.H
		}
		dh, dc := draw(n), draw(batch*hidden)
		if state {
			r.H0, r.C0 = h0, c0
		}
		forward, backward := kernel.LSTM[T], kernel.LSTMGrad[T]
		if gates == 3 {
			forward, backward = kernel.GRU[T], kernel.GRUGrad[T]
		}
		if gates == 1 {
			forward, backward = kernel.RNN[T], kernel.RNNGrad[T]
		}
		forward(r)
		r.DH, r.DC, r.DGates, r.DBias = dh, dc, out.add(gates*n), out.add(rows)
		if gates == 3 {
			r.DHidden, r.DBiasH = out.add(gates*n), out.add(rows)
		}
		if state {
			r.DH0, r.DC0 = out.add(batch*hidden), out.add(batch*hidden)
		}
		backward(r)
	}
	return out
}

func TestRecurrences(t *testing.T) {
	eachLevel(t, func(t *testing.T) {
		for _, size := range [][2]int{{0, 1}, {1, 7}, {16, 37}, {35, 7}, {9, 190}} {
			for _, reverse := range []bool{false, true} {
				for _, state := range []bool{false, true} {
					bias := reverse || !state
					for _, lengths := range []bool{false, true} {
						want := portable(func() outputs[float64] { return recurrences[float64](size[0], size[1], reverse, state, bias, lengths) })
						matches(t, "recurrence", recurrences[float32](size[0], size[1], reverse, state, bias, lengths), want)
						matches(t, "recurrence", recurrences[float64](size[0], size[1], reverse, state, bias, lengths), want)
					}
				}
			}
		}
	})
}

// attentions computes attention; group heads share their keys and values, and
// where there are several, a mask is added.
func attentions[T kernel.Float](queries, keys, group int, causal bool) outputs[T] {
	const width, values = 5, 3
	shared, heads := 2, 2*group
	src := newSource(22)
	var out outputs[T]
	draw := func(heads, n, width int) kernel.Heads[T] {
		return kernel.Heads[T]{Data: random[T](src, heads*n*width, -1, 1), Head: n * width, Row: width, Col: 1}
	}
	into := func(heads, n, width int) kernel.Heads[T] {
		return kernel.Heads[T]{Data: out.add(heads * n * width), Head: width, Row: heads * width, Col: 1}
	}
	a := kernel.Attention[T]{Batch: 1, Heads: heads, Group: group, Queries: queries, Keys: keys, Width: width, Values: values, Causal: causal}
	a.Q, a.K, a.V, a.DY = draw(heads, queries, width), draw(shared, keys, width), draw(shared, keys, values), draw(heads, queries, values)
	if group > 1 {
		a.First, a.Scale, a.Mask = 3, 0.7, draw(heads, queries, keys)
	}
	a.Y, a.DQ, a.DK, a.DV = into(heads, queries, values), into(heads, queries, width), into(shared, keys, width), into(shared, keys, values)
	kernel.Attend(a)
	kernel.AttendGrad(a)
	a.Y = into(heads, queries, keys)
	kernel.AttentionWeights(a)
	return out
}

func TestAttention(t *testing.T) {
	eachLevel(t, func(t *testing.T) {
		for _, queries := range []int{0, 1, 64, 65, 130} {
			for _, keys := range []int{0, 1, 63, 65, 140} {
				for _, causal := range []bool{false, true} {
					for _, group := range []int{1, 3} {
						want := portable(func() outputs[float64] { return attentions[float64](queries, keys, group, causal) })
						matches(t, "attention", attentions[float32](queries, keys, group, causal), want)
						matches(t, "attention", attentions[float64](queries, keys, group, causal), want)
					}
				}
			}
		}
	})
}
