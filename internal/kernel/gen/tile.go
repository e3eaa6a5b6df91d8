package main

import "fmt"

// tile writes the inner loop of the matrix product: c[i][j] += Σ a[p][i] b[p][j]
// for packed panels of rows and vectors·lanes columns.
func tile(t assembler) {
	rows, vectors := 6, 2
	if t.registers() == 32 {
		rows = 14
	}
	t.begin("tile", fmt.Sprintf("the inner loop of the matrix product for %d rows and %d columns.", rows, vectors*t.lanes()),
		[]arg{{"c", pointer}, {"ldc", integer}, {"a", pointer}, {"b", pointer}, {"k", integer}}, nil)
	c, ldc, a, b, k := t.ptr("c"), t.ptr("ldc"), t.ptr("a"), t.ptr("b"), t.ptr("k")
	width := t.lanes() * t.size()
	acc := make([][]vec, rows)
	for i := range acc {
		for range vectors {
			acc[i] = append(acc[i], t.zero())
		}
	}
	step := func(p int) {
		var bs []vec
		for j := range vectors {
			bs = append(bs, t.load(at(b, (p*vectors+j)*width)))
		}
		for i := range rows {
			x := t.broadcast(at(a, (p*rows+i)*t.size()))
			for j, y := range bs {
				t.fma(acc[i][j], x, y)
			}
		}
	}
	for _, unroll := range []int{2, 1} {
		done, top := t.label(), t.label()
		t.jumpLess(k, unroll, done)
		t.place(top)
		for p := range unroll {
			step(p)
		}
		t.addInt(a, unroll*rows*t.size())
		t.addInt(b, unroll*vectors*width)
		t.addInt(k, -unroll)
		t.jumpAtLeast(k, unroll, top)
		t.place(done)
	}
	t.scale(ldc)
	for i := range rows {
		for j := range vectors {
			m := at(c, j*width)
			t.accumulate(acc[i][j], t.load(m))
			t.store(acc[i][j], m)
		}
		if i < rows-1 {
			t.add(c, ldc)
		}
	}
	t.end()
}
