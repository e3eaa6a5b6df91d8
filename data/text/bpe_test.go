package text

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// bpeFixture is testdata/bpe.json; testdata/fixtures/tokens.py explains it.
type bpeFixture struct {
	Tokenizers string
	Alphabet   []int
	Merges     []int
	Samples    []struct {
		Text           string
		Pieces, Tokens []int
	}
}

func readBPEFixture(t *testing.T) bpeFixture {
	b, err := os.ReadFile("testdata/bpe.json")
	require.NoError(t, err)
	var f bpeFixture
	require.NoError(t, json.Unmarshal(b, &f))
	require.Equal(t, "0.23.3", f.Tokenizers)
	require.Greater(t, len(f.Samples), 30)
	require.Len(t, f.Alphabet, 256)
	return f
}

func TestPiecesMatchGPT2(t *testing.T) {
	for _, s := range readBPEFixture(t).Samples {
		got := []int{}
		for p := range pieces(s.Text) {
			got = append(got, len(p))
		}
		require.Equal(t, s.Pieces, got, "%q", s.Text)
	}
}

func TestEncodeMatchesHuggingFace(t *testing.T) {
	f := readBPEFixture(t)
	merges := slices.Clone(f.Merges)
	for i, m := range merges {
		if m < 256 {
			merges[i] = f.Alphabet[m]
		}
	}
	v, err := bpeOf(merges)
	require.NoError(t, err)
	for _, s := range f.Samples {
		got, err := v.Encode([]int{}, s.Text)
		require.NoError(t, err)
		require.Equal(t, s.Tokens, got, "%q", s.Text)
	}
}

// Training in the order that Hugging Face gives the bytes makes its merges.
func TestTrainingMatchesHuggingFace(t *testing.T) {
	f := readBPEFixture(t)
	number := make([]int32, 256)
	for i, b := range f.Alphabet {
		number[b] = int32(i)
	}
	counts := map[string]int{}
	for p := range pieces(f.Samples[0].Text) {
		counts[p]++
	}
	var words []word
	for p, n := range counts {
		w := word{count: n}
		for _, b := range []byte(p) {
			w.tokens = append(w.tokens, number[b])
		}
		words = append(words, w)
	}
	var got []int
	for _, p := range train(words, 400).merges {
		got = append(got, int(p.left), int(p.right))
	}
	require.Equal(t, f.Merges, got)
}

// trainPlainly is TrainBPE without any bookkeeping: it counts anew for every
// merge.
func trainPlainly(text string, size int) []pair {
	var words [][]int32
	for p := range pieces(text) {
		w := make([]int32, len(p))
		for i := range len(p) {
			w[i] = int32(p[i])
		}
		words = append(words, w)
	}
	length := map[int32]int{}
	for b := range 256 {
		length[int32(b)] = 1
	}
	var merges []pair
	for token := int32(256); token < int32(size); token++ {
		counts := map[pair]int{}
		for _, w := range words {
			for i := 0; i+1 < len(w); i++ {
				counts[pair{w[i], w[i+1]}]++
			}
		}
		best, most := pair{}, 1
		for p, n := range counts {
			if length[p.left]+length[p.right] > MaxTokenBytes || n < most {
				continue
			}
			if n > most || p.left < best.left || p.left == best.left && p.right < best.right {
				if n > 1 {
					best, most = p, n
				}
			}
		}
		if most < 2 {
			break
		}
		merges = append(merges, best)
		length[token] = length[best.left] + length[best.right]
		for i, w := range words {
			words[i] = mergePlainly(w, best, token)
		}
	}
	return merges
}

// mergePlainly joins every pair p in w, from the left.
func mergePlainly(w []int32, p pair, token int32) []int32 {
	var out []int32
	for i := 0; i < len(w); i++ {
		if i+1 < len(w) && w[i] == p.left && w[i+1] == p.right {
			out = append(out, token)
			i++
		} else {
			out = append(out, w[i])
		}
	}
	return out
}

// encodePlainly applies the merges to each piece one after the other. That is
// the same as joining the earliest pair first.
func encodePlainly(merges []pair, text string) []int {
	out := []int{}
	for p := range pieces(text) {
		w := make([]int32, len(p))
		for i := range len(p) {
			w[i] = int32(p[i])
		}
		for i, m := range merges {
			w = mergePlainly(w, m, int32(256+i))
		}
		for _, t := range w {
			out = append(out, int(t))
		}
	}
	return out
}

