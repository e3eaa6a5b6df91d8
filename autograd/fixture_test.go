package autograd_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/internal/fixture"
	"github.com/descent-ml/descent/tensor"
)

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

func TestFixtures(t *testing.T) {
	rows := map[string]row{}
	for _, r := range table() {
		rows[r.name] = r
	}
	elsewhere := map[string]bool{}
	for _, c := range fixture.Cases(t, "testdata/ops.json") {
		name := rowOf(c)
		if name == "" {
			elsewhere[c.Op] = true
			continue
		}
		t.Run(c.Name, func(t *testing.T) {
			r, ok := rows[name]
			require.True(t, ok, "the table has no row %s", name)
			s := attrsOf(c).on()
			stored := make([]*tensor.Tensor, len(c.Inputs))
			for i, x := range c.Inputs {
				stored[i] = x.Tensor(tensor.Float64)
				s.in = append(s.in, operand{shape: x.Shape, fixed: c.Grads[i] == nil})
			}
			tape := autograd.NewTape()
			y, leaves := r.apply(tape, s, stored)
			if name == "Embedding" && len(c.Index.Shape) == 0 { // Embedding with no shape takes a list of indices
				y = y.Squeeze(0)
			}
			rtol := 1e-10
			if c.Op == "Digamma" || c.Op == "Polygamma" { // PyTorch's trigamma function has nine digits
				rtol = 1e-8
			}
			require.NoError(t, c.Output.Diff(y.Value(), rtol, 1e-12), "value")
			if c.Op == "HardSigmoid" { // PyTorch multiplies by the float32 nearest to 1/6
				rtol = 1e-7
			}
			wants := slices.DeleteFunc(slices.Clone(c.Grads), func(g *fixture.Tensor) bool { return g == nil })
			for i, g := range autograd.VJP(y, tape.Const(c.Seed.Tensor(tensor.Float64)), leaves...) {
				require.NoError(t, wants[i].Diff(g.Value(), rtol, 1e-12), "gradient %d by VJP", i)
			}
			grads := y.BackwardSeed(c.Seed.Tensor(tensor.Float64))
			for i, leaf := range leaves {
				require.NotNil(t, grads.Of(leaf), "gradient %d", i)
				require.NoError(t, wants[i].Diff(grads.Of(leaf), rtol, 1e-12), "gradient %d", i)
			}
		})
	}
	for _, op := range inNN {
		require.True(t, elsewhere[op], "there is no fixture %s to leave out", op)
	}
}
