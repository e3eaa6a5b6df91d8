package course

import (
	"bytes"
	"math"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/plot/plotter"

	"github.com/descent-ml/descent/data"
	"github.com/descent-ml/descent/data/synthetic"
	"github.com/descent-ml/descent/examples/internal/course/coursetest"
	"github.com/descent-ml/descent/nn"
	"github.com/descent-ml/descent/tensor"
)

func TestPrinterEndsLines(t *testing.T) {
	var out bytes.Buffer
	Printer(&out)("%d of %d", 1, 2)
	require.Equal(t, "1 of 2\n", out.String())
}

func TestBar(t *testing.T) {
	require.Equal(t, "██··", Bar(0.5, 4))
	require.Equal(t, "····", Bar(-1, 4))
	require.Equal(t, "████", Bar(7, 4))
}

func TestMeasure(t *testing.T) {
	calls := 0
	var kept []*[64]int
	least, allocations := Measure(func() {
		if calls++; calls != 2 {
			time.Sleep(20 * time.Millisecond) // what disturbs four times of five does not count
		}
		for range 100 {
			kept = append(kept, new([64]int))
		}
	})
	require.Equal(t, 5, calls)
	require.Less(t, least, 20*time.Millisecond)
	require.Positive(t, least)
	require.GreaterOrEqual(t, allocations, uint64(100))
	require.Less(t, allocations, uint64(200))
}

// size returns the width and height of a picture, and how many colours it has.
func look(t *testing.T, path string) (width, height, colours int) {
	t.Helper()
	m := coursetest.Picture(t, path)
	seen := map[[4]uint32]bool{}
	for y := range m.Bounds().Dy() {
		for x := range m.Bounds().Dx() {
			r, g, b, a := m.At(x, y).RGBA()
			seen[[4]uint32{r, g, b, a}] = true
		}
	}
	return m.Bounds().Dx(), m.Bounds().Dy(), len(seen)
}

func TestChartLeavesOutWhatCannotBeDrawn(t *testing.T) {
	path := filepath.Join(t.TempDir(), "chart.png")
	c := Chart{Title: "losses", X: "step", Y: "loss", LogY: true, LogX: true, Curves: []Curve{
		{Name: "falls", Y: []float64{5, 1, 0.1, 0, -1, math.NaN(), math.Inf(1)}},
		{Name: "dots", X: []float64{1, 10, 100}, Y: []float64{1, 2, 3}, Dots: true},
		{Name: "nothing", Y: []float64{0}},
		{X: []float64{1, 100}, Y: []float64{2, 2}, Dashed: true},
	}}
	require.NoError(t, c.Save(path))
	_, _, colours := look(t, path)
	require.Greater(t, colours, 10)
	require.Equal(t, plotter.XYs{{X: 0, Y: math.Log10(5)}, {X: 1, Y: 0}, {X: 2, Y: math.Log10(0.1)}}, c.Curves[0].points(false, true))
	require.Len(t, c.Curves[0].points(true, true), 2, "x = 0 has no logarithm")
	require.Len(t, c.Curves[0].points(false, false), 5)
}

func TestTicksOfALogarithmicAxis(t *testing.T) {
	labels := func(least, most float64) (all []string) {
		for _, tick := range powers(least, most) {
			require.GreaterOrEqual(t, tick.Value, least)
			require.LessOrEqual(t, tick.Value, most)
			if tick.Label != "" {
				all = append(all, tick.Label)
			}
		}
		return all
	}
	require.Equal(t, []string{"0.02", "0.05", "0.1", "0.2", "0.5"}, labels(0.015, 0.7))
	require.Equal(t, []string{"0.001", "0.01", "0.1", "1", "10"}, labels(0.001, 30))
	require.Equal(t, []string{"1e-12", "1e-10", "1e-08", "1e-06", "0.0001", "0.01", "1", "100"}, labels(1e-12, 999))
}

