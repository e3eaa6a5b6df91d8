package kernel

import "math"

// Erfc is
//
//	for i := range dst {
//		dst[i] = 1 - erf(a[i])
//	}
func Erfc[T Float](dst, a []T) {
	a = a[:len(dst)]
	for i, v := range a {
		dst[i] = T(math.Erfc(float64(v)))
	}
}

// Erfinv is
//
//	for i := range dst {
//		dst[i] = the number whose erf is a[i]
//	}
func Erfinv[T Float](dst, a []T) {
	a = a[:len(dst)]
	for i, v := range a {
		dst[i] = T(math.Erfinv(float64(v)))
	}
}

// Asinh is
//
//	for i := range dst {
//		dst[i] = asinh(a[i])
//	}
func Asinh[T Float](dst, a []T) {
	a = a[:len(dst)]
	for i, v := range a {
		dst[i] = T(math.Asinh(float64(v)))
	}
}

// Acosh is
//
//	for i := range dst {
//		dst[i] = acosh(a[i])
//	}
func Acosh[T Float](dst, a []T) {
	a = a[:len(dst)]
	for i, v := range a {
		dst[i] = T(math.Acosh(float64(v)))
	}
}

// Atanh is
//
//	for i := range dst {
//		dst[i] = atanh(a[i])
//	}
func Atanh[T Float](dst, a []T) {
	a = a[:len(dst)]
	for i, v := range a {
		dst[i] = T(math.Atanh(float64(v)))
	}
}

// Lgamma is
//
//	for i := range dst {
//		dst[i] = log |Γ(a[i])|
//	}
func Lgamma[T Float](dst, a []T) {
	a = a[:len(dst)]
	for i, v := range a {
		dst[i] = T(lgamma(float64(v)))
	}
}

// Digamma is
//
//	for i := range dst {
//		dst[i] = the derivative of log Γ at a[i]
//	}
func Digamma[T Float](dst, a []T) {
	a = a[:len(dst)]
	for i, v := range a {
		dst[i] = T(digamma(float64(v)))
	}
}

// Polygamma is
//
//	for i := range dst {
//		dst[i] = derivative n of digamma, at a[i]
//	}
func Polygamma[T Float](dst, a []T, n int) {
	a = a[:len(dst)]
	for i, v := range a {
		dst[i] = T(polygamma(n, float64(v)))
	}
}

// Sinc is
//
//	for i := range dst {
//		dst[i] = derivative n of sin(πx) / πx, at a[i]
//	}
func Sinc[T Float](dst, a []T, n int) {
	a = a[:len(dst)]
	for i, v := range a {
		dst[i] = T(sinc(n, float64(v)))
	}
}

// Logit is
//
//	for i := range dst {
//		p := a[i], but between eps and 1 - eps unless eps is negative
//		dst[i] = log(p / (1 - p))
//	}
func Logit[T Float](dst, a []T, eps T) {
	a = a[:len(dst)]
	for i, v := range a {
		if eps >= 0 {
			switch {
			case v < eps:
				v = eps
			case v > 1-eps:
				v = 1 - eps
			}
		}
		dst[i] = T(log(float64(v) / (1 - float64(v))))
	}
}
