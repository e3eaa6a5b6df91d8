package metric_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/tensor"
	"github.com/descent-ml/descent/train/metric"
)

// A metric that takes the state of another goes on as that one would.
func TestStateOfEveryMetric(t *testing.T) {
	type stateful interface {
		metric.Metric
		State() []float64
		SetState([]float64) error
	}
	batches := func(seed uint64, outputs int, labels bool) (list []metric.Batch) {
		r := tensor.NewRand(seed)
		for range 4 {
			b := metric.Batch{Output: tensor.Randn(r, 7, outputs), Loss: r.Float64(), Count: 7}
			if labels {
				b.Labels = make([]int, 7)
				r.Randint(b.Labels, 0, 2)
			} else {
				b.Target = tensor.Randn(r, 7, outputs)
			}
			list = append(list, b)
		}
		return list
	}
	for _, c := range []struct {
		make   func() stateful
		labels bool
	}{
		{func() stateful { return &metric.Loss{} }, true},
		{func() stateful { return &metric.Perplexity{} }, true},
		{func() stateful { return &metric.Accuracy{} }, true},
		{func() stateful { return &metric.TopK{K: 1} }, true},
		{func() stateful { return &metric.Confusion{} }, true},
		{func() stateful { return &metric.F1{} }, true},
		{func() stateful { return &metric.AUC{} }, true},
		{func() stateful { return &metric.AP{} }, true},
		{func() stateful { return &metric.Calibration{} }, true},
		{func() stateful { return &metric.MAE{} }, false},
		{func() stateful { return &metric.MSE{} }, false},
		{func() stateful { return &metric.RMSE{} }, false},
		{func() stateful { return &metric.R2{} }, false},
	} {
		whole, first, second := c.make(), c.make(), c.make()
		second.Reset()
		for i, b := range batches(1, 2, c.labels) {
			whole.Add(b)
			if i < 2 {
				first.Add(b)
				continue
			}
			if i == 2 {
				second.Add(b) // is forgotten
				require.NoError(t, second.SetState(first.State()), whole.Name())
			}
			second.Add(b)
		}
		require.Equal(t, whole.Value(), second.Value(), whole.Name())
		require.Equal(t, whole.State(), second.State(), whole.Name())
		require.ErrorContains(t, second.SetState([]float64{-1, 0.5, 3, 4, 5, 6, 7}), "is not one that it has saved", whole.Name())
	}
}
