// Package autograd differentiates tensor programs by reverse-mode automatic
// differentiation on a tape.
//
// # The idea
//
// A [Tape] writes down every operation on its variables as it computes them.
// Afterwards it is read backwards: from the gradient of the result by an
// operation's value, the operation's rule computes the gradient by each of its
// operands, until the parameters are reached. That is the chain rule, applied
// once to each operation, and it costs about as much as the computation itself,
// however many parameters there are.
//
//	tape := autograd.NewTape()
//	w := autograd.NewParam(tensor.New([]float32{3}))
//	for step := range 100 {
//		tape.Reset()
//		y := tape.Param(w).Square().Sum()
//		grads := y.Backward() // grads.Of(w) is 2w
//		...
//	}
//
// Order on the tape is a topological order, so Backward is one loop from the
// last operation to the first; nothing is sorted or searched.
//
// # Variables and parameters
//
// A [Param] lives as long as the model. A [Var] is a value on a tape and lives
// until [Tape.Reset]. They are different types, so that a weight that was not
// lifted onto the tape, and would silently not be trained, does not compile.
//
// # Rules
//
// Each operation is one declaration with its name, its value and its rule side
// by side; [Var.Tanh] is a good one to begin with. A rule is an expression of
// variables. Backward runs it unrecorded, which gives plain gradients; [Grad]
// records it, so that gradients can be differentiated again. The engine, not
// the rule, undoes broadcasting, adds up contributions, and leaves out
// gradients that nobody needs. Operations of your own are declared in the same
// way, with [Unary], [Binary] or [Op].
//
// Where a function has no derivative, the rules follow PyTorch. The derivative
// of ReLU and of the absolute value at 0 is 0. So are the derivative of Clamp at
// its bounds and that of Atan2 at the origin. When several elements are the
// largest, Max divides the gradient evenly among them; MaxAxis and MaxPool2d
// give it to the first.
//
// # Memory
//
// The tape owns every intermediate value and gradient, and Reset recycles them
// all, so a training step in steady state allocates nothing. Gradients of
// intermediate values are recycled as soon as they have been used.
//
// A forward pass without gradients ([Tape.SetRecording]) can give values back
// earlier: see [Tape.KeepOnly].
//
// # Misuse
//
// Wrong shapes panic with a [*tensor.ShapeError]. A variable used after Reset,
// operands on two tapes and a second Backward panic with a [*TapeError]. These
// are mistakes in the program. Each error is a sentence that names the operation.
//
// # A map of the files
//
// The chain rule:
//
//   - tape.go: what a tape records, and the leaves that are put on it
//   - var.go: the handle of a variable, and what the tape keeps of it
//   - op.go: the families in which operations are declared; general.go: the
//     one for any shape, and rules that are derived from an expression
//   - backward.go: Backward, one loop over the recorded operations; hooks
//   - functional.go: gradients that can be differentiated again, Jacobian and
//     Hessian matrices, products with them, variables in place of parameters,
//     gradients by sample
//   - param.go: parameters and their gradients
//
// Operations, each with its gradient: unary.go, special.go, binary.go,
// activation.go, slope.go, compare.go, reduce.go, distance.go, rowwise.go,
// view.go, diagonal.go, index.go, scatter.go, sort.go, embedding.go, resample.go,
// join.go, matmul.go, einsum.go, linalg.go, linalg_decompose.go, fft.go, stft.go,
// conv.go, pool.go, norm.go, layernorm.go, dropout.go, attention.go,
// recurrent.go, recurrent_rnn.go (with gradients as plain expressions), loss.go.
//
// What saves memory and time: memory.go (which gradients share storage),
// buffers.go (the pool), recompute.go (values computed twice), random.go (random
// numbers, drawn once or twice), track.go (statistics of layers).
//
// What finds mistakes: check.go (finite differences), nan.go (the origin of
// NaN).
package autograd
