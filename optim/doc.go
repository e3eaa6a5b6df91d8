// Package optim changes parameters by their gradients: optimizers, and
// schedules of the learning rate.
//
// # The idea
//
// The gradient of a loss says in which direction each weight makes the loss
// grow. Gradient descent goes a little in the other direction, over and over.
// The learning rate says how far. An optimizer is a rule for that small step:
//
//	opt := optim.NewAdam(nn.Params(model), optim.Adam{LR: 3e-3})
//	for step := range 1000 {
//		tape.Reset()
//		grads := loss(tape).Backward()
//		grads.ClipNorm(1)
//		opt.SetLR(schedule.At(step))
//		opt.Step(grads)
//	}
//
// # Rules
//
// With g the gradient of a parameter p, t the number of its steps from 1, lr
// the learning rate and λ the weight decay:
//
//	SGD                  p ← p − lr g
//	  momentum           b ← μ b + (1 − τ) g         b ← g when t = 1
//	                     p ← p − lr b
//	  Nesterov           p ← p − lr (g + μ b)
//	Adam                 m ← β₁ m + (1 − β₁) g       an average of the gradient
//	                     v ← β₂ v + (1 − β₂) g²      an average of its square
//	                     p ← p − lr m̂/(√v̂ + ε)      m̂ = m/(1 − β₁ᵗ), v̂ = v/(1 − β₂ᵗ)
//	  AMSGrad            v̂ = max v/(1 − β₂ᵗ)         the largest v so far
//	NAdam                p ← p − lr (c g + c' m)/(√v̂ + ε)   c, c' from the momenta so far
//	RAdam                p ← p − lr r m̂/(√v̂ + ε)     r from t; p ← p − lr m̂ in the first steps
//	Adamax               u ← max(β₂ u, |g| + ε)      the largest gradient, slowly forgotten
//	                     p ← p − lr m̂/u
//	RMSprop              v ← α v + (1 − α) g²
//	                     p ← p − lr g/(√v + ε)       or a momentum of that
//	Adagrad              s ← s + g²
//	                     p ← p − lr g/(√s + ε)
//	Adadelta             δ ← g √(u + ε)/√(v + ε)     u an average of δ²
//	                     p ← p − lr δ
//	Lion                 p ← p − lr sign(β₁ m + (1 − β₁) g)
//	Muon                 m ← μ m + (1 − μ) g         a matrix
//	                     p ← p − lr orthogonal(m)    nearly: all directions about equally strong
//	Rprop                p ← p − size sign(g)        a size for each weight, by its changes of sign
//	ASGD                 p ← p − η g                 η falls; an average of p is kept
//	weight decay         g ← g + λ p                 before all else
//	                     p ← p − lr λ p              AdamW, Lion, Muon; NAdam and RAdam if Decoupled
//	maximize             g ← −g                      before weight decay
//
// In a ravine, plain descent jumps from wall to wall. Momentum averages these
// jumps, and follows the ravine. Adam gives every weight a step of about lr,
// whether its gradients are large or small. Its m and v start at 0 and are too
// small at first; the division by 1 − βᵗ corrects that. AdamW keeps the decay
// out of m and v, so that all weights shrink by the same factor.
//
// The numbers are PyTorch's: the same gradients give the same trajectory, up to
// rounding. See https://docs.pytorch.org/docs/stable/optim.html.
//
// # Settings
//
// Rules and schedules are structs of settings, and follow the rules of package
// nn:
//
//   - The zero value of a setting stands for PyTorch's default. The comment of
//     the field says which that is. So the zero value of a rule is PyTorch's
//     default.
//   - Where the default is not 0, [Zero] says 0: AdamW{WeightDecay: optim.Zero}.
//   - A setting whose comment names no default says what it says: Constant{} is
//     a learning rate of 0.
//
// # Groups
//
// A group is a list of parameters with a rule of its own: for example, biases
// that should not decay. [Groups.AddGroup] adds one. A step leaves a parameter
// alone when it has no gradient or is frozen: it does not decay, and its
// momentum and its t stay.
//
// # Closures
//
// [LBFGS] needs the loss at several points in a step. [NewLBFGS] takes a closure
// that computes it, and returns an [Optimizer] of its own kind.
//
// # Schedules
//
// A [Schedule] is a function from the step, which counts from 0, to a learning
// rate. It has no state, and schedules can be made of others:
//
//	schedule := optim.Warmup(500, optim.Cosine{LR: 3e-3, Steps: 9500})
//
// A group may follow a schedule of its own, by [Groups.SetGroupLR]. [Plateau] is
// the one that depends on how the training goes, and has a state.
//
// # State
//
// [Groups.State] is what the optimizer has kept of its steps: momentum buffers
// and averages. A name as "0.exp_avg" begins with the number of the parameter.
// With this state and the parameters, a run that was interrupted continues with
// the same bits. Settings are not part of the state: they belong to the program,
// and the learning rate follows from the step.
//
// # Misuse
//
// A setting out of its range, and a parameter in two groups, panic with a
// [*tensor.ArgError]. A state that does not fit is returned as an error. Each is
// a sentence.
package optim
