package main

import (
	"fmt"

	. "github.com/gomlx/gomlx/pkg/core/graph" //lint:ignore ST1001 as its own examples do
	"github.com/gomlx/gomlx/pkg/core/tensors"
	"github.com/gomlx/gomlx/pkg/ml/context"
	"github.com/gomlx/gomlx/pkg/ml/layers"
	"github.com/gomlx/gomlx/pkg/ml/layers/activations"
	"github.com/gomlx/gomlx/pkg/ml/train"
	"github.com/gomlx/gomlx/pkg/ml/train/losses"
	"github.com/gomlx/gomlx/pkg/ml/train/optimizers"

	"github.com/descent-ml/descent/benchmarks/measure"
)

// A model returns the output for an input.
type model func(ctx *context.Context, x *Node) *Node

func steps() []measure.Workload {
	list := []measure.Workload{
		step("tiny_mlp_2_16_16_1_b4", dense(activations.TypeTanh, 16, 16, 1), losses.MeanSquaredError, sgd, func() (x, y *tensors.Tensor) {
			return uniform(4, 2), uniform(4, 1)
		}),
		classify("mlp_784_512_512_10_b128_adam", dense(activations.TypeRelu, 512, 512, 10), adam, 128),
	}
	for _, batch := range []int{1, 64, 256} {
		list = append(list, classify(fmt.Sprintf("mlp_784_128_10_b%d", batch), dense(activations.TypeRelu, 128, 10), sgd, batch))
	}
	return list
}

func sgd() optimizers.Interface {
	return optimizers.StochasticGradientDescent().WithLearningRate(0.01).WithDecay(false).Done()
}

func adam() optimizers.Interface { return optimizers.Adam().LearningRate(0.001).Done() }

// classify is a training step on images and labels.
func classify(name string, m model, opt func() optimizers.Interface, batch int) measure.Workload {
	return step(name, m, losses.SparseCategoricalCrossEntropyLogits, opt, func() (x, y *tensors.Tensor) {
		return uniform(batch, 784), labels(10, batch, 1)
	})
}

func step(name string, m model, loss train.LossFn, opt func() optimizers.Interface, data func() (x, y *tensors.Tensor)) measure.Workload {
	return measure.Workload{Name: name, Setup: func() func() {
		modelFn := func(ctx *context.Context, _ any, inputs []*Node) []*Node { return []*Node{m(ctx, inputs[0])} }
		trainer := train.NewTrainer(backend(), context.New(), modelFn, loss, opt(), nil, nil)
		x, y := data()
		xs, ys := []*tensors.Tensor{x}, []*tensors.Tensor{y}
		return func() {
			metrics, err := trainer.TrainStep(nil, xs, ys)
			if err != nil {
				panic(err)
			}
			for _, t := range metrics {
				t.MustFinalizeAll()
			}
		}
	}}
}

// dense is layers of the given widths with an activation between them.
func dense(act activations.Type, widths ...int) model {
	return func(ctx *context.Context, x *Node) *Node {
		for i, w := range widths {
			if i > 0 {
				x = activations.Apply(act, x)
			}
			x = layers.DenseWithBias(ctx.In(fmt.Sprintf("fc%d", i)), x, w)
		}
		return x
	}
}
