package dist

import (
	"math"
	"slices"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/tensor"
)

// Categorical is the distribution of an index of the last axis. Set either Probs, the
// probabilities, which are divided by their sum, or Logits, their logarithms up to a
// number that is the same for all.
// See https://docs.pytorch.org/docs/stable/distributions.html#categorical.
//
// Where the logarithm of a probability is taken, it is first clamped to ε … 1 − ε,
// with the ε of the element type, as in PyTorch.
type Categorical struct{ Probs, Logits autograd.Var }

func (d Categorical) probs() autograd.Var {
	if one("categorical", d.Probs, d.Logits); d.Logits.IsZero() {
		return d.Probs.Div(d.Probs.SumKeep(-1))
	}
	return d.Logits.Softmax(-1)
}

// logits returns the logarithms of the probabilities.
func (d Categorical) logits() autograd.Var {
	if one("categorical", d.Probs, d.Logits); d.Probs.IsZero() {
		return d.Logits.LogSoftmax(-1)
	}
	return clampProbs(d.probs()).Log()
}

// Sample returns indices, drawn by [tensor.Rand.Multinomial]: those of one sample of
// the batch after those of the other, each in row-major order.
func (d Categorical) Sample(r *tensor.Rand, shape ...int) []int {
	p := d.probs()
	n, _ := tensor.Size(shape)
	k := p.Dim(-1)
	rows := p.Value().Len() / max(1, k)
	r = p.Tape().Draws(r)
	index, of := make([]int, n*rows), make([]int, n)
	w := p.Value().Contiguous().Reshape(rows, k)
	for i := range rows {
		r.Multinomial(of, w.Select(0, i), true)
		for j, v := range of {
			index[j*rows+i] = v
		}
	}
	return index
}

// LogProb returns the log-probabilities of indices that Sample with the same shape
// could have returned, in the shape of the samples and the batch. The tape keeps the
// indices.
func (d Categorical) LogProb(index []int, shape ...int) autograd.Var {
	l := d.logits()
	k, batch := l.Dim(-1), l.Shape()[:l.Rank()-1]
	var dims [tensor.MaxRank]int
	full := append(extended(dims[:0], shape, batch), k)
	n, _ := tensor.Size(full[:len(full)-1])
	if len(index) != n {
		tensor.BadArg("categorical", "want %d indices for the shape %v, got %d", n, slices.Clone(full[:len(full)-1]), len(index))
	}
	if !slices.Equal(full, l.Shape()) {
		l = l.Expand(full...)
	}
	full[len(full)-1] = 1
	return l.Gather(-1, index, full...).Squeeze(-1)
}

// Entropy returns −Σ pᵢ log pᵢ.
func (d Categorical) Entropy() autograd.Var {
	l := d.logits()
	l = l.Clamp(-l.DType().Largest(), math.Inf(1)) // 0 · log 0 is 0
	return l.Mul(d.probs()).Sum(-1).Neg()
}
