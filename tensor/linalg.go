package tensor

import (
	"fmt"
	"slices"

	"github.com/descent-ml/descent/internal/kernel"
)

// Solve returns the x with a x = b, for square matrices a [… n n] and b [… n k]. The
// axes before the last two broadcast. As in PyTorch, b may also be one vector [n] for all
// matrices, or have the shape of a without its last axis: a vector for each matrix. It
// panics with an [*ArgError] when a matrix is singular.
// See https://docs.pytorch.org/docs/stable/generated/torch.linalg.solve.html.
func Solve(a, b *Tensor) *Tensor {
	var dims [MaxRank]int
	dst := ZerosOf(a.dtype, Dims(dims[:0]).Solve(a, b)...)
	SolveTo(dst, a, b)
	return dst
}

// Solve appends to dst the shape of the solution of a x = b.
func (dst Dims) Solve(a, b *Tensor) []int {
	const op = "solve"
	square(op, a)
	if !vectors(a, b) {
		return dst.solve(op, a, b)
	}
	if b.shape[b.rank-1] != a.shape[a.rank-1] {
		BadShape(op, "want matrices [… n n] and right sides [… n k] or [n]", a, b)
	}
	return append(dst, a.Shape()[:a.rank-1]...)
}

// vectors reports whether b, the right side for matrices a, holds vectors.
func vectors(a, b *Tensor) bool {
	return b.rank == 1 || b.rank == a.rank-1 && slices.Equal(b.Shape(), a.Shape()[:b.rank])
}

func (dst Dims) solve(op string, a, b *Tensor) []int {
	square(op, a)
	if b.rank < 2 || b.shape[b.rank-2] != a.shape[a.rank-1] {
		BadShape(op, "want matrices [… n n] and right sides [… n k]", a, b)
	}
	return dst.MatMul(a, b)
}

// SolveTo is [Solve] into dst, which must be contiguous and share no storage with a.
func SolveTo(dst, a, b *Tensor) {
	var dims [MaxRank]int
	sameDType("solve", "the right side", a, b)
	sameDType("solve", "the destination", a, dst)
	destination("solve", dst, Dims(dims[:0]).Solve(a, b), a, b)
	contiguous("solve", dst)
	dst.CopyFrom(b)
	var columns Tensor
	if dst.rank < a.rank {
		columns.AsView().Unsqueeze(dst, -1)
		dst = &columns
	}
	solve("solve", dst, a)
}

// Inverse returns the inverses of square matrices x [… n n]. It panics with an
// [*ArgError] when a matrix is singular.
// See https://docs.pytorch.org/docs/stable/generated/torch.linalg.inv.html.
func Inverse(x *Tensor) *Tensor {
	square("inverse", x)
	dst := ZerosLike(x)
	InverseTo(dst, x)
	return dst
}

// InverseTo is [Inverse] into dst, which must be contiguous and share no storage with
// x.
func InverseTo(dst, x *Tensor) {
	square("inverse", x)
	result("inverse", dst, x, x.Shape())
	dst.Fill(0)
	n := x.shape[x.rank-1]
	for at := 0; at < dst.n; at += n * n {
		for i := range n {
			if dst.dtype == Float64 {
				dst.f64[at+i*(n+1)] = 1
			} else {
				dst.f32[at+i*(n+1)] = 1
			}
		}
	}
	solve("inverse", dst, x)
}

// Det returns the determinants of square matrices x [… n n].
// See https://docs.pytorch.org/docs/stable/generated/torch.linalg.det.html.
func Det(x *Tensor) *Tensor {
	var dims [MaxRank]int
	dst := ZerosOf(x.dtype, Dims(dims[:0]).Det(x)...)
	DetTo(dst, x)
	return dst
}

// Det appends to dst the shape of the determinants of x.
func (dst Dims) Det(x *Tensor) []int {
	square("det", x)
	return append(dst, x.Shape()[:x.rank-2]...)
}

// DetTo is [Det] into dst, which must be contiguous.
func DetTo(dst, x *Tensor) {
	var dims [MaxRank]int
	result("det", dst, x, Dims(dims[:0]).Det(x))
	var s scratch
	copied := s.empty(x.dtype, x.Shape())
	copied.CopyFrom(x)
	if n := x.shape[x.rank-1]; x.dtype == Float64 {
		det(dst.f64[:dst.n], copied.f64, n)
	} else {
		det(dst.f32[:dst.n], copied.f32, n)
	}
	s.release()
}

func det[T kernel.Float](dst, a []T, n int) {
	for i := range dst {
		dst[i] = kernel.Det(a[i*n*n:][:n*n], n)
	}
}

// SLogDet returns the signs of the determinants of square matrices x [… n n], and the
// logarithms of their absolute values. A singular matrix has sign 0 and logarithm −∞.
// See https://docs.pytorch.org/docs/stable/generated/torch.linalg.slogdet.html.
func SLogDet(x *Tensor) (sign, log *Tensor) {
	var dims [MaxRank + 1]int
	dst := ZerosOf(x.dtype, Dims(dims[:0]).SLogDet(x)...)
	SLogDetTo(dst, x)
	return dst.Select(0, 0), dst.Select(0, 1)
}

