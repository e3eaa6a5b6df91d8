package autograd

import "github.com/descent-ml/descent/tensor"

// Tril returns x with every element above a diagonal of its last two axes set
// to zero.
//
//	dx = tril dy
func (x Var) Tril(diagonal int) Var { return x.scaled(tril, float64(diagonal), 0) }

func tril() scaled {
	return scaled{
		Name: "tril", Rule: "tril dy",
		Value: func(y, x *tensor.Tensor, d, _ float64) { tensor.TrilTo(y, x, int(d)) },
		VJP:   func(_, _, dy Var, d, _ float64) Var { return dy.Tril(int(d)) },
	}
}

// Triu returns x with every element below a diagonal of its last two axes set
// to zero.
//
//	dx = triu dy
func (x Var) Triu(diagonal int) Var { return x.scaled(triu, float64(diagonal), 0) }

func triu() scaled {
	return scaled{
		Name: "triu", Rule: "triu dy",
		Value: func(y, x *tensor.Tensor, d, _ float64) { tensor.TriuTo(y, x, int(d)) },
		VJP:   func(_, _, dy Var, d, _ float64) Var { return dy.Triu(int(d)) },
	}
}
