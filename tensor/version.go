package tensor

import "sync/atomic"

// Version returns a number that changes whenever an operation writes to the
// storage of t, by way of any of its views. Package autograd finds by it that a
// value has changed between the forward and the backward pass. Writing to the
// slice that [Data] returns or that [New] was given is not counted.
func (t *Tensor) Version() uint32 {
	if t.version == nil {
		return 0
	}
	return atomic.LoadUint32(t.version)
}

// written counts a change. Several goroutines may write to parts of t.
func (t *Tensor) written() {
	if t.version != nil {
		atomic.AddUint32(t.version, 1)
	}
}
