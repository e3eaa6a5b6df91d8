package kernel_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/internal/kernel"
)

func TestStrided(t *testing.T) {
	eachLevel(t, func(t *testing.T) {
		checkStrided[float32](t)
		checkStrided[float64](t)
	})
}

func checkStrided[T kernel.Float](t *testing.T) {
	src := newSource(7)
	for _, n := range sizes {
		for stride := range 5 {
			span := 1
			if n > 0 {
				span = (n-1)*stride + 1
			}
			x := random[T](src, span, -1, 1)
			a, dst := copyOf(x, stride), guardedSlice[T](n, 1)
			kernel.Gather(dst.s, a.s, stride)
			dst.intact(t, "Gather")
			a.unchanged(t, "Gather", x)
			for i, got := range dst.s {
				require.Equal(t, x[i*stride], got)
			}
			if stride == 0 {
				continue
			}
			y := random[T](src, n, -1, 1)
			b, spread := copyOf(y, stride), copyOf(x, 2)
			kernel.Scatter(spread.s, b.s, stride)
			spread.intact(t, "Scatter")
			b.unchanged(t, "Scatter", y)
			for i, got := range spread.s {
				want := x[i]
				if i%stride == 0 && i/stride < n {
					want = y[i/stride]
				}
				require.Equal(t, want, got, "scatter by %d: the gaps keep what they held", stride)
			}
		}
	}
}

func TestConvert(t *testing.T) { eachLevel(t, checkConvert) }

func checkConvert(t *testing.T) {
	src := newSource(8)
	for _, n := range sizes {
		for shift := range shifts(n) {
			x := odd[float64](src, n, -1e39, 1e39)
			a, narrow := copyOf(x, shift), guardedSlice[float32](n, 1)
			kernel.Convert(narrow.s, a.s)
			narrow.intact(t, "Convert")
			a.unchanged(t, "Convert", x)
			back := guardedSlice[float64](n, shift)
			kernel.Convert(back.s, narrow.s)
			back.intact(t, "Convert")
			for i, v := range x {
				near(t, "Convert", v, narrow.s[i], 0, 0)
				near(t, "Convert", float64(float32(v)), back.s[i], 0, 0)
			}
			same := guardedSlice[float64](n, shift)
			kernel.Convert(same.s, a.s)
			same.unchanged(t, "Convert", x)
		}
	}
}

func TestIndexed(t *testing.T) {
	eachLevel(t, func(t *testing.T) {
		checkIndexed[float32](t)
		checkIndexed[float64](t)
	})
}

func checkIndexed[T kernel.Float](t *testing.T) {
	src := newSource(9)
	for _, n := range sizes[:101] {
		for _, width := range []int{1, 2, 5, 8} {
			const rows = 7
			index := make([]int, n)
			for i := range index {
				index[i] = src.IntN(rows)
			}
			table, part := whole[T](src, rows*width), whole[T](src, n*width)

			a, dst := copyOf(table, 1), guardedSlice[T](n*width, 2)
			kernel.TakeRows(dst.s, a.s, index, width)
			dst.intact(t, "TakeRows")
			a.unchanged(t, "TakeRows", table)
			for i, got := range dst.s {
				require.Equal(t, table[index[i/width]*width+i%width], got)
			}

			b, sums := copyOf(part, 1), copyOf(table, 2)
			kernel.PutRows(sums.s, b.s, index, width)
			sums.intact(t, "PutRows")
			b.unchanged(t, "PutRows", part)
			want := append([]T{}, table...)
			for i, v := range part {
				want[index[i/width]*width+i%width] += v
			}
			require.Equal(t, want, append([]T{}, sums.s...))

			if width == 1 {
				one, added := guardedSlice[T](n, 3), copyOf(table, 2)
				kernel.Take(one.s, a.s, index)
				kernel.Put(added.s, b.s, index)
				one.unchanged(t, "Take", dst.s)
				added.unchanged(t, "Put", sums.s)
			}
		}
	}
}

// whole returns small whole numbers, whose sums are exact.
func whole[T kernel.Float](src source, n int) []T {
	s := make([]T, n)
	for i := range s {
		s[i] = T(src.IntN(19) - 9)
	}
	return s
}

