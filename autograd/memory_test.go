package autograd_test

import (
	"math"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/internal/optable"
	"github.com/descent-ml/descent/tensor"
)

// bitsOf returns the bits of all elements; every NaN has the same.
func bitsOf(tensors ...*tensor.Tensor) (out []uint64) {
	for _, t := range tensors {
		for _, v := range tensor.Values(t) {
			if v != v {
				v = math.NaN()
			}
			out = append(out, math.Float64bits(v))
		}
	}
	return out
}

// eachCase runs a subtest for each case of each operation.
func eachCase(t *testing.T, f func(t *testing.T, c *optable.Case)) {
	for c := range optable.Cases() {
		t.Run(c.Name+"/"+c.Sample, func(t *testing.T) { f(t, c) })
	}
}

// operateTwice applies the operation, differentiates the square of its value, and
// differentiates the sum of the squared gradients. It returns the bits of all
// results.
func operateTwice(tape *autograd.Tape, c *optable.Case) []uint64 {
	y, leaves := c.Apply(tape)
	out := bitsOf(y.Value())
	if c.Flat {
		return out
	}
	l := y.Square().Sum()
	second := l
	for _, g := range autograd.Grad(l, leaves...) {
		out = append(out, bitsOf(g.Value())...)
		second = second.Add(g.Square().Sum())
	}
	g := second.Backward()
	for _, leaf := range leaves {
		out = append(out, bitsOf(g.Of(leaf))...)
	}
	return out
}

// No operation and no rule reads what its memory held before: when all memory
// holds NaN, the results have the same bits as in fresh memory.
func TestTableReadsNoStaleMemory(t *testing.T) {
	eachCase(t, func(t *testing.T, c *optable.Case) {
		want := operateTwice(autograd.NewTape(), c)
		tape := autograd.NewTape()
		tape.Spoil()
		for range 3 {
			tape.Reset()
			require.Equal(t, want, operateTwice(tape, c))
		}
	})
}

// No operation holds more after a step than it held after the one before.
func TestTableHoldsNoMore(t *testing.T) {
	eachCase(t, func(t *testing.T, c *optable.Case) {
		tape := autograd.NewTape()
		step := func() []int {
			tape.Reset()
			operateTwice(tape, c)
			return tape.Held()
		}
		for range 4 {
			step()
		}
		want := step()
		for range 3 {
			require.Equal(t, want, step())
		}
		tape.Reset()
		require.Zero(t, tape.Held()[0], "bytes lent after Reset")
	})
}

// programs are steps that take memory and give it back in different ways.
func programs() map[string]func(tape *autograd.Tape) {
	p := autograd.NewParam(mat(1, 16, 16))
	q := autograd.NewParam(mat(2, 16))
	input := mat(3, 16, 16)
	r := tensor.NewRand(4)
	net := func(tape *autograd.Tape) Var {
		return tape.Const(input).Linear(tape.Param(p), tape.Param(q)).Tanh()
	}
	return map[string]func(tape *autograd.Tape){
		"backward": func(tape *autograd.Tape) { net(tape).Sum().Backward() },
		"forward alone": func(tape *autograd.Tape) {
			defer tape.SetRecording(tape.SetRecording(false))
			net(tape).Sum()
		},
		"views": func(tape *autograd.Tape) {
			x := net(tape)
			autograd.Concat(0, x.Slice(0, 0, 4, 1), x.T().Slice(0, 4, 16, 2), x.Reshape(4, 64).Slice(1, 0, 16, 1)).Sum().Backward()
			x.T().Permute(1, 0).Unsqueeze(0)
		},
		"a view that nobody uses": func(tape *autograd.Tape) {
			x := tape.Var(input)
			x.T()
			y := x.Exp()
			y.T()
			y.Sum().Backward()
		},
		"hooks of leaves and of values": func(tape *autograd.Tape) {
			x := tape.Param(p)
			x.Hook(func(dx Var) Var { return dx.MulScalar(2) })
			y := x.Exp()
			y.Hook(func(dy Var) Var { return dy })
			y.Hook(func(dy Var) Var { return dy.Neg() })
			y.Mul(x).Sum().Backward()
		},
		"grad of grad": func(tape *autograd.Tape) {
			x := tape.Param(p)
			g := autograd.Grad(x.Tanh().Sum(), x)[0]
			g = autograd.Grad(g.Square().Sum(), x)[0]
			g.Square().Sum().Backward()
		},
		"recomputed": func(tape *autograd.Tape) {
			x := tape.Param(p)
			y := autograd.Recompute(func(xs ...Var) Var { return xs[0].Sin().Dropout(0.5, r).Linear(tape.Param(p), tape.Param(q)) }, x)
			autograd.Recompute(func(xs ...Var) Var { return xs[0].Exp() }, y).Sum().Backward()
		},
		"gradients added, scaled and clipped": func(tape *autograd.Tape) {
			g := net(tape).Sum().Backward()
			g.Scale(0.5)
			g.ClipNorm(1)
		},
		"looking for NaN": func(tape *autograd.Tape) {
			tape.DetectNaN(true)
			net(tape).Softmax(1).Sum().Backward()
			tape.DetectNaN(false)
		},
		"a panic in a rule": func(tape *autograd.Tape) {
			defer func() { _ = recover() }()
			x := net(tape)
			x.Hook(func(Var) Var { panic("no") })
			x.Sum().Backward()
		},
	}
}

