package optable

import (
	_ "embed"
	"fmt"
	"slices"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/internal/fixture"
	"github.com/descent-ml/descent/tensor"
)

// ops is what PyTorch computed: see testdata/fixtures.
//
//go:embed testdata/ops.json
var ops []byte

// inNN are the fixtures of losses with reductions, which package nn tests.
var inNN = []string{"MSE", "L1", "Huber", "SmoothL1", "BCE", "BCEWithLogits", "NLL", "CrossEntropy", "CrossEntropySoft"}

// kept are the operations with a row of their own for keeping axes.
var kept = []string{"Sum", "Mean", "Prod", "Max", "Min", "LogSumExp", "Variance", "Std", "Norm"}

// keptWith are those among them that take a number before.
var keptWith = []string{"NormP", "VarianceWith", "StdWith"}

// rowOf returns the name of the row that a fixture belongs to, or "" when
// another package tests it.
func rowOf(c fixture.Case) string {
	switch {
	case c.Op == "CrossEntropy" && c.Ints[0] == 2 && len(c.Inputs[0].Shape) == 2:
		return "CrossEntropyRows"
	case c.Op == "NLL" && c.Ints[0] == 2 && len(c.Inputs[0].Shape) == 2:
		return "NLLRows"
	case slices.Contains(inNN, c.Op):
		return ""
	case slices.Contains(kept, c.Op) && c.Floats[0] == 1:
		return c.Op + "Keep"
	case slices.Contains(keptWith, c.Op) && c.Floats[1] == 1:
		return c.Op + "Keep"
	}
	return c.Op
}

// attrsOf returns the attributes of a fixture.
func attrsOf(c fixture.Case) attrs {
	a := attrs{ints: c.Ints, floats: c.Floats}
	if c.Index != nil {
		a.index, a.shape = c.Index.Data, c.Index.Shape
	}
	if c.Weight != nil {
		a = weighted(a, c.Weight.Data...)
	}
	return a
}

// A pytorchCase is a case of PyTorch with the row of the operation.
type pytorchCase struct {
	fixture.Case
	row row
}

// pytorchCases returns those of the cases that have a row, and the operations of
// those that other packages test.
func pytorchCases(all []fixture.Case) (list []pytorchCase, elsewhere map[string]bool, err error) {
	rows := map[string]row{}
	for _, r := range table() {
		rows[r.name] = r
	}
	elsewhere = map[string]bool{}
	for _, c := range all {
		name := rowOf(c)
		if name == "" {
			elsewhere[c.Op] = true
			continue
		}
		r, ok := rows[name]
		if !ok {
			return nil, nil, fmt.Errorf("the table has no row %s", name)
		}
		list = append(list, pytorchCase{c, r})
	}
	return list, elsewhere, nil
}

// apply applies the operation to PyTorch's operands.
func (c *pytorchCase) apply(t *autograd.Tape) (y Var, leaves []Var) {
	s := attrsOf(c.Case).on()
	stored := make([]*tensor.Tensor, len(c.Inputs))
	for i, x := range c.Inputs {
		stored[i] = x.Tensor(tensor.Float64)
		s.in = append(s.in, operand{shape: x.Shape, fixed: c.Grads[i] == nil})
	}
	y, leaves = c.row.apply(t, s, stored)
	if c.row.name == "Embedding" && len(c.Index.Shape) == 0 { // Embedding with no shape takes a list of indices
		y = y.Squeeze(0)
	}
	return y, leaves
}

// gradients returns those of PyTorch, of the operands that have one.
func (c *pytorchCase) gradients() []*fixture.Tensor {
	return slices.DeleteFunc(slices.Clone(c.Grads), func(g *fixture.Tensor) bool { return g == nil })
}

// rtol is how near a value (0), and how near a gradient (1), comes to PyTorch's,
// relatively.
func (c *pytorchCase) rtol(order int) float64 {
	switch {
	case c.Op == "HardSigmoid" && order == 1: // PyTorch multiplies by the float32 nearest to 1/6
		return 1e-7
	case c.Op == "Digamma", c.Op == "Polygamma": // PyTorch's trigamma function has nine digits
		return 1e-8
	}
	return 1e-10
}
