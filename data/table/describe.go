package table

import (
	"encoding/json"
	"hash/maphash"
	"maps"
	"math"
	"slices"
)

// mostFrequent is how many values a [Summary] lists.
const mostFrequent = 10

// A Report describes a table: what to look at before a model is trained.
type Report struct {
	Rows       int       `json:"rows"`
	Duplicates int       `json:"duplicates"` // rows that are equal to one before, missing values included
	Columns    []Summary `json:"columns"`
}

// A Summary describes a column. The numbers are those of pandas' describe: the
// deviation has n−1 as divisor, and quantiles are interpolated linearly between
// neighbours, as by numpy.quantile. For dates they are seconds since 1970, and
// for categories and texts NaN.
type Summary struct {
	Field
	Count, Missing int     // rows with and without a value
	Distinct       int     // different values
	Mean, Std      float64 // arithmetic mean, standard deviation
	Min, Max       float64
	Q1, Median, Q3 float64 // the quantiles 0.25, 0.5 and 0.75
	Outliers       int     // numbers beyond Q1 − 1.5 (Q3 − Q1) or Q3 + 1.5 (Q3 − Q1), Tukey's fences
	Frequent       []Count // the most frequent values, at most ten, the most frequent first
}

// MarshalJSON returns the summary as JSON, with null for a number that there is
// not, or that is infinite.
func (s Summary) MarshalJSON() ([]byte, error) {
	number := func(x float64) *float64 {
		if !finite(x) {
			return nil
		}
		return &x
	}
	return json.Marshal(struct {
		Name     string   `json:"name"`
		Kind     Kind     `json:"kind"`
		Count    int      `json:"count"`
		Missing  int      `json:"missing"`
		Distinct int      `json:"distinct"`
		Mean     *float64 `json:"mean"`
		Std      *float64 `json:"std"`
		Min      *float64 `json:"min"`
		Q1       *float64 `json:"q1"`
		Median   *float64 `json:"median"`
		Q3       *float64 `json:"q3"`
		Max      *float64 `json:"max"`
		Outliers int      `json:"outliers"`
		Frequent []Count  `json:"frequent"`
	}{
		s.Name, s.Kind, s.Count, s.Missing, s.Distinct, number(s.Mean), number(s.Std),
		number(s.Min), number(s.Q1), number(s.Median), number(s.Q3), number(s.Max), s.Outliers, s.Frequent,
	})
}

// A Count says how often a value occurs.
type Count struct {
	Value string `json:"value"`
	Count int    `json:"count"`
}

// Describe describes the table and each of its columns.
func Describe(t *Table) Report {
	r := Report{Rows: t.Len(), Duplicates: duplicates(t)}
	for i := range t.Columns {
		r.Columns = append(r.Columns, summarise(&t.Columns[i]))
	}
	return r
}

func summarise(c *Column) Summary {
	s := Summary{Field: c.Field, Mean: nan, Std: nan, Min: nan, Max: nan, Q1: nan, Median: nan, Q3: nan}
	for row := range c.Len() {
		if c.Missing(row) {
			s.Missing++
		}
	}
	s.Count = c.Len() - s.Missing
	switch c.Kind {
	case Number, Date:
		s.numbers(c)
	case Category:
		counts := make([]int, len(c.Names))
		for _, k := range c.Index {
			if k >= 0 {
				counts[k]++
			}
		}
		for k, n := range counts {
			s.count(c.Names[k], n)
		}
	default:
		counts := map[string]int{}
		for _, text := range c.Text {
			if text != "" {
				counts[text]++
			}
		}
		for _, text := range slices.Sorted(maps.Keys(counts)) {
			s.count(text, counts[text])
		}
	}
	// Those that are equally frequent keep the order of their values.
	slices.SortStableFunc(s.Frequent, func(a, b Count) int { return b.Count - a.Count })
	s.Frequent = slices.Clone(s.Frequent[:min(len(s.Frequent), mostFrequent)])
	return s
}

// count notes how often a value occurs.
func (s *Summary) count(value string, n int) {
	if n > 0 {
		s.Distinct++
		s.Frequent = append(s.Frequent, Count{value, n})
	}
}

// numbers describes a column of numbers or dates.
func (s *Summary) numbers(c *Column) {
	sorted := slices.DeleteFunc(slices.Clone(c.Numbers), math.IsNaN)
	if len(sorted) == 0 {
		return
	}
	s.Mean, s.Std = meanStd(sorted)
	slices.Sort(sorted)
	s.Min, s.Max = sorted[0], sorted[len(sorted)-1]
	s.Q1, s.Median, s.Q3 = quantile(sorted, 0.25), quantile(sorted, 0.5), quantile(sorted, 0.75)
	reach := float64(1.5 * (s.Q3 - s.Q1))
	for _, x := range sorted {
		if x < s.Q1-reach || x > s.Q3+reach {
			s.Outliers++
		}
	}
	var top []numberCount
	runs(sorted, func(x float64, n int) {
		s.Distinct++
		top = append(top, numberCount{x, n})
	})
	slices.SortStableFunc(top, func(a, b numberCount) int { return b.count - a.count })
	for _, v := range top[:min(len(top), mostFrequent)] {
		one := Column{Field: c.Field, Numbers: []float64{v.x}}
		s.Frequent = append(s.Frequent, Count{one.Value(0), v.count})
	}
}

type numberCount struct {
	x     float64
	count int
}

// duplicates counts the rows that are equal to one before.
func duplicates(t *Table) int {
	n, found := t.Len(), 0
	if len(t.Columns) == 0 {
		return 0
	}
	seed := maphash.MakeSeed()
	last := make(map[uint64]int, n) // the last row with a hash, plus 1
	before := make([]int, n)        // the one before it with the same hash, plus 1
	for row := range n {
		h := hash(seed, t, row)
		k := last[h]
		before[row], last[h] = k, row+1
		for ; k > 0; k = before[k-1] {
			if equal(t, k-1, row) {
				found++
				break
			}
		}
	}
	return found
}

func hash(seed maphash.Seed, t *Table, row int) uint64 {
	var h maphash.Hash
	h.SetSeed(seed)
	for i := range t.Columns {
		switch c := &t.Columns[i]; c.Kind {
		case Number, Date:
			x := c.Numbers[row]
			if math.IsNaN(x) {
				x = nan
			}
			maphash.WriteComparable(&h, math.Float64bits(x+0)) // −0 is 0
		case Category:
			maphash.WriteComparable(&h, c.Index[row])
		default:
			maphash.WriteComparable(&h, c.Text[row])
		}
	}
	return h.Sum64()
}

// equal reports whether two rows have the same values. Missing values are
// equal.
func equal(t *Table, a, b int) bool {
	for i := range t.Columns {
		same := false
		switch c := &t.Columns[i]; c.Kind {
		case Number, Date:
			x, y := c.Numbers[a], c.Numbers[b]
			same = x == y || math.IsNaN(x) && math.IsNaN(y)
		case Category:
			same = c.Index[a] == c.Index[b]
		default:
			same = c.Text[a] == c.Text[b]
		}
		if !same {
			return false
		}
	}
	return true
}
