package kernel

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestChooseLevel(t *testing.T) {
	have := []Level{Generic, AVX2}
	require.Equal(t, AVX2, chooseLevel("", have))
	require.Equal(t, Generic, chooseLevel("generic", have))
	require.PanicsWithValue(t, "DESCENT_CPU=avx512: this processor and build have only [generic avx2]",
		func() { chooseLevel("avx512", have) })
}
