package nn

import (
	"math"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/tensor"
)

// CTCLoss compares a sequence with labels that are not aligned with it: the
// connectionist temporal classification of speech and handwriting.
// See https://docs.pytorch.org/docs/stable/generated/torch.nn.CTCLoss.html.
type CTCLoss struct {
	Blank        int       // the class that stands for no label
	ZeroInfinity bool      // a sequence that is too short for its labels has the loss 0, not +Inf, and no gradient
	Reduction    Reduction // Mean divides each loss by the number of its labels, at least 1, and by the number of sequences
}

// Of returns the negative logarithm of the probability that the predictions spell
// the labels, reduced. The predictions are log-probabilities [steps batch classes],
// or [steps classes] without a batch. The labels of all sequences stand one after
// the other; lengths says how many each sequence has, and steps how many of its
// steps count, or is nil for all.
func (l CTCLoss) Of(prediction autograd.Var, labels, steps, lengths []int) autograd.Var {
	single := prediction.Rank() == 2
	if single {
		prediction = prediction.Unsqueeze(1)
	}
	target := tensor.CTCTarget{Labels: labels, Lengths: lengths, Steps: steps, Blank: l.Blank, PerLabel: l.Reduction == Mean}
	losses := prediction.CTC(target)
	if l.ZeroInfinity {
		zero := zeroOf(losses)
		losses = autograd.Where(losses.Equal(zero.AddScalar(math.Inf(1))), zero, losses)
	}
	if single {
		losses = losses.Squeeze(0)
	}
	return l.Reduction.of(losses)
}
