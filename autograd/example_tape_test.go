package autograd_test

import (
	"errors"
	"fmt"
	"math"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/tensor"
)

// Without recording, a tape keeps no value for gradients. Models give memory
// back between layers.
func ExampleTape_KeepOnly() {
	peak := func(recording bool) int {
		tape := autograd.NewTape()
		tape.SetRecording(recording)
		x := tape.Const(tensor.Ones(1000))
		start := tape.Mark()
		for range 10 {
			x = tape.KeepOnly(start, x.MulScalar(2).AddScalar(1))
		}
		return tape.PeakBytes() / 4000
	}
	fmt.Println(peak(true), "vectors with gradients,", peak(false), "without")
	// Output: 20 vectors with gradients, 3 without
}

// A mark may be kept for a later call.
func ExampleMark() {
	tape := autograd.NewTape()
	before := tape.SetRecording(false)
	m := tape.Mark()
	y := tape.KeepOnly(m, tape.Const(tensor.Scalar(3)).Square())
	fmt.Println(before, tape.Recording(), y.Item())
	// Output: true false 9
}

// A tape is in training at first. A layer may have a mode of its own.
func ExampleTape_SetMode() {
	tape := autograd.NewTape()
	fmt.Println(tape.Mode() == autograd.Train, tape.Training())
	before := tape.SetMode(autograd.Eval)
	fmt.Println(before == autograd.Train, tape.Training())
	var own autograd.Mode // the zero value is Inherit: do as the tape does
	fmt.Println(own == autograd.Inherit)
	// Output:
	// true true
	// true false
	// true
}

// What a variable tells of itself.
func ExampleVar_String() {
	tape := autograd.NewTape()
	w := autograd.NewParam(tensor.New([]float64{1, 2}, 2))
	x := tape.Param(w)
	y := x.Exp()
	fmt.Println(y)
	fmt.Println(y.DType(), y.Rank(), y.NeedsGrad(), y.Detach().NeedsGrad(), x.Param() == w)
	fmt.Println(autograd.Var{}.IsZero(), y.IsZero(), tape.Scalar(tensor.Float64, 3).Item())
	// Output:
	// exp tensor[2] float64 [2.7183 7.3891]
	// float64 1 true false true
	// true false 3
}

// A gradient is asked for by a variable or by a parameter.
func ExampleSource() {
	tape := autograd.NewTape()
	w := autograd.NewParam(tensor.New([]float64{3}))
	x := tape.Var(tensor.New([]float64{5}))
	grads := tape.Param(w).Mul(x).Backward()
	for _, s := range []autograd.Source{w, x} {
		fmt.Println(grads.Of(s).Item())
	}
	// Output:
	// 5
	// 3
}

// What cannot be trained on is skipped; what is too large is cut.
func ExampleGrads_Finite() {
	w := autograd.NewParam(tensor.New([]float64{0, 4}, 2))
	tape := autograd.NewTape()
	grads := tape.Param(w).Sqrt().Sum().Backward()
	fmt.Println(tensor.Values(grads.Of(w)), grads.Finite())

	grads.ClipValue(0.125)
	fmt.Println(tensor.Values(grads.Of(w)), grads.Finite())
	grads.Zero()
	fmt.Println(tensor.Values(grads.Of(w)))
	// Output:
	// [+Inf 0.25] false
	// [0.125 0.125] true
	// [0 0]
}

// A mistake in the program panics with a TapeError.
func ExampleTapeError_Error() {
	defer func() {
		var mistake *autograd.TapeError
		if err, ok := recover().(error); ok && errors.As(err, &mistake) {
			fmt.Println(mistake.Op, "failed")
			fmt.Println(mistake)
		}
	}()
	a, b := autograd.NewTape(), autograd.NewTape()
	a.Const(tensor.Ones(2)).Add(b.Const(tensor.Ones(2)))
	// Output:
	// add failed
	// add: the operands are on two different tapes; put both on one
}

// With DetectNaN the first operation that makes NaN or an infinity says so.
func ExampleNaNError() {
	defer func() {
		var bad *autograd.NaNError
		if err, ok := recover().(error); ok && errors.As(err, &bad) {
			fmt.Println(len(bad.Error()) > 0, bad.Op, bad.Made)
		}
	}()
	tape := autograd.NewTape()
	tape.DetectNaN(true)
	tape.Var(tensor.New([]float64{0})).Log()
	// Output: true log Inf
}

