package tensor

import (
	"encoding"
	bin "encoding/binary"
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/descent-ml/descent/internal/property"
)

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
