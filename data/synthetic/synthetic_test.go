package synthetic

import (
	"encoding/json"
	"math"
	"os"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/data"
	"github.com/descent-ml/descent/tensor"
)

// sklearn is testdata/sklearn.json; testdata/fixtures/synthetic.py explains it.
type sklearn struct {
	Sklearn        string
	Moons, Circles []struct {
		N      int
		Inner  float64
		X      []float64
		Labels []int
	}
	Blobs []struct {
		N, Centres int
		Labels     []int
	}
}

func TestPointsMatchScikitLearn(t *testing.T) {
	b, err := os.ReadFile("testdata/sklearn.json")
	require.NoError(t, err)
	var f sklearn
	require.NoError(t, json.Unmarshal(b, &f))
	require.Equal(t, "1.9.1", f.Sklearn)
	same := func(x []float64, labels []int, s *data.Examples, classes int) {
		require.Equal(t, []int{len(labels), 2}, s.X.Shape())
		require.InDeltaSlice(t, x, tensor.Values(s.X), 2e-7)
		require.Equal(t, labels, s.Labels)
		require.Equal(t, classes, s.Classes)
	}
	require.Len(t, f.Moons, 4)
	for _, c := range f.Moons {
		same(c.X, c.Labels, Moons(c.N, 0, nil), 2)
	}
	require.Len(t, f.Circles, 4)
	for _, c := range f.Circles {
		same(c.X, c.Labels, Circles(c.N, c.Inner, 0, nil), 2)
	}
	require.Len(t, f.Blobs, 3)
	for _, c := range f.Blobs {
		centers := make([][]float64, c.Centres)
		for k := range centers {
			centers[k] = []float64{float64(k), -float64(k)}
		}
		s := Blobs(c.N, centers, 0, nil)
		require.Equal(t, c.Labels, s.Labels)
		require.Equal(t, c.Centres, s.Classes)
		for i, label := range s.Labels {
			require.Equal(t, []float64{float64(label), -float64(label)}, []float64{s.X.At(i, 0), s.X.At(i, 1)})
		}
	}
}

func TestSpirals(t *testing.T) {
	s := Spirals(7, 3, 0.5, 0, nil)
	require.Equal(t, []int{0, 0, 0, 1, 1, 2, 2}, s.Labels)
	require.Equal(t, 3, s.Classes)
	seen := [3]float64{}
	for i, label := range s.Labels {
		x, y := s.X.At(i, 0), s.X.At(i, 1)
		radius := math.Hypot(x, y)
		require.Greater(t, radius, seen[label])
		seen[label] = radius
		turn := math.Mod(math.Atan2(y, x)/(2*math.Pi)-float64(label)/3-radius/2+4, 1)
		require.InDelta(t, 0, min(turn, 1-turn), 1e-6)
	}
	require.InDeltaSlice(t, []float64{1, 1, 1}, seen[:], 1e-6)
}

// sets makes one set of each kind, of points or numbers.
func sets(n int, noise float64, r *tensor.Rand) map[string]*data.Examples {
	return map[string]*data.Examples{
		"moons":   Moons(n, noise, r),
		"circles": Circles(n, 0.5, noise, r),
		"blobs":   Blobs(n, [][]float64{{0, 0}, {5, 5}}, noise, r),
		"spirals": Spirals(n, 2, 1, noise, r),
	}
}

// The numbers are those without noise, moved by normal noise and shuffled.
func TestNoiseAndOrder(t *testing.T) {
	const n, noise = 2000, 0.001
	exact := sets(n, 0, nil)
	for name, s := range sets(n, noise, tensor.NewRand(1)) {
		require.Equal(t, exact[name].X.Shape(), s.X.Shape())
		require.NotEqual(t, exact[name].Labels, s.Labels, "%s is shuffled", name)
		ones := 0
		for _, l := range s.Labels {
			ones += l
		}
		require.Equal(t, n/2, ones, name)
	}
	// Around one point noise can be told from place.
	s := Blobs(n, [][]float64{{3, -1}}, 0.5, tensor.NewRand(2))
	for axis, want := range []float64{3, -1} {
		sum, square := 0.0, 0.0
		for i := range n {
			d := s.X.At(i, axis) - want
			sum += d
			square += d * d
		}
		require.InDelta(t, 0, sum/n, 0.05)
		require.InDelta(t, 0.5, math.Sqrt(square/n), 0.03)
	}
}

func TestSameGeneratorSameSet(t *testing.T) {
	for _, f := range []func(r *tensor.Rand) *data.Examples{
		func(r *tensor.Rand) *data.Examples { return Moons(40, 0.1, r) },
		func(r *tensor.Rand) *data.Examples { return Circles(40, 0.3, 0.1, r) },
		func(r *tensor.Rand) *data.Examples { return Blobs(40, nil, 0.1, r) },
		func(r *tensor.Rand) *data.Examples { return Spirals(40, 3, 1, 0.1, r) },
		func(r *tensor.Rand) *data.Examples { return Houses(40, 10, r) },
		func(r *tensor.Rand) *data.Examples { return Sines(4, 10, 0.1, r) },
	} {
		a, b, c := f(tensor.NewRand(7)), f(tensor.NewRand(7)), f(tensor.NewRand(8))
		require.Equal(t, tensor.Values(a.X), tensor.Values(b.X))
		require.Equal(t, a.Labels, b.Labels)
		require.NotEqual(t, tensor.Values(a.X), tensor.Values(c.X))
	}
}

