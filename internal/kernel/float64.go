package kernel

import "math"

// This file replaces functions of package math that have large errors for some
// arguments. The results here are right to nearly the last digit of a float64,
// for any argument.

// log is the natural logarithm. math.Log is wrong for denormals.
func log(x float64) float64 {
	if x < 0x1p-1022 && x > 0 {
		return math.Log(x*0x1p54) - 54*math.Ln2
	}
	return math.Log(x)
}

// Each constant is the sum of two parts, which together have twice the digits of
// a float64.
const (
	ln2Hi    = 0x1.62e42fefap-1 // few bits, so that its product with an exponent is exact
	ln2Lo    = math.Ln2 - ln2Hi
	log2eHi  = 0x1.71547652b82fep+0
	log2eLo  = math.Log2E - log2eHi
	log10eHi = 0x1.bcb7b1526e50ep-2
	log10eLo = math.Log10E - log10eHi
	thirdsHi = 0x1.5555555555555p-1 // two thirds
	thirdsLo = 2.0/3 - thirdsHi
)

// twoSum returns a + b and its rounding error, for |a| ≥ |b|.
func twoSum(a, b float64) (sum, lost float64) {
	sum = a + b
	return sum, b - (sum - a)
}

// twoMul returns (a + a1)(b + b1) and its rounding error.
func twoMul(a, a1, b, b1 float64) (product, lost float64) {
	product = a * b
	return product, math.FMA(a, b, -product) + (float64(a*b1) + float64(a1*b))
}

// logParts returns log x in two parts, for positive finite x.
func logParts(x float64) (hi, lo float64) {
	m, exponent := math.Frexp(x)
	if m < math.Sqrt2/2 {
		m *= 2
		exponent--
	}
	// log m = 2s + ⅔s³ + s⁵(2/5 + 2/7 s² + …), s = f/(2 + f), f = m − 1.
	f := m - 1
	u, u1 := twoSum(2, f)
	s := f / u
	s1 := (math.FMA(-s, u, f) - float64(s*u1)) / u
	z, z1 := twoMul(s, s1, s, s1)
	cube, cube1 := twoMul(z, z1, s, s1)
	cube, cube1 = twoMul(cube, cube1, thirdsHi, thirdsLo)
	p := 0.0
	for _, c := range [...]float64{2.0 / 23, 2.0 / 21, 2.0 / 19, 2.0 / 17, 2.0 / 15, 2.0 / 13, 2.0 / 11, 2.0 / 9, 2.0 / 7, 2.0 / 5} {
		p = float64(p*z) + c
	}
	p *= z * z * s
	e := float64(exponent)
	hi, lo = e*ln2Hi, e*ln2Lo
	if exponent == 0 {
		hi, lo = 2*s, 0
	} else {
		var lost float64
		hi, lost = twoSum(hi, 2*s)
		lo += lost
	}
	hi, lost := twoSum(hi, cube)
	return twoSum(hi, lo+lost+(cube1+2*s1)+p)
}

// log2 and log10 are exact where the logarithm is a whole number.
func log2(x float64) float64  { return logTimes(x, log2eHi, log2eLo) }
func log10(x float64) float64 { return logTimes(x, log10eHi, log10eLo) }

func logTimes(x, c, c1 float64) float64 {
	if !(x > 0 && x <= math.MaxFloat64) {
		return math.Log(x)
	}
	hi, lo := logParts(x)
	y, lost := twoMul(hi, lo, c, c1)
	return y + lost
}

// pow is x to the power y. math.Pow multiplies repeatedly and loses digits with
// each product.
func pow(x, y float64) float64 {
	a := math.Abs(x)
	if a == 0 || a == 1 || y == 0 || a-a != 0 || y-y != 0 || x < 0 && math.Trunc(y) != y {
		return math.Pow(x, y)
	}
	hi, lo := logParts(a)
	v := 0.0
	switch t := y * hi; {
	case t > 710:
		v = math.Inf(1)
	case t > -750:
		_, t1 := twoMul(y, 0, hi, lo)
		v = expParts(t, t1, 0)
	}
	if x < 0 && math.Abs(y) < 0x1p53 && int64(y)&1 == 1 {
		return -v
	}
	return v
}

// expParts returns 2 to the power twos times e to the power x + x1, for
// −750 ≤ x ≤ 720 and small x1.
func expParts(x, x1 float64, twos int) float64 {
	n := math.RoundToEven(x * math.Log2E)
	r, r1 := twoSum(x-n*ln2Hi, x1-n*ln2Lo) // the first difference is exact
	// eʳ = 1 + r + r²(1/2 + r/6 + …).
	p := 0.0
	for _, c := range [...]float64{1.0 / 87178291200, 1.0 / 6227020800, 1.0 / 479001600, 1.0 / 39916800, 1.0 / 3628800,
		1.0 / 362880, 1.0 / 40320, 1.0 / 5040, 1.0 / 720, 1.0 / 120, 1.0 / 24, 1.0 / 6, 1.0 / 2} {
		p = float64(p*r) + c
	}
	y, lost := twoSum(1, r)
	return math.Ldexp(y+(lost+r1+float64(r*r*p)), int(n)+twos)
}

// sinh and cosh are finite for some x for which eˣ overflows.
func sinh(x float64) float64 {
	if a := math.Abs(x); a > 700 {
		return math.Copysign(halfExp(a), x)
	}
	return math.Sinh(x)
}

func cosh(x float64) float64 {
	if a := math.Abs(x); a > 700 {
		return halfExp(a)
	}
	return math.Cosh(x)
}

// halfExp is ½eˣ, for x > 0.
func halfExp(x float64) float64 { return expParts(min(x, 720), 0, -1) }

// acos is the arc cosine. math.Acos has few digits near 1.
func acos(x float64) float64 {
	if x > 0.5 {
		return 2 * math.Asin(math.Sqrt(0.5*(1-x)))
	}
	return math.Acos(x)
}
