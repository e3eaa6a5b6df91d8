package tensor_test

import (
	"fmt"

	"github.com/descent-ml/descent/tensor"
)

func ExampleDet() {
	a := tensor.New([]float64{3, 1, 2, 4}, 2, 2)
	sign, log := tensor.SLogDet(a)
	fmt.Printf("%.2f %v %.4f\n", tensor.Det(a).Item(), sign.Item(), log.Item())
	// Output: 10.00 1 2.3026
}

func ExampleCholesky() {
	l := tensor.Cholesky(tensor.New([]float64{4, 2, 2, 5}, 2, 2))
	b := tensor.New([]float64{2, 3}, 2, 1)
	fmt.Println(tensor.Values(l), tensor.Values(tensor.TriangularSolve(l, b, tensor.Triangle{})))
	// Output: [2 0 1 2] [1 1]
}

func ExampleQR() {
	q, r := tensor.QR(tensor.New([]float64{3, 0, 4, 5}, 2, 2))
	fmt.Printf("%.1f %.1f\n", tensor.Values(q), tensor.Values(r))
	// Output: [-0.6 -0.8 -0.8 0.6] [-5.0 -4.0 0.0 3.0]
}

func ExampleEigh() {
	values, vectors := tensor.Eigh(tensor.New([]float64{2, 0, 0, 1}, 2, 2))
	fmt.Println(tensor.Values(values), tensor.Values(tensor.Abs(vectors)))
	// Output: [1 2] [0 1 1 0]
}

func ExampleSVD() {
	a := tensor.New([]float64{3, 0, 0, 0, 0, 1}, 2, 3)
	_, s, vh := tensor.SVD(a)
	fmt.Println(tensor.Values(s), tensor.Values(tensor.SVDVals(a)), tensor.Values(tensor.Abs(vh)))
	// Output: [3 1] [3 1] [1 0 0 0 0 1]
}

func ExamplePinv() {
	fmt.Printf("%.3f\n", tensor.Values(tensor.Pinv(tensor.New([]float64{2, 0, 0, 0, 0, 4}, 2, 3))))
	// Output: [0.500 0.000 0.000 0.000 0.000 0.250]
}

// The forms with a destination allocate nothing. Of several results, one destination
// holds them all, one after another.
func ExampleDims_SVD() {
	a, b := tensor.New([]float64{2, 0, 0, 0.5}, 2, 2), tensor.New([]float64{2, 3}, 2, 1)
	for _, op := range []struct {
		shape []int
		to    func(dst *tensor.Tensor)
	}{
		{tensor.Dims{}.Det(a), func(dst *tensor.Tensor) { tensor.DetTo(dst, a) }},
		{tensor.Dims{}.SLogDet(a), func(dst *tensor.Tensor) { tensor.SLogDetTo(dst, a) }},
		{tensor.Dims{}.TriangularSolve(a, b), func(dst *tensor.Tensor) { tensor.TriangularSolveTo(dst, a, b, tensor.Triangle{Upper: true}) }},
		{a.Shape(), func(dst *tensor.Tensor) { tensor.CholeskyTo(dst, a) }},
		{tensor.Dims{}.Pinv(a), func(dst *tensor.Tensor) { tensor.PinvTo(dst, a) }},
		{tensor.Dims{}.QR(a), func(dst *tensor.Tensor) { tensor.QRTo(dst, a) }},
		{tensor.Dims{}.Eigh(a), func(dst *tensor.Tensor) { tensor.EighTo(dst, a) }},
		{tensor.Dims{}.SVD(a), func(dst *tensor.Tensor) { tensor.SVDTo(dst, a) }},
	} {
		dst := tensor.Zeros64(op.shape...)
		op.to(dst)
		fmt.Println(op.shape, rounded(dst))
	}
	// Output:
	// [] [1]
	// [2] [1 0]
	// [2 1] [1 6]
	// [2 2] [1.4142 0 0 0.7071]
	// [2 2] [0.5 0 0 2]
	// [8] [1 0 0 1 2 0 0 0.5]
	// [6] [0 1 1 0 0.5 2]
	// [10] [1 0 0 1 1 0 0 1 2 0.5]
}
