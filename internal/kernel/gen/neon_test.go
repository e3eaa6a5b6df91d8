package main

import (
	"bytes"
	"strings"
	"testing"
)

// The encoded words are those of the GNU assembler.
func TestEncode(t *testing.T) {
	two, three, shift := []int{29, 18}, []int{29, 18, 11}, []int{29, 18, 23}
	for _, row := range []struct {
		op             *op
		x              []int
		text           string // for float32
		single, double uint32
	}{
		{&opAdd, three, "fadd v29.4s, v18.4s, v11.4s", 0x4e2bd65d, 0x4e6bd65d},
		{&opSub, three, "fsub v29.4s, v18.4s, v11.4s", 0x4eabd65d, 0x4eebd65d},
		{&opMul, three, "fmul v29.4s, v18.4s, v11.4s", 0x6e2bde5d, 0x6e6bde5d},
		{&opDiv, three, "fdiv v29.4s, v18.4s, v11.4s", 0x6e2bfe5d, 0x6e6bfe5d},
		{&opMax, three, "fmax v29.4s, v18.4s, v11.4s", 0x4e2bf65d, 0x4e6bf65d},
		{&opMin, three, "fmin v29.4s, v18.4s, v11.4s", 0x4eabf65d, 0x4eebf65d},
		{&opFMA, three, "fmla v29.4s, v18.4s, v11.4s", 0x4e2bce5d, 0x4e6bce5d},
		{&opFMS, three, "fmls v29.4s, v18.4s, v11.4s", 0x4eabce5d, 0x4eebce5d},
		{&opAddPairs, three, "faddp v29.4s, v18.4s, v11.4s", 0x6e2bd65d, 0x6e6bd65d},
		{&opMaxPairs, three, "fmaxp v29.4s, v18.4s, v11.4s", 0x6e2bf65d, 0x6e6bf65d},
		{&opZipFirst, three, "zip1 v29.4s, v18.4s, v11.4s", 0x4e8b3a5d, 0x4ecb3a5d},
		{&opZipSecond, three, "zip2 v29.4s, v18.4s, v11.4s", 0x4e8b7a5d, 0x4ecb7a5d},
		{&opEqual, three, "fcmeq v29.4s, v18.4s, v11.4s", 0x4e2be65d, 0x4e6be65d},
		{&opGreater, three, "fcmgt v29.4s, v18.4s, v11.4s", 0x6eabe65d, 0x6eebe65d},
		{&opGreaterEqual, three, "fcmge v29.4s, v18.4s, v11.4s", 0x6e2be65d, 0x6e6be65d},
		{&opAndNot, three, "bic v29.16b, v18.16b, v11.16b", 0x4e6b1e5d, 0x4e6b1e5d},
		{&opAnd, three, "and v29.16b, v18.16b, v11.16b", 0x4e2b1e5d, 0x4e2b1e5d},
		{&opOr, three, "orr v29.16b, v18.16b, v11.16b", 0x4eab1e5d, 0x4eab1e5d},
		{&opXor, three, "eor v29.16b, v18.16b, v11.16b", 0x6e2b1e5d, 0x6e2b1e5d},
		{&opUnzipFirst, three, "uzp1 v29.4s, v18.4s, v11.4s", 0x4e8b1a5d, 0x4ecb1a5d},
		{&opUnzipSecond, three, "uzp2 v29.4s, v18.4s, v11.4s", 0x4e8b5a5d, 0x4ecb5a5d},
		{&opSelect, three, "bsl v29.16b, v18.16b, v11.16b", 0x6e6b1e5d, 0x6e6b1e5d},
		{&opAddInt, three, "add v29.4s, v18.4s, v11.4s", 0x4eab865d, 0x4eeb865d},
		{&opSubInt, three, "sub v29.4s, v18.4s, v11.4s", 0x6eab865d, 0x6eeb865d},
		{byElements[&opMul], three, "fmul v29.4s, v18.4s, v11.s[0]", 0x4f8b925d, 0x4fcb925d},
		{byElements[&opFMA], three, "fmla v29.4s, v18.4s, v11.s[0]", 0x4f8b125d, 0x4fcb125d},
		{byElements[&opFMS], three, "fmls v29.4s, v18.4s, v11.s[0]", 0x4f8b525d, 0x4fcb525d},
		{&opSqrt, two, "fsqrt v29.4s, v18.4s", 0x6ea1fa5d, 0x6ee1fa5d},
		{&opRoundNearest, two, "frintn v29.4s, v18.4s", 0x4e218a5d, 0x4e618a5d},
		{&opRoundDown, two, "frintm v29.4s, v18.4s", 0x4e219a5d, 0x4e619a5d},
		{&opRoundUp, two, "frintp v29.4s, v18.4s", 0x4ea18a5d, 0x4ee18a5d},
		{&opRoundZero, two, "frintz v29.4s, v18.4s", 0x4ea19a5d, 0x4ee19a5d},
		{&opToInt, two, "fcvtns v29.4s, v18.4s", 0x4e21aa5d, 0x4e61aa5d},
		{&opFromInt, two, "scvtf v29.4s, v18.4s", 0x4e21da5d, 0x4e61da5d},
		{&opNot, two, "mvn v29.16b, v18.16b", 0x6e205a5d, 0x6e205a5d},
		{&opShiftLeft, shift, "shl v29.4s, v18.4s, #23", 0x4f37565d, 0x4f57565d},
		{&opShiftRight, shift, "ushr v29.4s, v18.4s, #23", 0x6f29065d, 0x6f69065d},
	} {
		for elem, want := range map[int]uint32{4: row.single, 8: row.double} {
			wantText := row.text
			if elem == 8 {
				wantText = strings.NewReplacer(".4s", ".2d", ".s[", ".d[").Replace(wantText)
			}
			word, text := row.op.encode(elem, row.x)
			if word != want || text != wantText {
				t.Errorf("%s: got %08x, %s; want %08x", wantText, word, text, want)
			}
		}
	}
}

