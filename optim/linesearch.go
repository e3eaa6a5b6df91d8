package optim

import (
	"fmt"
	"math"
	"slices"

	"github.com/descent-ml/descent/tensor"
)

// A point is one along a direction: the length of the step to it, the loss, the
// slope along the direction, and the gradient.
type point struct {
	t, loss, slope float64
	grad           []float64
}

func (p *point) set(t, loss, slope float64, grad []float64) {
	p.t, p.loss, p.slope = t, loss, slope
	copy(p.grad, grad)
}

// search looks along the direction for a step that fulfils the strong Wolfe
// conditions: the loss is low enough, and the slope flat enough. It sets the length
// t and the gradient there, and returns the loss and the number of evaluations. The
// weights stay where they are. It follows PyTorch's search.
func (o *QuasiNewton) search(loss, slope float64, most int) (float64, int) {
	const low, flat = 1e-4, 0.9
	at := 0
	for _, p := range o.params {
		read(o.x[at:at+p.Value.Len()], p.Value, 1)
		at += p.Value.Len()
	}
	size, t := largest(o.dir), o.t
	try := func() (float64, float64) {
		o.move(t)
		f := o.evaluate(o.trial)
		o.restore()
		return f, dot(o.trial, o.dir)
	}
	f, s := try()
	evals, iter := 1, 0
	a, b := &o.bracket[0], &o.bracket[1]
	prevT, prevF, prevS := 0.0, loss, slope
	copy(o.before, o.grad)
	done, found := false, false
	for iter < most && !found {
		switch {
		case f > loss+low*t*slope || iter > 1 && f >= prevF, math.Abs(s) > -flat*slope && s >= 0:
			a.set(prevT, prevF, prevS, o.before)
			b.set(t, f, s, o.trial)
			found = true
			continue
		case math.Abs(s) <= -flat*slope:
			a.set(t, f, s, o.trial)
			b.set(t, f, s, o.trial)
			found, done = true, true
			continue
		}
		next := cubic(prevT, prevF, prevS, t, f, s, t+0.01*(t-prevT), t*10)
		prevT, prevF, prevS = t, f, s
		copy(o.before, o.trial)
		t = next
		f, s = try()
		evals++
		iter++
	}
	if !found {
		a.set(0, loss, slope, o.grad)
		b.set(t, f, s, o.trial)
	}
	best, worst := a, b
	if !(a.loss <= b.loss) {
		best, worst = b, a
	}
	stuck := false
	for !done && iter < most {
		lo, hi := min(a.t, b.t), max(a.t, b.t)
		if (hi-lo)*size < o.ToleranceChange {
			break
		}
		t = cubic(a.t, a.loss, a.slope, b.t, b.loss, b.slope, lo, hi)
		if margin := 0.1 * (hi - lo); min(hi-t, t-lo) < margin { // close to the boundary
			if stuck || t >= hi || t <= lo {
				if math.Abs(t-hi) < math.Abs(t-lo) {
					t = hi - margin
				} else {
					t = lo + margin
				}
				stuck = false
			} else {
				stuck = true
			}
		} else {
			stuck = false
		}
		f, s = try()
		evals++
		iter++
		if f > loss+low*t*slope || f >= best.loss {
			worst.set(t, f, s, o.trial)
			best, worst = a, b
			if !(a.loss <= b.loss) {
				best, worst = b, a
			}
			continue
		}
		if math.Abs(s) <= -flat*slope {
			done = true
		} else if s*(worst.t-best.t) >= 0 {
			worst.set(best.t, best.loss, best.slope, best.grad)
		}
		best.set(t, f, s, o.trial)
	}
	o.t = best.t
	copy(o.grad, best.grad)
	return best.loss, evals
}

// cubic returns where the cubic through two points with their slopes is lowest,
// held between lo and hi.
func cubic(x1, f1, g1, x2, f2, g2, lo, hi float64) float64 {
	d1 := g1 + g2 - 3*(f1-f2)/(x1-x2)
	square := float64(d1*d1) - float64(g1*g2)
	if !(square >= 0) {
		return (lo + hi) / 2
	}
	d2 := math.Sqrt(square)
	var x float64
	if x1 <= x2 {
		x = x2 - (x2-x1)*((g2+d2-d1)/(g2-g1+2*d2))
	} else {
		x = x1 - (x1-x2)*((g1+d2-d1)/(g1-g2+2*d2))
	}
	return min(max(x, lo), hi)
}

// move adds t times the direction to the weights.
func (o *QuasiNewton) move(t float64) {
	at := 0
	for _, p := range o.params {
		d := o.dir[at : at+p.Value.Len()]
		at += len(d)
		if p.Value.DType() == tensor.Float64 {
			axpy(tensor.Data[float64](p.Value), t, d)
		} else {
			w := tensor.Data[float32](p.Value)
			for i, v := range d {
				w[i] += float32(t * v)
			}
		}
	}
}

