// Uncertainty lets nets say how sure they are, in five ways, and checks whether it
// is so: a constant deviation, a Gaussian likelihood, dropout that stays on, an
// ensemble, and weights that are distributions.
//
//	go run ./examples/uncertainty [-out folder]
package main

import (
	"context"
	"fmt"
	"io"
	"math"
	"path/filepath"
	"slices"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/data"
	"github.com/descent-ml/descent/examples/internal/course"
	"github.com/descent-ml/descent/nn"
	"github.com/descent-ml/descent/optim"
	"github.com/descent-ml/descent/tensor"
	"github.com/descent-ml/descent/train"
)

func main() {
	course.Main("uncertainty", func(out io.Writer, folder string) error {
		return lesson(out, folder, 1, sizes{examples: 200, steps: 1000, members: 5, draws: 30})
	})
}

// sizes are those of the experiments: members of the ensemble, draws of weights.
type sizes struct{ examples, steps, members, draws int }

// truth is the curve that is to be learnt, and noise the deviation around it.
func truth(x float64) float64 { return math.Cos(2.5 * x) }
func noise(x float64) float64 { return 0.05 + 0.08*(x+2) }

// A region is a part of the x axis.
type region struct{ from, to float64 }

var (
	known = []region{{-2, -0.7}, {0.7, 2}} // where the examples are
	gap   = []region{{-0.5, 0.5}}
	far   = []region{{2.5, 4}}
	quiet = []region{{-2, -1}} // in the known part, with little noise
	loud  = []region{{1, 2}}   // and with much
)

// points draws n examples from regions of equal length.
func points(n int, from []region, r *tensor.Rand) *data.Examples {
	set := &data.Examples{X: tensor.Zeros(n, 1), Y: tensor.Zeros(n, 1)}
	for i := range n {
		at := from[i%len(from)]
		x := at.from + (at.to-at.from)*r.Float64()
		set.X.Set(x, i, 0)
		set.Y.Set(truth(x)+noise(x)*r.NormalFloat64(), i, 0)
	}
	return set
}

// split cuts what a net says, [n 2], into a mean and a variance, which is
// positive: softplus(s) = log(1 + eˢ).
func split(y autograd.Var) (mean, variance autograd.Var) {
	return y.Slice(1, 0, 1, 1), y.Slice(1, 1, 2, 1).Softplus(1, 20).AddScalar(1e-4)
}

// newNet returns a net with two hidden layers and, if p > 0, dropout that stays on.
func newNet(r *tensor.Rand, p float64) nn.Sequential {
	drop := &nn.Dropout{P: p, Rand: r, Mode: autograd.Train}
	return nn.Sequential{nn.NewLinear(r, 1, 32), nn.Tanh{}, drop, nn.NewLinear(r, 32, 32), nn.Tanh{}, drop, nn.NewLinear(r, 32, 2)}
}

// A gaussian is a linear layer whose weights are normal distributions, with
// means M and deviations softplus(R). Each run of it draws other weights.
type gaussian struct {
	M, R *autograd.Param // [out in+1]; the last column is the bias
	Rand *tensor.Rand
}

func newGaussian(r *tensor.Rand, in, out int) *gaussian {
	m := tensor.MulScalar(tensor.Randn(r, out, in+1), 1/math.Sqrt(float64(in)))
	return &gaussian{autograd.NewParam(m), autograd.NewParam(tensor.Full(-4, out, in+1)), r}
}

func (l *gaussian) Forward(x autograd.Var) autograd.Var {
	t, in := x.Tape(), x.Dim(1)
	w := t.Param(l.M).Add(t.Param(l.R).Softplus(1, 20).Mul(t.Normal(tensor.Float32, l.Rand, l.M.Value.Shape()...)))
	return x.Linear(w.Slice(1, 0, in, 1), w.Select(1, in))
}

// divergence returns the Kullback–Leibler divergence of the weights from the
// prior N(0, 1): Σ ½ (σ² + μ² − 1) − log σ.
func (l *gaussian) divergence(t *autograd.Tape) autograd.Var {
	sigma := t.Param(l.R).Softplus(1, 20)
	return sigma.Square().Add(t.Param(l.M).Square()).AddScalar(-1).MulScalar(0.5).Sub(sigma.Log()).Sum()
}

