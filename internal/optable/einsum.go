package optable

import (
	"slices"
	"strings"

	"github.com/descent-ml/descent/autograd"
)

// codes returns the codes of letters, as the fixtures keep subscripts.
func codes(subscripts string) attrs {
	var a attrs
	for _, c := range subscripts {
		a.ints = append(a.ints, int(c))
	}
	return a
}

// read holds subscripts by the place of their codes, so that a step allocates none.
var read = map[*int]string{}

func subscripts(a attrs) string {
	text, ok := read[&a.ints[0]]
	if !ok {
		for _, c := range a.ints {
			text += string(rune(c))
		}
		read[&a.ints[0]] = text
	}
	return text
}

// spelled returns the letters of each operand and of the result, with capitals
// from Z down for the axes of an ellipsis.
func spelled(a attrs, x []array) (in []string, out string) {
	text := strings.ReplaceAll(subscripts(a), " ", "")
	left, out, explicit := strings.Cut(text, "->")
	in = strings.Split(left, ",")
	widest := ""
	for i, s := range in {
		rest := ""
		for k := range len(x[i].shape) - len(strings.ReplaceAll(s, "...", "")) {
			rest = string(rune('Z'-k)) + rest
		}
		if strings.Contains(s, "...") && len(rest) > len(widest) {
			widest = rest
		}
		in[i] = strings.Replace(s, "...", rest, 1)
	}
	if explicit {
		return in, strings.Replace(out, "...", widest, 1)
	}
	all := strings.Join(in, "")
	out = widest
	for c := 'A'; c <= 'z'; c++ {
		if strings.Count(all, string(c)) == 1 && !strings.ContainsRune(widest, c) {
			out += string(c)
		}
	}
	return in, out
}

// einstein adds up the products at all places of all letters.
func einstein(a attrs, x []array) array {
	in, out := spelled(a, x)
	var letters []byte
	var lengths []int
	for i, s := range in {
		for k := range len(s) {
			j := slices.Index(letters, s[k])
			if j < 0 {
				letters, lengths, j = append(letters, s[k]), append(lengths, 1), len(letters)
			}
			if d := x[i].shape[k]; d != 1 {
				lengths[j] = d
			}
		}
	}
	where := func(place []int, s string) []int {
		idx := make([]int, len(s))
		for k := range len(s) {
			idx[k] = place[slices.Index(letters, s[k])]
		}
		return idx
	}
	shape := where(lengths, out)
	y := array{shape: shape, v: make([]float64, size(shape))}
	places(lengths, func(place []int) {
		p, at := 1.0, 0
		for i, s := range in {
			p *= x[i].at(where(place, s)...)
		}
		for k, i := range where(place, out) {
			at = at*shape[k] + i
		}
		y.v[at] += p
	})
	return y
}

