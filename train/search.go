package train

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/tensor"
)

// A Search trains one model for each setting and compares what comes of them. S
// is a type of the program's own, usually a struct of what is to be tried.
// [Grid] and [Draw] make lists of settings.
type Search[S, B any] struct {
	Settings []S
	Build    func(S) *Fit[B]      // makes the run of a setting, with a new model and a Valid source
	Metric   string               // the name of the metric to compare; "" means the loss
	Maximize bool                 // whether more is better
	OnTrial  func(Trial[S]) error // called after each setting; an error ends the search, [ErrEnough] in good order
}

// A Trial is what came of a setting.
type Trial[S any] struct {
	Setting S
	Score   Score // the last validation, or that of the best epoch when the run has a Watch
	Err     error // why there is no score: the run made NaN or Inf
	Time    time.Duration
}

// Trials are the trials of a [Search], the best first. Those whose value is NaN
// and those that failed come last.
type Trials[S any] []Trial[S]

// Run tries the settings, one after the other. A setting whose run ends with an
// [*autograd.NaNError] gets no score, and the search goes on. Any other error
// ends it, and Run returns the trials so far and the error.
func (s *Search[S, B]) Run(ctx context.Context) (Trials[S], error) {
	if s.Build == nil {
		misuse("a Search needs Build")
	}
	var trials Trials[S]
	defer func() { s.sort(trials) }()
	for _, setting := range s.Settings {
		began := time.Now()
		score, err := s.Build(setting).score(ctx)
		if nan := (*autograd.NaNError)(nil); err != nil && !errors.As(err, &nan) {
			return trials, err
		}
		trial := Trial[S]{setting, score, err, time.Since(began)}
		trials = append(trials, trial)
		if s.OnTrial != nil {
			switch err := s.OnTrial(trial); {
			case errors.Is(err, ErrEnough):
				return trials, nil
			case err != nil:
				return trials, err
			}
		}
	}
	return trials, nil
}

// sort puts the best trial first.
func (s *Search[S, B]) sort(trials Trials[S]) {
	slices.SortStableFunc(trials, func(a, b Trial[S]) int { return cmp.Compare(s.rank(a), s.rank(b)) })
}

// rank returns a number that is smaller for a better trial.
func (s *Search[S, B]) rank(t Trial[S]) float64 {
	name := cmp.Or(s.Metric, "loss")
	v := t.Score.Of(name)
	switch {
	case t.Err != nil || math.IsNaN(v):
		return math.Inf(1)
	case s.Maximize:
		return -v
	}
	return v
}

// String writes a table: the setting, whose columns are the exported fields
// when S is a struct, then the loss, the metrics and the time.
func (trials Trials[S]) String() string {
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	names := settingNames(reflect.TypeFor[S]())
	row := slices.Clone(names)
	row = append(row, "loss")
	metrics := trials.metrics()
	fmt.Fprintln(w, strings.Join(append(append(row, metrics...), "seconds"), "\t"))
	for _, t := range trials {
		row = append(row[:0], settingValues(reflect.ValueOf(&t.Setting).Elem())...)
		if t.Err != nil {
			row = append(row, "not finite")
			for range metrics {
				row = append(row, "")
			}
		} else {
			row = append(row, fmt.Sprintf("%.4f", t.Score.Loss))
			for _, v := range t.Score.Metrics {
				row = append(row, fmt.Sprintf("%.4f", v.Value))
			}
		}
		fmt.Fprintln(w, strings.Join(append(row, fmt.Sprintf("%.1f", t.Time.Seconds())), "\t"))
	}
	w.Flush() // a Builder has no error
	return b.String()
}

// metrics returns the names of the metrics of the trials.
func (trials Trials[S]) metrics() (names []string) {
	for _, t := range trials {
		if len(t.Score.Metrics) > 0 {
			for _, v := range t.Score.Metrics {
				names = append(names, v.Name)
			}
			return names
		}
	}
	return nil
}

func settingNames(t reflect.Type) (names []string) {
	if t.Kind() != reflect.Struct {
		return []string{"setting"}
	}
	for i := range t.NumField() {
		if f := t.Field(i); f.IsExported() {
			names = append(names, f.Name)
		}
	}
	return names
}

func settingValues(v reflect.Value) (values []string) {
	if v.Kind() != reflect.Struct {
		return []string{fmt.Sprint(v.Interface())}
	}
	for i := range v.NumField() {
		if v.Type().Field(i).IsExported() {
			values = append(values, fmt.Sprint(v.Field(i).Interface()))
		}
	}
	return values
}

// An Axis says what is to be tried of one part of a setting. [Vary] makes one.
type Axis[S any] func(S) []S

// Vary is an axis of a [Grid]: set puts each of the values into a setting.
//
//	train.Vary(func(s *setting, lr float64) { s.LR = lr }, 0.1, 0.01)
func Vary[S, V any](set func(s *S, v V), values ...V) Axis[S] {
	return func(s S) []S {
		list := make([]S, len(values))
		for i, v := range values {
			list[i] = s
			set(&list[i], v)
		}
		return list
	}
}

// Grid returns all combinations of the values of the axes, in which the last
// axis changes the fastest. What no axis sets is as in base.
func Grid[S any](base S, axes ...Axis[S]) []S {
	list := []S{base}
	for _, axis := range axes {
		var next []S
		for _, s := range list {
			next = append(next, axis(s)...)
		}
		list = next
	}
	return list
}

// Draw returns n settings at random, which cover many axes better than a grid
// of as many (https://jmlr.org/papers/v13/bergstra12a.html). A learning rate is
// best drawn by its logarithm: math.Pow(10, -4+3*r.Float64()) lies between 1e-4
// and 1e-1.
func Draw[S any](n int, r *tensor.Rand, draw func(r *tensor.Rand) S) []S {
	list := make([]S, n)
	for i := range list {
		list[i] = draw(r)
	}
	return list
}
