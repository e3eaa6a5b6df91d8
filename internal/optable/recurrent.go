package optable

import (
	"fmt"
	"math"
	"slices"

	"github.com/descent-ml/descent/autograd"
)

func logistic(x float64) float64 { return 1 / (1 + math.Exp(-x)) }

// The first of a.ints is 1 in reverse, the second 1 without the bias of the input,
// the third 1 without that of the hidden state, and the fourth 1 with ReLU. a.index
// are the lengths.
func is1(a attrs, i int) bool { return len(a.ints) > i && a.ints[i] == 1 }

// placed puts the operands after the weights in their places: the biases that
// are given and, if there are more, the initial state.
func placed[T any](a attrs, x []T) (bih, bhh, h0, c0 T) {
	for i, to := range []*T{&bih, &bhh, &h0, &c0} {
		if i < 2 && is1(a, i+1) || len(x) == 0 {
			continue
		}
		*to, x = x[0], x[1:]
	}
	return
}

// recurrence puts all operands in their places.
func recurrence(a attrs, x []Var) autograd.Recurrence {
	p := autograd.Recurrence{WeightIH: x[1], WeightHH: x[2], Reverse: is1(a, 0), ReLU: is1(a, 3), Lengths: a.index}
	p.BiasIH, p.BiasHH, p.H0, p.C0 = placed(a, x[3:])
	return p
}

// affineRow returns row b of x wᵀ + bias. An empty bias is none.
func affineRow(x, w, bias array, b int) []float64 {
	out := make([]float64, w.shape[0])
	for i := range out {
		if len(bias.v) > 0 {
			out[i] = bias.at(i)
		}
		for k := range w.shape[1] {
			out[i] += x.at(b, k) * w.at(i, k)
		}
	}
	return out
}

// unrolled runs a cell over a sequence: cell maps the products of the input and
// of the hidden state, and the state, to the next state. It returns the hidden
// states of all steps, and the last state.
func unrolled(a attrs, x []array, cell func(a, b []float64, h, c *float64, k, hidden int)) (y, h, c array) {
	length, batch, hidden := x[0].shape[0], x[0].shape[1], x[2].shape[1]
	zero := func([]int) float64 { return 0 }
	h, c, y = fill([]int{batch, hidden}, zero), fill([]int{batch, hidden}, zero), fill([]int{length, batch, hidden}, zero)
	bih, bhh, h0, c0 := placed(a, x[3:])
	copy(h.v, h0.v)
	copy(c.v, c0.v)
	for s := range length {
		t := s
		if is1(a, 0) {
			t = length - 1 - s
		}
		in := array{x[0].shape[1:], x[0].v[t*batch*x[0].shape[2]:]}
		for b := range batch {
			if len(a.index) > 0 && t >= a.index[b] {
				continue
			}
			ih, hh := affineRow(in, x[1], bih, b), affineRow(h, x[2], bhh, b)
			for k := range hidden {
				cell(ih, hh, &h.v[b*hidden+k], &c.v[b*hidden+k], k, hidden)
			}
			copy(y.v[(t*batch+b)*hidden:][:hidden], h.v[b*hidden:])
		}
	}
	return y, h, c
}

func lstmCell(a, b []float64, h, c *float64, k, n int) {
	i, f, g, o := logistic(a[k]+b[k]), logistic(a[n+k]+b[n+k]), math.Tanh(a[2*n+k]+b[2*n+k]), logistic(a[3*n+k]+b[3*n+k])
	*c = f**c + i*g
	*h = o * math.Tanh(*c)
}

func gruCell(a, b []float64, h, _ *float64, k, n int) {
	r, z := logistic(a[k]+b[k]), logistic(a[n+k]+b[n+k])
	*h = (1-z)*math.Tanh(a[2*n+k]+r*b[2*n+k]) + z**h
}

func rnnCell(a, b []float64, h, _ *float64, k, _ int)  { *h = math.Tanh(a[k] + b[k]) }
func reluCell(a, b []float64, h, _ *float64, k, _ int) { *h = max(0, a[k]+b[k]) }

// joined returns arrays one behind the other, along the first axis.
func joined(first array, rest ...array) array {
	y := array{slices.Clone(first.shape), slices.Clone(first.v)}
	for _, r := range rest {
		y.shape[0]++
		y.v = append(y.v, r.v...)
	}
	return y
}

// recurrentOperands returns operands of a layer with so many gates.
func recurrentOperands(gates, length, batch, in, hidden, states int) []operand {
	list := []operand{of(length, batch, in), of(gates*hidden, in), of(gates*hidden, hidden), of(gates * hidden), of(gates * hidden)}
	return append(list, slices.Repeat([]operand{of(batch, hidden)}, states)...)
}

// withoutBiases drops both biases of recurrentOperands, and withoutBias one.
func withoutBiases(in []operand) []operand { return slices.Delete(in, 3, 5) }
func withoutBias(in []operand) []operand   { return slices.Delete(in, 3, 4) }

// long returns the sample with lengths.
func (s sample) long(lengths ...int) sample {
	s.attrs = s.at([]int{len(lengths)}, lengths...)
	return s
}

