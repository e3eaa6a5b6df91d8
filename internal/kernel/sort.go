package kernel

import (
	"math"

	"github.com/descent-ml/descent/internal/kernel/work"
)

// An entry is an element that is being sorted: its place, and a key that has
// the order of the elements.
type entry struct {
	Key uint64
	At  uint
}

// keyOf returns a number of bits bits with the order of the elements, in which −0
// equals 0 and a NaN is above all numbers. Descending, the order is the reverse.
func keyOf[T Float](v T, bits int, descending bool) uint64 {
	var key uint64
	switch {
	case v != v:
		key = 1<<bits - 1
	case v == 0:
		key = 1 << (bits - 1)
	default:
		if bits == 64 {
			key = math.Float64bits(float64(v))
		} else {
			key = uint64(math.Float32bits(float32(v)))
		}
		if v < 0 {
			key = ^key & (1<<bits - 1)
		} else {
			key |= 1 << (bits - 1)
		}
	}
	if descending {
		key = ^key & (1<<bits - 1)
	}
	return key
}

// ArgSort sorts a, and writes the places of the first n elements to index[0],
// index[stride], …. Equal elements stay in order. A NaN is above all numbers.
func ArgSort[T Float](index []int, stride, n int, a []T, descending bool) {
	entries, lent := work.Borrow[entry](2 * len(a))
	defer work.Return(lent)
	s, t := entries[:len(a)], entries[len(a):]
	if n <= len(a)/64 {
		s = smallest(s[:n], a, descending)
	} else {
		s = sortEntries(s, t, a, descending)
	}
	for i, e := range s[:n] {
		index[i*stride] = int(e.At)
	}
}

// ArgQuantile sorts a, which is not empty, and returns the places of the elements
// lo and hi. If one element is NaN, it returns the place of the last NaN instead.
func ArgQuantile[T Float](a []T, lo, hi int) (i, j int) {
	entries, lent := work.Borrow[entry](2 * len(a))
	defer work.Return(lent)
	s, t := entries[:len(a)], entries[len(a):]
	s = sortEntries(s, t, a, false)
	if last := int(s[len(s)-1].At); a[last] != a[last] {
		return last, last
	}
	return int(s[lo].At), int(s[hi].At)
}

// sortEntries sorts the elements of a, and returns them in s or in t. Equal
// elements stay in order.
func sortEntries[T Float](s, t []entry, a []T, descending bool) []entry {
	bits := 8 * size[T]()
	for i, v := range a {
		s[i] = entry{keyOf(v, bits, descending), uint(i)}
	}
	if len(s) <= 32 {
		insert(s)
		return s
	}
	for shift := 0; shift < bits; shift += 8 { // from the last digit of the key to the first
		var from [256]int
		for _, e := range s {
			from[byte(e.Key>>shift)]++
		}
		if from[byte(s[0].Key>>shift)] == len(s) {
			continue // the digit is the same in all
		}
		sum := 0
		for i, n := range from {
			from[i] = sum
			sum += n
		}
		for _, e := range s {
			d := byte(e.Key >> shift)
			t[from[d]] = e
			from[d]++
		}
		s, t = t, s
	}
	return s
}

// insert sorts few entries.
func insert(s []entry) {
	for i := 1; i < len(s); i++ {
		e, k := s[i], i
		for ; k > 0 && e.Key < s[k-1].Key; k-- {
			s[k] = s[k-1]
		}
		s[k] = e
	}
}

// smallest returns the first len(heap) elements of a when it is sorted, in order.
// The heap has the largest of those found so far at its top: each element that is
// smaller takes its place.
func smallest[T Float](heap []entry, a []T, descending bool) []entry {
	if len(heap) == 0 {
		return heap
	}
	bits := 8 * size[T]()
	for i := range heap {
		heap[i] = entry{keyOf(a[i], bits, descending), uint(i)}
	}
	for i := len(heap)/2 - 1; i >= 0; i-- {
		sink(heap, i)
	}
	for i, v := range a[len(heap):] {
		if key := keyOf(v, bits, descending); key < heap[0].Key {
			heap[0] = entry{key, uint(len(heap) + i)}
			sink(heap, 0)
		}
	}
	for n := len(heap) - 1; n > 0; n-- {
		heap[0], heap[n] = heap[n], heap[0]
		sink(heap[:n], 0)
	}
	return heap
}

// sink moves heap[i] down until no child comes after it. Of equal keys, the one
// from a later place comes after the other.
func sink(heap []entry, i int) {
	for {
		child := 2*i + 1
		if child >= len(heap) {
			return
		}
		if child+1 < len(heap) && heap[child].before(heap[child+1]) {
			child++
		}
		if !heap[i].before(heap[child]) {
			return
		}
		heap[i], heap[child] = heap[child], heap[i]
		i = child
	}
}

func (e entry) before(f entry) bool { return e.Key < f.Key || e.Key == f.Key && e.At < f.At }

// ArgMedian returns the first place of the lower of the two middle elements of
// a, or of the first NaN.
func ArgMedian[T Float](a []T) int {
	copied, lent := work.Borrow[T](len(a))
	defer work.Return(lent)
	for i, v := range a {
		if v != v {
			return i
		}
		copied[i] = v
	}
	median := nth(copied, (len(a)-1)/2)
	for i, v := range a {
		if v == median {
			return i
		}
	}
	return -1
}

// Median returns the lower of the two middle elements of a, or NaN if one is NaN
// or there is none.
func Median[T Float](a []T) T {
	if len(a) == 0 {
		return T(math.NaN())
	}
	return a[ArgMedian(a)]
}

// nth returns the element of a that is at place n when a is sorted. It changes
// the order of a, which has no NaN.
func nth[T Float](a []T, n int) T {
	for len(a) > 1 {
		p := middle(a[0], a[len(a)/2], a[len(a)-1])
		// Elements below p come first, those above it last.
		low, i, high := 0, 0, len(a)
		for i < high {
			switch v := a[i]; {
			case v < p:
				a[low], a[i] = v, a[low]
				low++
				i++
			case v > p:
				high--
				a[i], a[high] = a[high], v
			default:
				i++
			}
		}
		switch {
		case n < low:
			a = a[:low]
		case n >= high:
			a, n = a[high:], n-high
		default:
			return p
		}
	}
	return a[0]
}

func middle[T Float](a, b, c T) T { return max(min(a, b), min(max(a, b), c)) }

// CumArg writes the place of the largest of the elements up to each to index[0],
// index[stride], …, or of the smallest. Of equals, it is the last. A NaN comes
// before any number.
func CumArg[T Float](index []int, stride int, a []T, largest bool) {
	best := 0
	for i, v := range a {
		top := a[best]
		if v != v || v == top || top == top && v > top == largest {
			best = i
		}
		index[i*stride] = best
	}
}
