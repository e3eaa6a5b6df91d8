package images

import (
	"fmt"
	"math"
	"slices"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/data"
	"github.com/descent-ml/descent/data/synthetic"
	"github.com/descent-ml/descent/tensor"
)

// some returns n pictures from 0 to 1 with labels.
func some(n, c, h, w int) *data.Examples {
	x := tensor.Zeros(n, c, h, w)
	r := tensor.NewRand(3)
	r.Uniform(x, 0, 1)
	s := &data.Examples{X: x, Labels: make([]int, n), Classes: 5}
	r.Randint(s.Labels, 0, 5)
	return s
}

// everything does all that there is.
func everything() *Augment {
	return &Augment{
		FlipHorizontal: 0.5, FlipVertical: 0.3, Rotate: 20, Scale: 0.2, Translate: 0.1, Crop: [2]int{10, 12}, Pad: 2,
		Brightness: 0.3, Contrast: 0.4, Noise: 0.05, Mean: []float64{0.4, 0.5, 0.6}, Std: []float64{0.2, 0.3, 0.4},
		Cutout: 3, Erase: 0.5, Mixup: 0.4, CutMix: 1, Classes: 5,
	}
}

func filled(t *testing.T, s *data.Examples) *data.Batch {
	t.Helper()
	b := &data.Batch{}
	index := make([]int, s.Len())
	for i := range index {
		index[i] = i
	}
	require.NoError(t, s.Fill(b, index))
	return b
}

func TestAugmentNothing(t *testing.T) {
	s := some(4, 2, 5, 6)
	b := filled(t, s)
	r := tensor.NewRand(1)
	(&Augment{}).Apply(b, r)
	require.Equal(t, tensor.Values(s.X), tensor.Values(b.X))
	require.Equal(t, s.Labels, b.Labels)
	require.Nil(t, b.Y)
	require.Equal(t, tensor.NewRand(1).Uint64(), r.Uint64(), "nothing is drawn")

	everything().Apply(filled(t, some(0, 3, 12, 14)), r)
	(&Augment{FlipVertical: 1}).Apply(filled(t, some(3, 1, 0, 4)), r)
}

func TestAugmentFlips(t *testing.T) {
	s := some(3, 2, 4, 5)
	b := filled(t, s)
	(&Augment{FlipHorizontal: 1}).Apply(b, tensor.NewRand(1))
	require.Equal(t, tensor.Values(tensor.Flip(s.X, 3)), tensor.Values(b.X))
	(&Augment{FlipHorizontal: 1, FlipVertical: 1}).Apply(b, tensor.NewRand(1))
	require.Equal(t, tensor.Values(tensor.Flip(s.X, 2)), tensor.Values(b.X))

	n, flipped := 400, 0
	s = some(n, 1, 1, 2)
	b = filled(t, s)
	(&Augment{FlipHorizontal: 0.25}).Apply(b, tensor.NewRand(5))
	for i := range n {
		if s.X.At(i, 0, 0, 0) != b.X.At(i, 0, 0, 0) {
			flipped++
		}
	}
	require.InDelta(t, 0.25, float64(flipped)/float64(n), 0.08)
}

// Each crop is one of the possible ones, and each of them comes up.
func TestAugmentCrops(t *testing.T) {
	for _, c := range []struct {
		crop [2]int
		pad  int
		want int // possible crops
	}{{[2]int{}, 1, 9}, {[2]int{3, 4}, 0, 4}, {[2]int{2, 3}, 1, 5 * 5}, {[2]int{4, 5}, 0, 1}} {
		s := some(1, 1, 4, 5)
		a := &Augment{Crop: c.crop, Pad: c.pad}
		h, w := c.crop[0], c.crop[1]
		if h == 0 {
			h, w = 4, 5
		}
		possible := map[string]bool{}
		padded := tensor.Pad(s.X, 0, 0, 0, 0, 0, c.pad, c.pad, c.pad, c.pad)
		for top := 0; top+h <= padded.Dim(2); top++ {
			for left := 0; left+w <= padded.Dim(3); left++ {
				possible[fmt.Sprint(tensor.Values(padded.Slice(2, top, top+h, 1).Slice(3, left, left+w, 1)))] = true
			}
		}
		require.Len(t, possible, c.want)
		seen := map[string]bool{}
		r := tensor.NewRand(2)
		for range 50 * c.want {
			b := filled(t, s)
			a.Apply(b, r)
			require.Equal(t, []int{1, 1, h, w}, b.X.Shape())
			text := fmt.Sprint(tensor.Values(b.X))
			require.True(t, possible[text], text)
			seen[text] = true
		}
		require.Len(t, seen, c.want)
	}
}

