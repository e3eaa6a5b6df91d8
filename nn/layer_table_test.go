package nn_test

import (
	"math"
	"slices"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/nn"
	"github.com/descent-ml/descent/tensor"
)

// A layerRow is one layer, and an input to try it on. The tests in
// layer_test.go do the rest.
type layerRow struct {
	layer   string // the exported type
	sample  string // tells rows of one type apart
	make    func(r *tensor.Rand) any
	in, out []int
	state   []string  // names, in order
	kinks   []float64 // numbers that inputs stay away from
	modes   bool      // training differs from evaluation
	misuse  []misuse
	run     func(model any, x autograd.Var) autograd.Var // nil for Forward(x)
}

// A misuse is an input that a layer refuses, and the sentence that it says.
type misuse struct {
	shape []int
	text  string
}

func (r *layerRow) forward(model any, x autograd.Var) autograd.Var {
	if r.run != nil {
		return r.run(model, x)
	}
	return model.(nn.Layer).Forward(x)
}

// input returns normal numbers away from the kinks, the same in every run.
func (r *layerRow) input(dt tensor.DType) *tensor.Tensor {
	x := normal(tensor.Float64, 3, r.in...)
	for i, v := range tensor.Data[float64](x) {
		for _, k := range r.kinks {
			if math.Abs(v-k) < 0.01 {
				tensor.Data[float64](x)[i] = k + 0.05
			}
		}
	}
	return x.To(dt)
}

// shaped returns the row of a layer without parameters that keeps the shape.
func shaped(name, sample string, l nn.Layer, kinks ...float64) layerRow {
	return layerRow{layer: name, sample: sample, make: func(*tensor.Rand) any { return l }, in: []int{3, 4}, out: []int{3, 4}, kinks: kinks}
}

func layerTable() []layerRow {
	return append([]layerRow{
		shaped("ReLU", "", nn.ReLU{}, 0),
		shaped("ReLU6", "", nn.ReLU6{}, 0, 6),
		shaped("LeakyReLU", "", nn.LeakyReLU{}, 0),
		shaped("LeakyReLU", "slope", nn.LeakyReLU{Slope: 0.3}, 0),
		shaped("ELU", "", nn.ELU{}, 0),
		shaped("LeakyReLU", "slope 0", nn.LeakyReLU{Slope: nn.Zero}, 0),
		shaped("ELU", "alpha", nn.ELU{Alpha: 0.5}, 0),
		shaped("SELU", "", nn.SELU{}, 0),
		shaped("GELU", "", nn.GELU{}),
		shaped("GELU", "tanh", nn.GELU{Tanh: true}),
		shaped("SiLU", "", nn.SiLU{}),
		shaped("Mish", "", nn.Mish{}),
		shaped("Tanh", "", nn.Tanh{}),
		shaped("Sigmoid", "", nn.Sigmoid{}),
		shaped("LogSigmoid", "", nn.LogSigmoid{}),
		shaped("Softplus", "", nn.Softplus{}),
		shaped("Softsign", "", nn.Softsign{}, 0),
		shaped("HardTanh", "", nn.HardTanh{}, -1, 1),
		shaped("HardSigmoid", "", nn.HardSigmoid{}, -3, 3),
		shaped("HardSwish", "", nn.HardSwish{}, -3, 3),
		shaped("Softmax", "last", nn.Softmax{}),
		shaped("Softmax", "first", nn.Softmax{Axis: new(0)}),
		shaped("LogSoftmax", "last", nn.LogSoftmax{}),
		shaped("LogSoftmax", "second", nn.LogSoftmax{Axis: new(1)}),
		shaped("Func", "", nn.Func(autograd.Var.Sin)),
		shaped("Softplus", "settings", nn.Softplus{Beta: 2, Threshold: 1}, 0.5),
		shaped("HardTanh", "settings", nn.HardTanh{Min: nn.Zero, Max: 0.5}, 0, 0.5),
		shaped("CELU", "", nn.CELU{}, 0),
		shaped("CELU", "alpha", nn.CELU{Alpha: 0.5}, 0),
		shaped("Softshrink", "", nn.Softshrink{}, -0.5, 0.5),
		shaped("Hardshrink", "", nn.Hardshrink{Lambda: 0.3}, -0.3, 0.3),
		shaped("Tanhshrink", "", nn.Tanhshrink{}),
		shaped("Threshold", "", nn.Threshold{Threshold: 0.1, Value: -1}, 0.1),
	}, slices.Concat(weightRows(), spatialRows(), convRows(), poolRows(), unpoolRows(), groupRows(), combineRows(), rectifyRows(), bagRows(), parametrizedRows(), sequenceRows())...)
}

