package autograd

import "github.com/descent-ml/descent/tensor"

// CrossEntropyRows returns the cross entropy of each row of logits x [n,
// classes] with its label, 0 for ignored rows. See [tensor.ClassTarget] for
// weights and smoothing; nn.CrossEntropy adds the reductions.
//
//	y  = −Σ_c t[c] log softmax(x)[c]
//	dx = dy (softmax(x) Σ t − t)
func (x Var) CrossEntropyRows(target tensor.ClassTarget) Var {
	n := x.live("cross-entropy")
	t := n.tape
	y := t.apply(specialOp(crossEntropy), n)
	target.Labels = t.copyInts(target.Labels)
	y.attr.class = target
	var dims [1]int
	if n.val.Rank() > 0 {
		dims[0] = n.val.Dim(0)
	}
	t.store(y, n.val.DType(), dims[:])
	tensor.CrossEntropyTo(&y.val, &n.val, &y.attr.class)
	return t.finish(y)
}

func crossEntropy() special {
	return special{
		Name: "cross-entropy", Rule: "dy (softmax(x) Σ t − t)",
		VJP: func(y *node, _ int, dy Var) Var {
			x, g := y.in[0], dy.live("cross-entropy gradient")
			t := y.tape
			z := t.apply(derivedOp(crossEntropyGrad), x, g)
			z.attr.class = y.attr.class
			t.store(z, x.val.DType(), x.val.Shape())
			z.val.AsGrad().CrossEntropy(&g.val, &x.val, &z.attr.class)
			return t.finish(z)
		},
	}
}

func crossEntropyGrad() derived {
	return derived{
		Name: "cross-entropy gradient", Rule: "that of dy (softmax(x) Σ t − t)",
		Expr: func(z *node, operands []Var) Var {
			x, dy := operands[0], operands[1]
			target := z.tape.Const(z.attr.class.Dense(x.DType(), x.Dim(-1)))
			return dy.Unsqueeze(1).Mul(x.Softmax(1).Mul(target.SumKeep(1)).Sub(target))
		},
	}
}
