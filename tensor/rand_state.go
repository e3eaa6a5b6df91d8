package tensor

import (
	bin "encoding/binary"
	"errors"
	"fmt"
	"math"
)

// The saved state, little-endian, is what torch.Generator.get_state returns:
//
//	   0  seed                    uint64
//	   8  words left, plus 1      uint32
//	  12  1                       uint32
//	  16  words drawn             uint64
//	  24  the 624 words           uint64 each
//	5016  unused, normal, unused  float64 each
//	5040  1 when normal is valid  uint32
//	5044  unused                  12 bytes
const (
	randWords  = 24
	randNormal = randWords + 8*mtDegree + 8
	randSize   = randNormal + 32
)

// MarshalBinary returns the state of r: 5056 bytes, the same that
// torch.Generator.get_state returns for a generator in this state. The error
// is always nil.
func (r *Rand) MarshalBinary() ([]byte, error) {
	return r.AppendBinary(make([]byte, 0, randSize))
}

// AppendBinary appends what [Rand.MarshalBinary] returns to b.
func (r *Rand) AppendBinary(b []byte) ([]byte, error) {
	if !r.seeded {
		r.Seed(DefaultSeed)
	}
	drawn := mtDegree - r.left
	if r.fresh {
		drawn = 0
	}
	le := bin.LittleEndian
	b = le.AppendUint64(b, r.seed)
	b = le.AppendUint32(b, uint32(r.left+1))
	b = le.AppendUint32(b, 1)
	b = le.AppendUint64(b, uint64(drawn))
	for _, w := range r.state {
		b = le.AppendUint64(b, uint64(w))
	}
	b = le.AppendUint64(b, 0)
	b = le.AppendUint64(b, math.Float64bits(r.normal))
	b = le.AppendUint64(b, 0)
	cached := uint32(0)
	if r.hasNormal {
		cached = 1
	}
	b = le.AppendUint32(b, cached)
	return append(b, make([]byte, 12)...), nil
}

// UnmarshalBinary puts r in the state that [Rand.MarshalBinary] or
// torch.Generator.get_state saved. When the bytes are not such a state, it
// returns an error that says why and leaves r as it was.
func (r *Rand) UnmarshalBinary(b []byte) error {
	if len(b) != randSize {
		return fmt.Errorf("random state: want %d bytes, got %d", randSize, len(b))
	}
	le := bin.LittleEndian
	n := Rand{seeded: true, seed: le.Uint64(b)}
	left, drawn := le.Uint32(b[8:]), le.Uint64(b[16:])
	if le.Uint32(b[12:]) != 1 {
		return errors.New("random state: the generator was not seeded")
	}
	switch {
	case left == 1 && drawn == 0:
		n.fresh = true
	case drawn >= 1 && drawn <= mtDegree && left == mtDegree+1-uint32(drawn):
		n.left = mtDegree - int(drawn)
	default:
		return fmt.Errorf("random state: %d words drawn and %d left do not make a block of %d",
			drawn, int64(left)-1, mtDegree)
	}
	var some uint32
	for i := range n.state {
		w := le.Uint64(b[randWords+8*i:])
		if w > math.MaxUint32 {
			return fmt.Errorf("random state: word %d has more than 32 bits", i)
		}
		n.state[i] = uint32(w)
		some |= n.state[i]
	}
	if some == 0 {
		return errors.New("random state: every word is zero, and would stay so")
	}
	switch le.Uint32(b[randNormal+16:]) {
	case 0:
	case 1:
		n.hasNormal, n.normal = true, math.Float64frombits(le.Uint64(b[randNormal:]))
		if !(math.Abs(n.normal) < maxNormal) {
			return fmt.Errorf("random state: the cached normal sample is %v", n.normal)
		}
	default:
		return errors.New("random state: the flag of the cached normal sample is neither 0 nor 1")
	}
	if b[randNormal+28] != 0 {
		return errors.New("random state: it caches a float32 normal sample, which no draw here uses")
	}
	n.temper()
	*r = n
	return nil
}
