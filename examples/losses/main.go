// Losses shows where the two usual losses come from: both are minus the logarithm
// of the probability that a model gives to what was observed. It finds cross
// entropy in the tosses of a coin and the squared error in noisy measurements, works
// out one gradient by hand, and shows how the wrong loss brings a net to a halt.
//
//	go run ./examples/losses [-out folder]
package main

import (
	"fmt"
	"io"
	"math"
	"path/filepath"
	"slices"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/data/synthetic"
	"github.com/descent-ml/descent/examples/internal/course"
	"github.com/descent-ml/descent/nn"
	"github.com/descent-ml/descent/optim"
	"github.com/descent-ml/descent/tensor"
)

func main() { course.Main("losses", run) }

// toss returns n tosses of a coin that shows heads, 1, with probability p.
func toss(seed uint64, n int, p float64) (y []float64) {
	r := tensor.NewRand(seed)
	for range n {
		v := 0.0
		if r.Float64() < p {
			v = 1
		}
		y = append(y, v)
	}
	return y
}

// lowest returns the value among the candidates where f is least.
func lowest(candidates []float64, f func(v float64) float64) float64 {
	return slices.MinFunc(candidates, func(a, b float64) int {
		switch d := f(a) - f(b); {
		case d < 0:
			return -1
		case d > 0:
			return 1
		}
		return 0
	})
}

// grid returns from, from + step and so on, up to to.
func grid(from, to, step float64) (values []float64) {
	for k := range int((to-from)/step+0.5) + 1 {
		values = append(values, from+float64(k)*step)
	}
	return values
}

func mean(values []float64, f func(v float64) float64) (m float64) {
	for _, v := range values {
		m += f(v) / float64(len(values))
	}
	return m
}

// coin is minus the mean logarithm of the probability of the tosses: −mean log p where
// it was heads, log(1 − p) where it was tails. This is the cross entropy of two classes.
func coin(y []float64, p float64) float64 {
	return -mean(y, func(y float64) float64 {
		if y == 1 {
			return math.Log(p)
		}
		return math.Log(1 - p)
	})
}

// article is the cross entropy as the article prints it (4.1): −mean y log p.
func article(y []float64, p float64) float64 {
	return -mean(y, func(y float64) float64 { return y * math.Log(p) })
}

// gauss is minus the mean logarithm of the normal density with mean m and deviation s.
func gauss(y []float64, m, s float64) float64 {
	return mean(y, func(y float64) float64 { return (y-m)*(y-m)/(2*s*s) + math.Log(s*math.Sqrt(2*math.Pi)) })
}

func squared(y []float64, m float64) float64 {
	return mean(y, func(y float64) float64 { return (y - m) * (y - m) })
}

// rivals draws n numbers around 0, many times, with normal or with Laplace noise, whose
// density falls as e^−|y|. It returns how far from 0, as the root of the mean square,
// the number with the least squared error (the mean) lies, and that with the least
// absolute error (the median).
func rivals(seed uint64, n, times int, laplace bool) (bySquares, byAbsolutes float64) {
	r := tensor.NewRand(seed)
	y := make([]float64, n)
	for range times {
		for i := range y {
			if y[i] = r.NormalFloat64(); laplace {
				y[i] = math.Log1p(-r.Float64()) // minus an exponential number
				if r.Float64() < 0.5 {
					y[i] = -y[i]
				}
			}
		}
		slices.Sort(y)
		m, median := mean(y, func(v float64) float64 { return v }), y[n/2]
		bySquares += m * m / float64(times)
		byAbsolutes += median * median / float64(times)
	}
	return math.Sqrt(bySquares), math.Sqrt(byAbsolutes)
}

// A loss compares logits z with targets: the probability is sigmoid(z).
type loss func(z, target autograd.Var) autograd.Var

func crossEntropy(z, target autograd.Var) autograd.Var { return nn.BCEWithLogits(z, target) }
func squaredError(z, target autograd.Var) autograd.Var { return nn.MSE(z.Sigmoid(), target) }

// slopes returns the first and the second derivative of a loss by z, where y = 1.
func slopes(f loss, z float64) (first, second float64) {
	x := autograd.NewTape().Var(tensor.New([]float64{z}, 1))
	l := f(x, x.Tape().Const(tensor.New([]float64{1}, 1)))
	second = autograd.Hessian(l, x).Item()
	return autograd.Grad(l, x)[0].Item(), second
}

// climb takes steps z ← z − dL/dz for y = 1, and returns the probability before each and
// after the last. It ends when that is above 0.9.
func climb(f loss, z float64, most int) (ps []float64) {
	tape, x, one := autograd.NewTape(), tensor.New([]float64{z}, 1), tensor.New([]float64{1}, 1)
	for {
		ps = append(ps, 1/(1+math.Exp(-x.At(0))))
		if ps[len(ps)-1] > 0.9 || len(ps) > most {
			return ps
		}
		tape.Reset()
		v := tape.Var(x)
		x.Set(x.At(0)-f(v, tape.Const(one)).Backward().Of(v).Item(), 0)
	}
}

