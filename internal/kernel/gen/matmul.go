package main

import (
	"fmt"

	"github.com/mmcloughlin/avo/attr"
	"github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// A target is an instruction set with an element type, and where its code is
// written to.
type target struct {
	*build.Context
	name  string // suffix of function names
	elem  string // element type in Go
	bytes int    // of an element
	width int    // of a vector, in bytes
}

func (t target) vec() reg.VecVirtual {
	if t.width == 64 {
		return t.ZMM()
	}
	return t.YMM()
}

func (t target) lanes() int { return t.width / t.bytes }

// Instructions by element type.
func (t target) zero(v reg.VecVirtual) {
	if t.width == 64 {
		t.VPXORQ(v, v, v)
		return
	}
	t.VXORPS(v, v, v)
}

func (t target) load(src operand.Mem, v reg.VecVirtual) {
	if t.bytes == 4 {
		t.VMOVUPS(src, v)
	} else {
		t.VMOVUPD(src, v)
	}
}

func (t target) store(v reg.VecVirtual, dst operand.Mem) {
	if t.bytes == 4 {
		t.VMOVUPS(v, dst)
	} else {
		t.VMOVUPD(v, dst)
	}
}

func (t target) add(src operand.Op, v reg.VecVirtual) {
	if t.bytes == 4 {
		t.VADDPS(src, v, v)
	} else {
		t.VADDPD(src, v, v)
	}
}

func (t target) broadcast(src operand.Mem, v reg.VecVirtual) {
	if t.bytes == 4 {
		t.VBROADCASTSS(src, v)
	} else {
		t.VBROADCASTSD(src, v)
	}
}

func (t target) fma(a, b operand.Op, acc reg.VecVirtual) {
	if t.bytes == 4 {
		t.VFMADD231PS(a, b, acc)
	} else {
		t.VFMADD231PD(a, b, acc)
	}
}

// tile generates the inner loop of the matrix product: c[i][j] += Σ a[p][i] b[p][j]
// for packed panels of rows and vectors·lanes columns.
func tile(t target, rows, vectors int) {
	cols := vectors * t.lanes()
	t.Function("tile" + t.name)
	t.Attributes(attr.NOSPLIT)
	t.SignatureExpr(fmt.Sprintf("func(c *%s, ldc int, a, b *%s, k int)", t.elem, t.elem))
	t.Doc(fmt.Sprintf("tile%s is tile for %d rows and %d columns.", t.name, rows, cols))
	t.Pragma("noescape")
	c, ldc := t.Load(t.Param("c"), t.GP64()), t.Load(t.Param("ldc"), t.GP64())
	a, b, k := t.Load(t.Param("a"), t.GP64()), t.Load(t.Param("b"), t.GP64()), t.Load(t.Param("k"), t.GP64())
	acc := make([][]reg.VecVirtual, rows)
	for i := range acc {
		acc[i] = make([]reg.VecVirtual, vectors)
		for j := range acc[i] {
			acc[i][j] = t.vec()
			t.zero(acc[i][j])
		}
	}
	bs := make([]reg.VecVirtual, vectors)
	for j := range bs {
		bs[j] = t.vec()
	}
	as := []reg.VecVirtual{t.vec(), t.vec()}
	step := func(p int) {
		for j := range bs {
			t.load(operand.Mem{Base: b, Disp: (p*vectors + j) * t.width}, bs[j])
		}
		for i := range rows {
			x := as[i%2]
			t.broadcast(operand.Mem{Base: a, Disp: (p*rows + i) * t.bytes}, x)
			for j := range bs {
				t.fma(x, bs[j], acc[i][j])
			}
		}
	}
	const unroll = 2
	t.CMPQ(k, operand.U8(unroll))
	t.JL(operand.LabelRef("tail"))
	t.Label("loop")
	for p := range unroll {
		step(p)
	}
	t.ADDQ(operand.U32(unroll*rows*t.bytes), a)
	t.ADDQ(operand.U32(unroll*vectors*t.width), b)
	t.SUBQ(operand.U8(unroll), k)
	t.CMPQ(k, operand.U8(unroll))
	t.JGE(operand.LabelRef("loop"))
	t.Label("tail")
	t.TESTQ(k, k)
	t.JZ(operand.LabelRef("done"))
	step(0)
	t.Label("done")
	t.SHLQ(operand.U8(shift(t.bytes)), ldc)
	for i := range rows {
		for j := range bs {
			at := operand.Mem{Base: c, Disp: j * t.width}
			t.add(at, acc[i][j])
			t.store(acc[i][j], at)
		}
		if i < rows-1 {
			t.ADDQ(ldc, c)
		}
	}
	t.VZEROUPPER()
	t.RET()
}

func shift(bytes int) int {
	if bytes == 4 {
		return 2
	}
	return 3
}
