package kernel

// PReLU is
//
//	for i := range dst {
//		dst[i] = a[i] if a[i] > 0, else slope[i] * a[i]
//	}
func PReLU[T Float](dst, a, slope []T) {
	a, slope = a[:len(dst)], slope[:len(dst)]
	for i, v := range a {
		w := slope[i]
		if v > 0 {
			w = 1
		}
		dst[i] = v * w
	}
}

// Softshrink is
//
//	for i := range dst {
//		dst[i] = a[i] moved by bound towards 0, or 0 when that is nearer // NaN stays
//	}
func Softshrink[T Float](dst, a []T, bound T) {
	a = a[:len(dst)]
	for i, v := range a {
		switch {
		case v > bound:
			v -= bound
		case v < -bound:
			v += bound
		default:
			v *= 0
		}
		dst[i] = v
	}
}

// Hardshrink is
//
//	for i := range dst {
//		dst[i] = 0 if −bound <= a[i] <= bound, else a[i]
//	}
func Hardshrink[T Float](dst, a []T, bound T) {
	a = a[:len(dst)]
	for i, v := range a {
		if v >= -bound && v <= bound {
			v = 0
		}
		dst[i] = v
	}
}

// Threshold is
//
//	for i := range dst {
//		dst[i] = value if a[i] <= threshold, else a[i]
//	}
func Threshold[T Float](dst, a []T, threshold, value T) {
	a = a[:len(dst)]
	for i, v := range a {
		if v <= threshold {
			v = value
		}
		dst[i] = v
	}
}

// CELU is
//
//	for i := range dst {
//		dst[i] = a[i] if a[i] > 0, else alpha * (exp(a[i]/alpha) − 1)
//	}
func CELU[T Float](dst, a []T, alpha, _ float64) {
	a = a[:len(dst)]
	const block = 256
	var u [block]T
	for from := 0; from < len(a); from += block {
		x, y := a[from:min(len(a), from+block)], dst[from:min(len(a), from+block)]
		b := u[:len(x)]
		MulScalar(b, x, T(1/alpha))
		ELU(b, b, 1, alpha)
		for i, v := range x {
			if v > 0 {
				y[i] = v
			} else {
				y[i] = b[i]
			}
		}
	}
}
