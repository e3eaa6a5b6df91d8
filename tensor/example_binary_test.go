package tensor_test

import (
	"fmt"
	"math"
	"slices"

	"github.com/descent-ml/descent/tensor"
)

// pair prints a function of two numbers. Its second form writes the same in place
// of the first one.
func pair(name string, f func(a, b *tensor.Tensor) *tensor.Tensor, to func(dst, a, b *tensor.Tensor), a, b float64) {
	x, y := tensor.New([]float64{a}, 1), tensor.New([]float64{b}, 1)
	z := rounded(f(x, y))
	fmt.Println(name, z[0])
	to(x, x, y)
	if !slices.Equal(z, rounded(x)) {
		fmt.Println(name, rounded(x)[0], "in place")
	}
}

func Example_arithmetic() {
	pair("6 + 2 =", tensor.Add, tensor.AddTo, 6, 2)
	pair("6 − 2 =", tensor.Sub, tensor.SubTo, 6, 2)
	pair("6 × 2 =", tensor.Mul, tensor.MulTo, 6, 2)
	pair("6 / 2 =", tensor.Div, tensor.DivTo, 6, 2)
	pair("6² =", tensor.Pow, tensor.PowTo, 6, 2)
	pair("max(6, 2) =", tensor.Maximum, tensor.MaximumTo, 6, 2)
	pair("min(6, 2) =", tensor.Minimum, tensor.MinimumTo, 6, 2)
	pair("−7 mod 3 with the sign of 3 =", tensor.Remainder, tensor.RemainderTo, -7, 3)
	pair("−7 mod 3 with the sign of −7 =", tensor.Fmod, tensor.FmodTo, -7, 3)
	pair("⌊−7 / 3⌋ =", tensor.FloorDivide, tensor.FloorDivideTo, -7, 3)
	pair("trunc(−7 / 3) =", tensor.TruncDivide, tensor.TruncDivideTo, -7, 3)
	// Output:
	// 6 + 2 = 8
	// 6 − 2 = 4
	// 6 × 2 = 12
	// 6 / 2 = 3
	// 6² = 36
	// max(6, 2) = 6
	// min(6, 2) = 2
	// −7 mod 3 with the sign of 3 = 2
	// −7 mod 3 with the sign of −7 = -1
	// ⌊−7 / 3⌋ = -3
	// trunc(−7 / 3) = -2
}

func Example_functionsOfTwo() {
	pair("√(3² + 4²) =", tensor.Hypot, tensor.HypotTo, 3, 4)
	pair("the angle of (1, 1) is", tensor.Atan2, tensor.Atan2To, 1, 1)
	pair("log(e⁰ + e⁰) =", tensor.LogAddExp, tensor.LogAddExpTo, 0, 0)
	pair("0 log 0 =", tensor.Xlogy, tensor.XlogyTo, 0, 0)
	pair("the cross entropy of ½ and yes =", tensor.BCE, tensor.BCETo, 0.5, 1)
	// Output:
	// √(3² + 4²) = 5
	// the angle of (1, 1) is 0.7854
	// log(e⁰ + e⁰) = 0.6931
	// 0 log 0 = 0
	// the cross entropy of ½ and yes = 0.6931
}

// What compares gives 1 and 0.
func Example_comparisons() {
	pair("1 < 2:", tensor.Less, tensor.LessTo, 1, 2)
	pair("1 ≤ 1:", tensor.LessEqual, tensor.LessEqualTo, 1, 1)
	pair("1 > 2:", tensor.Greater, tensor.GreaterTo, 1, 2)
	pair("1 ≥ 1:", tensor.GreaterEqual, tensor.GreaterEqualTo, 1, 1)
	pair("1 = 1:", tensor.Equal, tensor.EqualTo, 1, 1)
	pair("NaN ≠ NaN:", tensor.NotEqual, tensor.NotEqualTo, math.NaN(), math.NaN())
	x := tensor.New([]float64{0, 0, 0, 7}, 2, 2)
	fmt.Println(tensor.Any(x).Item(), tensor.All(x).Item(), tensor.Values(tensor.Any(x, 1)))
	// Output:
	// 1 < 2: 1
	// 1 ≤ 1: 1
	// 1 > 2: 0
	// 1 ≥ 1: 1
	// 1 = 1: 1
	// NaN ≠ NaN: 1
	// 1 0 [0 1]
}

func ExampleNanToNum() {
	x := tensor.New([]float64{1, math.NaN(), math.Inf(-1)}, 3)
	both("NaN:", tensor.IsNaN, tensor.IsNaNTo, 1, math.NaN(), math.Inf(-1))
	both("infinite:", tensor.IsInf, tensor.IsInfTo, 1, math.NaN(), math.Inf(-1))
	fmt.Println(tensor.IsFinite(x), tensor.IsFinite(tensor.NanToNum(x, 0)))
	fmt.Println(tensor.NanToNum(x, 0).At(2) == -x.DType().Largest())
	tensor.NanToNumTo(x, x, 0, 100, -100)
	fmt.Println(tensor.Values(x))
	// Output:
	// NaN: [0 1 0]
	// infinite: [0 0 1]
	// false true
	// true
	// [1 0 -100]
}

// A quarter of the way from one number to another, and a choice between them.
func ExampleLerp() {
	a, b := tensor.Zeros(3), tensor.New([]float32{4, 8, 12}, 3)
	fmt.Println(tensor.Lerp(a, b, tensor.Scalar(0.25)))
	dst := tensor.Zeros(3)
	tensor.LerpTo(dst, a, b, tensor.Scalar(0.5))
	fmt.Println(dst)
	tensor.WhereTo(dst, tensor.Less(b, tensor.Scalar(10)), b, a)
	fmt.Println(dst)
	// Output:
	// tensor[3] float32 [1 2 3]
	// tensor[3] float32 [2 4 6]
	// tensor[3] float32 [4 8 0]
}

// The Huber loss is quadratic near 0 and linear beyond.
func ExampleHuber() {
	x := tensor.New([]float64{0.5, -3}, 2)
	fmt.Println(rounded(tensor.Huber(x, 1)))
	tensor.HuberTo(x, x, 1)
	fmt.Println(rounded(x))
	// Output:
	// [0.125 2.5]
	// [0.125 2.5]
}
