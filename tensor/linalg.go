package tensor

import (
	"fmt"

	"github.com/descent-ml/descent/internal/kernel"
)

// Solve returns the x with a x = b, for square matrices a [… n n] and b [… n k]. The
// axes before the last two broadcast. It panics with an [*ArgError] when a matrix is
// singular.
// See https://docs.pytorch.org/docs/stable/generated/torch.linalg.solve.html.
func Solve(a, b *Tensor) *Tensor {
	var dims [MaxRank]int
	dst := ZerosOf(a.dtype, Dims(dims[:0]).Solve(a, b)...)
	SolveTo(dst, a, b)
	return dst
}

// Solve appends to dst the shape of the solution of a x = b.
func (dst Dims) Solve(a, b *Tensor) []int {
	square("solve", a)
	if b.rank < 2 || b.shape[b.rank-2] != a.shape[a.rank-1] {
		BadShape("solve", "want matrices [… n n] and right sides [… n k]", a, b)
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
	sameDType("inverse", "the destination", x, dst)
	destination("inverse", dst, x.Shape(), x)
	contiguous("inverse", dst)
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
	var dims [MaxRank]int
	whole := s.empty(a.dtype, append(append(dims[:0], dst.shape[:dst.rank-1]...), n)) // a for each right side
	whole.CopyFrom(a)
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
