package table

import (
	"fmt"
	"math"
	"slices"
	"strconv"

	"github.com/descent-ml/descent/internal/quote"
)

// A Task is what is predicted.
type Task uint8

// The tasks. TaskDetected is chosen by [GuessTask].
const (
	TaskDetected   Task = iota
	Regression          // a number
	Classification      // a class
)

var tasks = [...]string{"detected", "regression", "classification"}

// String returns "regression", "classification" or "detected".
func (t Task) String() string {
	if int(t) < len(tasks) {
		return tasks[t]
	}
	return fmt.Sprintf("Task(%d)", t)
}

// MarshalText returns the text of [Task.String].
func (t Task) MarshalText() ([]byte, error) { return []byte(t.String()), nil }

// UnmarshalText reads what MarshalText writes.
func (t *Task) UnmarshalText(b []byte) error {
	i, err := word("task", tasks[:], b)
	*t = Task(i)
	return err
}

// MaxClasses is the largest number of classes of a target.
const MaxClasses = 1 << 16

// GuessTask guesses from the column to predict what the task is, and says why.
// Texts are classes, and so are whole numbers when there are at most 10 different
// ones, each of them twice on average; other numbers are a regression. A date,
// and a column with fewer than two different values, cannot be predicted.
func GuessTask(c *Column) (task Task, why string, err error) {
	g := newTargets(c.Field, TaskDetected)
	if err := g.add(c); err != nil {
		return 0, "", err
	}
	return g.guess()
}

// ToCategory returns the column with numbers or texts as names of categories.
// For a target whose classes are numbers, it gives every part of the table the
// same classes, also those that do not occur in the training part.
func (c *Column) ToCategory() Column {
	g := newTargets(c.Field, Classification)
	d := Column{Field: Field{Name: c.Name, Kind: Category}, Index: make([]int, c.Len())}
	for row := range d.Index {
		if !c.Missing(row) {
			g.names[c.Value(row)] = 0
		}
	}
	if c.Kind == Category {
		d.Names = c.Names
	} else {
		d.Names = g.sorted()
	}
	for k, n := range d.Names {
		g.names[n] = k
	}
	for row := range d.Index {
		d.Index[row] = -1
		if !c.Missing(row) {
			d.Index[row] = g.names[c.Value(row)]
		}
	}
	return d
}

// targets is what is learned of a target.
type targets struct {
	field Field
	moments
	whole bool
	names map[string]int // different values, until there are more than most
	most  int
}

// fewNumbers is how many different whole numbers may be classes unasked.
const fewNumbers = 10

func newTargets(f Field, t Task) *targets {
	g := &targets{field: f, whole: true, names: map[string]int{}, most: MaxClasses}
	if f.Kind == Number && t != Classification {
		g.most = fewNumbers
	}
	return g
}

// add looks at the values of a column. Of a category, all names count, also
// those that do not occur.
func (g *targets) add(c *Column) error {
	for _, n := range c.Names {
		g.names[n] = 0
	}
	for row := range c.Len() {
		switch {
		case c.Missing(row):
			continue
		case c.Kind != Number:
			g.n++
		case !finite(c.Numbers[row]):
			return fmt.Errorf("the target %s is infinite in row %d", quote.Short(c.Name), row+1)
		default:
			g.moments.add(c.Numbers[row])
			g.whole = g.whole && c.Numbers[row] == math.Trunc(c.Numbers[row])
		}
		if c.Kind != Category && len(g.names) <= g.most {
			g.names[c.Value(row)] = 0
		}
	}
	return nil
}

func (g *targets) guess() (Task, string, error) {
	name, different := quote.Short(g.field.Name), len(g.names)
	switch {
	case g.field.Kind == Date:
		return 0, "", fmt.Errorf("the target %s is a date, which cannot be predicted; predict a number, such as the days since another date", name)
	case g.n == 0:
		return 0, "", fmt.Errorf("the target %s has no values", name)
	case different < 2: // also of numbers: most is more than that
		return 0, "", fmt.Errorf("the target %s has only one value; there is nothing to predict", name)
	case g.field.Kind != Number:
		return Classification, fmt.Sprintf("the target has %d different texts", different), nil
	case g.whole && different <= fewNumbers && 2*different <= g.n:
		return Classification, fmt.Sprintf("the target has %d different whole numbers", different), nil
	case g.whole && different <= fewNumbers:
		return Regression, fmt.Sprintf("the target has %d different whole numbers in %d rows", different, g.n), nil
	case g.whole:
		return Regression, fmt.Sprintf("the target has more than %d different whole numbers", fewNumbers), nil
	}
	return Regression, "the target has numbers with decimals", nil
}

// sorted returns the different values in order.
func (g *targets) sorted() []string {
	names := make([]string, 0, len(g.names))
	for n := range g.names {
		names = append(names, n)
	}
	sortNames(names)
	return names
}

// learn sets what an encoder knows of its target.
func (g *targets) learn(e *Encoder) error {
	task, why, err := g.guess()
	switch {
	case e.Task == TaskDetected && err != nil:
		return err
	case e.Task == TaskDetected:
		e.Task, e.why = task, why
	case g.n == 0 || g.field.Kind == Date:
		return err
	}
	name := quote.Short(e.Target)
	switch e.Task {
	case Classification:
		if len(g.names) > MaxClasses {
			return fmt.Errorf("the target %s has more than %d classes", name, MaxClasses)
		}
		e.classes = g.sorted()
		e.indexClasses()
	case Regression:
		if g.field.Kind != Number {
			return fmt.Errorf("the target %s of a regression is %v, want numbers", name, g.field.Kind)
		}
		p := part{}
		if err := p.fit(&g.moments, ScaleStandard); err != nil {
			return fmt.Errorf("the target %s: %w", name, err)
		}
		e.shift, e.scale = p.Shift, p.Scale
	default:
		return fmt.Errorf("there is no %v", e.Task)
	}
	return nil
}

func (e *Encoder) indexClasses() {
	e.labels = make(map[string]int, len(e.classes))
	for k, n := range e.classes {
		e.labels[n] = k
	}
}

// label returns the label of a row's class. A number is also the class whose
// name is the same number, as 1 and 1.0 are.
func (e *Encoder) label(c *Column, row int) (int, error) {
	name := c.Value(row)
	if k, ok := e.labels[name]; ok {
		return k, nil
	}
	if c.Kind == Number {
		for k, n := range e.classes {
			if x, err := strconv.ParseFloat(n, 64); err == nil && x == c.Numbers[row] {
				return k, nil
			}
		}
	}
	return 0, fmt.Errorf("row %d: the class %s of the target %s is none of the %d classes that were learned", row+1, quote.Short(name), quote.Short(e.Target), len(e.classes))
}

// places returns for each name of a column its place among the learned ones,
// or −1.
func places(to []int, names []string, learned map[string]int) []int {
	to = slices.Grow(to[:0], len(names))
	for _, n := range names {
		k, ok := learned[n]
		if !ok {
			k = -1
		}
		to = append(to, k)
	}
	return to
}
