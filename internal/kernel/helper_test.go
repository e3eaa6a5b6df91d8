package kernel_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/internal/kernel"
)

// eachLevel runs f with every instruction set that there is.
func eachLevel(t *testing.T, f func(t *testing.T)) {
	for _, l := range kernel.Levels() {
		t.Run(l.String(), func(t *testing.T) {
			defer kernel.Force(l)()
			f(t)
		})
	}
}

// A tester is what helpers need of a *testing.T or *rapid.T.
type tester interface {
	require.TestingT
	Helper()
}

// sizes are the lengths that kernels are tested with: all short ones, and some
// around the lengths at which long loops are split.
var sizes = func() (n []int) {
	for i := range 101 {
		n = append(n, i)
	}
	return append(n, 127, 128, 129, 1023, 1024, 1025, 3000)
}()

// shifts returns the number of alignments at which slices of n elements are tested.
func shifts(n int) int {
	if n > 100 {
		return 1
	}
	return 4
}

// A guarded slice is one with guard words on both sides.
type guarded[T kernel.Float] struct {
	mem []T
	s   []T // the part that a kernel gets
}

const (
	guards = 9
	guard  = -12345
)

// guardedSlice returns n zeros. They begin shift elements later than the allocated
// memory, so that the alignment may be odd. As with slices of a tensor, the capacity
// of the slice is larger than its length.
func guardedSlice[T kernel.Float](n, shift int) guarded[T] {
	mem := make([]T, shift+n+2*guards)
	for i := range mem {
		mem[i] = guard
	}
	s := mem[guards+shift:][:n]
	clear(s)
	return guarded[T]{mem, s}
}

// copyOf returns a guarded copy of s.
func copyOf[T kernel.Float](s []T, shift int) guarded[T] {
	g := guardedSlice[T](len(s), shift)
	copy(g.s, s)
	return g
}

// intact checks the guard words.
func (g guarded[T]) intact(t tester, what string) {
	for i, v := range slices.Concat(g.mem[:len(g.mem)-len(g.s)-guards], g.mem[len(g.mem)-guards:]) {
		if v != guard {
			t.Helper()
			require.FailNow(t, "wrote outside a slice", "%s: guard word %d of a slice of %d", what, i, len(g.s))
		}
	}
}

// unchanged checks that the slice still holds what it was copied from.
func (g guarded[T]) unchanged(t tester, what string, s []T) {
	g.intact(t, what)
	for i, v := range s {
		if v != g.s[i] && (v == v || g.s[i] == g.s[i]) {
			t.Helper()
			require.FailNow(t, "changed an operand", "%s: element %d of %d", what, i, len(s))
		}
	}
}

// near checks that got is close to want. The error allowed is ulps units in the last
// place plus abs·ε, for the type of got.
func near[T kernel.Float](t tester, what string, want float64, got T, ulps, abs float64) {
	w := float64(T(want))
	g := float64(got)
	switch {
	case math.IsNaN(w) || math.IsNaN(g):
		if math.IsNaN(w) && math.IsNaN(g) {
			return
		}
	case w == g || math.Abs(w-g) <= ulps*ulp[T](w)+abs*eps[T]():
		return
	}
	t.Helper()
	require.FailNow(t, "wrong result", "%s (%T): want %v, got %v", what, got, w, g)
}

// ulp is the distance from |x| to the next number of type T.
func ulp[T kernel.Float](x float64) float64 {
	x = math.Abs(x)
	if eps[T]() == 0x1p-23 {
		return float64(math.Nextafter32(float32(x), math.MaxFloat32)) - x
	}
	return math.Nextafter(x, math.MaxFloat64) - x
}

// eps is the distance from 1 to the next number of type T.
func eps[T kernel.Float]() float64 {
	if _, ok := any(T(0)).(float32); ok {
		return 0x1p-23
	}
	return 0x1p-52
}

// A source of test data, the same in every run.
type source struct{ *rand.Rand }

func newSource(seed uint64) source { return source{rand.New(rand.NewPCG(seed, 2))} }

// random returns n numbers between lo and hi.
func random[T kernel.Float](src source, n int, lo, hi float64) []T {
	s := make([]T, n)
	for i := range s {
		s[i] = T(lo + (hi-lo)*src.Float64())
	}
	return s
}

// odd is like random, but some elements are special values.
func odd[T kernel.Float](src source, n int, lo, hi float64) []T {
	special := []float64{0, math.Copysign(0, -1), 1, -1, 0.5, math.NaN(), math.Inf(1), math.Inf(-1)}
	s := random[T](src, n, lo, hi)
	for i := range s {
		if src.IntN(8) == 0 {
			s[i] = T(special[src.IntN(len(special))])
		}
	}
	return s
}

func wide[T kernel.Float](s []T) []float64 {
	out := make([]float64, len(s))
	for i, v := range s {
		out[i] = float64(v)
	}
	return out
}
