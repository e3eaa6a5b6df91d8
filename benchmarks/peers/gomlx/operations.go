package main

import (
	"math/rand/v2"

	. "github.com/gomlx/gomlx/pkg/core/graph" //lint:ignore ST1001 as its own examples do
	"github.com/gomlx/gomlx/pkg/core/tensors"

	"github.com/descent-ml/descent/benchmarks/measure"
)

const million = 1 << 20

func operations() []measure.Workload {
	list := []measure.Workload{
		call("add_1M", func(x []*Node) *Node { return Add(x[0], x[1]) }, []int{million}, []int{million}),
		call("exp_1M", func(x []*Node) *Node { return Exp(x[0]) }, []int{million}),
		call("tanh_1M", func(x []*Node) *Node { return Tanh(x[0]) }, []int{million}),
		call("sum_1M", func(x []*Node) *Node { return ReduceAllSum(x[0]) }, []int{million}),
		call("softmax_1024x1000", func(x []*Node) *Node { return Softmax(x[0], -1) }, []int{1024, 1000}),
	}
	for _, p := range measure.Products() {
		list = append(list, product(p))
	}
	return list
}

func product(p measure.Product) measure.Workload {
	a, b, contractA, contractB := []int{p.M, p.K}, []int{p.K, p.N}, 1, 0
	if p.TransA {
		a, contractA = []int{p.K, p.M}, 0
	}
	if p.TransB {
		b, contractB = []int{p.N, p.K}, 1
	}
	return p.Workload(call(p.Name, func(x []*Node) *Node {
		return DotGeneral(x[0], []int{contractA}, nil, x[1], []int{contractB}, nil)
	}, a, b).Setup)
}

// call is a compiled function of tensors of the given shapes.
func call(name string, f func(x []*Node) *Node, shapes ...[]int) measure.Workload {
	return measure.Workload{Name: name, Setup: func() func() {
		exec := MustNewExec(backend(), f)
		var args []any
		for _, s := range shapes {
			args = append(args, uniform(s...))
		}
		return func() { exec.MustExec1(args...).MustFinalizeAll() }
	}}
}

// uniform returns a tensor of numbers from −1 … 1.
func uniform(shape ...int) *tensors.Tensor {
	data := make([]float32, size(shape))
	for i := range data {
		data[i] = 2*rand.Float32() - 1
	}
	return tensors.FromFlatDataAndDimensions(data, shape...)
}

// labels returns a tensor of numbers from 0 … most−1.
func labels(most int32, shape ...int) *tensors.Tensor {
	data := make([]int32, size(shape))
	for i := range data {
		data[i] = rand.Int32N(most)
	}
	return tensors.FromFlatDataAndDimensions(data, shape...)
}

func size(shape []int) int {
	n := 1
	for _, d := range shape {
		n *= d
	}
	return n
}
