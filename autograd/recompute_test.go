package autograd_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/tensor"
)

// A block is some layers with dropout, whose parameters are lifted inside.
type block struct {
	w, b, table *autograd.Param
	r           *tensor.Rand
}

func newBlock() *block {
	return &block{autograd.NewParam(mat(1, 4, 4)), autograd.NewParam(mat(2, 4)), autograd.NewParam(mat(3, 5, 4)), tensor.NewRand(9)}
}

func (m *block) forward(xs ...Var) Var {
	x, t := xs[0], xs[0].Tape()
	h := x.Linear(t.Param(m.w), t.Param(m.b)).Tanh().Dropout(0.4, m.r)
	h = h.Add(t.Param(m.table).Embedding([]int{0, 3, 3}, -1)).Softmax(1)
	return h.Mul(x).Dropout(0.2, m.r)
}

// plain and recompute are two ways to apply a function.
func plain(f func(...Var) Var, xs ...Var) Var { return f(xs...) }

var ways = map[string]func(f func(...Var) Var, xs ...Var) Var{
	"once": autograd.Recompute,
	"nested": func(f func(...Var) Var, xs ...Var) Var {
		return autograd.Recompute(func(xs ...Var) Var { return autograd.Recompute(f, xs...).MulScalar(1) }, xs...)
	},
	"nested at once": func(f func(...Var) Var, xs ...Var) Var {
		return autograd.Recompute(func(xs ...Var) Var { return autograd.Recompute(f, xs...) }, xs...)
	},
	"rehearsed": func(f func(...Var) Var, xs ...Var) Var {
		xs[0].Tape().Rehearse(func() { autograd.Recompute(f, xs...) })
		return autograd.Recompute(f, xs...)
	},
}

func TestRecompute(t *testing.T) {
	type result struct {
		y, x, w, b, table []float64
		after             uint32
	}
	run := func(apply func(f func(...Var) Var, xs ...Var) Var, again bool) (r result) {
		m, tape := newBlock(), autograd.NewTape()
		x := tape.Var(mat(4, 3, 4))
		y := apply(m.forward, x.Sin())
		y = apply(m.forward, y).MulScalar(3) // twice the same parameters
		loss := y.Mul(tape.Const(mat(5, 3, 4))).Sum()
		leaves := []Var{x, tape.Param(m.w), tape.Param(m.b), tape.Param(m.table)}
		var grads [4][]float64
		if again { // Grad runs the functions, too; it does so twice here
			autograd.Grad(loss, leaves...)
			for i, g := range autograd.Grad(loss, leaves...) {
				grads[i] = tensor.Values(g.Value())
			}
		} else {
			g := loss.Backward()
			for i, leaf := range leaves {
				grads[i] = tensor.Values(g.Of(leaf))
			}
		}
		return result{tensor.Values(y.Value()), grads[0], grads[1], grads[2], grads[3], m.r.Uint32()}
	}
	want := run(plain, false)
	require.Equal(t, want, run(plain, true))
	for name, apply := range ways {
		require.Equal(t, want, run(apply, false), name)
		require.Equal(t, want, run(apply, true), "%s, by Grad", name)
	}
}

// Backward may follow Grad, and draws the same masks.
func TestRecomputeGradThenBackward(t *testing.T) {
	m, tape := newBlock(), autograd.NewTape()
	x := tape.Var(mat(4, 3, 4))
	y := autograd.Recompute(m.forward, x).Square().Sum()
	first := tensor.Values(autograd.Grad(y, x)[0].Value())
	require.Equal(t, first, tensor.Values(y.Backward().Of(x)))
}

func TestRecomputeSecondOrder(t *testing.T) {
	f := func(xs ...Var) Var { return xs[0].Sin().Mul(xs[1]).Softmax(1) }
	for name, apply := range ways {
		g := func(xs ...Var) Var { return apply(f, xs[0].Exp(), xs[1]).Square() }
		require.NoError(t, autograd.Check(g, mat(1, 2, 3), mat(2, 2, 3)), name)
		require.NoError(t, autograd.CheckSecond(g, mat(1, 2, 3), mat(2, 2, 3)), name)
	}
}

