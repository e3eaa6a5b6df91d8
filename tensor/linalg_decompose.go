package tensor

import (
	"fmt"
	"slices"

	"github.com/descent-ml/descent/internal/kernel"
	"github.com/descent-ml/descent/internal/kernel/work"
)

// A decomposition makes up to three results of each matrix. The destination is a vector
// that holds the first result of all matrices, then the second, then the third. It
// computes in float64, also for matrices of float32.
type decomposition struct {
	op, failure string // what is wrong with a matrix when there is no result
	n, m        int    // the matrices are x [… n m]
	sizes       [3]int // of the results, for one matrix
	buffer      int
	whole       bool // the destination has a shape of its own, and has been checked
}

// shape appends the number of elements of all results.
func (d *decomposition) shape(dst Dims, x *Tensor) []int {
	count := d.sizes[0] + d.sizes[1] + d.sizes[2]
	for _, l := range x.Shape()[:x.rank-2] {
		count *= l
	}
	return append(dst, count)
}

// next returns the results [lead… shape…] that begin at place from of a vector, and where
// they end.
func (t *Tensor) next(from int, lead []int, shape ...int) (part *Tensor, to int) {
	shape = append(append([]int{}, lead...), shape...)
	n, _ := Size(shape)
	return t.Slice(0, from, from+n, 1).Reshape(shape...), from + n
}

// of writes the results for all matrices. f gets the destinations of those for one.
func (d *decomposition) of(dst, x *Tensor, f32 func(a, b, c, x []float32, n, m int, buf []float64) bool, f64 func(a, b, c, x []float64, n, m int, buf []float64) bool) {
	var dims [1]int
	if !d.whole {
		result(d.op, dst, x, d.shape(dims[:0], x))
	}
	var s scratch
	x = s.packed(x)
	buf, lent := work.Borrow[float64](d.buffer)
	var failed int
	if x.dtype == Float64 {
		failed = decompose(d, dst.f64[:dst.n], x.f64[:x.n], buf, f64)
	} else {
		failed = decompose(d, dst.f32[:dst.n], x.f32[:x.n], buf, f32)
	}
	work.Return(lent)
	s.release()
	if failed >= 0 {
		panic(&ArgError{Op: d.op, Reason: fmt.Sprintf("matrix %d %s", failed, d.failure)})
	}
}

// decompose returns the number of the matrix that has no results, or −1.
func decompose[T kernel.Float](d *decomposition, dst, x []T, buf []float64, f func(a, b, c, x []T, n, m int, buf []float64) bool) int {
	p, q, r := d.sizes[0], d.sizes[1], d.sizes[2]
	if p+q+r == 0 {
		return -1
	}
	count := len(dst) / (p + q + r)
	first, second, third := dst[:count*p], dst[count*p:count*(p+q)], dst[count*(p+q):]
	for i := range count {
		if !f(first[i*p:i*p+p], second[i*q:i*q+q], third[i*r:i*r+r], x[i*d.n*d.m:][:d.n*d.m], d.n, d.m, buf) {
			return i
		}
	}
	return -1
}

const notFinite = "has elements that are not finite"

// Cholesky returns the lower triangular l with l lᵀ = x, for symmetric positive definite
// matrices x [… n n], of which it reads the lower triangles. It panics with an
// [*ArgError] when a matrix is not positive definite.
// See https://docs.pytorch.org/docs/stable/generated/torch.linalg.cholesky.html.
func Cholesky(x *Tensor) *Tensor {
	square("cholesky", x)
	dst := ZerosLike(x)
	CholeskyTo(dst, x)
	return dst
}

// CholeskyTo is [Cholesky] into dst, which must be contiguous and share no storage with
// x.
func CholeskyTo(dst, x *Tensor) {
	square("cholesky", x)
	result("cholesky", dst, x, x.Shape())
	n := x.shape[x.rank-1]
	d := decomposition{op: "cholesky", failure: "is not positive definite", n: n, m: n, sizes: [3]int{n * n}, buffer: n * n, whole: true}
	d.of(dst, x, cholesky[float32], cholesky[float64])
}

