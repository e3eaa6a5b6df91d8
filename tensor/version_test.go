package tensor_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/tensor"
)

// Version counts the writes of operations, also those through views, and nothing
// else.
func TestVersion(t *testing.T) {
	x := tensor.Zeros(3, 4)
	before := x.Version()
	changed := func() bool {
		v := x.Version()
		defer func() { before = v }()
		return v != before
	}
	view := x.T().Slice(0, 1, 3, 1)
	require.False(t, changed())
	view.Fill(1)
	require.True(t, changed())
	require.Equal(t, x.Version(), view.Version())
	x.Set(2, 0, 0)
	require.True(t, changed())
	tensor.MulTo(x, x, tensor.Full(2, 4))
	require.True(t, changed())
	tensor.ExpTo(x, x)
	require.True(t, changed())
	tensor.Exp(x)
	tensor.Add(x, x)
	x.Clone().Fill(1)
	require.Zero(t, x.At(0, 0)-x.At(0, 0))
	require.False(t, changed(), "reading, and writing to a copy")
}
