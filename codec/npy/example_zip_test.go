package npy_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"

	"github.com/descent-ml/descent/codec/npy"
	"github.com/descent-ml/descent/tensor"
)

func ExampleWrite() {
	var file bytes.Buffer
	if err := npy.Write(&file, npy.FromTensor(tensor.Arange(6).Reshape(2, 3))); err != nil {
		fmt.Println(err)
		return
	}
	a, err := npy.Read(&file)
	fmt.Println(a.Len(), a.Shape(), err)
	// Output: 6 [2 3] <nil>
}

// np.load reads the file as it reads one of np.savez.
func ExampleWriteZipFile() {
	dir, _ := os.MkdirTemp("", "npz")
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "set.npz")
	if err := npy.WriteZipFile(path, []npy.Named{{Name: "labels", Array: npy.FromInts([]int{3, 1, 4}, 3)}}); err != nil {
		fmt.Println(err)
		return
	}
	arrays, err := npy.ReadZipFile(path)
	fmt.Println(len(arrays), arrays[0].Name, err)
	// Output: 1 labels <nil>
}

// What is larger is refused before it is read.
func Example_limits() {
	fmt.Println(npy.MaxHeader>>10, "KiB in a header")
	fmt.Println(npy.MaxArrays, "arrays in a .npz file,", npy.MaxDirectory>>20, "MiB in its list,", npy.MaxInflated>>30, "GiB inflated")
	// Output:
	// 64 KiB in a header
	// 10000 arrays in a .npz file, 4 MiB in its list, 1 GiB inflated
}
