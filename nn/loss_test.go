package nn_test

import (
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/nn"
	"github.com/descent-ml/descent/tensor"
)

// A lossRow is one loss with settings, and where to try it.
type lossRow struct {
	loss   string // the exported type
	sample string
	shape  []int     // of the prediction
	kinks  []float64 // differences that prediction and target stay away from
	probs  bool      // the target lies between 0 and 1
	labels bool      // there is no target; the loss has labels
	run    func(r nn.Reduction, dt tensor.DType, x, y autograd.Var) autograd.Var
	total  float64 // what the mean divides by; 0 for the number of losses

	// For losses of other than a prediction and a target: what is drawn in place of
	// both, what to run, and the shape of the losses.
	draw []func() *tensor.Tensor
	all  func(r nn.Reduction, dt tensor.DType, in []autograd.Var) autograd.Var
	none []int
}

func (l *lossRow) inputs(dt tensor.DType) (in []*tensor.Tensor) {
	if l.draw != nil {
		for _, d := range l.draw {
			in = append(in, d().To(dt))
		}
		return in
	}
	x, y := normal(tensor.Float64, 3, l.shape...), normal(tensor.Float64, 4, l.shape...)
	for i, d := range tensor.Data[float64](tensor.Sub(x, y)) {
		for _, k := range l.kinks {
			if math.Abs(math.Abs(d)-k) < 0.01 {
				tensor.Data[float64](x)[i] += 0.05
			}
		}
	}
	if l.labels {
		return []*tensor.Tensor{x.To(dt)}
	}
	if l.probs {
		y = tensor.Sigmoid(y)
	}
	return []*tensor.Tensor{x.To(dt), y.To(dt)}
}

// of applies the loss. y is the empty Var where there are labels.
func (l *lossRow) of(r nn.Reduction, in []autograd.Var) autograd.Var {
	if l.all != nil {
		return l.all(r, in[0].DType(), in)
	}
	var y autograd.Var
	if len(in) > 1 {
		y = in[1]
	}
	return l.run(r, in[0].DType(), in[0], y)
}

