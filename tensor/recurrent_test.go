package tensor_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/tensor"
)

// An LSTM over 5 steps of 2 sequences. The result holds the hidden states and,
// at the end, the last cell state.
func ExampleRecurrence() {
	p := tensor.Recurrence{WeightIH: tensor.Ones(16, 3), WeightHH: tensor.Ones(16, 4), BiasIH: tensor.Zeros(16), BiasHH: tensor.Zeros(16)}
	y, gates, cells := tensor.Zeros(6, 2, 4), tensor.Zeros(5, 2, 16), tensor.Zeros(2, 5, 2, 4)
	tensor.LSTMTo(y, gates, cells, tensor.Ones(5, 2, 3), &p)
	fmt.Printf("%.3f\n", y.Slice(1, 0, 1, 1).Slice(2, 0, 1, 1).Reshape(6))
	// Output:
	// tensor[6] float32 [0.704 0.957 0.993 0.998 0.999 4.931]
}

// A net is a recurrent layer with operands to try it on.
type net struct {
	x *tensor.Tensor
	p tensor.Recurrence
}

// newNet returns a layer with the given number of gates. It makes the operands
// by in.
func newNet(in func(shape ...int) *tensor.Tensor, gates, length, batch, width, hidden int) net {
	rows := gates * hidden
	n := net{in(length, batch, width), tensor.Recurrence{WeightIH: in(rows, width), WeightHH: in(rows, hidden), BiasIH: in(rows), BiasHH: in(rows), H0: in(batch, hidden)}}
	if gates == 4 {
		n.p.C0 = in(batch, hidden)
	}
	return n
}

func (n *net) zeros(shape ...int) *tensor.Tensor { return tensor.ZerosOf(n.x.DType(), shape...) }

// lstm returns a call that computes an LSTM and its gradients, and the
// tensors that it writes to, the result first.
func (n *net) lstm() (func(), []*tensor.Tensor) {
	length, batch, hidden := n.x.Dim(0), n.x.Dim(1), n.p.WeightHH.Dim(1)
	y, gates, cells := n.zeros(length+1, batch, hidden), n.zeros(length, batch, 4*hidden), n.zeros(2, length, batch, hidden)
	da, db, dh, dc := n.zeros(length, batch, 4*hidden), n.zeros(4*hidden), n.zeros(batch, hidden), n.zeros(batch, hidden)
	return func() {
		tensor.LSTMTo(y, gates, cells, n.x, &n.p)
		da.AsGrad().LSTM(db, dh, dc, y, gates, cells, n.x, &n.p)
	}, []*tensor.Tensor{y, gates, cells, da, db, dh, dc}
}

// gru is lstm for a GRU.
func (n *net) gru() (func(), []*tensor.Tensor) {
	length, batch, hidden := n.x.Dim(0), n.x.Dim(1), n.p.WeightHH.Dim(1)
	y, gates, inner := n.zeros(length, batch, hidden), n.zeros(length, batch, 3*hidden), n.zeros(length, batch, hidden)
	da, db, dh := n.zeros(2, length, batch, 3*hidden), n.zeros(2, 3*hidden), n.zeros(batch, hidden)
	return func() {
		tensor.GRUTo(y, gates, inner, n.x, &n.p)
		da.AsGrad().GRU(db, dh, y, y, gates, inner, n.x, &n.p)
	}, []*tensor.Tensor{y, gates, inner, da, db, dh}
}

// rnn is lstm for a plain layer.
func (n *net) rnn() (func(), []*tensor.Tensor) {
	length, batch, hidden := n.x.Dim(0), n.x.Dim(1), n.p.WeightHH.Dim(1)
	y, none := n.zeros(length, batch, hidden), n.zeros(0)
	da, db, dh := n.zeros(length, batch, hidden), n.zeros(hidden), n.zeros(batch, hidden)
	return func() {
		tensor.RNNTo(y, n.x, &n.p)
		da.AsGrad().RNN(db, dh, y, y, n.x, &n.p)
	}, []*tensor.Tensor{y, none, none, da, db, dh}
}

