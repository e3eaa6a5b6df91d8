package kernel_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/internal/kernel"
)

// An operand that is too short causes a panic, for every instruction set. So
// assembly never touches memory behind a slice.
func TestShortOperands(t *testing.T) {
	eachLevel(t, func(t *testing.T) {
		for _, k := range elementwiseKernels {
			checkShortRow(t, k.name, k.arity, k.f32)
			checkShortRow(t, k.name, k.arity, k.f64)
		}
		for _, k := range rowKernels {
			checkShortRow(t, k.name, k.arity, func(dst, a, b, _ []float32) { k.f32(dst, a, b) })
			checkShortRow(t, k.name, k.arity, func(dst, a, b, _ []float64) { k.f64(dst, a, b) })
		}
		checkShortSlices[float32](t)
		checkShortSlices[float64](t)
		checkShortProducts[float32](t)
		checkShortProducts[float64](t)
		checkShortConvs[float32](t)
		checkShortConvs[float64](t)
	})
}

// checkShort calls f with slices of the given lengths. Then, for each slice, it calls
// f with this slice one element shorter.
func checkShort[T kernel.Float](t *testing.T, what string, f func(s [][]T), lengths ...int) {
	t.Helper()
	s := make([][]T, len(lengths))
	for i, n := range lengths {
		s[i] = make([]T, n)
	}
	require.NotPanics(t, func() { f(s) }, what)
	for i, n := range lengths {
		if n == 0 {
			continue
		}
		all := s[i]
		s[i] = all[: n-1 : n-1]
		require.Panics(t, func() { f(s) }, "%s (%T): slice %d of %d", what, all, i, len(lengths))
		s[i] = all
	}
}

// short is the length of a slice that ends within a vector.
const short = 37

func checkShortRow[T kernel.Float](t *testing.T, name string, arity int, f func(dst, a, b, c []T)) {
	t.Helper()
	lengths := [3]int{short, short, short}
	dst := make([]T, short)
	checkShort(t, name, func(s [][]T) {
		var x [3][]T
		copy(x[:], s)
		f(dst, x[0], x[1], x[2])
	}, lengths[:arity]...)
}

func checkShortSlices[T kernel.Float](t *testing.T) {
	own := make([]T, short)
	three, five := []int{short, short, short}, []int{short, short, short, short, short}
	checkShort(t, "Dot", func(s [][]T) { kernel.Dot(own, s[0]) }, short)
	checkShort(t, "Blend", func(s [][]T) { kernel.Blend(own, s[0], 2, 3) }, short)
	checkShort(t, "NormalizeGradSums", func(s [][]T) { kernel.NormalizeGradSums(own, s[0], 2) }, short)
	checkShort(t, "LayerNormGradSums", func(s [][]T) { kernel.LayerNormGradSums(own, s[0], s[1], 2) }, short, short)
	checkShort(t, "LayerNormGrad", func(s [][]T) { kernel.LayerNormGrad(own, s[0], s[1], s[2], s[3], s[4], 1, 2, 3, 4) }, five...)
	checkShort(t, "CrossEntropyRowGrad", func(s [][]T) { kernel.CrossEntropyRowGrad(own, s[0], 3, nil, 0, 1) }, short)
	checkShort(t, "CrossEntropyRowGrad, smoothed", func(s [][]T) { kernel.CrossEntropyRowGrad(own, s[0], 3, s[1], 0.5, 1) }, short, short)
	checkShort(t, "SGDStep", func(s [][]T) { kernel.SGDStep(own, s[0], nil, kernel.SGD{LR: 1}) }, short)
	checkShort(t, "SGDStep with momentum", func(s [][]T) { kernel.SGDStep(own, s[0], s[1], kernel.SGD{LR: 1, Momentum: 1}) }, short, short)
	adam := kernel.Adam{LR: 1, Beta1: 0.75, Beta2: 0.5, Eps: 1, Step: 1}
	checkShort(t, "AdamStep", func(s [][]T) { kernel.AdamStep(own, s[0], s[1], s[2], nil, adam) }, three...)
	checkShort(t, "AdamStep with AMSGrad", func(s [][]T) { kernel.AdamStep(own, s[0], s[1], s[2], s[3], adam) }, five[:4]...)
	w := kernel.Window{Channels: 1, In: [2]int{6, 10}, Out: [2]int{3, 5}, Kernel: [2]int{2, 2}, Stride: [2]int{2, 2}, Dilation: [2]int{1, 1}}
	index := make([]int, 30)
	checkShort(t, "MaxPool", func(s [][]T) { kernel.MaxPool(s[0], index, s[1], &w, 2) }, 30, 120)
	checkShort(t, "MaxPoolGrad", func(s [][]T) { kernel.MaxPoolGrad(s[0], s[1], index, &w, 2) }, 120, 30)
}

