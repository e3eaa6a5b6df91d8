package main

import "fmt"

// peak writes a loop of multiply-adds that touches no memory, by which the
// processor's peak is measured: each turn adds 1·1 to every lane of so many
// registers that none waits for another. The result is the sum of all.
func peak(t assembler) {
	if t.size() == 8 {
		return // half as many
	}
	count := t.registers() * 3 / 4
	t.begin("peak", fmt.Sprintf("the loop of MultiplyAdds with %d vectors.", count),
		[]arg{{"n", integer}}, []arg{{"sum", number}})
	n := t.ptr("n")
	x, y := t.konst(1), t.konst(1)
	var acc []vec
	for range count {
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
	t.result("sum", t.sum(acc[0]))
	t.end()
}
