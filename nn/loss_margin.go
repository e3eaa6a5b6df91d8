package nn

import (
	"math"
	"slices"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/tensor"
)

// Losses with a margin ask that a number is larger than another one by a margin,
// and no more than that. A sign is 1 or −1.

// zeroOf returns 0 on the tape of x.
func zeroOf(x autograd.Var) autograd.Var { return x.Tape().Scalar(x.DType(), 0) }

// HingeLoss asks that a prediction has the sign of its target and is as large as
// the margin: the loss of a support vector machine. PyTorch has it for classes
// only, see [MultiMarginLoss].
type HingeLoss struct {
	Margin    float64 // 0 stands for 1
	Reduction Reduction
}

// Of returns max(0, Margin − target prediction), reduced. The targets are signs.
func (l HingeLoss) Of(prediction, target autograd.Var) autograd.Var {
	checkPair("hinge", prediction, target)
	return l.Reduction.of(prediction.Mul(target).Neg().AddScalar(setting(l.Margin, 1)).ReLU())
}

// HingeEmbeddingLoss takes distances of pairs: those of like pairs, with the
// target 1, shall be small, and those of unlike ones, with −1, as large as the
// margin.
// See https://docs.pytorch.org/docs/stable/generated/torch.nn.HingeEmbeddingLoss.html.
type HingeEmbeddingLoss struct {
	Margin    float64 // 0 stands for 1
	Reduction Reduction
}

// Of returns the prediction where the target is 1, and max(0, Margin − prediction)
// where it is −1, reduced; and their sum where it is neither, as in PyTorch.
func (l HingeEmbeddingLoss) Of(prediction, target autograd.Var) autograd.Var {
	checkPair("hinge-embedding", prediction, target)
	far := prediction.Neg().AddScalar(setting(l.Margin, 1)).ReLU()
	zero := zeroOf(target)
	one := zero.AddScalar(1)
	like := autograd.Where(target.Equal(one.Neg()), zero, prediction)
	return l.Reduction.of(like.Add(autograd.Where(target.Equal(one), zero, far)))
}

// SoftMarginLoss is the logistic loss of predictions with signs.
// See https://docs.pytorch.org/docs/stable/generated/torch.nn.SoftMarginLoss.html.
type SoftMarginLoss struct{ Reduction Reduction }

// Of returns log(1 + exp(−target prediction)), reduced, and does not overflow. The
// targets are signs.
func (l SoftMarginLoss) Of(prediction, target autograd.Var) autograd.Var {
	checkPair("soft-margin", prediction, target)
	return l.Reduction.of(prediction.Mul(target).LogSigmoid().Neg())
}

// MarginRankingLoss asks that the first prediction is larger than the second
// where the target is 1, and smaller where it is −1.
// See https://docs.pytorch.org/docs/stable/generated/torch.nn.MarginRankingLoss.html.
type MarginRankingLoss struct {
	Margin    float64 // by how much, at least
	Reduction Reduction
}

// Of returns max(0, Margin − target (first − second)), reduced.
func (l MarginRankingLoss) Of(first, second, target autograd.Var) autograd.Var {
	checkPair("margin-ranking", first, second)
	checkPair("margin-ranking", first, target)
	return l.Reduction.of(first.Sub(second).Mul(target).Neg().AddScalar(setting(l.Margin, 0)).ReLU())
}

// MultiMarginLoss asks that the prediction of the class is larger than those of
// all others, by a margin: the hinge loss of several classes.
// See https://docs.pytorch.org/docs/stable/generated/torch.nn.MultiMarginLoss.html.
type MultiMarginLoss struct {
	P         int            // the exponent, 1 or 2; 0 stands for 1
	Margin    float64        // 0 stands for 1
	Weights   *tensor.Tensor // one for each class; nil for ones
	Reduction Reduction
}

// noClass is a label that nobody gives.
var noClass = math.MinInt