// recur runs an LSTM, GRU or RNN and returns what it wrote.
func (n *net) recur(gates int) []*tensor.Tensor {
	call, out := n.gru()
	switch gates {
	case 4:
		call, out = n.lstm()
	case 1:
		call, out = n.rnn()
	}
	call()
	return out
}

func sameValues(t *testing.T, want, got *tensor.Tensor) {
	t.Helper()
	require.InDeltaSlice(t, tensor.Values(want), tensor.Values(got), 1e-12)
}

// Examples of a batch do not depend on one another, however many there are.
func TestRecurrenceOfEachExample(t *testing.T) {
	src := newSource(40)
	for _, gates := range []int{1, 3, 4} {
		whole := newNet(func(shape ...int) *tensor.Tensor { return placed(tensor.Float64, src.grid(-1, 1, shape...)) }, gates, 4, 35, 3, 5)
		want := whole.recur(gates)
		db := tensor.ZerosLike(want[4])
		for i := range 35 {
			part := whole
			one := func(x *tensor.Tensor, axis int) *tensor.Tensor { return x.Slice(axis, i, i+1, 1) }
			part.x, part.p.H0 = one(whole.x, 1), one(whole.p.H0, 0)
			if gates == 4 {
				part.p.C0 = one(whole.p.C0, 0)
			}
			got := part.recur(gates)
			sameValues(t, one(want[0], 1), got[0])
			sameValues(t, one(want[3], -2), got[3])
			sameValues(t, one(want[5], 0), got[5])
			tensor.AddTo(db, db, got[4])
		}
		sameValues(t, want[4], db)
	}
}

// In reverse a layer computes what it computes of the reversed sequence.
func TestRecurrenceReversed(t *testing.T) {
	src := newSource(41)
	for _, gates := range []int{1, 3, 4} {
		n := newNet(func(shape ...int) *tensor.Tensor { return placed(tensor.Float64, src.grid(-1, 1, shape...)) }, gates, 4, 2, 3, 2)
		want := n.recur(gates)[0].Slice(0, 0, 4, 1)
		n.x, n.p.Reverse = tensor.Flip(n.x, 0), true
		sameValues(t, tensor.Flip(want, 0), n.recur(gates)[0].Slice(0, 0, 4, 1))
	}
}

// An example that is shorter than the sequence has the states of the sequence that
// ends at its length, and keeps the last one.
func TestRecurrenceLengths(t *testing.T) {
	src := newSource(45)
	for _, gates := range []int{1, 3, 4} {
		for _, reverse := range []bool{false, true} {
			whole := newNet(func(shape ...int) *tensor.Tensor { return placed(tensor.Float64, src.grid(-1, 1, shape...)) }, gates, 5, 3, 2, 4)
			whole.p.Lengths, whole.p.Reverse, whole.p.ReLU = []int{2, 5, 1}, reverse, reverse
			y := whole.recur(gates)[0]
			for i, n := range whole.p.Lengths {
				part := whole
				one := func(x *tensor.Tensor, axis int) *tensor.Tensor { return x.Slice(axis, i, i+1, 1) }
				part.x, part.p.H0, part.p.Lengths = one(whole.x, 1).Slice(0, 0, n, 1), one(whole.p.H0, 0), nil
				if gates == 4 {
					part.p.C0 = one(whole.p.C0, 0)
				}
				want := part.recur(gates)[0]
				sameValues(t, want.Slice(0, 0, n, 1), one(y, 1).Slice(0, 0, n, 1))
				if gates == 4 {
					sameValues(t, want.Slice(0, n, n+1, 1), one(y, 1).Slice(0, 5, 6, 1))
				}
				kept := want.Slice(0, n-1, n, 1).Reshape(1, 4)
				if reverse {
					kept = part.p.H0
				}
				for step := n; step < 5; step++ {
					sameValues(t, kept, one(y, 1).Slice(0, step, step+1, 1).Reshape(1, 4))
				}
			}
		}
	}
}
