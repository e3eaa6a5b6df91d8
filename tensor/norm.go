package tensor

import (
	"math"

	"github.com/descent-ml/descent/internal/kernel"
)

// An affineScratch holds contiguous copies of the operands of a normalisation.
type affineScratch struct{ x, w, b, dy scratch }

func (s *affineScratch) release() {
	s.x.release()
	s.w.release()
	s.b.release()
	s.dy.release()
}

// checkNormalized panics when the destination or dy does not fit to x.
func checkNormalized(op string, x, dst, dy *Tensor) {
	sameDType(op, "the destination", x, dst)
	sameDType(op, "dy", x, dy)
	destination(op, dst, x.Shape(), x)
	sameShape(op, dy, x.Shape(), x)
	contiguous(op, dst)
}

// fillZero sets the tensors that are there to zero.
func fillZero(ts ...*Tensor) {
	for _, t := range ts {
		if t != nil {
			t.Fill(0)
		}
	}
}

// elements returns the elements of a contiguous tensor, or nil for none.
func elements[T kernel.Float](t *Tensor) []T {
	if t == nil {
		return nil
	}
	s, _ := kernel.SliceOf[T](t.f32, t.f64)
	return s[:t.n]
}

// packedElements returns the elements of a tensor, or nil for none.
func packedElements[T kernel.Float](s *scratch, t *Tensor) []T {
	if t == nil {
		return nil
	}
	return elements[T](s.packed(t))
}

// BatchNormTo writes the batch normalisation of x [batch channels …]
// (https://arxiv.org/abs/1502.03167): each channel is standardized over all
// other axes, multiplied by its element of w and added to that of b. A nil w
// stands for ones, a nil b for zeros. mean gets the mean of each channel and
// variance the biased variance. dst, mean and variance must be contiguous; dst
// may be x.
func BatchNormTo(dst, mean, variance, x, w, b *Tensor, eps float64) {
	const op = "batch-norm"
	checkBatchNorm(op, x, dst, x, mean, variance, w, b)
	if x.n == 0 {
		mean.Fill(math.NaN())
		variance.Fill(math.NaN())
		return
	}
	var s affineScratch
	if x.dtype == Float64 {
		k := batchNorm[float64](&s, mean, variance, x, w, b, eps)
		k.Value(dst.f64)
	} else {
		k := batchNorm[float32](&s, mean, variance, x, w, b, eps)
		k.Value(dst.f32)
	}
	s.release()
}

// BatchNorm writes the gradients of [BatchNormTo] by x, w and b, given dy, the
// gradient by its result, and its mean and variance:
//
//	dx = w r (dy − mean dy − y mean(dy y)), with y before w and b, r = 1/√(variance + eps)
//	dw = Σ dy y, db = Σ dy
//
// dw and db are nil when there are no w and b. All destinations must be
// contiguous.
func (d *Grad) BatchNorm(dw, db, dy, mean, variance, x, w *Tensor, eps float64) {
	dx := (*Tensor)(d)
	const op = "batch-norm gradient"
	checkBatchNorm(op, x, dx, dy, mean, variance, dw, db)
	checkBatchNorm(op, x, dx, dy, mean, variance, w, nil)
	if x.n == 0 {
		fillZero(dw, db)
		return
	}
	var s affineScratch
	dy = s.dy.packed(dy)
	if x.dtype == Float64 {
		k := batchNorm[float64](&s, mean, variance, x, w, nil, eps)
		k.Grad(dx.f64[:x.n], elements[float64](dw), elements[float64](db), dy.f64[:x.n])
	} else {
		k := batchNorm[float32](&s, mean, variance, x, w, nil, eps)
		k.Grad(dx.f32[:x.n], elements[float32](dw), elements[float32](db), dy.f32[:x.n])
	}
	s.release()
}

func batchNorm[T kernel.Float](s *affineScratch, mean, variance, x, w, b *Tensor, eps float64) kernel.BatchNorm[T] {
	k := kernel.BatchNorm[T]{X: elements[T](s.x.packed(x)), Batch: x.shape[0], Channels: x.shape[1], Mean: elements[T](mean), Variance: elements[T](variance), Eps: eps}
	k.Size = x.n / (k.Batch * k.Channels)
	k.Weight, k.Bias = packedElements[T](&s.w, w), packedElements[T](&s.b, b)
	return k
}

func checkBatchNorm(op string, x, dst, dy, mean, variance, w, b *Tensor) {
	if x.rank < 2 {
		BadShape(op, "want a batch with channels on axis 1", x)
	}
	checkNormalized(op, x, dst, dy)
	for i, t := range [...]*Tensor{mean, variance, w, b} {
		if t == nil {
			continue
		}
		sameDType(op, [...]string{"the mean", "the variance", "the weight", "the bias"}[i], x, t)
		if t.n != x.shape[1] || t.rank != 1 && t != mean && t != variance {
			BadShape(op, "want one number for each channel, axis 1", x, t)
		}
	}
	contiguous(op, mean)
	contiguous(op, variance)
}
