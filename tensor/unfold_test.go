package tensor_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/tensor"
)

func TestUnfold(t *testing.T) {
	x := tensor.Arange(12).Reshape(1, 3, 4)
	y := tensor.Unfold(x, tensor.UnfoldShape{Kernel: [2]int{2, 2}})
	require.Equal(t, []int{4, 6}, y.Shape())
	require.Equal(t, []float64{0, 1, 2, 4, 5, 6, 1, 2, 3, 5, 6, 7, 4, 5, 6, 8, 9, 10, 5, 6, 7, 9, 10, 11}, tensor.Values(y))
	back := tensor.Fold(y, [2]int{3, 4}, tensor.UnfoldShape{Kernel: [2]int{2, 2}})
	require.Equal(t, []float64{0, 2, 4, 3, 8, 20, 24, 14, 8, 18, 20, 11}, tensor.Values(back))
}

// The columns times filters are a convolution, and folding is the gradient of it.
func TestUnfoldIsConvolution(t *testing.T) {
	src := newSource(65)
	for _, s := range []tensor.UnfoldShape{
		{Kernel: [2]int{2, 3}},
		{Kernel: [2]int{3, 2}, Stride: [2]int{2, 1}, Padding: [2]int{1, 0}},
		{Kernel: [2]int{2, 2}, Stride: [2]int{3, 2}, Padding: [2]int{2, 1}, Dilation: [2]int{2, 3}},
		{Kernel: [2]int{1, 1}, Padding: [2]int{0, 4}},
		{Kernel: [2]int{5, 1}, Padding: [2]int{4, 0}},
	} {
		for _, dt := range dtypes {
			for _, l := range layouts {
				x, w := l.put(dt, src.integers(-3, 3, 2, 3, 5, 6)), put(dt, src.integers(-2, 2, 4, 3, s.Kernel[0], s.Kernel[1]))
				cs := tensor.ConvShape{Stride: s.Stride, Padding: s.Padding, Dilation: s.Dilation}
				want := tensor.Conv2d(x, w, cs)
				columns := tensor.Unfold(x, s)
				require.Equal(t, columns.Shape(), tensor.Dims{}.Unfold(x, s))
				got := tensor.MatMul(w.Reshape(4, -1), columns)
				require.Equal(t, tensor.Values(want), tensor.Values(got))

				dx := tensor.ZerosOf(dt, 2, 3, 5, 6)
				dx.AsGrad().Conv2dInput(want, w, cs)
				places := l.put(dt, gridOf(tensor.MatMul(w.Reshape(4, -1).T(), got)))
				require.Equal(t, tensor.Values(dx), tensor.Values(tensor.Fold(places, [2]int{5, 6}, s)))
				require.Equal(t, dx.Shape(), tensor.Dims{}.Fold(places, [2]int{5, 6}, s))
			}
		}
	}
}
