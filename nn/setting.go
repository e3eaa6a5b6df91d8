package nn

import "math"

// Zero is a setting of 0. It is for settings whose zero value stands for
// another default: LeakyReLU{Slope: nn.Zero} has the slope 0.
const Zero = math.SmallestNonzeroFloat64

// setting returns what a setting says: v itself, the default when v is left at
// 0, and 0 for [Zero].
func setting(v, byDefault float64) float64 {
	switch v {
	case 0:
		return byDefault
	case Zero:
		return 0
	}
	return v
}
