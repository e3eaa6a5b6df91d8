package metric

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/tensor"
)

// panicOf returns the error that f panics with.
func panicOf(t *testing.T, f func()) (err error) {
	t.Helper()
	defer func() {
		e, ok := recover().(error)
		require.True(t, ok, "want a panic with an error")
		err = e
	}()
	f()
	return nil
}

func TestMisuse(t *testing.T) {
	x := tensor.Zeros(2, 3)
	for _, c := range []struct {
		do   func()
		want string
	}{
		{func() { (&Accuracy{}).Add(Batch{Labels: []int{1}}) }, "accuracy: want outputs and labels; the batch has no output"},
		{func() { (&Accuracy{}).Add(Batch{Output: tensor.Scalar(1)}) }, "want outputs [batch classes …]"},
		{func() { (&Accuracy{}).Add(Batch{Output: tensor.Zeros(2, 0), Labels: []int{0, 0}}) }, "there are no classes"},
		{func() { (&Accuracy{}).Add(Batch{Output: x, Labels: []int{1}}) }, "want 2 labels, got 1"},
		{func() { (&Accuracy{}).Add(Batch{Output: x, Target: x}) }, "want 2 labels, got 0"},
		{func() { (&Confusion{}).Add(Batch{Output: x, Labels: []int{0, 3}}) }, "labels[1] is 3; there are 3 classes"},
		{func() { (&AUC{}).Add(Batch{Output: tensor.Zeros(1, 1), Labels: []int{2}}) }, "labels[0] is 2; there are 2 classes"},
		{func() { (&AUC{}).Add(Batch{Output: x, Labels: []int{0, 0}}) }, "want one logit, or two classes"},
		{func() { (&TopK{}).Add(Batch{Output: tensor.Zeros(2), Labels: []int{0, 0}}) }, "want an output for each class"},
		{func() { (&TopK{K: -1}).Name() }, "want K ≥ 1, or 0 for 5, got -1"},
		{func() { (&Loss{}).Add(Batch{Count: -1}) }, "want a count of examples, got -1"},
		{func() { (&MAE{}).Add(Batch{Output: x}) }, "want outputs and targets; the batch lacks one of them"},
		{func() { (&R2{}).Add(Batch{Output: x, Target: tensor.Zeros(2, 2)}) }, "want outputs and targets of one shape"},
		{func() { (&R2{}).Add(Batch{Output: tensor.Scalar(1), Target: tensor.Scalar(1)}) }, "want outputs and targets of one shape"},
		{func() {
			m := &RMSE{}
			m.Add(Batch{Output: x, Target: x})
			m.Add(Batch{Output: tensor.Zeros(3, 2), Target: tensor.Zeros(3, 2)})
		}, "want 3 numbers in an example, as before"},
		{func() { (&Calibration{Bins: -2}).Reset() }, "want Bins ≥ 1, or 0 for 15, got -2"},
		{func() { Reliability(nil, nil, 0) }, "want one bin or more, got 0"},
		{func() { CalibrationError([]float64{1}, nil, 3) }, "want to know of each confidence"},
		{func() { CalibrationError([]float64{math.NaN()}, []bool{true}, 3) }, "want confidences in [0, 1]; p[0] is NaN"},
		{func() { CalibrationError([]float64{1.5}, []bool{true}, 3) }, "p[0] is 1.5"},
		{func() { ROC([]float64{1}, nil) }, "want a label for each score"},
		{func() { PR([]float64{1, 2}, []int{0, 2}) }, "labels[1] is 2"},
		{func() { NewConfusion([]int{1}, nil, 2) }, "want an answer for each label"},
		{func() { NewConfusion([]int{1}, []int{2}, 2) }, "label 1 with answer 2; there are 2 classes"},
		{func() { NewConfusion([]int{2}, []int{0}, 2) }, "label 2 with answer 0; there are 2 classes"},
		{func() { NewConfusion([]int{0}, []int{0}, 3).Average(Binary) }, "want two classes, got 3"},
		{func() { NewConfusion(nil, nil, 3).Average(9) }, "want Macro, Micro, Weighted or Binary, got 9"},
	} {
		require.ErrorContains(t, panicOf(t, c.do), c.want)
	}
}

// A batch that is refused leaves the metric as it was.
func TestRefusedBatchChangesNothing(t *testing.T) {
	good := Batch{Output: tensor.New([]float64{0, 1, 3, 1}, 2, 2), Target: tensor.New([]float64{0, 2, 4, 1}, 2, 2), Labels: []int{1, 1}, Loss: 1, Count: 2}
	bad := good
	bad.Labels, bad.Target, bad.Count = []int{0, 7}, tensor.Zeros(3, 2), -1
	for name, m := range all() {
		want := Of(m, good)
		require.Error(t, panicOf(t, func() { m.Add(bad) }), name)
		if !math.IsNaN(want) {
			require.Equal(t, want, m.Value(), name)
		}
	}
}
