package autograd

import (
	"slices"

	"github.com/descent-ml/descent/tensor"
)

// JVP returns the derivative of y along the direction vs in the space of xs:
// the product of the Jacobian matrices with a vector, by differentiating a
// [VJP] by its vector. Each of vs has the shape of its x; the result has that
// of y.
func JVP(y Var, xs, vs []Var) Var {
	if len(xs) != len(vs) {
		panic(&TapeError{"jvp", "there must be a direction for each variable"})
	}
	for i, v := range vs {
		if n, m := xs[i].live("jvp"), v.live("jvp"); !slices.Equal(n.val.Shape(), m.val.Shape()) {
			panic(&tensor.ShapeError{Op: "jvp", Shapes: [][]int{append([]int{}, xs[i].Shape()...), append([]int{}, v.Shape()...)},
				Reason: "a direction must have the shape of its variable"})
		}
	}
	u := y.Tape().Var(tensor.ZerosLike(y.Value()))
	var along Var
	for i, g := range VJP(y, u, xs...) {
		s := g.Mul(vs[i]).Sum()
		if i > 0 {
			s = along.Add(s)
		}
		along = s
	}
	if !along.NeedsGrad() {
		return y.zero()
	}
	return Grad(along, u)[0]
}

// HVP returns the product of the Hessian matrix of y, which has one element, by
// x, with the vector v, which has the shape of x.
func HVP(y, x, v Var) Var {
	g := Grad(y, x)[0]
	if !g.NeedsGrad() {
		return x.zero()
	}
	return VJP(g, v, x)[0]
}

// Jacobian returns the derivative of every element of y by every element of x,
// as a tensor [len(y) len(x)].
func Jacobian(y, x Var) *tensor.Tensor {
	rows := y.Value().Len()
	j := tensor.ZerosOf(y.DType(), rows, x.Value().Len())
	flat := y.Reshape(-1)
	for i := range rows {
		g := Grad(flat.Slice(0, i, i+1, 1), x)[0]
		j.Slice(0, i, i+1, 1).Reshape(-1).CopyFrom(g.Value().Reshape(-1))
	}
	return j
}

// Hessian returns the second derivatives of y, which has one element, by every
// pair of elements of x, as a tensor [len(x) len(x)].
func Hessian(y, x Var) *tensor.Tensor {
	g := Grad(y, x)[0]
	if !g.NeedsGrad() {
		n := x.Value().Len()
		return tensor.ZerosOf(x.DType(), n, n)
	}
	return Jacobian(g, x)
}
