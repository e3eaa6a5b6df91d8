package main

import (
	"fmt"
	"math"

	"github.com/mmcloughlin/avo/attr"
	"github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// An x86 is the assembler for AVX2 with FMA and for AVX-512.
type x86 struct {
	*build.Context
	pool  map[string]operand.Mem // constants in memory, shared by the functions of a file
	elem  int                    // bytes of an element
	width int                    // of a vector
	state
}

// A state is what x86 knows of the function that it is writing.
type state struct {
	vecs   []reg.VecVirtual
	masks  []reg.Register // of class K, or vectors of all ones and zeros
	gprs   []reg.GPVirtual
	labels int
	active reg.Register // the mask of the lanes that partial leaves, or nil
	left   gpr          // their number
}

func newX86(ctx *build.Context, pool map[string]operand.Mem, elem, width int) *x86 {
	return &x86{Context: ctx, pool: pool, elem: elem, width: width}
}

func (t *x86) wide() bool { return t.width == 64 }

func (t *x86) isa() string {
	if t.wide() {
		return "AVX512"
	}
	return "AVX2"
}

func (t *x86) size() int  { return t.elem }
func (t *x86) lanes() int { return t.width / t.elem }

func (t *x86) registers() int {
	if t.wide() {
		return 32
	}
	return 16
}

// single calls the instruction for the element type.
func (t *x86) single(f32, f64 func(...operand.Op), ops ...operand.Op) {
	if t.elem == 4 {
		f32(ops...)
	} else {
		f64(ops...)
	}
}

// three and four give an instruction with so many operands the form that
// single wants.
func three(f func(a, b, c operand.Op)) func(...operand.Op) {
	return func(ops ...operand.Op) { f(ops[0], ops[1], ops[2]) }
}

func four(f func(a, b, c, d operand.Op)) func(...operand.Op) {
	return func(ops ...operand.Op) { f(ops[0], ops[1], ops[2], ops[3]) }
}

func (t *x86) newVec() vec {
	if t.wide() {
		t.vecs = append(t.vecs, t.ZMM())
	} else {
		t.vecs = append(t.vecs, t.YMM())
	}
	return vec(len(t.vecs) - 1)
}

func (t *x86) v(v vec) reg.VecVirtual { return t.vecs[v] }

// xmm returns the first 16 bytes of a vector.
func (t *x86) xmm(v vec) reg.Register { return t.vecs[v].AsX() }

// ymm returns the first 32.
func (t *x86) ymm(v vec) reg.Register { return t.vecs[v].AsY() }

func (t *x86) newMask(r reg.Register) mask {
	t.masks = append(t.masks, r)
	return mask(len(t.masks) - 1)
}

func (t *x86) newGPR() gpr {
	t.gprs = append(t.gprs, t.GP64())
	return gpr(len(t.gprs) - 1)
}

func (t *x86) g(r gpr) reg.GPVirtual { return t.gprs[r] }

func (t *x86) mem(m mem) operand.Mem {
	o := operand.Mem{Base: t.g(m.base), Disp: m.disp}
	if m.index != 0 {
		o.Index, o.Scale = t.g(m.index), 1
	}
	return o
}

func (t *x86) begin(name, doc string, params, results []arg) {
	t.state = state{}
	t.newGPR() // number 0 says that there is none
	name = functionName(name, t.elem, t.isa())
	t.Function(name)
	t.Attributes(attr.NOSPLIT)
	t.SignatureExpr("func" + signature(t.elem, params, results))
	t.Doc(name + " is " + doc)
	t.Pragma("noescape")
}

func (t *x86) end() {
	t.VZEROUPPER()
	t.RET()
}

func (t *x86) ptr(name string) gpr {
	r := t.newGPR()
	t.Load(t.Param(name), t.g(r))
	return r
}

func (t *x86) num(name string) vec {
	v := t.newVec()
	b, err := t.Param(name).Resolve()
	if err != nil {
		panic(err)
	}
	t.single(t.VBROADCASTSS, t.VBROADCASTSD, b.Addr, t.v(v))
	return v
}

func (t *x86) result(name string, v vec) {
	b, err := t.Return(name).Resolve()
	if err != nil {
		panic(err)
	}
	t.single(t.VMOVSS, t.VMOVSD, t.xmm(v), b.Addr)
}

func (t *x86) label() string {
	t.labels++
	return fmt.Sprintf("l%d", t.labels)
}

func (t *x86) place(label string) { t.Label(label) }
func (t *x86) jump(label string)  { t.JMP(operand.LabelRef(label)) }

func (t *x86) jumpLess(a gpr, n int, label string) {
	t.CMPQ(t.g(a), operand.Imm(uint64(n)))
	t.JL(operand.LabelRef(label))
}

func (t *x86) jumpAtLeast(a gpr, n int, label string) {
	t.CMPQ(t.g(a), operand.Imm(uint64(n)))
	t.JGE(operand.LabelRef(label))
}

func (t *x86) jumpZero(a gpr, label string) {
	t.TESTQ(t.g(a), t.g(a))
	t.JZ(operand.LabelRef(label))
}

func (t *x86) add(a, b gpr)        { t.ADDQ(t.g(b), t.g(a)) }
func (t *x86) addInt(a gpr, n int) { t.ADDQ(operand.I32(n), t.g(a)) }

func (t *x86) scale(a gpr) {
	shift := 2
	if t.elem == 8 {
		shift = 3
	}
	t.SHLQ(operand.U8(shift), t.g(a))
}

func (t *x86) copyOf(a gpr) gpr {
	b := t.newGPR()
	t.MOVQ(t.g(a), t.g(b))
	return b
}

func (t *x86) newInt(n int) gpr {
	r := t.newGPR()
	t.MOVQ(operand.I32(n), t.g(r))
	return r
}

func (t *x86) loadInt(m mem) gpr {
	r := t.newGPR()
	t.MOVQ(t.mem(m), t.g(r))
	return r
}

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
		// A window of 32 bytes over as many ones and then zeros.
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

// constant returns the place of a constant in memory, which define fills when
// it is new.
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

// pairMasks returns the masks for twice as many elements as are left.
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
	// Two windows over as many ones and then zeros.
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
	t.VXORPS(t.v(v), t.v(v), t.v(v)) // avo knows of this one that it reads nothing
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
