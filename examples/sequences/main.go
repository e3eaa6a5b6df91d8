// Sequences shows what recurrent nets keep of a sequence, and for how long: an
// RNN, an LSTM and a GRU on a task of memory, on a forecast beside the naive one,
// and on a series that nobody can foretell. Gradients vanish, and explode, first.
//
//	go run ./examples/sequences [-out folder]
package main

import (
	"context"
	"errors"
	"io"
	"math"
	"path/filepath"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/data"
	"github.com/descent-ml/descent/data/synthetic"
	"github.com/descent-ml/descent/examples/internal/course"
	"github.com/descent-ml/descent/nn"
	"github.com/descent-ml/descent/optim"
	"github.com/descent-ml/descent/tensor"
	"github.com/descent-ml/descent/train"
	"github.com/descent-ml/descent/train/metric"
)

func main() {
	course.Main("sequences", func(out io.Writer, folder string) error {
		return lesson(out, folder, 1, sizes{waits: []int{5, 20, 50}, examples: 1000, epochs: 15})
	})
}

// sizes are those of the experiments. The tests make some smaller.
type sizes struct {
	waits            []int
	examples, epochs int
}

const (
	hidden = 16 // numbers that a net remembers
	early  = 5  // the mark stands at one of so many first steps
	open   = 4  // added to the bias of a gate that is to keep
	length = 40 // of a series that is to be continued
)

// A reader reads a sequence [batch length features] with a recurrent layer, and
// answers from its state after the last step.
type reader struct {
	Memory nn.Layer
	Out    *nn.Linear
}

func (m *reader) Forward(x autograd.Var) autograd.Var {
	h := m.Memory.Forward(x)
	return m.Out.Forward(h.Select(1, h.Dim(1)-1))
}

// kinds are the nets that are compared. The "open" ones begin with gates that keep.
var kinds = []string{"RNN", "LSTM", "LSTM, open", "GRU", "GRU, open"}

// newReader returns an untrained net of a kind, drawn as PyTorch draws it.
func newReader(kind string, in, out int, seed uint64) *reader {
	r, o := tensor.NewRand(seed), nn.RecurrentOptions{BatchFirst: true}
	var memory nn.Layer
	var bias *autograd.Param // of the gates; the second one keeps, in an LSTM and in a GRU
	switch kind {
	case "RNN":
		memory = nn.NewRNN(r, in, hidden, o)
	case "ReLU RNN":
		l := nn.NewRNN(r, in, hidden, o)
		l.ReLU, l.Weights[1].Value = true, tensor.Eye(hidden)
		memory = l
	case "LSTM", "LSTM, open":
		l := nn.NewLSTM(r, in, hidden, o)
		memory, bias = l, l.Weights[2]
	case "GRU", "GRU, open":
		l := nn.NewGRU(r, in, hidden, o)
		memory, bias = l, l.Weights[2]
	}
	if kind == "LSTM, open" || kind == "GRU, open" {
		for i := range hidden {
			tensor.Data[float32](bias.Value)[hidden+i] += open
			if kind == "LSTM, open" {
				tensor.Data[float32](bias.Value)[i] -= open
			}
		}
	}
	return &reader{memory, nn.NewLinear(r, hidden, out)}
}

// remember makes n sequences of signs, ±1, one of the first five of which is
// marked by a 1 beside it. The label tells the marked sign: 1 for +, 0 for −.
func remember(n, wait int, r *tensor.Rand) *data.Examples {
	set := &data.Examples{X: tensor.Zeros(n, early+wait, 2), Labels: make([]int, n), Classes: 2}
	bits, place := make([]int, early+wait), make([]int, 1)
	for i := range n {
		r.Randint(bits, 0, 2)
		r.Randint(place, 0, early)
		for t, bit := range bits {
			set.X.Set(float64(2*bit-1), i, t, 0)
		}
		set.X.Set(1, i, place[0], 1)
		set.Labels[i] = bits[place[0]]
	}
	return set
}

// walks makes n random walks of normal steps; what is asked is the next place.
func walks(n int, step float64, r *tensor.Rand) *data.Examples {
	set := &data.Examples{X: tensor.Zeros(n, length, 1), Y: tensor.Zeros(n, 1)}
	for i := range n {
		at := r.NormalFloat64()
		for t := range length {
			set.X.Set(at, i, t, 0)
			at += step * r.NormalFloat64()
		}
		set.Y.Set(at, i, 0)
	}
	return set
}

