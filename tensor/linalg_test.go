package tensor_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/tensor"
)

func TestSolve(t *testing.T) {
	src := newSource(66)
	for _, c := range [][2][]int{{{3, 3}, {3, 2}}, {{2, 3, 3}, {3, 1}}, {{2, 2}, {3, 2, 4}}, {{2, 1, 2, 2}, {3, 2, 1}}, {{0, 0}, {0, 2}}, {{0, 2, 2}, {2, 1}}} {
		a, b := src.grid(-1, 1, c[0]...), src.grid(-1, 1, c[1]...)
		for i := range a.v {
			if n := c[0][len(c[0])-1]; i%(n*n)%(n+1) == 0 {
				a.v[i] += 4
			}
		}
		for _, dt := range dtypes {
			for _, l := range layouts {
				x, y := l.put(dt, a), l.put(dt, b)
				got := tensor.Solve(x, y)
				require.Equal(t, got.Shape(), tensor.Dims{}.Solve(x, y))
				apply2(b, newGrid(got.Shape()...), func(v, _ float64) float64 { return v }).near(t, tensor.MatMul(x, got), tolerance{0, 16})
				eye := gridOf(x).apply(func(float64) float64 { return 0 })
				for i := range eye.v {
					if n := c[0][len(c[0])-1]; i%(n*n)%(n+1) == 0 {
						eye.v[i] = 1
					}
				}
				eye.near(t, tensor.MatMul(x, tensor.Inverse(x)), tolerance{0, 16})
			}
		}
	}
}

func TestSolveVectors(t *testing.T) {
	src := newSource(68)
	for _, c := range [][2][]int{{{3, 3}, {3}}, {{2, 3, 3}, {3}}, {{2, 3, 3}, {2, 3}}, {{2, 2, 2}, {2, 2}}, {{0, 0}, {0}}, {{0, 2, 2}, {2}}} {
		a, b := src.grid(-1, 1, c[0]...), src.grid(-1, 1, c[1]...)
		for _, dt := range dtypes {
			for _, l := range layouts {
				x, y := l.put(dt, a), l.put(dt, b)
				got := tensor.Solve(x, y)
				require.Equal(t, c[0][:len(c[0])-1], got.Shape())
				require.Equal(t, got.Shape(), tensor.Dims{}.Solve(x, y))
				require.Equal(t, tensor.Values(tensor.Solve(x, y.Unsqueeze(-1))), tensor.Values(got))
			}
		}
	}
	require.PanicsWithError(t, "solve [2 2] × [3]: want matrices [… n n] and right sides [… n k] or [n]", func() { tensor.Solve(tensor.Eye(2), tensor.Ones(3)) })
}

// turned exchanges the last two axes, and returns the tensor packed.
func turned(x *tensor.Tensor) *tensor.Tensor { return x.Transpose(-2, -1).Contiguous() }

// diagonal returns matrices with x [… n] on their diagonals.
func diagonal(x *tensor.Tensor) *tensor.Tensor {
	n := x.Dim(-1)
	shape := append(append([]int{}, x.Shape()...), n)
	return tensor.Mul(x.Unsqueeze(-1).Expand(shape...), tensor.Eye(n).To(x.DType()))
}

