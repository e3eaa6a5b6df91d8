package main

import (
	"github.com/mmcloughlin/avo/operand"
	avo "github.com/mmcloughlin/avo/x86"
)

// binary writes an instruction of two operands, first ∘ second.
func (t *x86) binary(f32, f64 func(...operand.Op), a, b vec) vec {
	v := t.newVec()
	t.single(f32, f64, t.v(b), t.v(a), t.v(v))
	return v
}

func (t *x86) plus(a, b vec) vec  { return t.binary(t.VADDPS, t.VADDPD, a, b) }
func (t *x86) minus(a, b vec) vec { return t.binary(t.VSUBPS, t.VSUBPD, a, b) }
func (t *x86) times(a, b vec) vec { return t.binary(t.VMULPS, t.VMULPD, a, b) }
func (t *x86) over(a, b vec) vec  { return t.binary(t.VDIVPS, t.VDIVPD, a, b) }
func (t *x86) max(a, b vec) vec   { return t.binary(t.VMAXPS, t.VMAXPD, a, b) }
func (t *x86) min(a, b vec) vec   { return t.binary(t.VMINPS, t.VMINPD, a, b) }

func (t *x86) larger(a, b vec) vec  { return t.max(a, b) }
func (t *x86) smaller(a, b vec) vec { return t.min(a, b) }

func (t *x86) sqrt(a vec) vec {
	v := t.newVec()
	t.single(t.VSQRTPS, t.VSQRTPD, t.v(a), t.v(v))
	return v
}

func (t *x86) mulAdd(a, b, c vec) vec {
	v := t.clone(c)
	t.fma(v, a, b)
	return v
}

func (t *x86) negMulAdd(a, b, c vec) vec {
	v := t.clone(c)
	t.single(t.VFNMADD231PS, t.VFNMADD231PD, t.v(a), t.v(b), t.v(v))
	return v
}

func (t *x86) fma(acc, a, b vec) {
	t.single(t.VFMADD231PS, t.VFMADD231PD, t.v(a), t.v(b), t.v(acc))
}

func (t *x86) accumulate(acc, v vec) {
	t.single(t.VADDPS, t.VADDPD, t.v(v), t.v(acc), t.v(acc))
}

func (t *x86) round(a vec, how rounding) vec {
	v := t.newVec()
	mode := operand.U8([...]int{nearest: 8, floor: 9, ceiling: 10, towardZero: 11}[how]) // 8: no exception
	if t.wide() {
		t.single(t.VRNDSCALEPS, t.VRNDSCALEPD, mode, t.v(a), t.v(v))
	} else {
		t.single(three(t.VROUNDPS), three(t.VROUNDPD), mode, t.v(a), t.v(v))
	}
	return v
}

// compare writes a comparison with one of the predicates of VCMPPS.
func (t *x86) compare(predicate int, a, b vec) mask {
	if t.wide() {
		k := t.K()
		t.single(t.VCMPPS, t.VCMPPD, operand.U8(predicate), t.v(b), t.v(a), k)
		return t.newMask(k)
	}
	m := t.YMM()
	t.single(t.VCMPPS, t.VCMPPD, operand.U8(predicate), t.v(b), t.v(a), m)
	return t.newMask(m)
}

func (t *x86) equal(a, b vec) mask     { return t.compare(0, a, b) }
func (t *x86) less(a, b vec) mask      { return t.compare(17, a, b) } // quiet
func (t *x86) lessEqual(a, b vec) mask { return t.compare(18, a, b) }
func (t *x86) unordered(a vec) mask    { return t.compare(3, a, a) }

func (t *x86) pick(m mask, a, b vec) vec {
	v := t.newVec()
	if t.wide() {
		blend := avo.VBLENDMPS
		if t.elem == 8 {
			blend = avo.VBLENDMPD
		}
		inst, err := blend(t.v(a), t.v(b), t.masks[m], t.v(v))
		if err != nil {
			panic(err)
		}
		inst.Inputs = inst.Inputs[:3] // avo believes that it also reads its destination
		t.Instruction(inst)
	} else {
		t.single(four(t.VBLENDVPS), four(t.VBLENDVPD), t.masks[m], t.v(a), t.v(b), t.v(v))
	}
	return v
}

func (t *x86) and(a, b vec) vec    { return t.binary(t.VANDPS, t.VANDPD, a, b) }
func (t *x86) or(a, b vec) vec     { return t.binary(t.VORPS, t.VORPD, a, b) }
func (t *x86) xor(a, b vec) vec    { return t.binary(t.VXORPS, t.VXORPD, a, b) }
func (t *x86) andNot(a, b vec) vec { return t.binary(t.VANDNPS, t.VANDNPD, b, a) }

func (t *x86) plusInt(a, b vec) vec  { return t.binary(t.VPADDD, t.VPADDQ, a, b) }
func (t *x86) minusInt(a, b vec) vec { return t.binary(t.VPSUBD, t.VPSUBQ, a, b) }

func (t *x86) shiftLeft(a vec, n int) vec {
	v := t.newVec()
	t.single(t.VPSLLD, t.VPSLLQ, operand.U8(n), t.v(a), t.v(v))
	return v
}

func (t *x86) shiftRight(a vec, n int) vec {
	v := t.newVec()
	t.single(t.VPSRLD, t.VPSRLQ, operand.U8(n), t.v(a), t.v(v))
	return v
}

func (t *x86) toInt(a vec) vec {
	v := t.newVec()
	t.single(t.VCVTPS2DQ, t.VCVTPD2QQ, t.v(a), t.v(v))
	return v
}

func (t *x86) fromInt(a vec) vec {
	v := t.newVec()
	t.single(t.VCVTDQ2PS, t.VCVTQQ2PD, t.v(a), t.v(v))
	return v
}

func (t *x86) ldexp(a, n vec) vec {
	if t.wide() {
		return t.binary(t.VSCALEFPS, t.VSCALEFPD, a, n)
	}
	return ldexp(t, a, n)
}

func (t *x86) frexp(a vec) (m, e vec) {
	if !t.wide() {
		return frexp(t, a)
	}
	m, e = t.newVec(), t.newVec()
	t.single(t.VGETMANTPS, t.VGETMANTPD, operand.U8(2), t.v(a), t.v(m))
	t.single(t.VGETEXPPS, t.VGETEXPPD, t.v(a), t.v(e))
	return m, t.plus(e, t.konst(1))
}

// fold combines the lanes of v: one half with the other, again and again.
func (t *x86) fold(v vec, f32, f64 func(...operand.Op)) vec {
	r := t.newVec()
	if t.wide() {
		t.VEXTRACTF64X4(operand.U8(1), t.v(v), t.ymm(r))
		t.single(f32, f64, t.ymm(v), t.ymm(r), t.ymm(r))
	} else {
		t.assign(r, v)
	}
	half := t.XMM()
	if t.wide() { // for all 32 registers
		t.VEXTRACTF32X4(operand.U8(1), t.ymm(r), half)
	} else {
		t.VEXTRACTF128(operand.U8(1), t.ymm(r), half)
	}
	x := t.xmm(r)
	t.single(f32, f64, half, x, x)
	t.VPERMILPD(operand.U8(1), x, half)
	t.single(f32, f64, half, x, x)
	if t.elem == 4 {
		t.VMOVSHDUP(x, half)
		f32(half, x, x)
	}
	return r
}

func (t *x86) sum(v vec) vec     { return t.fold(v, t.VADDPS, t.VADDPD) }
func (t *x86) largest(v vec) vec { return t.fold(v, t.VMAXPS, t.VMAXPD) }
