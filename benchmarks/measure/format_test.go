package measure_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/benchmarks/measure"
)

func TestDuration(t *testing.T) {
	for s, want := range map[float64]string{
		2.1943e-6: "2.19 µs", 9.994e-4: "999 µs", 9.996e-4: "1 ms", 0.0123456: "12.3 ms", 0.9996: "1 s", 61.26: "61.3 s", 1234: "1234 s",
	} {
		require.Equal(t, want, measure.Duration(s))
	}
}

func TestDigits(t *testing.T) {
	for v, want := range map[float64]string{0: "0", 0.803: "0.803", 257.6: "258", 999.6: "1000", 2064.2: "2064"} {
		require.Equal(t, want, measure.Digits(v))
	}
}
