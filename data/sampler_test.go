package data

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/tensor"
)

// The numbers are those of list(WeightedRandomSampler(w, 5, replacement, generator)),
// PyTorch 2.15, twice from a generator of seed 0; fixtures of package tensor
// have many more.
func TestWeightedDrawsAsPyTorch(t *testing.T) {
	again := &Weighted{Weights: []float64{0.1, 0.9, 0.4, 0.7, 3, 0.6}, Count: 5, Chance: tensor.NewRand(0)}
	require.Equal(t, []int{5, 4, 4, 5, 4}, again.Draw(nil))
	require.Equal(t, []int{-1, 4, 2, 3, 4, 3}, again.Draw([]int{-1}))
	once := &Weighted{Weights: []float64{0.9, 0.4, 0.05, 0.2, 0.3, 0.1}, Count: 5, Once: true, Chance: tensor.NewRand(0)}
	require.Equal(t, []int{1, 4, 0, 2, 3}, once.Draw(nil))
	require.Equal(t, []int{0, 1, 3, 5, 4}, once.Draw(nil))
	require.Equal(t, 5, once.Len())
	once.Count = 0
	require.Equal(t, 6, once.Len())
	require.Len(t, once.Draw(nil), 6)
	require.Same(t, once.Chance, once.Rand())
}

func TestBalanced(t *testing.T) {
	labels := []int{3, 0, 0, -1, 0, 3, 5, 0, 0, -100} // five of 0, two of 3, one of 5
	for _, under := range []bool{false, true} {
		b := &Balanced{Labels: labels, Under: under, Chance: tensor.NewRand(2)}
		want, seen := 5, map[int]bool{}
		if under {
			want = 1
		}
		require.Equal(t, 3*want, b.Len())
		orders := map[string]bool{}
		for range 50 {
			order := b.Draw([]int{77})
			require.Equal(t, 77, order[0])
			order = order[1:]
			require.Len(t, order, b.Len())
			require.Equal(t, []int{want, 0, 0, want, 0, want}, count(nil, pick(labels, order)))
			if !under {
				sorted := slices.Clone(order)
				slices.Sort(sorted)
				require.Equal(t, []int{0, 1, 2, 4, 5, 6, 7, 8}, slices.Compact(sorted), "every example is there")
			}
			for _, i := range order {
				seen[i] = true
			}
			orders[string(rune(order[0]))+string(rune(order[1]))] = true
		}
		require.Len(t, seen, 8, "chance reaches every example")
		require.Greater(t, len(orders), 5, "the order is random")
		require.Same(t, b.Chance, b.Rand())
	}
	require.Empty(t, (&Balanced{Chance: tensor.NewRand(1)}).Draw(nil))
	require.Empty(t, (&Balanced{Labels: []int{-1}, Under: true, Chance: tensor.NewRand(1)}).Draw(nil))
}

// A balanced sampler gives each example of a class the same chance.
func TestBalancedIsFair(t *testing.T) {
	labels := []int{0, 0, 0, 0, 1, 1, 0, 0, 1, 0} // seven of 0, three of 1
	for _, under := range []bool{false, true} {
		const n = 4000
		b, drawn := &Balanced{Labels: labels, Under: under, Chance: tensor.NewRand(4)}, make([]int, len(labels))
		for range n {
			for _, i := range b.Draw(nil) {
				drawn[i]++
			}
		}
		for i, label := range labels {
			want := map[bool][]float64{false: {1, 7.0 / 3}, true: {3.0 / 7, 1}}[under][label]
			require.InDelta(t, want, float64(drawn[i])/n, 0.05, "example %d, under %v", i, under)
		}
	}
}

func TestClassWeightsMatchScikitLearn(t *testing.T) {
	f := readSplits(t)
	require.NotEmpty(t, f.ClassWeights)
	for _, c := range f.ClassWeights {
		got := ClassWeights(c.Labels, len(c.Weights))
		require.InDeltaSlice(t, c.Weights, got, 1e-15)
		for i, w := range ExampleWeights(c.Labels) {
			require.Equal(t, got[c.Labels[i]], w)
		}
	}
	require.Equal(t, []float64{0.75, 0, 1.5, 0}, ClassWeights([]int{0, 2, -1, 0}, 4))
	require.Equal(t, []float64{0.75, 1.5, 0, 0.75}, ExampleWeights([]int{0, 2, -1, 0}))
	require.Equal(t, []float64{0, 0}, ClassWeights(nil, 2))
	require.Contains(t, panicText(t, func() { ClassWeights([]int{2}, 2) }), "there is a label 2, and there are 2 classes")
}

func TestBuckets(t *testing.T) {
	r := tensor.NewRand(9)
	lengths := make([]int, 1037)
	r.Randint(lengths, 1, 200)
	b := &Buckets{Lengths: lengths, Batch: 8, Chance: r}
	padding := func(order []int) (n int) {
		for batch := range slices.Chunk(order, 8) {
			own := pick(lengths, batch)
			for _, l := range own {
				n += slices.Max(own) - l
			}
		}
		return n
	}
	first := b.Draw(nil)
	second := b.Draw([]int{5})
	require.Equal(t, 5, second[0])
	require.NotEqual(t, first, second[1:])
	for _, order := range [][]int{first, second[1:]} {
		require.Less(t, padding(order), padding(upTo(len(lengths), nil))/10)
		sorted := slices.Sorted(slices.Values(order))
		require.Equal(t, upTo(len(lengths), nil), sorted, "every sequence once")
	}
	require.Same(t, r, b.Rand())

	for n := range 6 {
		small := &Buckets{Lengths: lengths[:n], Batch: 3, Chance: r}
		require.Equal(t, n, small.Len())
		require.ElementsMatch(t, upTo(n, nil), small.Draw(nil))
		small.Batch = 0
		require.Len(t, small.Draw(nil), n)
		small.Batch = int(^uint(0) >> 1)
		require.Len(t, small.Draw(nil), n)
	}
	require.Contains(t, panicText(t, func() { (&Buckets{Batch: -1}).Draw(nil) }), "got -1")
	require.Contains(t, panicText(t, func() { (&Weighted{Count: -1}).Draw(nil) }), "got -1")
}

func TestSamplersAllocateNothing(t *testing.T) {
	r := tensor.NewRand(1)
	labels, weights := make([]int, 200), make([]float64, 200)
	r.Randint(labels, -1, 4)
	for i := range weights {
		weights[i] = r.Float64()
	}
	order := make([]int, 0, 2000)
	for _, draw := range []func([]int) []int{
		(&Weighted{Weights: weights, Chance: r}).Draw,
		(&Weighted{Weights: weights, Count: 50, Once: true, Chance: r}).Draw,
		(&Balanced{Labels: labels, Chance: r}).Draw,
		(&Balanced{Labels: labels, Under: true, Chance: r}).Draw,
		(&Buckets{Lengths: labels, Batch: 7, Chance: r}).Draw,
	} {
		draw(order)
		require.Zero(t, testing.AllocsPerRun(10, func() { draw(order) }))
	}
}