// Of returns w[label] Σ max(0, Margin − x[label] + x[c])^P / classes, reduced. The
// sum runs over all classes c but the label. The predictions x are [batch classes]
// with a label for each row, or [classes] with one label. The mean divides by the
// number of rows.
func (l MultiMarginLoss) Of(prediction autograd.Var, labels []int) autograd.Var {
	const op = "multi-margin"
	if r := prediction.Rank(); r != 1 && r != 2 {
		tensor.BadShape(op, "want [batch classes] or [classes]", prediction.Value())
	}
	if l.P < 0 || l.P > 2 {
		tensor.BadArg(op, "P is %d; it must be 1 or 2", l.P)
	}
	rows, shape := classRows(op, prediction)
	target := tensor.ClassTarget{Labels: labels, Weights: l.Weights, Ignore: &noClass}
	target.Check(op, rows.Value())
	tape, n, classes := rows.Tape(), rows.Dim(0), rows.Dim(1)
	zero := zeroOf(rows)
	one := zero.AddScalar(1)
	others := one.Expand(n, classes).ScatterAdd(1, labels, one.Neg().Expand(n, 1)) // 0 at the label
	short := rows.Sub(rows.Gather(1, labels, n, 1)).AddScalar(setting(l.Margin, 1)).ReLU()
	if l.P == 2 {
		short = short.Square()
	}
	losses := autograd.Where(others, short, zero).Sum(1).MulScalar(1 / float64(classes))
	if l.Weights != nil {
		losses = losses.Mul(tape.Const(l.Weights).Gather(0, labels, n))
	}
	if l.Reduction == None {
		return losses.Reshape(shape...)
	}
	return l.Reduction.of(losses)
}

// MultiLabelMarginLoss asks that the prediction of each class in the target is
// larger by 1 than those of all classes that are not in it.
// See https://docs.pytorch.org/docs/stable/generated/torch.nn.MultiLabelMarginLoss.html.
type MultiLabelMarginLoss struct{ Reduction Reduction }

// Of returns Σ max(0, 1 − x[a] + x[b]) / classes, reduced. The sum runs over all
// classes a in the target, and all classes b that are not. The predictions x are
// [batch classes] or [classes]. The target has their shape, with 1 for the classes
// in it and 0 for others, as for [MultiLabelSoftMarginLoss]; PyTorch has a list of
// classes here.
func (l MultiLabelMarginLoss) Of(prediction, target autograd.Var) autograd.Var {
	const op = "multi-label-margin"
	checkPair(op, prediction, target)
	if r := prediction.Rank(); r != 1 && r != 2 {
		tensor.BadShape(op, "want [batch classes] or [classes]", prediction.Value())
	}
	classes := float64(prediction.Dim(-1))
	in, out := target.Unsqueeze(-1), target.Neg().AddScalar(1).Unsqueeze(-2)
	short := prediction.Unsqueeze(-2).Sub(prediction.Unsqueeze(-1)).AddScalar(1).ReLU()
	return l.Reduction.of(short.Mul(in).Mul(out).Sum(-1, -2).MulScalar(1 / classes))
}

// MultiLabelSoftMarginLoss is the mean of the binary cross entropies of all
// classes, of logits.
// See https://docs.pytorch.org/docs/stable/generated/torch.nn.MultiLabelSoftMarginLoss.html.
type MultiLabelSoftMarginLoss struct {
	Weights   *tensor.Tensor // of classes; broadcasts; nil for ones
	Reduction Reduction
}

// Of returns the mean over the last axis of −w (y log σ(x) + (1 − y) log(1 −
// σ(x))), reduced. The logits x are [… classes], and the target y has their shape,
// with 1 for yes and 0 for no.
func (l MultiLabelSoftMarginLoss) Of(logits, target autograd.Var) autograd.Var {
	const op = "multi-label-soft-margin"
	checkPair(op, logits, target)
	if logits.Rank() == 0 {
		tensor.BadShape(op, "want [… classes]", logits.Value())
	}
	losses := logits.Mul(target.Neg().AddScalar(1)).Sub(logits.LogSigmoid())
	if l.Weights != nil {
		broadcasts(op, l.Weights, logits)
		losses = losses.Mul(logits.Tape().Const(l.Weights))
	}
	return l.Reduction.of(losses.Mean(-1))
}

