package nn

import (
	"cmp"
	"fmt"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/tensor"
)

// MultiheadAttention lets every place of a sequence look at the places of another
// one, or of the same (https://arxiv.org/abs/1706.03762). It is PyTorch's layer
// with batch_first=True.
// See https://docs.pytorch.org/docs/stable/generated/torch.nn.MultiheadAttention.html.
type MultiheadAttention struct {
	// The first projection is one weight, or three where keys and values have
	// widths or numbers of heads of their own.
	InProjWeight *autograd.Param // [3·width width]: of queries, keys and values; nil for three weights
	QProjWeight  *autograd.Param // [width width]
	KProjWeight  *autograd.Param // [KVHeads·width/Heads, width of the keys]
	VProjWeight  *autograd.Param // [KVHeads·width/Heads, width of the values]
	InProjBias   *autograd.Param // [3·width]: of queries, keys and values; nil for none
	BiasK        *autograd.Param // [1 1 width]: a key that is added to those of every sequence; nil for none
	BiasV        *autograd.Param // [1 1 width]: its value

	OutProj  *Linear       // of the heads' results, from width to width
	Heads    int           // they share the width
	KVHeads  int           // heads of the keys and values, each shared by a group of heads; 0 stands for Heads
	Causal   bool          // each place sees itself and the places before it only
	ZeroAttn bool          // every query sees one more key and value, which are 0: PyTorch's add_zero_attn
	Rotary   *Rotary       // turns queries and keys by their places; nil for none
	Dropout  float64       // the probability of dropout of the weights; 0 drops nothing
	Rand     *tensor.Rand  // where dropout draws from
	Mode     autograd.Mode // of the dropout; the zero value inherits the mode of the tape
}

// MultiheadAttentionOptions are the settings of a [MultiheadAttention]. The zero
// value is PyTorch's default.
type MultiheadAttentionOptions struct {
	KeyWidth, ValueWidth int     // PyTorch's kdim and vdim; 0 stands for the width
	KVHeads              int     // heads of the keys and values (https://arxiv.org/abs/2305.13245); 0 stands for as many as there are
	Causal               bool    // each place sees itself and the places before it only
	BiasKV               bool    // every query sees one more key and value, which are trained: PyTorch's add_bias_kv
	ZeroAttn             bool    // every query sees one more key and value, which are 0: PyTorch's add_zero_attn
	Rotary               *Rotary // turns queries and keys by their places; nil for none
	Dropout              float64 // the probability of dropout of the weights
}

// NewMultiheadAttention returns a layer for inputs of the given width, which
// the heads share. The initial values are PyTorch's: the weight of the first
// projection is drawn by [XavierUniform], that of the second as by [NewLinear],
// BiasK and BiasV by [XavierNormal], and the biases are 0. NewMultiheadAttention panics when the number of heads
// does not divide the width.
func NewMultiheadAttention(r *tensor.Rand, width, heads int, o MultiheadAttentionOptions) *MultiheadAttention {
	o.check(width, heads)
	out := NewLinear(r, width, width)
	out.Bias.Value.Fill(0)
	m := newMultiheadAttention(r, width, heads, o, out)
	m.InProjBias = autograd.NewParam(tensor.Zeros(width + 2*m.keyWidth(width)))
	return m
}

// NewMultiheadAttentionNoBias is [NewMultiheadAttention] without biases.
func NewMultiheadAttentionNoBias(r *tensor.Rand, width, heads int, o MultiheadAttentionOptions) *MultiheadAttention {
	o.check(width, heads)
	return newMultiheadAttention(r, width, heads, o, NewLinearNoBias(r, width, width))
}

func (o *MultiheadAttentionOptions) check(width, heads int) {
	const op = "multihead-attention"
	if heads < 1 || width < 1 || width%heads != 0 {
		tensor.BadArg(op, "%d heads do not divide a width of %d", heads, width)
	}
	if o.KVHeads < 0 || o.KVHeads > 0 && heads%o.KVHeads != 0 {
		tensor.BadArg(op, "%d heads cannot share %d heads of keys and values evenly", heads, o.KVHeads)
	}
	if o.KeyWidth < 0 || o.ValueWidth < 0 {
		tensor.BadArg(op, "KeyWidth is %d and ValueWidth %d; they must not be negative", o.KeyWidth, o.ValueWidth)
	}
	checkShare(op, "Dropout", o.Dropout)
}

