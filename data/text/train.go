package text

import (
	"cmp"
	"container/heap"
	"slices"

	"github.com/descent-ml/descent/tensor"
)

// TrainBPE learns a byte-pair tokenizer with the given number of tokens from a
// text. It joins the two neighbours that stand together most often, makes a new
// token of them, and goes on so. Of pairs that are equally frequent, the one
// with the smaller left token is taken, then the one with the smaller right
// token: the same text gives the same tokenizer, everywhere.
//
// A pair that occurs once is not joined, and neither is one that would make a
// token longer than [MaxTokenBytes], so a short text may give fewer tokens than
// were asked for. It panics with a [*tensor.ArgError] when size is not from 256
// to [MaxTokens].
func TrainBPE(text string, size int) *BPE {
	if size < firstMerged || size > MaxTokens {
		tensor.BadArg("text.train", "want a vocabulary of %d to %d tokens, got %d", firstMerged, MaxTokens, size)
	}
	counts := map[string]int{}
	for p := range pieces(text) {
		counts[p]++
	}
	words := make([]word, 0, len(counts))
	for p, n := range counts {
		w := word{text: p, count: n, tokens: make([]int32, len(p))}
		for i := range len(p) {
			w.tokens[i] = int32(p[i])
		}
		words = append(words, w)
	}
	return train(words, size)
}

// A word is a piece of the text, with the number of times it occurs.
type word struct {
	text   string
	count  int
	tokens []int32
}

// A trainer counts the pairs in all words.
type trainer struct {
	words []word
	pairs map[pair]*tally
	queue queue
}

// A tally is how often a pair occurs, and in which words it may.
type tally struct {
	count int
	words []int32 // each once; some may have lost the pair
}

// A candidate is a pair with its count when it was last looked at. A count
// that has fallen since is found out when the pair is taken from the queue.
type candidate struct {
	pair  pair
	count int
}

// A queue is a heap of candidates in the order in which they are joined.
type queue []candidate

func (q queue) Len() int           { return len(q) }
func (q queue) Swap(i, j int)      { q[i], q[j] = q[j], q[i] }
func (q queue) Less(i, j int) bool { return compareCandidates(q[i], q[j]) < 0 }
func (q *queue) Push(x any)        { *q = append(*q, x.(candidate)) }
func (q *queue) Pop() any {
	last := (*q)[len(*q)-1]
	*q = (*q)[:len(*q)-1]
	return last
}

func compareCandidates(a, b candidate) int {
	return cmp.Or(cmp.Compare(b.count, a.count), cmp.Compare(a.pair.left, b.pair.left), cmp.Compare(a.pair.right, b.pair.right))
}

// train is TrainBPE of words.
func train(words []word, size int) *BPE {
	t := &trainer{words: words, pairs: map[pair]*tally{}}
	for i, w := range words {
		for j := range len(w.tokens) - 1 {
			t.count(pair{w.tokens[j], w.tokens[j+1]}, int32(i), w.count)
		}
	}
	for p, c := range t.pairs {
		t.queue = append(t.queue, candidate{p, c.count})
	}
	heap.Init(&t.queue)
	v := newBPE(size - firstMerged)
	for v.Size() < size && len(t.queue) > 0 {
		best := t.queue[0]
		switch now := t.pairs[best.pair].count; {
		case now < 2 || !v.fits(best.pair):
			heap.Pop(&t.queue)
		case now < best.count:
			t.queue[0].count = now
			heap.Fix(&t.queue, 0)
		default:
			heap.Pop(&t.queue)
			t.join(best.pair, int32(v.Size()))
			v.add(best.pair)
		}
	}
	return v
}

// count adds n to the tally of a pair in a word.
func (t *trainer) count(p pair, word int32, n int) {
	c := t.pairs[p]
	if c == nil {
		c = new(tally)
		t.pairs[p] = c
	}
	c.count += n
	if n > 0 && (len(c.words) == 0 || c.words[len(c.words)-1] != word) {
		c.words = append(c.words, word)
	}
}

// join makes one token of a pair, in all words, from the left. The pair is gone
// then, and does not come back. Only pairs with the new token become more frequent,
// and they are put into the queue.
func (t *trainer) join(p pair, token int32) {
	in := t.pairs[p].words
	t.pairs[p].words = nil
	var fresh []pair
	for _, i := range in {
		w := &t.words[i]
		old := w.tokens
		kept := old[:0]
		for j := 0; j < len(old); j++ {
			if j+1 == len(old) || (pair{old[j], old[j+1]}) != p {
				kept = append(kept, old[j])
				continue
			}
			// kept … [left right] after  →  kept … token after
			if n := len(kept); n > 0 {
				before := kept[n-1]
				t.count(pair{before, p.left}, i, -w.count)
				t.count(pair{before, token}, i, w.count)
				fresh = append(fresh, pair{before, token})
			}
			if j+2 < len(old) {
				t.count(pair{p.right, old[j+2]}, i, -w.count)
				t.count(pair{token, old[j+2]}, i, w.count)
				fresh = append(fresh, pair{token, old[j+2]})
			}
			kept = append(kept, token)
			j++
		}
		w.tokens = kept
	}
	slices.SortFunc(fresh, func(a, b pair) int { return compareCandidates(candidate{pair: a}, candidate{pair: b}) })
	for _, q := range slices.Compact(fresh) {
		if n := t.pairs[q].count; n > 1 {
			heap.Push(&t.queue, candidate{q, n})
		}
	}
}
