// Command gomlx measures the workloads of descent by GoMLX with its backend in
// Go. That backend lacks the gradients of convolution and of max pooling, and
// an operation that its LSTM needs; and GoMLX takes the gradient of a product
// by summing an array of as many numbers as the product has multiplications,
// which leaves a step of nanogpt at many seconds.
package main

import (
	"github.com/gomlx/gomlx/backends/simplego"

	"github.com/descent-ml/descent/benchmarks/measure"
)

func main() { measure.Main(measure.Library("gomlx", "github.com/gomlx/gomlx"), workloads()) }

var backend = simplego.GetBackend

func workloads() []measure.Workload { return append(operations(), steps()...) }
