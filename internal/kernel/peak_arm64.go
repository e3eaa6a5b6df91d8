//go:build !purego

package kernel

func multiplyAdds(n int) float32 {
	if level == NEON {
		return peakF32NEON(n)
	}
	return multiplyAddsGeneric(n)
}
