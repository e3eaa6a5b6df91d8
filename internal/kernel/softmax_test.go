package kernel_test

import (
	"math"
	"testing"

	"github.com/descent-ml/descent/internal/kernel"
)

// Logits whose exponentials overflow or vanish have finite softmaxes, at every
// level and in any length.
func TestSoftmaxIsStable(t *testing.T) {
	eachLevel(t, func(t *testing.T) {
		checkSoftmaxIsStable[float32](t)
		checkSoftmaxIsStable[float64](t)
	})
}

func checkSoftmaxIsStable[T kernel.Float](t *testing.T) {
	const far = 20000
	for _, n := range []int{3, 8, 33, 3000} {
		for _, shift := range []T{far, -far} {
			a, dst := make([]T, n), make([]T, n)
			kernel.Fill(a, shift)
			a[n-1] = shift - 1
			a[0] = shift - 2*far
			// n − 2 equals, one that is less by 1, and one that vanishes.
			sum := float64(n-2) + math.Exp(-1)
			near(t, "LogSumExp", float64(shift)+math.Log(sum), kernel.LogSumExp(a), 1, 0)
			kernel.Softmax(dst, a)
			near(t, "Softmax of the least", 0, dst[0], 0, 0)
			near(t, "Softmax of one of equals", 1/sum, dst[1], 4, 0)
			near(t, "Softmax of the last", math.Exp(-1)/sum, dst[n-1], 4, 0)
			kernel.LogSoftmax(dst, a)
			near(t, "LogSoftmax of the least", -2*far-math.Log(sum), dst[0], 2, 0)
			near(t, "LogSoftmax of one of equals", -math.Log(sum), dst[1], 2, 1)
			near(t, "LogSoftmax of the last", -1-math.Log(sum), dst[n-1], 2, 1)
		}
	}
}
