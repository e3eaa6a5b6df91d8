package metric_test

import (
	"fmt"

	"github.com/descent-ml/descent/tensor"
	"github.com/descent-ml/descent/train/metric"
)

// Four animals: 0 is a cat, 1 a dog, 2 a bird. The model takes the second dog
// for a cat.
var (
	animals = metric.Batch{
		Output: tensor.New([]float32{3, 1, 0, 0, 2, 1, 1.5, 1, 0, 0, 1, 4}, 4, 3),
		Labels: []int{0, 1, 1, 2},
		Loss:   0.5, Count: 4,
	}
	// Of four mails the second and the fourth are spam; the outputs are logits.
	mails = metric.Batch{Output: tensor.New([]float32{-2, 1, 0.5, 3}, 4), Labels: []int{0, 1, 0, 1}}
	// Prices of three houses.
	houses = metric.Batch{
		Output: tensor.New([]float32{1400, 2600, 3100}, 3),
		Target: tensor.New([]float32{1500, 2500, 3000}, 3),
	}
)

// An epoch of two batches, with a placeholder that does not count.
func Example() {
	metrics := []metric.Metric{&metric.Accuracy{}, &metric.F1{Over: metric.Macro}}
	second := metric.Batch{Output: tensor.New([]float32{1, 0, 0, 0, 5, 0}, 2, 3), Labels: []int{2, -100}}
	for _, m := range metrics {
		m.Reset()
		m.Add(animals)
		m.Add(second)
		fmt.Printf("%s %.4f\n", m.Name(), m.Value())
	}
	// Output:
	// accuracy 0.6000
	// f1_macro 0.6111
}

func ExampleMetric() {
	var m metric.Metric = &metric.Accuracy{}
	m.Add(animals)
	fmt.Println(m.Value())
	// Output: 0.75
}

func ExampleBatch() {
	last := 2 // birds do not count
	b := animals
	b.Ignore = &last
	fmt.Printf("%.4f\n", metric.Of(&metric.Accuracy{}, b))
	// Output: 0.6667
}

func ExampleLoss() {
	m := &metric.Loss{}
	m.Add(metric.Batch{Loss: 0.5, Count: 64})
	m.Add(metric.Batch{Loss: 0.8, Count: 32}) // the last batch is smaller
	fmt.Printf("%.2f\n", m.Value())
	// Output: 0.60
}

func ExamplePerplexity() {
	m := &metric.Perplexity{}
	m.Add(metric.Batch{Loss: 1.5, Count: 256})
	fmt.Printf("as unsure as among %.2f characters\n", m.Value())
	// Output: as unsure as among 4.48 characters
}

func ExampleAccuracy() {
	fmt.Println(metric.Of(&metric.Accuracy{}, animals))
	// Output: 0.75
}

func ExampleTopK() {
	fmt.Println(metric.Of(&metric.TopK{K: 2}, animals))
	// Output: 1
}

func ExampleConfusion() {
	c := &metric.Confusion{}
	c.Add(animals)
	for label := range c.Classes() {
		fmt.Println(c.Row(label))
	}
	// Output:
	// [1 0 0]
	// [1 1 0]
	// [0 0 1]
}

func ExampleScores() {
	c := metric.NewConfusion([]int{0, 1, 1, 2}, []int{0, 1, 0, 2}, 3)
	for class := range c.Classes() {
		s := c.Class(class)
		fmt.Printf("precision %.2f, recall %.2f, F1 %.2f of %d\n", s.Precision, s.Recall, s.F1, s.Support)
	}
	// Output:
	// precision 0.50, recall 1.00, F1 0.67 of 1
	// precision 1.00, recall 0.50, F1 0.67 of 2
	// precision 1.00, recall 1.00, F1 1.00 of 1
}

func ExampleAverage() {
	c := &metric.Confusion{}
	c.Add(animals)
	for _, over := range []metric.Average{metric.Macro, metric.Micro, metric.Weighted} {
		fmt.Printf("%.4f\n", c.Average(over).Precision)
	}
	// Output:
	// 0.8333
	// 0.7500
	// 0.8750
}