// Angle, factor and places stay within their bounds, and reach them nearly.
func TestDrawWarp(t *testing.T) {
	a := &Augment{Rotate: 30, Scale: 0.25, Translate: 0.5}
	p := pictures{n: 1, c: 1, h: 10, w: 20, outH: 10, outW: 20}
	r := tensor.NewRand(4)
	var angle, scale, dx, dy [2]float64
	grow := func(b *[2]float64, v float64) { b[0], b[1] = min(b[0], v), max(b[1], v) }
	for range 2000 {
		w := a.drawWarp(p, r)
		grow(&angle, math.Atan2(w.xy, w.xx)*180/math.Pi)
		factor := 1 / math.Hypot(w.xx, w.xy)
		grow(&scale, factor-1)
		// Undo: the place that the middle of the picture went to.
		grow(&dx, -(w.xx*w.x0+w.yx*w.y0)*factor*factor)
		grow(&dy, -(w.xy*w.x0+w.yy*w.y0)*factor*factor)
	}
	for i, b := range [][2]float64{angle, scale, dx, dy} {
		most := []float64{30, 0.25, 10, 5}[i]
		require.InDelta(t, -most, b[0], most*0.01, i)
		require.InDelta(t, most, b[1], most*0.01, i)
		require.LessOrEqual(t, max(-b[0], b[1]), most*1.0000001, i)
	}
}

func TestAugmentValues(t *testing.T) {
	s := &data.Examples{X: tensor.Full(0.5, 1, 2, 100, 100)}
	b := filled(t, s)
	(&Augment{Noise: 0.1}).Apply(b, tensor.NewRand(1))
	sum, squares := 0.0, 0.0
	for _, v := range tensor.Values(b.X) {
		sum += v
		squares += (v - 0.5) * (v - 0.5)
	}
	n := float64(b.X.Len())
	require.InDelta(t, 0.5, sum/n, 0.003)
	require.InDelta(t, 0.1, math.Sqrt(squares/n), 0.003)

	b = filled(t, s)
	(&Augment{Mean: []float64{0.25, 1}, Std: []float64{0.5, 2}}).Apply(b, nil)
	require.Equal(t, 0.5, b.X.At(0, 0, 3, 4))
	require.Equal(t, -0.25, b.X.At(0, 1, 3, 4))

	r := tensor.NewRand(6)
	lo, hi := 1.0, 0.0
	for range 300 {
		b = filled(t, s)
		(&Augment{Brightness: 0.4}).Apply(b, r)
		lo, hi = min(lo, b.X.At(0, 0, 0, 0)), max(hi, b.X.At(0, 0, 0, 0))
	}
	require.InDelta(t, 0.3, lo, 0.01)
	require.InDelta(t, 0.7, hi, 0.01)
}

// zeroBox returns the rectangle of zeros in a picture of ones, which must be the
// same in all channels, and its area.
func zeroBox(t *testing.T, x *tensor.Tensor) (h, w int) {
	t.Helper()
	top, left, bottom, right, count := 99, 99, -1, -1, 0
	for i := range x.Dim(2) {
		for j := range x.Dim(3) {
			require.Equal(t, x.At(0, 0, i, j), x.At(0, 1, i, j))
			if x.At(0, 0, i, j) == 0 {
				top, left, bottom, right = min(top, i), min(left, j), max(bottom, i), max(right, j)
				count++
			}
		}
	}
	if count == 0 {
		return 0, 0
	}
	require.Equal(t, (bottom-top+1)*(right-left+1), count)
	return bottom - top + 1, right - left + 1
}

