package asm

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestChooseLevel(t *testing.T) {
	have := []Level{Generic, AVX2}
	for name, want := range map[string]Level{"": AVX2, "generic": Generic, "avx2": AVX2} {
		got, err := chooseLevel(name, have)
		require.NoError(t, err)
		require.Equal(t, want, got)
	}
	got, err := chooseLevel("avx512", have)
	require.Equal(t, AVX2, got, "a program that imports descent goes on")
	require.EqualError(t, err, "DESCENT_CPU=avx512: this processor and build have only [generic avx2]; choose one, or unset DESCENT_CPU")
}
