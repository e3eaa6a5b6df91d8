package autograd_test

import (
	"math"
	"runtime"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/internal/allocs"
	"github.com/descent-ml/descent/tensor"
)

// An mlp is layers of weights and biases with a nonlinearity between them.
type mlp struct {
	params []*autograd.Param // weight, bias, weight, bias, …
	act    func(Var) Var
}

func newMLP(act func(Var) Var, sizes ...int) *mlp {
	m, r := &mlp{act: act}, tensor.NewRand(1)
	for i, in := range sizes[:len(sizes)-1] {
		w, b := tensor.Zeros(sizes[i+1], in), tensor.Zeros(sizes[i+1])
		r.Uniform(w, -1/math.Sqrt(float64(in)), 1/math.Sqrt(float64(in)))
		m.params = append(m.params, autograd.NewParam(w), autograd.NewParam(b))
	}
	return m
}

func (m *mlp) forward(x Var) Var {
	for i := 0; i < len(m.params); i += 2 {
		if i > 0 {
			x = m.act(x)
		}
		x = x.Linear(x.Tape().Param(m.params[i]), x.Tape().Param(m.params[i+1]))
	}
	return x
}

// sgd takes a step against the gradients, which it scales.
func (m *mlp) sgd(g autograd.Grads, lr float64) {
	g.Scale(lr)
	for _, p := range m.params {
		tensor.SubTo(p.Value, p.Value, g.Of(p))
	}
}

// batch returns random inputs and labels.
func batch(n, width, classes int) (*tensor.Tensor, []int) {
	x, labels := tensor.Zeros(n, width), make([]int, n)
	tensor.NewRand(2).Uniform(x, -1, 1)
	for i := range labels {
		labels[i] = i * 7 % classes
	}
	return x, labels
}

func TestTrainingStepsDoNotAllocate(t *testing.T) {
	if allocs.Race {
		t.Skip("the race detector allocates")
	}
	tape := autograd.NewTape()
	tiny := newMLP(Var.Tanh, 2, 16, 16, 1)
	points, _ := batch(4, 2, 1)
	targets := tensor.Ones(4, 1)
	images, labels := batch(64, 784, 10)
	large := newMLP(Var.ReLU, 784, 128, 10)
	dropout := tensor.NewRand(3)
	for name, step := range map[string]func(){
		"tiny": func() {
			tape.Reset()
			y := tiny.forward(tape.Const(points))
			tiny.sgd(y.Sub(tape.Const(targets)).Square().Mean().Backward(), 0.1)
		},
		"mlp 784-128-10": func() {
			tape.Reset()
			y := large.forward(tape.Const(images))
			large.sgd(y.CrossEntropyRows(tensor.ClassTarget{Labels: labels}).Mean().Backward(), 0.1)
		},
		"with dropout, clipping and hooks": func() {
			tape.Reset()
			h := tape.Const(points).Linear(tape.Param(tiny.params[0]), tape.Param(tiny.params[1])).Dropout(0.5, dropout)
			h.Hook(func(dh Var) Var { return dh.MulScalar(2) })
			g := h.Sum().Backward()
			g.ClipNorm(1)
			g.ClipValue(0.5)
			for _, v := range g.All() {
				tensor.MulScalarTo(v, v, 2)
			}
		},
	} {
		for range 3 {
			step()
		}
		require.Zero(t, testing.AllocsPerRun(5, step), name)
	}
}

// Training works: the engine, end to end.
func TestTraining(t *testing.T) {
	tape, m := autograd.NewTape(), newMLP(Var.Tanh, 2, 16, 16, 1)
	x := tensor.New([]float32{0, 0, 0, 1, 1, 0, 1, 1}, 4, 2)
	y := tensor.New([]float32{0, 1, 1, 0}, 4, 1)
	loss := 0.0
	for range 1500 {
		tape.Reset()
		l := m.forward(tape.Const(x)).Sub(tape.Const(y)).Square().Mean()
		loss = l.Item()
		m.sgd(l.Backward(), 0.05)
	}
	require.Less(t, loss, 1e-3, "exclusive or is learnt")
}

// bits returns the bits of every gradient, in order.
func bits(g autograd.Grads) (out []uint32) {
	for _, v := range g.All() {
		for _, x := range tensor.Data[float32](v) {
			out = append(out, math.Float32bits(x))
		}
	}
	return out
}

// large runs a convolutional net that is large enough for kernels to use more
// than one processor.
func large(tape *autograd.Tape, params []*autograd.Param, x *tensor.Tensor, labels []int) autograd.Grads {
	p := func(i int) Var { return tape.Param(params[i]) }
	y := tape.Const(x).Conv2d(p(0), p(1), tensor.ConvShape{Padding: [2]int{1, 1}})
	y, _, _ = y.BatchNorm(p(2), p(3), 1e-5)
	y = y.ReLU().MaxPool2d(tensor.PoolShape{Kernel: [2]int{2, 2}}).Flatten(1, -1)
	y = y.Linear(p(4), p(5)).GELU().LayerNorm(1, Var{}, Var{}, 1e-5).Linear(p(6), Var{})
	return y.CrossEntropyRows(tensor.ClassTarget{Labels: labels}).Mean().Backward()
}

