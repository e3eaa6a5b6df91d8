package nn

import (
	"math"
	"slices"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/tensor"
)

// BCE returns the mean of −target log prediction − (1 − target) log(1 −
// prediction). The predictions are probabilities. See [BCELoss].
func BCE(prediction, target autograd.Var) autograd.Var { return BCELoss{}.Of(prediction, target) }

// BCELoss compares probabilities with probabilities: 1 for yes, 0 for no.
// [BCEWithLogitsLoss] takes logits, and is exact where a probability rounds to 0
// or 1.
// See https://docs.pytorch.org/docs/stable/generated/torch.nn.BCELoss.html.
type BCELoss struct {
	Weights   *tensor.Tensor // of elements; broadcasts; nil for ones
	Reduction Reduction
}

// Of returns −y log p − (1 − y) log(1 − p), reduced. p are the predictions and y
// the target. As in PyTorch a logarithm is at least −100. The loss of what is no
// probability is NaN.
func (l BCELoss) Of(prediction, target autograd.Var) autograd.Var {
	checkPair("bce", prediction, target)
	losses := prediction.BCE(target)
	if l.Weights != nil {
		broadcasts("bce", l.Weights, prediction)
		losses = losses.Mul(prediction.Tape().Const(l.Weights))
	}
	return l.Reduction.of(losses)
}

// KLDiv returns the mean of target (log target − prediction) over all elements.
// The predictions are log-probabilities. See [KLDivLoss].
func KLDiv(prediction, target autograd.Var) autograd.Var { return KLDivLoss{}.Of(prediction, target) }

// KLDivLoss is the Kullback–Leibler divergence of a distribution from the target.
// See https://docs.pytorch.org/docs/stable/generated/torch.nn.KLDivLoss.html.
type KLDivLoss struct {
	LogTarget bool // the targets are log-probabilities, as the predictions are
	BatchMean bool // Mean divides by the length of the first axis: PyTorch's "batchmean", the divergence of a row
	Reduction Reduction
}

// Of returns target (log target − prediction), which is 0 where the target is 0,
// or exp target (target − prediction) with LogTarget, reduced.
func (l KLDivLoss) Of(prediction, target autograd.Var) autograd.Var {
	checkPair("kl-div", prediction, target)
	var losses autograd.Var
	if l.LogTarget {
		losses = target.Exp().Mul(target.Sub(prediction))
	} else {
		one := target.Tape().Scalar(target.DType(), 1)
		zero := target.Equal(one.Sub(one))
		losses = target.Mul(autograd.Where(zero, one, target).Log()).Sub(target.Mul(prediction))
	}
	if l.BatchMean && l.Reduction == Mean && losses.Rank() > 0 {
		return losses.Sum().MulScalar(1 / float64(losses.Dim(0)))
	}
	return l.Reduction.of(losses)
}

// GaussianNLLLoss is the negative log-likelihood of a target under normal
// distributions, whose means and variances are predicted.
// See https://docs.pytorch.org/docs/stable/generated/torch.nn.GaussianNLLLoss.html.
type GaussianNLLLoss struct {
	Full      bool    // add the constant ½ log 2π
	Eps       float64 // a smaller variance counts as this; 0 stands for 1e-6
	Reduction Reduction
}

// Of returns ½ (log variance + (prediction − target)²/variance), reduced. The
// variance has the shape of the prediction, or that shape without its last axis,
// or with one axis of length 1. The gradient passes through the limit Eps as if it
// were not there, as in PyTorch. The loss of a negative variance is that of Eps.
func (l GaussianNLLLoss) Of(prediction, target, variance autograd.Var) autograd.Var {
	const op = "gaussian-nll"
	checkPair(op, prediction, target)
	eps := setting(l.Eps, 1e-6)
	if !(eps > 0) {
		tensor.BadArg(op, "Eps is %v; it must be positive", eps)
	}
	if p, v := prediction.Shape(), variance.Shape(); !slices.Equal(p, v) {
		switch {
		case len(p) > 0 && slices.Equal(p[:len(p)-1], v):
			variance = variance.Unsqueeze(-1)
		case !oneShort(p, v):
			tensor.BadShape(op, "the variance must have the shape of the prediction, without its last axis or with one axis of length 1",
				prediction.Value(), variance.Value())
		}
	}
	raised := variance.Clamp(eps, math.Inf(1)).Sub(variance).Detach() // 0 where the variance is large enough
	variance = variance.Add(raised)
	losses := variance.Log().Add(prediction.Sub(target).Square().Div(variance)).MulScalar(0.5)
	if l.Full {
		losses = losses.AddScalar(0.5 * math.Log(2*math.Pi))
	}
	return l.Reduction.of(losses)
}

// oneShort reports whether v is p with 1 in the place of one length.
func oneShort(p, v []int) bool {
	if len(p) != len(v) {
		return false
	}
	different := 0
	for i := range p {
		if p[i] != v[i] {
			different++
			if v[i] != 1 {
				return false
			}
		}
	}
	return different == 1
}

