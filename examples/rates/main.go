// Rates chooses the learning rate of one small net. It tries rates, lets a range test
// find one in a single short run, explains by the curvature of the loss why a larger
// one fails, and measures what schedules, momentum and Adam change.
//
//	go run ./examples/rates [-out folder]
package main

import (
	"context"
	"fmt"
	"io"
	"math"
	"path/filepath"
	"strings"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/data"
	"github.com/descent-ml/descent/examples/internal/course"
	"github.com/descent-ml/descent/nn"
	"github.com/descent-ml/descent/optim"
	"github.com/descent-ml/descent/tensor"
	"github.com/descent-ml/descent/train"
	"github.com/descent-ml/descent/train/metric"
)

func main() { course.Main("rates", run) }

// A rule makes an optimizer with a learning rate.
type rule func(params []*autograd.Param, rate float64) optim.Optimizer

func sgd(p []*autograd.Param, rate float64) optim.Optimizer {
	return optim.NewSGD(p, optim.SGD{LR: rate})
}

func momentum(p []*autograd.Param, rate float64) optim.Optimizer {
	return optim.NewSGD(p, optim.SGD{LR: rate, Momentum: 0.9})
}

func adam(p []*autograd.Param, rate float64) optim.Optimizer {
	return optim.NewAdam(p, optim.Adam{LR: rate})
}

// A task is digits to learn from and others to be measured on.
type task struct{ learn, valid *data.Examples }

// digits draws a task of n digits of 14 × 14 pixels and as many others. Pixels are
// multiplied by factor.
func digits(seed uint64, n int, factor float64) task {
	t := task{course.SmallDigits(n, 2*seed), course.SmallDigits(n, 2*seed+1)}
	t.learn.X, t.valid.X = tensor.MulScalar(t.learn.X, factor), tensor.MulScalar(t.valid.X, factor)
	return t
}

// newFit prepares a run of a net with 32 hidden units.
func newFit(t task, seed uint64, epochs int, by rule, rate float64) *train.Fit[data.Batch] {
	r := tensor.NewRand(seed)
	model := nn.Sequential{nn.Flatten{}, nn.NewLinear(r, 14*14, 32), nn.Tanh{}, nn.NewLinear(r, 32, 10)}
	return &train.Fit[data.Batch]{
		Model:     model,
		Objective: train.Classify(model, nn.CrossEntropy),
		Opt:       by(nn.Params(model), rate),
		Train:     &data.Loader[data.Batch]{Set: t.learn, Batch: 20, Shuffle: r},
		Valid:     &data.Loader[data.Batch]{Set: t.valid, Batch: 100},
		Metrics:   []metric.Metric{&metric.Accuracy{}},
		Epochs:    epochs,
	}
}

// result runs a fit. It returns the mean loss over its last epoch, and the loss and the
// accuracy on the other digits. A run that ends with numbers that are not finite has
// an infinite loss and the accuracy of a guess.
func result(f *train.Fit[data.Batch]) (loss, valid, accuracy float64) {
	h, err := f.Run(context.Background())
	if err != nil {
		return math.Inf(1), math.Inf(1), 0.1
	}
	last := h.Epochs[len(h.Epochs)-1]
	return last.Train.Loss, last.Valid.Loss, last.Valid.Of("accuracy")
}

// curve lets the rate grow from 1e-4 to 10 in 80 steps.
func curve(t task, seed uint64, by rule) *train.Rates {
	rates, err := newFit(t, seed, 1, by, 1).TestRates(context.Background(), train.RateTest{From: 1e-4, To: 10, Steps: 80})
	if err != nil {
		panic(err) // the data is in memory
	}
	return rates
}

// rangeTest returns where the loss of a curve falls the fastest, where it is least, and
// where the test ends.
func rangeTest(t task, seed uint64, by rule) (steep, least, end float64) {
	rates := curve(t, seed, by)
	lowest := math.Inf(1)
	for _, p := range rates.Points {
		if p.Loss < lowest {
			lowest, least = p.Loss, p.LR
		}
		end = p.LR
	}
	return rates.Suggestion, least, end
}

// A landscape is the loss of a net over all digits at once, as a function of one list of
// all its weights.
type landscape struct {
	model  nn.Layer
	params []*autograd.Param
	set    *data.Examples
	tape   *autograd.Tape
}

// trained trains a net and returns its landscape and the list of its weights.
func trained(t task, seed uint64, epochs int, rate float64) (*landscape, *tensor.Tensor) {
	f := newFit(t, seed, epochs, sgd, rate)
	result(f)
	var all []float32
	for _, p := range nn.Params(f.Model) {
		all = append(all, tensor.Data[float32](p.Value)...)
	}
	return &landscape{f.Model.(nn.Layer), nn.Params(f.Model), t.learn, autograd.NewTape()}, tensor.New(all, len(all))
}

