package nn_test

import (
	"math"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/nn"
	"github.com/descent-ml/descent/tensor"
)

// A source draws one operand of a loss.
type source = func() *tensor.Tensor

func drawn(seed uint64, shape ...int) source {
	return func() *tensor.Tensor { return normal(tensor.Float64, seed, shape...) }
}

// between draws numbers between lo and hi.
func between(lo, hi float64, seed uint64, shape ...int) source {
	return func() *tensor.Tensor {
		x := drawn(seed, shape...)()
		for i, v := range tensor.Data[float64](x) {
			tensor.Data[float64](x)[i] = lo + (hi-lo)/(1+math.Exp(-v))
		}
		return x
	}
}

// settingTable has the losses with other operands than a prediction and a target
// of normal numbers. Targets that choose a branch are constants.
func settingTable() []lossRow {
	pair := []source{drawn(3, 3, 4), drawn(4, 3, 4)}
	signs := both([]float64{1, -1, -1, 1, 1, 1, -1, -1, 1, -1, 1, -1}, 3, 4)
	flags := both([]float64{1, 0, 0, 1, 1, 1, 0, 0, 0, 0, 0, 1}, 3, 4)
	column, wide := both([]float64{1, -1, 1}, 3), both([]float64{0.5, 2, 1.25, 0.75}, 4)
	spelt, each, one, four := []int{0, 1, 1, 1}, []int{2, 2}, []int{1}, []int{4}
	labels, full := []int{2, 0, 3}, []int{3, 4}
	three := func(third source) []source { return []source{pair[0], pair[1], third} }
	type vars = []autograd.Var
	row := func(loss, sample string, none []int, draw []source, f func(r nn.Reduction, dt tensor.DType, x vars) autograd.Var) lossRow {
		return lossRow{loss: loss, sample: sample, none: none, draw: draw, all: f}
	}
	return []lossRow{
		row("BCELoss", "", full, []source{between(0.1, 0.9, 3, 3, 4), between(0, 1, 4, 3, 4)}, func(r nn.Reduction, dt tensor.DType, x vars) autograd.Var {
			return nn.BCELoss{Weights: wide[dt], Reduction: r}.Of(x[0], x[1])
		}),
		row("KLDivLoss", "", full, []source{drawn(3, 3, 4), between(0.1, 0.9, 4, 3, 4)}, func(r nn.Reduction, _ tensor.DType, x vars) autograd.Var {
			return nn.KLDivLoss{Reduction: r}.Of(x[0], x[1])
		}),
		row("KLDivLoss", "log target", full, pair, func(r nn.Reduction, _ tensor.DType, x vars) autograd.Var {
			return nn.KLDivLoss{LogTarget: true, Reduction: r}.Of(x[0], x[1])
		}),
		row("GaussianNLLLoss", "", full, three(between(0.5, 2, 5, 3, 4)), func(r nn.Reduction, _ tensor.DType, x vars) autograd.Var {
			return nn.GaussianNLLLoss{Full: true, Reduction: r}.Of(x[0], x[1], x[2])
		}),
		row("GaussianNLLLoss", "row", full, three(between(0.5, 2, 5, 3)), func(r nn.Reduction, _ tensor.DType, x vars) autograd.Var {
			return nn.GaussianNLLLoss{Reduction: r}.Of(x[0], x[1], x[2])
		}),
		row("PoissonNLLLoss", "", full, []source{drawn(3, 3, 4), between(1.1, 4, 4, 3, 4)}, func(r nn.Reduction, _ tensor.DType, x vars) autograd.Var {
			return nn.PoissonNLLLoss{Full: true, Reduction: r}.Of(x[0], x[1])
		}),
		row("PoissonNLLLoss", "rates", full, []source{between(0.5, 2, 3, 3, 4), between(0, 4, 4, 3, 4)}, func(r nn.Reduction, _ tensor.DType, x vars) autograd.Var {
			return nn.PoissonNLLLoss{Rates: true, Reduction: r}.Of(x[0], x[1])
		}),
		row("SigmoidFocalLoss", "", full, []source{drawn(3, 3, 4), between(0, 1, 4, 3, 4)}, func(r nn.Reduction, _ tensor.DType, x vars) autograd.Var {
			return nn.SigmoidFocalLoss{Reduction: r}.Of(x[0], x[1])
		}),
		row("SigmoidFocalLoss", "gamma below 1", full, []source{drawn(3, 3, 4), between(0, 1, 4, 3, 4)}, func(r nn.Reduction, _ tensor.DType, x vars) autograd.Var {
			return nn.SigmoidFocalLoss{Gamma: 0.5, Alpha: -1, Reduction: r}.Of(x[0], x[1])
		}),
		row("DiceLoss", "", []int{2, 3}, []source{between(0, 1, 3, 2, 3, 2, 2), between(0, 1, 4, 2, 3, 2, 2)}, func(r nn.Reduction, _ tensor.DType, x vars) autograd.Var {
			return nn.DiceLoss{Smooth: 0.5, Reduction: r}.Of(x[0], x[1])
		}),
		row("HingeLoss", "", full, pair[:1], func(r nn.Reduction, dt tensor.DType, x vars) autograd.Var {
			return nn.HingeLoss{Margin: 0.7, Reduction: r}.Of(x[0], x[0].Tape().Const(signs[dt]))
		}),
		row("HingeEmbeddingLoss", "", full, pair[:1], func(r nn.Reduction, dt tensor.DType, x vars) autograd.Var {
			return nn.HingeEmbeddingLoss{Reduction: r}.Of(x[0], x[0].Tape().Const(signs[dt]))
		}),
		row("SoftMarginLoss", "", full, pair, func(r nn.Reduction, _ tensor.DType, x vars) autograd.Var {
			return nn.SoftMarginLoss{Reduction: r}.Of(x[0], x[1])
		}),
		row("MarginRankingLoss", "", full, pair, func(r nn.Reduction, dt tensor.DType, x vars) autograd.Var {
			return nn.MarginRankingLoss{Margin: 0.3, Reduction: r}.Of(x[0], x[1], x[0].Tape().Const(signs[dt]))
		}),
		row("MultiMarginLoss", "", []int{3}, pair[:1], func(r nn.Reduction, dt tensor.DType, x vars) autograd.Var {
			return nn.MultiMarginLoss{Weights: wide[dt], Reduction: r}.Of(x[0], labels)
		}),
		row("MultiMarginLoss", "squares", []int{3}, pair[:1], func(r nn.Reduction, _ tensor.DType, x vars) autograd.Var {
			return nn.MultiMarginLoss{P: 2, Margin: 2, Reduction: r}.Of(x[0], labels)
		}),
		row("MultiMarginLoss", "no batch", []int{}, []source{drawn(3, 4)}, func(r nn.Reduction, _ tensor.DType, x vars) autograd.Var {
			return nn.MultiMarginLoss{Reduction: r}.Of(x[0], labels[:1])
		}),
		row("MultiLabelMarginLoss", "", []int{3}, pair[:1], func(r nn.Reduction, dt tensor.DType, x vars) autograd.Var {
			return nn.MultiLabelMarginLoss{Reduction: r}.Of(x[0], x[0].Tape().Const(flags[dt]))
		}),
		row("MultiLabelSoftMarginLoss", "", []int{3}, []source{drawn(3, 3, 4), between(0, 1, 4, 3, 4)}, func(r nn.Reduction, dt tensor.DType, x vars) autograd.Var {
			return nn.MultiLabelSoftMarginLoss{Weights: wide[dt], Reduction: r}.Of(x[0], x[1])
		}),
		row("TripletMarginLoss", "", []int{3}, three(drawn(5, 3, 4)), func(r nn.Reduction, _ tensor.DType, x vars) autograd.Var {
			return nn.TripletMarginLoss{Margin: 2, Swap: true, Reduction: r}.Of(x[0], x[1], x[2])
		}),
		row("TripletMarginLoss", "norm 3", []int{3}, three(drawn(5, 3, 4)), func(r nn.Reduction, _ tensor.DType, x vars) autograd.Var {
			return nn.TripletMarginLoss{Margin: 2, P: 3, Reduction: r}.Of(x[0], x[1], x[2])
		}),
		row("CTCLoss", "", []int{2}, []source{drawn(3, 5, 2, 3)}, func(r nn.Reduction, _ tensor.DType, x vars) autograd.Var {
			y := nn.CTCLoss{Blank: 2, ZeroInfinity: true, Reduction: r}.Of(x[0].LogSoftmax(-1), spelt, nil, each)
			if r == nn.Mean {
				y = y.MulScalar(2) // it divides by the labels, too
			}
			return y
		}),
		row("CTCLoss", "no batch", []int{}, []source{drawn(3, 4, 3)}, func(r nn.Reduction, _ tensor.DType, x vars) autograd.Var {
			return nn.CTCLoss{Reduction: r}.Of(x[0], one, four, one)
		}),
		row("CosineEmbeddingLoss", "", []int{3}, pair, func(r nn.Reduction, dt tensor.DType, x vars) autograd.Var {
			return nn.CosineEmbeddingLoss{Margin: -0.9, Reduction: r}.Of(x[0], x[1], x[0].Tape().Const(column[dt]))
		}),
	}
}

// both returns a tensor in both element types.
func both(v []float64, shape ...int) []*tensor.Tensor {
	x := tensor.New(v, shape...)
	return []*tensor.Tensor{tensor.Float32: x.To(tensor.Float32), tensor.Float64: x}
}