// randomText returns text of few characters, so that pairs repeat, some of which
// are not UTF-8.
func randomText(r *rand.Rand, n int, alphabet string) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = alphabet[r.IntN(len(alphabet))]
	}
	return string(b)
}

func TestTrainingAndEncodingArePlain(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for i, alphabet := range []string{"a", "ab", "ab ", "abc \n", "a\xff\xc3\xbc ", "aabbbbbbbbb1'= ", "ab\x80"} {
		for _, n := range []int{0, 1, 2, 3, 5, 50, 400, 3000} {
			name := fmt.Sprintf("%d characters of %q", n, alphabet)
			text := randomText(r, n, alphabet)
			v := TrainBPE(text, 300)
			want := trainPlainly(text, 300)
			require.Equal(t, want, v.merges, name)
			require.Equal(t, 256+len(want), v.Size(), name)
			other := randomText(r, n, alphabet) + randomText(r, 40, "ab\x00")
			for _, s := range []string{text, other} {
				tokens, err := v.Encode([]int{}, s)
				require.NoError(t, err)
				require.Equal(t, encodePlainly(want, s), tokens, name)
				require.Equal(t, s, string(v.Decode(nil, tokens)), name)
				// Both ways of encoding agree.
				var short, long []int
				for p := range pieces(s) {
					short = v.encodeShort(short, p)
					long = v.encodeLong(long, p, new(chain))
				}
				require.Equal(t, short, long, "text %d, %s", i, name)
			}
		}
	}
}

// Tokens that double with each merge stop at the longest.
func TestTokensAreNotTooLong(t *testing.T) {
	v := TrainBPE(strings.Repeat("a", 10_000), 400)
	longest := 0
	for i := range v.Size() {
		longest = max(longest, len(v.text(int32(i))))
	}
	require.Equal(t, MaxTokenBytes, longest)
	require.Equal(t, trainPlainly(strings.Repeat("a", 10_000), 400), v.merges)
}

func TestTrainBPEMisuse(t *testing.T) {
	for _, size := range []int{-1, 0, 255, MaxTokens + 1} {
		require.PanicsWithError(t, fmt.Sprintf("text.train: want a vocabulary of 256 to 65536 tokens, got %d", size),
			func() { TrainBPE("", size) })
	}
	require.Equal(t, 256, TrainBPE("abc", MaxTokens).Size(), "nothing repeats")
	require.PanicsWithError(t, "text.decode: want tokens from 0 to 255, got 256", func() { TrainBPE("", 256).Decode(nil, []int{0, 256}) })
	require.PanicsWithError(t, "text.decode: want tokens from 0 to 255, got -1", func() { TrainBPE("", 256).Decode(nil, []int{-1}) })
}

// A tokenizer with one long piece takes no more than n log n steps: a piece of
// a million bytes would take hours otherwise.
func TestEncodeLongPiece(t *testing.T) {
	piece := strings.Repeat("ab", 500_000)
	v := TrainBPE("abababab abababab", 260)
	tokens, err := v.Encode(nil, piece)
	require.NoError(t, err)
	require.Less(t, len(tokens), 300_000)
	require.True(t, piece == string(v.Decode(nil, tokens)))
}

func TestEncodeAllocatesNothingForWords(t *testing.T) {
	v := TrainBPE("the gradient of the loss, the gradients of the losses", 280)
	dst := make([]int, 0, 100)
	out := make([]byte, 0, 100)
	require.Zero(t, testing.AllocsPerRun(100, func() {
		dst, _ = v.Encode(dst[:0], "the loss of the gradient")
		out = v.Decode(out[:0], dst)
	}))
	require.Equal(t, "the loss of the gradient", string(out))
}

func FuzzBPE(f *testing.F) {
	for _, s := range []string{"", "a", "aaaa", "the the then", "\xff\xfe", "don't  \r\n\u00a0", strings.Repeat("ab", 40), "Größe 梯度"} {
		f.Add(s, "other "+s)
	}
	f.Fuzz(func(t *testing.T, learn, text string) {
		if len(learn) > 1000 || len(text) > 1000 {
			return
		}
		v := TrainBPE(learn, 290)
		require.Equal(t, trainPlainly(learn, 290), v.merges)
		tokens, err := v.Encode([]int{}, text)
		require.NoError(t, err)
		require.Equal(t, encodePlainly(v.merges, text), tokens)
		require.Equal(t, text, string(v.Decode(nil, tokens)))
	})
}
