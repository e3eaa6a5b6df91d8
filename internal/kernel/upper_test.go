package kernel_test

import (
	"math"
	"testing"

	"github.com/descent-ml/descent/internal/kernel"
)

// If assembly did not clear the upper halves of vector registers, the scalar code
// after it would be slow. math.Exp must take as long after a kernel as alone.
func BenchmarkMathExp(b *testing.B) {
	for _, l := range kernel.Levels() {
		b.Run("after "+l.String(), func(b *testing.B) {
			defer kernel.Force(l)()
			x := random[float32](newSource(1), 64, -1, 1)
			kernel.Exp(x, x)
			s := 0.0
			for i := 0; b.Loop(); i++ {
				s += math.Exp(float64(i&7) * 0.1)
			}
			sink = s
		})
	}
}

var sink float64
