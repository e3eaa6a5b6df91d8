package metric

import (
	"fmt"
	"math"
)

// State returns what the metric knows, so that another one like it can go on
// from there, see SetState. Every metric of this package has both methods, and
// so must a metric whose training run is to be resumed within an epoch.
func (l *Loss) State() []float64 { return []float64{l.sum, float64(l.n)} }

// SetState takes what State returned.
func (l *Loss) SetState(s []float64) error { return load("loss", s, &l.sum, &l.n) }

// State returns what the metric knows, see [Loss.State].
func (p *Perplexity) State() []float64 { return p.mean.State() }

// SetState takes what State returned.
func (p *Perplexity) SetState(s []float64) error { return p.mean.SetState(s) }

// State returns what the metric knows, see [Loss.State].
func (a *Accuracy) State() []float64 { return []float64{float64(a.n), float64(a.right)} }

// SetState takes what State returned.
func (a *Accuracy) SetState(s []float64) error { return load("accuracy", s, &a.n, &a.right) }

// State returns what the metric knows, see [Loss.State].
func (t *TopK) State() []float64 { return []float64{float64(t.n), float64(t.right)} }

// SetState takes what State returned.
func (t *TopK) SetState(s []float64) error { return load(t.Name(), s, &t.n, &t.right) }

// State returns what the metric knows, see [Loss.State].
func (t *total) State() []float64 {
	return []float64{float64(t.pairs.n), float64(t.pairs.width), t.sum}
}

func (t *total) load(name string, s []float64) error {
	return load(name, s, &t.pairs.n, &t.pairs.width, &t.sum)
}

// SetState takes what State returned.
func (m *MAE) SetState(s []float64) error { return m.load("mae", s) }

// SetState takes what State returned.
func (m *MSE) SetState(s []float64) error { return m.load("mse", s) }

// State returns what the metric knows, see [Loss.State].
func (m *RMSE) State() []float64 {
	return append([]float64{float64(m.pairs.n)}, m.sum...)
}

// SetState takes what State returned.
func (m *RMSE) SetState(s []float64) error {
	if len(s) == 0 {
		return wrong("rmse", s)
	}
	if err := load("rmse", s[:1], &m.pairs.n); err != nil {
		return err
	}
	m.pairs.width, m.sum = len(s)-1, append(m.sum[:0], s[1:]...)
	return nil
}

// State returns what the metric knows, see [Loss.State].
func (r *R2) State() []float64 {
	s := []float64{float64(r.pairs.n)}
	for _, v := range r.sums {
		s = append(s, v.wrong, v.first, v.mean, v.total)
	}
	return s
}

// SetState takes what State returned.
func (r *R2) SetState(s []float64) error {
	if len(s)%4 != 1 {
		return wrong("r2", s)
	}
	if err := load("r2", s[:1], &r.pairs.n); err != nil {
		return err
	}
	r.sums = r.sums[:0]
	for s = s[1:]; len(s) > 0; s = s[4:] {
		r.sums = append(r.sums, spread{s[0], s[1], s[2], s[3]})
	}
	r.pairs.width = len(r.sums)
	return nil
}

// State returns what the metric knows, see [Loss.State].
func (c *Confusion) State() []float64 {
	s := make([]float64, len(c.n))
	for i, n := range c.n {
		s[i] = float64(n)
	}
	return s
}

// SetState takes what State returned.
func (c *Confusion) SetState(s []float64) error {
	classes := int(math.Sqrt(float64(len(s))))
	if classes*classes != len(s) {
		return wrong("confusion", s)
	}
	n := make([]int, len(s))
	for i := range s {
		if err := load("confusion", s[i:i+1], &n[i]); err != nil {
			return err
		}
	}
	c.classes, c.n = classes, n
	return nil
}

// State returns what the metric knows, see [Loss.State].
func (c *Collection) State() []float64 {
	s := append([]float64{}, c.Scores...)
	for _, l := range c.Labels {
		s = append(s, float64(l))
	}
	return s
}

// SetState takes what State returned.
func (c *Collection) SetState(s []float64) error {
	if len(s)%2 != 0 {
		return wrong("scores", s)
	}
	n := len(s) / 2
	labels := make([]int, n)
	for i := range labels {
		if err := load("scores", s[n+i:n+i+1], &labels[i]); err != nil {
			return err
		}
	}
	c.Scores, c.Labels = append(c.Scores[:0], s[:n]...), labels
	return nil
}

// State returns what the metric knows, see [Loss.State].
func (c *Calibration) State() (s []float64) {
	for _, b := range c.bins {
		s = append(s, float64(b.Count), b.Confidence, b.Accuracy)
	}
	return s
}

// SetState takes what State returned.
func (c *Calibration) SetState(s []float64) error {
	c.Reset()
	if len(s) == 0 {
		return nil
	}
	if len(s) != 3*len(c.bins) {
		return wrong("calibration", s)
	}
	for i := range c.bins {
		b := &c.bins[i]
		if err := load("calibration", s[3*i:3*i+3], &b.Count, &b.Confidence, &b.Accuracy); err != nil {
			return err
		}
	}
	return nil
}

// load copies s to fields, pointers to int and float64.
func load(name string, s []float64, fields ...any) error {
	if len(s) != len(fields) {
		return wrong(name, s)
	}
	for i, f := range fields {
		switch f := f.(type) {
		case *float64:
			*f = s[i]
		case *int:
			if s[i] < 0 || s[i] != math.Trunc(s[i]) || s[i] > 1<<53 {
				return wrong(name, s)
			}
			*f = int(s[i])
		}
	}
	return nil
}

func wrong(name string, s []float64) error {
	return fmt.Errorf("the state of the metric %s, %d numbers, is not one that it has saved", name, len(s))
}
