package kernel

import (
	"math"

	"github.com/descent-ml/descent/internal/kernel/asm"
)

// Exp is
//
//	for i := range dst {
//		dst[i] = exp(a[i])
//	}
//
// In float32 it errs by at most 1.5 ulp.
//
// Assembly: gen/mathematics.go
func Exp[T Float](dst, a []T) {
	a = a[:len(dst)]
	if asm.Exp(dst, a) {
		return
	}
	for i, v := range a {
		dst[i] = T(math.Exp(float64(v)))
	}
}

// Exp2 is
//
//	for i := range dst {
//		dst[i] = exp2(a[i])
//	}
//
// In float32 it errs by at most 1.5 ulp.
//
// Assembly: gen/special.go
func Exp2[T Float](dst, a []T) {
	a = a[:len(dst)]
	if asm.Exp2(dst, a) {
		return
	}
	for i, v := range a {
		dst[i] = T(math.Exp2(float64(v)))
	}
}

// Expm1 is
//
//	for i := range dst {
//		dst[i] = expm1(a[i])
//	}
//
// In float32 it errs by at most 2 ulp.
//
// Assembly: gen/mathematics.go
func Expm1[T Float](dst, a []T) {
	a = a[:len(dst)]
	if asm.Expm1(dst, a) {
		return
	}
	for i, v := range a {
		dst[i] = T(math.Expm1(float64(v)))
	}
}

// Log is
//
//	for i := range dst {
//		dst[i] = log(a[i])
//	}
//
// In float32 it errs by at most 1.5 ulp.
//
// Assembly: gen/mathematics.go
func Log[T Float](dst, a []T) {
	a = a[:len(dst)]
	if asm.Log(dst, a) {
		return
	}
	for i, v := range a {
		dst[i] = T(log(float64(v)))
	}
}

// Log1p is
//
//	for i := range dst {
//		dst[i] = log1p(a[i])
//	}
//
// In float32 it errs by at most 2 ulp.
//
// Assembly: gen/mathematics.go
func Log1p[T Float](dst, a []T) {
	a = a[:len(dst)]
	if asm.Log1p(dst, a) {
		return
	}
	for i, v := range a {
		dst[i] = T(math.Log1p(float64(v)))
	}
}

// Log2 is
//
//	for i := range dst {
//		dst[i] = log2(a[i])
//	}
//
// In float32 it errs by at most 3 ulp.
//
// Assembly: gen/mathematics.go
func Log2[T Float](dst, a []T) {
	a = a[:len(dst)]
	if asm.Log2(dst, a) {
		return
	}
	for i, v := range a {
		dst[i] = T(log2(float64(v)))
	}
}

// Log10 is
//
//	for i := range dst {
//		dst[i] = log10(a[i])
//	}
//
// In float32 it errs by at most 3 ulp.
//
// Assembly: gen/mathematics.go
func Log10[T Float](dst, a []T) {
	a = a[:len(dst)]
	if asm.Log10(dst, a) {
		return
	}
	for i, v := range a {
		dst[i] = T(log10(float64(v)))
	}
}

// maxTurn is the largest argument for which the loops in assembly compute sine
// and cosine. They write larger arguments to dst as they are.
const maxTurn = 1<<17 - 1

// turnFar replaces by f(v) each element v of dst that is still an argument. There
// are some if top, the largest argument, is above maxTurn. No sine or cosine is so
// large.
func turnFar[T Float](dst []T, top T, f func(float64) float64) {
	if top <= maxTurn {
		return
	}
	for i, v := range dst {
		if v > maxTurn || v < -maxTurn {
			dst[i] = T(f(float64(v)))
		}
	}
}

// Sin is
//
//	for i := range dst {
//		dst[i] = sin(a[i])
//	}
//
// In float32 it errs by at most 2 ulp.
//
// Assembly: gen/mathematics.go
func Sin[T Float](dst, a []T) {
	a = a[:len(dst)]
	if top, ok := asm.Sin(dst, a); ok {
		turnFar(dst, top, math.Sin)
		return
	}
	for i, v := range a {
		dst[i] = T(math.Sin(float64(v)))
	}
}

