package work_test

import (
	"math"
	"math/cmplx"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/internal/kernel/work"
)

func TestMain(m *testing.M) {
	work.Poison()
	os.Exit(m.Run())
}

// Memory is lent to one borrower at a time, and lent again when it was returned.
func TestBorrow(t *testing.T) {
	a, lentA := work.Borrow[float32](100)
	b, lentB := work.Borrow[float32](100)
	c, lentC := work.Borrow[float64](100)
	require.Len(t, a, 100)
	for i := range a {
		a[i], b[i], c[i] = 1, 2, 3
	}
	for i := range a {
		require.Equal(t, []float64{1, 2, 3}, []float64{float64(a[i]), float64(b[i]), c[i]})
	}
	work.Return(lentA)
	work.Return(lentB)
	work.Return(lentC)
	d, lentD := work.Borrow[float32](50)
	require.Len(t, d, 50)
	work.Return(lentD)
	require.Zero(t, testing.AllocsPerRun(10, func() {
		_, x := work.Borrow[float32](100)
		_, y := work.Borrow[float32](70)
		work.Return(x)
		work.Return(y)
	}))
	empty, lent := work.Borrow[float64](0)
	require.Empty(t, empty)
	work.Return(lent)
}

// Memory of any type without pointers is lent, never to two, and is poisoned as well.
func TestBorrowOfOtherTypes(t *testing.T) {
	type pair struct {
		A uint
		B struct{ C complex128 }
	}
	a, lentA := work.Borrow[pair](3)
	b, lentB := work.Borrow[uint](3)
	require.Equal(t, []uint{math.MaxUint, math.MaxUint, math.MaxUint}, b)
	require.Equal(t, uint(math.MaxUint), a[2].A)
	require.True(t, cmplx.IsNaN(a[2].B.C))
	a[2] = pair{}
	work.Return(lentA)
	require.Equal(t, uint(math.MaxUint), a[2].A)
	b[0] = 7
	c, lentC := work.Borrow[uint](3)
	c[0] = 8
	require.Equal(t, uint(7), b[0])
	work.Return(lentB)
	work.Return(lentC)
	require.Zero(t, testing.AllocsPerRun(10, func() {
		_, x := work.Borrow[pair](4)
		_, y := work.Borrow[uint](4)
		work.Return(x)
		work.Return(y)
	}))
	for range 3 {
		work.Tidy()
	}
	require.Zero(t, work.Unused[pair]())
	require.PanicsWithValue(t, "work: the fields of what is borrowed must be exported", func() { work.Borrow[struct{ a uint }](1) })
	require.PanicsWithValue(t, "work: there is no poison for a string", func() { work.Borrow[string](1) })
}

// In tests, memory holds NaN when it is lent and after it was returned.
func TestPoison(t *testing.T) {
	for range 2 {
		a, lent := work.Borrow[float32](10)
		for i := range a {
			require.NotEqual(t, a[i], a[i])
			a[i] = 1
		}
		work.Return(lent)
		for i := range a {
			require.NotEqual(t, a[i], a[i])
		}
	}
}

// Memory that nobody borrows for a while is released; borrowed memory is kept.
func TestUnusedMemoryIsReleased(t *testing.T) {
	const often, once = 100, 1 << 20
	use := func(n, times int) {
		var lent []*work.Buffer[float32]
		for range times {
			_, b := work.Borrow[float32](n)
			lent = append(lent, b)
		}
		for _, b := range lent {
			work.Return(b)
		}
	}
	for range 3 { // release the buffers of other tests
		work.Tidy()
	}
	require.Zero(t, work.Held())
	use(often, 3)
	use(once, 2)
	for range 3 {
		work.Tidy()
		use(often, 2)
	}
	require.Equal(t, 2*4*128, work.Held())
	require.Zero(t, testing.AllocsPerRun(10, func() { use2(often) }))
}

// use2 borrows memory twice, and allocates nothing.
func use2(n int) {
	_, a := work.Borrow[float32](n)
	_, b := work.Borrow[float32](n)
	work.Return(a)
	work.Return(b)
}

// Tasks of the wrong type cause a panic whose message says what to do.
func TestTasksOfAnotherType(t *testing.T) {
	var tasks work.Tasks[int32, int64]
	require.PanicsWithValue(t, "work: these tasks are of other types; declare the variable as Tasks[E[float32], E[float64]]", func() {
		work.Take[string](&tasks)
	})
}
