package kernel

import "github.com/descent-ml/descent/internal/kernel/asm"

// MultiplyAdds runs a loop of n turns. Each turn does multiply-adds of float32
// that wait neither for memory nor for one another. It returns how many it did,
// exact below 2²⁴. The result is of no use. The speed is the peak of the processor
// with the chosen instruction set; other loops are compared with it.
//
// Assembly: gen/peak.go
func MultiplyAdds(n int) float32 {
	var sum [1]float32
	total := float32(0)
	for n > asm.Longest { // so that the garbage collector need not wait
		total += MultiplyAdds(asm.Longest)
		n -= asm.Longest
	}
	if asm.Peak(n, sum[:]) {
		return total + sum[0]
	}
	return total + multiplyAddsGeneric(n)
}

// multiplyAddsGeneric is MultiplyAdds with eight numbers.
func multiplyAddsGeneric(n int) float32 {
	var a, b, c, d, e, f, g, h float32
	x, y := one, one
	for range n {
		a, b, c, d = float32(x*y)+a, float32(x*y)+b, float32(x*y)+c, float32(x*y)+d
		e, f, g, h = float32(x*y)+e, float32(x*y)+f, float32(x*y)+g, float32(x*y)+h
		x, y = y, x // otherwise the compiler would multiply only once
	}
	return a + b + c + d + e + f + g + h
}

// one is a variable, so that the compiler cannot compute the result.
var one float32 = 1
