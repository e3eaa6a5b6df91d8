package tensor_test

import (
	"fmt"
	"math"

	"github.com/descent-ml/descent/tensor"
)

// rows is the matrix [[1 2 3] [4 5 9]].
func rows() *tensor.Tensor { return tensor.New([]float64{1, 2, 3, 4, 5, 9}, 2, 3) }

// Reductions over all elements, or over some axes.
func Example_reductions() {
	x := rows()
	fmt.Println("sum", tensor.Sum(x).Item(), tensor.Values(tensor.Sum(x, 1)))
	fmt.Println("mean", tensor.Mean(x).Item(), tensor.Values(tensor.Mean(x, 1)))
	fmt.Println("prod", tensor.Prod(x).Item(), tensor.Values(tensor.Prod(x, 1)))
	fmt.Println("max", tensor.Max(x).Item(), tensor.Values(tensor.Max(x, 1)))
	fmt.Println("min", tensor.Min(x).Item(), tensor.Values(tensor.Min(x, 1)))
	fmt.Println("variance", rounded(tensor.Variance(x, 1)), "deviation", rounded(tensor.Std(x, 1)))
	fmt.Println("norm", rounded(tensor.Norm(x, 1)), "largest", rounded(tensor.NormP(x, math.Inf(1), 1)))
	fmt.Println("log-sum-exp", rounded(tensor.LogSumExp(tensor.Full(1000, 2, 2).To(tensor.Float64), 1)))
	fmt.Println("median", tensor.Median(x).Item(), tensor.Values(tensor.Median(x, 1)))
	// Output:
	// sum 24 [6 18]
	// mean 4 [2 6]
	// prod 1080 [6 180]
	// max 9 [3 9]
	// min 1 [1 4]
	// variance [1 7] deviation [1 2.6458]
	// norm [3.7417 11.0454] largest [3 9]
	// log-sum-exp [1000.6931 1000.6931]
	// median 3 [2 5]
}

// The same into a destination, here one that keeps the axis.
func Example_reductionsInto() {
	x, y := rows(), tensor.Zeros64(2, 1)
	axes := x.AxesOf("example", 1)
	tensor.SumTo(y, x, axes)
	fmt.Println("sum", tensor.Values(y))
	tensor.MeanTo(y, x, axes)
	fmt.Println("mean", tensor.Values(y))
	tensor.ProdTo(y, x, axes)
	fmt.Println("prod", tensor.Values(y))
	tensor.MaxTo(y, x, axes)
	fmt.Println("max", tensor.Values(y))
	tensor.MinTo(y, x, axes)
	fmt.Println("min", tensor.Values(y))
	tensor.VarianceTo(y, x, axes, 0) // with n as divisor
	fmt.Println("variance", rounded(y))
	tensor.StdTo(y, x, axes, 1)
	fmt.Println("deviation", rounded(y))
	tensor.NormTo(y, x, axes)
	fmt.Println("norm", rounded(y))
	tensor.NormPTo(y, x, axes, 1)
	fmt.Println("of absolute values", rounded(y))
	tensor.LogSumExpTo(y, tensor.MulScalar(x, 0), axes)
	fmt.Println("log-sum-exp of zeros", rounded(y))
	tensor.MedianTo(y, x, axes)
	fmt.Println("median", tensor.Values(y))
	// Output:
	// sum [6 18]
	// mean [2 6]
	// prod [6 180]
	// max [3 9]
	// min [1 4]
	// variance [0.6667 4.6667]
	// deviation [1 2.6458]
	// norm [3.7417 11.0454]
	// of absolute values [6 18]
	// log-sum-exp of zeros [1.0986 1.0986]
	// median [2 5]
}

// A set of axes.
func ExampleAxes() {
	x := tensor.Zeros(2, 3, 4)
	axes := x.AxesOf("example", 0, -1)
	fmt.Println(axes.Has(0), axes.Has(1), axes.Has(2), x.Count(axes))
	fmt.Println(tensor.Dims(nil).Reduce(x, axes, false), tensor.Dims(nil).Reduce(x, axes, true))
	// Output:
	// true false true 8
	// [3] [1 3 1]
}

// Where the largest and the smallest elements are.
func ExampleArgMin() {
	x := rows()
	fmt.Println(tensor.ArgMax(x, 1), tensor.ArgMin(x, 0), tensor.ArgMedian(x, 1))
	fmt.Println(tensor.ArgMaxAll(x), tensor.ArgMinAll(x)) // in row-major order

	index := make([]int, 2)
	tensor.ArgTo(index, x, 1, true)
	fmt.Println(index)
	tensor.ArgMedianTo(index, x, 1)
	fmt.Println(index)
	v := tensor.New([]float64{3, 4}, 2)
	fmt.Printf("%.4f %.4f\n", tensor.NormOf(v), tensor.NormPOf(v, 1))
	// Output:
	// [2 2] [0 0 0] [1 1]
	// 5 0
	// [2 2]
	// [1 1]
	// 5.0000 7.0000
}

