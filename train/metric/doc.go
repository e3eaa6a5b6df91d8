// Package metric measures how well a model does.
//
// A loss is made to be differentiated. A metric is made to be read: the share
// of right answers, the error in the unit of the target. A [Metric] takes in an
// epoch batch by batch and then tells one number:
//
//	m := &metric.F1{Over: metric.Macro}
//	m.Add(metric.Batch{Output: logits, Labels: labels})
//	m.Value()
//
// [Of] measures a single batch. Where a program has plain slices, there are
// functions: [ROCAUC], [AveragePrecision], [CalibrationError].
//
// # Which one
//
// [Accuracy] misleads when classes are rare: of 1000 screws with 5 broken ones,
// 99.5 % are judged rightly by never looking. [Precision] asks how many of the
// alarms were real, [Recall] how many of the broken screws were found. [F1]
// is their harmonic mean, and is low when one of them is. A [Confusion] shows
// which classes are taken for which.
//
// These judge the answers at one threshold. [AUC] and [AP] judge the scores
// at all thresholds. AUC is the probability that a random positive example has
// a higher score than a random negative one. AP looks at the positive examples
// only, and is the better one when they are few.
//
// A [Calibration] asks another question: of the answers that the model gave
// with 80 % confidence, were 80 % right?
//
// For numbers there are [MAE], [MSE], [RMSE] and [R2]. MAE and RMSE have the unit
// of the target, and RMSE weighs large errors more. R² compares with the best
// constant: 1 is perfect, 0 no better than the mean of the targets.
//
// # Whose numbers
//
// scikit-learn decides what is right; the tests compare with its numbers. A
// ratio whose denominator is zero is 0, as with its zero_division=0. A mean of
// no examples at all is NaN. Sums are float64, in the order of the examples.
//
// # Labels that do not count
//
// A negative label marks a place that has no answer, as the padding of a
// sequence does; the losses of package nn leave out −100 by default. Every
// metric leaves out negative labels, and those equal to [Batch].Ignore.
//
// # Memory
//
// From its second epoch on, a metric allocates nothing in Add, when batches do
// not grow. AUC and AP keep every score, since they have to sort them; the
// others need the same memory for any number of examples.
package metric
