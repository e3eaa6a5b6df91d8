package nn_test

import (
	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/nn"
	"github.com/descent-ml/descent/tensor"
)

// groupRows are layers that normalize groups of channels.
func groupRows() []layerRow {
	both := []string{"weight", "bias"}
	return []layerRow{{
		layer: "GroupNorm", make: func(*tensor.Rand) any { return nn.NewGroupNorm(2, 4) }, in: []int{2, 4, 3}, out: []int{2, 4, 3}, state: both,
		misuse: []misuse{{[]int{2, 6, 3}, "group-norm [2 6 3]: the input has 6 channels, the layer wants 4"},
			{[]int{4}, "group-norm [4]: want [batch channels …] with channels that 2 groups divide"}},
	}, {
		layer: "GroupNorm", sample: "literal", make: literal(&nn.GroupNorm{Groups: 1, Eps: 0.1}), in: []int{2, 3}, out: []int{2, 3},
	}, {
		layer: "InstanceNorm", sample: "1d", make: literal(nn.NewInstanceNorm1d(3)), in: []int{2, 3, 4}, out: []int{2, 3, 4},
		misuse: []misuse{{[]int{2, 4, 4}, "instance-norm-1d [2 4 4]: the input has 4 channels, the layer wants 3"},
			{[]int{4}, "instance-norm-1d [4]: want [batch channels length] or [channels length]"},
			{[]int{2, 3, 1}, "instance-norm-1d [2 3 1]: one value for each channel has no variance"}},
	}, {
		layer: "InstanceNorm", sample: "2d, no batch", make: func(*tensor.Rand) any { return nn.NewInstanceNorm2dAffine(2) }, in: []int{2, 3, 3}, out: []int{2, 3, 3}, state: both,
		misuse: []misuse{{[]int{2, 2}, "instance-norm-2d [2 2]: want [batch channels height width] or [channels height width]"}},
	}, {
		layer: "InstanceNorm", sample: "3d", make: literal(nn.NewInstanceNorm3d(2)), in: []int{2, 2, 2, 1, 3}, out: []int{2, 2, 2, 1, 3},
		misuse: []misuse{{[]int{2, 2, 2}, "instance-norm-3d [2 2 2]: want [batch channels depth height width] or [channels depth height width]"}},
	}, {
		layer: "InstanceNorm", sample: "literal", make: literal(&nn.InstanceNorm{Eps: 0.1}), in: []int{2, 2, 3}, out: []int{2, 2, 3},
		misuse: []misuse{{[]int{2, 2}, "instance-norm [2 2]: want [batch channels …]"}},
	}, {
		layer: "InstanceNorm", sample: "tracked", make: func(*tensor.Rand) any { return nn.NewInstanceNorm1dAffine(3).Tracked() },
		in: []int{2, 3, 4}, out: []int{2, 3, 4}, modes: true, state: normState,
		misuse: []misuse{{[]int{2, 4, 4}, "instance-norm-1d [2 4 4]: the input has 4 channels, the layer wants 3"}},
	}, {
		layer: "InstanceNorm", sample: "tracked literal", make: func(*tensor.Rand) any {
			n := &nn.InstanceNorm{RunningMean: tensor.Zeros(2), RunningVar: tensor.Ones(2)}
			n.Bias = autograd.NewParam(tensor.Ones(2))
			return n
		},
		in: []int{1, 2, 3}, out: []int{1, 2, 3}, modes: true, state: []string{"bias", "running_mean", "running_var"},
		misuse: []misuse{{[]int{2, 3, 4}, "instance-norm [2 3 4]: the input has 3 channels, the layer wants 2"}},
	}, {
		layer: "BatchNorm", sample: "3d", make: func(*tensor.Rand) any { return nn.NewBatchNorm3d(2) }, in: []int{2, 2, 2, 2, 2}, out: []int{2, 2, 2, 2, 2}, modes: true, state: normState,
		misuse: []misuse{{[]int{2, 2, 2, 2}, "batch-norm-3d [2 2 2 2]: want [batch channels depth height width]"}},
	}, {
		layer: "LocalResponseNorm", make: literal(nn.LocalResponseNorm{Size: 3, Alpha: 0.5, Beta: 2, K: 0.5}), in: []int{2, 4, 3}, out: []int{2, 4, 3},
		misuse: []misuse{{[]int{2, 4}, "local-response-norm [2 4]: want [batch channels …] with at least one axis after the channels"}},
	}, {
		layer: "LocalResponseNorm", sample: "defaults, images", make: literal(nn.LocalResponseNorm{Size: 2}), in: []int{1, 3, 2, 2}, out: []int{1, 3, 2, 2},
	}}
}

