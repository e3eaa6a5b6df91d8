package main

import "math"

var special = []*loop{
	one("exp2", "Exp2.", false, 2, exp2),
	{name: "tan", doc: "Tan for |a[i]| < 2¹⁷; it returns the largest |a[i]|.", out: []string{"dst"}, in: []string{"a"},
		folds: []fold{{name: "top", largest: true}}, unroll: 2,
		body: func(t assembler, x, _ []vec, gather gatherer) []vec {
			gather(0, abs(t, x[0]))
			return []vec{tan(t, x[0])}
		}},
	one("asin", "Asin.", false, 2, asin),
	one("acos", "Acos.", false, 2, acos),
	one("atan", "Atan.", false, 2, atan),
	{name: "atan2", doc: "Atan2.", out: []string{"dst"}, in: []string{"a", "b"},
		body: func(t assembler, x, _ []vec, _ gatherer) []vec { return []vec{atan2(t, x[0], x[1])} }},
	one("sinh", "Sinh.", false, 2, sinh),
	one("cosh", "Cosh.", false, 2, cosh),
	one("asinh", "Asinh.", false, 1, asinh),
	one("acosh", "Acosh.", false, 1, acosh),
	one("atanh", "Atanh.", false, 1, atanh),
	one("erfc", "Erfc.", false, 2, erfc),
	one("erfinv", "Erfinv.", false, 2, erfinv),
	one("sinc", "Sinc for n = 0.", false, 2, sinc),
	one("sincSlope", "Sinc for n = 1.", false, 2, sincSlope),
	{name: "logit", doc: "Logit between lo and hi.", out: []string{"dst"}, in: []string{"a"}, numbers: []string{"lo", "hi"},
		body: func(t assembler, x, c []vec, _ gatherer) []vec {
			p := t.pick(t.less(c[1], x[0]), c[1], x[0])
			return []vec{logit(t, t.pick(t.less(x[0], c[0]), c[0], p))}
		}},
	{name: "logitGrad", doc: "logitGrad.", out: []string{"dst"}, in: []string{"x", "dy"}, numbers: []string{"lo", "hi", "beyond", "least"},
		body: func(t assembler, x, c []vec, _ gatherer) []vec {
			y := t.over(x[1], t.max(c[3], t.times(x[0], t.minus(t.konst(1), x[0]))))
			return []vec{t.pick(t.less(x[0], c[0]), c[2], t.pick(t.less(c[1], x[0]), c[2], y))}
		}},
	positive("lgamma", "Lgamma", lgamma),
	positive("digamma", "Digamma", digamma),
	positive("trigamma", "Polygamma for n = 1", trigamma),
	positive("tetragamma", "Polygamma for n = 2", tetragamma),
	{name: "logAddExp", doc: "LogAddExp.", out: []string{"dst"}, in: []string{"a", "b"},
		body: func(t assembler, x, _ []vec, _ gatherer) []vec { return []vec{logAddExp(t, x[0], x[1])} }},
	{name: "xlogy", doc: "Xlogy.", out: []string{"dst"}, in: []string{"a", "b"},
		body: func(t assembler, x, _ []vec, _ gatherer) []vec { return []vec{xlogy(t, x[0], x[1])} }},
	{name: "hypot", doc: "Hypot.", out: []string{"dst"}, in: []string{"a", "b"}, unroll: 2,
		body: func(t assembler, x, _ []vec, _ gatherer) []vec { return []vec{hypot(t, x[0], x[1])} }},
}

// exp2 returns 2ˣ, exactly for whole x.
func exp2(t assembler, x vec) vec {
	x = t.min(t.konst(129), t.max(t.konst(-151), x))
	n := t.round(x, nearest)
	f := t.times(t.minus(x, n), t.konst(math.Ln2))
	p := t.mulAdd(expTail(t, f), t.times(f, f), f)
	return t.ldexp(t.plus(p, t.konst(1)), n)
}

// tan returns tan x: tan r, or −1/tan r after an odd number of quarters.
func tan(t assembler, x vec) vec {
	r, q := quarter(t, x)
	z := t.times(r, r)
	p := horner(t, z, 3.8477569383e-03, 1.1774668099e-03, 9.9671187231e-03, 2.1619690753e-02, 5.3994650183e-02, 1.3333230082e-01, 3.3333333986e-01)
	y := t.mulAdd(t.times(p, z), r, r)
	odd := t.fromInt(t.and(t.toInt(q), t.bits(1)))
	y = t.pick(t.equal(odd, t.zero()), y, t.over(t.konst(-1), y))
	return t.pick(t.equal(x, t.zero()), x, y) // −0 stays
}

