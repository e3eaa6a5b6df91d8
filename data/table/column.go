package table

import (
	"fmt"
	"math"
	"strings"
	"time"
)

// A column is what an encoder knows of a column that it uses.
type column struct {
	Field
	Low       *float64 `json:"low,omitempty"` // values below are moved up to it
	High      *float64 `json:"high,omitempty"`
	Fill      float64  `json:"fill"`                // of a number or a date
	FillPlace int      `json:"fill_place"`          // of a category; −1: it stays missing
	Drop      bool     `json:"drop,omitempty"`      // a row without a value is left out
	Indicator bool     `json:"indicator,omitempty"` // a feature tells missing values
	Index     bool     `json:"index,omitempty"`
	Names     []string `json:"names,omitempty"`
	Parts     []part   `json:"parts,omitempty"` // of a number or a date
	Note      string   `json:"note,omitempty"`

	places map[string]int // of names
}

// A part is one feature of a number or a date: (x − Shift) / Scale.
type part struct {
	What  what    `json:"what"`
	Shift float64 `json:"shift"`
	Scale float64 `json:"scale"`
}

// what says which part of a date, or that it is the number itself.
type what uint8

const (
	value what = iota
	year
	month
	dayOfMonth
	weekday
	hour
	monthSin
	monthCos
	daySin
	dayCos
	weekdaySin
	weekdayCos
	hourSin
	hourCos
)

var whats = [...]string{"value", "year", "month", "day", "weekday", "hour",
	"month sin", "month cos", "day sin", "day cos", "weekday sin", "weekday cos", "hour sin", "hour cos"}

// MarshalText returns the name of the part.
func (w what) MarshalText() ([]byte, error) { return []byte(whats[w]), nil }

// UnmarshalText reads the name of a part.
func (w *what) UnmarshalText(b []byte) error {
	i, err := word("part", whats[:], b)
	*w = what(i)
	return err
}

// scaled reports whether the part is scaled; sines and cosines are not.
func (w what) scaled() bool { return w < monthSin }

// of returns the part of a date, or x itself.
//
//	month sin = sin 2π (month − 1)/12     day sin = sin 2π (day − 1)/31
//	weekday sin = sin 2π weekday/7        hour sin = sin 2π hour/24
func (w what) of(x float64) float64 {
	if w == value {
		return x
	}
	t := moment(x)
	clock := float64(t.Hour()) + float64(t.Minute())/60 + float64(t.Second())/3600
	monday := float64((t.Weekday() + 6) % 7) // days since
	turn := func(f func(float64) float64, share float64) float64 { return f(2 * math.Pi * share) }
	switch w {
	case year:
		return float64(t.Year())
	case month:
		return float64(t.Month())
	case dayOfMonth:
		return float64(t.Day())
	case weekday:
		return monday
	case hour:
		return clock
	case monthSin:
		return turn(math.Sin, float64(t.Month()-1)/12)
	case monthCos:
		return turn(math.Cos, float64(t.Month()-1)/12)
	case daySin:
		return turn(math.Sin, float64(t.Day()-1)/31)
	case dayCos:
		return turn(math.Cos, float64(t.Day()-1)/31)
	case weekdaySin:
		return turn(math.Sin, monday/7)
	case weekdayCos:
		return turn(math.Cos, monday/7)
	case hourSin:
		return turn(math.Sin, clock/24)
	}
	return turn(math.Cos, clock/24)
}

// partsOf returns the parts of a date.
func partsOf(plain, clock bool) []part {
	list := []what{year, monthSin, monthCos, daySin, dayCos, weekdaySin, weekdayCos, hourSin, hourCos}
	if plain {
		list = []what{year, month, dayOfMonth, weekday, hour}
	}
	var parts []part
	for _, w := range list {
		if clock || w != hour && w != hourSin && w != hourCos {
			parts = append(parts, part{What: w, Scale: 1})
		}
	}
	return parts
}

// prepare winsorises a number and fills it in when it is missing.
func (c *column) prepare(x float64) float64 {
	switch {
	case !finite(x):
		return c.Fill
	case c.Low != nil && x < *c.Low:
		return *c.Low
	case c.High != nil && x > *c.High:
		return *c.High
	}
	return x
}

func finite(x float64) bool { return x-x == 0 }

// width returns the number of features.
func (c *column) width() int {
	n := len(c.Parts)
	if c.Kind == Category && !c.Index {
		n = len(c.Names)
	}
	if c.Indicator {
		n++
	}
	return n
}

// features appends the names of the features.
func (c *column) features(names []string) []string {
	for _, p := range c.Parts {
		if p.What == value {
			names = append(names, c.Name)
		} else {
			names = append(names, c.Name+" "+whats[p.What])
		}
	}
	if c.Kind == Category && !c.Index {
		for _, n := range c.Names {
			names = append(names, c.Name+"="+n)
		}
	}
	if c.Indicator {
		names = append(names, c.Name+" missing")
	}
	return names
}

// note tells what is done with the column.
func (c *column) note() string {
	var parts []string
	switch {
	case c.Kind == Number:
		parts = append(parts, c.Note)
	case c.Kind == Date:
		parts = append(parts, fmt.Sprintf("%d features: %s", len(c.Parts), partNames(c.Parts)))
	case c.Index:
		parts = append(parts, fmt.Sprintf("index of %d, 0 for unknown", len(c.Names)+1))
	default:
		parts = append(parts, fmt.Sprintf("one-hot of %d", len(c.Names)))
	}
	if c.Low != nil {
		parts = append(parts, fmt.Sprintf("winsorised to %.6g … %.6g", *c.Low, *c.High))
	}
	switch {
	case c.Drop:
		parts = append(parts, "rows without a value are left out")
	case c.Indicator && c.Kind == Number:
		parts = append(parts, fmt.Sprintf("missing values become %.6g and have a feature", c.Fill))
	case c.Indicator && c.Kind == Date:
		parts = append(parts, fmt.Sprintf("missing values become %s and have a feature", moment(c.Fill).Format(time.DateOnly)))
	case c.Indicator:
		parts = append(parts, "missing values have a feature")
	}
	return strings.Join(parts, "; ")
}

// partNames lists parts, sine and cosine as one.
func partNames(parts []part) string {
	var names []string
	for _, p := range parts {
		name, cos := strings.CutSuffix(whats[p.What], " cos")
		if !cos {
			name, sin := strings.CutSuffix(name, " sin")
			if sin {
				name += " (sine, cosine)"
			}
			names = append(names, name)
		}
	}
	return strings.Join(names, ", ")
}
