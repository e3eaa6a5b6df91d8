package main

import "math"

// The functions here are written for float32. Coefficients of polynomials are
// minimax fits; the first is that of the highest power.

// horner returns the polynomial with the given coefficients at x.
func horner(t assembler, x vec, coefficients ...float64) vec {
	p := t.konst(coefficients[0])
	for _, c := range coefficients[1:] {
		k := t.konst(c)
		t.fma(k, p, x)
		p = k
	}
	return p
}

// Masks of the bits of a float32.
const (
	signBit      = 1 << 31
	mantissaBits = 1<<23 - 1
)

func abs(t assembler, x vec) vec { return t.andNot(x, t.bits(signBit)) }

// withSign returns |x| with the sign of y, for x that is not negative.
func withSign(t assembler, x, y vec) vec { return t.or(x, t.and(y, t.bits(signBit))) }

// ldexp returns a · 2ⁿ in two steps, so that neither power of two overflows.
func ldexp(t assembler, a, n vec) vec {
	whole := t.toInt(n)
	half := t.toInt(t.times(n, t.konst(0.5)))
	power := func(n vec) vec { return t.shiftLeft(t.plusInt(n, t.bits(127)), 23) }
	return t.times(t.times(a, power(half)), power(t.minusInt(whole, half)))
}

// frexp takes the bits of a apart; a denormal is made normal first.
func frexp(t assembler, a vec) (m, e vec) {
	tiny := t.less(a, t.konst(0x1p-126))
	a = t.pick(tiny, t.times(a, t.konst(0x1p24)), a)
	biased := t.fromInt(t.shiftRight(a, 23))
	e = t.minus(biased, t.pick(tiny, t.konst(126+24), t.konst(126)))
	m = t.or(t.and(a, t.bits(mantissaBits)), t.bits(126<<23))
	return m, e
}

const (
	ln2Hi = 0.693359375 // few bits, so that small multiples are exact
	ln2Lo = -2.12194440e-4
)

// expReduced returns r and n with x = r + n ln 2 and |r| ≤ ½ ln 2.
func expReduced(t assembler, x vec) (r, n vec) {
	n = t.round(t.times(x, t.konst(math.Log2E)), nearest)
	r = t.negMulAdd(n, t.konst(ln2Hi), x)
	return t.negMulAdd(n, t.konst(ln2Lo), r), n
}

// expTail returns (eʳ − 1 − r)/r² for small r.
func expTail(t assembler, r vec) vec {
	return horner(t, r, 1.9875691500e-4, 1.3981999507e-3, 8.3334519073e-3, 4.1665795894e-2, 1.6666665459e-1, 5.0000001201e-1)
}

// exp returns eˣ. It first clamps x to a range in which the computation still
// overflows or underflows correctly.
func exp(t assembler, x vec) vec {
	x = t.min(t.konst(89), t.max(t.konst(-104), x))
	return expClamped(t, x)
}

// expNegative is exp for x ≤ 0.
func expNegative(t assembler, x vec) vec { return expClamped(t, t.max(t.konst(-104), x)) }

func expClamped(t assembler, x vec) vec {
	r, n := expReduced(t, x)
	p := t.mulAdd(expTail(t, r), t.times(r, r), r)
	return t.ldexp(t.plus(p, t.konst(1)), n)
}

// expm1 returns eˣ − 1.
func expm1(t assembler, x vec) vec {
	x = t.min(t.konst(89), t.max(t.konst(-17.5), x))
	r, n := expReduced(t, x)
	p := t.mulAdd(expTail(t, r), t.times(r, r), r) // eʳ − 1
	// 2ⁿ p + (2ⁿ − 1), with half the power so that it does not overflow.
	one, two := t.konst(1), t.konst(2)
	half := t.ldexp(one, t.minus(n, one))
	y := t.times(two, t.mulAdd(half, p, t.minus(half, t.konst(0.5))))
	return t.pick(t.equal(x, t.zero()), x, y) // −0 stays
}

// log returns log x.
func log(t assembler, x vec) vec {
	m, e := t.frexp(x)
	low := t.less(m, t.konst(math.Sqrt2/2))
	one := t.konst(1)
	e = t.pick(low, t.minus(e, one), e)
	r := t.minus(t.pick(low, t.plus(m, m), m), one)
	y := logNear1(t, r, t.times(e, t.konst(ln2Lo)))
	y = t.mulAdd(e, t.konst(ln2Hi), y)
	return logEdges(t, x, y)
}

