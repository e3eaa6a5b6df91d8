// Package nn provides layers, losses and initialisers with PyTorch's defaults,
// and finds the parameters of a model.
//
// # Models
//
// A layer is a struct with exported fields; a model is any struct with a
// Forward method:
//
//	type Net struct {
//		FC1, FC2 *nn.Linear
//	}
//
//	func (n *Net) Forward(x autograd.Var) autograd.Var {
//		return n.FC2.Forward(n.FC1.Forward(x).ReLU())
//	}
//
// [Params] finds the parameters by walking exported fields in order, and names
// them as PyTorch would: fc1.weight, fc1.bias, fc2.weight, fc2.bias. A tag
// `nn:"name"` overrides the name of a field, `nn:"-"` hides it. A parameter
// behind an unexported field would silently not be trained, so it is a panic
// that says where.
//
// [State] adds buffers, such as running statistics, and [LoadState] takes
// parameters and buffers from a file.
//
// # Initial values
//
// Layers are built with an explicit generator and draw from it what PyTorch
// draws, in the same order, so the same seed gives the same weights as
// torch.manual_seed:
//
//	r := tensor.NewRand(42)
//	net := &Net{FC1: nn.NewLinear(r, 784, 128), FC2: nn.NewLinear(r, 128, 10)}
//
// # Sequences
//
// As in PyTorch, LSTM and GRU read sequences [length batch features], unless
// told otherwise, and begin and end with a state that a program may pass on.
// Attention reads [batch length width].
//
// # Training and evaluation
//
// Layers have no mode of their own: dropout and batch normalisation follow the
// tape that their input is on.
package nn