// Products with the matrices of derivatives, without the matrices.
func ExampleVJP() {
	tape := autograd.NewTape()
	x := tape.Var(tensor.New([]float64{1, 2}, 2))
	y := x.Square() // its Jacobian is [[2 0] [0 4]]
	v := tape.Const(tensor.New([]float64{10, 1}, 2))
	fmt.Println(tensor.Values(autograd.VJP(y, v, x)[0].Value()))
	fmt.Println(tensor.Values(autograd.HVP(y.Square().Sum(), x, v).Value())) // of x⁴: 12 x² v
	// Output:
	// [20 4]
	// [120 48]
}

func ExampleJacobian() {
	tape := autograd.NewTape()
	x := tape.Var(tensor.New([]float64{2, 3}, 2))
	y := autograd.Concat(0, x.Prod().Reshape(1), x.Sum().Reshape(1)) // x₀ x₁, x₀ + x₁
	fmt.Println(autograd.Jacobian(y, x))
	// Output:
	// tensor[2 2] float64
	// [[3 2]
	//  [1 1]]
}

// How far gradients are from finite differences.
func ExampleDeviation() {
	f := func(xs ...autograd.Var) autograd.Var { return xs[0].Sin() }
	first, second, err := autograd.Deviation(f, tensor.New([]float64{0.5, 1}, 2))
	fmt.Println(first < 1e-7, second < 1e-7, err)
	// Output: true true <nil>
}

// Noise of the standard normal distribution; the same seed gives the same.
func ExampleTape_Normal() {
	noise := func() []float64 {
		return tensor.Values(autograd.NewTape().Normal(tensor.Float64, tensor.NewRand(1), 3).Value())
	}
	fmt.Println(noise()[0] == noise()[0])
	// Output: true
}

// Each goroutine has a tape that draws from a seed of its own, and the generator
// of the model is left alone.
func ExampleTape_DrawFrom() {
	r := tensor.NewRand(1)
	dropped := func(seed uint64) []float64 {
		tape := autograd.NewTape()
		tape.DrawFrom(seed)
		return tensor.Values(tape.Const(tensor.Ones(8)).Dropout(0.5, r).Value())
	}
	first := dropped(7)
	fmt.Println(fmt.Sprint(first) == fmt.Sprint(dropped(7)), fmt.Sprint(first) == fmt.Sprint(dropped(8)))
	fmt.Println(r.Uint64() == tensor.NewRand(1).Uint64())
	// Output:
	// true false
	// true
}

// An operation that draws tells the tape, so that what is done again draws the
// same numbers.
func ExampleTape_Draws() {
	r := tensor.NewRand(1)
	tape := autograd.NewTape()
	draw := func() float64 { return tape.Draws(r).Float64() }
	first := draw()
	tape.Replay(func() { fmt.Println(draw() == first) })
	tape.Rehearse(func() { draw() }) // and r is as it was
	again := tensor.NewRand(1)
	again.Float64()
	fmt.Println(r.Float64() == again.Float64())
	// Output:
	// true
	// true
}

// A layer that counts batches.
type counting struct{ batches int }

func (c *counting) Track(mean, variance *tensor.Tensor, n float64) { c.batches++ }

// Statistics are given to a layer at once, or when the tape is settled.
func ExampleTape_Track() {
	var c counting
	var layer autograd.Tracker = &c
	mean, variance := tensor.Zeros(1), tensor.Ones(1)
	tape := autograd.NewTape()
	tape.Track(layer, mean, variance, 8)
	fmt.Println(c.batches)

	tape.DeferTracking()
	tape.Track(layer, mean, variance, 8)
	fmt.Println(c.batches)
	tape.Settle()
	fmt.Println(c.batches)
	// Output:
	// 1
	// 1
	// 2
}

// A function that runs for the second time, for its gradients, can tell.
func ExampleTape_Replaying() {
	tape := autograd.NewTape()
	x := tape.Var(tensor.New([]float64{math.Pi}))
	y := autograd.Recompute(func(xs ...autograd.Var) autograd.Var {
		fmt.Println("again:", tape.Replaying())
		return xs[0].Cos()
	}, x)
	y.Backward()
	// Output:
	// again: false
	// again: true
}
