package autograd

import "github.com/descent-ml/descent/tensor"

// Floor returns the largest integer not above each element; its gradient is zero.
//
//	y  = ⌊x⌋
//	dx = 0
func (x Var) Floor() Var { return x.unary(floor) }

func floor() Unary {
	return Unary{
		Name: "floor", Rule: "0",
		Value: tensor.FloorTo,
		VJP:   func(_, _, dy Var) Var { return dy.zero() },
	}
}

// Ceil returns the smallest integer not below each element; its gradient is zero.
//
//	y  = ⌈x⌉
//	dx = 0
func (x Var) Ceil() Var { return x.unary(ceil) }

func ceil() Unary {
	return Unary{
		Name: "ceil", Rule: "0",
		Value: tensor.CeilTo,
		VJP:   func(_, _, dy Var) Var { return dy.zero() },
	}
}

// Round returns the nearest integer of each element, halves to even; its gradient is zero.
//
//	y  = round x
//	dx = 0
func (x Var) Round() Var { return x.unary(round) }

func round() Unary {
	return Unary{
		Name: "round", Rule: "0",
		Value: tensor.RoundTo,
		VJP:   func(_, _, dy Var) Var { return dy.zero() },
	}
}

// Trunc returns the integer part of each element; its gradient is zero.
// See https://docs.pytorch.org/docs/stable/generated/torch.trunc.html.
//
//	y  = x without its fraction
//	dx = 0
func (x Var) Trunc() Var { return x.unary(trunc) }

func trunc() Unary {
	return Unary{
		Name: "trunc", Rule: "0",
		Value: tensor.TruncTo,
		VJP:   func(_, _, dy Var) Var { return dy.zero() },
	}
}

// Frac returns the fraction of each element, with its sign.
// See https://docs.pytorch.org/docs/stable/generated/torch.frac.html.
//
//	y  = x − trunc x
//	dx = dy
func (x Var) Frac() Var { return x.unary(frac) }

func frac() Unary {
	return Unary{
		Name: "frac", Rule: "dy",
		Value: tensor.FracTo,
		VJP:   func(_, _, dy Var) Var { return dy },
	}
}
