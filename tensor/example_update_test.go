package tensor_test

import (
	"fmt"
	"math"

	"github.com/descent-ml/descent/tensor"
)

// moved prints where a weight at 1 goes in one step, by a gradient of 2. The
// rules are told tensors of zeros for their state.
func moved(name string, update func(p, g, a, b *tensor.Tensor)) {
	p, g := tensor.New([]float64{1}, 1), tensor.New([]float64{2}, 1)
	update(p, g, tensor.Zeros64(1), tensor.Zeros64(1))
	fmt.Println(name, rounded(p)[0])
}

// One step of each rule. Package optim says what the numbers mean, and chooses
// them.
func Example_updates() {
	moved("SGD", func(p, g, buf, _ *tensor.Tensor) { tensor.SGD{LR: 0.1}.Update(p, g, nil) })
	moved("Adam", func(p, g, m, v *tensor.Tensor) {
		tensor.Adam{LR: 0.1, Beta1: 0.9, Beta2: 0.999, Step: 1}.Update(p, g, m, v, nil)
	})
	moved("RMSprop", func(p, g, v, _ *tensor.Tensor) {
		tensor.RMSprop{LR: 0.1, Alpha: 0.75}.Update(p, g, v, nil, nil)
	})
	moved("Adagrad", func(p, g, sum, _ *tensor.Tensor) { tensor.Adagrad{LR: 0.1}.Update(p, g, sum) })
	moved("Adadelta", func(p, g, v, d *tensor.Tensor) {
		tensor.Adadelta{LR: 1, Rho: 0.75, Eps: 0.01}.Update(p, g, v, d)
	})
	moved("Adamax", func(p, g, m, u *tensor.Tensor) {
		tensor.Adamax{LR: 0.1, Beta1: 0.5, Beta2: 0.999}.Update(p, g, m, u)
	})
	moved("NAdam", func(p, g, m, v *tensor.Tensor) {
		tensor.NAdam{Grad: 0.1, Mean: 0.1, Correct: 1, Beta1: 0.5, Beta2: 0.75, Keep: 1}.Update(p, g, m, v)
	})
	moved("RAdam", func(p, g, m, v *tensor.Tensor) {
		tensor.RAdam{LR: 0.1, Beta1: 0.5, Beta2: 0.75, Keep: 1}.Update(p, g, m, v)
	})
	moved("Lion", func(p, g, m, _ *tensor.Tensor) { tensor.Lion{LR: 0.1, Beta1: 0.9, Beta2: 0.99}.Update(p, g, m) })
	moved("Rprop", func(p, g, prev, size *tensor.Tensor) {
		size.Fill(0.1)
		tensor.Rprop{Shrink: 0.5, Grow: 1.2, Min: 1e-6, Max: 50}.Update(p, g, prev, size)
	})
	moved("ASGD", func(p, g, mean, _ *tensor.Tensor) { tensor.ASGD{Eta: 0.1, Share: 1}.Update(p, g, mean) })
	// Output:
	// SGD 0.8
	// Adam 0.9
	// RMSprop 0.8
	// Adagrad 0.9
	// Adadelta 0.801
	// Adamax 0.95
	// NAdam 0.7
	// RAdam 0.9
	// Lion 0.9
	// Rprop 0.9
	// ASGD 0.8
}

// A gradient that is stronger in one direction moves both alike, nearly.
func ExampleMuon() {
	p, g := tensor.Zeros64(2, 2), tensor.New([]float64{3, 0, 0, 1}, 2, 2)
	m := tensor.Muon{LR: 1, Keep: 1, Eps: 1e-7, Coefficients: [3]float64{1.5, -0.5, 0}, Iterations: 20}
	m.Update(p, g, tensor.ZerosLike(p))
	fmt.Println(rounded(p))
	// Output: [-1 0 0 -1]
}

// One generator draws bits, numbers and orders, as PyTorch's does.
func ExampleRand() {
	r := tensor.NewRand(1)
	copied := r.Clone()
	fmt.Println(r.Uint64() == copied.Uint64(), r.Uint32() == copied.Uint32())
	f, d := r.Float32(), r.Float64()
	fmt.Println(0 <= f && f < 1, 0 <= d && d < 1, !math.IsNaN(r.NormalFloat64()))

	order := make([]int, 4)
	r.PermTo(order)
	r.Shuffle(order)
	fmt.Println(order[0] + order[1] + order[2] + order[3])

	r.Seed(1) // as it was
	state, err := r.AppendBinary(nil)
	same, _ := tensor.NewRand(1).MarshalBinary()
	fmt.Println(string(state) == string(same), err)
	// Output:
	// true true
	// true true true
	// 6
	// true <nil>
}

// A program with several streams of chance gives each a seed of its own.
func ExampleSeed() {
	fmt.Println(tensor.Seed(1, 2) == tensor.Seed(2, 1))
	var zero tensor.Rand
	fmt.Println(zero.Uint64() == tensor.NewRand(tensor.DefaultSeed).Uint64())
	// Output:
	// false
	// true
}

// Each element has a probability of its own.
func ExampleRand_BernoulliOf() {
	x := tensor.Zeros(3)
	tensor.NewRand(1).BernoulliOf(x, tensor.New([]float32{0, 1, 1}, 3))
	fmt.Println(x)
	// Output: tensor[3] float32 [0 1 1]
}

// Numbers of a distribution that is cut off, and of an even one.
func ExampleRand_TruncNormal() {
	r, x := tensor.NewRand(1), tensor.Zeros(1000)
	r.TruncNormal(x, 0, 1, -2, 2)
	fmt.Println(tensor.Min(x).Item() >= -2, tensor.Max(x).Item() <= 2)
	y := tensor.Uniform(r, 3, 4, 1000)
	fmt.Println(tensor.Min(y).Item() >= 3, tensor.Max(y).Item() < 4)
	// Output:
	// true true
	// true true
}
