package main

import (
	"fmt"
	"math"

	"github.com/mmcloughlin/avo/attr"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

func (t *x86) partial(n gpr, _ []gpr, body func()) {
	done := t.label()
	t.jumpZero(n, done)
	t.left = n
	if t.wide() {
		count, ones := t.GP64(), t.GP64()
		t.MOVQ(operand.I32(-1), ones)
		t.BZHIQ(t.g(n), ones, count)
		k := t.K()
		t.KMOVW(count.As32(), k)
		t.active = k
	} else {
		// The mask is a window of 32 bytes over 32 bytes of ones and then zeros.
		table := t.constant("lanes", func() {
			for i := range 8 {
				v := uint64(0)
				if i < 4 {
					v = math.MaxUint64
				}
				t.AppendDatum(operand.U64(v))
			}
		})
		base, off := t.GP64(), t.GP64()
		t.LEAQ(table, base)
		t.MOVQ(t.g(n), off)
		t.SHLQ(operand.U8(map[int]int{4: 2, 8: 3}[t.elem]), off)
		t.NEGQ(off)
		m := t.YMM()
		t.VMOVUPS(operand.Mem{Base: base, Index: off, Scale: 1, Disp: 32}, m)
		t.active = m
	}
	body()
	t.active = nil
	t.place(done)
}

func (t *x86) live(v vec, neutral float64) vec {
	if t.active == nil {
		return v
	}
	return t.pick(t.newMask(t.active), v, t.konst(neutral))
}

// constant returns the place of a constant in memory. If the constant is new,
// define writes it.
func (t *x86) constant(name string, define func()) operand.Mem {
	m, ok := t.pool[name]
	if !ok {
		m = t.StaticGlobal(name)
		t.DataAttributes(attr.RODATA | attr.NOPTR)
		define()
		t.pool[name] = m
	}
	return m
}

func (t *x86) load(m mem) vec {
	v := t.newVec()
	switch {
	case t.active == nil:
		t.single(t.VMOVUPS, t.VMOVUPD, t.mem(m), t.v(v))
	case t.wide() && t.elem == 4:
		t.VMOVUPS_Z(t.mem(m), t.active, t.v(v))
	case t.wide():
		t.VMOVUPD_Z(t.mem(m), t.active, t.v(v))
	default:
		t.single(three(t.VMASKMOVPS), three(t.VMASKMOVPD), t.mem(m), t.active, t.v(v))
	}
	return v
}

func (t *x86) store(v vec, m mem) {
	switch {
	case t.active == nil:
		t.single(t.VMOVUPS, t.VMOVUPD, t.v(v), t.mem(m))
	case t.wide():
		t.single(t.VMOVUPS, t.VMOVUPD, t.v(v), t.active, t.mem(m))
	default:
		t.single(three(t.VMASKMOVPS), three(t.VMASKMOVPD), t.v(v), t.active, t.mem(m))
	}
}

func (t *x86) loadPairs(m mem) (first, second vec) {
	next := m
	next.disp += t.width
	var a, b vec
	if active := t.active; active == nil {
		a, b = t.load(m), t.load(next)
	} else {
		lo, hi := t.pairMasks()
		t.active = lo
		a = t.load(m)
		t.active = hi
		b = t.load(next)
		t.active = active
	}
	if t.wide() {
		return t.everyOther(0, a, b), t.everyOther(1, a, b)
	}
	pick := func(which uint64) vec {
		v := t.newVec()
		if t.elem == 4 {
			t.VSHUFPS(operand.U8(0x88+0x55*which), t.v(b), t.v(a), t.v(v))
		} else if which == 0 {
			t.VUNPCKLPD(t.v(b), t.v(a), t.v(v))
		} else {
			t.VUNPCKHPD(t.v(b), t.v(a), t.v(v))
		}
		t.VPERMPD(operand.U8(0xd8), t.v(v), t.v(v)) // the middle quarters change places
		return v
	}
	return pick(0), pick(1)
}

// everyOther returns elements from, from+2, … of a and b.
func (t *x86) everyOther(from int, a, b vec) vec {
	m := t.constant(fmt.Sprintf("every%d_%d", from, t.elem), func() {
		for i := range t.lanes() {
			if t.elem == 4 {
				t.AppendDatum(operand.U32(2*i + from))
			} else {
				t.AppendDatum(operand.U64(2*i + from))
			}
		}
	})
	v := t.newVec()
	t.VMOVUPS(m, t.v(v))
	t.single(t.VPERMI2PS, t.VPERMI2PD, t.v(b), t.v(a), t.v(v))
	return v
}

// pairMasks returns the masks for twice as many elements as remain.
func (t *x86) pairMasks() (lo, hi reg.Register) {
	n := t.GP64()
	t.MOVQ(t.g(t.left), n)
	t.ADDQ(n, n)
	if t.wide() {
		ones := t.GP64()
		t.MOVQ(operand.I32(-1), ones)
		t.BZHIQ(n, ones, n)
		lo, hi = t.K(), t.K()
		t.KMOVW(n.As32(), lo)
		t.SHRQ(operand.U8(t.lanes()), n)
		t.KMOVW(n.As32(), hi)
		return lo, hi
	}
	// The masks are two windows over ones and then zeros.
	table := t.constant("pairs", func() {
		for i := range 16 {
			v := uint64(0)
			if i < 8 {
				v = math.MaxUint64
			}
			t.AppendDatum(operand.U64(v))
		}
	})
	base := t.GP64()
	t.LEAQ(table, base)
	t.SHLQ(operand.U8(map[int]int{4: 2, 8: 3}[t.elem]), n)
	t.NEGQ(n)
	lo, hi = t.YMM(), t.YMM()
	t.VMOVUPS(operand.Mem{Base: base, Index: n, Scale: 1, Disp: 64}, lo)
	t.VMOVUPS(operand.Mem{Base: base, Index: n, Scale: 1, Disp: 96}, hi)
	return lo, hi
}

func (t *x86) addFirst(v vec, m mem) {
	s := t.xmm(t.newVec())
	t.single(t.VADDSS, t.VADDSD, t.mem(m), t.xmm(v), s)
	t.single(t.VMOVSS, t.VMOVSD, s, t.mem(m))
}

func (t *x86) broadcast(m mem) vec {
	v := t.newVec()
	t.single(t.VBROADCASTSS, t.VBROADCASTSD, t.mem(m), t.v(v))
	return v
}

func (t *x86) konst(x float64) vec {
	if math.Float64bits(x) == 0 {
		return t.zero()
	}
	if t.elem == 4 {
		return t.bits(uint64(math.Float32bits(float32(x))))
	}
	return t.bits(math.Float64bits(x))
}

func (t *x86) bits(b uint64) vec {
	v := t.newVec()
	m := t.constant(fmt.Sprintf("c%0*x", 2*t.elem, b), func() {
		if t.elem == 4 {
			t.AppendDatum(operand.U32(b))
		} else {
			t.AppendDatum(operand.U64(b))
		}
	})
	t.single(t.VBROADCASTSS, t.VBROADCASTSD, m, t.v(v))
	return v
}

func (t *x86) zero() vec {
	v := t.newVec()
	t.VXORPS(t.v(v), t.v(v), t.v(v)) // avo knows that this instruction reads nothing
	return v
}

func (t *x86) clone(v vec) vec {
	c := t.newVec()
	t.assign(c, v)
	return c
}

func (t *x86) assign(dst, src vec) { t.VMOVAPS(t.v(src), t.v(dst)) }

func (t *x86) transpose(rows []vec) []vec {
	// First within quarters (halves) of 16 bytes: e rows give e columns.
	e := 16 / t.elem
	blocks := make([][]vec, e) // by the column within a quarter, then the group of rows
	for g := 0; g < len(rows); g += e {
		r := rows[g : g+e]
		if e == 4 {
			lo, hi := t.VUNPCKLPS, t.VUNPCKHPS
			r = []vec{t.binary(lo, nil, r[0], r[1]), t.binary(lo, nil, r[2], r[3]), t.binary(hi, nil, r[0], r[1]), t.binary(hi, nil, r[2], r[3])}
		}
		for i := 0; i < e; i += 2 {
			lo, hi := t.VUNPCKLPD, t.VUNPCKHPD
			blocks[i] = append(blocks[i], t.binary(lo, lo, r[i], r[i+1]))
			blocks[i+1] = append(blocks[i+1], t.binary(hi, hi, r[i], r[i+1]))
		}
	}
	// Then the quarters.
	columns := make([]vec, len(rows))
	for i, b := range blocks {
		if !t.wide() {
			columns[i], columns[i+e] = t.quarters(0x20, b[0], b[1]), t.quarters(0x31, b[0], b[1])
			continue
		}
		lo01, hi01 := t.quarters(0x44, b[0], b[1]), t.quarters(0xee, b[0], b[1])
		lo23, hi23 := t.quarters(0x44, b[2], b[3]), t.quarters(0xee, b[2], b[3])
		columns[i], columns[i+e] = t.quarters(0x88, lo01, lo23), t.quarters(0xdd, lo01, lo23)
		columns[i+2*e], columns[i+3*e] = t.quarters(0x88, hi01, hi23), t.quarters(0xdd, hi01, hi23)
	}
	return columns
}

// quarters combines 16-byte pieces of a and b.
func (t *x86) quarters(how int, a, b vec) vec {
	v := t.newVec()
	if t.wide() {
		t.VSHUFF32X4(operand.U8(how), t.v(b), t.v(a), t.v(v))
	} else {
		t.VPERM2F128(operand.U8(how), t.v(b), t.v(a), t.v(v))
	}
	return v
}
