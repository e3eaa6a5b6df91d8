package benchmarks

import (
	"fmt"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/nn"
	"github.com/descent-ml/descent/optim"
	"github.com/descent-ml/descent/tensor"
)

// A training is a training step that is run repeatedly.
type training struct {
	model any
	opt   optim.Optimizer
	tape  *autograd.Tape
	loss  func(tape *autograd.Tape) autograd.Var
}

// run makes a step: forward, backward, optimizer.
func (t *training) run() {
	t.tape.Reset()
	t.opt.Step(t.loss(t.tape).Backward())
}

// A stepWorkload is a training to measure.
type stepWorkload struct {
	name  string
	flops float64
	make  func(r *tensor.Rand) *training
}

// stepWorkloads are training steps.
func stepWorkloads() []Workload {
	var list []Workload
	for _, s := range steps() {
		list = append(list, Workload{Name: s.name, Flops: s.flops, Setup: func() func() { return s.make(tensor.NewRand(1)).run }})
	}
	return list
}

func steps() []stepWorkload {
	list := []stepWorkload{{"tiny_mlp_2_16_16_1_b4", mlpFlops(4, 2, 16, 16, 1), func(r *tensor.Rand) *training {
		model := nn.Sequential{nn.NewLinear(r, 2, 16), nn.Tanh{}, nn.NewLinear(r, 16, 16), nn.Tanh{}, nn.NewLinear(r, 16, 1)}
		x, y := uniform(r, 4, 2), uniform(r, 4, 1)
		return train(model, sgd(model), func(tape *autograd.Tape) autograd.Var {
			return nn.MSE(model.Forward(tape.Const(x)), tape.Const(y))
		})
	}}}
	for _, batch := range []int{1, 64, 256} {
		list = append(list, stepWorkload{fmt.Sprintf("mlp_784_128_10_b%d", batch), mlpFlops(batch, 784, 128, 10), func(r *tensor.Rand) *training {
			model := nn.Sequential{nn.NewLinear(r, 784, 128), nn.ReLU{}, nn.NewLinear(r, 128, 10)}
			return classify(r, model, sgd(model), 10, batch, 784)
		}})
	}
	return append(list, stepWorkload{"mlp_784_512_512_10_b128_adam", mlpFlops(128, 784, 512, 512, 10), func(r *tensor.Rand) *training {
		model := nn.Sequential{nn.NewLinear(r, 784, 512), nn.ReLU{}, nn.NewLinear(r, 512, 512), nn.ReLU{}, nn.NewLinear(r, 512, 10)}
		return classify(r, model, adam(model), 10, 128, 784)
	}}, stepWorkload{"lenet_b32", lenetFlops(32), func(r *tensor.Rand) *training {
		model := nn.Sequential{
			conv(r, 1, 8, 5), nn.ReLU{}, nn.MaxPool2d{Kernel: nn.Square(2)},
			conv(r, 8, 16, 5), nn.ReLU{}, nn.MaxPool2d{Kernel: nn.Square(2)},
			nn.Flatten{}, nn.NewLinear(r, 784, 10),
		}
		return classify(r, model, sgd(model), 10, 32, 1, 28, 28)
	}}, stepWorkload{"cnn3x3_bn_b32_cifar", cnnFlops(32), func(r *tensor.Rand) *training {
		model := nn.Sequential{
			conv(r, 3, 32, 3), nn.NewBatchNorm2d(32), nn.ReLU{},
			conv(r, 32, 32, 3), nn.NewBatchNorm2d(32), nn.ReLU{}, nn.MaxPool2d{Kernel: nn.Square(2)},
			conv(r, 32, 64, 3), nn.NewBatchNorm2d(64), nn.ReLU{}, nn.MaxPool2d{Kernel: nn.Square(2)},
			nn.Flatten{}, nn.NewLinear(r, 4096, 10),
		}
		return classify(r, model, sgd(model), 10, 32, 3, 32, 32)
	}}, stepWorkload{"char_lstm_b32_t64_h128", lstmFlops(64*32, 64, 128, 65), func(r *tensor.Rand) *training {
		return language(r, 64, 32, nn.NewEmbedding(r, 65, 64), nn.Sequential{
			nn.NewLSTM(r, 64, 128, nn.RecurrentOptions{}), nn.NewLinear(r, 128, 65),
		})
	}}, stepWorkload{"nanogpt_d128_l2_b16_t64", gptFlops(16, 64, 128, 2, 65), func(r *tensor.Rand) *training {
		block := func() nn.Layer {
			return nn.NewTransformerBlock(r, 128, nn.TransformerBlockOptions{Heads: 4, Hidden: 4 * 128, Activation: nn.GELU{}, Causal: true})
		}
		return language(r, 16, 64, nn.NewEmbedding(r, 65, 128), nn.Sequential{
			nn.NewPositionalEmbedding(r, 64, 128), block(), block(), nn.NewLayerNorm(128), nn.NewLinear(r, 128, 65),
		})
	}})
}

