package main

import (
	"fmt"

	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"github.com/descent-ml/descent/benchmarks/measure"
)

func steps() []measure.Workload {
	list := []measure.Workload{
		{Name: "tiny_mlp_2_16_16_1_b4", Setup: func() func() {
			n := newNet()
			out := n.dense(G.Tanh, n.constant(uniform(4, 2)), 2, 16, 16, 1)
			return n.step(sgd(), must(G.Mean(must(G.Square(must(G.Sub(out, n.constant(uniform(4, 1)))))))))
		}},
		{Name: "mlp_784_512_512_10_b128_adam", Setup: func() func() {
			n := newNet()
			return n.classify(G.NewAdamSolver(), n.dense(G.Rectify, n.constant(uniform(128, 784)), 784, 512, 512, 10))
		}},
		{Name: "lenet_b32", Setup: func() func() {
			n := newNet()
			x := n.constant(uniform(32, 1, 28, 28))
			x = n.pool(must(G.Rectify(n.conv(x, 8, 5))))
			x = n.pool(must(G.Rectify(n.conv(x, 16, 5))))
			return n.classify(sgd(), n.dense(nil, n.flat(x), 784, 10))
		}},
		{Name: "cnn3x3_bn_b32_cifar", Setup: func() func() {
			n := newNet()
			x := n.constant(uniform(32, 3, 32, 32))
			x = must(G.Rectify(n.norm(n.conv(x, 32, 3))))
			x = n.pool(must(G.Rectify(n.norm(n.conv(x, 32, 3)))))
			x = n.pool(must(G.Rectify(n.norm(n.conv(x, 64, 3)))))
			return n.classify(sgd(), n.dense(nil, n.flat(x), 4096, 10))
		}},
	}
	for _, batch := range []int{1, 64, 256} {
		list = append(list, measure.Workload{Name: fmt.Sprintf("mlp_784_128_10_b%d", batch), Setup: func() func() {
			n := newNet()
			return n.classify(sgd(), n.dense(G.Rectify, n.constant(uniform(batch, 784)), 784, 128, 10))
		}})
	}
	return list
}

func sgd() G.Solver { return G.NewVanillaSolver(G.WithLearnRate(0.01)) }

// A net is a graph and its parameters.
type net struct {
	g      *G.ExprGraph
	params G.Nodes
	named  int
}

func newNet() *net { return &net{g: G.NewGraph()} }

// constant returns a node that is not trained.
func (n *net) constant(v *tensor.Dense) *G.Node {
	n.named++
	return G.NodeFromAny(n.g, v, G.WithName(fmt.Sprint("n", n.named)))
}

func (n *net) param(shape ...int) *G.Node {
	p := n.constant(scaled(0.1, shape...))
	n.params = append(n.params, p)
	return p
}

// dense is layers of the given widths with an activation between them.
func (n *net) dense(act func(*G.Node) (*G.Node, error), x *G.Node, widths ...int) *G.Node {
	for i, in := range widths[:len(widths)-1] {
		if i > 0 {
			x = must(act(x))
		}
		out := widths[i+1]
		x = must(G.BroadcastAdd(must(G.Mul(x, n.param(in, out))), n.param(1, out), nil, []byte{0}))
	}
	return x
}

// conv is a convolution that keeps the size of images.
func (n *net) conv(x *G.Node, filters, size int) *G.Node {
	one := []int{1, 1}
	y := must(G.Conv2d(x, n.param(filters, x.Shape()[1], size, size), tensor.Shape{size, size}, []int{size / 2, size / 2}, one, one))
	return must(G.BroadcastAdd(y, n.param(1, filters, 1, 1), nil, []byte{0, 2, 3}))
}

func (n *net) norm(x *G.Node) *G.Node {
	c := x.Shape()[1]
	y, _, _, _, err := G.BatchNorm(x, n.param(1, c, 1, 1), n.param(1, c, 1, 1), 0.1, 1e-5)
	return must(y, err)
}

func (n *net) pool(x *G.Node) *G.Node {
	return must(G.MaxPool2D(x, tensor.Shape{2, 2}, []int{0, 0}, []int{2, 2}))
}

func (n *net) flat(x *G.Node) *G.Node {
	s := x.Shape()
	return must(G.Reshape(x, tensor.Shape{s[0], s[1] * s[2] * s[3]}))
}

// classify is a training step with cross entropy.
func (n *net) classify(solver G.Solver, logits *G.Node) func() {
	batch := logits.Shape()[0]
	logs := must(G.Log(must(G.SoftMax(logits))))
	chosen := must(G.HadamardProd(logs, n.constant(oneHot(batch, 10))))
	return n.step(solver, must(G.Neg(must(G.Div(must(G.Sum(chosen)), G.NewConstant(float32(batch)))))))
}

// step returns a training step.
func (n *net) step(solver G.Solver, loss *G.Node) func() {
	if _, err := G.Grad(loss, n.params...); err != nil {
		panic(err)
	}
	vm := G.NewTapeMachine(n.g, G.BindDualValues(n.params...))
	values := G.NodesToValueGrads(n.params)
	return func() {
		if err := vm.RunAll(); err != nil {
			panic(err)
		}
		if err := solver.Step(values); err != nil {
			panic(err)
		}
		vm.Reset()
	}
}
