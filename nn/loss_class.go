package nn

import (
	"fmt"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/tensor"
)

// CrossEntropyLoss compares logits with classes.
// See https://docs.pytorch.org/docs/stable/generated/torch.nn.CrossEntropyLoss.html.
type CrossEntropyLoss struct {
	Weights     *tensor.Tensor // one for each class; nil for ones
	Smoothing   float64        // the part of each target spread evenly over all classes
	IgnoreIndex *int           // examples with this label count nothing; nil means −100
	Reduction   Reduction      // Mean divides by the weights of the labels that count
}

// Of returns the cross entropy of logits x [batch classes …] and a label for
// each place of [batch …], in row-major order; logits without a batch have one
// label. With all labels ignored the mean is NaN, as in PyTorch.
func (l CrossEntropyLoss) Of(x autograd.Var, labels []int) autograd.Var {
	rows, shape := classRows("cross-entropy", x, l.Weights)
	checkShare("cross-entropy", "Smoothing", l.Smoothing)
	target := tensor.ClassTarget{Labels: labels, Weights: l.Weights, Smoothing: l.Smoothing, Ignore: l.IgnoreIndex}
	checkLabels("cross-entropy", x, rows, &target)
	return l.Reduction.weighted(rows.CrossEntropyRows(target), shape, &target)
}

// OfProbs returns the cross entropy of logits x [batch classes …] and
// probabilities of the same shape: −Σ p log softmax(x), with weights and
// smoothing; the mean divides by the number of examples.
func (l CrossEntropyLoss) OfProbs(x, p autograd.Var) autograd.Var {
	checkPair("cross-entropy", x, p)
	rows, shape := classRows("cross-entropy", x, l.Weights)
	checkShare("cross-entropy", "Smoothing", l.Smoothing)
	t, _ := classRows("cross-entropy", p, nil)
	if e := l.Smoothing; e != 0 {
		t = t.MulScalar(1 - e).AddScalar(e / float64(rows.Dim(1)))
	}
	if l.Weights != nil {
		t = t.Mul(x.Tape().Const(l.Weights))
	}
	losses := t.Mul(rows.LogSoftmax(1)).Sum(1).Neg()
	if l.Reduction == None {
		return losses.Reshape(shape...)
	}
	return l.Reduction.of(losses)
}

// NLLLoss compares log-probabilities with classes.
// See https://docs.pytorch.org/docs/stable/generated/torch.nn.NLLLoss.html.
type NLLLoss struct {
	Weights     *tensor.Tensor // one for each class; nil for ones
	IgnoreIndex *int           // examples with this label count nothing; nil means −100
	Reduction   Reduction      // Mean divides by the weights of the labels that count
}

// Of returns −w[label] x[label] for log-probabilities x [batch classes …] and a
// label for each place of [batch …], in row-major order, reduced.
func (l NLLLoss) Of(x autograd.Var, labels []int) autograd.Var {
	rows, shape := classRows("nll", x, l.Weights)
	target := tensor.ClassTarget{Labels: labels, Weights: l.Weights, Ignore: l.IgnoreIndex}
	checkLabels("nll", x, rows, &target)
	index, counts := known(x.DType(), &target)
	losses := rows.Gather(1, index, len(index), 1).Squeeze(1).Neg()
	if l.Weights != nil {
		losses = losses.Mul(x.Tape().Const(l.Weights).Gather(0, index, len(index)))
	}
	if counts != nil {
		losses = autograd.Where(x.Tape().Const(counts), losses, x.Tape().Scalar(x.DType(), 0))
	}
	return l.Reduction.weighted(losses, shape, &target)
}

// known returns labels that all name a class, and, when some are ignored, 1
// for those that count and 0 for those that do not.
func known(dt tensor.DType, t *tensor.ClassTarget) (index []int, counts *tensor.Tensor) {
	index = t.Labels
	for i, label := range t.Labels {
		if !t.Ignored(label) {
			continue
		}
		if counts == nil {
			index, counts = append([]int{}, t.Labels...), tensor.ZerosOf(dt, len(t.Labels))
			counts.Fill(1)
		}
		index[i] = 0
		counts.Set(0, i)
	}
	return index, counts
}

// weighted reduces the losses of the places of the given shape; the mean
// divides by the weights of the labels that count.
func (r Reduction) weighted(losses autograd.Var, shape []int, t *tensor.ClassTarget) autograd.Var {
	switch r {
	case Sum:
		return losses.Sum()
	case None:
		return losses.Reshape(shape...)
	}
	return losses.Sum().MulScalar(1 / t.Total())
}

// classRows returns x [batch classes …] as a matrix with a row of classes for
// each place of [batch …], and the shape of these places.
func classRows(op string, x autograd.Var, weights *tensor.Tensor) (rows autograd.Var, shape []int) {
	switch x.Rank() {
	case 0:
		panic(misfit(op, "want [batch classes …]", x.Value()))
	case 1:
		rows = x.Unsqueeze(0)
	case 2:
		rows, shape = x, x.Shape()[:1]
	default:
		var order [tensor.MaxRank]int
		for i := 1; i < x.Rank()-1; i++ {
			order[i] = i + 1
		}
		order[x.Rank()-1] = 1
		moved := x.Permute(order[:x.Rank()]...)
		rows, shape = moved.Reshape(-1, x.Dim(1)), moved.Shape()[:x.Rank()-1]
	}
	if w := weights; w != nil && (w.Rank() != 1 || w.Len() != rows.Dim(1)) {
		panic(misfit(op, fmt.Sprintf("want a weight for each of %d classes", rows.Dim(1)), x.Value(), w))
	}
	return rows, shape
}

// checkLabels panics when there is not a label for each row, and for each
// label a class.
func checkLabels(op string, x, rows autograd.Var, t *tensor.ClassTarget) {
	if n := rows.Dim(0); len(t.Labels) != n {
		panic(misfit(op, fmt.Sprintf("want %d labels, got %d", n, len(t.Labels)), x.Value()))
	}
	for i, label := range t.Labels {
		if classes := rows.Dim(1); !t.Ignored(label) && (label < 0 || label >= classes) {
			panic(misfit(op, fmt.Sprintf("labels[%d] is %d; there are %d classes", i, label, classes), x.Value()))
		}
	}
}
