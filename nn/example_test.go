package nn_test

import (
	"fmt"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/nn"
	"github.com/descent-ml/descent/tensor"
)

// A net is a struct with a Forward method. This one learns exclusive or by plain
// gradient descent. Package optim has better optimizers.
func Example() {
	r := tensor.NewRand(42)
	net := &XORNet{FC1: nn.NewLinear(r, 2, 8), FC2: nn.NewLinear(r, 8, 2)}
	x := tensor.New([]float32{0, 0, 0, 1, 1, 0, 1, 1}, 4, 2)
	labels := []int{0, 1, 1, 0}

	tape := autograd.NewTape()
	for range 1000 {
		tape.Reset()
		loss := nn.CrossEntropy(net.Forward(tape.Const(x)), labels)
		grads := loss.Backward()
		for _, p := range nn.Params(net) {
			tensor.SubTo(p.Value, p.Value, tensor.MulScalar(grads.Of(p), 0.5))
		}
	}

	tape.SetMode(autograd.Eval)
	fmt.Println(tensor.ArgMax(net.Forward(tape.Const(x)).Value(), 1))
	// Output:
	// [0 1 1 0]
}

// XORNet has a hidden layer.
type XORNet struct {
	FC1, FC2 *nn.Linear
}

// Forward maps [batch 2] to logits [batch 2].
func (n *XORNet) Forward(x autograd.Var) autograd.Var {
	return n.FC2.Forward(n.FC1.Forward(x).Tanh())
}

// Anything with this method is a layer.
func ExampleLayer() {
	var l nn.Layer = &XORNet{FC1: nn.NewLinear(tensor.NewRand(1), 2, 8), FC2: nn.NewLinear(tensor.NewRand(2), 8, 2)}
	fmt.Println(l.Forward(autograd.NewTape().Const(tensor.Zeros(5, 2))).Shape())
	// Output:
	// [5 2]
}

func ExampleSequential() {
	r := tensor.NewRand(42)
	net := nn.Sequential{
		nn.NewLinear(r, 784, 128),
		nn.ReLU{},
		nn.NewDropout(r, 0.2),
		nn.NewLinear(r, 128, 10),
	}
	fmt.Println(net.Forward(autograd.NewTape().Const(tensor.Zeros(64, 784))).Shape())
	// Output:
	// [64 10]
}

// Functions of variables are layers too.
func ExampleFunc() {
	net := nn.Sequential{
		nn.Func(autograd.Var.Sin),
		nn.Func(func(x autograd.Var) autograd.Var { return x.MulScalar(2).AddScalar(1) }),
	}
	fmt.Println(net.Forward(autograd.NewTape().Const(tensor.Zeros(3))).Value())
	// Output:
	// tensor[3] float32 [1 1 1]
}

// An optimizer takes what Params returns.
func ExampleParams() {
	r := tensor.NewRand(1)
	net := nn.Sequential{nn.NewLinear(r, 3, 4), nn.ReLU{}, nn.NewLinear(r, 4, 2)}
	weights := 0
	for _, p := range nn.Params(net) {
		weights += p.Value.Len()
	}
	fmt.Println(weights)
	// Output:
	// 26
}

// Parameters have the names that PyTorch gives them. A tag gives another one.
func ExampleNamedParams() {
	r := tensor.NewRand(1)
	net := &struct {
		Features nn.Sequential
		Head     *nn.Linear `nn:"classifier"`
	}{
		nn.Sequential{nn.NewLinear(r, 3, 4), nn.ReLU{}},
		nn.NewLinear(r, 4, 2),
	}
	for name, p := range nn.NamedParams(net) {
		fmt.Println(name, p.Value.Shape())
	}
	// Output:
	// features.0.weight [4 3]
	// features.0.bias [4]
	// classifier.weight [2 4]
	// classifier.bias [2]
}

// A state has the buffers, too, such as running statistics.
func ExampleState() {
	for _, s := range nn.State(nn.NewBatchNorm1d(2)) {
		fmt.Println(s.Name, s.Value)
	}
	// Output:
	// weight tensor[2] float32 [1 1]
	// bias tensor[2] float32 [0 0]
	// running_mean tensor[2] float32 [0 0]
	// running_var tensor[2] float32 [1 1]
	// num_batches_tracked tensor[] float64 0
}

