package optable

import (
	"fmt"
	"hash/fnv"
	"math"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/internal/fixture"
	"github.com/descent-ml/descent/tensor"
)

// Var is what the table is about.
type Var = autograd.Var

// A row of the table is one operation: how to apply it, what it should give,
// and where to try it. The tests in op_table_test.go do the rest. To add an
// operation, add its row to its family's file.
type row struct {
	name    string                         // the exported method or function
	run     func(a attrs, x []Var) Var     // applies it
	want    func(a attrs, x []array) array // its value, as plain as can be
	samples []sample                       // where to try it
	lo, hi  float64                        // operands are drawn from here, unless they say otherwise; −2 … 2 by default
	kinks   []float64                      // numbers to stay away from
	flat    bool                           // no gradient flows through it
	tol32   float64                        // relative distance of float32 from float64; 5e-6 by default
	errors  []misuse                       // exact messages
	heap    string                         // why a step allocates; empty for those that do not
	also    func(a attrs, x []Var) error   // further checks, in float64
}

// attrs are what an operation takes besides operands, as in the fixtures.
type attrs struct {
	ints    []int
	floats  []float64
	index   []int
	shape   []int            // of the index
	weights []*tensor.Tensor // of classes, for each element type; nil for none
}

// A sample is one application of an operation.
type sample struct {
	attrs
	in []operand
}

// A misuse is an application that panics with a message.
type misuse struct {
	text string
	sample
}

// An operand describes an input of a sample.
type operand struct {
	shape  []int
	layout layout
	lo, hi float64 // 0, 0 for those of the row
	data   []float64
	fixed  bool // no gradient is asked for
}

// A layout is how the elements of an operand lie in storage.
type layout byte

const (
	packed  layout = iota
	turned         // the axes are stored in reverse order
	stepped        // every second column of a wider tensor
)

// of describes a contiguous operand.
func of(shape ...int) operand { return operand{shape: append([]int{}, shape...)} }

// turn describes an operand that is a transposed view.
func turn(shape ...int) operand { return operand{shape: shape, layout: turned} }

// step describes an operand that is a strided view.
func step(shape ...int) operand { return operand{shape: shape, layout: stepped} }

func (o operand) with(data ...float64) operand { o.data = data; return o }

func (o operand) constant() operand { o.fixed = true; return o }

// on makes a sample without attributes, with makes one that has some.
func on(in ...operand) sample { return sample{in: in} }

func (a attrs) on(in ...operand) sample { return sample{attrs: a, in: in} }

func ints(n ...int) attrs { return attrs{ints: n} }

func floats(f ...float64) attrs { return attrs{floats: f} }

func (a attrs) at(shape []int, index ...int) attrs { a.shape, a.index = shape, index; return a }

func (a attrs) and(f ...float64) attrs { a.floats = f; return a }

func (s sample) String() string {
	var parts []string
	for _, o := range s.in {
		text := strings.ReplaceAll(strings.Trim(fmt.Sprint(o.shape), "[]"), " ", "x")
		if len(o.shape) == 0 {
			text = "scalar"
		}
		parts = append(parts, text+[]string{"", "T", "S"}[o.layout])
	}
	name := strings.Join(parts, ",")
	for _, a := range []any{s.ints, s.floats, s.shape, s.index} {
		if text := fmt.Sprint(a); text != "[]" {
			name += " " + text
		}
	}
	if s.weights != nil {
		name += " weighted"
	}
	return name
}

// storage returns the shape that an operand is stored with.
func (o operand) storage() []int {
	s := slices.Clone(o.shape)
	switch {
	case o.layout == turned:
		slices.Reverse(s)
	case o.layout == stepped:
		s[len(s)-1] = 2*s[len(s)-1] + 1
	}
	return s
}

var reversed = [][]int{{}, {0}, {1, 0}, {2, 1, 0}, {3, 2, 1, 0}, {4, 3, 2, 1, 0}}

// view turns what is stored into the operand.
func (o operand) view(x Var) Var {
	switch o.layout {
	case turned:
		return x.Permute(reversed[len(o.shape)]...)
	case stepped:
		return x.Slice(-1, 1, 2*o.shape[len(o.shape)-1]+1, 2)
	}
	return x
}

// An array is the plain model of a tensor: elements in row-major order.
type array struct {
	shape []int
	v     []float64
}

