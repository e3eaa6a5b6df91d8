package nn_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/nn"
	"github.com/descent-ml/descent/tensor"
)

// A loss that cannot compare its operands says why, in a sentence.
func TestLossMisuse(t *testing.T) {
	tape := autograd.NewTape()
	v := func(shape ...int) autograd.Var { return tape.Var(tensor.Ones(shape...)) }
	ones := tensor.Ones
	const shapes = " [3 1] × [3]: prediction and target must have the same shape"
	for _, c := range []struct {
		text string
		run  func()
	}{
		{"mse" + shapes, func() { nn.MSE(v(3, 1), v(3)) }},
		{"l1" + shapes, func() { nn.L1(v(3, 1), v(3)) }},
		{"huber" + shapes, func() { nn.HuberLoss{}.Of(v(3, 1), v(3)) }},
		{"smooth-l1" + shapes, func() { nn.SmoothL1Loss{}.Of(v(3, 1), v(3)) }},
		{"bce-with-logits" + shapes, func() { nn.BCEWithLogits(v(3, 1), v(3)) }},
		{"cross-entropy" + shapes, func() { nn.CrossEntropyLoss{}.OfProbs(v(3, 1), v(3)) }},
		{"mse: the target is float64, want float32; convert it with To(tensor.Float32)", func() { nn.MSE(v(3), tape.Var(tensor.Zeros64(3))) }},
		{"huber: Delta is -1; it must be positive", func() { nn.HuberLoss{Delta: -1}.Of(v(3), v(3)) }},
		{"huber: Delta is 0; it must be positive", func() { nn.HuberLoss{Delta: nn.Zero}.Of(v(3), v(3)) }},
		{"smooth-l1: Beta is -1; it must not be negative", func() { nn.SmoothL1Loss{Beta: -1}.Of(v(3), v(3)) }},
		{"bce-with-logits [2 3] × [2]: the weights do not broadcast to the shape of the prediction",
			func() { nn.BCEWithLogitsLoss{Weights: ones(2)}.Of(v(2, 3), v(2, 3)) }},
		{"bce-with-logits [2 3] × [4 2 3]: the weights do not broadcast to the shape of the prediction",
			func() { nn.BCEWithLogitsLoss{YesWeights: ones(4, 2, 3)}.Of(v(2, 3), v(2, 3)) }},
		{"cross-entropy []: want [batch classes …]", func() { nn.CrossEntropy(v(), []int{0}) }},
		{"cross-entropy [4 3]: want 4 labels, got 2", func() { nn.CrossEntropy(v(4, 3), []int{1, 2}) }},
		{"cross-entropy [8 3]: want 8 labels, got 2", func() { nn.CrossEntropy(v(2, 3, 2, 2), []int{1, 2}) }},
		{"cross-entropy [2 3]: labels[1] is 3; there are 3 classes", func() { nn.CrossEntropy(v(2, 3), []int{1, 3}) }},
		{"cross-entropy [2 3]: labels[0] is -1; there are 3 classes", func() { nn.CrossEntropy(v(2, 3), []int{-1, 1}) }},
		{"cross-entropy [2 3] × [2]: want a weight for each of 3 classes", func() { nn.CrossEntropyLoss{Weights: ones(2)}.Of(v(2, 3), []int{1, 1}) }},
		{"cross-entropy [2 3] × [1]: want a weight for each of 3 classes", func() { nn.CrossEntropyLoss{Weights: ones(1)}.OfProbs(v(2, 3), v(2, 3)) }},
		{"cross-entropy: the weight of the classes is float64, want float32; convert it with To(tensor.Float32)",
			func() { nn.CrossEntropyLoss{Weights: tensor.Zeros64(3)}.Of(v(2, 3), []int{1, 1}) }},
		{"cross-entropy: Smoothing is 1.5; it must be between 0 and 1", func() { nn.CrossEntropyLoss{Smoothing: 1.5}.Of(v(2, 3), []int{1, 1}) }},
		{"cross-entropy: Smoothing is -0.5; it must be between 0 and 1", func() { nn.CrossEntropyLoss{Smoothing: -0.5}.OfProbs(v(2, 3), v(2, 3)) }},
		{"nll [4 3]: want 4 labels, got 2", func() { nn.NLL(v(4, 3), []int{1, 2}) }},
		{"nll [4 3]: labels[3] is 5; there are 3 classes", func() { nn.NLL(v(2, 3, 2), []int{1, 2, 0, 5}) }},
		{"nll [2 3] × [4]: want a weight for each of 3 classes", func() { nn.NLLLoss{Weights: ones(4)}.Of(v(2, 3), []int{1, 2}) }},
		{"bce" + shapes, func() { nn.BCE(v(3, 1), v(3)) }},
		{"bce [2 3] × [2]: the weights do not broadcast to the shape of the prediction", func() { nn.BCELoss{Weights: ones(2)}.Of(v(2, 3), v(2, 3)) }},
		{"kl-div" + shapes, func() { nn.KLDiv(v(3, 1), v(3)) }},
		{"gaussian-nll" + shapes, func() { nn.GaussianNLLLoss{}.Of(v(3, 1), v(3), v(3)) }},
		{"gaussian-nll: Eps is 0; it must be positive", func() { nn.GaussianNLLLoss{Eps: nn.Zero}.Of(v(3), v(3), v(3)) }},
		{"gaussian-nll [2 3] × [3]: the variance must have the shape of the prediction, without its last axis or with one axis of length 1",
			func() { nn.GaussianNLLLoss{}.Of(v(2, 3), v(2, 3), v(3)) }},
		{"gaussian-nll [2 3] × [1 1]: the variance must have the shape of the prediction, without its last axis or with one axis of length 1",
			func() { nn.GaussianNLLLoss{}.Of(v(2, 3), v(2, 3), v(1, 1)) }},
		{"gaussian-nll [2 3] × [2 2]: the variance must have the shape of the prediction, without its last axis or with one axis of length 1",
			func() { nn.GaussianNLLLoss{}.Of(v(2, 3), v(2, 3), v(2, 2)) }},
		{"poisson-nll" + shapes, func() { nn.PoissonNLLLoss{}.Of(v(3, 1), v(3)) }},
		{"poisson-nll: Eps is -1; it must not be negative", func() { nn.PoissonNLLLoss{Rates: true, Eps: -1}.Of(v(3), v(3)) }},
		{"sigmoid-focal" + shapes, func() { nn.SigmoidFocalLoss{}.Of(v(3, 1), v(3)) }},
		{"sigmoid-focal: Alpha is 2; it must be at most 1", func() { nn.SigmoidFocalLoss{Alpha: 2}.Of(v(3), v(3)) }},
		{"sigmoid-focal: Gamma is -1; it must not be negative", func() { nn.SigmoidFocalLoss{Gamma: -1}.Of(v(3), v(3)) }},
		{"dice" + shapes, func() { nn.DiceLoss{}.Of(v(3, 1), v(3)) }},
		{"dice [2 3]: want [batch classes …], with places", func() { nn.DiceLoss{}.Of(v(2, 3), v(2, 3)) }},
		{"dice: Smooth is -1; it must not be negative", func() { nn.DiceLoss{Smooth: -1}.Of(v(1, 2, 3), v(1, 2, 3)) }},
		{"hinge" + shapes, func() { nn.HingeLoss{}.Of(v(3, 1), v(3)) }},
		{"hinge-embedding" + shapes, func() { nn.HingeEmbeddingLoss{}.Of(v(3, 1), v(3)) }},
		{"soft-margin" + shapes, func() { nn.SoftMarginLoss{}.Of(v(3, 1), v(3)) }},
		{"margin-ranking" + shapes, func() { nn.MarginRankingLoss{}.Of(v(3, 1), v(3), v(3, 1)) }},
		{"margin-ranking" + shapes, func() { nn.MarginRankingLoss{}.Of(v(3, 1), v(3, 1), v(3)) }},
		{"multi-margin [2 3 4]: want [batch classes] or [classes]", func() { nn.MultiMarginLoss{}.Of(v(2, 3, 4), []int{1, 1}) }},
		{"multi-margin: P is 3; it must be 1 or 2", func() { nn.MultiMarginLoss{P: 3}.Of(v(2, 3), []int{1, 1}) }},
		{"multi-margin [2 3]: want 2 labels, got 1", func() { nn.MultiMarginLoss{}.Of(v(2, 3), []int{1}) }},
		{"multi-margin [2 3]: labels[1] is -100; there are 3 classes", func() { nn.MultiMarginLoss{}.Of(v(2, 3), []int{1, -100}) }},
		{"multi-margin [2 3] × [2]: want a weight for each of 3 classes", func() { nn.MultiMarginLoss{Weights: ones(2)}.Of(v(2, 3), []int{1, 1}) }},
		{"multi-label-margin" + shapes, func() { nn.MultiLabelMarginLoss{}.Of(v(3, 1), v(3)) }},
		{"multi-label-margin []: want [batch classes] or [classes]", func() { nn.MultiLabelMarginLoss{}.Of(v(), v()) }},
		{"multi-label-soft-margin" + shapes, func() { nn.MultiLabelSoftMarginLoss{}.Of(v(3, 1), v(3)) }},
		{"multi-label-soft-margin []: want [… classes]", func() { nn.MultiLabelSoftMarginLoss{}.Of(v(), v()) }},
		{"multi-label-soft-margin [2 3] × [2]: the weights do not broadcast to the shape of the prediction",
			func() { nn.MultiLabelSoftMarginLoss{Weights: ones(2)}.Of(v(2, 3), v(2, 3)) }},
		{"triplet-margin" + shapes, func() { nn.TripletMarginLoss{}.Of(v(3, 1), v(3), v(3, 1)) }},
		{"triplet-margin" + shapes, func() { nn.TripletMarginLoss{}.Of(v(3, 1), v(3, 1), v(3)) }},
		{"triplet-margin []: want [… width]", func() { nn.TripletMarginLoss{}.Of(v(), v(), v()) }},
		{"triplet-margin: Margin is 0; it must be positive", func() { nn.TripletMarginLoss{Margin: nn.Zero}.Of(v(3), v(3), v(3)) }},
		{"triplet-margin: P is -1; it must be positive", func() { nn.TripletMarginLoss{P: -1}.Of(v(3), v(3), v(3)) }},
		{"ctc [3]: want log-probabilities [steps batch classes]", func() { nn.CTCLoss{}.Of(v(3), []int{1}, nil, []int{1}) }},
		{"ctc [4 1 3]: the blank is 5; there are 3 classes", func() { nn.CTCLoss{Blank: 5}.Of(v(4, 3), []int{1}, nil, []int{1}) }},
		{"cosine-embedding" + shapes, func() { nn.CosineEmbeddingLoss{}.Of(v(3, 1), v(3), v(3)) }},
		{"cosine-embedding [2 3 4]: want [batch width] or [width]", func() { nn.CosineEmbeddingLoss{}.Of(v(2, 3, 4), v(2, 3, 4), v(2, 3)) }},
		{"cosine-embedding [2 3] × [3]: want a target for each row", func() { nn.CosineEmbeddingLoss{}.Of(v(2, 3), v(2, 3), v(3)) }},
		{"sub: the operands are on two different tapes; put both on one", func() { nn.MSE(v(3), autograd.NewTape().Const(ones(3))) }},
	} {
		require.Equal(t, c.text, sentence(c.run))
	}
}