// fit trains a net on a set, and returns its score on another.
func fit(m nn.Layer, objective train.Objective[data.Batch], set, test *data.Examples, epochs int, seed uint64) (train.Score, error) {
	run := &train.Fit[data.Batch]{
		Model: m, Objective: objective, Opt: optim.NewAdam(nn.Params(m), optim.Adam{LR: 0.01}),
		Train: &data.Loader[data.Batch]{Set: set, Batch: 50, Shuffle: tensor.NewRand(seed)}, Epochs: epochs, Clip: 1,
	}
	if _, err := run.Run(context.Background()); err != nil {
		return train.Score{}, err
	}
	var metrics []metric.Metric
	if set.Labels != nil {
		metrics = []metric.Metric{&metric.Accuracy{}}
	}
	return train.Evaluate(context.Background(), objective, &data.Loader[data.Batch]{Set: test, Batch: 100}, metrics...)
}

// recall returns the accuracy that a kind of net reaches on the task of memory.
// "linear" is logistic regression on all steps side by side.
func recall(kind string, wait, examples, epochs int, seed uint64) (float64, error) {
	var m nn.Layer
	if kind == "linear" {
		m = nn.Sequential{nn.Flatten{}, nn.NewLinear(tensor.NewRand(seed), 2*(early+wait), 2)}
	} else {
		m = newReader(kind, 2, 2, seed)
	}
	set, test := remember(examples, wait, tensor.NewRand(seed)), remember(500, wait, tensor.NewRand(seed+1000))
	score, err := fit(m, train.Classify(m, nn.CrossEntropy), set, test, epochs, seed)
	return score.Of("accuracy"), err
}

// reach returns the norm of the derivative of an untrained net's state, summed
// up after the last step, by the input 0, 1, 2 … steps before. The recurrent
// weights are multiplied by a factor first.
func reach(kind string, factor float64, steps int, seed uint64) (norms []float64) {
	m := newReader(kind, 2, 2, seed)
	for name, p := range nn.NamedParams(m) {
		if name == "memory.weight_hh_l0" {
			tensor.MulScalarTo(p.Value, p.Value, factor)
		}
	}
	x := autograd.NewTape().Var(remember(50, steps-early, tensor.NewRand(seed)).X)
	h := m.Memory.Forward(x)
	g := h.Select(1, steps-1).Sum().Backward().Of(x)
	for back := range steps {
		norms = append(norms, tensor.NormOf(g.Select(1, steps-1-back).Contiguous())/math.Sqrt(50))
	}
	return norms
}

// A burst is a training run of plain descent: the largest and the median norm
// of its gradients, and its loss on new examples, all infinite if it broke off.
type burst struct {
	median, largest, loss float64
}

// explode trains a ReLU net whose state is carried on by the unit matrix, with
// SGD, on sine waves. clip is the largest norm of a gradient; 0 means no limit.
func explode(clip float64, s sizes, seed uint64) (burst, error) {
	m := newReader("ReLU RNN", 1, 1, seed)
	set, test := waves(s.examples, seed), waves(500, seed+1000)
	var norms []float64
	run := &train.Fit[data.Batch]{
		Model: m, Objective: train.Regress(m, nn.MSE), Opt: optim.NewSGD(nn.Params(m), optim.SGD{LR: 0.03}),
		Train: &data.Loader[data.Batch]{Set: set, Batch: 50, Shuffle: tensor.NewRand(seed)}, Epochs: s.epochs, Clip: clip,
		OnGradients: func(g autograd.Grads) { norms = append(norms, g.Norm()) },
	}
	_, err := run.Run(context.Background())
	if nan := (*autograd.NaNError)(nil); errors.As(err, &nan) {
		return burst{math.Inf(1), math.Inf(1), math.Inf(1)}, nil
	} else if err != nil {
		return burst{}, err
	}
	score, err := train.Evaluate(context.Background(), run.Objective, &data.Loader[data.Batch]{Set: test, Batch: 100})
	all := tensor.New(norms, len(norms))
	return burst{tensor.Median(all).Item(), tensor.Max(all).Item(), score.Loss}, err
}

func waves(n int, seed uint64) *data.Examples {
	return synthetic.Sines(n, length, 0.1, tensor.NewRand(seed))
}

// squared returns the mean squared error of a forecast that is a weighted sum
// of the last values, the newest last.
func squared(set *data.Examples, weights ...float64) float64 {
	w := tensor.New(weights, len(weights))
	x := set.X.Squeeze(2).Slice(1, length-len(weights), length, 1).Contiguous().To(tensor.Float64)
	return tensor.Mean(tensor.Square(tensor.Sub(tensor.MatMul(x, w), set.Y.Squeeze(1).To(tensor.Float64)))).Item()
}

