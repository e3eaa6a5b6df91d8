package tensor_test

import (
	"fmt"
	"math"
	"slices"

	"github.com/descent-ml/descent/tensor"
)

// rounded returns the elements of a tensor, with four digits after the point.
func rounded(t *tensor.Tensor) []float64 {
	v := tensor.Values(t)
	for i := range v {
		v[i] = math.Round(v[i]*1e4)/1e4 + 0 // and 0 for −0
	}
	return v
}

// both prints a function of some numbers. Its second form writes in place of
// them; should that be something else, it is printed as well.
func both(name string, f func(x *tensor.Tensor) *tensor.Tensor, to func(dst, x *tensor.Tensor), at ...float64) {
	x := tensor.New(at, len(at))
	y := rounded(f(x))
	fmt.Println(name, y)
	to(x, x)
	if !slices.Equal(y, rounded(x)) {
		fmt.Println(name, rounded(x), "in place")
	}
}

func Example_trigonometry() {
	both("sin", tensor.Sin, tensor.SinTo, 0, math.Pi/6, math.Pi/2)
	both("cos", tensor.Cos, tensor.CosTo, 0, math.Pi/3, math.Pi/2)
	both("tan", tensor.Tan, tensor.TanTo, 0, math.Pi/4)
	both("asin", tensor.Asin, tensor.AsinTo, 0, 0.5, 1)
	both("acos", tensor.Acos, tensor.AcosTo, 0, 0.5, 1)
	both("atan", tensor.Atan, tensor.AtanTo, 0, 1, math.Inf(1))
	both("sinc", tensor.Sinc, tensor.SincTo, 0, 0.5, 1) // sin πx / πx
	// Output:
	// sin [0 0.5 1]
	// cos [1 0.5 0]
	// tan [0 1]
	// asin [0 0.5236 1.5708]
	// acos [1.5708 1.0472 0]
	// atan [0 0.7854 1.5708]
	// sinc [1 0.6366 0]
}

func Example_hyperbolic() {
	both("sinh", tensor.Sinh, tensor.SinhTo, 0, 1)
	both("cosh", tensor.Cosh, tensor.CoshTo, 0, 1)
	both("tanh", tensor.Tanh, tensor.TanhTo, 0, 1, 1000)
	both("asinh", tensor.Asinh, tensor.AsinhTo, 0, math.Sinh(1))
	both("acosh", tensor.Acosh, tensor.AcoshTo, 1, math.Cosh(1))
	both("atanh", tensor.Atanh, tensor.AtanhTo, 0, math.Tanh(1))
	// Output:
	// sinh [0 1.1752]
	// cosh [1 1.5431]
	// tanh [0 0.7616 1]
	// asinh [0 1]
	// acosh [0 1]
	// atanh [0 1]
}

func Example_exponentials() {
	both("exp", tensor.Exp, tensor.ExpTo, 0, 1, math.Inf(-1))
	both("exp2", tensor.Exp2, tensor.Exp2To, 0, 3, -1)
	both("expm1", tensor.Expm1, tensor.Expm1To, 0, 1)
	both("log", tensor.Log, tensor.LogTo, 1, math.E, 0)
	both("log2", tensor.Log2, tensor.Log2To, 1, 8)
	both("log10", tensor.Log10, tensor.Log10To, 1, 1000)
	both("log1p", tensor.Log1p, tensor.Log1pTo, 0, math.E-1)
	// Output:
	// exp [1 2.7183 0]
	// exp2 [1 8 0.5]
	// expm1 [0 1.7183]
	// log [0 1 -Inf]
	// log2 [0 3]
	// log10 [0 3]
	// log1p [0 1]
}

