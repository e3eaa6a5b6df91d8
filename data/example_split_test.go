package data_test

import (
	"fmt"

	"github.com/descent-ml/descent/data"
	"github.com/descent-ml/descent/data/synthetic"
	"github.com/descent-ml/descent/tensor"
)

// The parts are those of PyTorch's random_split(range(10), [7, 1, 2]) with seed 0.
func ExampleRandomSplit() {
	s := data.RandomSplit(10, 0.1, 0.2, tensor.NewRand(0))
	fmt.Println(s.Train, s.Valid, s.Test)
	// Output: [4 1 7 5 3 9 0] [8] [6 2]
}

func ExampleSplit() {
	s := data.TimeSplit([]string{"2024", "2021", "2023", "2022"}, 0.25, 0.25)
	fmt.Println("train on", s.Train, "validate on", s.Valid, "test on", s.Test)
	// Output: train on [1 3] validate on [2] test on [0]
}

func ExampleStratifiedSplit() {
	labels := []int{0, 0, 0, 0, 0, 0, 1, 1, 1}
	s := data.StratifiedSplit(labels, 0, 1.0/3, nil)
	fmt.Println(s.Train, s.Test) // a third of each class
	// Output: [0 1 2 3 6 7] [4 5 8]
}

func ExampleGroupSplit() {
	patients := []string{"Ann", "Bob", "Ann", "Cid", "Bob", "Ann"}
	s := data.GroupSplit(patients, 0, 0.3, nil)
	fmt.Println(s.Train, s.Test)
	// Output: [0 1 2 4 5] [3]
}

func ExampleKFold() {
	for _, s := range data.KFold(7, 3, nil) {
		fmt.Println(s.Train, s.Valid)
	}
	// Output:
	// [3 4 5 6] [0 1 2]
	// [0 1 2 5 6] [3 4]
	// [0 1 2 3 4] [5 6]
}

func ExampleStratifiedKFold() {
	for _, s := range data.StratifiedKFold([]int{0, 0, 0, 0, 1, 1}, 2, nil) {
		fmt.Println(s.Train, s.Valid)
	}
	// Output:
	// [2 3 5] [0 1 4]
	// [0 1 4] [2 3 5]
}

func ExampleGroupKFold() {
	patients := []string{"Ann", "Bob", "Ann", "Cid", "Bob", "Ann"}
	for _, s := range data.GroupKFold(patients, 2, nil) {
		fmt.Println(s.Train, s.Valid)
	}
	// Output:
	// [1 3 4] [0 2 5]
	// [0 2 5] [1 3 4]
}

// Of a hundred broken and good screws, five are broken; half of what an epoch
// deals is to be.
func ExampleWeighted() {
	broken := make([]int, 100)
	for i := range 5 {
		broken[i*20] = 1
	}
	w := &data.Weighted{Weights: data.ExampleWeights(broken), Chance: tensor.NewRand(1)}
	seen := 0
	for _, i := range w.Draw(nil) {
		seen += broken[i]
	}
	fmt.Println(seen, "of", w.Len())
	// Output: 47 of 100
}

func ExampleBalanced() {
	labels := []int{0, 0, 0, 0, 1, 1}
	over := &data.Balanced{Labels: labels, Chance: tensor.NewRand(1)}
	under := &data.Balanced{Labels: labels, Under: true, Chance: tensor.NewRand(1)}
	fmt.Println(over.Draw(nil), under.Draw(nil))
	// Output: [4 0 3 5 5 1 5 2] [5 4 1 3]
}

func ExampleClassWeights() {
	fmt.Println(data.ClassWeights([]int{0, 0, 0, 1}, 2))
	// Output: [0.6666666666666666 2]
}

func ExamplePad() {
	labels, longest := data.Pad(nil, [][]int{{3, 1, 2}, {4}}, -100)
	fmt.Println(labels, longest)
	// Output: [3 1 2 4 -100 -100] 3
}

func ExampleSequences() {
	set := &data.Sequences{Tokens: [][]int{{3, 1, 2}, {4}, {5, 5}}, Labels: []int{1, 0, 1}}
	var b data.SequenceBatch
	if err := set.Fill(&b, []int{1, 2}); err != nil {
		fmt.Println(err)
	}
	fmt.Println(b.Tokens, b.Lengths, b.Labels)
	fmt.Println(b.Mask)
	// Output:
	// [4 0 5 5] [1 2] [0 1]
	// tensor[2 2] float32
	// [[1 0]
	//  [1 1]]
}

func ExampleSequenceBatch() {
	var b data.SequenceBatch
	set := &data.Sequences{Tokens: [][]int{{3, 1, 2}, {4}}, Pad: 9}
	_ = set.Fill(&b, []int{1, 0}) // the error of this set is always nil
	for i, length := range b.Lengths {
		fmt.Println(b.Tokens[i*b.Longest:(i+1)*b.Longest], length)
	}
	// Output:
	// [4 9 9] 1
	// [3 1 2] 3
}

func ExampleBuckets() {
	lengths := []int{9, 1, 8, 2, 9, 1}
	b := &data.Buckets{Lengths: lengths, Batch: 2, Chance: tensor.NewRand(1)}
	order := b.Draw(nil)
	for i := 0; i < len(order); i += 2 {
		fmt.Println(lengths[order[i]], lengths[order[i+1]])
	}
	// Output:
	// 2 8
	// 9 9
	// 1 1
}

func ExampleSubset() {
	all := synthetic.Digits(100, 1)
	s := data.StratifiedSplit(all.Labels, 0.2, 0, tensor.NewRand(1))
	train := &data.Subset[data.Batch]{Set: all, Index: s.Train}
	valid := &data.Subset[data.Batch]{Set: all, Index: s.Valid}
	fmt.Println(train.Len(), valid.Len())
	// Output: 80 20
}

func ExampleConcat() {
	both := &data.Concat[data.Batch]{Sets: []data.Set[data.Batch]{synthetic.Digits(30, 1), synthetic.Digits(10, 2)}}
	var b data.Batch
	if err := both.Fill(&b, []int{3, 35, 4}); err != nil {
		fmt.Println(err)
	}
	fmt.Println(both.Len(), b.X.Shape(), b.Index)
	// Output: 40 [3 1 28 28] [3 35 4]
}
