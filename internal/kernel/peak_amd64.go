//go:build !purego

package kernel

func multiplyAdds(n int) float32 {
	switch level {
	case AVX512:
		return peakF32AVX512(n)
	case AVX2:
		return peakF32AVX2(n)
	}
	return multiplyAddsGeneric(n)
}
