package train

import (
	"context"
	"fmt"
	"math"
	"strings"

	"github.com/descent-ml/descent/data"
)

// CrossValidate trains a model for each split, such as those of [data.KFold], and
// measures it on the part that it was not trained on. build makes the run of a
// fold, with a new model, of which the parts are
//
//	Train: &data.Loader[B]{Set: &data.Subset[B]{Set: set, Index: split.Train}, …},
//	Valid: &data.Loader[B]{Set: &data.Subset[B]{Set: set, Index: split.Valid}, …},
//
// What is learned from the data beforehand, such as a mean and a deviation, is to
// be learned from split.Train alone. When a run fails or ctx is done,
// CrossValidate returns the folds so far and an error that names the fold.
// See https://scikit-learn.org/stable/modules/cross_validation.html.
func CrossValidate[B any](ctx context.Context, splits []data.Split, build func(fold int, split data.Split) *Fit[B]) (*Folds, error) {
	folds := &Folds{}
	for i, split := range splits {
		score, err := build(i, split).score(ctx)
		if err != nil {
			return folds, fmt.Errorf("fold %d of %d: %w", i+1, len(splits), err)
		}
		folds.Scores = append(folds.Scores, score)
	}
	return folds, nil
}

// score runs f and returns its last validation, or that of the best epoch when
// there is a Watch.
func (f *Fit[B]) score(ctx context.Context) (Score, error) {
	if f.Valid == nil || f.Epochs < 1 {
		misuse("a run that is to be compared needs a Valid source and at least one epoch")
	}
	h, err := f.Run(ctx)
	if err != nil {
		return Score{}, err
	}
	if len(h.Epochs) == 0 {
		return Score{}, fmt.Errorf("the run ended after %d steps, before the first validation", len(h.Steps))
	}
	e := h.Epochs[len(h.Epochs)-1]
	if f.Watch != nil {
		if best, _ := f.Watch.Best(); best > 0 {
			e = h.Epochs[best-1]
		}
	}
	return *e.Valid, nil
}

// Folds are the scores of a cross-validation, in the order of the splits.
type Folds struct{ Scores []Score }

// Mean returns the mean over the folds of a metric, or of "loss". Each fold
// counts the same. It is NaN without folds, or without such a metric.
func (f *Folds) Mean(name string) float64 {
	var sum float64
	for _, s := range f.Scores {
		sum += s.Of(name)
	}
	return sum / float64(len(f.Scores))
}

// Deviation returns the standard deviation over the folds of a metric, or of
// "loss": √(Σ (v − mean)² / (folds − 1)). It is NaN with fewer than two folds.
func (f *Folds) Deviation(name string) float64 {
	mean := f.Mean(name)
	var sum float64
	for _, s := range f.Scores {
		d := s.Of(name) - mean
		sum += d * d
	}
	return math.Sqrt(sum / float64(len(f.Scores)-1))
}

// String writes the mean ± the deviation of the loss and of each metric, as in
// "loss 0.0312 ± 0.0040, accuracy 0.9905 ± 0.0011".
func (f *Folds) String() string {
	if len(f.Scores) == 0 {
		return "no folds"
	}
	var b strings.Builder
	fmt.Fprintf(&b, "loss %.4f ± %.4f", f.Mean("loss"), f.Deviation("loss"))
	for _, v := range f.Scores[0].Metrics {
		fmt.Fprintf(&b, ", %s %.4f ± %.4f", v.Name, f.Mean(v.Name), f.Deviation(v.Name))
	}
	return b.String()
}
