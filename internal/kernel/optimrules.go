package kernel

import (
	"math"

	"github.com/descent-ml/descent/internal/kernel/work"
)

// The rules below change a parameter p by its gradient g in one pass. A gradient
// is first −g[i] to maximize, and then WeightDecay * p[i] is added to it, unless
// Decoupled says that p[i] *= 1 − LR*WeightDecay instead; the loops write d for
// what that gives.

// decayed returns the gradient d of an element p, to be descended.
func decayed[T Float](d, p, decay T, maximize bool) T {
	if maximize {
		d = -d
	}
	if decay != 0 {
		d += T(decay * p)
	}
	return d
}

// lerp returns a + w (b − a), which is a for w = 0 and b for w = 1, exactly.
func lerp[T Float](a, b, w T) T {
	if w < 0.5 {
		return a + T(w*(b-a))
	}
	return b - T((b-a)*(1-w))
}

func sqrt[T Float](x T) T { return T(math.Sqrt(float64(x))) }

func sign[T Float](x T) T {
	switch {
	case x > 0:
		return 1
	case x < 0:
		return -1
	}
	return x // 0 or NaN
}

// An RMSprop holds the numbers of one step of RMSprop.
type RMSprop struct {
	LR, Alpha, Eps, WeightDecay, Momentum float64
	Maximize                              bool
}

// RMSpropStep is
//
//	for i := range p {
//		v[i] = Alpha * v[i] + (1 − Alpha) * d * d
//		m[i] += (1 − Alpha) * (d − m[i])                       // when m is not nil
//		d /= sqrt(v[i] − m[i]*m[i]) + Eps
//		buf[i] = Momentum * buf[i] + d; d = buf[i]             // when buf is not nil
//		p[i] -= LR * d
//	}
func RMSpropStep[T Float](p, g, v, m, buf []T, s RMSprop) {
	g, v = g[:len(p)], v[:len(p)]
	lr, alpha, c, eps, decay, mu := T(s.LR), T(s.Alpha), T(1-s.Alpha), T(s.Eps), T(s.WeightDecay), T(s.Momentum)
	for i, d := range g {
		d = decayed(d, p[i], decay, s.Maximize)
		u := T(alpha*v[i]) + T(T(c*d)*d)
		v[i] = u
		if m != nil {
			m[i] = lerp(m[i], d, c)
			u -= T(m[i] * m[i])
		}
		d /= sqrt(u) + eps
		if buf != nil {
			d += T(mu * buf[i])
			buf[i] = d
		}
		p[i] -= T(lr * d)
	}
}

// An Adagrad holds the numbers of one step of Adagrad.
type Adagrad struct {
	LR, Eps, WeightDecay float64
	Maximize             bool
}

// AdagradStep is
//
//	for i := range p {
//		sum[i] += d * d
//		p[i] -= LR * d / (sqrt(sum[i]) + Eps)
//	}
func AdagradStep[T Float](p, g, sum, _, _ []T, s Adagrad) {
	g, sum = g[:len(p)], sum[:len(p)]
	lr, eps, decay := T(s.LR), T(s.Eps), T(s.WeightDecay)
	for i, d := range g {
		d = decayed(d, p[i], decay, s.Maximize)
		sum[i] += T(d * d)
		p[i] -= T(lr*d) / (sqrt(sum[i]) + eps)
	}
}

// An Adadelta holds the numbers of one step of Adadelta.
type Adadelta struct {
	LR, Rho, Eps, WeightDecay float64
	Maximize                  bool
}

