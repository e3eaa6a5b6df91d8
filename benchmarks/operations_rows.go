package benchmarks

import "github.com/descent-ml/descent/tensor"

// rows are operations along the last axis and along the first.
func (o *operationList) rows() {
	for axis, suffix := range []string{"_axis0", ""} {
		add := func(name string, low, high float64, f func(x variable, axis int) variable) {
			o.one(name+suffix, o.between(low, high), func(x variable) variable { return f(x, axis) })
		}
		add("sum", -4, 4, func(x variable, k int) variable { return x.Sum(k) })
		add("mean", -4, 4, func(x variable, k int) variable { return x.Mean(k) })
		add("prod", 0.9, 1.1, func(x variable, k int) variable { return x.Prod(k) })
		add("amax", -4, 4, func(x variable, k int) variable { return x.Max(k) })
		add("amin", -4, 4, func(x variable, k int) variable { return x.Min(k) })
		add("max", -4, 4, func(x variable, k int) variable { y, _ := x.MaxAxis(k); return y })
		add("min", -4, 4, func(x variable, k int) variable { y, _ := x.MinAxis(k); return y })
		add("var", -4, 4, func(x variable, k int) variable { return x.Variance(k) })
		add("std", -4, 4, func(x variable, k int) variable { return x.Std(k) })
		add("norm", -4, 4, func(x variable, k int) variable { return x.Norm(k) })
		add("norm_1", -4, 4, func(x variable, k int) variable { return x.NormP(1, k) })
		add("norm_3", -4, 4, func(x variable, k int) variable { return x.NormP(3, k) })
		add("normalize", -4, 4, func(x variable, k int) variable { return x.Normalize(2, k, 1e-12) })
		add("logsumexp", -4, 4, func(x variable, k int) variable { return x.LogSumExp(k) })
		add("softmax", -4, 4, variable.Softmax)
		add("log_softmax", -4, 4, variable.LogSoftmax)
		add("cumsum", -4, 4, variable.CumSum)
		add("cumprod", 0.9, 1.1, variable.CumProd)
		add("logcumsumexp", -4, 4, variable.LogCumSumExp)
		add("cummax", -4, 4, func(x variable, k int) variable { y, _ := x.CumMax(k); return y })
		add("cummin", -4, 4, func(x variable, k int) variable { y, _ := x.CumMin(k); return y })
		add("diff", -4, 4, func(x variable, k int) variable { return x.Diff(1, k) })
		add("sort", -4, 4, func(x variable, k int) variable { y, _ := x.Sort(k, false); return y })
		add("topk", -4, 4, func(x variable, k int) variable { y, _ := x.TopK(10, k, true); return y })
		add("median", -4, 4, func(x variable, k int) variable { y, _ := x.MedianAxis(k); return y })
		add("quantile", -4, 4, func(x variable, k int) variable { return x.Quantile(0.9, k) })
		add("flip", -4, 4, variable.Flip)
		add("roll", -4, 4, func(x variable, k int) variable { return x.Roll(5, k) })
		o.two("cosine_similarity"+suffix, o.between(-4, 4), o.between(-4, 4), func(x, y variable) variable { return x.CosineSimilarity(y, axis, 1e-8) })
		o.one("any"+suffix, o.bits(), func(x variable) variable { return x.Any(axis) })
		o.one("all"+suffix, o.bits(), func(x variable) variable { return x.All(axis) })
		o.of("argmax"+suffix, o.between(-4, 4), func(x *tensor.Tensor) { tensor.ArgMax(x, axis) })
		o.of("argsort"+suffix, o.between(-4, 4), func(x *tensor.Tensor) { tensor.ArgSort(x, axis, false) })
	}
	x := o.between(-4, 4)
	o.one("sum_all", x, func(x variable) variable { return x.Sum() })
	o.one("mean_all", x, func(x variable) variable { return x.Mean() })
	o.one("amax_all", x, func(x variable) variable { return x.Max() })
	o.one("var_all", x, func(x variable) variable { return x.Variance() })
	o.one("norm_all", x, func(x variable) variable { return x.Norm() })
	o.one("median_all", x, variable.Median)
	o.one("logsumexp_all", x, func(x variable) variable { return x.LogSumExp() })
}

// of appends an operation on a tensor, without a tape. It may allocate its result.
func (o *operationList) of(name string, x input, f func(x *tensor.Tensor)) {
	o.plain(name, func(r *tensor.Rand) func() {
		x := x.draw(r)
		return func() { f(x) }
	})
}

// columns are operations on a long vector.
func (o *operationList) columns() {
	size := o.n * o.n
	x := o.between(0, 1000, size)
	x.round = true
	o.of("unique", x, func(x *tensor.Tensor) { tensor.Unique(x) })
	o.of("nonzero", o.bits(size), func(x *tensor.Tensor) { tensor.NonZero(x) })
	o.of("sort_long", o.between(-4, 4, size), func(x *tensor.Tensor) { tensor.Sort(x, 0, false) })
	o.of("argmax_all", o.between(-4, 4, size), func(x *tensor.Tensor) { tensor.ArgMaxAll(x) })
	o.plain("bincount", func(r *tensor.Rand) func() {
		index := integers(r, 1000, size)
		return func() { tensor.Bincount(index, 0) }
	})
	o.plain("searchsorted", func(r *tensor.Rand) func() {
		sorted, x := tensor.Arange(o.n), o.between(0, float64(o.n), size).draw(r)
		return func() { tensor.SearchSorted(sorted, x, false) }
	})
	o.two("dot", o.between(-1, 1, size), o.between(-1, 1, size), variable.Dot)
	o.two("outer", o.between(-1, 1, o.n), o.between(-1, 1, o.n), variable.Outer)
}
