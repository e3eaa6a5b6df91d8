// Package nn provides layers, losses and initialisers with PyTorch's defaults,
// and finds the parameters of a model.
//
// # Models
//
// A layer is a struct with exported fields. A model is any struct with a
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
// [Params] finds the parameters. It walks through the exported fields in order,
// and names the parameters as PyTorch does: fc1.weight, fc1.bias, fc2.weight,
// fc2.bias. A tag `nn:"name"` gives a field another name, and a tag `nn:"-"`
// hides it.
//
// # Initial values
//
// Constructors take a generator, and draw from it what PyTorch draws, in the
// same order. The same seed gives the same weights as torch.manual_seed:
//
//	r := tensor.NewRand(42)
//	net := &Net{FC1: nn.NewLinear(r, 784, 128), FC2: nn.NewLinear(r, 128, 10)}
//
// # Settings
//
// These rules hold for the fields of every layer, loss and options struct.
//
//   - The zero value of a setting stands for PyTorch's default. The comment of
//     the field says which that is.
//   - Where the default is not 0, [Zero] says 0: nn.LeakyReLU{Slope: nn.Zero}.
//   - A setting that is an index, as an axis or a class, is a pointer, because
//     every number is an index. Nil stands for the default, and new(1) for 1.
//   - A size of 0 makes no sense, so there is no way to say it.
//   - A setting whose comment names no default says what it says: Dropout{P: 0}
//     drops nothing.
//   - In every layer a nil Bias is no bias, and so is a nil in its place among
//     the Weights of an LSTM or a GRU. Constructors whose names end in NoBias
//     make layers without bias, and draw none; so do those of transformers whose
//     options say NoBias.
//
// A layer without weights is used as a literal: nn.ReLU{}. A layer with weights
// is made by its constructor, or as a literal with weights from elsewhere. All
// fields of a layer are exported, so that such a literal is complete. A layer
// that lacks the weights it needs, and a nil layer, panic with a sentence that
// names the constructor.
//
// # Training and evaluation
//
// Dropout and batch normalisation behave differently in training and in
// evaluation. They follow the mode of the tape that their input is on, unless
// their field Mode says otherwise.
//
// # State
//
// The state of a model is its parameters and its buffers. A buffer is a
// [*tensor.Tensor] in an exported field: it is saved with the model, but it is
// not trained. The running statistics of [BatchNorm] are buffers. [State]
// returns the state, [Snapshot] a copy of it, and [LoadState] takes it from a
// file.
//
// A parameter or a tensor behind an unexported field would not be trained or
// not be saved, without a word. So it is a panic that says where it is.
//
// # Sequences
//
// As in PyTorch, LSTM, GRU and RNN read sequences [length batch features], or
// [batch length features] with BatchFirst. They begin and end with a state that
// a program may pass on. ForwardLengths reads sequences of different lengths.
// Attention, and what is made of it, reads [batch length width]. All read a
// sequence without a batch, too.
//
// # Misuse
//
// A mistake in the program panics with a sentence: a [*tensor.ShapeError] for
// shapes, axes and indices, a [*tensor.DTypeError] for element types, a
// [*tensor.ArgError] for every other argument. What comes from outside, as the tensors of a file, returns
// an error.
package nn
