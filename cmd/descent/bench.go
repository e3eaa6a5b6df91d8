package main

import (
	"context"
	"encoding/json"
	"fmt"
	"runtime"
	"strings"

	"github.com/descent-ml/descent/benchmarks"
)

// benchCommand measures workloads.
type benchCommand struct {
	Names   []string `arg:"" optional:"" name:"name" help:"Workloads to measure; all without."`
	Threads int      `help:"Processors to use; 0 means all." default:"0"`
	JSON    bool     `name:"json" help:"Print a line of JSON for each workload instead of a table."`
}

// Run measures one workload after the other and prints each when it is done.
func (c *benchCommand) Run(ctx context.Context, con *console) error {
	if c.Threads < 0 {
		return &usageError{fmt.Errorf("--threads is %d; give the number of processors, or 0 for all", c.Threads), "descent bench --help"}
	}
	list := benchmarks.All()
	if len(c.Names) > 0 {
		list = nil
		for _, name := range c.Names {
			w := benchmarks.Find(name)
			if w == nil {
				return &usageError{fmt.Errorf("there is no workload %q; there are %s", name, strings.Join(workloadNames(), ", ")), "descent bench --help"}
			}
			list = append(list, *w)
		}
	}
	if c.Threads > 0 {
		defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(c.Threads))
	}
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
		con.printf("%-30s %12s %12s %9s %9s %6.0f %% %7.0f %9.0f\n", r.Workload, duration(r.Sec), duration(r.Min),
			rate(r.GFlops), rate(w.Bytes/r.Sec/1e9), 100*r.Peak, r.Allocs, r.Bytes)
	}
	if !c.JSON {
		con.printf("\nPeak: %.3g GFLOP/s, %.3g GB/s read, %.3g GB/s read and written; GOMAXPROCS %d.\n",
			limits.GFlops, limits.ReadGB, limits.MoveGB, limits.Threads)
	}
	return nil
}

func workloadNames() []string {
	var names []string
	for _, w := range benchmarks.All() {
		names = append(names, w.Name)
	}
	return names
}

// duration writes a time with three digits and a unit.
func duration(s float64) string {
	switch {
	case s < 1e-3:
		return fmt.Sprintf("%.3g µs", s*1e6)
	case s < 1:
		return fmt.Sprintf("%.3g ms", s*1e3)
	}
	return fmt.Sprintf("%.3g s", s)
}

// rate writes a rate, and a dot where there is none.
func rate(r float64) string {
	if r == 0 {
		return "·"
	}
	return fmt.Sprintf("%.3g", r)
}
