package autograd

import (
	"math"
	"math/bits"

	"github.com/descent-ml/descent/tensor"
)

// An arena lends slices until it is reset.
type arena[E any] struct {
	mem  []E
	used int
}

// take lends n elements with unspecified contents.
func (a *arena[E]) take(n int) []E {
	if a.used+n > len(a.mem) {
		a.grow(n)
	}
	a.used += n
	return a.mem[a.used-n : a.used : a.used]
}

// grow makes room for n elements. What was lent stays valid.
//
//go:noinline
func (a *arena[E]) grow(n int) {
	a.mem = make([]E, max(2*len(a.mem), n, 64))
	a.used = 0
}

func (a *arena[E]) reset() { a.used = 0 }

// A pool lends the buffers that hold values and gradients. Buffers come in
// size classes, eight to each power of two; what is given back is lent again.
// A buffer that has not been lent for many resets goes to the garbage
// collector.
type pool struct {
	free [2][bits.UintSize * 8][]*buffer // by element type and class
	lent []*buffer                       // lent since the last reset; some may be back

	live, peak int // bytes that are lent now, and the most that ever were
	held       int // bytes of all buffers, lent and free
	top        int // one more than the highest class that has been lent
	resets     int
	poison     bool // fill with NaN what is given back
}

// A buffer is storage shared by a value and its views.
type buffer struct {
	f32   []float32
	f64   []float64
	class int
	size  int // in bytes
	refs  int // variables that use it; 0 when it is in the pool
	used  int // the number of resets before it was last lent
}

// class returns the size class for n elements and how many a buffer of that
// class has.
func class(n int) (class, capacity int) {
	if n <= 8 {
		return 0, 8
	}
	k := bits.Len(uint(n - 1)) // 2^(k−1) < n ≤ 2^k
	eighth := (n - 1) >> (k - 4) & 7
	return 8*k + eighth, (eighth + 9) << (k - 4)
}

// take makes v a tensor of the given shape over a buffer from the pool.
func (p *pool) take(v *tensor.Tensor, dt tensor.DType, shape []int) *buffer {
	n := v.AsView().SetShape("allocate", shape)
	c, capacity := class(n)
	free := &p.free[dt][c]
	var b *buffer
	if last := len(*free) - 1; last >= 0 {
		b = (*free)[last]
		*free = (*free)[:last]
	} else {
		b = p.more(dt, c, capacity)
	}
	b.refs, b.used = 1, p.resets
	p.lent = append(p.lent, b)
	p.live += b.size
	p.peak = max(p.peak, p.live)
	if dt == tensor.Float64 {
		v.AsView().Use64(b.f64)
	} else {
		v.AsView().Use32(b.f32)
	}
	return b
}

// more allocates a buffer.
func (p *pool) more(dt tensor.DType, class, capacity int) *buffer {
	b := &buffer{class: class, size: capacity * dt.Size()}
	p.top = max(p.top, class+1)
	p.held += b.size
	if dt == tensor.Float64 {
		b.f64 = make([]float64, capacity)
	} else {
		b.f32 = make([]float32, capacity)
	}
	return b
}

// drop ends one use of b.
func (p *pool) drop(b *buffer) {
	if b.refs--; b.refs == 0 {
		p.put(b)
	}
}

func (p *pool) put(b *buffer) {
	dt := tensor.Float32
	if b.f64 != nil {
		dt = tensor.Float64
	}
	if p.poison {
		b.spoil()
	}
	p.free[dt][b.class] = append(p.free[dt][b.class], b)
	p.live -= b.size
}

// spoil fills b with NaN.
func (b *buffer) spoil() {
	nan := math.NaN()
	for i := range b.f32 {
		b.f32[i] = float32(nan)
	}
	for i := range b.f64 {
		b.f64[i] = nan
	}
}

// patience is how many resets a buffer may lie in the pool.
const patience = 128

// reset takes back every buffer.
func (p *pool) reset() {
	for _, b := range p.lent {
		if b.refs > 0 {
			b.refs = 0
			p.put(b)
		}
	}
	p.lent = p.lent[:0]
	if p.resets++; p.resets%patience == 0 {
		p.trim()
	}
}

// trim lets go of the buffers that have not been lent for a while.
func (p *pool) trim() {
	for dt := range p.free {
		for c, list := range p.free[dt][:p.top] {
			kept := list[:0]
			for _, b := range list {
				if p.resets-b.used <= patience {
					kept = append(kept, b)
				} else {
					p.held -= b.size
				}
			}
			clear(list[len(kept):])
			p.free[dt][c] = kept
		}
	}
}
