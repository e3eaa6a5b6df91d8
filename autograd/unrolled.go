package autograd

import (
	"slices"

	"github.com/descent-ml/descent/tensor"
)

// unrolled is a recurrence as a plain expression, step by step.
type unrolled struct {
	x, wih, whh, bih, bhh, h, c, dy Var // bih and bhh may be empty
	given, hidden                   int
	order                           []int // the steps, in the order in which they are computed
	lengths                         []int // of the examples; nil for all steps
}

func unroll(z *node, operands []Var) unrolled {
	u := unrolled{x: operands[0], wih: operands[1], whh: operands[2], dy: operands[len(operands)-1], given: z.attr.ints[1], lengths: z.attr.index}
	if z.attr.ints[2] == 1 {
		u.bih = operands[3]
	}
	if z.attr.ints[3] == 1 {
		u.bhh = operands[3+z.attr.ints[2]]
	}
	u.hidden = u.whh.Dim(1)
	u.h = z.tape.Const(tensor.ZerosOf(u.x.DType(), u.x.Dim(1), u.hidden))
	u.c = u.h
	if u.given > 0 {
		u.h = operands[z.firstState()]
	}
	if u.given > 1 {
		u.c = operands[z.firstState()+1]
	}
	for t := range u.x.Dim(0) {
		u.order = append(u.order, t)
	}
	if z.attr.ints[0] == 1 {
		slices.Reverse(u.order)
	}
	return u
}

// gate returns the columns of a that belong to a gate.
func (u *unrolled) gate(a Var, gate int) Var { return a.Slice(1, gate*u.hidden, (gate+1)*u.hidden, 1) }

func at(x Var, step int) Var { return x.Slice(0, step, step+1, 1).Squeeze(0) }

// oneMinus returns 1 − x.
func oneMinus(x Var) Var { return x.Neg().AddScalar(1) }

// sigmoidRule and tanhRule return the gradients of σ and tanh, plainly.
func sigmoidRule(y, dy Var) Var { return dy.Mul(y).Mul(oneMinus(y)) }
func tanhRule(y, dy Var) Var    { return dy.Mul(oneMinus(y.Square())) }

func lstmGrad() general {
	return general{
		Name: "lstm gradient", Rule: "that of the gradients of all steps, from the last to the first",
		Value: func(z *node) {
			if t := z.tape; t.done && !t.recording { // the gates are not needed again
				z.share(z.saved[0])
			} else {
				t.store(z, z.in[0].val.DType(), []int{z.recurrentSize(1)})
			}
			x, p := z.recurrence()
			d, gates := z.recurrentParts(&z.val, 1), z.recurrentParts(&z.saved[0].val, 1)
			dy := z.value(len(z.in) - 1)
			d.gates.AsGrad().LSTM(&d.bias, d.state(0), d.state(1), dy, &gates.gates, &z.saved[1].val, x, &p)
		},
		Expr: func(z *node, operands []Var) Var {
			u := unroll(z, operands)
			n := len(u.order)
			products := u.x.Linear(u.wih, u.bih)
			type step struct{ i, f, g, o, before, tanh Var }
			steps := make([]step, n)
			h, c := u.h, u.c
			for _, t := range u.order {
				a := at(products, t).Add(h.Linear(u.whh, u.bhh))
				s := step{u.gate(a, 0).Sigmoid(), u.gate(a, 1).Sigmoid(), u.gate(a, 2).Tanh(), u.gate(a, 3).Sigmoid(), c, Var{}}
				c = u.unless(t, c, s.f.Mul(c).Add(s.i.Mul(s.g)))
				s.tanh = c.Tanh()
				h = u.unless(t, h, s.o.Mul(s.tanh))
				steps[t] = s
			}
			dh, dc := z.tape.Const(tensor.ZerosLike(h.Value())), at(u.dy, n)
			da := make([]Var, n)
			for _, t := range slices.Backward(u.order) {
				s := steps[t]
				dh = dh.Add(at(u.dy, t))
				later := dc
				dc = dc.Add(tanhRule(s.tanh, dh.Mul(s.o)))
				da[t] = Concat(1, sigmoidRule(s.i, dc.Mul(s.g)), sigmoidRule(s.f, dc.Mul(s.before)), tanhRule(s.g, dc.Mul(s.i)), sigmoidRule(s.o, dh.Mul(s.tanh)))
				da[t] = u.unless(t, dh.scalar(0), da[t])
				dh, dc = u.unless(t, dh, da[t].MatMul(u.whh)), u.unless(t, later, dc.Mul(s.f))
			}
			all := Stack(0, da...)
			parts := []Var{all.Reshape(-1), all.Sum(0, 1)}
			if u.given > 0 {
				parts = append(parts, dh.Reshape(-1), dc.Reshape(-1))
			}
			return Concat(0, parts...)
		},
	}
}

func gruGrad() general {
	return general{
		Name: "gru gradient", Rule: "that of the gradients of all steps, from the last to the first",
		Shape: func(z *node, dims tensor.Dims) []int { return append(dims, z.recurrentSize(2)) },
		Value: func(z *node) {
			x, p := z.recurrence()
			d, y := z.recurrentParts(&z.val, 2), &z.saved[2].val
			dy := z.value(len(z.in) - 1)
			d.gates.AsGrad().GRU(&d.bias, d.state(0), dy, y, &z.saved[0].val, &z.saved[1].val, x, &p)
		},
		Expr: func(z *node, operands []Var) Var {
			u := unroll(z, operands)
			n := len(u.order)
			products := u.x.Linear(u.wih, u.bih)
			type step struct{ r, z, n, inner, before Var }
			steps := make([]step, n)
			h := u.h
			for _, t := range u.order {
				a, b := at(products, t), h.Linear(u.whh, u.bhh)
				s := step{u.gate(a, 0).Add(u.gate(b, 0)).Sigmoid(), u.gate(a, 1).Add(u.gate(b, 1)).Sigmoid(), Var{}, u.gate(b, 2), h}
				s.n = u.gate(a, 2).Add(s.r.Mul(s.inner)).Tanh()
				h = u.unless(t, h, oneMinus(s.z).Mul(s.n).Add(s.z.Mul(h)))
				steps[t] = s
			}
			dh := z.tape.Const(tensor.ZerosLike(h.Value()))
			da, db := make([]Var, n), make([]Var, n)
			for _, t := range slices.Backward(u.order) {
				s := steps[t]
				dh = dh.Add(at(u.dy, t))
				dn := tanhRule(s.n, dh.Mul(oneMinus(s.z)))
				dr, dz := sigmoidRule(s.r, dn.Mul(s.inner)), sigmoidRule(s.z, dh.Mul(s.before.Sub(s.n)))
				da[t], db[t] = Concat(1, dr, dz, dn), Concat(1, dr, dz, dn.Mul(s.r))
				da[t], db[t] = u.unless(t, dh.scalar(0), da[t]), u.unless(t, dh.scalar(0), db[t])
				dh = u.unless(t, dh, dh.Mul(s.z).Add(db[t].MatMul(u.whh)))
			}
			a, b := Stack(0, da...), Stack(0, db...)
			parts := []Var{a.Reshape(-1), b.Reshape(-1), a.Sum(0, 1), b.Sum(0, 1)}
			if u.given > 0 {
				parts = append(parts, dh.Reshape(-1))
			}
			return Concat(0, parts...)
		},
	}
}
