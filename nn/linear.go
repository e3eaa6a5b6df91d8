package nn

import (
	"fmt"
	"math"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/tensor"
)

// Linear computes x Wᵀ + b for the last axis of x.
// See https://docs.pytorch.org/docs/stable/generated/torch.nn.Linear.html.
type Linear struct {
	Weight *autograd.Param // [out in]
	Bias   *autograd.Param // [out]; nil for none
}

// NewLinear returns a layer that maps in features to out features. Weight and
// bias are drawn evenly from ±1/√in.
func NewLinear(r *tensor.Rand, in, out int) *Linear {
	l := NewLinearNoBias(r, in, out)
	l.Bias = uniformParam(r, in, out)
	return l
}

// NewLinearNoBias is [NewLinear] without a bias.
func NewLinearNoBias(r *tensor.Rand, in, out int) *Linear {
	w := tensor.Zeros(out, in)
	KaimingUniform(r, w, Kaiming{Slope: math.Sqrt(5)})
	return &Linear{Weight: autograd.NewParam(w)}
}

// Forward maps [… in] to [… out].
func (l *Linear) Forward(x autograd.Var) autograd.Var {
	if l == nil || !has(l.Weight) {
		panic(empty("linear", "NewLinear"))
	}
	if in := l.Weight.Value.Dim(-1); x.Rank() > 0 && x.Dim(-1) != in {
		tensor.BadShape("linear", fmt.Sprintf("the input has %d features, the layer wants %d", x.Dim(-1), in), x.Value(), l.Weight.Value)
	}
	return x.Linear(lift(x, l.Weight), lift(x, l.Bias))
}

// uniformParam returns a vector drawn evenly from ±1/√fanIn.
func uniformParam(r *tensor.Rand, fanIn, n int) *autograd.Param {
	v := tensor.Zeros(n)
	if fanIn > 0 {
		bound := 1 / math.Sqrt(float64(fanIn))
		r.Uniform(v, -bound, bound)
	}
	return autograd.NewParam(v)
}

// Dropout sets each element to zero with probability P, and divides the others
// by 1 − P. In evaluation it does nothing. With Mode set to [autograd.Train] it
// drops in evaluation, too, as Monte Carlo dropout does.
// See https://docs.pytorch.org/docs/stable/generated/torch.nn.Dropout.html.
type Dropout struct {
	P    float64       // the probability; 0 drops nothing
	Rand *tensor.Rand  // where masks are drawn from
	Mode autograd.Mode // the zero value inherits the mode of the tape
}

// NewDropout returns a layer that draws its masks from r. PyTorch's default
// probability is 0.5. NewDropout panics when p is not between 0 and 1.
func NewDropout(r *tensor.Rand, p float64) *Dropout {
	checkShare("dropout", "P", p)
	return &Dropout{P: p, Rand: r}
}

// Forward keeps the shape.
func (d *Dropout) Forward(x autograd.Var) autograd.Var {
	if d == nil {
		panic(empty("dropout", "NewDropout"))
	}
	return d.drop("dropout", "NewDropout", x, autograd.Var.Dropout)
}

// checkShare panics when a setting is not between 0 and 1.
func checkShare(op, name string, v float64) {
	if !(v >= 0 && v <= 1) {
		panic(&tensor.ArgError{Op: op, Reason: fmt.Sprintf("%s is %v; it must be between 0 and 1", name, v)})
	}
}
