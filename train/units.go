package train

import (
	"sync"

	"golang.org/x/exp/constraints"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/nn"
	"github.com/descent-ml/descent/tensor"
)

// Units counts the units of a layer that are ever active, which means: whose
// output is not zero. A unit that is not, over all examples, is dead: behind a
// ReLU no gradient reaches it, and it will hardly learn again. A unit is a place
// along axis 1, a feature of [batch features] or a channel of
// [batch channels height width].
//
//	var units train.Units
//	model := nn.Sequential{nn.NewLinear(r, 784, 128), units.Watch(nn.ReLU{}), nn.NewLinear(r, 128, 10)}
//
// In OnEpoch, ask Dead and call Reset. A step may have Workers.
type Units struct {
	mu     sync.Mutex
	active []bool
}

// Watch returns a layer that computes what l does, and counts its active units.
func (u *Units) Watch(l nn.Layer) nn.Hook {
	return nn.Hook{Layer: l, Output: func(_, y autograd.Var) { u.add(y.Value()) }}
}

// Dead returns how many units were never active since the last Reset, and how
// many there are; 0 of 0 before the first batch.
func (u *Units) Dead() (dead, all int) {
	u.mu.Lock()
	defer u.mu.Unlock()
	for _, active := range u.active {
		if !active {
			dead++
		}
	}
	return dead, len(u.active)
}

// Reset forgets what was active.
func (u *Units) Reset() {
	u.mu.Lock()
	clear(u.active)
	u.mu.Unlock()
}

func (u *Units) add(y *tensor.Tensor) {
	if y.Rank() < 2 {
		tensor.BadShape("units", "want [batch units …]", y)
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	if len(u.active) != y.Dim(1) {
		u.active = make([]bool, y.Dim(1))
	}
	if y.DType() == tensor.Float64 {
		mark(u.active, tensor.Data[float64](y), y.Len()/max(1, y.Dim(0)*y.Dim(1)))
	} else {
		mark(u.active, tensor.Data[float32](y), y.Len()/max(1, y.Dim(0)*y.Dim(1)))
	}
}

// mark notes which units have a number that is not zero. y has n numbers of each
// unit of each example.
func mark[T constraints.Float](active []bool, y []T, n int) {
	for len(y) > 0 {
		for i := range active {
			for _, v := range y[:n] {
				if active[i] = active[i] || v != 0; active[i] {
					break
				}
			}
			y = y[n:]
		}
	}
}
