package autograd

import (
	"fmt"
	"math"

	"github.com/descent-ml/descent/tensor"
)

// Huber returns the Huber loss of each element, an error. The limit is where the
// loss stops being quadratic. nn.HuberLoss takes predictions and targets.
//
//	y  = ½x² where |x| ≤ limit, else limit (|x| − ½limit)
//	dx = dy min(max(x, −limit), limit)
func (x Var) Huber(limit float64) Var {
	if !(limit > 0) {
		panic(&tensor.ArgError{Op: "huber", Reason: fmt.Sprintf("the limit is %v; it must be positive", limit)})
	}
	return x.scaled(huber, limit, 0)
}

func huber() scaled {
	return scaled{
		Name: "huber", Rule: "dy min(max(x, −limit), limit)",
		Value: func(y, x *tensor.Tensor, limit, _ float64) { tensor.HuberTo(y, x, limit) },
		VJP:   func(x, _, dy Var, limit, _ float64) Var { return x.slope(huberGrad, dy, limit, 0) },
	}
}

// BCE returns the binary cross entropy of probabilities p with targets t, of each
// element. A logarithm below −100 counts as −100. As in PyTorch, the gradient by p
// knows nothing of that, but its divisor is at least 1e-12; and the gradient by t
// has the logarithms as they are. nn.BCELoss has weights and reductions.
//
//	y  = −t log p − (1 − t) log(1 − p)
//	dp = dy (p − t) / (p (1 − p)), dt = dy (log(1 − p) − log p)
func (x Var) BCE(t Var) Var { return x.binary(bce, t) }

func bce() Binary {
	return Binary{
		Name: "bce", Rule: "dy (p − t) / (p (1 − p)); dy (log(1 − p) − log p)",
		Value: tensor.BCETo,
		A:     func(p, t, _, dy Var) Var { return p.slope(bceGrad, dy.Mul(p.Sub(t)), 0, 0) },
		B:     func(p, _, _, dy Var) Var { return dy.Mul(p.Neg().Log1p().Sub(p.Log())) },
	}
}

// bceGrad is dy / (p (1 − p)), with a divisor of at least 1e-12.
func bceGrad() slope {
	return slope{
		Name: "bce gradient", Rule: "dz dy (2p − 1) / (p (1 − p))²; dz / (p (1 − p))",
		Value: func(z, p, dy *tensor.Tensor, _, _ float64) { z.AsGrad().BCE(p, dy) },
		X: func(p, dy, dz Var, _, _ float64) Var {
			bend := dz.Mul(dy).Mul(p.MulScalar(2).AddScalar(-1))
			bend = p.slope(bceGrad, p.slope(bceGrad, bend, 0, 0), 0, 0)
			return p.Sub(p.Square()).slope(clampGrad, bend, float64(float32(1e-12)), math.Inf(1))
		},
	}
}

// CrossEntropyRows returns the cross entropy of each row of logits x [n,
// classes] with its label, 0 for ignored rows. See [tensor.ClassTarget] for
// weights and smoothing; nn.CrossEntropy adds the reductions.
//
//	y  = −Σ_c t[c] log softmax(x)[c]
//	dx = dy (softmax(x) Σ t − t)
func (x Var) CrossEntropyRows(target tensor.ClassTarget) Var {
	y := begin(crossEntropy, x)
	y.keepClass(target)
	return y.record()
}

// keepClass keeps a target until the tape is reset.
func (y *node) keepClass(target tensor.ClassTarget) {
	kept := y.tape.class.take(1)
	kept[0] = target
	kept[0].Labels = y.tape.copyInts(target.Labels)
	y.attr.class = &kept[0]
}

func crossEntropy() general {
	return general{
		Name: "cross-entropy", Rule: "dy (softmax(x) Σ t − t)",
		Shape: aNumberForEachRow,
		Value: func(y *node) { tensor.CrossEntropyTo(&y.val, y.value(0), y.attr.class) },
		VJP: func(y *node, _ int, dy Var) Var {
			z := begin(crossEntropyGrad, y.operand(0), dy)
			z.attr.class = y.attr.class
			return z.record()
		},
	}
}

