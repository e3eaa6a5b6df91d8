package autograd_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/tensor"
)

// vec returns a float64 vector.
func vec(v ...float64) *tensor.Tensor { return tensor.New(v, len(v)) }

// mat returns a float64 tensor of a shape with elements between −1 and 1.
func mat(seed uint64, shape ...int) *tensor.Tensor {
	t := tensor.Zeros64(shape...)
	tensor.NewRand(seed).Uniform(t, -1, 1)
	return t
}

// misused checks the message of a panic of misuse of tapes.
func misused(t *testing.T, text string, f func()) {
	t.Helper()
	err := panicOf(t, f)
	require.IsType(t, &autograd.TapeError{}, err)
	require.EqualError(t, err, text)
}

const stale = "the variable is from before Reset, or its memory has been given back since: by Recompute after its function, or by KeepOnly on a tape that does not record"

func TestUseAfterReset(t *testing.T) {
	tape := autograd.NewTape()
	x := tape.Var(vec(1, 2))
	y := x.Tanh()
	for round := range 3 {
		tape.Reset()
		var fresh []Var
		for range round * 100 { // with round 0 the places of x and y are not yet taken again
			fresh = append(fresh, tape.Var(vec(3, 4)).Exp())
		}
		z := tape.Var(vec(1, 2))
		misused(t, "tanh: "+stale, func() { x.Tanh() })
		misused(t, "add: "+stale, func() { z.Add(y) })
		misused(t, "add: "+stale, func() { y.Add(z) })
		misused(t, "add-scalar: "+stale, func() { y.AddScalar(1) })
		misused(t, "sum: "+stale, func() { y.Sum() })
		misused(t, "concat: "+stale, func() { autograd.Concat(0, z, y) })
		misused(t, "value: "+stale, func() { y.Value() })
		misused(t, "shape: "+stale, func() { x.Shape() })
		misused(t, "dim: "+stale, func() { x.Dim(0) })
		misused(t, "rank: "+stale, func() { x.Rank() })
		misused(t, "dtype: "+stale, func() { x.DType() })
		misused(t, "tape: "+stale, func() { x.Tape() })
		misused(t, "needs-grad: "+stale, func() { x.NeedsGrad() })
		misused(t, "param: "+stale, func() { x.Param() })
		misused(t, "op: "+stale, func() { x.Op() })
		misused(t, "operands: "+stale, func() { y.Operands() })
		misused(t, "hook: "+stale, func() { x.Hook(func(dx Var) Var { return dx }) })
		misused(t, "retain-grad: "+stale, func() { x.RetainGrad() })
		misused(t, "detach: "+stale, func() { x.Detach() })
		misused(t, "backward: "+stale, func() { y.Backward() })
		misused(t, "grad: "+stale, func() { autograd.Grad(z.Sum(), x) })
		for _, f := range fresh {
			require.InDelta(t, math.Exp(3), f.Value().At(0), 1e-12)
		}
	}
}

func TestEmptyVar(t *testing.T) {
	require.True(t, Var{}.IsZero())
	require.False(t, autograd.NewTape().Const(vec(1)).IsZero())
	require.Equal(t, "Var{}", Var{}.String())
	misused(t, "exp: the variable is empty; make variables with Tape.Const, Tape.Var or Tape.Param", func() { Var{}.Exp() })
	for op, f := range map[string]func(){
		"concat":    func() { autograd.Concat(0) },
		"stack":     func() { autograd.Stack(0) },
		"recompute": func() { autograd.Recompute(func(...Var) Var { return Var{} }) },
	} {
		require.Equal(t, &tensor.ArgError{Op: op, Reason: "there are no operands"}, panicOf(t, f))
	}
}

