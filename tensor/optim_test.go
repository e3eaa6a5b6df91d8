package tensor_test

import (
	"math"
	"testing"

	"github.com/descent-ml/descent/tensor"
)

func TestSGD(t *testing.T) {
	src := newSource(36)
	for _, c := range []tensor.SGD{
		{LR: 0.1},
		{LR: 0.1, WeightDecay: 0.3},
		{LR: 0.1, Maximize: true},
		{LR: 0.1, Momentum: 0.9, First: true},
		{LR: 0.1, Momentum: 0.9},
		{LR: 0.1, Momentum: 0.9, Dampening: 0.5, WeightDecay: 0.3},
		{LR: 0.1, Momentum: 0.9, Dampening: 0.5, First: true},
		{LR: 0.1, Momentum: 0.9, WeightDecay: 0.3, Nesterov: true, Maximize: true},
	} {
		p, g, buf := src.grid(-1, 1, 3, 5), src.grid(-1, 1, 3, 5), src.grid(-1, 1, 3, 5)
		for _, dt := range dtypes {
			tp, tg, tb := put(dt, p), put(dt, g), put(dt, buf)
			c.Update(tp, tg, tb)
			wantP, wantB := newGrid(3, 5), newGrid(3, 5)
			for i := range p.v {
				d := g.v[i]
				if c.Maximize {
					d = -d
				}
				d += c.WeightDecay * p.v[i]
				b := buf.v[i]
				if c.Momentum != 0 {
					if b = c.Momentum*b + (1-c.Dampening)*d; c.First {
						b = d
					}
					if c.Nesterov {
						d += c.Momentum * b
					} else {
						d = b
					}
				}
				wantP.v[i], wantB.v[i] = p.v[i]-c.LR*d, b
			}
			wantP.near(t, tp, loose)
			wantB.near(t, tb, loose)
			g.near(t, tg, exact)
		}
	}
	p := tensor.Ones(2)
	tensor.SGD{LR: 0.5}.Update(p, tensor.Ones(2), nil)
	grid{[]int{2}, []float64{0.5, 0.5}}.near(t, p, exact)
}

func TestAdam(t *testing.T) {
	src := newSource(37)
	plain := tensor.Adam{LR: 0.01, Beta1: 0.9, Beta2: 0.99, Eps: 1e-3, Step: 1}
	for _, change := range []func(c *tensor.Adam){
		func(c *tensor.Adam) {},
		func(c *tensor.Adam) { c.Step = 7 },
		func(c *tensor.Adam) { c.WeightDecay = 0.3 },
		func(c *tensor.Adam) { c.WeightDecay, c.Decoupled = 0.3, true },
		func(c *tensor.Adam) { c.Maximize = true },
	} {
		c := plain
		change(&c)
		for _, amsgrad := range []bool{false, true} {
			p, g, m := src.grid(-1, 1, 15), src.grid(-1, 1, 15), src.grid(-1, 1, 15)
			v, top := src.grid(0, 1, 15), src.grid(0, 1, 15)
			for _, dt := range dtypes {
				tp, tg, tm, tv := put(dt, p), put(dt, g), put(dt, m), put(dt, v)
				var tt *tensor.Tensor
				if amsgrad {
					tt = put(dt, top)
				}
				c.Update(tp, tg, tm, tv, tt)
				wantP, wantM, wantV, wantT := newGrid(15), newGrid(15), newGrid(15), newGrid(15)
				for i := range p.v {
					x, d := p.v[i], g.v[i]
					if c.Maximize {
						d = -d
					}
					if c.Decoupled {
						x -= c.LR * c.WeightDecay * x
					} else {
						d += c.WeightDecay * x
					}
					wantM.v[i] = c.Beta1*m.v[i] + (1-c.Beta1)*d
					wantV.v[i] = c.Beta2*v.v[i] + (1-c.Beta2)*d*d
					wantT.v[i] = math.Max(top.v[i], wantV.v[i])
					u := wantV.v[i]
					if amsgrad {
						u = wantT.v[i]
					}
					t := float64(c.Step)
					wantP.v[i] = x - c.LR*wantM.v[i]/(1-math.Pow(c.Beta1, t))/(math.Sqrt(u)/math.Sqrt(1-math.Pow(c.Beta2, t))+c.Eps)
				}
				tol := tolerance{16, 16}
				wantP.near(t, tp, tol)
				wantM.near(t, tm, tol)
				wantV.near(t, tv, tol)
				if amsgrad {
					wantT.near(t, tt, tol)
				}
				g.near(t, tg, exact)
			}
		}
	}
}