// compiled returns the text of a function.
func compiled(write func(t *neon)) string {
	file := newNEONFile(&bytes.Buffer{})
	a := newNEON(file, 4)
	a.begin("f", "a test.", []arg{{"p", pointer}, {"n", integer}}, nil)
	write(a)
	a.end()
	_, text, _ := strings.Cut(file.text.String(), "$0-16\n")
	return text
}

// A value that is set before a loop and read in it keeps its register until the
// end of the loop, also in nested loops.
func TestLoopKeepsRegisters(t *testing.T) {
	got := compiled(func(t *neon) {
		p, n := t.ptr("p"), t.ptr("n")
		before := t.load(at(p, 0))
		inner := t.label()
		outer := t.label()
		t.place(outer)
		t.place(inner)
		t.store(before, at(p, 16))
		t.jumpAtLeast(n, 1, inner)
		t.store(t.load(at(p, 32)), at(p, 48))
		t.jumpAtLeast(n, 2, outer)
		t.store(t.load(at(p, 64)), at(p, 80))
	})
	want := `	MOVD p+0(FP), R0
	MOVD n+8(FP), R1
	FMOVQ 0(R0), F0

l2:

l1:
	FMOVQ F0, 16(R0)
	CMP $1, R1
	BGE l1
	FMOVQ 32(R0), F1
	FMOVQ F1, 48(R0)
	CMP $2, R1
	BGE l2
	FMOVQ 64(R0), F0
	FMOVQ F0, 80(R0)
	RET
`
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// A value that nothing reads is not computed. A copy of a value that is not read
// again costs nothing. A factor that is the same in every lane is read from one
// lane.
func TestNothingSuperfluous(t *testing.T) {
	got := compiled(func(t *neon) {
		p := t.ptr("p")
		t.over(t.konst(3), t.zero())
		x, factor := t.load(at(p, 0)), t.broadcast(at(p, 20))
		y := t.mulAdd(factor, x, x)                           // x is read again
		y = t.mulAdd(y, y, t.pick(t.less(x, y), y, t.zero())) // nothing is
		t.store(y, at(p, 0))
	})
	want := `	MOVD p+0(FP), R0
	FMOVQ 0(R0), F0
	FMOVS 20(R0), F1
	VMOV V0.B16, V2.B16
	WORD $0x4f811002 // fmla v2.4s, v0.4s, v1.s[0]
	WORD $0x6ea0e440 // fcmgt v0.4s, v2.4s, v0.4s
	VMOVI $0, V1.B16
	WORD $0x6e611c40 // bsl v0.16b, v2.16b, v1.16b
	WORD $0x4e22cc40 // fmla v0.4s, v2.4s, v2.4s
	FMOVQ F0, 0(R0)
	RET
`
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestTooManyValues(t *testing.T) {
	defer func() {
		if got, want := recover(), "fF32NEON: more than 32 values at a time"; got != want {
			t.Errorf("got %v, want %s", got, want)
		}
	}()
	compiled(func(t *neon) {
		p := t.ptr("p")
		var all []vec
		for i := range 33 {
			all = append(all, t.load(at(p, 16*i)))
		}
		for i, v := range all {
			t.store(v, at(p, 16*i))
		}
	})
}
