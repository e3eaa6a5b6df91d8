package kernel

import (
	"github.com/descent-ml/descent/internal/kernel/asm"
	"github.com/descent-ml/descent/internal/kernel/work"
)

// A Pairwise adds up numbers one after another. It adds them in pairs, and pairs
// of pairs, so that the rounding error grows only with the logarithm of their
// count.
type Pairwise[T Float] struct {
	Count int
	part  [64]T // part[i] is the sum of 2^i numbers where bit i of Count is set
}

// Add adds v.
func (p *Pairwise[T]) Add(v T) {
	i := 0
	for ; p.Count>>i&1 == 1; i++ {
		v += p.part[i]
	}
	p.part[i] = v
	p.Count++
}

// Sum returns the sum of the numbers added, and begins a new sum.
func (p *Pairwise[T]) Sum() (s T) {
	for i := 0; p.Count != 0; i, p.Count = i+1, p.Count>>1 {
		if p.Count&1 == 1 {
			s += p.part[i]
		}
	}
	return s
}

// A SumLayout says which rows of x are added up. Each place is the sum of Count
// rows; row j of place i is x[i*Place+j*Next:][:Len].
type SumLayout struct{ Place, Next, Count, Len int }

// SumRows writes to dst[i] the sum of all rows of place i.
func SumRows[T Float](dst, x []T, rows SumLayout) {
	each := rows.Count * rows.Len
	per := max(1, blockSize/max(1, each))
	work.Do(&summings, len(dst)*each >= largeWork, (len(dst)+per-1)/per, summing[T]{dst: dst, x: x, rows: rows, per: per})
}

// A summing is the task of SumRows. Each part is some places.
type summing[T Float] struct {
	dst, x []T
	rows   SumLayout
	per    int
}

var summings work.Tasks[summing[float32], summing[float64]]

func (t *summing[T]) Do(part int) {
	var pairs Pairwise[T]
	first := part * t.per
	for i := range t.dst[first:min(len(t.dst), first+t.per)] {
		for j := range t.rows.Count {
			pairs.Add(Sum(t.x[(first+i)*t.rows.Place+j*t.rows.Next:][:t.rows.Len]))
		}
		t.dst[first+i] = pairs.Sum()
	}
}

// SumColumns writes to dst the sums of the columns of x, whose rows are as long
// as dst.
func SumColumns[T Float](dst, x []T) {
	switch {
	case len(x) == 0:
		clear(dst)
		return
	case len(dst) == 1:
		dst[0] = Sum(x)
		return
	}
	if len(x) < largeWork {
		sumColumns(dst, x, len(dst))
		return
	}
	work.Do(&columnSummings, true, (len(dst)+columnsPart-1)/columnsPart, summingColumns[T]{dst, x})
}

// A summingColumns is the task of SumColumns. Each part is columnsPart columns.
type summingColumns[T Float] struct{ dst, x []T }

const columnsPart = 128

var columnSummings work.Tasks[summingColumns[float32], summingColumns[float64]]

func (t *summingColumns[T]) Do(part int) {
	from := part * columnsPart
	to := min(len(t.dst), from+columnsPart)
	sumColumns(t.dst[from:to], t.x[from:], len(t.dst))
}

// sumColumns writes to dst the sums of the columns of x, whose rows are stride
// apart.
func sumColumns[T Float](dst, x []T, stride int) {
	rows := (len(x) + stride - len(dst)) / stride
	if rows <= cascade {
		addRows(dst, x, stride, rows)
		return
	}
	var c Cascade[T]
	c.Begin(dst, rows)
	for c.left > 0 {
		block := min(cascade, c.left)
		addRows(c.sums[0], x, stride, block)
		c.added(block)
		x = x[min(len(x), block*stride):]
	}
}

// addRows writes to dst the sum of rows of x, which are stride apart. It adds them
// one by one.
func addRows[T Float](dst, x []T, stride, rows int) {
	n := len(dst)
	clear(dst) // a sum begins at +0
	for ; rows >= 4; rows -= 4 {
		addFour(dst, x[:n], x[stride:][:n], x[2*stride:][:n], x[3*stride:][:n])
		x = x[min(len(x), 4*stride):]
	}
	for ; rows > 0; rows-- {
		Add(dst, dst, x[:n])
		x = x[min(len(x), stride):]
	}
}

// addFour adds four rows to dst, one by one.
//
// Assembly: gen/elementwise.go
func addFour[T Float](dst, a, b, c, d []T) {
	if asm.AddFour(dst, a, b, c, d) {
		return
	}
	for i := range dst {
		dst[i] = dst[i] + a[i] + b[i] + c[i] + d[i]
	}
}

// cascade is the number of rows in a block, which are added up one by one.
const cascade = 16

// A Cascade adds up rows: 16 rows to a block, 16 blocks to a larger block, and so
// on, so that the sums of many rows keep their digits. Call Begin first. The sum
// is complete when all rows are added.
type Cascade[T Float] struct {
	sums  [10][]T // for each size, the sum of the block that is not yet full; the last one used becomes the whole sum
	count [10]int // the rows or smaller blocks in each
	top   int     // the last block used
	left  int     // rows to come
	lent  *work.Buffer[T]
}

// Begin prepares for adding up rows to sum. There must be at least one row.
func (c *Cascade[T]) Begin(sum []T, rows int) {
	c.left, c.top, c.count[0] = rows, 0, 0
	for n := rows; n > cascade; n = (n + cascade - 1) / cascade {
		c.top++
		c.count[c.top] = 0
	}
	c.sums[c.top] = sum
	if c.top > 0 {
		var mem []T
		mem, c.lent = work.Borrow[T](c.top * len(sum))
		for i := range c.top {
			c.sums[i] = mem[i*len(sum):][:len(sum)]
		}
	}
}

// Add adds a row.
func (c *Cascade[T]) Add(row []T) {
	if low := c.sums[0]; c.count[0] == 0 {
		AddScalar(low, row, 0) // a sum begins at +0
	} else {
		Add(low, low, row)
	}
	c.added(1)
}

// added counts rows that were added to the smallest block. It adds each full block
// to the next larger one, and after the last row all blocks.
func (c *Cascade[T]) added(rows int) {
	c.count[0] += rows
	c.left -= rows
	for i := 0; i < c.top && (c.count[i] == cascade || c.left == 0); i++ {
		if c.count[i] == 0 {
			continue
		}
		if next := c.sums[i+1]; c.count[i+1] == 0 {
			copy(next, c.sums[i])
		} else {
			Add(next, next, c.sums[i])
		}
		c.count[i] = 0
		c.count[i+1]++
	}
	if c.left == 0 && c.lent != nil {
		work.Return(c.lent)
		c.lent = nil
	}
}
