package main

import (
	"encoding/json"
	"os"
	"path/filepath"

	"github.com/descent-ml/descent/codec/npy"
	"github.com/descent-ml/descent/tensor"
	"github.com/descent-ml/descent/train/metric"
)

// metricsFiles measures answers, for scikit-learn to compare.
func metricsFiles(from, to string) error {
	arrays, err := npy.ReadZipFile(filepath.Join(from, "answers.npz"))
	if err != nil {
		return err
	}
	floats, labels := map[string]*tensor.Tensor{}, map[string][]int{}
	for _, a := range arrays {
		if a.Array.DType() == "int64" {
			labels[a.Name], err = a.Array.Ints()
		} else {
			floats[a.Name], err = a.Array.Tensor()
		}
		if err != nil {
			return err
		}
	}
	classes := metric.Batch{Output: floats["logits"], Labels: labels["labels"]}
	numbers := metric.Batch{Output: floats["output"], Target: floats["target"]}
	scores := tensor.Data[float64](floats["scores"])
	values := map[string]any{
		"accuracy":          metric.Of(&metric.Accuracy{}, classes),
		"top_2":             metric.Of(&metric.TopK{K: 2}, classes),
		"roc_auc":           metric.ROCAUC(scores, labels["two"]),
		"average_precision": metric.AveragePrecision(scores, labels["two"]),
		"mae":               metric.Of(&metric.MAE{}, numbers),
		"mse":               metric.Of(&metric.MSE{}, numbers),
		"rmse":              metric.Of(&metric.RMSE{}, numbers),
		"r2":                metric.Of(&metric.R2{}, numbers),
	}
	for name, over := range map[string]metric.Average{"macro": metric.Macro, "micro": metric.Micro, "weighted": metric.Weighted} {
		values["precision_"+name] = metric.Of(&metric.Precision{Over: over}, classes)
		values["recall_"+name] = metric.Of(&metric.Recall{Over: over}, classes)
		values["f1_"+name] = metric.Of(&metric.F1{Over: over}, classes)
	}
	confusion := &metric.Confusion{}
	confusion.Add(classes)
	rows := make([][]int, confusion.Classes())
	for i := range rows {
		rows[i] = confusion.Row(i)
	}
	values["confusion"] = rows
	b, err := json.Marshal(values)
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(to, "metrics.json"), b, 0o666)
}
