package data

import (
	"cmp"
	"encoding/json"
	"math"
	"os"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/descent-ml/descent/tensor"
)

// splitFixture is testdata/splits.json; testdata/fixtures/splits.py explains it.
type splitFixture struct {
	Sklearn string
	KFold   []struct {
		N, K int
		Test [][]int
	}
	StratifiedKFold []struct {
		Labels []int
		K      int
		Test   [][]int
	} `json:"stratified_kfold"`
	GroupKFold []struct {
		Groups []int
		K      int
		Test   [][]int
	} `json:"group_kfold"`
	Sizes []struct {
		N           int
		Fraction    float64
		Train, Test int
	}
	StratifiedSizes []struct {
		Counts, Train, Test []int
		Fraction            float64
	} `json:"stratified_sizes"`
	GroupSizes []struct {
		Groups, Train, Test int
		Fraction            float64
	} `json:"group_sizes"`
	ClassWeights []struct {
		Labels  []int
		Weights []float64
	} `json:"class_weights"`
}

func readSplits(t *testing.T) (f splitFixture) {
	t.Helper()
	b, err := os.ReadFile("testdata/splits.json")
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(b, &f))
	require.Equal(t, "1.9.1", f.Sklearn)
	return f
}

// validation returns the validation parts, having checked that each split has
// every one of n examples once.
func validation(t require.TestingT, n int, splits []Split) (parts [][]int) {
	var all []int
	for _, s := range splits {
		once(t, n, s)
		require.Empty(t, s.Test)
		require.True(t, slices.IsSorted(s.Train) && slices.IsSorted(s.Valid))
		parts = append(parts, s.Valid)
		all = append(all, s.Valid...)
	}
	slices.Sort(all)
	require.Equal(t, upTo(n, nil), all, "each example is in one validation part")
	return parts
}

// once checks that a split has every one of n examples once.
func once(t require.TestingT, n int, s Split) {
	all := slices.Concat(s.Train, s.Valid, s.Test)
	slices.Sort(all)
	require.True(t, slices.Equal(upTo(n, nil), all), "each example is in one part: %v", all)
}

func TestFoldsMatchScikitLearn(t *testing.T) {
	f := readSplits(t)
	require.NotEmpty(t, f.KFold)
	for _, c := range f.KFold {
		require.Equal(t, c.Test, validation(t, c.N, KFold(c.N, c.K, nil)))
	}
	require.NotEmpty(t, f.StratifiedKFold)
	for _, c := range f.StratifiedKFold {
		require.Equal(t, c.Test, validation(t, len(c.Labels), StratifiedKFold(c.Labels, c.K, nil)))
	}
	require.NotEmpty(t, f.GroupKFold)
	for _, c := range f.GroupKFold {
		require.Equal(t, c.Test, validation(t, len(c.Groups), GroupKFold(c.Groups, c.K, nil)))
	}
}

func TestSizesMatchScikitLearn(t *testing.T) {
	f := readSplits(t)
	r := tensor.NewRand(1)
	require.NotEmpty(t, f.Sizes)
	for _, c := range f.Sizes {
		s := RandomSplit(c.N, 0, c.Fraction, r)
		require.Equal(t, []int{c.Train, c.Test}, []int{len(s.Train), len(s.Test)}, "%+v", c)
		s = RandomSplit(c.N, c.Fraction, 0, nil)
		require.Equal(t, []int{c.Train, c.Test}, []int{len(s.Train), len(s.Valid)}, "%+v", c)
	}
	require.NotEmpty(t, f.StratifiedSizes)
	for _, c := range f.StratifiedSizes {
		var labels []int
		for k, n := range c.Counts {
			labels = append(labels, slices.Repeat([]int{k}, n)...)
		}
		s := StratifiedSplit(labels, 0, c.Fraction, r)
		once(t, len(labels), s)
		require.Equal(t, c.Train, count(nil, pick(labels, s.Train)), "%+v", c)
		require.Equal(t, c.Test, count(nil, pick(labels, s.Test)), "%+v", c)
	}
	require.NotEmpty(t, f.GroupSizes)
	for _, c := range f.GroupSizes {
		groups := make([]int, 4*c.Groups)
		for i := range groups {
			groups[i] = i / 4
		}
		s := GroupSplit(groups, 0, c.Fraction, r)
		require.Equal(t, []int{4 * c.Train, 4 * c.Test}, []int{len(s.Train), len(s.Test)}, "%+v", c)
	}
}

// pick returns the elements of s at the given indices.
func pick[T any](s []T, index []int) []T {
	out := make([]T, len(index))
	for k, i := range index {
		out[k] = s[i]
	}
	return out
}

// fractions draws two fractions with a sum of at most 1.
func fractions(t *rapid.T) (valid, test float64) {
	valid = float64(rapid.IntRange(0, 10).Draw(t, "valid")) / 10
	return valid, min(float64(rapid.IntRange(0, 10).Draw(t, "test"))/10, 1-valid)
}