func cholesky[T kernel.Float](l, _, _, x []T, n, m int, buf []float64) bool {
	return kernel.Cholesky(l, x, n, buf)
}

// Pinv returns the pseudo-inverses [… m n] of matrices x [… n m]. As in PyTorch, a
// singular value counts as 0 when it is no more than ε max(n, m) times the largest.
// It panics with an [*ArgError] when a matrix is not finite.
// See https://docs.pytorch.org/docs/stable/generated/torch.linalg.pinv.html.
func Pinv(x *Tensor) *Tensor {
	var dims [MaxRank]int
	dst := ZerosOf(x.dtype, Dims(dims[:0]).Pinv(x)...)
	PinvTo(dst, x)
	return dst
}

// Pinv appends to dst the shape of the pseudo-inverses of x.
func (dst Dims) Pinv(x *Tensor) []int {
	n, m := matrices("pinv", x)
	return append(append(dst, x.Shape()[:x.rank-2]...), m, n)
}

// PinvTo is [Pinv] into dst, which must be contiguous and share no storage with x.
func PinvTo(dst, x *Tensor) {
	var dims [MaxRank]int
	result("pinv", dst, x, Dims(dims[:0]).Pinv(x))
	n, m := matrices("pinv", x)
	d := decomposition{op: "pinv", failure: notFinite, n: n, m: m, sizes: [3]int{n * m}, buffer: kernel.SVDBuffer(n, m), whole: true}
	d.of(dst, x, pinv[float32], pinv[float64])
}

func pinv[T kernel.Float](y, _, _, x []T, n, m int, buf []float64) bool {
	eps := 0x1p-52
	if _, single := any(x).([]float32); single {
		eps = 0x1p-23
	}
	return kernel.Pinv(y, x, n, m, eps*float64(max(n, m)), buf)
}

// QR returns the q [… n k] with orthonormal columns and the upper triangular r [… k m] of
// which matrices x [… n m] are the products; k = min(n, m). The signs are LAPACK's.
// See https://docs.pytorch.org/docs/stable/generated/torch.linalg.qr.html.
func QR(x *Tensor) (q, r *Tensor) {
	var dims [1]int
	dst := ZerosOf(x.dtype, Dims(dims[:0]).QR(x)...)
	QRTo(dst, x)
	n, m := matrices("qr", x)
	q, at := dst.next(0, x.Shape()[:x.rank-2], n, min(n, m))
	r, _ = dst.next(at, x.Shape()[:x.rank-2], min(n, m), m)
	return q, r
}

func newQR(x *Tensor) decomposition {
	n, m := matrices("qr", x)
	k := min(n, m)
	return decomposition{op: "qr", n: n, m: m, sizes: [3]int{n * k, k * m}, buffer: kernel.QRBuffer(n, m)}
}

// QR appends to dst the shape of what [QRTo] writes.
func (dst Dims) QR(x *Tensor) []int { d := newQR(x); return d.shape(dst, x) }

// QRTo writes all q of [QR] into the vector dst, and after them all r. dst must be
// contiguous and share no storage with x.
func QRTo(dst, x *Tensor) {
	d := newQR(x)
	d.of(dst, x, qr[float32], qr[float64])
}

func qr[T kernel.Float](q, r, _, x []T, n, m int, buf []float64) bool {
	kernel.QR(q, r, x, n, m, buf)
	return true
}

// Eigh returns the eigenvalues [… n] of symmetric matrices x [… n n] in ascending order,
// and their eigenvectors, the columns of [… n n]. It reads the lower triangles. The
// vectors have length 1; their signs are arbitrary. It panics with an [*ArgError] when
// a matrix is not finite.
// See https://docs.pytorch.org/docs/stable/generated/torch.linalg.eigh.html.
func Eigh(x *Tensor) (values, vectors *Tensor) {
	var dims [1]int
	dst := ZerosOf(x.dtype, Dims(dims[:0]).Eigh(x)...)
	EighTo(dst, x)
	vectors, at := dst.next(0, nil, x.Shape()...)
	values, _ = dst.next(at, nil, x.Shape()[:x.rank-1]...)
	return values, vectors
}

