package kernel_test

import (
	"fmt"
	"math"
	"os"
	"runtime"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/internal/kernel"
	"github.com/descent-ml/descent/internal/kernel/asm"
	"github.com/descent-ml/descent/internal/kernel/work"
)

// Working memory holds NaN in all tests, so that no result depends on what it
// held before.
func TestMain(m *testing.M) {
	if err := asm.Misspelt(); err != nil { // the tests would try another level
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
	work.Poison()
	os.Exit(m.Run())
}

// threaded returns the kernels that share large work among goroutines, with operands
// that are large enough. Each returns all its results in one slice.
func threaded[T kernel.Float]() map[string]func() []T {
	const n = 100_000
	src := newSource(31)
	draw := func(n int) []T { return random[T](src, n, -1, 1) }
	a, b, c, d := draw(n), draw(n), draw(n), draw(n)
	matrix := func(data []T, row int) kernel.Matrix[T] { return kernel.Matrix[T]{Data: data, Row: row, Col: 1} }
	conv := kernel.Conv{Batch: 5, Groups: 2, Filters: 6, Window: kernel.Window{
		Channels: 3, In: [2]int{33, 32}, Kernel: [2]int{3, 3}, Stride: [2]int{1, 1}, Pad: [2]int{1, 1}, Dilation: [2]int{1, 1}, Out: [2]int{33, 32}}}
	images, filters, grads := draw(5*6*33*32), draw(12*27), draw(5*12*33*32)
	pool := kernel.Window{Channels: 1, In: [2]int{40, 40}, Kernel: [2]int{2, 2}, Stride: [2]int{2, 2}, Dilation: [2]int{1, 1}, Out: [2]int{20, 20}}
	labels := make([]int, 1000)
	for i := range labels {
		labels[i] = i % 100
	}
	return map[string]func() []T{
		"Blocks1": func() []T { return into(n, func(dst []T) { kernel.Blocks1(kernel.Square[T], dst, a) }) },
		"Blocks2": func() []T { return into(n, func(dst []T) { kernel.Blocks2(kernel.Mul[T], dst, a, b) }) },
		"BlocksScaled": func() []T {
			return into(n, func(dst []T) {
				kernel.BlocksScaled(func(dst, a []T, p, q float64) { kernel.Blend(dst, a, T(p), T(q)) }, dst, a, 2, 3)
			})
		},
		"Rows": func() []T {
			return into(n, func(dst []T) { kernel.Rows(func(dst, a, _ []T) { kernel.Softmax(dst, a) }, dst, a, nil, 50) })
		},
		"MatMul": func() []T {
			return into(150*200, func(dst []T) {
				kernel.MatMul(dst, 200, matrix(a, 170), matrix(b, 200), 150, 200, 170, kernel.Epilogue[T]{})
			})
		},
		"MatMul with B transposed": func() []T {
			return into(150*600, func(dst []T) {
				kernel.MatMul(dst, 600, matrix(a, 160), kernel.Matrix[T]{Data: b, Row: 1, Col: 160}, 150, 600, 160, kernel.Epilogue[T]{})
			})
		},
		"MatMulBatch": func() []T {
			return into(60*40*30, func(dst []T) { kernel.MatMulBatch(dst, matrix(a, 35), matrix(b, 30), 40, 30, 35, 60, 1400, 1050) })
		},
		"Conv2d": func() []T {
			return into(len(grads), func(dst []T) { kernel.Conv2d(dst, images, filters, a[:12], conv) })
		},
		"Conv2dInput":  func() []T { return into(len(images), func(dst []T) { kernel.Conv2dInput(dst, grads, filters, conv) }) },
		"Conv2dFilter": func() []T { return into(len(filters), func(dst []T) { kernel.Conv2dFilter(dst, images, grads, conv) }) },
		"MaxPool": func() []T {
			return into(60*(400+1600), func(dst []T) {
				index := make([]int, 60*400)
				kernel.MaxPool(dst[:len(index)], index, a, &pool, 60)
				kernel.MaxPoolGrad(dst[len(index):], b[:len(index)], index, &pool, 60)
			})
		},
		"AvgPool": func() []T {
			return into(60*(400+1600), func(dst []T) {
				kernel.AvgPool(dst[:60*400], a, &pool, 60, true)
				kernel.AvgPoolGrad(dst[60*400:], b[:60*400], &pool, 60, true)
			})
		},
		"RFFT": func() []T {
			return into(n+10*52*50*2, func(dst []T) {
				s := kernel.Spectrum{Outer: 10, Size: 100, Bins: 52, Inner: 50, Scale: 1, Weight: 2}
				kernel.RFFT(dst[n:], a, kernel.FFTOf(100), s)
				s.Bins, s.Outer = 50, 20
				kernel.IRFFT(dst[:n], b, kernel.FFTOf(99), s)
			})
		},
		"Distances": func() []T {
			return into(120*100+(120+100)*70, func(dst []T) {
				// One row is in both.
				d := kernel.Distances[T]{X: a[:120*70], Y: a[119*70:][:100*70], Batch: 1, N: 120, M: 100, K: 70, P: 2}
				d.Value(dst[:12000])
				d.Grad(dst[12000:][:120*70], dst[12000+120*70:], dst[:12000], c)
			})
		},
		"Attend":      func() []T { return joined(attentions[T](250, 250, 1, true)) },
		"recurrences": func() []T { return joined(recurrences[T](70, 64, false, true, true, true)) },
		"BatchNorm": func() []T {
			return into(2*n+40, func(dst []T) {
				norm := kernel.BatchNorm[T]{X: a, Batch: 100, Channels: 10, Size: 100, Mean: dst[:10], Variance: dst[10:20], Weight: b[:10], Bias: c[:10], Eps: 1e-5}
				norm.Value(dst[40:][:n])
				norm.Grad(dst[40+n:], dst[20:30], dst[30:40], d)
			})
		},
		"LayerNorm": func() []T {
			return into(2*n+2000+200, func(dst []T) {
				norm := kernel.LayerNorm[T]{X: a, Size: 100, Mean: dst[:1000], Variance: dst[1000:2000], Bias: c[:100], Eps: 1e-5}
				norm.Value(dst[2200:][:n])
				norm.Grad(dst[2200+n:], dst[2000:2100], dst[2100:2200], d)
			})
		},
		"CrossEntropy": func() []T {
			return into(1000+n, func(dst []T) {
				loss := kernel.CrossEntropy[T]{Logits: a, Classes: 100, Labels: labels, Ignore: 7}
				loss.Value(dst[:1000], 1)
				loss.Grad(dst[1000:], b, 1)
			})
		},
		"SGDStep": func() []T {
			return into(2*n, func(dst []T) {
				copy(dst, a)
				copy(dst[n:], b)
				kernel.SGDStep(dst[:n], c, dst[n:], kernel.SGD{LR: 0.1, Momentum: 0.9})
			})
		},
		"AdamStep": func() []T {
			return into(3*n, func(dst []T) {
				copy(dst, a)
				kernel.AdamStep(dst[:n], c, dst[n:2*n], dst[2*n:], nil, kernel.Adam{LR: 0.1, Beta1: 0.9, Beta2: 0.99, Eps: 1e-8, Step: 1})
			})
		},
		"Sum": func() []T { return []T{kernel.Sum(a)} },
		"SumRows": func() []T {
			return into(100, func(dst []T) { kernel.SumRows(dst, a, kernel.SumLayout{Place: 1000, Next: 100, Count: 10, Len: 100}) })
		},
		"SumColumns": func() []T { return into(500, func(dst []T) { kernel.SumColumns(dst, a) }) },
	}
}

// into returns the n numbers that f writes.
func into[T kernel.Float](n int, f func(dst []T)) []T {
	dst := make([]T, n)
	f(dst)
	return dst
}

func joined[T kernel.Float](o outputs[T]) (all []T) {
	for _, g := range o {
		all = append(all, g.s...)
	}
	return all
}

// Every kernel gives the same bits, whichever goroutines do the parts, and also when
// the queue of the helpers is full.
func TestThreads(t *testing.T) {
	t.Run("float32", checkAllThreads[float32])
	t.Run("float64", checkAllThreads[float64])
}

func checkAllThreads[T kernel.Float](t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	for name, f := range threaded[T]() {
		runtime.GOMAXPROCS(1)
		want := f()
		for _, v := range want {
			require.False(t, math.IsNaN(float64(v)), "%s: NaN, as memory that nobody wrote has", name)
		}
		for _, procs := range []int{2, 8} {
			runtime.GOMAXPROCS(procs)
			for _, queue := range []int{0, 1, 64} {
				restore := work.SmallQueue(queue)
				got := f()
				offered := restore()
				if runtime.GOMAXPROCS(0) > 1 { // there is but one under wasm
					require.True(t, offered, "%s is done by one goroutine alone", name)
				}
				require.True(t, slices.Equal(want, got), "%s on %d threads with a queue of %d gives other bits", name, procs, queue)
			}
		}
	}
}
