// Text teaches a small language of which all is known: what perplexity can be
// reached, and which sentences are right. N-grams and a small transformer write it,
// and vectors of words show which of them are alike.
//
//	go run ./examples/text [-out folder]
package main

import (
	"context"
	"io"
	"math"
	"path/filepath"
	"slices"
	"strings"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/data"
	"github.com/descent-ml/descent/data/text"
	"github.com/descent-ml/descent/examples/internal/course"
	"github.com/descent-ml/descent/nn"
	"github.com/descent-ml/descent/optim"
	"github.com/descent-ml/descent/tensor"
	"github.com/descent-ml/descent/train"
)

func main() {
	course.Main("text", func(out io.Writer, folder string) error { return lesson(out, folder, 1, 3000, 6) })
}

// Words of each kind, in the singular and in the plural. The verb agrees with the animal.
var (
	animals = [2][]string{{"cat", "dog", "fox", "horse"}, {"cats", "dogs", "foxes", "horses"}}
	places  = [2][]string{{"house", "tree", "river"}, {"houses", "trees", "rivers"}}
	rests   = [2][]string{{"sleeps", "runs", "waits"}, {"sleep", "run", "wait"}}
	eats    = [2][]string{{"eats", "likes"}, {"eat", "like"}}
	foods   = []string{"bread", "cheese", "soup", "apples"}
	where   = []string{"near", "behind"}
	looks   = []string{"small", "old", "black"}
)

// words are all of them, kind by kind. Number 0 ends a sentence.
var (
	kinds = [][]string{animals[0], animals[1], places[0], places[1], rests[0], rests[1], eats[0], eats[1], foods, where, looks}
	words = append([]string{".", "the"}, slices.Concat(kinds...)...)
)

func number(word string) int { return slices.Index(words, word) }

// A writer draws sentences, and adds up the logarithm of their probability.
type writer struct {
	r        *tensor.Rand
	sentence []int
	log      float64
}

func (w *writer) one(of []string) {
	w.sentence = append(w.sentence, number(of[int(w.r.Float64()*float64(len(of)))]))
	w.log -= math.Log(float64(len(of)))
}

func (w *writer) coin() int {
	w.log -= math.Ln2
	return int(w.r.Float64() * 2)
}

// draw writes: the [old] cat (near the trees)* sleeps | eats bread .
func (w *writer) draw() []int {
	w.sentence = nil
	plural := w.coin()
	w.one(words[1:2])
	if w.coin() == 1 {
		w.one(looks)
	}
	w.one(animals[plural])
	for range 3 {
		if w.coin() == 0 {
			break
		}
		w.one(where)
		w.one(words[1:2])
		w.one(places[w.coin()])
	}
	if w.coin() == 1 {
		w.one(rests[plural])
	} else {
		w.one(eats[plural])
		w.one(foods)
	}
	w.one(words[:1])
	return w.sentence
}

// right tells whether a sentence belongs to the language.
func right(s []int) bool {
	next := func(list []string) bool {
		is := len(s) > 0 && slices.Contains(list, words[s[0]])
		if is {
			s = s[1:]
		}
		return is
	}
	ok, plural := next(words[1:2]), 0
	if next(looks); !next(animals[0]) {
		ok, plural = ok && next(animals[1]), 1
	}
	for range 3 {
		ok = ok && (!next(where) || next(words[1:2]) && (next(places[0]) || next(places[1])))
	}
	return ok && (next(rests[plural]) || next(eats[plural]) && next(foods)) && next([]string{"."}) && len(s) == 0
}

// A speaker gives the probabilities of the word after some words.
type speaker func(before []int) []float64

// ngram counts what follows n−1 words, and adds a little to each count.
func ngram(tokens []int, n int) speaker {
	counts := map[[4]int][]float64{}
	key := func(before []int) (k [4]int) {
		for i := 1; i < n && i <= len(before); i++ {
			if k[i] = before[len(before)-i] + 1; k[i] == 1 {
				break // a sentence begins here, and what was before does not matter
			}
		}
		return k
	}
	for i := 1; i < len(tokens); i++ {
		k := key(tokens[:i])
		if counts[k] == nil {
			counts[k] = make([]float64, len(words))
		}
		counts[k][tokens[i]]++
	}
	return func(before []int) []float64 {
		p := tensor.Full(0.01, len(words)).To(tensor.Float64)
		if c, ok := counts[key(before)]; ok {
			p = tensor.AddScalar(tensor.New(c, len(c)), 0.01)
		}
		return tensor.Values(tensor.MulScalar(p, 1/tensor.Sum(p).Item()))
	}
}

// A gpt is a small transformer: each place looks at itself and at those before it.
type gpt struct {
	Words  *nn.Embedding
	Places *nn.PositionalEmbedding
	Blocks nn.Sequential
	Out    *nn.Linear
}