// restore puts the weights back to where the search began.
func (o *QuasiNewton) restore() {
	at := 0
	for _, p := range o.params {
		x := o.x[at : at+p.Value.Len()]
		at += len(x)
		if p.Value.DType() == tensor.Float64 {
			copy(tensor.Data[float64](p.Value), x)
		} else {
			w := tensor.Data[float32](p.Value)
			for i, v := range x {
				w[i] = float32(v)
			}
		}
	}
}

// read writes sign times the elements of x.
func read(dst []float64, x *tensor.Tensor, sign float64) {
	if x.DType() == tensor.Float64 {
		for i, v := range tensor.Data[float64](x) {
			dst[i] = sign * v
		}
		return
	}
	for i, v := range tensor.Data[float32](x) {
		dst[i] = sign * float64(v)
	}
}

func dot(a, b []float64) (sum float64) {
	for i, v := range a {
		sum += float64(v * b[i])
	}
	return sum
}

func axpy(y []float64, a float64, x []float64) {
	for i, v := range x {
		y[i] += float64(a * v)
	}
}

// largest returns the largest size of an element, or NaN.
func largest(a []float64) (m float64) {
	for _, v := range a {
		m = max(m, math.Abs(v))
	}
	return m
}

// total returns the sum of the sizes of all elements.
func total(a []float64) (sum float64) {
	for _, v := range a {
		sum += math.Abs(v)
	}
	return sum
}

// State returns what a new optimizer of the same parameters needs to continue:
//
//	"n_iter", "func_evals"          the numbers of iterations and of calls of the closure
//	"t", "H_diag"                   the last length, and the scale of the inverse Hessian
//	"d", "prev_flat_grad"           [n], the last direction and the gradient where it began
//	"old_dirs", "old_stps"          [k n], the history of gradients and of weights
//	"ro"                            [k]
//
// with PyTorch's names, in float64. It is a copy.
func (o *QuasiNewton) State() []tensor.Named {
	number := func(name string, v float64) tensor.Named {
		return tensor.Named{Name: name, Value: tensor.New([]float64{v})}
	}
	list := func(name string, v []float64, shape ...int) tensor.Named {
		return tensor.Named{Name: name, Value: tensor.New(slices.Clone(v), shape...)}
	}
	n, k := len(o.dir), len(o.rho)
	return []tensor.Named{
		number("n_iter", float64(o.iters)), number("func_evals", float64(o.evals)), number("t", o.t), number("H_diag", o.scale),
		list("d", o.dir, n), list("prev_flat_grad", o.prev, n),
		list("old_dirs", slices.Concat(o.grads...), k, n), list("old_stps", slices.Concat(o.moves...), k, n), list("ro", o.rho, k),
	}
}

// LoadState copies a state into the optimizer. The names must be those of
// [QuasiNewton.State], in any order, with shapes that fit; otherwise the error says
// what differs, and the optimizer is unchanged.
func (o *QuasiNewton) LoadState(state []tensor.Named) error {
	given := map[string]*tensor.Tensor{}
	for _, s := range state {
		given[s.Name] = s.Value
	}
	n, k := len(o.dir), 0
	if ro := given["ro"]; ro != nil && ro.Rank() == 1 {
		k = ro.Len()
	}
	if k > o.History {
		return fmt.Errorf("load optimizer state: it remembers %d iterations, and the optimizer at most %d", k, o.History)
	}
	for i, s := range o.State() {
		x, want := given[s.Name], [...][]int{{}, {}, {}, {}, {n}, {n}, {k, n}, {k, n}, {k}}[i]
		switch {
		case x == nil:
			return missing(s.Name)
		case !slices.Equal(x.Shape(), want):
			return fmt.Errorf("load optimizer state: %q has shape %v, want %v", s.Name, x.Shape(), want)
		case x.DType() != tensor.Float64:
			return fmt.Errorf("load optimizer state: %q is %v, want float64", s.Name, x.DType())
		case i < 2:
			if err := checkSteps(s.Name, x); err != nil {
				return err
			}
		}
	}
	o.iters, o.evals = int(given["n_iter"].Item()), int(given["func_evals"].Item())
	o.t, o.scale = given["t"].Item(), given["H_diag"].Item()
	copy(o.dir, tensor.Values(given["d"]))
	copy(o.prev, tensor.Values(given["prev_flat_grad"]))
	rows := func(x *tensor.Tensor) (rows [][]float64) {
		for row := range slices.Chunk(tensor.Values(x), max(1, n)) {
			rows = append(rows, row)
		}
		return rows
	}
	o.grads, o.moves, o.rho = rows(given["old_dirs"]), rows(given["old_stps"]), tensor.Values(given["ro"])
	return nil
}
