package benchmarks

import (
	"fmt"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/nn"
	"github.com/descent-ml/descent/optim"
	"github.com/descent-ml/descent/tensor"
)

// stepWorkloads are training steps: forward, backward, optimizer.
func stepWorkloads() []Workload {
	list := []Workload{{
		Name:  "tiny_mlp_2_16_16_1_b4",
		Flops: mlpFlops(4, 2, 16, 16, 1),
		Setup: func() func() {
			r := tensor.NewRand(1)
			model := nn.Sequential{nn.NewLinear(r, 2, 16), nn.Tanh{}, nn.NewLinear(r, 16, 16), nn.Tanh{}, nn.NewLinear(r, 16, 1)}
			x, y := uniform(r, 4, 2), uniform(r, 4, 1)
			return step(model, sgd(model), x, func(out autograd.Var) autograd.Var {
				return nn.MSE(out, out.Tape().Const(y))
			})
		},
	}}
	for _, batch := range []int{1, 64, 256} {
		list = append(list, Workload{
			Name:  fmt.Sprintf("mlp_784_128_10_b%d", batch),
			Flops: mlpFlops(batch, 784, 128, 10),
			Setup: func() func() {
				r := tensor.NewRand(1)
				model := nn.Sequential{nn.NewLinear(r, 784, 128), nn.ReLU{}, nn.NewLinear(r, 128, 10)}
				return classify(r, model, sgd(model), 10, batch, 784)
			},
		})
	}
	return append(list, Workload{
		Name:  "mlp_784_512_512_10_b128_adam",
		Flops: mlpFlops(128, 784, 512, 512, 10),
		Setup: func() func() {
			r := tensor.NewRand(1)
			model := nn.Sequential{nn.NewLinear(r, 784, 512), nn.ReLU{}, nn.NewLinear(r, 512, 512), nn.ReLU{}, nn.NewLinear(r, 512, 10)}
			return classify(r, model, adam(model), 10, 128, 784)
		},
	}, Workload{
		Name:  "lenet_b32",
		Flops: lenetFlops(32),
		Setup: func() func() {
			r := tensor.NewRand(1)
			model := nn.Sequential{
				conv(r, 1, 8, 5), nn.ReLU{}, nn.MaxPool2d{Kernel: nn.Square(2)},
				conv(r, 8, 16, 5), nn.ReLU{}, nn.MaxPool2d{Kernel: nn.Square(2)},
				nn.Flatten{}, nn.NewLinear(r, 784, 10),
			}
			return classify(r, model, sgd(model), 10, 32, 1, 28, 28)
		},
	}, Workload{
		Name:  "cnn3x3_bn_b32_cifar",
		Flops: cnnFlops(32),
		Setup: func() func() {
			r := tensor.NewRand(1)
			model := nn.Sequential{
				conv(r, 3, 32, 3), nn.NewBatchNorm2d(32), nn.ReLU{},
				conv(r, 32, 32, 3), nn.NewBatchNorm2d(32), nn.ReLU{}, nn.MaxPool2d{Kernel: nn.Square(2)},
				conv(r, 32, 64, 3), nn.NewBatchNorm2d(64), nn.ReLU{}, nn.MaxPool2d{Kernel: nn.Square(2)},
				nn.Flatten{}, nn.NewLinear(r, 4096, 10),
			}
			return classify(r, model, sgd(model), 10, 32, 3, 32, 32)
		},
	})
}

// conv returns a convolution that keeps the size of images.
func conv(r *tensor.Rand, in, out, size int) *nn.Conv2d {
	return nn.NewConv2d(r, in, out, nn.Conv2dOptions{Kernel: nn.Square(size), Pad: nn.Square(size / 2)})
}

func sgd(model any) optim.Optimizer {
	return optim.NewSGD(nn.Params(model), optim.SGD{LR: 0.01})
}

func adam(model any) optim.Optimizer {
	return optim.NewAdam(nn.Params(model), optim.Adam{})
}

// classify returns a training step on random inputs of the given shape and
// random labels, with cross entropy.
func classify(r *tensor.Rand, model nn.Layer, opt optim.Optimizer, classes int, shape ...int) func() {
	x := uniform(r, shape...)
	labels := make([]int, shape[0])
	r.Randint(labels, 0, classes)
	return step(model, opt, x, func(out autograd.Var) autograd.Var { return nn.CrossEntropy(out, labels) })
}

// step returns a training step.
func step(model nn.Layer, opt optim.Optimizer, x *tensor.Tensor, loss func(out autograd.Var) autograd.Var) func() {
	tape := autograd.NewTape()
	return func() {
		tape.Reset()
		opt.Step(loss(model.Forward(tape.Const(x))).Backward())
	}
}

// mlpFlops counts a step of fully connected layers: the product forward, and
// backward one for the weights and, but for the first layer, one for the input.
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

// convFlops counts a step of a convolution that keeps the size of images.
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