// regression returns the weights of the best weighted sum on a set, in the
// sense of least squares: (XᵀX)⁻¹ Xᵀy.
func regression(set *data.Examples) []float64 {
	x, y := set.X.Squeeze(2).To(tensor.Float64), set.Y.To(tensor.Float64)
	return tensor.Values(tensor.Solve(tensor.MatMul(x.T(), x), tensor.MatMul(x.T(), y)))
}

// forecast returns the mean squared error of a kind of net on a test set.
func forecast(kind string, set, test *data.Examples, epochs int, seed uint64) (float64, error) {
	m := newReader(kind, 1, 1, seed)
	score, err := fit(m, train.Regress(m, nn.MSE), set, test, epochs, seed)
	return score.Loss, err
}

func lesson(out io.Writer, folder string, seed uint64, s sizes) error {
	say := course.Printer(out)

	say("1. A SEQUENCE\n\nA sequence is a list of vectors x₁, x₂ …, and their order matters. A recurrent net")
	say("reads them one after the other and keeps a state h, here %d numbers. An RNN has\n", hidden)
	say("    h = tanh(W x + U h + b)        with the h of the step before\n")
	say("and the same W, U and b at every step, so that it takes a sequence of any length. Our")
	say("task of memory: signs come one by one, one of the first %d has a mark beside it, and at", early)
	say("the end the net must say which sign that was. The signs after the first %d, whose", early)
	say("number we call the wait, are noise. A guess is right in 0.50 of all cases.\n")

	const steps = 51 + early
	say("2. THE GRADIENT VANISHES\n\nA net can learn to keep what it saw only if the gradient gets there: the derivative")
	say("of the last state by an early input. Its norm in untrained nets, by the distance:\n")
	say("    net               0 steps    5 steps   20 steps   50 steps   factor for each step")
	chart := course.Chart{Title: "How far back the gradient reaches, before training", X: "steps back", Y: "norm of the gradient", LogY: true, LegendLeft: true, LegendBottom: true}
	show := func(name, kind string, factor float64) {
		norms := reach(kind, factor, steps, seed)
		say("    %-14s %10.1e %10.1e %10.1e %10.1e   %14.2f", name, norms[0], norms[5], norms[20], norms[50], perStep(norms))
		chart.Curves = append(chart.Curves, course.Curve{Name: name, Y: norms[:51], Dashed: kind == "ReLU RNN"})
	}
	for _, kind := range kinds {
		show(kind, kind, 1)
	}
	show("ReLU, U = 1.1", "ReLU RNN", 1.1)
	path := filepath.Join(folder, "sequences.png")
	if err := chart.Save(path); err != nil {
		return err
	}
	say("\nAll of them are drawn in %s.\n", path)
	say("Every step multiplies by a number, so the gradient is a power of it. In the RNN the")
	say("number comes from U and from the slope of tanh. An LSTM has a cell c beside h, and a")
	say("forget gate f between 0 and 1, that says how much of c stays; i lets new things in:\n")
	say("    c = f c + i tanh(…)      f = σ(… + b), with the logistic function σ(b) = 1/(1 + e⁻ᵇ)\n")
	say("The LSTM is meant to cure the RNN. But drawn as PyTorch does, which we follow, its b")
	say("begins near 0, where σ is %.2f: of the cell %.0e is left after 20 steps. It forgets, as", sigma(0), math.Pow(sigma(0), 20))
	say("the table shows. The rows \"open\" begin with b + %d, where σ is %.3f, and %.2f is left", open, sigma(open), math.Pow(sigma(open), 50))
	say("after 50; the gate i begins with b − %d, lest noise fill the cell. A GRU has one gate z", open)
	say("for both, h = z h + (1 − z) tanh(…), and we open it in the same way.\n")
	say("The last row has max(0, …) in place of tanh, and U is 1.1 times the unit matrix. Its")
	say("gradient grows. We come back to that.\n")

	say("3. WHAT THEY REMEMBER\n\nShare of right answers on 500 new sequences, after %d epochs on %d, by Adam. \"linear\"", s.epochs, s.examples)
	say("is a linear model on all steps side by side, what one would do without such nets:\n")
	say("    wait      linear        RNN       LSTM   LSTM, open        GRU   GRU, open")
	for _, wait := range s.waits {
		var shares []any
		for _, kind := range append([]string{"linear"}, kinds...) {
			share, err := recall(kind, wait, s.examples, s.epochs, seed)
			if err != nil {
				return err
			}
			shares = append(shares, share)
		}
		say("    %4d %11.2f %10.2f %10.2f %12.2f %10.2f %11.2f", append([]any{wait}, shares...)...)
	}
	say("\nA linear model cannot use the mark: that takes a product of two inputs. The majority of")
	say("%d signs agrees with one of them in 11/16 = %.2f of all cases; it gets no further. At the", early, 11.0/16)
	say("longest wait nets learn nothing, LSTM and GRU or not, where the gradient is gone. The")
	say("open ones differ in nothing but their start, and remember.\n")

	loose, err := explode(0, s, seed)
	if err != nil {
		return err
	}
	clipped, err := explode(1, s, seed)
	if err != nil {
		return err
	}
	say("4. THE GRADIENT EXPLODES\n\nNow the net with max(0, …), and U = 1 at the start. It is to continue a sine wave of")
	say("%d steps, by plain descent (SGD) at a rate of 0.03. A U that grows a little grows the", length)
	say("gradient by a power. Clipping bounds it: when the norm of the gradient g is above 1,")
	say("g is replaced by g / norm, which keeps its direction. In train.Fit that is Clip: 1.\n")
	say("    gradients      median norm   largest norm   error after training")
	for _, row := range []struct {
		name string
		burst
	}{{"as they are", loose}, {"clipped to 1", clipped}} {
		say("    %-12s %13.2g %14.2g %22.2g", row.name, row.median, row.largest, row.loss)
	}
	set, test := waves(s.examples, seed), waves(500, seed+1000)
	say("\nThe error is the mean square of (ŷ − y). Who always says 0 has an error of %.2f: without", squared(test, 0))
	say("clipping the net is no better than that. Norms are measured before they are clipped;")
	say("the largest is still %.0f times the limit, and does no harm now.\n", clipped.largest)

	naive, line, weights := squared(test, 1), squared(test, -1, 2), regression(set)
	say("5. A FORECAST\n\nSine waves with a period of 8 to 32 steps and noise of 0.1. What comes next? The naive")
	say("forecast is that nothing changes. Anything else has to beat it:\n")
	say("    forecast                                      error   of the naive one")
	say("    ŷ = x₄₀, naive                             %8.4f %12.0f %%", naive, 100.0)
	say("    ŷ = 2 x₄₀ − x₃₉, straight on               %8.4f %12.0f %%", line, 100*line/naive)
	say("    ŷ = Σ wₜ xₜ, least squares, %d weights     %8.4f %12.0f %%", len(weights), squared(test, weights...), 100*squared(test, weights...)/naive)
	for _, kind := range []string{"RNN", "LSTM", "GRU"} {
		e, err := forecast(kind, set, test, s.epochs, seed)
		if err != nil {
			return err
		}
		say("    %-4s of %d units                            %8.4f %12.0f %%", kind, hidden, e, 100*e/naive)
	}
	say("\nMost of what nets win over the naive forecast, %d weights win too, in closed form. LSTM", len(weights))
	say("and GRU go below it, since one set of weights cannot fit all periods, and gates can")
	say("depend on what was seen. To compare with the naive forecast alone is not enough.\n")

	const step = 0.3
	set, test = walks(s.examples, step, tensor.NewRand(seed)), walks(500, step, tensor.NewRand(seed+1000))
	weights = regression(set)
	gru, err := forecast("GRU", set, test, s.epochs, seed)
	if err != nil {
		return err
	}
	say("6. WHAT NO NET CAN\n\nA random walk: each step is new, drawn from a normal distribution with deviation")
	say("%.1f. No forecast can have a mean error below the variance of a step, %.3f:\n", step, step*step)
	say("    naive %.4f     least squares %.4f     GRU %.4f\n", squared(test, 1), squared(test, weights...), gru)
	say("The naive forecast is the best there is. What the others add to it is chance that they")
	say("have learnt from %d examples.\n", s.examples)

	say("7. THE ANSWER\n\nThe article says: for sequences, take RNN or LSTM. Measured: at a wait of %d the RNN and", s.waits[len(s.waits)-1])
	say("the LSTM, drawn as PyTorch draws them, remember nothing. Open the gates at the start,")
	say("clip gradients, and measure against the naive forecast and a linear one first.")
	return nil
}

// perStep returns the factor by which a gradient changes with each step back,
// between 5 and 50 steps.
func perStep(norms []float64) float64 { return math.Pow(norms[50]/norms[5], 1.0/45) }

func sigma(x float64) float64 { return 1 / (1 + math.Exp(-x)) }