func recurrentRows() []row {
	samples := func(gates, states int) []sample {
		strided := []operand{turn(2, 2, 3), turn(gates*2, 3), step(gates*2, 2), step(gates * 2), step(gates * 2)}
		return []sample{
			on(recurrentOperands(gates, 3, 2, 3, 2, 0)...), on(recurrentOperands(gates, 3, 2, 3, 2, states)...),
			ints(1).on(recurrentOperands(gates, 3, 2, 2, 2, 0)...), ints(1).on(recurrentOperands(gates, 3, 2, 2, 2, states)...),
			on(recurrentOperands(gates, 1, 1, 1, 1, 0)...), ints(1).on(recurrentOperands(gates, 1, 1, 2, 1, states)...),
			on(recurrentOperands(gates, 2, 0, 2, 1, states)...), on(recurrentOperands(gates, 2, 18, 1, 1, states)...),
			on(append(strided, slices.Repeat([]operand{turn(2, 2)}, states)...)...),
			ints(0, 1, 1).on(withoutBiases(recurrentOperands(gates, 3, 2, 3, 2, 0))...), ints(0, 1, 1).on(withoutBiases(recurrentOperands(gates, 2, 2, 2, 2, states))...),
			ints(1, 1, 1).on(withoutBiases(recurrentOperands(gates, 3, 2, 2, 1, 0))...), ints(1, 1, 1).on(withoutBiases(recurrentOperands(gates, 2, 1, 2, 2, states))...),
			ints(0, 1, 1).on(withoutBiases(recurrentOperands(gates, 2, 18, 1, 1, states))...),
			on(recurrentOperands(gates, 4, 3, 2, 2, states)...).long(4, 1, 2), ints(1).on(recurrentOperands(gates, 4, 3, 2, 2, states)...).long(1, 3, 4),
			ints(1).on(recurrentOperands(gates, 3, 2, 1, 2, 0)...).long(2, 1), on(recurrentOperands(gates, 3, 18, 1, 1, 0)...).long(slices.Repeat([]int{3, 1}, 9)...),
			ints(0, 1, 0).on(withoutBias(recurrentOperands(gates, 2, 1, 2, 2, states))...), ints(0, 0, 1).on(withoutBias(recurrentOperands(gates, 2, 1, 2, 2, states))...),
		}
	}
	errors := func(op string, n int) []misuse {
		gates, size := fmt.Sprint(n), fmt.Sprint(2*n)
		h := recurrentOperands(n, 3, 2, 4, 2, 0)
		with := func(i int, shape ...int) sample {
			in := slices.Clone(h)
			in[i] = of(shape...)
			return on(in...)
		}
		return []misuse{
			{op + " [2 4] × [" + size + " 4] × [" + size + " 2]: want a sequence [length batch in] and weights [gates in] and [gates hidden]", with(0, 2, 4)},
			{op + " [0 2 4]: the sequence has no step", with(0, 0, 2, 4)},
			{op + " [3 2 5] × [" + size + " 4]: the input has 5 features, its weight 4 columns", with(0, 3, 2, 5)},
			{op + " [" + size + " 4] × [5 2]: want " + gates + " gates: weights with " + gates + " times as many rows as the hidden state has features", with(2, 5, 2)},
			{op + " [" + size + " 4] × [5]: want biases as long as the weights have rows", with(4, 5)},
			{op + " [3 2 4] × [2 3]: want an initial state [2 2]", on(append(slices.Clone(h), slices.Repeat([]operand{of(2, 3)}, max(1, n-2))...)...)},
			{op + " [3 2 4]: there are 1 lengths for 2 examples", on(h...).long(3)},
			{op + " [3 2 4]: Lengths[1] is 4; want 1 to 3", on(h...).long(3, 4)},
			{op + " [3 2 4]: Lengths[0] is 0; want 1 to 3", on(h...).long(0, 3)},
		}
	}
	return []row{
		{
			name: "LSTM",
			run: func(a attrs, x []Var) Var {
				y, h, c := x[0].LSTM(recurrence(a, x))
				return autograd.Concat(0, y, h.Unsqueeze(0), c.Unsqueeze(0))
			},
			want: func(a attrs, x []array) array {
				y, h, c := unrolled(a, x, lstmCell)
				return joined(y, h, c)
			},
			samples: samples(4, 2), errors: errors("lstm", 4), lo: -1, hi: 1,
		},
		{
			name: "GRU",
			run: func(a attrs, x []Var) Var {
				y, h := x[0].GRU(recurrence(a, x))
				return autograd.Concat(0, y, h.Unsqueeze(0))
			},
			want: func(a attrs, x []array) array {
				y, h, _ := unrolled(a, x, gruCell)
				return joined(y, h)
			},
			samples: samples(3, 1), errors: errors("gru", 3), lo: -1, hi: 1,
		},
		{
			name: "RNN",
			run: func(a attrs, x []Var) Var {
				y, h := x[0].RNN(recurrence(a, x))
				return autograd.Concat(0, y, h.Unsqueeze(0))
			},
			want: func(a attrs, x []array) array {
				cell := rnnCell
				if is1(a, 3) {
					cell = reluCell
				}
				y, h, _ := unrolled(a, x, cell)
				return joined(y, h)
			},
			samples: append(samples(1, 1), ints(0, 0, 0, 1).on(recurrentOperands(1, 4, 3, 2, 2, 1)...), ints(1, 0, 0, 1).on(recurrentOperands(1, 4, 3, 2, 2, 1)...).long(1, 3, 4)),
			errors:  errors("rnn", 1), lo: -1, hi: 1, tol32: 2e-5, // 1 − h² of states near 1
		},
	}
}