func ExampleArgSort() {
	x := tensor.New([]float32{3, 1, 2}, 3)
	fmt.Println(tensor.ArgSort(x, 0, false), tensor.ArgSort(x, 0, true))

	index := make([]int, 3)
	tensor.ArgSortTo(index, x, 0, false)
	fmt.Println(index)
	tensor.TopKTo(index[:2], x, 2, 0, true)
	fmt.Println(index[:2], tensor.Dims(nil).TopK(x, 2, 0))
	// Output:
	// [1 2 0] [0 2 1]
	// [1 2 0]
	// [0 2] [2]
}

// A quantile between two elements is one of them, or lies on the line between.
func ExampleQuantileBy() {
	x := tensor.New([]float64{10, 20}, 2)
	for _, how := range []tensor.Interpolation{tensor.Linear, tensor.Lower, tensor.Higher, tensor.Midpoint, tensor.Nearest} {
		fmt.Print(tensor.QuantileBy(x, 0.25, 0, how).Item(), " ")
	}
	lo, hi := make([]int, 1), make([]int, 1)
	fmt.Println(tensor.QuantileIndexTo(lo, hi, x, 0.25, 0, tensor.Linear), lo, hi)
	// Output: 12.5 10 20 15 10 0.25 [0] [1]
}

// Running sums, maxima and minima.
func Example_cumulative() {
	x := tensor.New([]float64{1, 3, 2, 4}, 4)
	fmt.Println(tensor.Values(tensor.CumSum(x, 0)))
	fmt.Println(tensor.CumMax(x, 0))
	fmt.Println(tensor.CumMin(x, 0))
	index := make([]int, 4)
	tensor.CumArgTo(index, x, 0, true)
	fmt.Println(index)
	fmt.Println(rounded(tensor.LogCumSumExp(tensor.Zeros(3), 0))) // log 1, log 2, log 3

	tensor.CumSumTo(x, x, 0)
	fmt.Println(tensor.Values(x), tensor.Values(tensor.Diff(x, 1, 0))) // and back, but for the first
	tensor.CumProdTo(x, x, 0)
	fmt.Println(tensor.Values(x), tensor.Values(tensor.CumProd(tensor.Full(2, 4), 0)))
	tensor.LogCumSumExpTo(x, tensor.Zeros64(4), 0)
	fmt.Println(rounded(x), tensor.CheckDiff(x, 1, -1))
	// Output:
	// [1 4 6 10]
	// tensor[4] float64 [1 3 3 4] [0 1 1 3]
	// tensor[4] float64 [1 1 1 1] [0 0 0 0]
	// [0 1 1 3]
	// [0 0.6931 1.0986]
	// [1 4 6 10] [3 2 4]
	// [1 4 24 240] [2 4 8 16]
	// [0 0.6931 1.0986 1.3863] 0
}

// Each row becomes probabilities, or their logarithms.
func ExampleLogSoftmax() {
	x := tensor.New([]float64{0, 0, 1000, 0}, 2, 2)
	fmt.Println(rounded(tensor.LogSoftmax(x, 1)))
	y := tensor.ZerosLike(x)
	tensor.LogSoftmaxTo(y, x, 1)
	fmt.Println(rounded(y))
	tensor.SoftmaxTo(y, x, 1)
	fmt.Println(rounded(y))
	// Output:
	// [-0.6931 -0.6931 0 -1000]
	// [-0.6931 -0.6931 0 -1000]
	// [0.5 0.5 1 0]
}

// Where sorted rows have room for a value.
func ExampleSearchSorted() {
	sorted, values := tensor.New([]float64{1, 3, 3, 7}, 4), tensor.New([]float64{0, 3, 9}, 3)
	fmt.Println(tensor.SearchSorted(sorted, values, false), tensor.SearchSorted(sorted, values, true))
	// Output: [0 1 4] [0 3 4]
}

// The elements that a mask chooses, and where it is not 0.
func ExampleMaskedSelect() {
	x := rows()
	odd := tensor.Remainder(x, tensor.Scalar(2).To(tensor.Float64))
	fmt.Println(tensor.Values(tensor.MaskedSelect(x, odd)))
	fmt.Println(tensor.NonZero(odd), tensor.Places(nil, odd))
	// Output:
	// [1 3 5 9]
	// [[0 0] [0 2] [1 1] [1 2]] [0 2 4 5]
}
