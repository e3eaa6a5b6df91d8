// Command gomlx measures the workloads of descent with GoMLX and its backend in Go.
// This backend lacks the gradients of convolution and of max pooling, and an
// operation that the LSTM needs. To compute the gradient of a matrix product, GoMLX
// sums an array with as many numbers as the product has multiplications, so a step of
// nanogpt would take many seconds.
package main

import (
	"github.com/gomlx/gomlx/backends/simplego"

	"github.com/descent-ml/descent/benchmarks/measure"
)

func main() { measure.Main(measure.Library("gomlx", "github.com/gomlx/gomlx"), workloads()) }

var backend = simplego.GetBackend

func workloads() []measure.Workload { return append(operations(), steps()...) }