func lossTable() []lossRow {
	wide := tensor.New([]float64{0.5, 2, 1.25}, 3)
	weights := []*tensor.Tensor{wide.To(tensor.Float32), wide}
	rows := []*tensor.Tensor{weights[0].Slice(0, 0, 2, 1).Reshape(2, 1), weights[1].Slice(0, 0, 2, 1).Reshape(2, 1)}
	ignore := 1
	labels, places := []int{2, 0, 1, 2}, []int{0, 2, 1, 1, 2, 0, 0, 1}
	return append(settingTable(), []lossRow{{
		loss: "MSELoss", shape: []int{3, 4},
		run: func(r nn.Reduction, _ tensor.DType, x, y autograd.Var) autograd.Var {
			return nn.MSELoss{Reduction: r}.Of(x, y)
		},
	}, {
		loss: "L1Loss", shape: []int{3, 4}, kinks: []float64{0},
		run: func(r nn.Reduction, _ tensor.DType, x, y autograd.Var) autograd.Var {
			return nn.L1Loss{Reduction: r}.Of(x, y)
		},
	}, {
		loss: "HuberLoss", shape: []int{3, 4}, kinks: []float64{1},
		run: func(r nn.Reduction, _ tensor.DType, x, y autograd.Var) autograd.Var {
			return nn.HuberLoss{Reduction: r}.Of(x, y)
		},
	}, {
		loss: "HuberLoss", sample: "delta", shape: []int{3, 4}, kinks: []float64{0.7},
		run: func(r nn.Reduction, _ tensor.DType, x, y autograd.Var) autograd.Var {
			return nn.HuberLoss{Delta: 0.7, Reduction: r}.Of(x, y)
		},
	}, {
		loss: "SmoothL1Loss", shape: []int{3, 4}, kinks: []float64{1},
		run: func(r nn.Reduction, _ tensor.DType, x, y autograd.Var) autograd.Var {
			return nn.SmoothL1Loss{Reduction: r}.Of(x, y)
		},
	}, {
		loss: "SmoothL1Loss", sample: "beta", shape: []int{3, 4}, kinks: []float64{0.7},
		run: func(r nn.Reduction, _ tensor.DType, x, y autograd.Var) autograd.Var {
			return nn.SmoothL1Loss{Beta: 0.7, Reduction: r}.Of(x, y)
		},
	}, {
		loss: "BCEWithLogitsLoss", shape: []int{2, 3}, probs: true,
		run: func(r nn.Reduction, _ tensor.DType, x, y autograd.Var) autograd.Var {
			return nn.BCEWithLogitsLoss{Reduction: r}.Of(x, y)
		},
	}, {
		loss: "BCEWithLogitsLoss", sample: "weights", shape: []int{2, 3}, probs: true,
		run: func(r nn.Reduction, dt tensor.DType, x, y autograd.Var) autograd.Var {
			return nn.BCEWithLogitsLoss{Weights: rows[dt], YesWeights: weights[dt], Reduction: r}.Of(x, y)
		},
	}, {
		loss: "NLLLoss", shape: []int{4, 3}, labels: true,
		run: func(r nn.Reduction, _ tensor.DType, x, _ autograd.Var) autograd.Var {
			return nn.NLLLoss{Reduction: r}.Of(x, labels)
		},
	}, {
		loss: "NLLLoss", sample: "weights, ignored, places", shape: []int{2, 3, 2, 2}, labels: true, total: 3*0.5 + 2*1.25,
		run: func(r nn.Reduction, dt tensor.DType, x, _ autograd.Var) autograd.Var {
			return nn.NLLLoss{Weights: weights[dt], IgnoreIndex: &ignore, Reduction: r}.Of(x, places)
		},
	}, {
		loss: "CrossEntropyLoss", shape: []int{4, 3}, labels: true,
		run: func(r nn.Reduction, _ tensor.DType, x, _ autograd.Var) autograd.Var {
			return nn.CrossEntropyLoss{Reduction: r}.Of(x, labels)
		},
	}, {
		loss: "CrossEntropyLoss", sample: "everything", shape: []int{2, 3, 2, 2}, labels: true, total: 3*0.5 + 2*1.25,
		run: func(r nn.Reduction, dt tensor.DType, x, _ autograd.Var) autograd.Var {
			return nn.CrossEntropyLoss{Weights: weights[dt], Smoothing: 0.2, IgnoreIndex: &ignore, Reduction: r}.Of(x, places)
		},
	}, {
		loss: "CrossEntropyLoss", sample: "places", shape: []int{2, 3, 2, 2}, labels: true,
		run: func(r nn.Reduction, _ tensor.DType, x, _ autograd.Var) autograd.Var {
			return nn.CrossEntropyLoss{Reduction: r}.Of(x, places)
		},
	}, {
		loss: "CrossEntropyLoss", sample: "no batch", shape: []int{3}, labels: true,
		run: func(r nn.Reduction, _ tensor.DType, x, _ autograd.Var) autograd.Var {
			return nn.CrossEntropyLoss{Reduction: r}.Of(x, labels[:1])
		},
	}, {
		loss: "CrossEntropyLoss", sample: "probabilities", shape: []int{4, 3}, probs: true,
		run: func(r nn.Reduction, dt tensor.DType, x, y autograd.Var) autograd.Var {
			return nn.CrossEntropyLoss{Weights: weights[dt], Smoothing: 0.2, Reduction: r}.OfProbs(x, y)
		},
	}, {
		loss: "CrossEntropyLoss", sample: "probabilities, places", shape: []int{2, 3, 2, 2}, probs: true,
		run: func(r nn.Reduction, _ tensor.DType, x, y autograd.Var) autograd.Var {
			return nn.CrossEntropyLoss{Reduction: r}.OfProbs(x, y)
		},
	}}...)
}

func eachLoss(t *testing.T, f func(t *testing.T, l *lossRow)) {
	for _, l := range lossTable() {
		t.Run(l.loss+" "+l.sample, func(t *testing.T) { f(t, &l) })
	}
}

// The gradients of every loss and their gradients agree with differences.
func TestLossGradients(t *testing.T) {
	eachLoss(t, func(t *testing.T, l *lossRow) {
		inputs := l.inputs(tensor.Float64)
		for _, r := range []nn.Reduction{nn.Mean, nn.None} {
			f := scalar(func(tape *autograd.Tape) (autograd.Var, []autograd.Var) {
				in, leaves := leavesOf(tape, nil, inputs...)
				return weigh(l.of(r, in), 0), leaves
			})
			f.check(t)
			scalar(f.second).check(t)
		}
	})
}

// In float32 every loss has the value and gradients of float64, rounded.
func TestLossFloat32(t *testing.T) {
	eachLoss(t, func(t *testing.T, l *lossRow) {
		run := func(dt tensor.DType) []*tensor.Tensor {
			tape := autograd.NewTape()
			in, _ := leavesOf(tape, nil, l.inputs(dt)...)
			y := l.of(nn.Mean, in)
			results := []*tensor.Tensor{y.Value()}
			grads := y.Backward()
			for _, x := range in {
				results = append(results, grads.Of(x))
			}
			return results
		}
		single, double := run(tensor.Float32), run(tensor.Float64)
		for i := range double {
			require.Equal(t, tensor.Float32, single[i].DType())
			closeTo(t, double[i], single[i], 1e-6)
		}
	})
}

