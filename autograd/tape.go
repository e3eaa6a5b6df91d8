package autograd

import (
	"fmt"
	"iter"
	"slices"

	"github.com/descent-ml/descent/tensor"
)

// A Mode says how layers behave: in training, dropout drops and batch
// normalisation uses the statistics of the batch.
type Mode uint8

// The modes. A tape is in Train or Eval. A layer that sets one of these two as
// its own mode behaves like this on every tape.
const (
	Inherit Mode = iota // of a layer: the mode of the tape
	Train
	Eval
)

// TapeError is the panic of a misuse of tapes: a value used after Reset, two
// tapes in one operation, a second Backward. It reads as a sentence.
type TapeError struct {
	Op     string
	Reason string
}

func (e *TapeError) Error() string { return e.Op + ": " + e.Reason }

// A Tape records the operations on its variables, and owns every value and
// gradient that they make until [Tape.Reset] takes all of them back. It serves
// one goroutine; parallel workers have a tape each and may share parameters.
// Use [NewTape] to make one.
type Tape struct {
	gen       uint64 // counts Resets, from 1
	mode      Mode   // how layers behave
	record    bool   // what SetRecording asked for
	recording bool   // whether operations are being recorded right now
	replaying bool   // inside a second run of a recomputed function
	detect    bool   // look for NaN and Inf
	done      bool   // Backward has run in this generation

	slabs   []*slab
	used    int     // nodes in use
	forward int     // nodes in use when Backward began
	graph   []*node // recorded operations, oldest first
	buffers pool

	ints   arena[int]            // indices that operations keep
	nodes  arena[*node]          // lists of operands
	vars   arena[Var]            // the same, for rules
	values arena[*tensor.Tensor] // the same, for values
	shapes arena[[]int]
	class  arena[tensor.ClassTarget]
	dims   [tensor.MaxRank]int // room for the shape of a value

	slots map[*Param]int // place of a parameter in grads, kept over Resets
	grads gradSet        // what Backward returns; one item for each slot
	lifts []*node        // the node of each slot in this generation
	next  int            // the slot of the parameter that is likely to be lifted next

	replaced map[*Param]Var // what stands for parameters in this generation

	hooked []*node // leaves with hooks

	pass      pass   // the pass that is running
	hooking   bool   // a hook is running
	hooks     int    // hooks since Reset
	dry       int    // how many functions given to Recompute run for the first time, nested
	gradCalls uint64 // counts calls of Grad

	random  *randomLog // generators drawn from while a recomputed function runs
	drawn   randomLog  // generators drawn from since Reset
	streams streams    // generators to draw from in place of the layers'

	tracking tracking // statistics that layers have yet to get
}

const slabSize = 64

// A slab is memory for nodes.
type slab [slabSize]node

// NewTape returns an empty tape that records, in training mode.
func NewTape() *Tape {
	t := &Tape{gen: 1, mode: Train, record: true, recording: true, slots: map[*Param]int{}}
	t.grads.index, t.grads.tape = t.slots, t
	return t
}

// Reset forgets every operation and takes back all memory for the next step.
// Variables and gradients of this tape are dead from here on: using one
// panics. Parameters live on.
func (t *Tape) Reset() {
	t.gen++
	t.used = 0
	t.graph = t.graph[:0]
	t.buffers.reset()
	t.ints.reset()
	t.nodes.reset()
	t.vars.reset()
	t.values.reset()
	t.shapes.reset()
	t.class.reset()
	t.drawn.forget()
	t.streams.on = false
	t.tracking.forget()
	t.done = false
	t.recording = t.record
	t.hooks = 0
	t.pass, t.hooking, t.dry = pass{}, false, 0 // a rule may have panicked
	clear(t.lifts)
	if len(t.replaced) > 0 {
		clear(t.replaced)
	}
	t.next = 0
	t.hooked = t.hooked[:0]
}

// SetMode changes how layers behave from here on, and returns how they behaved
// before. What has been recorded stays. [Inherit] changes nothing.
func (t *Tape) SetMode(m Mode) (before Mode) {
	before = t.mode
	if m != Inherit {
		t.mode = m
	}
	return before
}

// Mode returns how layers behave, [Train] or [Eval].
func (t *Tape) Mode() Mode { return t.mode }

// Training reports whether layers should behave as in training: dropout drops
// and batch norm uses the statistics of the batch.
func (t *Tape) Training() bool { return t.mode == Train }

// SetRecording says whether operations are recorded from here on, as they must
// be for gradients, and returns whether they were before. What has been
// recorded stays. It does not change how layers behave; see [Tape.SetMode].
// See https://docs.pytorch.org/docs/stable/generated/torch.no_grad.html.
func (t *Tape) SetRecording(on bool) (before bool) {
	if t.recording != t.record || t.pass.current != nil || t.hooking { // a rule, a hook or a recomputed function is running
		panic(&TapeError{"set-recording", "gradients are being computed, or a function given to Recompute is running; set it before"})
	}
	before = t.record
	t.record, t.recording = on, on
	return before
}

// Recording reports whether operations are being recorded.
func (t *Tape) Recording() bool { return t.recording }

// Replaying reports whether a function given to [Recompute] runs for the second
// time. A layer that keeps running statistics must not update them then; see
// [Tape.Track].
func (t *Tape) Replaying() bool { return t.replaying }

// PeakBytes returns how many bytes of values and gradients the tape has held at
// once, at most, since it was made. Parameters and constants are not its own.
func (t *Tape) PeakBytes() int { return t.buffers.peak }

// at returns node i.
func (t *Tape) at(i int) *node { return &t.slabs[uint(i)/slabSize][uint(i)%slabSize] }