func newMultiheadAttention(r *tensor.Rand, width, heads int, o MultiheadAttentionOptions, out *Linear) *MultiheadAttention {
	m := &MultiheadAttention{OutProj: out, Heads: heads, KVHeads: o.KVHeads, Causal: o.Causal, ZeroAttn: o.ZeroAttn, Rotary: o.Rotary, Dropout: o.Dropout, Rand: r}
	xavier := func(out, in int) *autograd.Param {
		w := tensor.Zeros(out, in)
		XavierUniform(r, w, 1)
		return autograd.NewParam(w)
	}
	key, value := cmp.Or(o.KeyWidth, width), cmp.Or(o.ValueWidth, width)
	if key == width && value == width && m.keyWidth(width) == width {
		m.InProjWeight = xavier(3*width, width)
	} else {
		m.QProjWeight, m.KProjWeight, m.VProjWeight = xavier(width, width), xavier(m.keyWidth(width), key), xavier(m.keyWidth(width), value)
	}
	if o.BiasKV {
		k, v := tensor.Zeros(1, 1, m.keyWidth(width)), tensor.Zeros(1, 1, m.keyWidth(width))
		XavierNormal(r, k, 1)
		XavierNormal(r, v, 1)
		m.BiasK, m.BiasV = autograd.NewParam(k), autograd.NewParam(v)
	}
	return m
}

// kvHeads returns the number of heads of the keys and values.
func (m *MultiheadAttention) kvHeads() int { return cmp.Or(m.KVHeads, m.Heads) }

// keyWidth returns the width of the heads of the keys together.
func (m *MultiheadAttention) keyWidth(width int) int { return width / m.Heads * m.kvHeads() }

// An AttentionMask says what attention does not see, in PyTorch's words. The zero
// value hides nothing. Add and Ignore broadcast to [batch heads queries keys]: a
// mask for each example is [batch 1 queries keys].
type AttentionMask struct {
	Add        autograd.Var // added to the scores: PyTorch's attn_mask of numbers; it may get a gradient
	Ignore     autograd.Var // not 0 where a query does not see a key: PyTorch's attn_mask of booleans
	IgnoreKeys autograd.Var // [batch keys], not 0 where no query sees the key: PyTorch's key_padding_mask
}

// Forward is self-attention: it keeps the shape, [batch length width] or [length
// width].
func (m *MultiheadAttention) Forward(x autograd.Var) autograd.Var {
	return m.ForwardMasked(x, x, x, AttentionMask{})
}

// ForwardMasked is attention of queries over the keys and values of another
// sequence, or of the same. query is [batch queries width], key [batch keys …]
// and value [batch keys …], or all are without a batch. The result has the shape
// of query. A query that sees no key gets the bias of OutProj.
func (m *MultiheadAttention) ForwardMasked(query, key, value autograd.Var, mask AttentionMask) autograd.Var {
	y, _ := m.attend(query, key, value, mask, nil, false)
	return y
}

// ForwardWeights is [MultiheadAttention.ForwardMasked]. It returns the weights of
// the values as well, averaged over the heads: [batch queries keys]. As in
// PyTorch they are those after dropout.
func (m *MultiheadAttention) ForwardWeights(query, key, value autograd.Var, mask AttentionMask) (y, weights autograd.Var) {
	return m.attend(query, key, value, mask, nil, true)
}

