package main

var softmaxes = []*loop{
	{name: "expSum", doc: "dst[i] = exp(a[i] − c) and the sum of these, for c ≥ a[i].", out: []string{"dst"}, in: []string{"a"}, numbers: []string{"c"},
		folds: []fold{{name: "s"}}, unroll: 4,
		body: func(t assembler, x, c []vec, gather gatherer) []vec {
			y := expNegative(t, t.minus(x[0], c[0]))
			gather(0, y)
			return []vec{y}
		}},
	{name: "sumExp", doc: "the sum of exp(a[i] − c), for c ≥ a[i].", in: []string{"a"}, numbers: []string{"c"}, folds: []fold{{name: "s"}}, unroll: 4,
		body: func(t assembler, x, c []vec, gather gatherer) []vec {
			gather(0, expNegative(t, t.minus(x[0], c[0])))
			return nil
		}},
	{name: "subtractTwice", doc: "dst[i] = a[i] − c − d.", out: []string{"dst"}, in: []string{"a"}, numbers: []string{"c", "d"}, double: true, unroll: 4,
		body: func(t assembler, x, c []vec, _ gatherer) []vec { return []vec{t.minus(t.minus(x[0], c[0]), c[1])} }},
	{name: "softmaxGrad", doc: "dst[i] = y[i] (dy[i] − c).", out: []string{"dst"}, in: []string{"y", "dy"}, numbers: []string{"c"}, double: true, unroll: 4,
		body: func(t assembler, x, c []vec, _ gatherer) []vec { return []vec{t.times(x[0], t.minus(x[1], c[0]))} }},
	{name: "logSoftmaxGrad", doc: "dst[i] = dy[i] − exp(y[i]) c.", out: []string{"dst"}, in: []string{"y", "dy"}, numbers: []string{"c"}, unroll: 4,
		body: func(t assembler, x, c []vec, _ gatherer) []vec {
			return []vec{t.negMulAdd(exp(t, x[0]), c[0], x[1])}
		}},
}
