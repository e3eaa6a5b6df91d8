package optable

import (
	"fmt"
	"math"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/internal/fixture"
	"github.com/descent-ml/descent/tensor"
)

// A Line says how an operation agrees with what it should be, in float64. A
// deviation is the largest |got − want| / max(1, |want|) over all elements of all
// cases.
type Line struct {
	Name             string
	Cases            int     // operands that it was tried on
	Value            float64 // deviation from the plain formula
	Flat             bool    // no gradient flows through it
	Gradient, Second float64 // deviations of first and second derivatives from differences

	PyTorch                       int     // cases of PyTorch
	PyTorchValue, PyTorchGradient float64 // deviations from it

	Errs []error // what is wrong
}

// Conformance tries every operation whose name want takes, and calls report with
// each line, in the order of the table.
func Conformance(want func(name string) bool, report func(*Line) error) error {
	var all struct{ Cases []fixture.Case }
	if err := fixture.Decode(ops, &all); err != nil {
		return err
	}
	list, _, err := pytorchCases(all.Cases)
	if err != nil {
		return err
	}
	var line *Line
	end := func() error {
		if line == nil {
			return nil
		}
		for i := range list {
			if c := &list[i]; c.row.name == line.Name {
				line.compare(c)
			}
		}
		return report(line)
	}
	for c := range Cases() {
		if !want(c.Name) {
			continue
		}
		if line == nil || line.Name != c.Name {
			if err := end(); err != nil {
				return err
			}
			line = &Line{Name: c.Name, Flat: c.Flat}
		}
		line.try(c)
	}
	return end()
}

// try adds a case of the table.
func (l *Line) try(c *Case) {
	l.Cases++
	y, _ := c.Apply(autograd.NewTape())
	plain := c.row.want(c.sample.attrs, c.sample.arrays(c.stored))
	l.Value = max(l.Value, deviation(tensor.Values(y.Value()), plain.v))
	l.note(c.Sample, near(y.Value(), plain, 1e-12))
	if c.Flat {
		return
	}
	f, inputs := c.Function()
	first, second, err := autograd.Deviation(f, inputs...)
	l.Gradient, l.Second = max(l.Gradient, first), max(l.Second, second)
	l.note(c.Sample, err)
}

// compare adds a case of PyTorch.
func (l *Line) compare(c *pytorchCase) {
	l.PyTorch++
	y, leaves := c.apply(autograd.NewTape())
	l.PyTorchValue = max(l.PyTorchValue, deviation(tensor.Values(y.Value()), c.Output.Data))
	l.note(c.Name, c.Output.Diff(y.Value(), c.rtol(0), 1e-12))
	if len(leaves) == 0 || !y.NeedsGrad() {
		return
	}
	grads := y.BackwardSeed(c.Seed.Tensor(tensor.Float64))
	for i, g := range c.gradients() {
		got := grads.Of(leaves[i])
		l.PyTorchGradient = max(l.PyTorchGradient, deviation(tensor.Values(got), g.Data))
		l.note(c.Name, g.Diff(got, c.rtol(1), 1e-12))
	}
}

func (l *Line) note(what string, err error) {
	if err != nil {
		l.Errs = append(l.Errs, fmt.Errorf("%s %s: %w", l.Name, what, err))
	}
}

// deviation returns the largest distance of two lists. NaN is as good as NaN, and
// infinities are equal or infinitely far.
func deviation(got, want []float64) (worst float64) {
	if len(got) != len(want) {
		return math.Inf(1)
	}
	for i, v := range got {
		switch w := want[i]; {
		case v == w, math.IsNaN(v) && math.IsNaN(w):
		case math.IsNaN(v), math.IsNaN(w), math.IsInf(v, 0), math.IsInf(w, 0):
			return math.Inf(1)
		default:
			worst = max(worst, math.Abs(v-w)/max(1, math.Abs(w)))
		}
	}
	return worst
}
