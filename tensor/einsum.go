package tensor

import (
	"fmt"
	"slices"
	"strings"
)

// Einsum returns the sum of the products of elements of the operands, by
// Einstein's convention. Each letter of the subscripts names an axis:
// "ij,jk->ik" is the matrix product, "ii->i" the diagonal, "bij->b" a sum.
//
// A letter that the result does not have is summed over. A letter that one
// operand has twice takes the diagonal of the two axes. An ellipsis, "...",
// stands for the axes that have no letter; they broadcast, and so does any axis
// of length one. Without "->", the result has the axes of the ellipsis, and then
// each letter that occurs once, in the order of the alphabet, capitals first.
// Blanks mean nothing.
// See https://docs.pytorch.org/docs/stable/generated/torch.einsum.html.
func Einsum(subscripts string, ts ...*Tensor) *Tensor {
	labels := EinsumLabels(nil, subscripts, ts...)
	dst := ZerosOf(ts[0].dtype, Dims(nil).Contract(labels, ts...)...)
	ContractTo(dst, labels, ts...)
	return dst
}

// EinsumLabels appends to dst the meaning of subscripts for operands of the ranks
// of ts: a label for each axis of each operand, and then for each axis of the
// result. Axes with one label go together. The label of a letter is its code;
// the axes of an ellipsis have negative labels, −1 for the last.
func EinsumLabels(dst []int, subscripts string, ts ...*Tensor) []int {
	const op = "einsum"
	if len(ts) == 0 {
		BadArg(op, "there are no operands")
	}
	text, result, explicit := strings.Cut(subscripts, "->")
	start, widest := len(dst), 0
	for i, t := range ts {
		part, rest, more := strings.Cut(text, ",")
		if more != (i < len(ts)-1) {
			BadArg(op, "the subscripts %q are for %d operands, not for %d", subscripts, 1+strings.Count(subscripts, ","), len(ts))
		}
		text = rest
		letters, dots := 0, false
		for _, c := range part {
			if isLetter(c) {
				letters++
			}
		}
		if letters > t.rank {
			BadShape(op, fmt.Sprintf("%d letters in %q for %d axes", letters, part, t.rank), t)
		}
		dst, dots = appendLabels(dst, subscripts, part, t.rank-letters)
		if dots {
			widest = max(widest, t.rank-letters)
		} else if letters < t.rank {
			BadShape(op, fmt.Sprintf("%d letters in %q for %d axes; an ellipsis stands for the others", letters, part, t.rank), t)
		}
	}
	in := dst[start:]
	if explicit {
		end := len(dst)
		dst, _ = appendLabels(dst, subscripts, result, widest)
		for i, l := range dst[end:] {
			switch {
			case l > 0 && !slices.Contains(in, l):
				BadArg(op, "the result of %q has %q, which no operand has", subscripts, string(rune(l)))
			case slices.Contains(dst[end:end+i], l):
				BadArg(op, "the result of %q has %q twice", subscripts, string(rune(l)))
			}
		}
		return dst
	}
	for l := -widest; l < 0; l++ {
		dst = append(dst, l)
	}
	for l := int('A'); l <= 'z'; l++ {
		if first := slices.Index(in, l); first >= 0 && !slices.Contains(in[first+1:], l) {
			dst = append(dst, l)
		}
	}
	return dst
}

// appendLabels appends the labels of one part of subscripts, in which an ellipsis
// stands for so many axes, and reports whether there is one.
func appendLabels(dst []int, subscripts, part string, axes int) (labels []int, dots bool) {
	for len(part) > 0 {
		c := rune(part[0])
		switch {
		case isLetter(c):
			dst = append(dst, int(c))
		case !dots && strings.HasPrefix(part, "..."):
			dots = true
			for l := -axes; l < 0; l++ {
				dst = append(dst, l)
			}
			part = part[2:]
		case c != ' ':
			BadArg("einsum", "cannot read %q: want letters, commas, at most one ellipsis in each part, and one ->", subscripts)
		}
		part = part[1:]
	}
	return dst, dots
}

func isLetter(c rune) bool { return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' }

// Tensordot returns the sum of the products of elements of a and b over the axes
// axesA of a and axesB of b, which belong together in pairs. The other axes of a,
// and then those of b, are the axes of the result.
// See https://docs.pytorch.org/docs/stable/generated/torch.tensordot.html.
func Tensordot(a, b *Tensor, axesA, axesB []int) *Tensor {
	labels := TensordotLabels(nil, a, b, axesA, axesB)
	dst := ZerosOf(a.dtype, Dims(nil).Contract(labels, a, b)...)
	ContractTo(dst, labels, a, b)
	return dst
}

// TensordotLabels is [EinsumLabels] for [Tensordot].
func TensordotLabels(dst []int, a, b *Tensor, axesA, axesB []int) []int {
	const op = "tensordot"
	if len(axesA) != len(axesB) {
		BadArg(op, "%d axes of the first operand, but %d of the second", len(axesA), len(axesB))
	}
	if a.rank+b.rank-2*len(axesA) > MaxRank {
		BadShape(op, fmt.Sprintf("the result has more than %d axes", MaxRank), a, b)
	}
	var la, lb [MaxRank]int
	for i := range a.rank {
		la[i] = 1 + i
	}
	for i := range b.rank {
		lb[i] = 1 + a.rank + i
	}
	var seenA, seenB Axes
	for i := range axesA {
		j, k := axisOf(op, axesA[i], a), axisOf(op, axesB[i], b)
		if seenA.Has(j) {
			BadShape(op, fmt.Sprintf("axis %d is named twice", axesA[i]), a)
		}
		if seenB.Has(k) {
			BadShape(op, fmt.Sprintf("axis %d is named twice", axesB[i]), b)
		}
		seenA |= 1 << j
		seenB |= 1 << k
		lb[k] = la[j]
	}
	dst = append(append(dst, la[:a.rank]...), lb[:b.rank]...)
	for i := range a.rank {
		if !seenA.Has(i) {
			dst = append(dst, la[i])
		}
	}
	for i := range b.rank {
		if !seenB.Has(i) {
			dst = append(dst, lb[i])
		}
	}
	return dst
}

// Contract appends to dst the shape of the result of [ContractTo].
func (dst Dims) Contract(labels []int, ts ...*Tensor) []int {
	rest := labels
	for i, t := range ts {
		for j, d := range t.Shape() {
			l := rest[j]
			if k := slices.Index(rest[:j], l); k >= 0 && t.shape[k] != d {
				BadShape("einsum", fmt.Sprintf("axes %d and %d have one letter, but lengths %d and %d", k, j, t.shape[k], d), t)
			}
			if n := lengthOf(l, labels, ts[:i]...); n != d && n != 1 && d != 1 {
				BadShape("einsum", fmt.Sprintf("axis %d of operand %d has length %d, where others have %d", j, i, d, n), ts...)
			}
		}
		rest = rest[t.rank:]
	}
	if len(rest) > MaxRank {
		BadShape("einsum", fmt.Sprintf("the result has %d axes, more than %d", len(rest), MaxRank), ts...)
	}
	for _, l := range rest {
		dst = append(dst, lengthOf(l, labels, ts...))
	}
	return dst
}

// lengthOf returns the length of the axes with label l: one, or that of those that
// are not one.
func lengthOf(l int, labels []int, ts ...*Tensor) int {
	for _, t := range ts {
		for j, d := range t.Shape() {
			if labels[j] == l && d != 1 {
				return d
			}
		}
		labels = labels[t.rank:]
	}
	return 1
}
