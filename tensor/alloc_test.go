package tensor_test

import (
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/tensor"
)

// A bench hands out the tensors of an allocation case, all in one layout.
type bench struct {
	dt  tensor.DType
	l   layout
	src source
}

func (b bench) in(shape ...int) *tensor.Tensor { return b.l.put(b.dt, b.src.grid(-1, 1, shape...)) }

func (b bench) out(shape ...int) *tensor.Tensor { return tensor.ZerosOf(b.dt, shape...) }

// allocCases are the destination forms that are not in the tables of
// elementwise, reducing and row operations. Each returns the call to measure.
var allocCases = []struct {
	name string
	call func(b bench) func()
}{
	{"add broadcast", func(b bench) func() {
		dst, x, y := b.in(4, 3, 5), b.in(3, 1), b.in(4, 1, 5)
		return func() { tensor.AddTo(dst, x, y) }
	}},
	{"where", func(b bench) func() {
		dst, c, x, y := b.in(3, 5), b.in(3, 5), b.in(5), b.in(3, 1)
		return func() { tensor.WhereTo(dst, c, x, y) }
	}},
	{"fill", func(b bench) func() {
		dst := b.in(3, 5)
		return func() { dst.Fill(2) }
	}},
	{"copy", func(b bench) func() {
		dst, x := b.in(3, 5), b.in(5)
		return func() { dst.CopyFrom(x) }
	}},
	{"convert", func(b bench) func() {
		dst, x := tensor.Zeros(3, 5), tensor.Zeros64(3, 5)
		return func() { dst.CopyFrom(x); x.CopyFrom(dst) }
	}},
	{"blend", func(b bench) func() {
		dst, x := b.out(5), b.out(5)
		return func() { dst.Blend(x, 0.9, 0.1) }
	}},
	{"arg", func(b bench) func() {
		x, index := b.in(3, 5), make([]int, 5)
		return func() { tensor.ArgTo(index, x, 0, true) }
	}},
	{"order", func(b bench) func() {
		x, index, high, dst := b.in(3, 5), make([]int, 15), make([]int, 15), b.out(3)
		return func() {
			tensor.ArgSortTo(index, x, 0, true)
			tensor.TopKTo(index[:6], x, 2, 1, false)
			tensor.ArgMedianTo(index[:5], x, 0)
			tensor.QuantileIndexTo(index[:5], high[:5], x, 0.3, 0, tensor.Linear)
			tensor.MedianTo(dst, x, 0b10)
		}
	}},
	{"at, set and item", func(b bench) func() {
		x, y := b.in(3, 5), b.in(1)
		return func() { x.Set(x.At(1, 2)+y.Item(), 2, 1) }
	}},
	{"views in place", func(b bench) func() {
		x, dst := b.in(3, 4), new(tensor.Tensor)
		return func() {
			dst.AsView().Permute(x, 1, 0)
			dst.AsView().Transpose(dst, 0, 1)
			dst.AsView().Slice(dst, 0, 1, 3, 2)
			dst.AsView().Reshape(dst, 4, -1)
			dst.AsView().Squeeze(dst, 1)
			dst.AsView().Unsqueeze(dst, 0)
			dst.AsView().Expand(dst, 5, 4)
		}
	}},
	{"wrap", func(b bench) func() {
		data, dst := make([]float32, 6), new(tensor.Tensor)
		return func() { dst.AsView().Wrap32(data, 2, 3) }
	}},
	{"linear weight gradient", func(b bench) func() {
		dst, dy, x := b.out(5, 4), b.in(2, 3, 5), b.in(2, 3, 4)
		return func() { dst.AsGrad().LinearWeight(dy, x) }
	}},
	{"small matmul", func(b bench) func() {
		dst, x, y := b.out(3, 5), b.in(3, 4), b.in(4, 5)
		return func() { tensor.MatMulTo(dst, x, y) }
	}},
	{"packed matmul", func(b bench) func() {
		dst, x, y := b.out(40, 30), b.in(40, 50), b.in(50, 30)
		return func() { tensor.MatMulTo(dst, x, y) }
	}},
	{"batched matmul", func(b bench) func() {
		dst, x, y := b.out(2, 6, 3, 5), b.in(2, 1, 3, 4), b.in(6, 4, 5)
		return func() { tensor.MatMulTo(dst, x, y) }
	}},
	{"vector matmul", func(b bench) func() {
		dst, x, y := b.out(5), b.in(4), b.in(4, 5)
		return func() { tensor.MatMulTo(dst, x, y) }
	}},
	{"unfold and fold", func(b bench) func() {
		s := tensor.UnfoldShape{Kernel: [2]int{2, 2}, Padding: [2]int{1, 0}}
		x, y, dst, dx := b.in(2, 3, 4, 4), b.in(2, 12, 15), b.out(2, 12, 15), b.out(2, 3, 4, 4)
		return func() { tensor.UnfoldTo(dst, x, s); tensor.FoldTo(dx, y, s) }
	}},
	{"transforms and their gradients", func(b bench) func() {
		x, y := b.in(3, 5), b.in(3, 3, 2)
		dst, z := b.out(3, 3, 2), b.out(3, 5)
		return func() {
			tensor.RFFTTo(dst, x, 0, 1, tensor.FFTOrtho)
			tensor.IRFFTTo(z, y, 5, 1, tensor.FFTOrtho)
			dst.AsGrad().IRFFT(x, 5, 1, tensor.FFTOrtho)
			z.AsGrad().RFFT(y, 5, 1, tensor.FFTOrtho)
		}
	}},
	{"magnitudes", func(b bench) func() {
		dst, z := b.out(3, 5), b.in(3, 5, 2)
		return func() { tensor.ComplexAbsTo(dst, z) }
	}},
	{"gradient of log-cumsum-exp", func(b bench) func() {
		dst, y, dy := b.in(3, 5), b.in(3, 5), b.in(3, 5)
		return func() { dst.AsGrad().LogCumSumExp(y, dy, 1) }
	}},
	{"gradients of products", func(b bench) func() {
		dst, x, dy := b.in(3, 5), b.in(3, 5), b.in(3, 5)
		return func() { dst.AsGrad().CumProd(x, dy, 1); dst.AsGrad().Prod(x, 0) }
	}},
	{"solve and inverse", func(b bench) func() {
		a, y, dst, inverse := b.in(2, 3, 3), b.in(3, 2), b.out(2, 3, 2), b.out(2, 3, 3)
		return func() { tensor.SolveTo(dst, a, y); tensor.InverseTo(inverse, a) }
	}},
	{"determinants and triangles", func(b bench) func() {
		a, y, dst, x, logs := b.in(2, 3, 3), b.in(3, 2), b.out(2), b.out(2, 3, 2), b.out(2, 2)
		return func() {
			tensor.DetTo(dst, a)
			tensor.SLogDetTo(logs, a)
			tensor.TriangularSolveTo(x, a, y, tensor.Triangle{Upper: true})
		}
	}},
	{"decompositions", func(b bench) func() {
		a, square, root, qr, eigh, svd, pinv := b.in(2, 3, 2), tensor.Eye(3).To(b.out().DType()), b.out(3, 3), b.out(20), b.out(12), b.out(24), b.out(2, 2, 3)
		return func() {
			tensor.CholeskyTo(root, square)
			tensor.QRTo(qr, a)
			tensor.EighTo(eigh, square)
			tensor.SVDTo(svd, a)
			tensor.PinvTo(pinv, a)
		}
	}},
	{"lerp", func(b bench) func() {
		dst, x, y, w := b.in(3, 5), b.in(3, 5), b.in(5), b.in(3, 1)
		return func() { tensor.LerpTo(dst, x, y, w) }
	}},
	{"contraction", func(b bench) func() {
		dst, x, y, labels := b.out(5, 2, 3), b.in(2, 3, 4), b.in(2, 4, 5), []int{1, 2, 3, 1, 3, 4, 4, 1, 2}
		return func() { tensor.ContractTo(dst, labels, x, y) }
	}},
	{"linear", func(b bench) func() {
		dst, x, w, bias := b.out(2, 3, 5), b.in(2, 3, 4), b.in(5, 4), b.in(5)
		return func() { tensor.LinearTo(dst, x, w, bias) }
	}},
	{"conv2d", func(b bench) func() {
		s := tensor.ConvShape{Padding: [2]int{1, 1}, Groups: 2}
		x, w, y, bias := b.in(9, 4, 5, 5), b.in(6, 2, 3, 3), b.in(9, 6, 5, 5), b.in(6)
		dst, dx, dw := b.out(9, 6, 5, 5), b.out(9, 4, 5, 5), b.out(6, 2, 3, 3)
		return func() {
			tensor.Conv2dTo(dst, x, w, bias, s)
			dx.AsGrad().Conv2dInput(y, w, s)
			dw.AsGrad().Conv2dFilter(x, y, s)
		}
	}},
	{"pooling", func(b bench) func() {
		s := tensor.PoolShape{Kernel: [2]int{2, 2}}
		x, y := b.in(2, 3, 4, 4), b.in(2, 3, 2, 2)
		dst, dx, index := b.out(2, 3, 2, 2), b.out(2, 3, 4, 4), make([]int, 24)
		return func() {
			tensor.MaxPool2dTo(dst, index, x, s)
			dx.AsGrad().MaxPool2d(y, index, s)
			tensor.AvgPool2dTo(dst, x, s)
			dx.AsGrad().AvgPool2d(y, s)
		}
	}},
	{"gather and scatter", func(b bench) func() {
		x, dst, index := b.in(3, 5), b.in(3, 2), []int{0, 4, 3, 2, 1, 1}
		return func() { tensor.GatherTo(dst, x, 1, index); x.ScatterAdd(1, index, dst) }
	}},
	{"select and add rows", func(b bench) func() {
		x, dst, index := b.in(3, 5), b.in(4, 5), []int{0, 2, 2, 1}
		return func() { tensor.IndexSelectTo(dst, x, 0, index); x.IndexAdd(0, index, dst) }
	}},
	{"select and add columns", func(b bench) func() {
		x, dst, index := b.in(5, 3), b.in(5, 4), []int{0, 2, 2, 1}
		return func() { tensor.IndexSelectTo(dst, x, 1, index); x.IndexAdd(1, index, dst) }
	}},
	{"take and put", func(b bench) func() {
		x, dst, index := b.out(5), b.out(3), []int{4, 0, 4}
		return func() { tensor.TakeTo(dst, x, index); x.AsGrad().Take(dst, index) }
	}},
	{"concat", func(b bench) func() {
		dst, ts := b.in(3, 6), []*tensor.Tensor{b.in(3, 2), b.in(3, 4)}
		return func() { tensor.ConcatTo(dst, 1, ts...) }
	}},
	{"pad and triangles", func(b bench) func() {
		dst, x, pads := b.in(4, 5), b.in(3, 2), []int{1, 0, 1, 2}
		return func() {
			tensor.PadTo(dst, x, 1, pads...)
			tensor.TrilTo(dst, dst, 1)
			tensor.TriuTo(dst, dst, -1)
		}
	}},
	{"batch and layer norm", func(b bench) func() {
		x, w, dst, m, v, dw := b.in(4, 3, 5), b.in(3), b.out(4, 3, 5), b.out(3), b.out(3), b.out(3)
		lw, lm, lv, ldw := b.in(5), b.out(4, 3), b.out(4, 3), b.out(5)
		return func() {
			tensor.BatchNormTo(dst, m, v, x, w, w, 1e-5)
			dst.AsGrad().BatchNorm(dw, dw, x, m, v, x, w, 1e-5)
			tensor.LayerNormTo(dst, lm, lv, x, lw, lw, 1, 1e-5)
			dst.AsGrad().LayerNorm(ldw, ldw, x, lm, lv, x, lw, 1, 1e-5)
		}
	}},
	{"lstm and gru", func(b bench) func() {
		lstm, gru := newNet(b.in, 4, 3, 2, 3, 2), newNet(b.in, 3, 3, 2, 3, 2)
		first, _ := lstm.lstm()
		second, _ := gru.gru()
		return func() { first(); second() }
	}},
	{"attention", func(b bench) func() {
		q, k, v, dy := b.in(2, 2, 3, 4), b.in(2, 2, 5, 4), b.in(2, 2, 5, 3), b.in(2, 2, 3, 3)
		y, dq, dk, dv := b.out(2, 2, 3, 3), b.out(2, 2, 3, 4), b.out(2, 2, 5, 4), b.out(2, 2, 5, 3)
		return func() {
			tensor.AttentionTo(y, q, k, v, true)
			dq.AsGrad().Attention(dk, dv, dy, q, k, v, tensor.AttentionOptions{Causal: true})
		}
	}},
	{"cross entropy", func(b bench) func() {
		x, loss, dx := b.in(4, 3), b.in(4), b.out(4, 3)
		target := &tensor.ClassTarget{Labels: []int{0, 2, -1, 1}, Weights: b.out(3), Smoothing: 0.1, Ignore: new(-1)}
		return func() {
			tensor.CrossEntropyTo(loss, x, target)
			dx.AsGrad().CrossEntropy(loss, x, target)
		}
	}},
}