// places calls f for each index of a shape, in row-major order. f must not keep
// the slice.
func places(shape []int, f func(idx []int)) {
	if slices.Contains(shape, 0) {
		return
	}
	for idx := make([]int, len(shape)); ; {
		f(idx)
		k := len(shape) - 1
		for ; k >= 0; k-- {
			if idx[k]++; idx[k] < shape[k] {
				break
			}
			idx[k] = 0
		}
		if k < 0 {
			return
		}
	}
}

// fill returns the array of a shape with the elements f(index).
func fill(shape []int, f func(idx []int) float64) array {
	a := array{shape: slices.Clone(shape)}
	places(shape, func(idx []int) { a.v = append(a.v, f(idx)) })
	return a
}

// at returns an element; leading indices that a does not have are dropped, and
// axes of length one read at 0, as broadcasting does.
func (a array) at(idx ...int) float64 {
	idx = idx[len(idx)-len(a.shape):]
	at := 0
	for k, d := range a.shape {
		at *= d
		if d > 1 {
			at += idx[k]
		}
	}
	return a.v[at]
}

// arrayOf reads a tensor, element by element.
func arrayOf(t *tensor.Tensor) array {
	return fill(t.Shape(), func(idx []int) float64 { return t.At(idx...) })
}

// draw returns the stored tensors of a sample's operands, float64 but exact in
// float32, the same in every run.
func (r *row) draw(s sample) []*tensor.Tensor {
	h := fnv.New64a()
	fmt.Fprint(h, r.name, s)
	rng := rand.New(rand.NewPCG(h.Sum64(), 1))
	out := make([]*tensor.Tensor, len(s.in))
	for i, o := range s.in {
		lo, hi := o.lo, o.hi
		if lo == hi {
			lo, hi = r.lo, r.hi
		}
		if lo == hi {
			lo, hi = -2, 2
		}
		t := tensor.Zeros64(o.storage()...)
		data := tensor.Data[float64](t)
		for k := range data {
			for ok := false; !ok; {
				data[k] = float64(float32(lo + (hi-lo)*rng.Float64()))
				ok = !slices.ContainsFunc(r.kinks, func(kink float64) bool { return math.Abs(data[k]-kink) < 0.01 })
			}
		}
		copy(data, o.data)
		out[i] = t
	}
	return out
}

// apply puts stored tensors onto a tape and applies the operation. It also
// returns the inputs that want a gradient.
func (r *row) apply(t *autograd.Tape, s sample, stored []*tensor.Tensor) (y Var, leaves []Var) {
	x := make([]Var, len(stored))
	for i, o := range s.in {
		if o.fixed {
			x[i] = o.view(t.Const(stored[i]))
			continue
		}
		leaf := t.Var(stored[i])
		leaves = append(leaves, leaf)
		x[i] = o.view(leaf)
	}
	return r.run(s.attrs, x), leaves
}

// arrays returns the operands as plain arrays.
func (s sample) arrays(stored []*tensor.Tensor) []array {
	t := autograd.NewTape()
	x := make([]array, len(stored))
	for i, o := range s.in {
		x[i] = arrayOf(o.view(t.Const(stored[i])).Value())
	}
	return x
}

// table returns every row.
func table() []row {
	return slices.Concat(unaryRows(), activationRows(), rectifyRows(), resampleRows(), bagRows(), binaryRows(), compareRows(), reduceRows(), rowwiseRows(),
		viewRows(), joinRows(), triangleRows(), indexRows(), matmulRows(), convRows(), poolRows(), normRows(), dropoutRows(), lossRows(),
		recurrentRows(), attentionRows(), einsumRows(), repeatRows(), sortRows(), roundingRows(), specialRows(), scatterRows(), diagonalRows(), distanceRows(), unfoldRows(), linalgRows(), scatterReduceRows(), fftRows())
}

// near returns an error when an element of a tensor differs from that of an array
// by more than rtol times the latter, plus rtol/10.
func near(got *tensor.Tensor, want array, rtol float64) error {
	if !slices.Equal(got.Shape(), want.shape) {
		return fmt.Errorf("the shape is %v, want %v", got.Shape(), want.shape)
	}
	for i, v := range tensor.Values(got) {
		if !fixture.Close(v, want.v[i], rtol, rtol/10) {
			return fmt.Errorf("element %d of %v is %v, want %v", i, want.shape, v, want.v[i])
		}
	}
	return nil
}

func sameInts(got []int, want []float64) error {
	if len(got) != len(want) {
		return fmt.Errorf("%d integers, want %d", len(got), len(want))
	}
	for i, v := range got {
		if float64(v) != want[i] {
			return fmt.Errorf("integer %d is %d, want %v", i, v, want[i])
		}
	}
	return nil
}
