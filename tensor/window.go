package tensor

import "math"

// HannWindow returns a Hann window of n float32 numbers, to weigh the frames of
// [STFT]. A periodic one leaves its last 0 to the next period, as is right for
// spectra; a symmetric one has it, as is right for filters. That of one number is 1.
// See https://docs.pytorch.org/docs/stable/generated/torch.hann_window.html.
//
//	w[i] = ½ − ½ cos(2πi/m)     m = n, or n − 1 when symmetric
func HannWindow(n int, periodic bool) *Tensor {
	return windowOf(n, periodic, HannWindowTo)
}

// HannWindowTo writes what [HannWindow] returns to dst, a vector of either element
// type.
func HannWindowTo(dst *Tensor, periodic bool) {
	weights("hann-window", dst, periodic, func(i, m float64) float64 { return 0.5 - float64(0.5*math.Cos(2*math.Pi*i/m)) })
}

// HammingWindow returns a Hamming window; it is like [HannWindow] but for the formula.
// See https://docs.pytorch.org/docs/stable/generated/torch.hamming_window.html.
//
//	w[i] = 0.54 − 0.46 cos(2πi/m)     m = n, or n − 1 when symmetric
func HammingWindow(n int, periodic bool) *Tensor {
	return windowOf(n, periodic, HammingWindowTo)
}

// HammingWindowTo writes what [HammingWindow] returns to dst, a vector.
func HammingWindowTo(dst *Tensor, periodic bool) {
	weights("hamming-window", dst, periodic, func(i, m float64) float64 { return 0.54 - float64(0.46*math.Cos(2*math.Pi*i/m)) })
}

// BlackmanWindow returns a Blackman window; it is like [HannWindow] but for the
// formula.
// See https://docs.pytorch.org/docs/stable/generated/torch.blackman_window.html.
//
//	w[i] = 0.42 − ½ cos(2πi/m) + 0.08 cos(4πi/m)     m = n, or n − 1 when symmetric
func BlackmanWindow(n int, periodic bool) *Tensor {
	return windowOf(n, periodic, BlackmanWindowTo)
}

// BlackmanWindowTo writes what [BlackmanWindow] returns to dst, a vector.
func BlackmanWindowTo(dst *Tensor, periodic bool) {
	weights("blackman-window", dst, periodic, func(i, m float64) float64 {
		return 0.42 - float64(0.5*math.Cos(2*math.Pi*i/m)) + float64(0.08*math.Cos(4*math.Pi*i/m))
	})
}

// BartlettWindow returns a Bartlett window, a triangle; it is like [HannWindow] but
// for the formula.
// See https://docs.pytorch.org/docs/stable/generated/torch.bartlett_window.html.
//
//	w[i] = 1 − |2i/m − 1|     m = n, or n − 1 when symmetric
func BartlettWindow(n int, periodic bool) *Tensor {
	return windowOf(n, periodic, BartlettWindowTo)
}

// BartlettWindowTo writes what [BartlettWindow] returns to dst, a vector.
func BartlettWindowTo(dst *Tensor, periodic bool) {
	weights("bartlett-window", dst, periodic, func(i, m float64) float64 { return 1 - math.Abs(2*i/m-1) })
}

// KaiserWindow returns a Kaiser window; it is like [HannWindow] but for the formula.
// The default of PyTorch for beta is 12.
// See https://docs.pytorch.org/docs/stable/generated/torch.kaiser_window.html.
//
//	w[i] = I₀(beta √(1 − (2i/m − 1)²)) / I₀(beta)     m = n, or n − 1 when symmetric
func KaiserWindow(n int, periodic bool, beta float64) *Tensor {
	return windowOf(n, periodic, func(dst *Tensor, periodic bool) { KaiserWindowTo(dst, periodic, beta) })
}

// KaiserWindowTo writes what [KaiserWindow] returns to dst, a vector.
func KaiserWindowTo(dst *Tensor, periodic bool, beta float64) {
	const op = "kaiser-window"
	if !(math.Abs(beta) <= 700) {
		BadArg(op, "want a beta between -700 and 700, got %v", beta)
	}
	top := besselI0(beta)
	weights(op, dst, periodic, func(i, m float64) float64 {
		x := 2*i/m - 1
		return besselI0(beta*math.Sqrt(max(0, 1-float64(x*x)))) / top
	})
}

func windowOf(n int, periodic bool, to func(dst *Tensor, periodic bool)) *Tensor {
	if n < 0 {
		BadArg("window", "want n ≥ 0, got %d", n)
	}
	t := Zeros(n)
	to(t, periodic)
	return t
}

// weights writes f(i, m) to dst.
func weights(op string, dst *Tensor, periodic bool, f func(i, m float64) float64) {
	if dst.rank != 1 {
		BadShape(op, "want a vector", dst)
	}
	m := float64(dst.n)
	if !periodic {
		m--
	}
	numbers(dst, func(i int) float64 {
		if dst.n == 1 {
			return 1
		}
		return f(float64(i), m)
	})
}

// besselI0 returns the modified Bessel function I₀ = Σ (x²/4)ᵏ / k!², for |x| ≤ 700.
func besselI0(x float64) float64 {
	term, sum := 1.0, 1.0
	for k := 1.0; term > sum*1e-17; k++ {
		term *= float64(x*x) / 4 / float64(k*k)
		sum += term
	}
	return sum
}
