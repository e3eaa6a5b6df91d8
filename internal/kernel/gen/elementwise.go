package main

import "math"

var minusInf = math.Inf(-1)

// one and two return loops that write dst from one operand and from two.
func one(name, doc string, double bool, unroll int, f func(t assembler, a vec) vec) *loop {
	return &loop{name: name, doc: doc, out: []string{"dst"}, in: []string{"a"}, double: double, unroll: unroll,
		body: func(t assembler, x, _ []vec, _ gatherer) []vec { return []vec{f(t, x[0])} }}
}

func two(name, doc string, f func(t assembler, a, b vec) vec) *loop {
	return &loop{name: name, doc: doc, out: []string{"dst"}, in: []string{"a", "b"}, double: true, unroll: 4,
		body: func(t assembler, x, _ []vec, _ gatherer) []vec { return []vec{f(t, x[0], x[1])} }}
}

// scaled returns a loop that writes dst from one operand and a number.
func scaled(name, doc string, f func(t assembler, a, c vec) vec) *loop {
	return &loop{name: name, doc: doc, out: []string{"dst"}, in: []string{"a"}, numbers: []string{"c"}, double: true, unroll: 4,
		body: func(t assembler, x, c []vec, _ gatherer) []vec { return []vec{f(t, x[0], c[0])} }}
}

var elementwise = []*loop{
	two("add", "Add.", assembler.plus),
	{name: "addFour", doc: "dst[i] + a[i] + b[i] + c[i] + d[i].", out: []string{"dst"}, in: []string{"dst", "a", "b", "c", "d"}, double: true, unroll: 2,
		body: func(t assembler, x, _ []vec, _ gatherer) []vec {
			return []vec{t.plus(t.plus(t.plus(t.plus(x[0], x[1]), x[2]), x[3]), x[4])}
		}},
	two("sub", "Sub.", assembler.minus),
	two("mul", "Mul.", assembler.times),
	two("div", "Div.", assembler.over),
	two("maximum", "Maximum.", func(t assembler, a, b vec) vec { return t.pick(t.unordered(a), a, t.larger(a, b)) }),
	two("minimum", "Minimum.", func(t assembler, a, b vec) vec { return t.pick(t.unordered(a), a, t.smaller(a, b)) }),
	two("reluGrad", "ReLUGrad for a = y and b = dy.", func(t assembler, y, dy vec) vec {
		return t.pick(t.lessEqual(y, t.zero()), t.zero(), dy)
	}),
	two("tanhGrad", "TanhGrad for a = y and b = dy.", func(t assembler, y, dy vec) vec {
		return t.times(dy, t.negMulAdd(y, y, t.konst(1)))
	}),
	two("sigmoidGrad", "SigmoidGrad for a = y and b = dy.", func(t assembler, y, dy vec) vec {
		return t.times(t.times(dy, y), t.minus(t.konst(1), y))
	}),
	two("less", "Less.", func(t assembler, a, b vec) vec { return truth(t, t.less(a, b)) }),
	two("lessEqual", "LessEqual.", func(t assembler, a, b vec) vec { return truth(t, t.lessEqual(a, b)) }),
	two("equal", "Equal.", func(t assembler, a, b vec) vec { return truth(t, t.equal(a, b)) }),
	two("notEqual", "NotEqual.", func(t assembler, a, b vec) vec { return t.pick(t.equal(a, b), t.zero(), t.konst(1)) }),
	{name: "where", doc: "Where.", out: []string{"dst"}, in: []string{"cond", "a", "b"}, double: true, unroll: 2,
		body: func(t assembler, x, _ []vec, _ gatherer) []vec {
			return []vec{t.pick(t.equal(x[0], t.zero()), x[2], x[1])}
		}},
	{name: "lerp", doc: "Lerp.", out: []string{"dst"}, in: []string{"a", "b", "w"}, double: true, unroll: 2,
		body: func(t assembler, x, _ []vec, _ gatherer) []vec {
			a, b, w := x[0], x[1], x[2]
			d := t.minus(b, a)
			near := t.plus(a, t.times(w, d))
			far := t.minus(b, t.times(d, t.minus(t.konst(1), w)))
			return []vec{t.pick(t.less(abs(t, w), t.konst(0.5)), near, far)}
		}},
	{name: "clamp", doc: "Clamp.", out: []string{"dst"}, in: []string{"a"}, numbers: []string{"lo", "hi"}, double: true, unroll: 4,
		body: func(t assembler, x, c []vec, _ gatherer) []vec { return []vec{t.smaller(c[1], t.larger(c[0], x[0]))} }},
	{name: "huber", doc: "Huber.", out: []string{"dst"}, in: []string{"a"}, numbers: []string{"limit"}, double: true, unroll: 4,
		body: func(t assembler, x, c []vec, _ gatherer) []vec {
			held := t.smaller(c[0], t.larger(t.minus(t.zero(), c[0]), x[0]))
			return []vec{t.times(held, t.minus(x[0], t.times(held, t.konst(0.5))))}
		}},
	scaled("addScalar", "AddScalar.", assembler.plus),
	scaled("mulScalar", "MulScalar.", assembler.times),
	one("neg", "Neg.", true, 4, func(t assembler, a vec) vec { return t.minus(negativeZero(t), a) }),
	one("abs", "Abs.", true, 4, func(t assembler, a vec) vec { return t.max(a, t.minus(t.zero(), a)) }),
	one("square", "Square.", true, 4, func(t assembler, a vec) vec { return t.times(a, a) }),
	one("reciprocal", "Reciprocal.", true, 4, func(t assembler, a vec) vec { return t.over(t.konst(1), a) }),
	one("sqrt", "Sqrt.", true, 4, assembler.sqrt),
	one("rsqrt", "Rsqrt.", true, 4, func(t assembler, a vec) vec { return t.over(t.konst(1), t.sqrt(a)) }),
	one("floor", "Floor.", true, 4, func(t assembler, a vec) vec { return t.round(a, floor) }),
	one("ceil", "Ceil.", true, 4, func(t assembler, a vec) vec { return t.round(a, ceiling) }),
	one("round", "Round.", true, 4, func(t assembler, a vec) vec { return t.round(a, nearest) }),
	one("trunc", "Trunc.", true, 4, func(t assembler, a vec) vec { return t.round(a, towardZero) }),
	one("frac", "Frac.", true, 4, func(t assembler, a vec) vec { return t.minus(a, t.round(a, towardZero)) }),
	{name: "rotate", doc: "c a − s b, and s a + c b.", out: []string{"a", "b"}, in: []string{"a", "b"}, numbers: []string{"c", "s"}, double: true, unroll: 2,
		body: func(t assembler, x, n []vec, _ gatherer) []vec {
			a, b, c, s := x[0], x[1], n[0], n[1]
			return []vec{t.negMulAdd(s, b, t.times(c, a)), t.mulAdd(s, a, t.times(c, b))}
		}},
	{name: "addScaled", doc: "dst + c a.", out: []string{"dst"}, in: []string{"dst", "a"}, numbers: []string{"c"}, double: true, unroll: 4,
		body: func(t assembler, x, n []vec, _ gatherer) []vec { return []vec{t.mulAdd(n[0], x[1], x[0])} }},
	one("relu", "ReLU.", true, 4, func(t assembler, a vec) vec { return t.larger(t.zero(), a) }),
}

func negativeZero(t assembler) vec { return t.konst(math.Copysign(0, -1)) }

// truth is 1 where m holds, else 0.
func truth(t assembler, m mask) vec { return t.pick(m, t.konst(1), t.zero()) }
