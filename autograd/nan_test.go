package autograd_test

import (
	"errors"
	"fmt"
	"math"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/tensor"
)

// below returns the number of the line after the call.
func below() int {
	_, _, line, _ := runtime.Caller(1)
	return line + 1
}

func watching() *autograd.Tape {
	t := autograd.NewTape()
	t.DetectNaN(true)
	return t
}

func TestDetectNaN(t *testing.T) {
	inf, nan := math.Inf(1), math.NaN()
	var line int
	for _, c := range []struct {
		name, text string
		f          func(tape *autograd.Tape)
	}{
		{"forward NaN", "log made NaN of [3] in [-1, 2]", func(tape *autograd.Tape) {
			line = below()
			tape.Var(vec(1, -1, 2)).Log().Exp().Sum()
		}},
		{"forward Inf", "exp made Inf of [2] in [1, 1000]", func(tape *autograd.Tape) {
			line = below()
			tape.Var(vec(1, 1000)).Exp()
		}},
		{"two operands", "div made Inf of [2] in [1, 2] and [2] in [0, 4]", func(tape *autograd.Tape) {
			x, y := tape.Var(vec(1, 2)), tape.Var(vec(0, 4))
			line = below()
			x.Div(y)
		}},
		{"NaN of Inf", "sub made NaN of [1] in [+Inf, +Inf] and [1] in [+Inf, +Inf]", func(tape *autograd.Tape) {
			x := tape.Const(vec(inf)) // as in masks, an infinite constant may be meant
			line = below()
			x.Sub(x)
		}},
		{"float32", "mul made Inf of [1] in [1e+30, 1e+30] and [1] in [1e+30, 1e+30]", func(tape *autograd.Tape) {
			x := tape.Var(tensor.New([]float32{1e30}, 1))
			line = below()
			x.Mul(x)
		}},
		{"strided", "sqrt made NaN of [2 1] in [-1, 2]", func(tape *autograd.Tape) {
			x := tape.Const(tensor.New([]float64{-1, 5, 2, 5}, 2, 2)).Slice(1, 0, 1, 1)
			line = below()
			x.Sqrt()
		}},
		{"custom operation", "double made Inf of [1] in [1e+308, 1e+308]", func(tape *autograd.Tape) {
			line = below()
			tape.Var(vec(1e308)).Apply(double)
		}},
		{"gradient over its operand", "the gradient of mul-scalar, in mul-scalar, made Inf of [1] in [1e+200, 1e+200]", func(tape *autograd.Tape) {
			x := tape.Var(vec(1e-200))
			line = below()
			y := x.MulScalar(1e200)
			y.BackwardSeed(vec(1e200))
		}},
		{"input", "the input contains NaN: [2] with 1 NaN", func(tape *autograd.Tape) {
			line = below()
			tape.Const(vec(1, nan))
		}},
		{"parameter", "the parameter contains NaN: [1] with 1 NaN", func(tape *autograd.Tape) {
			line = below()
			tape.Param(autograd.NewParam(vec(nan)))
		}},
		{"backward", "the gradient of sqrt, in div, made NaN of [2] in [0, 0] and [2] in [0, 4]", func(tape *autograd.Tape) {
			x := tape.Var(vec(0, 4))
			line = below()
			y := x.Sqrt()
			y.MulScalar(0).Sum().Backward() // 0/0
		}},
		{"backward Inf", "the gradient of sqrt, in div, made Inf of [2] in [1, 1] and [2] in [0, 4]", func(tape *autograd.Tape) {
			x := tape.Var(vec(0, 4))
			line = below()
			y := x.Sqrt()
			y.Sum().Backward()
		}},
		{"recorded backward", "the gradient of sqrt, in div, made Inf of [1] in [1, 1] and [1] in [0, 0]", func(tape *autograd.Tape) {
			x := tape.Var(vec(0))
			line = below()
			y := x.Sqrt()
			autograd.Grad(y, x)
		}},
		{"switched on late", "the gradient of log, in div, made Inf of [1] in [1, 1] and [1] in [0, 0]", func(tape *autograd.Tape) {
			x := tape.Var(vec(0))
			tape.DetectNaN(false)
			y := x.Log()
			tape.DetectNaN(true)
			line = 0
			autograd.Grad(y.AddScalar(0), x)
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			tape := watching()
			err := panicOf(t, func() { c.f(tape) })
			var bad *autograd.NaNError
			require.True(t, errors.As(err, &bad), "%v", err)
			text := c.text
			if line != 0 {
				require.Equal(t, "nan_test.go", filepath.Base(bad.File))
				require.Equal(t, line, bad.Line)
				text += fmt.Sprintf(", at %s:%d", bad.File, line)
			}
			require.EqualError(t, err, text)

			// The tape is usable afterwards, and blames the right pass.
			tape.Reset()
			err = panicOf(t, func() { tape.Var(vec(-1)).Log() })
			require.True(t, strings.HasPrefix(err.Error(), "log made NaN of [1] in [-1, -1], at "), "%v", err)
			tape.Reset()
			tape.DetectNaN(false)
			x := tape.Var(vec(-1))
			require.True(t, math.IsNaN(tensor.Values(x.Log().Square().Sum().Backward().Of(x))[0]))
		})
	}
}

// What came in from outside is not blamed on the operations that it passes, and
// what is allowed to be infinite passes.
func TestDetectNaNLetsPass(t *testing.T) {
	tape := watching()
	mask := tape.Const(vec(0, math.Inf(-1)))
	x := tape.Var(vec(1, 2))
	g := x.Add(mask).Softmax(0).Square().Sum().Backward()
	require.Equal(t, []float64{0, 0}, tensor.Values(g.Of(x)))

	tape.Reset()
	y := tape.Const(vec(math.Inf(1), 1))
	require.Equal(t, math.Inf(1), y.MulScalar(2).Sum().Item())
	tape.Reset()
	require.Equal(t, []int{0}, tape.Var(tensor.Zeros64(0)).Exp().Shape())
}
