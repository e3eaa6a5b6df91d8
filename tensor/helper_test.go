package tensor_test

import (
	"iter"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/tensor"
)

var dtypes = []tensor.DType{tensor.Float32, tensor.Float64}

// A grid is the plain model that operations are compared with: float64
// elements in row-major order.
type grid struct {
	shape []int
	v     []float64
}

func newGrid(shape ...int) grid {
	n := 1
	for _, d := range shape {
		n *= d
	}
	return grid{append([]int{}, shape...), make([]float64, n)}
}

// gridOf reads a tensor element by element.
func gridOf(t *tensor.Tensor) grid {
	g := newGrid(t.Shape()...)
	i := 0
	for idx := range places(g.shape) {
		g.v[i] = t.At(idx...)
		i++
	}
	return g
}

// places yields the indices of a shape in row-major order. The slice is reused.
func places(shape []int) iter.Seq[[]int] {
	return func(yield func([]int) bool) {
		if slices.Contains(shape, 0) {
			return
		}
		idx := make([]int, len(shape))
		for {
			if !yield(idx) {
				return
			}
			k := len(shape) - 1
			for ; k >= 0; k-- {
				if idx[k]++; idx[k] < shape[k] {
					break
				}
				idx[k] = 0
			}
			if k < 0 {
				return
			}
		}
	}
}

// offset returns the place of an index in g.v. Leading indices that g does not
// have are dropped, and axes of length one are read at 0, as broadcasting does.
func (g grid) offset(idx []int) int {
	idx = idx[len(idx)-len(g.shape):]
	at := 0
	for k, d := range g.shape {
		at *= d
		if d > 1 {
			at += idx[k]
		}
	}
	return at
}

func (g grid) at(idx []int) float64 { return g.v[g.offset(idx)] }

// each returns the grid of a shape whose element at idx is f(idx).
func each(shape []int, f func(idx []int) float64) grid {
	g := newGrid(shape...)
	i := 0
	for idx := range places(shape) {
		g.v[i] = f(idx)
		i++
	}
	return g
}

func (g grid) apply(f func(x float64) float64) grid {
	return each(g.shape, func(idx []int) float64 { return f(g.at(idx)) })
}

// broadcast returns the shape that shapes broadcast to.
func broadcast(shapes ...[]int) []int {
	out := []int{}
	for _, s := range shapes {
		for len(out) < len(s) {
			out = slices.Insert(out, 0, 1)
		}
		for i, d := range s {
			if d != 1 {
				out[len(out)-len(s)+i] = d
			}
		}
	}
	return out
}

func apply2(a, b grid, f func(x, y float64) float64) grid {
	return each(broadcast(a.shape, b.shape), func(idx []int) float64 { return f(a.at(idx), b.at(idx)) })
}

// round returns g with every element rounded to a type.
func (g grid) round(dt tensor.DType) grid {
	return g.apply(func(x float64) float64 { return round(dt, x) })
}

func round(dt tensor.DType, x float64) float64 {
	if dt == tensor.Float32 {
		return float64(float32(x))
	}
	return x
}

// eps is the distance from 1 to the next number of a type.
func eps(dt tensor.DType) float64 {
	if dt == tensor.Float32 {
		return 0x1p-23
	}
	return 0x1p-52
}

// tiny is the smallest positive number of a type.
func tiny(dt tensor.DType) float64 {
	if dt == tensor.Float32 {
		return math.SmallestNonzeroFloat32
	}
	return math.SmallestNonzeroFloat64
}

// A layout is a way in which the elements of a tensor lie in storage. It
// returns the tensor, and one whose elements are all of the storage.
type layout struct {
	name string
	make func(dt tensor.DType, shape []int) (t, storage *tensor.Tensor)
}

var layouts = []layout{
	{"contiguous", func(dt tensor.DType, shape []int) (t, storage *tensor.Tensor) {
		t = tensor.ZerosOf(dt, shape...)
		return t, t
	}},
	{"offset", func(dt tensor.DType, shape []int) (t, storage *tensor.Tensor) {
		n := len(newGrid(shape...).v)
		storage = tensor.ZerosOf(dt, n+8)
		return storage.Slice(0, 5, n+5, 1).Reshape(shape...), storage
	}},
	{"gaps", func(dt tensor.DType, shape []int) (t, storage *tensor.Tensor) {
		if len(shape) == 0 {
			storage = tensor.ZerosOf(dt, 3)
			return storage.Slice(0, 1, 2, 1).Squeeze(), storage
		}
		wide := slices.Clone(shape)
		last := len(wide) - 1
		wide[last] += 3
		storage = tensor.ZerosOf(dt, wide...)
		return storage.Slice(last, 1, shape[last]+1, 1), storage
	}},
	{"permuted", func(dt tensor.DType, shape []int) (t, storage *tensor.Tensor) {
		back, axes := slices.Clone(shape), make([]int, len(shape))
		slices.Reverse(back)
		for i := range axes {
			axes[i] = len(shape) - 1 - i
		}
		storage = tensor.ZerosOf(dt, back...)
		return storage.Permute(axes...), storage
	}},
	{"stepped", func(dt tensor.DType, shape []int) (t, storage *tensor.Tensor) {
		wide := slices.Clone(shape)
		for i := range wide {
			wide[i] = 2*wide[i] + 1
		}
		storage = tensor.ZerosOf(dt, wide...)
		t = storage
		for i, d := range shape {
			t = t.Slice(i, 1, 2*d+1, 2)
		}
		return t, storage
	}},
}

