package data

import (
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/tensor"
)

// pass ranges over seq and checks that each batch of l holds what its index
// says. It returns the indices, batch by batch.
func pass(t *testing.T, l *Loader, seq func(func(Batch) bool)) (batches [][]int) {
	t.Helper()
	for b := range seq {
		require.Equal(t, []int{len(b.Index), 2}, b.X.Shape())
		x := tensor.Data[float32](b.X)
		for k, i := range b.Index {
			require.Equal(t, l.Set.Labels[i], b.Labels[k])
			require.Equal(t, []float32{float32(10 * i), float32(10*i + 1)}, x[2*k:2*k+2])
		}
		require.Len(t, b.Labels, len(b.Index))
		batches = append(batches, slices.Clone(b.Index))
	}
	return batches
}

func TestLoaderInOrder(t *testing.T) {
	for _, c := range []struct {
		n, batch int
		drop     bool
		want     [][]int
	}{
		{5, 2, false, [][]int{{0, 1}, {2, 3}, {4}}},
		{5, 2, true, [][]int{{0, 1}, {2, 3}}},
		{4, 2, true, [][]int{{0, 1}, {2, 3}}},
		{4, 2, false, [][]int{{0, 1}, {2, 3}}},
		{3, 8, false, [][]int{{0, 1, 2}}},
		{3, 8, true, nil},
		{2, 0, false, [][]int{{0}, {1}}}, // one at a time, as in PyTorch
		{0, 4, false, nil},
		{3, int(^uint(0) >> 1), false, [][]int{{0, 1, 2}}},
	} {
		l := &Loader{Set: counting(c.n), Batch: c.batch, DropLast: c.drop}
		for range 2 {
			require.Equal(t, c.want, pass(t, l, l.Epoch()), "%+v", c)
			require.Equal(t, len(c.want), l.Batches())
		}
	}
}

func TestLoaderShuffle(t *testing.T) {
	const n = 23
	l := &Loader{Set: counting(n), Batch: 4, Shuffle: tensor.NewRand(5)}
	rng, order := tensor.NewRand(5), make([]int, n)
	var last []int
	for range 3 {
		got := slices.Concat(pass(t, l, l.Epoch())...)
		rng.EpochPerm(order)
		require.Equal(t, order, got, "an epoch is one EpochPerm of the generator")
		require.NotEqual(t, last, got)
		last = got
	}
}

// The batches are what PyTorch 2.15.0 gives for
//
//	torch.manual_seed(7)
//	loader = DataLoader(range(10), batch_size=4, shuffle=True)
//	for _ in range(2): print([b.tolist() for b in loader])
func TestLoaderIsPyTorchs(t *testing.T) {
	l := &Loader{Set: counting(10), Batch: 4, Shuffle: tensor.NewRand(7)}
	require.Equal(t, [][]int{{3, 2, 7, 8}, {6, 1, 5, 9}, {0, 4}}, pass(t, l, l.Epoch()))
	require.Equal(t, [][]int{{1, 3, 5, 2}, {8, 9, 6, 7}, {4, 0}}, pass(t, l, l.Epoch()))
}

func TestLoaderEpochFrom(t *testing.T) {
	whole := &Loader{Set: counting(11), Batch: 3, Shuffle: tensor.NewRand(9)}
	want := pass(t, whole, whole.Epoch())
	for from := range 6 {
		l := &Loader{Set: counting(11), Batch: 3, Shuffle: tensor.NewRand(9)}
		got := pass(t, l, l.EpochFrom(from))
		require.Equal(t, want[min(from, len(want)):], append([][]int{}, got...))
	}
}

func TestLoaderReusesItsBuffers(t *testing.T) {
	l := &Loader{Set: counting(4), Batch: 2}
	var first Batch
	for b := range l.Epoch() {
		if first.X == nil {
			first = b
			continue
		}
		require.Same(t, first.X, b.X)
		require.Equal(t, []int{2, 3}, first.Labels, "the second batch overwrites the first")
	}
}

func TestLoaderDoesNotAllocate(t *testing.T) {
	for _, rng := range []*tensor.Rand{nil, tensor.NewRand(1)} {
		l := &Loader{Set: Digits(50, 1), Batch: 16, Shuffle: rng} // the last batch is short
		sum := 0
		allocs := testing.AllocsPerRun(10, func() {
			for b := range l.Epoch() {
				sum += b.Labels[0] + b.X.Len()
			}
			for b := range l.EpochFrom(2) {
				sum += b.Index[0]
			}
		})
		require.Zero(t, allocs, "shuffle %v", rng != nil)
		require.NotZero(t, sum)
	}
}

func TestLoaderMisuse(t *testing.T) {
	require.Equal(t, "loader [3 2]: a batch of -1 examples",
		panicText(t, func() { (&Loader{Set: counting(3), Batch: -1}).Batches() }))

	l := &Loader{Set: counting(3)}
	require.Equal(t, "loader [3 2]: an epoch cannot start at batch -1",
		panicText(t, func() { pass(t, l, l.EpochFrom(-1)) }))
	require.Contains(t, panicText(t, func() {
		for range l.Epoch() {
			for range l.Epoch() {
			}
		}
	}), "another loop over this loader is still running")

	for range l.Epoch() {
		break
	}
	require.Len(t, pass(t, l, l.Epoch()), 3, "a loader can be used again after a break and after a panic")

	l.Set = &Set{X: tensor.Zeros64(3, 2), Labels: []int{0, 1, 2}}
	require.Contains(t, panicText(t, func() { pass(t, l, l.Epoch()) }), "is float64, want float32")
}

func ExampleLoader() {
	loader := &Loader{Set: Digits(100, 1), Batch: 32, Shuffle: tensor.NewRand(1)}
	fmt.Println(loader.Batches(), "batches")
	for batch := range loader.Epoch() {
		fmt.Println(batch.X.Shape(), len(batch.Labels))
	}
	// Output:
	// 4 batches
	// [32 1 28 28] 32
	// [32 1 28 28] 32
	// [32 1 28 28] 32
	// [4 1 28 28] 4
}

// Index tells which examples of the set a batch holds, here to collect the
// ones that a (poor) model gets wrong.
func ExampleBatch() {
	set := Digits(20, 3)
	var wrong []int
	for batch := range (&Loader{Set: set, Batch: 8}).Epoch() {
		for i, label := range batch.Labels {
			if const5 := 5; label != const5 {
				wrong = append(wrong, batch.Index[i])
			}
		}
	}
	fmt.Println(len(wrong), "of", set.Len())
	// Output: 18 of 20
}

func BenchmarkLoader(b *testing.B) {
	l := &Loader{Set: Digits(1000, 1), Batch: 64, Shuffle: tensor.NewRand(1)}
	b.ReportAllocs()
	for b.Loop() {
		for range l.Epoch() {
		}
	}
}
