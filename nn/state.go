package nn

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/descent-ml/descent/tensor"
)

// An entry is a tensor of a model, with all its names. A tied tensor has several.
type entry struct {
	value *tensor.Tensor
	names []string
}

// entries returns the tensors of a model in the order of its fields, each once,
// and the tensor of each name.
func entries(model any) (list []*entry, byName map[string]*entry) {
	byValue := map[*tensor.Tensor]*entry{}
	byName = map[string]*entry{}
	places := map[string]string{}
	for _, f := range walk(model) {
		e := byValue[f.value()]
		if e == nil {
			e = &entry{value: f.value()}
			byValue[e.value] = e
			list = append(list, e)
		}
		switch other, ok := byName[f.name]; {
		case !ok:
			byName[f.name], places[f.name] = e, f.place
			e.names = append(e.names, f.name)
		case other != e:
			panic(refusal("%s and %s are both named %q; tag one of them `nn:\"name\"`", places[f.name], f.place, f.name))
		}
	}
	return list, byName
}

// State returns the parameters and buffers of a model with their names. A
// tensor that the model has twice is there once, under the first of its names.
// The tensors are the model's own: changing them changes the model. State
// panics when two tensors have one name, or when one stands behind an
// unexported field.
func State(model any) []tensor.Named {
	var state []tensor.Named
	list, _ := entries(model)
	for _, e := range list {
		state = append(state, tensor.Named{Name: e.names[0], Value: e.value})
	}
	return state
}

// Snapshot is [State] with copies of the tensors, which later steps do not
// change. [LoadState] brings the model back to it.
func Snapshot(model any) []tensor.Named {
	state := State(model)
	for i := range state {
		state[i].Value = state[i].Value.Clone()
	}
	return state
}

// RenamePrefix returns a state in which the names that begin with one prefix
// begin with another. RenamePrefix(state, "module.", "") undoes what PyTorch's
// DataParallel does to names.
func RenamePrefix(state []tensor.Named, from, to string) []tensor.Named {
	state = slices.Clone(state)
	for i, s := range state {
		if rest, ok := strings.CutPrefix(s.Name, from); ok {
			state[i].Name = to + rest
		}
	}
	return state
}

// LoadState sets the parameters and buffers of a model. It converts element
// types. The state must have a tensor of the same shape for each one of the
// model, and no other tensors, in any order. A tensor with several names in the
// model may have any or all of them in the state. Otherwise the error says what
// is wrong, and the model is unchanged.
func LoadState(model any, state []tensor.Named) error {
	m, err := match(model, state)
	switch {
	case err != nil:
		return err
	case len(m.missing) > 0:
		name, counts := m.missing[0], fmt.Sprintf("the model has %d tensors, the state %d", len(m.entries), len(state))
		return fmt.Errorf("load state: the state has no tensor named %q; %s", name, nearest(name, m.extra, counts))
	case len(m.extra) > 0:
		var names []string
		for _, e := range m.entries {
			names = append(names, e.names...)
		}
		counts := fmt.Sprintf("the model has %d tensors, the state %d", len(m.entries), len(state))
		return fmt.Errorf("load state: the model has no tensor named %q; %s", m.extra[0], nearest(m.extra[0], names, counts))
	}
	m.copy()
	return nil
}

// LoadMatching is [LoadState] for a state that need not have the same names. It
// sets what it finds, and returns the names of the model that are missing in the
// state, and the extra names that only the state has. A tensor of another shape
// is still an error, and leaves the model unchanged.
func LoadMatching(model any, state []tensor.Named) (missing, extra []string, err error) {
	m, err := match(model, state)
	if err != nil {
		return nil, nil, err
	}
	m.copy()
	return m.missing, m.extra, nil
}

// A matching says which tensor of a state belongs to which of a model.
type matching struct {
	entries        []*entry
	given          []*tensor.Tensor // for each entry, nil for none
	missing, extra []string
}

func match(model any, state []tensor.Named) (*matching, error) {
	given := map[string]*tensor.Tensor{}
	list, known := entries(model)
	m := &matching{entries: list, given: make([]*tensor.Tensor, len(list))}
	for _, s := range state {
		if _, ok := given[s.Name]; ok {
			return nil, fmt.Errorf("load state: the state has two tensors named %q", s.Name)
		}
		if s.Value == nil {
			return nil, fmt.Errorf("load state: the value of %q is nil", s.Name)
		}
		given[s.Name] = s.Value
		if known[s.Name] == nil {
			m.extra = append(m.extra, s.Name)
		}
	}
	for i, e := range list {
		first := ""
		for _, name := range e.names {
			v := given[name]
			switch {
			case v == nil:
			case !slices.Equal(v.Shape(), e.value.Shape()):
				return nil, fmt.Errorf("load state: %q has shape %v, the model wants %v", name, v.Shape(), e.value.Shape())
			case m.given[i] == nil:
				m.given[i], first = v, name
			case !same(m.given[i], v):
				return nil, fmt.Errorf("load state: %q and %q are one tensor in the model, but differ in the state", first, name)
			}
		}
		if m.given[i] == nil {
			m.missing = append(m.missing, e.names[0])
		}
	}
	return m, nil
}

func (m *matching) copy() {
	for i, v := range m.given {
		if v != nil {
			m.entries[i].value.CopyFrom(v)
		}
	}
}

// same reports whether two tensors of one shape have the same elements.
func same(a, b *tensor.Tensor) bool {
	return a == b || slices.EqualFunc(tensor.Values(a), tensor.Values(b), func(x, y float64) bool {
		return math.Float64bits(x) == math.Float64bits(y)
	})
}

// nearest says which of the names is like a name, or else what it is given.
func nearest(name string, names []string, otherwise string) string {
	best, least := "", 1+len(name)/4
	for _, n := range names {
		if strings.HasSuffix(n, "."+name) || strings.HasSuffix(name, "."+n) {
			return fmt.Sprintf("the nearest is %q; RenamePrefix changes prefixes", n)
		}
		if d := distance(name, n); d <= least && (best == "" || d < least) {
			best, least = n, d
		}
	}
	if best == "" {
		return otherwise
	}
	return fmt.Sprintf("the nearest is %q", best)
}

// distance returns the number of bytes to insert, delete or replace that make b
// of a (Levenshtein).
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			replaced := diagonal
			if a[i] != b[j] {
				replaced++
			}
			diagonal = row[j+1]
			row[j+1] = min(replaced, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
