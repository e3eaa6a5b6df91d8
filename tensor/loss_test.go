package tensor_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/tensor"
)

// crossEntropy returns the weighted, smoothed cross entropy of a row, and its
// gradient.
func crossEntropy(row []float64, label int, weights []float64, smoothing float64) (loss float64, grad []float64) {
	logp := logSoftmax(row)
	grad = make([]float64, len(row))
	total := 0.0
	target := make([]float64, len(row))
	for c := range row {
		target[c] = smoothing / float64(len(row))
		if c == label {
			target[c] += 1 - smoothing
		}
		if weights != nil {
			target[c] *= weights[c]
		}
		total += target[c]
		if target[c] != 0 {
			loss -= target[c] * logp[c]
		}
	}
	for c := range row {
		grad[c] = math.Exp(logp[c])*total - target[c]
	}
	return loss, grad
}

func TestCrossEntropy(t *testing.T) {
	src := newSource(31)
	const rows, classes, ignore = 7, 5, -100
	x, dy := src.grid(-4, 4, rows, classes), src.grid(-1, 1, rows)
	labels := src.ints(rows, classes)
	labels[3] = ignore
	weights := []float64{0.5, 2, 0, 1, 3}
	for _, c := range []struct {
		name      string
		weights   []float64
		smoothing float64
		total     float64
	}{
		{"plain", nil, 0, rows - 1},
		{"smoothed", nil, 0.1, rows - 1},
		{"weighted", weights, 0, math.NaN()},
		{"weighted and smoothed", weights, 0.25, math.NaN()},
		{"smoothed all over", weights, 1, math.NaN()},
	} {
		t.Run(c.name, func(t *testing.T) {
			loss, dx, total := newGrid(rows), newGrid(rows, classes), 0.0
			for i, l := range labels {
				if l == ignore {
					continue
				}
				var grad []float64
				loss.v[i], grad = crossEntropy(x.v[i*classes:][:classes], l, c.weights, c.smoothing)
				for k, g := range grad {
					dx.v[i*classes+k] = dy.v[i] * g
				}
				if c.weights != nil {
					total += c.weights[l]
				} else {
					total++
				}
			}
			for _, dt := range dtypes {
				target := &tensor.ClassTarget{Labels: labels, Smoothing: c.smoothing, Ignore: new(ignore)}
				if c.weights != nil {
					target.Weights = put(dt, grid{[]int{classes}, c.weights})
				}
				require.Equal(t, total, target.Total())
				want := 1.0
				if c.weights != nil {
					want = c.weights[1]
				}
				require.Equal(t, want, target.Weight(1))
				logp := along(1, func(x ...[]float64) []float64 { return logSoftmax(x[0]) }, x)
				dense := apply2(gridOf(target.Dense(dt, classes)), logp, func(t, l float64) float64 { return -t * l })
				loss.near(t, placed(tensor.Float32, dense.reduce([]int{1}, sum).without([]int{1})), tolerance{16, 16})
				for i, l := range layouts {
					m := layouts[(i+2)%len(layouts)]
					logits := m.put(dt, x)
					l.into(t, dt, loss, tolerance{16, 16}, func(dst *tensor.Tensor) { tensor.CrossEntropyTo(dst, logits, target) })
					dx.near(t, stale(dt, dx.shape, func(dst *tensor.Tensor) {
						dst.AsGrad().CrossEntropy(l.put(dt, dy), logits, target)
					}), tolerance{16, 16})
					x.near(t, logits, exact)
				}
			}
		})
	}
}

// Confident and hopeless predictions keep their digits.
func TestCrossEntropyIsStable(t *testing.T) {
	inf := math.Inf(1)
	for _, c := range []struct {
		logits []float64
		want   float64
	}{
		{[]float64{20, 0}, math.Log1p(math.Exp(-20))},
		{[]float64{0, 20}, 20 + math.Log1p(math.Exp(-20))},
		{[]float64{10, 0}, math.Log1p(math.Exp(-10))},
		{[]float64{1010, 1000}, math.Log1p(math.Exp(-10))},
		{[]float64{0, 1e4}, 1e4},
		{[]float64{-1e4, -1e4}, math.Ln2},
		{[]float64{0, -inf}, 0},
		{[]float64{-inf, 0}, inf},
		{[]float64{inf, 0}, math.NaN()},
		{[]float64{0, math.NaN()}, math.NaN()},
	} {
		for _, dt := range dtypes {
			dst := tensor.ZerosOf(dt, 1)
			tensor.CrossEntropyTo(dst, put(dt, grid{[]int{1, 2}, c.logits}), &tensor.ClassTarget{Labels: []int{0}, Ignore: new(-1)})
			grid{[]int{1}, []float64{c.want}}.near(t, dst, tolerance{rel: 8})
		}
	}
}

