package kernel

import "github.com/descent-ml/descent/internal/kernel/asm"

// The inner loops of convolution; for places and offsets, see sweep.

// lanes returns the positions that the inner loops take at a time.
func lanes[T Float]() int {
	if asm.Chosen() == asm.Generic {
		return 4
	}
	return vectorLanes[T]()
}

// band returns how many of the n remaining filters or taps are computed next.
func band(bands []int, n int) int {
	for _, b := range bands {
		if b <= n {
			return b
		}
	}
	return 1
}

// convTile is
//
//	for place, to := range places {
//		for i := range rows {
//			c[i*ldc+to] = a[i] + Σ a[(p+1)*rows+i] * x[place+offsets[p]]
//		}
//	}
//
// for as many positions from each place on as there are lanes.
//
// Assembly: gen/conv.go
func convTile[T Float](rows int, c []T, ldc int, x, a []T, offsets, places []int) {
	// One call of assembly may process this many places.
	most := 2 * max(3, 16*asm.Longest/(rows*(len(offsets)+1)))
	for len(places) > most {
		convTile(rows, c, ldc, x, a, offsets, places[:most])
		places = places[most:]
	}
	ok := asm.ConvTile(rows, len(offsets), len(places)/2, c, x, a, offsets, places, ldc)
	for ; !ok && len(places) >= 2; places = places[2:] {
		x, to := x[places[0]:], places[1]
		if rows == 1 {
			conv1(c[to:], x, a, offsets)
		} else {
			conv2(c[to:], c[ldc+to:], x, a, offsets)
		}
	}
}

func conv2[T Float](row0, row1, x, a []T, offsets []int) {
	s0, s1 := a[0], a[1]
	c00, c01, c02, c03 := s0, s0, s0, s0
	c10, c11, c12, c13 := s1, s1, s1, s1
	a = a[2:]
	a = a[:2*len(offsets)]
	for _, off := range offsets {
		if len(a) < 2 {
			break
		}
		a0, a1, b := a[0], a[1], (*[4]T)(x[off:])
		c00 += T(a0 * b[0])
		c01 += T(a0 * b[1])
		c02 += T(a0 * b[2])
		c03 += T(a0 * b[3])
		c10 += T(a1 * b[0])
		c11 += T(a1 * b[1])
		c12 += T(a1 * b[2])
		c13 += T(a1 * b[3])
		a = a[2:]
	}
	*(*[4]T)(row0) = [4]T{c00, c01, c02, c03}
	*(*[4]T)(row1) = [4]T{c10, c11, c12, c13}
}

func conv1[T Float](row, x, a []T, offsets []int) {
	s := a[0]
	c0, c1, c2, c3 := s, s, s, s
	a = a[1:][:len(offsets)]
	for p, off := range offsets {
		b := (*[4]T)(x[off:])
		c0 += T(a[p] * b[0])
		c1 += T(a[p] * b[1])
		c2 += T(a[p] * b[2])
		c3 += T(a[p] * b[3])
	}
	*(*[4]T)(row) = [4]T{c0, c1, c2, c3}
}

// dotTile is
//
//	for i := range rows {
//		for p, off := range offsets {
//			c[i*ldc+p] += Σ y[v, i] · x[place v + off]
//		}
//	}
//
// summed over as many positions from each place on as there are lanes. y holds,
// for each place v, one vector for each row.
//
// Assembly: gen/conv.go
func dotTile[T Float](rows int, c []T, ldc int, y, x []T, offsets, places []int) {
	for len(places) > 2*asm.Longest {
		dotTile(rows, c, ldc, y, x, offsets, places[:2*asm.Longest])
		y, places = y[asm.Longest*rows*lanes[T]():], places[2*asm.Longest:]
	}
	n := len(places) / 2
	_ = y[n*rows*lanes[T]()-1]
	for len(offsets) > 0 {
		k := band(asm.DotTaps[:], len(offsets))
		ok := asm.DotTile(rows, k, n, c, y, x, offsets, places, ldc)
		for i := 0; !ok && i < rows; i++ {
			for p, off := range offsets[:k] {
				c[i*ldc+p] += dotPlaces(y[4*i:], 4*rows, x[off:], places)
			}
		}
		c, offsets = c[k:], offsets[k:]
	}
}

// dotPlaces returns Σ y[v*step:] · x[place v:], with four elements for each
// place v.
func dotPlaces[T Float](y []T, step int, x []T, places []int) T {
	var s0, s1, s2, s3 T
	for len(places) >= 2 {
		a, b := (*[4]T)(y), (*[4]T)(x[places[0]:])
		s0 += T(a[0] * b[0])
		s1 += T(a[1] * b[1])
		s2 += T(a[2] * b[2])
		s3 += T(a[3] * b[3])
		y, places = y[min(len(y), step):], places[2:]
	}
	return (s0 + s1) + (s2 + s3)
}

// moveRows copies rows of n elements.
//
// Assembly: gen/conv.go
func moveRows[T Float](dst []T, ldd int, src []T, lds, n, rows int) {
	_, _ = dst[(rows-1)*ldd+n-1], src[(rows-1)*lds+n-1]
	for n > asm.Longest {
		moveRows(dst, ldd, src, lds, asm.Longest, rows)
		dst, src, n = dst[asm.Longest:], src[asm.Longest:], n-asm.Longest
	}
	for most := 16 * asm.Longest / max(1, n); rows > most; rows -= most {
		moveRows(dst, ldd, src, lds, n, most)
		dst, src = dst[most*ldd:], src[most*lds:]
	}
	if asm.MoveRows(rows, n, dst, src, ldd, lds) {
		return
	}
	for i := range rows {
		copy(dst[i*ldd:][:n], src[i*lds:])
	}
}
