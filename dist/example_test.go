package dist_test

import (
	"fmt"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/dist"
	"github.com/descent-ml/descent/tensor"
)

// A variational auto-encoder: the encoder gives a normal distribution for each sample.
// A point is drawn from it, and the decoder says how likely the data are from there.
// The divergence from the prior is added.
func Example_vae() {
	tape, r := autograd.NewTape(), tensor.NewRand(1)
	mean, logStd := tape.Var(tensor.New([]float64{0.5, -1, 0, 2}, 2, 2)), tape.Var(tensor.Zeros64(2, 2))
	data := tape.Const(tensor.New([]float64{1, 0, 1, 1}, 2, 2))

	q := dist.Normal{Loc: mean, Scale: logStd.Exp()}
	prior := dist.Normal{Loc: tape.Scalar(tensor.Float64, 0), Scale: tape.Scalar(tensor.Float64, 1)}
	z := q.RSample(r)
	decoded := dist.Bernoulli{Logits: z.MulScalar(3)} // a net, in truth
	loss := dist.KL(q, prior).Sum(-1).Sub(decoded.LogProb(data).Sum(-1)).Mean()

	grads := loss.Backward()
	fmt.Printf("loss %.4f\n", loss.Item())
	fmt.Printf("gradient by the mean %.4f\n", tensor.Values(grads.Of(mean)))
	// Output:
	// loss 1.6828
	// gradient by the mean [0.2053 -0.3503 -0.6808 0.9994]
}

// REINFORCE: what was done is made likelier, the more the higher its reward.
func Example_reinforce() {
	tape, r := autograd.NewTape(), tensor.NewRand(1)
	logits := tape.Var(tensor.Zeros64(3, 2)) // for three states, two actions each
	policy := dist.Categorical{Logits: logits}
	actions := policy.Sample(r)
	reward := tape.Const(tensor.New([]float64{1, 2, -1}, 3))
	loss := policy.LogProb(actions).Mul(reward).Sum().Neg()
	fmt.Println("actions ", actions)
	fmt.Println("gradient", tensor.Values(loss.Backward().Of(logits)))
	// Output:
	// actions  [0 1 1]
	// gradient [-0.5 0.5 1 -1 -0.5 0.5]
}

// A choice with gradients: the point is nearly a corner, and hard rounds it.
func ExampleGumbelSoftmax() {
	tape := autograd.NewTape()
	logits := tape.Var(tensor.New([]float64{1, 0, -1}, 3))
	soft := dist.GumbelSoftmax(tensor.NewRand(2), logits, 0.5)
	hard := dist.GumbelSoftmaxHard(tensor.NewRand(2), logits, 0.5)
	weights := tape.Const(tensor.New([]float64{1, 2, 3}, 3))
	fmt.Printf("soft %.4f\n", tensor.Values(soft.Value()))
	fmt.Printf("hard %.4f\n", tensor.Values(hard.Value()))
	fmt.Printf("gradient %.4f\n", tensor.Values(hard.Dot(weights).Backward().Of(logits)))
	// Output:
	// soft [0.0122 0.9869 0.0009]
	// hard [0.0000 1.0000 0.0000]
	// gradient [-0.0241 0.0222 0.0018]
}

// The entropy of a policy, and several actions for one state.
func ExampleCategorical() {
	tape := autograd.NewTape()
	d := dist.Categorical{Probs: tape.Const(tensor.New([]float64{1, 1, 2}, 3))}
	index := d.Sample(tensor.NewRand(1), 8)
	fmt.Println(index)
	fmt.Printf("%.4f\n", tensor.Values(d.LogProb(index[:2], 2).Value()))
	fmt.Printf("%.4f\n", d.Entropy().Item())
	// Output:
	// [0 0 0 0 2 0 1 2]
	// [-1.3863 -1.3863]
	// 1.0397
}

func ExampleBernoulli() {
	tape := autograd.NewTape()
	d := dist.Bernoulli{Probs: tape.Const(tensor.New([]float64{0.25, 0.5}, 2))}
	x := d.Sample(tensor.NewRand(1), 3)
	show("samples", x)
	show("log-probabilities", d.LogProb(x))
	show("entropy", d.Entropy())
	show("mean", d.Mean())
	show("variance", d.Variance())
	// Output:
	// samples [1.0000 1.0000 1.0000 1.0000 0.0000 1.0000]
	// log-probabilities [-1.3863 -0.6931 -1.3863 -0.6931 -0.2877 -0.6931]
	// entropy [0.5623 0.6931]
	// mean [0.2500 0.5000]
	// variance [0.1875 0.2500]
}

