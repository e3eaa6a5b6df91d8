package autograd_test

import (
	"fmt"
	"math"

	"github.com/descent-ml/descent/autograd"
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

// slope prints a function at some numbers, and its derivative there.
func slope(name string, f func(x autograd.Var) autograd.Var, at ...float64) {
	x := autograd.NewTape().Var(tensor.New(at, len(at)))
	y := f(x)
	fmt.Println(name, rounded(y.Value()), "slope", rounded(y.Sum().Backward().Of(x)))
}

// slopes prints a function of two numbers, and its derivatives by both.
func slopes(name string, f func(a, b autograd.Var) autograd.Var, a, b float64) {
	tape := autograd.NewTape()
	x, y := tape.Var(tensor.New([]float64{a})), tape.Var(tensor.New([]float64{b}))
	z := f(x, y)
	grads := z.Backward()
	fmt.Println(name, rounded(z.Value()), "slopes", rounded(grads.Of(x)), rounded(grads.Of(y)))
}

// An angle and its functions: each with the value and the slope.
func Example_trigonometry() {
	slope("sin", autograd.Var.Sin, 0, math.Pi/6)
	slope("cos", autograd.Var.Cos, 0, math.Pi/3)
	slope("tan", autograd.Var.Tan, 0, math.Pi/4)
	slope("asin", autograd.Var.Asin, 0, 0.5)
	slope("acos", autograd.Var.Acos, 0, 0.5)
	slope("atan", autograd.Var.Atan, 0, 1)
	slope("sinc", autograd.Var.Sinc, 0, 0.5)
	// Output:
	// sin [0 0.5] slope [1 0.866]
	// cos [1 0.5] slope [0 -0.866]
	// tan [0 1] slope [1 2]
	// asin [0 0.5236] slope [1 1.1547]
	// acos [1.5708 1.0472] slope [-1 -1.1547]
	// atan [0 0.7854] slope [1 0.5]
	// sinc [1 0.6366] slope [0 -1.2732]
}

func Example_hyperbolic() {
	slope("sinh", autograd.Var.Sinh, 0, 1)
	slope("cosh", autograd.Var.Cosh, 0, 1)
	slope("tanh", autograd.Var.Tanh, 0, 1)
	slope("asinh", autograd.Var.Asinh, 0, math.Sinh(1))
	slope("acosh", autograd.Var.Acosh, math.Cosh(1), math.Cosh(2))
	slope("atanh", autograd.Var.Atanh, 0, math.Tanh(1))
	// Output:
	// sinh [0 1.1752] slope [1 1.5431]
	// cosh [1 1.5431] slope [0 1.1752]
	// tanh [0 0.7616] slope [1 0.42]
	// asinh [0 1] slope [1 0.6481]
	// acosh [1 2] slope [0.8509 0.2757]
	// atanh [0 1] slope [1 2.3811]
}

func Example_exponentials() {
	slope("exp", autograd.Var.Exp, 0, 1)
	slope("exp2", autograd.Var.Exp2, 0, 3)
	slope("expm1", autograd.Var.Expm1, 0, 1)
	slope("log", autograd.Var.Log, 1, math.E)
	slope("log2", autograd.Var.Log2, 1, 8)
	slope("log10", autograd.Var.Log10, 1, 100)
	slope("log1p", autograd.Var.Log1p, 0, math.E-1)
	// Output:
	// exp [1 2.7183] slope [1 2.7183]
	// exp2 [1 8] slope [0.6931 5.5452]
	// expm1 [0 1.7183] slope [1 2.7183]
	// log [0 1] slope [1 0.3679]
	// log2 [0 3] slope [1.4427 0.1803]
	// log10 [0 2] slope [0.4343 0.0043]
	// log1p [0 1] slope [1 0.3679]
}

func Example_powers() {
	slope("square", autograd.Var.Square, -3, 0.5)
	slope("sqrt", autograd.Var.Sqrt, 4, 0.25)
	slope("rsqrt", autograd.Var.Rsqrt, 4, 0.25)
	slope("reciprocal", autograd.Var.Reciprocal, 4, -0.5)
	slope("cube", func(x autograd.Var) autograd.Var { return x.PowScalar(3) }, 2, -1)
	// Output:
	// square [9 0.25] slope [-6 1]
	// sqrt [2 0.5] slope [0.25 1]
	// rsqrt [0.5 2] slope [-0.0625 -4]
	// reciprocal [0.25 -2] slope [-0.0625 -4]
	// cube [8 -1] slope [12 3]
}

// Where a function has a corner, the slope is PyTorch's.
func Example_piecewise() {
	slope("neg", autograd.Var.Neg, -2, 3)
	slope("abs", autograd.Var.Abs, -2, 0, 3)
	slope("sign", autograd.Var.Sign, -2, 0, 3)
	slope("frac", autograd.Var.Frac, -2.75, 3.25)
	slope("clamp", func(x autograd.Var) autograd.Var { return x.Clamp(-1, 1) }, -2, 0.5, 3)
	// Output:
	// neg [2 -3] slope [-1 -1]
	// abs [2 0 3] slope [-1 0 1]
	// sign [-1 0 1] slope [0 0 0]
	// frac [-0.75 0.25] slope [1 1]
	// clamp [-1 0.5 1] slope [0 1 0]
}

// What rounds has no slope; a half goes to the even number.
func Example_rounding() {
	slope("floor", autograd.Var.Floor, -1.5, 2.5)
	slope("ceil", autograd.Var.Ceil, -1.5, 2.5)
	slope("round", autograd.Var.Round, -1.5, 2.5)
	slope("trunc", autograd.Var.Trunc, -1.5, 2.5)
	// Output:
	// floor [-2 2] slope [0 0]
	// ceil [-1 3] slope [0 0]
	// round [-2 2] slope [0 0]
	// trunc [-1 2] slope [0 0]
}

func Example_specialFunctions() {
	slope("erf", autograd.Var.Erf, 0, 1)
	slope("erfc", autograd.Var.Erfc, 0, 1)
	slope("erfinv", autograd.Var.Erfinv, 0, 0.5)
	slope("lgamma", autograd.Var.Lgamma, 1, 5) // log Γ(5) = log 24
	slope("digamma", autograd.Var.Digamma, 1)
	slope("trigamma", func(x autograd.Var) autograd.Var { return x.Polygamma(1) }, 1) // π²/6
	slope("logit", func(x autograd.Var) autograd.Var { return x.Logit(-1) }, 0.5, 0.75)
	// Output:
	// erf [0 0.8427] slope [1.1284 0.4151]
	// erfc [1 0.1573] slope [-1.1284 -0.4151]
	// erfinv [0 0.4769] slope [0.8862 1.1126]
	// lgamma [0 3.1781] slope [-0.5772 1.5061]
	// digamma [-0.5772] slope [1.6449]
	// trigamma [1.6449] slope [-2.4041]
	// logit [0 1.0986] slope [4 5.3333]
}

func Example_activations() {
	slope("relu", autograd.Var.ReLU, -2, 0, 2)
	slope("relu6", autograd.Var.ReLU6, -2, 2, 8)
	slope("sigmoid", autograd.Var.Sigmoid, -2, 0, 2)
	slope("log-sigmoid", autograd.Var.LogSigmoid, -2, 0, 2)
	slope("gelu", autograd.Var.GELU, -2, 0, 2)
	slope("gelu by tanh", autograd.Var.GELUTanh, -2, 0, 2)
	slope("silu", autograd.Var.SiLU, -2, 0, 2)
	slope("mish", autograd.Var.Mish, -2, 0, 2)
	slope("selu", autograd.Var.SELU, -2, 0, 2)
	slope("softsign", autograd.Var.Softsign, -3, 0, 1)
	slope("hard sigmoid", autograd.Var.HardSigmoid, -4, 0, 1.5)
	slope("hard swish", autograd.Var.HardSwish, -4, 0, 3)
	slope("tanhshrink", autograd.Var.Tanhshrink, -2, 0, 2)
	// Output:
	// relu [0 0 2] slope [0 0 1]
	// relu6 [0 2 6] slope [0 1 0]
	// sigmoid [0.1192 0.5 0.8808] slope [0.105 0.25 0.105]
	// log-sigmoid [-2.1269 -0.6931 -0.1269] slope [0.8808 0.5 0.1192]
	// gelu [-0.0455 0 1.9545] slope [-0.0852 0.5 1.0852]
	// gelu by tanh [-0.0454 0 1.9546] slope [-0.0861 0.5 1.0861]
	// silu [-0.2384 0 1.7616] slope [-0.0908 0.5 1.0908]
	// mish [-0.2525 0 1.944] slope [-0.1084 0.6 1.0693]
	// selu [-1.5202 0 2.1014] slope [0.2379 1.7581 1.0507]
	// softsign [-0.75 0 0.5] slope [0.0625 1 0.25]
	// hard sigmoid [0 0.5 0.75] slope [0 0.1667 0.1667]
	// hard swish [0 0 3] slope [0 0.5 1]
	// tanhshrink [-1.036 0 1.036] slope [0.9293 0 0.9293]
}

// These have settings.
func Example_activationsWithSettings() {
	slope("leaky relu", func(x autograd.Var) autograd.Var { return x.LeakyReLU(0.01) }, -2, 2)
	slope("elu", func(x autograd.Var) autograd.Var { return x.ELU(1) }, -2, 2)
	slope("celu", func(x autograd.Var) autograd.Var { return x.CELU(2) }, -2, 2)
	slope("softplus", func(x autograd.Var) autograd.Var { return x.Softplus(1, 20) }, 0, 30)
	slope("hard tanh", func(x autograd.Var) autograd.Var { return x.HardTanh(-1, 1) }, -2, 0.5)
	slope("hardshrink", func(x autograd.Var) autograd.Var { return x.Hardshrink(0.5) }, -2, 0.25)
	slope("softshrink", func(x autograd.Var) autograd.Var { return x.Softshrink(0.5) }, -2, 0.25)
	slope("threshold", func(x autograd.Var) autograd.Var { return x.Threshold(1, -10) }, -2, 2)
	slope("half of a glu", func(x autograd.Var) autograd.Var { return x.GLU(0) }, 3, 0)
	slope("half of a swiglu", func(x autograd.Var) autograd.Var { return x.SwiGLU(0) }, 0, 3)
	// Output:
	// leaky relu [-0.02 2] slope [0.01 1]
	// elu [-0.8647 2] slope [0.1353 1]
	// celu [-1.2642 2] slope [0.3679 1]
	// softplus [0.6931 30] slope [0.5 1]
	// hard tanh [-1 0.5] slope [0 1]
	// hardshrink [-2 0] slope [1 0]
	// softshrink [-1.5 0] slope [1 0]
	// threshold [-10 2] slope [0 1]
	// half of a glu [1.5] slope [0.5 0.75]
	// half of a swiglu [0] slope [1.5 0]
}

// The slope of a PReLU is learned; that of an RReLU is drawn, or the mean.
func Example_learnedSlopes() {
	slopes("prelu", autograd.Var.PReLU, -2, 0.25)
	tape := autograd.NewTape()
	tape.SetMode(autograd.Eval)
	x := tape.Const(tensor.New([]float64{-4, 4}, 2))
	fmt.Println(rounded(x.RReLU(0.25, 0.75, tensor.NewRand(1)).Value()))
	// Output:
	// prelu [-0.5] slopes [0.25] [-2]
	// [-2 4]
}

func Example_arithmetic() {
	slopes("6 + 2 =", autograd.Var.Add, 6, 2)
	slopes("6 − 2 =", autograd.Var.Sub, 6, 2)
	slopes("6 × 2 =", autograd.Var.Mul, 6, 2)
	slopes("6 / 2 =", autograd.Var.Div, 6, 2)
	slopes("6² =", autograd.Var.Pow, 6, 2)
	slopes("max(6, 2) =", autograd.Var.Maximum, 6, 2)
	slopes("min(6, 2) =", autograd.Var.Minimum, 6, 2)
	slopes("−7 mod 3 with the sign of 3 =", autograd.Var.Remainder, -7, 3)
	slopes("−7 mod 3 with the sign of −7 =", autograd.Var.Fmod, -7, 3)
	tape := autograd.NewTape()
	a, b := tape.Const(tensor.Scalar(-7)), tape.Const(tensor.Scalar(3))
	fmt.Println("⌊−7 / 3⌋ =", a.FloorDivide(b).Item(), "without a slope")
	fmt.Println("trunc(−7 / 3) =", a.TruncDivide(b).Item(), "without a slope")
	// Output:
	// 6 + 2 = [8] slopes [1] [1]
	// 6 − 2 = [4] slopes [1] [-1]
	// 6 × 2 = [12] slopes [2] [6]
	// 6 / 2 = [3] slopes [0.5] [-1.5]
	// 6² = [36] slopes [12] [64.5033]
	// max(6, 2) = [6] slopes [1] [0]
	// min(6, 2) = [2] slopes [0] [1]
	// −7 mod 3 with the sign of 3 = [2] slopes [1] [3]
	// −7 mod 3 with the sign of −7 = [-1] slopes [1] [2]
	// ⌊−7 / 3⌋ = -3 without a slope
	// trunc(−7 / 3) = -2 without a slope
}

func Example_functionsOfTwo() {
	slopes("√(3² + 4²) =", autograd.Var.Hypot, 3, 4)
	slopes("the angle of (1, 1) is", autograd.Var.Atan2, 1, 1)
	slopes("log(e⁰ + e⁰) =", autograd.Var.LogAddExp, 0, 0)
	slopes("2 log e =", autograd.Var.Xlogy, 2, math.E)
	slopes("a quarter of the way from 0 to 8:", func(a, b autograd.Var) autograd.Var { return a.LerpScalar(b, 0.25) }, 0, 8)
	slopes("the same:", func(a, b autograd.Var) autograd.Var { return a.Lerp(b, a.Tape().Scalar(tensor.Float64, 0.25)) }, 0, 8)
	slopes("3 + 10·3·2 =", func(a, b autograd.Var) autograd.Var { return a.Addcmul(a, b, 10) }, 3, 2)
	slopes("3 + 10·3/2 =", func(a, b autograd.Var) autograd.Var { return a.Addcdiv(a, b, 10) }, 3, 2)
	// Output:
	// √(3² + 4²) = [5] slopes [0.6] [0.8]
	// the angle of (1, 1) is [0.7854] slopes [0.5] [-0.5]
	// log(e⁰ + e⁰) = [0.6931] slopes [0.5] [0.5]
	// 2 log e = [2] slopes [1] [0.7358]
	// a quarter of the way from 0 to 8: [2] slopes [0.75] [0.25]
	// the same: [2] slopes [0.75] [0.25]
	// 3 + 10·3·2 = [63] slopes [21] [30]
	// 3 + 10·3/2 = [18] slopes [6] [-7.5]
}

// One element of a vector moves all of its softmax.
func ExampleVar_Softmax() {
	tape := autograd.NewTape()
	x := tape.Var(tensor.New([]float64{0, math.Log(2), math.Log(7)}, 3))
	p := x.Softmax(0)
	fmt.Println(rounded(p.Value()))
	fmt.Println(rounded(p.Select(0, 0).Backward().Of(x))) // p₀ (1 − p₀), −p₀ p₁, −p₀ p₂
	// Output:
	// [0.1 0.2 0.7]
	// [0.09 -0.02 -0.07]
}

// The logarithm of a softmax does not overflow.
func ExampleVar_LogSoftmax() {
	tape := autograd.NewTape()
	x := tape.Const(tensor.New([]float64{0, 0, 1e4}, 3))
	fmt.Println(rounded(x.LogSoftmax(0).Value()), rounded(x.LogSumExp(0).Value()))
	// Output: [-10000 -10000 0] [10000]
}

func ExampleVar_ReLU() {
	slope("relu", autograd.Var.ReLU, -2, -0.5, 0, 0.5, 2)
	// Output: relu [0 0 0 0.5 2] slope [0 0 0 1 1]
}

func ExampleVar_Add() {
	tape := autograd.NewTape()
	column, row := tape.Var(tensor.New([]float64{10, 20}, 2, 1)), tape.Var(tensor.New([]float64{1, 2, 3}, 3))
	sum := column.Add(row) // broadcast to [2 3]
	fmt.Println(sum.Shape(), tensor.Values(sum.Value()))
	grads := sum.Sum().Backward() // and the gradients are summed back
	fmt.Println(grads.Of(column).Shape(), tensor.Values(grads.Of(column)), tensor.Values(grads.Of(row)))
	// Output:
	// [2 3] [11 12 13 21 22 23]
	// [2 1] [3 3] [2 2 2]
}