// π and π/2 are sums of two numbers.
const (
	piHi, piLo         = 0x1.921fb60000000p+1, math.Pi - 0x1.921fb60000000p+1
	halfPiHi, halfPiLo = piHi / 2, piLo / 2
)

// turnBack returns hi + lo − y.
func turnBack(t assembler, hi, lo float64, y vec) vec {
	return t.minus(t.konst(hi), t.minus(y, t.konst(lo)))
}

// asinNear returns asin a for a ≤ ½. For larger a it returns half of acos a, which
// is the arc sine of √½(1 − a), and tells where that is.
func asinNear(t assembler, a vec) (y vec, far mask) {
	far = t.less(t.konst(0.5), a)
	half := t.konst(0.5)
	z := t.pick(far, t.negMulAdd(half, a, half), t.times(a, a))
	s := t.pick(far, t.sqrt(z), a)
	p := horner(t, z, 3.8205360197e-02, 2.6495404730e-02, 4.5010432083e-02, 7.4988109806e-02, 1.6666672747e-01)
	return t.mulAdd(t.times(p, z), s, s), far
}

func asin(t assembler, x vec) vec {
	y, far := asinNear(t, abs(t, x))
	return withSign(t, t.pick(far, turnBack(t, halfPiHi, halfPiLo, t.plus(y, y)), y), x)
}

func acos(t assembler, x vec) vec {
	y, far := asinNear(t, abs(t, x))
	twice := t.plus(y, y)
	outer := t.pick(t.less(x, t.zero()), turnBack(t, piHi, piLo, twice), twice)
	return t.pick(far, outer, turnBack(t, halfPiHi, halfPiLo, t.or(y, t.and(x, t.bits(signBit)))))
}

// atanNear returns atan a for a in [0, 1].
func atanNear(t assembler, a vec) vec {
	z := t.times(a, a)
	p := horner(t, z, -2.4235362543e-03, 1.3655815336e-02, -3.6115733125e-02, 6.2711996292e-02, -8.6669488940e-02, 1.1036394045e-01,
		-1.4278908294e-01, 1.9999756189e-01, -3.3333331872e-01)
	return t.mulAdd(t.times(p, z), a, a)
}

func atan(t assembler, x vec) vec {
	a, one := abs(t, x), t.konst(1)
	far := t.less(one, a)
	y := atanNear(t, t.pick(far, t.over(one, a), a))
	return withSign(t, t.pick(far, turnBack(t, halfPiHi, halfPiLo, y), y), x)
}

// atan2 returns the angle of the point (x, y).
func atan2(t assembler, y, x vec) vec {
	a, b := abs(t, y), abs(t, x)
	steep := t.less(b, a)
	long, short := t.pick(steep, a, b), t.pick(steep, b, a)
	one, zero := t.konst(1), t.zero()
	s := t.over(short, long)
	s = t.pick(t.equal(short, long), one, s) // two infinities
	s = t.pick(t.equal(short, zero), zero, s)
	v := atanNear(t, s)
	v = t.pick(steep, turnBack(t, halfPiHi, halfPiLo, v), v)
	left := t.less(t.or(one, t.and(x, t.bits(signBit))), zero) // −0, too
	v = withSign(t, t.pick(left, turnBack(t, piHi, piLo, v), v), y)
	return t.pick(t.unordered(x), x, t.pick(t.unordered(y), y, v))
}

// halfExp returns ½eˣ for x ≥ 0.
func halfExp(t assembler, x vec) vec {
	r, n := expReduced(t, t.min(t.konst(91), x))
	p := t.mulAdd(expTail(t, r), t.times(r, r), r)
	one := t.konst(1)
	return t.ldexp(t.plus(p, one), t.minus(n, one))
}

// sinh returns sinh x: a polynomial near 0, else ½(eˣ − e⁻ˣ).
func sinh(t assembler, x vec) vec {
	a := abs(t, x)
	z := t.times(a, a)
	p := horner(t, z, 2.8061417020e-06, 1.9838122710e-04, 8.3333395984e-03, 1.6666666647e-01)
	near := t.mulAdd(t.times(p, z), a, a)
	e := halfExp(t, a)
	far := t.minus(e, t.over(t.konst(0.25), e))
	return withSign(t, t.pick(t.less(a, t.konst(1)), near, far), x)
}

func cosh(t assembler, x vec) vec {
	e := halfExp(t, abs(t, x))
	return t.plus(e, t.over(t.konst(0.25), e))
}