func TestTwoTapes(t *testing.T) {
	const apart = ": the operands are on two different tapes; put both on one"
	a, b := autograd.NewTape(), autograd.NewTape()
	x, y := a.Var(vec(1, 2)), b.Var(vec(3, 4))
	misused(t, "add"+apart, func() { x.Add(y) })
	misused(t, "matmul"+apart, func() { x.MatMul(y) })
	misused(t, "where"+apart, func() { autograd.Where(x, x, y) })
	misused(t, "concat"+apart, func() { autograd.Concat(0, x, y) })
	misused(t, "scatter-add"+apart, func() { x.ScatterAdd(0, []int{0, 1}, y) })
	misused(t, "grad: the result and the variable are on two different tapes", func() { autograd.Grad(x.Sum(), y) })
	misused(t, "vjp: the gradient is on another tape than its variable", func() { autograd.VJP(x.Exp(), y, x) })
	misused(t, "recompute: the function returned a variable of another tape", func() {
		autograd.Recompute(func(...Var) Var { return y.Exp() }, x)
	})
	require.Nil(t, x.Sum().Backward().Of(y))
}

func TestMixedTypes(t *testing.T) {
	tape := autograd.NewTape()
	x, y := tape.Var(vec(1, 2)), tape.Var(tensor.New([]float32{3, 4}, 2))
	one := tape.Var(tensor.New([]float32{1}))
	for text, f := range map[string]func(){
		"add: the second operand is float32, want float64; convert it with To(tensor.Float64)":    func() { x.Add(y) },
		"mul: the second operand is float64, want float32; convert it with To(tensor.Float32)":    func() { y.Mul(x) },
		"less: the second operand is float32, want float64; convert it with To(tensor.Float64)":   func() { x.Less(one) },
		"matmul: the second operand is float32, want float64; convert it with To(tensor.Float64)": func() { x.MatMul(y) },
		"where: the third operand is float32, want float64; convert it with To(tensor.Float64)":   func() { autograd.Where(x, x, y) },
		"concat: operand 2 is float32, want float64; convert it with To(tensor.Float64)":          func() { autograd.Concat(0, x, y) },
		"backward: the seed is float32, want float64; convert it with To(tensor.Float64)": func() {
			x.Exp().BackwardSeed(tensor.Ones(2))
		},
		"vjp: the gradient is float32, want float64; convert it with To(tensor.Float64)": func() { autograd.VJP(x.Exp(), y, x) },
	} {
		err := panicOf(t, f)
		require.IsType(t, &tensor.DTypeError{}, err)
		require.EqualError(t, err, text)
	}
	require.Equal(t, tensor.Float32, y.MulScalar(2).DType())
	require.Equal(t, tensor.Float32, y.Sum().Backward().Of(y).DType())
}

func TestBackwardMisuse(t *testing.T) {
	tape := autograd.NewTape()
	x := tape.Var(mat(1, 2, 3))
	require.EqualError(t, panicOf(t, func() { x.Exp().Backward() }),
		"backward [2 3]: a gradient needs a scalar; reduce it with Sum or Mean, or give a seed with BackwardSeed")
	require.EqualError(t, panicOf(t, func() { x.BackwardSeed(vec(1, 2)) }), "backward [2 3] × [2]: the seed must have the shape of the result")
	require.EqualError(t, panicOf(t, func() { autograd.VJP(x, x.Sum(0), x) }), "vjp [2 3] × [3]: the vector must have the shape of the result")
	misused(t, "backward: the result depends on no parameter that is not frozen and on no input made with Tape.Var", func() { tape.Const(vec(1)).Exp().Backward() })
	misused(t, "grad: no gradient flows through one of the variables; make it with Tape.Var or Tape.Param", func() {
		c := tape.Const(mat(1, 2, 3))
		autograd.Grad(x.Mul(c).Sum(), c)
	})
	misused(t, "backward: the result depends on no parameter that is not frozen and on no input made with Tape.Var", func() { x.Sum().Detach().Backward() })

	y := x.Square().Sum()
	y.Backward()
	const again = ": backward has run on this tape already and has reused the memory of its gradients; Reset it, or use Grad for several gradients"
	misused(t, "backward"+again, func() { y.Backward() })
	misused(t, "backward"+again, func() { y.BackwardSeed(tensor.New([]float64{1})) })
	misused(t, "grad"+again, func() { autograd.Grad(y, x) })
	misused(t, "vjp"+again, func() { autograd.VJP(y, tape.Const(tensor.New([]float64{1})), x) })
	misused(t, "backward"+again, func() { x.Exp().Sum().Backward() })
	require.True(t, x.Exp().NeedsGrad(), "what comes afterwards is recorded, to no avail")
	tape.Reset()
	tape.Var(vec(1)).Sum().Backward()
}

