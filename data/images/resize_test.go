package images

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/tensor"
)

func TestResizeMisuse(t *testing.T) {
	x := tensor.Zeros(2, 3, 4)
	for _, f := range []func(){
		func() { ResizeTo(tensor.Zeros(1, 3, 4), x, false) },
		func() { ResizeTo(tensor.Zeros(3, 4), x, false) },
		func() { ResizeTo(tensor.Zeros(4), tensor.Zeros(4), false) },
		func() { ResizeTo(tensor.Zeros(2, 0, 4), x, false) },
		func() { ResizeTo(x, tensor.Zeros(2, 3, 0), false) },
		func() { ResizeTo(tensor.Zeros(2, 4, 3).Transpose(1, 2), x, false) },
	} {
		require.Contains(t, panicText(t, f), "resize")
	}
	require.Contains(t, panicText(t, func() { ResizeTo(tensor.Zeros(2, 5, 5).To(tensor.Float64), x, false) }), "float64")
}

// The weights of each output pixel have the sum 1, whatever the lengths.
func TestTaps(t *testing.T) {
	for in := 1; in < 40; in++ {
		for out := 1; out < 40; out++ {
			for _, antialias := range []bool{false, true} {
				taps := newTaps(in, out, antialias)
				for i := range out {
					first, weights := taps.at(i)
					require.GreaterOrEqual(t, first, 0)
					require.LessOrEqual(t, first+len(weights), in)
					sum := 0.0
					for _, w := range weights {
						require.GreaterOrEqual(t, w, float32(0))
						sum += float64(w)
					}
					require.InDelta(t, 1, sum, 1e-6)
				}
			}
		}
	}
}

func ExampleResizeTo() {
	x := tensor.New([]float32{0, 1, 0, 1}, 1, 1, 4)
	half := tensor.Zeros(1, 1, 2)
	ResizeTo(half, x, true)
	twice := tensor.Zeros(1, 1, 8)
	ResizeTo(twice, x, true)
	fmt.Printf("%.3f\n%.2f\n", tensor.Values(half), tensor.Values(twice))
	// Output:
	// [0.429 0.571]
	// [0.00 0.25 0.75 0.75 0.25 0.25 0.75 1.00]
}
