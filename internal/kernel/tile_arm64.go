//go:build !purego

package kernel

import "unsafe"

// maxTile is the number of elements of the largest tile.
const maxTile = 14 * 8

// tileSize returns the rows and columns of a tile of the matrix product.
func tileSize[T Float]() (rows, cols int) {
	if level == NEON {
		return 14, int(32 / unsafe.Sizeof(*new(T)))
	}
	return 4, 4
}

// multiplyTile adds the product of two packed panels to a tile of dst.
func multiplyTile[T Float](dst []T, ldd int, a, b []T) {
	rows, cols := tileSize[T]()
	k := len(b) / cols
	_, _ = dst[(rows-1)*ldd+cols-1], a[rows*k-1]
	if level == Generic {
		multiplyGeneric(dst, ldd, a, b)
		return
	}
	d, x, y := unsafe.Pointer(&dst[0]), unsafe.Pointer(&a[0]), unsafe.Pointer(&b[0])
	if unsafe.Sizeof(*new(T)) == 4 {
		tileF32NEON((*float32)(d), ldd, (*float32)(x), (*float32)(y), k)
	} else {
		tileF64NEON((*float64)(d), ldd, (*float64)(x), (*float64)(y), k)
	}
}
