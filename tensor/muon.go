package tensor

import "github.com/descent-ml/descent/internal/kernel"

// A Muon holds the numbers of one step of Muon.
type Muon struct {
	LR, Keep      float64    // the rate of this shape, and what decay leaves of the weights
	Momentum, Eps float64    // Eps is the least norm that a matrix is divided by
	Coefficients  [3]float64 // of an iteration
	Iterations    int
	Nesterov      bool // look ahead along the momentum
}

// Update changes a matrix p by one step of Muon:
//
//	buf = Momentum buf + (1 − Momentum) g
//	x   = buf                              g + Momentum (buf − g) with Nesterov
//	x   = x/max(|x|, Eps)
//	x   = a x + (b x xᵀ + c (x xᵀ)²) x     Iterations times
//	p   = Keep p − LR x
//
// As in PyTorch, x is rounded to bfloat16. The tensors have one shape and element
// type and are contiguous.
func (s Muon) Update(p, g, buf *Tensor) {
	if p.rank != 2 {
		BadShape("muon step", "want a matrix", p)
	}
	n := kernel.Muon{
		Rows: p.shape[0], Cols: p.shape[1], LR: s.LR, Keep: s.Keep, Momentum: s.Momentum, Eps: s.Eps,
		A: s.Coefficients[0], B: s.Coefficients[1], C: s.Coefficients[2], Iterations: s.Iterations, Nesterov: s.Nesterov,
	}
	step("muon step", n, kernel.MuonStep[float32], kernel.MuonStep[float64], p, g, buf, nil, nil)
}
