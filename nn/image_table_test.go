package nn_test

import (
	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/nn"
	"github.com/descent-ml/descent/tensor"
)

// literal returns what makes a layer without weights.
func literal(l nn.Layer) func(*tensor.Rand) any { return func(*tensor.Rand) any { return l } }

// convRows are convolutions of sequences and their transposes, and those with
// settings of their own.
func convRows() []layerRow {
	both := []string{"weight", "bias"}
	return []layerRow{{
		layer: "Conv2d", sample: "no batch", make: func(r *tensor.Rand) any { return nn.NewConv2d(r, 2, 3, nn.Conv2dOptions{Kernel: nn.Square(2)}) },
		in: []int{2, 3, 4}, out: []int{3, 2, 3}, state: both,
		misuse: []misuse{{[]int{3, 3, 4}, "conv2d [1 3 3 4] × [3 2 2 2]: the images have 3 channels, the layer wants 2"}},
	}, {
		layer: "Conv2d", sample: "same",
		make: func(r *tensor.Rand) any {
			return nn.NewConv2d(r, 2, 2, nn.Conv2dOptions{Kernel: [2]int{3, 2}, Dilation: [2]int{1, 3}, Same: true})
		},
		in: []int{1, 2, 3, 4}, out: []int{1, 2, 3, 4}, state: both,
	}, {
		layer: "Conv1d", make: func(r *tensor.Rand) any { return nn.NewConv1d(r, 2, 3, nn.Conv1dOptions{Kernel: 3}) },
		in: []int{2, 2, 5}, out: []int{2, 3, 3}, state: both,
		misuse: []misuse{{[]int{1, 3, 5}, "conv1d [1 3 1 5] × [3 2 1 3]: the images have 3 channels, the layer wants 2"},
			{[]int{5}, "conv1d [5] × [3 2 3]: want [batch channels length] or [channels length], and a weight with 3 axes"},
			{[]int{1, 2, 2, 5}, "conv1d [1 2 2 5] × [3 2 3]: want [batch channels length] or [channels length], and a weight with 3 axes"}},
	}, {
		layer: "Conv1d", sample: "everything",
		make: func(r *tensor.Rand) any {
			return nn.NewConv1dNoBias(r, 4, 2, nn.Conv1dOptions{Kernel: 3, Stride: 2, Padding: 2, Dilation: 2, Groups: 2})
		},
		in: []int{1, 4, 6}, out: []int{1, 2, 3}, state: []string{"weight"},
	}, {
		layer: "Conv1d", sample: "same, no batch", make: func(r *tensor.Rand) any { return nn.NewConv1d(r, 2, 3, nn.Conv1dOptions{Kernel: 4, Same: true}) },
		in: []int{2, 5}, out: []int{3, 5}, state: both,
	}, {
		layer: "ConvTranspose2d", make: func(r *tensor.Rand) any {
			return nn.NewConvTranspose2d(r, 2, 3, nn.ConvTranspose2dOptions{Kernel: nn.Square(2)})
		},
		in: []int{1, 2, 2, 3}, out: []int{1, 3, 3, 4}, state: both,
		misuse: []misuse{{[]int{1, 3, 2, 2}, "conv-transpose2d [1 3 2 2] × [2 3 2 2]: the images have 3 channels, the layer wants 2"},
			{[]int{2, 2}, "conv-transpose2d [2 2] × [2 3 2 2]: want [batch channels height width] or [channels height width], and a weight with 4 axes"}},
	}, {
		layer: "ConvTranspose2d", sample: "everything",
		make: func(r *tensor.Rand) any {
			return nn.NewConvTranspose2dNoBias(r, 2, 4, nn.ConvTranspose2dOptions{Kernel: [2]int{2, 3}, Stride: [2]int{2, 1}, Padding: [2]int{1, 0},
				OutputPadding: [2]int{1, 0}, Dilation: [2]int{1, 2}, Groups: 2})
		},
		in: []int{1, 2, 3, 2}, out: []int{1, 4, 5, 6}, state: []string{"weight"},
	}, {
		layer: "ConvTranspose1d", make: func(r *tensor.Rand) any { return nn.NewConvTranspose1d(r, 2, 3, nn.ConvTranspose1dOptions{Kernel: 3}) },
		in: []int{2, 2, 4}, out: []int{2, 3, 6}, state: both,
	}, {
		layer: "ConvTranspose1d", sample: "everything, no batch",
		make: func(r *tensor.Rand) any {
			return nn.NewConvTranspose1dNoBias(r, 2, 4, nn.ConvTranspose1dOptions{Kernel: 3, Stride: 2, Padding: 1, OutputPadding: 1, Dilation: 2, Groups: 2})
		},
		in: []int{2, 3}, out: []int{4, 8}, state: []string{"weight"},
	}}
}

