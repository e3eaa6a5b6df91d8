package main

// quotients are the loops that take a whole number of one operand from the other.
// They are exact for |a/b| < 2²⁴. The caller computes other elements itself, and
// learns from the largest |a/b| whether there are any.
var quotients = []*loop{
	quotient("fmod", "Fmod", fmod),
	quotient("remainder", "Remainder", remainder),
	quotient("floorDivide", "FloorDivide", floorDivide),
	two("truncDivide", "TruncDivide.", func(t assembler, a, b vec) vec { return t.round(t.over(a, b), towardZero) }),
}

func quotient(name, doc string, f func(t assembler, a, b, q vec) vec) *loop {
	return &loop{name: name, doc: doc + " for |a[i]/b[i]| < 2²⁴; it returns the largest |a[i]/b[i]|.", out: []string{"dst"}, in: []string{"a", "b"},
		folds: []fold{{name: "top", largest: true}}, unroll: 2,
		body: func(t assembler, x, _ []vec, gather gatherer) []vec {
			q := t.over(abs(t, x[0]), abs(t, x[1]))
			gather(0, q)
			return []vec{f(t, x[0], x[1], q)}
		}}
}

// fmod returns what is left of a, for the rounded quotient q of |a| and |b|. The
// whole part of q is the right one or the next. So the product is subtracted
// without rounding, and |b| is added once where that was too much.
func fmod(t assembler, a, b, q vec) vec {
	x, y := abs(t, a), abs(t, b)
	r := t.negMulAdd(t.round(q, floor), y, x)
	r = t.pick(t.less(r, t.zero()), t.plus(r, y), r)
	r = t.pick(t.less(x, y), x, r) // for infinite b, too
	return withSign(t, abs(t, r), a)
}

// wrongSide tells where rest is not 0 and does not have the sign of b.
func wrongSide(t assembler, rest, b vec) mask {
	zero := t.zero()
	return t.less(t.pick(t.less(b, zero), t.minus(zero, rest), rest), zero)
}

func remainder(t assembler, a, b, q vec) vec {
	r := fmod(t, a, b, q)
	return t.pick(wrongSide(t, r, b), t.plus(r, b), r)
}

// floorDivide subtracts the remainder first. What it then divides is a multiple of
// b, up to rounding.
func floorDivide(t assembler, a, b, ratio vec) vec {
	rest := fmod(t, a, b, ratio)
	one := t.konst(1)
	q := t.over(t.minus(a, rest), b)
	q = t.pick(wrongSide(t, rest, b), t.minus(q, one), q)
	whole := t.round(q, floor)
	whole = t.pick(t.less(t.konst(0.5), t.minus(q, whole)), t.plus(whole, one), whole)
	zero := t.and(t.xor(a, b), t.bits(signBit))
	return t.pick(t.equal(q, t.zero()), zero, whole)
}
