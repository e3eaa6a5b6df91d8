package main

// optimizers are the common forms of optimizer steps. Portable loops do the others.
// Where the decay is 0, a loop without this term is used, since 0 times an infinite
// number would be NaN.
var optimizers = []*loop{
	sgd("sgd", "SGDStep without momentum and decay", false),
	sgd("sgdDecay", "SGDStep without momentum", true),
	momentum("momentum", "SGDStep with momentum and without decay", false, false),
	momentum("momentumDecay", "SGDStep with momentum", true, false),
	momentum("nesterov", "SGDStep with Nesterov's momentum and without decay", false, true),
	momentum("nesterovDecay", "SGDStep with Nesterov's momentum", true, true),
	adam("adam", "AdamStep without AMSGrad and without decay in the gradient", false),
	adam("adamDecay", "AdamStep without AMSGrad", true),
}

// numbersOf returns the names of the numbers of a step, with decay if it has one.
func numbersOf(decays bool, names ...string) []string {
	if decays {
		names = append(names, "decay")
	}
	return names
}

// gradient returns the gradient that a step follows: sign · g, plus decay · p if
// the step has decay. decay is the last number.
func gradient(t assembler, decays bool, p, g, sign vec, numbers []vec) vec {
	d := t.times(sign, g)
	if decays {
		d = t.mulAdd(numbers[len(numbers)-1], p, d)
	}
	return d
}

func sgd(name, doc string, decays bool) *loop {
	return &loop{name: name, doc: doc + ", with sign 1, or −1 to maximize.", out: []string{"p"}, in: []string{"p", "grad"},
		numbers: numbersOf(decays, "lr", "sign"), double: true, unroll: 4,
		body: func(t assembler, x, c []vec, _ gatherer) []vec {
			return []vec{t.negMulAdd(c[0], gradient(t, decays, x[0], x[1], c[1], c), x[0])}
		}}
}

func momentum(name, doc string, decays, ahead bool) *loop {
	return &loop{name: name, doc: doc + ", after the first step.", out: []string{"p", "buf"}, in: []string{"p", "grad", "buf"},
		numbers: numbersOf(decays, "lr", "sign", "mu", "damp"), double: true, unroll: 2,
		body: func(t assembler, x, c []vec, _ gatherer) []vec {
			d := gradient(t, decays, x[0], x[1], c[1], c)
			b := t.mulAdd(c[3], d, t.times(c[2], x[2]))
			step := b
			if ahead {
				step = t.mulAdd(c[2], b, d)
			}
			return []vec{t.negMulAdd(c[0], step, x[0]), b}
		}}
}

func adam(name, doc string, decays bool) *loop {
	return &loop{name: name, doc: doc + ", for 1 − Beta1 < ½: p shrinks by keep.", out: []string{"p", "m", "v"}, in: []string{"p", "grad", "m", "v"},
		numbers: numbersOf(decays, "step", "root", "eps", "keep", "sign", "c1", "b2", "c2"), double: true, unroll: 2,
		body: func(t assembler, x, c []vec, _ gatherer) []vec {
			p, m, v := x[0], x[2], x[3]
			step, root, eps, keep, sign, c1, b2, c2 := c[0], c[1], c[2], c[3], c[4], c[5], c[6], c[7]
			d := gradient(t, decays, p, x[1], sign, c)
			m = t.mulAdd(c1, t.minus(d, m), m)
			v = t.mulAdd(t.times(c2, d), d, t.times(b2, v))
			p = t.negMulAdd(step, t.over(m, t.plus(t.times(t.sqrt(v), root), eps)), t.times(p, keep))
			return []vec{p, m, v}
		}}
}
