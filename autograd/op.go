package autograd

import "github.com/descent-ml/descent/tensor"

// An operation is what a node keeps of the operation that made it: a function
// that returns a declaration. Each family of declarations below implements the
// interface. Declarations are not package variables, because rules refer to other
// operations, and Go refuses variables that refer to one another in a circle.
type operation interface {
	// info returns the name and the rule in words.
	info() (name, rule string)
	// vjp returns the gradient by operand i of y, given dy, that by y, or the
	// empty Var when there is none.
	vjp(y *node, i int, dy Var) Var
}

// A Unary declares an elementwise operation of one operand.
type Unary struct {
	Name  string                      // in lower case, for messages
	Rule  string                      // the gradient in words, from dy
	Value func(y, x *tensor.Tensor)   // writes the value into y, which has the shape of x
	VJP   func(x, y, dy Var) (dx Var) // nil when the gradient is zero everywhere
}

// A Binary declares an elementwise operation of two operands, which broadcast. A
// rule may return a gradient with the broadcast shape; the engine sums it to the
// shape of the operand.
type Binary struct {
	Name, Rule string
	Value      func(y, a, b *tensor.Tensor)
	A          func(a, b, y, dy Var) (da Var)
	B          func(a, b, y, dy Var) (db Var)
}

// An Op declares an operation of any number of operands and any shape.
type Op struct {
	Name, Rule string
	Shape      func(operands ...[]int) []int // the shape of the value
	Value      func(y *tensor.Tensor, operands ...*tensor.Tensor)
	VJP        func(i int, operands []Var, y, dy Var) Var // the gradient by operand i; nil when all are zero
}

// Apply records a unary operation on x: built-in operations and those of users
// are declared and applied alike.
func (x Var) Apply(op func() Unary) Var { return x.unary(op) }

// Apply2 records a binary operation on x and b.
func (x Var) Apply2(op func() Binary, b Var) Var { return x.binary(op, b) }

// Apply records an operation on the operands.
func Apply(op func() Op, operands ...Var) Var {
	o := opOp(op)
	d := op()
	nodes := nodesOf(d.Name, operands)
	t := nodes[0].tape
	y := t.apply(o, nodes...)
	y.needs = y.needs && d.VJP != nil
	shapes := t.shapes.take(len(nodes))
	for i, n := range nodes {
		shapes[i] = n.val.Shape()
	}
	t.store(y, nodes[0].val.DType(), d.Shape(shapes...))
	d.Value(&y.val, t.valuesOf(nodes)...)
	return t.finish(y)
}

// nodesOf returns the live nodes of variables, of which there must be some.
func nodesOf(op string, xs []Var) []*node {
	if len(xs) == 0 {
		panic(&tensor.ArgError{Op: op, Reason: "there are no operands"})
	}
	nodes := xs[0].live(op).tape.nodes.take(len(xs))
	for i, x := range xs {
		nodes[i] = x.live(op)
	}
	return nodes
}

// valuesOf returns the values of nodes.
func (t *Tape) valuesOf(nodes []*node) []*tensor.Tensor {
	values := t.values.take(len(nodes))
	for i, n := range nodes {
		values[i] = &n.val
	}
	return values
}

type unaryOp func() Unary

func (op unaryOp) info() (name, rule string) { d := op(); return d.Name, d.Rule }

func (op unaryOp) vjp(y *node, _ int, dy Var) Var {
	if rule := op().VJP; rule != nil {
		return rule(y.operand(0), y.self(), dy)
	}
	return Var{}
}

func (x Var) unary(op unaryOp) Var {
	d := op()
	n := x.live(d.Name)
	t := n.tape
	y := t.apply(op, n)
	y.needs = y.needs && d.VJP != nil
	t.storeOver(y, n, n.val.Shape())
	d.Value(&y.val, &n.val)
	return t.finish(y)
}

// A scaled is a Unary with up to two numbers.
type scaled struct {
	Name, Rule string
	Value      func(y, x *tensor.Tensor, a, b float64)
	VJP        func(x, y, dy Var, a, b float64) Var
}

type scaledOp func() scaled

func (op scaledOp) info() (name, rule string) { d := op(); return d.Name, d.Rule }

func (op scaledOp) vjp(y *node, _ int, dy Var) Var {
	return op().VJP(y.operand(0), y.self(), dy, y.attr.f[0], y.attr.f[1])
}

