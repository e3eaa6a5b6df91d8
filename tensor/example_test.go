package tensor_test

import (
	"fmt"

	"github.com/descent-ml/descent/tensor"
)

// Matrices are made from slices; operations take and return tensors.
func Example() {
	x := tensor.New([]float32{1, 2, 3, 4, 5, 6}, 2, 3)
	w := tensor.New([]float32{1, 0, 0, 1, 1, 1}, 3, 2)
	b := tensor.New([]float32{10, 20}, 2)
	fmt.Println(tensor.Add(tensor.MatMul(x, w), b))
	// Output:
	// tensor[2 2] float32
	// [[14 25]
	//  [20 31]]
}

// A destination form writes into memory that is already there.
func Example_destination() {
	x := tensor.Arange(3)
	y := tensor.Zeros(3)
	for range 2 {
		tensor.MulScalarTo(y, x, 10) // y = 10 x, without an allocation
		tensor.AddTo(y, y, x)        // elementwise operations may work in place
	}
	fmt.Println(y)
	// Output: tensor[3] float32 [ 0 11 22]
}

func ExampleNew() {
	data := []float64{1.5, 2.5, 3.5, 4.5}
	x := tensor.New(data, 2, 2)
	data[0] = -1 // the tensor is made of data, not of a copy
	fmt.Println(x)
	// Output:
	// tensor[2 2] float64
	// [[-1.0000  2.5000]
	//  [ 3.5000  4.5000]]
}

func ExampleZeros() {
	x := tensor.Zeros(2, 3)
	x.Set(7, 1, 0)
	fmt.Println(x.Shape(), x.Len(), x.DType(), x.At(1, 0))
	// Output: [2 3] 6 float32 7
}

func ExampleData() {
	x := tensor.Arange(6).Reshape(2, 3)
	fmt.Println(tensor.Data[float32](x))     // the storage itself
	fmt.Println(tensor.Data[float32](x.T())) // a copy, in the order of the transpose
	// Output:
	// [0 1 2 3 4 5]
	// [0 3 1 4 2 5]
}

func ExampleTensor_To() {
	x := tensor.Scalar(0.1)
	fmt.Println(x.DType(), x.To(tensor.Float64).Item())
	// Output: float32 0.10000000149011612
}

func ExampleTensor_Reshape() {
	fmt.Println(tensor.Arange(6).Reshape(2, -1))
	// Output:
	// tensor[2 3] float32
	// [[0 1 2]
	//  [3 4 5]]
}

// A slice is a view: writing to it writes to the tensor.
func ExampleTensor_Slice() {
	x := tensor.Arange(6)
	x.Slice(0, 1, tensor.End, 2).Fill(-1)
	fmt.Println(x)
	// Output: tensor[6] float32 [ 0 -1  2 -1  4 -1]
}

func ExampleTensor_Select() {
	x := tensor.Arange(6).Reshape(2, 3)
	fmt.Println(x.Select(0, 1))
	fmt.Println(x.Select(1, -1))
	// Output:
	// tensor[3] float32 [3 4 5]
	// tensor[2] float32 [2 5]
}

func ExampleTensor_Permute() {
	images := tensor.Zeros(8, 28, 32, 3) // batch, height, width, channels
	fmt.Println(images.Permute(0, 3, 1, 2).Shape())
	// Output: [8 3 28 32]
}

func ExampleTensor_Expand() {
	row := tensor.Arange(3)
	fmt.Println(row.Expand(2, 3)) // two rows, stored once
	// Output:
	// tensor[2 3] float32
	// [[0 1 2]
	//  [0 1 2]]
}

func ExampleTensor_Format() {
	fmt.Printf("%.2f\n", tensor.New([]float64{0.125, 2}, 2))
	// Output: tensor[2] float64 [0.12 2.00]
}

// Shapes are aligned at the last axis; an axis of length one stretches.
func ExampleAdd() {
	column := tensor.New([]float32{10, 20}, 2, 1)
	row := tensor.New([]float32{1, 2, 3}, 3)
	fmt.Println(tensor.Add(column, row))
	// Output:
	// tensor[2 3] float32
	// [[11 12 13]
	//  [21 22 23]]
}

func ExampleWhere() {
	x := tensor.New([]float32{-2, 3, -1}, 3)
	fmt.Println(tensor.Where(tensor.Less(x, tensor.Scalar(0)), tensor.Scalar(0), x))
	// Output: tensor[3] float32 [0 3 0]
}

func ExampleSum() {
	x := tensor.Arange(6).Reshape(2, 3)
	fmt.Println(tensor.Sum(x))
	fmt.Println(tensor.Sum(x, 0))
	fmt.Println(tensor.Sum(x, -1))
	// Output:
	// tensor[] float32 15
	// tensor[3] float32 [3 5 7]
	// tensor[2] float32 [ 3 12]
}

// Destinations may keep the reduced axes, ready to broadcast.
func ExampleMeanTo() {
	x := tensor.Arange(6).Reshape(2, 3)
	mean := tensor.Zeros(2, 1)
	tensor.MeanTo(mean, x, x.AxesOf("mean", 1))
	fmt.Println(tensor.Sub(x, mean))
	// Output:
	// tensor[2 3] float32
	// [[-1  0  1]
	//  [-1  0  1]]
}