// Cos is
//
//	for i := range dst {
//		dst[i] = cos(a[i])
//	}
//
// In float32 it errs by at most 2 ulp.
//
// Assembly: gen/mathematics.go
func Cos[T Float](dst, a []T) {
	a = a[:len(dst)]
	if top, ok := asm.Cos(dst, a); ok {
		turnFar(dst, top, math.Cos)
		return
	}
	for i, v := range a {
		dst[i] = T(math.Cos(float64(v)))
	}
}

// Tan is
//
//	for i := range dst {
//		dst[i] = tan(a[i])
//	}
//
// In float32 it errs by at most 2.5 ulp.
//
// Assembly: gen/special.go
func Tan[T Float](dst, a []T) {
	a = a[:len(dst)]
	var part [farPart]T
	for len(dst) > 0 {
		y := part[:min(len(dst), farPart)]
		top, ok := asm.Tan(y, a[:len(y)])
		if !ok {
			for i, v := range a {
				dst[i] = T(math.Tan(float64(v)))
			}
			return
		}
		if !(top <= maxTurn) { // on some processors, NaN is the largest
			for i, v := range a[:len(y)] {
				if v > maxTurn || v < -maxTurn {
					y[i] = T(math.Tan(float64(v)))
				}
			}
		}
		copy(dst, y)
		dst, a = dst[len(y):], a[len(y):]
	}
}

// farPart is how many results a loop holds back, where the assembly cannot compute
// all of them: the operands, over which it may write, are still needed then.
const farPart = 256

// Asin is
//
//	for i := range dst {
//		dst[i] = asin(a[i])
//	}
//
// In float32 it errs by at most 2.5 ulp.
//
// Assembly: gen/special.go
func Asin[T Float](dst, a []T) {
	a = a[:len(dst)]
	if asm.Asin(dst, a) {
		return
	}
	for i, v := range a {
		dst[i] = T(math.Asin(float64(v)))
	}
}

// Acos is
//
//	for i := range dst {
//		dst[i] = acos(a[i])
//	}
//
// In float32 it errs by at most 1.5 ulp.
//
// Assembly: gen/special.go
func Acos[T Float](dst, a []T) {
	a = a[:len(dst)]
	if asm.Acos(dst, a) {
		return
	}
	for i, v := range a {
		dst[i] = T(acos(float64(v)))
	}
}

// Atan is
//
//	for i := range dst {
//		dst[i] = atan(a[i])
//	}
//
// In float32 it errs by at most 1.5 ulp.
//
// Assembly: gen/special.go
func Atan[T Float](dst, a []T) {
	a = a[:len(dst)]
	if asm.Atan(dst, a) {
		return
	}
	for i, v := range a {
		dst[i] = T(math.Atan(float64(v)))
	}
}

// Sinh is
//
//	for i := range dst {
//		dst[i] = sinh(a[i])
//	}
//
// In float32 it errs by at most 2 ulp.
//
// Assembly: gen/special.go
func Sinh[T Float](dst, a []T) {
	a = a[:len(dst)]
	if asm.Sinh(dst, a) {
		return
	}
	for i, v := range a {
		dst[i] = T(sinh(float64(v)))
	}
}

// Cosh is
//
//	for i := range dst {
//		dst[i] = cosh(a[i])
//	}
//
// In float32 it errs by at most 1.5 ulp.
//
// Assembly: gen/special.go
func Cosh[T Float](dst, a []T) {
	a = a[:len(dst)]
	if asm.Cosh(dst, a) {
		return
	}
	for i, v := range a {
		dst[i] = T(cosh(float64(v)))
	}
}

// Tanh is
//
//	for i := range dst {
//		dst[i] = tanh(a[i])
//	}
//
// In float32 it errs by at most 2 ulp.
//
// Assembly: gen/mathematics.go
func Tanh[T Float](dst, a []T) {
	a = a[:len(dst)]
	if asm.Tanh(dst, a) {
		return
	}
	for i, v := range a {
		dst[i] = T(math.Tanh(float64(v)))
	}
}

// Erf is
//
//	for i := range dst {
//		dst[i] = erf(a[i])
//	}
//
// In float32 it errs by at most 1.5 ulp.
//
// Assembly: gen/mathematics.go
func Erf[T Float](dst, a []T) {
	a = a[:len(dst)]
	if asm.Erf(dst, a) {
		return
	}
	for i, v := range a {
		dst[i] = T(math.Erf(float64(v)))
	}
}
