package dist

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/internal/fixture"
	"github.com/descent-ml/descent/tensor"
)

func single(t *autograd.Tape, dt tensor.DType, v float64) autograd.Var {
	return t.Const(tensor.New([]float64{v}, 1).To(dt))
}

// slope asks how a sample moves: of beta, or of gamma where b is 0.
func slope(a, b, x autograd.Var) autograd.Var {
	if b.Item() == 0 {
		return gammaSlope(a, x)
	}
	return betaSlope(a, b, x)
}

// Samples move as they do to many digits, and the sum that is recorded is the one that
// is not.
func TestSlopes(t *testing.T) {
	var f struct {
		Cases  any
		Slopes []struct{ A, B, X, Slope float64 }
	}
	fixture.Read(t, "testdata/dist.json", &f)
	require.Len(t, f.Slopes, 33)
	for _, c := range f.Slopes {
		tape := autograd.NewTape()
		for _, records := range []bool{true, false} {
			tape.SetRecording(records)
			got := slope(single(tape, tensor.Float64, c.A), single(tape, tensor.Float64, c.B), single(tape, tensor.Float64, c.X)).Item()
			require.InEpsilon(t, c.Slope, got, 1e-7, "%g %g at %g, recorded: %t", c.A, c.B, c.X, records)
		}
	}
}

// Second derivatives agree with differences.
func TestSlopeDerivatives(t *testing.T) {
	for _, c := range [][3]float64{{2.5, 0, 1.9}, {2.5, 0, 4.5}, {0.4, 0, 0.3}, {0.4, 0, 1.75}, {2.5, 1.7, 0.3}, {2.5, 1.7, 0.8}, {0.4, 0.6, 0.2}, {0.4, 0.6, 0.9}} {
		_, _, err := autograd.Deviation(func(xs ...autograd.Var) autograd.Var {
			if c[1] == 0 {
				return gammaSlope(xs[0], xs[2]).Add(xs[1])
			}
			return betaSlope(xs[0], xs[1], xs[2])
		}, tensor.New(c[:1], 1), tensor.New(c[1:2], 1), tensor.New(c[2:], 1))
		require.NoError(t, err, "%g", c)
	}
}

// A sample is one for each derivative: that by the concentration, differentiated again,
// is ∂g/∂α + g ∂g/∂x for the slope g.
func TestSampleDerivatives(t *testing.T) {
	tape := autograd.NewTape()
	a := tape.Var(tensor.New([]float64{0.7, 3.2}, 2))
	x := Gamma{Concentration: a, Rate: single(tape, tensor.Float64, 1)}.RSample(tensor.NewRand(3))
	g := autograd.Grad(x.Sum(), a)[0]
	second := autograd.Grad(g.Sum(), a)[0]
	free, at := tape.Var(a.Value().Clone()), tape.Var(x.Value().Clone())
	d := autograd.Grad(gammaSlope(free, at).Sum(), free, at)
	require.InDeltaSlice(t, tensor.Values(gammaSlope(free, at).Value()), tensor.Values(g.Value()), 1e-12)
	require.InDeltaSlice(t, tensor.Values(d[0].Add(d[1].Mul(g)).Value()), tensor.Values(second.Value()), 1e-12)
}

// Samples at the ends of what a float can hold have finite gradients.
func TestFarSamplesHaveSlopes(t *testing.T) {
	for _, dt := range []tensor.DType{tensor.Float32, tensor.Float64} {
		for _, a := range []float64{1e-3, 1, 1e4} {
			for _, records := range []bool{true, false} {
				tape := autograd.NewTape()
				tape.SetRecording(records)
				for _, x := range []float64{tiny(dt), epsilon(dt), 0.5, 1 - epsilon(dt)/2} {
					for _, b := range []float64{0, 1e-3, 1, 1e4} {
						y := slope(single(tape, dt, a), single(tape, dt, b), single(tape, dt, x)).Item()
						require.False(t, math.IsNaN(y) || math.IsInf(y, 0) || y < 0, "%v: %g %g at %g is %g", dt, a, b, x, y)
					}
				}
			}
		}
	}
}

// The one number of a row of one is 1, whatever its concentration.
func TestSampleOfOneNumber(t *testing.T) {
	tape := autograd.NewTape()
	a := tape.Var(tensor.New([]float64{0.5, 3}, 2, 1))
	x := Dirichlet{Concentration: a}.RSample(tensor.NewRand(3))
	require.InDeltaSlice(t, []float64{1, 1}, tensor.Values(x.Value()), 1e-15)
	require.Equal(t, []float64{0, 0}, tensor.Values(x.Sum().Backward().Of(a)))
}

// A step through samples allocates nothing once the tape is warm.
func TestSampleSteadyState(t *testing.T) {
	r, tape := tensor.NewRand(1), autograd.NewTape()
	p := tensor.New([]float32{0.5, 1, 4}, 3)
	step := func() {
		tape.Reset()
		a := tape.Var(p)
		y := Gamma{Concentration: a, Rate: a}.RSample(r, 2).Sum().Add(Dirichlet{Concentration: a}.RSample(r, 2).Square().Sum())
		y.Add(Beta{Concentration1: a, Concentration0: a}.RSample(r).Sum()).Backward()
	}
	for range 3 {
		step()
	}
	require.Zero(t, testing.AllocsPerRun(20, step))
}
