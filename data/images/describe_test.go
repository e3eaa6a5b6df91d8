package images

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/data"
	"github.com/descent-ml/descent/tensor"
)

func TestDescribe(t *testing.T) {
	s := some(200, 3, 4, 5)
	x := tensor.Data[float32](s.X)
	for _, d := range [][2]int{{7, 130}, {7, 131}, {65, 3}, {199, 198}} { // copies
		copy(x[d[1]*60:(d[1]+1)*60], x[d[0]*60:(d[0]+1)*60])
		s.Labels[d[1]] = s.Labels[d[0]]
	}
	s.Labels[131] = (s.Labels[7] + 1) % 5
	s.X.Set(-3, 0, 0, 0, 0)
	r, err := Describe(s)
	require.NoError(t, err)
	require.Equal(t, 200, r.Pictures)
	require.Equal(t, []int{3, 4, 5}, r.Shape)
	require.Equal(t, [][]int{{3, 65}, {7, 130, 131}, {198, 199}}, r.Duplicates)
	require.Equal(t, 1, r.Conflicts)
	require.Len(t, r.Classes, 5)
	n := 0
	for class, count := range r.Classes {
		for _, l := range s.Labels {
			if l == class {
				count--
			}
		}
		require.Zero(t, count)
		n += r.Classes[class]
	}
	require.Equal(t, 200, n)
	require.EqualValues(t, -3, r.Min)
	require.InDelta(t, 1, r.Max, 0.01)
	for c := range 3 {
		channel := s.X.Slice(1, c, c+1, 1).To(tensor.Float64)
		require.InDelta(t, tensor.Mean(channel).Item(), r.Mean[c], 1e-12)
		require.InDelta(t, math.Sqrt(tensor.Variance(channel).Item()*3999/4000), r.Std[c], 1e-12)
	}
}

func TestDescribeOthers(t *testing.T) {
	r, err := Describe(&data.Examples{X: tensor.Zeros(3, 1, 2, 2)})
	require.NoError(t, err)
	require.Equal(t, [][]int{{0, 1, 2}}, r.Duplicates)
	require.Zero(t, r.Conflicts)
	require.Empty(t, r.Classes)
	r, err = Describe(&data.Examples{X: tensor.Zeros(0, 1, 2, 2)})
	require.NoError(t, err)
	require.Equal(t, "0 pictures []\n0 duplicates", r.String())
	_, err = Describe(&data.Examples{X: tensor.Zeros(2, 1, 0, 2)})
	require.NoError(t, err)
	require.Contains(t, panicText(t, func() { _, _ = Describe(&data.Examples{X: tensor.Zeros(3, 4)}) }), "describe")

	f, err := OpenFolder(pets(t, map[string][]byte{"a/x.png": []byte("no picture")}), Format{1, 2, 2})
	require.NoError(t, err)
	_, err = Describe(f)
	require.ErrorContains(t, err, "x.png")
}

func TestDescribeMNIST(t *testing.T) {
	dir := filepath.Join("..", "..", "..", "shared", "data", "mnist")
	if _, err := os.Stat(dir); err != nil {
		t.Skipf("the MNIST files are not at %s beside the repository: %v", filepath.Join("..", "shared", "data", "mnist"), err)
	}
	_, test, err := MNIST(dir)
	require.NoError(t, err)
	r, err := Describe(test)
	require.NoError(t, err)
	require.Equal(t, []int{980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009}, r.Classes)
	require.InDelta(t, 0.1325, r.Mean[0], 1e-4)
	require.InDelta(t, 0.3105, r.Std[0], 1e-4)
	require.Empty(t, r.Duplicates)
}

func ExampleDescribe() {
	x := tensor.New([]float32{0, 1, 0.5, 0.25, 0, 1}, 3, 1, 1, 2)
	r, err := Describe(&data.Examples{X: x, Labels: []int{0, 1, 2}, Classes: 3})
	if err != nil {
		panic(err)
	}
	fmt.Println(r)
	// Output:
	// 3 pictures [1 1 2], values from 0 to 1
	// mean [0.4583], deviation [0.4187]
	// class 0: 1 pictures, 33.3 %
	// class 1: 1 pictures, 33.3 %
	// class 2: 1 pictures, 33.3 %
	// 1 duplicates, such as [0 2]; 1 of 1 duplicated pictures have several classes
}
