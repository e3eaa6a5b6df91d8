package nn

import (
	"math"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/tensor"
)

// Zero says 0 in a setting whose zero value stands for another default:
// LeakyReLU{Slope: nn.Zero} has the slope 0.
const Zero = math.SmallestNonzeroFloat64

// setting returns the number that a setting stands for: the default for 0, and
// 0 for [Zero].
func setting(v, byDefault float64) float64 {
	switch v {
	case 0:
		return byDefault
	case Zero:
		return 0
	}
	return v
}

// index returns the number that a setting points to, or the default for nil.
func index(p *int, byDefault int) int {
	if p == nil {
		return byDefault
	}
	return *p
}

// has reports whether a layer has a weight.
func has(p *autograd.Param) bool { return p != nil && p.Value != nil }

// empty describes a layer without the weights that it computes with.
func empty(op, constructor string) *tensor.ArgError {
	return &tensor.ArgError{Op: op, Reason: "the layer is empty; make it with nn." + constructor}
}

// lift puts a parameter on the tape of x. Without one it returns the empty Var,
// which operations take for no operand.
func lift(x autograd.Var, p *autograd.Param) autograd.Var {
	if !has(p) {
		return autograd.Var{}
	}
	return x.Tape().Param(p)
}
