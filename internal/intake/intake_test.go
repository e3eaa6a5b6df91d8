package intake_test

import (
	"bytes"
	"errors"
	"io"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/internal/allocs"
	"github.com/descent-ml/descent/internal/intake"
)

func TestBytes(t *testing.T) {
	file := bytes.Repeat([]byte("0123456789abcdef"), intake.Block/4) // several blocks
	for _, n := range []int{0, 1, intake.Block - 1, intake.Block, intake.Block + 1, 3 * intake.Block, len(file)} {
		for _, known := range []int64{0, 1, int64(len(file))} {
			for _, r := range []io.Reader{bytes.NewReader(file), iotest.HalfReader(bytes.NewReader(file)), iotest.DataErrReader(bytes.NewReader(file))} {
				got, err := intake.Bytes(r, n, known)
				require.NoError(t, err)
				require.True(t, bytes.Equal(file[:n], got))
			}
		}
	}
}

func TestBytesThatDoNotCome(t *testing.T) {
	for _, have := range []int{0, 1, intake.Block, intake.Block + 1} {
		file := bytes.Repeat([]byte{7}, have)
		var got []byte
		var err error
		n := allocs.Bytes(func() { got, err = intake.Bytes(bytes.NewReader(file), 1<<30, 0) })
		require.ErrorIs(t, err, io.ErrUnexpectedEOF)
		require.True(t, bytes.Equal(file, got))
		require.Less(t, n, uint64(1<<20))
	}
	broken := errors.New("cable pulled")
	_, err := intake.Bytes(iotest.ErrReader(broken), 1, 0)
	require.ErrorIs(t, err, broken)
}

// What is known to be there is allocated once.
func TestBytesThatAreKnown(t *testing.T) {
	file := make([]byte, 5*intake.Block)
	r := bytes.NewReader(file)
	require.LessOrEqual(t, testing.AllocsPerRun(10, func() {
		r.Reset(file)
		_, _ = intake.Bytes(r, len(file), int64(len(file)))
	}), 1.0)
}
