package main

import "math"

// between returns a loop that writes dst from two operands and some numbers.
func between(name, doc string, numbers []string, f func(t assembler, a, b vec, c []vec) vec) *loop {
	return &loop{name: name, doc: doc, out: []string{"dst"}, in: []string{"a", "b"}, numbers: numbers, double: true, unroll: 2,
		body: func(t assembler, x, c []vec, _ gatherer) []vec { return []vec{f(t, x[0], x[1], c)} }}
}

// slope returns a loop that writes dy times f(x), for float32.
func slope(name, doc string, numbers []string, f func(t assembler, x vec, c []vec) vec) *loop {
	return &loop{name: name, doc: doc, out: []string{"dst"}, in: []string{"x", "dy"}, numbers: numbers,
		body: func(t assembler, x, c []vec, _ gatherer) []vec { return []vec{t.times(x[1], f(t, x[0], c))} }}
}

// activations are piecewise linear functions and their gradients, and then those
// that need an exponential.
var activations = []*loop{
	one("sign", "Sign.", true, 4, sign),
	two("absGrad", "AbsGrad for a = x and b = dy.", func(t assembler, x, dy vec) vec { return t.times(dy, sign(t, x)) }),
	two("prelu", "PReLU for b = slope.", func(t assembler, x, slope vec) vec {
		return t.pick(t.less(t.zero(), x), x, t.times(x, slope))
	}),
	between("leaky", "leaky.", []string{"c"}, func(t assembler, a, b vec, c []vec) vec {
		return t.pick(t.less(t.zero(), a), b, t.times(b, c[0]))
	}),
	between("gap", "gap.", []string{"lo", "hi", "c"}, func(t assembler, a, b vec, c []vec) vec {
		return t.pick(t.lessEqual(c[0], a), t.pick(t.lessEqual(a, c[1]), c[2], b), b)
	}),
	between("clampGrad", "ClampGrad for a = x and b = dy.", []string{"lo", "hi", "c"}, func(t assembler, x, dy vec, c []vec) vec {
		return t.pick(t.less(c[0], x), t.pick(t.less(x, c[1]), t.times(dy, c[2]), t.zero()), t.zero())
	}),
	between("hardTanhGrad", "HardTanhGrad for a = x and b = dy.", []string{"lo", "hi"}, func(t assembler, x, dy vec, c []vec) vec {
		return t.pick(t.lessEqual(x, c[0]), t.zero(), t.pick(t.lessEqual(c[1], x), t.zero(), dy))
	}),
	between("huberGrad", "HuberGrad for a = x and b = dy.", []string{"limit"}, func(t assembler, x, dy vec, c []vec) vec {
		return t.times(dy, t.smaller(c[0], t.larger(t.minus(t.zero(), c[0]), x)))
	}),
	scaled("softshrink", "Softshrink.", func(t assembler, a, c vec) vec {
		below := t.pick(t.less(a, t.minus(t.zero(), c)), t.plus(a, c), t.times(a, t.zero()))
		return t.pick(t.less(c, a), t.minus(a, c), below)
	}),
	one("hardSigmoid", "HardSigmoid.", true, 4, func(t assembler, a vec) vec {
		return t.min(t.konst(1), t.max(t.zero(), t.plus(t.over(a, t.konst(6)), t.konst(0.5))))
	}),
	one("hardSwish", "HardSwish.", true, 4, func(t assembler, a vec) vec {
		six := t.konst(6)
		return t.over(t.times(a, t.min(six, t.max(t.zero(), t.plus(a, t.konst(3))))), six)
	}),
	two("hardSwishGrad", "HardSwishGrad for a = x and b = dy.", func(t assembler, x, dy vec) vec {
		three := t.konst(3)
		middle := t.times(dy, t.plus(t.over(x, three), t.konst(0.5)))
		return t.pick(t.lessEqual(x, t.konst(-3)), t.zero(), t.pick(t.less(x, three), middle, dy))
	}),

	{name: "elu", doc: "elu.", out: []string{"dst"}, in: []string{"a"}, numbers: []string{"outer", "scale", "inner"}, unroll: 2,
		body: func(t assembler, x, c []vec, _ gatherer) []vec {
			below := t.times(c[0], expm1(t, t.times(x[0], c[2])))
			return []vec{t.pick(t.less(t.zero(), x[0]), t.times(x[0], c[1]), below)}
		}},
	slope("eluGrad", "eluGrad.", []string{"outer", "scale", "inner"}, func(t assembler, x vec, c []vec) vec {
		return t.pick(t.lessEqual(x, t.zero()), t.times(c[0], exp(t, t.times(x, c[2]))), c[1])
	}),
	slope("softplusGrad", "SoftplusGrad.", []string{"beta", "threshold"}, func(t assembler, x vec, c []vec) vec {
		bx := t.times(x, c[0])
		return t.pick(t.less(c[1], bx), t.konst(1), sigmoid(t, bx))
	}),
	slope("siluGrad", "SiLUGrad.", nil, func(t assembler, x vec, _ []vec) vec { return siluSlope(t, x) }),
	slope("geluTanhGrad", "GELUTanhGrad.", nil, func(t assembler, x vec, _ []vec) vec { return geluTanhSlope(t, x) }),
	one("mish", "Mish.", false, 2, func(t assembler, x vec) vec {
		_, n, n2 := mishParts(t, x)
		return t.times(x, t.over(n, n2))
	}),
	slope("mishGrad", "MishGrad.", nil, func(t assembler, x vec, _ []vec) vec { return mishSlope(t, x) }),
}

