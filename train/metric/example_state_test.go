package metric_test

import (
	"fmt"

	"github.com/descent-ml/descent/tensor"
	"github.com/descent-ml/descent/train/metric"
)

// A kept is a metric whose state can be saved.
type kept interface {
	metric.Metric
	State() []float64
	SetState(s []float64) error
}

// goOn counts the first batch with one metric and the second with another one,
// which takes the state of the first.
func goOn(first, then kept, a, b metric.Batch) {
	first.Reset()
	first.Add(a)
	if err := then.SetState(first.State()); err != nil {
		fmt.Println(err)
		return
	}
	then.Add(b)
	fmt.Printf("%s %.4f\n", then.Name(), then.Value())
}

// A metric that takes the state of another one goes on where that one was.
func ExampleLoss_SetState() {
	goOn(&metric.Loss{}, &metric.Loss{}, metric.Batch{Loss: 0.5, Count: 64}, metric.Batch{Loss: 0.8, Count: 32})
	goOn(&metric.Perplexity{}, &metric.Perplexity{}, metric.Batch{Loss: 1, Count: 1}, metric.Batch{Loss: 2, Count: 1})
	// Output:
	// loss 0.6000
	// perplexity 4.4817
}

// The second batch is a cat that was taken for a bird.
func ExampleAccuracy_SetState() {
	cat := metric.Batch{Output: tensor.New([]float32{0, 0, 9}, 1, 3), Labels: []int{0}}
	goOn(&metric.Accuracy{}, &metric.Accuracy{}, animals, cat)
	goOn(&metric.TopK{K: 2}, &metric.TopK{K: 2}, animals, cat)
	goOn(&metric.Confusion{}, &metric.Confusion{}, animals, cat)
	goOn(&metric.Precision{}, &metric.Precision{}, animals, cat)
	goOn(&metric.Recall{}, &metric.Recall{}, animals, cat)
	goOn(&metric.F1{}, &metric.F1{}, animals, cat)
	goOn(&metric.Calibration{Bins: 2}, &metric.Calibration{Bins: 2}, animals, cat)
	// Output:
	// accuracy 0.6000
	// top_2_accuracy 0.8000
	// confusion 0.6000
	// precision_macro 0.6667
	// recall_macro 0.6667
	// f1_macro 0.6111
	// calibration_error 0.1983
}

// The second batch is a mail that was taken for spam.
func ExampleCollection_SetState() {
	mail := metric.Batch{Output: tensor.New([]float32{2}, 1), Labels: []int{0}}
	goOn(&metric.AUC{}, &metric.AUC{}, mails, mail)
	goOn(&metric.AP{}, &metric.AP{}, mails, mail)
	var c metric.Collection
	c.Add(mails)
	var again metric.Collection
	fmt.Println(again.SetState(c.State()), len(again.Scores))
	again.Reset()
	fmt.Println(len(again.Scores))
	// Output:
	// roc_auc 0.8333
	// average_precision 0.8333
	// <nil> 4
	// 0
}

// The second batch is a house whose price was right.
func ExampleR2_SetState() {
	house := metric.Batch{Output: tensor.New([]float32{2000}, 1), Target: tensor.New([]float32{2000}, 1)}
	goOn(&metric.MAE{}, &metric.MAE{}, houses, house)
	goOn(&metric.MSE{}, &metric.MSE{}, houses, house)
	goOn(&metric.RMSE{}, &metric.RMSE{}, houses, house)
	goOn(&metric.R2{}, &metric.R2{}, houses, house)
	// Output:
	// mae 75.0000
	// mse 7500.0000
	// rmse 86.6025
	// r2 0.9760
}

// The table says how often answers of some confidence are right. A single logit
// is that of spam, and the table is about how often a mail is.
func ExampleCalibration_Table() {
	c := &metric.Calibration{Bins: 2}
	c.Add(mails)
	for _, bin := range c.Table() {
		fmt.Printf("%d of %.2f: %.2f\n", bin.Count, bin.Confidence, bin.Accuracy)
	}
	// Output:
	// 1 of 0.12: 0.00
	// 3 of 0.77: 0.67
}