// attend computes everything: with a cache, over its keys and values as well, and
// the weights when they are wanted.
func (m *MultiheadAttention) attend(query, key, value autograd.Var, mask AttentionMask, cache *KVCache, want bool) (y, weights autograd.Var) {
	const op = "multihead-attention"
	if m == nil || m.OutProj == nil || !has(m.OutProj.Weight) || !has(m.InProjWeight) && (!has(m.QProjWeight) || !has(m.KProjWeight) || !has(m.VProjWeight)) {
		panic(empty(op, "NewMultiheadAttention"))
	}
	m.checkHeads()
	t := query.Tape()
	defer t.SetMode(t.SetMode(m.Mode))
	self := query == key && key == value
	m.checkWidths(query, key, value)
	if query.Rank() == 2 {
		query = query.Unsqueeze(0)
		if self {
			key, value = query, query
		} else {
			key, value = key.Unsqueeze(0), value.Unsqueeze(0)
		}
		y, weights = m.attend(query, key, value, mask.batched(), cache, want)
		if want {
			weights = weights.Squeeze(0)
		}
		return y.Squeeze(0), weights
	}
	drops := m.Dropout > 0 && t.Training()
	plain := mask == AttentionMask{} && m.Rotary == nil && cache == nil && !drops && !want && !has(m.BiasK) && !m.ZeroAttn
	if self && plain && has(m.InProjWeight) {
		return m.OutProj.Forward(query.Linear(lift(query, m.InProjWeight), lift(query, m.InProjBias)).SelfAttention(m.Heads, m.Causal)), weights
	}
	if drops && m.Rand == nil {
		tensor.BadArg(op, "Rand is nil, and dropout draws from it")
	}
	q, k, v := m.project(query, key, value)
	o := autograd.AttentionOptions{Causal: m.Causal, Dropout: m.Dropout, Rand: m.Rand}
	if cache != nil {
		o.First = cache.Length
	}
	if m.Rotary != nil {
		q, k = m.Rotary.ForwardAt(q, o.First), m.Rotary.ForwardAt(k, o.First)
	}
	if cache != nil {
		k, v = cache.add(k, v)
	}
	mask.into(&o, k)
	k, v = m.more(k, v, q.Dim(2), &o)
	if want {
		p := q.AttentionWeights(k, o).Dropout(m.Dropout, m.Rand)
		b, n, shared := q.Dim(0), q.Dim(2), k.Dim(1)
		y = p.Reshape(b, shared, m.Heads/shared*n, k.Dim(2)).MatMul(v).Reshape(b, m.Heads, n, v.Dim(3))
		weights = p.Mean(1)
	} else {
		y = q.ScaledDotProductAttention(k, v, o)
	}
	return m.OutProj.Forward(y.Permute(0, 2, 1, 3).Reshape(q.Dim(0), q.Dim(2), m.Heads*v.Dim(3))), weights
}

// more appends to the keys and values of the heads those that belong to no place of
// the sequence. All queries see them, also with Causal.
func (m *MultiheadAttention) more(k, v autograd.Var, queries int, o *autograd.AttentionOptions) (keys, values autograd.Var) {
	b, heads, places := k.Dim(0), k.Dim(1), k.Dim(2)
	if has(m.BiasK) {
		k = autograd.Concat(2, k, lift(k, m.BiasK).Reshape(1, heads, 1, k.Dim(3)).Expand(b, heads, 1, k.Dim(3)))
		v = autograd.Concat(2, v, lift(v, m.BiasV).Reshape(1, heads, 1, v.Dim(3)).Expand(b, heads, 1, v.Dim(3)))
	}
	if m.ZeroAttn {
		k, v = k.Pad(0, 0, 0, 0, 0, 0, 1, 0, 0), v.Pad(0, 0, 0, 0, 0, 0, 1, 0, 0)
	}
	added := k.Dim(2) - places
	if added > 0 && o.Causal {
		seen := k.Tape().Scalar(k.DType(), 1).Expand(queries, places).Tril(o.First)
		if !o.Seen.IsZero() {
			seen = seen.Mul(o.Seen)
		}
		o.Seen, o.Causal, o.First = seen, false, 0
	}
	o.Mask, o.Seen = widened(o.Mask, places, added, 0), widened(o.Seen, places, added, 1)
	return k, v
}

// widened returns a mask for more keys than there are places: what it says of them is
// value.
func widened(mask autograd.Var, places, added int, value float64) autograd.Var {
	if mask.IsZero() || added == 0 || mask.Rank() == 0 {
		return mask
	}
	var list [tensor.MaxRank]int
	shape := append(list[:0], mask.Shape()...)
	shape[len(shape)-1] = places
	var pads [2 * tensor.MaxRank]int
	pads[2*len(shape)-1] = added
	return mask.Expand(shape...).Pad(value, pads[:2*len(shape)]...)
}