// sign returns −1, 0 or 1; that of NaN is 0.
func sign(t assembler, a vec) vec {
	zero := t.zero()
	return t.pick(t.less(zero, a), t.konst(1), t.pick(t.less(a, zero), t.konst(-1), zero))
}

// siluSlope returns σ(x) (1 + x σ(−x)).
func siluSlope(t assembler, x vec) vec {
	s, other := sigmoids(t, x)
	return t.times(s, t.mulAdd(x, other, t.konst(1)))
}

// sigmoids returns σ(x) and σ(−x).
func sigmoids(t assembler, x vec) (s, other vec) {
	one := t.konst(1)
	e := expNegative(t, t.or(x, t.bits(signBit)))
	large := t.over(one, t.plus(one, e)) // σ(|x|)
	small := t.times(e, large)           // σ(−|x|)
	negative := t.less(x, t.zero())
	return t.pick(negative, small, large), t.pick(negative, large, small)
}

// geluTanhSlope returns σ(u) (1 + x u′ σ(−u)), with u as in geluTanh. Beyond ±20 this
// is 1 or 0, and x counts as ±20.
func geluTanhSlope(t assembler, x vec) vec {
	c, k := 2*math.Sqrt(2/math.Pi), 0.044715
	a := t.min(t.konst(20), t.max(t.konst(-20), x))
	z := t.times(a, a)
	s, other := sigmoids(t, t.times(a, t.mulAdd(z, t.konst(c*k), t.konst(c))))
	bend := t.times(a, t.mulAdd(z, t.konst(3*c*k), t.konst(c)))
	one := t.mulAdd(x, t.zero(), t.konst(1)) // NaN for infinities, as the formula
	return t.times(s, t.mulAdd(bend, other, one))
}

// mishParts returns e = eˣ, n = e(e + 2) and n + 2. Then tanh(log(1 + e)) is
// n/(n + 2), and no digits are lost. Above mishTop this is 1, and x counts as
// mishTop.
func mishParts(t assembler, x vec) (e, n, n2 vec) {
	two := t.konst(2)
	e = expClamped(t, t.max(t.konst(-104), t.min(t.konst(mishTop), x)))
	n = t.times(e, t.plus(e, two))
	return e, n, t.plus(n, two)
}

const mishTop = 20

// mishSlope returns t + x (1 − t²) σ(x) with t = tanh(log(1 + e)), which is
// (n + 4x e(1 + e)/(n + 2))/(n + 2).
func mishSlope(t assembler, x vec) vec {
	e, n, n2 := mishParts(t, x)
	one := t.konst(1)
	bend := t.over(t.times(t.times(e, t.konst(4)), t.plus(e, one)), n2)
	near := t.over(t.mulAdd(x, bend, n), n2)
	far := t.mulAdd(x, t.zero(), one) // NaN for +Inf, as the formula
	return t.pick(t.less(t.konst(mishTop), x), far, near)
}
