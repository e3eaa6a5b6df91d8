package main

var reductions = []*loop{
	{name: "sum", doc: "the sum of a.", in: []string{"a"}, folds: []fold{{name: "s"}}, double: true, unroll: 8,
		body: func(_ assembler, x, _ []vec, gather gatherer) []vec { gather(0, x[0]); return nil }},
	{name: "moments", doc: "the sums of a[i] − c and of (a[i] − c)².", in: []string{"a"}, numbers: []string{"c"},
		folds: []fold{{name: "sum"}, {name: "squares"}}, double: true, unroll: 4,
		body: func(t assembler, x, c []vec, gather gatherer) []vec {
			d := t.minus(x[0], c[0])
			gather(0, d)
			gather(1, d, d)
			return nil
		}},
	{name: "largest", doc: "the largest element of a, and the sum of a. If the sum is NaN, the first result is of no use.", in: []string{"a"},
		folds: []fold{{name: "top", largest: true}, {name: "s"}}, double: true, unroll: 4,
		body: func(_ assembler, x, _ []vec, gather gatherer) []vec { gather(0, x[0]); gather(1, x[0]); return nil }},
	{name: "dot", doc: "Dot.", in: []string{"a", "b"}, folds: []fold{{name: "s"}}, double: true, unroll: 4,
		body: func(_ assembler, x, _ []vec, gather gatherer) []vec { gather(0, x[0], x[1]); return nil }},
}