// AdadeltaStep is
//
//	for i := range p {
//		v[i] = Rho * v[i] + (1 − Rho) * d * d
//		d *= sqrt(moved[i] + Eps) / sqrt(v[i] + Eps)
//		moved[i] = Rho * moved[i] + (1 − Rho) * d * d
//		p[i] -= LR * d
//	}
func AdadeltaStep[T Float](p, g, v, moved, _ []T, s Adadelta) {
	g, v, moved = g[:len(p)], v[:len(p)], moved[:len(p)]
	lr, rho, c, eps, decay := T(s.LR), T(s.Rho), T(1-s.Rho), T(s.Eps), T(s.WeightDecay)
	for i, d := range g {
		d = decayed(d, p[i], decay, s.Maximize)
		v[i] = T(rho*v[i]) + T(T(c*d)*d)
		d *= sqrt(moved[i]+eps) / sqrt(v[i]+eps)
		moved[i] = T(rho*moved[i]) + T(T(c*d)*d)
		p[i] -= T(lr * d)
	}
}

// An Adamax holds the numbers of one step of Adamax.
type Adamax struct {
	LR, Beta1, Beta2, Eps, WeightDecay float64 // LR is divided by 1 − Beta1ᵗ already
	Maximize                           bool
}

// AdamaxStep is
//
//	for i := range p {
//		m[i] += (1 − Beta1) * (d − m[i])
//		u[i] = max(Beta2 * u[i], abs(d) + Eps)
//		p[i] -= LR * m[i] / u[i]
//	}
func AdamaxStep[T Float](p, g, m, u, _ []T, s Adamax) {
	g, m, u = g[:len(p)], m[:len(p)], u[:len(p)]
	lr, c1, b2, eps, decay := T(s.LR), T(1-s.Beta1), T(s.Beta2), T(s.Eps), T(s.WeightDecay)
	for i, d := range g {
		d = decayed(d, p[i], decay, s.Maximize)
		m[i] = lerp(m[i], d, c1)
		u[i] = max(T(b2*u[i]), max(d, -d)+eps)
		p[i] -= T(lr*m[i]) / u[i]
	}
}

// A NAdam holds the numbers of one step of NAdam.
type NAdam struct {
	Grad, Mean                     float64 // the rates of the gradient and of its average
	Correct                        float64 // 1 − Beta2ᵗ
	Beta1, Beta2, Eps, WeightDecay float64
	Keep                           float64 // 1 − LR*WeightDecay when the decay is decoupled, else 1
	Maximize                       bool
}

// NAdamStep is
//
//	for i := range p {
//		p[i] *= Keep
//		m[i] += (1 − Beta1) * (d − m[i])
//		v[i] = Beta2 * v[i] + (1 − Beta2) * d * d
//		p[i] -= (Grad * d + Mean * m[i]) / (sqrt(v[i] / Correct) + Eps)
//	}
func NAdamStep[T Float](p, g, m, v, _ []T, s NAdam) {
	g, m, v = g[:len(p)], m[:len(p)], v[:len(p)]
	rg, rm, root, keep := T(s.Grad), T(s.Mean), T(s.Correct), T(s.Keep)
	c1, b2, c2, eps, decay := T(1-s.Beta1), T(s.Beta2), T(1-s.Beta2), T(s.Eps), T(s.WeightDecay)
	for i, d := range g {
		d = decayed(d, p[i], decay, s.Maximize)
		m[i] = lerp(m[i], d, c1)
		v[i] = T(b2*v[i]) + T(T(c2*d)*d)
		p[i] = T(keep*p[i]) - (T(rg*d)+T(rm*m[i]))/(sqrt(v[i]/root)+eps)
	}
}

// A RAdam holds the numbers of one step of RAdam.
type RAdam struct {
	LR                             float64 // divided by 1 − Beta1ᵗ already
	Rect                           float64 // the rectification times sqrt(1 − Beta2ᵗ), or 0 for none
	Beta1, Beta2, Eps, WeightDecay float64
	Keep                           float64 // 1 − LR*WeightDecay when the decay is decoupled, else 1
	Maximize                       bool
}

