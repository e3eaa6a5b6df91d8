package autograd

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/tensor"
)

// Replay draws the masks of the step again, and its generators go on from
// where the step had left them.
func TestReplay(t *testing.T) {
	r, other := tensor.NewRand(1), tensor.NewRand(2)
	tape := NewTape()
	p := NewParam(tensor.Ones(100))
	step := func() []float64 {
		x := tape.Param(p).Dropout(0.5, r).Dropout(0.1, other).Dropout(0.5, r)
		return tensor.Values(x.Mul(x).Sum().Backward().Of(p))
	}
	for range 3 {
		tape.Reset()
		first := step()
		after := []tensor.Rand{*r, *other}
		for range 2 {
			tape.Replay(func() {
				require.True(t, tape.Replaying())
				require.Equal(t, first, step())
			})
			require.Equal(t, after, []tensor.Rand{*r, *other})
		}
		require.False(t, tape.Replaying())
	}
	require.Panics(t, func() { tape.Replay(func() { step(); panic("stop") }) })
	after := *r
	require.Panics(t, func() { tape.Replay(func() { panic("at once") }) })
	require.Equal(t, after, *r)
}
