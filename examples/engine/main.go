// Engine builds backpropagation from nothing: a tape of numbers, ten rules, one
// loop backwards. Then it compares bits with package autograd, and trains a net.
//
//	go run ./examples/engine [-out folder]
package main

import (
	"fmt"
	"io"
	"math"
	"path/filepath"
	"slices"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/data/synthetic"
	"github.com/descent-ml/descent/examples/internal/course"
	"github.com/descent-ml/descent/tensor"
)

func main() { course.Main("engine", run) }

// THE ENGINE.

// A Tape is a list of values, in the order in which they were computed.
type Tape struct{ values []*Value }

// A Value is a number and where it came from.
type Value struct {
	Number   float64
	Grad     float64 // the derivative of the result by this value, after Backward
	tape     *Tape
	name     string                // of the operation; "" for a number that was put in
	operands []*Value              // of the operation
	rule     func(dy float64) list // from the derivative of the result by this value, those by its operands
}

type list = []float64

// Var puts a number on the tape.
func (t *Tape) Var(number float64) *Value { return t.record("", number, nil) }

func (t *Tape) record(name string, number float64, rule func(float64) list, operands ...*Value) *Value {
	y := &Value{Number: number, tape: t, name: name, rule: rule, operands: operands}
	t.values = append(t.values, y)
	return y
}

// Backward finds the derivative of y by every value that y depends on. A value
// stands on the tape before all that was made of it. So, from the end to the
// beginning, the Grad of a value is complete when its rule is asked.
func (y *Value) Backward() {
	y.Grad = 1
	for _, v := range slices.Backward(y.tape.values) {
		if v.rule != nil {
			for k, d := range v.rule(v.Grad) {
				v.operands[k].Grad += d
			}
		}
	}
}

// The ten rules.

func (a *Value) Add(b *Value) *Value {
	return a.tape.record("add", a.Number+b.Number, func(dy float64) list { return list{dy, dy} }, a, b)
}
func (a *Value) Sub(b *Value) *Value {
	return a.tape.record("sub", a.Number-b.Number, func(dy float64) list { return list{dy, -dy} }, a, b)
}
func (a *Value) Mul(b *Value) *Value {
	return a.tape.record("mul", a.Number*b.Number, func(dy float64) list { return list{dy * b.Number, dy * a.Number} }, a, b)
}
func (a *Value) Div(b *Value) *Value {
	y := a.Number / b.Number
	return a.tape.record("div", y, func(dy float64) list { return list{dy / b.Number, -(dy * (y / b.Number))} }, a, b)
}
func (x *Value) Neg() *Value {
	return x.tape.record("neg", -x.Number, func(dy float64) list { return list{-dy} }, x)
}
func (x *Value) Exp() *Value {
	y := math.Exp(x.Number)
	return x.tape.record("exp", y, func(dy float64) list { return list{dy * y} }, x)
}
func (x *Value) Log() *Value {
	return x.tape.record("log", math.Log(x.Number), func(dy float64) list { return list{dy / x.Number} }, x)
}
func (x *Value) Square() *Value {
	return x.tape.record("square", x.Number*x.Number, func(dy float64) list { return list{2 * (dy * x.Number)} }, x)
}
func (x *Value) Sqrt() *Value {
	y := math.Sqrt(x.Number)
	return x.tape.record("sqrt", y, func(dy float64) list { return list{dy / (2 * y)} }, x)
}
func (x *Value) ReLU() *Value {
	if x.Number > 0 {
		return x.tape.record("relu", x.Number, func(dy float64) list { return list{dy} }, x)
	}
	return x.tape.record("relu", 0, func(float64) list { return list{0} }, x)
}

// THE END OF THE ENGINE. A number is a *Value, or an autograd.Var, or what else has these.
type number[V any] interface {
	Add(V) V
	Sub(V) V
	Mul(V) V
	Div(V) V
	Neg() V
	Exp() V
	Square() V
}

// sigmoid is 1 / (1 + e⁻ˣ), which goes from 0 to 1 as x grows. Four rules make it.
func sigmoid[V number[V]](x, one V) V { return one.Div(one.Add(x.Neg().Exp())) }

