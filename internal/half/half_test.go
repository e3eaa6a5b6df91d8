package half_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/internal/half"
)

// Every half-precision number is converted as its definition says.
func TestFloat32(t *testing.T) {
	for i := range 1 << 16 {
		fraction, exponent := float64(i&0x3ff)/1024, i>>10&0x1f
		want := math.Ldexp(1+fraction, exponent-15)
		switch {
		case exponent == 0:
			want = math.Ldexp(fraction, -14)
		case exponent == 31 && fraction == 0:
			want = math.Inf(1)
		case exponent == 31:
			want = math.NaN()
		}
		if i>>15 == 1 {
			want = -want
		}
		got := float64(half.Float32(uint16(i)))
		if math.IsNaN(want) {
			require.True(t, math.IsNaN(got), "%#04x", i)
			continue
		}
		require.Equal(t, math.Float64bits(want), math.Float64bits(got), "%#04x", i)
	}
}
