// Cost foretells how long a step of training takes, from the operations of a net and
// three numbers of the machine, and measures it for four nets. Then it foretells a
// whole training, and does it.
//
//	go run ./examples/cost [-out folder]
package main

import (
	"context"
	"io"
	"math"
	"path/filepath"
	"runtime"
	"time"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/data"
	"github.com/descent-ml/descent/examples/internal/course"
	"github.com/descent-ml/descent/nn"
	"github.com/descent-ml/descent/optim"
	"github.com/descent-ml/descent/tensor"
	"github.com/descent-ml/descent/train"
)

func main() { course.Main("cost", run) }

// A machine is what decides the time of a step, on one core.
type machine struct {
	flops     float64 // additions and multiplications in a second, at best
	bytes     float64 // bytes read or written in a second, of arrays of 8 MB
	operation float64 // seconds for an operation on the tape with its gradient, of one number
}

// seconds is the least time of thirty. Other programs can only make it longer.
func seconds(f func()) float64 {
	best := math.Inf(1)
	for range 6 {
		least, _ := course.Measure(f)
		best = min(best, least.Seconds())
	}
	return best
}

// look measures the machine.
func look() (m machine) {
	const n = 192
	r := tensor.NewRand(1)
	a, b, c := tensor.Randn(r, n, n), tensor.Randn(r, n, n), tensor.Zeros(n, n)
	m.flops = 2 * n * n * n / seconds(func() { tensor.MatMulTo(c, a, b) })

	const length = 1 << 21
	x, y := tensor.Zeros(length), tensor.Zeros(length)
	m.bytes = 3 * 4 * length / seconds(func() { tensor.AddTo(y, y, x) })

	const chain = 200
	tape, one := autograd.NewTape(), tensor.Zeros(1)
	m.operation = seconds(func() {
		tape.Reset()
		v := tape.Var(one)
		for range chain {
			v = v.Tanh()
		}
		v.Backward()
	}) / chain
	return m
}

// A net is a model and the shape of a batch for it.
type net struct {
	name  string
	model nn.Layer
	shape []int
}

func nets() []net {
	r := tensor.NewRand(1)
	same := nn.Conv2dOptions{Kernel: nn.Square(3), Same: true}
	return []net{
		{"wide", nn.Sequential{nn.NewLinear(r, 196, 256), nn.ReLU{}, nn.NewLinear(r, 256, 256), nn.ReLU{}, nn.NewLinear(r, 256, 10)}, []int{64, 196}},
		{"small", nn.Sequential{nn.NewLinear(r, 8, 8), nn.ReLU{}, nn.NewLinear(r, 8, 8), nn.ReLU{}, nn.NewLinear(r, 8, 2)}, []int{4, 8}},
		{"convolutions", nn.Sequential{nn.NewConv2d(r, 1, 16, same), nn.ReLU{}, nn.NewConv2d(r, 16, 16, same), nn.ReLU{}, nn.Flatten{}, nn.NewLinear(r, 16*14*14, 10)}, []int{8, 1, 14, 14}},
		{"recurrent", nn.NewGRU(r, 16, 32, nn.RecurrentOptions{}), []int{20, 16, 16}},
	}
}

// A forecast is the time of a step in three parts.
type forecast struct {
	macs, operations          int
	arithmetic, memory, fixed float64 // seconds
}

func (f forecast) all() float64 { return f.arithmetic + f.memory + f.fixed }

// foretell counts what a step does. A multiply-add is two operations, and is done once in
// the forward pass and twice in the backward pass: for the gradient by the weights and for
// that by the inputs. A number of an array is read or written about six times in a step:
// when it is made, used, and its gradient made and used, and weights in the update.
func (m machine) foretell(n net) (f forecast) {
	s := nn.Summary(n.model, n.shape...)
	f.macs = s.MACs()
	numbers := s.Params()
	tape := autograd.NewTape()
	n.model.Forward(tape.Const(tensor.Zeros(n.shape...)))
	for v := range tape.Operations() {
		f.operations++
		numbers += v.Value().Len()
	}
	f.arithmetic = 3 * 2 * float64(f.macs) / m.flops
	f.memory = 6 * 4 * float64(numbers) / m.bytes
	f.fixed = float64(f.operations) * m.operation
	return f
}

// step returns a function that does a step of SGD.
func step(n net) func() {
	tape, opt := autograd.NewTape(), optim.NewSGD(nn.Params(n.model), optim.SGD{LR: 1e-3})
	x := tensor.Randn(tensor.NewRand(2), n.shape...)
	return func() {
		tape.Reset()
		opt.Step(n.model.Forward(tape.Const(x)).Square().Mean().Backward())
	}
}