// combineRows are layers that change shapes, or combine others.
func combineRows() []layerRow {
	small := func(r *tensor.Rand) []nn.Layer {
		return []nn.Layer{nn.NewLinear(r, 4, 3), nn.Tanh{}, nn.NewLinear(r, 3, 4)}
	}
	state := []string{"0.weight", "0.bias", "2.weight", "2.bias"}
	return []layerRow{{
		layer: "Identity", make: literal(nn.Identity{}), in: []int{2, 3}, out: []int{2, 3},
	}, {
		layer: "Unflatten", make: literal(nn.Unflatten{Shape: []int{3, -1}}), in: []int{2, 6}, out: []int{2, 3, 2},
		misuse: []misuse{{[]int{6}, "unflatten [6]: axis 1 is out of range for 1 axes"}, {[]int{2, 5}, "reshape [2 5]: 10 elements do not fill shape [2 3 -1]"}},
	}, {
		layer: "Unflatten", sample: "axis", make: literal(nn.Unflatten{Shape: []int{2, 2, 1}, Axis: new(-2)}), in: []int{3, 4, 2}, out: []int{3, 2, 2, 1, 2},
	}, {
		layer: "Residual", make: func(r *tensor.Rand) any { return nn.Residual(small(r)) }, in: []int{2, 4}, out: []int{2, 4}, state: state,
	}, {
		layer: "Residual", sample: "empty", make: literal(nn.Residual{}), in: []int{2}, out: []int{2},
	}, {
		layer: "Residual", sample: "misuse", make: func(r *tensor.Rand) any { return nn.Residual{nn.Flatten{}} }, in: []int{2, 4}, out: []int{2, 4},
		misuse: []misuse{{[]int{2, 4, 1}, "residual [2 4 1] × [2 4]: the layers do not keep the shape of their input"}},
	}, {
		layer: "Concat", make: func(r *tensor.Rand) any {
			return nn.Concat{Branches: []nn.Layer{nn.NewLinear(r, 4, 3), nn.Identity{}, nn.Sequential{nn.NewLinear(r, 4, 2), nn.Tanh{}}}}
		},
		in: []int{2, 4}, out: []int{2, 9}, state: []string{"branches.0.weight", "branches.0.bias", "branches.2.0.weight", "branches.2.0.bias"},
	}, {
		layer: "Concat", sample: "axis", make: literal(nn.Concat{Branches: []nn.Layer{nn.Tanh{}, nn.Sigmoid{}}, Axis: new(-1)}), in: []int{2, 2, 3}, out: []int{2, 2, 6},
	}, {
		layer: "PixelShuffle", make: literal(nn.PixelShuffle{Factor: 2}), in: []int{2, 8, 2, 3}, out: []int{2, 2, 4, 6},
		misuse: []misuse{{[]int{6, 2, 2}, "pixel-shuffle [6 2 2]: want [… channels height width], and channels divisible by 4"}},
	}, {
		layer: "PixelUnshuffle", sample: "no batch", make: literal(nn.PixelUnshuffle{Factor: 2}), in: []int{2, 4, 2}, out: []int{8, 2, 1},
		misuse: []misuse{{[]int{1, 2, 3}, "pixel-unshuffle [1 2 3]: want [… channels height width], and a height and a width divisible by 2"}},
	}}
}

