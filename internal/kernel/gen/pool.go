package main

var pools = []*routine{{
	name: "maxPairs", doc: "the inner loop of max-pooling by windows of 2 × 2, see maxPairs in package kernel.",
	ints: []string{"rows", "n"}, slices: []string{"dst", "which", "src"}, more: []string{"lds"},
	write: maxPairs,
}}

func maxPairs(t assembler) {
	rows, dst, which, src, lds := t.ptr("rows"), t.ptr("dst"), t.ptr("which"), t.ptr("src"), t.ptr("lds")
	t.scale(lds)
	one, two, three := t.konst(1), t.konst(2), t.konst(3)
	top := t.label()
	t.place(top)
	n, s, to, at0 := t.ptr("n"), t.copyOf(src), t.copyOf(dst), t.copyOf(which)
	// A later pixel is taken if it is larger or NaN.
	later := func(v, i, w, j vec) (vec, vec) {
		larger, nan := t.less(v, w), t.unordered(w)
		return t.pick(nan, w, t.pick(larger, w, v)), t.pick(nan, j, t.pick(larger, j, i))
	}
	cells := func() {
		a, b := t.loadPairs(at(s, 0))
		c, d := t.loadPairs(mem{base: s, index: lds})
		v, i := later(a, t.zero(), b, one)
		w, j := later(c, two, d, three)
		v, i = later(v, i, w, j)
		t.store(v, at(to, 0))
		t.store(i, at(at0, 0))
	}
	ptrs := []gpr{to, at0, s, s} // two elements for each cell
	repeat(t, n, ptrs, 1, cells)
	t.partial(n, ptrs, cells)
	row := t.ptr("n")
	t.scale(row)
	t.add(dst, row)
	t.add(which, row)
	t.add(src, lds)
	t.add(src, lds)
	t.addInt(rows, -1)
	t.jumpAtLeast(rows, 1, top)
	t.end()
}
