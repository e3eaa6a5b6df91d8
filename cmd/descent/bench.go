package main

import (
	"context"
	"encoding/json"

	"github.com/descent-ml/descent/benchmarks"
	"github.com/descent-ml/descent/benchmarks/measure"
)

// benchCommand measures workloads.
type benchCommand struct {
	Names []string `arg:"" optional:"" name:"name" help:"Workloads to measure; all without."`
	JSON  bool     `name:"json" help:"Print a line of JSON for each workload instead of a table."`

	threadsFlag `embed:""`
}

// Run measures one workload after the other and prints each when it is done.
func (c *benchCommand) Run(ctx context.Context, con *console) error {
	if err := c.check(); err != nil {
		return &usageError{err, "descent bench --help"}
	}
	list, err := benchmarks.Named(c.Names...)
	if err != nil {
		return &usageError{err, "descent bench --help"}
	}
	defer c.use()()
	if !c.JSON {
		con.printf("%-30s %12s %12s %9s %9s %8s %7s %9s\n", "workload", "median", "fastest", "GFLOP/s", "GB/s", "of peak", "allocs", "bytes")
	}
	limits := benchmarks.MeasureLimits()
	for _, w := range list {
		if ctx.Err() != nil {
			return &interruptedError{"before " + w.Name}
		}
		r := w.Measure()
		r.Peak = limits.Floor(w) / r.Sec
		if c.JSON {
			line, err := json.Marshal(r)
			if err != nil {
				return err
			}
			con.printf("%s\n", line)
			continue
		}
		con.printf("%-30s %12s %12s %9s %9s %6.0f %% %7.0f %9.0f\n", r.Workload, measure.Duration(r.Sec), measure.Duration(r.Min),
			rate(r.GFlops), rate(w.Bytes/r.Sec/1e9), 100*r.Peak, r.Allocs, r.Bytes)
	}
	if !c.JSON {
		con.printf("\nPeak: %s GFLOP/s, %s GB/s read, %s GB/s read and written; GOMAXPROCS %d.\n",
			measure.Digits(limits.GFlops), measure.Digits(limits.ReadGB), measure.Digits(limits.MoveGB), limits.Threads)
	}
	return nil
}

// rate writes a rate, and a dot where there is none.
func rate(r float64) string {
	if r == 0 {
		return "·"
	}
	return measure.Digits(r)
}