// Layers refuse settings that make no sense when they are made.
func TestConstructorMisuse(t *testing.T) {
	r := tensor.NewRand(1)
	conv := func(in, out int, o nn.Conv2dOptions) func() { return func() { nn.NewConv2d(r, in, out, o) } }
	for _, c := range []struct {
		text string
		run  func()
	}{
		{"conv2d: Kernel is 0 × 0; it must be at least 1 × 1", conv(3, 4, nn.Conv2dOptions{})},
		{"conv2d: Same chooses the padding, so there must be no Padding", conv(3, 4, nn.Conv2dOptions{Kernel: nn.Square(3), Padding: nn.Square(1), Same: true})},
		{"conv1d: Same chooses the padding, so there must be no Padding", func() { nn.NewConv1d(tensor.NewRand(1), 3, 4, nn.Conv1dOptions{Kernel: 3, Padding: 1, Same: true}) }},
		{"conv1d: Kernel is 0; it must be at least 1", func() { nn.NewConv1d(tensor.NewRand(1), 3, 4, nn.Conv1dOptions{}) }},
		{"conv-transpose1d: 2 groups do not divide 3 channels in and 4 out", func() {
			nn.NewConvTranspose1d(tensor.NewRand(1), 3, 4, nn.ConvTranspose1dOptions{Kernel: 1, Groups: 2})
		}},
		{"conv1d: Same keeps the size, so the stride must be 1; it is 2", func() {
			l := nn.NewConv1d(tensor.NewRand(1), 3, 4, nn.Conv1dOptions{Kernel: 3, Stride: 2, Same: true})
			l.Forward(autograd.NewTape().Const(tensor.Zeros(1, 3, 4)))
		}},
		{"conv2d: 2 groups do not divide 3 channels in and 4 out", conv(3, 4, nn.Conv2dOptions{Kernel: nn.Square(3), Groups: 2})},
		{"conv2d: 2 groups do not divide 4 channels in and 3 out", conv(4, 3, nn.Conv2dOptions{Kernel: nn.Square(3), Groups: 2})},
		{"conv2d: -1 groups do not divide 4 channels in and 3 out", conv(4, 3, nn.Conv2dOptions{Kernel: nn.Square(3), Groups: -1})},
		{"dropout: P is 1.5; it must be between 0 and 1", func() { nn.NewDropout(r, 1.5) }},
		{"dropout: P is -1; it must be between 0 and 1", func() { (&nn.Dropout{P: -1}).Forward(autograd.NewTape().Const(tensor.Ones(2))) }},
		{"dropout: Rand is nil; make the layer with nn.NewDropout",
			func() { (&nn.Dropout{P: 0.5}).Forward(autograd.NewTape().Const(tensor.Ones(2))) }},
		{"embedding [3 2]: PaddingIndex is 3; the table has 3 rows", func() { nn.NewEmbeddingPadded(r, 3, 2, 3) }},
		{"embedding [3 2]: PaddingIndex is -4; the table has 3 rows", func() { nn.NewEmbeddingPadded(r, 3, 2, -4) }},
		{"embedding [3 2]: tokens[1] is 3; the table has 3 rows", func() { nn.NewEmbedding(r, 3, 2).Forward(autograd.NewTape(), []int{1, 3}) }},
		{"embedding [3 2]: tokens[0] is -1; the table has 3 rows", func() { nn.NewEmbedding(r, 3, 2).Forward(autograd.NewTape(), []int{-1}) }},
		{"embedding [3 2]: 2 tokens do not fill shape [2 2]", func() { nn.NewEmbedding(r, 3, 2).Forward(autograd.NewTape(), []int{1, 2}, 2, 2) }},
		{"init [3]: fan-in and fan-out need at least two axes", func() { nn.XavierUniform(r, tensor.Zeros(3), 1) }},
		{"init [3]: fan-in and fan-out need at least two axes", func() { nn.KaimingNormal(r, tensor.Zeros(3), nn.Kaiming{}) }},
		{"zeros [3 -1]: dimension -1 of axis 1 is negative", func() { nn.NewLinear(r, -1, 3) }},
	} {
		require.Equal(t, c.text, sentence(c.run))
	}
}

// Layers without inputs or outputs can be made and applied, as in PyTorch, and
// draw nothing.
func TestEmptyLayers(t *testing.T) {
	r := tensor.NewRand(1)
	in, out := nn.NewLinear(r, 0, 3), nn.NewLinear(r, 3, 0)
	require.Equal(t, []float64{0, 0, 0}, tensor.Values(in.Bias.Value))
	nn.XavierNormal(r, tensor.Zeros(0, 0), 1)
	nn.XavierUniform(r, tensor.Zeros(0, 0), 1)
	require.Equal(t, tensor.NewRand(1).Uint32(), r.Uint32())
	tape := autograd.NewTape()
	y := in.Forward(out.Forward(tape.Const(tensor.Ones(2, 3))))
	require.Equal(t, make([]float64, 6), tensor.Values(y.Value()))
}
