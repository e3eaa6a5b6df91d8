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
		panic(&tensor.ShapeError{Op: op, Shapes: [][]int{append([]int{}, x.Shape()...), append([]int{}, y.Shape()...)},
			Reason: "prediction and target must have the same shape"})
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
	delta := or(l.Delta, 1)
	d := x.Sub(y)
	size := d.Abs()
	limit := x.Tape().Scalar(x.DType(), delta)
	return l.Reduction.of(autograd.Where(size.LessEqual(limit),
		d.Square().MulScalar(0.5), size.AddScalar(-0.5*delta).MulScalar(delta)))
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
	beta := or(l.Beta, 1)
	d := x.Sub(y)
	size := d.Abs()
	limit := x.Tape().Scalar(x.DType(), beta)
	return l.Reduction.of(autograd.Where(size.Less(limit),
		d.Square().MulScalar(0.5/beta), size.AddScalar(-0.5*beta)))
}

// CrossEntropyLoss compares logits with classes.
// See https://docs.pytorch.org/docs/stable/generated/torch.nn.CrossEntropyLoss.html.
type CrossEntropyLoss struct {
	Weights     *tensor.Tensor // one for each class; nil for ones
	Smoothing   float64        // the part of each target spread evenly over all classes
	IgnoreIndex *int           // examples with this label count nothing; nil means −100
	Reduction   Reduction      // Mean divides by the weights of the labels that count
}

func (l CrossEntropyLoss) target(labels []int) tensor.ClassTarget {
	return tensor.ClassTarget{Labels: labels, Weights: l.Weights, Smoothing: l.Smoothing, Ignore: ignored(l.IgnoreIndex)}
}

func ignored(index *int) int {
	if index == nil {
		return -100
	}
	return *index
}

// Of returns the cross entropy of logits x [batch classes …] and a label for
// each place of [batch …], in row-major order; logits without a batch have one
// label. With all labels ignored the mean is NaN, as in PyTorch.
func (l CrossEntropyLoss) Of(x autograd.Var, labels []int) autograd.Var {
	rows, shape := classRows("cross-entropy", x)
	target := l.target(labels)
	losses := rows.CrossEntropyRows(target)
	switch l.Reduction {
	case Sum:
		return losses.Sum()
	case None:
		return losses.Reshape(shape...)
	}
	return losses.Sum().MulScalar(1 / target.Total())
}

// classRows returns x [batch classes …] as a matrix with a row of classes for
// each place of [batch …], and the shape of these places.
func classRows(op string, x autograd.Var) (rows autograd.Var, shape []int) {
	switch x.Rank() {
	case 0:
		panic(&tensor.ShapeError{Op: op, Shapes: [][]int{{}}, Reason: "want [batch classes …]"})
	case 1:
		return x.Unsqueeze(0), nil
	case 2:
		return x, x.Shape()[:1]
	}
	order := []int{0}
	for i := 2; i < x.Rank(); i++ {
		order = append(order, i)
	}
	moved := x.Permute(append(order, 1)...)
	shape = append([]int{}, moved.Shape()[:x.Rank()-1]...)
	return moved.Reshape(-1, x.Dim(1)), shape
}

// OfProbs returns the cross entropy of logits x [batch classes …] and
// probabilities of the same shape: −Σ p log softmax(x), with weights and
// smoothing; the mean divides by the number of examples.
func (l CrossEntropyLoss) OfProbs(x, p autograd.Var) autograd.Var {
	sameShape("cross-entropy", x, p)
	rows, shape := classRows("cross-entropy", x)
	t, _ := classRows("cross-entropy", p)
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
	rows, shape := classRows("nll", x)
	n, classes := rows.Dim(0), rows.Dim(1)
	target := tensor.ClassTarget{Labels: labels, Weights: l.Weights, Ignore: ignored(l.IgnoreIndex)}
	if len(labels) != n {
		panic(&tensor.ShapeError{Op: "nll", Shapes: [][]int{append([]int{}, x.Shape()...)}, Reason: fmt.Sprintf("want %d labels, got %d", n, len(labels))})
	}
	index, weights := make([]int, n), tensor.ZerosOf(x.DType(), n, 1)
	for i, label := range labels {
		if label == target.Ignore {
			continue // weight 0, at class 0
		}
		if label < 0 || label >= classes {
			panic(&tensor.ShapeError{Op: "nll", Shapes: [][]int{append([]int{}, x.Shape()...)}, Reason: fmt.Sprintf("label %d of row %d is not one of %d classes", label, i, classes)})
		}
		w := 1.0
		if l.Weights != nil {
			w = l.Weights.At(label)
		}
		index[i] = label
		weights.Set(-w, i, 0)
	}
	losses := rows.Gather(1, index, n, 1)
	losses = autograd.Where(x.Tape().Const(weights), losses.Mul(x.Tape().Const(weights)), x.Tape().Scalar(x.DType(), 0)).Squeeze(1)
	switch l.Reduction {
	case Sum:
		return losses.Sum()
	case None:
		return losses.Reshape(shape...)
	}
	return losses.Sum().MulScalar(1 / target.Total())
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
		log = log.Mul(t.Const(l.YesWeights).AddScalar(-1).Mul(y).AddScalar(1))
	}
	losses := x.Mul(y.Neg().AddScalar(1)).Sub(log)
	if l.Weights != nil {
		losses = losses.Mul(t.Const(l.Weights))
	}
	return l.Reduction.of(losses)
}
