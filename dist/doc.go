// Package dist has probability distributions, those of torch.distributions that
// small nets use: [Normal], [LogNormal], [Laplace], [Gumbel], [Uniform],
// [Exponential], [Gamma], [Beta], [Dirichlet], [MultivariateNormal], [Bernoulli] and
// [Categorical].
//
// # A distribution is its parameters
//
// A distribution is a struct of variables on a tape. It is made by a literal, holds
// nothing else, and lives as long as its variables:
//
//	q := dist.Normal{Loc: mean, Scale: logStd.Exp()}
//	z := q.RSample(r)                                   // mean + scale · noise
//	loss := nll.Add(dist.KL(q, prior).Sum(-1).Mean())
//
// The fields have PyTorch's names. Parameters broadcast against each other, to what
// PyTorch calls the shape of the batch; what is asked about a distribution has this
// shape. All of it is differentiable, by the parameters and by the argument, as often
// as one likes.
//
// # Samples
//
// Sample returns a constant. RSample, where a distribution has it, returns a variable
// whose gradients flow to the parameters, through x = loc + scale·noise and the like
// (https://arxiv.org/abs/1312.6114). The numbers are PyTorch's for the same seed. The
// arguments after the generator are PyTorch's sample_shape: axes before those of the
// batch, for several samples of each. The generator is named to [autograd.Tape.Draws],
// so that recomputed functions see the same numbers.
//
// Samples of [Gamma], [Beta] and [Dirichlet] are made by rejection. Their gradients by
// the concentrations are those of a sample that keeps its place among the probabilities
// (https://arxiv.org/abs/1805.08498), as in PyTorch, with more digits. To differentiate
// them again, the sum of an integral is recorded, about a hundred numbers for each sample.
//
// Where there is no RSample, a gradient can flow through LogProb
// (REINFORCE, https://doi.org/10.1007/BF00992696):
//
//	a := policy.Sample(r)
//	loss := policy.LogProb(a).Mul(reward).Mean().Neg()
//
// or through [GumbelSoftmax].
//
// # Densities
//
// LogProb broadcasts its argument against the parameters. Outside the support it is
// −∞, with gradients of 0; PyTorch raises there, unless validate_args is False. An
// event of several numbers, as a row of independent ones, is made by a sum:
// d.LogProb(x).Sum(-1) stands for PyTorch's Independent(d, 1).
//
// Parameters are not checked, because that would read every value at every step: a
// negative scale gives NaN, and [autograd.Tape.DetectNaN] finds where. What draws
// samples panics with a [*tensor.ArgError] for a probability outside 0 … 1 or a
// negative concentration.
package dist
