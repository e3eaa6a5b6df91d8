package benchmarks

import (
	"fmt"

	"github.com/descent-ml/descent/tensor"
)

const million = 1 << 20

// uniform returns a tensor of numbers drawn evenly from −1 … 1.
func uniform(r *tensor.Rand, shape ...int) *tensor.Tensor {
	t := tensor.Zeros(shape...)
	r.Uniform(t, -1, 1)
	return t
}

// product is a matrix product of an m×k and a k×n matrix, either of which may
// be stored transposed.
func product(name string, m, k, n int, transA, transB bool) Workload {
	matrix := func(r *tensor.Rand, rows, cols int, trans bool) *tensor.Tensor {
		if trans {
			return uniform(r, cols, rows).T()
		}
		return uniform(r, rows, cols)
	}
	return Workload{Name: name, Flops: 2 * float64(m) * float64(k) * float64(n), Setup: func() func() {
		r := tensor.NewRand(1)
		a, b, c := matrix(r, m, k, transA), matrix(r, k, n, transB), tensor.Zeros(m, n)
		return func() { tensor.MatMulTo(c, a, b) }
	}}
}

// tensorWorkloads are single operations, without a tape.
func tensorWorkloads() []Workload {
	var list []Workload
	for _, n := range []int{64, 128, 256, 512, 1024} {
		list = append(list, product(fmt.Sprintf("matmul_%d", n), n, n, n, false, false))
	}
	unary := func(name string, op func(dst, x *tensor.Tensor)) Workload {
		return Workload{Name: name, Bytes: 8 * million, Setup: func() func() {
			x := uniform(tensor.NewRand(1), million)
			y := tensor.Zeros(million)
			return func() { op(y, x) }
		}}
	}
	return append(list,
		product("matmul_333x777x129", 333, 777, 129, false, false),
		product("matmul_1x784x128", 1, 784, 128, false, false),
		product("matmul_64x784x10", 64, 784, 10, false, false),
		product("matmul_128x64x128_ta", 128, 64, 128, true, false),
		product("matmul_128x64x128_tb", 128, 64, 128, false, true),
		Workload{Name: "add_1M", Bytes: 12 * million, Setup: func() func() {
			r := tensor.NewRand(1)
			a, b, c := uniform(r, million), uniform(r, million), tensor.Zeros(million)
			return func() { tensor.AddTo(c, a, b) }
		}},
		unary("exp_1M", tensor.ExpTo),
		unary("tanh_1M", tensor.TanhTo),
		Workload{Name: "sum_1M", Bytes: 4 * million, ReadOnly: true, Setup: func() func() {
			x := uniform(tensor.NewRand(1), million)
			s := tensor.Zeros()
			return func() { tensor.SumTo(s, x, x.AxesOf("sum")) }
		}},
		Workload{Name: "softmax_1024x1000", Bytes: 8 * 1024 * 1000, Setup: func() func() {
			x := uniform(tensor.NewRand(1), 1024, 1000)
			y := tensor.Zeros(1024, 1000)
			return func() { tensor.SoftmaxTo(y, x, 1) }
		}},
	)
}
