package data

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/tensor"
)

// counting returns n examples of shape [2] with the values 10i and 10i+1 and
// the label i.
func counting(n int) *Examples {
	s := &Examples{X: tensor.Zeros(n, 2), Labels: make([]int, n), Classes: n}
	x := tensor.Data[float32](s.X)
	for i := range n {
		x[2*i], x[2*i+1], s.Labels[i] = float32(10*i), float32(10*i+1), i
	}
	return s
}

// panicText returns the text of the error that f panics with.
func panicText(t *testing.T, f func()) (text string) {
	t.Helper()
	defer func() {
		err, ok := recover().(error)
		require.True(t, ok, "want a panic with an error")
		text = err.Error()
	}()
	f()
	return ""
}

func TestSubset(t *testing.T) {
	s := counting(5)
	sub := s.Subset([]int{3, 0, 3})
	require.Equal(t, 3, sub.Len())
	require.Equal(t, []int{3, 2}, sub.X.Shape())
	require.Equal(t, []float32{30, 31, 0, 1, 30, 31}, tensor.Data[float32](sub.X))
	require.Equal(t, []int{3, 0, 3}, sub.Labels)
	require.Equal(t, 5, sub.Classes)

	tensor.Data[float32](sub.X)[0] = -1
	require.Equal(t, 30.0, s.X.At(3, 0), "a subset is a copy")
	require.Equal(t, 0, s.Subset(nil).Len())
}

func TestSliceSharesStorage(t *testing.T) {
	s := counting(5)
	mid := s.Slice(1, 3)
	require.Equal(t, []int{2, 2}, mid.X.Shape())
	require.Equal(t, []float32{10, 11, 20, 21}, tensor.Data[float32](mid.X))
	require.Equal(t, []int{1, 2}, mid.Labels)
	mid.X.Set(-1, 0, 0)
	require.Equal(t, -1.0, s.X.At(1, 0))

	_ = append(mid.Labels, 99)
	require.Equal(t, 3, s.Labels[3], "appending to a slice's labels must not reach the rest of the set")
	require.Equal(t, 0, s.Slice(5, 5).Len())
}

// A batch has what the set has: targets or labels, in either element type.
func TestFill(t *testing.T) {
	s := &Examples{X: tensor.New([]float64{1, 2, 3, 4, 5, 6}, 3, 2), Y: tensor.New([]float32{10, 20, 30}, 3)}
	var b Batch
	for range 2 { // the second time into the same memory
		require.NoError(t, s.Fill(&b, []int{2, 0}))
		require.Equal(t, []float64{5, 6, 1, 2}, tensor.Data[float64](b.X))
		require.Equal(t, []float32{30, 10}, tensor.Data[float32](b.Y))
		require.Equal(t, []int{2}, b.Y.Shape())
		require.Nil(t, b.Labels)
		require.Equal(t, []int{2, 0}, b.Index)
	}
	require.NoError(t, counting(4).Fill(&b, []int{3}))
	require.Nil(t, b.Y)
	require.Equal(t, []float32{30, 31}, tensor.Data[float32](b.X))
	require.Equal(t, []int{3}, b.Labels)

	sub := s.Subset([]int{1, 1})
	require.Equal(t, []float32{20, 20}, tensor.Data[float32](sub.Y))
	require.Equal(t, 20.0, s.Slice(1, 3).Y.At(0))
}

// A set of any kind can be read into memory.
func TestLoad(t *testing.T) {
	for _, s := range []*Examples{counting(4), {X: tensor.New([]float64{1, 2, 3}, 3, 1), Y: tensor.New([]float32{10, 20, 30}, 3)}} {
		got, err := Load(s, s.Classes)
		require.NoError(t, err)
		require.Equal(t, tensor.Values(s.X), tensor.Values(got.X))
		require.Equal(t, s.Labels, got.Labels)
		require.Equal(t, s.Classes, got.Classes)
		require.Equal(t, s.Y == nil, got.Y == nil)
		if s.Y != nil {
			require.Equal(t, tensor.Values(s.Y), tensor.Values(got.Y))
		}
	}
	_, err := Load(failing{counting(4), 2, false}, 4)
	require.EqualError(t, err, "example 2 cannot be read")
}

// X may be a view, such as the transpose of another tensor.
func TestFillFromAView(t *testing.T) {
	s := &Examples{X: tensor.New([]float32{1, 2, 3, 4, 5, 6}, 2, 3).T()}
	var b Batch
	require.NoError(t, s.Fill(&b, []int{2, 1}))
	require.Equal(t, []float32{3, 6, 2, 5}, tensor.Data[float32](b.X))
}

func TestSetMisuse(t *testing.T) {
	s := counting(5)
	for _, c := range []struct {
		want string
		f    func()
	}{
		{"set [5 2]: index 5 is out of range for 5 examples", func() { s.Subset([]int{0, 5}) }},
		{"set [5 2]: index -1 is out of range for 5 examples", func() { s.Subset([]int{-1}) }},
		{"slice [5 2]: 2 to 6 is out of range for 5 examples", func() { s.Slice(2, 6) }},
		{"slice [5 2]: 3 to 2 is out of range for 5 examples", func() { s.Slice(3, 2) }},
		{"slice [5 2]: -1 to 2 is out of range for 5 examples", func() { s.Slice(-1, 2) }},
		{"set [5 2]: index 5 is out of range for 5 examples", func() { _ = s.Fill(new(Batch), []int{5}) }},
		{"set [5 2]: there are 5 examples and targets [4 1]", func() { (&Examples{X: s.X, Y: tensor.Zeros(4, 1)}).Len() }},
		{"set: there is no X; give the set its examples", func() { (&Examples{}).Len() }},
		{"set [5 2]: there are 5 examples and 4 labels", func() { (&Examples{X: s.X, Labels: s.Labels[:4]}).Len() }},
	} {
		require.Equal(t, c.want, panicText(t, c.f))
	}
}

func ExampleExamples() {
	set := &Examples{
		X:       tensor.New([]float32{0, 0, 0, 1, 1, 0, 1, 1}, 4, 2),
		Labels:  []int{0, 1, 1, 0}, // exclusive or
		Classes: 2,
	}
	ones := set.Subset([]int{1, 2})
	fmt.Println(set.Len(), ones.Len(), ones.X.Shape(), ones.Labels)
	// Output: 4 2 [2 2] [1 1]
}

// The memory of a batch serves batches of any shape.
func TestBatchMake(t *testing.T) {
	var b Batch
	make := func() {
		x := b.MakeX(2, 3)
		y := b.MakeY(2, 1)
		copy(x, []float32{1, 2, 3, 4, 5, 6})
		copy(y, []float32{7, 8})
	}
	make()
	require.Equal(t, []float64{1, 2, 3, 4, 5, 6}, tensor.Values(b.X))
	require.Equal(t, []int{2, 3}, b.X.Shape())
	require.Equal(t, []float64{7, 8}, tensor.Values(b.Y))
	require.Len(t, b.MakeX(1, 2), 2)
	require.Zero(t, testing.AllocsPerRun(10, make))
	require.Contains(t, panicText(t, func() { b.MakeX(-1, 2) }), "-1")
}
