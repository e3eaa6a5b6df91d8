package synthetic

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/data"
	"github.com/descent-ml/descent/tensor"
)

// checksum returns the SHA-256 of the bits of every pixel and of the labels.
func checksum(s *data.Examples) string {
	h := sha256.New()
	var b []byte
	for _, v := range tensor.Data[float32](s.X) {
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(v))
	}
	for _, l := range s.Labels {
		b = append(b, byte(l))
	}
	h.Write(b)
	return hex.EncodeToString(h.Sum(nil))
}

// One checksum for every platform. It changes only with the glyphs or with the
// way they are drawn, and then results that were trained on them do as well.
func TestDigitsGolden(t *testing.T) {
	require.Equal(t, "4fc6ca71fc70834837d55423fc8f025d534eea8ed7827d5dbfe84cb0e12847c3", checksum(Digits(500, 1)))
	require.Equal(t, "866c39bcac317627283f8dd2a9ca8662d544b543b9cbd36bd5066dc6b9ae78ba", checksum(Digits(500, 2)))
}

func TestDigitsShapeAndRange(t *testing.T) {
	const n = 500
	s := Digits(n, 3)
	require.Equal(t, []int{n, 1, 28, 28}, s.X.Shape())
	require.Equal(t, 10, s.Classes)
	x := tensor.Data[float32](s.X)
	for i := range n {
		var ink, most float32
		for _, v := range x[i*784:][:784] {
			require.True(t, v >= 0 && v <= 1)
			ink += v
			most = max(most, v)
		}
		require.Greater(t, most, float32(0.5), "picture %d is faint", i)
		require.True(t, ink > 10 && ink < 784/3, "picture %d has %v of ink", i, ink)
	}
	require.Equal(t, []int{0, 1, 28, 28}, Digits(0, 1).X.Shape())
}

func TestDigitsAreBalanced(t *testing.T) {
	s := Digits(205, 4)
	for from := 0; from+10 <= 200; from += 10 {
		require.ElementsMatch(t, []int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}, s.Labels[from:from+10])
	}
	require.NotEqual(t, s.Labels[:10], s.Labels[10:20], "the order must be random")
}

func TestDigitsOfASeed(t *testing.T) {
	large := Digits(100, 5)
	require.Equal(t, checksum(Digits(37, 5)), checksum(large.Slice(0, 37)), "a small set begins the large one")
	require.NotEqual(t, checksum(large), checksum(Digits(100, 6)))
}

// The picture nearest to the mean of its class, among the ten means, is no
// good classifier, but it is one only when pictures and labels belong together.
func TestDigitsLookLikeTheirLabels(t *testing.T) {
	train, test := Digits(2000, 1), Digits(500, 2)
	var mean [10][784]float32
	x := tensor.Data[float32](train.X)
	for i, l := range train.Labels {
		for k, v := range x[i*784:][:784] {
			mean[l][k] += v / 200
		}
	}
	x = tensor.Data[float32](test.X)
	right := 0
	for i, l := range test.Labels {
		best, nearest := float32(math.Inf(1)), -1
		for c := range mean {
			var d float32
			for k, v := range x[i*784:][:784] {
				d += (v - mean[c][k]) * (v - mean[c][k])
			}
			if d < best {
				best, nearest = d, c
			}
		}
		if nearest == l {
			right++
		}
	}
	require.InDelta(t, 0.7, float64(right)/500, 0.15)
}

func TestGlyphs(t *testing.T) {
	for digit, ways := range glyphs {
		require.GreaterOrEqual(t, len(ways), 2, "digit %d", digit)
		for w, g := range ways {
			top, bottom := 20.0, 0.0
			for _, s := range g {
				require.GreaterOrEqual(t, len(s), 3)
				for _, q := range s {
					require.True(t, q.x >= 0 && q.x <= 20, "digit %d way %d: %v", digit, w, q)
					top, bottom = min(top, q.y), max(bottom, q.y)
				}
			}
			require.InDelta(t, 1, top, 1, "digit %d way %d", digit, w)
			require.InDelta(t, 19, bottom, 1, "digit %d way %d", digit, w)
		}
	}
}

// The curve goes through the designed points, and straight on between points
// in a line.
func TestSpline(t *testing.T) {
	z, a, b, c := point{1, 5}, point{2, 3}, point{3, 3}, point{9, 0}
	require.Equal(t, a, spline(z, a, b, c, 0))
	require.Equal(t, b, spline(z, a, b, c, 1))
	require.Equal(t, point{2.5, 5}, spline(point{1, 2}, point{2, 4}, point{3, 6}, point{4, 8}, 0.5))
}

func ExampleDigits() {
	set := Digits(1, 7)
	fmt.Println("label", set.Labels[0])
	for y := 0; y < 28; y += 2 { // characters are twice as tall as wide
		var row strings.Builder
		for x := range 28 {
			ink := (set.X.At(0, 0, y, x) + set.X.At(0, 0, y+1, x)) / 2
			row.WriteByte("..:-=+*#%@@"[int(ink*10)])
		}
		fmt.Println(row.String())
	}
	// Output:
	// label 2
	// ............................
	// ............................
	// ..........+*#%%%%##*=.......
	// .........#%=:....:-*%+......
	// ........:+-........#%=......
	// .................=%%=.......
	// ...............-#%*:........
	// .............=#%*:..........
	// ..........:+%%*:............
	// ........=*%#+...............
	// ......*%%%*#######%%*.......
	// ......=====--------:........
	// ............................
	// ............................
}

func BenchmarkDigits(b *testing.B) {
	for b.Loop() {
		Digits(1000, 1)
	}
}
