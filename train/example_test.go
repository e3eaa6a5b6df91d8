package train_test

import (
	"context"
	"fmt"
	"io"
	"math"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/data"
	"github.com/descent-ml/descent/data/text"
	"github.com/descent-ml/descent/nn"
	"github.com/descent-ml/descent/optim"
	"github.com/descent-ml/descent/tensor"
	"github.com/descent-ml/descent/train"
	"github.com/descent-ml/descent/train/metric"
)

// The programs by which the frame was judged. Each is a data set, a model and an
// objective.

// A classifier: what class does an example belong to?
func ExampleClassify() {
	r := tensor.NewRand(1)
	model := nn.Sequential{nn.NewLinear(r, 2, 16), nn.Tanh{}, nn.NewLinear(r, 16, 3)}
	fit := &train.Fit[data.Batch]{
		Model:     model,
		Objective: train.Classify(model, nn.CrossEntropy),
		Opt:       optim.NewAdam(nn.Params(model), optim.Adam{LR: 0.02}),
		Train:     &data.Loader[data.Batch]{Set: clouds(300, 1), Batch: 10, Shuffle: r},
		Valid:     &data.Loader[data.Batch]{Set: clouds(300, 2), Batch: 100},
		Metrics:   []metric.Metric{&metric.Accuracy{}},
		Epochs:    5,
	}
	h, err := fit.Run(context.Background())
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("nearly all are right:", h.Epochs[4].Valid.Of("accuracy") > 0.97)
	// Output: nearly all are right: true
}

// A regression: what number belongs to an example? Here it is a sine.
func ExampleRegress() {
	r := tensor.NewRand(1)
	x := tensor.Zeros(200, 1)
	r.Uniform(x, -3, 3)
	set := &data.Examples{X: x, Y: tensor.Sin(x)}

	model := nn.Sequential{nn.NewLinear(r, 1, 32), nn.Tanh{}, nn.NewLinear(r, 32, 1)}
	fit := &train.Fit[data.Batch]{
		Model:     model,
		Objective: train.Regress(model, nn.MSE),
		Opt:       optim.NewAdam(nn.Params(model), optim.Adam{LR: 0.02}),
		Train:     &data.Loader[data.Batch]{Set: set, Batch: 20, Shuffle: r},
		Epochs:    60,
	}
	if _, err := fit.Run(context.Background()); err != nil {
		fmt.Println(err)
		return
	}
	y := train.NewPredictor(model).Predict(tensor.New([]float32{math.Pi / 2}, 1, 1)).Item()
	fmt.Printf("sin(π/2) = %.0f\n", y)
	// Output: sin(π/2) = 1
}

// An autoencoder: four numbers that are made of one go through a single number.
func ExampleReconstruct() {
	r := tensor.NewRand(1)
	u := tensor.Zeros(200, 1)
	r.Normal(u, 0, 1)
	set := &data.Examples{X: tensor.Concat(1, u, tensor.MulScalar(u, 2), tensor.Neg(u), tensor.MulScalar(u, 0.5))}

	model := nn.Sequential{nn.NewLinear(r, 4, 1), nn.NewLinear(r, 1, 4)}
	fit := &train.Fit[data.Batch]{
		Model:     model,
		Objective: train.Reconstruct(model, nn.MSE),
		Opt:       optim.NewAdam(nn.Params(model), optim.Adam{LR: 0.02}),
		Train:     &data.Loader[data.Batch]{Set: set, Batch: 20, Shuffle: r},
		Epochs:    30,
	}
	if _, err := fit.Run(context.Background()); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%.2f\n", tensor.Values(train.NewPredictor(model).Predict(tensor.New([]float32{1, 2, -1, 0.5}, 1, 4))))
	// Output: [1.00 2.00 -1.00 0.50]
}

