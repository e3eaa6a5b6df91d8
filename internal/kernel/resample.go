package kernel

// Resample changes the length of the middle axis of x from n to len(lo):
//
//	for o := range outer {
//		for i := range lo {
//			for k := range inner {
//				dst[o][i][k] = (1 − w[i]) * x[o][lo[i]][k] + w[i] * x[o][min(lo[i] + 1, n − 1)][k]
//			}
//		}
//	}
//
// Without weights w it copies x[o][lo[i]][k].
func Resample[T Float](dst, x []T, lo []int, w []T, outer, n, inner int) {
	for o := range outer {
		src := x[o*n*inner:][:n*inner]
		to := dst[o*len(lo)*inner:][:len(lo)*inner]
		for i, j := range lo {
			a, row := src[j*inner:][:inner], to[i*inner:][:inner]
			if w == nil {
				copy(row, a)
				continue
			}
			b := src[min(j+1, n-1)*inner:][:inner]
			w1 := w[i]
			w0 := 1 - w1
			for k, v := range a {
				row[k] = T(w0*v) + T(w1*b[k])
			}
		}
	}
}

// ResampleGrad computes the gradient of [Resample] by x from dy, the gradient by
// its result.
func ResampleGrad[T Float](dx, dy []T, lo []int, w []T, outer, n, inner int) {
	clear(dx)
	for o := range outer {
		to := dx[o*n*inner:][:n*inner]
		src := dy[o*len(lo)*inner:][:len(lo)*inner]
		for i, j := range lo {
			a, row := to[j*inner:][:inner], src[i*inner:][:inner]
			if w == nil {
				for k, v := range row {
					a[k] += v
				}
				continue
			}
			b := to[min(j+1, n-1)*inner:][:inner]
			w1 := w[i]
			w0 := 1 - w1
			for k, v := range row {
				a[k] += T(w0 * v)
				b[k] += T(w1 * v)
			}
		}
	}
}
