package nn_test

import (
	"fmt"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/nn"
	"github.com/descent-ml/descent/tensor"
)

// Printed, a layer tells its sizes and settings. These have no weights.
func Example_activationsAsText() {
	fmt.Println(nn.Sequential{
		nn.ReLU{}, nn.ReLU6{}, nn.LeakyReLU{}, nn.ELU{Alpha: 0.5}, nn.SELU{}, nn.CELU{}, nn.GELU{Tanh: true}, nn.SiLU{}, nn.Mish{},
		nn.Tanh{}, nn.Sigmoid{}, nn.LogSigmoid{}, nn.Softplus{Beta: 2}, nn.Softsign{}, nn.HardTanh{Max: 6}, nn.HardSigmoid{}, nn.HardSwish{},
		nn.Softshrink{}, nn.Hardshrink{}, nn.Tanhshrink{}, nn.Threshold{Threshold: 0.1, Value: 20},
		nn.Softmax{}, nn.LogSoftmax{Axis: new(1)}, nn.GLU{}, nn.SwiGLU{}, nn.Func(autograd.Var.Sin),
	})
	// Output:
	// Sequential(
	//   (0): ReLU()
	//   (1): ReLU6()
	//   (2): LeakyReLU(slope 0.01)
	//   (3): ELU(alpha 0.5)
	//   (4): SELU()
	//   (5): CELU(alpha 1)
	//   (6): GELU(tanh)
	//   (7): SiLU()
	//   (8): Mish()
	//   (9): Tanh()
	//   (10): Sigmoid()
	//   (11): LogSigmoid()
	//   (12): Softplus(beta 2)
	//   (13): Softsign()
	//   (14): HardTanh(max 6)
	//   (15): HardSigmoid()
	//   (16): HardSwish()
	//   (17): Softshrink(lambda 0.5)
	//   (18): Hardshrink(lambda 0.5)
	//   (19): Tanhshrink()
	//   (20): Threshold(threshold 0.1, value 20)
	//   (21): Softmax(axis -1)
	//   (22): LogSoftmax(axis 1)
	//   (23): GLU(axis -1)
	//   (24): SwiGLU(axis -1)
	//   (25): Func()
	// )
}

func Example_imageLayersAsText() {
	r := tensor.NewRand(1)
	for _, l := range []fmt.Stringer{
		nn.NewConv2d(r, 3, 16, nn.Conv2dOptions{Kernel: nn.Square(3), Same: true}),
		nn.NewConv1d(r, 2, 8, nn.Conv1dOptions{Kernel: 5, Stride: 2}),
		nn.NewConvTranspose2d(r, 8, 4, nn.ConvTranspose2dOptions{Kernel: nn.Square(2), Stride: nn.Square(2)}),
		nn.NewConvTranspose1d(r, 8, 4, nn.ConvTranspose1dOptions{Kernel: 3, Stride: 2, OutputPadding: 1}),
		nn.MaxPool2d{Kernel: nn.Square(3), Stride: nn.Square(2)}, nn.MaxPool1d{Kernel: 3}, nn.AvgPool2d{Kernel: nn.Square(2)}, nn.AvgPool1d{Kernel: 2},
		nn.AdaptiveAvgPool2d{Size: nn.Square(1)}, nn.AdaptiveAvgPool1d{Size: 1}, nn.AdaptiveMaxPool2d{Size: [2]int{2, 3}}, nn.AdaptiveMaxPool1d{Size: 3},
		nn.MaxUnpool2d{Kernel: nn.Square(2)}, nn.MaxUnpool1d{Kernel: 2}, nn.LPPool2d{Norm: 2, Kernel: nn.Square(2)}, nn.LPPool1d{Norm: 2, Kernel: 2},
		nn.Upsample{Size: [2]int{2, 3}, Bilinear: true}, nn.PixelShuffle{Factor: 2}, nn.PixelUnshuffle{Factor: 2},
		nn.Flatten{}, nn.Unflatten{Shape: []int{2, -1}}, nn.Identity{},
	} {
		fmt.Println(l)
	}
	// Output:
	// Conv2d(3 → 16, kernel 3×3, padding same)
	// Conv1d(2 → 8, kernel 5, stride 2)
	// ConvTranspose2d(8 → 4, kernel 2×2, stride 2)
	// ConvTranspose1d(8 → 4, kernel 3, stride 2, output padding 1)
	// MaxPool2d(kernel 3×3, stride 2)
	// MaxPool1d(kernel 3)
	// AvgPool2d(kernel 2×2)
	// AvgPool1d(kernel 2)
	// AdaptiveAvgPool2d(1×1)
	// AdaptiveAvgPool1d(1)
	// AdaptiveMaxPool2d(2×3)
	// AdaptiveMaxPool1d(3)
	// MaxUnpool2d(kernel 2×2)
	// MaxUnpool1d(kernel 2)
	// LPPool2d(norm 2, kernel 2×2)
	// LPPool1d(norm 2, kernel 2)
	// Upsample(size 2×3, bilinear)
	// PixelShuffle(2)
	// PixelUnshuffle(2)
	// Flatten()
	// Unflatten(axis 1, 2×-1)
	// Identity()
}

