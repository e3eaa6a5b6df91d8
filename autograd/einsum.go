package autograd

import "github.com/descent-ml/descent/tensor"

// Einsum returns the sum of the products of elements of the operands, by
// Einstein's convention: "ij,jk->ik" is the matrix product, "ii->i" the diagonal,
// "bij->b" a sum. [tensor.Einsum] says what subscripts mean.
// See https://docs.pytorch.org/docs/stable/generated/torch.einsum.html.
//
//	dx of each = Einsum of dy and the other operands
func Einsum(subscripts string, xs ...Var) Var {
	t := nodesOf("einsum", xs)[0].tape
	y := begin(einsum, xs...)
	var labels [32]int
	y.attr.index = t.copyInts(tensor.EinsumLabels(labels[:0], subscripts, t.valuesOf(y.in)...))
	return y.contract()
}

// Tensordot returns the sum of the products of elements of x and b over the axes
// axesX of x and axesB of b, which belong together in pairs. The other axes of x,
// and then those of b, are the axes of the result.
// See https://docs.pytorch.org/docs/stable/generated/torch.tensordot.html.
func (x Var) Tensordot(b Var, axesX, axesB []int) Var {
	y := begin(einsum, x, b)
	var labels [2 * tensor.MaxRank * 2]int
	y.attr.index = y.tape.copyInts(tensor.TensordotLabels(labels[:0], y.value(0), y.value(1), axesX, axesB))
	return y.contract()
}

// contract records y, whose labels are known, with the shape that they give.
func (y *node) contract() Var {
	t := y.tape
	y.attr.shape = t.copyInts(tensor.Dims(t.dims[:0]).Contract(y.attr.index, t.valuesOf(y.in)...))
	return y.record()
}

// index holds the labels of [tensor.ContractTo]. In the gradient by an operand, dy
// takes the place of the operand, and the labels of the two are exchanged.
func einsum() general {
	return general{
		Name: "einsum", Rule: "Einsum of dy and the other operands",
		Shape: givenShape,
		Value: func(y *node) { tensor.ContractTo(&y.val, y.attr.index, y.tape.valuesOf(y.in)...) },
		VJP: func(y *node, i int, dy Var) Var {
			t := y.tape
			operands := t.vars.take(len(y.in))
			labels := t.ints.take(len(y.attr.index))[:0]
			rest := y.attr.index
			var own []int
			of := rest[len(rest)-y.val.Rank():]
			for k := range y.in {
				n := y.in[k].val.Rank()
				if operands[k] = y.operand(k); k == i {
					operands[k], own = dy, rest[:n]
					labels = append(labels, of...)
				} else {
					labels = append(labels, rest[:n]...)
				}
				rest = rest[n:]
			}
			z := begin(einsum, operands...)
			z.attr.index, z.attr.shape = append(labels, own...), y.in[i].val.Shape()
			return z.record()
		},
	}
}
