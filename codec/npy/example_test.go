package npy_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/descent-ml/descent/codec/npy"
	"github.com/descent-ml/descent/tensor"
)

// A tensor goes to a file that NumPy loads, and comes back.
func Example() {
	dir, err := os.MkdirTemp("", "example")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "x.npy")

	x := tensor.New([]float32{1, 2, 3, 4, 5, 6}, 2, 3)
	if err := npy.WriteFile(path, npy.FromTensor(x)); err != nil {
		panic(err)
	}
	a, err := npy.ReadFile(path)
	if err != nil {
		panic(err)
	}
	y, err := a.Tensor()
	fmt.Println(a.DType(), y.Shape(), tensor.Data[float32](y), err)
	// Output: float32 [2 3] [1 2 3 4 5 6] <nil>
}

// Labels stay integers.
func ExampleArray() {
	labels := npy.FromInts([]int{3, 1, 4}, 3)
	ints, err := labels.Ints()
	fmt.Println(labels.DType(), labels.Shape(), ints, err)
	// Output: int64 [3] [3 1 4] <nil>
}

// Examples and labels in one file, as np.savez writes them.
func ExampleNamed() {
	var file bytes.Buffer
	err := npy.WriteZip(&file, []npy.Named{
		{Name: "x", Array: npy.FromTensor(tensor.Zeros(2, 3))},
		{Name: "y", Array: npy.FromInts([]int{0, 1}, 2)},
	})
	if err != nil {
		panic(err)
	}
	arrays, err := npy.ReadZip(bytes.NewReader(file.Bytes()), int64(file.Len()))
	for _, e := range arrays {
		fmt.Println(e.Name, e.Array.DType(), e.Array.Shape())
	}
	fmt.Println(err)
	// Output:
	// x float32 [2 3]
	// y int64 [2]
	// <nil>
}

// Python's objects are never loaded.
func ExampleRead() {
	header := "{'descr': '|O', 'fortran_order': False, 'shape': (1,), }"
	_, err := npy.Read(strings.NewReader("\x93NUMPY\x01\x00" + string(rune(len(header))) + "\x00" + header))
	fmt.Println(err)
	// Output:
	// npy: cannot read the type "|O": it holds Python objects, which only Python can load, and which may run code when loaded; want bool, an integer or a float of at most 8 bytes
}
