package table_test

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"

	"github.com/descent-ml/descent/data/table"
	"github.com/descent-ml/descent/tensor"
)

const flats = `area,rooms,city,built,rent
55,2,Rome,1971-05-01,700
80,3,Paris,1990-01-15,1450
,1,Paris,2004-11-30,900
120,5,Rome,?,1500
62,2,Rome,1965-03-20,750
95,4,Paris,2011-07-07,1800
`

func Example() {
	t, err := table.Read(strings.NewReader(flats), table.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	e := &table.Encoder{Target: "rent"}
	if err := e.Fit(t); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Print(e)
	// Output:
	// rent   target    regression, standardised: the target has 6 different whole numbers in 6 rows
	// area   number    standardised; missing values become 82.4 and have a feature
	// rooms  number    standardised
	// city   category  one-hot of 2
	// built  date      7 features: year, month (sine, cosine), day (sine, cosine), weekday (sine, cosine); missing values become 1988-08-08 and have a feature
}

// A table is a list of columns; where a value stands depends on their kind.
func ExampleTable() {
	t, _ := table.Read(strings.NewReader(flats), table.Options{})
	for _, c := range t.Columns {
		fmt.Println(c.Name, c.Kind, c.Value(0), c.Missing(2))
	}
	small := t.Take([]int{5, 0})
	fmt.Println(small.Columns[0].Numbers, small.Columns[2].Index, small.Columns[2].Names)
	// Output:
	// area number 55 true
	// rooms number 2 false
	// city category Rome false
	// built date 1971-05-01 false
	// rent number 700 false
	// [95 55] [0 1] [Paris Rome]
}

func ExampleColumn() {
	c := table.Column{
		Field: table.Field{Name: "city", Kind: table.Category},
		Names: []string{"Paris", "Rome"},
		Index: []int{1, 0, -1},
	}
	fmt.Println(c.Len(), c.Value(0), c.Value(1), c.Missing(2))
	// Output: 3 Rome Paris true
}

// Kinds of columns are detected, unless a field says otherwise.
func ExampleOptions() {
	file := "zip;grade\n00501;1,5\n10001;2,5\n"
	t, _ := table.Read(strings.NewReader(file), table.Options{})
	fmt.Println(t.Columns[0].Kind, t.Columns[0].Value(0), t.Columns[1].Value(0))

	t, _ = table.Read(strings.NewReader(file), table.Options{Fields: []table.Field{{Name: "zip", Kind: table.Category}}})
	fmt.Println(t.Columns[0].Kind, t.Columns[0].Value(0))

	_, err := table.Read(strings.NewReader(file), table.Options{Fields: []table.Field{{Name: "zap", Kind: table.Text}}})
	fmt.Println(err)
	_, err = table.Read(strings.NewReader("a,b\n1,2\n3\n"), table.Options{})
	fmt.Println(err)
	// Output:
	// number 501 1.5
	// category 00501
	// there is no column "zap"; the columns are "zip", "grade"
	// line 3: want 2 fields, got 1
}

// Chunks go through a file of any size in little memory.
func ExampleFile() {
	f, err := table.OpenReader("flats.csv", strings.NewReader(flats), table.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(f.Rows, "rows,", len(f.Fields), "columns")
	for t, err := range f.Chunks(4) {
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(t.Columns[4].Numbers)
	}
	// Output:
	// 6 rows, 5 columns
	// [700 1450 900 1500]
	// [750 1800]
}

// Predictions are written next to the rows that they belong to.
func ExampleFile_Extend() {
	f, _ := table.OpenReader("rooms.csv", strings.NewReader("rooms, \"city\"\n2,Rome\n3, Paris"), table.Options{})
	err := f.Extend(os.Stdout, 1000, func(t *table.Table) ([]table.Column, error) {
		rent := table.Column{Field: table.Field{Name: "rent_predicted", Kind: table.Number}}
		for _, rooms := range t.Columns[0].Numbers {
			rent.Numbers = append(rent.Numbers, 300*rooms+0.5)
		}
		return []table.Column{rent}, nil
	})
	fmt.Println(err)
	// Output:
	// rooms, "city",rent_predicted
	// 2,Rome,600.5
	// 3, Paris,900.5
	// <nil>
}

func ExampleWrite() {
	t := &table.Table{Columns: []table.Column{
		{Field: table.Field{Name: "name", Kind: table.Text}, Text: []string{`5" pipe`, ""}},
		{Field: table.Field{Name: "price", Kind: table.Number}, Numbers: []float64{0.1, 2e6}},
	}}
	_ = table.Write(os.Stdout, t)
	// Output:
	// name,price
	// "5"" pipe",0.1
	// ,2000000
}

func ExampleDescribe() {
	t, _ := table.Read(strings.NewReader(flats), table.Options{})
	fmt.Print(table.Describe(t))
	// Output:
	// 6 rows, 5 columns, 0 duplicate rows
	//
	// column  kind      count  missing  distinct        mean  deviation         min        25 %      median        75 %         max  outliers
	// area    number        5        1         5        82.4    26.1973          55          62          80          95         120         0
	// rooms   number        6        0         5     2.83333    1.47196           1           2         2.5        3.75           5         0
	// city    category      6        0         2
	// built   date          5        1         5  1988-08-08  7392 days  1965-03-20  1971-05-01  1990-01-15  2004-11-30  2011-07-07
	// rent    number        6        0         6     1183.33    458.984         700       787.5        1175      1487.5        1800         0
	//
	// city: Paris 3 (50.0 %), Rome 3 (50.0 %)
}

// The encoder of a classification gives labels and the names of their classes.
func ExampleEncoder() {
	file := "petal,species\n1.4,setosa\n4.7,versicolor\n1.3,setosa\n4.5,versicolor\n"
	t, _ := table.Read(strings.NewReader(file), table.Options{})
	e := &table.Encoder{Target: "species"}
	if err := e.Fit(t); err != nil {
		fmt.Println(err)
		return
	}
	saved, _ := json.Marshal(e) // with the model
	e = &table.Encoder{}
	if err := json.Unmarshal(saved, e); err != nil {
		fmt.Println(err)
		return
	}
	f, _ := table.OpenReader("new.csv", strings.NewReader("place,petal\nX,1.5\nY,5\n"), e.Options())
	err := f.Extend(os.Stdout, 1000, func(t *table.Table) ([]table.Column, error) {
		x, err := e.Apply(t)
		if err != nil {
			return nil, err
		}
		out := tensor.MatMul(x.X, tensor.New([]float32{-3, 3}, 1, 2)) // the model
		return e.Predicted(out, x), nil
	})
	fmt.Println(e.Classes(), err)
	// Output:
	// place,petal,species_predicted,species_probability
	// X,1.5,setosa,0.9956780623966284
	// Y,5,versicolor,0.9994293080079206
	// [setosa versicolor] <nil>
}

// A category becomes an index for an embedding, and missing numbers their median.
func ExampleRule() {
	t, _ := table.Read(strings.NewReader(flats), table.Options{})
	e := &table.Encoder{
		Rule:  table.Rule{Skip: true},
		Rules: map[string]table.Rule{"city": {Index: true}, "area": {Fill: table.FillMedian, Scale: table.ScaleMinMax}},
	}
	if err := e.Fit(t); err != nil {
		fmt.Println(err)
		return
	}
	x, err := e.Apply(t)
	fmt.Println(e.Features(), e.IndexColumns(), err)
	fmt.Printf("%.3f %v\n", x.X.At(2, 0), x.Index)
	// Output:
	// [area] [{city 3}] <nil>
	// 0.385 [[2 1 1 2 2 1]]
}

func ExampleGuessTask() {
	quality := table.Column{Field: table.Field{Name: "quality", Kind: table.Number}, Numbers: []float64{5, 6, 5, 7, 6, 5}}
	fmt.Println(table.GuessTask(&quality))
	price := table.Column{Field: table.Field{Name: "price", Kind: table.Number}, Numbers: []float64{5.5, 6.1, 5, 7}}
	fmt.Println(table.GuessTask(&price))
	// Output:
	// classification the target has 3 different whole numbers <nil>
	// regression the target has numbers with decimals <nil>
}
