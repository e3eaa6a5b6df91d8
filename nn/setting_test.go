package nn_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/nn"
	"github.com/descent-ml/descent/tensor"
)

// zeroLayers has the zero value of every layer, nil where the methods are those
// of a pointer, and the sentence of their panic. Those without a sentence work.
func zeroLayers() map[string]struct {
	layers []nn.Layer
	want   string
} {
	type zero = struct {
		layers []nn.Layer
		want   string
	}
	embedding := func(e *nn.Embedding) nn.Layer {
		return nn.Func(func(x autograd.Var) autograd.Var { return e.Forward(x.Tape(), []int{0}) })
	}
	stepping := func(l decoder) nn.Layer {
		return nn.Func(func(x autograd.Var) autograd.Var { return l.Forward(x, autograd.Var{}) })
	}
	steppingLSTM := func(l *nn.LSTMCell) nn.Layer {
		return nn.Func(func(x autograd.Var) autograd.Var {
			h, _ := l.Forward(x, autograd.Var{}, autograd.Var{})
			return h
		})
	}
	translating := func(m *nn.Transformer) nn.Layer {
		return nn.Func(func(x autograd.Var) autograd.Var { return m.Forward(x, x) })
	}
	remembering := func(l decoder) nn.Layer {
		return nn.Func(func(x autograd.Var) autograd.Var { return l.Forward(x, x) })
	}
	bag := func(e *nn.EmbeddingBag) nn.Layer {
		return nn.Func(func(x autograd.Var) autograd.Var { return e.ForwardRows(x.Tape(), []int{0}, 1) })
	}
	bilinear := func(b *nn.Bilinear) nn.Layer {
		return nn.Func(func(x autograd.Var) autograd.Var { return b.Forward(x, x) })
	}
	empty := func(op, constructor string, layers ...nn.Layer) zero {
		return zero{layers, op + ": the layer is empty; make it with nn." + constructor}
	}
	works := func(l nn.Layer) zero { return zero{[]nn.Layer{l}, ""} }
	return map[string]struct {
		layers []nn.Layer
		want   string
	}{
		"ReLU": works(nn.ReLU{}), "ReLU6": works(nn.ReLU6{}), "LeakyReLU": works(nn.LeakyReLU{}), "ELU": works(nn.ELU{}), "SELU": works(nn.SELU{}),
		"GELU": works(nn.GELU{}), "SiLU": works(nn.SiLU{}), "Mish": works(nn.Mish{}), "Tanh": works(nn.Tanh{}), "Sigmoid": works(nn.Sigmoid{}),
		"LogSigmoid": works(nn.LogSigmoid{}), "Softplus": works(nn.Softplus{}), "Softsign": works(nn.Softsign{}), "HardTanh": works(nn.HardTanh{}),
		"HardSigmoid": works(nn.HardSigmoid{}), "HardSwish": works(nn.HardSwish{}), "Softmax": works(nn.Softmax{}), "LogSoftmax": works(nn.LogSoftmax{}),
		"Flatten": works(nn.Flatten{}), "Sequential": works(nn.Sequential{}),
		"Func":              {[]nn.Layer{nn.Func(nil)}, "func: the function is nil"},
		"MaxPool2d":         {[]nn.Layer{nn.MaxPool2d{}}, "max-pool2d: Kernel is 0 × 0; set it, as in nn.MaxPool2d{Kernel: nn.Square(2)}"},
		"AvgPool2d":         {[]nn.Layer{nn.AvgPool2d{}}, "avg-pool2d: Kernel is 0 × 0; set it, as in nn.AvgPool2d{Kernel: nn.Square(2)}"},
		"MaxPool1d":         {[]nn.Layer{nn.MaxPool1d{}}, "max-pool1d: Kernel is 0; set it, as in nn.MaxPool1d{Kernel: 2}"},
		"AvgPool1d":         {[]nn.Layer{nn.AvgPool1d{}}, "avg-pool1d: Kernel is 0; set it, as in nn.AvgPool1d{Kernel: 2}"},
		"LPPool2d":          {[]nn.Layer{nn.LPPool2d{}}, "lp-pool2d: Norm is 0; set it, as in nn.LPPool2d{Norm: 2}"},
		"LPPool1d":          {[]nn.Layer{nn.LPPool1d{}}, "lp-pool1d: Norm is 0; set it, as in nn.LPPool1d{Norm: 2}"},
		"MaxUnpool2d":       {[]nn.Layer{nn.Func(func(x autograd.Var) autograd.Var { return nn.MaxUnpool2d{}.Forward(x, nil) })}, "max-unpool2d: Kernel is 0 × 0; set it, as in nn.MaxUnpool2d{Kernel: nn.Square(2)}"},
		"MaxUnpool1d":       {[]nn.Layer{nn.Func(func(x autograd.Var) autograd.Var { return nn.MaxUnpool1d{}.Forward(x, nil) })}, "max-unpool1d: Kernel is 0; set it, as in nn.MaxUnpool1d{Kernel: 2}"},
		"AdaptiveAvgPool2d": {[]nn.Layer{nn.AdaptiveAvgPool2d{}}, "adaptive-avg-pool2d: Size is 0 × 0; set it, as in nn.AdaptiveAvgPool2d{Size: nn.Square(1)}"},
		"AdaptiveMaxPool2d": {[]nn.Layer{nn.AdaptiveMaxPool2d{}}, "adaptive-max-pool2d: Size is 0 × 0; set it, as in nn.AdaptiveMaxPool2d{Size: nn.Square(1)}"},
		"AdaptiveAvgPool1d": {[]nn.Layer{nn.AdaptiveAvgPool1d{}}, "adaptive-avg-pool1d: Size is 0; set it, as in nn.AdaptiveAvgPool1d{Size: 1}"},
		"AdaptiveMaxPool1d": {[]nn.Layer{nn.AdaptiveMaxPool1d{}}, "adaptive-max-pool1d: Size is 0; set it, as in nn.AdaptiveMaxPool1d{Size: 1}"},

		"Hook": {[]nn.Layer{nn.Hook{}}, "hook: there is no layer to look into; fill in Layer"},
		"CELU": works(nn.CELU{}), "Softshrink": works(nn.Softshrink{}), "Hardshrink": works(nn.Hardshrink{}), "Tanhshrink": works(nn.Tanhshrink{}),
		"Threshold": works(nn.Threshold{}), "GLU": works(nn.GLU{}), "SwiGLU": works(nn.SwiGLU{}),
		"PReLU":        empty("prelu", "NewPReLU", &nn.PReLU{}, (*nn.PReLU)(nil)),
		"RReLU":        empty("rrelu", "NewRReLU", (*nn.RReLU)(nil)),
		"WeightNorm":   empty("weight-norm", "NewWeightNorm", &nn.WeightNorm{}, (*nn.WeightNorm)(nil)),
		"SpectralNorm": empty("spectral-norm", "NewSpectralNorm", &nn.SpectralNorm{}, (*nn.SpectralNorm)(nil)),
		"Dropout2d":    empty("dropout2d", "NewDropout2d", (*nn.Dropout2d)(nil)),
		"Dropout1d":    empty("dropout1d", "NewDropout1d", (*nn.Dropout1d)(nil)),
		"AlphaDropout": empty("alpha-dropout", "NewAlphaDropout", (*nn.AlphaDropout)(nil)),
		"Upsample1d":   {[]nn.Layer{nn.Upsample1d{}}, "upsample1d: there is no Size and no Scale; set one, as in nn.Upsample1d{Scale: 2}"},
		"Upsample":     {[]nn.Layer{nn.Upsample{}}, "upsample: there is no Size and no Scale; set one, as in nn.Upsample{Scale: [2]float64{2, 2}}"},
		"EmbeddingBag": empty("embedding-bag", "NewEmbeddingBag", bag(&nn.EmbeddingBag{}), bag(nil)),
		"Bilinear":     empty("bilinear", "NewBilinear", bilinear(&nn.Bilinear{}), bilinear(nil)),
		"Identity":     works(nn.Identity{}), "Residual": works(nn.Residual{}),
		"Unflatten":         {[]nn.Layer{nn.Unflatten{}}, "unflatten: Shape is empty; set it, as in nn.Unflatten{Shape: []int{8, 7, 7}}"},
		"Concat":            {[]nn.Layer{nn.Concat{}}, "concat: there are no branches"},
		"PixelShuffle":      {[]nn.Layer{nn.PixelShuffle{}}, "pixel-shuffle: Factor is 0; set it, as in nn.PixelShuffle{Factor: 2}"},
		"PixelUnshuffle":    {[]nn.Layer{nn.PixelUnshuffle{}}, "pixel-unshuffle: Factor is 0; set it, as in nn.PixelUnshuffle{Factor: 2}"},
		"LocalResponseNorm": {[]nn.Layer{nn.LocalResponseNorm{}}, "local-response-norm: Size is 0; set it, as in nn.LocalResponseNorm{Size: 5}"},
		"GroupNorm":         empty("group-norm", "NewGroupNorm", &nn.GroupNorm{}, (*nn.GroupNorm)(nil)),
		"InstanceNorm":      empty("instance-norm", "NewInstanceNorm1d or nn.NewInstanceNorm2d", (*nn.InstanceNorm)(nil)), // the zero value works

		"Conv1d":          empty("conv1d", "NewConv1d", &nn.Conv1d{}, (*nn.Conv1d)(nil)),
		"ConvTranspose2d": empty("conv-transpose2d", "NewConvTranspose2d", &nn.ConvTranspose2d{}, (*nn.ConvTranspose2d)(nil)),
		"ConvTranspose1d": empty("conv-transpose1d", "NewConvTranspose1d", &nn.ConvTranspose1d{}, (*nn.ConvTranspose1d)(nil)),
		"Linear":          empty("linear", "NewLinear", &nn.Linear{}, &nn.Linear{Weight: &autograd.Param{}}, (*nn.Linear)(nil)),
		"Conv2d":          empty("conv2d", "NewConv2d", &nn.Conv2d{}, (*nn.Conv2d)(nil)),
		"Embedding":       empty("embedding", "NewEmbedding", embedding(&nn.Embedding{}), embedding(nil)),
		"LayerNorm":       empty("layer-norm", "NewLayerNorm", &nn.LayerNorm{}, (*nn.LayerNorm)(nil)),
		"RMSNorm":         empty("rms-norm", "NewRMSNorm", &nn.RMSNorm{}, (*nn.RMSNorm)(nil)),
		"LSTM":            empty("lstm", "NewLSTM", &nn.LSTM{}, (*nn.LSTM)(nil)),
		"GRU":             empty("gru", "NewGRU", &nn.GRU{}, (*nn.GRU)(nil)),
		"Dropout":         empty("dropout", "NewDropout", (*nn.Dropout)(nil)), // the zero value drops nothing
		"BatchNorm":       empty("batch-norm", "NewBatchNorm1d or nn.NewBatchNorm2d", (*nn.BatchNorm)(nil)),
		"MultiheadAttention": empty("multihead-attention", "NewMultiheadAttention", &nn.MultiheadAttention{},
			&nn.MultiheadAttention{InProjWeight: autograd.NewParam(tensor.Ones(3, 1))}, (*nn.MultiheadAttention)(nil)),
		"RNN":                     empty("rnn", "NewRNN", &nn.RNN{}, (*nn.RNN)(nil)),
		"RNNCell":                 empty("rnn-cell", "NewRNNCell", stepping(&nn.RNNCell{}), stepping((*nn.RNNCell)(nil))),
		"GRUCell":                 empty("gru-cell", "NewGRUCell", stepping(&nn.GRUCell{}), stepping((*nn.GRUCell)(nil))),
		"LSTMCell":                empty("lstm-cell", "NewLSTMCell", steppingLSTM(&nn.LSTMCell{}), steppingLSTM(nil)),
		"SinusoidalPositions":     works(nn.SinusoidalPositions{}),
		"Rotary":                  {[]nn.Layer{(*nn.Rotary)(nil)}, "rotary: the layer is nil; make it as &nn.Rotary{}"},
		"TransformerEncoderLayer": empty("transformer-encoder-layer", "NewTransformerEncoderLayer", &nn.TransformerEncoderLayer{}, (*nn.TransformerEncoderLayer)(nil)),
		"TransformerDecoderLayer": empty("transformer-decoder-layer", "NewTransformerDecoderLayer", remembering(&nn.TransformerDecoderLayer{}), remembering((*nn.TransformerDecoderLayer)(nil))),
		"TransformerEncoder":      empty("transformer-encoder", "NewTransformerEncoder", &nn.TransformerEncoder{}, (*nn.TransformerEncoder)(nil)),
		"TransformerDecoder":      empty("transformer-decoder", "NewTransformerDecoder", remembering(&nn.TransformerDecoder{}), remembering((*nn.TransformerDecoder)(nil))),
		"Transformer":             empty("transformer", "NewTransformer", translating(&nn.Transformer{}), translating(nil)),
		"TransformerBlock":        empty("transformer-block", "NewTransformerBlock", &nn.TransformerBlock{}, (*nn.TransformerBlock)(nil)),
		"PositionalEmbedding":     empty("positional-embedding", "NewPositionalEmbedding", &nn.PositionalEmbedding{}, (*nn.PositionalEmbedding)(nil)),
	}
}

