package autograd_test

import (
	"fmt"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/tensor"
)

// matrix returns a variable [n m].
func matrix(n, m int, data ...float64) autograd.Var {
	return autograd.NewTape().Var(tensor.New(data, n, m))
}

// The gradient of a determinant is the matrix of cofactors; that of its logarithm is the
// transposed inverse.
func ExampleVar_Det() {
	a := matrix(2, 2, 3, 1, 2, 4)
	sign, log := a.SLogDet()
	fmt.Println(rounded(a.Det().Value()), rounded(sign.Value()), rounded(log.Value()), rounded(a.LogDet().Value()))
	fmt.Println(rounded(autograd.Grad(a.Det(), a)[0].Value()))
	fmt.Println(rounded(autograd.Grad(a.LogDet(), a)[0].Value()))
	// Output:
	// [10] [1] [2.3026] [2.3026]
	// [4 -2 -1 3]
	// [0.4 -0.2 -0.1 0.3]
}

// A draw from a normal distribution with a given covariance, and the density there.
func ExampleVar_Cholesky() {
	covariance := matrix(2, 2, 4, 2, 2, 5)
	l := covariance.Cholesky()
	x := l.MatMul(l.Tape().Const(tensor.New([]float64{1, -1}, 2, 1)))
	z := l.TriangularSolve(x, tensor.Triangle{})
	fmt.Println(rounded(l.Value()), rounded(x.Value()), rounded(z.Value()))
	// Output: [2 0 1 2] [2 -1] [1 -1]
}

// A line through four points: by least squares, by the decomposition that finds them, and
// by the pseudo-inverse.
func ExampleVar_Lstsq() {
	a := matrix(4, 2, 1, 0, 1, 1, 1, 2, 1, 3)
	b := a.Tape().Const(tensor.New([]float64{1, 3, 5, 7}, 4, 1))
	q, r := a.QR()
	fmt.Println(rounded(a.Lstsq(b).Value()))
	fmt.Println(rounded(r.TriangularSolve(q.T().MatMul(b), tensor.Triangle{Upper: true}).Value()))
	fmt.Println(rounded(a.Pinv().MatMul(b).Value()))
	// Output:
	// [1 2]
	// [1 2]
	// [1 2]
}

// The largest eigenvalue of a symmetric matrix, its gradient, and its direction.
func ExampleVar_Eigh() {
	a := matrix(2, 2, 2, 1, 1, 2)
	values, vectors := a.Eigh()
	fmt.Println(rounded(values.Value()), rounded(a.EigValsH().Value()), rounded(vectors.Square().Value()))
	fmt.Println(rounded(values.Select(0, 1).Backward().Of(a)))
	// Output:
	// [1 3] [1 3] [0.5 0.5 0.5 0.5]
	// [0.5 0.5 0.5 0.5]
}

// The best approximation of rank 1, by the largest singular value.
func ExampleVar_SVD() {
	a := matrix(2, 3, 3, 0, 0, 0, 0, 1)
	u, s, vh := a.SVD()
	first := u.Slice(1, 0, 1, 1).MatMul(vh.Slice(0, 0, 1, 1)).Mul(s.Select(0, 0))
	fmt.Println(rounded(s.Value()), rounded(a.SVDVals().Value()), rounded(first.Value()))
	// Output: [3 1] [3 1] [3 0 0 0 0 0]
}

func ExampleVar_MatrixNorm() {
	a := matrix(2, 2, 3, 0, 4, 5)
	for _, order := range []autograd.MatrixOrder{autograd.Frobenius, autograd.Nuclear, autograd.Spectral, autograd.SpectralMin} {
		fmt.Println(rounded(a.MatrixNorm(order).Square().Value()))
	}
	for _, order := range []autograd.MatrixOrder{autograd.ColumnSums, autograd.ColumnSumsMin, autograd.RowSums, autograd.RowSumsMin} {
		fmt.Println(rounded(a.MatrixNorm(order).Value()))
	}
	// Output:
	// [50]
	// [80]
	// [45]
	// [5]
	// [7]
	// [5]
	// [9]
	// [3]
}
