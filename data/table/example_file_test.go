package table_test

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"

	"github.com/descent-ml/descent/data/table"
	"github.com/descent-ml/descent/tensor"
)

// A file on the disk is opened, and then read as a whole or in part.
func ExampleOpen() {
	dir, _ := os.MkdirTemp("", "table")
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "flats.csv")
	_ = os.WriteFile(path, []byte(flats), 0o600)

	f, err := table.Open(path, table.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	all, err := f.Read()
	fmt.Println(f.Rows, all.Len(), err)
	some, every, err := f.Sample(2)
	fmt.Println(some.Len(), every, err)

	same, err := table.ReadFile(path, table.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	rent, err := same.Column("rent")
	fmt.Println(rent.Numbers, err)
	// Output:
	// 6 6 <nil>
	// 2 3 <nil>
	// [700 1450 900 1500 750 1800] <nil>
}

// Numbers may be classes.
func ExampleColumn_ToCategory() {
	c := table.Column{Field: table.Field{Name: "stars", Kind: table.Number}, Numbers: []float64{5, 3, math.NaN(), 5}}
	classes := c.ToCategory()
	fmt.Println(classes.Names, classes.Index)
	// Output: [3 5] [1 0 -1 1]
}

// An encoder may be told all that it would detect.
func ExampleRule_fill() {
	t, err := table.Read(strings.NewReader("1,a\n?,b\n3,a\n,b\n"), table.Options{
		Header: table.HeaderAbsent, Missing: table.DefaultMissing(),
		Fields: []table.Field{{Name: "column_1", Kind: table.Detected}},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, rule := range []table.Rule{
		{Fill: table.FillDetected, Scale: table.ScaleNone},
		{Fill: table.FillConstant, Constant: "9", Scale: table.ScaleNone},
		{Fill: table.FillDrop, Scale: table.ScaleNone},
	} {
		e := &table.Encoder{Target: "column_2", Task: table.Classification, Rules: map[string]table.Rule{"column_1": rule}}
		if err := e.Fit(t); err != nil {
			fmt.Println(err)
			return
		}
		var x table.Encoded
		fmt.Println(e.ApplyTo(&x, t), e.Features(), tensor.Values(x.X))
	}
	// Output:
	// <nil> [column_1 column_1 missing] [1 0 2 1 3 0 2 1]
	// <nil> [column_1] [1 9 3 9]
	// <nil> [column_1] [1 3]
}

// Batches of a file that is larger than the memory.
func ExampleEncoder_Stream() {
	f, _ := table.OpenReader("x.csv", strings.NewReader("x,c\n1,a\n3,b\n1,a\n"), table.Options{})
	e := &table.Encoder{Target: "c"}
	if err := e.FitEach(f.Chunks(2)); err != nil {
		fmt.Println(err)
		return
	}
	for b, err := range e.Stream(f, 2).Epoch() {
		fmt.Println(b.X.Shape(), b.Labels, err)
	}
	// Output:
	// [2 1] [0 1] <nil>
	// [1 1] [0] <nil>
}

// A number that there is not is null.
func ExampleSummary_MarshalJSON() {
	t, _ := table.Read(strings.NewReader("c\nb\na\nb\n"), table.Options{})
	b, err := json.Marshal(table.Describe(t).Columns[0])
	fmt.Println(strings.Contains(string(b), `"mean":null`), err)
	// Output: true <nil>
}

// Limits of the files that are read.
func Example_limits() {
	fmt.Println(table.MaxRecord>>20, "MiB in a record,", table.MaxColumns, "columns,", int64(table.MaxFields)>>30, "billion fields in memory")
	fmt.Println(table.MaxCategories, "names in a category unasked,", table.MaxNames, "in all,", table.MaxClasses, "classes")
	// Output:
	// 1 MiB in a record, 65536 columns, 2 billion fields in memory
	// 1000 names in a category unasked, 1048576 in all, 65536 classes
}
