package kernel

import "math"

// This file has functions in float64 that package math lacks.

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
