package autograd_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/tensor"
)

// A parameter or an input that changes before Backward is refused where its
// value is needed, and only there.
func TestChangedLeaves(t *testing.T) {
	const why = " of shape [2 2] has been changed since the forward pass; change it after Backward, or give the tape a Clone"
	for name, change := range map[string]func(v *tensor.Tensor){
		"fill":      func(v *tensor.Tensor) { v.Fill(1) },
		"set":       func(v *tensor.Tensor) { v.Set(1, 0, 0) },
		"copy":      func(v *tensor.Tensor) { v.CopyFrom(mat(7, 2, 2)) },
		"to":        func(v *tensor.Tensor) { tensor.AddTo(v, v, v) },
		"product":   func(v *tensor.Tensor) { tensor.MatMulTo(v, mat(1, 2, 2), mat(2, 2, 2)) },
		"view":      func(v *tensor.Tensor) { v.Slice(0, 0, 1, 1).T().Fill(2) },
		"optimizer": func(v *tensor.Tensor) { tensor.SGD{LR: 0.1}.Update(v, mat(3, 2, 2), nil) },
		"random":    func(v *tensor.Tensor) { tensor.NewRand(1).Normal(v, 0, 1) },
		"add at":    func(v *tensor.Tensor) { v.IndexAdd(0, []int{1}, mat(3, 1, 2)) },
	} {
		t.Run(name, func(t *testing.T) {
			tape := autograd.NewTape()
			p, x := autograd.NewParam(mat(1, 2, 2)), mat(2, 2, 2)
			loss := func() Var { return tape.Const(x).MatMul(tape.Param(p)).Sum() }

			y := loss()
			change(p.Value)
			require.NotNil(t, y.Backward().Of(p), "the gradient by p does not read p")

			tape.Reset()
			y = loss()
			change(x)
			misused(t, "gradient of matmul: an input"+why, func() { y.Backward() })

			tape.Reset()
			y = tape.Param(p).Square().Sum()
			change(p.Value)
			misused(t, "gradient of square: a parameter"+why, func() { y.Backward() })

			tape.Reset()
			y = tape.Param(p).Square().Sum()
			w := tape.Param(p)
			change(p.Value)
			misused(t, "gradient of square: a parameter"+why, func() { autograd.Grad(y, w) })

			tape.Reset()
			y = tape.Param(p).T().Slice(0, 0, 1, 1).Square().Sum()
			change(p.Value)
			misused(t, "gradient of square: a parameter"+why, func() { y.Backward() }) // by way of views

			tape.Reset()
			require.NotNil(t, loss().Backward().Of(p), "the next step is another matter")
		})
	}
}
