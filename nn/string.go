package nn

import (
	"fmt"
	"strings"

	"github.com/descent-ml/descent/autograd"
)

// The strings of layers are like those of PyTorch: the name, the sizes, and the
// settings that are not the default.

// text returns a layer with those of its parts that are not empty.
func text(name string, parts ...string) string {
	var said []string
	for _, p := range parts {
		if p != "" {
			said = append(said, p)
		}
	}
	return name + "(" + strings.Join(said, ", ") + ")"
}

// when returns a part where a condition holds.
func when(holds bool, format string, args ...any) string {
	if !holds {
		return ""
	}
	return fmt.Sprintf(format, args...)
}

// size returns the lengths of axes: 3×4.
func size(dims ...int) string {
	s := strings.Trim(fmt.Sprint(dims), "[]")
	return strings.ReplaceAll(s, " ", "×")
}

// pair returns a setting of height and width, unless it is 0 or the default.
func pair(name string, p [2]int, byDefault int) string {
	switch {
	case p[0] != p[1]:
		return fmt.Sprintf("%s %d×%d", name, p[0], p[1])
	case p[0] == 0 || p[0] == byDefault:
		return ""
	}
	return fmt.Sprintf("%s %d", name, p[0])
}

// own returns the mode of a layer that does not inherit that of the tape.
func own(m autograd.Mode) string {
	return [...]string{autograd.Inherit: "", autograd.Train: "mode train", autograd.Eval: "mode eval"}[m]
}

// String returns ReLU().
func (ReLU) String() string { return "ReLU()" }

// String returns ReLU6().
func (ReLU6) String() string { return "ReLU6()" }

// String returns LeakyReLU(slope 0.01).
func (l LeakyReLU) String() string { return fmt.Sprintf("LeakyReLU(slope %v)", setting(l.Slope, 0.01)) }

// String returns ELU(alpha 1).
func (l ELU) String() string { return fmt.Sprintf("ELU(alpha %v)", setting(l.Alpha, 1)) }

// String returns SELU().
func (SELU) String() string { return "SELU()" }

// String returns GELU() or GELU(tanh).
func (l GELU) String() string { return text("GELU", when(l.Tanh, "tanh")) }

// String returns SiLU().
func (SiLU) String() string { return "SiLU()" }

// String returns Mish().
func (Mish) String() string { return "Mish()" }

// String returns Tanh().
func (Tanh) String() string { return "Tanh()" }

// String returns Sigmoid().
func (Sigmoid) String() string { return "Sigmoid()" }

// String returns LogSigmoid().
func (LogSigmoid) String() string { return "LogSigmoid()" }

// String returns Softplus().
func (l Softplus) String() string {
	return text("Softplus", when(l.Beta != 0, "beta %v", setting(l.Beta, 0)), when(l.Threshold != 0, "threshold %v", setting(l.Threshold, 0)))
}

// String returns Softsign().
func (Softsign) String() string { return "Softsign()" }

// String returns HardTanh().
func (l HardTanh) String() string {
	return text("HardTanh", when(l.Min != 0, "min %v", setting(l.Min, 0)), when(l.Max != 0, "max %v", setting(l.Max, 0)))
}

// String returns HardSigmoid().
func (HardSigmoid) String() string { return "HardSigmoid()" }

// String returns HardSwish().
func (HardSwish) String() string { return "HardSwish()" }

// String returns Softmax(axis -1).
func (l Softmax) String() string { return fmt.Sprintf("Softmax(axis %d)", index(l.Axis, -1)) }

// String returns LogSoftmax(axis -1).
func (l LogSoftmax) String() string { return fmt.Sprintf("LogSoftmax(axis %d)", index(l.Axis, -1)) }

// String returns Flatten().
func (Flatten) String() string { return "Flatten()" }

// String returns Func().
func (Func) String() string { return "Func()" }

