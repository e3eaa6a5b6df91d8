package table

import (
	"math"
	"math/bits"
	"strconv"
	"strings"
	"time"
)

const day = 24 * 60 * 60 // seconds

// layouts are those that a date is tried in. Where several fit all values of a
// column, the first counts: of 1/2/2006 and 2/1/2006, that with the month first,
// as in pandas.
var layouts = [...]string{
	"2006-01-02", "2006-01-02 15:04", "2006-01-02 15:04:05", "2006-01-02T15:04", "2006-01-02T15:04:05",
	"2006-01-02T15:04:05Z07:00", "2006-01-02 15:04:05Z07:00", "2006-01-02T15:04Z07:00",
	"2006/01/02", "2006/01/02 15:04", "2006/01/02 15:04:05", "2006-1-2", "2006/1/2",
	"1/2/2006", "1/2/2006 15:04", "1/2/2006 15:04:05", "1/2/2006 3:04 PM", "1/2/2006 3:04:05 PM",
	"2/1/2006", "2/1/2006 15:04", "2/1/2006 15:04:05", "2-1-2006",
	"2.1.2006", "2.1.2006 15:04", "2.1.2006 15:04:05",
	"2 Jan 2006", "2-Jan-2006", "2-Jan-06", "Jan 2, 2006", "2 January 2006", "January 2, 2006",
}

// allLayouts has a bit for each of the layouts.
const allLayouts = 1<<len(layouts) - 1

// remaining returns those of the layouts in mask that b can be read in.
func remaining(mask uint64, b []byte) uint64 {
	const shortest, longest = len("2-1-2006"), 40
	if len(b) < shortest || len(b) > longest {
		return 0
	}
	for left := mask; left != 0; left &= left - 1 {
		i := bits.TrailingZeros64(left)
		if _, err := time.Parse(layouts[i], string(b)); err != nil {
			mask &^= 1 << i
		}
	}
	return mask
}

// parseDate returns the seconds since 1970 in UTC. A date without a zone counts
// as one in UTC.
func parseDate(layout string, b []byte) (seconds float64, ok bool) {
	t, err := time.Parse(layout, string(b))
	if err != nil {
		return 0, false
	}
	return float64(t.Unix()) + float64(t.Nanosecond())/1e9, true
}

// moment is the inverse of parseDate. A float64 tells microseconds apart.
func moment(seconds float64) time.Time {
	const most = 1 << 40 // seconds, 35 000 years
	seconds = min(max(seconds, -most), most)
	whole := math.Floor(seconds)
	return time.Unix(int64(whole), int64((seconds-whole)*1e9)).UTC().Round(time.Microsecond)
}

// parseNumber reads a decimal number with the given decimal mark; 0 stands for a
// point or a comma. inf, infinity and nan in any case are numbers; a number beyond
// the largest float64 is an infinity, as in C.
func parseNumber(b []byte, mark byte) (x float64, comma, ok bool) {
	const longest = 400 // bytes
	if len(b) == 0 || len(b) > longest {
		return 0, false, false
	}
	at := -1
	for i, c := range b {
		switch {
		case '0' <= c && c <= '9' || c == '+' || c == '-' || c == 'e' || c == 'E':
		case c == '.' && mark != ',':
		case c == ',' && mark != '.' && at < 0:
			at = i
		default:
			return special(b)
		}
	}
	if at >= 0 {
		var with [longest]byte
		n := copy(with[:], b)
		with[at] = '.'
		x, ok = parseFloat(string(with[:n]))
		return x, true, ok
	}
	x, ok = parseFloat(string(b))
	return x, false, ok
}

// parseFloat is strconv.ParseFloat for a number without letters but e.
func parseFloat(s string) (float64, bool) {
	x, err := strconv.ParseFloat(s, 64)
	return x, err == nil || math.IsInf(x, 0) // beyond the largest
}

// special reads the numbers that have no digits.
func special(b []byte) (x float64, comma, ok bool) {
	const longest = len("+infinity")
	if len(b) > longest {
		return 0, false, false
	}
	s := strings.ToLower(string(b))
	sign := 1
	switch {
	case s[0] == '-':
		sign, s = -1, s[1:]
	case s[0] == '+':
		s = s[1:]
	}
	switch s {
	case "inf", "infinity":
		return math.Inf(sign), false, true
	case "nan":
		return math.NaN(), false, true
	}
	return 0, false, false
}
