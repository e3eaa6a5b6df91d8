//go:build purego || !(amd64 || arm64)

package kernel

func multiplyAdds(n int) float32 { return multiplyAddsGeneric(n) }
