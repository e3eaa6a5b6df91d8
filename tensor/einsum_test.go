package tensor_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/tensor"
)

// contracted adds up the products at all places of all labels. Outside the
// diagonals of the result it is 0.
func contracted(labels, shape []int, gs ...grid) grid {
	lengths := map[int]int{}
	rest := labels
	for _, s := range append(shapesOf(gs), shape) {
		for k, d := range s {
			if _, known := lengths[rest[k]]; !known || d != 1 {
				lengths[rest[k]] = d
			}
		}
		rest = rest[len(s):]
	}
	var names, all []int
	for l, n := range lengths {
		names, all = append(names, l), append(all, n)
	}
	y := newGrid(shape...)
	for place := range places(all) {
		p, rest := 1.0, labels
		index := func(n int) []int {
			idx := make([]int, n)
			for k := range n {
				idx[k] = place[slices.Index(names, rest[k])]
			}
			rest = rest[n:]
			return idx
		}
		for _, g := range gs {
			p *= g.at(index(len(g.shape)))
		}
		y.v[y.offset(index(len(shape)))] += p
	}
	return y
}

func shapesOf(gs []grid) [][]int {
	var shapes [][]int
	for _, g := range gs {
		shapes = append(shapes, g.shape)
	}
	return shapes
}

func TestContract(t *testing.T) {
	src := newSource(61)
	for _, c := range []struct {
		labels []int
		shapes [][]int // the last is that of the result
	}{
		{[]int{1, 2, 2, 3, 1, 3}, [][]int{{2, 3}, {3, 4}, {2, 4}}},
		{[]int{1, 2, 2, 3, 3, 1}, [][]int{{2, 3}, {3, 4}, {4, 2}}},
		{[]int{9, 1, 2, 9, 2, 3, 3, 9, 1}, [][]int{{2, 2, 3}, {2, 3, 2}, {2, 2, 2}}},
		{[]int{1, 2, 1}, [][]int{{2, 3}, {2}}},
		{[]int{1, 1, 1}, [][]int{{3, 3}, {3}}},
		{[]int{1, 1, 1}, [][]int{{3}, {3, 3}}},                   // onto a diagonal
		{[]int{1, 1, 2, 2, 2, 1}, [][]int{{2, 2, 3}, {3, 3, 2}}}, // onto another, from one
		{[]int{1, 2, 1}, [][]int{{2}, {3, 2}}},                   // repeated
		{[]int{1, 1, 2, 1}, [][]int{{2}, {2}, {3, 2}}},           // a product, repeated
		{[]int{1, 2, 2, 3, 1}, [][]int{{2, 3}, {3}, {4, 2}}},     // a matrix product, repeated
		{[]int{1, 2, 1, 2}, [][]int{{2, 3}, {2, 1}}},             // summed to length one
		{[]int{1, 2, 2, 3, 1, 3, 1, 3}, [][]int{{2, 3}, {3, 4}, {2, 4}, {2, 4}}},
		{[]int{1, 2, 3, 4, 5, 1, 3, 5}, [][]int{{2, 2}, {3}, {2, 2}, {2, 3, 2}}},
		{[]int{}, [][]int{{}, {}}},
		{[]int{1, 1}, [][]int{{0}, {1}}},
		{[]int{1, 2, 2}, [][]int{{2, 0}, {0}, {}}},
	} {
		n := len(c.shapes) - 1
		var gs []grid
		for _, s := range c.shapes[:n] {
			gs = append(gs, src.integers(-3, 3, s...))
		}
		want := contracted(c.labels, c.shapes[n], gs...)
		for _, dt := range dtypes {
			for i := range layouts {
				ts := make([]*tensor.Tensor, n)
				for k, g := range gs {
					ts[k] = layouts[(i+k)%len(layouts)].put(dt, g)
				}
				for _, m := range layouts {
					m.into(t, dt, want, exact, func(dst *tensor.Tensor) { tensor.ContractTo(dst, c.labels, ts...) })
				}
			}
		}
	}
}

func TestEinsum(t *testing.T) {
	a, b := tensor.Arange(6).Reshape(2, 3), tensor.Arange(12).Reshape(3, 4)
	require.Equal(t, tensor.Values(tensor.MatMul(a, b)), tensor.Values(tensor.Einsum("ij,jk", a, b)))
	require.Equal(t, tensor.Values(tensor.MatMul(a, b)), tensor.Values(tensor.Tensordot(a, b, []int{-1}, []int{0})))
	require.Equal(t, []float64{3, 12}, tensor.Values(tensor.Einsum("...j->...", a)))
	for _, c := range []struct {
		subscripts string
		ranks      []int
		want       []int
	}{
		{"ij,jk", []int{2, 2}, []int{'i', 'j', 'j', 'k', 'i', 'k'}},
		{"bB,a", []int{2, 1}, []int{'b', 'B', 'a', 'B', 'a', 'b'}},
		{"i...,...j->j", []int{3, 2}, []int{'i', -2, -1, -1, 'j', 'j'}},
		{"i...,...j", []int{3, 2}, []int{'i', -2, -1, -1, 'j', -2, -1, 'i', 'j'}},
		{" ... -> ... ", []int{0}, nil},
		{"i->...i", []int{1}, []int{'i', 'i'}},
	} {
		var ts []*tensor.Tensor
		for _, r := range c.ranks {
			ts = append(ts, tensor.Zeros([]int{1, 1, 1}[:r]...))
		}
		require.Equal(t, c.want, tensor.EinsumLabels(nil, c.subscripts, ts...), c.subscripts)
	}
}

func TestTensordotLabels(t *testing.T) {
	a, b := tensor.Zeros(2, 3, 4), tensor.Zeros(4, 2)
	require.Equal(t, []int{1, 2, 3, 3, 1, 2}, tensor.TensordotLabels(nil, a, b, []int{0, -1}, []int{1, 0}))
	require.Equal(t, []int{3, 2}, tensor.Dims{}.Contract([]int{1, 2, 3, 3, 1, 2, 1}, a, b))
	require.Equal(t, []int{1, 2, 3, 4, 5, 1, 2, 3, 4, 5}, tensor.TensordotLabels(nil, a, b, nil, nil))
}
