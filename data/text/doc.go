// Package text makes numbers of text, deals them out for learning what comes
// next, and draws new text from what a model has learned.
//
// # From text to tokens
//
// A net sees no letters. A [Vocabulary] numbers the pieces that a text is made
// of, its tokens, and a net has an embedding row and an output for each number.
// Three vocabularies stand at three points between few tokens and short texts:
//
//	Bytes   256 tokens, for any text; "ü" is two tokens
//	Runes   as many tokens as the text has different characters; "ü" is one
//	BPE     as many tokens as one likes; "the" is one, when the text has it often
//
// A byte-pair tokenizer begins with the bytes, and makes a new token of the two
// neighbours that stand together most often, again and again. [TrainBPE] says
// how. All three are learned from the training text only, and all three are
// saved with the model, as JSON: a model means nothing without its numbers.
//
//	corpus, err := text.ReadFile("input.txt")
//	…
//	train, valid := text.Split(corpus, 0.1)
//	vocabulary := text.TrainBPE(train, 512)
//	tokens, err := vocabulary.Encode(nil, train)
//
// # What comes next
//
// Every place of a text is an example: the tokens up to it are the input, the
// token after it is the target. [Windows] cuts a long slice of tokens into
// windows of equal length. The targets of a window are its tokens moved by one,
// so one window of length n teaches n times:
//
//	tokens    F i r s t _ C i
//	targets   i r s t _ C i t
//
// A text is split by place, with [Split]: the end of it is for validation. Were
// windows chosen by chance instead, nearly every validation window would lie
// beside a training window of the same sentence, and the loss would be too low.
//
// # Drawing text
//
// A model gives logits for the next token. A [Picker] chooses one, it is appended to
// the text, and the model is asked again. Temperature and top-k move the choice
// between the likeliest token and what the model believes:
//
//	p = softmax(logits / temperature)     among the k largest logits
//
// # Files from outside
//
// [Read] takes UTF-8 up to a gigabyte and refuses everything else with the line
// and the byte where it stands. [ReadVocabulary] checks every number, so that a
// vocabulary which is read can neither fail later nor grow beyond [MaxTokens]
// tokens of [MaxTokenBytes] bytes.
package text
