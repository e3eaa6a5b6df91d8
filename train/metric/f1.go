package metric

// A Precision is the share of the answers that are right: of all that the model
// called a class, how much belonged to it. Over says how classes are averaged.
// The Confusion inside has the scores of each class.
type Precision struct {
	Over Average
	Confusion
}

// Name returns "precision_macro" and the like, and "precision" for [Binary].
func (p *Precision) Name() string { return "precision" + p.Over.suffix() }

// Value returns the average precision over classes.
func (p *Precision) Value() float64 { return p.Average(p.Over).Precision }

// A Recall is the share of the labels that were found: of all that belonged to
// a class, how much the model called so. Over says how classes are averaged.
// The Confusion inside has the scores of each class.
type Recall struct {
	Over Average
	Confusion
}

// Name returns "recall_macro" and the like, and "recall" for [Binary].
func (r *Recall) Name() string { return "recall" + r.Over.suffix() }

// Value returns the average recall over classes.
func (r *Recall) Value() float64 { return r.Average(r.Over).Recall }

// An F1 is the harmonic mean of precision and recall. Over says how classes are
// averaged: it is the mean of the F1 of classes, not the F1 of mean precision
// and mean recall. The Confusion inside has the scores of each class.
type F1 struct {
	Over Average
	Confusion
}

// Name returns "f1_macro" and the like, and "f1" for [Binary].
func (f *F1) Name() string { return "f1" + f.Over.suffix() }

// Value returns the average F1 over classes.
func (f *F1) Value() float64 { return f.Average(f.Over).F1 }