// checkHeads panics when the heads are not what the weights are for.
func (m *MultiheadAttention) checkHeads() {
	o := MultiheadAttentionOptions{KVHeads: m.KVHeads, Dropout: m.Dropout}
	o.check(m.OutProj.Weight.Value.Dim(1), m.Heads)
	if has(m.BiasK) != has(m.BiasV) {
		tensor.BadArg("multihead-attention", "there is one of BiasK and BiasV; want both or none")
	}
	if has(m.InProjWeight) && m.kvHeads() != m.Heads {
		tensor.BadArg("multihead-attention", "InProjWeight is for %d heads of keys and values, but KVHeads is %d", m.Heads, m.KVHeads)
	}
}

// checkWidths panics when the sequences are not what the weights want.
func (m *MultiheadAttention) checkWidths(query, key, value autograd.Var) {
	const op = "multihead-attention"
	width := m.OutProj.Weight.Value.Dim(1)
	k, v := width, width
	if !has(m.InProjWeight) {
		k, v = m.KProjWeight.Value.Dim(1), m.VProjWeight.Value.Dim(1)
	}
	wantSequences(op, query, width)
	wantSequences(op, key, k)
	wantSequences(op, value, v)
	if r := query.Rank(); key.Rank() != r || value.Rank() != r || key.Dim(-2) != value.Dim(-2) || r == 3 && (key.Dim(0) != query.Dim(0) || value.Dim(0) != query.Dim(0)) {
		tensor.BadShape(op, "query, key and value differ in batch, or there is not one value for each key", query.Value(), key.Value(), value.Value())
	}
}

// project returns the queries, keys and values of the heads.
func (m *MultiheadAttention) project(query, key, value autograd.Var) (q, k, v autograd.Var) {
	width := m.OutProj.Weight.Value.Dim(1)
	shared := m.keyWidth(width)
	ends := [4]int{0, width, width + shared, width + 2*shared}
	bias := lift(query, m.InProjBias)
	var all autograd.Var // of self-attention: all three in one product
	if query == key && key == value && has(m.InProjWeight) {
		all = query.Linear(lift(query, m.InProjWeight), bias)
	}
	var parts [3]autograd.Var
	for i, x := range [3]autograd.Var{query, key, value} {
		if !all.IsZero() {
			parts[i] = all.Slice(2, ends[i], ends[i+1], 1)
			continue
		}
		var w, b autograd.Var
		if has(m.InProjWeight) {
			w = lift(x, m.InProjWeight).Slice(0, ends[i], ends[i+1], 1)
		} else {
			w = lift(x, [3]*autograd.Param{m.QProjWeight, m.KProjWeight, m.VProjWeight}[i])
		}
		if !bias.IsZero() {
			b = bias.Slice(0, ends[i], ends[i+1], 1)
		}
		parts[i] = x.Linear(w, b)
	}
	return split(parts[0], m.Heads), split(parts[1], m.kvHeads()), split(parts[2], m.kvHeads())
}

// split returns x [batch length heads·width] as [batch heads length width].
func split(x autograd.Var, heads int) autograd.Var {
	return x.Reshape(x.Dim(0), x.Dim(1), heads, x.Dim(2)/heads).Permute(0, 2, 1, 3)
}

// batched returns the mask of sequences without a batch as that of a batch of one.
func (m AttentionMask) batched() AttentionMask {
	if !m.IgnoreKeys.IsZero() {
		m.IgnoreKeys = m.IgnoreKeys.Unsqueeze(0)
	}
	return m
}

