package tensor

import (
	"encoding"
	bin "encoding/binary"
	"math"
	"math/big"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/descent-ml/descent/internal/property"
)

// The C++ standard fixes the 10000th number of a default std::mt19937.
func TestRandTenThousandth(t *testing.T) {
	r := NewRand(5489)
	for range 9999 {
		r.Uint32()
	}
	require.Equal(t, uint32(4123659995), r.Uint32())
}

func TestRandSeed(t *testing.T) {
	var zero Rand
	r := NewRand(DefaultSeed)
	require.Equal(t, r.Uint64(), zero.Uint64())

	r.NormalFloat64()
	r.Seed(7)
	require.Equal(t, stateOf(NewRand(7)), stateOf(r), "Seed forgets the cached normal sample")

	c := r.Clone()
	first := r.Uint32()
	require.Equal(t, first, c.Uint32(), "a clone goes on from the same state")
	require.NotEqual(t, first, c.Uint32())
}

func TestRandFloats(t *testing.T) {
	r, bits := NewRand(8), NewRand(8)
	require.Equal(t, float32(bits.Uint32()%(1<<24))/(1<<24), r.Float32())
	require.Equal(t, float64(bits.Uint64()%(1<<53))/(1<<53), r.Float64())
}

func TestPermLong(t *testing.T) {
	property.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, 200).Draw(t, "n")
		seed := rapid.Uint64().Draw(t, "seed")
		r, raw := NewRand(seed), NewRand(seed)
		got := make([]int, n)
		r.permLong(got)

		want := []int{}
		for i := range n { // insert i at a random place, by exchange
			want = append(want, i)
			j := int(raw.Uint64() % uint64(i+1))
			want[i], want[j] = want[j], want[i]
		}
		require.Equal(t, want, got)
		require.Equal(t, raw.Uint32(), r.Uint32())
		slices.Sort(got)
		for i, x := range got {
			require.Equal(t, i, x)
		}
	})
	require.Equal(t, 214748364, longPerm)
	require.Len(t, NewRand(0).Perm(5), 5)
}

// A shuffle is what indexing by a permutation gives, a long one too.
func TestShuffle(t *testing.T) {
	for n := range 20 {
		for _, f := range []struct{ shuffle, perm func(*Rand, []int) }{{(*Rand).Shuffle, (*Rand).PermTo}, {(*Rand).shuffleLong, (*Rand).permLong}} {
			a, b := NewRand(uint64(n)), NewRand(uint64(n))
			s, index := make([]int, n), make([]int, n)
			for i := range s {
				s[i] = 100 + 3*i
			}
			f.shuffle(a, s)
			f.perm(b, index)
			for i, k := range index {
				require.Equal(t, 100+3*k, s[i])
			}
			require.Equal(t, stateOf(a), stateOf(b))
		}
	}
}

// fma32 against arithmetic without rounding.
func TestFMA32(t *testing.T) {
	exact := func(u, d, lo float32) float32 {
		f := func(x float32) *big.Float { return new(big.Float).SetPrec(600).SetFloat64(float64(x)) }
		p := f(u)
		p.Add(p.Mul(p, f(d)), f(lo))
		x, _ := p.Float32()
		return x
	}
	middles := 0
	property.Check(t, func(t *rapid.T) {
		lo := rapid.Float32Range(-1e30, 1e30).Draw(t, "lo")
		d := rapid.Float32Range(0, 1e30).Draw(t, "d")
		u := unit32(rapid.Uint32().Draw(t, "u"))
		require.Equal(t, exact(u, d, lo), fma32(u, d, lo))

		// A product just beside the middle between lo and its neighbour, so
		// close that the sum in float64 is the middle.
		e := rapid.IntRange(-100, 100).Draw(t, "e")
		k := rapid.IntRange(0, 1<<23-1).Draw(t, "k")
		lo = float32(math.Ldexp(1+float64(k)*0x1p-23, e))
		u = 1 - float32(rapid.IntRange(1, 3).Draw(t, "below"))*0x1p-24
		if rapid.Bool().Draw(t, "negative") {
			lo = -lo
		}
		for _, d := range []float32{
			float32(math.Ldexp(1+0x1p-23, e-24)), // (1+2⁻²³)(1−2⁻²⁴) > 1
			float32(math.Ldexp(1, e-24)),
		} {
			if math.Float64bits(float64(u)*float64(d)+float64(lo))&(1<<29-1) == 1<<28 {
				middles++
			}
			require.Equal(t, exact(u, d, lo), fma32(u, d, lo), "fma(%b, %b, %b)", u, d, lo)
		}
	})
	require.Positive(t, middles, "no sum was rounded onto a middle")
}