// logNear1 returns log(1 + r) + small for 1 + r in [√½, √2).
func logNear1(t assembler, r, small vec) vec {
	p := horner(t, r, 7.0376836292e-2, -1.1514610310e-1, 1.1676998740e-1, -1.2420140846e-1, 1.4249322787e-1,
		-1.6668057665e-1, 2.0000714765e-1, -2.4999993993e-1, 3.3333331174e-1)
	r2 := t.times(r, r)
	y := t.mulAdd(t.times(p, r2), r, small)
	return t.plus(r, t.negMulAdd(t.konst(0.5), r2, y))
}

// logEdges returns y = log x, corrected where x is not a positive finite number.
func logEdges(t assembler, x, y vec) vec {
	zero, inf := t.zero(), t.konst(math.Inf(1))
	y = t.pick(t.less(x, inf), y, x) // +Inf and NaN
	y = t.pick(t.equal(x, zero), t.konst(math.Inf(-1)), y)
	return t.pick(t.less(x, zero), t.konst(math.NaN()), y)
}

// logBase returns a function that is log times scale.
func logBase(scale float64) func(t assembler, x vec) vec {
	return func(t assembler, x vec) vec { return t.times(log(t, x), t.konst(scale)) }
}

// pow returns x to the power y, as the C function does: |x| to the power y, and
// then corrections for the sign of x and for special numbers.
func pow(t assembler, x, y vec) vec {
	a := abs(t, x)
	v := powPositive(t, a, y)
	one, inf := t.konst(1), t.konst(math.Inf(1))
	v = t.pick(t.equal(a, one), one, v) // for infinite y, too
	// For an odd y, the result has the sign of x. For other y it is positive, but
	// for a fraction y and a negative finite x it is NaN.
	half := t.times(y, t.konst(0.5))
	signed := t.pick(t.equal(t.round(half, nearest), half), v, t.or(v, t.and(x, t.bits(signBit))))
	root := t.pick(t.less(x, t.zero()), t.konst(math.NaN()), v)
	root = t.pick(t.equal(a, inf), v, root)
	v = t.pick(t.equal(t.round(y, nearest), y), signed, root)
	v = t.pick(t.unordered(x), x, v)
	v = t.pick(t.equal(x, one), one, v) // for y = NaN, too
	return t.pick(t.equal(y, t.zero()), one, v)
}

// powPositive returns x to the power y, for x ≥ 0, as 2 to the power y log₂ x. The
// error of the logarithm is multiplied by y, so a float32 is not precise enough:
// the rounding error of each step is kept in a second number.
func powPositive(t assembler, x, y vec) vec {
	m, e := t.frexp(x)
	low := t.less(m, t.konst(math.Sqrt2/2))
	one := t.konst(1)
	e = t.pick(low, t.minus(e, one), e)
	r := t.minus(t.pick(low, t.plus(m, m), m), one)
	// log(1 + r) = 2s + s³ P(s²), s = r/(2 + r).
	u := t.plus(t.konst(2), r)
	lost := t.minus(r, t.minus(u, t.konst(2)))
	s := t.over(r, u)
	s1 := t.over(t.negMulAdd(s, lost, t.negMulAdd(s, u, r)), u)
	z := t.times(s, s)
	p := horner(t, z, 2.0/9, 2.0/7, 2.0/5, 2.0/3)
	rest := t.mulAdd(t.times(p, z), s, t.plus(s1, s1))
	s = t.plus(s, s)
	// Times log₂ e, plus the exponent.
	high := float64(float32(math.Log2E))
	l := t.times(s, t.konst(high))
	l1 := t.mulAdd(s, t.konst(high), t.minus(t.zero(), l))
	l1 = t.mulAdd(s, t.konst(math.Log2E-high), l1)
	l1 = t.mulAdd(rest, t.konst(high), l1)
	sum := t.plus(e, l)
	l1 = t.plus(l1, t.minus(l, t.minus(sum, e)))
	sum = t.pick(t.equal(x, t.zero()), t.konst(math.Inf(-1)), sum)
	inf := t.konst(math.Inf(1))
	sum = t.pick(t.equal(x, inf), inf, sum)
	// Times y. The product is clamped to where its power of two is 0 or infinite.
	q := t.times(y, sum)
	q1 := t.mulAdd(y, l1, t.mulAdd(y, sum, t.minus(t.zero(), q)))
	big := t.less(t.konst(200), abs(t, q))
	q = t.min(t.konst(200), t.max(t.konst(-200), q))
	q1 = t.pick(big, t.zero(), q1)
	n := t.round(q, nearest)
	f := t.times(t.plus(t.minus(q, n), q1), t.konst(math.Ln2))
	v := t.mulAdd(expTail(t, f), t.times(f, f), f)
	return t.ldexp(t.plus(v, one), n)
}

