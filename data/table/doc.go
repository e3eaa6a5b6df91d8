// Package table reads columns of data, describes them, and makes of them what a
// model learns from.
//
// A [Table] is a list of columns: numbers, categories, dates and texts. It comes
// from a CSV file, whose separator, header and kinds of columns are detected.
// [Describe] tells what is in it. An [Encoder] turns it into a matrix of features
// and a target:
//
//	t, err := table.ReadFile("houses.csv", table.Options{})
//	fmt.Println(table.Describe(t))
//	train, test := t.Take(rows[:800]), t.Take(rows[800:])
//	e := &table.Encoder{Target: "price"}
//	err = e.Fit(train)
//	fmt.Println(e) // what was chosen
//	x, err := e.Apply(train) // x.X is [800 features]
//
// A saved model needs the encoder, too: json.Marshal(e) holds all that it has
// learned. To predict, read a file with [Encoder.Options], and let [File.Extend]
// write it again with the columns of [Encoder.Predicted].
//
// # Learn from the training part only
//
// The mean of a column, by which a missing value is replaced, is learned just as
// a weight is. If the rows that test the model have a part in it, the test knows
// something of its own answers, and what it measures is too good. Hence Fit sees
// the training part, and Apply treats any other rows with what Fit has learned,
// down to the names of categories: one that occurs in the test alone was never
// learned from, and its features are 0.
//
// # Why scale
//
// Gradient descent takes one step for all weights. The gradient of a weight is
// proportional to its feature: where one feature counts thousands of metres and
// another a few rooms, a step that suits one weight is a thousand times wrong for
// the other. Standardised features have mean 0 and deviation 1, and one step
// suits all. The target of a regression is standardised for the same reason: the
// outputs of a new net are about 1. [Encoder.Values] undoes it.
//
// # Names are not numbers
//
// To number Rome 1 and Paris 2 would say that Paris is twice Rome. One-hot
// features say no more than that they differ. Where names are many, an index into
// an embedding (Rule.Index) is smaller: a matrix of which each row is learned, and
// stands for one name. In the same way, month 12 and month 1 are neighbours, which
// their numbers hide and a sine and a cosine show.
//
// # CSV
//
// Files are read as RFC 4180 has it, and a little more: fields are separated by
// comma, semicolon, tab or bar; records end with LF or CR LF; blank lines are
// passed over, as are a byte order mark and spaces around a field that has no
// quotes. Within quotes, a quote is doubled, and line ends count as text. All
// records must have the same number of fields. The text must be UTF-8; UTF-16,
// compressed files and workbooks are told by their first bytes and refused.
//
// Files come from outside. Every fault is an error that names the file, the line
// and the column. Memory is taken only for what has arrived, a record is
// [MaxRecord] bytes at most, and there are limits on columns and categories.
//
// A file is read two or three times: to learn the kinds of columns, to collect the
// names of categories, and for the values. A file larger than the memory is
// read by [Open], which keeps no rows, and [File.Chunks].
package table