// A zero layer works, or panics with a sentence that says what to call.
func TestZeroLayers(t *testing.T) {
	rows := zeroLayers()
	for _, name := range typesWith(t, "Forward") {
		require.Contains(t, rows, name)
		for _, l := range rows[name].layers {
			x := autograd.NewTape().Const(tensor.Ones(2, 3, 4))
			require.Equal(t, rows[name].want, sentence(func() { l.Forward(x) }), name)
			if rows[name].want != "" {
				require.IsType(t, &tensor.ArgError{}, panicOf(func() { l.Forward(x) }), name)
			}
		}
	}
	for _, l := range []nn.Layer{&nn.Dropout{}, &nn.BatchNorm{}} {
		require.Empty(t, sentence(func() { l.Forward(autograd.NewTape().Const(tensor.Ones(2, 3))) }))
	}
	require.Equal(t, "sequential: layer 1 is nil", sentence(func() { nn.Sequential{nn.ReLU{}, nil}.Forward(autograd.NewTape().Const(tensor.Ones(2))) }))
	for _, model := range []any{&nn.LSTM{}, &struct{ G nn.GRU }{}, &nn.Linear{Weight: &autograd.Param{}}, &nn.TransformerBlock{}} {
		require.Empty(t, nn.State(model))
	}
}

