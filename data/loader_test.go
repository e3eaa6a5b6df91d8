package data

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/tensor"
)

// pass ranges over an epoch of l and checks that each batch holds what its index
// says. It returns the indices, batch by batch.
func pass(t *testing.T, l *Loader[Batch]) (batches [][]int) {
	t.Helper()
	for b, err := range l.Epoch() {
		require.NoError(t, err)
		require.Equal(t, []int{len(b.Index), 2}, b.X.Shape())
		x := tensor.Data[float32](b.X)
		for k, i := range b.Index {
			require.Equal(t, i, b.Labels[k])
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
		l := &Loader[Batch]{Set: counting(c.n), Batch: c.batch, DropLast: c.drop}
		for range 2 {
			require.Equal(t, c.want, pass(t, l), "%+v", c)
			require.Equal(t, len(c.want), l.Batches())
		}
	}
}

func TestLoaderShuffle(t *testing.T) {
	const n = 23
	l := &Loader[Batch]{Set: counting(n), Batch: 4, Shuffle: tensor.NewRand(5)}
	rng, order := tensor.NewRand(5), make([]int, n)
	var last []int
	for range 3 {
		got := slices.Concat(pass(t, l)...)
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
	l := &Loader[Batch]{Set: counting(10), Batch: 4, Shuffle: tensor.NewRand(7)}
	require.Equal(t, [][]int{{3, 2, 7, 8}, {6, 1, 5, 9}, {0, 4}}, pass(t, l))
	require.Equal(t, [][]int{{1, 3, 5, 2}, {8, 9, 6, 7}, {4, 0}}, pass(t, l))
}

func TestLoaderReusesItsBuffers(t *testing.T) {
	l := &Loader[Batch]{Set: counting(4), Batch: 2}
	var first Batch
	for b := range l.Epoch() {
		if first.X == nil {
			first = *b
			continue
		}
		require.Same(t, first.X, b.X)
		require.Equal(t, []int{2, 3}, first.Labels, "the second batch overwrites the first")
	}
}

// Whoever exchanges the batch for one of its own keeps it.
func TestBatchesCanBeKept(t *testing.T) {
	for _, ahead := range []int{0, 2} {
		l := &Loader[Batch]{Set: counting(7), Batch: 2, Prefetch: ahead}
		kept := make([]Batch, 4)
		i := 0
		for b := range l.Epoch() {
			kept[i], *b = *b, kept[i]
			i++
		}
		for i, b := range kept {
			require.Equal(t, 2*i, b.Index[0])
			require.Equal(t, float64(20*i), b.X.At(0, 0))
		}
	}
}

func TestLoaderDoesNotAllocate(t *testing.T) {
	for _, rng := range []*tensor.Rand{nil, tensor.NewRand(1)} {
		l := &Loader[Batch]{Set: pictures(50, 1), Batch: 16, Shuffle: rng, // the last batch is short
			Transform: func(b *Batch, r *tensor.Rand) { b.X.Fill(r.Float64()) }}
		sum := 0
		allocs := testing.AllocsPerRun(10, func() {
			for b := range l.Epoch() {
				sum += b.Labels[0] + b.X.Len()
			}
		})
		require.Zero(t, allocs, "shuffle %v", rng != nil)
		require.NotZero(t, sum)
	}
}

func TestLoaderMisuse(t *testing.T) {
	require.Equal(t, "loader: a batch of -1 examples",
		panicText(t, func() { (&Loader[Batch]{Set: counting(3), Batch: -1}).Batches() }))
	for want, l := range map[string]*Loader[Batch]{
		"loader: there is no Set":                                                         {},
		"loader: Prefetch is -1; it must not be negative":                                 {Set: counting(3), Prefetch: -1},
		"loader: there is a Sampler, which decides the order, and Shuffle; leave one out": {Set: counting(3), Sampler: twice{}, Shuffle: tensor.NewRand(1)},
	} {
		require.Equal(t, want, panicText(t, func() { pass(t, l) }))
	}

	l := &Loader[Batch]{Set: counting(3)}
	require.Contains(t, panicText(t, func() {
		for range l.Epoch() {
			for range l.Epoch() {
			}
		}
	}), "another loop over this loader is still running")

	for range l.Epoch() {
		break
	}
	require.Len(t, pass(t, l), 3, "a loader can be used again after a break and after a panic")
}

// pictures returns n examples of the size of pictures, in ten classes.
func pictures(n int, seed uint64) *Examples {
	s := &Examples{X: tensor.Zeros(n, 1, 28, 28), Labels: make([]int, n), Classes: 10}
	tensor.NewRand(seed).Uniform(s.X, 0, 1)
	for i := range s.Labels {
		s.Labels[i] = i % 10
	}
	return s
}

func BenchmarkLoader(b *testing.B) {
	l := &Loader[Batch]{Set: pictures(1000, 1), Batch: 64, Shuffle: tensor.NewRand(1)}
	b.ReportAllocs()
	for b.Loop() {
		for range l.Epoch() {
		}
	}
}