// guard fills the storage around a tensor. It is NaN, so that the result shows
// when something is read from there by mistake.
var guard = math.NaN()

// put returns a tensor of g's elements in layout l, with NaN around them.
func (l layout) put(dt tensor.DType, g grid) *tensor.Tensor {
	t, storage := l.make(dt, g.shape)
	fillAll(storage, guard)
	i := 0
	for idx := range places(g.shape) {
		t.Set(g.v[i], idx...)
		i++
	}
	return t
}

func fillAll(t *tensor.Tensor, v float64) {
	for idx := range places(t.Shape()) {
		t.Set(v, idx...)
	}
}

// contiguous and stepped are the two layouts that differ most.
var contiguous, stepped = layouts[0], layouts[len(layouts)-1]

func put(dt tensor.DType, g grid) *tensor.Tensor { return contiguous.put(dt, g) }

// into checks that f writes want to a destination in layout l, and nothing
// beside it.
func (l layout) into(t tester, dt tensor.DType, want grid, tol tolerance, f func(dst *tensor.Tensor)) {
	t.Helper()
	dst, storage := l.make(dt, want.shape)
	fillAll(storage, 777)
	f(dst)
	want.near(t, dst, tol)
	fillAll(dst, 777)
	for idx := range places(storage.Shape()) {
		if storage.At(idx...) != 777 {
			require.FailNow(t, "wrote outside the destination", "layout %s, shape %v, storage at %v", l.name, want.shape, idx)
		}
	}
}

// A tester is what helpers need of a *testing.T or *rapid.T.
type tester interface {
	require.TestingT
	Helper()
}

// A tolerance allows that |got − want| is (rel · |want| + abs) · ε, with the ε of
// the element type, and rel times its smallest positive number more.
type tolerance struct{ rel, abs float64 }

var (
	exact = tolerance{}
	loose = tolerance{8, 2}
)

// near checks shape and elements of got. Elements of want are first rounded to
// the type of got; NaN equals NaN.
func (g grid) near(t tester, got *tensor.Tensor, tol tolerance) {
	t.Helper()
	if !slices.Equal(g.shape, got.Shape()) {
		require.FailNow(t, "wrong shape", "want %v, got %v", g.shape, got.Shape())
	}
	i := 0
	for idx := range places(g.shape) {
		want, have := round(got.DType(), g.v[i]), got.At(idx...)
		if !same(want, have, (tol.rel*math.Abs(want)+tol.abs)*eps(got.DType())+tol.rel*tiny(got.DType())) {
			require.FailNow(t, "wrong element", "at %v of %v %v: want %v, got %v", idx, got.DType(), g.shape, want, have)
		}
		i++
	}
}

func same(want, got, tol float64) bool {
	switch {
	case math.IsNaN(want) || math.IsNaN(got):
		return math.IsNaN(want) && math.IsNaN(got)
	case math.IsInf(want, 0) || math.IsInf(got, 0):
		return want == got
	}
	return math.Abs(want-got) <= tol
}

// A source of test data, the same in every run.
type source struct{ *rand.Rand }

func newSource(seed uint64) source { return source{rand.New(rand.NewPCG(seed, 1))} }

// grid returns numbers between lo and hi that are exact in both types.
func (s source) grid(lo, hi float64, shape ...int) grid {
	return each(shape, func([]int) float64 { return float64(float32(lo + (hi-lo)*s.Float64())) })
}

// odd returns g with some elements replaced by special values.
func (s source) odd(g grid) grid {
	special := []float64{0, math.Copysign(0, -1), 1, -1, 0.5, 2, math.NaN(), math.Inf(1), math.Inf(-1), 0x1p-20, -0x1p-20}
	return g.apply(func(x float64) float64 {
		if s.IntN(6) == 0 {
			return special[s.IntN(len(special))]
		}
		return x
	})
}

// integers returns small whole numbers, of which many are equal.
func (s source) integers(lo, hi int, shape ...int) grid {
	return each(shape, func([]int) float64 { return float64(lo + s.IntN(hi-lo+1)) })
}

// ints returns n numbers from 0 to limit−1.
func (s source) ints(n, limit int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = s.IntN(limit)
	}
	return out
}

// subsets yields every set of axes of a rank.
func subsets(rank int) iter.Seq[[]int] {
	return func(yield func([]int) bool) {
		for bits := range 1 << rank {
			axes := []int{}
			for i := range rank {
				if bits>>i&1 != 0 {
					axes = append(axes, i)
				}
			}
			if !yield(axes) {
				return
			}
		}
	}
}
