package data

import (
	"errors"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/tensor"
)

// numbered returns n examples of shape [2], with labels and targets, that count
// from first.
func numbered(first, n int) *Examples {
	s := &Examples{X: tensor.Zeros(n, 2), Y: tensor.Zeros64(n, 1), Labels: make([]int, n), Classes: first + n}
	for i := range n {
		s.X.Set(float64(first+i), i, 0)
		s.X.Set(-float64(first+i), i, 1)
		s.Y.Set(float64(10*(first+i)), i, 0)
		s.Labels[i] = first + i
	}
	return s
}

// holds checks that b is the examples that numbered numbers so.
func holds(t *testing.T, b *Batch, numbers []int) {
	t.Helper()
	require.Equal(t, numbers, b.Labels)
	require.Equal(t, []int{len(numbers), 2}, b.X.Shape())
	require.Equal(t, []int{len(numbers), 1}, b.Y.Shape())
	for k, v := range numbers {
		require.Equal(t, []float64{float64(v), -float64(v), 10 * float64(v)}, []float64{b.X.At(k, 0), b.X.At(k, 1), b.Y.At(k, 0)})
	}
}

func TestSubsetOfAnySet(t *testing.T) {
	s := &Subset[Batch]{Set: numbered(0, 9), Index: []int{8, 2, 2, 5}}
	require.Equal(t, 4, s.Len())
	var b Batch
	require.NoError(t, s.Fill(&b, []int{3, 0, 1, 2}))
	holds(t, &b, []int{5, 8, 2, 2})
	require.Equal(t, []int{5, 8, 2, 2}, b.Index)
	require.Contains(t, panicText(t, func() { _ = s.Fill(&b, []int{4}) }), "index 4 is out of range for 4 examples")
	require.NoError(t, (&Subset[Batch]{Set: s, Index: []int{3}}).Fill(&b, []int{0})) // of a subset
	holds(t, &b, []int{5})

	l := &Loader[Batch]{Set: s, Batch: 3}
	var seen []int
	for b, err := range l.Epoch() {
		require.NoError(t, err)
		seen = append(seen, b.Labels...)
	}
	require.Equal(t, s.Index, seen)
}

func TestConcat(t *testing.T) {
	c := &Concat[Batch]{Sets: []Set[Batch]{numbered(0, 3), numbered(3, 0), numbered(3, 2), numbered(5, 4)}}
	require.Equal(t, 9, c.Len())
	var b Batch
	for _, index := range [][]int{{0, 1}, {8}, {0, 3, 1, 8, 7, 4, 2}, {2, 3, 4, 5}, {}, {5, 5, 0, 5}} {
		require.NoError(t, c.Fill(&b, index))
		require.Equal(t, index, append([]int{}, b.Index...))
		if len(index) > 0 {
			holds(t, &b, index)
		}
		require.Equal(t, len(index), b.X.Dim(0))
	}
	require.Contains(t, panicText(t, func() { _ = c.Fill(&b, []int{9}) }), "index 9 is out of range")
	require.Contains(t, panicText(t, func() { _ = (&Concat[Batch]{}).Fill(&b, nil) }), "there are no sets")

	bare := numbered(9, 2)
	bare.Labels = nil
	c.Sets = append(c.Sets, bare)
	require.ErrorContains(t, c.Fill(&b, []int{0, 9}), "one has labels or targets that another one lacks")
	require.NoError(t, c.Fill(&b, []int{9, 10}))
	require.Nil(t, b.Labels)
	c.Sets[0] = &Examples{X: tensor.Zeros(3, 4)}
	c.Sets[4] = &Examples{X: tensor.Zeros(2, 2)}
	require.Contains(t, panicText(t, func() { _ = c.Fill(&b, []int{0, 9}) }), "want sets of one shape of example")
	c.Sets[4] = &Examples{X: tensor.Zeros64(2, 4)}
	require.Contains(t, panicText(t, func() { _ = c.Fill(&b, []int{0, 9}) }), "one element type")
}

// A set of whole numbers, whose batch is a slice of them.
type wholes []int

func (s wholes) Len() int { return len(s) }

func (s wholes) Fill(b *[]int, index []int) error {
	*b = (*b)[:0]
	for _, i := range index {
		if s[i] < 0 {
			return errors.New("a number is negative")
		}
		*b = append(*b, s[i])
	}
	return nil
}

func TestConcatOfAnyBatch(t *testing.T) {
	c := &Concat[[]int]{Sets: []Set[[]int]{wholes{1, 2}, wholes{30, -40}}}
	var b []int
	require.Contains(t, panicText(t, func() { _ = c.Fill(&b, []int{0}) }), "want Join, to put together batches of type []int")
	c.Join = func(b *[]int, parts [][]int) error {
		*b = (*b)[:0]
		for _, p := range parts {
			*b = append(*b, p...)
		}
		return nil
	}
	require.NoError(t, c.Fill(&b, []int{2, 0, 1, 2}))
	require.Equal(t, []int{30, 1, 2, 30}, b)
	require.ErrorContains(t, c.Fill(&b, []int{0, 3}), "a number is negative")
	require.ErrorContains(t, (&Subset[[]int]{Set: c, Index: []int{3}}).Fill(&b, []int{0}), "a number is negative")
}

func TestWrappersAllocateNothing(t *testing.T) {
	sub := &Subset[Batch]{Set: numbered(0, 9), Index: []int{8, 2, 2, 5}}
	both := &Concat[Batch]{Sets: []Set[Batch]{sub, numbered(9, 4)}}
	index := []int{0, 5, 1, 6, 7, 2}
	for _, s := range []Set[Batch]{both, &Subset[Batch]{Set: both, Index: []int{0, 1, 5, 6, 2, 1, 0, 3}}} {
		var b Batch
		require.NoError(t, s.Fill(&b, index))
		require.Zero(t, testing.AllocsPerRun(20, func() { _ = s.Fill(&b, index) }))
	}
}

func TestSparesAreOwned(t *testing.T) {
	var s spares[int]
	a := s.take()
	s.give(a)
	b, c := s.take(), s.take()
	require.Same(t, a, b)
	require.NotSame(t, b, c)
}

func TestWrappersServeManyGoroutines(t *testing.T) {
	c := &Concat[Batch]{Sets: []Set[Batch]{&Subset[Batch]{Set: numbered(0, 9), Index: upTo(9, nil)}, numbered(9, 9)}}
	var wait sync.WaitGroup
	for g := range 8 {
		wait.Go(func() {
			var b Batch
			for k := range 50 {
				index := []int{(g + k) % 18, k % 18, (7*k + g) % 18}
				if err := c.Fill(&b, index); err != nil || b.X.At(2, 0) != float64(index[2]) || b.X.At(0, 1) != -float64(index[0]) {
					t.Errorf("%v became %v, %v", index, b.X, err)
				}
			}
		})
	}
	wait.Wait()
}