// PoissonNLLLoss is the negative log-likelihood of counts under Poisson
// distributions, whose rates are predicted.
// See https://docs.pytorch.org/docs/stable/generated/torch.nn.PoissonNLLLoss.html.
type PoissonNLLLoss struct {
	Rates     bool    // the predictions are rates, not their logarithms: PyTorch's log_input=False
	Full      bool    // add Stirling's approximation of log target!
	Eps       float64 // is added to a rate before its logarithm; 0 stands for 1e-8
	Reduction Reduction
}

// Of returns exp(prediction) − target prediction, or prediction − target
// log(prediction + Eps) with Rates, reduced. Full adds target log target − target +
// ½ log(2π target) to targets above 1.
func (l PoissonNLLLoss) Of(prediction, target autograd.Var) autograd.Var {
	checkPair("poisson-nll", prediction, target)
	var losses autograd.Var
	if l.Rates {
		eps := setting(l.Eps, 1e-8)
		if !(eps >= 0) {
			tensor.BadArg("poisson-nll", "Eps is %v; it must not be negative", eps)
		}
		losses = prediction.Sub(target.Mul(prediction.AddScalar(eps).Log()))
	} else {
		losses = prediction.Exp().Sub(target.Mul(prediction))
	}
	if l.Full {
		one := target.Tape().Scalar(target.DType(), 1)
		large := target.Greater(one)
		n := autograd.Where(large, target, one) // without logarithms of 0
		stirling := n.Mul(n.Log()).Sub(n).Add(n.MulScalar(2 * math.Pi).Log().MulScalar(0.5))
		losses = losses.Add(autograd.Where(large, stirling, one.Sub(one)))
	}
	return l.Reduction.of(losses)
}

// SigmoidFocalLoss is [BCEWithLogitsLoss] in which examples that are easy count
// little. It is torchvision's sigmoid_focal_loss, except that it takes the mean by
// default.
// See https://docs.pytorch.org/vision/stable/generated/torchvision.ops.sigmoid_focal_loss.html.
type SigmoidFocalLoss struct {
	Alpha     float64 // the weight of yes, and 1 − Alpha that of no; 0 stands for 0.25; a negative one for no weights
	Gamma     float64 // how little easy examples count; 0 stands for 2, Zero for all alike
	Reduction Reduction
}

// Of returns weight (1 − q)^Gamma times the binary cross entropy, reduced. q is
// the probability of the target, y σ(x) + (1 − y) (1 − σ(x)), where x are the
// logits and y the target; weight is Alpha y + (1 − Alpha) (1 − y).
func (l SigmoidFocalLoss) Of(logits, target autograd.Var) autograd.Var {
	const op = "sigmoid-focal"
	checkPair(op, logits, target)
	alpha, gamma := setting(l.Alpha, 0.25), setting(l.Gamma, 2)
	if !(alpha <= 1) {
		tensor.BadArg(op, "Alpha is %v; it must be at most 1", alpha)
	}
	if !(gamma >= 0) {
		tensor.BadArg(op, "Gamma is %v; it must not be negative", gamma)
	}
	no := target.Neg().AddScalar(1)
	losses := logits.Mul(no).Sub(logits.LogSigmoid())
	if gamma > 0 {
		missed := target.Mul(logits.Neg().Sigmoid()).Add(no.Mul(logits.Sigmoid())) // 1 − q, without cancellation
		if gamma < 1 {
			missed = missed.Clamp(1e-37, math.Inf(1)) // the power has no derivative at 0
		}
		losses = losses.Mul(missed.PowScalar(gamma))
	}
	if alpha >= 0 {
		losses = losses.Mul(target.MulScalar(alpha).Add(no.MulScalar(1 - alpha)))
	}
	return l.Reduction.of(losses)
}

// DiceLoss is 1 less the overlap of predicted and true regions: the loss of
// segmentation. PyTorch has none; it is MONAI's, of probabilities.
// See https://docs.monai.io/en/stable/losses.html#diceloss.
type DiceLoss struct {
	Smooth    float64 // is added above and below the line, so that an empty region has a loss; 0 stands for 1e-5
	Reduction Reduction
}

// Of returns 1 − (2 Σ p y + Smooth)/(Σ p + Σ y + Smooth), reduced, where p are the
// predictions, probabilities, and y the target. The shapes are [batch classes …];
// the sums run over the places …, so that there is a loss for each [batch
// classes].
func (l DiceLoss) Of(prediction, target autograd.Var) autograd.Var {
	checkPair("dice", prediction, target)
	if prediction.Rank() < 3 {
		tensor.BadShape("dice", "want [batch classes …], with places", prediction.Value())
	}
	smooth := setting(l.Smooth, 1e-5)
	if !(smooth >= 0) {
		tensor.BadArg("dice", "Smooth is %v; it must not be negative", smooth)
	}
	p, y := prediction.Flatten(2, -1), target.Flatten(2, -1)
	both := p.Mul(y).Sum(2).MulScalar(2).AddScalar(smooth)
	all := p.Sum(2).Add(y.Sum(2)).AddScalar(smooth)
	return l.Reduction.of(both.Div(all).Neg().AddScalar(1))
}
