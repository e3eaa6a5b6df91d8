package nn_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/nn"
	"github.com/descent-ml/descent/tensor"
)

// Every layer says what it is, with its sizes and with the settings that are not
// the default.
func TestStrings(t *testing.T) {
	r := tensor.NewRand(1)
	norm := nn.NewBatchNorm2d(8)
	norm.Eps, norm.Momentum, norm.Mode = 0.001, nn.Zero, autograd.Eval
	bare := &nn.BatchNorm{Cumulative: true}
	causal := nn.NewMultiheadAttention(r, 8, 2, nn.MultiheadAttentionOptions{})
	causal.Causal, causal.InProjBias = true, nil
	grouped := nn.NewMultiheadAttention(r, 8, 4, nn.MultiheadAttentionOptions{KVHeads: 2, KeyWidth: 3, ValueWidth: 5, Causal: true, Rotary: &nn.Rotary{Interleaved: true}, Dropout: 0.1})
	relu := nn.NewRNN(r, 3, 4, nn.RecurrentOptions{Bidirectional: true})
	relu.ReLU = true
	monte := nn.NewDropout(r, 0.25)
	monte.Mode = autograd.Train
	o := nn.Conv2dOptions{Kernel: [2]int{3, 5}, Stride: [2]int{2, 1}, Padding: nn.Square(2), Dilation: nn.Square(2), Groups: 2}
	seen := map[string]bool{}
	for _, c := range []struct {
		layer fmt.Stringer
		want  string
	}{
		{nn.ReLU{}, "ReLU()"}, {nn.ReLU6{}, "ReLU6()"}, {nn.SELU{}, "SELU()"}, {nn.SiLU{}, "SiLU()"}, {nn.Mish{}, "Mish()"}, {nn.Tanh{}, "Tanh()"},
		{nn.Sigmoid{}, "Sigmoid()"}, {nn.LogSigmoid{}, "LogSigmoid()"}, {nn.Softplus{}, "Softplus()"}, {nn.Softsign{}, "Softsign()"},
		{nn.HardTanh{}, "HardTanh()"}, {nn.HardSigmoid{}, "HardSigmoid()"}, {nn.HardSwish{}, "HardSwish()"}, {nn.Flatten{}, "Flatten()"},
		{nn.Func(autograd.Var.Sin), "Func()"},
		{nn.LeakyReLU{}, "LeakyReLU(slope 0.01)"}, {nn.LeakyReLU{Slope: nn.Zero}, "LeakyReLU(slope 0)"},
		{nn.ELU{}, "ELU(alpha 1)"}, {nn.ELU{Alpha: 0.5}, "ELU(alpha 0.5)"},
		{nn.GELU{}, "GELU()"}, {nn.GELU{Tanh: true}, "GELU(tanh)"},
		{nn.Softmax{}, "Softmax(axis -1)"}, {nn.LogSoftmax{Axis: new(0)}, "LogSoftmax(axis 0)"},
		{nn.NewLinear(r, 784, 128), "Linear(784 → 128)"}, {nn.NewLinearNoBias(r, 3, 2), "Linear(3 → 2, no bias)"}, {&nn.Linear{}, "Linear(empty)"},
		{nn.NewConv2d(r, 1, 8, nn.Conv2dOptions{Kernel: nn.Square(5), Padding: nn.Square(2)}), "Conv2d(1 → 8, kernel 5×5, padding 2)"},
		{nn.NewConv2dNoBias(r, 4, 2, o), "Conv2d(4 → 2, kernel 3×5, stride 2×1, padding 2, dilation 2, groups 2, no bias)"}, {&nn.Conv2d{}, "Conv2d(empty)"},
		{nn.MaxPool2d{Kernel: nn.Square(2)}, "MaxPool2d(kernel 2×2)"},
		{nn.MaxPool2d{Kernel: nn.Square(3), Stride: nn.Square(2), Padding: [2]int{0, 1}, Dilation: nn.Square(1)}, "MaxPool2d(kernel 3×3, stride 2, padding 0×1)"},
		{nn.AvgPool2d{Kernel: nn.Square(3), Padding: nn.Square(1), ExcludePadding: true}, "AvgPool2d(kernel 3×3, padding 1, padding excluded)"},
		{nn.NewConv2d(r, 1, 8, nn.Conv2dOptions{Kernel: nn.Square(5), Same: true}), "Conv2d(1 → 8, kernel 5×5, padding same)"},
		{nn.NewConv1d(r, 2, 8, nn.Conv1dOptions{Kernel: 5, Stride: 2, Padding: 1}), "Conv1d(2 → 8, kernel 5, stride 2, padding 1)"},
		{nn.NewConv1dNoBias(r, 2, 8, nn.Conv1dOptions{Kernel: 5, Dilation: 2, Groups: 2, Same: true}), "Conv1d(2 → 8, kernel 5, padding same, dilation 2, groups 2, no bias)"},
		{&nn.Conv1d{}, "Conv1d(empty)"}, {&nn.ConvTranspose1d{}, "ConvTranspose1d(empty)"}, {&nn.ConvTranspose2d{}, "ConvTranspose2d(empty)"},
		{nn.NewConvTranspose2d(r, 8, 4, nn.ConvTranspose2dOptions{Kernel: nn.Square(2), Stride: nn.Square(2), Groups: 2}), "ConvTranspose2d(8 → 4, kernel 2×2, stride 2, groups 2)"},
		{nn.NewConvTranspose1dNoBias(r, 8, 4, nn.ConvTranspose1dOptions{Kernel: 3, Stride: 2, OutputPadding: 1}), "ConvTranspose1d(8 → 4, kernel 3, stride 2, output padding 1, no bias)"},
		{nn.MaxPool2d{Kernel: nn.Square(3), Ceil: true}, "MaxPool2d(kernel 3×3, ceil)"}, {nn.MaxPool1d{Kernel: 3, Stride: 2, Dilation: 2}, "MaxPool1d(kernel 3, stride 2, dilation 2)"},
		{nn.AvgPool1d{Kernel: 3, Padding: 1, Ceil: true, ExcludePadding: true}, "AvgPool1d(kernel 3, padding 1, ceil, padding excluded)"},
		{nn.LPPool2d{Norm: 2, Kernel: nn.Square(3), Stride: [2]int{2, 1}, Ceil: true}, "LPPool2d(norm 2, kernel 3×3, stride 2×1, ceil)"}, {nn.LPPool1d{Norm: 1.5, Kernel: 3, Stride: 1, Ceil: true}, "LPPool1d(norm 1.5, kernel 3, stride 1, ceil)"},
		{nn.MaxUnpool2d{Kernel: nn.Square(3), Stride: [2]int{2, 1}, Padding: nn.Square(1)}, "MaxUnpool2d(kernel 3×3, stride 2×1, padding 1)"}, {nn.MaxUnpool1d{Kernel: 3, Stride: 2, Padding: 1}, "MaxUnpool1d(kernel 3, stride 2, padding 1)"},
		{nn.AdaptiveAvgPool2d{Size: [2]int{1, 2}}, "AdaptiveAvgPool2d(1×2)"}, {nn.AdaptiveMaxPool2d{Size: nn.Square(1)}, "AdaptiveMaxPool2d(1×1)"},
		{nn.AdaptiveAvgPool1d{Size: 3}, "AdaptiveAvgPool1d(3)"}, {nn.AdaptiveMaxPool1d{Size: 3}, "AdaptiveMaxPool1d(3)"},
		{nn.NewBatchNorm3d(4), "BatchNorm3d(4)"}, {nn.NewGroupNorm(2, 8), "GroupNorm(groups 2, 8)"}, {&nn.GroupNorm{Groups: 2, Eps: 0.1}, "GroupNorm(groups 2, eps 0.1, no weight, no bias)"}, {&nn.GroupNorm{}, "GroupNorm(empty)"},
		{nn.NewInstanceNorm2d(8), "InstanceNorm2d(8)"}, {nn.NewInstanceNorm3dAffine(8), "InstanceNorm3d(8, affine)"}, {nn.NewInstanceNorm1dAffine(8).Tracked(), "InstanceNorm1d(8, affine, tracked)"}, {&nn.InstanceNorm{Eps: 0.1, Momentum: nn.Zero}, "InstanceNorm(eps 0.1, momentum 0)"}, {(*nn.InstanceNorm)(nil), "InstanceNorm(empty)"},
		{nn.LocalResponseNorm{Size: 5}, "LocalResponseNorm(5)"}, {nn.LocalResponseNorm{Size: 5, Alpha: 1, Beta: 0.5, K: nn.Zero}, "LocalResponseNorm(5, alpha 1, beta 0.5, k 0)"},
		{nn.Identity{}, "Identity()"}, {nn.Unflatten{Shape: []int{2, -1}}, "Unflatten(axis 1, 2×-1)"}, {nn.PixelShuffle{Factor: 2}, "PixelShuffle(2)"}, {nn.PixelUnshuffle{Factor: 2}, "PixelUnshuffle(2)"},
		{nn.Residual{nn.ReLU{}}, "Residual(\n  (0): ReLU()\n)"}, {nn.Concat{Branches: []nn.Layer{nn.ReLU{}}}, "Concat(\n  (branches): List(\n    (0): ReLU()\n  )\n)"},
		{nn.NewPReLU(3), "PReLU(3)"}, {&nn.PReLU{}, "PReLU(empty)"}, {nn.NewRReLU(r), "RReLU()"}, {&nn.RReLU{Lower: nn.Zero, Upper: 0.5, Mode: autograd.Eval}, "RReLU(lower 0, upper 0.5, mode eval)"},
		{(*nn.RReLU)(nil), "RReLU(empty)"}, {nn.CELU{}, "CELU(alpha 1)"}, {nn.Softshrink{}, "Softshrink(lambda 0.5)"}, {nn.Hardshrink{Lambda: nn.Zero}, "Hardshrink(lambda 0)"}, {nn.Tanhshrink{}, "Tanhshrink()"},
		{nn.Threshold{Threshold: 0.1, Value: 20}, "Threshold(threshold 0.1, value 20)"}, {nn.GLU{}, "GLU(axis -1)"}, {nn.SwiGLU{Axis: new(1)}, "SwiGLU(axis 1)"},
		{nn.Softplus{Beta: 2, Threshold: nn.Zero}, "Softplus(beta 2, threshold 0)"}, {nn.HardTanh{Min: nn.Zero, Max: 6}, "HardTanh(min 0, max 6)"},
		{nn.NewDropout2d(r, 0.5), "Dropout2d(0.5)"}, {nn.NewDropout1d(r, 0.5), "Dropout1d(0.5)"}, {nn.NewAlphaDropout(r, 0.5), "AlphaDropout(0.5)"}, {(*nn.AlphaDropout)(nil), "AlphaDropout(empty)"},
		{nn.Upsample{Scale: [2]float64{2, 1.5}}, "Upsample(scale 2×1.5)"}, {nn.Upsample{Size: [2]int{2, 3}, Bilinear: true, AlignCorners: true}, "Upsample(size 2×3, bilinear, align corners)"},
		{nn.NewEmbeddingBag(r, 65, 32, autograd.BagMax), "EmbeddingBag(65 → 32, max)"}, {&nn.EmbeddingBag{}, "EmbeddingBag(empty)"},
		{nn.NewBilinearNoBias(r, 3, 4, 2), "Bilinear(3 × 4 → 2, no bias)"}, {&nn.Bilinear{}, "Bilinear(empty)"},
		{nn.NewWeightNorm(nn.NewLinear(r, 3, 2)), "WeightNorm(Linear(3 → 2))"}, {nn.NewSpectralNorm(r, nn.NewLinear(r, 3, 2)), "SpectralNorm(Linear(3 → 2))"},
		{&nn.WeightNorm{}, "WeightNorm(empty)"}, {&nn.SpectralNorm{}, "SpectralNorm(empty)"},
		{nn.NewEmbedding(r, 65, 32), "Embedding(65 → 32)"}, {&nn.Embedding{Weight: nn.NewLinear(r, 1, 1).Weight, MaxNorm: 2, NormType: 1}, "Embedding(1 → 1, max norm 2, norm type 1)"},
		{&nn.EmbeddingBag{Weight: nn.NewLinear(r, 1, 1).Weight, MaxNorm: 2, NormType: 1}, "EmbeddingBag(1 → 1, mean, max norm 2, norm type 1)"},
		{nn.Upsample1d{Size: 5, Linear: true, AlignCorners: true}, "Upsample1d(size 5, linear, align corners)"}, {nn.Upsample1d{Scale: 1.5}, "Upsample1d(scale 1.5)"},
		{nn.NewEmbeddingPadded(r, 65, 32, -65), "Embedding(65 → 32, padding index 0)"}, {&nn.Embedding{}, "Embedding(empty)"},
		{nn.NewPositionalEmbedding(r, 16, 32), "PositionalEmbedding(16 → 32)"}, {&nn.PositionalEmbedding{}, "PositionalEmbedding(empty)"},
		{nn.NewDropout(r, 0.5), "Dropout(0.5)"}, {monte, "Dropout(0.25, mode train)"}, {(*nn.Dropout)(nil), "Dropout(empty)"},
		{nn.NewBatchNorm1d(32), "BatchNorm1d(32)"}, {norm, "BatchNorm2d(8, eps 0.001, momentum 0, mode eval)"},
		{bare, "BatchNorm(cumulative, no weight, no bias, no running statistics)"}, {(*nn.BatchNorm)(nil), "BatchNorm(empty)"},
		{nn.NewLayerNorm(3, 4), "LayerNorm(3×4)"}, {&nn.LayerNorm{Shape: []int{768}, Eps: 0.5}, "LayerNorm(768, eps 0.5, no weight, no bias)"}, {&nn.LayerNorm{}, "LayerNorm(empty)"},
		{nn.NewRMSNorm(768), "RMSNorm(768)"}, {&nn.RMSNorm{Shape: []int{2}, Eps: nn.Zero}, "RMSNorm(2, eps 0, no weight)"}, {&nn.RMSNorm{}, "RMSNorm(empty)"},
		{nn.NewLSTM(r, 64, 128, nn.RecurrentOptions{}), "LSTM(64 → 128)"}, {&nn.LSTM{}, "LSTM(empty)"}, {(*nn.LSTM)(nil), "LSTM(empty)"},
		{nn.NewLSTMNoBias(r, 64, 128, nn.RecurrentOptions{Layers: 2}), "LSTM(64 → 128, layers 2, no bias)"},
		{nn.NewLSTM(r, 3, 4, nn.RecurrentOptions{Projection: 2}), "LSTM(3 → 4, projected to 2)"},
		{nn.NewGRUNoBias(r, 3, 4, nn.RecurrentOptions{}), "GRU(3 → 4, no bias)"},
		{nn.NewGRU(r, 3, 4, nn.RecurrentOptions{Layers: 2, Bidirectional: true, BatchFirst: true, Dropout: 0.1}), "GRU(3 → 4, layers 2, bidirectional, batch first, dropout 0.1)"},
		{(*nn.GRU)(nil), "GRU(empty)"},
		{nn.NewMultiheadAttention(r, 32, 4, nn.MultiheadAttentionOptions{}), "MultiheadAttention(32, heads 4)"}, {causal, "MultiheadAttention(8, heads 2, causal, no bias)"}, {&nn.MultiheadAttention{}, "MultiheadAttention(empty)"},
		{nn.NewMultiheadAttention(r, 8, 4, nn.MultiheadAttentionOptions{BiasKV: true, ZeroAttn: true}), "MultiheadAttention(8, heads 4, bias of keys and values, zero attention)"},
		{grouped, "MultiheadAttention(8, heads 4, of keys and values 2, keys 3, values 5, causal, Rotary(interleaved), dropout 0.1)"},
		{relu, "RNN(3 → 4, relu, bidirectional)"}, {nn.NewRNNNoBias(r, 3, 4, nn.RecurrentOptions{}), "RNN(3 → 4, no bias)"}, {(*nn.RNN)(nil), "RNN(empty)"},
		{nn.NewLSTMCell(r, 3, 4), "LSTMCell(3 → 4)"}, {nn.NewGRUCellNoBias(r, 3, 4), "GRUCell(3 → 4, no bias)"}, {&nn.RNNCell{}, "RNNCell(empty)"},
		{(*nn.LSTMCell)(nil), "LSTMCell(empty)"}, {(*nn.GRUCell)(nil), "GRUCell(empty)"}, {(*nn.RNNCell)(nil), "RNNCell(empty)"},
		{nn.SinusoidalPositions{}, "SinusoidalPositions()"}, {nn.SinusoidalPositions{Base: 100}, "SinusoidalPositions(base 100)"},
		{&nn.Rotary{}, "Rotary()"}, {&nn.Rotary{Base: 100, Interleaved: true}, "Rotary(base 100, interleaved)"}, {(*nn.Rotary)(nil), "Rotary(empty)"},
		{(*nn.TransformerEncoderLayer)(nil), "TransformerEncoderLayer(empty)"}, {&nn.TransformerEncoderLayer{}, "TransformerEncoderLayer()"},
		{(*nn.TransformerDecoderLayer)(nil), "TransformerDecoderLayer(empty)"}, {&nn.TransformerDecoderLayer{}, "TransformerDecoderLayer()"},
		{(*nn.TransformerEncoder)(nil), "TransformerEncoder(empty)"}, {&nn.TransformerEncoder{}, "TransformerEncoder()"},
		{(*nn.TransformerDecoder)(nil), "TransformerDecoder(empty)"}, {&nn.TransformerDecoder{}, "TransformerDecoder()"},
		{(*nn.Transformer)(nil), "Transformer(empty)"}, {&nn.Transformer{}, "Transformer()"},
		{(*nn.TransformerBlock)(nil), "TransformerBlock(empty)"}, {&nn.TransformerBlock{}, "TransformerBlock()"},
		{nn.Sequential{}, "Sequential()"}, {nn.Hook{Layer: nn.NewLinear(r, 3, 2)}, "Hook(Linear(3 → 2))"}, {nn.Hook{}, "Hook(empty)"},
	} {
		require.Equal(t, c.want, fmt.Sprint(c.layer))
		name := strings.TrimPrefix(strings.TrimPrefix(fmt.Sprintf("%T", c.layer), "*"), "nn.")
		seen[name] = true
	}
	for _, name := range typesWith(t, "Forward") {
		require.True(t, seen[name], "there is no row for %s", name)
	}
}

