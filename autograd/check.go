package autograd

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/descent-ml/descent/tensor"
)

// The step and the tolerances of [Check], those of PyTorch's gradcheck.
const (
	checkStep = 1e-6
	checkAtol = 1e-5
	checkRtol = 1e-3
)

// Check compares the gradients of f at the inputs, which must be float64, with
// central differences. It takes a weighted sum of f's result and differentiates
// it by every element of every input. When the two differ by more than 1e-5 +
// 1e-3 of the difference quotient, it returns an error that names the worst
// element. f must be differentiable at the inputs, and compute the same each time.
// See https://docs.pytorch.org/docs/stable/generated/torch.autograd.gradcheck.gradcheck.html.
func Check(f func(xs ...Var) Var, inputs ...*tensor.Tensor) error {
	_, err := check(f, inputs)
	return err
}

// CheckSecond is [Check] for the gradients of f themselves: it compares second
// derivatives with differences of gradients. It varies the inputs and also dy,
// the gradient by f's result, on which the gradients by the inputs depend. An
// error counts dy as the input after the last.
// See https://docs.pytorch.org/docs/stable/generated/torch.autograd.gradcheck.gradgradcheck.html.
func CheckSecond(f func(xs ...Var) Var, inputs ...*tensor.Tensor) error {
	_, err := check(gradientOf(f, inputs))
	return err
}

// Deviation is [Check] and [CheckSecond] in one, and returns how far the gradients
// are from differences, and how far the second derivatives are: the largest
// |gradient − quotient| / max(1, |quotient|). Differences have an error of their
// own, of about 1e-9 where values and derivatives are about 1.
func Deviation(f func(xs ...Var) Var, inputs ...*tensor.Tensor) (first, second float64, err error) {
	first, err1 := check(f, inputs)
	second, err2 := check(gradientOf(f, inputs))
	return first, second, errors.Join(err1, err2)
}

// gradientOf returns the function that CheckSecond differentiates, and its inputs:
// the weighted sum of the gradients of f, by the inputs of f and dy.
func gradientOf(f func(xs ...Var) Var, inputs []*tensor.Tensor) (func(xs ...Var) Var, []*tensor.Tensor) {
	t, n := NewTape(), len(inputs)
	leaves := make([]Var, n)
	for i, x := range inputs {
		leaves[i] = t.Var(x)
	}
	return func(xs ...Var) Var {
		y := f(xs[:n]...)
		if !y.NeedsGrad() {
			return xs[n].zero()
		}
		var total Var
		for i, g := range VJP(y, xs[n], xs[:n]...) {
			s := weigh(g, i+1)
			if i > 0 {
				s = total.Add(s)
			}
			total = s
		}
		return total
	}, append(slices.Clip(inputs), weights(f(leaves...), 0))
}

// weigh returns a weighted sum of y. The weights are irregular, so that wrong
// gradients do not cancel in the sum.
func weigh(y Var, salt int) Var { return y.Mul(y.Tape().Const(weights(y, salt))).Sum() }

// weights returns those of weigh, another set for each salt.
func weights(y Var, salt int) *tensor.Tensor {
	w := tensor.Zeros64(y.Shape()...)
	for i := range tensor.Data[float64](w) {
		tensor.Data[float64](w)[i] = 0.5 + math.Abs(math.Sin(float64(1+i+17*salt)*1.7))
	}
	return w
}

// check compares gradients with differences, and returns the deviation and, if it
// is too large, an error.
func check(f func(xs ...Var) Var, inputs []*tensor.Tensor) (deviation float64, err error) {
	points := make([]*tensor.Tensor, len(inputs))
	for i, x := range inputs {
		if x.DType() != tensor.Float64 {
			return math.NaN(), fmt.Errorf("check: input %d is %v; gradients can only be checked in float64", i, x.DType())
		}
		points[i] = x.Clone()
	}
	t := NewTape()
	lift := func() []Var {
		t.Reset()
		xs := make([]Var, len(points))
		for i, p := range points {
			xs[i] = t.Var(p)
		}
		return xs
	}
	xs := lift()
	y := weigh(f(xs...), -1)
	grads := make([]*tensor.Tensor, len(xs))
	for i, x := range points {
		grads[i] = tensor.ZerosLike(x)
	}
	if y.NeedsGrad() {
		for i, g := range Grad(y, xs...) {
			grads[i].CopyFrom(g.Value())
		}
	}
	worst, where := 0.0, ""
	for i, p := range points {
		data := tensor.Data[float64](p)
		for k, g := range tensor.Data[float64](grads[i]) {
			at := data[k]
			data[k] = at + checkStep
			up := weigh(f(lift()...), -1).Item()
			data[k] = at - checkStep
			down := weigh(f(lift()...), -1).Item()
			data[k] = at
			want := (up - down) / (2 * checkStep)
			excess := math.Abs(g-want) / (checkAtol + checkRtol*math.Abs(want))
			if excess > worst || math.IsNaN(excess) {
				worst = excess
				where = fmt.Sprintf("element %d of input %d, at %v: the gradient is %v, differences give %v", k, i, at, g, want)
			}
			if math.IsNaN(excess) {
				return excess, fmt.Errorf("check: %s", where)
			}
			deviation = max(deviation, math.Abs(g-want)/max(1, math.Abs(want)))
		}
	}
	if worst > 1 {
		return deviation, fmt.Errorf("check: %s", where)
	}
	return deviation, nil
}