func Example_normsAndDropoutAsText() {
	r := tensor.NewRand(1)
	for _, l := range []nn.Layer{
		nn.NewBatchNorm2d(8), nn.NewGroupNorm(2, 8), nn.NewInstanceNorm2d(8), nn.NewLayerNorm(3, 4), nn.NewRMSNorm(768), nn.LocalResponseNorm{Size: 5},
		nn.NewWeightNorm(nn.NewLinear(r, 3, 2)), nn.NewSpectralNorm(r, nn.NewLinear(r, 3, 2)), nn.NewPReLU(3), nn.NewRReLU(r),
		nn.NewDropout(r, 0.5), nn.NewDropout1d(r, 0.1), nn.NewDropout2d(r, 0.1), nn.NewAlphaDropout(r, 0.1),
		nn.Residual{nn.ReLU{}}, nn.Concat{Branches: []nn.Layer{nn.Identity{}, nn.Tanh{}}}, nn.Hook{Layer: nn.ReLU{}},
	} {
		fmt.Println(l)
	}
	// Output:
	// BatchNorm2d(8)
	// GroupNorm(groups 2, 8)
	// InstanceNorm2d(8)
	// LayerNorm(3×4)
	// RMSNorm(768)
	// LocalResponseNorm(5)
	// WeightNorm(Linear(3 → 2))
	// SpectralNorm(Linear(3 → 2))
	// PReLU(3)
	// RReLU()
	// Dropout(0.5)
	// Dropout1d(0.1)
	// Dropout2d(0.1)
	// AlphaDropout(0.1)
	// Residual(
	//   (0): ReLU()
	// )
	// Concat(
	//   (branches): List(
	//     (0): Identity()
	//     (1): Tanh()
	//   )
	// )
	// Hook(ReLU())
}

func Example_sequenceLayersAsText() {
	r := tensor.NewRand(1)
	o := nn.RecurrentOptions{Layers: 2, Bidirectional: true, Dropout: 0.1}
	for _, l := range []fmt.Stringer{
		nn.NewRNN(r, 3, 4, o), nn.NewLSTM(r, 3, 4, o), nn.NewGRU(r, 3, 4, nn.RecurrentOptions{}),
		nn.NewRNNCell(r, 3, 4), nn.NewLSTMCell(r, 3, 4), nn.NewGRUCell(r, 3, 4),
		nn.NewEmbedding(r, 65, 32), nn.NewEmbeddingBag(r, 65, 32, autograd.BagMax), nn.NewBilinear(r, 3, 4, 2),
		nn.NewPositionalEmbedding(r, 16, 32), nn.SinusoidalPositions{}, &nn.Rotary{Interleaved: true},
	} {
		fmt.Println(l)
	}
	// Output:
	// RNN(3 → 4, layers 2, bidirectional, dropout 0.1)
	// LSTM(3 → 4, layers 2, bidirectional, dropout 0.1)
	// GRU(3 → 4)
	// RNNCell(3 → 4)
	// LSTMCell(3 → 4)
	// GRUCell(3 → 4)
	// Embedding(65 → 32)
	// EmbeddingBag(65 → 32, max)
	// Bilinear(3 × 4 → 2)
	// PositionalEmbedding(16 → 32)
	// SinusoidalPositions()
	// Rotary(interleaved)
}

