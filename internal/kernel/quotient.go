package kernel

import (
	"math"

	"github.com/descent-ml/descent/internal/kernel/asm"
)

// A quotient names one of three operations on a and b that round their quotient.
type quotient int

const (
	fmodOf quotient = iota
	remainderOf
	floorDivideOf
)

// Fmod is
//
//	for i := range dst {
//		dst[i] = a[i] - b[i]*trunc(a[i]/b[i]), exactly
//	}
//
// Assembly: gen/quotient.go
func Fmod[T Float](dst, a, b []T) { quotients(fmodOf, dst, a, b) }

// Remainder is
//
//	for i := range dst {
//		dst[i] = a[i] - b[i]*floor(a[i]/b[i]), exactly
//	}
//
// Assembly: gen/quotient.go
func Remainder[T Float](dst, a, b []T) { quotients(remainderOf, dst, a, b) }

// FloorDivide is
//
//	for i := range dst {
//		dst[i] = floor(a[i]/b[i]) of the exact quotient
//	}
//
// Assembly: gen/quotient.go
func FloorDivide[T Float](dst, a, b []T) { quotients(floorDivideOf, dst, a, b) }

// The loops in assembly compute no elements whose quotient is this large, since
// float32 does not have all larger whole numbers. They return the largest quotient.
const maxQuotient = 1 << 24

func farQuotient[T Float](a, b T) bool {
	q := a / b
	return q >= maxQuotient || q <= -maxQuotient
}

// quotients writes the results of an operation: by assembly, except for large
// quotients.
func quotients[T Float](op quotient, dst, a, b []T) {
	a, b = a[:len(dst)], b[:len(dst)]
	var part [farPart]T
	for len(dst) > 0 {
		y := part[:min(len(dst), farPart)]
		top, ok := vectorQuotients(op, y, a[:len(y)], b[:len(y)])
		if !ok {
			for i := range dst {
				dst[i] = quotientOf(op, a[i], b[i])
			}
			return
		}
		if !(top < maxQuotient) { // on some processors, NaN is the largest
			for i := range y {
				if farQuotient(a[i], b[i]) {
					y[i] = quotientOf(op, a[i], b[i])
				}
			}
		}
		copy(dst, y)
		dst, a, b = dst[len(y):], a[len(y):], b[len(y):]
	}
}

// vectorQuotients is an operation by assembly, where there is some.
//
// Assembly: gen/quotient.go
func vectorQuotients[T Float](op quotient, dst, a, b []T) (top T, ok bool) {
	switch op {
	case fmodOf:
		return asm.Fmod(dst, a, b)
	case remainderOf:
		return asm.Remainder(dst, a, b)
	}
	return asm.FloorDivide(dst, a, b)
}

func quotientOf[T Float](op quotient, a, b T) T {
	switch op {
	case fmodOf:
		return fmod(a, b)
	case remainderOf:
		return remainder(a, b)
	}
	return floorDivide(a, b)
}

func fmod[T Float](a, b T) T { return T(math.Mod(float64(a), float64(b))) }

func remainder[T Float](a, b T) T {
	v := fmod(a, b)
	if v != 0 && (v < 0) != (b < 0) {
		v += b
	}
	return v
}

func floorDivide[T Float](a, b T) T {
	if b == 0 {
		return a / b
	}
	rest := fmod(a, b)
	q := (a - rest) / b
	if rest != 0 && (rest < 0) != (b < 0) {
		q--
	}
	whole := T(math.Floor(float64(q)))
	switch {
	case q == 0:
		return T(math.Copysign(0, float64(a/b)))
	case q-whole > 0.5:
		whole++
	}
	return whole
}

// TruncDivide is
//
//	for i := range dst {
//		dst[i] = trunc(a[i] / b[i])
//	}
//
// Assembly: gen/quotient.go
func TruncDivide[T Float](dst, a, b []T) {
	a, b = a[:len(dst)], b[:len(dst)]
	if asm.TruncDivide(dst, a, b) {
		return
	}
	for i := range dst {
		dst[i] = T(math.Trunc(float64(a[i] / b[i])))
	}
}