// at puts the list w on the tape and returns it and the loss.
func (l *landscape) at(w *tensor.Tensor) (weights, loss autograd.Var) {
	l.tape.Reset()
	weights = l.tape.Var(w)
	from := 0
	for _, p := range l.params {
		to := from + p.Value.Len()
		l.tape.Replace(p, weights.Slice(0, from, to, 1).Reshape(p.Value.Shape()...))
		from = to
	}
	return weights, nn.CrossEntropy(l.model.Forward(l.tape.Const(l.set.X)), l.set.Labels)
}

// steepest returns the greatest curvature of the loss at w, λ, and its direction. It
// multiplies a vector with the Hessian again and again, until only that direction is left.
func (l *landscape) steepest(w *tensor.Tensor) (lambda float64, v *tensor.Tensor) {
	v = tensor.Randn(tensor.NewRand(1), w.Len())
	for range 50 {
		v = tensor.MulScalar(v, 1/tensor.Norm(v).Item())
		x, loss := l.at(w)
		hv := autograd.HVP(loss, x, l.tape.Const(v)).Value().Clone()
		lambda = tensor.Sum(tensor.Mul(v, hv)).Item()
		v = hv
	}
	return lambda, tensor.MulScalar(v, 1/tensor.Norm(v).Item())
}

// pushes moves the weights by 0.01 along v, and takes steps with a rate. It returns how
// far they are from where they would be without the push, along v.
func (l *landscape) pushes(w, v *tensor.Tensor, rate float64, steps int) (along []float64) {
	plain, pushed := w.Clone(), tensor.Add(w, tensor.MulScalar(v, 0.01))
	for range steps + 1 {
		along = append(along, tensor.Sum(tensor.Mul(tensor.Sub(pushed, plain), v)).Item())
		for _, w := range []*tensor.Tensor{plain, pushed} {
			x, loss := l.at(w)
			tensor.SubTo(w, w, tensor.MulScalar(loss.Backward().Of(x), rate))
		}
	}
	return along
}

// schedules are ways from a rate, for a number of steps.
func schedules(rate float64, steps int) map[string]optim.Schedule {
	return map[string]optim.Schedule{
		"constant":      optim.Constant{LR: rate},
		"step":          optim.Step{LR: rate, Size: (steps + 2) / 3},
		"linear":        optim.Linear{From: rate, Steps: steps},
		"cosine":        optim.Cosine{LR: rate, Steps: steps},
		"warmup+cosine": optim.Warmup(steps/10, optim.Cosine{LR: rate, Steps: steps - steps/10}),
		"one cycle":     optim.OneCycle{LR: rate, Steps: steps},
	}
}

var names = []string{"constant", "step", "linear", "cosine", "warmup+cosine", "one cycle"}

// scheduled returns the mean accuracy over seeds of runs with a schedule.
func scheduled(name string, rate float64, seeds uint64, n, epochs int) (loss, accuracy float64) {
	for seed := range seeds {
		f := newFit(digits(seed, n, 1), seed, epochs, sgd, rate)
		f.Schedule = schedules(rate, epochs*f.StepsPerEpoch())[name]
		_, l, a := result(f)
		loss, accuracy = loss+l/float64(seeds), accuracy+a/float64(seeds)
	}
	return loss, accuracy
}

// powers returns 10^from, 10^(from + ½) and so on, n of them.
func powers(from float64, n int) (rates []float64) {
	for k := range n {
		rates = append(rates, math.Pow(10, from+float64(k)/2))
	}
	return rates
}

