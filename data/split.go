package data

import (
	"cmp"
	"math"
	"slices"

	"github.com/descent-ml/descent/tensor"
)

// A Split divides the examples of a set into parts, by index. No example is in
// two parts. It serves any set: see [Subset].
//
// The functions that make splits draw from r, the same split from the same state
// of r; with r nil they leave chance out and the order as it is. Fractions are
// of all examples, and the training part gets the rest. Like scikit-learn,
// they round the other parts up: ⌈fraction · n⌉ examples each. Where n
// is too small for that, the test part is served first, then the validation
// part, and the training part may stay empty. A fraction that is negative or
// NaN, and a sum of fractions above 1, panic with a [*tensor.ArgError].
type Split struct {
	Train, Valid, Test []int
}

// sizes returns how many of n examples, or groups, each part gets.
func sizes(op string, n int, valid, test float64) (nTrain, nValid, nTest int) {
	if !(valid >= 0 && test >= 0 && valid+test <= 1) {
		tensor.BadArg(op, "want fractions ≥ 0 with a sum ≤ 1, got %v for validation and %v for testing", valid, test)
	}
	nTest = min(int(math.Ceil(float64(n)*test)), n)
	nValid = min(int(math.Ceil(float64(n)*valid)), n-nTest)
	return n - nTest - nValid, nValid, nTest
}

// upTo returns 0, 1, …, n−1, shuffled unless r is nil.
func upTo(n int, r *tensor.Rand) []int {
	if n < 0 {
		tensor.BadArg("split", "want a number of examples, got %d", n)
	}
	if r != nil {
		return r.Perm(n)
	}
	s := make([]int, n)
	for i := range s {
		s[i] = i
	}
	return s
}

// pieces returns s in pieces of the given lengths, to which nobody can append into
// the next.
func pieces(s []int, nTrain, nValid int) Split {
	return Split{
		Train: s[:nTrain:nTrain],
		Valid: s[nTrain : nTrain+nValid : nTrain+nValid],
		Test:  s[nTrain+nValid:],
	}
}

// RandomSplit divides n examples at random. It is PyTorch's
// random_split(range(n), [train, valid, test], generator) with these sizes; see
// https://docs.pytorch.org/docs/stable/data.html#torch.utils.data.random_split.
func RandomSplit(n int, valid, test float64, r *tensor.Rand) Split {
	order := upTo(n, r)
	nTrain, nValid, _ := sizes("random split", n, valid, test)
	return pieces(order, nTrain, nValid)
}

// StratifiedSplit divides examples so that each part has each class in the
// proportion that the whole has, as nearly as whole numbers allow: a part's
// share of a class is rounded down, and the examples that are missing then come
// from the classes with the largest remainders, ties drawn at random. That is
// scikit-learn's rule; see
// https://scikit-learn.org/stable/modules/generated/sklearn.model_selection.StratifiedShuffleSplit.html.
// A class that is too small for every part is in some of them only. Each part
// is in random order, or sorted when r is nil. Any integer can be a label.
func StratifiedSplit(labels []int, valid, test float64, r *tensor.Rand) Split {
	nTrain, nValid, _ := sizes("stratified split", len(labels), valid, test)
	classes := members(labels)
	left := make([]int, len(classes))
	for c, m := range classes {
		left[c] = len(m)
		if r != nil {
			r.Shuffle(m)
		}
	}
	take := func(n int) (part []int) {
		for c, k := range apportion(left, n, r) {
			part = append(part, classes[c][:k]...)
			classes[c] = classes[c][k:]
			left[c] -= k
		}
		if r != nil {
			r.Shuffle(part)
		} else {
			slices.Sort(part)
		}
		return part
	}
	train := take(nTrain)
	validation := take(nValid)
	return Split{Train: train, Valid: validation, Test: take(len(labels) - nTrain - nValid)}
}

// members returns the examples of each different key, by rising key.
func members[K cmp.Ordered](keys []K) [][]int {
	order := upTo(len(keys), nil)
	slices.SortStableFunc(order, func(i, j int) int { return cmp.Compare(keys[i], keys[j]) })
	var all [][]int
	for i, from := 1, 0; i <= len(order); i++ {
		if i == len(order) || cmp.Compare(keys[order[i]], keys[order[i-1]]) != 0 {
			all = append(all, order[from:i:i])
			from = i
		}
	}
	return all
}

// apportion returns n as a sum of shares in proportion to counts: each is
// rounded down, and the largest remainders get one more.
func apportion(counts []int, n int, r *tensor.Rand) []int {
	total := 0
	for _, c := range counts {
		total += c
	}
	shares, remainders := make([]int, len(counts)), make([]uint64, len(counts))
	missing := n
	for i, c := range counts {
		if total > 0 {
			shares[i] = int(uint64(c) * uint64(n) / uint64(total))
			remainders[i] = uint64(c) * uint64(n) % uint64(total)
		}
		missing -= shares[i]
	}
	order := upTo(len(counts), r)
	slices.SortStableFunc(order, func(i, j int) int { return cmp.Compare(remainders[j], remainders[i]) })
	for _, i := range order[:missing] {
		shares[i]++
	}
	return shares
}

// GroupSplit divides examples so that those of one group, such as the pictures
// of one patient, are in the same part. The fractions are of the groups, not of
// the examples, as in scikit-learn's GroupShuffleSplit. Each part is sorted. With r
// nil the smallest groups, by their name or number, are trained on.
func GroupSplit[G cmp.Ordered](groups []G, valid, test float64, r *tensor.Rand) Split {
	byGroup := members(groups)
	nTrain, nValid, _ := sizes("group split", len(byGroup), valid, test)
	s := pieces(upTo(len(byGroup), r), nTrain, nValid)
	for _, part := range []*[]int{&s.Train, &s.Valid, &s.Test} {
		var examples []int
		for _, g := range *part {
			examples = append(examples, byGroup[g]...)
		}
		slices.Sort(examples)
		*part = examples
	}
	return s
}

// TimeSplit divides examples by when they were made: no example for training is
// later than one for validation, and none for validation later than one for
// testing. Each part is sorted by time. Examples of the same time keep their
// order, and may stand on both sides of a border.
func TimeSplit[T cmp.Ordered](times []T, valid, test float64) Split {
	order := upTo(len(times), nil)
	slices.SortStableFunc(order, func(i, j int) int { return cmp.Compare(times[i], times[j]) })
	nTrain, nValid, _ := sizes("time split", len(times), valid, test)
	return pieces(order, nTrain, nValid)
}
