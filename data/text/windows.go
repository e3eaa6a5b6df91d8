package text

import (
	"fmt"
	"slices"

	"github.com/descent-ml/descent/tensor"
)

// A Batch is a few windows of tokens, row-major [Rows Length], each with the
// targets of its places: the tokens that come next.
type Batch struct {
	Tokens, Targets []int // length Rows · Length
	Rows, Length    int

	shape [2]int
}

// Shape returns [Rows Length], the shape of the tokens. The slice belongs to b.
func (b *Batch) Shape() []int {
	b.shape = [2]int{b.Rows, b.Length}
	return b.shape[:]
}

// Windows are the examples for learning the next token. Example i has Length
// tokens from place i·Stride on, and as targets the tokens from one place
// later on:
//
//	tokens  = Tokens[i·Stride     : i·Stride + Length]
//	targets = Tokens[i·Stride + 1 : i·Stride + Length + 1]
//
// It is a data.Set[text.Batch], so that a data.Loader deals it out. The tokens
// belong to the program and are not copied.
type Windows struct {
	Tokens []int
	Length int // tokens in a window, at least 1
	Stride int // from window to window; 0 means Length, so that each token is a target once
}

// stride returns the distance of two windows.
func (w *Windows) stride() int {
	if w.Length < 1 || w.Stride < 0 {
		tensor.BadArg("text.windows", "want a length of at least 1 and a stride of at least 0, got %d and %d", w.Length, w.Stride)
	}
	if w.Stride == 0 {
		return w.Length
	}
	return w.Stride
}

// Len returns the number of windows that fit. Tokens at the end that fill no
// window are left out. Len panics with a [*tensor.ArgError], as Fill does, when
// Length is below 1 or Stride is negative.
func (w *Windows) Len() int {
	stride := w.stride()
	if len(w.Tokens) <= w.Length {
		return 0
	}
	return (len(w.Tokens)-w.Length-1)/stride + 1
}

// Fill makes b the batch of the given windows, in their order. It reuses the
// memory of b. Goroutines may fill different batches at once. The error is always
// nil. It panics with a [*tensor.ShapeError] when an index is out of range.
func (w *Windows) Fill(b *Batch, index []int) error {
	stride, n := w.stride(), w.Len()
	for _, i := range index {
		if i < 0 || i >= n {
			panic(&tensor.ShapeError{Op: "text.windows", Shapes: [][]int{{n, w.Length}}, Reason: fmt.Sprintf("there is no window with number %d", i)})
		}
	}
	size := len(index) * w.Length
	b.Tokens = slices.Grow(b.Tokens[:0], size)
	b.Targets = slices.Grow(b.Targets[:0], size)
	for _, i := range index {
		at := i * stride
		b.Tokens = append(b.Tokens, w.Tokens[at:at+w.Length]...)
		b.Targets = append(b.Targets, w.Tokens[at+1:at+w.Length+1]...)
	}
	b.Rows, b.Length = len(index), w.Length
	return nil
}
