package measure_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"runtime"
	"strings"

	"github.com/descent-ml/descent/benchmarks/measure"
)

// The time of a run is the median of many.
func ExampleWorkload_Measure() {
	sum := measure.Workload{Name: "sum", Flops: 1e4, Setup: func() func() {
		x, total := make([]float64, 1e4), 0.0
		return func() {
			for _, v := range x {
				total += v
			}
		}
	}}
	r := sum.Measure()
	fmt.Println(r.Workload, 0 < r.Min, r.Min <= r.Sec, r.GFlops > 0)
	// Output: sum true true true
}

// Products have the same names and sizes in every library.
func ExampleProduct() {
	p := measure.Products()[0]
	w := p.Workload(func() func() { return func() { /* multiply */ } })
	fmt.Println(w.Name, p.M, p.K, p.N, w.Flops)
	// Output: matmul_64 64 64 64 524288
}

// A comparison asks for workloads by name, a line for each.
func ExampleServe() {
	var out strings.Builder
	if err := measure.Serve(strings.NewReader("fly\n"), &out, measure.Library("peer", "example.org/peer"), nil); err != nil {
		fmt.Println(err)
	}
	var a measure.Answer
	fmt.Println(json.Unmarshal([]byte(out.String()), &a), a.Library, a.Error == measure.NoWorkload)
	// Output: <nil> peer true
}

// A program that is called with --threads 1 fly.
func ExampleMain() {
	args, flags, threads := os.Args, flag.CommandLine, runtime.GOMAXPROCS(0)
	defer func() {
		os.Args, flag.CommandLine = args, flags
		runtime.GOMAXPROCS(threads)
	}()
	os.Args = []string{"peer", "--threads", "1", "fly"}
	flag.CommandLine = flag.NewFlagSet("peer", flag.ExitOnError)

	measure.Main("peer v1", nil)
	// Output: {"workload":"fly","threads":1,"sec":0,"min":0,"gflops":0,"allocs":0,"bytes":0,"library":"peer v1","error":"no such workload"}
}

func ExampleDuration() {
	fmt.Println(measure.Duration(0.00001234), measure.Duration(0.25), measure.Duration(12), measure.Digits(123456))
	// Output: 12.3 µs 250 ms 12 s 123456
}