// All splits, of all sizes: each example once, the same from the same seed.
func TestSplitsDivide(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		keys := rapid.SliceOfN(rapid.IntRange(-3, 3), 1, 40).Draw(t, "keys")
		valid, test := fractions(t)
		n, seed := len(keys), rapid.Uint64().Draw(t, "seed")
		nTrain, nValid, nTest := sizes("", n, valid, test)
		require.Equal(t, n, nTrain+nValid+nTest)
		for name, split := range map[string]func(r *tensor.Rand) Split{
			"random":     func(r *tensor.Rand) Split { return RandomSplit(n, valid, test, r) },
			"stratified": func(r *tensor.Rand) Split { return StratifiedSplit(keys, valid, test, r) },
			"group":      func(r *tensor.Rand) Split { return GroupSplit(keys, valid, test, r) },
			"time":       func(*tensor.Rand) Split { return TimeSplit(keys, valid, test) },
		} {
			s := split(tensor.NewRand(seed))
			once(t, n, s)
			once(t, n, split(nil))
			require.Equal(t, s, split(tensor.NewRand(seed)), name)
			if name != "group" {
				require.Equal(t, []int{nTrain, nValid, nTest}, []int{len(s.Train), len(s.Valid), len(s.Test)}, name)
			}
			switch name {
			case "stratified":
				for _, part := range [][]int{s.Train, s.Valid, s.Test} {
					for k := -3; k <= 3; k++ {
						share := float64(times(keys, k)) * float64(len(part)) / float64(n)
						require.Less(t, math.Abs(share-float64(times(pick(keys, part), k))), 2.0)
					}
				}
			case "group":
				for k := -3; k <= 3; k++ {
					in := 0
					for _, part := range [][]int{s.Train, s.Valid, s.Test} {
						in += min(times(pick(keys, part), k), 1)
					}
					require.LessOrEqual(t, in, 1, "group %d is in %d parts", k, in)
				}
			case "time":
				require.True(t, slices.IsSorted(pick(keys, slices.Concat(s.Train, s.Valid, s.Test))))
			}
		}
	})
}

func times(s []int, v int) (n int) {
	for _, x := range s {
		if x == v {
			n++
		}
	}
	return n
}

func TestFoldsDivide(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		keys := rapid.SliceOfN(rapid.IntRange(-3, 3), 2, 40).Draw(t, "keys")
		n, seed := len(keys), rapid.Uint64().Draw(t, "seed")
		k := rapid.IntRange(2, n).Draw(t, "k")
		rand := func() *tensor.Rand { return tensor.NewRand(seed) }

		even := func(parts [][]int, what int) {
			size := func(a, b []int) int { return cmp.Compare(len(a), len(b)) }
			require.LessOrEqual(t, len(slices.MaxFunc(parts, size))-len(slices.MinFunc(parts, size)), what)
		}
		even(validation(t, n, KFold(n, k, rand())), 1)
		require.Equal(t, KFold(n, k, rand()), KFold(n, k, rand()))

		parts := validation(t, n, StratifiedKFold(keys, k, rand()))
		even(parts, 1)
		for key := -3; key <= 3; key++ {
			m := times(keys, key)
			for _, p := range parts {
				own := times(pick(keys, p), key)
				require.True(t, own == m/k || own == m/k+1, "%d of %d in one of %d folds", own, m, k)
			}
		}

		groups := len(members(keys))
		if k = min(k, groups); k >= 2 {
			for _, r := range []*tensor.Rand{nil, rand()} {
				for _, s := range GroupKFold(keys, k, r) {
					for _, i := range s.Valid {
						require.NotContains(t, pick(keys, s.Train), keys[i])
					}
					require.NotEmpty(t, s.Valid)
				}
				validation(t, n, GroupKFold(keys, k, r))
			}
		}
	})
}

func TestSmallSplits(t *testing.T) {
	require.Equal(t, Split{Train: []int{}, Valid: []int{}, Test: []int{}}, RandomSplit(0, 0.1, 0.1, nil))
	require.Equal(t, Split{Train: []int{}, Valid: []int{}, Test: []int{0}}, RandomSplit(1, 0.1, 0.1, nil))
	require.Equal(t, Split{Train: []int{}, Valid: []int{0}, Test: []int{1}}, RandomSplit(2, 0.1, 0.1, nil))
	s := RandomSplit(9, 0.3, 0.3, nil)
	_ = append(s.Train, -1)
	require.Equal(t, []int{3, 4, 5}, s.Valid, "appending to a part does not reach the next")
}

func TestSplitMisuse(t *testing.T) {
	for want, f := range map[string]func(){
		"got -0.1 for validation and 0.2 for testing": func() { RandomSplit(9, -0.1, 0.2, nil) },
		"got 0.6 for validation and 0.5 for testing":  func() { StratifiedSplit([]int{1}, 0.6, 0.5, nil) },
		"got NaN for validation":                      func() { GroupSplit([]int{1}, math.NaN(), 0.5, nil) },
		"want fractions ≥ 0 with a sum ≤ 1":           func() { TimeSplit([]int{1}, 0, 1.5) },
		"want a number of examples, got -1":           func() { RandomSplit(-1, 0, 0, nil) },
		"want two folds or more, got 1":               func() { KFold(9, 1, nil) },
		"cannot make 4 folds of 3 examples":           func() { KFold(3, 4, nil) },
		"cannot make 5 folds of 2 examples":           func() { StratifiedKFold([]int{0, 1}, 5, nil) },
		"cannot make 3 folds of 2 groups":             func() { GroupKFold([]string{"a", "b", "a"}, 3, nil) },
	} {
		require.Contains(t, panicText(t, f), want)
	}
}