// No destination form allocates once working memory has grown to its size.
func TestDestinationFormsAllocateNothing(t *testing.T) {
	for _, dt := range dtypes {
		for _, l := range []layout{contiguous, layouts[3], stepped} {
			b := bench{dt, l, newSource(32)}
			free := func(name string, call func()) {
				t.Helper()
				require.Zero(t, testing.AllocsPerRun(5, call), "%s, %v, %s", name, dt, l.name)
			}
			dst, x, y := b.in(3, 4), b.in(3, 4), b.in(3, 4)
			for _, c := range unaryCases {
				free(c.name, func() { c.to(dst, x) })
			}
			for _, c := range binaryCases {
				if c.to != nil {
					free(c.name, func() { c.to(dst, x, y) })
				}
			}
			for _, c := range rowCases {
				for axis := range 2 {
					if c.grad != nil {
						free(c.name, func() { c.grad(dst, x, y, axis) })
					} else {
						free(c.name, func() { c.to(dst, x, axis) })
					}
				}
			}
			rows, columns, all := b.in(3), b.in(1, 4), b.in()
			for _, c := range reduceCases {
				free(c.name, func() {
					c.to(rows, x, x.AxesOf("test", 1))
					c.to(columns, x, x.AxesOf("test", 0))
					c.to(all, x, x.AxesOf("test"))
				})
			}
			for _, c := range allocCases {
				free(c.name, c.call(b))
			}
		}
	}
}

