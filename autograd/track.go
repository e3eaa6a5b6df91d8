package autograd

import (
	"slices"

	"github.com/descent-ml/descent/tensor"
)

// A Tracker keeps running statistics of what it sees in training, as batch norm
// does.
type Tracker interface {
	// Track takes in the mean and the variance of each channel in a batch with n
	// values for each. It may not keep the tensors.
	Track(mean, variance *tensor.Tensor, n float64)
}

// Track gives the statistics of a batch to a layer that keeps running ones: at
// once or, after [Tape.DeferTracking], when [Tape.Settle] is called. While a
// function is replayed it does nothing, since the layer has had them.
func (t *Tape) Track(to Tracker, mean, variance *tensor.Tensor, n float64) {
	switch {
	case t.replaying:
	case t.tracking.deferred:
		t.tracking.keep(to, mean, variance, n)
	default:
		to.Track(mean, variance, n)
	}
}

// DeferTracking makes the tape keep the statistics of [Tape.Track] until
// [Tape.Settle] is called; the next [Tape.Reset] forgets them. So several
// goroutines, with a tape each, can train one model with batch norm at the same
// time: a program settles their tapes afterwards, in an order of its choice.
func (t *Tape) DeferTracking() { t.tracking.deferred = true }

// Settle gives the layers the statistics that [Tape.DeferTracking] has kept, in
// the order of [Tape.Track].
func (t *Tape) Settle() {
	k := &t.tracking
	for i := range k.list[:k.used] {
		s := &k.list[i]
		s.to.Track(s.mean, s.variance, s.n)
	}
	k.used = 0
}

// tracking are the statistics that layers have yet to get.
type tracking struct {
	deferred bool
	list     []statistics // memory, of which the first used are waiting
	used     int
}

// A statistics is a call of Track that waits. The tensors are its own.
type statistics struct {
	to             Tracker
	mean, variance *tensor.Tensor
	n              float64
}

// keep copies the statistics of a batch: the tape may reuse their memory.
func (k *tracking) keep(to Tracker, mean, variance *tensor.Tensor, n float64) {
	if k.used == len(k.list) {
		k.list = append(k.list, statistics{})
	}
	s := &k.list[k.used]
	k.used++
	s.to, s.n = to, n
	s.mean, s.variance = copyOver(s.mean, mean), copyOver(s.variance, variance)
}

// copyOver returns a copy of x, in dst where that fits.
func copyOver(dst, x *tensor.Tensor) *tensor.Tensor {
	if dst == nil || dst.DType() != x.DType() || !slices.Equal(dst.Shape(), x.Shape()) {
		return x.Clone()
	}
	dst.CopyFrom(x)
	return dst
}

// forget drops what waits, and ends the deferral.
func (k *tracking) forget() { k.deferred, k.used = false, 0 }