func Example_transformerAsText() {
	r := tensor.NewRand(1)
	o := nn.TransformerOptions{Heads: 2, Hidden: 16}
	b := nn.NewTransformerBlock(r, 8, nn.TransformerBlockOptions{Heads: 2, Hidden: 16, Causal: true})
	e := nn.NewTransformerEncoder(nn.NewTransformerEncoderLayer(r, 8, o), 1, nil)
	layer := nn.NewTransformerDecoderLayer(r, 8, o)
	d := nn.NewTransformerDecoder(layer, 1, nil)
	fmt.Println(b)
	fmt.Println(e)
	fmt.Println(d)
	fmt.Println(len(layer.String()) < len(d.String()))
	// Output:
	// TransformerBlock(
	//   (self_attn): MultiheadAttention(8, heads 2, causal)
	//   (linear1): Linear(8 → 16)
	//   (linear2): Linear(16 → 8)
	//   (norm1): LayerNorm(8)
	//   (norm2): LayerNorm(8)
	//   (activation): ReLU()
	// )
	// TransformerEncoder(
	//   (layers): List(
	//     (0): TransformerEncoderLayer(
	//       (self_attn): MultiheadAttention(8, heads 2, dropout 0.1)
	//       (linear1): Linear(8 → 16)
	//       (dropout): Dropout(0.1)
	//       (linear2): Linear(16 → 8)
	//       (norm1): LayerNorm(8)
	//       (norm2): LayerNorm(8)
	//       (dropout1): Dropout(0.1)
	//       (dropout2): Dropout(0.1)
	//       (activation): ReLU()
	//     )
	//   )
	// )
	// TransformerDecoder(
	//   (layers): List(
	//     (0): TransformerDecoderLayer(
	//       (self_attn): MultiheadAttention(8, heads 2, dropout 0.1)
	//       (multihead_attn): MultiheadAttention(8, heads 2, dropout 0.1)
	//       (linear1): Linear(8 → 16)
	//       (dropout): Dropout(0.1)
	//       (linear2): Linear(16 → 8)
	//       (norm1): LayerNorm(8)
	//       (norm2): LayerNorm(8)
	//       (norm3): LayerNorm(8)
	//       (dropout1): Dropout(0.1)
	//       (dropout2): Dropout(0.1)
	//       (dropout3): Dropout(0.1)
	//       (activation): ReLU()
	//     )
	//   )
	// )
	// true
}

// Without biases a layer has fewer parameters, and draws fewer numbers.
func Example_noBias() {
	r := tensor.NewRand(1)
	o := nn.RecurrentOptions{}
	for _, l := range []fmt.Stringer{
		nn.NewLinearNoBias(r, 3, 4), nn.NewBilinearNoBias(r, 3, 4, 2),
		nn.NewConv1dNoBias(r, 2, 8, nn.Conv1dOptions{Kernel: 5}), nn.NewConv2dNoBias(r, 2, 8, nn.Conv2dOptions{Kernel: nn.Square(5)}),
		nn.NewConvTranspose1dNoBias(r, 8, 2, nn.ConvTranspose1dOptions{Kernel: 5}),
		nn.NewConvTranspose2dNoBias(r, 8, 2, nn.ConvTranspose2dOptions{Kernel: nn.Square(5)}),
		nn.NewRNNNoBias(r, 3, 4, o), nn.NewLSTMNoBias(r, 3, 4, o), nn.NewGRUNoBias(r, 3, 4, o),
		nn.NewRNNCellNoBias(r, 3, 4), nn.NewLSTMCellNoBias(r, 3, 4), nn.NewGRUCellNoBias(r, 3, 4),
		nn.NewMultiheadAttentionNoBias(r, 8, 2, nn.MultiheadAttentionOptions{}),
	} {
		fmt.Println(l)
	}
	// Output:
	// Linear(3 → 4, no bias)
	// Bilinear(3 × 4 → 2, no bias)
	// Conv1d(2 → 8, kernel 5, no bias)
	// Conv2d(2 → 8, kernel 5×5, no bias)
	// ConvTranspose1d(8 → 2, kernel 5, no bias)
	// ConvTranspose2d(8 → 2, kernel 5×5, no bias)
	// RNN(3 → 4, no bias)
	// LSTM(3 → 4, no bias)
	// GRU(3 → 4, no bias)
	// RNNCell(3 → 4, no bias)
	// LSTMCell(3 → 4, no bias)
	// GRUCell(3 → 4, no bias)
	// MultiheadAttention(8, heads 2, no bias)
}
