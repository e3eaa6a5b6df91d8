package metric

import (
	"encoding/json"
	"math"
	"os"
	"slices"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/tensor"
)

// A number is a float64 in testdata/sklearn.json; testdata/fixtures/metrics.py
// explains the file.
type number float64

func (n *number) UnmarshalJSON(b []byte) error {
	s := string(b)
	if q, err := strconv.Unquote(s); err == nil {
		s = q
	}
	v, err := strconv.ParseFloat(s, 64)
	*n = number(v)
	return err
}

func floats(ns []number) []float64 {
	out := make([]float64, len(ns))
	for i, n := range ns {
		out[i] = float64(n)
	}
	return out
}

type sklearn struct {
	Sklearn  string
	Rankings []struct {
		Name              string
		Scores            []number
		Labels            []int
		Fpr, Tpr          []number
		RocAt             []number `json:"roc_at"`
		RocAUC            number   `json:"roc_auc"`
		Precision, Recall []number
		PrAt              []number `json:"pr_at"`
		PrArea            number   `json:"pr_area"`
		AveragePrecision  number   `json:"average_precision"`
	}
	Classifications []struct {
		Name        string
		Shape       []int
		Logits      []number
		Labels      []int
		Accuracy    number
		Confusion   []int
		Classes     [][]number
		Averages    map[string][]number
		Top         map[int]number
		Calibration map[int]number
		LogLoss     number `json:"log_loss"`
	}
	Reliabilities []struct {
		Name                 string
		Logits, P            []number
		Labels               []int
		Bins                 int
		Accuracy, Confidence []number
		Error                number
		Binary               []number
	}
	Regressions []struct {
		Name               string
		Shape              []int
		Output, Target     []number
		MAE, MSE, RMSE, R2 number
	}
}

func readSklearn(t *testing.T) (f sklearn) {
	t.Helper()
	b, err := os.ReadFile("testdata/sklearn.json")
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(b, &f))
	require.Equal(t, "1.9.1", f.Sklearn)
	return f
}

// equal demands 1e-12 of the larger of 1 and the number.
func equal(t *testing.T, want number, got float64, name string) {
	t.Helper()
	w := float64(want)
	if math.IsNaN(w) || math.IsInf(w, 0) {
		require.Equal(t, strconv.FormatFloat(w, 'g', -1, 64), strconv.FormatFloat(got, 'g', -1, 64), name)
		return
	}
	require.InDelta(t, w, got, 1e-12*max(1, math.Abs(w)), name)
}

func equals(t *testing.T, want []number, got []float64, name string) {
	t.Helper()
	require.Len(t, got, len(want), name)
	for i := range want {
		equal(t, want[i], got[i], name+", number "+strconv.Itoa(i))
	}
}

func TestCurvesMatchScikitLearn(t *testing.T) {
	f := readSklearn(t)
	require.Len(t, f.Rankings, 12)
	for _, c := range f.Rankings {
		scores := floats(c.Scores)
		roc := ROC(scores, c.Labels)
		equals(t, c.Fpr, roc.X, c.Name)
		equals(t, c.Tpr, roc.Y, c.Name)
		equals(t, c.RocAt, roc.Threshold, c.Name)
		equal(t, c.RocAUC, ROCAUC(scores, c.Labels), c.Name)

		pr := PR(scores, c.Labels)
		equal(t, c.PrArea, pr.Area(), c.Name)
		equal(t, c.AveragePrecision, AveragePrecision(scores, c.Labels), c.Name)
		for _, s := range [][]float64{pr.X, pr.Y, pr.Threshold} {
			slices.Reverse(s)
		}
		equals(t, c.Recall, pr.X, c.Name)
		equals(t, c.Precision, pr.Y, c.Name)
		equals(t, c.PrAt, pr.Threshold[:len(pr.Threshold)-1], c.Name)
		require.True(t, math.IsInf(pr.Threshold[len(pr.Threshold)-1], 1))

		// The metrics, by one logit and by two, batch by batch.
		auc, ap := &AUC{}, &AP{}
		for _, m := range []Metric{auc, ap} {
			for i := 0; i < len(scores); i += 7 {
				part := scores[i:min(i+7, len(scores))]
				m.Add(Batch{Output: tensor.New(part, len(part)), Labels: c.Labels[i : i+len(part)]})
			}
		}
		equal(t, c.RocAUC, auc.Value(), c.Name)
		equal(t, c.AveragePrecision, ap.Value(), c.Name)
		two := make([]float64, 0, 2*len(scores))
		for _, s := range scores {
			two = append(two, 0, s)
		}
		equal(t, c.RocAUC, Of(auc, Batch{Output: tensor.New(two, len(scores), 2), Labels: c.Labels}), c.Name)
	}
}

// inBatches adds the rows of x in batches of a few, laid out as [batch classes
// 1], to m.
func inBatches(m Metric, x []float64, shape, labels []int) float64 {
	m.Reset()
	for i := 0; i < shape[0]; i += 11 {
		n := min(11, shape[0]-i)
		m.Add(Batch{Output: tensor.New(x[i*shape[1]:(i+n)*shape[1]], n, shape[1], 1), Labels: labels[i : i+n]})
	}
	return m.Value()
}

