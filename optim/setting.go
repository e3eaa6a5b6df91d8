package optim

import (
	"math"

	"github.com/descent-ml/descent/tensor"
)

// Zero says 0 in a setting whose zero value stands for another default:
// AdamW{WeightDecay: optim.Zero} does not decay.
const Zero = math.SmallestNonzeroFloat64

// setting returns the number that a setting stands for: the default for 0, and
// 0 for [Zero].
func setting(v, byDefault float64) float64 {
	switch v {
	case 0:
		return byDefault
	case Zero:
		return 0
	}
	return v
}

// checkNotNegative panics when a setting is negative, infinite or NaN.
func checkNotNegative(op, name string, v float64) {
	if !(v >= 0 && v <= math.MaxFloat64) {
		tensor.BadArg(op, "%s is %v; it must be finite and not negative", name, v)
	}
}

// checkPositive panics when a setting is not positive, infinite or NaN.
func checkPositive(op, name string, v float64) {
	if !(v > 0 && v <= math.MaxFloat64) {
		tensor.BadArg(op, "%s is %v; it must be finite and positive", name, v)
	}
}

// noMomentum panics for a rule without momentum.
func noMomentum(rule string) { tensor.BadArg("set momentum", "%s has no momentum", rule) }