func TestAugmentBlanks(t *testing.T) {
	s := &data.Examples{X: tensor.Full(1, 1, 2, 12, 9)}
	r := tensor.NewRand(8)
	sizes, none := map[[2]int]int{}, 0
	for range 400 {
		b := filled(t, s)
		(&Augment{Cutout: 4}).Apply(b, r)
		h, w := zeroBox(t, b.X)
		sizes[[2]int{h, w}]++
		require.True(t, h >= 2 && h <= 4 && w >= 2 && w <= 4)

		b = filled(t, s)
		(&Augment{Erase: 0.75}).Apply(b, r)
		if h, w = zeroBox(t, b.X); h*w == 0 {
			none++
			continue
		}
		require.LessOrEqual(t, h*w, 46) // 33 % of 108, and the rounding of the sides
	}
	require.Greater(t, sizes[[2]int{4, 4}], 150)
	require.Len(t, sizes, 9)
	require.InDelta(t, 100, none, 40)

	b := filled(t, s)
	(&Augment{Cutout: 1000}).Apply(b, r)
	h, w := zeroBox(t, b.X)
	require.Equal(t, [2]int{12, 9}, [2]int{h, w})
}

// The mean of Beta(α, α) is ½ and its variance 1/(4 (2α + 1)).
func TestBeta(t *testing.T) {
	r := tensor.NewRand(9)
	for _, alpha := range []float64{1e-300, 0.2, 0.9, 1, 4} {
		n, sum, squares := 20000, 0.0, 0.0
		for range n {
			v := beta(r, alpha)
			require.True(t, v >= 0 && v <= 1, v)
			sum += v
			squares += (v - 0.5) * (v - 0.5)
		}
		want := 1 / (4 * (2*alpha + 1))
		require.InDelta(t, 0.5, sum/float64(n), 0.015, alpha)
		require.InDelta(t, want, squares/float64(n), 0.03*want, alpha)
	}
}

func TestDrawBox(t *testing.T) {
	r := tensor.NewRand(1)
	for range 2000 {
		want := r.Float64()
		b, share := drawBox(want, 10, 7, r)
		require.True(t, 0 <= b.top && b.top <= b.bottom && b.bottom <= 10 && 0 <= b.left && b.left <= b.right && b.right <= 7, b)
		require.InDelta(t, 1-float64((b.bottom-b.top)*(b.right-b.left))/70, share, 1e-15)
		require.GreaterOrEqual(t, share, want-1e-12)
	}
	_, share := drawBox(1, 10, 7, r)
	require.EqualValues(t, 1, share)
}

func TestAugmentMixes(t *testing.T) {
	s := some(6, 1, 8, 8)
	r := tensor.NewRand(3)
	cut := 0
	for range 200 {
		b := filled(t, s)
		(&Augment{Mixup: 1, CutMix: 1, Classes: 5}).Apply(b, r)
		require.Empty(t, b.Labels)
		require.Equal(t, []int{6, 5}, b.Y.Shape())
		for i := range 6 {
			sum := 0.0
			for k := range 5 {
				sum += b.Y.At(i, k)
			}
			require.InDelta(t, 1, sum, 1e-6)
		}
		own := 0
		for i, v := range tensor.Values(b.X)[:64] {
			if v == tensor.Values(s.X)[i] || v == tensor.Values(s.X)[5*64+i] {
				own++
			}
		}
		if own == 64 {
			cut++
		}
	}
	require.InDelta(t, 100, cut, 30)
}

// A batch gets the same bits whatever else goes on.
func TestAugmentAtOnce(t *testing.T) {
	s := some(7, 3, 12, 14)
	a := everything()
	alone := make([][]float64, 8)
	for i := range alone {
		b := filled(t, s)
		everything().Apply(b, tensor.NewRand(uint64(i)))
		require.Equal(t, []int{7, 3, 10, 12}, b.X.Shape())
		alone[i] = append(tensor.Values(b.X), tensor.Values(b.Y)...)
	}
	require.NotEqual(t, alone[0], alone[1])
	var group sync.WaitGroup
	for i := range alone {
		group.Go(func() {
			for range 5 {
				b := &data.Batch{}
				_ = s.Fill(b, []int{0, 1, 2, 3, 4, 5, 6})
				a.Apply(b, tensor.NewRand(uint64(i)))
				if !slices.Equal(alone[i], append(tensor.Values(b.X), tensor.Values(b.Y)...)) {
					t.Errorf("batch %d differs", i)
				}
			}
		})
	}
	group.Wait()
}