// With infinite logits, loss and gradient are PyTorch's. A class whose logit is
// −Inf has the probability 0, so that its gradient is minus its target.
func TestCrossEntropyOfInfinities(t *testing.T) {
	inf, nan := math.Inf(1), math.NaN()
	const a, b = 0.2689414213699951, 0.7310585786300049 // softmax of 0, 1
	nans := []float64{nan, nan, nan}
	for _, c := range []struct {
		logits    []float64
		label     int
		smoothing float64
		loss      float64
		grad      []float64
	}{
		{[]float64{inf, 0, 1}, 0, 0, nan, nans},
		{[]float64{inf, 0, 1}, 1, 0.1, nan, nans},
		{[]float64{0, inf, 1}, 0, 0, nan, nans},
		{[]float64{inf, inf, 0}, 0, 0, nan, nans},
		{[]float64{-inf, -inf, -inf}, 0, 0, nan, nans},
		{[]float64{0, -inf, 1}, 0, 0, 1.3132616875182228, []float64{-b, 0, b}},
		{[]float64{0, -inf, 1}, 1, 0, inf, []float64{a, -1, b}},
		{[]float64{-inf, 0, 1}, 0, 0, inf, []float64{-1, a, b}},
		{[]float64{-inf, 0, 1}, 1, 0, 1.3132616875182228, []float64{0, -b, b}},
		{[]float64{0, -inf, 1}, 0, 0.1, inf, []float64{-0.6643919119633382, -0.03333333333333333, 0.6977252452966716}},
		{[]float64{1e4, 0, -1e4}, 0, 0, 0, []float64{0, 0, 0}},
		{[]float64{1e4, 0, -1e4}, 1, 0.1, 1e4, []float64{0.9666666666666667, -0.9333333333333333, -0.03333333333333333}},
	} {
		for _, dt := range dtypes {
			logits := put(dt, grid{[]int{1, 3}, c.logits})
			target := &tensor.ClassTarget{Labels: []int{c.label}, Smoothing: c.smoothing, Ignore: new(-1)}
			dst, dx := tensor.ZerosOf(dt, 1), tensor.ZerosOf(dt, 1, 3)
			tensor.CrossEntropyTo(dst, logits, target)
			grid{[]int{1}, []float64{c.loss}}.near(t, dst, tolerance{rel: 8})
			dx.AsGrad().CrossEntropy(tensor.Full(1, 1).To(dt), logits, target)
			grid{[]int{1, 3}, c.grad}.near(t, dx, tolerance{8, 8})
		}
	}
}

func TestCrossEntropyOfNothing(t *testing.T) {
	target := &tensor.ClassTarget{Ignore: new(-1)}
	tensor.CrossEntropyTo(tensor.Zeros(0), tensor.Zeros(0, 3), target)
	tensor.Zeros(0, 3).AsGrad().CrossEntropy(tensor.Zeros(0), tensor.Zeros(0, 3), target)
	require.Zero(t, target.Total())
}

func TestIgnored(t *testing.T) {
	var c tensor.ClassTarget
	require.True(t, c.Ignored(-100))
	require.False(t, c.Ignored(0))
	c.Ignore = new(0)
	require.True(t, c.Ignored(0))
	require.False(t, c.Ignored(-100))
}

func TestClassTargetCounted(t *testing.T) {
	zero := 0
	for _, c := range []struct {
		target tensor.ClassTarget
		want   []float64
	}{
		{tensor.ClassTarget{Labels: []int{2, -100, 0}}, []float64{1, 0, 1}},
		{tensor.ClassTarget{Labels: []int{2, 1, 0}, Ignore: &zero}, []float64{1, 1, 0}},
	} {
		for _, dt := range []tensor.DType{tensor.Float32, tensor.Float64} {
			got := c.target.Counted(dt)
			require.Equal(t, dt, got.DType())
			require.Equal(t, c.want, tensor.Values(got))
		}
	}
}

// Of the 27 paths of three steps and three classes, five spell two different
// labels, one spells a label twice, and six spell it once.
func TestCTC(t *testing.T) {
	for _, dt := range dtypes {
		x := tensor.ZerosOf(dt, 3, 4, 3) // each path has the probability 1
		c := tensor.CTCTarget{Labels: []int{1, 2, 1, 1, 2}, Lengths: []int{2, 2, 1, 0}, Steps: []int{3, 3, 3, 3}}
		dst := tensor.ZerosOf(dt, 4)
		tensor.CTCTo(dst, x, c)
		require.InDeltaSlice(t, []float64{-math.Log(5), 0, -math.Log(6), 0}, tensor.Values(dst), 1e-6)
		c.PerLabel, c.Steps = true, []int{2, 2, 0, 0}
		tensor.CTCTo(dst, x, c)
		require.InDeltaSlice(t, []float64{0, math.Inf(1), math.Inf(1), 0}, []float64{dst.At(0), dst.At(1), dst.At(2), dst.At(3)}, 1e-6)

		dx, dy := tensor.ZerosOf(dt, 3, 4, 3), tensor.ZerosOf(dt, 4)
		dx.Fill(7)
		dy.Set(2, 0)
		dx.AsGrad().CTC(dy, x, c) // one path is left, and 2 is divided by its labels
		require.Equal(t, -1.0, dx.At(0, 0, 1))
		require.Equal(t, -1.0, dx.At(1, 0, 2))
		require.InDelta(t, -2, tensor.Sum(dx).Item(), 1e-6)
	}
}