// training trains a net of 64 hidden units on n digits, and returns how long a step takes
// by the least of five epochs' means, how long all took, and what share of others it names.
func training(n, epochs int) (steps int, byStep, all, accuracy float64) {
	r := tensor.NewRand(1)
	model := nn.Sequential{nn.Flatten{}, nn.NewLinear(r, 14*14, 64), nn.ReLU{}, nn.NewLinear(r, 64, 10)}
	fit := &train.Fit[data.Batch]{
		Model:     model,
		Objective: train.Classify(model, nn.CrossEntropy),
		Opt:       optim.NewAdam(nn.Params(model), optim.Adam{LR: 3e-3}),
		Train:     &data.Loader[data.Batch]{Set: course.SmallDigits(n, 1), Batch: 50, Shuffle: r},
		Epochs:    1,
	}
	start := time.Now()
	for epoch := range epochs {
		begin := time.Now()
		if _, err := fit.Run(context.Background()); err != nil {
			panic(err) // a set in memory has no errors
		}
		if epoch == 1 {
			byStep = time.Since(begin).Seconds() / float64(fit.StepsPerEpoch())
		}
	}
	return epochs * fit.StepsPerEpoch(), byStep, time.Since(start).Seconds(), course.Accuracy(model, course.SmallDigits(1000, 2))
}

func run(out io.Writer, folder string) error {
	say := course.Printer(out)
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	m := look()
	say("1. THE MACHINE\n\nThe article (9.8) says: simple models take hours to days, complex ones days to weeks. But")
	say("time can be foretold. Three numbers of this machine, on one core, in float32:\n")
	say("    %7.1f · 10⁹ additions and multiplications in a second, in a product of matrices", m.flops/1e9)
	say("    %7.1f · 10⁹ bytes in a second, in a sum of arrays of 8 MB", m.bytes/1e9)
	say("    %7.0f nanoseconds for an operation on the tape and its gradient, of a single number\n", m.operation*1e9)
	say("2. FOUR NETS\n\nA layer of a inputs and b outputs does a·b multiply-adds (MACs) by example, two operations")
	say("each: once forward, twice backward. So a step takes at least 6 MACs / peak. The second")
	say("forecast adds the bytes of weights and values, 6 times each, and the tape's operations.\n")
	say("                        foretold µs:  foretold µs:                 measured /   measured /")
	say("    net            MACs   arithmetic           all   measured µs   arithmetic          all")
	chart := course.Chart{Title: "The time of a step", X: "foretold, µs", Y: "measured, µs", LogX: true, LogY: true, LegendLeft: true,
		Curves: []course.Curve{{Name: "by arithmetic alone", Dots: true}, {Name: "with memory and tape", Dots: true}, {Name: "measured = foretold", Dashed: true, X: []float64{0.1, 2000}, Y: []float64{0.1, 2000}}}}
	var macs, times, first []float64
	share := 0.0
	for _, n := range nets() {
		f := m.foretell(n)
		do := step(n)
		do()
		took := seconds(do)
		say("    %-12s %7d %11.2f %13.2f %13.2f %12.1f %12.1f", n.name, f.macs, f.arithmetic*1e6, f.all()*1e6, took*1e6, took/f.arithmetic, took/f.all())
		macs, times, first = append(macs, float64(f.macs)), append(times, took), append(first, f.arithmetic)
		if n.name == "small" {
			share = 100 * f.fixed / f.all()
		}
		for i, t := range []float64{f.arithmetic, f.all()} {
			chart.Curves[i].X, chart.Curves[i].Y = append(chart.Curves[i].X, t*1e6), append(chart.Curves[i].Y, took*1e6)
		}
	}
	path := filepath.Join(folder, "cost.png")
	if err := chart.Save(path); err != nil {
		return err
	}
	say("\nThe wide net, whose products are large, takes %.1f times the first forecast. The small net", times[0]/first[0])
	say("has %.0f times fewer MACs and is %.0f times faster: by the second forecast, %.0f %% of its", macs[0]/macs[1], times[0]/times[1], share)
	say("time is the tape's. The recurrent net does small products one after the other, and")
	say("sigmoids between them, which no term counts. The picture is %s.\n", path)

	const n, epochs = 2000, 20
	steps, byStep, all, accuracy := training(n, epochs)
	say("3. A WHOLE TRAINING\n\nTime = steps × time of a step. A net of 64 hidden units learns %d digits of 196 pixels", n)
	say("in %d epochs, %d steps. From the second epoch, whose steps took %.0f µs, one foretells:\n", epochs, steps, byStep*1e6)
	say("    foretold %8.3f s\n    measured %8.3f s\n    right    %8.1f %% of 1000 others\n", byStep*float64(steps), all, 100*accuracy)
	say("4. THE ANSWER\n\nCount MACs, divide by the peak, time one step, multiply by the steps. This net took %.2g", all)
	say("seconds. “Hours” would have been wrong by a factor of %.0f at least.", 3600/all)
	return nil
}
