package kernel

import "math"

// This file replaces functions of package math that have large errors for some
// arguments, and has some that package math lacks. The results here are right to
// nearly the last digit of a float64, for any argument.

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

// lgamma is log |Γ(x)|. It is +Inf at −Inf, as in C.
func lgamma(x float64) float64 {
	if math.IsInf(x, -1) {
		return math.Inf(1)
	}
	y, _ := math.Lgamma(x)
	return y
}

// bernoulli are the numbers B₂, B₄, … of Bernoulli.
var bernoulli = [...]float64{1. / 6, -1. / 30, 1. / 42, -1. / 30, 5. / 66, -691. / 2730, 7. / 6, -3617. / 510, 43867. / 798, -174611. / 330}

// digamma is the derivative of log Γ. At a negative integer it is NaN, at ±0
// infinite, with the sign of −x.
func digamma(x float64) float64 {
	switch {
	case x == 0:
		return math.Copysign(math.Inf(1), -x)
	case x < 0:
		if x == math.Trunc(x) {
			return math.NaN()
		}
		return digamma(1-x) - math.Pi/math.Tan(math.Pi*math.Mod(x, 1))
	}
	y := 0.0
	for ; x < 10; x++ { // ψ(x) = ψ(x + 1) − 1/x
		y -= 1 / x
	}
	// ψ(x) = log x − 1/2x − Σ B₂ⱼ / 2j x²ʲ
	z, p := 1/(x*x), 0.0
	for j := 6; j >= 0; j-- {
		p = float64(p*z) + bernoulli[j]/float64(2*j+2)
	}
	return y + (math.Log(x) - 0.5/x - float64(z*p))
}

// MaxPolygamma is the largest order of [Polygamma].
const MaxPolygamma = 60

// polygamma is derivative n of digamma, for n ≥ 1: (−1)ⁿ⁺¹ n! Σ 1/(x + k)ⁿ⁺¹ over
// k = 0, 1, …
func polygamma(n int, x float64) float64 {
	if n == 0 {
		return digamma(x)
	}
	sign := 1.0
	if n%2 == 0 {
		sign = -1
	}
	switch {
	case math.IsInf(x, 1):
		return 0
	case math.IsInf(x, -1):
		return math.NaN()
	case x <= 0 && x == math.Trunc(x):
		return sign * math.Inf(1)
	case n == 1 && x > 0:
		return trigamma(x)
	case x < 0.5:
		// ψₙ(x) = (−1)ⁿ ψₙ(1 − x) − π cot⁽ⁿ⁾(πx). The derivatives of the
		// cotangent are polynomials of it.
		return -sign*polygamma(n, 1-x) - math.Pi*cotDerivative(n, x)
	}
	return sign * math.Gamma(float64(n+1)) * zeta(n+1, x)
}

// trigamma is the derivative of digamma, for x > 0: the sum 1/x² + 1/(x + 1)² + …,
// from 10 on by 1/x + 1/2x² + Σ B₂ⱼ / x²ʲ⁺¹.
func trigamma(x float64) float64 {
	y := 0.0
	for ; x < 10; x++ {
		y += 1 / (x * x)
	}
	z, p := 1/(x*x), 0.0
	for j := 7; j >= 0; j-- {
		p = float64(p*z) + bernoulli[j]
	}
	return y + (1/x + float64(z*(0.5+p/x)))
}

// cotDerivative is derivative n of cot(πx).
func cotDerivative(n int, x float64) float64 {
	var p [MaxPolygamma + 2]float64 // coefficients of powers of the cotangent
	p[1] = 1
	for k := range n { // the derivative of cᵏ is −πk (cᵏ⁻¹ + cᵏ⁺¹)
		var q [MaxPolygamma + 2]float64
		for i := 1; i <= k+1; i++ {
			d := -math.Pi * float64(i) * p[i]
			q[i-1] += d
			q[i+1] += d
		}
		p = q
	}
	c := 1 / math.Tan(math.Pi*math.Mod(x, 1))
	y := p[n+1]
	for i := n; i >= 0; i-- {
		y = float64(y*c) + p[i]
	}
	return y
}

// zeta is Σ 1/(x + k)ˢ over k = 0, 1, …, for s ≥ 2 and x > 0, by the formula of
// Euler and Maclaurin.
func zeta(s int, x float64) float64 {
	e, y := float64(s), 0.0
	for top := 10 + e; x < top; x++ {
		y += math.Pow(x, -e)
	}
	p := math.Pow(x, -e)
	y += p*x/(e-1) + p/2
	f := p * e / x // s (s + 1) … / (2j)! xˢ⁺²ʲ⁻¹, but for B₂ⱼ
	for j, b := range bernoulli {
		k := float64(2*j + 2)
		if j == 0 {
			f /= 2
		}
		y += f * b
		f *= (e + k - 1) * (e + k) / ((k + 1) * (k + 2) * x * x)
	}
	return y
}

// sinc is derivative n of sin(πx) / πx.
func sinc(n int, x float64) float64 {
	u := math.Pi * x
	switch {
	case n == 0 && x == 0:
		return 1
	case n == 0: // exactly 0 for whole x
		whole := math.RoundToEven(x)
		s := math.Sin(math.Pi * (x - whole))
		if math.Mod(whole, 2) != 0 {
			s = -s
		}
		return s / u
	case math.Abs(u) < 2:
		// Σ (−1)ᵏ uᵐ / m! (2k + 1) with m = 2k − n, over 2k ≥ n.
		k := (n + 1) / 2
		term := 1.0 // (−1)ᵏ uᵐ / m!
		if k%2 == 1 {
			term = -1
		}
		m := 2*k - n
		if m == 1 {
			term *= u
		}
		y := 0.0
		for range 20 {
			y += term / float64(2*k+1)
			k, m = k+1, m+2
			term *= -u * u / float64((m-1)*m)
		}
		return y * math.Pow(math.Pi, float64(n))
	}
	// By u sₙ + n sₙ₋₁ = sin⁽ⁿ⁾ u.
	sin, cos := math.Sincos(u)
	turns := [4]float64{sin, cos, -sin, -cos}
	s := sin / u
	for k := 1; k <= n; k++ {
		s = (turns[k%4] - float64(float64(k)*s)) / u
	}
	return s * math.Pow(math.Pi, float64(n))
}
