package train_test

import (
	"context"
	"io"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/data"
	"github.com/descent-ml/descent/internal/allocs"
	"github.com/descent-ml/descent/optim"
	"github.com/descent-ml/descent/tensor"
	"github.com/descent-ml/descent/train"
)

// A run on a stream of 10 GB takes the memory of a batch, and of its history.
func TestFitStreams10GBInConstantMemory(t *testing.T) {
	const batches, rows, columns = 10 << 10, 256, 1024 // of 1 MiB each
	read := 0
	stream := &data.Stream[data.Batch]{Open: func(int) (func(*data.Batch) error, func() error, error) {
		return func(b *data.Batch) error {
			if read == batches {
				return io.EOF
			}
			read++
			if b.X == nil {
				b.X = tensor.Zeros(rows, columns)
			}
			b.X.Fill(float64(read % 3)) // 0, 1 and 2; the mean is 1
			return nil
		}, nil, nil
	}}
	mean := autograd.NewParam(tensor.Zeros())
	model := &struct{ Mean *autograd.Param }{mean}
	fit := &train.Fit[data.Batch]{
		Model: model,
		Objective: func(t *autograd.Tape, b *data.Batch) train.Outcome {
			return train.Outcome{Loss: t.Param(mean).Sub(t.Const(b.X).Mean()).Square()}
		},
		Opt: optim.NewSGD([]*autograd.Param{mean}, optim.SGD{LR: 0.01}), Train: stream, Epochs: 1,
	}
	var h *train.History
	bytes := allocs.Bytes(func() {
		var err error
		h, err = fit.Run(context.Background())
		require.NoError(t, err)
	})
	require.Len(t, h.Steps, batches)
	require.InDelta(t, 1, mean.Value.Item(), 0.05)
	require.Less(t, bytes, uint64(8<<20))
}