// weightRows are layers for vectors.
func weightRows() []layerRow {
	return []layerRow{{
		layer: "Linear", make: func(r *tensor.Rand) any { return nn.NewLinear(r, 4, 3) },
		in: []int{5, 4}, out: []int{5, 3}, state: []string{"weight", "bias"},
		misuse: []misuse{{[]int{4, 5}, "linear [4 5] × [3 4]: the input has 5 features, the layer wants 4"},
			{nil, "linear [] × [3 4]: want x [… in] and a weight [out in]"}},
	}, {
		layer: "Linear", sample: "no bias, more axes", make: func(r *tensor.Rand) any { return nn.NewLinearNoBias(r, 4, 3) },
		in: []int{2, 2, 4}, out: []int{2, 2, 3}, state: []string{"weight"},
	}, {
		layer: "Linear", sample: "no batch", make: func(r *tensor.Rand) any { return nn.NewLinear(r, 4, 3) },
		in: []int{4}, out: []int{3}, state: []string{"weight", "bias"},
	}, {
		layer: "Embedding", make: func(r *tensor.Rand) any { return nn.NewEmbedding(r, 5, 3) },
		in: []int{1}, out: []int{4, 3}, state: []string{"weight"},
		run: func(model any, x autograd.Var) autograd.Var {
			return model.(*nn.Embedding).Forward(x.Tape(), []int{2, 0, 2, 4})
		},
	}, {
		layer: "Embedding", sample: "shaped", make: func(r *tensor.Rand) any { return nn.NewEmbedding(r, 5, 3) },
		in: []int{1}, out: []int{2, 2, 3}, state: []string{"weight"},
		run: func(model any, x autograd.Var) autograd.Var {
			return model.(*nn.Embedding).Forward(x.Tape(), []int{2, 0, 2, 4}, 2, 2)
		},
	}, {
		layer: "Dropout", make: func(r *tensor.Rand) any { return nn.NewDropout(r, 0.3) },
		in: []int{4, 5}, out: []int{4, 5}, modes: true,
	}, {
		layer: "LayerNorm", make: func(*tensor.Rand) any { return nn.NewLayerNorm(4) },
		in: []int{3, 4}, out: []int{3, 4}, state: []string{"weight", "bias"},
		misuse: []misuse{{[]int{3, 5}, "layer-norm [3 5]: the trailing axes must have shape [4]"},
			{nil, "layer-norm []: the trailing axes must have shape [4]"}},
	}, {
		layer: "LayerNorm", sample: "two axes", make: func(*tensor.Rand) any { return nn.NewLayerNorm(3, 4) },
		in: []int{2, 3, 4}, out: []int{2, 3, 4}, state: []string{"weight", "bias"},
		misuse: []misuse{{[]int{4}, "layer-norm [4]: the trailing axes must have shape [3 4]"}},
	}, {
		layer: "RMSNorm", make: func(*tensor.Rand) any { return nn.NewRMSNorm(4) },
		in: []int{3, 4}, out: []int{3, 4}, state: []string{"weight"},
		misuse: []misuse{{[]int{3, 5}, "rms-norm [3 5]: the trailing axes must have shape [4]"}},
	}, {
		layer: "BatchNorm", sample: "1d", make: func(*tensor.Rand) any { return nn.NewBatchNorm1d(3) },
		in: []int{5, 3}, out: []int{5, 3}, modes: true, state: normState,
		misuse: []misuse{{[]int{5, 4}, "batch-norm-1d [5 4]: the input has 4 channels, the layer wants 3"},
			{[]int{3}, "batch-norm-1d [3]: want [batch channels] or [batch channels length]"},
			{[]int{2, 3, 2, 2}, "batch-norm-1d [2 3 2 2]: want [batch channels] or [batch channels length]"},
			{[]int{1, 3}, "batch-norm-1d [1 3]: one value for each channel has no variance; want a larger batch, or a tape in evaluation mode"}},
	}, {
		layer: "BatchNorm", sample: "1d, length", make: func(*tensor.Rand) any { return nn.NewBatchNorm1d(3) },
		in: []int{2, 3, 4}, out: []int{2, 3, 4}, modes: true, state: normState,
	}, {
		layer: "BatchNorm", sample: "2d", make: func(*tensor.Rand) any { return nn.NewBatchNorm2d(2) },
		in: []int{3, 2, 2, 3}, out: []int{3, 2, 2, 3}, modes: true, state: normState,
		misuse: []misuse{{[]int{5, 2}, "batch-norm-2d [5 2]: want images [batch channels height width]"},
			{[]int{1, 3, 2, 2}, "batch-norm-2d [1 3 2 2]: the input has 3 channels, the layer wants 2"}},
	}, {
		layer: "BatchNorm", sample: "not affine", make: func(*tensor.Rand) any {
			b := nn.NewBatchNorm1d(2)
			b.Weight, b.Bias = nil, nil
			return b
		},
		in: []int{3, 2}, out: []int{3, 2}, modes: true, state: normState[2:],
		misuse: []misuse{{[]int{3, 4}, "batch-norm-1d [3 4]: the input has 4 channels, the layer wants 2"}},
	}, {
		layer: "BatchNorm", sample: "literal", make: func(*tensor.Rand) any { return &nn.BatchNorm{Eps: 0.1} },
		in: []int{3, 2}, out: []int{3, 2},
		misuse: []misuse{{[]int{3}, "batch-norm [3]: want [batch channels …]"}},
	}, {
		layer: "Sequential", make: func(r *tensor.Rand) any {
			return nn.Sequential{nn.NewLinear(r, 4, 3), nn.Tanh{}, nn.Sequential{nn.NewLinear(r, 3, 2)}}
		},
		in: []int{3, 4}, out: []int{3, 2}, state: []string{"0.weight", "0.bias", "2.0.weight", "2.0.bias"},
	}, {
		layer: "Hook", make: func(r *tensor.Rand) any {
			return nn.Hook{
				Layer: nn.NewLinear(r, 4, 3), Output: func(_, _ autograd.Var) {}, Gradient: func(dy autograd.Var) autograd.Var { return dy },
			}
		},
		in: []int{3, 4}, out: []int{3, 3}, state: []string{"weight", "bias"},
	}}
}

