package table

import (
	"fmt"
	"math"

	"github.com/descent-ml/descent/tensor"
)

// Values turns the outputs of a regression, float32 or float64 of shape [n] or
// [n 1], into values of the target: it undoes the standardising.
//
//	value = mean + deviation × output
//
// It panics with a [*tensor.ShapeError] for another shape, and with a
// [*tensor.ArgError] when the task is no regression.
func (e *Encoder) Values(out *tensor.Tensor) []float64 {
	if e.Task != Regression {
		panic(&tensor.ArgError{Op: "values", Reason: fmt.Sprintf("the task is %v, want regression", e.Task)})
	}
	if shape := out.Shape(); len(shape) == 0 || len(shape) > 2 || len(shape) == 2 && shape[1] != 1 {
		panic(&tensor.ShapeError{Op: "values", Shapes: [][]int{shape}, Reason: "want one output for each row"})
	}
	values := tensor.Values(out)
	for i, y := range values {
		values[i] = e.shift + float64(e.scale*y)
	}
	return values
}

// Predicted turns what a model makes of x.X into columns for [File.Extend]. For
// the target price of a regression this is price_predicted, and for the target
// species of a classification species_predicted, the class with the largest
// logit, and species_probability, its softmax. A row that x leaves out has no
// values.
//
// The shape of out is [rows 1] or [rows] for a regression, as in
// [Encoder.Values], and [rows classes] for a classification. It panics with a
// [*tensor.ShapeError] for another.
func (e *Encoder) Predicted(out *tensor.Tensor, x *Encoded) []Column {
	missing := func(name string) Column {
		c := Column{Field: Field{Name: name, Kind: Number}, Numbers: make([]float64, x.of)}
		for i := range c.Numbers {
			c.Numbers[i] = nan
		}
		return c
	}
	n, classes := len(x.Rows), len(e.classes)
	if e.Task == Regression {
		values := e.Values(out)
		if len(values) != n {
			panic(&tensor.ShapeError{Op: "predicted", Shapes: [][]int{out.Shape()}, Reason: fmt.Sprintf("want outputs of %d rows", n)})
		}
		c := missing(e.Target + "_predicted")
		for i, row := range x.Rows {
			c.Numbers[row] = values[i]
		}
		return []Column{c}
	}
	if shape := out.Shape(); len(shape) != 2 || shape[0] != n || shape[1] != classes {
		panic(&tensor.ShapeError{Op: "predicted", Shapes: [][]int{shape}, Reason: fmt.Sprintf("want [%d %d]", n, classes)})
	}
	logits := tensor.Values(out)
	class := Column{Field: Field{Name: e.Target + "_predicted", Kind: Category}, Names: e.classes, Index: make([]int, x.of)}
	for i := range class.Index {
		class.Index[i] = -1
	}
	probability := missing(e.Target + "_probability")
	for i, row := range x.Rows {
		best, sum := 0, 0.0
		z := logits[i*classes : (i+1)*classes]
		for k := range z {
			if z[k] > z[best] {
				best = k
			}
		}
		for _, v := range z {
			sum += math.Exp(v - z[best])
		}
		class.Index[row], probability.Numbers[row] = best, 1/sum
	}
	return []Column{class, probability}
}