// RAdamStep is
//
//	for i := range p {
//		p[i] *= Keep
//		m[i] += (1 − Beta1) * (d − m[i])
//		v[i] = Beta2 * v[i] + (1 − Beta2) * d * d
//		p[i] -= LR * m[i] * Rect / (sqrt(v[i]) + Eps)   // LR * m[i] when Rect is 0
//	}
func RAdamStep[T Float](p, g, m, v, _ []T, s RAdam) {
	g, m, v = g[:len(p)], m[:len(p)], v[:len(p)]
	lr, rect, keep := T(s.LR), T(s.Rect), T(s.Keep)
	c1, b2, c2, eps, decay := T(1-s.Beta1), T(s.Beta2), T(1-s.Beta2), T(s.Eps), T(s.WeightDecay)
	for i, d := range g {
		d = decayed(d, p[i], decay, s.Maximize)
		m[i] = lerp(m[i], d, c1)
		v[i] = T(b2*v[i]) + T(T(c2*d)*d)
		u := T(lr * m[i])
		if rect != 0 {
			u *= rect / (sqrt(v[i]) + eps)
		}
		p[i] = T(keep*p[i]) - u
	}
}

// A Lion holds the numbers of one step of Lion.
type Lion struct {
	LR, Beta1, Beta2, WeightDecay float64
	Maximize                      bool
}

// LionStep is
//
//	for i := range p {
//		p[i] *= 1 − LR*WeightDecay
//		p[i] -= LR * sign(Beta1 * m[i] + (1 − Beta1) * d)
//		m[i] = Beta2 * m[i] + (1 − Beta2) * d
//	}
func LionStep[T Float](p, g, m, _, _ []T, s Lion) {
	g, m = g[:len(p)], m[:len(p)]
	lr, keep, b1, c1, b2, c2 := T(s.LR), T(1-s.LR*s.WeightDecay), T(s.Beta1), T(1-s.Beta1), T(s.Beta2), T(1-s.Beta2)
	for i, d := range g {
		d = decayed(d, 0, 0, s.Maximize)
		p[i] = T(keep*p[i]) - T(lr*sign(T(b1*m[i])+T(c1*d)))
		m[i] = T(b2*m[i]) + T(c2*d)
	}
}

// An Rprop holds the numbers of one step of Rprop.
type Rprop struct {
	Shrink, Grow, Min, Max float64
	Maximize               bool
}

// RpropStep is
//
//	for i := range p {
//		turn := sign(d * prev[i])
//		size[i] *= Grow when turn > 0, Shrink when turn < 0; held between Min and Max
//		d = 0 when turn < 0
//		p[i] -= size[i] * sign(d)
//		prev[i] = d
//	}
func RpropStep[T Float](p, g, prev, size, _ []T, s Rprop) {
	g, prev, size = g[:len(p)], prev[:len(p)], size[:len(p)]
	shrink, grow, lo, hi := T(s.Shrink), T(s.Grow), T(s.Min), T(s.Max)
	for i, d := range g {
		d = decayed(d, 0, 0, s.Maximize)
		n := size[i]
		switch turn := d * prev[i]; {
		case turn > 0:
			n *= grow
		case turn < 0:
			n *= shrink
			d = 0
		}
		n = min(max(n, lo), hi)
		size[i], prev[i] = n, d
		p[i] -= T(n * sign(d))
	}
}

// An ASGD holds the numbers of one step of averaged gradient descent.
type ASGD struct {
	Eta, Lambda, Share, WeightDecay float64
	Maximize                        bool
}

// ASGDStep is
//
//	for i := range p {
//		p[i] *= 1 − Lambda*Eta
//		p[i] -= Eta * d
//		mean[i] += Share * (p[i] − mean[i])
//	}
func ASGDStep[T Float](p, g, mean, _, _ []T, s ASGD) {
	g, mean = g[:len(p)], mean[:len(p)]
	eta, keep, share, decay := T(s.Eta), T(1-s.Lambda*s.Eta), T(s.Share), T(s.WeightDecay)
	for i, d := range g {
		d = decayed(d, p[i], decay, s.Maximize)
		p[i] = T(keep*p[i]) - T(eta*d)
		mean[i] = lerp(mean[i], p[i], share)
	}
}

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
