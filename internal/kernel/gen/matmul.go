package main

import "slices"

var products = []*routine{
	{
		name: "product", doc: "a band of the matrix product, see productGeneric in package kernel.",
		ints:   []string{"rows", "n", "k"},
		slices: []string{"c", "a", "b", "bias"},
		more:   []string{"ldc", "arow", "acol", "brow", "accumulate", "relu"},
		write:  product,
	},
	{
		name:   "transpose",
		doc:    "dst[p*ldd+j] = src[j*lds+p] for all j below the number of lanes of a vector, and p < n. n must be a multiple of this number. If rows is smaller, row rows−1 stands for the missing ones.",
		ints:   []string{"rows", "n"},
		slices: []string{"dst", "src"},
		more:   []string{"ldd", "lds"},
		write:  transpose,
	},
}

// bandRows returns the largest number of rows of a band, and oddRows the largest
// odd number. Between these two, only even numbers are allowed. This does not
// raise the number of bands of a product, except when it has an odd number of
// rows: then the last band may have to be divided into two.
func bandRows(t assembler) int {
	if t.registers() == 32 {
		return 14
	}
	return 6
}

func oddRows(t assembler) int {
	if t.registers() == 32 {
		return 7
	}
	return 5
}

// heights returns the numbers of rows that a band may have.
func heights(t assembler) (h []int) {
	for r := 1; r <= bandRows(t); r++ {
		if r <= oddRows(t) || r%2 == 0 {
			h = append(h, r)
		}
	}
	return h
}

// tileVectors returns how many vectors wide the tiles of a band are. The registers
// must hold all sums of a tile, a row of b and an element of a.
func tileVectors(t assembler, rows int) int {
	v := 8
	for rows*v+v+1 >= t.registers() {
		v /= 2
	}
	return v
}

// product computes a band from left to right, in tiles.
func product(t assembler) {
	rows, labels, done := t.ptr("rows"), make([]string, bandRows(t)+1), t.label()
	for _, r := range slices.Backward(heights(t)[1:]) {
		labels[r] = t.label()
		t.jumpAtLeast(rows, r, labels[r])
	}
	for _, r := range heights(t) {
		if r > 1 {
			t.place(labels[r])
		}
		n, off := t.ptr("n"), t.newInt(0)
		for v := tileVectors(t, r); v > 0; v /= 2 {
			repeat(t, n, []gpr{off}, v, func() { tile(t, off, r, v) })
		}
		t.partial(n, []gpr{off}, func() { tile(t, off, r, 1) })
		if r < len(labels)-1 {
			t.jump(done)
		}
	}
	t.place(done)
	t.end()
}

// reach is the number of rows of a that can be addressed from one pointer by
// multiples of the stride.
const reach = 5

// tile writes c[i][j] = Σ a[i][p] b[p][j] and the epilogue for the given numbers
// of rows and vectors. The tile begins off bytes after the beginning of the rows of
// c, b and bias.
func tile(t assembler, off gpr, rows, vectors int) {
	k, b, brow := t.ptr("k"), t.ptr("b"), t.ptr("brow")
	t.add(b, off)
	t.scale(brow)
	a, arow, acol := t.ptr("a"), t.ptr("arow"), t.ptr("acol")
	t.scale(arow)
	t.scale(acol)
	pointers, multiples := []gpr{a}, []gpr{0, arow}
	for i := 2; i < min(rows, reach); i++ {
		m := t.copyOf(multiples[i-1])
		t.add(m, arow)
		multiples = append(multiples, m)
	}
	for i := reach; i < rows; i += reach {
		p := t.copyOf(pointers[len(pointers)-1])
		t.add(p, multiples[reach-1])
		t.add(p, arow)
		pointers = append(pointers, p)
	}
	acc := make([][]vec, rows)
	for i := range acc {
		for range vectors {
			acc[i] = append(acc[i], t.zero())
		}
	}
	width := t.lanes() * t.size()
	top := t.label()
	t.place(top)
	var row []vec
	for j := range vectors {
		row = append(row, t.load(at(b, j*width)))
	}
	t.add(b, brow)
	for i := range rows {
		x := t.broadcast(mem{base: pointers[i/reach], index: multiples[i%reach]})
		for j, y := range row {
			t.fma(acc[i][j], x, y)
		}
	}
	for _, p := range pointers {
		t.add(p, acol)
	}
	t.addInt(k, -1)
	t.jumpAtLeast(k, 1, top)
	epilogue(t, off, acc)
}

// epilogue writes a tile to c.
func epilogue(t assembler, off gpr, acc [][]vec) {
	width := t.lanes() * t.size()
	c, ldc := t.ptr("c"), t.ptr("ldc")
	t.add(c, off)
	t.scale(ldc)
	afresh, noBias, noReLU := t.label(), t.label(), t.label()
	t.jumpZero(t.ptr("accumulate"), afresh)
	p := t.copyOf(c)
	for i, row := range acc {
		if i > 0 {
			t.add(p, ldc)
		}
		for j, s := range row {
			t.accumulate(s, t.load(at(p, j*width)))
		}
	}
	t.place(afresh)
	bias := t.ptr("bias")
	t.jumpZero(bias, noBias)
	t.add(bias, off)
	for j := range acc[0] {
		y := t.load(at(bias, j*width))
		for _, row := range acc {
			t.accumulate(row[j], y)
		}
	}
	t.place(noBias)
	t.jumpZero(t.ptr("relu"), noReLU)
	zero := t.zero()
	for _, row := range acc {
		for _, s := range row {
			t.assign(s, t.max(zero, s))
		}
	}
	t.place(noReLU)
	for i, row := range acc {
		if i > 0 {
			t.add(c, ldc)
		}
		for j, s := range row {
			t.store(s, at(c, j*width))
		}
	}
}

func transpose(t assembler) {
	rows, n, dst, ldd, src, lds := t.ptr("rows"), t.ptr("n"), t.ptr("dst"), t.ptr("ldd"), t.ptr("src"), t.ptr("lds")
	t.scale(ldd)
	t.scale(lds)
	repeat(t, n, []gpr{src}, 1, func() {
		p := t.copyOf(src)
		var square []vec
		for i := range t.lanes() {
			if i > 0 {
				last := t.label()
				t.jumpLess(rows, i+1, last)
				t.add(p, lds)
				t.place(last)
			}
			square = append(square, t.load(at(p, 0)))
		}
		for _, v := range t.transpose(square) {
			t.store(v, at(dst, 0))
			t.add(dst, ldd)
		}
	})
	t.end()
}
