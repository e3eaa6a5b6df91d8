package safetensors

import "github.com/descent-ml/descent/tensor"

// A File is the contents of a safetensors file.
type File struct {
	// Metadata holds strings about the file as a whole; nil when there are
	// none. Some readers of PyTorch models want "format" to be "pt".
	Metadata map[string]string
	// Tensors are in the order of the file's header. A name is not empty, not
	// "__metadata__", and occurs once.
	Tensors []tensor.Named
}

// Lookup returns the tensor with the given name, or nil when f has none.
func (f *File) Lookup(name string) *tensor.Tensor {
	for _, e := range f.Tensors {
		if e.Name == name {
			return e.Value
		}
	}
	return nil
}
