package autograd_test

import (
	"fmt"
	"math"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/tensor"
)

// table puts the matrix [[1 2 3] [4 5 9]] onto a new tape.
func table() autograd.Var {
	return autograd.NewTape().Var(tensor.New([]float64{1, 2, 3, 4, 5, 9}, 2, 3))
}

func ExampleVar_Sum() {
	x := table()
	fmt.Println(x.Sum().Item(), tensor.Values(x.Sum(0).Value()), tensor.Values(x.Sum(1).Value()))
	fmt.Println(x.SumKeep(1).Shape(), "keeps the axis, with a length of 1")
	// Output:
	// 24 [5 7 12] [6 18]
	// [2 1] keeps the axis, with a length of 1
}

func ExampleVar_Mean() {
	x := table()
	fmt.Println(x.Mean().Item(), tensor.Values(x.Mean(1).Value()))
	fmt.Println(tensor.Values(x.Sub(x.MeanKeep(1)).Value())) // each row less its mean
	fmt.Println(tensor.Values(x.Mean(0).Sum().Backward().Of(x)))
	// Output:
	// 4 [2 6]
	// [-1 0 1 -2 -1 3]
	// [0.5 0.5 0.5 0.5 0.5 0.5]
}

// Of several that are the largest, each takes its part of the gradient; MaxAxis
// says where the first one is, which takes it all.
func ExampleVar_Max() {
	x := autograd.NewTape().Var(tensor.New([]float64{3, 1, 3, 0, 0, 5}, 2, 3))
	fmt.Println(x.Max().Item(), tensor.Values(x.Max(1).Value()), x.MaxKeep(1).Shape())
	fmt.Println(x.Min().Item(), tensor.Values(x.Min(1).Value()), x.MinKeep(1).Shape())
	y, index := x.MaxAxis(1)
	fmt.Println(tensor.Values(y.Value()), index)
	_, index = x.MinAxis(1)
	fmt.Println(index)
	fmt.Println(tensor.Values(x.Max(1).Sum().Backward().Of(x)))
	// Output:
	// 5 [3 5] [2 1]
	// 0 [1 0] [2 1]
	// [3 5] [0 2]
	// [1 0]
	// [0.5 0 0.5 0 0 1]
}

// The divisor of a variance is n − 1, as in PyTorch, or n less another number.
func ExampleVar_Variance() {
	x := autograd.NewTape().Var(tensor.New([]float64{2, 4, 9}, 3))
	fmt.Printf("%.4f %.4f %.4f\n", x.Variance().Item(), x.VarianceWith(0).Item(), x.VarianceWith(2).Item())
	fmt.Printf("%.4f %.4f\n", x.Std().Item(), x.StdWith(0).Item())
	fmt.Println(x.VarianceKeep().Shape(), x.VarianceWithKeep(0).Shape(), x.StdKeep().Shape(), x.StdWithKeep(0).Shape())
	standard := x.Sub(x.MeanKeep(0)).Div(x.StdKeep(0))
	fmt.Println(rounded(standard.Value()))
	// Output:
	// 13.0000 8.6667 26.0000
	// 3.6056 2.9439
	// [1] [1] [1] [1]
	// [-0.8321 -0.2774 1.1094]
}

func ExampleVar_Prod() {
	x := table()
	fmt.Println(x.Prod().Item(), tensor.Values(x.Prod(1).Value()), x.ProdKeep(1).Shape())
	fmt.Println(tensor.Values(x.Prod(1).Sum().Backward().Of(x))) // each is the product of the others
	// Output:
	// 1080 [6 180] [2 1]
	// [6 3 2 45 36 20]
}

// The logarithm of a sum of exponentials, without overflow.
func ExampleVar_LogSumExp() {
	x := autograd.NewTape().Const(tensor.New([]float64{1000, 1000, 0, 0}, 2, 2))
	fmt.Println(rounded(x.LogSumExp(1).Value()), x.LogSumExpKeep(1).Shape())
	fmt.Println(rounded(x.LogCumSumExp(1).Value()))
	// Output:
	// [1000.6931 0.6931] [2 1]
	// [1000 1000.6931 0 0.6931]
}

func ExampleVar_Norm() {
	x := autograd.NewTape().Var(tensor.New([]float64{3, 4, 0, -5}, 2, 2))
	fmt.Println(tensor.Values(x.Norm(1).Value()), x.NormKeep(1).Shape())
	fmt.Println(tensor.Values(x.NormP(1, 1).Value()), tensor.Values(x.NormP(math.Inf(1), 1).Value()), x.NormPKeep(3, 1).Shape())
	fmt.Println(rounded(x.Normalize(2, 1, 1e-12).Value()))
	fmt.Println(rounded(x.Norm(1).Sum().Backward().Of(x)), "is the same")
	// Output:
	// [5 5] [2 1]
	// [7 5] [4 5] [2 1]
	// [0.6 0.8 0 -1]
	// [0.6 0.8 0 -1] is the same
}

// Distances and angles between the rows of two matrices.
func Example_distances() {
	tape := autograd.NewTape()
	a := tape.Const(tensor.New([]float64{0, 0, 3, 4}, 2, 2))
	b := tape.Const(tensor.New([]float64{0, 1, 4, 3}, 2, 2))
	fmt.Println(rounded(a.Cdist(b, 2).Value()))
	fmt.Println(rounded(a.CosineSimilarity(b, 1, 1e-8).Value()))
	// Output:
	// [1 5 4.2426 1.4142]
	// [0 0.96]
}

