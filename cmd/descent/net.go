package main

import (
	"fmt"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/nn"
	"github.com/descent-ml/descent/tensor"
)

// newPictureNet returns the net that --model names, for pictures of a shape
// [channels rows columns].
func newPictureNet(s *settings, r *tensor.Rand, shape []int, classes int) (nn.Layer, error) {
	c, h, w := shape[0], shape[1], shape[2]
	switch s.Model {
	case "linear":
		return &linear{FC: nn.NewLinear(r, c*h*w, classes)}, nil
	case "mlp":
		if len(s.Hidden) == 0 {
			s.Hidden = []int{128}
		}
		if len(s.Hidden) == 1 {
			return &mlp{FC1: nn.NewLinear(r, c*h*w, s.Hidden[0]), FC2: nn.NewLinear(r, s.Hidden[0], classes)}, nil
		}
		return append(nn.Sequential{nn.Flatten{}}, denseNet(r, c*h*w, s.Hidden, classes)...), nil
	}
	if h < 4 || w < 4 {
		return nil, fmt.Errorf("pictures of %d × %d are too small for --model cnn, which halves them twice; choose mlp or linear", h, w)
	}
	return newCNN(r, c, h, w, classes), nil
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

func newCNN(r *tensor.Rand, channels, rows, columns, classes int) *cnn {
	filter := nn.Conv2dOptions{Kernel: nn.Square(5), Padding: nn.Square(2)}
	return &cnn{
		Conv1: nn.NewConv2d(r, channels, 8, filter),
		Conv2: nn.NewConv2d(r, 8, 16, filter),
		FC:    nn.NewLinear(r, 16*(rows/4)*(columns/4), classes),
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

// denseNet returns linear layers with ReLU between them.
func denseNet(r *tensor.Rand, in int, hidden []int, out int) nn.Sequential {
	var net nn.Sequential
	for _, width := range hidden {
		net = append(net, nn.NewLinear(r, in, width), nn.ReLU{})
		in = width
	}
	return append(net, nn.NewLinear(r, in, out))
}