// unpoolRows are layers that put back what pooling took.
func unpoolRows() []layerRow {
	make2 := func(*tensor.Rand) any {
		return nn.MaxUnpool2d{Kernel: nn.Square(3), Stride: nn.Square(2), Padding: nn.Square(1)}
	}
	make1 := func(*tensor.Rand) any { return nn.MaxUnpool1d{Kernel: 2} }
	index := []int{0, 3, 7, 4, 5, 5, 8, 1}
	return []layerRow{{
		layer: "MaxUnpool2d", make: make2, in: []int{1, 2, 2, 2}, out: []int{1, 2, 3, 3},
		run: func(model any, x autograd.Var) autograd.Var { return model.(nn.MaxUnpool2d).Forward(x, index) },
		misuse: []misuse{{[]int{2, 2}, "max-unpool2d [2 2]: want images [… height width]"},
			{[]int{1, 1, 2}, "max-unpool2d [1 1 2]: the index has 8 elements, want 2"}},
	}, {
		layer: "MaxUnpool2d", sample: "size", make: make2, in: []int{2, 2, 2}, out: []int{2, 4, 3},
		run: func(model any, x autograd.Var) autograd.Var {
			return model.(nn.MaxUnpool2d).ForwardSize(x, index, [2]int{4, 3})
		},
		misuse: []misuse{{[]int{1, 4, 2}, "max-unpool2d [1 4 2]: want 6 to 8 pixels along an axis, got 4"}},
	}, {
		layer: "MaxUnpool1d", make: make1, in: []int{2, 2, 2}, out: []int{2, 2, 4},
		run: func(model any, x autograd.Var) autograd.Var {
			return model.(nn.MaxUnpool1d).Forward(x, []int{0, 3, 1, 2, 2, 2, 1, 0})
		},
		misuse: []misuse{{[]int{5}, "max-unpool1d [5]: want [… channels length]"}},
	}, {
		layer: "MaxUnpool1d", sample: "size", make: make1, in: []int{1, 2}, out: []int{1, 5},
		run: func(model any, x autograd.Var) autograd.Var {
			return model.(nn.MaxUnpool1d).ForwardSize(x, []int{0, 4}, 5)
		},
		misuse: []misuse{{[]int{1, 4}, "max-unpool2d [1 1 4]: want 7 to 9 pixels along an axis, got 5"}},
	}}
}

// poolRows are pools of sequences and adaptive ones.
func poolRows() []layerRow {
	return []layerRow{
		{layer: "MaxPool2d", sample: "ceil", make: literal(nn.MaxPool2d{Kernel: nn.Square(2), Ceil: true}), in: []int{2, 5, 3}, out: []int{2, 3, 2}},
		{layer: "AvgPool2d", sample: "ceil", make: literal(nn.AvgPool2d{Kernel: nn.Square(2), Ceil: true}), in: []int{2, 5, 3}, out: []int{2, 3, 2}},
		{layer: "MaxPool1d", make: literal(nn.MaxPool1d{Kernel: 2}), in: []int{2, 3, 5}, out: []int{2, 3, 2},
			misuse: []misuse{{[]int{5}, "max-pool1d [5]: want [… channels length]"}}},
		{layer: "MaxPool1d", sample: "everything, no batch", make: literal(nn.MaxPool1d{Kernel: 3, Stride: 2, Padding: 1, Dilation: 2, Ceil: true}), in: []int{2, 6}, out: []int{2, 3}},
		{layer: "AvgPool1d", make: literal(nn.AvgPool1d{Kernel: 2}), in: []int{2, 3, 5}, out: []int{2, 3, 2},
			misuse: []misuse{{[]int{5}, "avg-pool1d [5]: want [… channels length]"}}},
		{layer: "AvgPool1d", sample: "everything, no batch", make: literal(nn.AvgPool1d{Kernel: 3, Stride: 2, Padding: 1, Ceil: true, ExcludePadding: true}), in: []int{2, 6}, out: []int{2, 4}},
		{layer: "LPPool2d", make: literal(nn.LPPool2d{Norm: 2, Kernel: nn.Square(2)}), in: []int{2, 5, 4}, out: []int{2, 2, 2},
			misuse: []misuse{{[]int{4, 4}, "pool [4 4]: want images [… height width]"}}},
		{layer: "LPPool2d", sample: "everything", make: literal(nn.LPPool2d{Norm: 4, Kernel: [2]int{3, 2}, Stride: [2]int{2, 1}, Ceil: true}), in: []int{1, 4, 3}, out: []int{1, 2, 2}},
		{layer: "LPPool1d", make: literal(nn.LPPool1d{Norm: 2, Kernel: 2}), in: []int{2, 3, 5}, out: []int{2, 3, 2},
			misuse: []misuse{{[]int{5}, "lp-pool1d [5]: want [… channels length]"}}},
		{layer: "LPPool1d", sample: "everything, no batch", make: literal(nn.LPPool1d{Norm: 4, Kernel: 3, Stride: 2, Ceil: true}), in: []int{2, 6}, out: []int{2, 3}},
		{layer: "AdaptiveAvgPool2d", make: literal(nn.AdaptiveAvgPool2d{Size: [2]int{2, 3}}), in: []int{1, 2, 3, 4}, out: []int{1, 2, 2, 3},
			misuse: []misuse{{[]int{4, 4}, "pool [4 4]: want images [… height width]"}}},
		{layer: "AdaptiveAvgPool2d", sample: "global, no batch", make: literal(nn.AdaptiveAvgPool2d{Size: nn.Square(1)}), in: []int{2, 3, 4}, out: []int{2, 1, 1}},
		{layer: "AdaptiveMaxPool2d", make: literal(nn.AdaptiveMaxPool2d{Size: [2]int{2, 3}}), in: []int{1, 2, 3, 4}, out: []int{1, 2, 2, 3}},
		{layer: "AdaptiveAvgPool1d", make: literal(nn.AdaptiveAvgPool1d{Size: 2}), in: []int{2, 3, 5}, out: []int{2, 3, 2},
			misuse: []misuse{{[]int{5}, "adaptive-avg-pool1d [5]: want [… channels length]"}}},
		{layer: "AdaptiveMaxPool1d", make: literal(nn.AdaptiveMaxPool1d{Size: 2}), in: []int{3, 5}, out: []int{3, 2}},
	}
}