func TestBackwardOfOneElement(t *testing.T) {
	tape := autograd.NewTape()
	x := tape.Var(mat(1, 1, 1))
	require.Equal(t, []float64{2 * x.Item()}, tensor.Values(x.Square().Backward().Of(x)))
}

func TestBackwardOfLeaf(t *testing.T) {
	tape := autograd.NewTape()
	p := autograd.NewParam(vec(5))
	g := tape.Param(p).Backward()
	require.Equal(t, []float64{1}, tensor.Values(g.Of(p)))
	g.Scale(3)
	require.Equal(t, []float64{3}, tensor.Values(g.Of(p)))
}

func TestSeed(t *testing.T) {
	seed := mat(2, 3, 2).T() // strided
	want := tensor.Values(tensor.MulScalar(seed.Clone(), 2))
	tape := autograd.NewTape()
	p := autograd.NewParam(mat(1, 2, 3))
	g := tape.Param(p).MulScalar(2).BackwardSeed(seed)
	require.Equal(t, want, tensor.Values(g.Of(p)))

	tape.Reset()
	g = tape.Param(p).AddScalar(0).BackwardSeed(seed)
	before := tensor.Values(seed)
	g.Scale(7)
	require.Equal(t, before, tensor.Values(seed), "the seed is the caller's")
	seed.Fill(0)
	require.NotEqual(t, before, tensor.Values(seed))
	require.NotZero(t, g.Of(p).At(0, 0), "the gradient is the tape's")
}

// How layers behave and whether operations are recorded are two settings, and
// changing one keeps everything that is on the tape.
func TestModeAndRecording(t *testing.T) {
	tape := autograd.NewTape()
	require.Equal(t, autograd.Train, tape.Mode())
	require.True(t, tape.Training())
	require.True(t, tape.Recording())
	x := tape.Var(vec(4, 5))
	require.Equal(t, autograd.Train, tape.SetMode(autograd.Eval))
	require.Equal(t, autograd.Eval, tape.SetMode(autograd.Inherit))
	require.Equal(t, autograd.Eval, tape.Mode())
	require.False(t, tape.Training())
	require.Equal(t, x, x.Dropout(0.5, tensor.NewRand(0)), "dropout follows the mode")
	tape.Reset()
	require.Equal(t, autograd.Eval, tape.Mode(), "Reset keeps the mode")

	x = tape.Var(vec(4, 5))
	grads := x.Square().Sum().Backward()
	require.Equal(t, []float64{8, 10}, tensor.Values(grads.Of(x)), "evaluation has gradients")
}

