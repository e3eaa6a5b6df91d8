// Package optim changes parameters by their gradients: optimizers, and
// schedules of the learning rate.
//
// # The idea
//
// The gradient of a loss says in which direction each weight makes the loss
// grow. Gradient descent goes a little the other way, over and over; how far is
// the learning rate. An optimizer is a rule for that small step:
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
//	weight decay         g ← g + λ p                 SGD and Adam, before all else
//	                     p ← p − lr λ p              AdamW
//	maximize             g ← −g                      before weight decay
//
// Momentum rolls through ravines whose walls plain descent bounces between.
// Adam gives every weight a step of about lr, however large or small its
// gradients are; m and v start at zero, and dividing by 1 − βᵗ makes up for it.
// AdamW takes the decay out of m and v, so that it shrinks all weights alike.
//
// Settings are structs whose zero value is PyTorch's default, and the numbers
// are PyTorch's too: the same gradients give the same trajectory, up to rounding.
// See https://docs.pytorch.org/docs/stable/optim.html.
//
// # Groups
//
// A group is a list of parameters with a rule of its own, as when biases should
// not decay. [Groups.AddGroup] adds one, which may even have another rule than
// the first. A parameter that has no gradient in a step is left alone: no decay,
// no momentum, and its t stays.
//
// # Schedules
//
// A [Schedule] is a pure function from the step, which counts from 0, to a
// learning rate, so schedules need no state and compose:
//
//	schedule := optim.Warmup(500, optim.Cosine{LR: 3e-3, Steps: 9500})
//
// # State
//
// [Groups.State] is what the steps so far have left behind: momentum buffers
// and averages, named like "0.exp_avg" by the place of the parameter.
// With it and the parameters, a run that was interrupted goes on with the same
// bits. Settings are not state: they belong to the program, and the learning
// rate follows from the step.
//
// # Misuse
//
// Settings that make no sense, and a parameter in two groups, panic with a
// [*ConfigError]; state that does not fit is an error. Each is a sentence.
package optim
