// Package train runs the training loop and measures what came of it.
//
// # The loop
//
// Training is the repetition of one step: take a batch of examples, compute the
// loss, differentiate it, and let the optimizer move the parameters a little
// way downhill. A [Fit] holds what takes part, and its Run does the steps:
//
//	r := tensor.NewRand(1)
//	model := nn.Sequential{nn.Flatten{}, nn.NewLinear(r, 784, 10)}
//	fit := &train.Fit[data.Batch]{
//		Model:     model,
//		Objective: train.Classify(model, nn.CrossEntropy),
//		Opt:       optim.NewAdam(nn.Params(model), optim.Adam{}),
//		Train:     &data.Loader[data.Batch]{Set: synthetic.Digits(10_000, 1), Batch: 64, Shuffle: r},
//		Valid:     &data.Loader[data.Batch]{Set: synthetic.Digits(1_000, 2), Batch: 64},
//		Metrics:   []metric.Metric{&metric.Accuracy{}},
//		Epochs:    3,
//	}
//	history, err := fit.Run(ctx)
//
// That is all there is to it; a loop written out by hand, as in the lesson of
// package autograd, does the same. What Run adds is what one forgets: the
// learning rate of each step from a schedule, a [History] of every step and
// epoch, a validation in evaluation mode, a stop that loses nothing, and a
// look at whether the numbers are still numbers.
//
// # Whatever is to be learnt
//
// A Fit is generic in the batch, which is a type of the program's own, and asks
// an [Objective] for the loss. [Classify], [Regress], [Reconstruct] and
// [NextToken] are the usual ones; the examples of this package have others: two
// inputs, a stream without a known length, and a GAN, whose second objective is
// a [Turn] with an optimizer of its own.
//
// A step may take several batches (Accumulate), and several goroutines may work
// on them (Workers). Then each batch has random numbers of its own, and the
// running statistics of batch norm take in the batches in order, so that the
// number of workers changes no bit.
//
// [Units] counts the units of a layer that no example makes active. An [Average]
// of the weights over the steps often does better than the last weights, and a
// [Watch] ends a run that has ceased to improve.
//
// # Finding settings
//
// [Fit.TestRates] tries learning rates and leaves the run as it was.
// [CrossValidate] tells how far a score can be trusted: it trains on all parts of
// the data but one, and measures on that, for each part. A [Search] tries
// settings from a [Grid] or from [Draw], and writes a table.
//
// # Using a model
//
// A [Predictor] asks a model for its output. Any number of goroutines may share
// one, without a lock.
//
// # Measuring
//
// A [Score] is a mean loss and what metrics say, summed up in float64. The score of
// an epoch of training is a by-product of its steps: the model changed with
// every step while it was measured, and dropout was on. The score on examples
// that are never trained on, by [Evaluate], is the one to believe. When the
// former still improves and the latter does not, the model has begun to learn
// its training set by heart.
//
// # Stopping
//
// When its context is done, Run finishes the step in progress and returns what
// has been done with a [*StopError]. When a loss or a
// gradient is no longer a finite number, Run stops before the optimizer can
// spread it to the parameters. It then does the step once more on a tape that
// looks at every operation, and returns a [*StopError] with an
// [*autograd.NaNError] inside, which names the first operation that made NaN or
// Inf.
//
// # Going on
//
// With [Checkpoints] a run saves all that it needs to go on, and [Fit.Resume]
// goes on from the newest checkpoint, after a stop or a kill, with the bits of a
// run that was never stopped. Package checkpoint says why no interruption leaves
// a torn one.
//
// # The same numbers every time
//
// All random numbers come from the generators of the layers and of the loader,
// or from the seeds of both.
// No sum is taken in an order that depends on the number of threads. The same
// seed therefore gives the same weights, to the last bit, on all processors with
// the same instruction set. Each instruction set (AVX-512, AVX2, NEON, and plain
// Go where there is none of these) adds in an order of its own. Its weights, and
// those of PyTorch, are the same up to rounding.
package train
