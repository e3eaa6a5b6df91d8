package nn_test

import (
	"slices"
	"strings"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/nn"
	"github.com/descent-ml/descent/tensor"
)

// run applies the layer or the loss of a sample.
func (c *sample) run(model any, tape *autograd.Tape, in vars) []autograd.Var {
	one := func(y autograd.Var) []autograd.Var { return []autograd.Var{y} }
	if m, ok := model.(*headed); ok {
		return one(c.loss(c.Options, vars{"input": m.logits(in["input"]), "target": in["target"]}))
	}
	if strings.HasSuffix(c.Layer, "Loss") {
		return one(c.loss(c.Options, in))
	}
	switch m := model.(type) {
	case *nn.Embedding:
		return one(m.Forward(tape, c.integers("input"), in["input"].Shape()...))
	case *nn.Bilinear:
		return one(m.Forward(in["input1"], in["input2"]))
	case *nn.LSTM:
		y, h, s := m.ForwardState(in["input"], in["hx.0"], in["hx.1"])
		return []autograd.Var{y, h, s}
	case *nn.GRU:
		y, h := m.ForwardState(in["input"], in["hx"])
		return []autograd.Var{y, h}
	case *nn.RNN:
		y, h := m.ForwardState(in["input"], in["hx"])
		return []autograd.Var{y, h}
	case *nn.LSTMCell:
		h, s := m.Forward(in["input"], in["hx.0"], in["hx.1"])
		return []autograd.Var{h, s}
	case *nn.GRUCell:
		return one(m.Forward(in["input"], in["hx"]))
	case *nn.RNNCell:
		return one(m.Forward(in["input"], in["hx"]))
	case *nn.MultiheadAttention:
		y, w := m.ForwardWeights(c.batchFirst(in["query"]), c.batchFirst(in["key"]), c.batchFirst(in["value"]), c.mask(in, "attn_mask", "key_padding_mask"))
		return []autograd.Var{c.batchFirst(y), w}
	case *nn.TransformerEncoderLayer:
		return one(c.batchFirst(m.ForwardMasked(c.batchFirst(in["src"]), c.mask(in, "src_mask", "src_key_padding_mask"))))
	case *nn.TransformerEncoder:
		return one(c.batchFirst(m.ForwardMasked(c.batchFirst(in["src"]), c.mask(in, "mask", "src_key_padding_mask"))))
	case *nn.TransformerDecoderLayer:
		return one(c.batchFirst(m.ForwardMasked(c.batchFirst(in["tgt"]), c.batchFirst(in["memory"]), c.mask(in, "tgt_mask", "tgt_key_padding_mask"),
			c.mask(in, "memory_mask", "memory_key_padding_mask"))))
	case *nn.Transformer:
		return one(c.batchFirst(m.ForwardMasked(c.batchFirst(in["src"]), c.batchFirst(in["tgt"]), c.mask(in, "src_mask", "src_key_padding_mask"),
			c.mask(in, "tgt_mask", "tgt_key_padding_mask"), c.mask(in, "memory_mask", "memory_key_padding_mask"))))
	}
	return one(model.(nn.Layer).Forward(in[c.Inputs[0].Name]))
}

// A headed loss has a layer that makes its logits.
type headed struct {
	Linear  *nn.Linear
	classes int
	places  []int
}

// logits returns [batch classes …], or [classes …] without a batch.
func (h *headed) logits(x autograd.Var) autograd.Var {
	shape := append([]int{h.classes}, h.places...)
	if x.Rank() > 1 {
		shape = append([]int{x.Dim(0)}, shape...)
	}
	return h.Linear.Forward(x).Reshape(shape...)
}

// batchFirst swaps batch and length, where the sample has the length first.
func (c *sample) batchFirst(x autograd.Var) autograd.Var {
	if x.Rank() != 3 || c.Options.is("batch_first", true) {
		return x
	}
	return x.Transpose(0, 1)
}

// mask returns a mask of attention, and one of keys.
func (c *sample) mask(in vars, attention, keys string) nn.AttentionMask {
	m := nn.AttentionMask{IgnoreKeys: in[keys], Add: in[attention]}
	if slices.ContainsFunc(c.Inputs, func(x namedTensor) bool { return x.Name == attention && x.Bool }) {
		m.Ignore, m.Add = m.Add, m.Ignore
	}
	return m
}

