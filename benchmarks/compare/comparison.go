package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/descent-ml/descent/benchmarks/measure"
)

// An asker measures workloads; a [session] is one.
type asker interface {
	ask(ctx context.Context, workload string) (measure.Answer, error)
	peakMemory() (float64, error)
	stop()
}

// A library is one of the libraries that are compared. They are in the order of the
// table; descent is the first.
type library struct {
	peer
	asker
	missing error  // why it cannot be measured at all
	version string // name and version, as its program reports them
}

// A cell is the measurement of one library for one workload.
type cell struct {
	sec, min float64 // seconds
	memory   float64 // bytes
	err      error   // why there is no measurement
}

type comparison struct {
	libraries []*library
	rounds    int
	pause     time.Duration // after each measurement
	progress  io.Writer
}

// times measures a workload by each library in turn, round after round.
func (c *comparison) times(ctx context.Context, workload string) []cell {
	cells := make([]cell, len(c.libraries))
	secs := make([][]float64, len(c.libraries))
	for round := range c.rounds {
		for i, l := range c.libraries {
			if cells[i].err != nil || ctx.Err() != nil {
				continue
			}
			fmt.Fprintf(c.progress, "%s, round %d of %d: %s\n", workload, round+1, c.rounds, l.name)
			answer, err := l.measured(ctx, workload)
			if err != nil {
				cells[i].err = err
				continue
			}
			time.Sleep(c.pause)
			secs[i] = append(secs[i], answer.Sec)
			if round == 0 || answer.Min < cells[i].min {
				cells[i].min = answer.Min
			}
		}
	}
	for i := range cells {
		if ctx.Err() != nil {
			cells[i].err = ctx.Err()
		} else if cells[i].err == nil {
			cells[i].sec = median(secs[i])
		}
	}
	return cells
}

// memory measures by how much a workload raises the peak memory of a fresh process.
func (c *comparison) memory(ctx context.Context, workload string) []cell {
	cells := make([]cell, len(c.libraries))
	for i, l := range c.libraries {
		if cells[i].err = ctx.Err(); cells[i].err != nil {
			continue
		}
		fmt.Fprintf(c.progress, "%s: memory of %s\n", workload, l.name)
		cells[i].memory, cells[i].err = l.peak(ctx, workload)
	}
	return cells
}

// smallest are workloads that need almost no memory. After one of them, the code of
// a library is in memory and its threads are started. Every library has at least one
// of the two.
var smallest = []string{"tiny_mlp_2_16_16_1_b4", "matmul_64"}

// peak returns by how much a workload raises the peak memory of a process that has
// done nothing but one of the smallest workloads.
func (l *library) peak(ctx context.Context, workload string) (float64, error) {
	if l.missing != nil {
		return 0, l.missing
	}
	l.stop()
	for _, name := range smallest {
		if _, err := l.measured(ctx, name); err == nil {
			break
		} else if !errors.Is(err, errLacks) {
			return 0, err
		}
	}
	before, err := l.peakMemory()
	if err != nil {
		return 0, err
	}
	if _, err := l.measured(ctx, workload); err != nil {
		return 0, err
	}
	after, err := l.peakMemory()
	return after - before, err
}

// measured returns the answer of a library that has the workload.
func (l *library) measured(ctx context.Context, workload string) (measure.Answer, error) {
	if l.missing != nil {
		return measure.Answer{}, l.missing
	}
	answer, err := l.ask(ctx, workload)
	if err != nil {
		return answer, err
	}
	l.version = answer.Library
	if answer.Error == measure.NoWorkload {
		return answer, errLacks
	}
	if answer.Error != "" {
		return answer, errors.New(answer.Error)
	}
	return answer, nil
}

// median returns the median of a list that is not empty.
func median(list []float64) float64 {
	slices.Sort(list)
	n := len(list)
	return (list[(n-1)/2] + list[n/2]) / 2
}