func Example_powers() {
	both("square", tensor.Square, tensor.SquareTo, -3, 0.5)
	both("sqrt", tensor.Sqrt, tensor.SqrtTo, 4, 0.25)
	both("rsqrt", tensor.Rsqrt, tensor.RsqrtTo, 4, 0.25)
	both("reciprocal", tensor.Reciprocal, tensor.ReciprocalTo, 4, -0.5)

	x := tensor.New([]float64{2, -1}, 2)
	fmt.Println(rounded(tensor.PowScalar(x, 3)), rounded(tensor.AddScalar(x, 1)), rounded(tensor.MulScalar(x, 10)))
	tensor.PowScalarTo(x, x, 3)   // 8, −1
	tensor.AddScalarTo(x, x, 1)   // 9, 0
	tensor.MulScalarTo(x, x, 0.5) // 4.5, 0
	fmt.Println(rounded(x))
	// Output:
	// square [9 0.25]
	// sqrt [2 0.5]
	// rsqrt [0.5 2]
	// reciprocal [0.25 -2]
	// [8 -1] [3 0] [20 -10]
	// [4.5 0]
}

// A half goes to the even number.
func Example_rounding() {
	both("neg", tensor.Neg, tensor.NegTo, -1.5, 2.5)
	both("abs", tensor.Abs, tensor.AbsTo, -1.5, 2.5)
	both("sign", tensor.Sign, tensor.SignTo, -1.5, 0, 2.5)
	both("floor", tensor.Floor, tensor.FloorTo, -1.5, 2.5)
	both("ceil", tensor.Ceil, tensor.CeilTo, -1.5, 2.5)
	both("round", tensor.Round, tensor.RoundTo, -1.5, 2.5)
	both("trunc", tensor.Trunc, tensor.TruncTo, -1.5, 2.5)
	both("frac", tensor.Frac, tensor.FracTo, -1.5, 2.5)

	x := tensor.New([]float64{-3, 0.5, 3}, 3)
	fmt.Println(rounded(tensor.Clamp(x, -1, 1)))
	tensor.ClampTo(x, x, -1, 1)
	fmt.Println(rounded(x))
	// Output:
	// neg [1.5 -2.5]
	// abs [1.5 2.5]
	// sign [-1 0 1]
	// floor [-2 2]
	// ceil [-1 3]
	// round [-2 2]
	// trunc [-1 2]
	// frac [-0.5 0.5]
	// [-1 0.5 1]
	// [-1 0.5 1]
}

func Example_specialFunctions() {
	both("erf", tensor.Erf, tensor.ErfTo, 0, 1)
	both("erfc", tensor.Erfc, tensor.ErfcTo, 0, 1)
	both("erfinv", tensor.Erfinv, tensor.ErfinvTo, 0, 0.5)
	both("lgamma", tensor.Lgamma, tensor.LgammaTo, 1, 5) // log Γ(5) = log 24
	both("digamma", tensor.Digamma, tensor.DigammaTo, 1)

	x := tensor.New([]float64{0.5}, 1)
	fmt.Println("logit", rounded(tensor.Logit(x, -1)), rounded(tensor.Logit(tensor.Ones(1), 0.25))) // clamped to ¼ … ¾
	tensor.LogitTo(x, x, -1)
	fmt.Println("logit", rounded(x))
	one := tensor.New([]float64{1}, 1)
	fmt.Println("trigamma", rounded(tensor.Polygamma(1, one))) // π²/6
	tensor.SincDerivativeTo(x, 1, one)
	tensor.PolygammaTo(one, 1, one)
	fmt.Println("trigamma", rounded(one), "and the slope of sinc at 1", rounded(x))
	// Output:
	// erf [0 0.8427]
	// erfc [1 0.1573]
	// erfinv [0 0.4769]
	// lgamma [0 3.1781]
	// digamma [-0.5772]
	// logit [0] [1.0986]
	// logit [0]
	// trigamma [1.6449]
	// trigamma [1.6449] and the slope of sinc at 1 [-1]
}