// String returns Linear(784 → 128).
func (l *Linear) String() string {
	if l == nil || !has(l.Weight) {
		return "Linear(empty)"
	}
	w := l.Weight.Value
	return text("Linear", fmt.Sprintf("%d → %d", w.Dim(1), w.Dim(0)), when(l.Bias == nil, "no bias"))
}

// String returns Embedding(65 → 32): of 65 tokens, vectors of width 32.
func (e *Embedding) String() string {
	if e == nil || !has(e.Weight) {
		return "Embedding(empty)"
	}
	w := e.Weight.Value
	return text("Embedding", fmt.Sprintf("%d → %d", w.Dim(0), w.Dim(1)), when(e.PaddingIndex != nil, "padding index %d", index(e.PaddingIndex, 0)),
		when(e.MaxNorm != 0, "max norm %v", e.MaxNorm), when(e.NormType != 0, "norm type %v", e.NormType))
}

// String returns PositionalEmbedding(16 → 32): of 16 places, vectors of width 32.
func (p *PositionalEmbedding) String() string {
	if p == nil || !has(p.Weight) {
		return "PositionalEmbedding(empty)"
	}
	return fmt.Sprintf("PositionalEmbedding(%d → %d)", p.Weight.Value.Dim(0), p.Weight.Value.Dim(1))
}

// String returns Dropout(0.5).
func (d *Dropout) String() string { return d.text("Dropout") }

// String returns BatchNorm2d(32).
func (b *BatchNorm) String() string {
	if b == nil {
		return "BatchNorm(empty)"
	}
	name := "BatchNorm"
	if b.Dims != 0 {
		name += fmt.Sprintf("%dd", b.Dims)
	}
	channels := ""
	switch {
	case has(b.Weight):
		channels = fmt.Sprint(b.Weight.Value.Len())
	case b.RunningMean != nil:
		channels = fmt.Sprint(b.RunningMean.Len())
	}
	return text(name, channels, when(b.Eps != 0, "eps %v", setting(b.Eps, 0)), when(b.Momentum != 0, "momentum %v", setting(b.Momentum, 0)),
		when(b.Cumulative, "cumulative"), when(b.Weight == nil, "no weight"), when(b.Bias == nil, "no bias"),
		when(b.RunningMean == nil, "no running statistics"), own(b.Mode))
}

// String returns LayerNorm(768).
func (l *LayerNorm) String() string {
	if l == nil || l.Shape == nil && !has(l.Weight) {
		return "LayerNorm(empty)"
	}
	return text("LayerNorm", size(trailing(l.Shape, l.Weight)...), when(l.Eps != 0, "eps %v", setting(l.Eps, 0)),
		when(l.Weight == nil, "no weight"), when(l.Bias == nil, "no bias"))
}

// String returns RMSNorm(768).
func (l *RMSNorm) String() string {
	if l == nil || l.Shape == nil && !has(l.Weight) {
		return "RMSNorm(empty)"
	}
	return text("RMSNorm", size(trailing(l.Shape, l.Weight)...), when(l.Eps != 0, "eps %v", setting(l.Eps, 0)), when(l.Weight == nil, "no weight"))
}

// String returns LSTM(64 → 128).
func (l *LSTM) String() string {
	if l == nil {
		return "LSTM(empty)"
	}
	return l.stack().text("LSTM")
}

// String returns GRU(64 → 128).
func (g *GRU) String() string {
	if g == nil {
		return "GRU(empty)"
	}
	return g.stack().text("GRU")
}

// String returns RNN(64 → 128) or RNN(64 → 128, relu).
func (n *RNN) String() string {
	if n == nil {
		return "RNN(empty)"
	}
	return n.stack().text("RNN")
}

// String returns LSTMCell(64 → 128).
func (l *LSTMCell) String() string {
	if l == nil {
		return "LSTMCell(empty)"
	}
	return l.cell().text("LSTMCell")
}

// String returns GRUCell(64 → 128).
func (g *GRUCell) String() string {
	if g == nil {
		return "GRUCell(empty)"
	}
	return g.cell().text("GRUCell")
}

