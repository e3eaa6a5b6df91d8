package text_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	"github.com/descent-ml/descent/data/text"
)

func ExampleReadFile() {
	dir, _ := os.MkdirTemp("", "text")
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "a.txt")
	_ = os.WriteFile(path, []byte("\ufeffto be"), 0o600) // the byte-order mark is dropped
	corpus, err := text.ReadFile(path)
	fmt.Printf("%q %v\n", corpus, err)
	// Output: "to be" <nil>
}

// A vocabulary is saved with the model as JSON.
func ExampleVocabulary_json() {
	runes, _ := text.NewRunes("abba")
	for _, v := range []text.Vocabulary{text.Bytes{}, runes, text.TrainBPE("ababab", 257)} {
		b, err := json.Marshal(v)
		fmt.Println(v.Size(), string(b), err)
	}
	// Output:
	// 256 {"kind":"bytes"} <nil>
	// 2 {"kind":"runes","runes":"ab"} <nil>
	// 257 {"kind":"bpe","merges":[97,98]} <nil>
}

// The shape of the tokens is what an embedding asks for.
func ExampleBatch_Shape() {
	set := &text.Windows{Tokens: []int{1, 2, 3, 4, 5, 6, 7}, Length: 2}
	var b text.Batch
	_ = set.Fill(&b, []int{0, 1, 2})
	fmt.Println(set.Len(), b.Shape(), b.Tokens, b.Targets)
	// Output: 3 [3 2] [1 2 3 4 5 6] [2 3 4 5 6 7]
}

// What is larger is refused before it is read.
func Example_limits() {
	fmt.Println(text.MaxBytes>>30, "GiB of text,", text.MaxVocabularyBytes>>20, "MiB of JSON")
	fmt.Println(text.MaxTokens, "tokens of up to", text.MaxTokenBytes, "bytes")
	// Output:
	// 1 GiB of text, 4 MiB of JSON
	// 65536 tokens of up to 256 bytes
}
