package kernel

import "github.com/descent-ml/descent/internal/kernel/asm"

// MultiplyAdds does n turns of multiply-adds of float32 that wait neither for
// memory nor for one another, and returns their number, exact below 2²⁴. It
// computes nothing: its speed is the most that the processor can do by the
// chosen instruction set, by which the speed of what does compute is judged.
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
		x, y = y, x // or the compiler multiplies once
	}
	return a + b + c + d + e + f + g + h
}

// one is a variable so that the compiler does not know what comes out.
var one float32 = 1
