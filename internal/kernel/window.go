package kernel

// A Window says how a rectangular window slides over images: the geometry that
// convolution and pooling share. Pairs are height, width.
type Window struct {
	Channels       int // of one image
	In, Out        [2]int
	Kernel, Stride [2]int
	Pad, Dilation  [2]int
	Adaptive       bool // pooling whose windows divide the image into Out parts, which overlap where they must; the pairs before mean nothing
}

// OutSize returns the number of window positions along an axis, or a number
// below one when the window does not fit.
func OutSize(in, kernel, stride, pad, dilation int) int {
	span := in + 2*pad - dilation*(kernel-1) - 1
	if span < 0 {
		return 0
	}
	return span/stride + 1
}

// CeilSize is [OutSize] with a last window that may hang over the padding on the
// right, when it begins before it.
func CeilSize(in, kernel, stride, pad, dilation int) int {
	n := OutSize(in+stride-1, kernel, stride, pad, dilation)
	if (n-1)*stride >= in+pad {
		n--
	}
	return n
}