func run(out io.Writer, folder string) error {
	say := course.Printer(out)
	const seed, n, epochs = 1, 400, 8
	t := digits(seed, n, 1)
	tried := powers(-3, 9)

	say("1. TRY THEM\n\nThe article (9.3) says: the rate decides the length of a step; find it by experiments.")
	say("So: a net of 32 hidden units learns %d digits in %d epochs, %d steps w ← w − rate dL/dw.", n, epochs, n/20*epochs)
	say("It is measured on %d other digits. Loss is the cross entropy, %.2f for a guess:\n", n, math.Log(10))
	say("        rate   loss, last epoch   loss, others   right, others")
	best, bestRate, good, bad := 0.0, 0.0, 0.0, 0.0
	for _, rate := range tried {
		loss, valid, accuracy := result(newFit(t, seed, epochs, sgd, rate))
		if accuracy > best {
			best, bestRate = accuracy, rate
		}
		if accuracy > 0.5 {
			good = rate
		} else if good > 0 && bad == 0 {
			bad = rate
		}
		say("    %8.4f   %16.3f   %12.3f   %s %5.1f %%", rate, loss, valid, course.Bar(accuracy, 10), 100*accuracy)
	}
	say("\nToo small a rate does not arrive, too large a rate gets nowhere. Here %.3g does best; it", bestRate)
	say("took %d runs of %d steps to find it.\n", len(tried), n/20*epochs)

	steep, least, end := rangeTest(t, seed, sgd)
	say("2. THE RANGE TEST\n\nOne short run tells nearly as much: let the rate grow with every step, here from 1e-4 to")
	say("10 in 80 steps, and look when the loss begins to fall and when it climbs again. It falls")
	say("fastest at %.2g, is least at %.2g, and the test ends at %.2g. The net of section 1 gets:\n", steep, least, end)
	for i, rate := range []float64{steep, least, least / 10} {
		_, _, a := result(newFit(t, seed, epochs, sgd, rate))
		say("    rate %5.2f, %-28s %5.1f %% right", rate, []string{"where the loss falls fastest", "where it is least", "a tenth of that"}[i], 100*a)
	}
	say("\nEach step of the test stands on those before it, so it shows the fall late, at too large")
	say("a rate. A tenth of the rate with the least loss is the rule of thumb that holds here.\n")
	chart := course.Chart{Title: "Range tests", X: "learning rate", Y: "loss, smoothed", LogX: true, LegendLeft: true, LegendBottom: true}
	for i, by := range []rule{sgd, momentum, adam} {
		c := course.Curve{Name: []string{"SGD", "SGD, momentum 0.9", "Adam"}[i]}
		for _, p := range curve(t, seed, by).Points {
			if p.Loss < 4 {
				c.X, c.Y = append(c.X, p.LR), append(c.Y, p.Loss)
			}
		}
		chart.Curves = append(chart.Curves, c)
	}
	path := filepath.Join(folder, "rates.png")
	if err := chart.Save(path); err != nil {
		return err
	}
	say("The curves of three optimizers are drawn in %s.\n", path)

	l, w := trained(t, seed, epochs, bestRate)
	lambda, v := l.steepest(w)
	say("3. WHY NOT LARGER\n\nAlong a direction in which the loss curves by λ, a step multiplies the distance from the")
	say("lowest point by 1 − rate λ. It shrinks only while rate < 2/λ. For the net of section 1 at")
	say("its end, over all %d digits, the steepest of %d directions has λ = %.2f; 2/λ = %.3f.", n, w.Len(), lambda, 2/lambda)
	say("Push the weights by 0.01 along it and go on. How much of the push is left, along it:\n")
	say("    rate         1 − rate λ     step 1     step 2     step 4     step 8")
	for _, part := range []float64{0.5, 0.9, 1.2, 1.5} {
		p := l.pushes(w, v, part*2/lambda, 8)
		say("    %.1f × 2/λ   %10.2f   %8.2f   %8.2f   %8.2f   %8.2f", part, 1-2*part, p[1]/p[0], p[2]/p[0], p[4]/p[0], p[8]/p[0])
	}
	say("\nBelow the limit the push dies out. Above it grows, by the factor at first; then the net is")
	say("where other λ hold. In section 1, rates up to %.3g learn, those from %.3g on do not.\n", good, bad)

	const seeds = 3
	say("4. A RATE THAT CHANGES\n\nA schedule is a rate for each step. Means over %d seeds, on the other digits:\n", seeds)
	say("                       rate 0.1               rate 0.5              rate 2")
	say("    schedule         loss    right         loss    right          loss    right")
	right := map[string][]float64{}
	for _, name := range names {
		var b strings.Builder
		for _, rate := range []float64{0.1, 0.5, 2} {
			loss, accuracy := scheduled(name, rate, seeds, n, epochs)
			right[name] = append(right[name], 100*accuracy)
			fmt.Fprintf(&b, "   %8.3f  %5.1f %%  ", loss, 100*accuracy)
		}
		say("    %-13s%s", name, strings.TrimRight(b.String(), " "))
	}
	say("\nA rate that is too small gets worse when it falls: %.1f %% by “linear” against %.1f %%. One", right["linear"][0], right["constant"][0])
	say("too large to end with may be good to begin with: from 2, %.1f %% against %.1f %%.", right["linear"][2], right["constant"][2])
	say("\n5. ADAM AGAINST SGD\n\nAdam divides each weight's step by the size of its usual gradient. Right, others:\n")
	say("                 pixels from 0 to 1                  pixels from 0 to 0.05")
	say("        rate     SGD   momentum    Adam               SGD   momentum    Adam")
	small := digits(seed, n, 0.05)
	var most, where [6]float64
	for _, rate := range powers(-4, 10) {
		var b strings.Builder
		for i := range 6 {
			_, _, a := result(newFit([]task{t, small}[i/3], seed, epochs, []rule{sgd, momentum, adam}[i%3], rate))
			if a > most[i] {
				most[i], where[i] = a, rate
			}
			fmt.Fprintf(&b, " %6.1f %%%s", 100*a, strings.Repeat(" ", 10*(i%3/2)))
		}
		say("    %8.4f  %s", rate, strings.TrimRight(b.String(), " "))
	}
	say("    the best %6.1f %% %6.1f %% %6.1f %%          %7.1f %% %6.1f %% %6.1f %%", 100*most[0], 100*most[1], 100*most[2], 100*most[3], 100*most[4], 100*most[5])
	say("    at rate  %6.2g   %6.2g   %6.2g            %7.2g   %6.2g   %6.2g\n", where[0], where[1], where[2], where[3], where[4], where[5])
	say("Momentum 0.9 adds up about ten gradients, so it wants a rate of about a tenth. Pixels of a")
	say("twentieth make gradients of a twentieth for the first layer, not for the second. No single")
	say("rate suits both; Adam, which divides by the size of each, hardly notices.")
	return nil
}
