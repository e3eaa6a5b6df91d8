package data

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/tensor"
)

func TestPad(t *testing.T) {
	got, longest := Pad(nil, [][]int{{1, 2, 3}, {}, {4}}, -100)
	require.Equal(t, []int{1, 2, 3, -100, -100, -100, 4, -100, -100}, got)
	require.Equal(t, 3, longest)
	again, longest := Pad(got, [][]int{{7}, {8, 9}}, 0)
	require.Equal(t, []int{7, 0, 8, 9}, again)
	require.Equal(t, 2, longest)
	require.Same(t, &got[0], &again[0])
	none, longest := Pad(nil, [][]int{{}, {}}, 0)
	require.Empty(t, none)
	require.Zero(t, longest)
}

func TestSequencesFill(t *testing.T) {
	s := &Sequences{Tokens: [][]int{{5, 6}, {7}, {}, {1, 2, 3}}, Labels: []int{0, 1, 2, 3}, Pad: 9}
	require.Equal(t, 4, s.Len())
	var b SequenceBatch
	require.NoError(t, s.Fill(&b, []int{3, 1, 2, 1}))
	require.Equal(t, []int{1, 2, 3, 7, 9, 9, 9, 9, 9, 7, 9, 9}, b.Tokens)
	require.Equal(t, 3, b.Longest)
	require.Equal(t, []int{3, 1, 0, 1}, b.Lengths)
	require.Equal(t, []int{3, 1, 2, 1}, b.Labels)
	require.Equal(t, []int{3, 1, 2, 1}, b.Index)
	require.Equal(t, []int{4, 3}, b.Mask.Shape())
	require.Equal(t, []float32{1, 1, 1, 1, 0, 0, 0, 0, 0, 1, 0, 0}, tensor.Data[float32](b.Mask))

	require.NoError(t, s.Fill(&b, []int{1, 0})) // shorter, and the old mask is overwritten
	require.Equal(t, []int{7, 9, 5, 6}, b.Tokens)
	require.Equal(t, []float32{1, 0, 1, 1}, tensor.Data[float32](b.Mask))

	require.NoError(t, s.Fill(&b, nil))
	require.Equal(t, []int{0, 0}, b.Mask.Shape())
	s.Labels = nil
	require.NoError(t, s.Fill(&b, []int{2}))
	require.Empty(t, b.Labels)
	require.Equal(t, []int{1, 0}, b.Mask.Shape())

	require.Empty(t, b.X)
	require.Contains(t, panicText(t, func() { _ = s.Fill(&b, []int{4}) }), "index 4 is out of range")
	require.Contains(t, panicText(t, func() { _ = s.Fill(&b, []int{-1}) }), "index -1 is out of range")
	s.Labels = []int{1}
	require.Contains(t, panicText(t, func() { s.Len() }), "want a label for each sequence")
}

func TestSequencesFillAllocatesNothing(t *testing.T) {
	s := &Sequences{Tokens: [][]int{{5, 6}, {7}, {1, 2, 3}}, Labels: []int{0, 1, 2}}
	var b SequenceBatch
	index := []int{0, 1, 2}
	require.NoError(t, s.Fill(&b, index))
	require.Zero(t, testing.AllocsPerRun(10, func() { _ = s.Fill(&b, index) }))

	x := &Sequences{X: []*tensor.Tensor{tensor.Ones(5, 2), tensor.Ones(3, 2), tensor.Ones(0, 2)}}
	require.NoError(t, x.Fill(&b, index))
	require.Zero(t, testing.AllocsPerRun(10, func() { _ = x.Fill(&b, index) }))
}

func TestSequencesOfTensors(t *testing.T) {
	count := func(dt tensor.DType, n, from int) *tensor.Tensor { // n steps of two numbers, a strided view
		x := tensor.ZerosOf(dt, 2, n)
		for i := range n {
			x.Set(float64(from+i), 0, i)
			x.Set(-float64(from+i), 1, i)
		}
		return x.T()
	}
	for _, dt := range []tensor.DType{tensor.Float32, tensor.Float64} {
		s := &Sequences{X: []*tensor.Tensor{count(dt, 2, 1), count(dt, 0, 0), count(dt, 3, 10)}, Labels: []int{4, 5, 6}}
		require.Equal(t, 3, s.Len())
		var b SequenceBatch
		require.NoError(t, s.Fill(&b, []int{2, 1, 0}))
		require.Equal(t, dt, b.X.DType())
		require.Equal(t, []int{3, 3, 2}, b.X.Shape())
		require.Equal(t, []float64{10, -10, 11, -11, 12, -12, 0, 0, 0, 0, 0, 0, 1, -1, 2, -2, 0, 0}, tensor.Values(b.X))
		require.Equal(t, []int{3, 0, 2}, b.Lengths)
		require.Equal(t, []float64{1, 1, 1, 0, 0, 0, 1, 1, 0}, tensor.Values(b.Mask))
		require.Equal(t, []int{6, 5, 4}, b.Labels)
		require.Empty(t, b.Tokens)

		require.NoError(t, s.Fill(&b, []int{0, 1})) // shorter; nothing of the old batch is left
		require.Equal(t, []float64{1, -1, 2, -2, 0, 0, 0, 0}, tensor.Values(b.X))
		require.NoError(t, s.Fill(&b, nil))
		require.Nil(t, b.X)
		require.Zero(t, b.Longest)
	}

	var b SequenceBatch
	s := &Sequences{X: []*tensor.Tensor{tensor.Ones(2, 3), tensor.Ones(2, 4), tensor.Ones(1, 3).To(tensor.Float64)}}
	require.Contains(t, panicText(t, func() { _ = s.Fill(&b, []int{0, 1}) }), "want sequences that differ in their length alone")
	require.Contains(t, panicText(t, func() { _ = s.Fill(&b, []int{0, 2}) }), "float64")
	s.Tokens = [][]int{{1}}
	require.Contains(t, panicText(t, func() { s.Len() }), "there are Tokens and X")
}