// A GAN has two objectives, two optimizers, and one loop.
func ExampleTurn() {
	r := tensor.NewRand(1)
	real := tensor.Zeros(256, 1) // numbers around 4
	r.Normal(real, 4, 0.5)
	generator := nn.Sequential{nn.NewLinear(r, 1, 1)}
	critic := nn.Sequential{nn.NewLinear(r, 1, 16), nn.LeakyReLU{}, nn.NewLinear(r, 16, 1)}
	model := &struct{ Generator, Critic nn.Sequential }{generator, critic}

	fake := func(t *autograd.Tape, n int) autograd.Var {
		return generator.Forward(t.Normal(tensor.Float32, r, n, 1))
	}
	says := func(logits autograd.Var, label float64) autograd.Var {
		return nn.BCEWithLogits(logits, logits.Tape().Const(tensor.Full(label, logits.Shape()...)))
	}
	fit := &train.Fit[data.Batch]{
		Model: model,
		Objective: func(t *autograd.Tape, b *data.Batch) train.Outcome { // tell real from fake
			n := b.X.Dim(0)
			return train.Outcome{Loss: says(critic.Forward(t.Const(b.X)), 1).Add(says(critic.Forward(fake(t, n)), 0)), Count: n}
		},
		Opt: optim.NewAdam(nn.Params(critic), optim.Adam{LR: 0.01, Betas: [2]float64{0.5, 0.99}}),
		Also: []train.Turn[data.Batch]{{
			Objective: func(t *autograd.Tape, b *data.Batch) train.Outcome { // and pass for real
				n := b.X.Dim(0)
				return train.Outcome{Loss: says(critic.Forward(fake(t, n)), 1), Count: n}
			},
			Opt: optim.NewAdam(nn.Params(generator), optim.Adam{LR: 0.01, Betas: [2]float64{0.5, 0.99}}),
		}},
		Train:  &data.Loader[data.Batch]{Set: &data.Examples{X: real}, Batch: 32, Shuffle: r},
		Epochs: 100,
	}
	h, err := fit.Run(context.Background())
	if err != nil {
		fmt.Println(err)
		return
	}
	tape := autograd.NewTape()
	mean := tensor.Mean(fake(tape, 1000).Value()).Item()
	fmt.Println("losses in a step:", 1+len(h.Steps[0].Also))
	fmt.Println("around 4:", math.Abs(mean-4) < 1)
	// Output:
	// losses in a step: 2
	// around 4: true
}

// A language model: which character comes next? After an embedding come layers
// as in any other model.
type language struct {
	Embed *nn.Embedding
	Body  nn.Sequential
}

func (m *language) Forward(t *autograd.Tape, tokens []int, shape ...int) autograd.Var {
	return m.Body.Forward(m.Embed.Forward(t, tokens, shape...))
}

func ExampleNextToken() {
	var tokens []int // 0 1 2 3 2 1 0 1 …: after 1 comes 2 or 0, as it came from 0 or 2
	for range 60 {
		tokens = append(tokens, 0, 1, 2, 3, 2, 1)
	}
	r := tensor.NewRand(1)
	model := &language{nn.NewEmbedding(r, 4, 8), nn.Sequential{
		nn.NewPositionalEmbedding(r, 12, 8),
		nn.NewTransformerBlock(r, 8, nn.TransformerBlockOptions{Heads: 2, Hidden: 16, Causal: true}),
		nn.NewLinear(r, 8, 4),
	}}
	fit := &train.Fit[text.Batch]{
		Model:     model,
		Objective: train.NextToken(model),
		Opt:       optim.NewAdam(nn.Params(model), optim.Adam{LR: 0.02}),
		Train:     &data.Loader[text.Batch]{Set: &text.Windows{Tokens: tokens, Length: 12, Stride: 1}, Batch: 32, Shuffle: r},
		Metrics:   []metric.Metric{&metric.Accuracy{}, &metric.Perplexity{}},
		Epochs:    10,
	}
	if _, err := fit.Run(context.Background()); err != nil {
		fmt.Println(err)
		return
	}
	next := &train.Predictor[[]int]{Forward: func(t *autograd.Tape, tokens []int) autograd.Var {
		return model.Forward(t, tokens, 1, len(tokens))
	}}
	fmt.Println(tensor.ArgMax(next.Predict([]int{3, 2, 1, 0, 1}), 2)) // what comes after each
	// Output: [2 1 0 1 2]
}