func newEigh(x *Tensor) decomposition {
	square("eigh", x)
	n := x.shape[x.rank-1]
	return decomposition{op: "eigh", failure: notFinite, n: n, m: n, sizes: [3]int{n * n, n}, buffer: kernel.EighBuffer(n)}
}

// Eigh appends to dst the shape of what [EighTo] writes.
func (dst Dims) Eigh(x *Tensor) []int { d := newEigh(x); return d.shape(dst, x) }

// EighTo writes all vectors of [Eigh] into the vector dst, and after them all values.
// dst must be contiguous and share no storage with x.
func EighTo(dst, x *Tensor) {
	d := newEigh(x)
	d.of(dst, x, eigh[float32], eigh[float64])
}

func eigh[T kernel.Float](vectors, values, _, x []T, n, m int, buf []float64) bool {
	return kernel.Eigh(values, vectors, x, n, buf)
}

// SVD returns the singular values s [… k] of matrices x [… n m] in descending order, k =
// min(n, m), and the u [… n k] and vh [… k m] with x = u diag(s) vh. The columns of u and
// the rows of vh are orthonormal; the sign of a pair of them is arbitrary. It panics with
// an [*ArgError] when a matrix is not finite.
// See https://docs.pytorch.org/docs/stable/generated/torch.linalg.svd.html.
func SVD(x *Tensor) (u, s, vh *Tensor) {
	var dims [1]int
	dst := ZerosOf(x.dtype, Dims(dims[:0]).SVD(x)...)
	SVDTo(dst, x)
	n, m := matrices("svd", x)
	lead, k := x.Shape()[:x.rank-2], min(n, m)
	u, at := dst.next(0, lead, n, k)
	vh, at = dst.next(at, lead, k, m)
	s, _ = dst.next(at, lead, k)
	return u, s, vh
}

func newSVD(x *Tensor) decomposition {
	n, m := matrices("svd", x)
	k := min(n, m)
	return decomposition{op: "svd", failure: notFinite, n: n, m: m, sizes: [3]int{n * k, k * m, k}, buffer: kernel.SVDBuffer(n, m)}
}

// SVD appends to dst the shape of what [SVDTo] writes.
func (dst Dims) SVD(x *Tensor) []int { d := newSVD(x); return d.shape(dst, x) }

// SVDTo writes all u of [SVD] into the vector dst, after them all vh, and after them all
// s. dst must be contiguous and share no storage with x.
func SVDTo(dst, x *Tensor) {
	d := newSVD(x)
	d.of(dst, x, svd[float32], svd[float64])
}

func svd[T kernel.Float](u, vh, s, x []T, n, m int, buf []float64) bool {
	return kernel.SVD(u, s, vh, x, n, m, buf)
}

// SVDVals returns the singular values of [SVD] alone.
// See https://docs.pytorch.org/docs/stable/generated/torch.linalg.svdvals.html.
func SVDVals(x *Tensor) *Tensor {
	d := newSVD(x)
	d.sizes, d.whole = [3]int{min(d.n, d.m)}, true
	s := ZerosOf(x.dtype, append(slices.Clone(x.Shape()[:x.rank-2]), d.sizes[0])...)
	d.of(s, x, svdvals[float32], svdvals[float64])
	return s
}

func svdvals[T kernel.Float](s, _, _, x []T, n, m int, buf []float64) bool {
	return kernel.SVDVals(s, x, n, m, buf)
}

// matrices returns the lengths of the last two axes of x, of which there must be two.
func matrices(op string, x *Tensor) (n, m int) {
	if x.rank < 2 {
		BadShape(op, "want matrices [… n m]", x)
	}
	return x.shape[x.rank-2], x.shape[x.rank-1]
}