// example is L = (sigmoid(w x + b) − y)² at w = 0.5, x = 2, b = −0.3 and y = 0.
func example[V number[V]](put func(float64) V) (w, l V) {
	w, x, b, y, one := put(0.5), put(2), put(-0.3), put(0), put(1)
	e := sigmoid(w.Mul(x).Add(b), one).Sub(y)
	return w, e.Mul(e)
}

// lossOf is the mean of (ŷ − y)² over the examples, each x₁, x₂ and y, of the net
// ŷ = Σ v sigmoid(w₁ x₁ + w₂ x₂ + b) + c. The weights are w₁, w₂, b, v of each unit, and c.
func lossOf[V number[V]](w []V, examples []float64, put func(float64) V) V {
	sum, one := put(0), put(1)
	for e := range slices.Chunk(examples, 3) {
		x1, x2, y := put(e[0]), put(e[1]), put(e[2])
		predicted := w[len(w)-1]
		for u := 0; u+4 < len(w); u += 4 {
			predicted = predicted.Add(w[u+3].Mul(sigmoid(w[u].Mul(x1).Add(w[u+1].Mul(x2)).Add(w[u+2]), one)))
		}
		sum = sum.Add(predicted.Sub(y).Square())
	}
	return sum.Div(put(float64(len(examples) / 3)))
}

// byTape returns the loss and its gradient by our tape.
func byTape(w, examples []float64, backward func(*Value)) (loss float64, grad []float64) {
	t := new(Tape)
	for _, v := range w {
		t.Var(v)
	}
	weights := t.values
	l := lossOf(weights, examples, t.Var)
	backward(l)
	for _, v := range weights {
		grad = append(grad, v.Grad)
	}
	return l.Number, grad
}

// byAutograd does the same operations on the tape of package autograd.
func byAutograd(t *autograd.Tape, w, examples []float64) (loss float64, grad []float64) {
	t.Reset()
	var weights []autograd.Var
	for _, v := range w {
		weights = append(weights, t.Var(tensor.New([]float64{v})))
	}
	l := lossOf(weights, examples, func(v float64) autograd.Var { return t.Scalar(tensor.Float64, v) })
	grads := l.Backward()
	for _, v := range weights {
		grad = append(grad, grads.Of(v).Item())
	}
	return l.Item(), grad
}

// byMatrices computes the same loss for all examples and units at once.
func byMatrices(t *autograd.Tape, w, examples []float64) (loss float64, grad []float64) {
	t.Reset()
	last := len(w) - 1
	units, c := t.Var(tensor.New(w[:last], last/4, 4)), t.Var(tensor.New(w[last:]))
	rows := t.Const(tensor.New(examples, len(examples)/3, 3))
	h := rows.Slice(1, 0, 2, 1).Linear(units.Slice(1, 0, 2, 1), units.Select(1, 2)).Sigmoid()
	l := h.MatMul(units.Select(1, 3)).Add(c).Sub(rows.Select(1, 2)).Square().Mean()
	grads := l.Backward()
	return l.Item(), append(tensor.Values(grads.Of(units)), grads.Of(c).Item())
}

// byDifferences moves each weight by ±h and looks at the loss.
func byDifferences(w, examples []float64, h float64) (grad []float64) {
	for i, v := range w {
		w[i] = v + h
		above, _ := byTape(w, examples, func(*Value) {})
		w[i] = v - h
		below, _ := byTape(w, examples, func(*Value) {})
		w[i] = v
		grad = append(grad, (above-below)/(2*h))
	}
	return grad
}

// begin draws n points of two half moons, y = ±1, and the first weights of a net.
func begin(seed uint64, n, units int) (w, examples []float64) {
	r := tensor.NewRand(seed)
	set := synthetic.Moons(n, 0.1, r)
	for i, label := range set.Labels {
		examples = append(examples, set.X.At(i, 0), set.X.At(i, 1), float64(2*label-1))
	}
	return tensor.Values(tensor.MulScalar(tensor.Randn(r, 4*units+1), 0.5)), examples
}

