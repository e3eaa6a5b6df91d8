package allocs_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/internal/allocs"
)

var kept []byte

func TestBytes(t *testing.T) {
	n := allocs.Bytes(func() {
		for range 3 {
			kept = make([]byte, 1<<20)
		}
	})
	require.GreaterOrEqual(t, n, uint64(3<<20))
	require.Less(t, n, uint64(4<<20))
	require.Less(t, allocs.Bytes(func() { kept[0] = 1 }), uint64(1<<16))
}
