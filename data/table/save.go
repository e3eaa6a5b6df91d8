package table

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/descent-ml/descent/internal/quote"
)

// format is the version of what MarshalJSON writes.
const format = 1

// saved is a fitted encoder as JSON.
type saved struct {
	Format  int       `json:"format"`
	Target  string    `json:"target,omitempty"`
	Task    Task      `json:"task"`
	Why     string    `json:"why,omitempty"`
	Read    Options   `json:"read"`
	Columns []column  `json:"columns"`
	Skipped []skipped `json:"skipped,omitempty"`
	Classes []string  `json:"classes,omitempty"`
	Shift   float64   `json:"shift"`
	Scale   float64   `json:"scale"`
}

// MarshalJSON returns what was learned as JSON. The rules are part of it as far
// as they have an effect on what was learned; the encoder that is read from it is
// for use, not for another Fit. It returns an error before Fit.
func (e Encoder) MarshalJSON() ([]byte, error) {
	if len(e.columns) == 0 {
		return nil, errors.New("the encoder has learned nothing that could be saved")
	}
	return json.Marshal(saved{format, e.Target, e.Task, e.why, e.source, e.columns, e.skipped, e.classes, e.shift, e.scale})
}

// UnmarshalJSON reads what MarshalJSON writes. It does not trust it: what no Fit
// could have learned is an error, and leaves e as it was.
func (e *Encoder) UnmarshalJSON(b []byte) error {
	var s saved
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(&s); err != nil {
		return fmt.Errorf("an encoder of tables: %w", err)
	}
	if err := s.check(); err != nil {
		return fmt.Errorf("an encoder of tables: %w", err)
	}
	n := Encoder{
		Target: s.Target, Task: s.Task, why: s.Why, source: s.Read, columns: s.Columns, skipped: s.Skipped,
		classes: s.Classes, shift: s.Shift, scale: s.Scale,
	}
	n.indexClasses()
	for i := range n.columns {
		n.columns[i].indexNames()
	}
	*e = n
	return nil
}

func (s *saved) check() error {
	switch {
	case s.Format != format:
		return fmt.Errorf("its format is %d, want %d", s.Format, format)
	case len(s.Columns) == 0:
		return errors.New("it has no columns")
	case int(s.Task) >= len(tasks) || s.Target != "" && s.Task == TaskDetected:
		return errors.New("it has a target and no task")
	case s.Target == "" && len(s.Classes) > 0:
		return errors.New("it has classes and no target")
	case s.Target != "" && s.Task == Classification && (len(s.Classes) == 0 || len(s.Classes) > MaxClasses):
		return fmt.Errorf("it has %d classes, want 1 to %d", len(s.Classes), MaxClasses)
	case s.Task == Regression && len(s.Classes) > 0:
		return errors.New("it has classes, but its task is regression")
	case !finite(s.Shift) || !(s.Scale > 0):
		return fmt.Errorf("the scale of the target is %v, want a positive number", s.Scale)
	}
	if err := s.Read.check(); err != nil {
		return err
	}
	if name, twice := repeated(s.Classes); twice {
		return fmt.Errorf("it has the class %s twice", quote.Short(name))
	}
	names := make([]string, len(s.Columns))
	for i := range s.Columns {
		c := &s.Columns[i]
		if err := c.check(); err != nil {
			return fmt.Errorf("column %s: %w", quote.Short(c.Name), err)
		}
		names[i] = c.Name
	}
	if s.Target != "" {
		names = append(names, s.Target)
	}
	if name, twice := repeated(names); twice {
		return fmt.Errorf("it has the column %s twice", quote.Short(name))
	}
	return nil
}

// repeated returns a name that occurs twice.
func repeated(names []string) (string, bool) {
	seen := make(map[string]bool, len(names))
	for _, n := range names {
		if seen[n] {
			return n, true
		}
		seen[n] = true
	}
	return "", false
}

func (c *column) check() error {
	switch c.Kind {
	case Number, Date:
		if len(c.Names) > 0 || c.Index || c.FillPlace != -1 {
			return fmt.Errorf("it is a %v and has names", c.Kind)
		}
		if len(c.Parts) == 0 || len(c.Parts) > len(whats) {
			return fmt.Errorf("it has %d parts, want 1 to %d", len(c.Parts), len(whats))
		}
	case Category:
		if len(c.Parts) > 0 || c.Low != nil || c.High != nil {
			return errors.New("it is a category and has parts of numbers")
		}
		if len(c.Names) == 0 || c.FillPlace < -1 || c.FillPlace >= len(c.Names) {
			return fmt.Errorf("it has %d names, and missing values are number %d of them", len(c.Names), c.FillPlace)
		}
	default:
		return fmt.Errorf("its kind is %v, want number, category or date", c.Kind)
	}
	if name, twice := repeated(c.Names); twice {
		return fmt.Errorf("it has the name %s twice", quote.Short(name))
	}
	if c.Kind != Date && c.Layout != "" || c.Kind == Date && c.Layout == "" {
		return fmt.Errorf("it is a %v with the layout %s", c.Kind, quote.Short(c.Layout))
	}
	if (c.Low == nil) != (c.High == nil) || c.Low != nil && !(*c.Low <= *c.High) {
		return errors.New("the limits of its values are not in order")
	}
	for _, p := range c.Parts {
		if (p.What == value) != (c.Kind == Number) {
			return fmt.Errorf("it is a %v with the part %s", c.Kind, whats[p.What])
		}
		if !finite(p.Shift) || !(p.Scale > 0) || !finite(p.Scale) {
			return fmt.Errorf("its part %s has the scale %v, want a positive number", whats[p.What], p.Scale)
		}
	}
	return nil
}