const longest = 24 // words that the transformer sees

// newGPT draws a transformer. The vectors of words begin with a given deviation.
func newGPT(deviation float64, seed uint64) *gpt {
	const width = 32
	r := tensor.NewRand(seed)
	m := &gpt{Words: nn.NewEmbedding(r, len(words), width), Places: nn.NewPositionalEmbedding(r, longest, width), Out: nn.NewLinear(r, width, len(words))}
	r.Normal(m.Words.Weight.Value, 0, deviation)
	for range 2 {
		m.Blocks = append(m.Blocks, nn.NewTransformerBlock(r, width, nn.TransformerBlockOptions{Heads: 2, Hidden: 64, Causal: true}))
	}
	m.Blocks = append(m.Blocks, nn.NewLayerNorm(width))
	return m
}

func (m *gpt) Forward(t *autograd.Tape, tokens []int, shape ...int) autograd.Var {
	return m.Out.Forward(m.Blocks.Forward(m.Places.Forward(m.Words.Forward(t, tokens, shape...))))
}

// learn trains a transformer on a text.
func learn(tokens []int, deviation float64, epochs int, seed uint64) (*gpt, error) {
	m := newGPT(deviation, seed)
	loader := &data.Loader[text.Batch]{Set: &text.Windows{Tokens: tokens, Length: longest}, Batch: 8, Shuffle: tensor.NewRand(seed)}
	fit := &train.Fit[text.Batch]{Model: m, Objective: train.NextToken(m), Opt: optim.NewAdam(nn.Params(m), optim.Adam{}), Train: loader, Epochs: epochs, Clip: 1}
	fit.Schedule = optim.Cosine{LR: 0.005, Steps: epochs * fit.StepsPerEpoch()}
	_, err := fit.Run(context.Background())
	return m, err
}

func (m *gpt) speaker() speaker {
	tape := autograd.NewTape()
	tape.SetMode(autograd.Eval)
	tape.SetRecording(false)
	return func(before []int) []float64 {
		before = before[max(0, len(before)-longest):]
		tape.Reset()
		p := m.Forward(tape, before, 1, len(before)).Select(1, len(before)-1).Softmax(1)
		return tensor.Values(p.Value())
	}
}

// judge measures a speaker on new sentences: its perplexity, and the share of verbs
// for which it finds the right number, singular or plural, the likelier one.
func judge(say speaker, n int, r *tensor.Rand) (perplexity, agrees float64) {
	w := &writer{r: r}
	loss, count := 0.0, 0.0
	for range n {
		s := append([]int{0}, w.draw()...)
		for i, word := range s[1:] {
			p := say(s[:i+1])
			loss -= math.Log(p[word])
			count++
			var sums, is [2]float64 // of the probabilities of verbs, by their number
			for k := range 2 {
				for _, verb := range slices.Concat(rests[k], eats[k]) {
					sums[k] += p[number(verb)]
					if number(verb) == word {
						is[k] = 1
					}
				}
			}
			if is[0] != is[1] && (sums[0] > sums[1]) == (is[0] == 1) {
				agrees += 1 / float64(n)
			}
		}
	}
	return math.Exp(loss / count), agrees
}

// writes draws sentences from a speaker, and returns the share that is right, and
// those of up to twelve words with a mark.
func writes(say speaker, n int, r *tensor.Rand) (share float64, list []string) {
	for range n {
		s := []int{0}
		for len(s) < longest {
			pick, p := make([]int, 1), say(s)
			r.Multinomial(pick, tensor.New(p, len(p)), true)
			if s = append(s, pick[0]); pick[0] == 0 {
				break
			}
		}
		mark := "wrong"
		if right(s[1:]) {
			share, mark = share+1/float64(n), "right"
		}
		if len(s) <= 13 {
			list = append(list, mark+"   "+spell(s[1:]))
		}
	}
	return share, list
}

func spell(sentence []int) string {
	var line []string
	for _, word := range sentence {
		line = append(line, words[word])
	}
	return strings.Join(line, " ")
}

// alike returns the cosines of the angles between the vectors of all words, and the
// share of words whose nearest neighbour is of the same kind, as cat and dog are.
func (m *gpt) alike() (cosines *tensor.Tensor, share float64) {
	v := tensor.Div(m.Words.Weight.Value, tensor.Norm(m.Words.Weight.Value, 1).Reshape(len(words), 1))
	cosines = tensor.MatMul(v, v.T())
	for _, kind := range kinds {
		for _, word := range kind {
			if slices.Contains(kind, nearest(cosines, word, 1)[0]) {
				share += 1 / float64(len(words)-2)
			}
		}
	}
	return cosines, share
}

// nearest returns the words whose vectors point the most into the direction of a word's.
func nearest(cosines *tensor.Tensor, word string, n int) (list []string) {
	for _, i := range tensor.ArgSort(cosines.Select(0, number(word)).Contiguous(), 0, true)[1 : n+1] {
		list = append(list, words[i])
	}
	return list
}

