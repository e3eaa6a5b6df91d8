package benchmarks

import (
	"context"
	"iter"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/data"
	"github.com/descent-ml/descent/nn"
	"github.com/descent-ml/descent/tensor"
	trainer "github.com/descent-ml/descent/train"
)

// nothing is a batch without examples: a training has its own.
type nothing struct{}

// fitOf returns the run of a training on a source of empty batches.
func fitOf(t *training, source data.Source[nothing]) *trainer.Fit[nothing] {
	return &trainer.Fit[nothing]{
		Model: t.model, Opt: t.opt, Train: source, Epochs: 1,
		Objective: func(tape *autograd.Tape, _ *nothing) trainer.Outcome { return trainer.Outcome{Loss: t.loss(tape)} },
	}
}

// A relay runs blocks of bare steps and of steps of a Fit in turn, in one
// goroutine, so that both meet the same machine.
type relay struct {
	rounds, block int
	bare          func()
	bares, fits   []time.Duration
}

func (r *relay) Batches() int             { return (r.rounds + 1) * r.block }
func (*relay) Position() data.Position    { return data.Position{} }
func (*relay) Seek(p data.Position) error { return nil }

func (r *relay) Epoch() iter.Seq2[*nothing, error] {
	return func(yield func(*nothing, error) bool) {
		for i := range r.rounds + 1 {
			begin := time.Now()
			for range r.block {
				r.bare()
			}
			middle := time.Now()
			for range r.block {
				if !yield(&nothing{}, nil) {
					return
				}
			}
			end := time.Now()
			if i > 0 { // the first round fills pools
				r.bares, r.fits = append(r.bares, middle.Sub(begin)), append(r.fits, end.Sub(middle))
			}
		}
	}
}

func median(list []time.Duration) float64 {
	slices.Sort(list)
	return float64(list[len(list)/2])
}

// BenchmarkFit compares a step of [trainer.Fit] with a step of the loop written
// out, for each workload that trains. An iteration is a block of both. It
// reports the medians, and what Fit costs more, in per cent:
//
//	go test ./benchmarks -run '^$' -bench Fit -benchtime 50x -cpu 1
func BenchmarkFit(b *testing.B) {
	for _, s := range steps() {
		b.Run(s.name, func(b *testing.B) {
			bare, own := s.make(tensor.NewRand(1)), s.make(tensor.NewRand(1))
			for range 3 {
				bare.run()
			}
			began := time.Now()
			bare.run()
			const least = 20 * time.Millisecond // a block takes at least this
			r := &relay{rounds: b.N, block: 1 + int(least/max(1, time.Since(began))), bare: bare.run}
			_, err := fitOf(own, r).Run(context.Background())
			require.NoError(b, err)
			x, y := median(r.bares), median(r.fits)
			b.ReportMetric(x/float64(r.block)/1e3, "bare-µs/step")
			b.ReportMetric(y/float64(r.block)/1e3, "fit-µs/step")
			b.ReportMetric(100*(y/x-1), "%more")
		})
	}
}

// Fit does the steps that are compared, and no others.
func TestFitIsTheBareLoop(t *testing.T) {
	for _, s := range steps() {
		if testing.Short() && s.flops > 1e8 {
			continue
		}
		bare, own := s.make(tensor.NewRand(1)), s.make(tensor.NewRand(1))
		r := &relay{rounds: 1, block: 1, bare: bare.run}
		h, err := fitOf(own, r).Run(context.Background())
		require.NoError(t, err, s.name)
		require.Len(t, h.Steps, 2, s.name)
		want, got := nn.State(bare.model), nn.State(own.model)
		for i := range want {
			require.Equal(t, tensor.Values(want[i].Value), tensor.Values(got[i].Value), "%s of %s", want[i].Name, s.name)
		}
	}
}
