package autograd

import (
	"fmt"

	"github.com/descent-ml/descent/tensor"
)

// Embedding returns row index[i] of the matrix x for each i, with shape
// [shape… width]; without a shape, [len(index) width]. The row whose
// number is padding never gets a gradient; −1 stands for no such row.
// See https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.embedding.html.
//
//	dx = dy, rows added to zeros where they came from, but not to the padding row
func (x Var) Embedding(index []int, padding int, shape ...int) Var {
	n := x.live("embedding")
	if n.val.Rank() != 2 {
		panic(&tensor.ShapeError{Op: "embedding", Shapes: [][]int{append([]int{}, x.Shape()...)}, Reason: "want a matrix with a row for each index"})
	}
	rows := x.IndexSelect(0, index)
	if padding >= 0 {
		// Rows that are looked up as padding come from a copy without a gradient.
		t := n.tape
		real := t.newNode()
		real.op = leafOp
		t.store(real, n.val.DType(), []int{len(index), 1})
		for i, j := range index {
			if j == padding {
				real.val.Set(0, i, 0)
			} else {
				real.val.Set(1, i, 0)
			}
		}
		rows = Where(real.self(), rows, rows.Detach())
	}
	if len(shape) == 0 {
		return rows
	}
	var dims [tensor.MaxRank]int
	return rows.Reshape(append(append(dims[:0], shape...), n.val.Dim(1))...)
}

// A BagMode is what [Var.EmbeddingBag] makes of the rows of a bag.
type BagMode int

// The modes of bags. PyTorch's default is the mean.
const (
	BagMean BagMode = iota
	BagSum
	BagMax
)

// Bags are lists of rows of a matrix, for [Var.EmbeddingBag].
type Bags struct {
	Index   []int // the numbers of the rows, bag after bag
	Offsets []int // where in Index each bag begins: 0 first, and none before the one before it
	Length  int   // the length of all bags, where there are no Offsets
	Mode    BagMode
	Padding int // one more than the number of a row that counts nowhere and gets no gradient; 0 for none
}

// EmbeddingBag returns the mean, the sum or the largest elements of the rows of the
// matrix x in each bag: [bags width]. An empty bag gives zeros. weights has one
// number for each element of Index, by which BagSum multiplies the rows, or is the
// empty Var. Where several elements are the largest, the first gets the gradient.
// See https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.embedding_bag.html.
func (x Var) EmbeddingBag(b Bags, weights Var) Var {
	const op = "embedding-bag"
	v := &x.live(op).val
	t := x.n.tape
	if v.Rank() != 2 {
		tensor.BadShape(op, "want a matrix with a row for each index", v)
	}
	for _, i := range b.Index {
		if i < 0 || i >= v.Dim(0) {
			tensor.BadShape(op, fmt.Sprintf("index %d is out of range for length %d", i, v.Dim(0)), v)
		}
	}
	if !weights.IsZero() && (b.Mode != BagSum || weights.Rank() != 1 || weights.Dim(0) != len(b.Index)) {
		tensor.BadShape(op, fmt.Sprintf("want BagSum and %d weights", len(b.Index)), weights.Value())
	}
	bag, bags := b.number(t)
	// What is padding is left out.
	rows, from, to := t.ints.take(len(b.Index))[:0], t.ints.take(len(b.Index))[:0], t.ints.take(len(b.Index))[:0]
	for k, i := range b.Index {
		if i != b.Padding-1 {
			rows, from, to = append(rows, i), append(from, k), append(to, bag[k])
		}
	}
	if b.Mode == BagMax {
		return x.bagMax(rows, to, bags)
	}
	taken := x.IndexSelect(0, rows)
	if !weights.IsZero() {
		taken = taken.Mul(weights.IndexSelect(0, from).Reshape(len(from), 1))
	}
	y := t.zeroMatrix(v.DType(), bags, v.Dim(1)).self().IndexAdd(0, to, taken)
	if b.Mode == BagSum {
		return y
	}
	count := t.zeroMatrix(v.DType(), bags, 1)
	for _, k := range to {
		count.val.Set(count.val.At(k, 0)+1, k, 0)
	}
	for k := range bags {
		count.val.Set(max(1, count.val.At(k, 0)), k, 0)
	}
	return y.Div(count.self())
}

// number returns the number of the bag of each element of Index, and how many bags
// there are.
func (b *Bags) number(t *Tape) (bag []int, bags int) {
	const op = "embedding-bag"
	bag = t.ints.take(len(b.Index))
	if b.Offsets == nil {
		if b.Length < 1 || len(b.Index)%b.Length != 0 {
			tensor.BadArg(op, "%d indices do not fill bags of length %d", len(b.Index), b.Length)
		}
		for k := range bag {
			bag[k] = k / b.Length
		}
		return bag, len(b.Index) / b.Length
	}
	if len(b.Offsets) == 0 && len(b.Index) > 0 || len(b.Offsets) > 0 && b.Offsets[0] != 0 {
		tensor.BadArg(op, "the first bag must begin at 0")
	}
	for i, from := range b.Offsets {
		to := len(b.Index)
		if i+1 < len(b.Offsets) {
			to = b.Offsets[i+1]
		}
		if from > to || to > len(b.Index) {
			tensor.BadArg(op, "bag %d goes from %d to %d; there are %d indices", i, from, to, len(b.Index))
		}
		for k := from; k < to; k++ {
			bag[k] = i
		}
	}
	return bag, len(b.Offsets)
}

// bagMax returns the largest elements of the rows of each bag.
func (x Var) bagMax(rows, bag []int, bags int) Var {
	t, width := x.n.tape, x.Dim(1)
	at, some := t.ints.take(bags*width), t.zeroMatrix(x.DType(), bags, 1)
	if len(rows) == 0 {
		return t.zeroMatrix(x.DType(), bags, width).self().Add(x.Slice(0, 0, 0, 1).SumKeep(0)) // zeros, with a gradient of zeros
	}
	for i := range at {
		at[i] = rows[0]
	}
	v := &x.n.val
	for k, row := range rows {
		first := some.val.At(bag[k], 0) == 0
		for c := range width {
			if best := &at[bag[k]*width+c]; first || v.At(row, c) > v.At(*best, c) {
				*best = row
			}
		}
		some.val.Set(1, bag[k], 0)
	}
	return Where(some.self(), x.Gather(0, at, bags, width), x.scalar(0))
}

// zeroMatrix returns a new node of zeros that gets no gradient.
func (t *Tape) zeroMatrix(dt tensor.DType, rows, width int) *node {
	n := t.newNode()
	n.op = leafOp
	shape := t.ints.take(2)
	shape[0], shape[1] = rows, width
	t.store(n, dt, shape)
	n.val.Fill(0)
	return n
}
