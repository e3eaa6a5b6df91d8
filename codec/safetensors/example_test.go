package safetensors_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/descent-ml/descent/codec/safetensors"
	"github.com/descent-ml/descent/tensor"
)

// A model's weights go to a file and come back.
func Example() {
	dir, err := os.MkdirTemp("", "example")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "model.safetensors")

	err = safetensors.WriteFile(path, &safetensors.File{
		Metadata: map[string]string{"format": "pt"},
		Tensors: []tensor.Named{
			{Name: "fc1.weight", Value: tensor.New([]float32{1, 2, 3, 4, 5, 6}, 2, 3)},
			{Name: "fc1.bias", Value: tensor.Zeros(2)},
		},
	})
	if err != nil {
		panic(err)
	}

	f, err := safetensors.ReadFile(path)
	if err != nil {
		panic(err)
	}
	for _, e := range f.Tensors {
		fmt.Println(e.Name, e.Value.Shape(), tensor.Data[float32](e.Value))
	}
	// Output:
	// fc1.weight [2 3] [1 2 3 4 5 6]
	// fc1.bias [2] [0 0]
}

// The whole format, in one line: a length, a header, the data.
func ExampleWrite() {
	var b bytes.Buffer
	err := safetensors.Write(&b, &safetensors.File{
		Tensors: []tensor.Named{{Name: "w", Value: tensor.New([]float32{1}, 1)}},
	})
	fmt.Printf("%q %v\n", b.String(), err)
	// Output:
	// "8\x00\x00\x00\x00\x00\x00\x00{\"w\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}  \x00\x00\x80?" <nil>
}

// A broken file is an error that says what is wrong.
func ExampleRead() {
	header := `{"w":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}`
	length := string([]byte{byte(len(header)), 0, 0, 0, 0, 0, 0, 0})
	_, err := safetensors.Read(strings.NewReader(length + header + "data"))
	fmt.Println(err)
	// Output:
	// safetensors: tensor "w": F32 of shape [2] takes 8 bytes, data_offsets [0 4] hold 4
}

func ExampleFile_Lookup() {
	f := &safetensors.File{Tensors: []tensor.Named{{Name: "step", Value: tensor.Scalar(7)}}}
	fmt.Println(f.Lookup("step").Item(), f.Lookup("bias") == nil)
	// Output:
	// 7 true
}
