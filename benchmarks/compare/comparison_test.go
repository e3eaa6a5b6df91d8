package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/benchmarks/measure"
)

func TestMedian(t *testing.T) {
	require.Equal(t, 2.0, median([]float64{2}))
	require.Equal(t, 2.5, median([]float64{4, 1}))
	require.Equal(t, 2.0, median([]float64{9, 1, 2}))
	require.Equal(t, 3.0, median([]float64{9, 1, 2, 4}))
}

// Libraries take turns, and one that fails is not asked again.
func TestTimes(t *testing.T) {
	var log []string
	ours := &fake{name: "descent", log: &log, answers: []measure.Answer{took(3, 2), took(1, 0.5), took(2, 1)}}
	theirs := &fake{name: "them", log: &log, answers: []measure.Answer{took(6, 5), took(8, 4), took(9, 6)}}
	broken := &fake{name: "broken", log: &log, err: errors.New("out of luck")}
	lacks := &fake{name: "small", log: &log, answers: []measure.Answer{{Error: measure.NoWorkload}}}
	cannot := &fake{name: "strict", log: &log, answers: []measure.Answer{{Error: "shapes differ"}}}
	absent := &library{peer: peer{name: "absent"}, missing: errors.New("no such file")}
	var progress bytes.Buffer
	c := comparison{rounds: 3, progress: &progress, libraries: []*library{
		ours.library(), theirs.library(), broken.library(), lacks.library(), cannot.library(), absent,
	}}
	cells := c.times(t.Context(), "w")
	require.Equal(t, []string{
		"descent w", "them w", "broken w", "small w", "strict w", "descent w", "them w", "descent w", "them w",
	}, log)
	require.Equal(t, cell{sec: 2, min: 0.5}, cells[0])
	require.Equal(t, cell{sec: 8, min: 4}, cells[1])
	require.EqualError(t, cells[2].err, "out of luck")
	require.ErrorIs(t, cells[3].err, errLacks)
	require.EqualError(t, cells[4].err, "shapes differ")
	require.EqualError(t, cells[5].err, "no such file")
	require.Equal(t, "fast v2", c.libraries[1].version)
	require.Contains(t, progress.String(), "w, round 3 of 3: them\n")
}

func TestTimesInterrupted(t *testing.T) {
	var log []string
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	c := comparison{rounds: 2, progress: io.Discard, libraries: []*library{(&fake{name: "descent", log: &log}).library()}}
	require.ErrorIs(t, c.times(ctx, "w")[0].err, context.Canceled)
	require.ErrorIs(t, c.memory(ctx, "w")[0].err, context.Canceled)
	require.Empty(t, log)
}

func TestMemory(t *testing.T) {
	lacks := measure.Answer{Error: measure.NoWorkload}
	var log []string
	libraries := []*library{
		(&fake{name: "descent", log: &log, answers: []measure.Answer{took(1, 1), took(1, 1)}, held: []float64{10, 14}}).library(),
		(&fake{name: "blind", log: &log, answers: []measure.Answer{took(1, 1)}}).library(),
		(&fake{name: "small", log: &log, answers: []measure.Answer{lacks, took(1, 1), lacks}, held: []float64{5}}).library(),
		(&fake{name: "broken", log: &log, err: errors.New("out of luck")}).library(),
		{peer: peer{name: "absent"}, missing: errors.New("no such file")},
	}
	c := comparison{progress: io.Discard, libraries: libraries}
	cells := c.memory(t.Context(), "w")
	require.Equal(t, []string{
		"descent stopped", "descent tiny_mlp_2_16_16_1_b4", "descent w",
		"blind stopped", "blind tiny_mlp_2_16_16_1_b4",
		"small stopped", "small tiny_mlp_2_16_16_1_b4", "small matmul_64", "small w",
		"broken stopped", "broken tiny_mlp_2_16_16_1_b4",
	}, log)
	require.Equal(t, cell{memory: 4}, cells[0])
	require.EqualError(t, cells[1].err, "nobody knows")
	require.ErrorIs(t, cells[2].err, errLacks)
	require.EqualError(t, cells[3].err, "out of luck")
	require.EqualError(t, cells[4].err, "no such file")
}

func results() ([]*library, []cell) {
	libraries := []*library{
		{peer: peer{name: "descent"}, version: "descent"},
		{peer: peer{name: "fast"}, version: "fast v2"},
		{peer: peer{name: "small"}},
		{peer: peer{name: "broken"}},
		{peer: peer{name: "absent", install: "wish"}, missing: errors.New("no such file")},
	}
	cells := []cell{
		{sec: 2e-6, min: 1e-6, memory: 2e6}, {sec: 5e-3, min: 4e-3, memory: 5e5}, {err: errLacks},
		{err: errors.New("out of luck")}, {err: libraries[4].missing},
	}
	return libraries, cells
}

