package main

import (
	"encoding/json"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/descent-ml/descent/internal/quote"
)

// A grid is lines of fields that are printed below one another.
type grid struct {
	left  int // so many fields stand at the left of their column, the others at the right
	lines [][]string
}

// widest is the width up to which a field makes its column wider.
const widest = 48

// add appends a line. The fields may come from outside.
func (g *grid) add(fields ...string) {
	for i, f := range fields {
		fields[i] = quote.Line(f)
	}
	g.lines = append(g.lines, fields)
}

// print prints the lines, moved to the right.
func (g *grid) print(con *console) {
	var width []int
	for _, line := range g.lines {
		for i, field := range line {
			if i == len(width) {
				width = append(width, 0)
			}
			if n := utf8.RuneCountInString(field); n <= widest {
				width[i] = max(width[i], n)
			}
		}
	}
	for _, line := range g.lines {
		var b strings.Builder
		for i, field := range line {
			pad := strings.Repeat(" ", max(0, width[i]-utf8.RuneCountInString(field)))
			if i < g.left {
				field += pad
			} else {
				field = pad + field
			}
			b.WriteString("  " + field)
		}
		con.printf("%s\n", strings.TrimRight(b.String(), " "))
	}
}

// Stats describe numbers. Minimum, mean and maximum are those of the finite ones,
// and NaN when there is none.
type stats struct {
	Min  number `json:"min"`
	Mean number `json:"mean"`
	Max  number `json:"max"`
	NaN  int    `json:"nan"`
	Inf  int    `json:"inf"`
}

// statsHead heads the columns of [stats.fields].
var statsHead = []string{"min", "mean", "max", "NaN", "Inf"}

func (s *stats) fields() []string {
	return []string{s.Min.String(), s.Mean.String(), s.Max.String(), thousands(s.NaN), thousands(s.Inf)}
}

// A tally computes stats.
type tally struct {
	lo, hi, sum float64
	finite      int
	nan, inf    int
}

// scale keeps the sum of finite numbers finite.
const scale = 0x1p-64

func newTally() *tally { return &tally{lo: math.Inf(1), hi: math.Inf(-1)} }

func (t *tally) add(x float64) {
	switch {
	case x != x:
		t.nan++
	case math.IsInf(x, 0):
		t.inf++
	default:
		t.lo, t.hi = min(t.lo, x), max(t.hi, x)
		t.sum += x * scale
		t.finite++
	}
}

func (t *tally) stats() stats {
	s := stats{NaN: t.nan, Inf: t.inf}
	if t.finite == 0 {
		s.Min, s.Mean, s.Max = number(math.NaN()), number(math.NaN()), number(math.NaN())
		return s
	}
	mean := t.sum / float64(t.finite) / scale                                                   // its rounding errors may have moved it out of the bounds
	s.Min, s.Mean, s.Max = number(t.lo+0), number(min(max(mean, t.lo), t.hi)+0), number(t.hi+0) // 0 for −0
	return s
}

// A number is null in JSON, and a dot in text, when it is NaN.
type number float64

func (x number) String() string {
	v := float64(x)
	switch {
	case v != v:
		return "·"
	case v == math.Trunc(v) && math.Abs(v) < 1e15:
		return strconv.FormatFloat(v, 'f', 0, 64)
	}
	return strconv.FormatFloat(v, 'g', 5, 64)
}

// MarshalJSON implements [json.Marshaler].
func (x number) MarshalJSON() ([]byte, error) {
	if x != x {
		return []byte("null"), nil
	}
	return json.Marshal(float64(x))
}
