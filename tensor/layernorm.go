package tensor

import (
	"slices"

	"github.com/descent-ml/descent/internal/kernel"
)

// LayerNormTo writes the layer normalisation of x over its trailing axes, that is
// the last ones, as many as trailing says (https://arxiv.org/abs/1607.06450). The
// elements along these axes are a group: it is standardized, multiplied by w and
// added to b. w and b have the shape of the trailing axes; a nil w stands for
// ones, a nil b for zeros. mean gets the mean of each group and variance the biased
// variance. dst, mean and variance must be contiguous; dst may be x.
func LayerNormTo(dst, mean, variance, x, w, b *Tensor, trailing int, eps float64) {
	layerNormTo("layer-norm", dst, mean, variance, x, w, b, trailing, eps, false)
}

// RMSNormTo is [LayerNormTo] with the mean taken for 0 and without a bias
// (https://arxiv.org/abs/1910.07467): x is divided by the root of its mean
// square plus eps, and multiplied by w. mean gets zeros and square the mean
// squares.
func RMSNormTo(dst, mean, square, x, w *Tensor, trailing int, eps float64) {
	layerNormTo("rms-norm", dst, mean, square, x, w, nil, trailing, eps, true)
}

func layerNormTo(op string, dst, mean, variance, x, w, b *Tensor, trailing int, eps float64, rms bool) {
	checkLayerNorm(op, x, dst, x, mean, variance, w, b, trailing)
	if x.n == 0 {
		return
	}
	var s affineScratch
	if x.dtype == Float64 {
		k := layerNorm[float64](&s, mean, variance, x, w, b, eps, rms)
		k.Value(dst.f64)
	} else {
		k := layerNorm[float32](&s, mean, variance, x, w, b, eps, rms)
		k.Value(dst.f32)
	}
	s.release()
}

// LayerNorm writes the gradients of [LayerNormTo] by x, w and b, given dy, the
// gradient by its result, and its mean and variance:
//
//	g  = dy w
//	dx = r (g − mean g − y mean(g y)), with y before w and b, r = 1/√(variance + eps)
//	dw = Σ dy y, db = Σ dy
//
// dw and db are nil when there are no w and b. All destinations must be
// contiguous.
func (d *Grad) LayerNorm(dw, db, dy, mean, variance, x, w *Tensor, trailing int, eps float64) {
	layerNormGradTo("layer-norm gradient", (*Tensor)(d), dw, db, dy, mean, variance, x, w, trailing, eps, false)
}

// RMSNorm writes the gradients of [RMSNormTo] by x and w: those of
// [Grad.LayerNorm] without mean g.
func (d *Grad) RMSNorm(dw, dy, mean, square, x, w *Tensor, trailing int, eps float64) {
	layerNormGradTo("rms-norm gradient", (*Tensor)(d), dw, nil, dy, mean, square, x, w, trailing, eps, true)
}

func layerNormGradTo(op string, dx, dw, db, dy, mean, variance, x, w *Tensor, trailing int, eps float64, rms bool) {
	checkLayerNorm(op, x, dx, dy, mean, variance, dw, db, trailing)
	checkLayerNorm(op, x, dx, dy, mean, variance, w, nil, trailing)
	if x.n == 0 {
		fillZero(dw, db)
		return
	}
	var s affineScratch
	dy = s.dy.packed(dy)
	if x.dtype == Float64 {
		k := layerNorm[float64](&s, mean, variance, x, w, nil, eps, rms)
		k.Grad(dx.f64[:x.n], elements[float64](dw), elements[float64](db), dy.f64[:x.n])
	} else {
		k := layerNorm[float32](&s, mean, variance, x, w, nil, eps, rms)
		k.Grad(dx.f32[:x.n], elements[float32](dw), elements[float32](db), dy.f32[:x.n])
	}
	s.release()
}

func layerNorm[T kernel.Float](s *affineScratch, mean, variance, x, w, b *Tensor, eps float64, rms bool) kernel.LayerNorm[T] {
	k := kernel.LayerNorm[T]{X: elements[T](s.x.packed(x)), Size: x.n / mean.n, Mean: elements[T](mean), Variance: elements[T](variance), Eps: eps, RMS: rms}
	k.Weight, k.Bias = packedElements[T](&s.w, w), packedElements[T](&s.b, b)
	return k
}

func checkLayerNorm(op string, x, dst, dy, mean, variance, w, b *Tensor, trailing int) {
	if trailing < 1 || trailing > x.rank {
		BadShape(op, "the number of trailing axes must lie between 1 and the number of all axes", x)
	}
	checkNormalized(op, x, dst, dy)
	lead := x.rank - trailing
	groups := 1
	for _, d := range x.shape[:lead] {
		groups *= d
	}
	for i, t := range [...]*Tensor{mean, variance} {
		sameDType(op, [...]string{"the mean", "the variance"}[i], x, t)
		contiguous(op, t)
		if t.n != groups {
			BadShape(op, "want a mean and a variance for each group that is normalized", x, t)
		}
	}
	for i, t := range [...]*Tensor{w, b} {
		if t == nil {
			continue
		}
		sameDType(op, [...]string{"the weight", "the bias"}[i], x, t)
		if !slices.Equal(t.Shape(), x.Shape()[lead:]) {
			BadShape(op, "want weight and bias with the shape of the trailing axes", x, t)
		}
	}
}
