package main

import (
	"bytes"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/examples/internal/course/coursetest"
	"github.com/descent-ml/descent/tensor"
)

// corpus draws a text, and returns the perplexity of who knows the rules.
func corpus(sentences int, seed uint64) (tokens []int, least float64) {
	w := &writer{r: tensor.NewRand(seed)}
	tokens = []int{0}
	for range sentences {
		tokens = append(tokens, w.draw()...)
	}
	return tokens, math.Exp(-w.log / float64(len(tokens)-1))
}

func parse(sentence string) (s []int) {
	for word := range strings.FieldsSeq(sentence) {
		s = append(s, number(word))
	}
	return s
}

func TestRightTellsTheLanguage(t *testing.T) {
	w := &writer{r: tensor.NewRand(1)}
	for range 500 {
		s := w.draw()
		require.True(t, right(s), spell(s))
		require.Less(t, len(s), longest)
		require.False(t, right(s[:len(s)-1]))
		require.False(t, right(append(s, 0)))
	}
	require.True(t, right(parse("the old cat near the trees sleeps .")))
	for _, s := range []string{
		"the cat sleep .", "the cats near the house sleeps .", "cat sleeps .", "the near the house sleeps .", "the cat eats .",
		"the cat near house sleeps .", "the cat near the house near the tree near the tree near the river sleeps .", "the house sleeps .", ".",
	} {
		require.False(t, right(parse(s)), s)
	}
	require.Len(t, words, 35)
	require.Equal(t, 0, number("."))
}

func TestPerplexityOfWhoKnowsTheRules(t *testing.T) {
	tokens, least := corpus(1, 3)
	w := &writer{r: tensor.NewRand(3)}
	w.draw()
	require.InDelta(t, least, math.Exp(-w.log/float64(len(tokens)-1)), 1e-12)
	total, sentences := 0.0, map[string]bool{} // the probabilities of all short sentences, from what was drawn
	w = &writer{r: tensor.NewRand(1)}
	for range 5000 {
		w.log = 0
		if s := w.draw(); len(s) <= 5 && !sentences[spell(s)] {
			sentences[spell(s)] = true
			total += math.Exp(w.log)
		}
	}
	// No place: ½. Adjective and eating: ¼ of these have six words and more.
	require.InDelta(t, 0.5*0.75, total, 1e-9)
}

func TestCountsOfAnNGram(t *testing.T) {
	tokens := []int{0, 1, 2, 0, 1, 3, 0, 1, 2, 0}
	p := ngram(tokens, 2)([]int{0, 1})
	require.InDelta(t, 2.01/3.35, p[2], 1e-12)
	require.InDelta(t, 1.01/3.35, p[3], 1e-12)
	p = ngram(tokens, 3)([]int{2, 0})
	require.InDelta(t, 3.01/3.35, p[1], 1e-12, "nothing counts before the end of a sentence")
	sum := 0.0
	for _, v := range p {
		sum += v
	}
	require.InDelta(t, 1, sum, 1e-12)
}

func TestWhatModelsLearn(t *testing.T) {
	for seed := uint64(1); seed <= 5; seed++ {
		tokens, least := corpus(2000, seed)
		require.InDelta(t, 3.25, least, 0.06)
		var perplexity, agrees [5]float64
		for n := 1; n <= 4; n++ {
			perplexity[n], agrees[n] = judge(ngram(tokens, n), 120, tensor.NewRand(seed+1000))
			require.Less(t, agrees[n], 0.93, "%d-gram, seed %d", n, seed)
		}
		require.Greater(t, perplexity[1], 15.0)
		require.InDelta(t, 4.1, perplexity[2], 0.3)
		require.Greater(t, perplexity[3], 1.03*least)

		large, err := learn(tokens, 1, 6, seed)
		require.NoError(t, err)
		p, a := judge(large.speaker(), 120, tensor.NewRand(seed+1000))
		require.Greater(t, perplexity[4], perplexity[3], "seed %d", seed)
		require.Less(t, p, 1.02*perplexity[3], "seed %d", seed)
		require.Greater(t, p, 0.95*least, "seed %d", seed)
		require.Greater(t, a, agrees[4], "seed %d", seed)
		few, _ := writes(ngram(tokens, 2), 100, tensor.NewRand(seed))
		many, _ := writes(large.speaker(), 100, tensor.NewRand(seed))
		require.Greater(t, many, few+0.15, "seed %d", seed)

		small, err := learn(tokens, 0.02, 3, seed)
		require.NoError(t, err)
		_, first := large.alike()
		cosines, second := small.alike()
		require.Less(t, first, 0.45, "seed %d", seed)
		require.Greater(t, second, first+0.08, "seed %d", seed)
		require.InDelta(t, 1, cosines.At(3, 3), 1e-5)
	}
}

func TestLessonReadsWell(t *testing.T) {
	folder := t.TempDir()
	read := func() string {
		var out bytes.Buffer
		require.NoError(t, lesson(&out, folder, 1, 300, 1))
		return out.String()
	}
	text := read()
	coursetest.ReadsWell(t, text, folder, 90)
	path := filepath.Join(folder, "text.png")
	require.Contains(t, text, path)
	info, err := os.Stat(path)
	require.NoError(t, err)
	require.Greater(t, info.Size(), int64(1000))
	require.Equal(t, text, read())
}

func TestMissingFolderIsAnError(t *testing.T) {
	require.ErrorIs(t, lesson(new(bytes.Buffer), filepath.Join(t.TempDir(), "missing"), 1, 100, 1), os.ErrNotExist)
}