// descend takes steps from w, w ← w − rate · dL/dw. It returns where they lead, and
// the loss before each and after the last.
func descend(w []float64, rate float64, steps int, f func(w []float64) (float64, []float64)) (end, losses []float64) {
	end = slices.Clone(w)
	for {
		loss, grad := f(end)
		if losses = append(losses, loss); len(losses) > steps {
			return end, losses
		}
		for i, g := range grad {
			end[i] -= rate * g
		}
	}
}

// overwriting is Backward with a fault: = where += should stand.
func overwriting(y *Value) {
	y.Grad = 1
	for _, v := range slices.Backward(y.tape.values) {
		for k := range v.operands {
			v.operands[k].Grad = v.rule(v.Grad)[k]
		}
	}
}

// everyPath follows each path from y down, and returns how many rules it asked.
func everyPath(y *Value, dy float64) (asked int) {
	if y.Grad += dy; y.rule == nil {
		return 0
	}
	for k, d := range y.rule(dy) {
		asked += everyPath(y.operands[k], d)
	}
	return asked + 1
}

// differ returns how many numbers differ, and the largest difference / the largest number.
func differ(a, b []float64) (count int, part float64) {
	size, gap := 0.0, 0.0
	for i, v := range a {
		if v != b[i] {
			count++
		}
		size, gap = max(size, math.Abs(v)), max(gap, math.Abs(v-b[i]))
	}
	return count, gap / size
}

