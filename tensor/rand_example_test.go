package tensor_test

import (
	"fmt"

	"github.com/descent-ml/descent/tensor"
)

// The numbers are those of torch.manual_seed(42); torch.rand(2, 3).
func ExampleRand_Uniform() {
	r := tensor.NewRand(42)
	x := tensor.Zeros(2, 3)
	r.Uniform(x, 0, 1)
	fmt.Printf("%.4f\n", tensor.Data[float32](x))
	// Output: [0.8823 0.9150 0.3829 0.9593 0.3904 0.6009]
}

// The numbers are those of torch.manual_seed(42); torch.randn(4).
func ExampleRand_Normal() {
	r := tensor.NewRand(42)
	x := tensor.Zeros(4)
	r.Normal(x, 0, 1)
	fmt.Printf("%.4f\n", tensor.Data[float32](x))
	// Output: [0.3367 0.1288 0.2345 0.2303]
}

// The numbers are those of torch.manual_seed(42); torch.randn(4).
func ExampleRandn() {
	fmt.Printf("%.4f\n", tensor.Data[float32](tensor.Randn(tensor.NewRand(42), 4)))
	// Output: [0.3367 0.1288 0.2345 0.2303]
}

// A dropout mask that keeps three quarters of the elements.
func ExampleRand_Bernoulli() {
	r := tensor.NewRand(3)
	mask := tensor.Zeros(8)
	r.Bernoulli(mask, 0.75)
	fmt.Println(tensor.Data[float32](mask))
	// Output: [1 1 0 1 0 1 1 1]
}

func ExampleRand_Randint() {
	r := tensor.NewRand(0)
	dice := make([]int, 10)
	r.Randint(dice, 1, 7)
	fmt.Println(dice)
	// Output: [3 4 6 1 2 4 2 2 2 4]
}

func ExampleRand_Perm() {
	fmt.Println(tensor.NewRand(0).Perm(6))
	// Output: [2 5 3 0 1 4]
}

// The orders in which DataLoader(range(6), shuffle=True) goes through its data
// after torch.manual_seed(0).
func ExampleRand_EpochPerm() {
	r := tensor.NewRand(0)
	order := make([]int, 6)
	for range 3 {
		r.EpochPerm(order)
		fmt.Println(order)
	}
	// Output:
	// [0 4 3 5 2 1]
	// [2 3 1 5 4 0]
	// [5 2 0 3 1 4]
}

// A state that was saved goes on where it stopped.
func ExampleRand_MarshalBinary() {
	r := tensor.NewRand(7)
	r.Uint32()
	state, _ := r.MarshalBinary()
	fmt.Println(len(state), r.Uint32(), r.Uint32())

	var s tensor.Rand
	if err := s.UnmarshalBinary(state); err != nil {
		fmt.Println(err)
	}
	fmt.Println(s.Uint32(), s.Uint32())
	fmt.Println(s.UnmarshalBinary(state[1:]))
	// Output:
	// 5056 976413892 3349725721
	// 976413892 3349725721
	// random state: want 5056 bytes, got 5055
}

// The numbers are those of torch.manual_seed(0); torch.multinomial(w, 6, True).
func ExampleRand_Multinomial() {
	w := tensor.New([]float64{0.1, 0.9, 0.4, 0.7, 3, 0.6}, 6)
	drawn := make([]int, 6)
	tensor.NewRand(0).Multinomial(drawn, w, true)
	fmt.Println(drawn)
	// Output: [5 4 4 5 4 4]
}

// The numbers are those of torch.manual_seed(42); torch.empty(4).exponential_().
func ExampleRand_Exponential() {
	x := tensor.Zeros(4)
	tensor.NewRand(42).Exponential(x, 1)
	fmt.Printf("%.4f\n", tensor.Data[float32](x))
	// Output: [0.0599 0.0650 0.1319 0.0540]
}

// The numbers are those of torch.manual_seed(42); torch._standard_gamma(alpha).
func ExampleRand_Gamma() {
	alpha, x := tensor.New([]float32{0.5, 1, 2, 20}, 4), tensor.Zeros(4)
	tensor.NewRand(42).Gamma(x, alpha)
	fmt.Printf("%.4f\n", tensor.Data[float32](x))
	// Output: [1.5588 0.8415 0.0799 21.3174]
}

// The numbers are those of torch.manual_seed(42); torch._sample_dirichlet(alpha).
func ExampleRand_Dirichlet() {
	alpha, x := tensor.New([]float32{0.5, 1, 2}, 3), tensor.Zeros(3)
	tensor.NewRand(42).Dirichlet(x, alpha)
	fmt.Printf("%.4f\n", tensor.Data[float32](x))
	// Output: [0.6285 0.3393 0.0322]
}
