package property

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestCheckDrawsTheSameAndNew(t *testing.T) {
	draw := func() (drawn []uint64) {
		Check(t, func(t *rapid.T) { drawn = append(drawn, rapid.Uint64().Draw(t, "x")) })
		return drawn
	}
	first, second := draw(), draw()
	require.Len(t, first, len(second))
	half := len(first) / 2
	require.NotZero(t, half)
	require.Equal(t, first[:half], second[:half])
	require.NotEqual(t, first[half:], second[half:])
}
