package images_test

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/descent-ml/descent/codec/idx"
	"github.com/descent-ml/descent/data"
	"github.com/descent-ml/descent/data/images"
)

// writeMNIST writes a data set with the layout of MNIST: pictures of one grey
// each, three to train on and one to test on.
func writeMNIST(dir string) error {
	for name, n := range map[string]int{"train": 3, "t10k": 1} {
		pictures := &idx.Array{Shape: []int{n, 28, 28}, Data: make([]byte, n*28*28)}
		labels := &idx.Array{Shape: []int{n}, Data: make([]byte, n)}
		for i := range n {
			labels.Data[i] = byte(i)
			for j := range 28 * 28 {
				pictures.Data[28*28*i+j] = byte(51 * i)
			}
		}
		for file, a := range map[string]*idx.Array{"images-idx3-ubyte": pictures, "labels-idx1-ubyte": labels} {
			f, err := os.Create(filepath.Join(dir, name+"-"+file))
			if err != nil {
				return err
			}
			if err := idx.Write(f, a); err != nil {
				return err
			}
			if err := f.Close(); err != nil {
				return err
			}
		}
	}
	return nil
}

func ExampleMNIST() {
	dir, _ := os.MkdirTemp("", "mnist")
	defer os.RemoveAll(dir)
	if err := writeMNIST(dir); err != nil {
		fmt.Println(err)
		return
	}
	train, test, err := images.MNIST(dir)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(train.X.Shape(), train.Labels, test.Len(), train.Classes)
	fmt.Printf("%.1f\n", train.X.At(2, 0, 14, 14)) // 102 of 255
	// Output:
	// [3 1 28 28] [0 1 2] 1 10
	// 0.4
}

// A look at a few pictures of a large file.
func ExampleOpenMNIST() {
	dir, _ := os.MkdirTemp("", "mnist")
	defer os.RemoveAll(dir)
	if err := writeMNIST(dir); err != nil {
		fmt.Println(err)
		return
	}
	f, err := images.OpenMNIST(dir, "train")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer f.Close()
	if err := f.Skip(f.Len() - 2); err != nil {
		fmt.Println(err)
	}
	last, err := f.Next(2)
	fmt.Println(last.Labels, err, f.End())
	// Output: [1 2] <nil> <nil>
}

// A folder reads pictures when they are asked for, or all of them once.
func ExampleFolder_Load() {
	dir, _ := os.MkdirTemp("", "pets")
	defer os.RemoveAll(dir)
	picture, err := os.ReadFile(filepath.Join("testdata", "colour.png"))
	if err != nil {
		fmt.Println(err)
		return
	}
	_ = os.Mkdir(filepath.Join(dir, "cat"), 0o700)
	_ = os.WriteFile(filepath.Join(dir, "cat", "1.png"), picture, 0o600)

	f, err := images.OpenFolder(dir, images.Format{Channels: 3, Height: 8, Width: 8})
	if err != nil {
		fmt.Println(err)
		return
	}
	var b data.Batch
	fmt.Println(f.Len(), f.Fill(&b, []int{0, 0}), b.X.Shape(), b.Labels)
	all, err := f.Load()
	fmt.Println(all.X.Shape(), err)
	// Output:
	// 1 <nil> [2 3 8 8] [0 0]
	// [1 3 8 8] <nil>
}

// What is larger is refused before it is read.
func Example_limits() {
	fmt.Println(images.MaxPixels>>20, "million pixels in a picture,", images.MaxFileBytes>>20, "MiB in its file")
	// Output: 32 million pixels in a picture, 256 MiB in its file
}