func run(out io.Writer, folder string) error {
	const seed, points, units, rate, steps = 1, 30, 6, 0.2, 500
	say, full, theirs := course.Printer(out), (*Value).Backward, autograd.NewTape()
	start, examples := begin(seed, points, units)
	first, grad := byTape(start, examples, full)

	say("1. WITHOUT AN ENGINE\n\nThe article (3.2.2) says: compute the gradient of the loss by the weights. It works that")
	say("out by hand for the weights of a linear model (4.2), and not for a net. Take %d weights:", len(start))
	say("\n    ŷ = Σ v sigmoid(w₁ x₁ + w₂ x₂ + b) + c    over %d hidden units\n", units)
	say("for %d points of two half moons, y = ±1. The loss L is the mean of (ŷ − y)², here %.4f.", points, first)
	say("The derivative of L by a weight says how fast L changes when that weight is moved; all")
	say("of them are the gradient. One could try: move each weight by ±h, take (L₊ − L₋) / 2h. How")
	say("far that is from the gradient that section 3 finds:\n")
	curves := []course.Curve{{Name: "measured"}, {Name: "0.01 h²", Dashed: true}, {Name: "1e-16 / h", Dashed: true}}
	for k := range 14 {
		h := math.Pow(10, -float64(k))
		_, part := differ(grad, byDifferences(start, examples, h))
		for i, y := range []float64{part, 0.01 * h * h, 1e-16 / h} {
			if y > 1e-12 {
				curves[i].X, curves[i].Y = append(curves[i].X, h), append(curves[i].Y, y)
			}
		}
		if k%2 == 1 {
			say("    h = %.0e   error %.0e of the largest derivative", h, part)
		}
	}
	chart := course.Chart{Title: fmt.Sprintf("%d derivatives by differences", len(start)), X: "h, by which a weight is moved",
		Y: "largest error / largest derivative", LogX: true, LogY: true, Curves: curves}
	path := filepath.Join(folder, "engine.png")
	if err := chart.Save(path); err != nil {
		return err
	}
	say("\nA large h misses the bend of L. A small h subtracts two numbers that are nearly equal,")
	say("and leaves their rounding. The best is %.0e, and each gradient took %d runs of the net.\n(A picture is in %s.)\n",
		slices.Min(curves[0].Y), 2*len(start), path)

	w, l := example(new(Tape).Var)
	l.Backward()
	say("2. A TAPE\n\nTake L = (sigmoid(w x + b) − y)², where sigmoid(z) = 1 / (1 + e⁻ᶻ). Write down each")
	say("operation as it is computed. Then go back from the end: dL/dL is 1, and each operation")
	say("has a rule that turns the derivative by its result into those by its operands. (Read the")
	say("last column upwards.)\n\n    no.   operation     number   dL/d(it)")
	for i, v := range l.tape.values {
		what := v.name + []string{"w", "x", "b", "y", "1", ""}[min(i, 5)]
		for _, o := range v.operands {
			what += fmt.Sprintf(" %d", slices.Index(l.tape.values, o))
		}
		say("    %2d    %-10s %9.6f  %9.6f", i, what, v.Number, v.Grad)
	}
	s := 1 / (1 + math.Exp(-0.7))
	say("\nBy hand, dL/dw = 2 (s − y) s (1 − s) x with s = sigmoid(w x + b). This is %.6f, and", 2*s*s*(1-s)*2)
	say("the tape differs from it by %.0e. The ten rules in main.go are a table of derivatives.\n", math.Abs(w.Grad-2*s*s*(1-s)*2))

	w, l = example(new(Tape).Var)
	overwriting(l)
	say("3. TWO WAYS TO GET IT WRONG\n\n“mul 11 11” uses number 11 twice, and what comes from both uses must be added. With = in")
	say("place of +=, dL/dw would be %.6f. The other way is slow: go down each path from L by", w.Grad)
	say("itself, without the list. For y = x, and then n times y = y + y:\n\n     n     dy/dx   rules asked, by paths   by the list")
	for _, n := range []int{1, 2, 5, 10, 20} {
		x := new(Tape).Var(1)
		y := x
		for range n {
			y = y.Add(y)
		}
		asked := everyPath(y, 1)
		say("    %2d  %8.0f  %22d  %12d", n, x.Grad, asked, len(x.tape.values)-1)
	}
	say("\nBackwards through the list, each rule is asked once, when its dy is complete. Now the net.")
	say("Package autograd gets the same operations in the same order, in float64, then matrices:\n")
	_, numbers := byAutograd(theirs, start, examples)
	_, matrices := byMatrices(theirs, start, examples)
	one, _ := differ(grad, numbers)
	many, part := differ(grad, matrices)
	say("    derivatives with other bits, by numbers    %2d of %d", one, len(grad))
	say("    derivatives with other bits, by matrices   %2d of %d, at most %.0e of the largest", many, len(grad), part)
	say("\nMatrices add the same products in another order, and sums are rounded.\n")
	ours := func(w []float64) (float64, []float64) { return byTape(w, examples, full) }
	mine, a := descend(start, rate, steps, ours)
	other, b := descend(start, rate, steps, func(w []float64) (float64, []float64) { return byAutograd(theirs, w, examples) })
	_, c := descend(start, rate, steps, func(w []float64) (float64, []float64) { return byTape(w, examples, overwriting) })
	_, up := descend(start, -rate, 1, ours)
	say("4. IT LEARNS\n\n%d steps w ← w − %v dL/dw. The loss, by our tape, by autograd, and with the fault:\n", steps, rate)
	say("    step    our tape    autograd   = for +=")
	for _, k := range []int{0, 1, 10, 100, steps} {
		say("    %4d   %9.6f   %9.6f  %9.6f", k, a[k], b[k], c[k])
	}
	one, _ = differ(mine, other)
	say("\nAt the end %d of %d weights have other bits. (The article says “along” the gradient. One", one, len(mine))
	say("step along it takes the loss from %.4f to %.4f: one must go against it.)\n", up[0], up[1])

	say("5. WHAT IT COSTS\n\nOne gradient, the least time of five on this machine:\n\n    way                              ms   allocations")
	ways := []string{"differences", "our tape", "autograd, number by number", "autograd, matrices"}
	for i, f := range []func(){func() { byDifferences(start, examples, 1e-5) }, func() { ours(start) },
		func() { byAutograd(theirs, start, examples) }, func() { byMatrices(theirs, start, examples) }} {
		took, allocations := course.Measure(f)
		say("    %-26s %8.3f %13d", ways[i], took.Seconds()*1e3, allocations)
	}
	say("\nOur tape makes new memory for each number, autograd uses its memory again. By matrices, it")
	say("asks each rule once for all points and units. No derivative is better for it, only sooner.")
	return nil
}
