package tensor

// A Named is a tensor with a name: a parameter or buffer of a model, a part of
// the state of an optimizer, an entry of a file.
type Named struct {
	Name  string
	Value *Tensor
}