// fitted returns the least-squares fit price = bias + slope · area.
func fitted(s *data.Examples) (bias, slope float64) {
	x, y := tensor.Values(s.X), tensor.Values(s.Y)
	var mx, my, xx, xy float64
	for i := range x {
		mx += x[i] / float64(len(x))
		my += y[i] / float64(len(x))
	}
	for i := range x {
		xx += (x[i] - mx) * (x[i] - mx)
		xy += (x[i] - mx) * (y[i] - my)
	}
	return my - xy/xx*mx, xy / xx
}

func TestHouses(t *testing.T) {
	s := Houses(3, 0, nil)
	require.Equal(t, []float32{1000, 2000, 3000}, tensor.Data[float32](s.X))
	require.Equal(t, []float32{1500, 2500, 3000}, tensor.Data[float32](s.Y))
	bias, slope := fitted(s)
	require.InDelta(t, housePrice, bias, 1e-9)
	require.InDelta(t, areaPrice, slope, 1e-12)

	s = Houses(4000, 50, tensor.NewRand(1))
	require.Equal(t, []int{4000, 1}, s.X.Shape())
	require.Equal(t, []int{4000, 1}, s.Y.Shape())
	require.Equal(t, tensor.Values(Houses(3, 0, nil).Y), tensor.Values(s.Y)[:3])
	bias, slope = fitted(s)
	require.InDelta(t, housePrice, bias, 8)
	require.InDelta(t, areaPrice, slope, 0.004)
	square := 0.0
	for i, area := range tensor.Values(s.X) {
		require.True(t, area >= 1000 && area <= 3000)
		d := s.Y.At(i, 0) - housePrice - areaPrice*area
		square += d * d / 4000
	}
	require.InDelta(t, 50, math.Sqrt(square), 2.5)
	require.Equal(t, []int{2, 1}, Houses(2, 0, nil).X.Shape())
}

// A wave goes on by its own recurrence: y(t+1) + y(t−1) = 2 cos(2π/period) y(t).
func TestSines(t *testing.T) {
	s := Sines(50, 12, 0, tensor.NewRand(3))
	require.Equal(t, []int{50, 12, 1}, s.X.Shape())
	require.Equal(t, []int{50, 1}, s.Y.Shape())
	var phases []float64
	for i := range 50 {
		wave := append(tensor.Values(s.X.Select(0, i)), s.Y.At(i, 0))
		phases = append(phases, wave[0])
		top := 0.0
		for k := 1; k < 12; k++ {
			if math.Abs(wave[k]) > math.Abs(top) {
				top = wave[k]
			}
		}
		k := slices.Index(wave[1:12], top) + 1
		twice := (wave[k+1] + wave[k-1]) / wave[k]
		require.True(t, twice > 2*math.Cos(2*math.Pi/8)-1e-5 && twice < 2*math.Cos(2*math.Pi/32)+1e-5, "%v", twice)
		require.InDelta(t, twice*wave[11]-wave[10], wave[12], 1e-5)
	}
	require.Less(t, slices.Min(phases), -0.8)
	require.Greater(t, slices.Max(phases), 0.8)

	noisy := Sines(200, 32, 0.25, tensor.NewRand(3))
	square := 0.0
	for _, v := range tensor.Values(noisy.X) {
		square += v * v / (200 * 32)
	}
	require.InDelta(t, 0.5+0.25*0.25, square, 0.02)
}

func TestMisuse(t *testing.T) {
	r := tensor.NewRand(1)
	for want, f := range map[string]func(){
		"moons: want a number of examples, got -1":                                 func() { Moons(-1, 0, r) },
		"circles: want a finite noise ≥ 0, got -1":                                 func() { Circles(2, 0.5, -1, r) },
		"spirals: want a finite noise ≥ 0, got NaN":                                func() { Spirals(2, 1, 1, math.NaN(), r) },
		"moons: want a finite noise ≥ 0, got +Inf":                                 func() { Moons(2, math.Inf(1), r) },
		"moons: want a generator for noise 0.1":                                    func() { Moons(2, 0.1, nil) },
		"circles: want an inner radius in [0, 1), got 1":                           func() { Circles(2, 1, 0, r) },
		"blobs: want centres, or a generator to draw them":                         func() { Blobs(2, nil, 0, nil) },
		"blobs: want one centre or more":                                           func() { Blobs(2, [][]float64{}, 0, r) },
		"want centres of as many numbers each; centre 1 has 1, and centre 0 has 2": func() { Blobs(2, [][]float64{{1, 2}, {3}}, 0, r) },
		"want centres of as many numbers each; centre 0 has 0, and centre 0 has 0": func() { Blobs(2, [][]float64{{}}, 0, r) },
		"spirals: want one arm or more, got 0":                                     func() { Spirals(2, 0, 1, 0, r) },
		"spirals: want a finite number of turns, got +Inf":                         func() { Spirals(2, 2, math.Inf(1), 0, r) },
		"houses: want a generator for more than three houses, got 4":               func() { Houses(4, 0, nil) },
		"sines: want a length of one step or more, got 0":                          func() { Sines(2, 0, 0, r) },
		"sines: want a generator for periods and phases":                           func() { Sines(2, 5, 0, nil) },
	} {
		func() {
			defer func() {
				err, ok := recover().(*tensor.ArgError)
				require.True(t, ok, want)
				require.ErrorContains(t, err, want)
			}()
			f()
			t.Error(want)
		}()
	}
}

func TestNoExamples(t *testing.T) {
	for name, s := range sets(0, 0, nil) {
		require.Zero(t, s.Len(), name)
		require.Equal(t, []int{0, 2}, s.X.Shape())
	}
	require.Zero(t, Houses(0, 0, nil).Len())
	require.Zero(t, Sines(0, 3, 0, nil).Len())
}
