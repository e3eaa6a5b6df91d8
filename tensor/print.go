package tensor

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// How much of a tensor is printed.
const (
	printAll   = 1000 // elements up to which everything is shown
	printEdge  = 3    // items shown at either end of a long axis otherwise
	printMost  = 2000 // elements shown at most
	printWidth = 80   // columns after which a row of elements is wrapped
)

// String returns the element type, shape and elements of t:
//
//	tensor[2 3] float32
//	[[1.0000 2.5000 3.0000]
//	 [4.0000 5.0000 6.0000]]
//
// Integers are printed without decimals, other numbers with four, in
// scientific notation when they differ by more than a factor of 1000 or one is
// above 10⁸ or below 10⁻⁴. Of a tensor of more than 1000 elements, only the
// first and last three along each axis are shown, and looked at.
func (t *Tensor) String() string {
	return t.format('v', -1)
}

// Format implements [fmt.Formatter]: %v and %s print t as [Tensor.String]
// does, %f and %e with fixed and scientific notation, %g with as many digits
// as needed. A precision sets the number of digits, as in %.2f.
func (t *Tensor) Format(f fmt.State, verb rune) {
	digits, ok := f.Precision()
	if !ok {
		digits = -1
	}
	switch {
	case t == nil:
		fmt.Fprint(f, "<nil>")
	case strings.ContainsRune("vsfeg", verb):
		fmt.Fprint(f, t.format(verb, digits))
	default:
		fmt.Fprintf(f, "%%!%c(%s)", verb, t.header())
	}
}

// header returns the first line of t printed.
func (t *Tensor) header() string { return fmt.Sprintf("tensor%v %v", t.Shape(), t.dtype) }

func (t *Tensor) format(verb rune, digits int) string {
	p := printer{t: t}
	p.b.WriteString(t.header())
	if stored := len(t.f32) + len(t.f64); stored == 0 && (t.n > 0 || t.rank == 0) {
		p.b.WriteString(" without storage")
		return p.b.String()
	}
	if t.n == 0 {
		p.b.WriteString(" []")
		return p.b.String()
	}
	p.chooseEdges()
	p.chooseFormat(verb, digits)
	if t.rank == 0 || t.rank == 1 && p.b.Len()+len(" []")+p.shown*(p.width+1) <= printWidth {
		p.b.WriteByte(' ')
	} else {
		p.b.WriteByte('\n')
	}
	p.print(0, 0)
	return p.b.String()
}

// A printer prints one tensor.
type printer struct {
	t      *Tensor
	b      strings.Builder
	edge   [MaxRank]int // items shown at either end of an axis; 0 for all
	verb   byte         // of strconv.FormatFloat
	digits int
	width  int // of an element
	shown  int // elements that are shown
	num    [32]byte
}

// chooseEdges decides what part of the tensor is shown.
func (p *printer) chooseEdges() {
	p.shown = p.t.n
	if p.shown <= printAll {
		return
	}
	p.shown = 1
	for i, d := range p.t.Shape() {
		if d > 2*printEdge {
			p.edge[i] = printEdge
			d = 2 * printEdge
		}
		p.shown *= d
	}
	for i := 0; p.shown > printMost; i++ { // less of the outer axes
		if d := p.t.shape[i]; d > 2 {
			p.shown = p.shown / min(d, 2*printEdge) * 2
			p.edge[i] = 1
		}
	}
}

// items calls f for each index along an axis that is shown, and for −1 where
// some are left out.
func (p *printer) items(axis int, f func(i int)) {
	n, edge := p.t.shape[axis], p.edge[axis]
	for i := 0; i < n; i++ {
		if edge > 0 && i == edge {
			f(-1)
			i = n - edge
		}
		f(i)
	}
}

// each calls f for every element that is shown.
func (p *printer) each(axis, at int, f func(v float64)) {
	if axis == p.t.rank {
		f(p.t.value(at))
		return
	}
	p.items(axis, func(i int) {
		if i >= 0 {
			p.each(axis+1, at+i*p.t.strides[axis], f)
		}
	})
}

// value returns the element at a place of the storage.
func (t *Tensor) value(at int) float64 {
	if t.dtype == Float64 {
		return t.f64[at]
	}
	return float64(t.f32[at])
}

// chooseFormat decides how elements are printed, by those that are shown.
func (p *printer) chooseFormat(verb rune, digits int) {
	whole, small, large := true, math.Inf(1), 0.0
	p.each(0, 0, func(v float64) {
		if v == 0 || math.IsNaN(v) || math.IsInf(v, 0) {
			return
		}
		whole = whole && v == math.Trunc(v)
		small, large = min(small, math.Abs(v)), max(large, math.Abs(v))
	})
	p.digits = digits
	if p.digits < 0 && verb != 'g' {
		p.digits = 4
	}
	switch {
	case verb != 'v' && verb != 's':
		p.verb = byte(verb)
	case large > 1e8 || !whole && (large/small > 1000 || small < 1e-4):
		p.verb = 'e'
	default:
		p.verb = 'f'
		if whole && digits < 0 {
			p.digits = 0
		}
	}
	p.each(0, 0, func(v float64) { p.width = max(p.width, len(p.number(v))) })
}

// number formats one element.
func (p *printer) number(v float64) []byte {
	bits := 64
	if p.t.dtype == Float32 {
		bits = 32
	}
	switch {
	case math.IsNaN(v):
		return append(p.num[:0], "NaN"...)
	case math.IsInf(v, 1):
		return append(p.num[:0], "Inf"...)
	}
	return strconv.AppendFloat(p.num[:0], v, p.verb, p.digits, bits)
}

// print writes the part of the tensor from an axis and a place on.
func (p *printer) print(axis, at int) {
	t := p.t
	if axis == t.rank {
		p.b.Write(p.number(t.value(at)))
		return
	}
	indent := axis + 1
	p.b.WriteByte('[')
	column, first := indent, true
	p.items(axis, func(i int) {
		width := p.width
		if i < 0 {
			width = 1
		}
		switch {
		case first:
		case axis < t.rank-1: // a line for each row, an empty one between matrices
			p.b.WriteString(strings.Repeat("\n", min(2, t.rank-1-axis)))
			p.b.WriteString(strings.Repeat(" ", indent))
		case column+1+width+t.rank > printWidth: // with the brackets that may follow
			p.b.WriteByte('\n')
			p.b.WriteString(strings.Repeat(" ", indent))
			column = indent
		default:
			p.b.WriteByte(' ')
			column++
		}
		first = false
		column += width
		switch {
		case i < 0:
			p.b.WriteString("…")
		case axis < t.rank-1:
			p.print(axis+1, at+i*t.strides[axis])
		default:
			v := p.number(t.value(at + i*t.strides[axis]))
			p.b.WriteString(strings.Repeat(" ", width-len(v)))
			p.b.Write(v)
		}
	})
	p.b.WriteByte(']')
}
