package main

import "math"

var mathematics = []*loop{
	one("exp", "Exp.", false, 2, exp),
	one("expm1", "Expm1.", false, 2, expm1),
	one("log", "Log.", false, 2, log),
	one("log2", "Log2.", false, 2, logBase(math.Log2E)),
	one("log10", "Log10.", false, 2, logBase(math.Log10E)),
	{name: "pow", doc: "Pow.", out: []string{"dst"}, in: []string{"a", "b"},
		body: func(t assembler, x, _ []vec, _ gatherer) []vec { return []vec{pow(t, x[0], x[1])} }},
	{name: "powScalar", doc: "Pow for b[i] = c.", out: []string{"dst"}, in: []string{"a"}, numbers: []string{"c"},
		body: func(t assembler, x, c []vec, _ gatherer) []vec { return []vec{pow(t, x[0], c[0])} }},
	one("log1p", "Log1p.", false, 1, log1p),
	one("tanh", "Tanh.", false, 2, tanh),
	one("sigmoid", "Sigmoid.", false, 2, sigmoid),
	{name: "softplus", doc: "Softplus.", out: []string{"dst"}, in: []string{"a"}, numbers: []string{"beta", "threshold"},
		body: func(t assembler, x, c []vec, _ gatherer) []vec {
			bx := t.times(x[0], c[0])
			return []vec{t.pick(t.less(c[1], bx), x[0], t.over(softplus(t, bx), c[0]))}
		}},
	{name: "bce", doc: "BCE.", out: []string{"dst"}, in: []string{"p", "t"},
		body: func(t assembler, x, _ []vec, _ gatherer) []vec { return []vec{bce(t, x[0], x[1])} }},
	one("erf", "Erf.", false, 2, erf),
	one("gelu", "GELU.", false, 1, gelu),
	{name: "geluGrad", doc: "GELUGrad.", out: []string{"dst"}, in: []string{"x", "dy"},
		body: func(t assembler, x, _ []vec, _ gatherer) []vec { return []vec{t.times(x[1], geluSlope(t, x[0]))} }},
	one("geluTanh", "GELUTanh.", false, 2, geluTanh),
	one("silu", "SiLU.", false, 2, silu),
	turnLoop("sin", "Sin", sin),
	turnLoop("cos", "Cos", cos),
}