func Example_activations() {
	both("relu", tensor.ReLU, tensor.ReLUTo, -2, 0, 2)
	both("sigmoid", tensor.Sigmoid, tensor.SigmoidTo, -2, 0, 2)
	both("log-sigmoid", tensor.LogSigmoid, tensor.LogSigmoidTo, -2, 0, 2)
	both("gelu", tensor.GELU, tensor.GELUTo, -2, 0, 2)
	both("gelu by tanh", tensor.GELUTanh, tensor.GELUTanhTo, -2, 0, 2)
	both("silu", tensor.SiLU, tensor.SiLUTo, -2, 0, 2)
	both("mish", tensor.Mish, tensor.MishTo, -2, 0, 2)
	both("softsign", tensor.Softsign, tensor.SoftsignTo, -3, 0, 1)
	both("hard sigmoid", tensor.HardSigmoid, tensor.HardSigmoidTo, -4, 0, 1.5)
	both("hard swish", tensor.HardSwish, tensor.HardSwishTo, -4, 0, 3)
	// Output:
	// relu [0 0 2]
	// sigmoid [0.1192 0.5 0.8808]
	// log-sigmoid [-2.1269 -0.6931 -0.1269]
	// gelu [-0.0455 0 1.9545]
	// gelu by tanh [-0.0454 0 1.9546]
	// silu [-0.2384 0 1.7616]
	// mish [-0.2525 0 1.944]
	// softsign [-0.75 0 0.5]
	// hard sigmoid [0 0.5 0.75]
	// hard swish [0 0 3]
}

// These have settings.
func Example_activationsWithSettings() {
	x, slope := tensor.New([]float64{-2, 2}, 2), tensor.Full(0.25).To(tensor.Float64)
	fmt.Println("leaky relu", rounded(tensor.LeakyReLU(x, 0.01)))
	fmt.Println("prelu", rounded(tensor.PReLU(x, slope)))
	fmt.Println("elu", rounded(tensor.ELU(x, 1, 1)))
	fmt.Println("celu", rounded(tensor.CELU(x, 2)))
	fmt.Println("softplus", rounded(tensor.Softplus(x, 1, 20)))
	fmt.Println("softshrink", rounded(tensor.Softshrink(x, 0.5)))
	fmt.Println("hardshrink", rounded(tensor.Hardshrink(x, 0.5)))
	fmt.Println("threshold", rounded(tensor.Threshold(x, 1, -10)))
	// Output:
	// leaky relu [-0.02 2]
	// prelu [-0.5 2]
	// elu [-0.8647 2]
	// celu [-1.2642 2]
	// softplus [0.1269 2.1269]
	// softshrink [-1.5 1.5]
	// hardshrink [-2 2]
	// threshold [-10 2]
}

// The same into a destination.
func Example_activationsInto() {
	x, slope := tensor.New([]float64{-2, 2}, 2), tensor.Full(0.25).To(tensor.Float64)
	y := tensor.ZerosLike(x)
	tensor.LeakyReLUTo(y, x, 0.01)
	fmt.Println("leaky relu", rounded(y))
	tensor.PReLUTo(y, x, slope)
	fmt.Println("prelu", rounded(y))
	tensor.ELUTo(y, x, 1, 1)
	fmt.Println("elu", rounded(y))
	tensor.CELUTo(y, x, 2)
	fmt.Println("celu", rounded(y))
	tensor.SoftplusTo(y, x, 1, 20)
	fmt.Println("softplus", rounded(y))
	tensor.SoftshrinkTo(y, x, 0.5)
	fmt.Println("softshrink", rounded(y))
	tensor.HardshrinkTo(y, x, 0.5)
	fmt.Println("hardshrink", rounded(y))
	tensor.ThresholdTo(y, x, 1, -10)
	fmt.Println("threshold", rounded(y))
	// Output:
	// leaky relu [-0.02 2]
	// prelu [-0.5 2]
	// elu [-0.8647 2]
	// celu [-1.2642 2]
	// softplus [0.1269 2.1269]
	// softshrink [-1.5 1.5]
	// hardshrink [-2 2]
	// threshold [-10 2]
}