// log1p returns log(1 + x): the logarithm of the rounded sum and of its rounding
// error. If the sum is 1, log(1 + x) is x, up to rounding.
func log1p(t assembler, x vec) vec {
	one := t.konst(1)
	u := t.plus(one, x)
	lost := t.minus(x, t.minus(u, one))
	return t.pick(t.equal(u, one), x, logParts(t, u, lost))
}

// logParts returns log(u + lost) for small lost: log u, plus lost divided by u. If
// u is infinite or 0, there is nothing to correct.
func logParts(t assembler, u, lost vec) vec {
	y := log(t, u)
	lost = t.over(lost, u)
	lost = t.pick(t.less(t.konst(0), u), lost, t.zero())
	lost = t.pick(t.less(u, t.konst(math.Inf(1))), lost, t.zero())
	return t.plus(y, lost)
}

// tanh returns tanh x: a polynomial near 0, else 1 − 2/(e²ˣ + 1).
func tanh(t assembler, x vec) vec {
	a := abs(t, x)
	z := t.times(a, a)
	near := horner(t, z, -5.70498872745e-3, 2.06390887954e-2, -5.37397155531e-2, 1.33314422036e-1, -3.33332819422e-1)
	near = t.mulAdd(t.times(near, z), a, a)
	one := t.konst(1)
	e := expClamped(t, t.min(t.konst(20), t.plus(a, a)))
	far := t.minus(one, t.over(t.konst(2), t.plus(e, one)))
	return withSign(t, t.pick(t.less(a, t.konst(0.625)), near, far), x)
}

// sigmoid returns 1/(1 + e⁻ˣ), by e^−|x|, which does not overflow.
func sigmoid(t assembler, x vec) vec {
	one := t.konst(1)
	e := expNegative(t, t.or(x, t.bits(signBit)))
	return t.over(t.pick(t.less(x, t.zero()), e, one), t.plus(one, e))
}

// softplus returns log(1 + eˣ) = max(x, 0) + log(1 + e^−|x|).
func softplus(t assembler, x vec) vec {
	e := expNegative(t, t.or(x, t.bits(signBit)))
	return t.plus(t.max(t.zero(), x), log1pSmall(t, e))
}

// log1pSmall is log1p for x in [0, 1].
func log1pSmall(t assembler, x vec) vec {
	one := t.konst(1)
	u := t.plus(one, x)
	lost := t.over(t.minus(x, t.minus(u, one)), u)
	high := t.less(t.konst(math.Sqrt2), u)
	r := t.minus(t.pick(high, t.times(u, t.konst(0.5)), u), one)
	e := t.pick(high, one, t.zero())
	y := logNear1(t, r, t.mulAdd(e, t.konst(ln2Lo), lost))
	return t.mulAdd(e, t.konst(ln2Hi), y)
}

// bce returns (target − 1) log(1 − p) − target log p, with logarithms of at least −100.
func bce(t assembler, p, target vec) vec {
	least := t.konst(-100)
	no := t.max(least, log1p(t, t.minus(t.zero(), p)))
	y := t.times(t.minus(target, t.konst(1)), no)
	return t.negMulAdd(target, t.max(least, log(t, p)), y)
}

// erfNear returns erf x for |x| < 0.93, erfcFar returns 1 − erf a for larger a.
func erfNear(t assembler, x vec) vec {
	z := t.times(x, x)
	p := horner(t, z, -5.96761703e-4, 4.99119423e-3, -2.67681349e-2, 1.12819925e-1, -3.76125336e-1, 1.28379166e-1)
	return t.mulAdd(p, x, x)
}

func erfcFar(t assembler, a vec) vec {
	p := horner(t, a, -1.72853470e-5, 3.83197126e-4, -3.88396438e-3, 2.42546219e-2, -1.06777877e-1, -6.34846687e-1, -1.28717512e-1)
	return expNegative(t, t.negMulAdd(a, t.konst(1), t.times(p, a)))
}

const erfSplit = 0.927734375

// erf returns the error function.
func erf(t assembler, x vec) vec {
	a := abs(t, x)
	far := withSign(t, t.minus(t.konst(1), erfcFar(t, a)), x)
	return t.pick(t.less(a, t.konst(erfSplit)), erfNear(t, x), far)
}

