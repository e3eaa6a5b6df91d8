package kernel_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/internal/kernel"
)

// Where package math has large errors, functions of float64 agree with the C
// library within two units in the last place.
func TestFloat64Functions(t *testing.T) {
	for _, c := range []struct {
		name    string
		f       func(dst, a []float64)
		x, want float64
	}{
		{"Log", kernel.Log[float64], 5e-324, -744.4400719213812},
		{"Log", kernel.Log[float64], 1e-323, -743.7469247408213},
		{"Log", kernel.Log[float64], 1e-310, -713.8013788281542},
		{"Log", kernel.Log[float64], 2.2e-308, -708.4077512818018},
		{"Log10", kernel.Log10[float64], 5e-324, -323.3062153431158},
		{"Log10", kernel.Log10[float64], 1e-310, -310},
		{"Log10", kernel.Log10[float64], 1.0000000001, 4.342945178152237e-11},
		{"Log10", kernel.Log10[float64], 1 + 0x1p-52, 9.64327466553287e-17},
		{"Log10", kernel.Log10[float64], 1e300, 300},
		{"Log10", kernel.Log10[float64], 0, math.Inf(-1)},
		{"Log10", kernel.Log10[float64], math.Inf(1), math.Inf(1)},
		{"Log10", kernel.Log10[float64], -1, math.NaN()},
		{"Log2", kernel.Log2[float64], 5e-324, -1074},
		{"Log2", kernel.Log2[float64], 1e-310, -1029.7977094150824},
		{"Log2", kernel.Log2[float64], 1.0000000001, 1.4426951601859516e-10},
		{"Log2", kernel.Log2[float64], 0.9999999999, -1.442695160330221e-10},
		{"Log2", kernel.Log2[float64], 1 - 0x1p-53, -1.6017132519074588e-16},
		{"Log2", kernel.Log2[float64], 0.7, -0.5145731728297583},
		{"Log2", kernel.Log2[float64], 1.4, 0.48542682717024166},
		{"Log2", kernel.Log2[float64], 1e300, 996.5784284662087},
		{"Log2", kernel.Log2[float64], 1, 0},
		{"Acos", kernel.Acos[float64], 0.9999999999, 1.4142136208911564e-05},
		{"Acos", kernel.Acos[float64], 1 - 0x1p-53, 1.4901161193847656e-08},
		{"Acos", kernel.Acos[float64], 0.999, 0.044725087168733454},
		{"Acos", kernel.Acos[float64], 0.6, 0.9272952180016123},
		{"Acos", kernel.Acos[float64], 1, 0},
		{"Acos", kernel.Acos[float64], -0.9, 2.6905658417935308},
		{"Acos", kernel.Acos[float64], 1.1, math.NaN()},
		{"Sinh", kernel.Sinh[float64], 710, 1.1169973830808557e308},
		{"Sinh", kernel.Sinh[float64], -710, -1.1169973830808557e308},
		{"Sinh", kernel.Sinh[float64], 709.5, 6.774931596573164e307},
		{"Sinh", kernel.Sinh[float64], 711, math.Inf(1)},
		{"Cosh", kernel.Cosh[float64], 710.4, 1.6663642832806494e308},
		{"Cosh", kernel.Cosh[float64], -710, 1.1169973830808557e308},
		{"Cosh", kernel.Cosh[float64], math.Inf(-1), math.Inf(1)},
	} {
		dst := make([]float64, 1)
		c.f(dst, []float64{c.x})
		near(t, fmt.Sprintf("%s of %v", c.name, c.x), c.want, dst[0], 2, 0)
	}
}

// Powers of float64 are right to the last digit, for any exponent.
func TestFloat64Powers(t *testing.T) {
	for _, c := range [][3]float64{
		{0.99999994, 1e10, 2.650349683309961e-261},
		{1.0000001, 1e9, 2.6881038582144647e43},
		{1 + 0x1p-40, 0x1p45, 78962960181531.64},
		{5e-324, 0.5, 2.2227587494850775e-162}, // a root
		{5e-324, 0.3, 1.018908996936868e-97},
		{1e-310, 0.3, 1.000000000000007e-93},
		{1e-320, -0.9, 1.0000100196415712e288},
		{1.5, 1000, 1.2338405969061735e176},
		{0.7, 2000.5, 1.31410191602814e-310},
		{10, -320, 1e-320},
		{10, 22, 1e22},
		{3, 40, 12157665459056928801},
		{-3, 33, -5559060566555523},
		{-3, 2, 9},
		{-1.0000001, 1e9 + 1, -2.6881041270248506e43},
		{-1.0000001, 1e300, math.Inf(1)},
		{2, 1023.5, 1.2711610061536464e308},
		{2, 1024, math.Inf(1)},
		{0.5, 1074, 5e-324},
		{0.5, 1080, 0},
		{1e-5, 60, 1.0000000000000048e-300},
		{7, -3.3, 0.0016262094032164613},
		{-2, 0.3, math.NaN()},
	} {
		dst, scalar := make([]float64, 1), make([]float64, 1)
		kernel.Pow(dst, []float64{c[0]}, []float64{c[1]})
		kernel.PowScalar(scalar, []float64{c[0]}, c[1])
		near(t, fmt.Sprintf("%v to the power %v", c[0], c[1]), c[2], dst[0], 1, 0)
		near(t, fmt.Sprintf("%v to the power %v for all", c[0], c[1]), c[2], scalar[0], 1, 0)
	}
}

// Results that are whole numbers are exact.
func TestFloat64Whole(t *testing.T) {
	dst := make([]float64, 1)
	for n := -1074; n < 1024; n++ {
		x := []float64{math.Ldexp(1, n)}
		kernel.Log2(dst, x)
		require.Equal(t, float64(n), dst[0])
		kernel.Pow(dst, []float64{2}, []float64{float64(n)})
		require.Equal(t, x[0], dst[0], "2 to the power %d", n)
	}
	p := 1.0
	for n := range 23 {
		kernel.Log10(dst, []float64{p})
		require.Equal(t, float64(n), dst[0])
		p *= 10
	}
	for base := 2.0; base < 100; base++ {
		p := base
		for n := 2.0; p*base < 1<<53; n++ {
			p *= base
			kernel.Pow(dst, []float64{base}, []float64{n})
			require.Equal(t, p, dst[0], "%v to the power %v", base, n)
		}
	}
}
