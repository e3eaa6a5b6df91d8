// Command gonum measures the matrix products of descent with gonum.
package main

import (
	"math/rand/v2"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas32"

	"github.com/descent-ml/descent/benchmarks/measure"
)

func main() { measure.Main(measure.Library("gonum", "gonum.org/v1/gonum"), workloads()) }

func workloads() []measure.Workload {
	var list []measure.Workload
	for _, p := range measure.Products() {
		list = append(list, product(p))
	}
	return list
}

func product(p measure.Product) measure.Workload {
	return p.Workload(func() func() {
		transA, transB := blas.NoTrans, blas.NoTrans
		if p.TransA {
			transA = blas.Trans
		}
		if p.TransB {
			transB = blas.Trans
		}
		a, b, c := uniform(p.M, p.K, transA), uniform(p.K, p.N, transB), uniform(p.M, p.N, blas.NoTrans)
		return func() { blas32.Gemm(transA, transB, 1, a, b, 0, c) }
	})
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