// normal returns Φ(x), the normal distribution function, ½ erfc(−x/√2), with
// few digits lost for negative x.
func normal(t assembler, x vec) vec {
	z := t.times(x, t.konst(math.Sqrt2/2))
	a := abs(t, z)
	half := t.konst(0.5)
	tail := t.times(half, erfcFar(t, a))
	far := t.pick(t.less(z, t.zero()), tail, t.minus(t.konst(1), tail))
	return t.pick(t.less(a, t.konst(erfSplit)), t.mulAdd(half, erfNear(t, z), half), far)
}

// gelu returns x Φ(x).
func gelu(t assembler, x vec) vec {
	return t.times(x, normal(t, x))
}

// geluSlope returns Φ(x) + x φ(x), with φ = Φ′. Φ(−a) is e^(−a²/2) times a polynomial
// in 1/(a + 3), so that both need one exponential.
func geluSlope(t assembler, x vec) vec {
	a, one := abs(t, x), t.konst(1)
	e := expNegative(t, t.times(t.times(x, x), t.konst(-0.5)))
	w := t.over(one, t.plus(a, t.konst(3)))
	p := horner(t, t.negMulAdd(t.konst(6), w, one), 1.9826954231e-03, 6.7773871124e-03, -1.1371628381e-02, -4.7912620008e-02,
		2.2980931401e-01, -5.0936216116e-01, 7.2908222675e-01)
	tail := t.times(e, t.times(w, p))
	phi := t.pick(t.less(x, t.zero()), tail, t.minus(one, tail))
	return t.mulAdd(t.times(x, t.konst(1/math.Sqrt(2*math.Pi))), e, phi)
}

// silu returns x σ(x).
func silu(t assembler, x vec) vec { return t.times(x, sigmoid(t, x)) }

// geluTanh returns x σ(2u) with u = √(2/π)(x + 0.044715x³): ½(1 + tanh u) is
// σ(2u), and loses no digits.
func geluTanh(t assembler, x vec) vec {
	c := math.Sqrt(2 / math.Pi)
	u := t.times(x, t.mulAdd(t.times(x, x), t.konst(2*c*0.044715), t.konst(2*c)))
	return t.times(x, sigmoid(t, u))
}

// quarter returns r and q with x = r + q π/2, |r| ≤ π/4, for |x| < 2¹⁷.
func quarter(t assembler, x vec) (r, q vec) {
	q = t.round(t.times(x, t.konst(2/math.Pi)), nearest)
	// π/2 in three parts. The first step is exact, and the others lose no digits
	// of what is left.
	r = x
	for _, part := range []float64{0x1.921fb60000000p+0, -0x1.777a5c0000000p-25, -0x1.ee59da0000000p-50} {
		r = t.negMulAdd(q, t.konst(part), r)
	}
	return r, q
}

// turned returns the sine of r + q π/2 for whole q.
func turned(t assembler, r, q vec) vec {
	z := t.times(r, r)
	s := horner(t, z, -1.9515295891e-4, 8.3321608736e-3, -1.6666654611e-1)
	sin := t.mulAdd(t.times(s, z), r, r)
	c := horner(t, z, 2.443315711809948e-5, -1.388731625493765e-3, 4.166664568298827e-2)
	cos := t.mulAdd(t.times(c, z), z, t.negMulAdd(t.konst(0.5), z, t.konst(1)))
	n := t.toInt(q)
	odd := t.fromInt(t.and(n, t.bits(1)))
	y := t.pick(t.equal(odd, t.zero()), sin, cos)
	return t.xor(y, t.shiftLeft(t.shiftRight(n, 1), 31))
}

// maxTurn is the largest argument that quarter takes; Go has the same number.
const maxTurn = 1<<17 - 1

// turnLoop is a loop of sine or cosine. It copies arguments that are too large to
// dst as they are. It returns the largest argument, so that the caller knows
// whether there are such arguments.
func turnLoop(name, doc string, f func(t assembler, x vec) vec) *loop {
	return &loop{name: name, doc: doc + " for |a[i]| < 2¹⁷; it copies larger a[i], and returns the largest |a[i]|.", out: []string{"dst"}, in: []string{"a"},
		folds: []fold{{name: "top", largest: true}}, unroll: 2,
		body: func(t assembler, x, _ []vec, gather gatherer) []vec {
			a := abs(t, x[0])
			gather(0, a)
			return []vec{t.pick(t.less(t.konst(maxTurn), a), x[0], f(t, x[0]))}
		}}
}

func sin(t assembler, x vec) vec {
	r, q := quarter(t, x)
	y := turned(t, r, q)
	return t.pick(t.equal(x, t.zero()), x, y) // −0 stays
}

func cos(t assembler, x vec) vec {
	r, q := quarter(t, x)
	return turned(t, r, t.plus(q, t.konst(1)))
}