// String returns RNNCell(64 → 128) or RNNCell(64 → 128, relu).
func (n *RNNCell) String() string {
	if n == nil {
		return "RNNCell(empty)"
	}
	return n.cell().text("RNNCell")
}

func (c cell) text(name string) string {
	return (&stack{gates: c.gates, weights: c.weights[:], relu: c.relu}).text(name)
}

func (s *stack) text(name string) string {
	if len(s.weights) == 0 || !has(s.weights[0]) {
		return name + "(empty)"
	}
	w := s.weights[0].Value
	return text(name, fmt.Sprintf("%d → %d", w.Dim(1), w.Dim(0)/s.gates), when(s.relu, "relu"), when(s.layers() > 1, "layers %d", s.layers()),
		when(len(s.weights) > 2 && !has(s.weights[2]), "no bias"), when(s.Bidirectional, "bidirectional"), when(s.BatchFirst, "batch first"), when(s.Projection != 0, "projected to %d", s.Projection), when(s.Dropout != 0, "dropout %v", s.Dropout), own(s.mode))
}

// String returns MultiheadAttention(32, heads 4).
func (m *MultiheadAttention) String() string {
	if m == nil || m.OutProj == nil || !has(m.OutProj.Weight) {
		return "MultiheadAttention(empty)"
	}
	width := m.OutProj.Weight.Value.Dim(1)
	key, value := width, width
	if has(m.KProjWeight) && has(m.VProjWeight) {
		key, value = m.KProjWeight.Value.Dim(1), m.VProjWeight.Value.Dim(1)
	}
	rotary := ""
	if m.Rotary != nil {
		rotary = m.Rotary.String()
	}
	return text("MultiheadAttention", size(width), fmt.Sprintf("heads %d", m.Heads), when(m.kvHeads() != m.Heads, "of keys and values %d", m.kvHeads()),
		when(key != width, "keys %d", key), when(value != width, "values %d", value), when(m.Causal, "causal"), when(has(m.BiasK), "bias of keys and values"), when(m.ZeroAttn, "zero attention"), rotary,
		when(m.Dropout != 0, "dropout %v", m.Dropout), when(m.InProjBias == nil, "no bias"), own(m.Mode))
}

// String returns SinusoidalPositions().
func (s SinusoidalPositions) String() string {
	return text("SinusoidalPositions", when(s.Base != 0, "base %v", s.Base))
}

// String returns Rotary() or Rotary(interleaved).
func (r *Rotary) String() string {
	if r == nil {
		return "Rotary(empty)"
	}
	return text("Rotary", when(r.Base != 0, "base %v", r.Base), when(r.Interleaved, "interleaved"))
}

// String returns the block with a line for each of its layers.
func (b *TransformerBlock) String() string {
	if b == nil {
		return "TransformerBlock(empty)"
	}
	return Describe(b)
}

// String returns the layer with a line for each of its parts.
func (l *TransformerEncoderLayer) String() string {
	if l == nil {
		return "TransformerEncoderLayer(empty)"
	}
	return Describe(l)
}

// String returns the layer with a line for each of its parts.
func (l *TransformerDecoderLayer) String() string {
	if l == nil {
		return "TransformerDecoderLayer(empty)"
	}
	return Describe(l)
}

// String returns the encoder with a line for each of its layers.
func (e *TransformerEncoder) String() string {
	if e == nil {
		return "TransformerEncoder(empty)"
	}
	return Describe(e)
}

// String returns the decoder with a line for each of its layers.
func (d *TransformerDecoder) String() string {
	if d == nil {
		return "TransformerDecoder(empty)"
	}
	return Describe(d)
}

// String returns the model with a line for each of its layers.
func (t *Transformer) String() string {
	if t == nil {
		return "Transformer(empty)"
	}
	return Describe(t)
}

// String returns the model with a line for each of its layers, as PyTorch does:
//
//	Sequential(
//	  (0): Linear(784 → 128)
//	  (1): ReLU()
//	)
func (s Sequential) String() string { return Describe(s) }