func TestRandMisusePanics(t *testing.T) {
	r, x, before := NewRand(1), Zeros(3), NewRand(1)
	nan, inf := math.NaN(), math.Inf(1)
	for want, f := range map[string]func(){
		"uniform: want finite lo ≤ hi within the range of float32, got [2, 1)":                                                               func() { r.Uniform(x, 2, 1) },
		"uniform: want finite lo ≤ hi within the range of float32, got [0, NaN)":                                                             func() { r.Uniform(x, 0, nan) },
		"uniform: want finite lo ≤ hi within the range of float32, got [-3e+38, 3e+38)":                                                      func() { r.Uniform(x, -3e38, 3e38) },
		"uniform: want finite lo ≤ hi within the range of float64, got [0, +Inf)":                                                            func() { r.Uniform(Zeros64(2), 0, inf) },
		"normal: want a standard deviation ≥ 0, got -1":                                                                                      func() { r.Normal(x, 0, -1) },
		"normal: want a standard deviation ≥ 0, got NaN":                                                                                     func() { r.Normal(x, 0, nan) },
		"truncated normal: want a finite standard deviation > 0, got 0":                                                                      func() { r.TruncNormal(x, 0, 0, -2, 2) },
		"truncated normal: want a finite standard deviation > 0, got +Inf":                                                                   func() { r.TruncNormal(x, 0, inf, -2, 2) },
		"truncated normal: want a ≤ b, got [2, 1]":                                                                                           func() { r.TruncNormal(x, 0, 1, 2, 1) },
		"truncated normal: want a finite mean, got NaN":                                                                                      func() { r.TruncNormal(x, nan, 1, -2, 2) },
		"truncated normal: fewer than one in a million numbers of [5, +Inf] would be accepted for mean 0 and std 1: choose narrower bounds":  func() { r.TruncNormal(x, 0, 1, 5, inf) },
		"truncated normal: fewer than one in a million numbers of [5, 1e+30] would be accepted for mean 0 and std 1: choose narrower bounds": func() { r.TruncNormal(x, 0, 1, 5, 1e30) },
		"bernoulli: want a probability in [0, 1], got 1.5":                                                                                   func() { r.Bernoulli(x, 1.5) },
		"bernoulli: want a probability in [0, 1], got NaN":                                                                                   func() { r.Bernoulli(x, nan) },
		"bernoulli: want a probability in [0, 1], got -1":                                                                                    func() { r.BernoulliOf(x, Full(-1, 3)) },
		"randint: want lo < hi, got [3, 3)":                                                                                                  func() { r.Randint(nil, 3, 3) },
		"perm: want n ≥ 0, got -1":                                                                                                           func() { r.Perm(-1) },
	} {
		require.PanicsWithError(t, want, f)
		require.Equal(t, stateOf(before), stateOf(r), "%s: no draw", want)
	}
	require.PanicsWithError(t, "bernoulli [3] × [2]: want one probability for each element",
		func() { r.BernoulliOf(x, Zeros(2)) })
	require.PanicsWithError(t, "normal [2 3]: axis 0 is expanded: its elements are one and the same",
		func() { r.Normal(x.Expand(2, 3), 0, 1) })
}

