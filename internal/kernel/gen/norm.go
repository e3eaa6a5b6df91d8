package main

var norms = []*loop{
	{name: "normalize", doc: "Normalize.", out: []string{"dst"}, in: []string{"x"}, numbers: []string{"mean", "rstd"}, double: true, unroll: 4,
		body: func(t assembler, x, c []vec, _ gatherer) []vec { return []vec{t.times(t.minus(x[0], c[0]), c[1])} }},
	{name: "normalizeAffine", doc: "NormalizeAffine.", out: []string{"dst"}, in: []string{"x", "w", "b"}, numbers: []string{"mean", "rstd"}, double: true, unroll: 2,
		body: func(t assembler, x, c []vec, _ gatherer) []vec {
			return []vec{t.mulAdd(t.times(t.minus(x[0], c[0]), c[1]), x[1], x[2])}
		}},
	{name: "scaleShift", doc: "ScaleShift.", out: []string{"dst"}, in: []string{"x"}, numbers: []string{"mean", "scale", "shift"}, double: true, unroll: 4,
		body: func(t assembler, x, c []vec, _ gatherer) []vec {
			return []vec{t.mulAdd(t.minus(x[0], c[0]), c[1], c[2])}
		}},
	{name: "normalizeGradSums", doc: "NormalizeGradSums.", in: []string{"x", "dy"}, numbers: []string{"mean"},
		folds: []fold{{name: "sum"}, {name: "dot"}}, double: true, unroll: 4,
		body: func(t assembler, x, c []vec, gather gatherer) []vec {
			gather(0, x[1])
			gather(1, x[1], t.minus(x[0], c[0]))
			return nil
		}},
	{name: "normalizeGrad", doc: "NormalizeGrad.", out: []string{"dx"}, in: []string{"x", "dy"}, numbers: []string{"mean", "scale", "shift", "slope"}, double: true, unroll: 4,
		body: func(t assembler, x, c []vec, _ gatherer) []vec {
			return []vec{t.times(c[1], t.negMulAdd(t.minus(x[0], c[0]), c[3], t.minus(x[1], c[2])))}
		}},
	{name: "layerNormGradSums", doc: "LayerNormGradSums.", in: []string{"x", "dy", "w"}, numbers: []string{"mean"},
		folds: []fold{{name: "sum"}, {name: "dot"}}, double: true, unroll: 2,
		body: func(t assembler, x, c []vec, gather gatherer) []vec {
			g := t.times(x[1], x[2])
			gather(0, g)
			gather(1, g, t.minus(x[0], c[0]))
			return nil
		}},
	{name: "layerNormGrad", doc: "LayerNormGrad.", out: []string{"dx", "dw", "db"}, in: []string{"x", "dy", "w", "dw", "db"},
		numbers: []string{"mean", "rstd", "shift", "slope"}, double: true,
		body: func(t assembler, x, c []vec, _ gatherer) []vec {
			d := t.minus(x[0], c[0])
			g := t.minus(t.times(x[1], x[2]), c[2])
			return []vec{
				t.times(c[1], t.negMulAdd(d, c[3], g)),
				t.mulAdd(t.times(d, c[1]), x[1], x[3]),
				t.plus(x[4], x[1]),
			}
		}},
}
