package kernel

import "github.com/descent-ml/descent/internal/kernel/work"

// A Pairwise adds numbers in pairs, and pairs of pairs, as they come: the
// rounding error grows with the logarithm of their count.
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

// Sum returns the sum of the numbers added, and forgets them.
func (p *Pairwise[T]) Sum() (s T) {
	for i := 0; p.Count != 0; i, p.Count = i+1, p.Count>>1 {
		if p.Count&1 == 1 {
			s += p.part[i]
		}
	}
	return s
}

// A SumLayout says where the rows lie that are summed to one place, Count of them, and
// those of the next: row j of place i is x[i*Place+j*Next:][:Len].
type SumLayout struct{ Place, Next, Count, Len int }

// SumRows writes to dst[i] the sum of all rows of place i.
func SumRows[T Float](dst, x []T, rows SumLayout) {
	each := rows.Count * rows.Len
	per := max(1, blockSize/max(1, each))
	work.Do(&summings, len(dst)*each >= largeWork, (len(dst)+per-1)/per, summing[T]{dst: dst, x: x, rows: rows, per: per})
}

// A summing is a SumRows that is being computed, some places a part.
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

// A summingColumns is a SumColumns that is being computed, columnsPart columns
// a part.
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
	var part []T
	if rows > SumBlock {
		var lent *work.Buffer[T]
		part, lent = work.Borrow[T](len(dst))
		defer work.Return(lent)
	}
	for at := range rows {
		AddRow(dst, part, x[at*stride:][:len(dst)], at, at == rows-1)
	}
}

// SumBlock is the number of rows that are added up one by one; each block is
// then added to the total, so that long columns keep their digits.
const SumBlock = 256

// AddRow adds the row at a place of its column to sum, by way of part after the
// first block.
func AddRow[T Float](sum, part, row []T, at int, last bool) {
	switch {
	case at == 0:
		AddScalar(sum, row, 0) // a sum begins at +0
		return
	case at < SumBlock:
		Add(sum, sum, row)
		return
	case at%SumBlock == 0:
		copy(part, row)
	default:
		Add(part, part, row)
	}
	if last || at%SumBlock == SumBlock-1 {
		Add(sum, sum, part)
	}
}