// logFar returns log(1 + u), but log 2a where a is so large that its square may
// overflow.
func logFar(t assembler, a, u vec) vec {
	far := t.less(t.konst(0x1p30), a)
	return t.plus(log1p(t, t.pick(far, a, u)), t.pick(far, t.konst(math.Ln2), t.zero()))
}

// asinh returns log(a + √(a² + 1)) with the sign of x, a = |x|.
func asinh(t assembler, x vec) vec {
	a, one := abs(t, x), t.konst(1)
	z := t.times(a, a)
	u := t.plus(a, t.over(z, t.plus(one, t.sqrt(t.plus(z, one)))))
	return withSign(t, logFar(t, a, u), x)
}

// acosh returns log(x + √(x² − 1)) for x ≥ 1.
func acosh(t assembler, x vec) vec {
	one := t.konst(1)
	r := t.minus(x, one)
	u := t.plus(r, t.sqrt(t.mulAdd(r, r, t.plus(r, r))))
	return t.pick(t.less(x, one), t.konst(math.NaN()), logFar(t, x, u))
}

// atanh returns ½ log((1 + a)/(1 − a)) with the sign of x, a = |x|.
func atanh(t assembler, x vec) vec {
	a := abs(t, x)
	u := t.over(t.plus(a, a), t.minus(t.konst(1), a))
	return t.or(t.times(t.konst(0.5), log1p(t, u)), t.and(x, t.bits(signBit)))
}

// erfc returns 1 − erf x. Away from 0 it is, for positive x, e^(−x²) times a
// polynomial in 1/(x + 2), with the square in two parts.
func erfc(t assembler, x vec) vec {
	a := abs(t, x)
	w := t.over(t.konst(1), t.plus(a, t.konst(2)))
	p := horner(t, t.negMulAdd(t.konst(4), w, t.konst(1)), 6.9480538452e-05, 4.6939646554e-05, -5.9256191284e-04, -8.3206333790e-04,
		3.0626056711e-03, 6.4758791840e-03, -2.1505722266e-02, -3.6441783799e-02, 2.7947177081e-01, -6.8716069706e-01, 1.0215827087e+00)
	square := t.times(a, a)
	a = t.min(t.konst(12), a) // the rest of a square that is infinite would be NaN
	rest := t.mulAdd(a, a, t.minus(t.zero(), t.times(a, a)))
	y := t.times(expNegative(t, t.minus(t.zero(), square)), t.times(p, w))
	y = t.negMulAdd(y, rest, y)
	y = t.pick(t.less(x, t.zero()), t.minus(t.konst(2), y), y)
	return t.pick(t.less(a, t.konst(0.4)), t.minus(t.konst(1), erfNear(t, x)), y)
}

// erfinv returns the number whose erf is x: x times a function of 1 − x².
func erfinv(t assembler, x vec) vec {
	one := t.konst(1)
	w := t.minus(t.zero(), log(t, t.times(t.minus(one, x), t.plus(one, x))))
	near := horner(t, t.minus(w, t.konst(2.5)), 2.8534789958e-08, 3.4372705952e-07, -3.5288595493e-06, -4.3967812515e-06, 2.1860219396e-04,
		-1.2537075153e-03, -4.1777077447e-03, 2.4664072612e-01, 1.5014094216e+00)
	far := horner(t, t.minus(t.sqrt(w), t.konst(3)), -1.8146796292e-04, 9.4914218163e-05, 1.3229029280e-03, -3.6686529632e-03, 5.7513000837e-03,
		-7.6231986109e-03, 9.4372169461e-03, 1.0016740831e+00, 2.8329769528e+00)
	p := t.pick(t.less(w, t.konst(5)), near, far)
	p = t.pick(t.equal(abs(t, x), one), t.konst(math.Inf(1)), p)
	return t.times(p, x)
}

// sinPi returns sin(πx), without rounding the product.
func sinPi(t assembler, x vec) vec {
	n := t.round(x, nearest)
	r := t.minus(x, n)
	z := t.times(r, r)
	p := horner(t, z, -2.2545616649e-03, 2.6127807340e-02, -1.9075002258e-01, 8.1174236830e-01, -1.6449340666e+00)
	u := t.times(r, t.konst(math.Pi))
	return t.xor(t.mulAdd(t.times(p, z), u, u), t.shiftLeft(t.toInt(n), 31))
}

// cosPi returns cos(πx).
func cosPi(t assembler, x vec) vec {
	n := t.round(x, nearest)
	r := t.minus(x, n)
	z := t.times(r, r)
	p := horner(t, z, -2.4615744040e-02, 2.3506865135e-01, -1.3352390601e+00, 4.0587113691e+00, -4.9348021966e+00)
	return t.xor(t.mulAdd(p, z, t.konst(1)), t.shiftLeft(t.toInt(n), 31))
}

