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
	Queries, Keys int  // rows of Q and Y; of K and V
	Width, Values int  // columns of Q and K; of V and Y
	Causal        bool // query i sees keys 0 … i

	Q, K, V, Y     Heads[T]
	DY, DQ, DK, DV Heads[T] // the gradients
}

// queryTile is the number of queries whose scores are in memory at a time: a
// matrix [queryTile Keys] for each goroutine. The backward pass computes the
// scores again. This is one of its five products. It saves a matrix [Queries
// Keys] for each head, which would have to be written to memory and read back.
const queryTile = 64

// An attending is the task that computes an Attention, one part for each head.
type attending[T Float] struct {
	Attention[T]
	grad bool
}

var attendings work.Tasks[attending[float32], attending[float64]]

// Attend is, for each head,
//
//	Y = P V, P = softmax(Q Kᵀ / √Width), row by row
func Attend[T Float](a Attention[T]) { attend(a, false) }

// AttendGrad is the gradient of [Attend]:
//
//	DV = Pᵀ DY
//	DS = P (DY Vᵀ − Σ P DY Vᵀ) / √Width, with the sum over each row
//	DQ, DK = DS K, DSᵀ Q
func AttendGrad[T Float](a Attention[T]) { attend(a, true) }

func attend[T Float](a Attention[T], grad bool) {
	n := a.Batch * a.Heads
	enough := n*a.Queries*a.Keys*(a.Width+a.Values) >= parallelProduct
	work.Do(&attendings, enough, n, attending[T]{a, grad})
}

func (t *attending[T]) Do(part int) {
	b, h := part/t.Heads, part%t.Heads
	buf, lent := work.Borrow[T](2 * min(queryTile, t.Queries) * t.Keys)
	if t.grad {
		t.backward(buf, b, h)
	} else {
		t.forward(buf, b, h)
	}
	work.Return(lent)
}

func (t *attending[T]) forward(buf []T, b, h int) {
	for i := 0; i < t.Queries; i += queryTile {
		m := min(queryTile, t.Queries-i)
		y := t.Y.matrix(b, h, i)
		p, n := t.weights(buf, b, h, i, m)
		MatMul(y.Data, y.Row, Matrix[T]{Data: p, Row: n, Col: 1}, t.V.matrix(b, h, 0), m, t.Values, n, Epilogue[T]{})
	}
}

func (t *attending[T]) backward(buf []T, b, h int) {
	k, v, dk, dv := t.K.matrix(b, h, 0), t.V.matrix(b, h, 0), t.DK.matrix(b, h, 0), t.DV.matrix(b, h, 0)
	for i := range t.Keys {
		clear(dk.Data[i*dk.Row:][:t.Width])
		clear(dv.Data[i*dv.Row:][:t.Values])
	}
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
		MulScalar(ds, ds, t.scale())
		MatMul(dq.Data, dq.Row, Matrix[T]{Data: ds, Row: n, Col: 1}, k, m, t.Width, n, Epilogue[T]{})
		MatMul(dk.Data, dk.Row, Matrix[T]{Data: ds, Row: 1, Col: n}, q, n, t.Width, m, Epilogue[T]{Accumulate: true})
	}
}

// weights computes P for m queries, beginning with query i, and the n keys that
// they see.
func (t *attending[T]) weights(buf []T, b, h, i, m int) (p []T, n int) {
	n = t.Keys
	if t.Causal {
		n = min(n, i+m)
	}
	p = buf[:m*n]
	MatMul(p, n, t.Q.matrix(b, h, i), t.K.matrix(b, h, 0).transposed(), m, n, t.Width, Epilogue[T]{})
	MulScalar(p, p, t.scale())
	for r := range m {
		row, seen := p[r*n:][:n], n
		if t.Causal {
			seen = min(n, i+r+1)
		}
		if seen > 0 {
			Softmax(row[:seen], row[:seen])
		}
		clear(row[seen:])
	}
	return p, n
}

func (t *attending[T]) scale() T { return T(1 / math.Sqrt(float64(t.Width))) }
