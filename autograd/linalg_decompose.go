package autograd

import "github.com/descent-ml/descent/tensor"

// Operations of several results have one value, a vector that holds them one after
// another, and a gradient of this form.

// next returns the results [lead… shape…] that begin at place from of the vector x, and
// where they end.
func (x Var) next(from int, lead []int, shape ...int) (part Var, to int) {
	var dims [tensor.MaxRank]int
	all := append(append(dims[:0], lead...), shape...)
	n, _ := tensor.Size(all)
	return x.Slice(0, from, from+n, 1).Reshape(all...), from + n
}

// sides returns the lengths of the axes of x [lead… n m], and k, the lesser of n and m.
func (x Var) sides() (lead []int, n, m, k int) {
	shape := x.n.val.Shape()
	r := len(shape) - 2
	return shape[:r], shape[r], shape[r+1], min(shape[r], shape[r+1])
}

// ratio returns x / y, and 0 where both are 0.
func (x Var) ratio(y Var) Var {
	zero := y.scalar(0)
	return x.Div(Where(x.Equal(zero).Mul(y.Equal(zero)), y.scalar(1), y))
}

// skew returns x − xᵀ.
func (x Var) skew() Var { return x.Sub(x.T()) }

// Cholesky returns the lower triangular y with y yᵀ = x, for symmetric positive definite
// matrices x [… n n], of which it reads the lower triangles. The gradient is symmetric.
// It panics with a [*tensor.ArgError] when a matrix is not positive definite.
// See https://docs.pytorch.org/docs/stable/generated/torch.linalg.cholesky.html.
//
//	dx = ½ y⁻ᵀ (s + sᵀ) y⁻¹
//	s  = the lower triangle of yᵀ dy, the diagonal halved
func (x Var) Cholesky() Var { return begin(cholesky, x).record() }

func cholesky() general {
	return general{
		Name: "cholesky", Rule: "½ y⁻ᵀ (s + sᵀ) y⁻¹, with s = the lower triangle of yᵀ dy, the diagonal halved",
		Shape: sameShape,
		Value: func(y *node) { tensor.CholeskyTo(&y.val, y.value(0)) },
		VJP: func(y *node, _ int, dy Var) Var {
			l := y.self()
			s := l.T().MatMul(dy)
			s = s.Tril(0).Add(s.Tril(-1).T()).MulScalar(0.5)
			return l.solveLeft(l.T().TriangularSolve(s, tensor.Triangle{Upper: true}), tensor.Triangle{})
		},
	}
}

// QR returns the q [… n k] with orthonormal columns and the upper triangular r [… k m] of
// which matrices x [… n m] are the products; k = min(n, m). The signs are LAPACK's.
// See https://docs.pytorch.org/docs/stable/generated/torch.linalg.qr.html.
//
//	dx = (dq + q (u + uᵀ)) r⁻ᵀ
//	u  = the upper triangle of dr rᵀ − qᵀ dq, the diagonal halved
//
// When n < m, this is the gradient by the first n columns, with dq + c dsᵀ in place of dq,
// where c are the others, and s = qᵀ c those of r. The gradient by c is q ds.
func (x Var) QR() (q, r Var) { return begin(qr, x).record().partsQR(x) }

func (x Var) partsQR(a Var) (q, r Var) {
	lead, n, m, k := a.sides()
	q, at := x.next(0, lead, n, k)
	r, _ = x.next(at, lead, k, m)
	return q, r
}