// into puts the mask into options of attention over keys [batch heads keys width].
func (m AttentionMask) into(o *autograd.AttentionOptions, k autograd.Var) {
	o.Mask = m.Add
	ignored := m.Ignore
	if pad := m.IgnoreKeys; !pad.IsZero() {
		if pad.Rank() != 2 || pad.Dim(0) != k.Dim(0) || pad.Dim(1) != k.Dim(2) {
			tensor.BadShape("multihead-attention", fmt.Sprintf("want IgnoreKeys [batch keys], [%d %d]", k.Dim(0), k.Dim(2)), pad.Value())
		}
		pad = pad.Reshape(k.Dim(0), 1, 1, k.Dim(2))
		zero := k.Tape().Scalar(k.DType(), 0)
		if ignored.IsZero() {
			ignored = pad
		} else {
			ignored = ignored.NotEqual(zero).Add(pad.NotEqual(zero))
		}
	}
	if !ignored.IsZero() {
		o.Seen = ignored.Equal(k.Tape().Scalar(k.DType(), 0))
	}
}

// wantSequences panics when x is not [batch length width] or [length width].
func wantSequences(op string, x autograd.Var, width int) {
	if r := x.Rank(); r != 2 && r != 3 || x.Dim(-1) != width {
		tensor.BadShape(op, fmt.Sprintf("want sequences [batch length %d] or [length %d]", width, width), x.Value())
	}
}

// A KVCache holds the keys and values of the places that attention has read, so
// that a program that makes a sequence place by place computes each of them once.
// [MultiheadAttention.NewCache] makes one. It keeps no gradient.
type KVCache struct {
	Keys, Values *tensor.Tensor // [batch heads longest width]
	Length       int            // how many places it holds; 0 begins a new sequence
}

// NewCache returns an empty cache for a batch of sequences of at most the longest
// length.
func (m *MultiheadAttention) NewCache(batch, longest int) *KVCache {
	if m == nil || m.OutProj == nil || !has(m.OutProj.Weight) {
		panic(empty("multihead-attention", "NewMultiheadAttention"))
	}
	m.checkHeads()
	w := m.OutProj.Weight.Value
	room := func() *tensor.Tensor {
		return tensor.ZerosOf(w.DType(), batch, m.kvHeads(), longest, w.Dim(1)/m.Heads)
	}
	return &KVCache{Keys: room(), Values: room()}
}

// ForwardCached is [MultiheadAttention.Forward] for the next places x of
// sequences, [batch places width] or [places width], whose places before are in
// the cache. It adds those of x to the cache. The results are those of the whole
// sequence, for a layer that is Causal. The tape must not record.
func (m *MultiheadAttention) ForwardCached(x autograd.Var, cache *KVCache) autograd.Var {
	const op = "multihead-attention"
	wantCache(op, cache)
	switch {
	case m != nil && !m.Causal:
		tensor.BadArg(op, "the layer is not Causal: earlier places see later ones, and a cache cannot hold their results")
	case x.Tape().Recording():
		tensor.BadArg(op, "the tape records, but a cache passes no gradient on; call SetRecording(false) on the tape")
	}
	y, _ := m.attend(x, x, x, AttentionMask{}, cache, false)
	return y
}

// add appends keys and values to the cache, and returns all of them.
func (c *KVCache) add(k, v autograd.Var) (keys, values autograd.Var) {
	from := c.Length
	to := from + k.Dim(2)
	if s, have := c.Keys.Shape(), k.Shape(); len(s) != 4 || s[0] != have[0] || s[1] != have[1] || s[3] != have[3] || from < 0 {
		tensor.BadShape("multihead-attention", "the cache does not fit the keys", c.Keys, k.Value())
	}
	if longest := c.Keys.Dim(2); to > longest {
		tensor.BadShape("multihead-attention", fmt.Sprintf("the cache holds %d places, and %d more do not fit", from, k.Dim(2)), c.Keys, k.Value())
	}
	c.Length = to
	return extend(c.Keys, k, from, to), extend(c.Values, v, from, to)
}

// extend writes x to the places from … to of room, and returns all places to
// there.
func extend(room *tensor.Tensor, x autograd.Var, from, to int) autograd.Var {
	var part tensor.Tensor
	part.AsView().Slice(room, 2, from, to, 1)
	part.CopyFrom(x.Value())
	part.AsView().Slice(room, 2, 0, to, 1)
	return x.Tape().Const(&part)
}
