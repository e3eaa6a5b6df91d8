package autograd

import (
	"fmt"
	"math"
	"runtime"
	"slices"
	"strings"

	"github.com/descent-ml/descent/tensor"
)

// NaNError is the panic of the first operation that makes NaN or Inf, on a tape
// that looks for them. See [Tape.DetectNaN].
type NaNError struct {
	Op       string   // the operation, "the gradient of …", "the input" or "the parameter"
	Made     string   // "NaN" or "Inf"
	Operands []string // their shapes and ranges
	File     string   // where the operation was called
	Line     int
}

func (e *NaNError) Error() string {
	var b strings.Builder
	verb, of := "made", " of "
	if e.Op == "the input" || e.Op == "the parameter" {
		verb, of = "contains", ": "
	}
	fmt.Fprintf(&b, "%s %s %s%s%s", e.Op, verb, e.Made, of, strings.Join(e.Operands, " and "))
	if e.File != "" {
		fmt.Fprintf(&b, ", at %s:%d", e.File, e.Line)
	}
	return b.String()
}

// DetectNaN makes the tape look at the result of every operation, forward and
// backward. The first operation that makes NaN or Inf from operands which have
// none panics with a [*NaNError]. The error names the operation, the ranges of its
// operands and the line of the program that called it. This costs a pass over
// every result. Memory that is given back is filled with NaN, so that a value
// which is read after [Tape.Reset] cannot be taken for a number.
// See https://docs.pytorch.org/docs/stable/autograd.html#anomaly-detection.
func (t *Tape) DetectNaN(on bool) { t.detect, t.buffers.poison = on, on }

// inspect panics when n has NaN or Inf and its operands have none.
func (t *Tape) inspect(n *node) {
	n.pc = caller()
	made := badness(&n.val)
	if made == fine {
		return
	}
	for _, x := range n.in {
		if badness(&x.val) >= made {
			return // it came in from outside, or was reported there
		}
	}
	if len(n.in) == 0 && made == infinite {
		return // an infinite constant, as for masks
	}
	name, _ := n.op.info()
	e := &NaNError{Op: name, Made: made.String()}
	pc := n.pc
	if t.pass.current != nil {
		forward, _ := t.pass.current.op.info()
		e.Op = fmt.Sprintf("the gradient of %s, in %s,", forward, name)
		pc = t.pass.current.pc
	}
	if len(n.in) == 0 && t.pass.current == nil {
		e.Op = "the input"
		if n.param != nil {
			e.Op = "the parameter"
		}
		e.Operands = []string{describe(&n.val)}
	}
	for _, x := range n.in {
		e.Operands = append(e.Operands, describe(&x.val))
	}
	if pc != 0 {
		frame, _ := runtime.CallersFrames([]uintptr{pc}).Next()
		e.File, e.Line = frame.File, frame.Line
	}
	panic(e)
}

type bad int

const (
	fine bad = iota
	infinite
	notANumber
)

func (b bad) String() string {
	if b == notANumber {
		return "NaN"
	}
	return "Inf"
}

// badness returns the worst that x contains.
func badness(x *tensor.Tensor) bad {
	if tensor.IsFinite(x) {
		return fine
	}
	for _, v := range tensor.Values(x) {
		if math.IsNaN(v) {
			return notANumber
		}
	}
	return infinite
}

// describe tells shape and range of a tensor.
func describe(x *tensor.Tensor) string {
	if x.Len() == 0 {
		return fmt.Sprintf("%v (empty)", x.Shape())
	}
	lo, hi, bad := math.Inf(1), math.Inf(-1), 0
	for _, v := range tensor.Values(x) {
		if math.IsNaN(v) {
			bad++
			continue
		}
		lo, hi = math.Min(lo, v), math.Max(hi, v)
	}
	s := fmt.Sprintf("%v in [%.4g, %.4g]", x.Shape(), lo, hi)
	if bad > 0 {
		s = fmt.Sprintf("%v with %d NaN", x.Shape(), bad)
	}
	return s
}

// descent begins the name of every function of this module.
const descent = "github.com/descent-ml/descent/"

// caller returns the line of the program that asked for the operation: the
// innermost frame outside the packages of descent. When package train calls the
// layers, the lines beyond it say nothing about the operation; caller then
// returns the line of the innermost layer of package nn, if there is one.
func caller() uintptr {
	var pcs [64]uintptr
	n := runtime.Callers(3, pcs[:])
	frames := runtime.CallersFrames(pcs[:n])
	var layer uintptr
	for {
		f, more := frames.Next()
		at := f.PC + 1 // CallersFrames expects return addresses
		room, inside := strings.CutPrefix(f.Function, descent)
		room, _, _ = strings.Cut(room, ".")
		switch {
		case inside && room == "train" && layer != 0:
			return layer
		case inside && room == "nn" && layer == 0:
			layer = at
		case inside && slices.Contains(rooms, room), f.Function == "":
		default:
			return at
		}
		if !more {
			return layer
		}
	}
}

// rooms are the packages of descent whose frames are not the program's.
var rooms = []string{"autograd", "dist", "nn", "tensor", "data", "train"}
