package tensor_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/internal/fixture"
	"github.com/descent-ml/descent/tensor"
)

// found are operations that find integers in tensors, or truths.
var found = map[string]func(x []*tensor.Tensor, ints []int) []int{
	"ArgSort":   func(x []*tensor.Tensor, n []int) []int { return tensor.ArgSort(x[0], n[0], n[1] == 1) },
	"CumMax":    func(x []*tensor.Tensor, n []int) []int { _, index := tensor.CumMax(x[0], n[0]); return index },
	"CumMin":    func(x []*tensor.Tensor, n []int) []int { _, index := tensor.CumMin(x[0], n[0]); return index },
	"ArgMaxAll": func(x []*tensor.Tensor, _ []int) []int { return []int{tensor.ArgMaxAll(x[0])} },
	"ArgMinAll": func(x []*tensor.Tensor, _ []int) []int { return []int{tensor.ArgMinAll(x[0])} },
	"Inverse":   func(x []*tensor.Tensor, _ []int) []int { _, inverse := tensor.Unique(x[0]); return inverse },
	"Counts": func(x []*tensor.Tensor, _ []int) []int {
		_, inverse := tensor.Unique(x[0])
		return tensor.Bincount(inverse, 0)
	},
	"NonZero": func(x []*tensor.Tensor, _ []int) []int {
		all := []int{}
		for _, index := range tensor.NonZero(x[0]) {
			all = append(all, index...)
		}
		return all
	},
	"SearchSorted": func(x []*tensor.Tensor, n []int) []int { return tensor.SearchSorted(x[0], x[1], n[0] == 1) },
	"Bincount":     func(_ []*tensor.Tensor, n []int) []int { return tensor.Bincount(n[1:], n[0]) },
}

// chosen are operations that return a tensor.
var chosen = map[string]func(x []*tensor.Tensor, ints []int, floats []float64) *tensor.Tensor{
	"Unique": func(x []*tensor.Tensor, _ []int, _ []float64) *tensor.Tensor { y, _ := tensor.Unique(x[0]); return y },
	"IsNaN":  func(x []*tensor.Tensor, _ []int, _ []float64) *tensor.Tensor { return tensor.IsNaN(x[0]) },
	"IsInf":  func(x []*tensor.Tensor, _ []int, _ []float64) *tensor.Tensor { return tensor.IsInf(x[0]) },
	"Any":    func(x []*tensor.Tensor, _ []int, _ []float64) *tensor.Tensor { return tensor.Any(x[0]) },
	"All":    func(x []*tensor.Tensor, _ []int, _ []float64) *tensor.Tensor { return tensor.All(x[0]) },
	"BincountWith": func(x []*tensor.Tensor, n []int, _ []float64) *tensor.Tensor {
		return tensor.BincountWith(n[1:], x[0], n[0])
	},
	"Linspace": func(_ []*tensor.Tensor, n []int, f []float64) *tensor.Tensor {
		return tensor.Linspace(f[0], f[1], n[0])
	},
	"HannWindow": func(_ []*tensor.Tensor, n []int, _ []float64) *tensor.Tensor {
		return tensor.HannWindow(n[0], n[1] == 1)
	},
	"HammingWindow": func(_ []*tensor.Tensor, n []int, _ []float64) *tensor.Tensor {
		return tensor.HammingWindow(n[0], n[1] == 1)
	},
	"BlackmanWindow": func(_ []*tensor.Tensor, n []int, _ []float64) *tensor.Tensor {
		return tensor.BlackmanWindow(n[0], n[1] == 1)
	},
	"BartlettWindow": func(_ []*tensor.Tensor, n []int, _ []float64) *tensor.Tensor {
		return tensor.BartlettWindow(n[0], n[1] == 1)
	},
	"KaiserWindow": func(_ []*tensor.Tensor, n []int, f []float64) *tensor.Tensor {
		return tensor.KaiserWindow(n[0], n[1] == 1, f[0])
	},
	"ArangeStep": func(_ []*tensor.Tensor, _ []int, f []float64) *tensor.Tensor {
		return tensor.ArangeStep(f[0], f[1], f[2])
	},
}

func TestSelectionFixtures(t *testing.T) {
	var f struct {
		Cases []struct {
			Op, Name        string
			Inputs          []*fixture.Tensor
			Ints            []int
			Floats, Numbers fixture.Numbers
		}
	}
	fixture.Read(t, "testdata/selection.json", &f)
	seen := map[string]bool{}
	for _, c := range f.Cases {
		seen[c.Op] = true
		t.Run(c.Name, func(t *testing.T) {
			for _, dt := range dtypes {
				x := make([]*tensor.Tensor, len(c.Inputs))
				for i, in := range c.Inputs {
					x[i] = in.Tensor(dt)
				}
				if f := found[c.Op]; f != nil {
					requireInts(t, c.Numbers, f(x, c.Ints))
					continue
				}
				y := tensor.Values(chosen[c.Op](x, c.Ints, c.Floats))
				require.Len(t, y, len(c.Numbers))
				for i, v := range y {
					require.True(t, fixture.Close(v, c.Numbers[i], 3e-7, 1e-7), "element %d is %v, PyTorch's %v", i, v, c.Numbers[i])
				}
			}
		})
	}
	require.Len(t, seen, len(found)+len(chosen))
}

func TestUniqueOfStridedAndNaN(t *testing.T) {
	nan := math.NaN()
	for _, dt := range dtypes {
		for _, l := range layouts {
			x := l.put(dt, grid{[]int{2, 3}, []float64{3, nan, 1, 1, nan, 3}})
			y, inverse := tensor.Unique(x)
			grid{[]int{4}, []float64{1, 3, nan, nan}}.near(t, y, exact)
			require.Equal(t, []int{1, 2, 0, 0, 3, 1}, inverse)
			require.Equal(t, 1, tensor.ArgMaxAll(x), "the first NaN")
			require.Equal(t, 2, tensor.ArgMinAll(x.T()), "the first NaN")
			row := l.put(dt, grid{[]int{3}, []float64{1, 2, 3}})
			require.Equal(t, []int{2, 3, 0, 0, 3, 2}, tensor.SearchSorted(row, x, false))
		}
	}
	y, inverse := tensor.Unique(tensor.Zeros(0))
	require.Equal(t, []int{0}, y.Shape())
	require.Empty(t, inverse)
}
