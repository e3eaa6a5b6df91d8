package tensor_test

import (
	"math"
	"runtime"
	"slices"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/tensor"
)

// parallelCases are large enough to be shared among goroutines. The images of
// the last are so large that the product of each image is shared, too.
var parallelCases = []struct {
	name string
	run  func(dt tensor.DType) []*tensor.Tensor
}{
	{"matmul", func(dt tensor.DType) []*tensor.Tensor {
		src := newSource(33)
		a, b := placed(dt, src.grid(-1, 1, 400, 301)), placed(dt, src.grid(-1, 1, 301, 290))
		return []*tensor.Tensor{tensor.MatMul(a, b), tensor.MatMul(b.T(), a.T())}
	}},
	{"batched matmul", func(dt tensor.DType) []*tensor.Tensor {
		src := newSource(34)
		a, b := placed(dt, src.grid(-1, 1, 2, 200, 130)), placed(dt, src.grid(-1, 1, 2, 130, 150))
		return []*tensor.Tensor{tensor.MatMul(a, b)}
	}},
	{"conv2d", func(dt tensor.DType) []*tensor.Tensor {
		return convolve(dt, []int{20, 6, 12, 12}, []int{10, 3, 3, 3}, tensor.ConvShape{Padding: [2]int{1, 1}, Groups: 2})
	}},
	{"lstm", func(dt tensor.DType) []*tensor.Tensor {
		src := newSource(36)
		n := newNet(func(shape ...int) *tensor.Tensor { return placed(dt, src.grid(-1, 1, shape...)) }, 4, 5, 50, 9, 40)
		return n.recur(4)
	}},
	{"gru", func(dt tensor.DType) []*tensor.Tensor {
		src := newSource(37)
		n := newNet(func(shape ...int) *tensor.Tensor { return placed(dt, src.grid(-1, 1, shape...)) }, 3, 5, 50, 9, 40)
		return n.recur(3)
	}},
	{"attention", func(dt tensor.DType) []*tensor.Tensor {
		src := newSource(38)
		q, k, v := placed(dt, src.grid(-1, 1, 3, 4, 100, 16)), placed(dt, src.grid(-1, 1, 3, 4, 90, 16)), placed(dt, src.grid(-1, 1, 3, 4, 90, 16))
		y, dq, dk, dv := tensor.Attention(q, k, v, true), tensor.ZerosLike(q), tensor.ZerosLike(k), tensor.ZerosLike(v)
		dq.AsGrad().Attention(dk, dv, y, q, k, v, tensor.AttentionOptions{Causal: true})
		return []*tensor.Tensor{y, dq, dk, dv}
	}},
	{"sums", func(dt tensor.DType) []*tensor.Tensor {
		src := newSource(39)
		x, y := placed(dt, src.grid(-1, 1, 5, 7, 60, 61)), placed(dt, src.grid(-1, 1, 700, 300))
		return []*tensor.Tensor{tensor.Sum(x, 0, 2, 3), tensor.Sum(x, 3), tensor.Sum(y, 0), tensor.Sum(y, 1)}
	}},
	{"conv2d of large images", func(dt tensor.DType) []*tensor.Tensor {
		return convolve(dt, []int{3, 16, 40, 40}, []int{16, 16, 3, 3}, tensor.ConvShape{Padding: [2]int{1, 1}})
	}},
}

func convolve(dt tensor.DType, xs, ws []int, s tensor.ConvShape) []*tensor.Tensor {
	src := newSource(35)
	x, w := placed(dt, src.grid(-1, 1, xs...)), placed(dt, src.grid(-1, 1, ws...))
	y := tensor.Conv2d(x, w, s)
	dx, dw := tensor.ZerosLike(x), tensor.ZerosLike(w)
	dx.AsGrad().Conv2dInput(y, w, s)
	dw.AsGrad().Conv2dFilter(x, y, s)
	return []*tensor.Tensor{y, dx, dw}
}

func bits(ts []*tensor.Tensor) []uint64 {
	var out []uint64
	for _, t := range ts {
		for _, v := range tensor.Values(t) {
			out = append(out, math.Float64bits(v))
		}
	}
	return out
}

func TestSameBitsForAnyNumberOfThreads(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	for _, c := range parallelCases {
		for _, dt := range dtypes {
			runtime.GOMAXPROCS(1)
			want := bits(c.run(dt))
			for _, procs := range []int{1, 2, 3, 8} {
				runtime.GOMAXPROCS(procs)
				if !slices.Equal(want, bits(c.run(dt))) {
					require.Fail(t, "other bits", "%s, %v, GOMAXPROCS=%d", c.name, dt, procs)
				}
			}
		}
	}
}

// Goroutines may compute at the same time, each with its own tensors.
func TestConcurrentUse(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(3))
	want := make([][]uint64, len(parallelCases))
	for i, c := range parallelCases {
		want[i] = bits(c.run(tensor.Float32))
	}
	var wg sync.WaitGroup
	for i := range 3 * len(parallelCases) {
		wg.Go(func() {
			k := i % len(parallelCases)
			if !slices.Equal(want[k], bits(parallelCases[k].run(tensor.Float32))) {
				t.Errorf("%s: other bits", parallelCases[k].name)
			}
		})
	}
	wg.Wait()
}