// Nor does work that is shared among goroutines, but for the rare case in which
// more of them than ever before hold working memory at once.
func TestParallelWorkAllocatesNothing(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(4))
	x, w, dst := tensor.Ones(160, 160), tensor.Ones(160, 160), tensor.Zeros(160, 160)
	images, filters, y := tensor.Ones(4, 8, 16, 16), tensor.Ones(8, 8, 3, 3), tensor.Zeros(4, 8, 16, 16)
	layer := newNet(func(shape ...int) *tensor.Tensor { return tensor.Full(0.1, shape...) }, 4, 8, 40, 8, 24)
	lstm, _ := layer.lstm()
	q, a := tensor.Ones(4, 4, 64, 16), tensor.Zeros(4, 4, 64, 16)
	work := func() {
		lstm()
		tensor.AttentionTo(a, q, q, q, true)
		tensor.MatMulTo(dst, x, w)
		tensor.Conv2dTo(y, images, filters, nil, tensor.ConvShape{Padding: [2]int{1, 1}})
	}
	const runs = 20
	fewest := uint64(runs)
	for range 10 {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		for range runs {
			work()
		}
		runtime.ReadMemStats(&after)
		fewest = min(fewest, after.Mallocs-before.Mallocs)
	}
	require.Less(t, fewest, uint64(runs))
}
