package table

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/descent-ml/descent/internal/quote"
)

// String returns the report as a table with a line for each column, and below
// it the classes of those columns that have few different values.
func (r Report) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s, %s, %s\n\n", plural(r.Rows, "row"), plural(len(r.Columns), "column"), plural(r.Duplicates, "duplicate row"))
	lines := [][]string{{"column", "kind", "count", "missing", "distinct", "mean", "deviation", "min", "25 %", "median", "75 %", "max", "outliers"}}
	for i := range r.Columns {
		s := &r.Columns[i]
		line := []string{short(s.Name), s.Kind.String(), strconv.Itoa(s.Count), strconv.Itoa(s.Missing), strconv.Itoa(s.Distinct)}
		for k, x := range []float64{s.Mean, s.Std, s.Min, s.Q1, s.Median, s.Q3, s.Max} {
			line = append(line, s.show(x, k == 1))
		}
		outliers := ""
		if s.Kind == Number {
			outliers = strconv.Itoa(s.Outliers)
		}
		lines = append(lines, append(line, outliers))
	}
	align(&b, lines, 2)
	end := "\n"
	for i := range r.Columns {
		// Numbers are classes when they are few, and come twice on average.
		s := &r.Columns[i]
		if s.Distinct > 0 && (s.Kind == Category || s.Kind == Number && s.Distinct <= mostFrequent && 2*s.Distinct <= s.Count) {
			b.WriteString(end + s.classes())
			end = ""
		}
	}
	return b.String()
}

// show formats a statistic: of dates as a date, and their deviation in days.
func (s *Summary) show(x float64, deviation bool) string {
	switch {
	case math.IsNaN(x):
		return ""
	case s.Kind == Date && deviation:
		return strconv.FormatFloat(x/day, 'g', 5, 64) + " days"
	case s.Kind == Date && math.Mod(s.Min, day) == 0 && math.Mod(s.Max, day) == 0:
		return moment(x).Format(time.DateOnly)
	case s.Kind == Date:
		return moment(x).Format("2006-01-02T15:04:05")
	}
	return strconv.FormatFloat(x, 'g', 6, 64)
}

// classes tells the most frequent values and their shares.
func (s *Summary) classes() string {
	var parts []string
	rest := s.Count
	for _, c := range s.Frequent {
		parts = append(parts, fmt.Sprintf("%s %d (%.1f %%)", short(c.Value), c.Count, 100*float64(c.Count)/float64(s.Count)))
		rest -= c.Count
	}
	if more := s.Distinct - len(s.Frequent); more > 0 {
		parts = append(parts, fmt.Sprintf("%d others %d (%.1f %%)", more, rest, 100*float64(rest)/float64(s.Count)))
	}
	return short(s.Name) + ": " + strings.Join(parts, ", ") + "\n"
}

// short returns a text from outside as a few characters of one line.
func short(s string) string {
	const most = 32
	s = quote.Line(s)
	if utf8.RuneCountInString(s) > most {
		s = string([]rune(s)[:most-1]) + "…"
	}
	return s
}

func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// align writes lines of fields below one another, the first left fields of a
// line to the left and the others to the right.
func align(b *strings.Builder, lines [][]string, left int) {
	var width []int
	for _, line := range lines {
		for i, field := range line {
			if i == len(width) {
				width = append(width, 0)
			}
			width[i] = max(width[i], utf8.RuneCountInString(field))
		}
	}
	for _, line := range lines {
		var text strings.Builder
		for i, field := range line {
			pad := strings.Repeat(" ", width[i]-utf8.RuneCountInString(field))
			switch {
			case i >= left:
				text.WriteString(pad + field)
			default:
				text.WriteString(field + pad)
			}
			text.WriteString("  ")
		}
		b.WriteString(strings.TrimRight(text.String(), " ") + "\n")
	}
}