// A literal with weights from elsewhere is the layer that its constructor makes.
func TestLiterals(t *testing.T) {
	r := tensor.NewRand(1)
	lin, norm, rms, bn := nn.NewLinear(r, 4, 4), nn.NewLayerNorm(4), nn.NewRMSNorm(4), nn.NewBatchNorm1d(4)
	conv := nn.NewConv2d(r, 1, 2, nn.Conv2dOptions{Kernel: nn.Square(2)})
	lstm, gru := nn.NewLSTM(r, 4, 3, nn.RecurrentOptions{}), nn.NewGRU(r, 4, 3, nn.RecurrentOptions{})
	attend, places := nn.NewMultiheadAttention(r, 4, 2, nn.MultiheadAttentionOptions{}), nn.NewPositionalEmbedding(r, 3, 4)
	block := nn.NewTransformerBlock(r, 4, nn.TransformerBlockOptions{Heads: 2, Hidden: 8})
	for _, p := range []*autograd.Param{norm.Weight, norm.Bias, rms.Weight, bn.Weight, bn.Bias} {
		r.Normal(p.Value, 0, 1)
	}
	for _, c := range []struct {
		made, literal nn.Layer
		shape         []int
	}{
		{lin, &nn.Linear{Weight: lin.Weight, Bias: lin.Bias}, []int{2, 4}},
		{conv, &nn.Conv2d{Weight: conv.Weight, Bias: conv.Bias}, []int{2, 1, 3, 4}},
		{norm, &nn.LayerNorm{Weight: norm.Weight, Bias: norm.Bias}, []int{2, 4}},
		{&nn.LayerNorm{Shape: []int{4}}, nn.NewLayerNorm(4), []int{2, 4}},
		{rms, &nn.RMSNorm{Weight: rms.Weight}, []int{2, 4}},
		{&nn.RMSNorm{Shape: []int{4}}, nn.NewRMSNorm(4), []int{2, 4}},
		{bn, &nn.BatchNorm{Weight: bn.Weight, Bias: bn.Bias}, []int{3, 4}},
		{lstm, &nn.LSTM{Weights: lstm.Weights}, []int{3, 2, 4}},
		{gru, &nn.GRU{Weights: gru.Weights}, []int{3, 2, 4}},
		{attend, &nn.MultiheadAttention{InProjWeight: attend.InProjWeight, InProjBias: attend.InProjBias, OutProj: attend.OutProj, Heads: 2}, []int{2, 3, 4}},
		{places, &nn.PositionalEmbedding{Weight: places.Weight}, []int{2, 3, 4}},
		{block, &nn.TransformerBlock{SelfAttn: block.SelfAttn, Linear1: block.Linear1, Linear2: block.Linear2, Norm1: block.Norm1, Norm2: block.Norm2}, []int{2, 3, 4}},
	} {
		x := autograd.NewTape().Const(normal(tensor.Float32, 2, c.shape...))
		require.Equal(t, tensor.Values(c.made.Forward(x).Value()), tensor.Values(c.literal.Forward(x).Value()), "%T", c.made)
	}
}

