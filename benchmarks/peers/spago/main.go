// Command spago measures the workloads of descent with spaGO. Its convolutions have no
// padding and its layers take one vector at a time, so the convolutional nets and the
// transformer are missing. Dense layers are written here as matrix products, which is
// faster than the layers of spaGO.
package main

import (
	"fmt"
	"math/rand/v2"

	"github.com/nlpodyssey/spago/ag"
	"github.com/nlpodyssey/spago/losses"
	"github.com/nlpodyssey/spago/mat"
	"github.com/nlpodyssey/spago/nn"
	"github.com/nlpodyssey/spago/nn/recurrent/lstm"
	"github.com/nlpodyssey/spago/optimizers"
	"github.com/nlpodyssey/spago/optimizers/adam"
	"github.com/nlpodyssey/spago/optimizers/sgd"

	"github.com/descent-ml/descent/benchmarks/measure"
)

func main() { measure.Main(measure.Library("spago", "github.com/nlpodyssey/spago"), workloads()) }

func workloads() []measure.Workload {
	const million = 1 << 20
	list := []measure.Workload{
		{Name: "add_1M", Setup: func() func() {
			a, b := uniform(1, million), uniform(1, million)
			return func() { a.Add(b) }
		}},
		unary("exp_1M", mat.Matrix.Exp, 1, million),
		unary("tanh_1M", func(x mat.Matrix) mat.Matrix { return ag.Tanh(x).Value().(mat.Matrix) }, 1, million),
		unary("sum_1M", mat.Matrix.Sum, 1, million),
		{Name: "tiny_mlp_2_16_16_1_b4", Setup: func() func() {
			net := newDense(ag.Tanh, 2, 16, 16, 1)
			x, y := uniform(4, 2), uniform(4, 1)
			return step(net, sgdStrategy(), func() mat.Tensor {
				return ag.ReduceMean(ag.Square(ag.Sub(net.forward(x), y)))
			})
		}},
		{Name: "mlp_784_512_512_10_b128_adam", Setup: func() func() {
			return classify(newDense(ag.ReLU, 784, 512, 512, 10), adam.New(adam.NewDefaultConfig()), 128)
		}},
		{Name: "char_lstm_b32_t64_h128", Setup: charLSTM},
	}
	for _, p := range measure.Products() {
		if !p.TransA && !p.TransB {
			list = append(list, product(p))
		}
	}
	for _, batch := range []int{1, 64, 256} {
		list = append(list, measure.Workload{Name: fmt.Sprintf("mlp_784_128_10_b%d", batch), Setup: func() func() {
			return classify(newDense(ag.ReLU, 784, 128, 10), sgdStrategy(), batch)
		}})
	}
	return list
}

func product(p measure.Product) measure.Workload {
	return p.Workload(func() func() {
		a, b := uniform(p.M, p.K), uniform(p.K, p.N)
		return func() { a.Mul(b) }
	})
}

func unary(name string, f func(mat.Matrix) mat.Matrix, rows, cols int) measure.Workload {
	return measure.Workload{Name: name, Setup: func() func() {
		x := uniform(rows, cols)
		return func() { f(x) }
	}}
}

// uniform returns a matrix of numbers from −1 … 1.
func uniform(rows, cols int) *mat.Dense[float32] { return scaled(1, rows, cols) }

func scaled(most float32, rows, cols int) *mat.Dense[float32] {
	data := make([]float32, rows*cols)
	for i := range data {
		data[i] = most * (2*rand.Float32() - 1)
	}
	return mat.NewDense[float32](mat.WithShape(rows, cols), mat.WithBacking(data))
}

func sgdStrategy() optimizers.OptimizationStrategy {
	return sgd.New[float32](sgd.NewConfig(0.01, 0, false))
}

// dense is fully connected layers on a batch, a row for each example.
type dense struct {
	nn.Module
	Weights, Biases []*nn.Param
	act             func(mat.Tensor) mat.Tensor
}

func newDense(act func(mat.Tensor) mat.Tensor, widths ...int) *dense {
	d := &dense{act: act}
	for i, in := range widths[:len(widths)-1] {
		out := widths[i+1]
		d.Weights = append(d.Weights, nn.NewParam(scaled(0.1, in, out)))
		d.Biases = append(d.Biases, nn.NewParam(scaled(0.1, 1, out)))
	}
	return d
}

func (d *dense) forward(x mat.Tensor) mat.Tensor {
	ones := mat.NewDense[float32](mat.WithShape(x.Value().Shape()[0], 1)).OnesLike()
	for i, w := range d.Weights {
		if i > 0 {
			x = d.act(x)
		}
		x = ag.Add(ag.Mul(x, w), ag.Mul(ones, d.Biases[i]))
	}
	return x
}

// step returns a training step.
func step(model nn.Model, strategy optimizers.OptimizationStrategy, loss func() mat.Tensor) func() {
	opt := optimizers.New(nn.Parameters(model), strategy)
	return func() {
		if err := ag.Backward(loss()); err != nil {
			panic(err)
		}
		if err := opt.Optimize(); err != nil {
			panic(err)
		}
	}
}

// classify is a training step on images and labels.
func classify(net *dense, strategy optimizers.OptimizationStrategy, batch int) func() {
	x, labels := uniform(batch, 784), random(batch, 10)
	return step(net, strategy, func() mat.Tensor { return crossEntropy(ag.RowViews(net.forward(x)), labels) })
}

func crossEntropy(logits []mat.Tensor, labels []int) mat.Tensor {
	terms := make([]mat.Tensor, len(labels))
	for i, l := range labels {
		terms[i] = losses.CrossEntropy(ag.T(logits[i]), l)
	}
	return ag.Mean(terms)
}

// random returns numbers from 0 … most−1.
func random(n, most int) []int {
	list := make([]int, n)
	for i := range list {
		list[i] = rand.IntN(most)
	}
	return list
}

// letters is the model of char_lstm.
type letters struct {
	nn.Module
	Embed *nn.Param
	LSTM  *lstm.Model
	Head  *dense
}

func charLSTM() func() {
	const batch, length, width, vocabulary = 32, 64, 128, 65
	m := &letters{Embed: nn.NewParam(uniform(vocabulary, 64)), LSTM: lstm.New[float32](64, width), Head: newDense(nil, width, vocabulary)}
	nn.ForEachParam(m.LSTM, func(p *nn.Param) {
		shape := p.Value().Shape()
		p.ReplaceValue(scaled(0.1, shape[0], shape[1]))
	})
	tokens, labels := random(batch*length, vocabulary), random(batch*length, vocabulary)
	return step(m, adam.New(adam.NewDefaultConfig()), func() mat.Tensor {
		var rows []mat.Tensor
		for b := range batch {
			xs := make([]mat.Tensor, length)
			for t := range xs {
				xs[t] = ag.T(ag.RowView(m.Embed, tokens[b*length+t]))
			}
			for _, h := range m.LSTM.Forward(xs...) {
				rows = append(rows, ag.T(h))
			}
		}
		return crossEntropy(ag.RowViews(m.Head.forward(ag.Stack(rows...))), labels)
	})
}
