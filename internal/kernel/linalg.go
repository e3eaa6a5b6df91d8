package kernel

// Solve replaces b [n k] by the x with a x = b, for a [n n], by elimination with row
// pivots. It overwrites a, and reports whether a is regular.
func Solve[T Float](a, b []T, n, k int) bool {
	for c := range n {
		pivot := c
		for r := c + 1; r < n; r++ {
			if abs(a[r*n+c]) > abs(a[pivot*n+c]) {
				pivot = r
			}
		}
		if a[pivot*n+c] == 0 {
			return false
		}
		if pivot != c {
			exchange(a[c*n:c*n+n], a[pivot*n:pivot*n+n])
			exchange(b[c*k:c*k+k], b[pivot*k:pivot*k+k])
		}
		for r := c + 1; r < n; r++ {
			f := a[r*n+c] / a[c*n+c]
			subtract(a[r*n+c:r*n+n], a[c*n+c:c*n+n], f)
			subtract(b[r*k:r*k+k], b[c*k:c*k+k], f)
		}
	}
	for c := n - 1; c >= 0; c-- {
		row := b[c*k : c*k+k]
		for i := range row {
			row[i] /= a[c*n+c]
		}
		for r := range c {
			subtract(b[r*k:r*k+k], row, a[r*n+c])
		}
	}
	return true
}

func abs[T Float](v T) T {
	if v < 0 {
		return -v
	}
	return v
}

func exchange[T Float](a, b []T) {
	b = b[:len(a)]
	for i, v := range a {
		a[i], b[i] = b[i], v
	}
}

// subtract takes f times b from a.
func subtract[T Float](a, b []T, f T) {
	b = b[:len(a)]
	for i, v := range b {
		a[i] -= T(f * v)
	}
}