func lesson(out io.Writer, folder string, seed uint64, sentences, epochs int) error {
	say := course.Printer(out)
	w, tokens := &writer{r: tensor.NewRand(seed)}, []int{0}
	for range sentences {
		tokens = append(tokens, w.draw()...)
	}
	least := math.Exp(-w.log / float64(len(tokens)-1))
	say("1. A LANGUAGE\n\nReal text has no known answer. So we make a language of %d words, and know all of it:\n", len(words))
	for range 3 {
		say("    %s", spell(w.draw()))
	}
	say("\nA sentence has an animal, perhaps an adjective before it, up to three places after it,")
	say("and a verb with or without food. The verb agrees with the animal: the cat sleeps, the")
	say("cats sleep. The places between them may be of the other number. We draw %d sentences,", sentences)
	say("%d words. To a net each word is a number.\n", len(tokens)-1)

	say("2. WHAT COMES NEXT\n\nA language model gives each word a probability, from the words before it. Perplexity is")
	say("exp(−mean of log p(the word that came)): among how many equally likely words it seems")
	say("to choose. Who knows the rules has %.2f here; nobody can do better for long. One that", least)
	say("knows nothing has %d.0. The simplest models count. An n-gram counts what follows n − 1", len(words))
	say("words; a transformer looks at all %d before, each place with weights of its own.\n", longest)
	say("On 200 new sentences: the perplexity; how often the verb of the right number is the")
	say("likelier one; and of 200 sentences that each writes itself, how many are right:\n")
	say("    model              perplexity   verb agrees   writes rightly")
	scores, written := map[string]float64{}, map[string][]string{}
	show := func(name string, s speaker) {
		perplexity, agrees := judge(s, 200, tensor.NewRand(seed+1000))
		share, list := writes(s, 200, tensor.NewRand(seed+2000))
		scores[name], written[name] = agrees, list[:4]
		say("    %-18s %10.2f %13.2f %16.2f", name, perplexity, agrees, share)
	}
	for n, name := range []string{"1-gram", "2-gram", "3-gram", "4-gram"} {
		show(name, ngram(tokens, n+1))
	}
	large, err := learn(tokens, 1, epochs, seed)
	if err != nil {
		return err
	}
	show("transformer", large.speaker())
	say("\nThe first sentences of up to 12 words of the 4-gram, and of the transformer:\n")
	for _, line := range slices.Concat(written["4-gram"], []string{""}, written["transformer"]) {
		say("    %s", line)
	}
	say("\nWhere a place stands between animal and verb, three words do not reach back to the")
	say("animal, and an n-gram guesses: its verb agrees in %.2f of all sentences, that of the", scores["4-gram"])
	say("transformer in %.2f. To count longer rows is no way out: the perplexity rises.\n", scores["transformer"])

	small, err := learn(tokens, 0.02, epochs, seed)
	if err != nil {
		return err
	}
	say("3. WORDS THAT ARE ALIKE\n\nA net gives each word a vector, its embedding. It is said that similar words get similar")
	say("vectors, by the cosine of the angle between them. We look at the nearest of each word:\n")
	drawn := newGPT(1, seed).Words.Weight.Value
	kept := tensor.Sum(tensor.Mul(drawn, large.Words.Weight.Value)).Item() / (tensor.NormOf(drawn) * tensor.NormOf(large.Words.Weight.Value))
	one, first := large.alike()
	two, second := small.alike()
	say("    word      vectors that began with deviation 1    with deviation 0.02")
	for _, word := range []string{"cat", "dogs", "house", "sleeps", "eat", "bread", "near", "old"} {
		say("    %-9s %-38s %s", word, strings.Join(nearest(one, word, 3), ", "), strings.Join(nearest(two, word, 3), ", "))
	}
	say("    of its kind %.2f %37.2f\n", first, second)
	say("The last row is the share of words whose nearest is of the same kind: another animal of")
	say("the same number, another food. Large random vectors stay about where chance put them:")
	say("the cosine between all that was drawn and all that was learnt is %.2f. Small ones take", kept)
	say("the shape that the text gives them.")
	path := filepath.Join(folder, "text.png")
	if err := (&course.Sheet{Columns: 2, Scale: 11, Tiles: []*tensor.Tensor{course.Heat(one), course.Heat(two)}}).Save(path); err != nil {
		return err
	}
	say("All cosines (red 1, white 0, blue −1), kind by kind:\n%s\n", path)

	say("4. THE ANSWER\n\nThe article says: word embeddings, RNN, LSTM. Measured: embeddings mean something only")
	say("when training has shaped them (%.2f against %.2f of the same kind). Counting is a strong", second, first)
	say("rival. A transformer wins where what matters stands further back.")
	return nil
}