// aNumberForEachRow is the shape of a loss of rows. What computes the value checks
// the operand.
func aNumberForEachRow(y *node, dims tensor.Dims) []int {
	if x := y.value(0); x.Rank() > 0 {
		return append(dims, x.Dim(0))
	}
	return append(dims, 0)
}

func crossEntropyGrad() general {
	return general{
		Name: "cross-entropy gradient", Rule: "that of dy (softmax(x) Σ t − t)",
		Shape: sameShape,
		Value: func(z *node) { z.val.AsGrad().CrossEntropy(z.value(1), z.value(0), z.attr.class) },
		Expr: func(z *node, operands []Var) Var {
			x, dy := operands[0], operands[1]
			// Where no row counts, dy is NaN, but the gradient is 0.
			dy = Where(z.tape.Const(z.attr.class.Counted(x.DType())), dy, dy.scalar(0))
			target := z.tape.Const(z.attr.class.Dense(x.DType(), x.Dim(-1)))
			return dy.Unsqueeze(1).Mul(x.Softmax(1).Mul(target.SumKeep(1)).Sub(target))
		},
	}
}

// NLLRows returns the negative log-likelihood of the label of each row of
// log-probabilities x [n, classes], 0 for ignored rows. See [tensor.ClassTarget]
// for weights; smoothing counts nothing here. nn.NLLLoss adds the reductions.
//
//	y  = −weight x[label]
//	dx = −weight dy at the label, 0 elsewhere
func (x Var) NLLRows(target tensor.ClassTarget) Var {
	y := begin(nll, x)
	y.keepClass(target)
	return y.record()
}

func nll() general {
	return general{
		Name: "nll", Rule: "−weight dy at the label, 0 elsewhere",
		Shape: aNumberForEachRow,
		Value: func(y *node) { tensor.NLLTo(&y.val, y.value(0), y.attr.class) },
		VJP: func(y *node, _ int, dy Var) Var {
			z := begin(nllGrad, dy)
			z.attr.class, z.attr.ints[0] = y.attr.class, y.value(0).Dim(1)
			return z.record()
		},
	}
}

func nllGrad() general {
	return general{
		Name: "nll gradient", Rule: "−weight dy[label]",
		Shape: func(z *node, dims tensor.Dims) []int { return append(dims, len(z.attr.class.Labels), z.attr.ints[0]) },
		Value: func(z *node) { z.val.AsGrad().NLL(z.value(0), z.attr.class) },
		VJP: func(z *node, _ int, dy Var) Var {
			y := begin(nll, dy)
			y.attr.class = z.attr.class
			return y.record()
		},
	}
}

// CTC returns the connectionist temporal classification of each sequence, [batch]:
// the negative logarithm of the probability that log-probabilities x [steps batch
// classes] spell the labels of the target. nn.CTCLoss adds the reductions. The
// gradient is 0 where dy is 0, also when the loss is infinite.
//
// It is the gradient by x as it is; PyTorch's has exp(x) beside it, which makes no
// difference behind a log-softmax.
//
//	y  = −log Σ exp(Σ_t x[t, path(t)]) over the paths that spell the labels
//	dx = −dy P(path(t) = class | labels)
func (x Var) CTC(target tensor.CTCTarget) Var {
	target.Check("ctc", x.Value())
	y := begin(ctc, x)
	all := y.tape.ints.take(len(target.Labels) + len(target.Lengths) + len(target.Steps))
	copy(all[copy(all, target.Labels):], target.Lengths)
	copy(all[len(target.Labels)+len(target.Lengths):], target.Steps)
	y.attr.index = all
	y.attr.ints[0], y.attr.ints[1], y.attr.ints[2] = target.Blank, len(target.Labels), len(target.Lengths)
	if target.Steps != nil {
		y.attr.ints[3] = 1
	}
	if target.PerLabel {
		y.attr.ints[4] = 1
	}
	return y.record()
}

// ctcTarget returns the target that CTC has put into a node.
func (y *node) ctcTarget() tensor.CTCTarget {
	labels, batch := y.attr.ints[1], y.attr.ints[2]
	c := tensor.CTCTarget{Labels: y.attr.index[:labels], Lengths: y.attr.index[labels : labels+batch], Blank: y.attr.ints[0], PerLabel: y.attr.ints[4] == 1}
	if y.attr.ints[3] == 1 {
		c.Steps = y.attr.index[labels+batch:]
	}
	return c
}

