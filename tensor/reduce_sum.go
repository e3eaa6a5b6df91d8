package tensor

import (
	"github.com/descent-ml/descent/internal/kernel"
	"github.com/descent-ml/descent/internal/kernel/work"
)

// sumLoop writes to dst the sums of x that l describes: along the axes that are
// summed, the stride of dst is 0.
func sumLoop[T kernel.Float](l *loop, dst, x []T) {
	count := l.gather()
	n, stride := l.row()
	var buf []T
	if stride[1] != 1 {
		var lent *work.Buffer[T]
		buf, lent = work.Borrow[T](n)
		defer work.Return(lent)
	}
	if stride[0] == 0 {
		rowSums(l, dst, x, buf, count)
	} else {
		columnSums(l, dst, x, buf, count)
	}
}

// rowSums is sumLoop when a row is summed to one number. Each place of dst gets the
// sum of count rows.
func rowSums[T kernel.Float](l *loop, dst, x, buf []T, count int) {
	n, stride := l.row()
	if rows, places, ok := l.regular(); ok && buf == nil {
		kernel.SumRows(dst[:places], x, rows)
		return
	}
	var c cursor
	var pairs kernel.Pairwise[T]
	for ok := true; ok; ok = l.next(&c) {
		row := x[c.at[1]:]
		if buf != nil {
			kernel.Gather(buf, row, stride[1])
			row = buf
		}
		if pairs.Add(kernel.Sum(row[:n])); pairs.Count == count {
			dst[c.at[0]] = pairs.Sum()
		}
	}
}

// columnSums is sumLoop when rows are added to each other, count rows at a time.
func columnSums[T kernel.Float](l *loop, dst, x, buf []T, count int) {
	n, stride := l.row()
	var sum []T
	if stride[0] != 1 {
		var lent *work.Buffer[T]
		sum, lent = work.Borrow[T](n)
		defer work.Return(lent)
	}
	var c cursor
	var column kernel.Cascade[T]
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
		if at == 0 {
			column.Begin(sum, count)
		}
		column.Add(row[:n])
		if at++; at == count {
			at = 0
			if stride[0] != 1 {
				kernel.Scatter(to, sum, stride[0])
			}
		}
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

// regular describes the rows of l that are summed. ok is true when, besides the
// row, there is at most one axis along which dst moves, by one element, and at most
// one axis that is summed.
func (l *loop) regular() (rows kernel.SumLayout, places int, ok bool) {
	outer := l.rank - 1
	rows, places = kernel.SumLayout{Count: 1, Len: l.shape[outer]}, 1
	i := 0
	if i < outer && l.strides[0][i] == 1 {
		places, rows.Place = l.shape[i], l.strides[1][i]
		i++
	}
	if i < outer && l.strides[0][i] == 0 {
		rows.Count, rows.Next = l.shape[i], l.strides[1][i]
		i++
	}
	return rows, places, i == outer
}
