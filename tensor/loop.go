package tensor

import (
	"github.com/descent-ml/descent/internal/kernel"
	"github.com/descent-ml/descent/internal/kernel/work"
)

// A loop walks over the elements of up to four tensors together, row by row. Where
// two neighbouring axes can be walked as one in every tensor, they have been
// joined, so that a row, the last axis, is as long as possible.
type loop struct {
	rank    int
	shape   [MaxRank]int
	strides [4][MaxRank]int
	tensors int
}

// plan makes l the loop over tensors that broadcast to shape.
func (l *loop) plan(shape []int, ts ...*Tensor) {
	l.rank, l.tensors = 0, len(ts)
	for i, d := range shape {
		if d == 1 {
			continue
		}
		var s [4]int
		for k, t := range ts {
			if j := i - (len(shape) - t.rank); j >= 0 && t.shape[j] != 1 {
				s[k] = t.strides[j]
			}
		}
		if l.rank > 0 && l.joins(s, d) {
			l.shape[l.rank-1] *= d
			for k := range ts {
				l.strides[k][l.rank-1] = s[k]
			}
			continue
		}
		l.shape[l.rank] = d
		for k := range ts {
			l.strides[k][l.rank] = s[k]
		}
		l.rank++
	}
	if l.rank == 0 {
		l.rank, l.shape[0] = 1, 1
		for k := range ts {
			l.strides[k][0] = 1
		}
	}
}

// joins reports whether an axis of length d with strides s continues the last
// axis of l in every tensor.
func (l *loop) joins(s [4]int, d int) bool {
	for k := range l.tensors {
		if l.strides[k][l.rank-1] != s[k]*d {
			return false
		}
	}
	return true
}

// row returns the length of a row and its stride in each tensor.
func (l *loop) row() (n int, strides [4]int) {
	for k := range l.tensors {
		strides[k] = l.strides[k][l.rank-1]
	}
	return l.shape[l.rank-1], strides
}

// A cursor is a place of a loop: the offsets of the current row.
type cursor struct {
	at  [4]int
	idx [MaxRank]int
}

// next moves c to the next row, and reports false when there is none.
func (l *loop) next(c *cursor) bool {
	for i := l.rank - 2; i >= 0; i-- {
		c.idx[i]++
		if c.idx[i] < l.shape[i] {
			for k := range l.tensors {
				c.at[k] += l.strides[k][i]
			}
			return true
		}
		for k := range l.tensors {
			c.at[k] -= (l.shape[i] - 1) * l.strides[k][i]
		}
		c.idx[i] = 0
	}
	return false
}

// A scratch holds a contiguous copy of an operand in borrowed memory.
type scratch struct {
	t   Tensor
	f32 *work.Buffer[float32]
	f64 *work.Buffer[float64]
}

// packed returns x itself when it is contiguous, else a copy that is good
// until release.
func (s *scratch) packed(x *Tensor) *Tensor {
	if x.packed {
		return x
	}
	s.empty(x.dtype, x.Shape()).CopyFrom(x)
	return &s.t
}

// empty returns a contiguous tensor with unspecified elements that is good until
// release.
func (s *scratch) empty(dt DType, shape []int) *Tensor {
	s.t.dtype = dt
	s.t.setShape("copy", shape)
	if dt == Float64 {
		s.t.f64, s.f64 = work.Borrow[float64](s.t.n)
	} else {
		s.t.f32, s.f32 = work.Borrow[float32](s.t.n)
	}
	return &s.t
}

// release gives the memory back.
func (s *scratch) release() {
	if s.f32 != nil {
		work.Return(s.f32)
	}
	if s.f64 != nil {
		work.Return(s.f64)
	}
	s.f32, s.f64 = nil, nil
}

// chunk is the number of elements of a strided row that are gathered at a time.
const chunk = 1024

// each calls f for contiguous stretches of the tensors, the destination first. It
// gathers strided and broadcast rows into scratch memory first, and scatters
// results afterwards. The slices of tensors that the loop does not have are nil.
func each[T kernel.Float](l *loop, data *[4][]T, f func(dst, a, b, c []T)) {
	n, stride := l.row()
	var s [4][]T
	var c cursor
	direct := true
	for k := range l.tensors {
		direct = direct && stride[k] == 1
	}
	if direct {
		for ok := true; ok; ok = l.next(&c) {
			for k := range l.tensors {
				s[k] = data[k][c.at[k]:][:n]
			}
			f(s[0], s[1], s[2], s[3])
		}
		return
	}
	buf, lent := work.Borrow[T](l.tensors * chunk)
	for ok := true; ok; ok = l.next(&c) {
		for from := 0; from < n; from += chunk {
			m := min(chunk, n-from)
			for k := range l.tensors {
				src := data[k][c.at[k]+from*stride[k]:]
				if stride[k] == 1 {
					s[k] = src[:m]
					continue
				}
				s[k] = buf[k*chunk:][:m]
				if k > 0 {
					kernel.Gather(s[k], src, stride[k])
				}
			}
			f(s[0], s[1], s[2], s[3])
			if stride[0] != 1 {
				kernel.Scatter(data[0][c.at[0]+from*stride[0]:], s[0], stride[0])
			}
		}
	}
	work.Return(lent)
}
