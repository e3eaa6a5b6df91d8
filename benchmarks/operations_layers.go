package benchmarks

import (
	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/nn"
	"github.com/descent-ml/descent/tensor"
)

// photos are a batch of 16 images with 16 channels, of 64×64 pixels.
func (o *operationList) photos() input { return o.between(-1, 1, 16, 16, o.n/16, o.n/16) }

// images are operations on windows of images and on sequences.
func (o *operationList) images() {
	z, side := o.photos(), o.n/16
	sequence := o.between(-1, 1, 16, 64, o.n)
	patches := tensor.UnfoldShape{Kernel: nn.Square(3), Padding: nn.Square(1)}
	o.one("unfold", z, func(x variable) variable { return x.Unfold(patches) })
	o.one("fold", o.between(-1, 1, 16, 16*9, side*side), func(x variable) variable { return x.Fold(nn.Square(side), patches) })
	o.one("pixel_shuffle", z, nn.PixelShuffle{Factor: 2}.Forward)
	o.one("pixel_unshuffle", z, nn.PixelUnshuffle{Factor: 2}.Forward)
	o.one("upsample_nearest", z, func(x variable) variable { return x.UpsampleNearest(nn.Square(2*side), [2]float64{2, 2}) })
	o.one("upsample_bilinear", z, func(x variable) variable { return x.UpsampleBilinear(nn.Square(2*side), [2]float64{}, false) })
	o.one("upsample_linear1d", sequence, nn.Upsample1d{Size: 2 * o.n, Linear: true}.Forward)
	o.one("max_pool2d", z, nn.MaxPool2d{Kernel: nn.Square(2)}.Forward)
	o.one("max_pool2d_3_2", z, nn.MaxPool2d{Kernel: nn.Square(3), Stride: nn.Square(2), Padding: nn.Square(1)}.Forward)
	o.one("avg_pool2d", z, nn.AvgPool2d{Kernel: nn.Square(2)}.Forward)
	o.one("avg_pool2d_3_2", z, nn.AvgPool2d{Kernel: nn.Square(3), Stride: nn.Square(2), Padding: nn.Square(1)}.Forward)
	o.one("max_pool1d", sequence, nn.MaxPool1d{Kernel: 2}.Forward)
	o.one("avg_pool1d", sequence, nn.AvgPool1d{Kernel: 2}.Forward)
	o.one("adaptive_avg_pool2d", z, nn.AdaptiveAvgPool2d{Size: nn.Square(3)}.Forward)
	o.one("adaptive_avg_pool2d_1", z, nn.AdaptiveAvgPool2d{Size: nn.Square(1)}.Forward)
	o.one("adaptive_max_pool2d", z, nn.AdaptiveMaxPool2d{Size: nn.Square(3)}.Forward)
	o.one("adaptive_avg_pool1d", sequence, nn.AdaptiveAvgPool1d{Size: 3}.Forward)
	o.one("adaptive_max_pool1d", sequence, nn.AdaptiveMaxPool1d{Size: 3}.Forward)
	conv := tensor.ConvShape{Padding: nn.Square(1)}
	o.two("conv2d", z, o.between(-1, 1, 16, 16, 3, 3), func(x, w variable) variable { return x.Conv2d(w, variable{}, conv) })
	depth := tensor.ConvShape{Padding: nn.Square(1), Groups: 16}
	o.two("conv2d_depthwise", z, o.between(-1, 1, 16, 1, 3, 3), func(x, w variable) variable { return x.Conv2d(w, variable{}, depth) })
	twice := tensor.ConvShape{Stride: nn.Square(2)}
	o.two("conv_transpose2d", z, o.between(-1, 1, 16, 8, 2, 2), func(x, w variable) variable { return x.ConvTranspose2d(w, variable{}, twice, [2]int{}) })
	o.prepared("conv1d", func(r *tensor.Rand) operation {
		layer := nn.NewConv1d(r, 64, 64, nn.Conv1dOptions{Kernel: 3, Padding: 1})
		return func(v []variable) variable { return layer.Forward(v[0]) }
	}, sequence)
	hann := o.fixed(0.1, 1, 256)
	wave := o.between(-1, 1, 16, 64*o.n)
	o.one("rfft", o.between(-1, 1), func(x variable) variable { return x.RFFT(0, -1, tensor.FFTBackward) })
	o.one("irfft", o.between(-1, 1, o.n, o.n/2+1, 2), func(x variable) variable { return x.IRFFT(o.n, -1, tensor.FFTBackward) })
	o.two("stft", wave, hann, func(x, w variable) variable { return x.STFT(256, w, tensor.STFTOptions{}) })
}