// rectifyRows are activations with weights, with random numbers, and with halves.
func rectifyRows() []layerRow {
	weight := []string{"weight"}
	return []layerRow{{
		layer: "PReLU", make: func(*tensor.Rand) any { return nn.NewPReLU(1) }, in: []int{3, 4}, out: []int{3, 4}, state: weight, kinks: []float64{0},
	}, {
		layer: "PReLU", sample: "channels", make: func(*tensor.Rand) any { return nn.NewPReLU(3) }, in: []int{2, 3, 4}, out: []int{2, 3, 4}, state: weight, kinks: []float64{0},
		misuse: []misuse{{[]int{3}, "prelu [3]: want [batch channels …] with 3 channels"}, {[]int{3, 2}, "prelu [3 2]: want [batch channels …] with 3 channels"}},
	}, {
		layer: "RReLU", make: func(r *tensor.Rand) any { return nn.NewRReLU(r) }, in: []int{3, 4}, out: []int{3, 4}, modes: true, kinks: []float64{0},
	}, {
		layer: "GLU", make: literal(nn.GLU{}), in: []int{2, 4}, out: []int{2, 2},
		misuse: []misuse{{[]int{2, 3}, "glu [2 3]: want an even length along axis -1"}, {nil, "glu []: want an even length along axis -1"}},
	}, {
		layer: "GLU", sample: "axis", make: literal(nn.GLU{Axis: new(1)}), in: []int{2, 4, 3}, out: []int{2, 2, 3},
	}, {
		layer: "SwiGLU", make: literal(nn.SwiGLU{}), in: []int{2, 4}, out: []int{2, 2},
		misuse: []misuse{{[]int{3}, "swiglu [3]: want an even length along axis -1"}},
	}}
}

