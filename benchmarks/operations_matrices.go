package benchmarks

import (
	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/tensor"
)

// matrices are products and linear algebra, the latter on 16 matrices of 64×64.
func (o *operationList) matrices() {
	n := o.n
	half := o.between(-1, 1, n, n/4)
	o.two("matmul", half, o.between(-1, 1, n/4, n), variable.MatMul)
	batch := o.between(-1, 1, 64, n/8, n/8)
	o.two("matmul_batch", batch, batch, variable.MatMul)
	o.two("einsum_bij_bjk", batch, batch, func(x, y variable) variable { return autograd.Einsum("bij,bjk->bik", x, y) })
	o.two("einsum_bij_bkj", batch, batch, func(x, y variable) variable { return autograd.Einsum("bij,bkj->bik", x, y) })
	o.two("einsum_ij_ij", o.between(-1, 1), o.between(-1, 1), func(x, y variable) variable { return autograd.Einsum("ij,ij->i", x, y) })
	first, second := []int{2, 1}, []int{0, 1}
	o.two("tensordot", o.between(-1, 1, n, 16, 16), o.between(-1, 1, 16, 16, n/4), func(x, y variable) variable { return x.Tensordot(y, first, second) })
	o.two("cdist", o.between(-1, 1, n, 64), o.between(-1, 1, n, 64), func(x, y variable) variable { return x.Cdist(y, 2) })
	o.two("cdist_1", o.between(-1, 1, n/2, 64), o.between(-1, 1, n/2, 64), func(x, y variable) variable { return x.Cdist(y, 1) })
	a, b := o.between(-1, 1, 16, n/16, n/16), o.between(-1, 1, 16, n/16, 16)
	// regular adds to the diagonal, so that a matrix is well conditioned.
	regular := func(f func(x variable) variable) func(x variable) variable {
		eye := tensor.MulScalar(tensor.Eye(n/16), float64(n/16))
		return func(x variable) variable { return f(x.Add(x.Tape().Const(eye))) }
	}
	symmetric := func(f func(x variable) variable) func(x variable) variable {
		return regular(func(x variable) variable { return f(x.Add(x.Transpose(-1, -2))) })
	}
	o.two("solve", a, b, func(x, b variable) variable { return x.Solve(b) })
	o.two("solve_triangular", o.between(1, 2, 16, n/16, n/16), b, func(x, b variable) variable { return x.TriangularSolve(b, tensor.Triangle{}) })
	o.one("inverse", a, regular(variable.Inverse))
	o.one("det", a, variable.Det)
	o.one("slogdet", a, func(x variable) variable { _, y := x.SLogDet(); return y })
	o.one("cholesky", a, symmetric(variable.Cholesky))
	o.one("qr", a, func(x variable) variable { q, r := x.QR(); return q.Add(r) })
	o.one("eigh", a, symmetric(func(x variable) variable { values, vectors := x.Eigh(); return vectors.Mul(values.Unsqueeze(-2)) }))
	o.one("eigvalsh", a, symmetric(variable.EigValsH))
	o.one("svd", a, func(x variable) variable { u, s, vh := x.SVD(); return u.Mul(s.Unsqueeze(-2)).Add(vh) })
	o.one("svdvals", a, variable.SVDVals)
	o.one("pinv", a, regular(variable.Pinv))
	o.two("lstsq", o.between(-1, 1, 16, n/16, n/32), b, variable.Lstsq)
	o.one("matrix_norm_nuclear", a, func(x variable) variable { return x.MatrixNorm(autograd.Nuclear) })
}
