package autograd

import "github.com/descent-ml/descent/tensor"

// STFT returns the short-time Fourier transform of signals x [… n], the spectra of
// frames of the given size. It is [… size/2+1 frames 2], with real and imaginary
// parts in the last axis as in [Var.RFFT]. The window, a vector of at most size
// weights, is put into the middle of a frame; an empty Var weighs all by 1. A centred
// signal is first continued by size/2 at both ends. For pad_mode="constant" of
// PyTorch, use [Var.Pad] and Uncentered.
// See https://docs.pytorch.org/docs/stable/generated/torch.stft.html.
//
//	y[k, t] = Σ w[j] x[t·hop + j] exp(−2πi jk/size)
func (x Var) STFT(size int, window Var, o tensor.STFTOptions) Var {
	const op = "stft"
	v := &x.live(op).val
	f := o.Frames(op, v, size)
	lead := v.Shape()[:v.Rank()-1]
	y := x.Reshape(f.Rows, x.Dim(-1))
	if f.Pad > 0 {
		y = y.padWith(o.Pad, []int{0, 0, f.Pad, f.Pad})
	}
	y = y.Reshape(f.Rows, 1, 1, f.Samples).Unfold(f.Unfold)
	if !window.IsZero() {
		y = y.Mul(window.inFrame(op, &f))
	}
	y = y.RFFT(0, 1, f.Norm)
	if o.TwoSided {
		conj := x.n.tape.blank(v.DType(), 2)
		conj.n.val.Set(1, 0)
		conj.n.val.Set(-1, 1)
		y = Concat(1, y, y.Slice(1, 1, size-f.Bins+1, 1).Flip(1).Mul(conj))
	}
	var dims [tensor.MaxRank]int
	return y.Reshape(append(append(dims[:0], lead...), y.Dim(1), f.Frames, 2)...)
}

// ISTFT returns the signals whose short-time Fourier transform by the same size,
// window and options is x [… bins frames 2]. Of spectra that no signal has, it is
// the signal with the least squared distance. It panics with a [*tensor.ArgError]
// when the windows leave a number out.
// See https://docs.pytorch.org/docs/stable/generated/torch.istft.html.
//
//	y[i] = Σ w[i − t·hop] f_t[i − t·hop] / Σ w[i − t·hop]²     f_t: the inverse transform of frame t
func (x Var) ISTFT(size int, window Var, o tensor.STFTOptions) Var {
	const op = "istft"
	v := &x.live(op).val
	f := o.Spectra(op, v, size)
	lead := v.Shape()[:v.Rank()-3]
	y := x.Reshape(f.Rows, x.Dim(-3), f.Frames, 2).Slice(1, 0, f.Bins, 1).IRFFT(size, 1, f.Norm)
	weight := x.n.tape.blank(v.DType(), size, 1)
	weight.n.val.Fill(1)
	if !window.IsZero() {
		weight = window.inFrame(op, &f)
		y = y.Mul(weight)
	}
	image := [2]int{1, f.Samples}
	y = y.Fold(image, f.Unfold).Reshape(f.Rows, f.Samples).Slice(1, f.Start, f.End, 1)
	sum := weight.Square().Expand(size, f.Frames).Fold(image, f.Unfold).Reshape(f.Samples).Slice(0, f.Start, f.End, 1)
	f.CheckSums(&sum.n.val)
	y = y.Div(sum).Pad(0, 0, 0, 0, f.Tail)
	var dims [tensor.MaxRank]int
	return y.Reshape(append(append(dims[:0], lead...), y.Dim(1))...)
}

// inFrame returns a window with zeros before and after it, of shape [size 1].
func (x Var) inFrame(op string, f *tensor.STFTFrames) Var {
	before, after := f.Window(op, &x.live(op).val)
	return x.Pad(0, before, after).Reshape(-1, 1)
}