func TestDecadesAreLogarithms(t *testing.T) {
	ticks := decades(math.Log10(0.001), math.Log10(0.1))
	require.Len(t, ticks, 19)
	require.Equal(t, "0.001", ticks[0].Label)
	require.InDelta(t, -3, ticks[0].Value, 1e-12)
	require.InDelta(t, math.Log10(0.002), ticks[1].Value, 1e-12)
	require.Equal(t, "0.1", ticks[18].Label)
	require.InDelta(t, -1, ticks[18].Value, 1e-12)
}

func TestSheet(t *testing.T) {
	path := filepath.Join(t.TempDir(), "sheet.png")
	tile := tensor.New([]float32{0, 1, 0.5, 2}, 2, 2)
	require.NoError(t, (&Sheet{Columns: 2, Tiles: []*tensor.Tensor{tile, nil, Heat(tensor.New([]float32{-1, 0, 1, 2}, 2, 2))}}).Save(path))
	width, height, colours := look(t, path)
	require.Equal(t, 2+2*(2*3+2), width)
	require.Equal(t, 2+2*(2*3+2), height)
	require.Equal(t, 3+3, colours, "black, white, grey; light blue, pink, red")

	s := Sheet{Tiles: []*tensor.Tensor{tile, tensor.Zeros(3, 2)}}
	require.EqualError(t, s.Save(path), "tile 1 is 3 × 2 pixels, those before it are 2 × 2")
	s = Sheet{Tiles: []*tensor.Tensor{tensor.Zeros(4)}}
	require.EqualError(t, s.Save(path), "tile 0 has the shape [4]; want [height width] or [3 height width]")
}

func TestHeatAndGrey(t *testing.T) {
	h := Heat(tensor.New([]float32{-2, 0, 1, 2}, 2, 2))
	require.Equal(t, []float64{0, 1, 1, 1}, tensor.Values(h.Select(0, 0).Contiguous().Reshape(4)))
	require.Equal(t, []float64{0, 1, 0.5, 0}, tensor.Values(h.Select(0, 1).Contiguous().Reshape(4)))
	require.Equal(t, []float64{1, 1, 0.5, 0}, tensor.Values(h.Select(0, 2).Contiguous().Reshape(4)))
	require.Equal(t, []float64{0, 0.5, 1}, tensor.Values(Grey(tensor.New([]float32{2, 3, 4}, 3, 1).Reshape(1, 3))))
	require.Equal(t, []float64{0, 0}, tensor.Values(Grey(tensor.New([]float32{7, 7}, 1, 2))))
	require.Equal(t, []float64{1, 1, 1}, tensor.Values(Heat(tensor.Zeros(1, 1)).Reshape(3)))
}

func TestSmallDigitsAreMeansOfFourPixels(t *testing.T) {
	small, full := SmallDigits(20, 3), synthetic.Digits(20, 3)
	require.Equal(t, []int{20, 1, 14, 14}, small.X.Shape())
	require.Equal(t, full.Labels, small.Labels)
	for i := range 20 {
		want := (full.X.At(i, 0, 12, 14) + full.X.At(i, 0, 12, 15) + full.X.At(i, 0, 13, 14) + full.X.At(i, 0, 13, 15)) / 4
		require.InDelta(t, want, small.X.At(i, 0, 6, 7), 1e-6)
	}
}

func TestAccuracyCountsRightAnswers(t *testing.T) {
	set := &data.Examples{X: tensor.New([]float32{1, 0, 0, 1, 1, 0, 1, 0}, 4, 2), Labels: []int{0, 1, 1, 0}, Classes: 2}
	require.Equal(t, 0.75, Accuracy(nn.Identity{}, set))
}

func TestShadeDrawsSideBySide(t *testing.T) {
	a, b := tensor.New([]float32{1, 0, 0.4, -1}, 2, 2), tensor.New([]float32{0, 2, 0, 0}, 2, 2)
	require.Equal(t, "██      ██\n░░\n", Shade(a, b))
}
