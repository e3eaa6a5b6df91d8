package tensor

import (
	bin "encoding/binary"
	"encoding/json"
	"fmt"
	"hash/crc32"
	"math"
	"os"
	"slices"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
)

// randFixture is testdata/rand.json; testdata/fixtures/rand.py explains it.
type randFixture struct {
	Torch  string
	Cases  []randCase
	Epochs []struct {
		Seed   uint64
		Epochs []struct {
			Order           []int
			During, Between []float32
		}
		randEnd
	}
}

type randCase struct {
	Seed  uint64
	Draws []randDraw
	randEnd
}

type randDraw struct {
	Op, Lay    string
	N          int
	Args       []json.Number
	Head, Tail []json.Number
	CRC        uint32
	Sum        *float64
}

type randEnd struct {
	State  uint32
	Cached *float64
}

func readRandFixture(t *testing.T) randFixture {
	b, err := os.ReadFile("testdata/rand.json")
	require.NoError(t, err)
	var f randFixture
	require.NoError(t, json.Unmarshal(b, &f))
	require.Equal(t, "2.15.0", f.Torch)
	return f
}

func TestRandMatchesPyTorch(t *testing.T) {
	f := readRandFixture(t)
	require.Greater(t, len(f.Cases), 600)
	for _, c := range f.Cases {
		r := NewRand(c.Seed)
		name := fmt.Sprintf("seed %d", c.Seed)
		for _, d := range c.Draws {
			name += fmt.Sprintf(", %s(%d %v %s)", d.Op, d.N, d.Args, d.Lay)
			d.check(t, r, name)
		}
		c.check(t, r, name)
	}
}

// check compares the state of r with the one that PyTorch ended in.
func (e randEnd) check(t *testing.T, r *Rand, name string) {
	t.Helper()
	b := stateOf(r)
	require.Equal(t, e.Cached != nil, r.hasNormal, name)
	if e.Cached != nil {
		require.InDelta(t, *e.Cached, r.normal, 5e-15, name)
		clear(b[randNormal : randNormal+8])
	}
	require.Equal(t, e.State, crc32.ChecksumIEEE(b), "state after %s", name)
}

// stateOf returns the saved state of r, for comparison.
func stateOf(r *Rand) []byte {
	b, err := r.MarshalBinary()
	if err != nil {
		panic(err)
	}
	return b
}

// check makes the draw with r and compares it.
func (d *randDraw) check(t *testing.T, r *Rand, name string) {
	t.Helper()
	var v []float64 // the values, where float64 holds them
	var raw []byte
	switch d.Op {
	case "uint32", "uint64", "randint", "randperm", "multinomial32", "multinomial64":
		raw = d.integers(t, r, name)
	default:
		x := d.fill(r)
		v = Values(x)
		raw, _ = bin.Append(nil, bin.LittleEndian, v)
		if x.DType() == Float32 {
			raw, _ = bin.Append(nil, bin.LittleEndian, Data[float32](x))
		}
		tail := v[len(v)-len(d.Tail):]
		for i, want := range slices.Concat(d.Head, d.Tail) {
			got := slices.Concat(v[:len(d.Head)], tail)[i]
			require.InDelta(t, randNumber(want), got, d.tolerance()+d.relative()*got, "%s: value %d", name, i)
		}
	}
	if d.Sum == nil {
		require.Equal(t, d.CRC, crc32.ChecksumIEEE(raw), "%s: not the same bits", name)
		return
	}
	sum := 0.0
	for _, x := range v {
		sum += x
	}
	adding := (1e-15*float64(d.N) + d.relative()) * math.Abs(sum)
	require.InDelta(t, *d.Sum, sum, d.tolerance()*math.Sqrt(float64(d.N))+adding, name)
}

// tolerance is the difference that the comments of Normal and TruncNormal
// admit; 0 for exact draws.
func (d *randDraw) tolerance() float64 {
	switch d.Op {
	case "normal64":
		return 5e-15 * (randNumber(d.Args[1]) + math.Abs(randNumber(d.Args[0])))
	case "trunc64":
		return 5e-15 * (randNumber(d.Args[1]) + math.Abs(randNumber(d.Args[0])))
	case "exponential64":
		return 1e-15 / randNumber(d.Args[0])
	}
	return 0
}

// relative is the difference in proportion to a number, which is positive, that the
// comments of Gamma and Dirichlet admit.
func (d *randDraw) relative() float64 {
	if d.Op == "gamma64" || d.Op == "dirichlet64" {
		return 5e-14
	}
	return 0
}

func randNumber(n json.Number) float64 {
	x, err := n.Float64()
	if err != nil {
		panic(err)
	}
	return x
}

