package images

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// panicText returns the text of the error that f panics with.
func panicText(t *testing.T, f func()) (text string) {
	t.Helper()
	defer func() {
		err, ok := recover().(error)
		require.True(t, ok, "want a panic with an error")
		text = err.Error()
	}()
	f()
	return ""
}