// moons trains a net of 16 hidden units on n points of two half moons and returns the
// share that it then names rightly. Its last bias begins at bias.
func moons(seed uint64, n, steps int, f loss, rate, bias float64) (accuracy float64) {
	r := tensor.NewRand(seed)
	set := synthetic.Moons(n, 0.1, r)
	target := tensor.Zeros(n, 1)
	for i, label := range set.Labels {
		target.Set(float64(label), i, 0)
	}
	last := nn.NewLinear(r, 16, 1)
	model := nn.Sequential{nn.NewLinear(r, 2, 16), nn.Tanh{}, last}
	last.Bias.Value.Fill(bias)
	opt, tape := optim.NewSGD(nn.Params(model), optim.SGD{LR: rate}), autograd.NewTape()
	for range steps {
		tape.Reset()
		opt.Step(f(model.Forward(tape.Const(set.X)), tape.Const(target)).Backward())
	}
	tape.Reset()
	for i, z := range tensor.Values(model.Forward(tape.Const(set.X)).Value()) {
		if (z > 0) == (set.Labels[i] == 1) {
			accuracy += 1 / float64(n)
		}
	}
	return accuracy
}

func run(out io.Writer, folder string) error {
	say := course.Printer(out)
	const seed, n = 1, 2000
	y := toss(seed, n, 0.3)
	heads := mean(y, func(y float64) float64 { return y })
	product := 1.0
	for _, v := range y {
		product *= v*heads + (1-v)*(1-heads)
	}
	say("1. CROSS ENTROPY, FROM A COIN\n\nA coin shows heads (y = 1) in %.0f of %d tosses. A model says: heads has probability p.", heads*n, n)
	say("Then what was observed has the probability p · p · (1 − p) …, a factor for each toss.")
	say("Maximum likelihood takes the p that makes this product the largest. The computer finds")
	say("a product of %v, for it is below all numbers of a float64. So one takes its logarithm with", product)
	say("a minus, which is least where the product is largest. A toss adds −log p or −log(1 − p):\n")
	say("       p        L, mean by toss     as in the article")
	for _, p := range []float64{0.1, 0.3, 0.5, 0.7, 0.9} {
		say("    %4.2f   %18.4f   %18.4f", p, coin(y, p), article(y, p))
	}
	fine := grid(0.001, 0.999, 0.001)
	say("\nThe least of 999 values of p is at %.3f, and the share of heads is %.3f. This L is the", lowest(fine, func(p float64) float64 { return coin(y, p) }), heads)
	say("cross entropy. The article (4.1) prints −mean y log p, which forgets tails: it is least")
	say("at p = %.3f, the largest there is. Its formula is right when y and p are lists over", lowest(fine, func(p float64) float64 { return article(y, p) }))
	say("the classes, as (1, 0), and the sum runs over the classes, too.\n")

	const sigma = 2.0
	r := tensor.NewRand(seed)
	var measured []float64
	for range n {
		measured = append(measured, 5+sigma*r.NormalFloat64())
	}
	say("2. THE SQUARED ERROR, FROM NOISE\n\n%d measurements y = m + noise. A model says: the noise is normal, so y has the density", n)
	say("\n    1/(σ √2π) · e^(−(y − m)² / 2σ²)\n\nMinus its mean logarithm is MSE / 2σ² + log(σ √2π), where MSE is the mean of (y − m)².")
	say("For σ = %.0f:\n\n       m     −mean log density    MSE / 2σ² + log(σ √2π)", sigma)
	constant := math.Log(sigma * math.Sqrt(2*math.Pi))
	for _, m := range []float64{3, 4, 5, 6, 7} {
		say("    %4.1f   %18.6f   %23.6f", m, gauss(measured, m, sigma), squared(measured, m)/(2*sigma*sigma)+constant)
	}
	about := grid(4, 6, 0.001)
	say("\nBoth are least at one place: m = %.3f and m = %.3f; the mean of y is %.4f. So the", lowest(about, func(m float64) float64 { return gauss(measured, m, sigma) }),
		lowest(about, func(m float64) float64 { return squared(measured, m) }), mean(measured, func(v float64) float64 { return v }))
	say("squared error is the loss for normal noise. For other noise it is not the best. Laplace")
	say("noise has the density ½ e^−|y − m|, whose likelihood asks for the absolute error, and")
	say("that is least at the median. 2000 times 101 numbers around 0, and how far off one is:\n")
	say("    noise      least squares    least absolute error")
	for i, name := range []string{"normal", "Laplace"} {
		a, b := rivals(seed, 101, 2000, i == 1)
		say("    %-8s %15.4f %23.4f", name, a, b)
	}

	logits, label := []float64{2, 1, -1}, 1
	z := autograd.NewTape().Var(tensor.New(logits, 1, 3))
	grads := nn.CrossEntropy(z, []int{label}).Backward()
	p := tensor.Values(tensor.Softmax(z.Value(), 1))
	say("\n3. SOFTMAX WITH CROSS ENTROPY\n\nFor several classes a net gives a number to each, the logits z. Softmax makes them")
	say("probabilities, pᵢ = e^zᵢ / Σ e^zⱼ. The loss is −log of that of the right class c:")
	say("\n    L = −z_c + log Σ e^zⱼ     dL/dzᵢ = −yᵢ + e^zᵢ / Σ e^zⱼ = pᵢ − yᵢ\n\nwith y_c = 1 and the others 0. By hand, and by the tape of package autograd:\n")
	say("      z      p    y    p − y, by hand    by the tape")
	for i := range logits {
		target := 0.0
		if i == label {
			target = 1
		}
		say("    %3.0f  %.3f   %2.0f   %15.9f  %13.9f", logits[i], p[i], target, p[i]-target, grads.Of(z).At(0, i))
	}
	far := autograd.NewTape().Const(tensor.New([]float32{-200, 0}, 1, 2))
	say("\nOne operation for both also survives large logits. z = (−200, 0) and class 0, in float32:")
	say("softmax, then logarithm, gives a loss of %v; nn.CrossEntropy gives %v.\n", -far.Softmax(1).Log().Value().At(0, 0), nn.CrossEntropy(far, []int{0}).Item())

	say("4. THE SQUARED ERROR ON A SIGMOID STALLS\n\nTwo classes need one logit: p = sigmoid(z) = 1 / (1 + e^−z). Why not (p − y)²? With y = 1,")
	say("dL/dz is p − 1 for the cross entropy, and 2 (p − 1) p (1 − p) for the square:\n")
	say("             cross entropy           squared error          steps until p > 0.9")
	say("      z      dL/dz  d²L/dz²         dL/dz   d²L/dz²      cross e.      squared")
	for _, at := range []float64{-9, -6, -3, 0, 3} {
		a, aa := slopes(crossEntropy, at)
		b, bb := slopes(squaredError, at)
		say("    %3.0f   %8.5f %8.5f      %8.5f  %8.5f    %10d   %10d", at, a, aa, b, bb,
			len(climb(crossEntropy, at, 1e5))-1, len(climb(squaredError, at, 1e5))-1)
	}
	say("\nAt z = −9 the model is sure and wrong. The cross entropy pulls with all its force, the")
	say("square with nearly none: the worse the answer, the less is learnt. The cross entropy is")
	say("convex in z (d²L/dz² > 0); the square is not.\n")
	const steps, bias = 300, -8
	say("So with a net: 16 hidden units, 200 points of two half moons, %d steps. Its last bias", steps)
	say("begins at 0, or at %d, where it is sure that all points are of class 0:\n", bias)
	say("                              right, from 0          right, from %d", bias)
	say("    loss             rate    least and most of 5    least and most of 5 seeds")
	for _, c := range []struct {
		name string
		f    loss
		rate float64
	}{{"cross entropy", crossEntropy, 1}, {"squared error", squaredError, 1}, {"cross entropy", crossEntropy, 10}, {"squared error", squaredError, 10}} {
		var right [2][]float64
		for s := range uint64(5) {
			right[0] = append(right[0], 100*moons(s, 200, steps, c.f, c.rate, 0))
			right[1] = append(right[1], 100*moons(s, 200, steps, c.f, c.rate, bias))
		}
		say("    %-14s %6.0f %11.1f … %5.1f %% %13.1f … %5.1f %%", c.name, c.rate,
			slices.Min(right[0]), slices.Max(right[0]), slices.Min(right[1]), slices.Max(right[1]))
	}
	say("\nAt the rate at which the cross entropy learns from both starts, the square stands still")
	say("where the net is sure and wrong. Ten times the rate frees it here. Its force is smaller")
	a, _ := slopes(crossEntropy, -9)
	b, _ := slopes(squaredError, -9)
	say("by a factor of %.0f at z = −9, and of 2 at z = 0: what rate would help depends on z.\n", a/b)
	path := filepath.Join(folder, "losses.png")
	chart := course.Chart{Title: "The way from sure and wrong to the right answer", X: "step", Y: "probability of the right class", LogX: true}
	for i, f := range []loss{crossEntropy, squaredError} {
		for _, from := range []float64{-3, -6, -9} {
			ps := climb(f, from, 1e5)
			chart.Curves = append(chart.Curves, course.Curve{Name: fmt.Sprintf("%s, z = %.0f", []string{"cross entropy", "squared error"}[i], from),
				X: grid(1, float64(len(ps)), 1), Y: ps, Dashed: i == 0})
		}
	}
	say("The ways up from z = −3, −6 and −9 are drawn in %s.\n", path)
	say("5. THE ANSWER\n\nSay what the noise is, and the loss follows: classes ask for cross entropy, normal noise")
	say("for the squared error, Laplace noise for the absolute. Where the two losses of the article")
	say("meet a sigmoid at z = −9, they need %d and %d steps.", len(climb(crossEntropy, -9, 1e5))-1, len(climb(squaredError, -9, 1e5))-1)
	return chart.Save(path)
}