func TestRandEdges(t *testing.T) {
	r := NewRand(3)
	empty := Zeros(0, 4)
	r.Uniform(empty, 0, 1)
	r.Normal(empty, 0, 1)
	r.Bernoulli(empty, 1)
	r.Randint(nil, 0, 1)
	r.PermTo(nil)
	require.Equal(t, stateOf(NewRand(3)), stateOf(r), "an empty fill draws nothing")

	x := Zeros()
	r.Uniform(x, 5, 5)
	require.Equal(t, 5.0, x.Item())
	ones := Zeros(40)
	r.Bernoulli(ones, 1)
	require.Equal(t, Data[float32](Ones(40)), Data[float32](ones))
	r.Bernoulli(ones, 0)
	require.Equal(t, make([]float32, 40), Data[float32](ones))

	r.TruncNormal(empty, 0, 1, -2, 2)
	r.TruncNormal(x, 0, 1, 5, 5)
	require.Equal(t, 5.0, x.Item())
}

func TestRandAllocatesNothing(t *testing.T) {
	r := NewRand(1)
	state, _ := r.MarshalBinary()
	x, y, short := Zeros(50, 41), Zeros64(2050), Zeros(3)
	p := Full(0.5, 50, 41)
	ints := make([]int, 100)
	require.Zero(t, testing.AllocsPerRun(10, func() {
		for _, t := range []*Tensor{x, y, short} {
			r.Uniform(t, -1, 1)
			r.Normal(t, 0, 1)
			r.Bernoulli(t, 0.5)
		}
		r.BernoulliOf(x, p)
		r.Randint(ints, 0, 10)
		r.Randint(ints, 0, min(math.MaxInt, 1<<40))
		r.PermTo(ints)
		r.EpochPerm(ints)
		state, _ = r.AppendBinary(state[:0])
		_ = r.UnmarshalBinary(state)
	}))
}

// The constructors draw what the methods do.
func TestDrawnTensors(t *testing.T) {
	want := Zeros(3, 7)
	NewRand(4).Normal(want, 0, 1)
	require.Equal(t, Values(want), Values(Randn(NewRand(4), 3, 7)))
	NewRand(4).Uniform(want, -2, 5)
	got := Uniform(NewRand(4), -2, 5, 3, 7)
	require.Equal(t, Values(want), Values(got))
	require.Equal(t, []int{3, 7}, got.Shape())
	require.Equal(t, Float32, got.DType())
}

var (
	_ encoding.BinaryMarshaler   = (*Rand)(nil)
	_ encoding.BinaryAppender    = (*Rand)(nil)
	_ encoding.BinaryUnmarshaler = (*Rand)(nil)
)

func TestRandStateResumes(t *testing.T) {
	property.Check(t, func(t *rapid.T) {
		r := NewRand(rapid.Uint64().Draw(t, "seed"))
		for range rapid.IntRange(0, 2000).Draw(t, "words") {
			r.Uint32()
		}
		if rapid.Bool().Draw(t, "normal") {
			r.NormalFloat64()
		}
		b := stateOf(r)
		require.Len(t, b, 5056)

		s := NewRand(99)
		s.NormalFloat64()
		require.NoError(t, s.UnmarshalBinary(b))
		require.Equal(t, b, stateOf(s))
		require.Equal(t, r.NormalFloat64(), s.NormalFloat64())
		for range 1500 {
			require.Equal(t, r.Uint32(), s.Uint32())
		}
		require.Equal(t, stateOf(r), stateOf(s))
	})
}

func TestRandStateOfZero(t *testing.T) {
	var zero Rand
	require.Equal(t, stateOf(NewRand(DefaultSeed)), stateOf(&zero))
}

