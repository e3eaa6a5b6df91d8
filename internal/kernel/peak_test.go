package kernel

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// At each level, the sum is the number of multiply-adds, and every turn does the
// same number.
func TestMultiplyAdds(t *testing.T) {
	for _, l := range Levels() {
		t.Run(l.String(), func(t *testing.T) {
			defer Force(l)()
			turn := MultiplyAdds(1)
			require.GreaterOrEqual(t, turn, float32(8))
			for _, n := range []int{0, 1, 2, 1000} {
				require.Equal(t, float32(n)*turn, MultiplyAdds(n), n)
			}
			require.Zero(t, testing.AllocsPerRun(10, func() { MultiplyAdds(10) }))
		})
	}
}

func BenchmarkMultiplyAdds(b *testing.B) {
	for _, l := range Levels() {
		b.Run(l.String(), func(b *testing.B) {
			defer Force(l)()
			const n = 10_000
			for b.Loop() {
				MultiplyAdds(n)
			}
			b.ReportMetric(2*n*float64(MultiplyAdds(1))*float64(b.N)/b.Elapsed().Seconds()/1e9, "GFLOP/s")
		})
	}
}
