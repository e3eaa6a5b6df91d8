package kernel

import "github.com/descent-ml/descent/internal/kernel/work"

// A LayerNorm is the layer normalisation of X, rows of Size elements: each row
// is standardized, multiplied by Weight and added to Bias, which have Size
// elements and may be nil for ones and zeros. With RMS no mean is subtracted:
// rows are divided by their root mean square.
type LayerNorm[T Float] struct {
	X              []T
	Size           int
	Mean, Variance []T // of each row; the variance is the biased one, or the mean square for RMS
	Weight, Bias   []T
	Eps            float64
	RMS            bool
}

// A layerNormTask computes the value or the gradient. Each part is rowsPart
// rows.
type layerNormTask[T Float] struct {
	LayerNorm[T]
	dst, dy []T // the value, or dx; dy is nil for the value
	sums    []T // for each part, its share of dw and db
}

var layerNormTasks work.Tasks[layerNormTask[float32], layerNormTask[float64]]

// Value writes the normalized rows, and the statistics.
func (l *LayerNorm[T]) Value(dst []T) {
	work.Do(&layerNormTasks, len(l.X) >= largeWork, l.parts(), layerNormTask[T]{LayerNorm: *l, dst: dst})
}

// Grad writes the gradients by X, Weight and Bias. It needs the statistics and
// dy, the gradient by the value. A sum over rows is first taken within each part,
// and then over the parts.
func (l *LayerNorm[T]) Grad(dx, dw, db, dy []T) {
	n := l.parts()
	buf, lent := work.Borrow[T](2*n*l.Size + l.Size)
	t := layerNormTask[T]{LayerNorm: *l, dst: dx, dy: dy, sums: buf[:2*n*l.Size]}
	clear(t.sums)
	if l.Weight == nil {
		t.Weight = buf[2*n*l.Size:]
		Fill(t.Weight, 1)
	}
	work.Do(&layerNormTasks, len(l.X) >= largeWork, n, t)
	if dw != nil {
		sumColumns(dw, t.sums, 2*l.Size)
	}
	if db != nil {
		sumColumns(db, t.sums[l.Size:], 2*l.Size)
	}
	work.Return(lent)
}

func (l *LayerNorm[T]) parts() int { return (len(l.Mean) + rowsPart - 1) / rowsPart }

func (t *layerNormTask[T]) Do(part int) {
	n := T(t.Size)
	for r := part * rowsPart; r < min(len(t.Mean), (part+1)*rowsPart); r++ {
		x, dst := t.X[r*t.Size:][:t.Size], t.dst[r*t.Size:][:t.Size]
		if t.dy == nil {
			var mean, squares T
			if t.RMS {
				_, squares = moments(x, 0)
			} else {
				mean, squares = Spread(x)
			}
			t.Mean[r], t.Variance[r] = mean, squares/n
			t.value(dst, x, mean, Rstd(t.Variance[r], t.Eps))
			continue
		}
		dy, mean, rstd := t.dy[r*t.Size:], t.Mean[r], Rstd(t.Variance[r], t.Eps)
		sum, dot := LayerNormGradSums(x, dy, t.Weight, mean)
		if t.RMS {
			sum = 0
		}
		share := t.sums[2*part*t.Size:][:2*t.Size]
		LayerNormGrad(dst, share[:t.Size], share[t.Size:], x, dy, t.Weight, mean, rstd, sum/n, dot/n*rstd*rstd)
	}
}

func (t *layerNormTask[T]) value(dst, x []T, mean, rstd T) {
	if t.Weight != nil && t.Bias != nil {
		NormalizeAffine(dst, x, t.Weight, t.Bias, mean, rstd)
		return
	}
	Normalize(dst, x, mean, rstd)
	if t.Weight != nil {
		Mul(dst, dst, t.Weight)
	}
	if t.Bias != nil {
		Add(dst, dst, t.Bias)
	}
}