// heap returns the bytes that the process holds.
func heap() int {
	runtime.GC()
	runtime.GC() // what finalizers and pools of the first have let go of
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int(m.HeapAlloc)
}

// A step leaves nothing behind: what a tape holds, and what the process holds,
// is the same after many steps as after a few.
func TestStepsLeaveNothing(t *testing.T) {
	for name, program := range programs() {
		t.Run(name, func(t *testing.T) {
			tape := autograd.NewTape()
			var held []int
			steps := func(n int) {
				for range n {
					tape.Reset()
					program(tape)
					if held != nil {
						require.Equal(t, held, tape.Held())
					}
				}
			}
			steps(5)
			held = tape.Held()
			peak, before := tape.PeakBytes(), heap()
			steps(2000)
			require.Equal(t, peak, tape.PeakBytes())
			require.Less(t, heap()-before, 16<<10, "bytes of the heap, after 2000 steps")
			runtime.KeepAlive(tape)
		})
	}
}

// A value that is read after Reset is NaN where the tape looks for NaN, in all
// of its elements and views.
func TestResetSpoilsValues(t *testing.T) {
	tape := autograd.NewTape()
	tape.DetectNaN(true)
	for _, dt := range []tensor.DType{tensor.Float32, tensor.Float64} {
		x := tape.Var(mat(1, 5, 7).To(dt))
		y := x.Exp()
		values := []*tensor.Tensor{y.Value(), y.T().Slice(0, 1, 3, 1).Value(), y.Sum().Value()}
		grad := y.Sum().Backward().Of(x)
		tape.Reset()
		for _, v := range append(values, grad) {
			for _, e := range tensor.Values(v) {
				require.True(t, math.IsNaN(e), "%v of %v", e, v.Shape())
			}
		}
	}
}

// The gradient of a small leaf that was part of a large one does not hold the
// large one until Reset.
func TestGradientsOfLeavesAreAlone(t *testing.T) {
	const large = 1 << 12
	tape := autograd.NewTape()
	x, y := tape.Var(mat(1, 4)), tape.Const(mat(2, large))
	loss := autograd.Concat(0, x, y).Square().Sum()
	before := tape.Lent()
	loss.Backward()
	require.LessOrEqual(t, tape.Lent()-before, 8*16)
}

// What a tape has not used for a while goes to the garbage collector, all of it.
func TestIdleMemoryIsCollected(t *testing.T) {
	const large = 1 << 20
	tape := autograd.NewTape()
	x, small := mat(1, large), mat(2, 4)
	step := func(v *tensor.Tensor) {
		tape.Reset()
		tape.Var(v).Exp().Sin().Sum().Backward()
	}
	before := heap()
	step(x)
	require.Greater(t, heap()-before, 8*large)
	for range 300 {
		step(small)
	}
	require.Less(t, heap()-before, large)
	runtime.KeepAlive(x)
	runtime.KeepAlive(tape)
}
