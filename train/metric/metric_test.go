package metric

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/descent-ml/descent/tensor"
)

// all returns every metric, with the names that users see.
func all() map[string]Metric {
	return map[string]Metric{
		"loss": &Loss{}, "perplexity": &Perplexity{}, "accuracy": &Accuracy{}, "top_5_accuracy": &TopK{},
		"confusion": &Confusion{}, "calibration_error": &Calibration{},
		"precision_macro": &Precision{}, "recall_micro": &Recall{Over: Micro}, "f1_weighted": &F1{Over: Weighted}, "f1": &F1{Over: Binary},
		"mae": &MAE{}, "mse": &MSE{}, "rmse": &RMSE{}, "r2": &R2{}, "roc_auc": &AUC{}, "average_precision": &AP{},
	}
}

func TestNames(t *testing.T) {
	for name, m := range all() {
		require.Equal(t, name, m.Name())
	}
}

// mixed is a batch that every metric can read.
func mixed(r *tensor.Rand, n int) Batch {
	b := Batch{Output: tensor.Randn(r, n, 2, 3), Target: tensor.Randn(r, n, 2, 3), Labels: make([]int, 3*n), Loss: r.Float64(), Count: n}
	r.Randint(b.Labels, -1, 2)
	return b
}

func TestWithoutExamples(t *testing.T) {
	empty := Batch{Output: tensor.Zeros(0, 2), Target: tensor.Zeros(0, 2)}
	ignored := Batch{Output: tensor.Zeros(3, 2), Labels: []int{-1, -100, -1}, Target: tensor.Zeros(0, 2)}
	for name, m := range all() {
		want := math.NaN()
		switch m.(type) {
		case *Precision, *Recall, *F1, *AP:
			want = 0
		}
		same := func(got float64) {
			t.Helper()
			require.Equal(t, math.IsNaN(want), math.IsNaN(got), name)
			require.False(t, got != want && !math.IsNaN(want), name)
		}
		same(m.Value())
		same(Of(m, empty))
		switch m.(type) {
		case *MAE, *MSE, *RMSE, *R2:
		default:
			same(Of(m, ignored))
		}
	}
}

func TestResetForgets(t *testing.T) {
	r := tensor.NewRand(1)
	a, b := mixed(r, 9), mixed(r, 4)
	for name, m := range all() {
		want := Of(m, b)
		require.Equal(t, want, m.Value(), name)
		m.Add(a)
		if name != "top_5_accuracy" { // of two classes, always 1
			require.NotEqual(t, want, m.Value(), name)
		}
		require.Equal(t, want, Of(m, b), name)
	}
}

func TestAddAllocatesNothing(t *testing.T) {
	b := mixed(tensor.NewRand(2), 16)
	strided := b
	strided.Output = b.Output.Transpose(0, 2).Contiguous().Transpose(0, 2)
	require.False(t, strided.Output.IsContiguous())
	single := b
	single.Output = tensor.Randn(tensor.NewRand(3), 48)
	single.Target = tensor.Randn(tensor.NewRand(4), 48)
	for name, m := range all() {
		for kind, b := range map[string]Batch{"contiguous": b, "strided": strided, "one logit": single} {
			if name == "top_5_accuracy" && kind == "one logit" {
				continue
			}
			m.Reset()
			m.Add(b)
			m.Add(b)
			require.Zero(t, testing.AllocsPerRun(20, func() {
				m.Reset()
				m.Add(b)
				m.Add(b)
			}), "%s, %s", name, kind)
		}
	}
}

// Element types and strides make no difference; inner axes are places.
func TestLayouts(t *testing.T) {
	r := tensor.NewRand(5)
	b := mixed(r, 8)
	wide := b
	wide.Output, wide.Target = b.Output.To(tensor.Float64), b.Target.To(tensor.Float64)
	strided := b
	strided.Output = b.Output.Transpose(0, 1).Contiguous().Transpose(0, 1)
	rows := b // [batch classes inner] as [batch·inner classes]
	rows.Output = b.Output.Transpose(1, 2).Reshape(-1, 2)
	for name, m := range all() {
		want := Of(m, b)
		require.Equal(t, want, Of(m, wide), name)
		require.Equal(t, want, Of(m, strided), name)
		switch m.(type) {
		case *MAE, *MSE, *RMSE, *R2:
		default:
			require.Equal(t, want, Of(m, rows), name)
		}
	}
}

func TestIgnore(t *testing.T) {
	x := tensor.New([]float64{1, 0, 0, 1, 1, 0, 0, 1}, 4, 2)
	zero, beyond := 0, 99
	for _, c := range []struct {
		labels []int
		ignore *int
		want   float64
	}{
		{[]int{0, 0, 0, 1}, nil, 0.75},
		{[]int{0, -100, 0, -1}, nil, 1},
		{[]int{0, 0, 0, 1}, &zero, 1},
		{[]int{1, 0, 1, 1}, &zero, 1.0 / 3},
		{[]int{0, 99, 99, 0}, &beyond, 0.5},
		{[]int{-7, 99, 1, 1}, &beyond, 0.5},
	} {
		for _, m := range []Metric{&Accuracy{}, &TopK{K: 1}, &Confusion{}, &Precision{Over: Micro}} {
			require.Equal(t, c.want, Of(m, Batch{Output: x, Labels: c.labels, Ignore: c.ignore}), "%s of %v", m.Name(), c.labels)
		}
	}
}

