package nn_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/internal/fixture"
	"github.com/descent-ml/descent/nn"
	"github.com/descent-ml/descent/tensor"
)

// replay applies f to the cases of ops.json, in both element types. It compares
// the result y of f, and the gradients by the operands that f returns, with those
// of PyTorch. counts says how many cases each operation has.
func replay(t *testing.T, counts map[string]int, f func(c *fixture.Case, x *tensor.Tensor, tape *autograd.Tape) (y autograd.Var, from []autograd.Source)) {
	t.Helper()
	seen := map[string]int{}
	for _, c := range fixture.Cases(t, "../internal/optable/testdata/ops.json") {
		if counts[c.Op] == 0 {
			continue
		}
		seen[c.Op]++
		for dt, tol := range [][2]float64{{rtol32, atol32}, {rtol64, atol64}} {
			dt := tensor.DType(dt)
			if c.Op == "HardSigmoid" {
				tol[0] = max(tol[0], 1e-7) // its gradient has PyTorch's float32 of 1/6
			}
			t.Run(c.Name+" "+dt.String(), func(t *testing.T) {
				x := c.Inputs[0].Tensor(dt)
				if !tensor.IsFinite(x) && tensor.IsFinite(c.Inputs[0].Tensor(tensor.Float64)) {
					t.Skip("the numbers are too large for float32")
				}
				y, from := f(&c, x, autograd.NewTape())
				if y.IsZero() {
					t.Skip("the layer does not offer these settings")
				}
				require.NoError(t, c.Output.Diff(y.Value(), tol[0], tol[1]), "value")
				grads := y.BackwardSeed(c.Seed.Tensor(dt))
				for i, want := range c.Grads {
					require.NoError(t, want.Diff(grads.Of(from[i]), tol[0], tol[1]), "gradient by operand %d", i)
				}
			})
		}
	}
	require.Equal(t, counts, seen)
}

// unless returns how a setting says v: by nothing when v is the default d.
func unless(v, d float64) float64 {
	switch v {
	case d:
		return 0
	case 0:
		return nn.Zero
	}
	return v
}

func pair(ints []int, at int) [2]int { return [2]int{ints[at], ints[at+1]} }

// Activations have PyTorch's values and gradients, and its defaults.
func TestPyTorchActivations(t *testing.T) {
	replay(t, map[string]int{
		"ReLU": 5, "ReLU6": 5, "LeakyReLU": 3, "ELU": 4, "SELU": 5, "GELU": 5, "GELUTanh": 5, "SiLU": 5, "Mish": 5, "Tanh": 5, "Sigmoid": 5,
		"LogSigmoid": 5, "Softplus": 4, "Softsign": 5, "HardTanh": 3, "HardSigmoid": 5, "HardSwish": 5, "Softmax": 9, "LogSoftmax": 9,
		"CELU": 6, "Softshrink": 7, "Hardshrink": 7, "Threshold": 5, "Tanhshrink": 3, "GLU": 4,
	}, func(c *fixture.Case, x *tensor.Tensor, tape *autograd.Tape) (y autograd.Var, from []autograd.Source) {
		l := map[string]nn.Layer{
			"ReLU": nn.ReLU{}, "ReLU6": nn.ReLU6{}, "SELU": nn.SELU{}, "GELU": nn.GELU{}, "GELUTanh": nn.GELU{Tanh: true}, "SiLU": nn.SiLU{},
			"Mish": nn.Mish{}, "Tanh": nn.Tanh{}, "Sigmoid": nn.Sigmoid{}, "LogSigmoid": nn.LogSigmoid{}, "Tanhshrink": nn.Tanhshrink{}, "Softplus": nn.Softplus{},
			"Softsign": nn.Softsign{}, "HardTanh": nn.HardTanh{}, "HardSigmoid": nn.HardSigmoid{}, "HardSwish": nn.HardSwish{},
		}[c.Op]
		switch c.Op {
		case "LeakyReLU":
			l = nn.LeakyReLU{Slope: unless(c.Floats[0], 0.01)}
		case "ELU":
			l = nn.ELU{Alpha: unless(c.Floats[0], 1)}
		case "Softmax":
			l = nn.Softmax{Axis: &c.Ints[0]}
		case "LogSoftmax":
			l = nn.LogSoftmax{Axis: &c.Ints[0]}
		case "Softplus", "HardTanh":
			l = nn.HardTanh{Min: unless(c.Floats[0], -1), Max: unless(c.Floats[1], 1)}
			if c.Op == "Softplus" {
				l = nn.Softplus{Beta: unless(c.Floats[0], 1), Threshold: unless(c.Floats[1], 20)}
			}
		case "CELU":
			l = nn.CELU{Alpha: unless(c.Floats[0], 1)}
		case "Softshrink":
			l = nn.Softshrink{Lambda: unless(c.Floats[0], 0.5)}
		case "Hardshrink":
			l = nn.Hardshrink{Lambda: unless(c.Floats[0], 0.5)}
		case "Threshold":
			l = nn.Threshold{Threshold: c.Floats[0], Value: c.Floats[1]}
		case "GLU":
			l = nn.GLU{Axis: &c.Ints[0]}
		}
		v := tape.Var(x)
		return l.Forward(v), []autograd.Source{v}
	})
}

