package tensor

import (
	bin "encoding/binary"
	"errors"
	"fmt"
	"math"
	"slices"
)

// MT19937: the degree of the recurrence, its middle offset, its matrix, and
// the masks of the two halves that a twist joins.
const (
	mtDegree = 624
	mtMiddle = 397
	mtMatrix = 0x9908b0df
	mtUpper  = 0x80000000
	mtLower  = 0x7fffffff
)

// DefaultSeed is the seed of the zero [Rand], and of a PyTorch generator that
// nobody has seeded.
const DefaultSeed = 67280421310721

// A Rand is PyTorch's random number generator for the CPU: the Mersenne
// Twister MT19937, with PyTorch's way of making numbers of every kind from it
// (aten/src/ATen/core/MT19937RNGEngine.h and CPUGeneratorImpl.cpp). With the
// same seed and the same calls it gives what torch.Generator gives, and stays
// in step with it from call to call.
//
// Every draw is PyTorch's to the last bit, except the last bits of float64
// numbers from Normal and TruncNormal; their comments say by how much. The
// reference is PyTorch 2.15 on an x86-64 processor with AVX2.
//
// The zero Rand is ready to use and has [DefaultSeed]. A Rand is not safe for
// concurrent use; there is no global one.
type Rand struct {
	left   int              // numbers of ready not drawn yet; at 0 the next draw makes new ones
	ready  [mtDegree]uint32 // the state's numbers, the last to draw first
	state  [mtDegree]uint32
	fresh  bool // seeded, and nothing drawn since
	seeded bool
	seed   uint64

	hasNormal bool    // whether normal holds a sample
	normal    float64 // the second sample of the last pair that Box–Muller made
}

// NewRand returns a generator with the given seed, as
// torch.Generator().manual_seed(seed) does. Only the low 32 bits of the seed
// matter to what is drawn.
func NewRand(seed uint64) *Rand {
	r := new(Rand)
	r.Seed(seed)
	return r
}

// Seed puts r in the state that NewRand(seed) starts in.
func (r *Rand) Seed(seed uint64) {
	x := uint32(seed)
	r.state[0] = x
	for i := 1; i < mtDegree; i++ {
		x = 1812433253*(x^x>>30) + uint32(i)
		r.state[i] = x
	}
	r.left, r.fresh, r.seeded, r.seed = 0, true, true, seed
	r.hasNormal, r.normal = false, 0
}

// Seed returns a seed that depends on all of the numbers, and on their order.
// A program with several streams of chance gives each a generator of its own:
// tensor.NewRand(tensor.Seed(seed, epoch, batch)). It applies the finaliser of
// SplitMix64 (https://prng.di.unimi.it/splitmix64.c) to one number after the
// other.
func Seed(numbers ...uint64) (z uint64) {
	for _, n := range numbers {
		z += n + 0x9e3779b97f4a7c15
		z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
		z = (z ^ z>>27) * 0x94d049bb133111eb
		z ^= z >> 31
	}
	return z
}

// Clone returns a generator in the same state as r that goes its own way from
// here on.
func (r *Rand) Clone() *Rand {
	c := *r
	return &c
}

// refill replaces the state by the next 624 words of the recurrence
//
//	s[i+624] = s[i+397] ⊕ twist(upper bit of s[i], lower bits of s[i+1])
func (r *Rand) refill() {
	if !r.seeded {
		r.Seed(DefaultSeed)
	}
	s := &r.state
	for i := 0; i < mtDegree-mtMiddle; i++ {
		s[i] = s[i+mtMiddle] ^ twist(s[i], s[i+1])
	}
	for i := mtDegree - mtMiddle; i < mtDegree-1; i++ {
		s[i] = s[i+mtMiddle-mtDegree] ^ twist(s[i], s[i+1])
	}
	s[mtDegree-1] = s[mtMiddle-1] ^ twist(s[mtDegree-1], s[0])
	r.temper()
	r.left, r.fresh = mtDegree, false
}

func twist(u, v uint32) uint32 {
	return (u&mtUpper|v&mtLower)>>1 ^ -(v&1)&mtMatrix
}

// temper makes the numbers to be drawn of the words of the state.
func (r *Rand) temper() {
	for i, y := range r.state {
		y ^= y >> 11
		y ^= y << 7 & 0x9d2c5680
		y ^= y << 15 & 0xefc60000
		r.ready[mtDegree-1-i] = y ^ y>>18
	}
}

// Uint32 returns 32 random bits.
func (r *Rand) Uint32() uint32 {
	if r.left == 0 {
		r.refill()
	}
	r.left--
	return r.ready[r.left]
}