// train returns a training on an empty tape.
func train(model any, opt optim.Optimizer, loss func(tape *autograd.Tape) autograd.Var) *training {
	return &training{model, opt, autograd.NewTape(), loss}
}

// conv returns a convolution that keeps the size of images.
func conv(r *tensor.Rand, in, out, size int) *nn.Conv2d {
	return nn.NewConv2d(r, in, out, nn.Conv2dOptions{Kernel: nn.Square(size), Padding: nn.Square(size / 2)})
}

func sgd(model any) optim.Optimizer {
	return optim.NewSGD(nn.Params(model), optim.SGD{LR: 0.01})
}

func adam(model any) optim.Optimizer {
	return optim.NewAdam(nn.Params(model), optim.Adam{})
}

// classify returns a training on random inputs of the given shape and random
// labels, with cross entropy.
func classify(r *tensor.Rand, model nn.Layer, opt optim.Optimizer, classes int, shape ...int) *training {
	x, labels := uniform(r, shape...), integers(r, classes, shape[0])
	return train(model, opt, func(tape *autograd.Tape) autograd.Var {
		return nn.CrossEntropy(model.Forward(tape.Const(x)), labels)
	})
}

// language returns a training of a language model on random tokens [rows
// columns]: a score for each token that may come next, with cross entropy, by
// Adam.
func language(r *tensor.Rand, rows, columns int, embed *nn.Embedding, body nn.Sequential) *training {
	vocabulary := embed.Weight.Value.Dim(0)
	tokens, next := integers(r, vocabulary, rows*columns), integers(r, vocabulary, rows*columns)
	model := &struct {
		Embed *nn.Embedding
		Body  nn.Sequential
	}{embed, body}
	return train(model, adam(model), func(tape *autograd.Tape) autograd.Var {
		return nn.CrossEntropy(body.Forward(embed.Forward(tape, tokens, rows, columns)).Reshape(len(next), vocabulary), next)
	})
}

// integers returns n random numbers below most.
func integers(r *tensor.Rand, most, n int) []int {
	list := make([]int, n)
	r.Randint(list, 0, most)
	return list
}

// mlpFlops counts the operations of a step of fully connected layers. Each layer has
// one product forward and one backward for the weights. Each layer but the first has
// another one backward for its input.
func mlpFlops(batch int, widths ...int) float64 {
	var macs float64
	for i := range len(widths) - 1 {
		products := 3.0
		if i == 0 {
			products = 2
		}
		macs += products * float64(widths[i]*widths[i+1])
	}
	return 2 * float64(batch) * macs
}

// convFlops counts the operations of a step of a convolution that keeps the size of
// images.
func convFlops(batch, in, out, size, side int, first bool) float64 {
	products := 3.0
	if first {
		products = 2
	}
	return products * 2 * float64(batch*in*out*size*size*side*side)
}

func lenetFlops(batch int) float64 {
	return convFlops(batch, 1, 8, 5, 28, true) + convFlops(batch, 8, 16, 5, 14, false) + 3*2*float64(batch*784*10)
}

func cnnFlops(batch int) float64 {
	return convFlops(batch, 3, 32, 3, 32, true) + convFlops(batch, 32, 32, 3, 32, false) +
		convFlops(batch, 32, 64, 3, 16, false) + 3*2*float64(batch*4096*10)
}

// lstmFlops counts the operations of a step of an LSTM between an embedding and a
// linear layer. For each token, each of four gates has a product with the input and
// one with the hidden state.
func lstmFlops(tokens, width, hidden, vocabulary int) float64 {
	return 3 * 2 * float64(tokens*(4*hidden*(width+hidden)+hidden*vocabulary))
}

// gptFlops counts the operations of a step of a transformer. For each token these are
// products with the weights, of which a block has 12·width². For each pair of
// positions they are a score and a term of a sum; with causal attention, half of the
// pairs count.
func gptFlops(batch, length, width, blocks, vocabulary int) float64 {
	weights := batch * length * (blocks*12*width*width + width*vocabulary)
	pairs := batch * blocks * length * (length + 1) / 2
	return 3 * 2 * float64(weights+pairs*2*width)
}
