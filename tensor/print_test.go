package tensor_test

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/tensor"
)

func TestPrint(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	for _, c := range []struct {
		x    *tensor.Tensor
		want string
	}{
		{tensor.Scalar(3.5), "tensor[] float32 3.5000"},
		{tensor.Scalar(-2), "tensor[] float32 -2"},
		{tensor.Arange(4), "tensor[4] float32 [0 1 2 3]"},
		{tensor.New([]float64{0.5, -1.25, 10}, 3), "tensor[3] float64 [ 0.5000 -1.2500 10.0000]"},
		{tensor.New([]float32{1, float32(nan), float32(-inf)}, 3), "tensor[3] float32 [   1  NaN -Inf]"},
		{tensor.New([]float32{1.5, float32(inf)}, 2), "tensor[2] float32 [1.5000    Inf]"},
		{tensor.New([]float64{nan, nan}, 2), "tensor[2] float64 [NaN NaN]"},
		{tensor.New([]float64{0.001, 1.5}, 2), "tensor[2] float64 [1.0000e-03 1.5000e+00]"},
		{tensor.New([]float64{0.002, 1.5}, 2), "tensor[2] float64 [0.0020 1.5000]"},
		{tensor.New([]float64{1e-5}, 1), "tensor[1] float64 [1.0000e-05]"},
		{tensor.New([]float64{0, 1e9}, 2), "tensor[2] float64 [0.0000e+00 1.0000e+09]"},
		{tensor.New([]float64{1, 100000000}, 2), "tensor[2] float64 [        1 100000000]"},
		{tensor.New([]float32{0.1}, 1), "tensor[1] float32 [0.1000]"},
		{tensor.Zeros(0), "tensor[0] float32 []"},
		{tensor.Zeros64(2, 0, 3), "tensor[2 0 3] float64 []"},
		{tensor.Eye(2), "tensor[2 2] float32\n[[1 0]\n [0 1]]"},
		{tensor.Arange(4).Reshape(2, 2).T(), "tensor[2 2] float32\n[[0 2]\n [1 3]]"},
		{tensor.Arange(2).Reshape(2, 1).Expand(2, 3), "tensor[2 3] float32\n[[0 0 0]\n [1 1 1]]"},
		{tensor.Arange(8).Reshape(2, 2, 2), "tensor[2 2 2] float32\n[[[0 1]\n  [2 3]]\n\n [[4 5]\n  [6 7]]]"},
		{tensor.Arange(1001), "tensor[1001] float32 [   0    1    2 …  998  999 1000]"},
		{tensor.Arange(1002).Reshape(2, 501), "tensor[2 501] float32\n[[   0    1    2 …  498  499  500]\n [ 501  502  503 …  999 1000 1001]]"},
		{tensor.Arange(1200).Reshape(400, 3), "tensor[400 3] float32\n" +
			"[[   0    1    2]\n [   3    4    5]\n [   6    7    8]\n …\n [1191 1192 1193]\n [1194 1195 1196]\n [1197 1198 1199]]"},
		{new(tensor.Tensor), "tensor[] float32 without storage"},
	} {
		require.Equal(t, c.want, c.x.String())
	}

	strange := new(tensor.Tensor)
	require.False(t, strange.AsView().Reshape(tensor.Zeros(2, 3).T(), 6))
	require.Equal(t, "tensor[6] float32 without storage", strange.String())
}

func TestPrintWraps(t *testing.T) {
	s := tensor.Arange(1000).String()
	for _, line := range strings.Split(s, "\n") {
		require.LessOrEqual(t, len(line), 80)
	}
	require.Len(t, strings.Fields(s), 2+1000+1, "a header, every element and the opening bracket's blank")
	require.True(t, strings.HasPrefix(s, "tensor[1000] float32\n[  0   1 "), s[:40])
	require.Contains(t, s, "\n  19  20 ")

	s = tensor.Arange(40).Reshape(2, 20).To(tensor.Float64).String()
	require.Equal(t, 2, strings.Count(s, "\n"), "rows that fit are not wrapped")
}

// Printing reads only the elements that it prints, so that a tensor of 2⁴⁰
// elements, expanded from one, takes no time. It prints few elements also when a
// tensor has eight short axes and a million elements.
func TestPrintOfHugeTensors(t *testing.T) {
	side := 1 << min(20, strconv.IntSize/2-3)
	require.Equal(t, fmt.Sprintf("tensor[%d %[1]d] float32\n", side)+strings.Join([]string{
		"[[7 7 7 … 7 7 7]", " [7 7 7 … 7 7 7]", " [7 7 7 … 7 7 7]", " …", " [7 7 7 … 7 7 7]", " [7 7 7 … 7 7 7]", " [7 7 7 … 7 7 7]]",
	}, "\n"), tensor.Scalar(7).Expand(side, side).String())
	s := tensor.Scalar(7).Expand(6, 6, 6, 6, 6, 6, 6, 6).String()
	require.Equal(t, 768, strings.Count(s, "7"))
}

func TestPrintVerbs(t *testing.T) {
	x := tensor.New([]float32{0.1, 12.5}, 2)
	for format, want := range map[string]string{
		"%v":   "tensor[2] float32 [ 0.1000 12.5000]",
		"%s":   "tensor[2] float32 [ 0.1000 12.5000]",
		"%.1v": "tensor[2] float32 [ 0.1 12.5]",
		"%f":   "tensor[2] float32 [ 0.1000 12.5000]",
		"%.2f": "tensor[2] float32 [ 0.10 12.50]",
		"%.1e": "tensor[2] float32 [1.0e-01 1.2e+01]",
		"%g":   "tensor[2] float32 [ 0.1 12.5]",
		"%d":   "%!d(tensor[2] float32)",
	} {
		require.Equal(t, want, fmt.Sprintf(format, x), format)
	}
	require.Equal(t, "<nil>", fmt.Sprint((*tensor.Tensor)(nil)))
}