func ExampleArgMax() {
	scores := tensor.New([]float32{0.1, 0.7, 0.2, 0.5, 0.3, 0.2}, 2, 3)
	fmt.Println(tensor.ArgMax(scores, 1))
	// Output: [1 0]
}

func ExampleSoftmax() {
	fmt.Println(tensor.Softmax(tensor.New([]float64{1, 2, 3}, 3), 0))
	// Output: tensor[3] float64 [0.0900 0.2447 0.6652]
}

// A batch of matrices is multiplied matrix by matrix.
func ExampleMatMul() {
	batch, w := tensor.Ones(4, 2, 3), tensor.Ones(3, 5)
	fmt.Println(tensor.MatMul(batch, w).Shape())
	fmt.Println(tensor.MatMul(tensor.Arange(3), tensor.Arange(3)))
	// Output:
	// [4 2 5]
	// tensor[] float32 5
}

// An edge detector slides over an image.
func ExampleConv2d() {
	image := tensor.New([]float32{
		0, 0, 1, 1,
		0, 0, 1, 1,
	}, 1, 1, 2, 4)
	edge := tensor.New([]float32{-1, 1}, 1, 1, 1, 2)
	fmt.Println(tensor.Conv2d(image, edge, tensor.ConvShape{}).Squeeze())
	// Output:
	// tensor[2 3] float32
	// [[0 1 0]
	//  [0 1 0]]
}

func ExampleMaxPool2d() {
	image := tensor.Arange(16).Reshape(1, 4, 4)
	y, index := tensor.MaxPool2d(image, tensor.PoolShape{Kernel: [2]int{2, 2}})
	fmt.Println(y.Squeeze())
	fmt.Println(index)
	// Output:
	// tensor[2 2] float32
	// [[ 5  7]
	//  [13 15]]
	// [5 7 13 15]
}

// The index counts the pixels of each channel, as in PyTorch.
func ExampleMaxUnpool2d() {
	images := tensor.Arange(8).Reshape(2, 2, 2)
	y, index := tensor.MaxPool2dIndices(images, tensor.PoolShape{Kernel: [2]int{2, 2}})
	fmt.Println(index, tensor.Dims(nil).Unpool(y, index, [2]int{2, 2}))
	fmt.Println(tensor.Values(tensor.MaxUnpool2d(y, index, [2]int{2, 2})))
	// Output:
	// [3 3] [2 2 2]
	// [0 0 0 3 0 0 0 7]
}

// The Euclidean norm of each window.
func ExampleLPPool2d() {
	images := tensor.New([]float64{3, 4, 0, 5}, 1, 1, 4)
	fmt.Println(tensor.Values(tensor.LPPool2d(images, 2, tensor.PoolShape{Kernel: [2]int{1, 2}})))
	// Output:
	// [5 5]
}

func ExampleCrossEntropyTo() {
	logits := tensor.New([]float64{2, 0, 0, 0, 3, 0}, 2, 3)
	target := &tensor.ClassTarget{Labels: []int{0, 2}}
	loss := tensor.Zeros64(2)
	tensor.CrossEntropyTo(loss, logits, target)
	fmt.Println(loss)
	tensor.NLLTo(loss, tensor.LogSoftmax(logits, 1), target) // in two steps
	fmt.Println(loss)
	// Output:
	// tensor[2] float64 [0.2395 3.0949]
	// tensor[2] float64 [0.2395 3.0949]
}

func ExampleConcat() {
	fmt.Println(tensor.Concat(0, tensor.Arange(2), tensor.Arange(3)))
	// Output: tensor[5] float32 [0 1 0 1 2]
}

func ExampleIndexSelect() {
	table := tensor.Arange(6).Reshape(3, 2)
	fmt.Println(tensor.IndexSelect(table, 0, []int{2, 0, 2}))
	// Output:
	// tensor[3 2] float32
	// [[4 5]
	//  [0 1]
	//  [4 5]]
}

// Readers of files check a shape before they allocate.
func ExampleSize() {
	fmt.Println(tensor.Size([]int{2, 3}))
	_, err := tensor.Size([]int{1 << 30, 1 << 30})
	fmt.Println(err)
	// Output:
	// 6 <nil>
	// shape [1073741824 1073741824] has more elements than memory can address
}

func ExampleShapeError() {
	defer func() { fmt.Println(recover()) }()
	tensor.MatMul(tensor.Zeros(32, 784), tensor.Zeros(512, 10))
	// Output: matmul [32 784] × [512 10]: inner dimensions 784 and 512 differ
}

func ExampleDTypeError() {
	defer func() { fmt.Println(recover()) }()
	tensor.Add(tensor.Zeros(2), tensor.Zeros64(2))
	// Output: add: the second operand is float64, want float32; convert it with To(tensor.Float32)
}

func ExampleSGD_Update() {
	weight, gradient := tensor.Ones(2), tensor.New([]float32{1, -2}, 2)
	tensor.SGD{LR: 0.25}.Update(weight, gradient, nil)
	fmt.Println(weight)
	// Output: tensor[2] float32 [0.7500 1.5000]
}
