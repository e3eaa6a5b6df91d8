package nn

import "github.com/descent-ml/descent/autograd"

// Activations as layers. Each applies the method of [autograd.Var] with its
// name, with PyTorch's default where it has a setting.
type (
	ReLU        struct{}
	ReLU6       struct{}
	SELU        struct{}
	GELU        struct{ Tanh bool } // Tanh: the approximation by tanh
	SiLU        struct{}
	Mish        struct{}
	Tanh        struct{}
	Sigmoid     struct{}
	LogSigmoid  struct{}
	Softplus    struct{}
	Softsign    struct{}
	HardTanh    struct{}
	HardSigmoid struct{}
	HardSwish   struct{}
	LeakyReLU   struct{ Slope float64 } // 0 means 0.01
	ELU         struct{ Alpha float64 } // 0 means 1
	Softmax     struct{ Axis int }      // along Axis; 0 is the batch, −1 the last
	LogSoftmax  struct{ Axis int }      // along Axis; 0 is the batch, −1 the last
)

func (ReLU) Forward(x autograd.Var) autograd.Var        { return x.ReLU() }
func (ReLU6) Forward(x autograd.Var) autograd.Var       { return x.ReLU6() }
func (SELU) Forward(x autograd.Var) autograd.Var        { return x.SELU() }
func (SiLU) Forward(x autograd.Var) autograd.Var        { return x.SiLU() }
func (Mish) Forward(x autograd.Var) autograd.Var        { return x.Mish() }
func (Tanh) Forward(x autograd.Var) autograd.Var        { return x.Tanh() }
func (Sigmoid) Forward(x autograd.Var) autograd.Var     { return x.Sigmoid() }
func (LogSigmoid) Forward(x autograd.Var) autograd.Var  { return x.LogSigmoid() }
func (Softplus) Forward(x autograd.Var) autograd.Var    { return x.Softplus(1, 20) }
func (Softsign) Forward(x autograd.Var) autograd.Var    { return x.Softsign() }
func (HardTanh) Forward(x autograd.Var) autograd.Var    { return x.HardTanh(-1, 1) }
func (HardSigmoid) Forward(x autograd.Var) autograd.Var { return x.HardSigmoid() }
func (HardSwish) Forward(x autograd.Var) autograd.Var   { return x.HardSwish() }
func (l Softmax) Forward(x autograd.Var) autograd.Var   { return x.Softmax(l.Axis) }

func (l LogSoftmax) Forward(x autograd.Var) autograd.Var { return x.LogSoftmax(l.Axis) }

func (l GELU) Forward(x autograd.Var) autograd.Var {
	if l.Tanh {
		return x.GELUTanh()
	}
	return x.GELU()
}

func (l LeakyReLU) Forward(x autograd.Var) autograd.Var { return x.LeakyReLU(or(l.Slope, 0.01)) }
func (l ELU) Forward(x autograd.Var) autograd.Var       { return x.ELU(or(l.Alpha, 1)) }

// or returns v, or d when v is zero.
func or(v, d float64) float64 {
	if v == 0 {
		return d
	}
	return v
}
