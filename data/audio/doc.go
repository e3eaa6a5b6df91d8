// Package audio makes of sound what a net can learn from.
//
// # From samples to a picture
//
// Sound is a list of samples: the pressure of the air, some 16 000 times a second. A
// tone is hard to find in it, because it is spread over all samples. The Fourier
// transform adds up a signal against a wave of each frequency, and what is large
// is in it:
//
//	X[k] = Σ_j x[j] exp(−2πi jk/n)
//
// [FFT] computes it for any n in n log n steps. Speech and music change, so a
// signal is cut into short frames that overlap, each is faded in and out by a
// window, and each is transformed: [STFT]. Its squared magnitude, frequency by
// time, is a picture of the sound, [STFT.Power].
//
// The ear tells 100 Hz from 200 Hz easily, and hardly 7000 Hz from 7100 Hz.
// [Mel] adds the power up in bands that are spaced as the ear hears, and
// [Decibels] takes the logarithm, as the ear does. The result is a small picture,
// and the usual input of a convolutional net. [MFCC] goes one step on: a cosine
// transform keeps the coarse shape of the bands in few numbers.
//
//	clips       [n samples]
//	  │ STFT, |·|²           frames of 400 samples, every 200
//	power       [n 201 frames]
//	  │ Mel                  bands of the ear
//	mel         [n 128 frames]
//	  │ Decibels             logarithm
//	input       [n 128 frames]
//
// [MaskTime] and [MaskFrequency] hide stripes of it, so that a net does not rely
// on one moment or one tone.
//
// # Whose numbers
//
// The results are those of torch.stft, torch.istft and torchaudio, whose names
// the comments give. Signals and results are float32; in between, all is
// computed in float64, so that results differ from the exact ones by the last
// rounding only. Against PyTorch in float64 the difference is below 10⁻¹³ before
// that rounding; PyTorch in float32 itself is off by some 10⁻⁶ of the largest
// number.
//
// # Recordings
//
// [OpenFolder] finds WAVE files in a folder with a folder for each class, and
// [Folder.Load] makes labelled examples of equal length of them. A file that is
// damaged, or has another sampling rate, is an error that names it.
//
// # Plans
//
// FFT, STFT, Mel and MFCC are plans: made once, with all tables, and then used for
// any number of signals by any number of goroutines. Methods named To write to a
// destination and allocate nothing in steady state, as in package tensor.
package audio