// TripletMarginLoss asks that an anchor is nearer to a positive example than to a
// negative one, by a margin.
// See https://docs.pytorch.org/docs/stable/generated/torch.nn.TripletMarginLoss.html.
type TripletMarginLoss struct {
	Margin    float64 // 0 stands for 1; must be positive
	P         float64 // the norm that measures distances; 0 stands for 2; +Inf for the largest difference
	Eps       float64 // is added to each difference; 0 stands for 1e-6
	Swap      bool    // take the distance of the positive from the negative example when that is smaller
	Reduction Reduction
}

// Of returns max(0, Margin + |anchor − positive| − |anchor − negative|), reduced.
// Distances are measured along the last axis.
func (l TripletMarginLoss) Of(anchor, positive, negative autograd.Var) autograd.Var {
	const op = "triplet-margin"
	checkPair(op, anchor, positive)
	checkPair(op, anchor, negative)
	if anchor.Rank() == 0 {
		tensor.BadShape(op, "want [… width]", anchor.Value())
	}
	margin, p := setting(l.Margin, 1), setting(l.P, 2)
	if !(margin > 0) {
		tensor.BadArg(op, "Margin is %v; it must be positive", margin)
	}
	if !(p > 0) {
		tensor.BadArg(op, "P is %v; it must be positive", p)
	}
	eps := setting(l.Eps, 1e-6)
	near, far := pairDistance(anchor, positive, p, eps), pairDistance(anchor, negative, p, eps)
	if l.Swap {
		far = far.Minimum(pairDistance(positive, negative, p, eps))
	}
	return l.Reduction.of(near.Sub(far).AddScalar(margin).ReLU())
}

// pairDistance returns the p-norm of a − b + eps along the last axis.
func pairDistance(a, b autograd.Var, p, eps float64) autograd.Var {
	d := a.Sub(b).AddScalar(eps)
	switch {
	case p == 2:
		return d.Norm(-1)
	case p == 1:
		return d.Abs().Sum(-1)
	case math.IsInf(p, 1):
		return d.Abs().Max(-1)
	}
	return d.Abs().PowScalar(p).Sum(-1).PowScalar(1 / p)
}

// CosineEmbeddingLoss asks that vectors of like pairs, with the target 1, have the
// same direction, and that those of unlike ones, with −1, have not.
// See https://docs.pytorch.org/docs/stable/generated/torch.nn.CosineEmbeddingLoss.html.
type CosineEmbeddingLoss struct {
	Margin    float64 // the cosine that unlike pairs may have
	Reduction Reduction
}

// Of returns 1 − cos(first, second) where the target is 1, and max(0, cos(first,
// second) − Margin) where it is −1, reduced; and 0 where it is neither. The vectors are [batch width] with a
// target for each row, or [width] with one target.
func (l CosineEmbeddingLoss) Of(first, second, target autograd.Var) autograd.Var {
	const op = "cosine-embedding"
	checkPair(op, first, second)
	if r := first.Rank(); r != 1 && r != 2 {
		tensor.BadShape(op, "want [batch width] or [width]", first.Value())
	}
	if s := first.Shape(); !slices.Equal(s[:len(s)-1], target.Shape()) {
		tensor.BadShape(op, "want a target for each row", first.Value(), target.Value())
	}
	eps := float64(float32(1e-12)) // as in PyTorch
	a, b := first.Square().Sum(-1).AddScalar(eps), second.Square().Sum(-1).AddScalar(eps)
	cos := first.Mul(second).Sum(-1).Div(a.Mul(b).Sqrt())
	margin := setting(l.Margin, 0)
	zero := zeroOf(target)
	one := zero.AddScalar(1)
	like := autograd.Where(target.Equal(one), cos.Neg().AddScalar(1), zero)
	return l.Reduction.of(like.Add(autograd.Where(target.Equal(one.Neg()), cos.AddScalar(-margin).ReLU(), zero)))
}
