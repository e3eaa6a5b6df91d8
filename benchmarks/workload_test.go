package benchmarks_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/benchmarks"
)

func BenchmarkWorkloads(b *testing.B) {
	limits := benchmarks.MeasureLimits()
	for _, w := range benchmarks.All() {
		b.Run(w.Name, func(b *testing.B) {
			run := w.Setup()
			run()
			run()
			b.ReportAllocs()
			for b.Loop() {
				run()
			}
			sec := b.Elapsed().Seconds() / float64(b.N)
			if w.Flops > 0 {
				b.ReportMetric(w.Flops/sec/1e9, "GFLOP/s")
			}
			if w.Bytes > 0 {
				b.ReportMetric(w.Bytes/sec/1e9, "GB/s")
			}
			b.ReportMetric(100*limits.Floor(w)/sec, "%peak")
		})
	}
}

// A training step in steady state allocates nothing.
func TestNoAllocation(t *testing.T) {
	for _, w := range benchmarks.All() {
		t.Run(w.Name, func(t *testing.T) {
			run := w.Setup()
			run()
			run()
			runs := 10
			if w.Flops > 1e9 {
				runs = 2
			}
			require.Zero(t, testing.AllocsPerRun(runs, run))
		})
	}
}

func TestNames(t *testing.T) {
	seen := map[string]bool{}
	for _, w := range benchmarks.All() {
		require.False(t, seen[w.Name], "%s is there twice", w.Name)
		seen[w.Name] = true
		require.True(t, (w.Flops > 0) != (w.Bytes > 0), "%s wants one floor: flops or bytes", w.Name)
	}
}

func TestNamed(t *testing.T) {
	list, err := benchmarks.Named("lenet_b32", "matmul_64")
	require.NoError(t, err)
	require.Len(t, list, 2)
	require.Equal(t, "lenet_b32", list[0].Name)
	require.Equal(t, "matmul_64", list[1].Name)
	list, err = benchmarks.Named()
	require.NoError(t, err)
	require.Len(t, list, len(benchmarks.All()))
	_, err = benchmarks.Named("matmul_63")
	require.ErrorContains(t, err, `there is no workload "matmul_63"; there are matmul_64, `)
}
