package main

// peak is a loop of multiply-adds that reads and writes no memory. It measures the
// peak of the processor. Each turn adds 1·1 to every lane of several registers;
// there are so many that no instruction waits for an earlier one.
var peak = []*routine{{
	name: "peak", doc: "the loop of MultiplyAdds: it adds the number of them to sum.",
	ints: []string{"n"}, slices: []string{"sum"},
	write: func(t assembler) {
		n := t.ptr("n")
		x, y := t.konst(1), t.konst(1)
		var acc []vec
		for range t.registers() * 3 / 4 {
			acc = append(acc, t.zero())
		}
		done, top := t.label(), t.label()
		t.jumpLess(n, 1, done)
		t.place(top)
		for _, a := range acc {
			t.fma(a, x, y)
		}
		t.addInt(n, -1)
		t.jumpAtLeast(n, 1, top)
		t.place(done)
		for _, a := range acc[1:] {
			t.accumulate(acc[0], a)
		}
		t.addFirst(t.sum(acc[0]), at(t.ptr("sum"), 0))
		t.end()
	},
}}