func qr() general {
	return general{
		Name: "qr", Rule: "(dq + q (u + uᵀ)) r⁻ᵀ, with u = the upper triangle of dr rᵀ − qᵀ dq, the diagonal halved",
		Shape: func(y *node, dims tensor.Dims) []int { return dims.QR(y.value(0)) },
		Value: func(y *node) { tensor.QRTo(&y.val, y.value(0)) },
		VJP: func(y *node, _ int, dy Var) Var {
			x := y.operand(0)
			_, _, m, k := x.sides()
			q, r := y.self().partsQR(x)
			dq, dr := dy.partsQR(x)
			if k == m {
				return gradQR(q, r, dq, dr)
			}
			ds := dr.Slice(-1, k, m, 1)
			dq = dq.Add(x.Slice(-1, k, m, 1).MatMul(ds.T()))
			return Concat(-1, gradQR(q, r.Slice(-1, 0, k, 1), dq, dr.Slice(-1, 0, k, 1)), q.MatMul(ds))
		},
	}
}

// gradQR returns the gradient by q r, for a square r.
func gradQR(q, r, dq, dr Var) Var {
	u := dr.MatMul(r.T()).Sub(q.T().MatMul(dq))
	u = u.Triu(0).Add(u.Triu(1).T())
	return r.T().solveLeft(dq.Add(q.MatMul(u)), tensor.Triangle{})
}

// Eigh returns the eigenvalues [… n] of symmetric matrices x [… n n] in ascending order,
// and their eigenvectors, the columns of [… n n]. It reads the lower triangles. The
// vectors have length 1, and their signs are arbitrary, so only what does not depend on
// the signs has a gradient that means something; nor has it where two eigenvalues are
// equal, except that by the eigenvalues. The gradient is symmetric. It panics with a [*tensor.ArgError] when a
// matrix is not finite.
// See https://docs.pytorch.org/docs/stable/generated/torch.linalg.eigh.html.
//
//	dx = v (diag dλ + f) vᵀ
//	f[i, j] = ½ (vᵀ dv − dvᵀ v)[i, j] / (λ[j] − λ[i])
func (x Var) Eigh() (values, vectors Var) {
	y := begin(eigh, x).record()
	vectors, _ = y.next(0, nil, x.n.val.Shape()...)
	return begin(eigenvalues, y, x).record(), vectors
}

// EigValsH returns the eigenvalues of [Var.Eigh] alone.
// See https://docs.pytorch.org/docs/stable/generated/torch.linalg.eigvalsh.html.
func (x Var) EigValsH() Var {
	return begin(eigenvalues, begin(eigh, x).record(), x).record()
}

// The value of eigh holds the vectors, then the values. The latter are given out by
// eigenvalues, so that a gradient by them alone needs no gradient by vectors.
func eigh() general {
	return general{
		Name: "eigh", Rule: "v f vᵀ, with f[i, j] = ½ (vᵀ dv − dvᵀ v)[i, j] / (λ[j] − λ[i])",
		Shape: func(y *node, dims tensor.Dims) []int { return dims.Eigh(y.value(0)) },
		Value: func(y *node) { tensor.EighTo(&y.val, y.value(0)) },
		VJP: func(y *node, _ int, dy Var) Var {
			x := y.operand(0)
			v, _ := y.self().next(0, nil, x.n.val.Shape()...)
			dv, _ := dy.next(0, nil, x.n.val.Shape()...)
			values := begin(eigenvalues, y.self(), x).record()
			f := v.T().MatMul(dv).skew().MulScalar(0.5).ratio(values.Unsqueeze(-2).Sub(values.Unsqueeze(-1)))
			return v.MatMul(f).MatMul(v.T())
		},
	}
}

// eigenvalues are those of its second operand. They end the value of eigh, the first.
func eigenvalues() general {
	return general{
		Name: "eigenvalues", Rule: "none; v diag dy vᵀ",
		Shape: func(y *node, dims tensor.Dims) []int {
			shape := y.value(1).Shape()
			return append(dims, shape[:len(shape)-1]...)
		},
		Value: func(y *node) { y.lastOf(y.value(0)) },
		VJP: func(y *node, i int, dy Var) Var {
			if i == 0 {
				return Var{}
			}
			v, _ := y.operand(0).next(0, nil, y.value(1).Shape()...)
			return v.Mul(dy.Unsqueeze(-2)).MatMul(v.T())
		},
	}
}