// In every layer a nil bias is no bias: the same as a bias of zeros.
func TestNilBias(t *testing.T) {
	r := tensor.NewRand(1)
	lin, norm, bn := nn.NewLinear(r, 4, 4), nn.NewLayerNorm(4), nn.NewBatchNorm1d(4)
	conv, attend := nn.NewConv2d(r, 1, 2, nn.Conv2dOptions{Kernel: nn.Square(2)}), nn.NewMultiheadAttention(r, 4, 2, nn.MultiheadAttentionOptions{})
	lstm, gru := nn.NewLSTM(r, 4, 3, nn.RecurrentOptions{}), nn.NewGRU(r, 4, 3, nn.RecurrentOptions{})
	for _, c := range []struct {
		layer nn.Layer
		bias  **autograd.Param
		shape []int
	}{
		{lin, &lin.Bias, []int{2, 4}}, {conv, &conv.Bias, []int{2, 1, 3, 4}}, {norm, &norm.Bias, []int{2, 4}}, {bn, &bn.Bias, []int{3, 4}},
		{lstm, &lstm.Weights[2], []int{3, 2, 4}}, {lstm, &lstm.Weights[3], []int{3, 2, 4}},
		{gru, &gru.Weights[3], []int{3, 2, 4}}, {gru, &gru.Weights[2], []int{3, 2, 4}},
		{attend, &attend.InProjBias, []int{2, 3, 4}}, {attend, &attend.OutProj.Bias, []int{2, 3, 4}},
	} {
		(*c.bias).Value.Fill(0)
		x := autograd.NewTape().Const(normal(tensor.Float32, 2, c.shape...))
		want := tensor.Values(c.layer.Forward(x).Value())
		*c.bias = nil
		require.InDeltaSlice(t, want, tensor.Values(c.layer.Forward(x).Value()), 1e-6, "%T", c.layer)
	}

	// Constructors without bias draw the same weights, and no bias.
	a, b := tensor.NewRand(1), tensor.NewRand(1)
	o := nn.Conv2dOptions{Kernel: nn.Square(3)}
	require.Equal(t, tensor.Values(nn.NewConv2d(a, 2, 2, o).Weight.Value), tensor.Values(nn.NewConv2dNoBias(b, 2, 2, o).Weight.Value))
	for range 2 { // the elements of the bias
		b.Uint32()
	}
	require.Equal(t, a.Uint32(), b.Uint32())

	// Those of recurrent layers draw only weights, as PyTorch does with bias=False.
	deep := nn.RecurrentOptions{Layers: 2}
	for gates, weights := range map[int][]*autograd.Param{4: nn.NewLSTMNoBias(tensor.NewRand(1), 3, 2, deep).Weights, 3: nn.NewGRUNoBias(tensor.NewRand(1), 3, 2, deep).Weights} {
		require.Len(t, weights, 8)
		r := tensor.NewRand(1)
		for i, shape := range map[int][]int{0: {gates * 2, 3}, 1: {gates * 2, 2}, 4: {gates * 2, 2}, 5: {gates * 2, 2}} {
			require.Equal(t, shape, weights[i].Value.Shape())
		}
		for _, i := range []int{0, 1, 4, 5} {
			want := tensor.ZerosLike(weights[i].Value)
			r.Uniform(want, -1/math.Sqrt2, 1/math.Sqrt2)
			require.Equal(t, tensor.Values(want), tensor.Values(weights[i].Value), "%d gates, weight %d", gates, i)
		}
		for _, i := range []int{2, 3, 6, 7} {
			require.Nil(t, weights[i])
		}
	}
}

