package autograd

import "github.com/descent-ml/descent/tensor"

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