// What is sorted remembers where it came from, and so does its gradient.
func ExampleVar_Sort() {
	x := autograd.NewTape().Var(tensor.New([]float64{5, 1, 3}, 3))
	y, index := x.Sort(0, false)
	fmt.Println(tensor.Values(y.Value()), index)
	fmt.Println(tensor.Values(y.Mul(y.CumSum(0)).Select(0, 0).Backward().Of(x)))
	largest, index := x.TopK(2, 0, true)
	fmt.Println(tensor.Values(largest.Value()), index)
	// Output:
	// [1 3 5] [1 2 0]
	// [0 2 0]
	// [5 3] [0 2]
}

func ExampleVar_Quantile() {
	x := table()
	fmt.Println(x.Median().Item(), tensor.Values(x.Quantile(0.5, 1).Value()))
	m, index := x.MedianAxis(1)
	fmt.Println(tensor.Values(m.Value()), index)
	fmt.Println(tensor.Values(x.Quantile(0.75, 1).Value()))
	fmt.Println(tensor.Values(x.QuantileBy(0.75, 1, tensor.Lower).Value()), tensor.Values(x.QuantileBy(0.75, 1, tensor.Higher).Value()))
	// Output:
	// 3 [2 5]
	// [2 5] [1 1]
	// [2.5 7]
	// [2 5] [3 9]
}

// Running sums, products and maxima.
func Example_cumulative() {
	x := autograd.NewTape().Const(tensor.New([]float64{1, 3, 2, 4}, 4))
	fmt.Println(tensor.Values(x.CumSum(0).Value()), tensor.Values(x.CumProd(0).Value()))
	y, index := x.CumMax(0)
	fmt.Println(tensor.Values(y.Value()), index)
	y, index = x.CumMin(0)
	fmt.Println(tensor.Values(y.Value()), index)
	fmt.Println(tensor.Values(x.Diff(1, 0).Value()), tensor.Values(x.Diff(2, 0).Value()))
	// Output:
	// [1 4 6 10] [1 3 6 24]
	// [1 3 3 4] [0 1 1 3]
	// [1 1 1 1] [0 0 0 0]
	// [2 -1 2] [-3 3]
}

// What compares gives 1 and 0.
func Example_comparisons() {
	tape := autograd.NewTape()
	a, b := tape.Const(tensor.New([]float64{1, 2, 3}, 3)), tape.Const(tensor.New([]float64{3, 2, 1}, 3))
	fmt.Println("<", tensor.Values(a.Less(b).Value()), "≤", tensor.Values(a.LessEqual(b).Value()))
	fmt.Println(">", tensor.Values(a.Greater(b).Value()), "≥", tensor.Values(a.GreaterEqual(b).Value()))
	fmt.Println("=", tensor.Values(a.Equal(b).Value()), "≠", tensor.Values(a.NotEqual(b).Value()))
	fmt.Println(a.Equal(b).Any().Item(), a.Equal(b).All().Item())
	fmt.Println(a.AnyKeep(0).Shape(), tensor.Values(a.AllKeep(0).Value()))
	// Output:
	// < [1 0 0] ≤ [1 1 0]
	// > [0 0 1] ≥ [0 1 1]
	// = [0 1 0] ≠ [1 0 1]
	// 1 0
	// [1] [1]
}

// The gradient goes where the value came from.
func ExampleWhere() {
	tape := autograd.NewTape()
	a, b := tape.Var(tensor.New([]float64{1, 2, 3}, 3)), tape.Var(tensor.New([]float64{10, 20, 30}, 3))
	y := autograd.Where(a.Less(tape.Scalar(tensor.Float64, 2.5)), a, b)
	fmt.Println(tensor.Values(y.Value()))
	grads := y.Sum().Backward()
	fmt.Println(tensor.Values(grads.Of(a)), tensor.Values(grads.Of(b)))
	// Output:
	// [1 2 30]
	// [1 1 0] [0 0 1]
}

func ExampleVar_MaskedFill() {
	x := autograd.NewTape().Var(tensor.New([]float64{0, 0, 7}, 3))
	hidden := x.Greater(x.Tape().Scalar(tensor.Float64, 5))
	fmt.Println(rounded(x.MaskedFill(hidden, math.Inf(-1)).Softmax(0).Value()))
	fmt.Println(tensor.Values(x.MaskedSelect(hidden).Value()))
	// Output:
	// [0.5 0.5 0]
	// [7]
}

func ExampleVar_NanToNum() {
	x := autograd.NewTape().Const(tensor.New([]float64{1, math.NaN(), math.Inf(1), math.Inf(-1)}, 4))
	fmt.Println(tensor.Values(x.IsNaN().Value()), tensor.Values(x.IsInf().Value()))
	fmt.Println(tensor.Values(x.NanToNum(0).Value())[1], tensor.Values(x.NanToNumWith(0, 100, -100).Value()))
	// Output:
	// [0 1 0 0] [0 0 1 1]
	// 0 [1 0 100 -100]
}
