package kernel

import (
	"math"

	"github.com/descent-ml/descent/internal/kernel/work"
)

// Heads are the rows of an operand of attention: element (t, j) of head h of
// batch b is Data[b*Batch + h*Head + t*Row + j*Col].
type Heads[T Float] struct {
	Data                  []T
	Batch, Head, Row, Col int
}

// matrix returns the rows of one head from the given one on.
func (h *Heads[T]) matrix(batch, head, row int) Matrix[T] {
	return Matrix[T]{Data: h.Data[min(batch*h.Batch+head*h.Head+row*h.Row, len(h.Data)):], Row: h.Row, Col: h.Col}
}

// An Attention holds the operands and results of scaled dot-product attention.
// Within a row of Y, DQ, DK or DV the elements are contiguous.
type Attention[T Float] struct {
	Batch, Heads  int
	Group         int     // how many heads of Q and Y share one of K and V; 0 stands for 1
	Queries, Keys int     // rows of Q and Y; of K and V
	Width, Values int     // columns of Q and K; of V and Y
	Causal        bool    // query i sees keys 0 … First+i
	First         int     // the place of the first query among the keys
	Scale         float64 // of the scores; 0 stands for 1/√Width

	Q, K, V, Y     Heads[T]
	Mask           Heads[T] // [Queries Keys], added to the scores; without Data for none
	DY, DQ, DK, DV Heads[T] // the gradients
}

// queryTile is the number of queries whose scores are in memory at a time: a
// matrix [queryTile Keys] for each goroutine. The backward pass computes the
// scores again. This is one of its five products. It saves a matrix [Queries
// Keys] for each head, which would have to be written to memory and read back.
const queryTile = 64

// An attentionPass says what is computed of an Attention.
type attentionPass byte

const (
	attentionForward attentionPass = iota
	attentionBackward
	attentionWeights
)

// An attending is the task that computes an Attention, one part for each head. In
// the backward pass that is a head of K and V, and the group of heads of Q that
// share it.
type attending[T Float] struct {
	Attention[T]
	pass attentionPass
}

var attendings work.Tasks[attending[float32], attending[float64]]

// Attend is, for each head,
//
//	Y = P V, P = softmax(Scale Q Kᵀ + Mask), row by row
func Attend[T Float](a Attention[T]) { attend(a, attentionForward) }

// AttendGrad is the gradient of [Attend]:
//
//	DV = Pᵀ DY
//	DS = Scale P (DY Vᵀ − Σ P DY Vᵀ), with the sum over each row
//	DQ, DK = DS K, DSᵀ Q
func AttendGrad[T Float](a Attention[T]) { attend(a, attentionBackward) }

// AttentionWeights writes P of [Attend] into Y, whose rows have Keys elements.
func AttentionWeights[T Float](a Attention[T]) { attend(a, attentionWeights) }

func attend[T Float](a Attention[T], pass attentionPass) {
	a.Group = max(1, a.Group)
	if a.Scale == 0 {
		a.Scale = 1 / math.Sqrt(float64(a.Width))
	}
	n := a.Batch * a.Heads
	enough := n*a.Queries*a.Keys*(a.Width+a.Values) >= parallelProduct
	if pass == attentionBackward {
		n /= a.Group
	}
	work.Do(&attendings, enough, n, attending[T]{a, pass})
}

func (t *attending[T]) Do(part int) {
	buf, lent := work.Borrow[T](2 * min(queryTile, t.Queries) * t.Keys)
	switch t.pass {
	case attentionForward:
		t.forward(buf, part/t.Heads, part%t.Heads)
	case attentionBackward:
		shared := t.Heads / t.Group
		t.backward(buf, part/shared, part%shared)
	case attentionWeights:
		t.keepWeights(buf, part/t.Heads, part%t.Heads)
	}
	work.Return(lent)
}