// Sum and Mean are the sum and the mean of the losses that None returns.
func TestReductions(t *testing.T) {
	eachLoss(t, func(t *testing.T, l *lossRow) {
		tape := autograd.NewTape()
		in, _ := leavesOf(tape, nil, l.inputs(tensor.Float64)...)
		none := l.of(nn.None, in)
		want := l.shape
		if l.labels || l.loss == "CrossEntropyLoss" { // without the axis of classes
			want = slices.Delete(slices.Clone(l.shape), min(1, len(l.shape)-1), min(1, len(l.shape)-1)+1)
		}
		if l.all != nil {
			want = l.none
		}
		require.Equal(t, append([]int{}, want...), append([]int{}, none.Shape()...))
		sum := none.Sum().Item()
		total := l.total
		if total == 0 {
			total = float64(none.Value().Len())
		}
		require.InDelta(t, sum, l.of(nn.Sum, in).Item(), 1e-12)
		require.InDelta(t, sum/total, l.of(nn.Mean, in).Item(), 1e-12)
		require.Empty(t, l.of(nn.Mean, in).Shape())
	})
}

// The functions are the losses without settings.
func TestLossFunctions(t *testing.T) {
	tape := autograd.NewTape()
	x, y := tape.Var(normal(tensor.Float32, 1, 4, 3)), tape.Var(normal(tensor.Float32, 2, 4, 3))
	labels := []int{0, 2, 1, 1}
	require.Equal(t, nn.MSELoss{}.Of(x, y).Item(), nn.MSE(x, y).Item())
	require.Equal(t, nn.L1Loss{}.Of(x, y).Item(), nn.L1(x, y).Item())
	require.Equal(t, nn.BCEWithLogitsLoss{}.Of(x, y).Item(), nn.BCEWithLogits(x, y).Item())
	p := x.Sigmoid()
	require.Equal(t, nn.BCELoss{}.Of(p, y).Item(), nn.BCE(p, y).Item())
	require.InDelta(t, nn.BCEWithLogits(x, y).Item(), nn.BCE(p, y).Item(), 1e-6)
	require.Equal(t, nn.KLDivLoss{}.Of(x, p).Item(), nn.KLDiv(x, p).Item())
	require.Equal(t, nn.NLLLoss{}.Of(x, labels).Item(), nn.NLL(x, labels).Item())
	require.Equal(t, nn.CrossEntropyLoss{}.Of(x, labels).Item(), nn.CrossEntropy(x, labels).Item())
	require.InDelta(t, nn.NLL(x.LogSoftmax(1), labels).Item(), nn.CrossEntropy(x, labels).Item(), 1e-6)
	require.InDelta(t, nn.CrossEntropyLoss{}.OfProbs(x, tape.Const(tensor.OneHot(labels, 3))).Item(), nn.CrossEntropy(x, labels).Item(), 1e-6)
}

// No loss allocates once the tape is warm.
func TestLossSteadyState(t *testing.T) {
	eachLoss(t, func(t *testing.T, l *lossRow) {
		tape, inputs := autograd.NewTape(), l.inputs(tensor.Float32)
		in := make([]autograd.Var, len(inputs))
		requireNoAllocs(t, func() {
			tape.Reset()
			for i, x := range inputs {
				in[i] = tape.Var(x)
			}
			l.of(nn.Mean, in).Backward()
		})
	})
}

// When no label counts, when all weights are 0, or when there are no elements, the
// mean is NaN, as in PyTorch.
func TestEmptyMeans(t *testing.T) {
	tape := autograd.NewTape()
	none, x := tape.Const(tensor.Zeros(0, 3)), tape.Const(normal(tensor.Float32, 1, 2, 3))
	for _, y := range []autograd.Var{
		nn.MSE(none, none), nn.CrossEntropy(none, nil), nn.NLL(none, nil), nn.CrossEntropy(x, []int{-100, -100}),
		nn.NLL(x, []int{-100, -100}), nn.CrossEntropyLoss{Weights: tensor.New([]float32{0, 1, 1}, 3)}.Of(x, []int{0, 0}),
	} {
		require.True(t, math.IsNaN(y.Item()))
	}
	require.Zero(t, nn.CrossEntropyLoss{Reduction: nn.Sum}.Of(none, nil).Item())
}