// SLogDet appends to dst the shape of what [SLogDetTo] writes.
func (dst Dims) SLogDet(x *Tensor) []int {
	square("slogdet", x)
	return append(append(dst, 2), x.Shape()[:x.rank-2]...)
}

// SLogDetTo writes the signs of [SLogDet] into dst [2 …], and after them the
// logarithms. dst must be contiguous.
func SLogDetTo(dst, x *Tensor) {
	var dims [MaxRank + 1]int
	result("slogdet", dst, x, Dims(dims[:0]).SLogDet(x))
	var s scratch
	copied := s.empty(x.dtype, x.Shape())
	copied.CopyFrom(x)
	if n := x.shape[x.rank-1]; x.dtype == Float64 {
		slogdet(dst.f64[:dst.n], copied.f64, n)
	} else {
		slogdet(dst.f32[:dst.n], copied.f32, n)
	}
	s.release()
}

func slogdet[T kernel.Float](dst, a []T, n int) {
	signs, logs := dst[:len(dst)/2], dst[len(dst)/2:]
	for i := range signs {
		signs[i], logs[i] = kernel.SLogDet(a[i*n*n:][:n*n], n)
	}
}

// A Triangle says how [TriangularSolve] reads a matrix. The zero value is a lower
// triangular matrix.
type Triangle struct {
	Upper bool // the upper triangle; what is below the diagonal is not read
	Unit  bool // the diagonal is not read, either, and counts as 1
}

// TriangularSolve returns the x with a x = b, for triangular matrices a [… n n] and b
// [… n k]. The axes before the last two broadcast. A 0 on the diagonal gives infinities
// and NaN, as in PyTorch.
// See https://docs.pytorch.org/docs/stable/generated/torch.linalg.solve_triangular.html.
func TriangularSolve(a, b *Tensor, t Triangle) *Tensor {
	var dims [MaxRank]int
	dst := ZerosOf(a.dtype, Dims(dims[:0]).TriangularSolve(a, b)...)
	TriangularSolveTo(dst, a, b, t)
	return dst
}

// TriangularSolve appends to dst the shape of the solution of a x = b.
func (dst Dims) TriangularSolve(a, b *Tensor) []int { return dst.solve("triangular-solve", a, b) }

// TriangularSolveTo is [TriangularSolve] into dst, which must be contiguous and share no
// storage with a.
func TriangularSolveTo(dst, a, b *Tensor, t Triangle) {
	const op = "triangular-solve"
	var dims [MaxRank]int
	sameDType(op, "the right side", a, b)
	result(op, dst, a, Dims(dims[:0]).TriangularSolve(a, b))
	dst.CopyFrom(b)
	if dst.n == 0 {
		return
	}
	var s scratch
	whole := s.forEach(dst, a)
	if n, k := dst.shape[dst.rank-2], dst.shape[dst.rank-1]; a.dtype == Float64 {
		triangularSolve(dst.f64[:dst.n], whole.f64, n, k, t)
	} else {
		triangularSolve(dst.f32[:dst.n], whole.f32, n, k, t)
	}
	s.release()
}

func triangularSolve[T kernel.Float](dst, a []T, n, k int, t Triangle) {
	solve := kernel.SolveLower[T]
	if t.Upper {
		solve = kernel.SolveUpper[T]
	}
	for i := range len(dst) / (n * k) {
		solve(a[i*n*n:][:n*n], dst[i*n*k:][:n*k], n, k, t.Unit)
	}
}

// result panics when dst cannot hold a result of op on x, of the given shape, or is not
// contiguous.
func result(op string, dst, x *Tensor, shape []int) {
	sameDType(op, "the destination", x, dst)
	destination(op, dst, shape, x)
	contiguous(op, dst)
}

// forEach returns a copy of the matrices a, one for each matrix of dst [… n k].
func (s *scratch) forEach(dst, a *Tensor) *Tensor {
	var dims [MaxRank]int
	whole := s.empty(a.dtype, append(append(dims[:0], dst.shape[:dst.rank-1]...), dst.shape[dst.rank-2]))
	whole.CopyFrom(a)
	return whole
}

func square(op string, x *Tensor) {
	if x.rank < 2 || x.shape[x.rank-1] != x.shape[x.rank-2] {
		BadShape(op, "want square matrices [… n n]", x)
	}
}

// solve replaces the right sides dst by the solutions of a x = dst.
func solve(op string, dst, a *Tensor) {
	if dst.n == 0 {
		return
	}
	n, k := dst.shape[dst.rank-2], dst.shape[dst.rank-1]
	var s scratch
	whole := s.forEach(dst, a)
	for i := range dst.n / (n * k) {
		regular := false
		if a.dtype == Float64 {
			regular = kernel.Solve(whole.f64[i*n*n:][:n*n], dst.f64[i*n*k:][:n*k], n, k)
		} else {
			regular = kernel.Solve(whole.f32[i*n*n:][:n*n], dst.f32[i*n*k:][:n*k], n, k)
		}
		if !regular {
			panic(&ArgError{Op: op, Reason: fmt.Sprintf("matrix %d is singular", i)})
		}
	}
	s.release()
}
