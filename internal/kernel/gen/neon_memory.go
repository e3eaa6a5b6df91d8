package main

import "math"

// partial goes through the elements one at a time: loads fill the first lane,
// and stores write it.
func (t *neon) partial(n gpr, ptrs []gpr, body func()) {
	done, top := t.label(), t.label()
	t.jumpZero(n, done)
	t.place(top)
	t.one = true
	body()
	t.one = false
	for _, p := range ptrs {
		t.addInt(p, t.elem)
	}
	t.addInt(n, -1)
	t.jumpAtLeast(n, 1, top)
	t.place(done)
}

func (t *neon) live(v vec, neutral float64) vec {
	if !t.one {
		return v
	}
	c := t.konst(neutral)
	t.emit(t.scalar("VMOV V%d.S[0], V%d.S[0]", "VMOV V%d.D[0], V%d.D[0]"), v, c)
	return c
}

// operand returns m as a format and its arguments, for an instruction of the given
// name. In the Go assembler FMOVQ cannot have an index.
func (t *neon) operand(name string, m mem) (text string, args []any) {
	switch {
	case m.index == 0:
		return "%d(R%d)", []any{m.disp, m.base}
	case m.disp == 0 && name != "FMOVQ":
		return "(R%d)(R%d)", []any{m.base, m.index}
	}
	sum := t.newGPR()
	t.emitSet(sum, "ADD R%d, R%d, R%d", m.index, m.base, sum)
	return t.operand(name, at(sum, m.disp))
}

// read writes an instruction that loads a register of the given letter.
func (t *neon) read(name, letter string, r any, m mem) {
	text, args := t.operand(name, m)
	t.emit(name+" "+text+", "+letter+"%d", append(args, r)...)
}

// write writes an instruction that stores a vector.
func (t *neon) write(name string, v vec, m mem) {
	text, args := t.operand(name, m)
	t.emit(name+" F%d, "+text, append([]any{v}, args...)...)
}

func (t *neon) load(m mem) vec {
	v := t.newVec()
	t.read(t.vectorMove(), "F", v, m)
	return v
}

func (t *neon) store(v vec, m mem) { t.write(t.vectorMove(), v, m) }

func (t *neon) loadPairs(m mem) (first, second vec) {
	next := m
	if t.one {
		next.disp += t.elem
		return t.load(m), t.load(next)
	}
	next.disp += 16
	a, b := t.load(m), t.load(next)
	return t.emitOp(&opUnzipFirst, a, b), t.emitOp(&opUnzipSecond, a, b)
}

func (t *neon) addFirst(v vec, m mem) {
	s := t.newVec()
	t.read(t.scalarMove(), "F", s, m)
	t.write(t.scalarMove(), t.plus(s, v), m)
}

// vectorMove returns the name of the instruction that loads and stores.
func (t *neon) vectorMove() string {
	if t.one {
		return t.scalarMove()
	}
	return "FMOVQ"
}

// scalarMove is vectorMove for the first lane; the others are loaded as zeros.
func (t *neon) scalarMove() string { return t.scalar("FMOVS", "FMOVD") }

func (t *neon) broadcast(m mem) vec {
	s := t.newVec()
	t.read(t.scalarMove(), "F", s, m)
	return t.dup(s)
}

// dup returns the first lane of s in every lane.
func (t *neon) dup(s vec) vec {
	v := t.newVec()
	t.code = append(t.code, inst{format: t.scalar("VDUP V%d.S[0], V%d.S4", "VDUP V%d.D[0], V%d.D2"), args: []any{s, v}, sets: v, dups: true})
	return v
}

func (t *neon) konst(x float64) vec {
	if math.Float64bits(x) == 0 {
		return t.zero()
	}
	if t.elem == 4 {
		return t.bits(uint64(math.Float32bits(float32(x))))
	}
	return t.bits(math.Float64bits(x))
}

func (t *neon) bits(b uint64) vec {
	v := t.newVec()
	t.emitSet(v, "FMOVQ %d(R%d), F%d", t.file.constant(b, t.elem), t.constants, v)
	return v
}

func (t *neon) zero() vec {
	v := t.newVec()
	t.emitSet(v, "VMOVI $0, V%d.B16", v)
	return v
}

func (t *neon) clone(v vec) vec {
	c := t.newVec()
	t.assign(c, v)
	return c
}

func (t *neon) assign(dst, src vec) {
	t.code = append(t.code, inst{format: "VMOV V%d.B16, V%d.B16", args: []any{src, dst}, copies: true})
}