func TestAugmentInALoader(t *testing.T) {
	s := some(23, 3, 12, 14)
	var want [][]float64
	for _, prefetch := range []int{0, 1, 4} {
		l := data.Loader[data.Batch]{Set: s, Batch: 5, Shuffle: tensor.NewRand(1), Transform: everything().Apply, Seed: 9, Prefetch: prefetch}
		var got [][]float64
		for range 3 {
			for b, err := range l.Epoch() {
				require.NoError(t, err)
				got = append(got, append(tensor.Values(b.X), tensor.Values(b.Y)...))
			}
		}
		require.Len(t, got, 15)
		if want == nil {
			want = got
		}
		require.Equal(t, want, got, prefetch)
	}
}

func TestAugmentAllocatesNothing(t *testing.T) {
	s := some(8, 3, 12, 14)
	a, b, r := everything(), filled(t, some(8, 3, 12, 14)), tensor.NewRand(1)
	index := []int{3, 1, 4, 1, 5, 0, 2, 6}
	a.Apply(b, r)
	require.Zero(t, testing.AllocsPerRun(50, func() {
		_ = s.Fill(b, index)
		a.Apply(b, r)
	}))
}

func TestAugmentMisuse(t *testing.T) {
	s := some(2, 3, 4, 5)
	for want, a := range map[string]*Augment{
		"FlipHorizontal is 2; want 0 to 1":                {FlipHorizontal: 2},
		"FlipVertical is -1; want 0 to 1":                 {FlipVertical: -1},
		"Rotate is NaN; want 0 to 360":                    {Rotate: math.NaN()},
		"Scale is 1; want 0 to 0.99":                      {Scale: 1},
		"Translate is +Inf; want 0 to 1":                  {Translate: math.Inf(1)},
		"Crop is [0 3]; want":                             {Crop: [2]int{0, 3}},
		"a crop of 5 × 5 is larger than the pictures":     {Crop: [2]int{5, 5}, Pad: 4},
		"Pad is -1; want 0":                               {Pad: -1},
		"Brightness is -1":                                {Brightness: -1},
		"Contrast is NaN":                                 {Contrast: math.NaN()},
		"Noise is -0.5":                                   {Noise: -0.5},
		"Cutout is -3; want at least 0":                   {Cutout: -3},
		"Erase is 1.5; want 0 to 1":                       {Erase: 1.5},
		"there are 1 means and 0 deviations":              {Mean: []float64{1}},
		"there are 1 means and deviations for 3 channels": {Mean: []float64{1}, Std: []float64{1}},
		"a deviation is 0; want more than 0":              {Mean: []float64{1, 1, 1}, Std: []float64{1, 1, 0}},
		"Mixup is -1":                                     {Mixup: -1},
		"CutMix is NaN":                                   {CutMix: math.NaN()},
		"Classes is 0; Mixup and CutMix want to know":     {Mixup: 1},
		"; want 0 to 0":                                   {CutMix: 1, Classes: 1},
	} {
		require.Contains(t, panicText(t, func() { a.Apply(filled(t, s), tensor.NewRand(1)) }), want)
	}
	require.Contains(t, panicText(t, func() { (&Augment{}).Apply(batchOf(tensor.Zeros(2, 3)), nil) }), "[n channels height width]")
	require.Contains(t, panicText(t, func() { (&Augment{}).Apply(batchOf(tensor.Zeros(2, 1, 3, 4).Transpose(2, 3)), nil) }), "contiguous")
	require.Contains(t, panicText(t, func() { (&Augment{}).Apply(batchOf(tensor.Zeros(2, 1, 3, 4).To(tensor.Float64)), nil) }), "float64")
	require.Contains(t, panicText(t, func() { (&Augment{Mixup: 1, Classes: 2}).Apply(batchOf(tensor.Zeros(2, 1, 3, 4), 1), nil) }), "1 labels to mix for 2 pictures")
}

func ExampleAugment() {
	train := synthetic.Digits(64, 1)
	augment := &Augment{Rotate: 10, Scale: 0.1, Translate: 0.1, Mixup: 0.2, Classes: 10}
	loader := &data.Loader[data.Batch]{Set: train, Batch: 32, Shuffle: tensor.NewRand(1), Transform: augment.Apply, Seed: 1, Prefetch: 2}
	for b := range loader.Epoch() {
		fmt.Println(b.X.Shape(), b.Y.Shape(), len(b.Labels))
	}
	// Output:
	// [32 1 28 28] [32 10] 0
	// [32 1 28 28] [32 10] 0
}