// loss returns the loss of a sample. Its settings have PyTorch's names.
func (c *sample) loss(s settings, in vars) autograd.Var {
	x, y, dt := in["input"], in["target"], in[c.Inputs[0].Name].DType()
	var w *tensor.Tensor
	if c.Weight != nil {
		w = c.Weight.Tensor(dt)
	}
	name, _ := s["reduction"].(string)
	reduction := map[string]nn.Reduction{"sum": nn.Sum, "none": nn.None}[name]
	switch c.Layer {
	case "MSELoss":
		return nn.MSELoss{Reduction: reduction}.Of(x, y)
	case "L1Loss":
		return nn.L1Loss{Reduction: reduction}.Of(x, y)
	case "SmoothL1Loss":
		return nn.SmoothL1Loss{Reduction: reduction}.Of(x, y)
	case "HuberLoss":
		return nn.HuberLoss{Reduction: reduction}.Of(x, y)
	case "BCELoss":
		return nn.BCELoss{Weights: w, Reduction: reduction}.Of(x, y)
	case "BCEWithLogitsLoss":
		return nn.BCEWithLogitsLoss{Weights: w, Reduction: reduction}.Of(x, y)
	case "KLDivLoss":
		return nn.KLDivLoss{LogTarget: s.is("log_target", true), BatchMean: name == "batchmean", Reduction: reduction}.Of(x, y)
	case "SoftMarginLoss":
		return nn.SoftMarginLoss{Reduction: reduction}.Of(x, y)
	case "HingeEmbeddingLoss":
		return nn.HingeEmbeddingLoss{Margin: s.setting("margin"), Reduction: reduction}.Of(x, y)
	case "PoissonNLLLoss":
		return nn.PoissonNLLLoss{Rates: s.false("log_input"), Full: s.is("full", true), Reduction: reduction}.Of(in["log_input"], y)
	case "GaussianNLLLoss":
		return nn.GaussianNLLLoss{Reduction: reduction}.Of(x, y, in["var"])
	case "MarginRankingLoss":
		return nn.MarginRankingLoss{Margin: s.number("margin"), Reduction: reduction}.Of(in["input1"], in["input2"], y)
	case "CosineEmbeddingLoss":
		return nn.CosineEmbeddingLoss{Margin: s.number("margin"), Reduction: reduction}.Of(in["input1"], in["input2"], y)
	case "MultiLabelMarginLoss":
		return nn.MultiLabelMarginLoss{Reduction: reduction}.Of(x, x.Tape().Const(c.listed().To(dt)))
	case "MultiLabelSoftMarginLoss":
		return nn.MultiLabelSoftMarginLoss{Weights: w, Reduction: reduction}.Of(x, y)
	case "MultiMarginLoss":
		return nn.MultiMarginLoss{P: s.int("p"), Margin: s.setting("margin"), Weights: w, Reduction: reduction}.Of(x, c.integers("target"))
	case "NLLLoss":
		return nn.NLLLoss{Weights: w, IgnoreIndex: s.index("ignore_index"), Reduction: reduction}.Of(x, c.integers("target"))
	case "CrossEntropyLoss", "LinearCrossEntropyLoss":
		l := nn.CrossEntropyLoss{Weights: w, IgnoreIndex: s.index("ignore_index"), Smoothing: s.number("label_smoothing"), Reduction: reduction}
		if slices.Equal(y.Shape(), x.Shape()) {
			return l.OfProbs(x, y)
		}
		return l.Of(x, c.integers("target"))
	case "CTCLoss":
		labels, lengths := c.integers("targets"), c.integers("target_lengths")
		if in["targets"].Rank() == 2 { // a row for each sequence
			rows, row := labels, in["targets"].Dim(1)
			labels = nil
			for i, n := range lengths {
				labels = append(labels, rows[i*row:i*row+n]...)
			}
		}
		return nn.CTCLoss{Blank: s.int("blank"), Reduction: reduction}.Of(in["log_probs"].LogSoftmax(-1), labels, c.integers("input_lengths"), lengths)
	}
	panic("no loss " + c.Layer)
}

// listed returns the target of a MultiLabelMarginLoss, lists of classes that end
// with −1, as 1 for the classes in the list.
func (c *sample) listed() *tensor.Tensor {
	shape := c.Inputs[1].Shape
	y, classes := tensor.Zeros64(shape...), shape[len(shape)-1]
	ended := false
	for i, label := range c.integers("target") {
		ended = label < 0 || ended && i%classes != 0
		if !ended {
			tensor.Data[float64](y)[i/classes*classes+label] = 1
		}
	}
	return y
}
