package main

import (
	"bytes"
	"context"
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestBench(t *testing.T) {
	var out, errs bytes.Buffer
	require.Zero(t, run(context.Background(), []string{"bench", "tiny_mlp_2_16_16_1_b4", "matmul_64"}, &out, &errs), errs.String())
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	require.Len(t, lines, 5)
	require.Regexp(t, `^workload +median`, lines[0])
	require.Regexp(t, `^tiny_mlp_2_16_16_1_b4 +[0-9.]+ µs`, lines[1])
	require.Regexp(t, `^matmul_64 .* [0-9]+ % +0 `, lines[2])
	require.Regexp(t, `^Peak: [0-9.]+ GFLOP/s, [0-9.]+ GB/s read, [0-9.]+ GB/s read and written; GOMAXPROCS [0-9]+\.$`, lines[4])
	require.Empty(t, errs.String())
}

func TestBenchJSON(t *testing.T) {
	var out, errs bytes.Buffer
	require.Zero(t, run(context.Background(), []string{"bench", "--json", "--threads", "1", "matmul_64"}, &out, &errs), errs.String())
	var got map[string]any
	require.NoError(t, json.Unmarshal(out.Bytes(), &got))
	require.Equal(t, "matmul_64", got["workload"])
	require.EqualValues(t, 1, got["threads"])
	require.EqualValues(t, 0, got["allocs"])
	require.Greater(t, got["sec"], 0.0)
	require.LessOrEqual(t, got["min"], got["sec"])
	require.InDelta(t, 2*64*64*64/got["sec"].(float64)/1e9, got["gflops"], 1e-9)
	require.Contains(t, got, "bytes")
	require.Greater(t, got["peak"], 0.0)
}

func TestBenchUsage(t *testing.T) {
	got := fails(t, t.TempDir(), exitUsage, "bench", "matmul_63")
	require.Contains(t, got, `there is no workload "matmul_63"; there are matmul_64, `)
}

func TestBenchInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	var out, errs bytes.Buffer
	require.Equal(t, exitInterrupted, run(ctx, []string{"bench", "matmul_64"}, &out, &errs))
	require.Equal(t, "descent: interrupted before matmul_64\n", errs.String())
}