func ctc() general {
	return general{
		Name: "ctc", Rule: "−dy P(path(t) = class | labels)",
		Shape: func(y *node, dims tensor.Dims) []int { return append(dims, y.value(0).Dim(1)) },
		Value: func(y *node) { tensor.CTCTo(&y.val, y.value(0), y.ctcTarget()) },
		VJP: func(y *node, _ int, dy Var) Var {
			z := begin(ctcGrad, y.operand(0), dy)
			z.attr.ints, z.attr.index = y.attr.ints, y.attr.index
			return z.record()
		},
	}
}

func ctcGrad() general {
	return general{
		Name: "ctc gradient", Rule: "that of −dy P(path(t) = class | labels)",
		Shape: sameShape,
		Value: func(z *node) { z.val.AsGrad().CTC(z.value(1), z.value(0), z.ctcTarget()) },
		Expr: func(z *node, operands []Var) Var {
			x, dy := operands[0], operands[1]
			c, from := z.ctcTarget(), 0
			parts := make([]Var, len(c.Lengths))
			for i, n := range c.Lengths {
				labels, steps := c.Labels[from:from+n], x.Dim(0)
				if c.Steps != nil {
					steps = c.Steps[i]
				}
				scale := 1.0
				if c.PerLabel {
					scale = 1 / float64(max(1, n))
				}
				from += n
				used := x.Select(1, i).Slice(0, 0, steps, 1)
				g := occupancy(used, labels, c.Blank).Mul(dy.Select(0, i)).MulScalar(-scale)
				parts[i] = g.Pad(0, 0, x.Dim(0)-steps, 0, 0)
			}
			if len(parts) == 0 {
				return x // without elements
			}
			return Stack(1, parts...)
		},
	}
}

// never stands for the logarithm of 0 in expressions, where −∞ would give NaN.
const never = -1e30

// occupancy returns the probabilities [steps classes] of the classes at each step,
// given the labels. x are log-probabilities of one sequence. kernel.CTC has the
// formulas.
func occupancy(x Var, labels []int, blank int) Var {
	steps, places := x.Dim(0), 2*len(labels)+1
	if steps == 0 {
		return x
	}
	classes := make([]int, places)
	for p := range classes {
		classes[p] = blank
		if p%2 == 1 {
			classes[p] = labels[p/2]
		}
	}
	first, last := tensor.ZerosOf(x.DType(), places), tensor.ZerosOf(x.DType(), places)
	jump := tensor.ZerosOf(x.DType(), places) // of the places that are reached from two before
	for p := range places {
		if p > 1 {
			first.Set(never, p)
		}
		if p < places-2 {
			last.Set(never, p)
		}
		if p%2 == 0 || p < 2 || classes[p] == classes[p-2] {
			jump.Set(never, p)
		}
	}
	t := x.Tape()
	e, jumps := x.IndexSelect(1, classes), t.Const(jump)
	later := func(v Var, by int) Var { return v.Pad(never, by, 0).Slice(0, 0, places, 1) }
	sooner := func(v Var, by int) Var { return v.Pad(never, 0, by).Slice(0, by, by+places, 1) }
	sum := func(v ...Var) Var { return Stack(0, v...).LogSumExp(0) }
	alpha, beta := make([]Var, steps), make([]Var, steps)
	alpha[0] = t.Const(first).Add(e.Select(0, 0))
	for i := 1; i < steps; i++ {
		a := alpha[i-1]
		alpha[i] = sum(a, later(a, 1), later(a, 2).Add(jumps)).Add(e.Select(0, i))
	}
	beta[steps-1] = t.Const(last)
	for i := steps - 2; i >= 0; i-- {
		b := beta[i+1].Add(e.Select(0, i+1))
		beta[i] = sum(b, sooner(b, 1), sooner(b.Add(jumps), 2))
	}
	total := alpha[steps-1].Add(t.Const(last)).LogSumExp()
	at := Stack(0, alpha...).Add(Stack(0, beta...)).Sub(total).Exp()
	index := make([]int, 0, steps*places)
	for range steps {
		index = append(index, classes...)
	}
	return t.Scalar(x.DType(), 0).Expand(steps, x.Dim(1)).ScatterAdd(1, index, at)
}