// newNode returns a node without a value. Inlined, its code would stand in
// every operation, and a small net's step would no longer fit the instruction
// cache.
//
//go:noinline
func (t *Tape) newNode() *node {
	if t.used == len(t.slabs)*slabSize {
		t.slabs = append(t.slabs, new(slab))
	}
	n := t.at(t.used)
	n.links = links{tape: t, gen: t.gen, number: t.used}
	t.used++
	return n
}

// Const puts a constant on the tape: a value that gets no gradient. The variable
// shares the storage of v.
func (t *Tape) Const(v *tensor.Tensor) Var {
	n := t.newNode()
	n.val = *v
	return t.leaf(n)
}

// Scalar puts a number on the tape, as a tensor without axes.
func (t *Tape) Scalar(dt tensor.DType, v float64) Var {
	n := t.newNode()
	t.store(n, dt, nil)
	n.val.Fill(v)
	return t.leaf(n)
}

// Var puts an input on the tape that gets a gradient. The variable shares the
// storage of v. Weights of a model are lifted with [Tape.Param] instead.
func (t *Tape) Var(v *tensor.Tensor) Var {
	n := t.newNode()
	n.val = *v
	n.needs = true
	n.keep = true
	return t.leaf(n)
}

// Param lifts a parameter onto the tape. Lifting it again in the same step
// gives the same variable. A frozen parameter gets no gradient. After
// [Tape.Replace] it gives what stands for the parameter.
func (t *Tape) Param(p *Param) Var {
	if len(t.replaced) > 0 {
		if v, ok := t.replaced[p]; ok {
			return v
		}
	}
	i := t.slot(p)
	if n := t.lifts[i]; n != nil {
		return Var{n, n.gen}
	}
	n := t.newNode()
	n.val = *p.Value
	n.needs = !p.Frozen
	n.keep = true
	n.param = p
	t.lifts[i] = n
	return t.leaf(n)
}

// slot returns the place of p in the gradients. Parameters are mostly lifted in
// the order of the step before.
func (t *Tape) slot(p *Param) int {
	i := t.next
	if i >= len(t.grads.items) || t.grads.items[i].param != p {
		known := false
		if i, known = t.slots[p]; !known {
			i = len(t.lifts)
			t.slots[p] = i
			t.lifts = append(t.lifts, nil)
			t.grads.items = append(t.grads.items, grad{param: p})
		}
	}
	t.next = i + 1
	return i
}

func (t *Tape) leaf(n *node) Var {
	n.op = leafOp
	n.version = n.val.Version()
	if t.detect {
		t.inspect(n)
	}
	return Var{n, n.gen}
}

// store gives n a value of its own, with unspecified elements.
func (t *Tape) store(n *node, dt tensor.DType, shape []int) {
	n.buf = t.buffers.take(&n.val, dt, shape)
}

// apply returns a node for an operation on operands, without a value. Its
// attributes are unspecified.
func (t *Tape) apply(op operation, operands ...*node) *node {
	y := t.newNode()
	y.op = op
	y.in = t.roomFor(y, len(operands))
	for i, x := range operands {
		if x.tape != t {
			y.twoTapes()
		}
		y.in[i] = x
		y.needs = y.needs || x.needs
		if x.val.Version() != x.version {
			y.readsChanged(x)
		}
	}
	y.needs = y.needs && t.recording
	return y
}

// roomFor returns a slice for n operands of y.
func (t *Tape) roomFor(y *node, n int) []*node {
	if n <= len(y.few) {
		return y.few[:n]
	}
	return t.nodes.take(n)
}

// readsChanged notes that y uses x, a leaf or a view of one that has been written
// since it was put on the tape. Within a rule it panics if x has been written
// since the forward pass used it: the rule would give a wrong gradient.
func (y *node) readsChanged(x *node) {
	t := y.tape
	y.read += x.val.Version()
	if t.pass.current == nil || t.hooking { // a hook belongs to no forward pass
		return
	}
	used := slices.Contains(t.pass.current.in, x)
	for len(x.in) > 0 {
		x = x.in[0] // of a view
		used = used || slices.Contains(t.pass.current.in, x)
	}
	if used && t.pass.current.operandsUnchanged() {
		return // it was written between Tape.Param or Tape.Const and its use
	}
	what := "an input"
	if x.param != nil {
		what = "a parameter"
	}
	panic(&TapeError{"gradient of " + t.currentName(), fmt.Sprintf(
		"%s of shape %v has been changed since the forward pass; change it after Backward, or give the tape a Clone", what, x.val.Shape())})
}

// operandsUnchanged reports whether the operands of y are as they were when y
// was computed.
func (y *node) operandsUnchanged() bool {
	var now uint32
	for _, x := range y.in {
		if v := x.val.Version(); v != x.version {
			now += v
		}
	}
	return now == y.read
}

func (y *node) twoTapes() {
	name, _ := y.op.info()
	panic(&TapeError{name, "the operands are on two different tapes; put both on one"})
}

// finish records an operation whose value has been computed, when a gradient
// flows through it.
func (t *Tape) finish(y *node) Var {
	if t.detect {
		t.inspect(y)
	}
	if y.needs {
		y.place = len(t.graph)
		t.graph = append(t.graph, y)
	}
	return Var{y, y.gen}
}

// Operations returns the results of all operations of the forward pass, oldest
// first, for those who explain or count the computation.
func (t *Tape) Operations() iter.Seq[Var] {
	return func(yield func(Var) bool) {
		last := t.used
		if t.done {
			last = t.forward
		}
		for i := range last {
			if n := t.at(i); n.gen == t.gen && len(n.in) > 0 && !yield(n.self()) {
				return
			}
		}
	}
}