func TestDecompositions(t *testing.T) {
	src := newSource(67)
	for _, shape := range [][]int{{3, 3}, {4, 2}, {2, 4}, {2, 3, 2}, {2, 1, 2, 2}, {0, 2}, {2, 0}, {0, 3, 3}} {
		a := src.grid(-1, 1, shape...)
		for _, dt := range dtypes {
			for _, l := range layouts {
				x := l.put(dt, a)
				same := func(y *tensor.Tensor) { a.near(t, y, tolerance{0, 16}) }
				u, s, vh := tensor.SVD(x)
				same(tensor.MatMul(tensor.MatMul(u, diagonal(s)), vh))
				require.Equal(t, tensor.Values(s), tensor.Values(tensor.SVDVals(x)))
				same(tensor.MatMul(x, tensor.MatMul(tensor.Pinv(x), x)))
				q, r := tensor.QR(x)
				same(tensor.MatMul(q, r))
				if n := len(shape); shape[n-1] != shape[n-2] {
					continue
				}
				values, vectors := tensor.Eigh(x)
				sum := tensor.MatMul(tensor.MatMul(vectors, diagonal(values)), turned(vectors))
				below := apply2(a, a, func(v, _ float64) float64 { return v })
				for i := range below.v { // the lower triangle, and its image
					n := shape[len(shape)-1]
					if r, c := i%(n*n)/n, i%n; c > r {
						below.v[i] = a.v[i-i%(n*n)+c*n+r]
					}
				}
				below.near(t, sum, tolerance{0, 32})
				square := tensor.Add(tensor.MatMul(x, turned(x)), tensor.Eye(shape[len(shape)-1]).To(dt))
				root := tensor.Cholesky(square)
				require.Equal(t, tensor.Values(tensor.Tril(root, 0)), tensor.Values(root))
				gridOf(square).near(t, tensor.MatMul(root, turned(root)), tolerance{0, 32})
				b := tensor.Ones(shape[len(shape)-1], 2).To(dt)
				y := tensor.TriangularSolve(root, b, tensor.Triangle{})
				product := tensor.MatMul(root, y)
				apply2(gridOf(b), newGrid(product.Shape()...), func(v, _ float64) float64 { return v }).near(t, product, tolerance{0, 32})
				above := tensor.TriangularSolve(turned(root), b, tensor.Triangle{Upper: true})
				product = tensor.MatMul(turned(root), above)
				apply2(gridOf(b), newGrid(product.Shape()...), func(v, _ float64) float64 { return v }).near(t, product, tolerance{0, 32})
				det, lead := tensor.Det(square), root.Shape()[:root.Rank()-2]
				require.Equal(t, lead, det.Shape())
				sign, log := tensor.SLogDet(square)
				gridOf(det).near(t, tensor.Mul(sign, tensor.Exp(log)), tolerance{64, 64})
				gridOf(det).near(t, tensor.Square(tensor.Prod(tensor.Sum(tensor.Mul(root, tensor.Eye(shape[len(shape)-1]).To(dt)), -1), -1)), tolerance{64, 64})
			}
		}
	}
}

func TestDecompositionsCheckDestinations(t *testing.T) {
	x := tensor.Eye(2)
	for _, c := range []struct {
		text string
		f    func()
	}{
		{"det [2 2]: the destination has shape [2], want []", func() { tensor.DetTo(tensor.Zeros(2), x) }},
		{"slogdet [2 2]: the destination has shape [1], want [2]", func() { tensor.SLogDetTo(tensor.Zeros(1), x) }},
		{"cholesky [2 2]: the destination has shape [2], want [2 2]", func() { tensor.CholeskyTo(tensor.Zeros(2), x) }},
		{"cholesky [2 2]: the destination must be contiguous", func() { tensor.CholeskyTo(tensor.Zeros(2, 2).T(), x) }},
		{"qr [2 2]: the destination has shape [7], want [8]", func() { tensor.QRTo(tensor.Zeros(7), x) }},
		{"eigh [2 2]: the destination has shape [7], want [6]", func() { tensor.EighTo(tensor.Zeros(7), x) }},
		{"svd [2 2]: the destination has shape [7], want [10]", func() { tensor.SVDTo(tensor.Zeros(7), x) }},
		{"svd: the destination is float64, want float32; convert it with To(tensor.Float32)", func() { tensor.SVDTo(tensor.Zeros64(10), x) }},
		{"pinv [3 2]: the destination has shape [3 2], want [2 3]", func() { tensor.PinvTo(tensor.Zeros(3, 2), tensor.Zeros(3, 2)) }},
		{"triangular-solve [2 2]: the destination has shape [2 2], want [2 1]", func() { tensor.TriangularSolveTo(tensor.Zeros(2, 2), x, tensor.Ones(2, 1), tensor.Triangle{}) }},
	} {
		require.PanicsWithError(t, c.text, c.f)
	}
}