type (
	digitNet struct {
		Features nn.Sequential
		Blocks   []*residual
		Head     nn.Linear `nn:"classifier"`
		Tokens   *nn.Embedding
		Hidden   *nn.Linear `nn:"-"`
		Missing  *nn.Linear
		Act      nn.Layer
		Self     *digitNet
		Scale    *autograd.Param
		inner    nn.Layer
		Custom   custom
	}
	residual struct{ FC1, FC2 *nn.Linear }
	custom   struct{}
)

func (n *digitNet) String() string { return nn.Describe(n) }

func (custom) Forward(x autograd.Var) autograd.Var { return x }

// Models are shown with their layers, under the names of their parameters.
func TestDescribe(t *testing.T) {
	r := tensor.NewRand(1)
	lin := func() *nn.Linear { return nn.NewLinear(r, 2, 2) }
	n := &digitNet{
		Features: nn.Sequential{nn.NewConv2d(r, 1, 8, nn.Conv2dOptions{Kernel: nn.Square(5)}), nn.Sequential{nn.ReLU{}, custom{}}},
		Blocks:   []*residual{{lin(), lin()}, nil}, Head: *lin(), Tokens: nn.NewEmbedding(r, 3, 2), Hidden: lin(), Act: nn.GELU{}, Scale: param(), inner: lin(),
	}
	n.Self = n
	require.Equal(t, `digitNet(
  (features): Sequential(
    (0): Conv2d(1 → 8, kernel 5×5)
    (1): Sequential(
      (0): ReLU()
      (1): custom()
    )
  )
  (blocks): List(
    (0): residual(
      (fc1): Linear(2 → 2)
      (fc2): Linear(2 → 2)
    )
  )
  (classifier): Linear(2 → 2)
  (tokens): Embedding(3 → 2)
  (act): GELU()
  (custom): custom()
)`, nn.Describe(n))
	n.Self = nil
	require.Equal(t, nn.Describe(n), fmt.Sprint(n))
	require.Equal(t, "nil", nn.Describe(nil))
	require.Equal(t, `TransformerBlock(
  (self_attn): MultiheadAttention(4, heads 2)
  (linear1): Linear(4 → 8)
  (linear2): Linear(8 → 4)
  (norm1): LayerNorm(4)
  (norm2): LayerNorm(4)
  (activation): ReLU()
)`, fmt.Sprint(nn.NewTransformerBlock(r, 4, nn.TransformerBlockOptions{Heads: 2, Hidden: 8})))
}