func ExamplePrecision() {
	m := &metric.Precision{Over: metric.Binary}
	fmt.Printf("%s %.4f\n", m.Name(), metric.Of(m, mails))
	// Output: precision 0.6667
}

func ExampleRecall() {
	fmt.Println(metric.Of(&metric.Recall{Over: metric.Binary}, mails))
	// Output: 1
}

func ExampleF1() {
	m := &metric.F1{Over: metric.Macro}
	fmt.Printf("%.4f on average, %.4f of the dogs\n", metric.Of(m, animals), m.Class(1).F1)
	// Output: 0.7778 on average, 0.6667 of the dogs
}

func ExampleCurve() {
	c := metric.ROC([]float64{0.9, 0.8, 0.4, 0.1}, []int{1, 0, 1, 0})
	for i := range c.X {
		fmt.Printf("from %v up: %v of the negative, %v of the positive\n", c.Threshold[i], c.X[i], c.Y[i])
	}
	// Output:
	// from +Inf up: 0 of the negative, 0 of the positive
	// from 0.9 up: 0 of the negative, 0.5 of the positive
	// from 0.8 up: 0.5 of the negative, 0.5 of the positive
	// from 0.4 up: 0.5 of the negative, 1 of the positive
	// from 0.1 up: 1 of the negative, 1 of the positive
}

func ExampleROCAUC() {
	fmt.Println(metric.ROCAUC([]float64{0.9, 0.8, 0.4, 0.1}, []int{1, 0, 1, 0}))
	// Output: 0.75
}

func ExamplePR() {
	fmt.Printf("%.4f\n", metric.PR([]float64{0.9, 0.8, 0.4, 0.1}, []int{1, 0, 1, 0}).Area())
	// Output: 0.7917
}

func ExampleAveragePrecision() {
	fmt.Printf("%.4f\n", metric.AveragePrecision([]float64{0.9, 0.8, 0.4, 0.1}, []int{1, 0, 1, 0}))
	// Output: 0.8333
}

func ExampleAUC() {
	m := &metric.AUC{}
	fmt.Println(metric.Of(m, mails), "with a curve of", len(metric.ROC(m.Scores, m.Labels).X), "points")
	// Output: 1 with a curve of 5 points
}

func ExampleAP() {
	fmt.Println(metric.Of(&metric.AP{}, mails))
	// Output: 1
}

// A measure of one's own over all scores.
func ExampleCollection() {
	var c metric.Collection
	c.Add(mails)
	fmt.Println(c.Scores, c.Labels)
	// Output: [-2 1 0.5 3] [0 1 0 1]
}

func ExampleCalibration() {
	fmt.Printf("%.4f\n", metric.Of(&metric.Calibration{Bins: 10}, animals))
	// Output: 0.2753
}

func ExampleBin() {
	p := []float64{0.95, 0.9, 0.85, 0.6, 0.55}
	right := []bool{true, true, false, true, false}
	for _, b := range metric.Reliability(p, right, 2) {
		fmt.Printf("(%.1f %.1f] %d answers, confidence %.2f, right %.2f\n", b.Low, b.High, b.Count, b.Confidence, b.Accuracy)
	}
	fmt.Printf("error %.2f\n", metric.CalibrationError(p, right, 2))
	// Output:
	// (0.0 0.5] 0 answers, confidence 0.00, right 0.00
	// (0.5 1.0] 5 answers, confidence 0.77, right 0.60
	// error 0.17
}

func ExampleMAE() {
	fmt.Println(metric.Of(&metric.MAE{}, houses))
	// Output: 100
}

func ExampleMSE() {
	fmt.Println(metric.Of(&metric.MSE{}, houses))
	// Output: 10000
}

func ExampleRMSE() {
	fmt.Println(metric.Of(&metric.RMSE{}, houses))
	// Output: 100
}

func ExampleR2() {
	fmt.Printf("%.4f\n", metric.Of(&metric.R2{}, houses))
	// Output: 0.9743
}
