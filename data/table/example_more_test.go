package table_test

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/descent-ml/descent/data"
	"github.com/descent-ml/descent/data/table"
	"github.com/descent-ml/descent/tensor"
)

// A kind has a name, also in JSON.
func ExampleKind() {
	b, _ := json.Marshal([]table.Kind{table.Number, table.Category, table.Date, table.Text})
	fmt.Println(string(b))
	// Output: ["number","category","date","text"]
}

// A date in a layout of its own needs a field that says so.
func ExampleField() {
	t, err := table.Read(strings.NewReader("day,n\n20240229,1\n20240301,2\n"), table.Options{
		Fields: []table.Field{{Name: "day", Kind: table.Date, Layout: "20060102"}},
	})
	fmt.Println(t.Columns[0].Numbers, t.Columns[0].Value(1), err)
	// Output: [1.7091648e+09 1.7092512e+09] 20240301 <nil>
}

// Whether the first line holds names is guessed; here, wrongly.
func ExampleHeader() {
	file := "1990,2000\n3.5,4.5\n"
	for _, h := range []table.Header{table.HeaderDetected, table.HeaderPresent} {
		t, _ := table.Read(strings.NewReader(file), table.Options{Header: h})
		fmt.Println(h, t.Columns[0].Name, t.Columns[0].Numbers)
	}
	// Output:
	// detected column_1 [1990 3.5]
	// present 1990 [3.5]
}

func ExampleReport() {
	t, _ := table.Read(strings.NewReader("x,c\n1,a\n2,b\n1,a\n,a\n"), table.Options{})
	r := table.Describe(t)
	fmt.Println(r.Rows, "rows,", r.Duplicates, "duplicate")
	fmt.Println(r.Columns[0].Missing, "missing,", r.Columns[1].Distinct, "different")
	// Output:
	// 4 rows, 1 duplicate
	// 1 missing, 2 different
}

func ExampleSummary() {
	t, _ := table.Read(strings.NewReader("x\n1.5\n2\n2\n3\n40\n"), table.Options{})
	s := table.Describe(t).Columns[0]
	fmt.Println(s.Mean, s.Min, s.Q1, s.Median, s.Q3, s.Max)
	fmt.Println(s.Outliers, "outlier")
	// Output:
	// 9.7 1.5 2 2 3 40
	// 1 outlier
}

func ExampleCount() {
	t, _ := table.Read(strings.NewReader("c\nb\na\nb\n"), table.Options{})
	for _, c := range table.Describe(t).Columns[0].Frequent {
		fmt.Println(c.Value, c.Count)
	}
	// Output:
	// b 2
	// a 1
}

// What stands in for a missing value.
func ExampleFill() {
	t, _ := table.Read(strings.NewReader("x\n1\n1\n4\n\"\"\n"), table.Options{})
	for _, fill := range []table.Fill{table.FillMean, table.FillMedian, table.FillMode} {
		e := &table.Encoder{Rule: table.Rule{Fill: fill, Scale: table.ScaleNone}}
		if err := e.Fit(t); err != nil {
			fmt.Println(err)
			return
		}
		x, _ := e.Apply(t)
		fmt.Println(fill, x.X.At(3, 0))
	}
	// Output:
	// mean 2
	// median 1
	// mode 1
}

func ExampleScale() {
	t, _ := table.Read(strings.NewReader("x\n1\n2\n3\n"), table.Options{})
	for _, scale := range []table.Scale{table.ScaleStandard, table.ScaleMinMax, table.ScaleNone} {
		e := &table.Encoder{Rule: table.Rule{Scale: scale}}
		if err := e.Fit(t); err != nil {
			fmt.Println(err)
			return
		}
		x, _ := e.Apply(t)
		fmt.Printf("%v: %.3f\n", scale, tensor.Values(x.X))
	}
	// Output:
	// standardised: [-1.225 0.000 1.225]
	// scaled to 0 … 1: [0.000 0.500 1.000]
	// as it is: [1.000 2.000 3.000]
}

// The size of an embedding, and the indices into it.
func ExampleIndexColumn() {
	t, _ := table.Read(strings.NewReader("city,x\nRome,1\nParis,2\nRome,3\n"), table.Options{})
	e := &table.Encoder{Rules: map[string]table.Rule{"city": {Index: true}}}
	if err := e.Fit(t); err != nil {
		fmt.Println(err)
		return
	}
	for _, c := range e.IndexColumns() {
		fmt.Println(c.Name, c.Size)
	}
	x, _ := e.Apply(t)
	fmt.Println(x.Index[0])
	// Output:
	// city 3
	// [2 1 2]
}

// The task may be set where the guess would be another.
func ExampleTask() {
	t, _ := table.Read(strings.NewReader("x,stars\n1,3\n2,4\n3,3\n4,4\n"), table.Options{})
	for _, task := range []table.Task{table.TaskDetected, table.Regression} {
		e := &table.Encoder{Target: "stars", Task: task}
		fmt.Println(e.Fit(t), e.Task, e.Classes())
	}
	// Output:
	// <nil> classification [3 4]
	// <nil> regression []
}

// One Encoded serves for chunk after chunk.
func ExampleEncoded() {
	f, _ := table.OpenReader("x.csv", strings.NewReader("x,y\n1,1.5\n2,2.5\n3,3.5\n"), table.Options{})
	e := &table.Encoder{Target: "y", Rule: table.Rule{Scale: table.ScaleMinMax}}
	if err := e.FitEach(f.Chunks(2)); err != nil {
		fmt.Println(err)
		return
	}
	var x table.Encoded
	for t, err := range f.Chunks(2) {
		if err != nil {
			fmt.Println(err)
			return
		}
		if err := e.ApplyWithTarget(&x, t); err != nil {
			fmt.Println(err)
			return
		}
		fmt.Printf("%v %.3f\n", tensor.Values(x.X), e.Values(x.Y))
	}
	// Output:
	// [0 0.5] [1.500 2.500]
	// [1] [3.500]
}

// Examples of a table are a set for a loader.
func ExampleEncoder_Examples() {
	t, _ := table.Read(strings.NewReader("x,c\n1,a\n2,b\n3,a\n4,b\n"), table.Options{})
	e := &table.Encoder{Target: "c"}
	if err := e.Fit(t); err != nil {
		fmt.Println(err)
		return
	}
	set, err := e.Examples(t)
	if err != nil {
		fmt.Println(err)
		return
	}
	loader := &data.Loader[data.Batch]{Set: set, Batch: 2}
	for b, err := range loader.Epoch() {
		fmt.Println(b.X.Shape(), b.Labels, err)
	}
	// Output:
	// [2 1] [0 1] <nil>
	// [2 1] [0 1] <nil>
}