// lastOf copies the end of a vector to the value of y.
func (y *node) lastOf(vector *tensor.Tensor) {
	var end tensor.Tensor
	n := vector.Len()
	end.AsView().Slice(vector, 0, n-y.val.Len(), n, 1)
	end.AsView().Reshape(&end, y.val.Shape()...)
	y.val.CopyFrom(&end)
}

// SVD returns the singular values s [… k] of matrices x [… n m] in descending order, k =
// min(n, m), and the u [… n k] and vh [… k m] with x = u diag(s) vh. The columns of u and
// the rows of vh are orthonormal; the sign of a pair of them is arbitrary, so only what
// does not depend on the signs has a gradient that means something; nor has it where two
// singular values are equal or one is 0, except that by the singular values. It panics
// with a [*tensor.ArgError] when a matrix is not finite.
// See https://docs.pytorch.org/docs/stable/generated/torch.linalg.svd.html.
func (x Var) SVD() (u, s, vh Var) {
	y := begin(svd, x).record()
	u, vh = y.partsSVD(x)
	return u, begin(singularValues, y, x).record(), vh
}

// SVDVals returns the singular values of [Var.SVD] alone.
// See https://docs.pytorch.org/docs/stable/generated/torch.linalg.svdvals.html.
func (x Var) SVDVals() Var {
	return begin(singularValues, begin(svd, x).record(), x).record()
}

func (x Var) partsSVD(a Var) (u, vh Var) {
	lead, n, m, k := a.sides()
	u, at := x.next(0, lead, n, k)
	vh, _ = x.next(at, lead, k, m)
	return u, vh
}

// The value of svd holds u, vh and s. The last is given out by singularValues, so that a
// gradient by the singular values alone needs no gradient by vectors.
func svd() general {
	return general{
		Name: "svd", Rule: "u (f(uᵀ du) s + s f(vᵀ dv)) vh + (1 − u uᵀ) du s⁻¹ vh + u s⁻¹ dvh (1 − v vh), with f(a)[i, j] = (a[i, j] − a[j, i]) / (s[j]² − s[i]²)",
		Shape: func(y *node, dims tensor.Dims) []int { return dims.SVD(y.value(0)) },
		Value: func(y *node) { tensor.SVDTo(&y.val, y.value(0)) },
		VJP: func(y *node, _ int, dy Var) Var {
			x := y.operand(0)
			_, n, m, k := x.sides()
			u, vh := y.self().partsSVD(x)
			du, dvh := dy.partsSVD(x)
			s := begin(singularValues, y.self(), x).record()
			column, row := s.Unsqueeze(-1), s.Unsqueeze(-2)
			e := row.Sub(column).Mul(row.Add(column))
			fu, fv := u.T().MatMul(du), vh.MatMul(dvh.T())
			inner := fu.skew().ratio(e).Mul(row).Add(fv.skew().ratio(e).Mul(column))
			left := u.MatMul(inner)
			if n > k {
				left = left.Add(du.Sub(u.MatMul(fu)).ratio(row))
			}
			dx := left.MatMul(vh)
			if m > k {
				dx = dx.Add(u.MatMul(dvh.Sub(fv.T().MatMul(vh)).ratio(column)))
			}
			return dx
		},
	}
}

// singularValues are those of its second operand. They end the value of svd, the first.
func singularValues() general {
	return general{
		Name: "singular values", Rule: "none; u diag dy vh",
		Shape: func(y *node, dims tensor.Dims) []int {
			lead, _, _, k := y.operand(1).sides()
			return append(append(dims, lead...), k)
		},
		Value: func(y *node) { y.lastOf(y.value(0)) },
		VJP: func(y *node, i int, dy Var) Var {
			if i == 0 {
				return Var{}
			}
			u, vh := y.operand(0).partsSVD(y.operand(1))
			return u.Mul(dy.Unsqueeze(-2)).MatMul(vh)
		},
	}
}