func TestRandStateRejects(t *testing.T) {
	r := NewRand(1)
	r.NormalFloat64()
	good := stateOf(r)
	le := bin.LittleEndian
	u32 := func(at int, v uint32) func([]byte) { return func(b []byte) { le.PutUint32(b[at:], v) } }
	u64 := func(at int, v uint64) func([]byte) { return func(b []byte) { le.PutUint64(b[at:], v) } }
	for _, c := range []struct {
		name, want string
		spoil      func([]byte)
	}{
		{"not seeded", "random state: the generator was not seeded", u32(12, 0)},
		{"left 0", "random state: 4 words drawn and -1 left do not make a block of 624", u32(8, 0)},
		{"left too large", "random state: 4 words drawn and 4294967294 left do not make a block of 624", u32(8, math.MaxUint32)},
		{"drawn too large", "random state: 1099511627776 words drawn and 620 left do not make a block of 624", u64(16, 1<<40)},
		{"drawn 0, some left", "random state: 0 words drawn and 620 left do not make a block of 624", u64(16, 0)},
		{"wide word", "random state: word 623 has more than 32 bits", u64(24+8*623, 1<<32)},
		{"zeros", "random state: every word is zero, and would stay so", func(b []byte) { clear(b[24 : 24+8*624]) }},
		{"NaN", "random state: the cached normal sample is NaN", u64(5024, math.Float64bits(math.NaN()))},
		{"Inf", "random state: the cached normal sample is -Inf", u64(5024, math.Float64bits(math.Inf(-1)))},
		{"flag", "random state: the flag of the cached normal sample is neither 0 nor 1", u32(5040, 2)},
		{"float", "random state: it caches a float32 normal sample, which no draw here uses", u32(5052, 1)},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := append([]byte{}, good...)
			c.spoil(b)
			s := r.Clone()
			require.EqualError(t, s.UnmarshalBinary(b), c.want)
			require.Equal(t, stateOf(r), stateOf(s), "left as it was")
		})
	}
	for n := range len(good) {
		require.Error(t, new(Rand).UnmarshalBinary(good[:n]))
	}
	require.EqualError(t, r.UnmarshalBinary(append(good, 0)), "random state: want 5056 bytes, got 5057")
}

// A state has 5056 bytes. A fuzzer that changed them at random would find few
// combinations, and would spend its time on making the input shorter. So the
// fuzzed input is small. It says how to change a valid state: the new length, and
// three bytes for each change, two for the place and one for the new value.
func FuzzRandUnmarshal(f *testing.F) {
	var states [][]byte
	for _, n := range []int{0, 1, 623, 624, 625} {
		r := NewRand(uint64(n))
		for range n {
			r.Uint32()
		}
		if n == 625 {
			r.NormalFloat64()
		}
		f.Add(byte(len(states)), uint16(len(stateOf(r))), []byte{})
		states = append(states, stateOf(r))
	}
	const head, tail = 24, 5016 // where the words begin and end
	for _, at := range []uint16{0, 8, 16, head, head + 8*623 + 4, tail, tail + 8, tail + 24, tail + 36} {
		f.Add(byte(4), uint16(5056), []byte{byte(at), byte(at >> 8), 1})
	}
	f.Add(byte(0), uint16(5055), []byte{})
	f.Fuzz(func(t *testing.T, state byte, length uint16, changes []byte) {
		b := append(make([]byte, 0, 1<<16), states[int(state)%len(states)]...)[:length]
		for ; len(changes) >= 3 && len(b) > 0; changes = changes[3:] {
			b[(int(changes[0])+int(changes[1])<<8)%len(b)] = changes[2]
		}
		var r, s Rand
		if r.UnmarshalBinary(b) != nil {
			require.True(t, r == Rand{}, "left as it was")
			return
		}
		require.NoError(t, s.UnmarshalBinary(stateOf(&r)))
		require.True(t, r == s)
		x := Zeros(20)
		r.Normal(x, 0, 1)
		r.Uniform(x, 0, 1)
		r.PermTo(make([]int, 700))
		for _, v := range Data[float32](x) {
			require.True(t, v >= 0 && v <= 1)
		}
	})
}
