package main

// The cell of an LSTM, computed from the sums that go into its gates, and its
// gradient. Gate g is called cand here, because g is the name of a register in the
// Go assembler.
var recurrences = []*loop{
	{name: "lstmCell", doc: "lstmCell.", out: []string{"i", "f", "cand", "o", "c", "tanhC", "h"}, in: []string{"i", "f", "cand", "o", "last"},
		body: func(t assembler, x, _ []vec, _ gatherer) []vec {
			i, g := sigmoid(t, x[0]), tanh(t, x[2])
			f := sigmoid(t, x[1])
			c := t.mulAdd(f, x[4], t.times(i, g))
			o, tc := sigmoid(t, x[3]), tanh(t, c)
			return []vec{i, f, g, o, c, tc, t.times(o, tc)}
		}},
	{name: "lstmCellGrad", doc: "lstmCellGrad.", out: []string{"di", "df", "dg", "do", "dc"}, in: []string{"i", "f", "cand", "o", "last", "tanhC", "dh", "dc"}, double: true,
		body: func(t assembler, x, _ []vec, _ gatherer) []vec {
			i, f, g, o, last, tc, dh := x[0], x[1], x[2], x[3], x[4], x[5], x[6]
			one := t.konst(1)
			slope := func(y, dy vec) vec { return t.times(t.times(dy, y), t.minus(one, y)) } // of a sigmoid
			dc := t.mulAdd(t.times(dh, o), t.negMulAdd(tc, tc, one), x[7])
			do := slope(o, t.times(dh, tc))
			di, df := slope(i, t.times(dc, g)), slope(f, t.times(dc, last))
			dg := t.times(t.times(dc, i), t.negMulAdd(g, g, one))
			return []vec{di, df, dg, do, t.times(dc, f)}
		}},
}