func largeParams() []*autograd.Param {
	r := tensor.NewRand(4)
	var params []*autograd.Param
	for _, shape := range [][]int{{16, 3, 3, 3}, {16}, {16}, {16}, {128, 16 * 12 * 12}, {128}, {10, 128}} {
		v := tensor.Zeros(shape...)
		r.Uniform(v, -0.1, 0.1)
		params = append(params, autograd.NewParam(v))
	}
	return params
}

func TestSameBitsForAnyNumberOfProcessors(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	params := largeParams()
	x := tensor.Zeros(20, 3, 24, 24)
	tensor.NewRand(5).Uniform(x, -1, 1)
	_, labels := batch(20, 1, 10)
	var want []uint32
	for _, n := range []int{1, 2, 3, 4} {
		runtime.GOMAXPROCS(n)
		tape := autograd.NewTape()
		for range 2 {
			tape.Reset()
			got := bits(large(tape, params, x, labels))
			if want == nil {
				want = got
			}
			require.Equal(t, want, got, "GOMAXPROCS %d", n)
		}
	}
}

// Workers with a tape each share parameters, and their gradients add up to
// those of the whole batch.
func TestParallelWorkers(t *testing.T) {
	const workers, each = 4, 8
	m := newMLP(Var.Tanh, 10, 32, 3)
	x, labels := batch(workers*each, 10, 3)
	loss := func(tape *autograd.Tape, from, to int) autograd.Grads {
		y := m.forward(tape.Const(x.Slice(0, from, to, 1)))
		return y.CrossEntropyRows(tensor.ClassTarget{Labels: labels[from:to]}).Sum().Backward()
	}
	want := loss(autograd.NewTape(), 0, workers*each)

	var tapes [workers]*autograd.Tape
	for i := range tapes {
		tapes[i] = autograd.NewTape()
	}
	for range 3 {
		var parts [workers]autograd.Grads
		var wg sync.WaitGroup
		for i := range workers {
			wg.Go(func() {
				tapes[i].Reset()
				parts[i] = loss(tapes[i], i*each, (i+1)*each)
			})
		}
		wg.Wait()
		var sum autograd.Grads
		for _, g := range parts {
			sum.Add(g)
		}
		for _, p := range m.params {
			require.InDeltaSlice(t, tensor.Values(want.Of(p)), tensor.Values(sum.Of(p)), 1e-5)
		}
	}
}

// A tape that has run a larger program before gives the same bits as a fresh one.
func TestReusedMemoryMakesNoDifference(t *testing.T) {
	m := newMLP(Var.Tanh, 5, 7, 3)
	x, labels := batch(6, 5, 3)
	step := func(tape *autograd.Tape) []uint32 {
		y := m.forward(tape.Const(x)).LogSoftmax(1).CrossEntropyRows(tensor.ClassTarget{Labels: labels})
		return bits(y.Mean().Backward())
	}
	want := step(autograd.NewTape())
	tape := autograd.NewTape()
	for i := range 5 {
		tape.Reset()
		junk := tape.Var(tensor.Full(math.NaN(), 10*(i+1), 13))
		junk.Exp().MatMul(junk.T()).Softmax(1).Std(0).Sum().Backward()
		tape.Reset()
		require.Equal(t, want, step(tape))
	}
}

// The memory of a tape does not grow with the number of steps.
func TestMemoryIsReused(t *testing.T) {
	tape := autograd.NewTape()
	p := autograd.NewParam(mat(1, 32, 32))
	step := func() int {
		tape.Reset()
		w := tape.Param(p)
		y := w.MatMul(w).Tanh().Sum()
		autograd.Grad(y, w)
		y.Backward()
		return tape.Lent()
	}
	first := step()
	require.Positive(t, first)
	for range 10 {
		require.Equal(t, first, step())
	}
	tape.Reset()
	require.Zero(t, tape.Lent())
}

// Backward gives gradients of intermediate values back as soon as they have been
// used. A chain needs few at a time, however long it is. In the end only the
// gradients of leaves are left.
func TestBackwardReturnsMemory(t *testing.T) {
	const width = 1 << 10
	for name, f := range map[string]func(x Var) Var{
		"fused rule":    Var.Tanh,
		"long rule":     Var.GELU,
		"two uses":      func(x Var) Var { return x.Add(x.MulScalar(0.5)) },
		"shared":        func(x Var) Var { return x.AddScalar(1).Add(x).Add(x) },
		"views":         func(x Var) Var { return autograd.Concat(0, x.Slice(0, 1, width, 1), x.Slice(0, 0, 1, 1)).Add(x) },
		"broadcast":     func(x Var) Var { return x.Add(x.Sum()) },
		"recomputed":    func(x Var) Var { return autograd.Recompute(func(xs ...Var) Var { return xs[0].Sin().Exp().Neg() }, x) },
		"second branch": func(x Var) Var { x.Exp().Cos(); return x.Sin() },
	} {
		tape := autograd.NewTape()
		x := tape.Var(mat(1, width))
		y, most := x, 0
		for range 20 {
			y = f(y)
			y.Hook(func(dy Var) Var { most = max(most, tape.Lent()); return dy })
		}
		y = y.Mean()
		before := tape.Lent()
		y.Backward()
		require.LessOrEqual(t, most-before, 6*8*width, name)
		require.LessOrEqual(t, tape.Lent()-before, 8*width+64, name)
	}
}
