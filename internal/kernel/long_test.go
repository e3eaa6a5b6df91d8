package kernel_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/internal/kernel"
	"github.com/descent-ml/descent/internal/kernel/asm"
)

// Long work is given to assembly in parts. The results are the same as those of
// many short calls.

func TestLongElementwise(t *testing.T) {
	eachLevel(t, func(t *testing.T) {
		for _, k := range elementwiseKernels {
			checkLong(t, k.name, k.lo, k.hi, k.f32)
			checkLong(t, k.name, k.lo, k.hi, k.f64)
		}
	})
}

func checkLong[T kernel.Float](t *testing.T, name string, lo, hi float64, f func(dst, a, b, c []T)) {
	const n, short = asm.Longest + 1030, 1 << 10
	src := newSource(41)
	var x [3][]T
	for i := range x {
		x[i] = random[T](src, n, lo, hi)
	}
	got, want := make([]T, n), make([]T, n)
	f(got, x[0], x[1], x[2])
	for i := 0; i < n; i += short {
		j := min(n, i+short)
		f(want[i:j], x[0][i:j], x[1][i:j], x[2][i:j])
	}
	if !slices.EqualFunc(got, want, func(a, b T) bool { return a == b || a != a && b != b }) {
		require.FailNow(t, "other bits in a long slice", name)
	}
}

// small returns n whole numbers whose sums and products are exact.
func small(n, step int) []float32 {
	x := make([]float32, n)
	for i := range x {
		x[i] = float32(i*step%7 - 3)
	}
	return x
}

func TestLongRoutines(t *testing.T) {
	eachLevel(t, func(t *testing.T) {
		t.Run("rows of an image", func(t *testing.T) { // moved to a canvas, and to where gradients of filters are computed
			const n = 20*asm.Longest + 5
			c := kernel.Conv{Batch: 1, Groups: 1, Filters: 1, Window: kernel.Window{
				Channels: 1, In: [2]int{1, n}, Kernel: [2]int{1, 3}, Stride: [2]int{1, 1}, Pad: [2]int{0, 1}, Dilation: [2]int{1, 1}, Out: [2]int{1, n}}}
			x, dy := small(n, 3), small(n, 5)
			var dw [3]float32
			kernel.Conv2dFilter(dw[:], x, dy, c)
			for k, got := range dw {
				want := float32(0)
				for i, v := range dy {
					if j := i + k - 1; j >= 0 && j < n {
						want += v * x[j]
					}
				}
				require.Equal(t, want, got)
			}
		})
		t.Run("many taps", func(t *testing.T) {
			const channels, n, filters = 12000, 200, 8
			c := kernel.Conv{Batch: 1, Groups: 1, Filters: filters, Window: kernel.Window{
				Channels: channels, In: [2]int{1, n}, Kernel: [2]int{1, 1}, Stride: [2]int{1, 1}, Dilation: [2]int{1, 1}, Out: [2]int{1, n}}}
			x, w, dst := small(channels*n, 3), small(filters*channels, 5), make([]float32, filters*n)
			kernel.Conv2d(dst, x, w, nil, c)
			want := make([]float32, filters*n)
			kernel.MatMul(want, n, kernel.Matrix[float32]{Data: w, Row: channels, Col: 1}, kernel.Matrix[float32]{Data: x, Row: n, Col: 1}, filters, n, channels, kernel.Epilogue[float32]{})
			require.Equal(t, want, dst)
		})
		t.Run("pairs", func(t *testing.T) {
			for _, out := range [][2]int{{3, asm.Longest + 70}, {40, 30000}, {2, 16*asm.Longest + 3}} {
				w := kernel.Window{Channels: 1, In: [2]int{2 * out[0], 2*out[1] + 1}, Kernel: [2]int{2, 2}, Stride: [2]int{2, 2}, Dilation: [2]int{1, 1}, Out: out}
				x := small(w.In[0]*w.In[1], 3)
				dst, index := make([]float32, out[0]*out[1]), make([]int, out[0]*out[1])
				kernel.MaxPool(dst, index, x, &w, 1)
				for i, got := range dst {
					at := i/out[1]*2*w.In[1] + i%out[1]*2
					if want := max(x[at], x[at+1], x[at+w.In[1]], x[at+w.In[1]+1]); want != got || x[index[i]] != got {
						require.FailNow(t, "wrong maximum", "%v: place %d: want %v, got %v", out, i, want, got)
					}
				}
			}
		})
	})
}
