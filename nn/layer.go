package nn

import (
	"fmt"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/tensor"
)

// A Layer maps one variable to another, on the same tape.
type Layer interface {
	Forward(x autograd.Var) autograd.Var
}

// Sequential is a model that applies layers one after the other. Without layers
// it returns its input. On a tape that does not record it gives the values
// within and between layers back as soon as the next layer has used them: a
// variable that a layer has put aside can then not be used any more.
// See https://docs.pytorch.org/docs/stable/generated/torch.nn.Sequential.html.
type Sequential []Layer

// Forward applies the layers in order.
func (s Sequential) Forward(x autograd.Var) autograd.Var {
	t := x.Tape()
	start := t.Mark()
	for i, l := range s {
		if l == nil {
			panic(&tensor.ArgError{Op: "sequential", Reason: fmt.Sprintf("layer %d is nil", i)})
		}
		x = t.KeepOnly(start, l.Forward(x))
	}
	return x
}

// A Func is a function as a layer: nn.Func(autograd.Var.Sin), or one of your
// own. [Params] does not see the parameters that such a function uses.
type Func func(x autograd.Var) autograd.Var

// Forward applies the function.
func (f Func) Forward(x autograd.Var) autograd.Var {
	if f == nil {
		panic(&tensor.ArgError{Op: "func", Reason: "the function is nil"})
	}
	return f(x)
}

// Flatten joins all axes except the first, which is the batch.
// See https://docs.pytorch.org/docs/stable/generated/torch.nn.Flatten.html.
type Flatten struct{}

// Forward maps [batch …] to [batch features].
func (Flatten) Forward(x autograd.Var) autograd.Var { return x.Flatten(1, -1) }

// Square returns n twice, for a square kernel, stride or padding.
func Square(n int) [2]int { return [2]int{n, n} }
