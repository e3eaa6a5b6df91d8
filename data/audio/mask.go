package audio

import "github.com/descent-ml/descent/tensor"

// MaskTime hides a stretch of time of each spectrogram of x [… bins frames]: it
// sets some frames in a row, fewer than width, to value. It is a part of SpecAugment
// (Park et al., 2019), and what torchaudio.transforms.TimeMasking(width,
// iid_masks=True) does, with the same generator state the same:
//
//	length = ⌊u width⌋     start = ⌊v (frames − u width)⌋     u, v uniform in [0, 1)
//
// The numbers u of all spectrograms are drawn first, and then the numbers v. x is
// float32 and is changed in place, without an allocation. MaskTime panics with the
// typed errors of package tensor when x has another element type, fewer than two
// axes, is not contiguous, or has fewer frames than width, or width is
// negative. With width 0 it draws nothing.
func MaskTime(x *tensor.Tensor, width int, value float64, r *tensor.Rand) {
	mask("audio.masktime", x, 1, width, value, r)
}

// MaskFrequency is [MaskTime] for some frequencies in a row, as
// torchaudio.transforms.FrequencyMasking does.
func MaskFrequency(x *tensor.Tensor, width int, value float64, r *tensor.Rand) {
	mask("audio.maskfrequency", x, 2, width, value, r)
}

// mask masks along the axis that is the given number of axes from the end.
func mask(op string, x *tensor.Tensor, fromEnd, width int, value float64, r *tensor.Rand) {
	float32s(op, x)
	rank := x.Rank()
	if rank < 2 {
		tensor.BadShape(op, "want spectrograms, [… bins frames]", x)
	}
	contiguous(op, x)
	bins, frames := x.Shape()[rank-2], x.Shape()[rank-1]
	size := x.Shape()[rank-fromEnd]
	if width < 0 || width > size {
		tensor.BadArg(op, "want a width from 0 to %d, got %d", size, width)
	}
	if width == 0 || x.Len() == 0 {
		return
	}
	data := tensor.Data[float32](x)
	one, v := bins*frames, float32(value)
	first := *r // draws u again
	for range len(data) / one {
		r.Float32()
	}
	for ; len(data) > 0; data = data[one:] {
		long := first.Float32() * float32(width)
		start := int(r.Float32() * (float32(size) - long))
		end := start + int(long)
		for k := range bins {
			row := data[k*frames : (k+1)*frames]
			switch {
			case fromEnd == 1:
				row = row[start:end]
			case k < start || k >= end:
				continue
			}
			for t := range row {
				row[t] = v
			}
		}
	}
}
