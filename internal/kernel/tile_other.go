//go:build purego || !(amd64 || arm64)

package kernel

// maxTile is the number of elements of the largest tile.
const maxTile = 4 * 4

// tileSize returns the rows and columns of a tile of the matrix product.
func tileSize[T Float]() (rows, cols int) { return 4, 4 }

// multiplyTile adds the product of two packed panels to a tile of dst.
func multiplyTile[T Float](dst []T, ldd int, a, b []T) { multiplyGeneric(dst, ldd, a, b) }
