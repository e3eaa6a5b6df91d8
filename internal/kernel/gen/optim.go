package main

// sgd and adam are the loops of optimizers in their common forms; others are
// left to portable loops.
var optimizers = []*loop{
	{name: "sgd", doc: "SGDStep without momentum, with sign 1, or −1 to maximize.", out: []string{"p"}, in: []string{"p", "grad"}, numbers: []string{"lr", "decay", "sign"}, double: true, unroll: 4,
		body: func(t assembler, x, c []vec, _ gatherer) []vec {
			d := t.mulAdd(c[1], x[0], t.times(c[2], x[1]))
			return []vec{t.negMulAdd(c[0], d, x[0])}
		}},
	{name: "momentum", doc: "SGDStep with momentum, after the first step. The step is keep d + ahead buf: buf, or d + mu buf for Nesterov.",
		out: []string{"p", "buf"}, in: []string{"p", "grad", "buf"}, numbers: []string{"lr", "decay", "sign", "mu", "damp", "keep", "ahead"}, double: true, unroll: 2,
		body: func(t assembler, x, c []vec, _ gatherer) []vec {
			d := t.mulAdd(c[1], x[0], t.times(c[2], x[1]))
			b := t.mulAdd(c[4], d, t.times(c[3], x[2]))
			step := t.mulAdd(c[6], b, t.times(c[5], d))
			return []vec{t.negMulAdd(c[0], step, x[0]), b}
		}},
	{name: "adam", doc: "AdamStep without AMSGrad for 1 − Beta1 < ½: p shrinks by keep, g grows by decay p.",
		out: []string{"p", "m", "v"}, in: []string{"p", "grad", "m", "v"}, numbers: []string{"step", "root", "eps", "keep", "decay", "sign", "c1", "b2", "c2"}, double: true, unroll: 2,
		body: func(t assembler, x, c []vec, _ gatherer) []vec {
			p, m, v := x[0], x[2], x[3]
			step, root, eps, keep, decay, sign, c1, b2, c2 := c[0], c[1], c[2], c[3], c[4], c[5], c[6], c[7], c[8]
			d := t.mulAdd(decay, p, t.times(sign, x[1]))
			m = t.mulAdd(c1, t.minus(d, m), m)
			v = t.mulAdd(t.times(c2, d), d, t.times(b2, v))
			p = t.negMulAdd(step, t.over(m, t.plus(t.times(t.sqrt(v), root), eps)), t.times(p, keep))
			return []vec{p, m, v}
		}},
}
