package data_test

import (
	"fmt"
	"io"
	"os"

	"github.com/descent-ml/descent/data"
	"github.com/descent-ml/descent/tensor"
)

// A squares is a set of one's own: example i is the number i and its square.
type squares struct{ n int }

func (s squares) Len() int { return s.n }

func (s squares) Fill(b *data.Batch, index []int) error {
	x, y := b.MakeX(len(index), 1), b.MakeY(len(index), 1)
	for i, n := range index {
		x[i], y[i] = float32(n), float32(n*n)
	}
	b.Index = append(b.Index[:0], index...)
	return nil
}

// A set of one's own fills the memory that the batch has.
func ExampleBatch_MakeX() {
	var b data.Batch
	fmt.Println(squares{10}.Fill(&b, []int{3, 7}))
	fmt.Println(tensor.Values(b.X), tensor.Values(b.Y))
	// Output:
	// <nil>
	// [3 7] [9 49]
}

// A set that is used often is read into memory once.
func ExampleLoad() {
	all, err := data.Load(squares{5}, 0)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(tensor.Values(all.Slice(3, 5).Y))
	var b data.Batch
	fmt.Println(all.Fill(&b, []int{4, 2}), tensor.Values(b.Y))
	part := &data.Subset[data.Batch]{Set: all, Index: []int{4, 3}}
	fmt.Println(part.Fill(&b, []int{1}), tensor.Values(b.Y))
	// Output:
	// [9 16]
	// <nil> [16 4]
	// <nil> [9]
}

// A loop that was left early goes on, in the same order, where it was.
func ExampleLoader_Seek() {
	loader := func() *data.Loader[data.Batch] {
		return &data.Loader[data.Batch]{Set: squares{6}, Batch: 2, Shuffle: tensor.NewRand(1)}
	}
	first := loader()
	for b := range first.Epoch() {
		fmt.Println(b.Index)
		break
	}
	position := first.Position() // may be saved as JSON

	var source data.Source[data.Batch] = loader()
	fmt.Println(source.Seek(position), position.Epoch, position.Batch)
	for b := range source.Epoch() {
		fmt.Println(b.Index)
	}
	fmt.Println(loader().Rand() != nil, loader().Seek(position), loader().Position().Batch)
	// Output:
	// [0 1]
	// <nil> 0 1
	// [4 3]
	// [2 5]
	// true <nil> 0
}

// A stream that goes on reads again what was read before.
func ExampleStream_Seek() {
	stream := &data.Stream[data.Batch]{Length: 3, Open: func(int) (func(*data.Batch) error, func() error, error) {
		n := 0
		next := func(b *data.Batch) error {
			if n == 3 {
				return io.EOF
			}
			n++
			b.MakeX(1)[0] = float32(n)
			return nil
		}
		return next, nil, nil
	}}
	for range stream.Epoch() {
		break
	}
	at := stream.Position()
	fmt.Println(at.Batch, "of", stream.Batches(), stream.Seek(at))
	for b := range stream.Epoch() {
		fmt.Println(b.X.Item())
	}
	// Output:
	// 1 of 3 <nil>
	// 2
	// 3
}

// Samplers choose the examples of an epoch, and where they take chance from.
func ExampleSampler() {
	r := tensor.NewRand(1)
	labels := []int{0, 0, 0, 1}
	for _, s := range []data.Sampler{
		&data.Weighted{Weights: data.ExampleWeights(labels), Count: 10, Chance: r},
		&data.Balanced{Labels: labels, Chance: r},
		&data.Buckets{Lengths: []int{5, 1, 4, 2}, Batch: 2, Chance: r},
	} {
		fmt.Println(s.Len(), len(s.Draw(nil)), s.Rand() == r)
	}
	set := &data.Sequences{Tokens: [][]int{{1}, {2, 3}}}
	fmt.Println(set.Len())
	// Output:
	// 10 10 true
	// 6 6 true
	// 4 4 true
	// 2
}

// A program says where data sets are to lie.
func ExampleCacheDir() {
	old, set := os.LookupEnv("DESCENT_CACHE")
	if set {
		defer os.Setenv("DESCENT_CACHE", old)
	} else {
		defer os.Unsetenv("DESCENT_CACHE")
	}
	if err := os.Setenv("DESCENT_CACHE", "sets"); err != nil {
		fmt.Println(err)
	}
	fmt.Println(data.CacheDir())
	// Output: sets <nil>
}
