package kernel

// productGeneric multiplies a band of rows of the left matrix, a[i*arow+p*acol],
// by n columns of the right one, b[p*brow+j]:
//
//	for i := range rows {
//		for j := range n {
//			s := a[i,0]*b[0,j] + … + a[i,k−1]*b[k−1,j]
//			if accumulate {
//				s = c[i*ldc+j] + s
//			}
//			if bias != nil {
//				s += bias[j]
//			}
//			if relu {
//				s = max(0, s)
//			}
//			c[i*ldc+j] = s
//		}
//	}
func productGeneric[T Float](rows, n, k int, c, a, b, bias []T, ldc, arow, acol, brow int, accumulate, relu bool) {
	for j := 0; j < n; j += 4 {
		for i := 0; i < rows; i += 2 {
			var sums [2][4]T
			wide, two := j+4 <= n, i+2 <= rows
			switch {
			case wide && two:
				tileGeneric(&sums, a[i*arow:], a[(i+1)*arow:], b[j:], acol, brow, k)
			default:
				for r := range min(2, rows-i) {
					for q := range min(4, n-j) {
						var s T
						for p := range k {
							s += T(a[(i+r)*arow+p*acol] * b[p*brow+j+q])
						}
						sums[r][q] = s
					}
				}
			}
			for r := range min(2, rows-i) {
				for q, s := range sums[r][:min(4, n-j)] {
					at := (i+r)*ldc + j + q
					if accumulate {
						s = c[at] + s
					}
					if bias != nil {
						s += bias[j+q]
					}
					if relu && s <= 0 {
						s = 0
					}
					c[at] = s
				}
			}
		}
	}
}

// tileGeneric computes two rows and four columns, whose sums fit into registers.
func tileGeneric[T Float](sums *[2][4]T, a0, a1, b []T, acol, brow, k int) {
	var c00, c01, c02, c03, c10, c11, c12, c13 T
	for p := range k {
		x, y, row := a0[p*acol], a1[p*acol], b[p*brow:][:4]
		c00 += T(x * row[0])
		c01 += T(x * row[1])
		c02 += T(x * row[2])
		c03 += T(x * row[3])
		c10 += T(y * row[0])
		c11 += T(y * row[1])
		c12 += T(y * row[2])
		c13 += T(y * row[3])
	}
	*sums = [2][4]T{{c00, c01, c02, c03}, {c10, c11, c12, c13}}
}