// Without recording there are no gradients, whatever the mode.
func TestSetRecording(t *testing.T) {
	tape := autograd.NewTape()
	require.True(t, tape.SetRecording(false))
	p := autograd.NewParam(vec(2))
	y := tape.Param(p).Mul(tape.Var(vec(3))).Sum()
	require.Equal(t, 6.0, y.Item())
	require.False(t, y.NeedsGrad())
	const why = "the tape does not record; call SetRecording(true) before the forward pass"
	for _, f := range []func(){
		func() { y.Backward() },
		func() { y.BackwardSeed(tensor.New([]float64{1})) },
	} {
		misused(t, "backward: "+why, f)
	}
	misused(t, "grad: "+why, func() { autograd.Grad(y, tape.Param(p)) })
	require.Equal(t, 2.0, autograd.Recompute(func(x ...Var) Var { return x[0] }, tape.Param(p)).Item())

	// What was lifted before is recorded from here on.
	require.False(t, tape.SetRecording(true))
	w := tape.Param(p)
	constant := y.Mul(w) // 6 w: y is a constant
	require.Equal(t, []float64{6}, tensor.Values(constant.Sum().Backward().Of(p)))

	tape.SetRecording(false)
	tape.Reset()
	require.False(t, tape.Recording(), "Reset keeps it")
	tape.SetRecording(true)
	x := tape.Var(vec(1))
	x.Hook(func(dx Var) Var {
		misused(t, "set-recording: gradients are being computed, or a function given to Recompute is running; set it before", func() { tape.SetRecording(true) })
		return dx
	})
	x.Exp().Sum().Backward()

	tape.Reset()
	x = tape.Var(vec(1))
	y = x.Exp()
	y.Hook(func(dy Var) Var {
		misused(t, "set-recording: gradients are being computed, or a function given to Recompute is running; set it before", func() { tape.SetRecording(false) })
		return dy
	})
	require.True(t, autograd.Grad(y.Sum(), x)[0].NeedsGrad(), "a recorded pass")
}

// Values are kept where one of the operations since the mark has been recorded.
func TestKeepOnlyAfterRecording(t *testing.T) {
	tape := autograd.NewTape()
	x, mark := tape.Var(vec(1, 2)), tape.Mark()
	loss := x.MulScalar(2).Square().Sum()
	tape.SetRecording(false)
	inner := tape.Mark()
	half := x.MulScalar(0.5)
	y := tape.KeepOnly(mark, tape.KeepOnly(inner, half.Exp()))
	tape.SetRecording(true)
	misused(t, "exp: "+stale, func() { half.Exp() })
	y.Exp()
	require.Equal(t, []float64{8, 16}, tensor.Values(loss.Backward().Of(x)))
}

func TestKeepOnlyAfterReset(t *testing.T) {
	tape := autograd.NewTape()
	tape.SetRecording(false)
	mark := tape.Mark()
	tape.Reset()
	x := tape.Const(vec(1))
	misused(t, "keep-only: the mark is from before Reset; take it in the same step", func() { tape.KeepOnly(mark, x.Exp()) })
	require.Equal(t, 1.0, x.Item(), "it is still there")
}

// A frozen parameter gets no gradient; what it is multiplied with does.
func TestFrozen(t *testing.T) {
	tape := autograd.NewTape()
	p, q := autograd.NewParam(vec(2)), autograd.NewParam(vec(3))
	for _, frozen := range []bool{false, true, false} {
		p.Frozen = frozen
		tape.Reset()
		require.Equal(t, !frozen, tape.Param(p).NeedsGrad())
		grads := tape.Param(p).Mul(tape.Param(q)).Sum().Backward()
		require.Equal(t, []float64{2}, tensor.Values(grads.Of(q)))
		if frozen {
			require.Nil(t, grads.Of(p))
		} else {
			require.Equal(t, []float64{3}, tensor.Values(grads.Of(p)))
		}
	}
	p.Frozen, q.Frozen = true, true
	tape.Reset()
	misused(t, "backward: the result depends on no parameter that is not frozen and on no input made with Tape.Var",
		func() { tape.Param(p).Mul(tape.Param(q)).Sum().Backward() })
}