// The numbers are those of torch.manual_seed(42); Normal(0, 2).sample((3,)) in float32.
func ExampleNormal() {
	tape := autograd.NewTape()
	loc, scale := tape.Var(tensor.Zeros(1)), tape.Var(tensor.Full(2, 1))
	d := dist.Normal{Loc: loc, Scale: scale}
	show("samples", d.Sample(tensor.NewRand(42), 3))
	x := d.RSample(tensor.NewRand(42), 3)
	show("log-density", d.LogProb(x))
	show("CDF", d.CDF(x))
	show("entropy", d.Entropy())
	show("mean", d.Mean())
	show("variance", d.Variance())
	fmt.Printf("gradient of the mean sample by the scale %.4f\n", tensor.Values(x.Mean().Backward().Of(scale)))
	// Output:
	// samples [0.6734 0.2576 0.4689]
	// log-density [-1.6688 -1.6204 -1.6396]
	// CDF [0.6318 0.5512 0.5927]
	// entropy [2.1121]
	// mean [0.0000]
	// variance [4.0000]
	// gradient of the mean sample by the scale [0.2333]
}

// Others of a location and a scale.
func ExampleLaplace() {
	tape := autograd.NewTape()
	loc, scale, x := tape.Const(tensor.New([]float64{0, 1}, 2)), tape.Const(tensor.New([]float64{1}, 1)), tape.Const(tensor.New([]float64{0.5, 2}, 2))
	for _, d := range []interface {
		Sample(r *tensor.Rand, shape ...int) autograd.Var
		RSample(r *tensor.Rand, shape ...int) autograd.Var
		LogProb(x autograd.Var) autograd.Var
		CDF(x autograd.Var) autograd.Var
		Entropy() autograd.Var
		Mean() autograd.Var
		Variance() autograd.Var
	}{
		dist.Laplace{Loc: loc, Scale: scale},
		dist.Gumbel{Loc: loc, Scale: scale},
		dist.LogNormal{Loc: loc, Scale: scale},
	} {
		fmt.Printf("%T\n", d)
		show("  sample", d.Sample(tensor.NewRand(1)))
		show("  the same with gradients", d.RSample(tensor.NewRand(1)))
		show("  log-density", d.LogProb(x))
		show("  CDF", d.CDF(x))
		show("  entropy", d.Entropy())
		show("  mean", d.Mean())
		show("  variance", d.Variance())
	}
	// Output:
	// dist.Laplace
	//   sample [-2.1029 0.1995]
	//   the same with gradients [-2.1029 0.1995]
	//   log-density [-1.1931 -1.6931]
	//   CDF [0.6967 0.8161]
	//   entropy [1.6931 1.6931]
	//   mean [0.0000 1.0000]
	//   variance [2.0000 2.0000]
	// dist.Gumbel
	//   sample [-1.0282 0.5988]
	//   the same with gradients [-1.0282 0.5988]
	//   log-density [-1.1065 -1.3679]
	//   CDF [0.5452 0.6922]
	//   entropy [1.5772 1.5772]
	//   mean [0.5772 1.5772]
	//   variance [1.6449 1.6449]
	// dist.LogNormal
	//   sample [1.9374 3.5499]
	//   the same with gradients [1.9374 3.5499]
	//   log-density [-0.4660 -1.6592]
	//   CDF [0.2441 0.3795]
	//   entropy [1.4189 2.4189]
	//   mean [1.6487 4.4817]
	//   variance [4.6708 34.5126]
}

func ExampleUniform() {
	tape := autograd.NewTape()
	low, high := tape.Const(tensor.New([]float64{-1}, 1)), tape.Var(tensor.New([]float64{3}, 1))
	d := dist.Uniform{Low: low, High: high}
	show("sample", d.Sample(tensor.NewRand(1)))
	x := tape.Const(tensor.New([]float64{-2, 0, 3}, 3))
	show("log-density", d.LogProb(x))
	show("CDF", d.CDF(x))
	show("entropy", d.Entropy())
	show("mean", d.Mean())
	show("variance", d.Variance())
	fmt.Printf("gradient of a sample by the end %.4f\n", tensor.Values(d.RSample(tensor.NewRand(1)).Sum().Backward().Of(high)))
	// Output:
	// sample [-0.7558]
	// log-density [-Inf -1.3863 -Inf]
	// CDF [0.0000 0.2500 1.0000]
	// entropy [1.3863]
	// mean [1.0000]
	// variance [1.3333]
	// gradient of a sample by the end [0.0611]
}

// The time to an event, and that to the third.
func ExampleExponential() {
	tape := autograd.NewTape()
	rate, three, x := tape.Var(tensor.New([]float64{2}, 1)), tape.Const(tensor.New([]float64{3}, 1)), tape.Const(tensor.New([]float64{-1, 0.5}, 2))
	first, third := dist.Exponential{Rate: rate}, dist.Gamma{Concentration: three, Rate: rate}
	show("samples", autograd.Concat(0, first.Sample(tensor.NewRand(1)), third.Sample(tensor.NewRand(1))))
	show("log-densities", autograd.Stack(0, first.LogProb(x), third.LogProb(x)))
	show("CDF", first.CDF(x))
	show("entropies", autograd.Concat(0, first.Entropy(), third.Entropy()))
	show("means", autograd.Concat(0, first.Mean(), third.Mean()))
	show("variances", autograd.Concat(0, first.Variance(), third.Variance()))
	fmt.Printf("gradient of a sample by the rate %.4f\n", tensor.Values(first.RSample(tensor.NewRand(1)).Sum().Backward().Of(rate)))
	// Output:
	// samples [0.0315 1.9495]
	// log-densities [-Inf -0.3069 -Inf -1.0000]
	// CDF [0.0000 0.6321]
	// entropies [0.3069 1.1544]
	// means [0.5000 1.5000]
	// variances [0.2500 0.7500]
	// gradient of a sample by the rate [-0.0157]
}

