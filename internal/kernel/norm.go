package kernel

// Normalize is
//
//	for i := range dst {
//		dst[i] = (x[i] − mean) * rstd
//	}
func Normalize[T Float](dst, x []T, mean, rstd T) {
	x = x[:len(dst)]
	for i := range dst {
		dst[i] = (x[i] - mean) * rstd
	}
}

// StandardizeGrad is
//
//	for i := range dx {
//		dx[i] = rstd * (dy[i] − meanDY − y[i] * meanDYY)
//	}
//
// the gradient of y = (x − mean(x)) / sqrt(variance(x) + eps) by x, with the
// means of dy and of dy · y.
func StandardizeGrad[T Float](dx, y, dy []T, rstd, meanDY, meanDYY T) {
	y, dy = y[:len(dx)], dy[:len(dx)]
	for i := range dx {
		dx[i] = rstd * (dy[i] - meanDY - T(y[i]*meanDYY))
	}
}