var normState = []string{"weight", "bias", "running_mean", "running_var", "num_batches_tracked"}

// spatialRows are layers for images.
func spatialRows() []layerRow {
	conv := func(in, out int, o nn.Conv2dOptions) func(r *tensor.Rand) any {
		return func(r *tensor.Rand) any { return nn.NewConv2d(r, in, out, o) }
	}
	pool := func(l nn.Layer) func(*tensor.Rand) any { return func(*tensor.Rand) any { return l } }
	both := []string{"weight", "bias"}
	return []layerRow{{
		layer: "Conv2d", make: conv(2, 3, nn.Conv2dOptions{Kernel: nn.Square(3)}),
		in: []int{2, 2, 5, 4}, out: []int{2, 3, 3, 2}, state: both,
		misuse: []misuse{{[]int{1, 3, 5, 5}, "conv2d [1 3 5 5] × [3 2 3 3]: the images have 3 channels, the layer wants 2"},
			{[]int{5, 5}, "conv2d [5 5] × [3 2 3 3]: want [batch channels height width] or [channels height width], and a weight with 4 axes"},
			{[]int{1, 2, 2, 5}, "conv2d [1 2 2 5] × [3 2 3 3]: a window of 3, dilated by 1, does not fit into 2 pixels padded by 0"}},
	}, {
		layer: "Conv2d", sample: "everything",
		make: func(r *tensor.Rand) any {
			return nn.NewConv2dNoBias(r, 4, 2, nn.Conv2dOptions{Kernel: [2]int{2, 3}, Stride: [2]int{2, 1}, Padding: [2]int{1, 0}, Dilation: [2]int{1, 2}, Groups: 2})
		},
		in: []int{1, 4, 4, 6}, out: []int{1, 2, 3, 2}, state: []string{"weight"},
	}, {
		layer: "MaxPool2d", make: pool(nn.MaxPool2d{Kernel: nn.Square(2)}), in: []int{1, 2, 4, 5}, out: []int{1, 2, 2, 2},
		misuse: []misuse{{[]int{4}, "pool [4]: want images [… height width]"},
			{[]int{1, 1, 1, 4}, "pool [1 1 1 4]: a window of 2, dilated by 1, does not fit into 1 pixels padded by 0"}},
	}, {
		layer: "MaxPool2d", sample: "everything", make: pool(nn.MaxPool2d{Kernel: nn.Square(3), Stride: nn.Square(2), Padding: nn.Square(1), Dilation: [2]int{1, 2}}),
		in: []int{1, 2, 5, 7}, out: []int{1, 2, 3, 3},
	}, {
		layer: "MaxPool2d", sample: "no batch", make: pool(nn.MaxPool2d{Kernel: nn.Square(2)}), in: []int{3, 4, 4}, out: []int{3, 2, 2},
	}, {
		layer: "AvgPool2d", make: pool(nn.AvgPool2d{Kernel: nn.Square(2)}), in: []int{1, 2, 4, 5}, out: []int{1, 2, 2, 2},
		misuse: []misuse{{[]int{4}, "pool [4]: want images [… height width]"}},
	}, {
		layer: "AvgPool2d", sample: "everything",
		make: pool(nn.AvgPool2d{Kernel: nn.Square(3), Stride: [2]int{2, 1}, Padding: nn.Square(1), ExcludePadding: true}),
		in:   []int{1, 1, 5, 4}, out: []int{1, 1, 3, 4},
	}, {
		layer: "Flatten", make: pool(nn.Flatten{}), in: []int{2, 3, 2}, out: []int{2, 6},
		misuse: []misuse{{[]int{3}, "flatten [3]: axis 1 is out of range for 1 axes"}},
	}}
}