func TestClassificationMatchesScikitLearn(t *testing.T) {
	f := readSklearn(t)
	require.Len(t, f.Classifications, 9)
	over := map[string]Average{"macro": Macro, "micro": Micro, "weighted": Weighted, "binary": Binary}
	for _, c := range f.Classifications {
		x := floats(c.Logits)
		equal(t, c.Accuracy, inBatches(&Accuracy{}, x, c.Shape, c.Labels), c.Name)
		confusion := &Confusion{}
		equal(t, c.Accuracy, inBatches(confusion, x, c.Shape, c.Labels), c.Name)
		require.Equal(t, c.Confusion, confusion.n, c.Name)
		for k, want := range c.Classes {
			s := confusion.Class(k)
			equals(t, want, []float64{s.Precision, s.Recall, s.F1, float64(s.Support)}, c.Name)
		}
		for name, want := range c.Averages {
			precision := inBatches(&Precision{Over: over[name]}, x, c.Shape, c.Labels)
			recall := inBatches(&Recall{Over: over[name]}, x, c.Shape, c.Labels)
			f1 := inBatches(&F1{Over: over[name]}, x, c.Shape, c.Labels)
			equals(t, want, []float64{precision, recall, f1}, c.Name+" "+name)
		}
		for k, want := range c.Top {
			equal(t, want, inBatches(&TopK{K: k}, x, c.Shape, c.Labels), c.Name)
		}
		for bins, want := range c.Calibration {
			equal(t, want, inBatches(&Calibration{Bins: bins}, x, c.Shape, c.Labels), c.Name)
		}
		loss, perplexity := &Loss{}, &Perplexity{}
		for i := 0; i < len(c.Labels); {
			n := min(1+i/2, len(c.Labels)-i) // batches that grow
			b := crossEntropy(x[i*c.Shape[1]:(i+n)*c.Shape[1]], c.Labels[i:i+n])
			loss.Add(b)
			perplexity.Add(b)
			i += n
		}
		equal(t, c.LogLoss, loss.Value(), c.Name)
		equal(t, number(math.Exp(float64(c.LogLoss))), perplexity.Value(), c.Name)
	}
}

// crossEntropy returns the loss of a few rows of logits, as an objective tells it.
func crossEntropy(x []float64, labels []int) (b Batch) {
	logits := tensor.New(x, len(labels), len(x)/len(labels))
	rows := tensor.Zeros64(len(labels))
	target := &tensor.ClassTarget{Labels: labels}
	tensor.CrossEntropyTo(rows, logits, target)
	for _, l := range labels {
		if l >= 0 {
			b.Count++
		}
	}
	for _, v := range tensor.Values(rows) {
		b.Loss += v / float64(b.Count)
	}
	return b
}

func TestReliabilityMatchesScikitLearn(t *testing.T) {
	f := readSklearn(t)
	require.Len(t, f.Reliabilities, 3)
	for _, c := range f.Reliabilities {
		right := make([]bool, len(c.Labels))
		for i, l := range c.Labels {
			right[i] = l == 1
		}
		x := tensor.New(floats(c.Logits), len(c.Logits), 1)
		m := &Calibration{Bins: c.Bins}
		equal(t, c.Error, Of(m, Batch{Output: x, Labels: c.Labels}), c.Name)
		equal(t, c.Error, CalibrationError(floats(c.P), right, c.Bins), c.Name)
		table := Reliability(floats(c.P), right, c.Bins)
		require.Len(t, table, c.Bins)
		full := slices.DeleteFunc(slices.Clone(table), func(b Bin) bool { return b.Count == 0 })
		require.Len(t, full, len(c.Accuracy))
		for i, b := range full { // scikit-learn leaves out empty bins
			equal(t, c.Accuracy[i], b.Accuracy, c.Name)
			equal(t, c.Confidence[i], b.Confidence, c.Name)
		}
		for i, b := range m.Table() {
			require.Equal(t, table[i].Count, b.Count, c.Name)
			equal(t, number(table[i].Confidence), b.Confidence, c.Name)
		}
		one := &F1{Over: Binary} // of a single logit
		f1 := Of(one, Batch{Output: x, Labels: c.Labels})
		equals(t, c.Binary, []float64{one.Class(1).Precision, one.Class(1).Recall, f1}, c.Name)
	}
}

func TestRegressionMatchesScikitLearn(t *testing.T) {
	f := readSklearn(t)
	require.Len(t, f.Regressions, 10)
	for _, c := range f.Regressions {
		output, target := floats(c.Output), floats(c.Target)
		for m, want := range map[Metric]number{&MAE{}: c.MAE, &MSE{}: c.MSE, &RMSE{}: c.RMSE, &R2{}: c.R2} {
			whole := Batch{Output: tensor.New(output, c.Shape...), Target: tensor.New(target, c.Shape...)}
			equal(t, want, Of(m, whole), c.Name+" "+m.Name())
			m.Reset()
			for i := 0; i < c.Shape[0]; i += 7 {
				end := min(i+7, c.Shape[0])
				m.Add(Batch{Output: whole.Output.Slice(0, i, end, 1), Target: whole.Target.Slice(0, i, end, 1)})
			}
			equal(t, want, m.Value(), c.Name+" "+m.Name())
		}
	}
}