// Zero says 0 wherever 0 stands for another default.
func TestZero(t *testing.T) {
	tape := autograd.NewTape()
	x := tape.Const(tensor.New([]float64{-2, 3}, 1, 2))
	y := tape.Const(tensor.New([]float64{0, 0}, 1, 2))
	for _, c := range []struct {
		layer nn.Layer
		want  []float64
	}{
		{nn.LeakyReLU{Slope: nn.Zero}, []float64{0, 3}},
		{nn.LeakyReLU{}, []float64{-0.02, 3}},
		{nn.ELU{Alpha: nn.Zero}, []float64{0, 3}},
		{nn.HardTanh{Min: nn.Zero, Max: 2}, []float64{0, 2}},
		{nn.HardTanh{Max: 2}, []float64{-1, 2}},
		{nn.Softplus{Beta: 2, Threshold: nn.Zero}, []float64{math.Log1p(math.Exp(-4)) / 2, 3}},
		{nn.Softshrink{Lambda: nn.Zero}, []float64{-2, 3}},
		{&nn.LayerNorm{Shape: []int{2}, Eps: nn.Zero}, []float64{-1, 1}},
		{&nn.RMSNorm{Shape: []int{2}, Eps: nn.Zero}, []float64{-2 / 2.5495097567963922, 3 / 2.5495097567963922}},
		{nn.Softmax{}, []float64{0.0066928509242848554, 0.9933071490757153}},
		{nn.Softmax{Axis: new(0)}, []float64{1, 1}},
		{nn.Softmax{Axis: new(1)}, []float64{0.0066928509242848554, 0.9933071490757153}},
	} {
		require.InDeltaSlice(t, c.want, tensor.Values(c.layer.Forward(x).Value()), 1e-15, "%#v", c.layer)
	}
	norm := nn.NewBatchNorm1d(1)
	nn.To(norm, tensor.Float64)
	norm.Eps = nn.Zero
	require.Equal(t, []float64{-1, 1}, tensor.Values(norm.Forward(x.Reshape(2, 1)).Value()))
	require.Equal(t, 2.5, nn.SmoothL1Loss{Beta: nn.Zero}.Of(x, y).Item())
	w := tensor.Ones(2, 2)
	nn.KaimingNormal(tensor.NewRand(1), w, nn.Kaiming{Gain: nn.Zero})
	require.Equal(t, []float64{0, 0, 0, 0}, tensor.Values(w))
}

// The default ε of RMSNorm is that of the element type. Both results are those
// of torch.nn.RMSNorm(2), for squares that are about as small as ε.
func TestRMSNormEps(t *testing.T) {
	for _, c := range []struct {
		dt   tensor.DType
		x    float64
		want float64
		tol  float64
	}{
		{tensor.Float32, 1e-4, 0.278197437525, 1e-7},
		{tensor.Float64, 1e-8, 0.557239618211, 1e-12},
	} {
		l := nn.NewRMSNorm(2)
		nn.To(l, c.dt)
		x := tensor.New([]float64{c.x, c.x}, 2).To(c.dt)
		require.InDelta(t, c.want, l.Forward(autograd.NewTape().Const(x)).Value().At(0), c.tol, "%v", c.dt)
	}
}