func TestRecomputeResults(t *testing.T) {
	w := autograd.NewParam(vec(2, 3))
	for name, f := range map[string]func(c Var) func(xs ...Var) Var{
		"an operand":           func(Var) func(xs ...Var) Var { return func(xs ...Var) Var { return xs[0] } },
		"a view of an operand": func(Var) func(xs ...Var) Var { return func(xs ...Var) Var { return xs[0].Reshape(1, 2).Reshape(2) } },
		"a parameter":          func(Var) func(xs ...Var) Var { return func(xs ...Var) Var { return xs[0].Tape().Param(w) } },
		"a captured variable":  func(c Var) func(xs ...Var) Var { return func(xs ...Var) Var { return c } },
		"use of captured":      func(c Var) func(xs ...Var) Var { return func(xs ...Var) Var { return c.Mul(xs[0]).Mul(c) } },
		"a constant":           func(c Var) func(xs ...Var) Var { return func(xs ...Var) Var { return xs[0].Tape().Const(vec(5, 6)) } },
		"no use of operands":   func(c Var) func(xs ...Var) Var { return func(xs ...Var) Var { return xs[0].Tape().Param(w).Exp() } },
		"inner leaf": func(c Var) func(xs ...Var) Var {
			return func(xs ...Var) Var { return xs[0].Tape().Var(vec(1, 2)).Mul(xs[0]) }
		},
	} {
		for _, record := range []bool{false, true} {
			run := func(apply func(func(...Var) Var, ...Var) Var) (out [][]float64) {
				tape := autograd.NewTape()
				x := tape.Var(vec(0.5, -1))
				c := x.Cos()
				y := apply(f(c), x.Sin())
				loss := y.Mul(c).Mul(tape.Param(w)).Sum() // c, w and x have other uses, too
				leaves := []Var{x, tape.Param(w)}
				if record {
					for _, g := range autograd.Grad(loss, leaves...) {
						out = append(out, tensor.Values(g.Value()))
					}
					return out
				}
				g := loss.Backward()
				for _, leaf := range leaves {
					out = append(out, tensor.Values(g.Of(leaf)))
				}
				return out
			}
			require.InDeltaSlice(t, flat(run(plain)), flat(run(autograd.Recompute)), 1e-15, "%s, recorded: %v", name, record)
		}
	}
}

func flat(v [][]float64) (out []float64) {
	for _, s := range v {
		out = append(out, s...)
	}
	return out
}

func TestRecomputeDropsMemory(t *testing.T) {
	const depth, width = 8, 1 << 10
	lent := func(apply func(func(...Var) Var, ...Var) Var) (bytes int, grads []float64) {
		tape := autograd.NewTape()
		x := tape.Var(mat(1, width))
		y := x
		for range depth {
			y = apply(func(xs ...Var) Var {
				z := xs[0]
				for range 10 {
					z = z.Sin()
				}
				return z
			}, y)
		}
		y = y.Sum()
		bytes = tape.Lent()
		return bytes, tensor.Values(y.Backward().Of(x))
	}
	all, want := lent(plain)
	few, got := lent(autograd.Recompute)
	require.Equal(t, want, got)
	require.GreaterOrEqual(t, all, 8*10*depth*width)
	require.LessOrEqual(t, few, 8*(depth+1)*width)
}

// On a tape that does not record, Recompute gives back what its function has
// made, and nothing that was made before.
func TestRecomputeUnrecorded(t *testing.T) {
	const depth, width = 20, 1 << 10
	tape := autograd.NewTape()
	tape.SetRecording(false)
	p := autograd.NewParam(mat(2, width))
	x := tape.Const(mat(1, width)).Exp()
	y := autograd.Recompute(func(xs ...Var) Var {
		z := xs[0]
		for range depth {
			z = autograd.Recompute(func(xs ...Var) Var { return xs[0].Sin().Mul(tape.Param(p)) }, z)
		}
		return z
	}, x)
	require.Equal(t, 2*8*width, tape.Lent())
	require.LessOrEqual(t, tape.PeakBytes(), (depth+3)*8*width) // one for each of the inner calls
	z := x
	for range depth {
		z = z.Sin().Mul(tape.Param(p))
	}
	require.Equal(t, tensor.Values(z.Value()), tensor.Values(y.Value()))
	require.False(t, y.NeedsGrad())
	same := autograd.Recompute(func(xs ...Var) Var { return xs[0] }, x)
	require.Equal(t, tensor.Values(x.Value()), tensor.Values(same.Value()))
}

