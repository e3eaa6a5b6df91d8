package benchmarks

import (
	"github.com/descent-ml/descent/nn"
	"github.com/descent-ml/descent/tensor"
)

func (o *operationList) losses() {
	n := o.n
	x, y, p, q := o.between(-4, 4), o.fixed(-4, 4), o.between(0.1, 0.9), o.fixed(0.1, 0.9)
	o.two("mse_loss", x, y, nn.MSE)
	o.two("l1_loss", x, y, nn.L1)
	o.two("huber_loss", x, y, nn.HuberLoss{}.Of)
	o.two("smooth_l1_loss", x, y, nn.SmoothL1Loss{}.Of)
	o.two("binary_cross_entropy", p, q, nn.BCELoss{}.Of)
	o.two("binary_cross_entropy_with_logits", x, q, nn.BCEWithLogits)
	o.two("kl_div", x, q, nn.KLDiv)
	o.add("gaussian_nll_loss", func(v []variable) variable { return nn.GaussianNLLLoss{}.Of(v[0], v[1], v[2]) }, x, y, p)
	o.two("poisson_nll_loss", x, q, nn.PoissonNLLLoss{}.Of)
	signed := func(name string, x input, f func(x, y variable) variable) {
		o.two(name, x, o.bits(x.shape...), func(x, y variable) variable { return f(x, y.MulScalar(2).AddScalar(-1)) })
	}
	signed("soft_margin_loss", x, nn.SoftMarginLoss{}.Of)
	signed("hinge_embedding_loss", x, nn.HingeEmbeddingLoss{}.Of)
	o.add("margin_ranking_loss", func(v []variable) variable {
		return nn.MarginRankingLoss{}.Of(v[0], v[1], v[2].MulScalar(2).AddScalar(-1))
	}, x, x, o.bits())
	o.add("cosine_embedding_loss", func(v []variable) variable {
		return nn.CosineEmbeddingLoss{}.Of(v[0], v[1], v[2].MulScalar(2).AddScalar(-1))
	}, x, x, o.bits(n))
	o.add("triplet_margin_loss", func(v []variable) variable { return nn.TripletMarginLoss{}.Of(v[0], v[1], v[2]) }, x, x, x)
	o.two("multilabel_soft_margin_loss", x, o.bits(), nn.MultiLabelSoftMarginLoss{}.Of)
	labelled := func(name string, f func(x variable, labels []int) variable, x input) {
		o.prepared(name, func(r *tensor.Rand) operation {
			labels := integers(r, n, n)
			return func(v []variable) variable { return f(v[0], labels) }
		}, x)
	}
	labelled("cross_entropy", nn.CrossEntropy, x)
	labelled("cross_entropy_smoothed", nn.CrossEntropyLoss{Smoothing: 0.1}.Of, x)
	labelled("nll_loss", nn.NLL, x)
	labelled("multi_margin_loss", nn.MultiMarginLoss{}.Of, x)
	o.two("cross_entropy_of_probabilities", x, q, nn.CrossEntropyLoss{}.OfProbs)
	o.prepared("ctc_loss", func(r *tensor.Rand) operation {
		labels, lengths, steps := integers(r, 63, 16*(n/64)), make([]int, 16), make([]int, 16)
		for i := range labels {
			labels[i]++
		}
		for i := range lengths {
			lengths[i], steps[i] = n/64, n/8
		}
		return func(v []variable) variable { return nn.CTCLoss{}.Of(v[0].LogSoftmax(-1), labels, steps, lengths) }
	}, o.between(-1, 1, n/8, 16, 64))
}
