package tensor

import "github.com/descent-ml/descent/internal/kernel"

// sumBlock is the number of rows that are added up one by one; each block is
// then added to the total, so that long columns keep their digits.
const sumBlock = 256

// sumColumns writes to dst the sums of the columns of x, whose rows are as long
// as dst.
func sumColumns[T kernel.Float](dst, x []T) {
	n := len(dst)
	if n == 1 {
		dst[0] = kernel.Sum(x)
		return
	}
	var part []T
	if len(x) > sumBlock*n {
		var lent *kernel.Buffer[T]
		part, lent = kernel.Borrow[T](n)
		defer kernel.Return(lent)
	}
	for at := 0; len(x) > 0; at++ {
		row := x[:n]
		x = x[n:]
		addRow(dst, part, row, at, len(x) == 0)
	}
}

// sumLoop writes to dst the sums of x along l, in which dst does not move along
// the axes that are summed.
func sumLoop[T kernel.Float](l *loop, dst, x []T) {
	count := l.gather()
	n, stride := l.row()
	var buf []T
	if stride[1] != 1 {
		var lent *kernel.Buffer[T]
		buf, lent = kernel.Borrow[T](n)
		defer kernel.Return(lent)
	}
	if stride[0] == 0 {
		rowSums(l, dst, x, buf, count)
	} else {
		columnSums(l, dst, x, buf, count)
	}
}

// rowSums is sumLoop when the rows are summed, count of them to each place.
func rowSums[T kernel.Float](l *loop, dst, x, buf []T, count int) {
	n, stride := l.row()
	var c cursor
	var pairs pairwise[T]
	for ok := true; ok; ok = l.next(&c) {
		row := x[c.at[1]:]
		if buf != nil {
			kernel.Gather(buf, row, stride[1])
			row = buf
		}
		if pairs.add(kernel.Sum(row[:n])); pairs.n == count {
			dst[c.at[0]] = pairs.sum()
		}
	}
}

// columnSums is sumLoop when the rows are added to each other, count of them.
func columnSums[T kernel.Float](l *loop, dst, x, buf []T, count int) {
	n, stride := l.row()
	var part, sum []T
	if count > sumBlock {
		var lent *kernel.Buffer[T]
		part, lent = kernel.Borrow[T](n)
		defer kernel.Return(lent)
	}
	if stride[0] != 1 {
		var lent *kernel.Buffer[T]
		sum, lent = kernel.Borrow[T](n)
		defer kernel.Return(lent)
	}
	var c cursor
	at := 0 // in the column
	for ok := true; ok; ok = l.next(&c) {
		row := x[c.at[1]:]
		if buf != nil {
			kernel.Gather(buf, row, stride[1])
			row = buf
		}
		to := dst[c.at[0]:]
		if stride[0] == 1 {
			sum = to[:n]
		}
		last := at == count-1
		addRow(sum, part, row[:n], at, last)
		if at++; last {
			at = 0
			if stride[0] != 1 {
				kernel.Scatter(to, sum, stride[0])
			}
		}
	}
}

// addRow adds the row at a place of its column to sum, by way of part after
// the first block.
func addRow[T kernel.Float](sum, part, row []T, at int, last bool) {
	switch {
	case at == 0:
		kernel.AddScalar(sum, row, 0) // a sum begins at +0
		return
	case at < sumBlock:
		kernel.Add(sum, sum, row)
		return
	case at%sumBlock == 0:
		copy(part, row)
	default:
		kernel.Add(part, part, row)
	}
	if last || at%sumBlock == sumBlock-1 {
		kernel.Add(sum, sum, part)
	}
}

// gather changes the order of the axes of l so that all rows that are summed
// to one place of the first tensor follow one another, and returns how many
// these are.
func (l *loop) gather() (rows int) {
	rows = 1
	var order [MaxRank]int
	kept, summed := 0, l.rank-1
	for i := l.rank - 2; i >= 0; i-- {
		if l.strides[0][i] == 0 {
			rows *= l.shape[i]
			summed--
			order[summed] = i
		}
	}
	if summed == 0 || summed == l.rank-1 {
		return rows // all or none
	}
	for i := range l.rank - 1 {
		if l.strides[0][i] != 0 {
			order[kept] = i
			kept++
		}
	}
	from := *l
	for to, i := range order[:l.rank-1] {
		l.shape[to] = from.shape[i]
		for k := range l.tensors {
			l.strides[k][to] = from.strides[k][i]
		}
	}
	return rows
}

// A pairwise sum adds numbers in pairs, and pairs of pairs, as they come: the
// rounding error grows with the logarithm of their count.
type pairwise[T kernel.Float] struct {
	n    int
	part [64]T // part[i] is the sum of 2^i numbers where bit i of n is set
}

func (p *pairwise[T]) add(v T) {
	i := 0
	for ; p.n>>i&1 == 1; i++ {
		v += p.part[i]
	}
	p.part[i] = v
	p.n++
}

// sum returns the sum of the numbers added, and forgets them.
func (p *pairwise[T]) sum() (s T) {
	for i := 0; p.n != 0; i, p.n = i+1, p.n>>1 {
		if p.n&1 == 1 {
			s += p.part[i]
		}
	}
	return s
}
