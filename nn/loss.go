package nn

import (
	"fmt"
	"slices"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/tensor"
)

// A Reduction says what becomes of the losses of the elements of a batch.
type Reduction int

// The reductions. Mean is the default, as in PyTorch.
const (
	Mean Reduction = iota
	Sum
	None // keep the losses of all elements
)

func (r Reduction) of(losses autograd.Var) autograd.Var {
	switch r {
	case Sum:
		return losses.Sum()
	case None:
		return losses
	}
	return losses.Mean()
}

// The usual losses, averaged. Those with settings are methods of structs:
// nn.CrossEntropyLoss{Smoothing: 0.1}.Of(logits, labels).

// MSE returns the mean of (x − y)².
func MSE(x, y autograd.Var) autograd.Var { return MSELoss{}.Of(x, y) }

// L1 returns the mean of |x − y|.
func L1(x, y autograd.Var) autograd.Var { return L1Loss{}.Of(x, y) }

// CrossEntropy returns the mean over the batch of −log softmax(x)[label], for
// logits x [batch classes …] and a label for each place of [batch …].
func CrossEntropy(x autograd.Var, labels []int) autograd.Var {
	return CrossEntropyLoss{}.Of(x, labels)
}

// NLL returns the mean over the batch of −x[label], for log-probabilities x
// [batch classes …].
func NLL(x autograd.Var, labels []int) autograd.Var { return NLLLoss{}.Of(x, labels) }

// BCEWithLogits returns the mean of −y log σ(x) − (1 − y) log(1 − σ(x)).
func BCEWithLogits(x, y autograd.Var) autograd.Var { return BCEWithLogitsLoss{}.Of(x, y) }

// sameShape panics when prediction and target do not have one shape. Losses do
// not broadcast: [n 1] against [n] would silently compare all pairs.
func sameShape(op string, x, y autograd.Var) {
	if !slices.Equal(x.Shape(), y.Shape()) {
		panic(misfit(op, "prediction and target must have the same shape", x.Value(), y.Value()))
	}
}

// notNegative panics when a setting of a loss is.
func notNegative(op, name string, v float64) {
	if !(v >= 0) {
		panic(&tensor.ArgError{Op: op, Reason: fmt.Sprintf("%s must not be negative, got %v", name, v)})
	}
}

// MSELoss is the squared error.
// See https://docs.pytorch.org/docs/stable/generated/torch.nn.MSELoss.html.
type MSELoss struct{ Reduction Reduction }

// Of returns (x − y)², reduced.
func (l MSELoss) Of(x, y autograd.Var) autograd.Var {
	sameShape("mse", x, y)
	return l.Reduction.of(x.Sub(y).Square())
}

// L1Loss is the absolute error.
// See https://docs.pytorch.org/docs/stable/generated/torch.nn.L1Loss.html.
type L1Loss struct{ Reduction Reduction }

// Of returns |x − y|, reduced.
func (l L1Loss) Of(x, y autograd.Var) autograd.Var {
	sameShape("l1", x, y)
	return l.Reduction.of(x.Sub(y).Abs())
}

// HuberLoss is quadratic for errors below Delta and linear above.
// See https://docs.pytorch.org/docs/stable/generated/torch.nn.HuberLoss.html.
type HuberLoss struct {
	Delta     float64 // 0 means 1
	Reduction Reduction
}

// Of returns ½d² where |d| ≤ Delta, else Delta(|d| − ½Delta), reduced, with
// d = x − y.
func (l HuberLoss) Of(x, y autograd.Var) autograd.Var {
	sameShape("huber", x, y)
	notNegative("huber", "Delta", l.Delta)
	delta := or(l.Delta, 1)
	return l.Reduction.of(huber(x.Sub(y), delta))
}

// huber returns c(d − ½c) with d, but no farther from 0 than limit, as c: ½d²
// or limit(|d| − ½limit). Its gradient is c, for an infinite d as well.
func huber(d autograd.Var, limit float64) autograd.Var {
	c := d.Clamp(-limit, limit)
	return c.Mul(d.Sub(c.MulScalar(0.5)))
}

// SmoothL1Loss is quadratic for errors below Beta and the absolute error, less
// ½Beta, above.
// See https://docs.pytorch.org/docs/stable/generated/torch.nn.SmoothL1Loss.html.
type SmoothL1Loss struct {
	Beta      float64 // 0 means 1; for the absolute error itself use L1Loss
	Reduction Reduction
}

// Of returns ½d²/Beta where |d| < Beta, else |d| − ½Beta, reduced, with
// d = x − y.
func (l SmoothL1Loss) Of(x, y autograd.Var) autograd.Var {
	sameShape("smooth-l1", x, y)
	notNegative("smooth-l1", "Beta", l.Beta)
	beta := or(l.Beta, 1)
	return l.Reduction.of(huber(x.Sub(y), beta).MulScalar(1 / beta))
}

// BCEWithLogitsLoss compares logits with probabilities of a yes.
// See https://docs.pytorch.org/docs/stable/generated/torch.nn.BCEWithLogitsLoss.html.
type BCEWithLogitsLoss struct {
	Weights    *tensor.Tensor // of elements; broadcasts; nil for ones
	YesWeights *tensor.Tensor // PyTorch's pos_weight: of the part of a yes; broadcasts; nil for ones
	Reduction  Reduction
}

// Of returns (1 − y) x − (1 + (yes − 1) y) log σ(x), reduced, which is
// −yes y log σ(x) − (1 − y) log(1 − σ(x)) without overflow.
func (l BCEWithLogitsLoss) Of(x, y autograd.Var) autograd.Var {
	sameShape("bce-with-logits", x, y)
	t := x.Tape()
	log := x.LogSigmoid()
	if l.YesWeights != nil {
		stretches("bce-with-logits", x, l.YesWeights)
		log = log.Mul(t.Const(l.YesWeights).AddScalar(-1).Mul(y).AddScalar(1))
	}
	losses := x.Mul(y.Neg().AddScalar(1)).Sub(log)
	if l.Weights != nil {
		stretches("bce-with-logits", x, l.Weights)
		losses = losses.Mul(t.Const(l.Weights))
	}
	return l.Reduction.of(losses)
}

// stretches panics when weights do not broadcast to the shape of x.
func stretches(op string, x autograd.Var, weights *tensor.Tensor) {
	var dims [tensor.MaxRank]int
	if shape, ok := tensor.Dims(dims[:0]).BroadcastShapes(x.Shape(), weights.Shape()); !ok || !slices.Equal(shape, x.Shape()) {
		panic(misfit(op, "the weights do not broadcast to the shape of the prediction", x.Value(), weights))
	}
}