func (d *randDraw) integers(t *testing.T, r *Rand, name string) (raw []byte) {
	t.Helper()
	var v []string
	p := make([]int, d.N)
	switch d.Op {
	case "uint32":
		for range d.N {
			x := r.Uint32()
			v = append(v, strconv.FormatUint(uint64(x), 10))
			raw = bin.LittleEndian.AppendUint32(raw, x)
		}
	case "uint64":
		for range d.N {
			x := r.Uint64()
			v = append(v, strconv.FormatUint(x, 10))
			raw = bin.LittleEndian.AppendUint64(raw, x)
		}
	case "randint":
		lo, err := d.Args[0].Int64()
		require.NoError(t, err)
		hi, err := d.Args[1].Int64()
		require.NoError(t, err)
		if int64(int(lo)) == lo && int64(int(hi)) == hi {
			r.Randint(p, int(lo), int(hi))
			break
		}
		for range d.N { // the bounds do not fit into an int of 32 bits: draw what Randint would draw
			x := uint64(lo) + r.Uint64()%(uint64(hi)-uint64(lo))
			v = append(v, strconv.FormatInt(int64(x), 10))
			raw = bin.LittleEndian.AppendUint64(raw, x)
		}
	case "randperm":
		r.PermTo(p)
	case "multinomial32", "multinomial64":
		w := Zeros64(int(randNumber(d.Args[0])))
		for i := range w.f64 {
			if k := i * 7919 % 1009; k%16 != 0 {
				w.f64[i] = float64(1+k) / 1009
			}
		}
		if d.Op == "multinomial32" {
			w = w.To(Float32)
		}
		r.Multinomial(p, w, randNumber(d.Args[1]) != 0)
	}
	if v == nil {
		for _, x := range p {
			v = append(v, strconv.Itoa(x))
			raw = bin.LittleEndian.AppendUint64(raw, uint64(x))
		}
	}
	for i, want := range d.Head {
		require.Equal(t, want.String(), v[i], "%s: value %d", name, i)
	}
	for i, want := range d.Tail {
		require.Equal(t, want.String(), v[d.N-len(d.Tail)+i], name)
	}
	return raw
}

// fill makes the tensor that the fixture's empty() makes, and fills it.
func (d *randDraw) fill(r *Rand) *Tensor {
	dt := Float32
	if d.Op[len(d.Op)-2:] == "64" && d.Op != "bernoulli_of64" {
		dt = Float64
	}
	x := ZerosOf(dt, d.N)
	switch d.Lay {
	case "transposed":
		x = ZerosOf(dt, 4, d.N/4).Permute(1, 0)
	case "stepped":
		x = ZerosOf(dt, 4, d.N/2).Slice(1, 0, d.N/2, 2)
	case "permuted":
		x = ZerosOf(dt, 2, d.N/6, 3).Permute(1, 2, 0)
	}
	a := make([]float64, len(d.Args))
	for i := range a {
		a[i] = randNumber(d.Args[i])
	}
	switch d.Op {
	case "uniform32", "uniform64":
		r.Uniform(x, a[0], a[1])
	case "normal32", "normal64":
		r.Normal(x, a[0], a[1])
	case "trunc32", "trunc64":
		r.TruncNormal(x, a[0], a[1], a[2], a[3])
	case "bernoulli32", "bernoulli64":
		r.Bernoulli(x, a[0])
	case "bernoulli_of32", "bernoulli_of64":
		p := make([]float64, d.N)
		for i := range p {
			p[i] = float64(i+1) / float64(d.N+1)
		}
		pt := New(p, x.Shape()...)
		if d.Op == "bernoulli_of32" {
			pt = pt.To(Float32)
		}
		r.BernoulliOf(x, pt)
	case "exponential32", "exponential64":
		r.Exponential(x, a[0])
	case "gamma32", "gamma64":
		r.Gamma(x, concentrations(x))
	case "dirichlet32", "dirichlet64":
		x = x.Reshape(d.N/int(a[0]), int(a[0]))
		r.Dirichlet(x, concentrations(x))
	default:
		panic("no such draw: " + d.Op)
	}
	return x
}

// concentrations is that of the fixture, in the form of x.
func concentrations(x *Tensor) *Tensor {
	c := make([]float64, x.Len())
	for i := range c {
		c[i] = math.Exp2(float64(i%9-3)) + float64(i%4)/8
	}
	return New(c, x.Shape()...).To(x.DType())
}

func TestEpochPermMatchesDataLoader(t *testing.T) {
	for _, c := range readRandFixture(t).Epochs {
		r := NewRand(c.Seed)
		for i, e := range c.Epochs {
			order := make([]int, len(e.Order))
			r.EpochPerm(order)
			require.Equal(t, e.Order, order, "seed %d, epoch %d", c.Seed, i)
			x := Zeros(3)
			r.Uniform(x, 0, 1)
			require.Equal(t, e.During, Data[float32](x))
			r.Normal(x, 0, 1)
			require.Equal(t, e.Between, Data[float32](x))
		}
		c.check(t, r, fmt.Sprintf("seed %d", c.Seed))
	}
}