// fit trains a model on all examples at each step.
func fit(model nn.Layer, set *data.Examples, steps int, objective train.Objective[data.Batch]) error {
	_, err := (&train.Fit[data.Batch]{
		Model: model, Objective: objective, Opt: optim.NewAdam(nn.Params(model), optim.Adam{LR: 0.01}),
		Train: &data.Loader[data.Batch]{Set: set, Batch: set.Len()}, Epochs: steps, Schedule: optim.Cosine{LR: 0.01, Steps: steps},
	}).Run(context.Background())
	return err
}

// likelihood is the objective −log N(y; mean, variance), up to a constant.
func likelihood(model nn.Layer) train.Objective[data.Batch] {
	return func(t *autograd.Tape, b *data.Batch) train.Outcome {
		mean, variance := split(model.Forward(t.Const(b.X)))
		return train.Outcome{Loss: nn.GaussianNLLLoss{}.Of(mean, t.Const(b.Y), variance), Output: mean}
	}
}

// A belief is what a model says of some places: the mean of y, the variance of
// the noise around it, and the variance of the mean itself, which is ignorance.
type belief struct{ mean, noise, ignorance []float64 }

func (b belief) deviation(i int) float64 { return math.Sqrt(b.noise[i] + b.ignorance[i]) }

// root returns the root of the mean of variances.
func root(variances []float64) float64 {
	sum := 0.0
	for _, v := range variances {
		sum += v
	}
	return math.Sqrt(sum / float64(len(variances)))
}

// ask lets models speak, each of them draws times, and joins what they say.
func ask(x *tensor.Tensor, draws int, models ...nn.Layer) belief {
	n := x.Dim(0)
	b := belief{make([]float64, n), make([]float64, n), make([]float64, n)}
	square, total := make([]float64, n), float64(draws*len(models))
	for _, m := range models {
		for range draws {
			tape := autograd.NewTape()
			tape.SetMode(autograd.Eval)
			tape.SetRecording(false)
			mean, variance := split(m.Forward(tape.Const(x)))
			for i := range n {
				v := mean.Value().At(i, 0)
				b.mean[i] += v / total
				square[i] += v * v / total
				b.noise[i] += variance.Value().At(i, 0) / total
			}
		}
	}
	for i := range n {
		b.ignorance[i] = max(0, square[i]-b.mean[i]*b.mean[i])
	}
	return b
}

// An oracle answers with a belief. There are five ways to get one.
type oracle func(x *tensor.Tensor) belief

var methods = []string{"constant", "likelihood", "dropout", "ensemble", "Bayes"}

// learn trains a model by a method.
func learn(method string, set *data.Examples, s sizes, seed uint64) (oracle, error) {
	switch r := tensor.NewRand(seed); method {
	case "constant":
		m := newNet(r, 0)
		err := fit(m, set, s.steps, func(t *autograd.Tape, b *data.Batch) train.Outcome {
			mean, _ := split(m.Forward(t.Const(b.X)))
			return train.Outcome{Loss: nn.MSE(mean, t.Const(b.Y))}
		})
		b := ask(set.X, 1, m)
		b.noise = slices.Repeat([]float64{1}, set.Len())
		variance := math.Pow(correction(b, set), 2)
		return func(x *tensor.Tensor) belief {
			b := ask(x, 1, m)
			b.noise = slices.Repeat([]float64{variance}, x.Dim(0))
			return b
		}, err
	case "Bayes":
		layers := []*gaussian{newGaussian(r, 1, 32), newGaussian(r, 32, 2)}
		m := nn.Sequential{layers[0], nn.Tanh{}, layers[1]}
		err := fit(m, set, 2*s.steps, func(t *autograd.Tape, b *data.Batch) train.Outcome {
			out := likelihood(m)(t, b)
			for _, l := range layers {
				out.Loss = out.Loss.Add(l.divergence(t).MulScalar(1 / float64(set.Len())))
			}
			return out
		})
		return func(x *tensor.Tensor) belief { return ask(x, s.draws, m) }, err
	case "ensemble":
		var models []nn.Layer
		for i := range s.members {
			m := newNet(tensor.NewRand(seed*100+uint64(i)), 0)
			if err := fit(m, set, s.steps, likelihood(m)); err != nil {
				return nil, err
			}
			models = append(models, m)
		}
		return func(x *tensor.Tensor) belief { return ask(x, 1, models...) }, nil
	default:
		p, draws := 0.0, 1
		if method == "dropout" {
			p, draws = 0.1, s.draws
		}
		m := newNet(r, p)
		err := fit(m, set, s.steps, likelihood(m))
		return func(x *tensor.Tensor) belief { return ask(x, draws, m) }, err
	}
}