func TestTies(t *testing.T) {
	b := Batch{Output: tensor.Zeros(4, 3), Labels: []int{0, 0, 1, 2}}
	require.Equal(t, 0.5, Of(&Accuracy{}, b), "the first of equal outputs is the answer")
	require.Equal(t, 0.25, Of(&TopK{K: 1}, b), "the last of equal outputs counts as the largest")
	require.Equal(t, 0.5, Of(&TopK{K: 2}, b))
	require.Equal(t, 1.0, Of(&TopK{K: 3}, b))
	require.Equal(t, 1.0, Of(&TopK{K: 9}, b))
	require.Equal(t, 0.5, Of(&Accuracy{}, Batch{Output: tensor.Zeros(2), Labels: []int{0, 1}}), "a logit of 0 is class 0")
}

func TestNaN(t *testing.T) {
	nan := math.NaN()
	x := tensor.New([]float64{0, nan, 1, 2}, 2, 2)
	require.Equal(t, 1.0, Of(&Accuracy{}, Batch{Output: x, Labels: []int{1, 1}}), "NaN is the largest, as for ArgMax")
	require.Equal(t, 0.5, Of(&TopK{K: 1}, Batch{Output: x, Labels: []int{1, 1}}), "a label whose output is NaN is not found")
	require.Equal(t, 0.5, Of(&TopK{K: 1}, Batch{Output: x, Labels: []int{0, 1}}))
	for _, labels := range [][]int{{0, 1}, {1, 0}} {
		for _, m := range []Metric{&AUC{}, &AP{}, &Calibration{}} {
			require.True(t, math.IsNaN(Of(m, Batch{Output: x, Labels: labels})), m.Name())
		}
	}
	require.False(t, math.IsNaN(ROCAUC([]float64{nan, 1, 2}, []int{-1, 0, 1})), "of an example that does not count")
}

// Of two outputs the score is how much the second one is ahead.
func TestScoresOfTwoOutputs(t *testing.T) {
	m := &AUC{}
	m.Add(Batch{Output: tensor.New([]float64{1, 3, 5, 6, 7, 4}, 3, 2), Labels: []int{1, -1, 0}})
	require.Equal(t, []float64{2, -3}, m.Scores)
	require.Equal(t, []int{1, 0}, m.Labels)
}

// R² does not depend on where zero is: whole numbers far from it lose nothing.
func TestR2FarFromZero(t *testing.T) {
	output, target := []float64{3, 1, 4, 1, 5, 9, 2, 6}, []float64{2, 7, 1, 8, 2, 8, 1, 8}
	value := func() float64 { return Of(&R2{}, Batch{Output: tensor.New(output, 8), Target: tensor.New(target, 8)}) }
	near := value()
	for i := range output {
		output[i] += 1 << 50
		target[i] += 1 << 50
	}
	require.Equal(t, near, value())
}

func TestConfusionGrows(t *testing.T) {
	c := &Confusion{}
	c.Add(Batch{Output: tensor.New([]float64{1, -1}, 2), Labels: []int{1, 1}})
	c.Add(Batch{Output: tensor.New([]float64{0, 0, 5}, 1, 3), Labels: []int{1}})
	require.Equal(t, []int{0, 0, 0, 1, 1, 1, 0, 0, 0}, c.n)
	require.Equal(t, 3, c.Classes())
	require.Equal(t, []int{1, 1, 1}, c.Row(1))
	require.Equal(t, c.n, NewConfusion([]int{1, 1, 1, -1}, []int{0, 1, 2, 7}, 3).n)
}

// AUC is the probability that it claims to be, and turns around with the scores.
func TestAUCIsAProbability(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(2, 40).Draw(t, "n")
		scores, labels := make([]float64, n), make([]int, n)
		for i := range scores {
			scores[i] = float64(rapid.IntRange(-4, 4).Draw(t, "score"))
			labels[i] = rapid.IntRange(-1, 1).Draw(t, "label")
		}
		wins, pairs := 0.0, 0.0
		for i := range scores {
			for j := range scores {
				if labels[i] == 1 && labels[j] == 0 {
					pairs++
					if scores[i] > scores[j] {
						wins++
					} else if scores[i] == scores[j] {
						wins += 0.5
					}
				}
			}
		}
		got := ROCAUC(scores, labels)
		if pairs == 0 {
			require.True(t, math.IsNaN(got))
			return
		}
		require.InDelta(t, wins/pairs, got, 1e-12)
		for i := range scores {
			scores[i] = -scores[i]
		}
		require.InDelta(t, 1-wins/pairs, ROCAUC(scores, labels), 1e-12)
	})
}
