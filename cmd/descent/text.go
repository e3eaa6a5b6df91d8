package main

import (
	"cmp"
	"fmt"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/data"
	"github.com/descent-ml/descent/data/text"
	"github.com/descent-ml/descent/nn"
	"github.com/descent-ml/descent/tensor"
	"github.com/descent-ml/descent/train"
	"github.com/descent-ml/descent/train/checkpoint"
	"github.com/descent-ml/descent/train/metric"
)

// vocabularyFile holds the tokens of a text.
const vocabularyFile = "vocabulary.json"

// loadText reads a text, and makes a net that learns its next token.
func loadText(s *settings) (task, error) {
	corpus, err := text.ReadFile(s.Data)
	if err != nil {
		return nil, err
	}
	s.Valid = cmp.Or(s.Valid, 0.1)
	first, rest := text.Split(corpus, s.Valid)
	var vocabulary text.Vocabulary
	if s.Tokens > 0 {
		if s.Tokens < 256 || s.Tokens > text.MaxTokens {
			return nil, fmt.Errorf("--tokens must be from 256 to %d, not %d", text.MaxTokens, s.Tokens)
		}
		vocabulary = text.TrainBPE(first, s.Tokens)
	} else if vocabulary, err = text.NewRunes(corpus); err != nil {
		return nil, fmt.Errorf("%s: %w; --tokens 512 learns tokens from the bytes instead", s.Data, err)
	}
	decideText(s)
	trainSet, err := windowsOf(s, vocabulary, first)
	if err != nil {
		return nil, err
	}
	validSet, err := windowsOf(s, vocabulary, rest)
	if err != nil {
		return nil, err
	}
	if s.Limit > 0 {
		trainSet.Tokens = trainSet.Tokens[:min(len(trainSet.Tokens), s.Limit*s.Length+1)]
	}
	r := tensor.NewRand(s.Seed)
	l := textLesson(s, newTextNet(s, r, vocabulary.Size()), vocabulary, trainSet, validSet)
	l.train = &data.Loader[text.Batch]{Set: trainSet, Batch: min(s.Batch, trainSet.Len()), Shuffle: r}
	l.said = []string{fmt.Sprintf("%s: %s bytes, %s different tokens; %s windows of %d to train on, %s to validate", s.Data,
		thousands(len(corpus)), thousands(vocabulary.Size()), thousands(trainSet.Len()), s.Length, thousands(validSet.Len()))}
	return l, nil
}

// textLesson returns what a net learns of windows of tokens, but for the order of
// the training set.
func textLesson(s *settings, model *textNet, vocabulary text.Vocabulary, trainSet, validSet *text.Windows) *lesson[text.Batch] {
	return &lesson[text.Batch]{
		unit: "windows", examples: trainSet.Len(), model: model, layers: model.String(),
		objective: train.NextToken(model),
		valid:     &data.Loader[text.Batch]{Set: validSet, Batch: 32},
		metrics:   []metric.Metric{&metric.Perplexity{}},
		column:    perplexity,
		beside:    []checkpoint.File{{Name: vocabularyFile, Write: jsonOf(vocabulary)}},
		meta:      map[string]string{"format": "pt", "model": s.Model},
	}
}

// decideText fills in what was left open. The settings of the transformer are
// those of nanoGPT's small one (https://github.com/karpathy/nanoGPT).
func decideText(s *settings) {
	c := defaults{model: "transformer", loss: "cross-entropy", optimizer: "adamw", epochs: 3, batch: 12, lr: 1e-3, warmup: 100, decay: 0.1, clip: 1}
	width, layers := 128, 4
	if s.Model == "lstm" || s.Model == "gru" {
		c = defaults{loss: "cross-entropy", optimizer: "adam", epochs: 4, batch: 32, lr: 2e-3, clip: 1}
		width, layers = 256, 1
	}
	s.decide(c)
	s.Width, s.Layers, s.Length = cmp.Or(s.Width, width), cmp.Or(s.Layers, layers), cmp.Or(s.Length, 64)
}

// windowsOf cuts a text into windows of tokens.
func windowsOf(s *settings, v text.Vocabulary, part string) (*text.Windows, error) {
	tokens, err := v.Encode(nil, part)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", s.Data, err)
	}
	w := &text.Windows{Tokens: tokens, Length: s.Length}
	if w.Len() == 0 {
		return nil, fmt.Errorf("%s: %d tokens to train on or to validate are fewer than a window of --length %d and one more", s.Data, len(tokens), s.Length)
	}
	return w, nil
}

// A textNet gives a score for each token that may come next.
type textNet struct {
	Embed *nn.Embedding
	Body  nn.Sequential

	length int // tokens that it sees at once
}

// newTextNet returns the net that --model names.
func newTextNet(s *settings, r *tensor.Rand, tokens int) *textNet {
	n := &textNet{length: s.Length}
	switch s.Model {
	case "lstm", "gru":
		n.Embed = nn.NewEmbedding(r, tokens, 64)
		o := nn.RecurrentOptions{Layers: s.Layers, BatchFirst: true}
		if s.Model == "lstm" {
			n.Body = nn.Sequential{nn.NewLSTM(r, 64, s.Width, o)}
		} else {
			n.Body = nn.Sequential{nn.NewGRU(r, 64, s.Width, o)}
		}
		n.Body = append(n.Body, nn.NewLinear(r, s.Width, tokens))
	default:
		n.Embed = nn.NewEmbedding(r, tokens, s.Width)
		tensor.MulScalarTo(n.Embed.Weight.Value, n.Embed.Weight.Value, 0.02) // as GPT-2 begins
		n.Body = nn.Sequential{nn.NewPositionalEmbedding(r, s.Length, s.Width)}
		for range s.Layers {
			n.Body = append(n.Body, nn.NewTransformerBlock(r, s.Width,
				nn.TransformerBlockOptions{Heads: heads(s.Width), Hidden: 4 * s.Width, Activation: nn.GELU{}, Causal: true}))
		}
		n.Body = append(n.Body, nn.NewLayerNorm(s.Width), nn.NewLinear(r, s.Width, tokens))
	}
	return n
}

// heads returns a number of heads of about 32 numbers each that divides the
// width.
func heads(width int) int {
	for n := max(1, width/32); ; n-- {
		if width%n == 0 {
			return n
		}
	}
}

// Forward returns the scores [rows length tokens] after each of the tokens.
func (n *textNet) Forward(t *autograd.Tape, tokens []int, shape ...int) autograd.Var {
	return n.Body.Forward(n.Embed.Forward(t, tokens, shape...))
}

// String lists the layers and counts the parameters.
func (n *textNet) String() string {
	count := 0
	for _, p := range nn.Params(n) {
		count += p.Value.Len()
	}
	s := fmt.Sprintln(n.Embed)
	for _, l := range n.Body {
		s += fmt.Sprintln(l)
	}
	return s + thousands(count) + " parameters"
}
