// Package half reads the half-precision numbers of files. Descent computes with
// float32 and float64; a half is only how some programs store a number.
package half

import "math"

// Float32 returns the value of an IEEE 754 half-precision number: a sign, 5 bits
// of exponent, 10 bits of fraction. Every one of them is a float32.
func Float32(h uint16) float32 {
	sign := uint32(h>>15) << 31
	exponent := uint32(h>>10) & 0x1f
	fraction := uint32(h) & 0x3ff
	switch exponent {
	case 0: // zero and subnormal: fraction · 2⁻²⁴
		v := float32(fraction) * 0x1p-24
		return math.Float32frombits(sign | math.Float32bits(v))
	case 0x1f: // infinity and NaN
		return math.Float32frombits(sign | 0xff<<23 | fraction<<13)
	default: // the bias of the exponent is 15 here, 127 in a float32
		return math.Float32frombits(sign | (exponent+127-15)<<23 | fraction<<13)
	}
}