func (t *attending[T]) forward(buf []T, b, h int) {
	for i := 0; i < t.Queries; i += queryTile {
		m := min(queryTile, t.Queries-i)
		y := t.Y.matrix(b, h, i)
		p, n := t.weights(buf, b, h, i, m)
		MatMul(y.Data, y.Row, Matrix[T]{Data: p, Row: n, Col: 1}, t.V.matrix(b, h/t.Group, 0), m, t.Values, n, Epilogue[T]{})
	}
}

func (t *attending[T]) keepWeights(buf []T, b, h int) {
	for i := 0; i < t.Queries; i += queryTile {
		m := min(queryTile, t.Queries-i)
		y := t.Y.matrix(b, h, i)
		p, n := t.weights(buf, b, h, i, m)
		for r := range m {
			row := y.Data[r*y.Row:][:t.Keys]
			copy(row, p[r*n:][:n])
			clear(row[n:])
		}
	}
}

// backward computes the gradients of head g of K and V, and of the heads of Q
// that share it.
func (t *attending[T]) backward(buf []T, b, g int) {
	k, v, dk, dv := t.K.matrix(b, g, 0), t.V.matrix(b, g, 0), t.DK.matrix(b, g, 0), t.DV.matrix(b, g, 0)
	for i := range t.Keys {
		clear(dk.Data[i*dk.Row:][:t.Width])
		clear(dv.Data[i*dv.Row:][:t.Values])
	}
	scale := T(t.Scale)
	for h := g * t.Group; h < (g+1)*t.Group; h++ {
		for i := 0; i < t.Queries; i += queryTile {
			m := min(queryTile, t.Queries-i)
			q, dq, dy := t.Q.matrix(b, h, i), t.DQ.matrix(b, h, i), t.DY.matrix(b, h, i)
			p, n := t.weights(buf, b, h, i, m)
			ds := buf[m*n:][:m*n]
			MatMul(ds, n, dy, v.transposed(), m, n, t.Values, Epilogue[T]{})
			MatMul(dv.Data, dv.Row, Matrix[T]{Data: p, Row: 1, Col: n}, dy, n, t.Values, m, Epilogue[T]{Accumulate: true})
			for r := range m {
				SoftmaxGrad(ds[r*n:][:n], p[r*n:], ds[r*n:])
			}
			MulScalar(ds, ds, scale)
			MatMul(dq.Data, dq.Row, Matrix[T]{Data: ds, Row: n, Col: 1}, k, m, t.Width, n, Epilogue[T]{})
			MatMul(dk.Data, dk.Row, Matrix[T]{Data: ds, Row: 1, Col: n}, q, n, t.Width, m, Epilogue[T]{Accumulate: true})
		}
	}
}

// weights computes P for m queries, beginning with query i, and the n keys that
// they see.
func (t *attending[T]) weights(buf []T, b, h, i, m int) (p []T, n int) {
	n = t.Keys
	if t.Causal {
		n = min(n, t.First+i+m)
	}
	p = buf[:m*n]
	MatMul(p, n, t.Q.matrix(b, h, i), t.K.matrix(b, h/t.Group, 0).transposed(), m, n, t.Width, Epilogue[T]{})
	MulScalar(p, p, T(t.Scale))
	for r := range m {
		row, seen := p[r*n:][:n], n
		if t.Causal {
			seen = min(n, t.First+i+r+1)
		}
		clear(row[seen:])
		switch row = row[:seen]; {
		case seen == 0:
		case t.Mask.Data == nil:
			Softmax(row, row)
		case t.Mask.hide(row, b, h, i+r):
			clear(row)
		default:
			Softmax(row, row)
		}
	}
	return p, n
}

// hide adds row i of a mask to the scores of a query. It reports whether they are
// all −∞ then: the query sees no key.
func (h *Heads[T]) hide(scores []T, batch, head, i int) bool {
	mask := h.Data[batch*h.Batch+head*h.Head+i*h.Row:]
	switch h.Col {
	case 0:
		AddScalar(scores, scores, mask[0])
	case 1:
		Add(scores, scores, mask)
	default:
		for j := range scores {
			scores[j] += mask[j*h.Col]
		}
	}
	for _, s := range scores {
		if !math.IsInf(float64(s), -1) {
			return false
		}
	}
	return true
}
