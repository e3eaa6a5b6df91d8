package benchmarks_test

import (
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/benchmarks"
)

func TestMeasureLimits(t *testing.T) {
	l := benchmarks.MeasureLimits()
	require.Equal(t, runtime.GOMAXPROCS(0), l.Threads)
	require.Greater(t, l.GFlops, 0.1)
	require.Greater(t, l.ReadGB, 0.1)
	require.Greater(t, l.MoveGB, 0.1)
}

func TestFloor(t *testing.T) {
	l := benchmarks.Limits{GFlops: 200, ReadGB: 40, MoveGB: 20}
	require.InEpsilon(t, 0.01, l.Floor(benchmarks.Workload{Flops: 2e9}), 1e-12)
	require.InEpsilon(t, 0.1, l.Floor(benchmarks.Workload{Bytes: 2e9}), 1e-12)
	require.InEpsilon(t, 0.05, l.Floor(benchmarks.Workload{Bytes: 2e9, ReadOnly: true}), 1e-12)
}
