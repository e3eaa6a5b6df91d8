package measure

import "fmt"

// Duration formats a time, given in seconds, with three digits and a unit.
func Duration(s float64) string {
	switch us := s * 1e6; {
	case us < 999.5:
		return Digits(us) + " µs"
	case us < 999.5e3:
		return Digits(us/1e3) + " ms"
	}
	return Digits(s) + " s"
}

// Digits formats a number with three digits, or with all digits before the decimal
// point if these are more.
func Digits(v float64) string {
	if v >= 999.5 {
		return fmt.Sprintf("%.0f", v)
	}
	return fmt.Sprintf("%.3g", v)
}
