package synthetic_test

import (
	"fmt"

	"github.com/descent-ml/descent/data"
	"github.com/descent-ml/descent/data/synthetic"
	"github.com/descent-ml/descent/tensor"
)

// Points with noise, a part of them to test on.
func Example() {
	r := tensor.NewRand(1)
	all := synthetic.Moons(100, 0.1, r)
	parts := data.StratifiedSplit(all.Labels, 0, 0.2, r)
	train, test := all.Subset(parts.Train), all.Subset(parts.Test)
	fmt.Println(train.X.Shape(), test.X.Shape(), test.Classes)
	// Output: [80 2] [20 2] 2
}

func ExampleMoons() {
	s := synthetic.Moons(4, 0, nil)
	fmt.Printf("%.1f\n%v\n", s.X, s.Labels)
	// Output:
	// tensor[4 2] float32
	// [[ 1.0  0.0]
	//  [-1.0  0.0]
	//  [ 0.0  0.5]
	//  [ 2.0  0.5]]
	// [0 0 1 1]
}

func ExampleCircles() {
	s := synthetic.Circles(6, 0.5, 0, nil)
	fmt.Printf("%.2f\n%v\n", s.X, s.Labels)
	// Output:
	// tensor[6 2] float32
	// [[ 1.00  0.00]
	//  [-0.50  0.87]
	//  [-0.50 -0.87]
	//  [ 0.50  0.00]
	//  [-0.25  0.43]
	//  [-0.25 -0.43]]
	// [0 0 0 1 1 1]
}

func ExampleBlobs() {
	s := synthetic.Blobs(60, [][]float64{{0, 0, 0}, {4, 0, 4}}, 0.5, tensor.NewRand(1))
	fmt.Println(s.X.Shape(), s.Classes)
	// Output: [60 3] 2
}

// Two arms of three turns.
func ExampleSpirals() {
	s := synthetic.Spirals(194, 2, 3, 0, tensor.NewRand(1))
	fmt.Println(s.X.Shape(), s.Classes)
	// Output: [194 2] 2
}

func ExampleHouses() {
	s := synthetic.Houses(3, 0, nil)
	fmt.Println(tensor.Values(s.X), tensor.Values(s.Y))
	// Output: [1000 2000 3000] [1500 2500 3000]
}

func ExampleSines() {
	s := synthetic.Sines(2, 24, 0.1, tensor.NewRand(1))
	fmt.Println(s.X.Shape(), s.Y.Shape())
	// Output: [2 24 1] [2 1]
}
