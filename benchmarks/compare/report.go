package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/descent-ml/descent/benchmarks/measure"
)

// errLacks is the error of a library that works but does not have the workload.
var errLacks = errors.New("it lacks this workload")

// A report prints the measurements, a row for each workload as soon as it is
// complete.
type report struct {
	w               io.Writer
	threads, rounds int
	memory          bool
	libraries       []*library
	notes           []string
}

// The widths of a name, a figure and a ratio.
const (
	nameWidth   = -30
	figureWidth = 10
	ratioWidth  = 7
)

func (r *report) head() {
	line := fmt.Sprintf("%*s", nameWidth, "workload")
	for i, l := range r.libraries {
		line += fmt.Sprintf(" %*s", figureWidth, l.name)
		if i > 0 {
			line += fmt.Sprintf(" %*s", ratioWidth, "ratio")
		}
	}
	fmt.Fprintln(r.w, line)
}

// row prints the row of a workload: the figure of each library and its ratio to that
// of descent.
func (r *report) row(workload string, cells []cell) error {
	line := fmt.Sprintf("%*s", nameWidth, workload)
	for i, c := range cells {
		text, times := "n/a", ""
		if c.err == nil {
			text = r.figure(c)
			times = ratio(r.value(c), cells[0], r.value(cells[0]))
		} else if !errors.Is(c.err, errLacks) && r.libraries[i].missing == nil {
			r.notes = append(r.notes, fmt.Sprintf("%s, %s: %v", r.libraries[i].name, workload, c.err))
		}
		line += fmt.Sprintf(" %*s", figureWidth, text)
		if i > 0 {
			line += fmt.Sprintf(" %*s", ratioWidth, times)
		}
	}
	_, err := fmt.Fprintln(r.w, strings.TrimRight(line, " "))
	return err
}

// foot says what the table is and why figures are missing.
func (r *report) foot() {
	what := fmt.Sprintf("Medians over %s", plural(r.rounds, "round"))
	if r.memory {
		what = "What a workload adds to the peak memory of a process that has run the smallest"
	}
	fmt.Fprintf(r.w, "\n%s, on %s. A ratio above 1 says that descent is better.\n", what, plural(r.threads, "thread"))
	for _, l := range r.libraries {
		switch {
		case l.missing != nil:
			fmt.Fprintf(r.w, "%s is not there: %v. To install it: %s.\n", l.name, l.missing, l.install)
		case l.version != "" && l.version != l.name:
			fmt.Fprintf(r.w, "%s: %s\n", l.name, l.version)
		}
	}
	for _, n := range r.notes {
		fmt.Fprintln(r.w, n)
	}
}

// A record is the line of JSON of a workload.
type record struct {
	Workload string           `json:"workload"`
	Threads  int              `json:"threads"`
	Rounds   int              `json:"rounds"`
	Results  map[string]entry `json:"results"` // by the name of the library
}

type entry struct {
	Library string  `json:"library,omitempty"`
	Sec     float64 `json:"sec,omitempty"`
	Min     float64 `json:"min,omitempty"`
	Memory  float64 `json:"memory,omitempty"` // bytes
	Ratio   float64 `json:"ratio,omitempty"`  // to that of descent
	Error   string  `json:"error,omitempty"`
}

func (r *report) line(workload string, cells []cell) error {
	rec := record{Workload: workload, Threads: r.threads, Rounds: r.rounds, Results: map[string]entry{}}
	if r.memory {
		rec.Rounds = 1
	}
	for i, c := range cells {
		l := r.libraries[i]
		e := entry{Library: l.version, Sec: c.sec, Min: c.min, Memory: c.memory}
		if c.err != nil {
			e = entry{Library: l.version, Error: c.err.Error()}
		} else if cells[0].err == nil && r.value(cells[0]) > 0 {
			e.Ratio = r.value(c) / r.value(cells[0])
		}
		rec.Results[l.name] = e
	}
	return json.NewEncoder(r.w).Encode(rec)
}

// value returns the figure that is compared.
func (r *report) value(c cell) float64 {
	if r.memory {
		return c.memory
	}
	return c.sec
}

func (r *report) figure(c cell) string {
	if r.memory {
		return measure.Digits(c.memory/1e6) + " MB"
	}
	return measure.Duration(c.sec)
}

// ratio formats the ratio of a figure to that of descent.
func ratio(v float64, descent cell, d float64) string {
	if descent.err != nil || d <= 0 {
		return ""
	}
	return fmt.Sprintf("%.2f", v/d)
}

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
