package images

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/data"
	"github.com/descent-ml/descent/tensor"
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

// batchOf returns a batch of pictures.
func batchOf(x *tensor.Tensor, labels ...int) *data.Batch {
	return &data.Batch{X: x, Labels: labels}
}