func TestRecomputeLetsGo(t *testing.T) {
	tape := autograd.NewTape()
	x := tape.Var(vec(1, 2))
	var inside Var
	y := autograd.Recompute(func(xs ...Var) Var { inside = xs[0].Exp(); return inside.Sin() }, x)
	misused(t, "value: "+stale, func() { inside.Value() })
	require.Equal(t, []Var{x}, y.Operands())
	name, _ := y.Op()
	require.Equal(t, "recompute", name)
}

func TestRecomputeReplays(t *testing.T) {
	tape := autograd.NewTape()
	x := tape.Var(vec(1, 2))
	var replaying, training []bool
	y := autograd.Recompute(func(xs ...Var) Var {
		replaying, training = append(replaying, tape.Replaying()), append(training, tape.Training())
		return xs[0].Exp()
	}, x).Sum()
	require.Equal(t, []bool{false}, replaying)
	y.Backward()
	require.Equal(t, []bool{false, true}, replaying)
	require.Equal(t, []bool{true, true}, training)
	require.False(t, tape.Replaying())

	// A function that fails the second time leaves the tape usable.
	tape.Reset()
	calls := 0
	y = autograd.Recompute(func(xs ...Var) Var {
		if calls++; calls > 1 {
			panic(&autograd.TapeError{Op: "test", Reason: "fail"})
		}
		return xs[0].Exp()
	}, tape.Var(vec(1))).Sum()
	misused(t, "test: fail", func() { y.Backward() })
	require.False(t, tape.Replaying())
	tape.Reset()
	x = tape.Var(vec(2))
	require.Equal(t, []float64{4}, tensor.Values(x.Square().Sum().Backward().Of(x)))
}

// Hooks inside run once, on operands and parameters alike.
func TestRecomputeHooks(t *testing.T) {
	tape, w := autograd.NewTape(), autograd.NewParam(vec(3, 4))
	x := tape.Var(vec(1, 2))
	calls := 0
	hook := func(dx Var) Var { calls++; return dx.MulScalar(10) }
	y := autograd.Recompute(func(xs ...Var) Var {
		p := tape.Param(w)
		p.Hook(hook)
		xs[0].Hook(hook)
		z := xs[0].Mul(p)
		z.Hook(hook)
		return z.AddScalar(1)
	}, x).Sum()
	g := y.Backward()
	require.Equal(t, 3, calls)
	inDelta(t, []float64{300, 400}, tensor.Values(g.Of(x)))
	inDelta(t, []float64{100, 200}, tensor.Values(g.Of(w)))
}

func TestRecomputeSeveralOperands(t *testing.T) {
	tape := autograd.NewTape()
	x, c := tape.Var(vec(1, 2)), tape.Const(vec(3, 4))
	z := tape.Var(vec(5, 6))
	y := autograd.Recompute(func(xs ...Var) Var {
		return xs[0].Mul(xs[1]).Mul(xs[2]).Add(xs[3]).Add(xs[4])
	}, x, c, z, x, x)
	g := y.Sum().Backward()
	inDelta(t, []float64{17, 26}, tensor.Values(g.Of(x)))
	inDelta(t, []float64{3, 8}, tensor.Values(g.Of(z)))
	require.Nil(t, g.Of(c))
}

// The second run is in the mode of the first.
func TestRecomputeMode(t *testing.T) {
	tape := autograd.NewTape()
	gradient := func(apply func(f func(xs ...Var) Var, xs ...Var) Var) []float64 {
		tape.Reset()
		tape.SetMode(autograd.Train)
		x, r := tape.Var(mat(1, 20)), tensor.NewRand(2)
		y := apply(func(xs ...Var) Var { return xs[0].Dropout(0.5, r).Square() }, x).Sum()
		tape.SetMode(autograd.Eval)
		g := tensor.Values(y.Backward().Of(x))
		require.Equal(t, autograd.Eval, tape.Mode())
		return g
	}
	plain := gradient(func(f func(xs ...Var) Var, xs ...Var) Var { return f(xs...) })
	require.Contains(t, plain, 0.0)
	require.Equal(t, plain, gradient(autograd.Recompute))
}