// Two inputs, and a batch of one's own: is the second point to the right of the
// first, and above it?
type pairs struct {
	Left, Right *tensor.Tensor // [batch 2]
	Labels      []int
}

// A pairSet makes each pair from its number.
type pairSet struct{ n int }

func (s pairSet) Len() int { return s.n }

func (s pairSet) Fill(b *pairs, index []int) error {
	if b.Left == nil || b.Left.Dim(0) != len(index) {
		b.Left, b.Right = tensor.Zeros(len(index), 2), tensor.Zeros(len(index), 2)
	}
	b.Labels = b.Labels[:0]
	var r tensor.Rand
	for i, example := range index {
		r.Seed(uint64(example))
		label := 1
		for axis := range 2 {
			from, to := r.Float64(), r.Float64()
			b.Left.Set(from, i, axis)
			b.Right.Set(to, i, axis)
			if to < from {
				label = 0
			}
		}
		b.Labels = append(b.Labels, label)
	}
	return nil
}

func ExampleObjective() {
	r := tensor.NewRand(1)
	model := nn.Sequential{nn.NewLinear(r, 4, 16), nn.ReLU{}, nn.NewLinear(r, 16, 2)}
	fit := &train.Fit[pairs]{
		Model: model,
		Objective: func(t *autograd.Tape, b *pairs) train.Outcome {
			logits := model.Forward(autograd.Concat(1, t.Const(b.Left), t.Const(b.Right)))
			return train.Outcome{Loss: nn.CrossEntropy(logits, b.Labels), Output: logits, Labels: b.Labels}
		},
		Opt:     optim.NewAdam(nn.Params(model), optim.Adam{LR: 0.02}),
		Train:   &data.Loader[pairs]{Set: pairSet{1000}, Batch: 50, Shuffle: r},
		Metrics: []metric.Metric{&metric.Accuracy{}},
		Epochs:  20,
	}
	h, err := fit.Run(context.Background())
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("nearly all are right:", h.Epochs[19].Train.Of("accuracy") > 0.95)
	// Output: nearly all are right: true
}

// A stream has no length: each epoch ends when its source does.
func ExampleFit_stream() {
	r := tensor.NewRand(1)
	model := nn.Sequential{nn.NewLinear(r, 2, 1)}
	stream := &data.Stream[data.Batch]{Open: func(epoch int) (func(b *data.Batch) error, func() error, error) {
		numbers, left := tensor.NewRand(uint64(epoch)), 50
		next := func(b *data.Batch) error {
			if left == 0 {
				return io.EOF
			}
			left--
			if b.X == nil {
				b.X, b.Y = tensor.Zeros(8, 2), tensor.Zeros(8, 1)
			}
			numbers.Normal(b.X, 0, 1)
			for i := range 8 { // y = 3 x₀ − x₁ + 2
				b.Y.Set(3*b.X.At(i, 0)-b.X.At(i, 1)+2, i, 0)
			}
			return nil
		}
		return next, nil, nil
	}}
	fit := &train.Fit[data.Batch]{
		Model:     model,
		Objective: train.Regress(model, nn.MSE),
		Opt:       optim.NewSGD(nn.Params(model), optim.SGD{LR: 0.1}),
		Train:     stream,
		Epochs:    3,
	}
	h, err := fit.Run(context.Background())
	if err != nil {
		fmt.Println(err)
		return
	}
	line := model[0].(*nn.Linear)
	fmt.Println(len(h.Steps), "steps")
	fmt.Printf("%.2f %.2f\n", tensor.Values(line.Weight.Value), line.Bias.Value.At(0))
	// Output:
	// 150 steps
	// [3.00 -1.00] 2.00
}
