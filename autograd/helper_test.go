package autograd_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/autograd"
)

type Var = autograd.Var

// panicOf returns the error that f panics with.
func panicOf(t *testing.T, f func()) (err error) {
	t.Helper()
	defer func() {
		switch v := recover().(type) {
		case nil:
			require.FailNow(t, "no panic")
		case error:
			err = v
		default:
			require.FailNow(t, "the panic is not an error", "%v", v)
		}
	}()
	f()
	return nil
}
