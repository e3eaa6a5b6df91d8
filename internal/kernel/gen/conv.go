package main

// The inner loops of convolution. An image lies in memory with its padding, so
// that neighbouring positions see neighbouring elements through the same tap. From
// tap to tap, only an offset changes. A place stands for a vector of positions. It
// is two ints: where the vector begins in the image, and where in the result.
var convolutions = []*routine{
	{
		name: "convTile", doc: "the inner loop of convolution, see convTile in package kernel.",
		ints: []string{"rows", "k", "n"}, slices: []string{"c", "x", "a"}, tables: []string{"offsets", "places"}, more: []string{"ldc"},
		write: convTile,
	},
	{
		name: "dotTile", doc: "the inner loop of the gradient of convolution by the filters, see dotTile in package kernel. It computes the largest number of taps in [DotTaps] that is not above k.",
		ints: []string{"rows", "k", "n"}, slices: []string{"c", "y", "x"}, tables: []string{"offsets", "places"}, more: []string{"ldc"},
		write: dotTile,
	},
	{
		name: "moveRows", doc: "the loop that copies rows of n elements.",
		ints: []string{"rows", "n"}, slices: []string{"dst", "src"}, more: []string{"ldd", "lds"},
		write: moveRows,
	},
}

// convBands returns the numbers of filters that convTile computes at a time,
// dotBands those of dotTile.
func convBands(t assembler) []int {
	if t.registers() == 32 {
		return []int{8, 4, 1}
	}
	return []int{4, 1}
}

func dotBands(t assembler) []int {
	if t.registers() == 32 {
		return []int{4, 1}
	}
	return []int{2, 1}
}

// dotTaps are the numbers of taps that dotTile computes at a time.
var dotTaps = []int{6, 3, 1}

const wordSize = 8 // of an int, for loadInt

// forBands writes body for each number of filters that rows may be.
func forBands(t assembler, bands []int, body func(rows int)) {
	done := t.label()
	for _, rows := range bands {
		next := t.label()
		t.jumpLess(t.ptr("rows"), rows, next)
		body(rows)
		t.jump(done)
		t.place(next)
	}
	t.place(done)
	t.end()
}

func convTile(t assembler) { forBands(t, convBands(t), func(rows int) { convBand(t, rows) }) }

// convBand writes convTile for the given number of filters.
func convBand(t assembler, rows int) {
	const vectors = 3 // places at a time
	ldc, places, n := t.ptr("ldc"), t.ptr("places"), t.ptr("n")
	t.scale(ldc)
	tile := func(vectors int) {
		a, off, k := t.ptr("a"), t.ptr("offsets"), t.ptr("k")
		x := t.ptr("x")
		var base []gpr
		for j := range vectors {
			b := t.loadInt(at(places, 2*j*wordSize))
			t.scale(b)
			t.add(b, x)
			base = append(base, b)
		}
		acc := make([][]vec, rows)
		for i := range acc {
			bias := t.broadcast(at(a, i*t.size()))
			for range vectors - 1 {
				acc[i] = append(acc[i], t.clone(bias))
			}
			acc[i] = append(acc[i], bias)
		}
		t.addInt(a, rows*t.size())
		done, top := t.label(), t.label()
		t.jumpLess(k, 1, done)
		t.place(top)
		i := t.loadInt(at(off, 0))
		t.scale(i)
		var b []vec
		for _, p := range base {
			b = append(b, t.load(mem{base: p, index: i}))
		}
		for i := range rows {
			f := t.broadcast(at(a, i*t.size()))
			for j, x := range b {
				t.fma(acc[i][j], f, x)
			}
		}
		t.addInt(a, rows*t.size())
		t.addInt(off, wordSize)
		t.addInt(k, -1)
		t.jumpAtLeast(k, 1, top)
		t.place(done)
		// Where places overlap, the later one overwrites the earlier.
		c := t.ptr("c")
		for j := range vectors {
			base[j] = t.loadInt(at(places, (2*j+1)*wordSize))
			t.scale(base[j])
			t.add(base[j], c)
		}
		for i := range rows {
			for j := range vectors {
				t.store(acc[i][j], at(base[j], 0))
				if i < rows-1 {
					t.add(base[j], ldc)
				}
			}
		}
		t.addInt(places, 2*vectors*wordSize)
		t.addInt(n, -vectors)
	}
	for v := vectors; v > 0; v-- {
		done, top := t.label(), t.label()
		least := v
		if v == vectors {
			least = v + 2 // four places take two turns of two, not three and one
		}
		t.jumpLess(n, least, done)
		t.place(top)
		tile(v)
		t.jumpAtLeast(n, least, top)
		t.place(done)
	}
}

func dotTile(t assembler) { forBands(t, dotBands(t), func(rows int) { dotBand(t, rows) }) }

// dotBand writes dotTile for the given number of filters.
func dotBand(t assembler, rows int) {
	tile := func(taps int) {
		x, off := t.ptr("x"), t.ptr("offsets")
		var at0 []gpr
		for p := range taps {
			i := t.loadInt(at(off, p*wordSize))
			t.scale(i)
			t.add(i, x)
			at0 = append(at0, i)
		}
		y, places, n := t.ptr("y"), t.ptr("places"), t.ptr("n")
		acc := make([][]vec, rows)
		for i := range acc {
			for range taps {
				acc[i] = append(acc[i], t.zero())
			}
		}
		top := t.label()
		t.place(top)
		place := t.loadInt(at(places, 0))
		t.scale(place)
		var row []vec
		for i := range rows {
			row = append(row, t.load(at(y, i*t.lanes()*t.size())))
		}
		for p, x := range at0 {
			v := t.load(mem{base: x, index: place})
			for i := range rows {
				t.fma(acc[i][p], row[i], v)
			}
		}
		t.addInt(y, rows*t.lanes()*t.size())
		t.addInt(places, 2*wordSize)
		t.addInt(n, -1)
		t.jumpAtLeast(n, 1, top)
		c, ldc := t.ptr("c"), t.ptr("ldc")
		t.scale(ldc)
		for i := range rows {
			for p := range taps {
				t.addFirst(t.sum(acc[i][p]), at(c, p*t.size()))
			}
			if i < rows-1 {
				t.add(c, ldc)
			}
		}
	}
	done := t.label()
	for _, taps := range dotTaps[:len(dotTaps)-1] {
		next := t.label()
		t.jumpLess(t.ptr("k"), taps, next)
		tile(taps)
		t.jump(done)
		t.place(next)
	}
	tile(dotTaps[len(dotTaps)-1])
	t.place(done)
}

// moveRows copies one column of vectors after another, each from top to bottom.
func moveRows(t assembler) {
	dst, ldd, src, lds, n := t.ptr("dst"), t.ptr("ldd"), t.ptr("src"), t.ptr("lds"), t.ptr("n")
	t.scale(ldd)
	t.scale(lds)
	column := func() {
		d, s, rows := t.copyOf(dst), t.copyOf(src), t.ptr("rows")
		top := t.label()
		t.place(top)
		t.store(t.load(at(s, 0)), at(d, 0))
		t.add(d, ldd)
		t.add(s, lds)
		t.addInt(rows, -1)
		t.jumpAtLeast(rows, 1, top)
	}
	repeat(t, n, []gpr{dst, src}, 1, column)
	t.partial(n, []gpr{dst, src}, column)
	t.end()
}
