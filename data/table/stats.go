package table

import (
	"math"
	"slices"
)

// moments are the count, mean and spread of numbers that come one at a time, by
// Welford's recurrence (Knuth, The Art of Computer Programming 2, 4.2.2). It goes
// through d = x − pivot, the distance from the first number, so that numbers that
// are large and close to one another lose nothing:
//
//	mean ← mean + (d − mean) / n
//	m2   ← m2 + (d − mean before) (d − mean after)
type moments struct {
	n        int
	pivot    float64
	d, m2    float64 // mean of d, and the sum of its squared deviations from that
	min, max float64
}

func (m *moments) add(x float64) {
	m.n++
	if m.n == 1 {
		m.pivot, m.min, m.max = x, x, x
	}
	m.min, m.max = min(m.min, x), max(m.max, x)
	from := x - m.pivot - m.d
	m.d += from / float64(m.n)
	m.m2 += float64(from * (x - m.pivot - m.d)) // rounded, so that all processors agree
}

func (m *moments) mean() float64 { return m.pivot + m.d }

// variance returns the mean squared deviation, with n as divisor.
func (m *moments) variance() float64 { return m.m2 / float64(m.n) }

// meanStd returns the mean of finite numbers and their standard deviation with
// n−1 as divisor, which is NaN for fewer than two. With infinities it is as
// pandas has it.
func meanStd(xs []float64) (mean, std float64) {
	for _, x := range xs {
		mean += x
	}
	mean /= float64(len(xs)) // NaN for none
	square := 0.0
	for _, x := range xs {
		square += float64((x - mean) * (x - mean))
	}
	if len(xs) < 2 {
		return mean, nan
	}
	return mean, math.Sqrt(square / float64(len(xs)-1))
}

// quantile returns the value below which the share q of the sorted numbers
// lies, by linear interpolation between neighbours, as numpy.quantile and
// pandas do. It returns NaN for no numbers.
func quantile(sorted []float64, q float64) float64 {
	if len(sorted) == 0 {
		return nan
	}
	at := q * float64(len(sorted)-1)
	i := int(at)
	a, b := sorted[i], sorted[min(i+1, len(sorted)-1)]
	t := at - float64(i)
	switch {
	case a == b:
		return a // also an infinity
	case t == 0:
		return a
	case t >= 0.5: // as numpy, so that it is exact at both ends
		return b - float64((b-a)*(1-t))
	}
	return a + float64((b-a)*t)
}

// runs calls do for each different number of a sorted list, with its count.
func runs(sorted []float64, do func(x float64, count int)) {
	for i := 0; i < len(sorted); {
		k := i + 1
		for k < len(sorted) && sorted[k] == sorted[i] {
			k++
		}
		do(sorted[i], k-i)
		i = k
	}
}

// mode returns the most frequent number of a sorted list, of several the least,
// as scikit-learn's SimpleImputer does.
func mode(sorted []float64) float64 {
	best, most := nan, 0
	runs(sorted, func(x float64, count int) {
		if count > most {
			best, most = x, count
		}
	})
	return best
}

// A sample keeps numbers for quantiles: all of them up to a limit, and beyond
// it those of every second, fourth, eighth … row.
type sample struct {
	values []float64
	limit  int
	every  int // a power of two; 0: 1
	n      int
}

func (s *sample) add(x float64) {
	s.every = max(s.every, 1)
	if s.n%s.every == 0 {
		if len(s.values) >= s.limit {
			half := s.values[:0]
			for i := 0; i < len(s.values); i += 2 {
				half = append(half, s.values[i])
			}
			s.values = half
			s.every *= 2
		}
		if s.n%s.every == 0 {
			s.values = append(s.values, x)
		}
	}
	s.n++
}

// sorted returns the numbers in order.
func (s *sample) sorted() []float64 {
	slices.Sort(s.values)
	return s.values
}
