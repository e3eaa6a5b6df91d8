package table

import "fmt"

// A Fill is what stands in for a missing value.
type Fill uint8

// The values that stand in for a missing one. They are learned from the rows
// that the encoder is fitted on. FillDetected is FillMean for numbers and dates;
// a category without a value is one of its own. A category has neither mean nor
// median, and takes its mode for them.
const (
	FillDetected Fill = iota
	FillMean
	FillMedian
	FillMode     // the most frequent value, of several the least
	FillConstant // [Rule].Constant
	FillDrop     // nothing: the row is left out
)

var fills = [...]string{"detected", "mean", "median", "mode", "constant", "drop"}

// String returns "mean", "median" and so on.
func (f Fill) String() string {
	if int(f) < len(fills) {
		return fills[f]
	}
	return fmt.Sprintf("Fill(%d)", f)
}

// A Scale is how a number becomes a feature of moderate size.
type Scale uint8

// The ways to scale a number x. A column that is constant keeps its differences
// from the mean or the minimum.
const (
	ScaleStandard Scale = iota // (x − mean) / deviation, with n as divisor: scikit-learn's StandardScaler
	ScaleMinMax                // (x − min) / (max − min): scikit-learn's MinMaxScaler
	ScaleNone                  // x
)

var scales = [...]string{"standardised", "scaled to 0 … 1", "as it is"}

// String tells what is done.
func (s Scale) String() string {
	if int(s) < len(scales) {
		return scales[s]
	}
	return fmt.Sprintf("Scale(%d)", s)
}

// A Rule says how a column becomes features. The zero value is a good choice
// for a column of any kind:
//
//   - A number is standardised.
//   - A category becomes a feature for each of its names, 1 for the row's own
//     and 0 for the others (one-hot).
//   - A date becomes its year, standardised, and the sine and cosine of the
//     month, the day of the month, the day of the week and, when dates have a
//     time of day, of that. So December lies next to January. What is the same
//     in all rows, such as the day of monthly dates, is left out.
//   - A missing number or date is replaced by the mean. Where the training part
//     has missing values, a feature tells which they are (1, otherwise 0).
//   - A text is left out, and so is a column with one value only.
//
// The steps are done in the order in which a Pipeline of scikit-learn has them:
// winsorise, fill, scale.
type Rule struct {
	Skip      bool    // leave the column out
	Winsorise float64 // move numbers and dates below this quantile up to it, and those above 1 − Winsorise down; from 0 up to 0.5
	Fill      Fill    // what stands in for a missing value
	Constant  string  // that of FillConstant: a number, a date in the layout of the column, or the name of a category
	Indicator bool    // add a feature that tells missing values also when Fill is set, if the training part has some
	Scale     Scale   // of numbers, years and plain parts of dates
	Index     bool    // make a category an index, for an embedding, instead of features
	Plain     bool    // make the parts of a date numbers: year, month, day, weekday (0 is Monday) and hour
}

// check returns an error when the settings are out of range.
func (r *Rule) check() error {
	switch {
	case !(r.Winsorise >= 0 && r.Winsorise < 0.5):
		return fmt.Errorf("the quantile to winsorise at is %v, want 0 or more and less than 0.5", r.Winsorise)
	case int(r.Fill) >= len(fills):
		return fmt.Errorf("there is no %v", r.Fill)
	case int(r.Scale) >= len(scales):
		return fmt.Errorf("there is no %v", r.Scale)
	}
	return nil
}
