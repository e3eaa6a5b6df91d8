package kernel

// A Window says how a rectangular window slides over images: the geometry that
// convolution and pooling share. Pairs are height, width.
type Window struct {
	Channels       int // of one image
	In, Out        [2]int
	Kernel, Stride [2]int
	Pad, Dilation  [2]int
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
