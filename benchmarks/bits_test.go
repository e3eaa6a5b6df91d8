package benchmarks

import (
	"math"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/nn"
	"github.com/descent-ml/descent/tensor"
)

// digest makes some steps of a training and returns a hash of the losses, and of
// the parameters and running statistics at the end.
func digest(t *testing.T, s stepWorkload, steps int) uint64 {
	t.Helper()
	var h uint64
	add := func(v float64) {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			require.Fail(t, "not finite", "%v in %s", v, s.name)
		}
		h = (h ^ math.Float64bits(v)) * 0x100000001b3 // as in FNV
		h ^= h >> 32
	}
	made := s.make(tensor.NewRand(1))
	loss := made.loss
	made.loss = func(tape *autograd.Tape) autograd.Var {
		y := loss(tape)
		add(y.Item())
		return y
	}
	for range steps {
		made.run()
	}
	for _, n := range nn.State(made.model) {
		for _, v := range tensor.Values(n.Value) {
			add(v)
		}
	}
	return h
}

// Every step computes the same bits for any number of threads.
func TestSameBitsForAnyNumberOfThreads(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	for _, s := range steps() {
		t.Run(s.name, func(t *testing.T) {
			runtime.GOMAXPROCS(1)
			want := digest(t, s, 2)
			for _, procs := range []int{2, 3, 8} {
				runtime.GOMAXPROCS(procs)
				require.Equal(t, want, digest(t, s, 2), "GOMAXPROCS=%d", procs)
			}
			require.NotEqual(t, want, digest(t, s, 1), "another step changes the parameters")
		})
	}
}

// The operation counts agree with counts by hand, in units of 10⁹.
func TestFlopsOfSteps(t *testing.T) {
	want := map[string]float64{
		"tiny_mlp_2_16_16_1_b4": 0.000007, "mlp_784_128_10_b1": 0.00041, "mlp_784_128_10_b64": 0.026, "mlp_784_128_10_b256": 0.1,
		"mlp_784_512_512_10_b128_adam": 0.41, "lenet_b32": 0.14, "cnn3x3_bn_b32_cifar": 2.8, "char_lstm_b32_t64_h128": 1.3, "nanogpt_d128_l2_b16_t64": 2.6,
	}
	for _, s := range steps() {
		require.InEpsilon(t, want[s.name], s.flops/1e9, 0.05, s.name)
	}
}
