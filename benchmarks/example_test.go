package benchmarks_test

import (
	"fmt"

	"github.com/descent-ml/descent/benchmarks"
)

// How close a workload comes to what the machine can do.
func Example() {
	var list []benchmarks.Workload
	list, err := benchmarks.Named("matmul_64x784x10")
	if err != nil {
		fmt.Println(err)
		return
	}
	limits := benchmarks.MeasureLimits()
	floor := limits.Floor(list[0])
	fmt.Println(list[0].Name, floor > 0, len(benchmarks.All()) > 20)
	// Output: matmul_64x784x10 true true
}

// How long an operation and its gradient take.
func ExampleOperations() {
	for _, w := range benchmarks.Operations() {
		if w.Name == "op_dot" {
			fmt.Println(w.Name, w.Measure().Sec > 0)
		}
	}
	// Output: op_dot true
}

// A million additions of float32 read and write 12 MB. On a machine that moves 24
// GB a second, they take half a millisecond at least.
func ExampleLimits_Floor() {
	l := benchmarks.Limits{Threads: 1, GFlops: 100, ReadGB: 30, MoveGB: 24}
	fmt.Println(l.Floor(benchmarks.Workload{Name: "add", Bytes: 12e6}))
	fmt.Println(l.Floor(benchmarks.Workload{Name: "matmul", Flops: 1e9}))
	// Output:
	// 0.0005
	// 0.01
}