// sinc returns sin(πx)/πx, and 1 at 0.
func sinc(t assembler, x vec) vec {
	y := t.over(sinPi(t, x), t.times(x, t.konst(math.Pi)))
	return t.pick(t.equal(x, t.zero()), t.konst(1), y)
}

// sincSlope returns the derivative of sinc: a polynomial near 0, where the
// difference of its terms would lose digits.
func sincSlope(t assembler, x vec) vec {
	z := t.times(x, x)
	near := t.times(x, horner(t, z, -2.2359104240e-02, 2.0893979331e-01, -1.1444888708e+00, 3.2469689923e+00, -3.2898681300e+00))
	far := t.over(t.minus(cosPi(t, x), sinc(t, x)), x)
	return t.pick(t.less(abs(t, x), t.konst(0.5)), near, far)
}

// logit returns log(p/(1 − p)). The quotient is near 1 where p is near ½; there it
// is 1 + (2p − 1)/(1 − p), a sum of two parts.
func logit(t assembler, p vec) vec {
	one := t.konst(1)
	rest := t.minus(one, p)
	v := t.over(t.minus(t.plus(p, p), one), rest)
	u := t.plus(one, v)
	low := t.less(p, t.konst(0.25))
	lost := t.pick(low, t.zero(), t.minus(v, t.minus(u, one)))
	y := logParts(t, t.pick(low, t.over(p, rest), u), lost)
	return t.pick(t.equal(u, one), v, y)
}

// logAddExp returns log(eᵃ + eᵇ), by the larger one and the difference.
func logAddExp(t assembler, a, b vec) vec {
	d := abs(t, t.minus(a, b))
	e := expNegative(t, t.minus(t.zero(), d))
	y := t.plus(t.pick(t.less(a, b), b, a), log1pSmall(t, e))
	return t.pick(t.equal(a, b), t.plus(a, t.konst(math.Ln2)), y) // two infinities, too
}

// xlogy returns x log y, and 0 where x is 0 and y a number.
func xlogy(t assembler, x, y vec) vec {
	v := t.times(x, log(t, y))
	v = t.pick(t.equal(x, t.zero()), t.zero(), v)
	return t.pick(t.unordered(y), y, v)
}

// hypot returns √(a² + b²). Large and small numbers are scaled by a power of two,
// so that the squares do not overflow or lose digits.
func hypot(t assembler, a, b vec) vec {
	a, b = abs(t, a), abs(t, b)
	long := t.pick(t.less(a, b), b, a)
	one, inf := t.konst(1), t.konst(math.Inf(1))
	large, small := t.less(t.konst(0x1p60), long), t.less(long, t.konst(0x1p-60))
	scale := t.pick(large, t.konst(0x1p-70), t.pick(small, t.konst(0x1p86), one))
	back := t.pick(large, t.konst(0x1p70), t.pick(small, t.konst(0x1p-86), one))
	p, q := t.times(a, scale), t.times(b, scale)
	y := t.times(back, t.sqrt(t.mulAdd(p, p, t.times(q, q))))
	y = t.pick(t.equal(a, inf), inf, y)
	return t.pick(t.equal(b, inf), inf, y) // NaN beside infinity, too
}

// positive is a loop for arguments above 0. It returns the largest −a[i], so that the
// caller knows whether there are others.
func positive(name, doc string, f func(t assembler, x vec) vec) *loop {
	return &loop{name: name, doc: doc + " for a[i] > 0; it returns the largest −a[i].", out: []string{"dst"}, in: []string{"a"},
		folds: []fold{{name: "top", largest: true}},
		body: func(t assembler, x, _ []vec, gather gatherer) []vec {
			gather(0, t.minus(t.zero(), x[0]))
			return []vec{f(t, x[0])}
		}}
}

// unit returns x, x − 1 or x − 2, without rounding and between 0 and 1, for x < 3.
// There a function of x is that of 1 + f, after a step of a recurrence with the number
// q: x below 1, where low holds, and x − 1 above 2. Between, q is none. Elsewhere, where
// far holds, q is x.
func unit(t assembler, x vec, none float64) (f, q vec, low, far mask) {
	one, two := t.konst(1), t.konst(2)
	low, far = t.less(x, one), t.lessEqual(t.konst(3), x)
	below := t.less(x, two)
	less := t.minus(x, one)
	f = t.pick(low, x, t.pick(below, less, t.minus(x, two)))
	q = t.pick(low, x, t.pick(below, t.konst(none), t.pick(far, x, less)))
	return f, q, low, far
}