// Uint64 returns 64 random bits from two draws; the first is the high word.
func (r *Rand) Uint64() uint64 {
	if r.left < 2 {
		high := r.Uint32()
		return uint64(high)<<32 | uint64(r.Uint32())
	}
	r.left -= 2
	return uint64(r.ready[r.left+1])<<32 | uint64(r.ready[r.left])
}

// Float32 returns a multiple of 2⁻²⁴ in [0, 1), from the low bits of one draw.
func (r *Rand) Float32() float32 { return unit32(r.Uint32()) }

// Float64 returns a multiple of 2⁻⁵³ in [0, 1), from the low bits of two draws.
func (r *Rand) Float64() float64 { return unit64(r.Uint64()) }

func unit32(bits uint32) float32 { return float32(bits&(1<<24-1)) * 0x1p-24 }
func unit64(bits uint64) float64 { return float64(bits&(1<<53-1)) * 0x1p-53 }

// wideRange is the number of values from which on Randint draws 64 bits.
const wideRange = 1 << 28

// Randint fills dst with integers from lo to hi − 1, as
// torch.randint(lo, hi, …) does. It panics with an [*ArgError] when hi ≤ lo.
//
//	dst[i] = lo + draw mod (hi − lo)     draw = Uint32(), or Uint64() when hi − lo ≥ 2²⁸
//
// Bit-exact with PyTorch 2.15; releases before 2.9 draw 64 bits from 2³² on
// (uniform_int_from_to_distribution in aten/src/ATen/core/DistributionsHelper.h).
func (r *Rand) Randint(dst []int, lo, hi int) {
	if hi <= lo {
		BadArg("randint", "want lo < hi, got [%d, %d)", lo, hi)
	}
	span := uint64(hi) - uint64(lo)
	if span < wideRange {
		for i := range dst {
			dst[i] = lo + int(r.Uint32()%uint32(span))
		}
		return
	}
	for i := range dst {
		dst[i] = int(uint64(lo) + r.Uint64()%span)
	}
}

// Perm returns a random permutation of 0, 1, …, n−1, as torch.randperm(n) does.
// It panics with an [*ArgError] when n is negative.
func (r *Rand) Perm(n int) []int {
	if n < 0 {
		BadArg("perm", "want n ≥ 0, got %d", n)
	}
	p := make([]int, n)
	r.PermTo(p)
	return p
}

// longPerm is the length from which on PermTo draws 64 bits, 2³² / 20.
const longPerm = math.MaxUint32 / 20

// PermTo fills dst with a random permutation of 0, 1, …, len(dst)−1, as
// torch.randperm does. Bit-exact (randperm_cpu in
// aten/src/ATen/native/TensorFactories.cpp).
//
//	for i from 0 to n−2: swap dst[i] with dst[i + Uint32() mod (n − i)]
func (r *Rand) PermTo(dst []int) {
	if len(dst) >= longPerm {
		r.permLong(dst)
		return
	}
	for i := range dst {
		dst[i] = i
	}
	r.Shuffle(dst)
}

// Shuffle puts s in random order, as s[torch.randperm(len(s))] does. Bit-exact.
func (r *Rand) Shuffle(s []int) {
	if len(s) >= longPerm {
		r.shuffleLong(s)
		return
	}
	for i := 0; i < len(s)-1; i++ {
		j := i + int(r.Uint32()%uint32(len(s)-i))
		s[i], s[j] = s[j], s[i]
	}
}

// permLong is PermTo where 32 bits no longer choose evenly among the places.
// It grows the permutation from its front: number i moves to a place among the
// first i + 1, and the number there to place i.
func (r *Rand) permLong(dst []int) {
	for i := range dst {
		j := int(r.Uint64() % uint64(i+1))
		dst[i] = dst[j]
		dst[j] = i
	}
}

// shuffleLong is Shuffle where the permutation is one of permLong.
func (r *Rand) shuffleLong(s []int) {
	before := slices.Clone(s)
	r.permLong(s)
	for i, from := range s {
		s[i] = before[from]
	}
}

// EpochPerm fills dst with the order in which PyTorch's
// DataLoader(shuffle=True) visits a data set of len(dst) samples for one epoch,
// when r stands for PyTorch's global generator; r is left in the state in which
// that one is left. Bit-exact (_BaseDataLoaderIter in
// torch/utils/data/dataloader.py, RandomSampler in torch/utils/data/sampler.py).
//
// The loader draws a seed for its workers, whether it has any or not; the
// sampler draws a second one for a generator of its own, which makes the
// permutation. Both draws come before the first batch. As long as r also gives
// what PyTorch's layers draw during an epoch, such as dropout masks, the next
// epoch's order is PyTorch's too.
func (r *Rand) EpochPerm(dst []int) {
	r.Uint64() // the workers' seed
	var sampler Rand
	sampler.Seed(r.Uint64())
	sampler.PermTo(dst)
}

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
