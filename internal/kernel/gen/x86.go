package main

import (
	"fmt"

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

// A state is the state of the function that x86 is writing.
type state struct {
	vecs   []reg.VecVirtual
	masks  []reg.Register // of class K, or vectors of all ones and zeros
	gprs   []reg.GPVirtual
	labels int
	active reg.Register // within partial, the mask of the lanes in use; else nil
	left   gpr          // the number of these lanes
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

// three and four convert an instruction with three or four operands to the form
// that single takes.
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
	t.newGPR() // 0 stands for no register
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