// lgamma returns log Γ(x): by a polynomial with the zeros of log Γ, and far away by
// the series of Stirling.
func lgamma(t assembler, x vec) vec {
	f, q, low, far := unit(t, x, 1)
	l := log(t, q)
	one, half := t.konst(1), t.konst(0.5)
	p := horner(t, t.minus(f, half), -1.5264227986e-03, 2.4483485613e-03, -3.1158966012e-03, 5.3251925856e-03, -9.4364909455e-03,
		1.6808222979e-02, -3.1307991594e-02, 6.2911048532e-02, -1.4595989883e-01, 4.8312896490e-01)
	near := t.mulAdd(t.times(f, t.minus(f, one)), p, t.pick(low, t.minus(t.zero(), l), l))
	r := t.over(one, x)
	tail := horner(t, t.times(r, r), 6.9671380334e-04, -2.7727268171e-03, 8.3333268762e-02)
	tail = t.mulAdd(tail, r, t.konst((math.Log(2*math.Pi)-1)/2))
	return t.pick(far, t.mulAdd(t.minus(x, half), t.minus(l, one), tail), near)
}

// digamma returns the derivative of log Γ: by a polynomial with its zero, and far away
// by the derivative of the series of Stirling.
func digamma(t assembler, x vec) vec {
	f, q, low, far := unit(t, x, math.Inf(1))
	r, half := t.over(t.konst(1), q), t.konst(0.5)
	p := horner(t, t.minus(f, half), 1.1117241345e-02, -1.6384009272e-02, 1.6981286928e-02, -2.5781059638e-02, 4.0879145265e-02, -6.2057066709e-02,
		9.4982102513e-02, -1.4839878678e-01, 2.4054262042e-01, -4.2362749577e-01, 9.5105588436e-01)
	f = t.minus(t.minus(f, t.konst(0x1.d8b6180000000p-2)), t.konst(1.2438149938918909e-08))
	near := t.mulAdd(f, p, t.pick(low, t.minus(t.zero(), r), r))
	tail := horner(t, t.times(r, r), -2.7338976506e-03, 3.8453363813e-03, -8.3287674934e-03, 8.3333276212e-02)
	tail = t.times(r, t.mulAdd(tail, r, half))
	return t.pick(far, t.minus(log(t, x), tail), near)
}

// fromFour returns x, or x + 4 below 4, where low holds. There u = x(x + 3) and
// v = (x + 1)(x + 2) give the four terms between the two.
func fromFour(t assembler, x vec) (y, u, v vec, low mask) {
	four := t.konst(4)
	low = t.less(x, four)
	u = t.times(x, t.plus(x, t.konst(3)))
	return t.pick(low, t.plus(x, four), x), u, t.plus(u, t.konst(2)), low
}

// trigamma returns the sum of 1/(x + k)² over k = 0, 1, …
func trigamma(t assembler, x vec) vec {
	y, u, v, low := fromFour(t, x)
	two, u2, v2 := t.konst(2), t.times(u, u), t.times(v, v)
	// (x² + (x + 3)²)/u² + ((x + 1)² + (x + 2)²)/v²
	four := t.mulAdd(t.mulAdd(two, u, t.konst(9)), v2, t.times(t.mulAdd(two, u, t.konst(5)), u2))
	four = t.pick(low, t.over(four, t.times(u2, v2)), t.zero())
	r := t.over(t.konst(1), y)
	z := t.times(r, r)
	p := horner(t, z, 2.0447364077e-02, -3.3218868077e-02, 1.6666552424e-01)
	return t.plus(four, t.mulAdd(z, t.mulAdd(r, p, t.konst(0.5)), r))
}

// tetragamma returns the sum of −2/(x + k)³ over k = 0, 1, …
func tetragamma(t assembler, x vec) vec {
	y, u, v, low := fromFour(t, x)
	two, three := t.konst(2), t.konst(3)
	u3, v3 := t.times(t.times(u, u), u), t.times(t.times(v, v), v)
	// (x³ + (x + 3)³)/u³ + ((x + 1)³ + (x + 2)³)/v³
	four := t.mulAdd(t.plus(u, t.konst(9)), v3, t.times(t.plus(u, three), u3))
	four = t.times(t.mulAdd(two, x, three), t.over(four, t.times(u3, v3)))
	four = t.pick(low, t.plus(four, four), t.zero())
	r := t.over(t.konst(1), y)
	z := t.times(r, r)
	p := horner(t, z, 1.3744513690e-01, -1.6568452120e-01, 4.9999031425e-01)
	return t.minus(t.zero(), t.mulAdd(z, t.mulAdd(z, p, t.plus(r, t.konst(1))), four))
}
