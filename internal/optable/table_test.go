package optable

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/internal/allocs"
	"github.com/descent-ml/descent/internal/fixture"
	"github.com/descent-ml/descent/tensor"
)

// eachSample runs a subtest for each sample of each row.
func eachSample(t *testing.T, f func(t *testing.T, r *row, s sample, stored []*tensor.Tensor)) {
	for _, r := range table() {
		t.Run(r.name, func(t *testing.T) {
			for _, s := range r.samples {
				t.Run(s.String(), func(t *testing.T) { f(t, &r, s, r.draw(s)) })
			}
		})
	}
}

// gradients applies the operation in a fresh tape and returns its value and
// the gradients of its sum, weighted by seed, by Backward.
func (r *row) gradients(s sample, stored []*tensor.Tensor, seed *tensor.Tensor) (y *tensor.Tensor, grads []*tensor.Tensor) {
	v, leaves := r.apply(autograd.NewTape(), s, stored)
	if !v.NeedsGrad() {
		return v.Value(), nil
	}
	g := v.BackwardSeed(seed)
	for _, leaf := range leaves {
		grads = append(grads, g.Of(leaf))
	}
	return v.Value(), grads
}

// seedFor returns weights for every element of the operation's value.
func (r *row) seedFor(s sample, stored []*tensor.Tensor) *tensor.Tensor {
	y, _ := r.apply(autograd.NewTape(), s, stored)
	seed := tensor.Zeros64(y.Shape()...)
	for i := range tensor.Data[float64](seed) {
		tensor.Data[float64](seed)[i] = float64(i%5) - 1.5
	}
	return seed
}

func TestTableValues(t *testing.T) {
	eachSample(t, func(t *testing.T, r *row, s sample, stored []*tensor.Tensor) {
		tape := autograd.NewTape()
		y, _ := r.apply(tape, s, stored)
		require.NoError(t, near(y.Value(), r.want(s.attrs, s.arrays(stored)), 1e-12))
		require.Equal(t, !r.flat, y.NeedsGrad())
		if r.also != nil {
			x := make([]Var, len(stored))
			for i, o := range s.in {
				x[i] = o.view(tape.Const(stored[i]))
			}
			require.NoError(t, r.also(s.attrs, x))
		}
	})
}

func TestTableGradients(t *testing.T) {
	for c := range Cases() {
		t.Run(c.Name+"/"+c.Sample, func(t *testing.T) {
			if c.Flat {
				t.Skip("no gradient flows through " + c.Name)
			}
			f, inputs := c.Function()
			require.NoError(t, autograd.Check(f, inputs...), "first derivative")
			require.NoError(t, autograd.CheckSecond(f, inputs...), "second derivative")
		})
	}
}

// Backward runs the rules unrecorded and reuses memory; VJP records them. They
// compute the same, to the bit.
func TestTableBackwardIsVJP(t *testing.T) {
	eachSample(t, func(t *testing.T, r *row, s sample, stored []*tensor.Tensor) {
		seed := r.seedFor(s, stored)
		_, grads := r.gradients(s, stored, seed)
		if r.flat {
			require.Nil(t, grads)
			return
		}
		tape := autograd.NewTape()
		y, leaves := r.apply(tape, s, stored)
		for i, g := range autograd.VJP(y, tape.Const(seed), leaves...) {
			require.NotNil(t, grads[i], "no gradient by operand %d", i)
			require.Equal(t, leaves[i].Shape(), grads[i].Shape())
			require.Equal(t, tensor.Values(g.Value()), tensor.Values(grads[i]))
		}
	})
}