func einsumRows() []row {
	var samples []sample
	for _, c := range []struct {
		subscripts string
		in         []operand
	}{
		{"ij,jk->ik", []operand{of(2, 3), of(3, 4)}},
		{"ij,jk", []operand{turn(2, 3), step(3, 2)}},
		{"ij,jk->ki", []operand{of(2, 3), turn(3, 4)}},
		{"ij,ij->", []operand{of(2, 3), of(2, 3)}},
		{"ij,ij->ij", []operand{of(2, 3), step(2, 3)}},
		{"i,j->ji", []operand{of(2), of(3)}},
		{"i,i", []operand{of(3), of(3)}},
		{"ii->i", []operand{of(3, 3)}},
		{"ii", []operand{turn(3, 3)}},
		{"iij->ji", []operand{of(2, 2, 3)}},
		{"iij,jk->ik", []operand{of(2, 2, 3), of(3, 2)}},
		{"iij,kij->k", []operand{of(2, 2, 3), of(2, 2, 3)}},
		{"ijk->kj", []operand{of(2, 3, 2)}},
		{"ba", []operand{of(2, 3)}},
		{"bA", []operand{of(2, 3)}},
		{"->", []operand{of()}},
		{",->", []operand{of(), of()}},
		{"i,->i", []operand{of(3), of()}},
		{"bij,bjk->bik", []operand{of(2, 2, 3), of(2, 3, 2)}},
		{"bij,bjk->kib", []operand{of(2, 2, 3), turn(2, 3, 2)}},
		{"bqhd,bkhd->bhqk", []operand{of(2, 2, 2, 3), of(2, 3, 2, 3)}},
		{"bhqk,bkhd->bqhd", []operand{of(2, 2, 2, 3), of(2, 3, 2, 2)}},
		{"...ij,...jk->...ik", []operand{of(2, 2, 3), of(3, 2)}},
		{"...ij,...jk", []operand{of(2, 1, 2, 2), of(3, 2, 2)}},
		{"i...,i...->...", []operand{of(2, 3), of(2, 1)}},
		{"...i->...", []operand{step(2, 2, 3)}},
		{"...->", []operand{of(2, 3)}},
		{"...,...", []operand{of(2, 1), of(3)}},
		{"ij,jk,kl->il", []operand{of(2, 3), of(3, 2), of(2, 2)}},
		{"bn,anm,bm->ba", []operand{of(2, 3), of(2, 3, 2), of(2, 2)}},
		{"i,i,i,i->i", []operand{of(2), of(2), of(2), of(2)}},
		{"i,j,k,l->", []operand{of(2), of(3), of(2), of(1)}},
		{"ij,kl->jk", []operand{of(2, 3), of(2, 2)}},
		{"ij,jk->ik", []operand{of(2, 1), of(3, 2)}},
		{"ij,ij->ij", []operand{of(2, 1), of(1, 3)}},
		{"ij,ij->j", []operand{of(2, 3), of(1, 3)}},
		{" i j , j k -> i k ", []operand{of(2, 2), of(2, 2)}},
		{"ij,jk->ik", []operand{of(2, 0), of(0, 3)}},
		{"ij,jk->ik", []operand{of(0, 2), of(2, 3)}},
		{"abcdefgh,h->abcdefg", []operand{of(1, 2, 1, 2, 1, 1, 2, 3), of(3)}},
		{"abcdefgh,abcdefgh->abcdefg", []operand{of(2, 1, 2, 1, 2, 1, 2, 2), of(2, 2, 2, 2, 1, 2, 1, 2)}},
	} {
		samples = append(samples, codes(c.subscripts).on(c.in...))
	}
	dot := func(a attrs) (axesA, axesB []int) { n := len(a.ints) / 2; return a.ints[:n], a.ints[n:] }
	return []row{
		{
			name:    "Einsum",
			run:     func(a attrs, x []Var) Var { return autograd.Einsum(subscripts(a), x...) },
			want:    einstein,
			samples: samples,
			errors: []misuse{
				{`einsum: the subscripts "ij,jk" are for 2 operands, not for 1`, codes("ij,jk").on(of(2, 3))},
				{`einsum: the subscripts "ij" are for 1 operands, not for 2`, codes("ij").on(of(2, 3), of(3))},
				{`einsum [2 3]: 3 letters in "ijk" for 2 axes`, codes("ijk").on(of(2, 3))},
				{`einsum [2 3]: 1 letters in "i" for 2 axes; an ellipsis stands for the others`, codes("i").on(of(2, 3))},
				{`einsum: the result of "ij->ik" has "k", which no operand has`, codes("ij->ik").on(of(2, 3))},
				{`einsum: the result of "ij->ii" has "i" twice`, codes("ij->ii").on(of(2, 3))},
				{`einsum: cannot read "i1": want letters, commas, at most one ellipsis in each part, and one ->`, codes("i1").on(of(3))},
				{`einsum: cannot read "...i...": want letters, commas, at most one ellipsis in each part, and one ->`, codes("...i...").on(of(3))},
				{`einsum: cannot read "i->i->i": want letters, commas, at most one ellipsis in each part, and one ->`, codes("i->i->i").on(of(3))},
				{`einsum [2 3]: axes 0 and 1 have one letter, but lengths 2 and 3`, codes("ii").on(of(2, 3))},
				{`einsum [1 3]: axes 0 and 1 have one letter, but lengths 1 and 3`, codes("ii").on(of(1, 3))},
				{`einsum [2 3] × [4 2]: axis 0 of operand 1 has length 4, where others have 3`, codes("ij,jk").on(of(2, 3), of(4, 2))},
				{`einsum [1 1 1 1 1] × [1 1 1 1]: the result has 9 axes, more than 8`, codes("abcde,fghi").on(of(1, 1, 1, 1, 1), of(1, 1, 1, 1))},
			},
		},
		{
			name: "Tensordot",
			run:  func(a attrs, x []Var) Var { k, l := dot(a); return x[0].Tensordot(x[1], k, l) },
			want: func(a attrs, x []array) array {
				k, l := dot(a)
				left, right := []byte("abcdefgh")[:len(x[0].shape)], []byte("ABCDEFGH")[:len(x[1].shape)]
				for i := range k {
					right[axis(l[i], len(right))] = left[axis(k[i], len(left))]
				}
				out := ""
				for _, c := range slices.Concat(left, right) {
					if !slices.Contains(left, c) || !slices.Contains(right, c) {
						out += string(rune(c))
					}
				}
				return einstein(codes(string(left)+","+string(right)+"->"+out), x)
			},
			samples: []sample{ints(1, 0).on(of(2, 3), of(3, 4)), ints(-1, 0, -1, 0).on(of(2, 3), of(2, 2, 3)), on(of(2), of(3)),
				ints(0, 1, 2, 2, 0, 1).on(of(2, 3, 2), of(3, 2, 2)), ints(0, 1).on(turn(2, 3), step(3, 2)), on(of(), of(2)), ints(0, 0).on(of(0), of(0, 2)),
				ints(1, 0).on(of(2, 1), of(3, 2))},
			errors: []misuse{
				{"tensordot: 0 axes of the first operand, but 1 of the second", ints(0).on(of(2), of(2))},
				{"tensordot [2 3]: axis -1 is named twice", ints(1, -1, 0, 1).on(of(2, 3), of(3, 3))},
				{"tensordot [3 3]: axis 0 is named twice", ints(0, 1, 0, 0).on(of(3, 3), of(3, 3))},
				{"tensordot [2]: axis 1 is out of range for 1 axes", ints(1, 0).on(of(2), of(2))},
				{"tensordot [1 1 1 1 1] × [1 1 1 1 1]: the result has more than 8 axes", on(of(1, 1, 1, 1, 1), of(1, 1, 1, 1, 1))},
				{"einsum [2 3] × [4]: axis 0 of operand 1 has length 4, where others have 3", ints(1, 0).on(of(2, 3), of(4))},
			},
		},
	}
}