// layers are normalizations and what works on sequences.
func (o *operationList) layers() {
	x, z, w, c := o.between(-4, 4), o.photos(), o.between(0.5, 1.5, o.n), o.between(0.5, 1.5, 16)
	three := func(name string, x, w input, f func(x, w, b variable) variable) {
		o.add(name, func(v []variable) variable { return f(v[0], v[1], v[2]) }, x, w, w)
	}
	three("layer_norm", x, w, func(x, w, b variable) variable { return x.LayerNorm(1, w, b, 1e-5) })
	o.two("rms_norm", x, w, func(x, w variable) variable { return x.RMSNorm(1, w, 1e-6) })
	three("batch_norm", z, c, func(x, w, b variable) variable { y, _, _ := x.BatchNorm(w, b, 1e-5); return y })
	three("batch_norm_rows", x, w, func(x, w, b variable) variable { y, _, _ := x.BatchNorm(w, b, 1e-5); return y })
	three("group_norm", z, c, func(x, w, b variable) variable { return x.GroupNorm(4, w, b, 1e-5) })
	three("instance_norm", z, c, func(x, w, b variable) variable { return x.GroupNorm(16, w, b, 1e-5) })
	o.add("batch_norm_eval", func(v []variable) variable { return v[0].NormalizeChannels(v[1], v[2], v[3], v[4], 1e-5) },
		z, o.fixed(-1, 1, 16), o.fixed(0.5, 1.5, 16), c, c)
	o.one("local_response_norm", z, nn.LocalResponseNorm{Size: 5}.Forward)
	o.add("linear", func(v []variable) variable { return v[0].Linear(v[1], v[2]) }, o.between(-1, 1, o.n, 256), o.between(-1, 1, 256, 256), o.between(-1, 1, 256))
	o.add("bilinear", func(v []variable) variable { return v[0].Bilinear(v[1], v[2], v[3]) },
		o.between(-1, 1, o.n, 32), o.between(-1, 1, o.n, 32), o.between(-1, 1, 32, 32, 32), o.between(-1, 1, 32))
	heads := o.between(-1, 1, 16, 4, o.n/16, 32)
	o.add("attention", func(v []variable) variable { return v[0].Attention(v[1], v[2], false) }, heads, heads, heads)
	o.add("attention_causal", func(v []variable) variable { return v[0].Attention(v[1], v[2], true) }, heads, heads, heads)
	steps := o.between(-1, 1, o.n/32, 32, 128)
	for _, cell := range []struct {
		name  string
		gates int
		run   func(x variable, p autograd.Recurrence) variable
	}{
		{"lstm", 4, func(x variable, p autograd.Recurrence) variable { y, _, _ := x.LSTM(p); return y }},
		{"gru", 3, func(x variable, p autograd.Recurrence) variable { y, _ := x.GRU(p); return y }},
		{"rnn", 1, func(x variable, p autograd.Recurrence) variable { y, _ := x.RNN(p); return y }},
	} {
		weight, bias := o.between(-0.1, 0.1, cell.gates*128, 128), o.between(-0.1, 0.1, cell.gates*128)
		o.add(cell.name, func(v []variable) variable {
			return cell.run(v[0], autograd.Recurrence{WeightIH: v[1], WeightHH: v[2], BiasIH: v[3], BiasHH: v[4]})
		}, steps, weight, weight, bias, bias)
	}
}
