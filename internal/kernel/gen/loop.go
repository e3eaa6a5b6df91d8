package main

import "slices"

// A loop is a kernel that goes through all its slices at the same index.
type loop struct {
	name    string
	doc     string
	out     []string // slices that are written
	in      []string // slices that are read; out may be among them
	numbers []string // other parameters
	folds   []fold   // results
	double  bool     // there is one for float64, too
	unroll  int      // vectors in one turn of the loop; 0 means 1

	// body returns the vectors to write. It gets the vectors that were read, and
	// the numbers. For result i it calls gather with a term, or with the two
	// factors of a term.
	body func(t assembler, x, numbers []vec, gather gatherer) []vec
}

type gatherer func(i int, v ...vec)

// A fold combines a vector of every turn into one number.
type fold struct {
	name    string
	largest bool // the largest, NaN aside; else the sum
}

// slices returns the names of all slices, each once.
func (k *loop) slices() []string {
	names := slices.Clone(k.out)
	for _, s := range k.in {
		if !slices.Contains(names, s) {
			names = append(names, s)
		}
	}
	return names
}

func (k *loop) params() (params, results []arg) {
	for _, s := range k.slices() {
		params = append(params, arg{s, pointer})
	}
	params = append(params, arg{"n", integer})
	for _, s := range k.numbers {
		params = append(params, arg{s, number})
	}
	for _, f := range k.folds {
		results = append(results, arg{f.name, number})
	}
	return params, results
}

func (k *loop) write(t assembler) {
	params, results := k.params()
	t.begin(k.name, k.doc, params, results)
	ptrs := map[string]gpr{}
	var all []gpr
	for _, s := range k.slices() {
		ptrs[s] = t.ptr(s)
		all = append(all, ptrs[s])
	}
	n := t.ptr("n")
	var numbers []vec
	for _, s := range k.numbers {
		numbers = append(numbers, t.num(s))
	}
	unroll := max(1, k.unroll)
	// A result has several accumulators, so that one turn does not wait for the
	// previous one.
	acc := make([][]vec, len(k.folds))
	for i, f := range k.folds {
		for range unroll {
			if f.largest {
				acc[i] = append(acc[i], t.konst(minusInf))
			} else {
				acc[i] = append(acc[i], t.zero())
			}
		}
	}
	turn := func(u int) {
		disp := u * t.lanes() * t.size()
		var x []vec
		for _, s := range k.in {
			x = append(x, t.load(at(ptrs[s], disp)))
		}
		y := k.body(t, x, numbers, func(i int, v ...vec) {
			a := acc[i][u]
			switch {
			case k.folds[i].largest:
				t.assign(a, t.max(t.live(v[0], minusInf), a))
			case len(v) == 2:
				t.fma(a, t.live(v[0], 0), t.live(v[1], 0))
			default:
				t.accumulate(a, t.live(v[0], 0))
			}
		})
		for i, s := range k.out {
			t.store(y[i], at(ptrs[s], disp))
		}
	}
	for _, u := range slices.Compact([]int{unroll, 1}) {
		repeat(t, n, all, u, func() {
			for i := range u {
				turn(i)
			}
		})
	}
	t.partial(n, all, func() { turn(0) })
	for i, f := range k.folds {
		for m := len(acc[i]) / 2; m > 0; m /= 2 {
			for j := range m {
				if f.largest {
					t.assign(acc[i][j], t.max(acc[i][j], acc[i][j+m]))
				} else {
					t.accumulate(acc[i][j], acc[i][j+m])
				}
			}
		}
		if f.largest {
			t.result(f.name, t.largest(acc[i][0]))
		} else {
			t.result(f.name, t.sum(acc[i][0]))
		}
	}
	t.end()
}

// repeat writes a loop that goes on while n is at least the number of elements of
// u vectors. Each turn moves ptrs over these elements and lowers n.
func repeat(t assembler, n gpr, ptrs []gpr, u int, body func()) {
	done, top := t.label(), t.label()
	count := u * t.lanes()
	t.jumpLess(n, count, done)
	t.place(top)
	body()
	for _, p := range ptrs {
		t.addInt(p, count*t.size())
	}
	t.addInt(n, -count)
	t.jumpAtLeast(n, count, top)
	t.place(done)
}
