// Command gorgonia measures the workloads of descent with Gorgonia, which has
// neither LSTM nor attention.
package main

import (
	"math/rand/v2"

	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"github.com/descent-ml/descent/benchmarks/measure"
)

func main() { measure.Main(measure.Library("gorgonia", "gorgonia.org/gorgonia"), workloads()) }

func workloads() []measure.Workload { return append(operations(), steps()...) }

func operations() []measure.Workload {
	const million = 1 << 20
	list := []measure.Workload{
		{Name: "add_1M", Setup: func() func() {
			a, b, c := uniform(million), uniform(million), uniform(million)
			return func() { check(tensor.Add(a, b, tensor.WithReuse(c))) }
		}},
		unary("exp_1M", tensor.Exp, million),
		unary("tanh_1M", tensor.Tanh, million),
		{Name: "sum_1M", Setup: func() func() {
			x := uniform(million)
			return func() { check(tensor.Sum(x)) }
		}},
		{Name: "softmax_1024x1000", Setup: func() func() {
			x, y := uniform(1024, 1000), uniform(1024, 1000)
			return func() { check(tensor.SoftMax(x, 1, tensor.WithReuse(y))) }
		}},
	}
	for _, p := range measure.Products() {
		list = append(list, product(p))
	}
	return list
}

func product(p measure.Product) measure.Workload {
	matrix := func(rows, cols int, trans bool) *tensor.Dense {
		if !trans {
			return uniform(rows, cols)
		}
		x := uniform(cols, rows)
		if err := x.T(); err != nil {
			panic(err)
		}
		return x
	}
	return p.Workload(func() func() {
		a, b, c := matrix(p.M, p.K, p.TransA), matrix(p.K, p.N, p.TransB), uniform(p.M, p.N)
		return func() { check(tensor.MatMul(a, b, tensor.WithReuse(c))) }
	})
}

func unary(name string, f func(tensor.Tensor, ...tensor.FuncOpt) (tensor.Tensor, error), n int) measure.Workload {
	return measure.Workload{Name: name, Setup: func() func() {
		x, y := uniform(n), uniform(n)
		return func() { check(f(x, tensor.WithReuse(y))) }
	}}
}

func check(_ tensor.Tensor, err error) {
	if err != nil {
		panic(err)
	}
}

// uniform returns a tensor of numbers from −1 … 1.
func uniform(shape ...int) *tensor.Dense { return scaled(1, shape...) }

func scaled(most float32, shape ...int) *tensor.Dense {
	data := make([]float32, tensor.Shape(shape).TotalSize())
	for i := range data {
		data[i] = most * (2*rand.Float32() - 1)
	}
	return tensor.New(tensor.WithShape(shape...), tensor.WithBacking(data))
}

// oneHot returns a matrix with a 1 in each row.
func oneHot(rows, cols int) *tensor.Dense {
	data := make([]float32, rows*cols)
	for i := range rows {
		data[i*cols+rand.IntN(cols)] = 1
	}
	return tensor.New(tensor.WithShape(rows, cols), tensor.WithBacking(data))
}

var must = G.Must
