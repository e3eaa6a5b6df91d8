// Command gonum measures the matrix products of descent by gonum.
package main

import (
	"fmt"
	"math/rand/v2"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas32"

	"github.com/descent-ml/descent/benchmarks/measure"
)

func main() { measure.Main(measure.Library("gonum", "gonum.org/v1/gonum"), workloads()) }

func workloads() []measure.Workload {
	const no, yes = blas.NoTrans, blas.Trans
	list := []measure.Workload{
		product("matmul_333x777x129", 333, 777, 129, no, no),
		product("matmul_1x784x128", 1, 784, 128, no, no),
		product("matmul_64x784x10", 64, 784, 10, no, no),
		product("matmul_128x64x128_ta", 128, 64, 128, yes, no),
		product("matmul_128x64x128_tb", 128, 64, 128, no, yes),
	}
	for _, n := range []int{64, 128, 256, 512, 1024} {
		list = append(list, product(fmt.Sprintf("matmul_%d", n), n, n, n, no, no))
	}
	return list
}

// product is a product of an m×k and a k×n matrix.
func product(name string, m, k, n int, transA, transB blas.Transpose) measure.Workload {
	return measure.Workload{Name: name, Setup: func() func() {
		a, b, c := uniform(m, k, transA), uniform(k, n, transB), uniform(m, n, blas.NoTrans)
		return func() { blas32.Gemm(transA, transB, 1, a, b, 0, c) }
	}}
}

// uniform returns a matrix of numbers from −1 … 1, stored transposed or not.
func uniform(rows, cols int, trans blas.Transpose) blas32.General {
	if trans == blas.Trans {
		rows, cols = cols, rows
	}
	m := blas32.General{Rows: rows, Cols: cols, Stride: cols, Data: make([]float32, rows*cols)}
	for i := range m.Data {
		m.Data[i] = 2*rand.Float32() - 1
	}
	return m
}
