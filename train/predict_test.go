package train_test

import (
	"fmt"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/internal/allocs"
	"github.com/descent-ml/descent/nn"
	"github.com/descent-ml/descent/tensor"
	"github.com/descent-ml/descent/train"
)

// images is a model with most kinds of layers for [batch 1 8 8], and words one
// for tokens.
func images() nn.Layer {
	r := tensor.NewRand(1)
	return nn.Sequential{
		nn.NewConv2d(r, 1, 4, nn.Conv2dOptions{Kernel: nn.Square(3), Padding: nn.Square(1)}), nn.NewBatchNorm2d(4), nn.ReLU{},
		nn.MaxPool2d{Kernel: nn.Square(2)}, nn.NewDropout(r, 0.5), nn.Flatten{}, nn.NewLayerNorm(64), nn.NewLinear(r, 64, 10), nn.Softmax{},
	}
}

func words() func(t *autograd.Tape, tokens []int) autograd.Var {
	r := tensor.NewRand(2)
	embed := nn.NewEmbedding(r, 11, 8)
	body := nn.Sequential{
		nn.NewPositionalEmbedding(r, 16, 8), nn.NewTransformerBlock(r, 8, nn.TransformerBlockOptions{Heads: 2, Hidden: 16, Causal: true}),
		nn.NewLSTM(r, 8, 8, nn.RecurrentOptions{}), nn.NewGRU(r, 8, 8, nn.RecurrentOptions{}), nn.NewLinear(r, 8, 11),
	}
	return func(t *autograd.Tape, tokens []int) autograd.Var {
		return body.Forward(embed.Forward(t, tokens, 1, len(tokens)))
	}
}

// Many goroutines share a model, and each gets what it would get alone.
func TestPredictorIsShared(t *testing.T) {
	shareable(t, train.NewPredictor(images()), func(i int) *tensor.Tensor {
		x := tensor.Zeros(1+i%3, 1, 8, 8)
		tensor.NewRand(uint64(i)).Normal(x, 0, 1)
		return x
	})
	shareable(t, &train.Predictor[[]int]{Forward: words()}, func(i int) []int {
		tokens := make([]int, 1+i%16)
		tensor.NewRand(uint64(i)).Randint(tokens, 0, 11)
		return tokens
	})
}

func shareable[X any](t *testing.T, p *train.Predictor[X], input func(i int) X) {
	t.Helper()
	const goroutines, calls = 100, 6
	alone := make([]*tensor.Tensor, goroutines)
	for i := range alone {
		tape := autograd.NewTape()
		tape.SetMode(autograd.Eval)
		alone[i] = p.Forward(tape, input(i)).Value().Clone()
	}
	var wrong atomic.Int32
	var all sync.WaitGroup
	for g := range goroutines {
		all.Add(1)
		go func() {
			defer all.Done()
			for k := range calls {
				i := (g + 17*k) % goroutines
				x, dst := input(i), tensor.ZerosLike(alone[i])
				p.Into(dst, x)
				if !identical(dst, alone[i]) || !identical(p.Predict(x), alone[i]) {
					wrong.Add(1)
				}
			}
		}()
	}
	all.Wait()
	require.Zero(t, wrong.Load())
}

func identical(a, b *tensor.Tensor) bool {
	return slices.Equal(a.Shape(), b.Shape()) && slices.Equal(tensor.Values(a), tensor.Values(b))
}

func TestPredictAllocatesNothing(t *testing.T) {
	if allocs.Race {
		t.Log("under the race detector a sync.Pool forgets at random, so that nothing is counted")
		return
	}
	p, x, dst := train.NewPredictor(images()), tensor.Ones(2, 1, 8, 8), tensor.Zeros(2, 10)
	q, tokens, scores := &train.Predictor[[]int]{Forward: words()}, []int{3, 1, 4, 1, 5}, tensor.Zeros(1, 5, 11)
	calls := func() {
		p.Into(dst, x)
		q.Into(scores, tokens)
	}
	calls()
	require.Zero(t, testing.AllocsPerRun(50, calls))
}

func TestPredictorMisuse(t *testing.T) {
	p := train.NewPredictor(images())
	var shape *tensor.ShapeError
	for _, dst := range []*tensor.Tensor{tensor.Zeros(10), tensor.Zeros(2, 10), tensor.Zeros(1, 1, 10)} {
		require.PanicsWithError(t, fmt.Sprintf("predict %v × [1 10]: the destination must have the shape of the output", dst.Shape()),
			func() { p.Into(dst, tensor.Ones(1, 1, 8, 8)) })
	}
	err := panicOf(func() { p.Predict(tensor.Ones(1, 3, 8, 8)) })
	require.ErrorAs(t, err, &shape)
	require.Equal(t, []int{4, 10}, p.Predict(tensor.Ones(4, 1, 8, 8)).Shape()) // and goes on
	double := tensor.Zeros64(1, 10)
	p.Into(double, tensor.Ones(1, 1, 8, 8))
	require.InDelta(t, 1, tensor.Sum(double).Item(), 1e-6)

	require.PanicsWithError(t, "train: a Predictor needs Forward; NewPredictor makes one of a layer", func() { new(train.Predictor[int]).Predict(1) })
	require.PanicsWithError(t, "train: a Predictor needs a model", func() { train.NewPredictor(nil) })
}

// panicOf returns the error that f panics with.
func panicOf(f func()) (err error) {
	defer func() { err, _ = recover().(error) }()
	f()
	return nil
}

// The throughput by number of goroutines. It should grow up to the number of
// processors.
func BenchmarkPredictor(b *testing.B) {
	p := train.NewPredictor(images())
	for goroutines := 1; goroutines <= 2*runtime.NumCPU(); goroutines *= 2 {
		b.Run(fmt.Sprintf("goroutines=%d", goroutines), func(b *testing.B) {
			b.ReportAllocs()
			var next atomic.Int64
			var all sync.WaitGroup
			for range goroutines {
				all.Add(1)
				go func() {
					defer all.Done()
					x, dst := tensor.Ones(1, 1, 8, 8), tensor.Zeros(1, 10)
					for next.Add(1) <= int64(b.N) {
						p.Into(dst, x)
					}
				}()
			}
			all.Wait()
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "predictions/s")
		})
	}
}

func ExamplePredictor() {
	model := nn.Sequential{nn.NewLinear(tensor.NewRand(1), 2, 1)}
	model[0].(*nn.Linear).Weight.Value.CopyFrom(tensor.New([]float32{2, 3}, 1, 2))
	model[0].(*nn.Linear).Bias.Value.Fill(1)
	p := train.NewPredictor(model) // shared by all requests

	x := tensor.New([]float32{10, 20}, 2) // one example
	fmt.Println(p.Predict(x.Unsqueeze(0)).Item())

	several := tensor.New([]float32{1, 1, 0, 1, 1, 0}, 3, 2)
	y := tensor.Zeros(3, 1)
	p.Into(y, several) // the same without an allocation
	fmt.Println(tensor.Values(y))
	// Output:
	// 81
	// [6 4 3]
}
