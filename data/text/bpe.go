package text

import (
	"encoding/json"
	"fmt"
	"slices"
)

// MaxTokenBytes is the length of the longest token of a [BPE]. Training makes
// no longer one, and a file that has a longer one is refused: it could double
// the length with every merge.
const MaxTokenBytes = 256

// firstMerged is the number of the first token that is made of two others.
const firstMerged = 256

// A pair is two tokens that stand together.
type pair struct{ left, right int32 }

// A BPE is a byte-pair tokenizer (Sennrich, Haddow and Birch, "Neural machine
// translation of rare words with subword units", 2016), on bytes as in GPT-2.
//
// Token b < 256 is the byte b, and token 256+i is made of two tokens before it,
// by merge i. A text is cut into pieces by the rule of GPT-2: words with the space
// before them, numbers, signs, white space. In each piece, the neighbours whose
// merge is the earliest are joined, the leftmost first, until no merge fits.
//
// Encode accepts every text, UTF-8 or not, and Decode gives its bytes back. A
// text of n bytes takes time in proportion to n, if its pieces are as short as
// words are, and to n log n however long they are.
type BPE struct {
	merges []pair
	rank   map[pair]int32 // the token that a pair becomes
	bytes  []byte         // what the tokens stand for, one after the other
	ends   []int          // of token t in bytes
}

// newBPE returns a tokenizer without merges, with room for some.
func newBPE(merges int) *BPE {
	v := &BPE{rank: make(map[pair]int32, merges)}
	for b := range firstMerged {
		v.bytes = append(v.bytes, byte(b))
		v.ends = append(v.ends, b+1)
	}
	return v
}

// text returns what a token stands for.
func (v *BPE) text(t int32) []byte {
	start := 0
	if t > 0 {
		start = v.ends[t-1]
	}
	return v.bytes[start:v.ends[t]]
}

// add appends a merge.
func (v *BPE) add(p pair) {
	v.rank[p] = int32(len(v.ends))
	v.merges = append(v.merges, p)
	v.bytes = append(append(v.bytes, v.text(p.left)...), v.text(p.right)...)
	v.ends = append(v.ends, len(v.bytes))
}

// fits reports whether the token that a pair makes is not too long.
func (v *BPE) fits(p pair) bool { return len(v.text(p.left))+len(v.text(p.right)) <= MaxTokenBytes }

// bpeOf returns the tokenizer with merges as a file has them.
func bpeOf(numbers []int) (*BPE, error) {
	n := len(numbers) / 2
	if len(numbers)%2 != 0 || n > MaxTokens-firstMerged {
		return nil, fmt.Errorf("the merges have %d numbers, want an even number up to %d", len(numbers), 2*(MaxTokens-firstMerged))
	}
	v := newBPE(n)
	for i := range n {
		for _, t := range numbers[2*i : 2*i+2] {
			if t < 0 || t >= v.Size() {
				return nil, fmt.Errorf("merge %d joins token %d, want tokens from 0 to %d", i, t, v.Size()-1)
			}
		}
		p := pair{int32(numbers[2*i]), int32(numbers[2*i+1])}
		if first, ok := v.rank[p]; ok {
			return nil, fmt.Errorf("merges %d and %d join the same tokens, %d and %d", first-firstMerged, i, p.left, p.right)
		}
		if !v.fits(p) {
			return nil, fmt.Errorf("merge %d makes a token of %d bytes, want at most %d",
				i, len(v.text(p.left))+len(v.text(p.right)), MaxTokenBytes)
		}
		v.add(p)
	}
	return v, nil
}

// Size returns the number of tokens, 256 and one for each merge.
func (v *BPE) Size() int { return len(v.ends) }

// Decode appends what tokens stand for to dst. A token may be a part of a
// character, so the bytes are UTF-8 only when the tokens are those of a text.
func (v *BPE) Decode(dst []byte, tokens []int) []byte {
	for _, t := range tokens {
		checkToken(t, v.Size())
		dst = append(dst, v.text(int32(t))...)
	}
	return dst
}

// MarshalJSON returns the JSON of [Vocabulary].
func (v *BPE) MarshalJSON() ([]byte, error) {
	f := file{Kind: "bpe", Merges: make([]int, 0, 2*len(v.merges))}
	for _, p := range v.merges {
		f.Merges = append(f.Merges, int(p.left), int(p.right))
	}
	return json.Marshal(f)
}

// Encode appends the tokens of a text to dst. The error is always nil.
func (v *BPE) Encode(dst []int, text string) ([]int, error) {
	var long *chain
	for p := range pieces(text) {
		if len(p) <= shortPiece {
			dst = v.encodeShort(dst, p)
			continue
		}
		if long == nil {
			long = new(chain)
		}
		dst = v.encodeLong(dst, p, long)
	}
	return dst, nil
}

// shortPiece is the length up to which looking at every pair for every merge
// costs less than keeping them in order.
const shortPiece = 32

// encodeShort appends the tokens of one piece to dst, and merges them there.
func (v *BPE) encodeShort(dst []int, piece string) []int {
	start := len(dst)
	for i := range len(piece) {
		dst = append(dst, int(piece[i]))
	}
	for {
		best, at := int32(MaxTokens), 0
		for i := start; i+1 < len(dst); i++ {
			if t, ok := v.rank[pair{int32(dst[i]), int32(dst[i+1])}]; ok && t < best {
				best, at = t, i
			}
		}
		if best == MaxTokens {
			return dst
		}
		dst[at] = int(best)
		dst = slices.Delete(dst, at+1, at+2)
	}
}