// LoadState gives one model the state of another. Package safetensors writes a
// state to a file and reads it.
func ExampleLoadState() {
	a, b := nn.NewLinear(tensor.NewRand(1), 2, 1), nn.NewLinear(tensor.NewRand(2), 2, 1)
	fmt.Println(nn.LoadState(b, nn.State(a)))
	fmt.Println(tensor.Values(b.Weight.Value)[0] == tensor.Values(a.Weight.Value)[0])

	fmt.Println(nn.LoadState(b, nn.State(nn.NewLinear(tensor.NewRand(1), 3, 1))))
	// Output:
	// <nil>
	// true
	// load state: "weight" has shape [1 3], the model wants [1 2]
}

func ExampleTo() {
	net := nn.NewLinear(tensor.NewRand(1), 2, 1)
	nn.To(net, tensor.Float64)
	fmt.Println(net.Weight.Value.DType())
	// Output:
	// float64
}

func ExampleSummary() {
	r := tensor.NewRand(1)
	net := nn.Sequential{
		nn.NewConv2d(r, 1, 8, nn.Conv2dOptions{Kernel: nn.Square(3)}), nn.ReLU{}, nn.MaxPool2d{Kernel: nn.Square(2)},
		nn.Flatten{}, nn.NewLinear(r, 8*13*13, 10),
	}
	fmt.Print(nn.Summary(net, 1, 1, 28, 28))
	// Output:
	// layer  op         output       parameters  multiply-adds
	//        input      [1 1 28 28]
	// 0      conv2d     [1 8 26 26]          80         48,672
	//        relu       [1 8 26 26]
	//        maxpool2d  [1 8 13 13]
	//        reshape    [1 1352]
	// 4      linear     [1 10]           13,530         13,520
	//        total                       13,610         62,192
}

func ExampleModelSummary() {
	s := nn.Summary(nn.NewLinear(tensor.NewRand(1), 784, 10), 32, 784)
	fmt.Println(s.Params(), s.MACs())
	// Output:
	// 7850 250880
}

func ExampleSummaryRow() {
	r := tensor.NewRand(1)
	s := nn.Summary(nn.Sequential{nn.NewLinear(r, 784, 10), nn.LogSoftmax{Axis: new(1)}}, 32, 784)
	for _, row := range s.Rows {
		fmt.Println(row.Op, row.Shape, row.Params)
	}
	// Output:
	// linear [32 10] 7850
	// log-softmax [32 10] 0
}

// A net takes the layers that it has from a file of another net.
func ExampleLoadMatching() {
	r := tensor.NewRand(1)
	file := nn.State(nn.Sequential{nn.NewLinear(r, 4, 3), nn.ReLU{}, nn.NewLinear(r, 3, 10)})
	for i := range file {
		file[i].Name = "module." + file[i].Name // as PyTorch's DataParallel does
	}
	net := nn.Sequential{nn.NewLinear(r, 4, 3), nn.ReLU{}}
	missing, extra, err := nn.LoadMatching(net, nn.RenamePrefix(file, "module.", ""))
	fmt.Println(missing, extra, err)
	// Output:
	// [] [2.weight 2.bias] <nil>
}

// A model is shown with its layers, as in PyTorch.
func ExampleDescribe() {
	r := tensor.NewRand(1)
	fmt.Println(nn.Sequential{nn.NewLinear(r, 784, 128), nn.ReLU{}, nn.NewLinear(r, 128, 10)})
	fmt.Println(nn.Describe(&XORNet{FC1: nn.NewLinear(r, 2, 8), FC2: nn.NewLinear(r, 8, 2)}))
	// Output:
	// Sequential(
	//   (0): Linear(784 → 128)
	//   (1): ReLU()
	//   (2): Linear(128 → 10)
	// )
	// XORNet(
	//   (fc1): Linear(2 → 8)
	//   (fc2): Linear(8 → 2)
	// )
}
