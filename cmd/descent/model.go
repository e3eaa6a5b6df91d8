package main

import (
	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/nn"
	"github.com/descent-ml/descent/tensor"
)

// newModel returns a net for pictures [batch 1 28 28] of ten digits, by the
// name that --model gives it.
func newModel(name string, r *tensor.Rand) nn.Layer {
	switch name {
	case "mlp":
		return &mlp{FC1: nn.NewLinear(r, 784, 128), FC2: nn.NewLinear(r, 128, 10)}
	case "linear":
		return &linear{FC: nn.NewLinear(r, 784, 10)}
	}
	return newCNN(r)
}

// A cnn is a small convolutional net after LeNet-5
// (http://yann.lecun.com/exdb/publis/pdf/lecun-98.pdf): the first
// convolution finds strokes, the second finds how strokes meet, and a linear
// layer decides by what they have found. The picture is halved after each
// convolution.
type cnn struct {
	Conv1, Conv2 *nn.Conv2d
	FC           *nn.Linear
}

func newCNN(r *tensor.Rand) *cnn {
	filter := nn.Conv2dOptions{Kernel: nn.Square(5), Padding: nn.Square(2)}
	return &cnn{
		Conv1: nn.NewConv2d(r, 1, 8, filter),
		Conv2: nn.NewConv2d(r, 8, 16, filter),
		FC:    nn.NewLinear(r, 16*7*7, 10),
	}
}

func (n *cnn) Forward(x autograd.Var) autograd.Var {
	halve := nn.MaxPool2d{Kernel: nn.Square(2)}
	x = halve.Forward(n.Conv1.Forward(x).ReLU())
	x = halve.Forward(n.Conv2.Forward(x).ReLU())
	return n.FC.Forward(x.Flatten(1, -1))
}

// An mlp has one hidden layer and does not know which pixels are neighbours.
type mlp struct{ FC1, FC2 *nn.Linear }

func (n *mlp) Forward(x autograd.Var) autograd.Var {
	return n.FC2.Forward(n.FC1.Forward(x.Flatten(1, -1)).ReLU())
}

// A linear net weighs each pixel for each digit: softmax regression.
type linear struct{ FC *nn.Linear }

func (n *linear) Forward(x autograd.Var) autograd.Var { return n.FC.Forward(x.Flatten(1, -1)) }
