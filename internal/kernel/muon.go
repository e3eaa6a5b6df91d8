package kernel

import (
	"math"

	"github.com/descent-ml/descent/internal/kernel/work"
)

// A Muon holds the numbers of one step of Muon on a matrix.
type Muon struct {
	Rows, Cols    int
	LR, Keep      float64 // the rate of this shape, and what decay leaves of the weights
	Momentum, Eps float64
	A, B, C       float64 // the coefficients of an iteration
	Iterations    int
	Nesterov      bool
}

// MuonStep is
//
//	buf += (1 − Momentum) * (g − buf)
//	x = buf, or g + Momentum * (buf − g) with Nesterov
//	x /= max(norm x, Eps)
//	for range Iterations {
//		y = x xᵀ
//		x = A x + (B y + C y y) x
//	}
//	p = Keep * p − LR * x
//
// where x lies on its side when it has more rows than columns. As in PyTorch, x and
// y are rounded to bfloat16 after each line, and products are summed in float32.
func MuonStep[T Float](p, g, buf, _, _ []T, s Muon) {
	keep, lr, mu, w := T(s.Keep), T(s.LR), T(s.Momentum), T(1-s.Momentum)
	m, n := min(s.Rows, s.Cols), max(s.Rows, s.Cols)
	mem, lent := work.Borrow[float32](2*m*n + 2*m*m)
	x, next := mem[:m*n], mem[m*n:][:m*n]
	y, yy := mem[2*m*n:][:m*m], mem[2*m*n+m*m:][:m*m]
	tall := s.Rows > s.Cols
	var squares float64
	for i, d := range g[:len(p)] {
		buf[i] = lerp(buf[i], d, w)
		u := buf[i]
		if s.Nesterov {
			u = lerp(d, u, mu)
		}
		v := bfloat16(float32(u))
		squares += float64(v) * float64(v)
		if tall {
			i = i%s.Cols*s.Rows + i/s.Cols
		}
		x[i] = v
	}
	norm := max(bfloat16(float32(math.Sqrt(squares))), bfloat16(float32(s.Eps)))
	for i, v := range x {
		x[i] = bfloat16(v / norm)
	}
	a, b, c := float32(s.A), float32(s.B), float32(s.C)
	for range s.Iterations {
		MatMul(y, m, Matrix[float32]{Data: x, Row: n, Col: 1}, Matrix[float32]{Data: x, Row: 1, Col: n}, m, m, n, Epilogue[float32]{})
		roundAll(y)
		square := Matrix[float32]{Data: y, Row: m, Col: 1}
		MatMul(yy, m, square, square, m, m, m, Epilogue[float32]{})
		for i, v := range yy {
			yy[i] = bfloat16(float32(b*y[i]) + float32(c*v))
		}
		MatMul(next, n, Matrix[float32]{Data: yy, Row: m, Col: 1}, Matrix[float32]{Data: x, Row: n, Col: 1}, m, n, m, Epilogue[float32]{})
		for i, v := range next {
			x[i] = bfloat16(float32(a*x[i]) + v)
		}
	}
	for i := range p {
		at := i
		if tall {
			at = i%s.Cols*s.Rows + i/s.Cols
		}
		p[i] = T(keep*p[i]) - T(lr*T(x[at]))
	}
	work.Return(lent)
}

// bfloat16 returns x rounded to 8 binary digits, to even.
func bfloat16(x float32) float32 {
	if x != x {
		return x
	}
	b := math.Float32bits(x)
	return math.Float32frombits((b + 0x7fff + b>>16&1) &^ 0xffff)
}

func roundAll(x []float32) {
	for i, v := range x {
		x[i] = bfloat16(v)
	}
}