func TestSlices(t *testing.T) {
	type celsius float32
	type metres float64
	s32, ok := kernel.Slice32([]celsius{1, 2})
	require.True(t, ok)
	require.Equal(t, []float32{1, 2}, s32)
	_, ok = kernel.Slice32([]metres{1})
	require.False(t, ok)
	s64, ok := kernel.Slice64([]metres{3})
	require.True(t, ok)
	require.Equal(t, []float64{3}, s64)
	_, ok = kernel.Slice64([]float32{1})
	require.False(t, ok)

	c, ok := kernel.SliceOf[celsius](s32, nil)
	require.True(t, ok)
	c[1] = 7
	require.Equal(t, float32(7), s32[1], "the slice is shared")
	_, ok = kernel.SliceOf[float64](s32, nil)
	require.False(t, ok)
	m, ok := kernel.SliceOf[metres](nil, s64)
	require.True(t, ok)
	require.Equal(t, []metres{3}, m)
	_, ok = kernel.SliceOf[float32](nil, s64)
	require.False(t, ok)
}

func TestRowsOfColumns(t *testing.T) {
	checkRowsOfColumns[float32](t)
	checkRowsOfColumns[float64](t)
}

func checkRowsOfColumns[T kernel.Float](t *testing.T) {
	src := newSource(31)
	for _, s := range []struct{ rows, n, width, move, step int }{
		{0, 3, 3, 1, 4}, {3, 0, 2, 1, 3}, {1, 1, 1, 1, 1}, {3, 4, 4, 1, 3}, {3, 4, 7, 1, 5}, {4, 3, 3, 3, 1}, {2, 5, 6, 7, 12}, {5, 2, 3, 2, 11},
	} {
		x := random[T](src, 60, -1, 1)
		a, rows := copyOf(x, 1), guardedSlice[T](50, 1)
		before := append([]T{}, rows.s...)
		kernel.GatherRows(rows.s, a.s, s.rows, s.n, s.width, s.move, s.step)
		rows.intact(t, "GatherRows")
		a.unchanged(t, "GatherRows", x)
		for i := range s.rows {
			for j := range s.n {
				before[i*s.width+j] = x[i*s.move+j*s.step]
			}
		}
		same(t, before, rows.s)
		y := random[T](src, 50, -1, 1)
		b, spread := copyOf(y, 1), copyOf(x, 2)
		kernel.ScatterRows(spread.s, b.s, s.rows, s.n, s.width, s.move, s.step)
		spread.intact(t, "ScatterRows")
		b.unchanged(t, "ScatterRows", y)
		for i := range s.rows {
			for j := range s.n {
				x[i*s.move+j*s.step] = y[i*s.width+j]
			}
		}
		same(t, x, spread.s)
	}
}

// same compares bits, so that NaN equals itself.
func same[T kernel.Float](t *testing.T, want, got []T) {
	t.Helper()
	for i := range want {
		require.Equal(t, math.Float64bits(float64(want[i])), math.Float64bits(float64(got[i])), "element %d", i)
	}
}

func TestColumns(t *testing.T) {
	src := newSource(32)
	for width := 1; width < 5; width++ {
		x, dy := random[float32](src, 7*width, -1, 1), random[float32](src, 3*width, -1, 1)
		index := make([]int, 3*width)
		for i := range index {
			index[i] = src.IntN(7)
		}
		y, dx := make([]float32, len(index)), append([]float32{}, x...)
		kernel.TakeColumns(y, x, index, width)
		kernel.PutColumns(dx, dy, index, width)
		for i, j := range index {
			require.Equal(t, x[j*width+i%width], y[i])
		}
		for i, j := range index {
			x[j*width+i%width] += dy[i]
		}
		require.Equal(t, x, dx)
	}
}

func TestPutExtreme(t *testing.T) {
	nan, index := math.NaN(), []int{0, 2, 0, 2, 3}
	put := func(largest, self bool) []float64 {
		dst := []float64{5, 6, 1, 2}
		kernel.PutExtreme(dst, []float64{3, 0, 4, 2, -1}, index, largest, self)
		return dst
	}
	require.Equal(t, []float64{5, 6, 2, 2}, put(true, true))
	require.Equal(t, []float64{4, 6, 2, -1}, put(true, false))
	require.Equal(t, []float64{3, 6, 0, -1}, put(false, true))
	require.Equal(t, []float64{3, 6, 0, -1}, put(false, false))
	dst := []float32{1, 1}
	kernel.PutExtreme(dst, []float32{float32(nan), 7}, []int{1, 1}, true, true)
	require.True(t, dst[1] != dst[1], "a NaN stays")
}
