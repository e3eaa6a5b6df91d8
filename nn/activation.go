package nn

import "github.com/descent-ml/descent/autograd"

// ReLU is max(0, x).
// See https://docs.pytorch.org/docs/stable/generated/torch.nn.ReLU.html.
type ReLU struct{}

// ReLU6 is min(max(0, x), 6).
// See https://docs.pytorch.org/docs/stable/generated/torch.nn.ReLU6.html.
type ReLU6 struct{}

// LeakyReLU is x where x > 0, and Slope · x elsewhere.
// See https://docs.pytorch.org/docs/stable/generated/torch.nn.LeakyReLU.html.
type LeakyReLU struct {
	Slope float64 // 0 stands for 0.01
}

// ELU is x where x > 0, and Alpha (eˣ − 1) elsewhere.
// See https://docs.pytorch.org/docs/stable/generated/torch.nn.ELU.html.
type ELU struct {
	Alpha float64 // 0 stands for 1
}

// SELU is [ELU] times a scale. The scale and Alpha are such that activations
// keep mean 0 and variance 1 (https://arxiv.org/abs/1706.02515).
// See https://docs.pytorch.org/docs/stable/generated/torch.nn.SELU.html.
type SELU struct{}

// GELU is x Φ(x). Φ is the distribution function of the normal distribution.
// See https://docs.pytorch.org/docs/stable/generated/torch.nn.GELU.html.
type GELU struct {
	Tanh bool // approximate Φ by tanh: PyTorch's approximate="tanh"
}

// SiLU is x σ(x).
// See https://docs.pytorch.org/docs/stable/generated/torch.nn.SiLU.html.
type SiLU struct{}

// Mish is x tanh(log(1 + eˣ)).
// See https://docs.pytorch.org/docs/stable/generated/torch.nn.Mish.html.
type Mish struct{}

// Tanh is tanh x.
// See https://docs.pytorch.org/docs/stable/generated/torch.nn.Tanh.html.
type Tanh struct{}

// Sigmoid is σ(x) = 1/(1 + e⁻ˣ).
// See https://docs.pytorch.org/docs/stable/generated/torch.nn.Sigmoid.html.
type Sigmoid struct{}

// LogSigmoid is log σ(x). It does not overflow.
// See https://docs.pytorch.org/docs/stable/generated/torch.nn.LogSigmoid.html.
type LogSigmoid struct{}

// Softplus is log(1 + e^(Beta x))/Beta, and x itself where Beta x > Threshold.
// See https://docs.pytorch.org/docs/stable/generated/torch.nn.Softplus.html.
type Softplus struct {
	Beta      float64 // 0 stands for 1
	Threshold float64 // 0 stands for 20
}

// Softsign is x/(1 + |x|).
// See https://docs.pytorch.org/docs/stable/generated/torch.nn.Softsign.html.
type Softsign struct{}

// HardTanh is min(max(Min, x), Max).
// See https://docs.pytorch.org/docs/stable/generated/torch.nn.Hardtanh.html.
type HardTanh struct {
	Min float64 // 0 stands for −1
	Max float64 // 0 stands for 1
}

// HardSigmoid is min(max(0, x/6 + ½), 1).
// See https://docs.pytorch.org/docs/stable/generated/torch.nn.Hardsigmoid.html.
type HardSigmoid struct{}

// HardSwish is x times [HardSigmoid] of x.
// See https://docs.pytorch.org/docs/stable/generated/torch.nn.Hardswish.html.
type HardSwish struct{}

// Softmax is eˣ/Σ eˣ. The sum runs along Axis: the classes of logits [batch
// classes], when nothing is set. PyTorch wants to be told the axis.
// See https://docs.pytorch.org/docs/stable/generated/torch.nn.Softmax.html.
type Softmax struct {
	Axis *int // nil stands for the last axis
}

// LogSoftmax is x − log Σ eˣ. The sum runs along Axis, as that of [Softmax].
// See https://docs.pytorch.org/docs/stable/generated/torch.nn.LogSoftmax.html.
type LogSoftmax struct {
	Axis *int // nil stands for the last axis
}

// Forward keeps the shape.
func (ReLU) Forward(x autograd.Var) autograd.Var { return x.ReLU() }

// Forward keeps the shape.
func (ReLU6) Forward(x autograd.Var) autograd.Var { return x.ReLU6() }

// Forward keeps the shape.
func (l LeakyReLU) Forward(x autograd.Var) autograd.Var { return x.LeakyReLU(setting(l.Slope, 0.01)) }

// Forward keeps the shape.
func (l ELU) Forward(x autograd.Var) autograd.Var { return x.ELU(setting(l.Alpha, 1)) }

// Forward keeps the shape.
func (SELU) Forward(x autograd.Var) autograd.Var { return x.SELU() }

// Forward keeps the shape.
func (l GELU) Forward(x autograd.Var) autograd.Var {
	if l.Tanh {
		return x.GELUTanh()
	}
	return x.GELU()
}

// Forward keeps the shape.
func (SiLU) Forward(x autograd.Var) autograd.Var { return x.SiLU() }

// Forward keeps the shape.
func (Mish) Forward(x autograd.Var) autograd.Var { return x.Mish() }

// Forward keeps the shape.
func (Tanh) Forward(x autograd.Var) autograd.Var { return x.Tanh() }

// Forward keeps the shape.
func (Sigmoid) Forward(x autograd.Var) autograd.Var { return x.Sigmoid() }

// Forward keeps the shape.
func (LogSigmoid) Forward(x autograd.Var) autograd.Var { return x.LogSigmoid() }

// Forward keeps the shape.
func (l Softplus) Forward(x autograd.Var) autograd.Var {
	return x.Softplus(setting(l.Beta, 1), setting(l.Threshold, 20))
}

// Forward keeps the shape.
func (Softsign) Forward(x autograd.Var) autograd.Var { return x.Softsign() }

// Forward keeps the shape.
func (l HardTanh) Forward(x autograd.Var) autograd.Var {
	return x.HardTanh(setting(l.Min, -1), setting(l.Max, 1))
}

// Forward keeps the shape.
func (HardSigmoid) Forward(x autograd.Var) autograd.Var { return x.HardSigmoid() }

// Forward keeps the shape.
func (HardSwish) Forward(x autograd.Var) autograd.Var { return x.HardSwish() }

// Forward keeps the shape.
func (l Softmax) Forward(x autograd.Var) autograd.Var { return x.Softmax(index(l.Axis, -1)) }

// Forward keeps the shape.
func (l LogSoftmax) Forward(x autograd.Var) autograd.Var { return x.LogSoftmax(index(l.Axis, -1)) }