func checkShortProducts[T kernel.Float](t *testing.T) {
	for _, c := range [][3]int{{1, 1, 1}, {5, 7, 9}, {1, 40, 100}, {20, 33, 100}, {40, 1, 70}, {30, 150, 520}} {
		m, n, k := c[0], c[1], c[2]
		for _, pa := range placements {
			for _, pb := range placements {
				ra, ca := pa.strides(m, k)
				rb, cb := pb.strides(k, n)
				what := fmt.Sprintf("MatMul %v, %s × %s", c, pa.name, pb.name)
				checkShort(t, what, func(s [][]T) {
					a, b := kernel.Matrix[T]{Data: s[1], Row: ra, Col: ca}, kernel.Matrix[T]{Data: s[2], Row: rb, Col: cb}
					kernel.MatMul(s[0], n, a, b, m, n, k, kernel.Epilogue[T]{Bias: s[3]})
				}, m*n, (m-1)*ra+(k-1)*ca+1, (k-1)*rb+(n-1)*cb+1, n)
			}
		}
	}
}

func checkShortConvs[T kernel.Float](t *testing.T) {
	for _, w := range []kernel.Window{
		{In: [2]int{9, 9}, Kernel: [2]int{1, 1}, Stride: [2]int{1, 1}},                      // reads images where they lie
		{In: [2]int{9, 21}, Kernel: [2]int{3, 3}, Stride: [2]int{1, 1}},                     // its rows begin there
		{In: [2]int{9, 6}, Kernel: [2]int{3, 5}, Stride: [2]int{2, 1}, Pad: [2]int{1, 2}},   // copies them
		{In: [2]int{3, 4}, Kernel: [2]int{3, 4}, Stride: [2]int{1, 1}},                      // is a product
		{In: [2]int{1, 64}, Kernel: [2]int{1, 33}, Stride: [2]int{1, 1}, Pad: [2]int{0, 0}}, // has one row
	} {
		w.Channels, w.Dilation = 3, [2]int{1, 1}
		for i := range 2 {
			w.Out[i] = kernel.OutSize(w.In[i], w.Kernel[i], w.Stride[i], w.Pad[i], 1)
		}
		c := kernel.Conv{Window: w, Batch: 2, Groups: 2, Filters: 5}
		x, f, y := 12*w.In[0]*w.In[1], 30*w.Kernel[0]*w.Kernel[1], 20*w.Out[0]*w.Out[1]
		what := fmt.Sprintf("Conv %+v", w)
		checkShort(t, what, func(s [][]T) { kernel.Conv2d(s[0], s[1], s[2], s[3], c) }, y, x, f, 10)
		checkShort(t, what+" by x", func(s [][]T) { kernel.Conv2dInput(s[0], s[1], s[2], c) }, x, y, f)
		checkShort(t, what+" by w", func(s [][]T) { kernel.Conv2dFilter(s[0], s[1], s[2], c) }, f, x, y)
	}
}
