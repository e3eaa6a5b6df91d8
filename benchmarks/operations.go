package benchmarks

import (
	"slices"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/tensor"
)

// Operations returns every operation that PyTorch has as well, as a workload
// op_NAME of its own. A run is the operation on a tape and the gradients by its
// inputs, with a seed of ones; where there is no gradient, the operation alone. The
// inputs have 2²⁰ elements, or the shape that is usual for the operation.
func Operations() []Workload { return operations(1024) }

// operations are the workloads with n in place of 1024.
func operations(n int) []Workload {
	o := operationList{n: n}
	o.activations()
	o.unary()
	o.binary()
	o.rows()
	o.columns()
	o.selections()
	o.shapes()
	o.images()
	o.layers()
	o.losses()
	o.matrices()
	return o.list
}

// An operationList collects workloads.
type operationList struct {
	n    int
	list []Workload
}

// An input is a tensor of numbers drawn evenly between two.
type input struct {
	low, high float64
	shape     []int
	constant  bool // no gradient
	round     bool // whole numbers: the largest not above
}

// between is an input with a shape, or else n×n.
func (o *operationList) between(low, high float64, shape ...int) input {
	if len(shape) == 0 {
		shape = []int{o.n, o.n}
	}
	return input{low: low, high: high, shape: shape}
}

// fixed is between, without a gradient.
func (o *operationList) fixed(low, high float64, shape ...int) input {
	in := o.between(low, high, shape...)
	in.constant = true
	return in
}

// bits are the numbers 0 and 1, without a gradient.
func (o *operationList) bits(shape ...int) input {
	in := o.fixed(0, 2, shape...)
	in.round = true
	return in
}

func (in input) draw(r *tensor.Rand) *tensor.Tensor {
	x := tensor.Zeros(in.shape...)
	r.Uniform(x, in.low, in.high)
	if in.round {
		tensor.FloorTo(x, x)
	}
	return x
}

// An operation is a function of the variables of its inputs.
type operation = func(x []autograd.Var) autograd.Var

// add appends an operation.
func (o *operationList) add(name string, f operation, inputs ...input) {
	o.prepared(name, func(*tensor.Rand) operation { return f }, inputs...)
}

// prepared appends an operation that draws what it needs beside its inputs.
func (o *operationList) prepared(name string, prepare func(r *tensor.Rand) operation, inputs ...input) {
	o.plain(name, func(r *tensor.Rand) func() {
		tape := autograd.NewTape()
		values, vars := make([]*tensor.Tensor, len(inputs)), make([]autograd.Var, len(inputs))
		for i, in := range inputs {
			values[i] = in.draw(r)
		}
		f := prepare(r)
		var seed *tensor.Tensor
		return func() {
			tape.Reset()
			for i, v := range values {
				if inputs[i].constant {
					vars[i] = tape.Const(v)
				} else {
					vars[i] = tape.Var(v)
				}
			}
			y := f(vars)
			if !y.NeedsGrad() {
				return
			}
			if seed == nil || !slices.Equal(seed.Shape(), y.Shape()) {
				seed = tensor.Ones(y.Shape()...)
			}
			y.BackwardSeed(seed)
		}
	})
}

// plain appends something without a tape.
func (o *operationList) plain(name string, setup func(r *tensor.Rand) func()) {
	o.list = append(o.list, Workload{Name: "op_" + name, Setup: func() func() { return setup(tensor.NewRand(1)) }})
}

// one appends an operation of one variable.
func (o *operationList) one(name string, x input, f func(x autograd.Var) autograd.Var) {
	o.add(name, func(v []autograd.Var) autograd.Var { return f(v[0]) }, x)
}

// two appends an operation of two variables.
func (o *operationList) two(name string, x, y input, f func(x, y autograd.Var) autograd.Var) {
	o.add(name, func(v []autograd.Var) autograd.Var { return f(v[0], v[1]) }, x, y)
}