// Recompute gives the same bits, for the operation alone and for the operation
// between others. The result of Recompute may share storage with its operands and
// with leaves.
func TestTableRecompute(t *testing.T) {
	eachSample(t, func(t *testing.T, r *row, s sample, stored []*tensor.Tensor) {
		run := func(apply func(f func(...Var) Var, xs ...Var) Var, between bool) (out [][]float64) {
			tape := autograd.NewTape()
			leaves := make([]Var, len(stored))
			for i, o := range s.in {
				if leaves[i] = tape.Var(stored[i]); o.fixed {
					leaves[i] = tape.Const(stored[i])
				}
			}
			y := apply(func(xs ...Var) Var {
				x := make([]Var, len(xs))
				for i, o := range s.in {
					if x[i] = o.view(xs[i]); between {
						x[i] = x[i].MulScalar(1)
					}
				}
				y := r.run(s.attrs, x)
				if between {
					y = y.MulScalar(1)
				}
				return y
			}, leaves...)
			out = append(out, tensor.Values(y.Value()))
			if r.flat {
				return out
			}
			grads := y.BackwardSeed(r.seedFor(s, stored))
			for i, o := range s.in {
				if !o.fixed {
					out = append(out, tensor.Values(grads.Of(leaves[i])))
				}
			}
			return out
		}
		plain := func(f func(...Var) Var, xs ...Var) Var { return f(xs...) }
		for _, between := range []bool{false, true} {
			require.Equal(t, fmt.Sprint(run(plain, between)), fmt.Sprint(run(autograd.Recompute, between))) // NaN, too
		}
	})
}

func TestTableFloat32(t *testing.T) {
	eachSample(t, func(t *testing.T, r *row, s sample, stored []*tensor.Tensor) {
		tol := r.tol32
		if tol == 0 {
			tol = 5e-6
		}
		seed := r.seedFor(s, stored)
		wide, wideGrads := r.gradients(s, stored, seed)
		single := make([]*tensor.Tensor, len(stored))
		for i, x := range stored {
			single[i] = x.To(tensor.Float32)
		}
		narrow, narrowGrads := r.gradients(s, single, seed.To(tensor.Float32))
		require.NoError(t, similar(narrow, wide, tol), "value")
		for i, g := range wideGrads {
			require.NoError(t, similar(narrowGrads[i], g, tol), "gradient by operand %d", i)
		}
	})
}

// similar compares a float32 tensor with a float64 one, relative to the
// largest element.
func similar(got, want *tensor.Tensor, tol float64) error {
	if got.DType() != tensor.Float32 {
		return fmt.Errorf("the type is %v", got.DType())
	}
	largest := 0.0
	for _, v := range tensor.Values(want) {
		largest = max(largest, v, -v)
	}
	a := arrayOf(want)
	for i, v := range tensor.Values(got) {
		if !fixture.Close(v, a.v[i], 0, tol*largest) {
			return fmt.Errorf("element %d of %v is %v, in float64 %v", i, a.shape, v, a.v[i])
		}
	}
	return nil
}

func TestTableErrors(t *testing.T) {
	for _, r := range table() {
		for _, m := range r.errors {
			t.Run(r.name+"/"+m.String(), func(t *testing.T) {
				err := panicOf(t, func() { r.apply(autograd.NewTape(), m.sample, r.draw(m.sample)) })
				if op, _, _ := strings.Cut(m.text, ":"); strings.Contains(op, "[") {
					require.IsType(t, &tensor.ShapeError{}, err)
				} else {
					require.IsType(t, &tensor.ArgError{}, err)
				}
				require.EqualError(t, err, m.text)
			})
		}
	}
}

// panicOf returns the error that f panics with.
func panicOf(t *testing.T, f func()) (err error) {
	t.Helper()
	defer func() {
		switch v := recover().(type) {
		case nil:
			require.FailNow(t, "no panic")
		case error:
			err = v
		default:
			require.FailNow(t, "the panic is not an error", "%v", v)
		}
	}()
	f()
	return nil
}

func TestTableAllocations(t *testing.T) {
	if allocs.Race {
		t.Skip("the race detector allocates")
	}
	eachSample(t, func(t *testing.T, r *row, s sample, stored []*tensor.Tensor) {
		tape := autograd.NewTape()
		x := make([]Var, len(stored))
		for i := range stored {
			stored[i] = stored[i].To(tensor.Float32)
		}
		step := func() {
			tape.Reset()
			for i, o := range s.in {
				if o.fixed {
					x[i] = o.view(tape.Const(stored[i]))
				} else {
					x[i] = o.view(tape.Var(stored[i]))
				}
			}
			y := r.run(s.attrs, x)
			if !r.flat {
				y.Sum().Backward()
			}
		}
		for range 4 {
			step()
		}
		switch n := testing.AllocsPerRun(5, step); {
		case r.heap == "":
			require.Zero(t, n, "allocations in a step")
		default:
			t.Logf("%v allocations: %s", n, r.heap)
		}
	})
}
