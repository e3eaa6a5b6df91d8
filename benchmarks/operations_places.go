package benchmarks

import (
	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/tensor"
)

// selections are operations that take elements by number.
func (o *operationList) selections() {
	n, x := o.n, o.between(-4, 4)
	// add appends an operation with count random numbers below n.
	add := func(name string, count int, f func(v []variable, index []int) variable, inputs ...input) {
		o.prepared(name, func(r *tensor.Rand) operation {
			index := integers(r, n, count)
			return func(v []variable) variable { return f(v, index) }
		}, inputs...)
	}
	permuted := func(name string, count int, f func(v []variable, index []int) variable, inputs ...input) {
		o.prepared(name, func(r *tensor.Rand) operation {
			index := r.Perm(n)[:count]
			return func(v []variable) variable { return f(v, index) }
		}, inputs...)
	}
	for axis, suffix := range []string{"_axis0", ""} {
		add("gather"+suffix, n*n, func(v []variable, index []int) variable { return v[0].Gather(axis, index, n, n) }, x)
		add("take_along_dim"+suffix, n*n, func(v []variable, index []int) variable { return v[0].TakeAlongDim(index, axis, n, n) }, x)
		add("scatter_add"+suffix, n*n, func(v []variable, index []int) variable { return v[0].ScatterAdd(axis, index, v[1]) }, x, x)
		add("scatter_amax"+suffix, n*n, func(v []variable, index []int) variable {
			return v[0].ScatterReduce(axis, index, v[1], tensor.ScatterAMax, true)
		}, x, x)
		add("scatter"+suffix, n*n, func(v []variable, index []int) variable { return v[0].Scatter(axis, index, v[1]) }, x, x)
		add("index_select"+suffix, n, func(v []variable, index []int) variable { return v[0].IndexSelect(axis, index) }, x)
		add("index_add"+suffix, n, func(v []variable, index []int) variable { return v[0].IndexAdd(axis, index, v[1]) }, x, x)
		permuted("index_copy"+suffix, n, func(v []variable, index []int) variable { return v[0].IndexCopy(axis, index, v[1]) }, x, x)
		permuted("index_fill"+suffix, n/2, func(v []variable, index []int) variable { return v[0].IndexFill(axis, index, 7) }, x)
		o.prepared("repeat_interleave"+suffix, func(r *tensor.Rand) operation {
			repeats := integers(r, 3, n)
			repeats[0] = 1
			return func(v []variable) variable { return v[0].RepeatInterleave(repeats, axis) }
		}, x)
	}
	add("embedding", n*8, func(v []variable, index []int) variable { return v[0].Embedding(index, -1) }, o.between(-1, 1, n, 128))
	for mode, name := range []string{"embedding_bag_mean", "embedding_bag_sum", "embedding_bag_max"} {
		add(name, n*8, func(v []variable, index []int) variable {
			return v[0].EmbeddingBag(autograd.Bags{Index: index, Length: 8, Mode: autograd.BagMode(mode)}, variable{})
		}, o.between(-1, 1, n, 128))
	}
}

// shapes are operations that move elements.
func (o *operationList) shapes() {
	n, x, z := o.n, o.between(-4, 4), o.photos()
	o.one("tile", o.between(-4, 4, n/2, n/2), func(x variable) variable { return x.Tile(2, 2) })
	o.one("tril", x, func(x variable) variable { return x.Tril(0) })
	o.one("triu", x, func(x variable) variable { return x.Triu(0) })
	o.one("diag", x, func(x variable) variable { return x.Diag(0) })
	o.one("diag_embed", o.between(-4, 4, n), func(x variable) variable { return x.DiagEmbed(0, -2, -1) })
	o.one("diagonal", o.between(-4, 4, n/64, n/8, n/8), func(x variable) variable { return x.Diagonal(0, 1, 2) })
	o.one("trace", x, variable.Trace)
	o.two("cat", x, x, func(x, y variable) variable { return autograd.Concat(1, x, y) })
	o.two("stack", x, x, func(x, y variable) variable { return autograd.Stack(0, x, y) })
	o.one("slice_step", x, func(x variable) variable { return x.Slice(1, 1, n, 2) })
	o.one("select", x, func(x variable) variable { return x.Select(1, 3) })
	o.one("permute_copy", z, func(x variable) variable { return x.Permute(0, 2, 3, 1).Reshape(-1) })
	o.one("expand_sum", o.between(-4, 4, n, 1), func(x variable) variable { return x.Expand(n, n).MulScalar(2) })
	o.one("pad", z, func(x variable) variable { return x.Pad(0, 0, 0, 0, 0, 1, 1, 1, 1) })
	o.one("pad_reflect", z, func(x variable) variable { return x.PadReflect(0, 0, 0, 0, 1, 1, 1, 1) })
	o.one("pad_replicate", z, func(x variable) variable { return x.PadReplicate(0, 0, 0, 0, 1, 1, 1, 1) })
	o.one("pad_circular", z, func(x variable) variable { return x.PadCircular(0, 0, 0, 0, 1, 1, 1, 1) })
}