// covered returns the share of a set whose y lies within the interval that
// should hold the given share of a normal distribution, when deviations are
// multiplied by a factor.
func covered(b belief, set *data.Examples, share, factor float64) float64 {
	z, within := math.Sqrt2*math.Erfinv(share), 0
	for i, mean := range b.mean {
		if math.Abs(set.Y.At(i, 0)-mean) <= z*factor*b.deviation(i) {
			within++
		}
	}
	return float64(within) / float64(set.Len())
}

// correction returns the factor that makes deviations right on a set: the root
// of the mean of ((y − mean) / deviation)².
func correction(b belief, set *data.Examples) float64 {
	squares := make([]float64, set.Len())
	for i, mean := range b.mean {
		squares[i] = math.Pow((set.Y.At(i, 0)-mean)/b.deviation(i), 2)
	}
	return root(squares)
}

// grass adds up a small Bayesian network: how likely it is that it has rained when
// the grass is wet, and when the sprinkler was on too.
func grass() (wet, wetAndOn float64) {
	none, rain, on, both := 0.8*0.7*0.01, 0.2*0.7*0.9, 0.8*0.3*0.8, 0.2*0.3*0.99
	return (rain + both) / (none + rain + on + both), both / (on + both)
}

func lesson(out io.Writer, folder string, seed uint64, s sizes) error {
	say := course.Printer(out)
	set := points(s.examples, known, tensor.NewRand(seed))
	test := func(where []region) *data.Examples { return points(1000, where, tensor.NewRand(seed+1000)) }
	oracles := map[string]oracle{}
	for _, method := range methods {
		var err error
		if oracles[method], err = learn(method, set, s, seed); err != nil {
			return err
		}
	}
	share := func(method string, where []region) float64 {
		return covered(oracles[method](test(where).X), test(where), 0.9, 1)
	}

	say("1. TWO WAYS OF NOT KNOWING\n\nData are y = cos(2.5 x) + noise. The noise is normal; its deviation grows from %.2f at", noise(-2))
	say("x = −2 to %.2f at x = 2. A net also errs because it has seen too little: that is", noise(2))
	say("ignorance. Our %d examples lie in −2 … −0.7 and 0.7 … 2. None is in the gap, −0.5 …", s.examples)
	say("0.5, and none is far, in 2.5 … 4.\n")

	say("2. ONE NUMBER FOR ALL\n\nA net fitted by the mean squared error says no more than ŷ. One adds the deviation of its")
	say("errors, the same everywhere. Of a normal distribution, 90 %% lies within 1.645")
	say("deviations. Of 1000 new y, within ŷ ± 1.645 deviations lie:\n")
	parts := func(method string) {
		say("    %-12s all %.2f    where noise is small %.2f    where it is large %.2f",
			method, share(method, known), share(method, quiet), share(method, loud))
	}
	parts("constant")
	say("\nThe first number looks right. The others show that it is right nowhere.\n")
	say("3. A LIKELIHOOD\n\nThe cure: a second output for the variance v, and for the loss, the negative logarithm of")
	say("how likely a normal distribution makes the y that was seen (nn.GaussianNLLLoss):\n")
	say("    L = ½ (log v + (y − ŷ)² / v)\n")
	parts("likelihood")
	say("\nBoth parts are nearer to 0.90. But what of places that it has not seen?\n")
	say("4. IGNORANCE\n\nThree ways to ask many nets in place of one; where they disagree, they do not know:\n")
	say("    dropout    one net, %d times, each time with other units left out (Monte Carlo)", s.draws)
	say("    ensemble   %d nets, trained from other starts", s.members)
	say("    Bayes      one net whose weights are normal distributions; %d draws of weights.", s.draws)
	say("               Its loss adds KL(weights ‖ N(0, 1)) / n (\"Bayes by backprop\")\n")
	say("Variance of y = mean of the variances + variance of the means. The first is noise, the")
	say("second ignorance. Their roots, on average over a region:\n")
	say("                 noise, small   noise, large   ignorance, known    in the gap   far")
	believe := func(method string, where []region) belief { return oracles[method](test(where).X) }
	ignorance := func(method string, where []region) float64 { return root(believe(method, where).ignorance) }
	for _, method := range methods[1:] {
		say("    %-12s %12.2f %14.2f %18.3f %13.3f %5.3f", method, root(believe(method, quiet).noise), root(believe(method, loud).noise),
			ignorance(method, known), ignorance(method, gap), ignorance(method, far))
	}
	say("    %-12s %12.2f %14.2f", "truth", noise(-1.5), noise(1.5))
	ratio := func(method string) float64 { return ignorance(method, gap) / ignorance(method, known) }
	say("\nIn the gap, the ensemble is %.1f times as ignorant as where it has learnt. Dropout is", ratio("ensemble"))
	say("%.1f times, and Bayes %.1f times: they do not notice the gap. Both also take their own", ratio("dropout"), ratio("Bayes"))
	say("unrest for noise: look at the first column.\n")

	chart := course.Chart{Title: "Ignorance of three methods. There are no examples from −0.7 to 0.7 and beyond ±2",
		X: "x", Y: "deviation", LogY: true, LegendBottom: true}
	for _, method := range methods[2:] {
		axis := tensor.Linspace(-4, 4, 161)
		c := course.Curve{Name: method, X: tensor.Values(axis)}
		for _, v := range oracles[method](axis.Reshape(161, 1)).ignorance {
			c.Y = append(c.Y, math.Sqrt(v))
		}
		chart.Curves = append(chart.Curves, c)
	}
	marks := course.Curve{Name: "an example", X: tensor.Values(set.X.Reshape(s.examples)), Dots: true}
	marks.Y = slices.Repeat([]float64{0.5}, len(marks.X))
	chart.Curves = append(chart.Curves, marks)
	path := filepath.Join(folder, "uncertainty.png")
	if err := chart.Save(path); err != nil {
		return err
	}
	say("Drawn by place in %s.\n", path)

	say("5. CALIBRATION\n\nIntervals that should hold a share of all y, and the share that they do hold:\n")
	say("    should hold   %10s %10s %10s %10s %10s", "constant", "likelihood", "dropout", "ensemble", "Bayes")
	line := func(name string, f func(method string) float64) {
		row := []any{name}
		for _, method := range methods {
			row = append(row, f(method))
		}
		say("    %-13s %10.2f %10.2f %10.2f %10.2f %10.2f", row...)
	}
	for _, level := range []float64{0.1, 0.3, 0.5, 0.7, 0.9} {
		line(fmt.Sprintf("%s  %.2f ", course.Bar(level, 7), level), func(method string) float64 {
			return covered(believe(method, known), test(known), level, 1)
		})
	}
	say("\nA wrong size can be mended: keep 100 examples back, and multiply deviations by")
	say("the root mean square of (y − ŷ) / deviation on them. That factor, and 0.90 again:\n")
	held := points(100, known, tensor.NewRand(seed+2000))
	factor := func(method string) float64 { return correction(oracles[method](held.X), held) }
	line("the factor   ", factor)
	for i, where := range [][]region{known, gap, far} {
		line([]string{"known", "gap", "far"}[i]+", mended", func(method string) float64 {
			return covered(believe(method, where), test(where), 0.9, factor(method))
		})
	}
	say("\nWhere examples are, a factor mends the whole. In the gap and far away no method")
	say("keeps the promise reliably: examples that were kept back cannot tell of such places.\n")

	wet, both := grass()
	say("6. A BAYESIAN NETWORK\n\nThe article answers \"Bayesian network\". That is no neural net, but a graph of variables")
	say("with a table of probabilities for each. Rain (0.20) and sprinkler (0.30) wet the grass:")
	say("P(wet) is 0.01 for none, 0.90 for rain, 0.80 for the sprinkler, 0.99 for both. Adding up:\n")
	say("    P(rain | wet) = %.3f      P(rain | wet, sprinkler on) = %.3f\n", wet, both)
	say("The sprinkler explains the wet grass, and rain is nearly as unlikely as at first. A")
	say("Bayesian neural net is the row \"Bayes\" above: its weights are the uncertain variables.\n")

	say("7. THE ANSWER\n\nFor noise: a likelihood (%.2f and %.2f of 0.90 in both parts, against %.2f and %.2f). For", share("likelihood", quiet), share("likelihood", loud), share("constant", quiet), share("constant", loud))
	say("ignorance: an ensemble, as a warning. For the size: a factor from examples kept back.")
	return nil
}
