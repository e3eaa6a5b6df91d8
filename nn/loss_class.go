package nn

import (
	"fmt"
	"math"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/tensor"
)

// CrossEntropyLoss compares logits with classes.
// See https://docs.pytorch.org/docs/stable/generated/torch.nn.CrossEntropyLoss.html.
type CrossEntropyLoss struct {
	Weights     *tensor.Tensor // one for each class; nil for ones
	Smoothing   float64        // this share of each target is spread evenly over all classes
	IgnoreIndex *int           // places with this label do not count; nil stands for −100
	Reduction   Reduction      // Mean divides by the weights of the labels that count
}

// Of returns −w[label] log softmax(logits)[label], reduced, without smoothing.
// The logits are [batch classes …]. There is a label for each place of
// [batch …], in row-major order, and one label for logits without a batch. When
// no label counts, the mean is NaN, as in PyTorch.
func (l CrossEntropyLoss) Of(logits autograd.Var, labels []int) autograd.Var {
	checkShare("cross-entropy", "Smoothing", l.Smoothing)
	rows, shape := classRows("cross-entropy", logits)
	target := tensor.ClassTarget{Labels: labels, Weights: l.Weights, Smoothing: l.Smoothing, Ignore: l.IgnoreIndex}
	return l.Reduction.weighted(rows.CrossEntropyRows(target), shape, &target)
}

// OfProbs returns −Σ w target log softmax(logits), reduced, without smoothing.
// The sum runs over the classes. The targets are probabilities in the shape of
// the logits, [batch classes …]. The mean divides by the number of places, as
// in PyTorch.
func (l CrossEntropyLoss) OfProbs(logits, target autograd.Var) autograd.Var {
	checkPair("cross-entropy", logits, target)
	checkShare("cross-entropy", "Smoothing", l.Smoothing)
	rows, shape := classRows("cross-entropy", logits)
	probs, _ := classRows("cross-entropy", target)
	classes := rows.Dim(1)
	if e := l.Smoothing; e != 0 {
		probs = probs.MulScalar(1 - e).AddScalar(e / float64(classes))
	}
	if w := l.Weights; w != nil {
		if w.Rank() != 1 || w.Len() != classes {
			tensor.BadShape("cross-entropy", fmt.Sprintf("want a weight for each of %d classes", classes), logits.Value(), w)
		}
		probs = probs.Mul(logits.Tape().Const(w))
	}
	losses := probs.Mul(rows.LogSoftmax(1)).Sum(1).Neg()
	if l.Reduction == None {
		return losses.Reshape(shape...)
	}
	return l.Reduction.of(losses)
}

// NLLLoss compares log-probabilities with classes.
// See https://docs.pytorch.org/docs/stable/generated/torch.nn.NLLLoss.html.
type NLLLoss struct {
	Weights     *tensor.Tensor // one for each class; nil for ones
	IgnoreIndex *int           // places with this label do not count; nil stands for −100
	Reduction   Reduction      // Mean divides by the weights of the labels that count
}

// Of returns −w[label] prediction[label], reduced. The predictions are
// log-probabilities [batch classes …]. There is a label for each place of
// [batch …], in row-major order, and one label for predictions without a batch.
func (l NLLLoss) Of(prediction autograd.Var, labels []int) autograd.Var {
	rows, shape := classRows("nll", prediction)
	target := tensor.ClassTarget{Labels: labels, Weights: l.Weights, Ignore: l.IgnoreIndex}
	return l.Reduction.weighted(rows.NLLRows(target), shape, &target)
}

// weighted reduces the losses of places of the given shape. The mean divides by
// the weights of the labels that count.
func (r Reduction) weighted(losses autograd.Var, shape []int, t *tensor.ClassTarget) autograd.Var {
	switch r {
	case Sum:
		return losses.Sum()
	case None:
		return losses.Reshape(shape...)
	}
	total := t.Total()
	if total == 0 {
		return losses.Sum().MulScalar(math.NaN()) // 0/0, smoothed or not
	}
	return losses.Sum().MulScalar(1 / total)
}

// classRows returns x [batch classes …] as a matrix with a row of classes for
// each place of [batch …]. It also returns the shape of these places.
func classRows(op string, x autograd.Var) (rows autograd.Var, shape []int) {
	switch x.Rank() {
	case 0:
		tensor.BadShape(op, "want [batch classes …]", x.Value())
	case 1:
		return x.Unsqueeze(0), nil
	case 2:
		return x, x.Shape()[:1]
	}
	var order [tensor.MaxRank]int
	for i := 1; i < x.Rank()-1; i++ {
		order[i] = i + 1
	}
	order[x.Rank()-1] = 1
	moved := x.Permute(order[:x.Rank()]...)
	return moved.Reshape(-1, x.Dim(1)), moved.Shape()[:x.Rank()-1]
}
