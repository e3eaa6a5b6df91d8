package optable

import (
	"math"
	"slices"

	"github.com/descent-ml/descent/tensor"
)

// factor is that of a transform of n numbers by its norm.
func factor(n int, norm int, inverse bool) float64 {
	forward, backward := 1.0, 1/float64(n)
	switch tensor.FFTNorm(norm) {
	case tensor.FFTOrtho:
		forward = 1 / math.Sqrt(float64(n))
		backward = forward
	case tensor.FFTForward:
		forward, backward = backward, forward
	}
	if inverse {
		return backward
	}
	return forward
}

// spectrumOf is RFFT, by its definition.
func spectrumOf(x array, n, k, norm int) array {
	shape := append(slices.Clone(x.shape), 2)
	shape[k] = n/2 + 1
	return fill(shape, func(idx []int) float64 {
		at, s := slices.Clone(idx[:len(x.shape)]), 0.0
		for j := range min(n, x.shape[k]) {
			at[k] = j
			angle := 2 * math.Pi * float64(idx[k]*j%n) / float64(n)
			s += x.at(at...) * []float64{math.Cos(angle), -math.Sin(angle)}[idx[len(x.shape)]]
		}
		return s * factor(n, norm, false)
	})
}

// numbersOf is IRFFT, by its definition.
func numbersOf(z array, n, k, norm int) array {
	shape := slices.Clone(z.shape[:len(z.shape)-1])
	bins := shape[k]
	shape[k] = n
	return fill(shape, func(idx []int) float64 {
		at, s := append(slices.Clone(idx), 0), 0.0
		for i := range n {
			bin := min(i, n-i)
			if bin >= bins {
				continue
			}
			sign := 1.0
			switch {
			case 2*i > n:
				sign = -1
			case i == 0 || 2*i == n:
				sign = 0
			}
			angle := 2 * math.Pi * float64(idx[k]*i%n) / float64(n)
			at[k], at[len(idx)] = bin, 0
			s += z.at(at...) * math.Cos(angle)
			at[len(idx)] = 1
			s -= sign * z.at(at...) * math.Sin(angle)
		}
		return s * factor(n, norm, true)
	})
}

// stftOptions reads the options of a short-time transform from ints: size, hop,
// uncentred, pad mode, normalised, two-sided, length.
func stftOptions(n []int) tensor.STFTOptions {
	o := tensor.STFTOptions{Hop: n[1], Uncentered: n[2] == 1, Pad: tensor.PadMode(n[3]), Normalized: n[4] == 1, TwoSided: n[5] == 1}
	if len(n) > 6 {
		o.Length = n[6]
	}
	return o
}

// framing returns what a frame is weighed by, the hop, and what comes before the first number.
func framing(a attrs, x []array) (w []float64, hop, pad int) {
	size := a.ints[0]
	w = make([]float64, size)
	for i := range w {
		w[i] = 1
	}
	if len(x) > 1 {
		clear(w)
		copy(w[(size-len(x[1].v))/2:], x[1].v)
	}
	if hop = a.ints[1]; hop == 0 {
		hop = max(1, size/4)
	}
	if a.ints[2] == 0 {
		pad = size / 2
	}
	return w, hop, pad
}

// frameNorm is the norm of the spectra of frames.
func frameNorm(a attrs) int {
	if a.ints[4] == 1 {
		return int(tensor.FFTOrtho)
	}
	return int(tensor.FFTBackward)
}

// window returns the window among operands, or none.
func window(x []Var) Var {
	if len(x) > 1 {
		return x[1]
	}
	return Var{}
}

// sameAs returns a check that the operation of package tensor gives the same numbers.
func sameAs(run func(a attrs, x []Var) Var, value func(a attrs, x, window *tensor.Tensor) *tensor.Tensor) func(a attrs, x []Var) error {
	return func(a attrs, x []Var) error {
		var w *tensor.Tensor
		if len(x) > 1 {
			w = x[1].Value()
		}
		return near(value(a, x[0].Value(), w), arrayOf(run(a, x).Value()), 0)
	}
}

