package measure

import "fmt"

// A Product is a workload that every library may have: the product of an m×k
// and a k×n matrix, either of which may be stored transposed.
type Product struct {
	Name           string
	M, K, N        int
	TransA, TransB bool
}

// Workload returns the product as a workload.
func (p Product) Workload(setup func() func()) Workload {
	return Workload{Name: p.Name, Flops: 2 * float64(p.M) * float64(p.K) * float64(p.N), Setup: setup}
}

// Products returns the matrix products that are measured.
func Products() []Product {
	var list []Product
	for _, n := range []int{64, 128, 256, 512, 1024} {
		list = append(list, Product{Name: fmt.Sprintf("matmul_%d", n), M: n, K: n, N: n})
	}
	return append(list,
		Product{Name: "matmul_333x777x129", M: 333, K: 777, N: 129},
		Product{Name: "matmul_1x784x128", M: 1, K: 784, N: 128},
		Product{Name: "matmul_64x784x10", M: 64, K: 784, N: 10},
		Product{Name: "matmul_128x64x128_ta", M: 128, K: 64, N: 128, TransA: true},
		Product{Name: "matmul_128x64x128_tb", M: 128, K: 64, N: 128, TransB: true},
	)
}