// A beta distribution is the first number of a Dirichlet distribution of two.
func ExampleBeta() {
	tape := autograd.NewTape()
	a, b := tape.Const(tensor.New([]float64{2}, 1)), tape.Const(tensor.New([]float64{3}, 1))
	beta, dirichlet := dist.Beta{Concentration1: a, Concentration0: b}, dist.Dirichlet{Concentration: autograd.Stack(-1, a, b)}
	show("sample", beta.Sample(tensor.NewRand(1)))
	show("sample", dirichlet.Sample(tensor.NewRand(1)))
	x := tape.Const(tensor.New([]float64{0.25, 0.75}, 1, 2))
	show("log-density", beta.LogProb(x.Select(-1, 0)))
	show("log-density", dirichlet.LogProb(x))
	show("entropy", beta.Entropy())
	show("entropy", dirichlet.Entropy())
	show("mean", beta.Mean())
	show("mean", dirichlet.Mean())
	show("variance", beta.Variance())
	show("variance", dirichlet.Variance())
	// Output:
	// sample [0.4610]
	// sample [0.4610 0.5390]
	// log-density [0.5232]
	// log-density [0.5232]
	// entropy [-0.2349]
	// entropy [-0.2349]
	// mean [0.4000]
	// mean [0.4000 0.6000]
	// variance [0.0400]
	// variance [0.0400 0.0400]
}

// Samples move with the concentrations, so that nets can be trained through them.
func ExampleGamma() {
	tape := autograd.NewTape()
	a, b := tape.Var(tensor.New([]float64{2}, 1)), tape.Var(tensor.New([]float64{3}, 1))
	gamma, beta := dist.Gamma{Concentration: a, Rate: b}, dist.Beta{Concentration1: a, Concentration0: b}
	dirichlet := dist.Dirichlet{Concentration: autograd.Concat(-1, a, b)}
	for _, x := range []autograd.Var{gamma.RSample(tensor.NewRand(1)), beta.RSample(tensor.NewRand(1)), dirichlet.RSample(tensor.NewRand(1))} {
		d := autograd.Grad(x.Slice(0, 0, 1, 1).Sum(), a, b)
		fmt.Printf("%.4f, by the parameters %.4f and %.4f\n", tensor.Values(x.Value()), d[0].Item(), d[1].Item())
	}
	// Output:
	// [0.8915], by the parameters 0.4174 and -0.2972
	// [0.4610], by the parameters 0.1347 and -0.0986
	// [0.4610 0.5390], by the parameters 0.1347 and -0.0986
}

// Two numbers that vary together.
func ExampleMultivariateNormal() {
	tape := autograd.NewTape()
	covariance := tape.Var(tensor.New([]float64{1, 0.6, 0.6, 1}, 2, 2))
	d := dist.MultivariateNormal{Loc: tape.Const(tensor.New([]float64{0, 1}, 2)), ScaleTril: covariance.Cholesky()}
	show("samples", d.Sample(tensor.NewRand(1), 2))
	x := d.RSample(tensor.NewRand(1), 2)
	show("log-densities", d.LogProb(x))
	show("entropy", d.Entropy())
	show("mean", d.Mean())
	show("variance", d.Variance())
	fmt.Printf("gradient by the covariance %.4f\n", tensor.Values(x.Sum().Backward().Of(covariance)))
	// Output:
	// samples [0.6614 1.6104 0.0617 1.5341]
	// log-densities [-1.8691 -1.8097]
	// entropy [2.6147]
	// mean [0.0000 1.0000]
	// variance [1.0000 1.0000]
	// gradient by the covariance [0.3445 0.0284 0.0284 0.5552]
}

func ExampleKL() {
	tape := autograd.NewTape()
	number := func(v float64) autograd.Var { return tape.Scalar(tensor.Float64, v) }
	var p, q dist.Distribution = dist.Normal{Loc: number(1), Scale: number(1)}, dist.Normal{Loc: number(0), Scale: number(2)}
	fmt.Printf("%.4f\n", dist.KL(p, q).Item())
	fmt.Printf("%.4f\n", dist.KL(p, dist.Laplace{Loc: number(0), Scale: number(2)}).Item())
	fmt.Printf("%.4f\n", dist.KL(p, dist.Exponential{Rate: number(1)}).Item()) // negative numbers are impossible there
	// Output:
	// 0.4431
	// 0.5507
	// +Inf
}

func show(what string, x autograd.Var) { fmt.Printf("%s %.4f\n", what, tensor.Values(x.Value())) }
