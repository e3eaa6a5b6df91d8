package data_test

import (
	"fmt"

	"github.com/descent-ml/descent/data"
	"github.com/descent-ml/descent/data/synthetic"
	"github.com/descent-ml/descent/tensor"
)

func ExampleLoader() {
	loader := &data.Loader[data.Batch]{Set: synthetic.Digits(100, 1), Batch: 32, Shuffle: tensor.NewRand(1)}
	fmt.Println(loader.Batches(), "batches")
	for batch := range loader.Epoch() {
		fmt.Println(batch.X.Shape(), len(batch.Labels))
	}
	// Output:
	// 4 batches
	// [32 1 28 28] 32
	// [32 1 28 28] 32
	// [32 1 28 28] 32
	// [4 1 28 28] 4
}

// Index tells which examples of the set a batch holds, here to collect the
// ones that a (poor) model gets wrong.
func ExampleBatch() {
	set := synthetic.Digits(20, 3)
	var wrong []int
	for batch := range (&data.Loader[data.Batch]{Set: set, Batch: 8}).Epoch() {
		for i, label := range batch.Labels {
			if const5 := 5; label != const5 {
				wrong = append(wrong, batch.Index[i])
			}
		}
	}
	fmt.Println(len(wrong), "of", set.Len())
	// Output: 18 of 20
}
