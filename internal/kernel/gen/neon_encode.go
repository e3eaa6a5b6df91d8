package main

import (
	"fmt"
	"strings"
)

// An op is a vector instruction that is written as an encoded word, because the
// Go assembler does not know most of them.
type op struct {
	name string
	word uint32 // for .4S or .16B, with all registers 0
	form form
}

// A form says what an instruction depends on beside the registers, which are
// always in the same places: the destination in bits 0–4, the first operand in
// 5–9, the second in 16–20.
type form int

const (
	lanewise   form = iota // bit 22 tells .4S and .2D apart
	bytewise               // the same for all elements
	byElement              // lanewise, with the first lane of the second operand
	leftShift              // bits 16–22: the lane's bits plus the number
	rightShift             // bits 16–22: twice the lane's bits less the number
)

var (
	opAdd  = op{"fadd", 0x4e20d400, lanewise}
	opSub  = op{"fsub", 0x4ea0d400, lanewise}
	opMul  = op{"fmul", 0x6e20dc00, lanewise}
	opDiv  = op{"fdiv", 0x6e20fc00, lanewise}
	opMax  = op{"fmax", 0x4e20f400, lanewise}
	opMin  = op{"fmin", 0x4ea0f400, lanewise}
	opSqrt = op{"fsqrt", 0x6ea1f800, lanewise}
	opFMA  = op{"fmla", 0x4e20cc00, lanewise}
	opFMS  = op{"fmls", 0x4ea0cc00, lanewise}

	// Pairs of neighbours in both operands.
	opAddPairs = op{"faddp", 0x6e20d400, lanewise}
	opMaxPairs = op{"fmaxp", 0x6e20f400, lanewise}

	// The lanes of both operands in turn, from the first halves or the second.
	opZipFirst  = op{"zip1", 0x4e803800, lanewise}
	opZipSecond = op{"zip2", 0x4e807800, lanewise}

	// Every other lane of both operands, from the first on or the second.
	opUnzipFirst  = op{"uzp1", 0x4e801800, lanewise}
	opUnzipSecond = op{"uzp2", 0x4e805800, lanewise}

	opRoundNearest = op{"frintn", 0x4e218800, lanewise}
	opRoundDown    = op{"frintm", 0x4e219800, lanewise}
	opRoundUp      = op{"frintp", 0x4ea18800, lanewise}
	opRoundZero    = op{"frintz", 0x4ea19800, lanewise}
	opToInt        = op{"fcvtns", 0x4e21a800, lanewise}
	opFromInt      = op{"scvtf", 0x4e21d800, lanewise}

	opEqual        = op{"fcmeq", 0x4e20e400, lanewise}
	opGreater      = op{"fcmgt", 0x6ea0e400, lanewise}
	opGreaterEqual = op{"fcmge", 0x6e20e400, lanewise}

	opAnd    = op{"and", 0x4e201c00, bytewise}
	opAndNot = op{"bic", 0x4e601c00, bytewise}
	opOr     = op{"orr", 0x4ea01c00, bytewise}
	opXor    = op{"eor", 0x6e201c00, bytewise}
	opNot    = op{"mvn", 0x6e205800, bytewise}
	opSelect = op{"bsl", 0x6e601c00, bytewise} // by the bits of the destination

	opAddInt     = op{"add", 0x4ea08400, lanewise}
	opSubInt     = op{"sub", 0x6ea08400, lanewise}
	opShiftLeft  = op{"shl", 0x4f005400, leftShift}
	opShiftRight = op{"ushr", 0x6f000400, rightShift}
)

// byElements are the multiplications with the first lane of an operand.
var byElements = map[*op]*op{
	&opMul: {"fmul", 0x4f809000, byElement},
	&opFMA: {"fmla", 0x4f801000, byElement},
	&opFMS: {"fmls", 0x4f805000, byElement},
}

// encode returns the word for elements of elem bytes, and the instruction as text.
// x holds the numbers of the registers, the destination first. For a shift, the
// last of x is the number of bits.
func (o *op) encode(elem int, x []int) (word uint32, text string) {
	word = o.word | uint32(x[0]) | uint32(x[1])<<5
	suffix, lane := ".4s", ".s[0]"
	if elem == 8 {
		suffix, lane = ".2d", ".d[0]"
	}
	operands := make([]string, len(x))
	for i, r := range x {
		operands[i] = fmt.Sprintf("v%d%s", r, suffix)
	}
	switch o.form {
	case leftShift, rightShift:
		n := 8*elem + x[2]
		if o.form == rightShift {
			n = 16*elem - x[2]
		}
		word |= uint32(n) << 16
		operands[2] = fmt.Sprintf("#%d", x[2])
	case bytewise:
		for i, r := range x {
			operands[i] = fmt.Sprintf("v%d.16b", r)
		}
	default:
		if elem == 8 {
			word |= 1 << 22
		}
		if o.form == byElement {
			operands[2] = fmt.Sprintf("v%d%s", x[2], lane)
		}
	}
	if len(x) == 3 && o.form != leftShift && o.form != rightShift {
		word |= uint32(x[2]) << 16
	}
	return word, o.name + " " + strings.Join(operands, ", ")
}