func TestTable(t *testing.T) {
	var out bytes.Buffer
	r := report{w: &out, threads: 1, rounds: 3}
	var cells []cell
	r.libraries, cells = results()
	r.head()
	require.NoError(t, r.row("matmul_64", cells))
	r.foot()
	require.Equal(t, `workload                          descent       fast   ratio      small   ratio     broken   ratio     absent   ratio
matmul_64                            2 µs       5 ms 2500.00        n/a                n/a                n/a

Medians over 3 rounds, on 1 thread. A ratio above 1 says that descent is better.
fast: fast v2
absent is not there: no such file. To install it: wish.
broken, matmul_64: out of luck
`, out.String())
}

func TestTableOfMemory(t *testing.T) {
	var out bytes.Buffer
	r := report{w: &out, threads: 2, rounds: 3, memory: true}
	var cells []cell
	r.libraries, cells = results()
	require.NoError(t, r.row("matmul_64", cells))
	r.foot()
	require.Contains(t, out.String(), "2 MB     0.5 MB    0.25 ")
	require.Contains(t, out.String(), "peak memory of a process that has run the smallest, on 2 threads.")
}

// Where descent has no figure, the table has no ratios.
func TestTableWithoutDescent(t *testing.T) {
	var out bytes.Buffer
	r := report{w: &out}
	var cells []cell
	r.libraries, cells = results()
	cells[0] = cell{err: errors.New("out of luck")}
	require.NoError(t, r.row("w", cells[:2]))
	require.Equal(t, "w                                     n/a       5 ms\n", out.String())
}

func TestLine(t *testing.T) {
	var out bytes.Buffer
	r := report{w: &out, threads: 2, rounds: 3}
	var cells []cell
	r.libraries, cells = results()
	require.NoError(t, r.line("matmul_64", cells))
	var got record
	require.NoError(t, json.Unmarshal(out.Bytes(), &got))
	require.Equal(t, record{Workload: "matmul_64", Threads: 2, Rounds: 3, Results: map[string]entry{
		"descent": {Library: "descent", Sec: 2e-6, Min: 1e-6, Memory: 2e6, Ratio: 1},
		"fast":    {Library: "fast v2", Sec: 5e-3, Min: 4e-3, Memory: 5e5, Ratio: 2500},
		"small":   {Error: "it lacks this workload"},
		"broken":  {Error: "out of luck"},
		"absent":  {Error: "no such file"},
	}}, got)
}

func TestOptions(t *testing.T) {
	opt := options{Rounds: 1}
	all, err := opt.workloads()
	require.NoError(t, err)
	require.Contains(t, all, "matmul_512")
	opt.Names = []string{"matmul_512"}
	some, err := opt.workloads()
	require.NoError(t, err)
	require.Equal(t, opt.Names, some)
	ops, err := options{Rounds: 1, Ops: true}.workloads()
	require.NoError(t, err)
	require.Contains(t, ops, "op_erfinv")
	require.NotContains(t, ops, "matmul_512")
	ops, err = options{Rounds: 1, Ops: true, Names: []string{"op_erfinv"}}.workloads()
	require.NoError(t, err)
	require.Equal(t, []string{"op_erfinv"}, ops)
	_, err = options{Rounds: 1, Names: []string{"matmul_63"}}.workloads()
	require.ErrorContains(t, err, `there is no workload "matmul_63"; there are matmul_64, `)
	_, err = options{}.workloads()
	require.ErrorContains(t, err, "--rounds")
	_, err = options{Rounds: 1, Threads: -1}.workloads()
	require.ErrorContains(t, err, "--threads")
}

func TestChoose(t *testing.T) {
	names := func(peers []peer) (list []string) {
		for _, p := range peers {
			list = append(list, p.name)
		}
		return list
	}
	all, err := options{}.choose(allPeers("peers", "python3"))
	require.NoError(t, err)
	require.Equal(t, []string{"descent", "pytorch", "compiled", "jax", "openblas", "gomlx", "gorgonia", "spago", "gonum"}, names(all))
	some, err := options{Peers: []string{"gonum", "jax"}}.choose(allPeers("peers", "python3"))
	require.NoError(t, err)
	require.Equal(t, []string{"descent", "jax", "gonum"}, names(some))
	_, err = options{Peers: []string{"numpy"}}.choose(allPeers("peers", "python3"))
	require.ErrorContains(t, err, `there is no peer "numpy"; there are pytorch, `)
}
