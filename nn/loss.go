package nn

import (
	"fmt"
	"slices"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/tensor"
)

// A Reduction says what becomes of the losses of all elements.
type Reduction int

// The reductions. Mean is PyTorch's default.
const (
	Mean Reduction = iota
	Sum
	None // keep the loss of each element
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

// The functions are the losses with PyTorch's defaults. Losses with settings are
// methods of structs: nn.CrossEntropyLoss{Smoothing: 0.1}.Of(logits, labels).

// MSE returns the mean of (prediction − target)². See [MSELoss].
func MSE(prediction, target autograd.Var) autograd.Var { return MSELoss{}.Of(prediction, target) }

// L1 returns the mean of |prediction − target|. See [L1Loss].
func L1(prediction, target autograd.Var) autograd.Var { return L1Loss{}.Of(prediction, target) }

// CrossEntropy returns the mean of −log softmax(logits)[label]. The logits are
// [batch classes …], and there is a label for each place of [batch …]. See
// [CrossEntropyLoss].
func CrossEntropy(logits autograd.Var, labels []int) autograd.Var {
	return CrossEntropyLoss{}.Of(logits, labels)
}

// NLL returns the mean of −prediction[label]. The predictions are
// log-probabilities [batch classes …], and there is a label for each place of
// [batch …]. See [NLLLoss].
func NLL(prediction autograd.Var, labels []int) autograd.Var {
	return NLLLoss{}.Of(prediction, labels)
}

// BCEWithLogits returns the mean of −target log σ(logits) −
// (1 − target) log(1 − σ(logits)). See [BCEWithLogitsLoss].
func BCEWithLogits(logits, target autograd.Var) autograd.Var {
	return BCEWithLogitsLoss{}.Of(logits, target)
}

// checkPair panics when prediction and target differ in shape or element type.
// Losses do not broadcast: [n 1] against [n] would compare each prediction with
// all targets.
func checkPair(op string, prediction, target autograd.Var) {
	if !slices.Equal(prediction.Shape(), target.Shape()) {
		tensor.BadShape(op, "prediction and target must have the same shape", prediction.Value(), target.Value())
	}
	if p, t := prediction.DType(), target.DType(); p != t {
		panic(&tensor.DTypeError{Op: op, Operand: "the target", Want: p, Got: t})
	}
}

// MSELoss is the squared error.
// See https://docs.pytorch.org/docs/stable/generated/torch.nn.MSELoss.html.
type MSELoss struct{ Reduction Reduction }

// Of returns (prediction − target)², reduced.
func (l MSELoss) Of(prediction, target autograd.Var) autograd.Var {
	checkPair("mse", prediction, target)
	return l.Reduction.of(prediction.Sub(target).Square())
}

// L1Loss is the absolute error.
// See https://docs.pytorch.org/docs/stable/generated/torch.nn.L1Loss.html.
type L1Loss struct{ Reduction Reduction }

// Of returns |prediction − target|, reduced.
func (l L1Loss) Of(prediction, target autograd.Var) autograd.Var {
	checkPair("l1", prediction, target)
	return l.Reduction.of(prediction.Sub(target).Abs())
}

// HuberLoss is quadratic in errors up to Delta, and linear in larger ones.
// See https://docs.pytorch.org/docs/stable/generated/torch.nn.HuberLoss.html.
type HuberLoss struct {
	Delta     float64 // 0 stands for 1; must be positive
	Reduction Reduction
}

// Of returns ½d² where |d| ≤ Delta, and Delta (|d| − ½Delta) elsewhere, reduced.
// d is prediction − target.
func (l HuberLoss) Of(prediction, target autograd.Var) autograd.Var {
	checkPair("huber", prediction, target)
	delta := setting(l.Delta, 1)
	if !(delta > 0) {
		panic(&tensor.ArgError{Op: "huber", Reason: fmt.Sprintf("Delta is %v; it must be positive", delta)})
	}
	return l.Reduction.of(prediction.Sub(target).Huber(delta))
}

// SmoothL1Loss is quadratic in errors below Beta. For larger ones it is the
// absolute error less ½Beta.
// See https://docs.pytorch.org/docs/stable/generated/torch.nn.SmoothL1Loss.html.
type SmoothL1Loss struct {
	Beta      float64 // 0 stands for 1; Zero makes the loss an L1Loss
	Reduction Reduction
}

// Of returns ½d²/Beta where |d| < Beta, and |d| − ½Beta elsewhere, reduced. d is
// prediction − target.
func (l SmoothL1Loss) Of(prediction, target autograd.Var) autograd.Var {
	checkPair("smooth-l1", prediction, target)
	beta := setting(l.Beta, 1)
	switch {
	case !(beta >= 0):
		panic(&tensor.ArgError{Op: "smooth-l1", Reason: fmt.Sprintf("Beta is %v; it must not be negative", beta)})
	case beta == 0:
		return l.Reduction.of(prediction.Sub(target).Abs())
	}
	return l.Reduction.of(prediction.Sub(target).Huber(beta).MulScalar(1 / beta))
}

// BCEWithLogitsLoss compares logits with probabilities: 1 for yes, 0 for no.
// See https://docs.pytorch.org/docs/stable/generated/torch.nn.BCEWithLogitsLoss.html.
type BCEWithLogitsLoss struct {
	Weights    *tensor.Tensor // of elements; broadcasts; nil for ones
	YesWeights *tensor.Tensor // of the first term: PyTorch's pos_weight; broadcasts; nil for ones
	Reduction  Reduction
}

// Of returns −yes y log σ(x) − (1 − y) log(1 − σ(x)), reduced. x are the logits,
// y the target, and yes the YesWeights. It computes (1 − y) x −
// (1 + (yes − 1) y) log σ(x), which is the same and does not overflow.
func (l BCEWithLogitsLoss) Of(logits, target autograd.Var) autograd.Var {
	const op = "bce-with-logits"
	checkPair(op, logits, target)
	t := logits.Tape()
	log := logits.LogSigmoid()
	if l.YesWeights != nil {
		broadcasts(op, l.YesWeights, logits)
		log = log.Mul(t.Const(l.YesWeights).AddScalar(-1).Mul(target).AddScalar(1))
	}
	losses := logits.Mul(target.Neg().AddScalar(1)).Sub(log)
	if l.Weights != nil {
		broadcasts(op, l.Weights, logits)
		losses = losses.Mul(t.Const(l.Weights))
	}
	return l.Reduction.of(losses)
}

// broadcasts panics when weights do not broadcast to the shape of a prediction.
func broadcasts(op string, weights *tensor.Tensor, prediction autograd.Var) {
	var dims [tensor.MaxRank]int
	if shape, ok := tensor.Dims(dims[:0]).BroadcastShapes(prediction.Shape(), weights.Shape()); !ok || !slices.Equal(shape, prediction.Shape()) {
		tensor.BadShape(op, "the weights do not broadcast to the shape of the prediction", prediction.Value(), weights)
	}
}