func (x Var) scaled(op scaledOp, a, b float64) Var {
	d := op()
	n := x.live(d.Name)
	t := n.tape
	y := t.apply(op, n)
	y.attr.f = [2]float64{a, b}
	t.storeOver(y, n, n.val.Shape())
	d.Value(&y.val, &n.val, a, b)
	return t.finish(y)
}

type binaryOp func() Binary

func (op binaryOp) info() (name, rule string) { d := op(); return d.Name, d.Rule }

func (op binaryOp) vjp(y *node, i int, dy Var) Var {
	d := op()
	rule := d.A
	if i == 1 {
		rule = d.B
	}
	if rule == nil {
		return Var{}
	}
	return rule(y.operand(0), y.operand(1), y.self(), dy)
}

func (x Var) binary(op binaryOp, b Var) Var {
	d := op()
	n, m := x.live(d.Name), b.live(d.Name)
	t := n.tape
	y := t.apply(op, n, m)
	y.needs = t.recording && (d.A != nil && n.needs || d.B != nil && m.needs)
	var dims [tensor.MaxRank]int
	shape := tensor.Dims(dims[:0]).Broadcast(d.Name, &n.val, &m.val)
	if m.mayOverwrite {
		t.storeOver(y, m, shape)
	} else {
		t.storeOver(y, n, shape)
	}
	d.Value(&y.val, &n.val, &m.val)
	return t.finish(y)
}

// A reduction declares an operation that reduces axes of its operand. Its rule
// sees y and dy with these axes kept at length one, so that they broadcast
// against x.
type reduction struct {
	Name, Rule string
	Value      func(y, x *tensor.Tensor, axes tensor.Axes)
	VJP        func(x, y, dy Var, axes tensor.Axes) Var
}

type reductionOp func() reduction

func (op reductionOp) info() (name, rule string) { d := op(); return d.Name, d.Rule }

func (op reductionOp) vjp(y *node, _ int, dy Var) Var {
	kept, dy := y.kept(dy)
	return op().VJP(y.operand(0), kept, dy, tensor.Axes(y.attr.ints[0]))
}

// kept returns y, the value of a reduction, and dy with the reduced axes, which
// ints[0] names, at length one.
func (y *node) kept(dy Var) (self, kept Var) {
	self = y.self()
	if x := &y.in[0].val; dy.Rank() != x.Rank() && dy.Rank() != 0 { // a single number broadcasts as it is
		var dims [tensor.MaxRank]int
		shape := tensor.Dims(dims[:0]).Reduce(x, tensor.Axes(y.attr.ints[0]), true)
		self, dy = self.Reshape(shape...), dy.Reshape(shape...)
	}
	return self, dy
}

// reduce applies a reduction over the named axes, or over all. ints[0] holds
// the set of axes.
func (x Var) reduce(op reductionOp, keep bool, axes []int) Var {
	d := op()
	n := x.live(d.Name)
	t := n.tape
	set := n.val.AxesOf(d.Name, axes...)
	y := t.apply(op, n)
	y.attr.ints[0] = int(set)
	var dims [tensor.MaxRank]int
	t.store(y, n.val.DType(), tensor.Dims(dims[:0]).Reduce(&n.val, set, keep))
	d.Value(&y.val, &n.val, set)
	return t.finish(y)
}

type opOp func() Op

func (op opOp) info() (name, rule string) { d := op(); return d.Name, d.Rule }

func (op opOp) vjp(y *node, i int, dy Var) Var {
	rule := op().VJP
	if rule == nil {
		return Var{}
	}
	operands := y.tape.vars.take(len(y.in))
	for k := range y.in {
		operands[k] = y.operand(k)
	}
	return rule(i, operands, y.self(), dy)
}

// operand returns operand i of y as a variable.
func (y *node) operand(i int) Var { return Var{y.in[i], y.in[i].gen} }

// self returns y as a variable.
func (y *node) self() Var { return Var{y, y.gen} }

// leafOp and aliasOp are the operations of nodes that no operation made.
var (
	leafOp  operation = constant("leaf")
	aliasOp operation = constant("alias")
)

type constant string

func (c constant) info() (name, rule string)     { return string(c), "" }
func (c constant) vjp(_ *node, _ int, _ Var) Var { return Var{} }
