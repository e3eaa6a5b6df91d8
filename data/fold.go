package data

import (
	"cmp"
	"slices"

	"github.com/descent-ml/descent/tensor"
)

// KFold divides n examples into k parts and returns k splits. Each part is the
// validation part of one split, and the others its training part. The first
// n mod k parts have ⌊n/k⌋ + 1 examples, the others ⌊n/k⌋, as in scikit-learn; see
// https://scikit-learn.org/stable/modules/generated/sklearn.model_selection.KFold.html.
// With r nil each part is a stretch of neighbours. All parts are sorted.
//
// The functions that make folds panic with a [*tensor.ArgError] when k is
// below 2, or there are fewer examples (groups) than folds.
func KFold(n, k int, r *tensor.Rand) []Split {
	checkFolds("k-fold", k, n, "examples")
	order := upTo(n, r)
	fold := make([]int, n) // the fold of each example
	from := 0
	for f := range k {
		size := n / k
		if f < n%k {
			size++
		}
		for _, i := range order[from : from+size] {
			fold[i] = f
		}
		from += size
	}
	return folds(fold, k)
}

// StratifiedKFold is [KFold] with each class spread evenly over the parts. Each
// part has ⌊m/k⌋ or ⌈m/k⌉ examples of a class with m, and the sizes of the
// parts differ by at most one. With r nil they are the parts of scikit-learn's
// StratifiedKFold without shuffling; see
// https://scikit-learn.org/stable/modules/generated/sklearn.model_selection.StratifiedKFold.html.
// A class with fewer than k examples is missing in some parts.
func StratifiedKFold(labels []int, k int, r *tensor.Rand) []Split {
	checkFolds("stratified k-fold", k, len(labels), "examples")
	classes := members(labels)
	slices.SortFunc(classes, func(a, b []int) int { return cmp.Compare(a[0], b[0]) }) // by first appearance

	fold := make([]int, len(labels))
	dealt := 0 // examples of the classes before
	for _, m := range classes {
		// Sorted by class, example number j goes to fold j mod k.
		own := make([]int, 0, len(m))
		for f := range k {
			for j := dealt + (f-dealt%k+k)%k; j < dealt+len(m); j += k {
				own = append(own, f)
			}
		}
		if r != nil {
			r.Shuffle(own)
		}
		for j, i := range m {
			fold[i] = own[j]
		}
		dealt += len(m)
	}
	return folds(fold, k)
}

// GroupKFold is [KFold] with the examples of a group in one part. With r nil
// the largest group goes to the part with the fewest examples, then the next
// largest one, so that the parts have about the same number of examples. With
// r, the groups are shuffled and the parts have about the same number of
// groups. Both are scikit-learn's rules; see
// https://scikit-learn.org/stable/modules/generated/sklearn.model_selection.GroupKFold.html.
func GroupKFold[G cmp.Ordered](groups []G, k int, r *tensor.Rand) []Split {
	byGroup := members(groups)
	checkFolds("group k-fold", k, len(byGroup), "groups")
	fold := make([]int, len(groups))
	put := func(group, f int) {
		for _, i := range byGroup[group] {
			fold[i] = f
		}
	}
	if r != nil {
		for f, s := range KFold(len(byGroup), k, r) {
			for _, group := range s.Valid {
				put(group, f)
			}
		}
		return folds(fold, k)
	}
	order := upTo(len(byGroup), nil)
	slices.Reverse(order) // of groups of one size the last comes first
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(len(byGroup[b]), len(byGroup[a])) })
	size := make([]int, k)
	for _, group := range order {
		lightest := slices.Index(size, slices.Min(size))
		size[lightest] += len(byGroup[group])
		put(group, lightest)
	}
	return folds(fold, k)
}

func checkFolds(op string, k, n int, what string) {
	if k < 2 {
		tensor.BadArg(op, "want two folds or more, got %d", k)
	}
	if k > n {
		tensor.BadArg(op, "cannot make %d folds of %d %s", k, n, what)
	}
}

// folds returns a split for each fold, from the fold of each example.
func folds(fold []int, k int) []Split {
	splits := make([]Split, k)
	for i, own := range fold {
		for f := range splits {
			if s := &splits[f]; f == own {
				s.Valid = append(s.Valid, i)
			} else {
				s.Train = append(s.Train, i)
			}
		}
	}
	return splits
}
