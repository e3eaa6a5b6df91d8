package nn

import "github.com/descent-ml/descent/autograd"

// A Layer maps one variable to another, on the same tape.
type Layer interface {
	Forward(x autograd.Var) autograd.Var
}

// Sequential is a model that applies layers one after the other.
type Sequential []Layer

// Forward applies the layers in order.
func (s Sequential) Forward(x autograd.Var) autograd.Var {
	for _, l := range s {
		x = l.Forward(x)
	}
	return x
}

// A Func is a layer without parameters: nn.Func(autograd.Var.Sin), or a function
// of your own. [Params] does not see parameters that the function captures.
type Func func(x autograd.Var) autograd.Var

// Forward applies the function.
func (f Func) Forward(x autograd.Var) autograd.Var { return f(x) }

// Flatten joins all axes but the first, the batch.
type Flatten struct{}

// Forward maps [batch …] to [batch features].
func (Flatten) Forward(x autograd.Var) autograd.Var { return x.Flatten(1, -1) }

// Square returns n twice: a square kernel, stride or pad.
func Square(n int) [2]int { return [2]int{n, n} }
