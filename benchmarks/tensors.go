package benchmarks

import (
	"github.com/descent-ml/descent/benchmarks/measure"
	"github.com/descent-ml/descent/tensor"
)

const million = 1 << 20

// uniform returns a tensor of numbers drawn evenly from −1 … 1.
func uniform(r *tensor.Rand, shape ...int) *tensor.Tensor {
	t := tensor.Zeros(shape...)
	r.Uniform(t, -1, 1)
	return t
}

func product(p measure.Product) Workload {
	matrix := func(r *tensor.Rand, rows, cols int, trans bool) *tensor.Tensor {
		if trans {
			return uniform(r, cols, rows).T()
		}
		return uniform(r, rows, cols)
	}
	return p.Workload(func() func() {
		r := tensor.NewRand(1)
		a, b, c := matrix(r, p.M, p.K, p.TransA), matrix(r, p.K, p.N, p.TransB), tensor.Zeros(p.M, p.N)
		return func() { tensor.MatMulTo(c, a, b) }
	})
}

// tensorWorkloads are single operations, without a tape.
func tensorWorkloads() []Workload {
	var list []Workload
	for _, p := range measure.Products() {
		list = append(list, product(p))
	}
	unary := func(name string, op func(dst, x *tensor.Tensor)) Workload {
		return Workload{Name: name, Bytes: 8 * million, Setup: func() func() {
			x := uniform(tensor.NewRand(1), million)
			y := tensor.Zeros(million)
			return func() { op(y, x) }
		}}
	}
	return append(list,
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