func fftRows() []row {
	stft := func(a attrs, x []Var) Var { return x[0].STFT(a.ints[0], window(x), stftOptions(a.ints)) }
	istft := func(a attrs, x []Var) Var { return x[0].ISTFT(a.ints[0], window(x), stftOptions(a.ints)) }
	complexOf := func(name, op string, run func(x Var) Var, value func(re, im float64) float64) row {
		return row{
			name: name,
			run:  func(_ attrs, x []Var) Var { return run(x[0]) },
			want: func(_ attrs, x []array) array {
				return fill(x[0].shape[:len(x[0].shape)-1], func(idx []int) float64 {
					return value(x[0].at(append(slices.Clone(idx), 0)...), x[0].at(append(slices.Clone(idx), 1)...))
				})
			},
			samples: []sample{on(of(3, 2)), on(of(2)), on(of(2, 2, 2)), on(turn(3, 2)), on(step(3, 2)), on(of(0, 2))},
			errors: []misuse{{op + " [2 3]: want a last axis of two, the real and the imaginary part", on(of(2, 3))},
				{op + " []: want a last axis of two, the real and the imaginary part", on(of())}},
		}
	}
	return []row{
		{
			name: "RFFT",
			run:  func(a attrs, x []Var) Var { return x[0].RFFT(a.ints[0], a.ints[1], tensor.FFTNorm(a.ints[2])) },
			want: func(a attrs, x []array) array {
				k := axis(a.ints[1], len(x[0].shape))
				n := a.ints[0]
				if n == 0 {
					n = x[0].shape[k]
				}
				return spectrumOf(x[0], n, k, a.ints[2])
			},
			samples: []sample{ints(0, 0, 0).on(of(6)), ints(0, -1, 1).on(of(2, 5)), ints(7, 1, 2).on(of(2, 4)), ints(3, 1, 0).on(of(2, 4, 2)), ints(0, 0, 1).on(of(1)),
				ints(0, 0, 0).on(turn(4, 2)), ints(5, -1, 0).on(step(2, 4)), ints(0, 0, 2).on(of(2)), ints(2, 0, 0).on(of(0)), ints(0, 1, 0).on(of(0, 3)), ints(12, 0, 0).on(of(9, 2))},
			errors: []misuse{
				{"rfft [2 3]: axis 2 is out of range for 2 axes", ints(0, 2, 0).on(of(2, 3))},
				{"rfft []: axis 0 is out of range for 0 axes", ints(0, 0, 0).on(of())},
				{"rfft [0]: there is nothing to transform: want at least one element", ints(0, 0, 0).on(of(0))},
				{"rfft [2]: there is nothing to transform: want at least one element", ints(-1, 0, 0).on(of(2))},
				{"rfft [1 1 1 1 1 1 1 2]: there is no room for the axis of real and imaginary parts", ints(0, 0, 0).on(of(1, 1, 1, 1, 1, 1, 1, 2))},
				{"rfft: there is no norm 3", ints(0, 0, 3).on(of(2))},
			},
		},
		{
			name: "IRFFT",
			run:  func(a attrs, x []Var) Var { return x[0].IRFFT(a.ints[0], a.ints[1], tensor.FFTNorm(a.ints[2])) },
			want: func(a attrs, x []array) array {
				k := axis(a.ints[1], len(x[0].shape)-1)
				n := a.ints[0]
				if n == 0 {
					n = 2 * (x[0].shape[k] - 1)
				}
				return numbersOf(x[0], n, k, a.ints[2])
			},
			samples: []sample{ints(0, 0, 0).on(of(4, 2)), ints(7, -1, 1).on(of(2, 4, 2)), ints(9, 0, 2).on(of(3, 2, 2)), ints(4, 1, 0).on(of(2, 5, 2)), ints(1, 0, 0).on(of(1, 2)),
				ints(0, 0, 1).on(turn(3, 2)), ints(5, 0, 0).on(step(3, 2)), ints(2, 0, 0).on(of(2, 2)), ints(0, 1, 0).on(of(0, 3, 2)), ints(12, 0, 0).on(of(7, 2)), ints(3, 0, 0).on(of(0, 2))},
			errors: []misuse{
				{"irfft [2 3]: want a last axis of two, the real and the imaginary part", ints(0, 0, 0).on(of(2, 3))},
				{"irfft [3]: axis 1 is out of range for 1 axes", ints(0, 1, 0).on(of(3, 2))},
				{"irfft [1 2]: there is nothing to transform: want at least one element", ints(0, 0, 0).on(of(1, 2))},
				{"irfft: there is no norm 3", ints(0, 0, 3).on(of(2, 2))},
			},
		},
		complexOf("ComplexAbs", "complex-abs", Var.ComplexAbs, math.Hypot),
		complexOf("ComplexPower", "complex-power", Var.ComplexPower, func(re, im float64) float64 { return re*re + im*im }),
		{
			name: "STFT", tol32: 2e-5,
			run: stft,
			also: sameAs(stft, func(a attrs, x, w *tensor.Tensor) *tensor.Tensor {
				return tensor.STFT(x, a.ints[0], w, stftOptions(a.ints))
			}),
			want: func(a attrs, x []array) array {
				w, hop, pad := framing(a, x)
				last := len(x[0].shape) - 1
				size, n, lead := a.ints[0], x[0].shape[last], x[0].shape[:last]
				frames := 1 + (n+2*pad-size)/hop
				cut := fill(slices.Concat(lead, []int{frames, size}), func(idx []int) float64 {
					at := idx[last]*hop + idx[last+1] - pad
					switch tensor.PadMode(a.ints[3]) {
					case tensor.Reflect:
						if at < 0 {
							at = -at
						}
						if at >= n {
							at = 2*(n-1) - at
						}
					case tensor.Replicate:
						at = min(max(at, 0), n-1)
					case tensor.Circular:
						at = (at + n) % n
					}
					return w[idx[last+1]] * x[0].at(slices.Concat(idx[:last], []int{at})...)
				})
				z := spectrumOf(cut, size, last+1, frameNorm(a))
				bins := size/2 + 1
				if a.ints[5] == 1 {
					bins = size
				}
				return fill(slices.Concat(lead, []int{bins, frames, 2}), func(idx []int) float64 {
					k, sign := idx[last], 1.0
					if k > size/2 {
						k, sign = size-k, []float64{1, -1}[idx[last+2]]
					}
					return sign * z.at(slices.Concat(idx[:last], []int{idx[last+1], k, idx[last+2]})...)
				})
			},
			samples: []sample{ints(4, 2, 0, 0, 0, 0).on(of(2, 7), of(4)), ints(4, 0, 0, 1, 0, 0).on(of(6)), ints(5, 2, 0, 2, 1, 0).on(turn(6, 2), step(3)), ints(4, 3, 1, 0, 0, 1).on(step(1, 8), of(2)),
				ints(1, 1, 0, 0, 0, 0).on(of(3)), ints(3, 1, 1, 0, 0, 1).on(of(0, 4), of(3)), ints(6, 2, 0, 0, 0, 0).on(of(1, 2, 7), of(5).constant())},
			errors: []misuse{
				{"stft []: want signals [… n]", ints(4, 2, 0, 0, 0, 0).on(of())},
				{"stft [3]: the signal is too short for frames of 4", ints(4, 2, 1, 0, 0, 0).on(of(3))},
				{"stft: want a size of at least 1, and no negative hop or length, got 0, 1 and 0", ints(0, 0, 0, 0, 0, 0).on(of(3))},
				{"stft [5]: want a window of at most the size, 4", ints(4, 2, 0, 0, 0, 0).on(of(9), of(5))},
			},
		},
		{
			name: "ISTFT", tol32: 2e-5,
			run: istft,
			also: sameAs(istft, func(a attrs, x, w *tensor.Tensor) *tensor.Tensor {
				return tensor.ISTFT(x, a.ints[0], w, stftOptions(a.ints))
			}),
			want: func(a attrs, x []array) array {
				w, hop, pad := framing(a, x)
				last := len(x[0].shape) - 3
				size, frames, lead := a.ints[0], x[0].shape[last+1], x[0].shape[:last]
				y := numbersOf(x[0], size, last, frameNorm(a))
				n := size + hop*(frames-1) - 2*pad
				if a.ints[6] > 0 {
					n = a.ints[6]
				}
				return fill(slices.Concat(lead, []int{n}), func(idx []int) float64 {
					sum, weight := 0.0, 0.0
					for t := range frames {
						if j := idx[last] + pad - t*hop; j >= 0 && j < size {
							sum += w[j] * y.at(slices.Concat(idx[:last], []int{j, t})...)
							weight += w[j] * w[j]
						}
					}
					if weight == 0 {
						return 0
					}
					return sum / weight
				})
			},
			samples: []sample{ints(4, 2, 0, 0, 0, 0, 0).on(of(2, 3, 3, 2), with(0.5, 1, 0.8, 0.4)), ints(4, 0, 0, 0, 0, 0, 0).on(of(3, 4, 2)), ints(5, 2, 0, 0, 1, 0, 3).on(turn(3, 3, 2)),
				ints(4, 3, 1, 0, 0, 1, 0).on(step(4, 2, 2), with(0.5, 1, 0.9, 0.6)), ints(4, 2, 0, 0, 0, 0, 9).on(of(3, 3, 2)), ints(1, 1, 0, 0, 0, 0, 0).on(of(1, 2, 2)),
				ints(3, 1, 1, 0, 0, 0, 0).on(of(0, 2, 2, 2))},
			errors: []misuse{
				{"istft [2 3]: want a last axis of two, the real and the imaginary part", ints(4, 2, 0, 0, 0, 0, 0).on(of(2, 3))},
				{"istft [2 3 2]: want spectra [… 3 frames 2]", ints(4, 2, 0, 0, 0, 0, 0).on(of(2, 3, 2))},
				{"istft [3 0 2]: want spectra [… 3 frames 2]", ints(4, 2, 0, 0, 0, 0, 0).on(of(3, 0, 2))},
				{"istft [3 2 2]: want spectra [… 4 frames 2]", ints(4, 2, 0, 0, 0, 1, 0).on(of(3, 2, 2))},
				{"istft: want a size of at least 1, and no negative hop or length, got 4, 1 and -2", ints(4, 1, 0, 0, 0, 0, -2).on(of(3, 2, 2))},
				{"istft: the windows leave number 0 out; make the hop smaller or center the frames", ints(4, 2, 1, 0, 0, 0, 0).on(of(3, 2, 2), with(0, 1, 1, 1))},
			},
		},
	}
}

// with is a vector of these numbers.
func with(v ...float64) operand { return of(len(v)).with(v...) }
