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
	from, to := run(lo)
	for o := range outer {
		a, y := x[o*n*inner:][:n*inner], dst[o*len(lo)*inner:][:len(lo)*inner]
		switch {
		case w == nil:
			TakeRows(y, a, lo[:from], inner)
			if from < to {
				copy(y[from*inner:to*inner], a[lo[from]*inner:])
			}
			TakeRows(y[to*inner:], a, lo[to:], inner)
		case inner == 1:
			for i, j := range lo {
				w1 := w[i]
				w0 := 1 - w1
				y[i] = T(w0*a[j]) + T(w1*a[min(j+1, n-1)])
			}
		default:
			for i, j := range lo {
				b, row := a[min(j+1, n-1)*inner:][:inner], y[i*inner:][:inner]
				w1 := w[i]
				w0 := 1 - w1
				for k, v := range a[j*inner:][:inner] {
					row[k] = T(w0*v) + T(w1*b[k])
				}
			}
		}
	}
}

// ResampleGrad computes the gradient of [Resample] by x from dy, the gradient by
// its result.
func ResampleGrad[T Float](dx, dy []T, lo []int, w []T, outer, n, inner int) {
	clear(dx)
	from, to := run(lo)
	for o := range outer {
		a, y := dx[o*n*inner:][:n*inner], dy[o*len(lo)*inner:][:len(lo)*inner]
		switch {
		case w == nil:
			PutRows(a, y, lo[:from], inner)
			if from < to {
				part := a[lo[from]*inner:][:(to-from)*inner]
				Add(part, part, y[from*inner:])
			}
			PutRows(a, y[to*inner:], lo[to:], inner)
		case inner == 1:
			for i, j := range lo {
				v, w1 := y[i], w[i]
				w0 := 1 - w1
				a[j] += T(w0 * v)
				a[min(j+1, n-1)] += T(w1 * v)
			}
		default:
			for i, j := range lo {
				row, b := a[j*inner:][:inner], a[min(j+1, n-1)*inner:][:inner]
				w1 := w[i]
				w0 := 1 - w1
				for k, v := range y[i*inner:][:inner] {
					row[k] += T(w0 * v)
					b[k] += T(w1 * v)
				}
			}
		}
	}
}

// run returns where the longest stretch of index that counts up by one begins and
// ends. It returns an empty one when that is less than half of the index.
func run(index []int) (from, to int) {
	start := 0
	for i := range index {
		if i > 0 && index[i] != index[i-1]+1 {
			start = i
		}
		if i+1-start > to-from {
			from, to = start, i+1
		}
	}
	if 2*(to-from) < len(index) {
		return 0, 0
	}
	return from, to
}