func TestLeaves(t *testing.T) {
	tape := autograd.NewTape()
	p := autograd.NewParam(vec(1, 2))
	w := tape.Param(p)
	require.Equal(t, w, tape.Param(p), "lifted twice is the same variable")
	require.Same(t, p, w.Param())
	require.Nil(t, w.Exp().Param())
	require.Nil(t, tape.Var(vec(1)).Param())
	require.True(t, w.NeedsGrad())
	require.False(t, tape.Const(vec(1)).NeedsGrad())
	require.Same(t, tape, w.Tape())
	name, rule := w.Op()
	require.Equal(t, []string{"leaf", ""}, []string{name, rule})
	require.Empty(t, w.Operands())

	c := tape.Scalar(tensor.Float64, 2.5)
	require.Equal(t, 2.5, c.Item())
	require.Equal(t, []int{}, c.Shape())
	require.Equal(t, tensor.Float32, tape.Scalar(tensor.Float32, 1).DType())
	y := w.Mul(c)
	name, rule = y.Op()
	require.Equal(t, []string{"mul", "dy b; dy a"}, []string{name, rule})
	require.Equal(t, []Var{w, c}, y.Operands())
	require.Equal(t, 2, y.Dim(-1))
	require.Equal(t, 1, y.Rank())
	require.Contains(t, y.String(), "mul ")

	p.Value.Set(10, 0)
	require.Equal(t, 10.0, w.Value().At(0), "a lifted parameter shares the storage")
	x := mat(1, 2, 2)
	require.Equal(t, x.T(), tape.Const(x.T()).Value(), "strided inputs stay where they are")
}

func TestOperations(t *testing.T) {
	tape := autograd.NewTape()
	names := func() (names []string) {
		for v := range tape.Operations() {
			name, _ := v.Op()
			names = append(names, name)
		}
		return names
	}
	x := tape.Var(vec(1, 2))
	y := x.Exp().Mul(tape.Const(vec(3, 4))).Sum()
	require.Equal(t, []string{"exp", "mul", "sum"}, names())
	y.Backward()
	require.Equal(t, []string{"exp", "mul", "sum"}, names(), "not those of the gradients")
	tape.Reset()
	tape.Var(vec(1, 2)).Sin().BackwardSeed(vec(1, 1))
	require.Equal(t, []string{"sin"}, names())
	tape.Reset()
	tape.Var(vec(1, 2)).Exp()
	for v := range tape.Operations() {
		name, _ := v.Op()
		require.Equal(t, "exp", name)
		break
	}
	tape.Reset()
	for range tape.Operations() {
		require.Fail(t, "there is an operation")
	}
}

func TestRehearse(t *testing.T) {
	tape, r := autograd.NewTape(), tensor.NewRand(3)
	want := r.Uint32
	rehearsed := *r
	x := tape.Var(mat(1, 20))
	tape.Rehearse(func() {
		require.True(t, tape.Replaying())
		x.Dropout(0.5, r)
		autograd.Recompute(func(x ...Var) Var { return x[0].Dropout(0.5, r) }, x)
	})
	require.False(t, tape.Replaying())
	require.Equal(t, rehearsed.Uint32(), want())

	before := *r
	tape.Rehearse(func() { // the first to draw is a recomputed function
		autograd.Recompute(func(x ...Var) Var { return x[0].Dropout(0.5, r) }, x).Sum().Backward()
	})
	require.Equal(t, before, *r)
}

func TestEmptyTensors(t *testing.T) {
	tape := autograd.NewTape()
	w, b := autograd.NewParam(mat(1, 4, 3)), autograd.NewParam(mat(2, 4))
	x := tape.Var(tensor.Zeros64(0, 3))
	y := x.Linear(tape.Param(w), tape.Param(b)).ReLU().LogSoftmax(1).Sum()
	require.Zero(t, y.Item())
	g := y.Backward()
	require.Equal(t, []int{0, 3}, g.Of(x).Shape())
	require.Equal(t, make([]float64, 12), tensor.Values(g.Of(w)))
	require.Equal(t, make([]float64, 4), tensor.Values(g.Of(b)))
	require.Equal(t, 0.0, g.Norm())

	tape.Reset()
	x = tape.Var(tensor.Zeros64(2, 0))
	g = x.Mean().Backward()
	require.Equal(t, []int{2, 0}, g.Of(x).Shape())
}
