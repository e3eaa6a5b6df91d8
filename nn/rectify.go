package nn

import (
	"fmt"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/tensor"
)

// PReLU is x where x > 0, and weight · x elsewhere, with a weight that is trained:
// one for all, or one for each channel (https://arxiv.org/abs/1502.01852).
// See https://docs.pytorch.org/docs/stable/generated/torch.nn.PReLU.html.
type PReLU struct {
	Weight *autograd.Param // [1] or [channels]
}

// NewPReLU returns a layer with a weight for each of the given number of channels,
// or for all of them when that is 1. The weights are 0.25, as PyTorch's are.
func NewPReLU(channels int) *PReLU {
	if channels < 1 {
		tensor.BadArg("prelu", "the number of channels is %d; want 1 for all, or more", channels)
	}
	return &PReLU{Weight: autograd.NewParam(tensor.Full(0.25, channels))}
}

// Forward keeps the shape, which is [batch channels …]; with one weight it may be
// any.
func (p *PReLU) Forward(x autograd.Var) autograd.Var {
	if p == nil || !has(p.Weight) {
		panic(empty("prelu", "NewPReLU"))
	}
	w, n := lift(x, p.Weight), p.Weight.Value.Len()
	if n == 1 {
		return x.PReLU(w.Reshape())
	}
	if x.Rank() < 2 || x.Dim(1) != n {
		tensor.BadShape("prelu", fmt.Sprintf("want [batch channels …] with %d channels", n), x.Value())
	}
	var dims [tensor.MaxRank]int
	dims[0] = n
	for i := 1; i < x.Rank()-1; i++ {
		dims[i] = 1
	}
	return x.PReLU(w.Reshape(dims[:x.Rank()-1]...))
}

// RReLU is x where x > 0, and a slope times x elsewhere. In training, the slope is
// drawn for each element evenly between Lower and Upper, in evaluation it is their
// mean (https://arxiv.org/abs/1505.00853).
// See https://docs.pytorch.org/docs/stable/generated/torch.nn.RReLU.html.
type RReLU struct {
	Lower float64       // 0 stands for 1/8
	Upper float64       // 0 stands for 1/3
	Rand  *tensor.Rand  // where slopes are drawn from
	Mode  autograd.Mode // the zero value inherits the mode of the tape
}

// NewRReLU returns a layer that draws its slopes from r.
func NewRReLU(r *tensor.Rand) *RReLU { return &RReLU{Rand: r} }

// Forward keeps the shape.
func (l *RReLU) Forward(x autograd.Var) autograd.Var {
	if l == nil {
		panic(empty("rrelu", "NewRReLU"))
	}
	t := x.Tape()
	defer t.SetMode(t.SetMode(l.Mode))
	if l.Rand == nil && t.Training() {
		tensor.BadArg("rrelu", "Rand is nil; make the layer with nn.NewRReLU")
	}
	return x.RReLU(setting(l.Lower, 1.0/8), setting(l.Upper, 1.0/3), l.Rand)
}

// CELU is x where x > 0, and Alpha (e^(x/Alpha) − 1) elsewhere.
// See https://docs.pytorch.org/docs/stable/generated/torch.nn.CELU.html.
type CELU struct {
	Alpha float64 // 0 stands for 1
}

// Forward keeps the shape.
func (l CELU) Forward(x autograd.Var) autograd.Var { return x.CELU(setting(l.Alpha, 1)) }

// Softshrink moves x by Lambda towards 0, and is 0 from −Lambda to Lambda.
// See https://docs.pytorch.org/docs/stable/generated/torch.nn.Softshrink.html.
type Softshrink struct {
	Lambda float64 // 0 stands for 0.5
}

// Forward keeps the shape.
func (l Softshrink) Forward(x autograd.Var) autograd.Var {
	return x.Softshrink(setting(l.Lambda, 0.5))
}

// Hardshrink is x, and 0 from −Lambda to Lambda.
// See https://docs.pytorch.org/docs/stable/generated/torch.nn.Hardshrink.html.
type Hardshrink struct {
	Lambda float64 // 0 stands for 0.5
}

// Forward keeps the shape.
func (l Hardshrink) Forward(x autograd.Var) autograd.Var {
	return x.Hardshrink(setting(l.Lambda, 0.5))
}

// Tanhshrink is x − tanh x.
// See https://docs.pytorch.org/docs/stable/generated/torch.nn.Tanhshrink.html.
type Tanhshrink struct{}

// Forward keeps the shape.
func (Tanhshrink) Forward(x autograd.Var) autograd.Var { return x.Tanhshrink() }

// Threshold is x where x > Threshold, and Value elsewhere.
// See https://docs.pytorch.org/docs/stable/generated/torch.nn.Threshold.html.
type Threshold struct {
	Threshold, Value float64
}

// Forward keeps the shape.
func (l Threshold) Forward(x autograd.Var) autograd.Var { return x.Threshold(l.Threshold, l.Value) }

// GLU is the first half of x along an axis, times σ of the second half
// (https://arxiv.org/abs/1612.08083).
// See https://docs.pytorch.org/docs/stable/generated/torch.nn.GLU.html.
type GLU struct {
	Axis *int // nil stands for the last axis
}

// Forward maps [… 2·width] to [… width].
func (l GLU) Forward(x autograd.Var) autograd.Var { return x.GLU(index(l.Axis, -1)) }

// SwiGLU is [SiLU] of the first half of x along an axis, times the second half
// (https://arxiv.org/abs/2002.05202). With a [Linear] to twice the width before it,
// and one after it, it is the feed-forward network of many language models.
type SwiGLU struct {
	Axis *int // nil stands for the last axis
}

// Forward maps [… 2·width] to [… width].
func (l SwiGLU) Forward(x autograd.Var) autograd.Var { return x.SwiGLU(index(l.Axis, -1)) }
