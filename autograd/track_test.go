package autograd_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/tensor"
)

// A diary writes down what a layer is told.
type diary struct{ lines []string }

func (d *diary) Track(mean, variance *tensor.Tensor, n float64) {
	d.lines = append(d.lines, fmt.Sprint(tensor.Values(mean), tensor.Values(variance), n))
}

func TestTrackAtOnce(t *testing.T) {
	var d diary
	tape := autograd.NewTape()
	tape.Track(&d, tensor.Full(1, 2), tensor.Full(2, 2), 3)
	require.Equal(t, []string{"[1 1] [2 2] 3"}, d.lines)
	tape.Settle() // nothing waits
	require.Len(t, d.lines, 1)
}

func TestDeferTracking(t *testing.T) {
	var d, e diary
	tape := autograd.NewTape()
	for range 3 {
		tape.Reset()
		tape.DeferTracking()
		mean, variance := tensor.Full(1, 2), tensor.Full(2, 2)
		tape.Track(&d, mean, variance, 3)
		mean.Fill(7) // the tape has copies
		variance.Fill(8)
		tape.Track(&e, tensor.Zeros64(1), tensor.Ones(1).To(tensor.Float64), 4)
		tape.Track(&d, mean, variance, 5)
		require.Empty(t, d.lines)
		tape.Settle()
		require.Equal(t, []string{"[1 1] [2 2] 3", "[7 7] [8 8] 5"}, d.lines)
		require.Equal(t, []string{"[0] [1] 4"}, e.lines)
		tape.Settle()
		require.Len(t, d.lines, 2)
		d.lines, e.lines = nil, nil
	}

	tape.Track(&d, tensor.Zeros(3), tensor.Zeros(1), 6) // still deferred, with other shapes
	tape.Reset()                                        // forgets
	tape.Settle()
	require.Empty(t, d.lines)
	tape.Track(&d, tensor.Zeros(1), tensor.Zeros(1), 7) // and ends the deferral
	require.Len(t, d.lines, 1)
}

// A function that is run once more tells a layer nothing, since it has heard it.
func TestReplayTracksNothing(t *testing.T) {
	var d diary
	tape := autograd.NewTape()
	told := func(xs ...autograd.Var) autograd.Var {
		y, mean, variance := xs[0].BatchNorm(autograd.Var{}, autograd.Var{}, 1e-5)
		tape.Track(&d, mean, variance, 2)
		return y
	}
	x := tape.Var(tensor.New([]float32{1, 3}, 2, 1))
	tape.DeferTracking()
	y := autograd.Recompute(told, x).Square().Sum() // the first run gives its memory back
	tape.Const(tensor.Zeros(1)).AddScalar(9)        // and this takes it
	y.Backward()
	require.Empty(t, d.lines)
	tape.Settle()
	require.Equal(t, []string{"[2] [1] 2"}, d.lines)
	tape.Rehearse(func() { told(tape.Const(tensor.Ones(2, 1))) })
	tape.Settle()
	require.Len(t, d.lines, 1)
}

func TestTrackingAllocatesNothing(t *testing.T) {
	last := &lastMean{}
	tape := autograd.NewTape()
	mean, variance := tensor.Ones(4), tensor.Ones(4)
	step := func() {
		tape.Reset()
		tape.DeferTracking()
		for range 3 {
			tape.Track(last, mean, variance, 2)
		}
		tape.Settle()
	}
	step()
	require.Zero(t, testing.AllocsPerRun(20, step))
	require.Equal(t, 1.0, last.value)
}

type lastMean struct{ value float64 }

func (l *lastMean) Track(mean, _ *tensor.Tensor, _ float64) { l.value = mean.At(0) }

// A counter keeps the mean of the first channel of all batches.
type counter struct{ sum, batches float64 }

func (c *counter) Track(mean, _ *tensor.Tensor, _ float64) {
	c.sum += mean.At(0)
	c.batches++
}

func ExampleTracker() {
	var c counter
	tape := autograd.NewTape()
	for _, v := range []float64{1, 2, 6} {
		tape.Reset()
		x := tape.Const(tensor.Full(v, 4, 1))
		_, mean, variance := x.BatchNorm(autograd.Var{}, autograd.Var{}, 1e-5)
		tape.Track(&c, mean, variance, 4)
	}
	fmt.Println(c.sum / c.batches)
	// Output: 3
}
