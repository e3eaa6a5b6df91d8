package kernel_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/internal/kernel"
)

// sortable returns n numbers, of which many are equal, and some are special.
func sortable[T kernel.Float](r *rand.Rand, n int, nan bool) []T {
	special := []float64{0, math.Copysign(0, -1), math.Inf(1), math.Inf(-1), 1e-40, -1e-40}
	if nan {
		special = append(special, math.NaN(), math.Copysign(math.NaN(), -1))
	}
	a := make([]T, n)
	for i := range a {
		switch r.IntN(4) {
		case 0:
			a[i] = T(special[r.IntN(len(special))])
		case 1:
			a[i] = T(r.IntN(9) - 4)
		default:
			a[i] = T(r.NormFloat64() * math.Pow(10, float64(r.IntN(20)-10)))
		}
	}
	return a
}

// order is the order of sorted elements: NaN is above all numbers.
func order[T kernel.Float](a, b T) int {
	switch {
	case a != a && b != b || a == b:
		return 0
	case a != a || a > b:
		return 1
	}
	return -1
}

func sorted[T kernel.Float](a []T, descending bool) []int {
	index := make([]int, len(a))
	for i := range index {
		index[i] = i
	}
	slices.SortStableFunc(index, func(i, j int) int {
		if descending {
			return order(a[j], a[i])
		}
		return order(a[i], a[j])
	})
	return index
}

func testSort[T kernel.Float](t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, n := range []int{1, 2, 3, 31, 32, 33, 64, 200, 1000, 5000} {
		for _, nan := range []bool{false, true} {
			a := sortable[T](r, n, nan)
			for _, descending := range []bool{false, true} {
				want := sorted(a, descending)
				for _, k := range []int{0, 1, n / 100, n / 64, n/64 + 1, n} {
					for _, stride := range []int{1, 3} {
						got := make([]int, stride*k+1)
						kernel.ArgSort(got, stride, min(k, n), a, descending)
						for i := range min(k, n) {
							require.Equal(t, want[i], got[i*stride], "%d of %d", i, n)
							got[i*stride] = 0
						}
						require.Zero(t, slices.Max(got), "wrote elsewhere")
					}
				}
			}
			up := sorted(a, false)
			for range 3 {
				lo, hi := r.IntN(n), r.IntN(n)
				wantLo, wantHi := up[lo], up[hi]
				if last := up[n-1]; a[last] != a[last] {
					wantLo, wantHi = last, last
				}
				i, j := kernel.ArgQuantile(a, lo, hi)
				require.Equal(t, []int{wantLo, wantHi}, []int{i, j})
			}
			before := slices.Clone(a)
			at := slices.IndexFunc(a, func(v T) bool { return v != v })
			if at < 0 {
				at = slices.Index(a, a[up[(n-1)/2]])
			}
			require.Equal(t, at, kernel.ArgMedian(a))
			require.Equal(t, fmt.Sprint(a[at]), fmt.Sprint(kernel.Median(a)))
			require.Equal(t, fmt.Sprint(before), fmt.Sprint(a), "the operand stays")
		}
	}
	require.True(t, math.IsNaN(float64(kernel.Median[T](nil))))
	kernel.ArgSort[T](nil, 1, 0, nil, false)
}

func TestSort(t *testing.T) {
	t.Run("float32", testSort[float32])
	t.Run("float64", testSort[float64])
}

func testCumArg[T kernel.Float](t *testing.T) {
	nan, inf := T(math.NaN()), T(math.Inf(1))
	for _, c := range []struct {
		a           []T
		most, least []int
	}{
		{[]T{2, 1, 3, 3, 1}, []int{0, 0, 2, 3, 3}, []int{0, 1, 1, 1, 4}},
		{[]T{1, nan, inf, nan, 0}, []int{0, 1, 1, 3, 3}, []int{0, 1, 1, 3, 3}},
		{[]T{-inf, T(math.Copysign(0, -1)), 0}, []int{0, 1, 2}, []int{0, 0, 0}},
		{nil, []int{}, []int{}},
	} {
		for _, stride := range []int{1, 2} {
			for largest, want := range map[bool][]int{true: c.most, false: c.least} {
				got := make([]int, stride*len(c.a))
				kernel.CumArg(got, stride, c.a, largest)
				for i, w := range want {
					require.Equal(t, w, got[i*stride])
				}
			}
		}
	}
}

func TestCumArg(t *testing.T) {
	t.Run("float32", testCumArg[float32])
	t.Run("float64", testCumArg[float64])
}
