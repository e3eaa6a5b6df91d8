package train

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/data"
	"github.com/descent-ml/descent/data/text"
	"github.com/descent-ml/descent/nn"
	"github.com/descent-ml/descent/optim"
	"github.com/descent-ml/descent/tensor"
)

// A gan is a generator, which makes points of noise, and a critic, which tells
// them from those of the data.
type gan struct {
	Generator, Critic nn.Sequential
	noise             *tensor.Rand
}

func newGAN(seed uint64) *gan {
	r := tensor.NewRand(seed)
	return &gan{
		Generator: nn.Sequential{nn.NewLinear(r, 2, 8), nn.ReLU{}, nn.NewLinear(r, 8, 2)},
		Critic:    nn.Sequential{nn.NewLinear(r, 2, 8), nn.ReLU{}, nn.NewLinear(r, 8, 1)},
		noise:     r,
	}
}

func (g *gan) make(t *autograd.Tape, n int) autograd.Var {
	return g.Generator.Forward(t.Normal(tensor.Float32, g.noise, n, 2))
}

// judge is the loss of the critic: −log p(real) − log(1 − p(fake)).
func (g *gan) judge(t *autograd.Tape, b *data.Batch) Outcome {
	n := b.X.Dim(0)
	t.SetRecording(false)
	fake := g.make(t, n)
	t.SetRecording(true)
	real := g.Critic.Forward(t.Const(b.X)).Neg().Softplus(1, 20).Mean()
	return Outcome{Loss: real.Add(g.Critic.Forward(fake).Softplus(1, 20).Mean()), Count: n}
}

// deceive is the loss of the generator: −log p(fake).
func (g *gan) deceive(t *autograd.Tape, b *data.Batch) Outcome {
	n := b.X.Dim(0)
	return Outcome{Loss: g.Critic.Forward(g.make(t, n)).Neg().Softplus(1, 20).Mean(), Count: n}
}

// fit returns a run on 96 points in batches of 16.
func (g *gan) fit() *Fit[data.Batch] {
	x := tensor.Zeros(96, 2)
	tensor.NewRand(7).Normal(x, 3, 0.5)
	return &Fit[data.Batch]{
		Model:     g,
		Objective: g.judge,
		Opt:       optim.NewAdam(nn.Params(g.Critic), optim.Adam{LR: 0.01}),
		Also: []Turn[data.Batch]{{
			Objective: g.deceive, Opt: optim.NewAdam(nn.Params(g.Generator), optim.Adam{}), Schedule: optim.Constant{LR: 0.02}, Clip: 0.5,
		}},
		Train:  &data.Loader[data.Batch]{Set: &data.Examples{X: x}, Batch: 16},
		Epochs: 2,
	}
}

// Turns are what a loop with two optimizers does, step by step.
func TestTurnsAreTheLoopWrittenOut(t *testing.T) {
	g, twin := newGAN(1), newGAN(1)
	fit, by := g.fit(), twin.fit()
	h, err := fit.Run(context.Background())
	require.NoError(t, err)
	tape := autograd.NewTape()
	n := 0
	for range 2 {
		for b := range by.Train.Epoch() {
			generator := tensor.Values(nn.Params(twin.Generator)[0].Value)
			tape.Reset()
			first := twin.judge(tape, b).Loss
			by.Opt.Step(first.Backward())
			require.Equal(t, first.Item(), h.Steps[n].Loss)
			require.Equal(t, generator, tensor.Values(nn.Params(twin.Generator)[0].Value))

			critic := tensor.Values(nn.Params(twin.Critic)[0].Value)
			tape.Reset()
			second := twin.deceive(tape, b).Loss
			grads := second.Backward()
			grads.ClipNorm(0.5)
			by.Also[0].Opt.SetLR(0.02)
			by.Also[0].Opt.Step(grads)
			require.Equal(t, []float64{second.Item()}, h.Steps[n].Also)
			require.Equal(t, critic, tensor.Values(nn.Params(twin.Critic)[0].Value))
			n++
		}
	}
	require.Len(t, h.Steps, n)
	want, got := nn.State(twin), nn.State(g)
	for i := range want {
		require.Equal(t, tensor.Values(want[i].Value), tensor.Values(got[i].Value), want[i].Name)
	}
}

// Without an optimizer for it, a net is not moved by a turn.
func TestOptimizersMoveOnlyTheirs(t *testing.T) {
	g := newGAN(1)
	fit := g.fit()
	fit.Also = nil
	before := nn.Snapshot(g)
	_, err := fit.Run(context.Background())
	require.NoError(t, err)
	for i, s := range nn.State(g) {
		moved := s.Name[:6] == "critic"
		require.Equal(t, moved, tensor.Values(before[i].Value)[0] != tensor.Values(s.Value)[0], s.Name)
	}
}

func TestTurnsAllocateNothing(t *testing.T) {
	for _, c := range []struct{ accumulate, workers int }{{}, {2, 1}} {
		fit := newGAN(1).fit()
		fit.Epochs, fit.Accumulate, fit.Workers = 1000, c.accumulate, c.workers
		run := fit.start()
		for range 2 {
			require.NoError(t, run.pass(context.Background()))
		}
		grown := len(run.history.also)
		for b := range run.Train.Epoch() {
			require.Zero(t, testing.AllocsPerRun(12, func() { require.NoError(t, run.take(b)) }), "%+v", c)
		}
		require.Greater(t, len(run.history.also), grown)
		require.Len(t, run.history.also, len(run.history.Steps))
		require.GreaterOrEqual(t, cap(run.history.also), cap(run.history.Steps), "room for all losses is made in advance")
	}
}

// A bigram model is the smallest of token models: a table of logits.
func TestNextToken(t *testing.T) {
	table := nn.NewEmbedding(tensor.NewRand(1), 5, 5)
	b := text.Batch{Tokens: []int{0, 1, 2, 3, 4, 0}, Targets: []int{1, 2, 3, 4, 0, 1}, Rows: 2, Length: 3}
	objective := NextToken(table)
	tape := autograd.NewTape()
	o := objective(tape, &b)
	require.Equal(t, 6, o.count())
	require.Equal(t, b.Targets, o.Labels)
	require.Equal(t, []int{6, 5}, o.Output.Shape())
	other := autograd.NewTape()
	want := nn.CrossEntropy(table.Forward(other, b.Tokens), b.Targets)
	require.Equal(t, want.Item(), o.Loss.Item())

	fit := &Fit[text.Batch]{
		Model: table, Objective: objective, Opt: optim.NewAdam(nn.Params(table), optim.Adam{}), Epochs: 1000,
		Train: &data.Loader[text.Batch]{Set: &text.Windows{Tokens: make([]int, 100), Length: 8}, Batch: 4, Prefetch: 1},
	}
	run := fit.start()
	for range 2 {
		require.NoError(t, run.pass(context.Background()))
	}
	for b := range run.Train.Epoch() {
		require.Zero(t, testing.AllocsPerRun(12, func() { require.NoError(t, run.take(b)) }))
	}
}
