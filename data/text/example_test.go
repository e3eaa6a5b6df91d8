package text_test

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/descent-ml/descent/data"
	"github.com/descent-ml/descent/data/text"
	"github.com/descent-ml/descent/tensor"
)

// A text becomes tokens, and tokens become windows.
func Example() {
	corpus, _ := text.Read(strings.NewReader("to be, or not to be"))
	vocabulary, _ := text.NewRunes(corpus)
	tokens, _ := vocabulary.Encode(nil, corpus)

	set := &text.Windows{Tokens: tokens, Length: 6}
	var b text.Batch
	_ = set.Fill(&b, []int{0, 2})
	for i := range b.Rows {
		row := b.Length * i
		fmt.Printf("%q → %q\n", vocabulary.Decode(nil, b.Tokens[row:row+b.Length]), vocabulary.Decode(nil, b.Targets[row:row+b.Length]))
	}
	// Output:
	// "to be," → "o be, "
	// "t to b" → " to be"
}

func ExampleRead() {
	_, err := text.Read(strings.NewReader("one\r\ntw\xf6\r\n"))
	fmt.Println(err)
	// Output: line 2, byte 3 of it (8 of the text): 0xf6 is not UTF-8
}

func ExampleBytes() {
	tokens, _ := text.Bytes{}.Encode(nil, "Größe")
	fmt.Println(tokens)
	fmt.Printf("%s\n", text.Bytes{}.Decode(nil, tokens))
	// Output:
	// [71 114 195 182 195 159 101]
	// Größe
}

func ExampleRunes() {
	v, _ := text.NewRunes("banana")
	tokens, _ := v.Encode(nil, "nab")
	fmt.Println(v.Size(), tokens)
	_, err := v.Encode(nil, "nabob")
	fmt.Println(err)
	// Output:
	// 3 [2 0 1]
	// byte 4: the vocabulary of 3 characters does not have 'o'
}

// The first merge joins what stands together most often, "th". Then " th" occurs
// four times and "the" three times.
func ExampleBPE() {
	v := text.TrainBPE("the thin thread of the theory", 260)
	tokens, _ := v.Encode(nil, "the other")
	for _, t := range tokens {
		fmt.Printf("%q ", v.Decode(nil, []int{t}))
	}
	// Output: "th" "e" " " "o" "th" "e" "r"
}

// What is saved with a model is the vocabulary's JSON.
func ExampleReadVocabulary() {
	var v text.Vocabulary = text.TrainBPE("the thin thread of the theory", 258)
	b, _ := json.Marshal(v)
	fmt.Println(string(b))
	v, err := text.ReadVocabulary(strings.NewReader(string(b)))
	fmt.Println(v.Size(), err)
	_, err = text.ReadVocabulary(strings.NewReader(`{"kind":"bpe","merges":[116,104,32,300]}`))
	fmt.Println(err)
	// Output:
	// {"kind":"bpe","merges":[116,104,32,256]}
	// 258 <nil>
	// vocabulary: merge 1 joins token 300, want tokens from 0 to 256
}

func ExampleSplit() {
	train, valid := text.Split("a corpus of words", 0.3)
	fmt.Printf("%q %q\n", train, valid)
	// Output: "a corpus of" " words"
}

func ExampleWindows() {
	w := &text.Windows{Tokens: []int{10, 11, 12, 13, 14, 15, 16, 17}, Length: 3, Stride: 2}
	loader := &data.Loader[text.Batch]{Set: w, Batch: 2}
	for b := range loader.Epoch() {
		fmt.Println(b.Tokens, b.Targets)
	}
	// Output:
	// [10 11 12 12 13 14] [11 12 13 13 14 15]
	// [14 15 16] [15 16 17]
}

func ExampleBatch() {
	w := &text.Windows{Tokens: []int{1, 2, 3, 4, 5}, Length: 2}
	var b text.Batch
	_ = w.Fill(&b, []int{1})
	fmt.Println(b.Rows, b.Length, b.Tokens, b.Targets)
	// Output: 1 2 [3 4] [4 5]
}

func ExamplePicker() {
	logits := tensor.New([]float32{0.5, 3, 1, 2.5}, 4)
	greedy := &text.Picker{}
	token, _ := greedy.Next(logits, nil)
	fmt.Println(token)

	r := tensor.NewRand(1)
	warm := &text.Picker{Temperature: 1.5, TopK: 3}
	for range 8 {
		token, _ = warm.Next(logits, r)
		fmt.Print(token, " ")
	}
	// Output:
	// 1
	// 1 1 3 3 1 3 1 1
}
