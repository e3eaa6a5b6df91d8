package kernel

import "math"

// NormP returns (|a[0]|ᵖ + |a[1]|ᵖ + …)^(1/p), added up in float64. For p = 0 it
// counts the elements that are not 0. For p = ±Inf it returns the largest or the
// smallest absolute value, NaN when there is one.
func NormP[T Float](a []T, p float64) float64 {
	sum := 0.0
	switch {
	case p == 0:
		for _, v := range a {
			if v != 0 {
				sum++
			}
		}
		return sum
	case p == 1:
		for _, v := range a {
			sum += math.Abs(float64(v))
		}
		return sum
	case p == 2:
		return math.Sqrt(SumSquares(a))
	case math.IsInf(p, 1):
		for _, v := range a {
			sum = max(sum, math.Abs(float64(v)))
		}
		return sum
	case math.IsInf(p, -1):
		sum = math.Inf(1)
		for _, v := range a {
			sum = min(sum, math.Abs(float64(v)))
		}
		return sum
	}
	n := 0 // the whole power, where it is small
	if p == math.Trunc(p) && p > 2 && p <= 8 {
		n = int(p)
	}
	for _, v := range a {
		w := math.Abs(float64(v))
		if n == 0 {
			sum += pow(w, p)
			continue
		}
		power := w
		for range n - 1 {
			power *= w
		}
		sum += float64(power)
	}
	return pow(sum, 1/p)
}