// bagRows are layers that drop channels, change sizes, or take other inputs than
// one variable.
func bagRows() []layerRow {
	bag := func(reduce autograd.BagMode) func(r *tensor.Rand) any {
		return func(r *tensor.Rand) any { return nn.NewEmbeddingBag(r, 5, 3, reduce) }
	}
	tokens, offsets := []int{2, 0, 2, 4}, []int{0, 3, 3}
	scale := [2]float64{2, 1.5}
	return []layerRow{{
		layer: "Dropout2d", make: func(r *tensor.Rand) any { return nn.NewDropout2d(r, 0.3) }, in: []int{3, 4, 2, 2}, out: []int{3, 4, 2, 2}, modes: true,
		misuse: []misuse{{[]int{3, 4, 2}, "dropout2d [3 4 2]: want [batch channels height width]"}},
	}, {
		layer: "Dropout1d", make: func(r *tensor.Rand) any { return nn.NewDropout1d(r, 0.3) }, in: []int{3, 4, 2}, out: []int{3, 4, 2}, modes: true,
		misuse: []misuse{{[]int{3}, "dropout1d [3]: want [batch channels length] or [channels length]"}},
	}, {
		layer: "Dropout1d", sample: "no batch", make: func(r *tensor.Rand) any { return nn.NewDropout1d(r, 0.5) }, in: []int{9, 2}, out: []int{9, 2}, modes: true,
	}, {
		layer: "AlphaDropout", make: func(r *tensor.Rand) any { return nn.NewAlphaDropout(r, 0.3) }, in: []int{4, 5}, out: []int{4, 5}, modes: true,
	}, {
		layer: "Upsample1d", make: literal(nn.Upsample1d{Scale: 2}), in: []int{1, 2, 3}, out: []int{1, 2, 6},
		misuse: []misuse{{[]int{3}, "upsample1d [3]: want [… channels length]"}},
	}, {
		layer: "Upsample1d", sample: "linear", make: literal(nn.Upsample1d{Size: 5, Linear: true}), in: []int{2, 3}, out: []int{2, 5},
	}, {
		layer: "Upsample1d", sample: "corners", make: literal(nn.Upsample1d{Scale: 1.5, Linear: true, AlignCorners: true}), in: []int{1, 2, 3}, out: []int{1, 2, 4},
	}, {
		layer: "Upsample", make: literal(nn.Upsample{Scale: scale}), in: []int{1, 2, 2, 3}, out: []int{1, 2, 4, 4},
		misuse: []misuse{{[]int{2, 2}, "upsample [2 2]: want images [… channels height width]"}},
	}, {
		layer: "Upsample", sample: "bilinear", make: literal(nn.Upsample{Size: [2]int{3, 5}, Bilinear: true}), in: []int{2, 2, 3}, out: []int{2, 3, 5},
	}, {
		layer: "Upsample", sample: "corners", make: literal(nn.Upsample{Scale: scale, Bilinear: true, AlignCorners: true}), in: []int{1, 2, 2, 3}, out: []int{1, 2, 4, 4},
	}, {
		layer: "EmbeddingBag", make: bag(autograd.BagMean), in: []int{1}, out: []int{3, 3}, state: []string{"weight"},
		run: func(model any, x autograd.Var) autograd.Var {
			return model.(*nn.EmbeddingBag).Forward(x.Tape(), tokens, offsets)
		},
	}, {
		layer: "EmbeddingBag", sample: "rows", make: bag(autograd.BagMax), in: []int{1}, out: []int{2, 3}, state: []string{"weight"},
		run: func(model any, x autograd.Var) autograd.Var {
			return model.(*nn.EmbeddingBag).ForwardRows(x.Tape(), tokens, 2)
		},
	}, {
		layer: "EmbeddingBag", sample: "weighted", make: bag(autograd.BagSum), in: []int{4}, out: []int{3, 3}, state: []string{"weight"},
		run: func(model any, x autograd.Var) autograd.Var {
			return model.(*nn.EmbeddingBag).ForwardWeighted(tokens, offsets, x)
		},
		misuse: []misuse{{[]int{3}, "embedding-bag [3]: want BagSum and 4 weights"}},
	}, {
		layer: "Bilinear", make: func(r *tensor.Rand) any { return nn.NewBilinear(r, 3, 3, 2) }, in: []int{2, 3}, out: []int{2, 2}, state: []string{"weight", "bias"},
		run:    func(model any, x autograd.Var) autograd.Var { return model.(*nn.Bilinear).Forward(x, x.Tanh()) },
		misuse: []misuse{{[]int{2, 4}, "bilinear [2 4] × [2 4] × [2 3 3]: want x [… in1], b [… in2] and a weight [out in1 in2]"}},
	}}
}

// parametrizedRows are layers whose weight is computed.
func parametrizedRows() []layerRow {
	conv := func(r *tensor.Rand) nn.Layer { return nn.NewConv2d(r, 2, 3, nn.Conv2dOptions{Kernel: nn.Square(2)}) }
	return []layerRow{{
		layer: "WeightNorm", make: func(r *tensor.Rand) any { return nn.NewWeightNorm(nn.NewLinear(r, 4, 3)) }, in: []int{2, 4}, out: []int{2, 3},
		state: []string{"bias", "parametrizations.weight.original0", "parametrizations.weight.original1"},
	}, {
		layer: "WeightNorm", sample: "convolution", make: func(r *tensor.Rand) any { return nn.NewWeightNorm(conv(r)) }, in: []int{1, 2, 3, 3}, out: []int{1, 3, 2, 2},
		state: []string{"bias", "parametrizations.weight.original0", "parametrizations.weight.original1"},
	}, {
		layer: "SpectralNorm", sample: "evaluation", make: func(r *tensor.Rand) any {
			n := nn.NewSpectralNorm(r, conv(r))
			n.Mode = autograd.Eval
			return n
		},
		in: []int{1, 2, 3, 3}, out: []int{1, 3, 2, 2},
		state: []string{"bias", "parametrizations.weight.original", "parametrizations.weight.0._u", "parametrizations.weight.0._v"},
	}}
}