// Layers have PyTorch's values, and gradients by input, weight and bias.
func TestPyTorchLayers(t *testing.T) {
	replay(t, map[string]int{
		"Linear": 5, "Embedding": 4, "Conv2d": 12, "ConvTranspose2d": 8, "MaxPool2d": 20, "AvgPool2d": 20, "LayerNorm": 7, "RMSNorm": 5, "BatchNorm": 6,
	}, func(c *fixture.Case, x *tensor.Tensor, tape *autograd.Tape) (y autograd.Var, from []autograd.Source) {
		v := tape.Var(x)
		from = []autograd.Source{v}
		params := make([]*autograd.Param, 2) // weight and bias
		for i, other := range c.Inputs[1:] {
			params[i] = autograd.NewParam(other.Tensor(x.DType()))
			from = append(from, params[i])
		}
		switch c.Op {
		case "Linear":
			return (&nn.Linear{Weight: params[0], Bias: params[1]}).Forward(v), from
		case "Embedding":
			if len(c.Index.Shape) == 0 {
				return y, nil // one token is a list of one
			}
			e := &nn.Embedding{Weight: autograd.NewParam(x)}
			if c.Ints[0] >= 0 {
				e.PaddingIndex = &c.Ints[0]
			}
			return e.Forward(tape, c.Index.Data, c.Index.Shape...), []autograd.Source{e.Weight}
		}
		return spatial(c, x, params[0], params[1]).Forward(v), from
	})
}

// spatial returns the layer of a case with parameters w and b.
func spatial(c *fixture.Case, x *tensor.Tensor, w, b *autograd.Param) nn.Layer {
	switch c.Op {
	case "Conv2d":
		shape := w.Value.Shape()
		l := nn.NewConv2d(tensor.NewRand(1), x.Dim(1), shape[0], nn.Conv2dOptions{Kernel: pair(shape, 2), Stride: pair(c.Ints, 0),
			Padding: pair(c.Ints, 2), Dilation: pair(c.Ints, 4), Groups: c.Ints[6]})
		l.Weight, l.Bias = w, b
		return l
	case "ConvTranspose2d":
		shape := w.Value.Shape()
		l := nn.NewConvTranspose2d(tensor.NewRand(1), x.Dim(1), shape[1]*c.Ints[6], nn.ConvTranspose2dOptions{Kernel: pair(shape, 2), Stride: pair(c.Ints, 0),
			Padding: pair(c.Ints, 2), Dilation: pair(c.Ints, 4), Groups: c.Ints[6], OutputPadding: pair(c.Ints, 7)})
		l.Weight, l.Bias = w, b
		return l
	case "MaxPool2d":
		if len(c.Ints) == 3 {
			return nn.AdaptiveMaxPool2d{Size: pair(c.Ints, 0)}
		}
		return nn.MaxPool2d{Kernel: pair(c.Ints, 0), Stride: pair(c.Ints, 2), Padding: pair(c.Ints, 4), Dilation: pair(c.Ints, 6), Ceil: len(c.Ints) == 9}
	case "AvgPool2d":
		if len(c.Ints) == 3 {
			return nn.AdaptiveAvgPool2d{Size: pair(c.Ints, 0)}
		}
		return nn.AvgPool2d{Kernel: pair(c.Ints, 0), Stride: pair(c.Ints, 2), Padding: pair(c.Ints, 4), ExcludePadding: c.Ints[6] == 0, Ceil: len(c.Ints) == 8}
	case "LayerNorm":
		l := nn.NewLayerNorm(x.Shape()[x.Rank()-c.Ints[0]:]...)
		l.Weight, l.Bias, l.Eps = w, b, unless(c.Floats[0], 1e-5)
		return l
	}
	if c.Op == "RMSNorm" {
		l := nn.NewRMSNorm(x.Shape()[x.Rank()-c.Ints[0]:]...)
		l.Weight, l.Eps = w, c.Floats[0]
		return l
	}
	l := nn.NewBatchNorm1d(x.Dim(1))
	if x.Rank() == 4 {
		l = nn.NewBatchNorm2d(x.Dim(1))
	}
	nn.To(l, x.DType())
	l.Weight, l.Bias, l.Eps = w, b, unless(c.Floats[0], 1e-5)
	return l
}
