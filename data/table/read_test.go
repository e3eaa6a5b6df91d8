package table

import (
	"bytes"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/descent-ml/descent/tensor"
)

func read(t *testing.T, file string, o Options) *Table {
	t.Helper()
	tab, err := Read(strings.NewReader(file), o)
	require.NoError(t, err)
	return tab
}

// texts returns the values of the table as texts.
func texts(tab *Table) [][]string {
	var rows [][]string
	for row := range tab.Len() {
		var values []string
		for i := range tab.Columns {
			values = append(values, tab.Columns[i].Value(row))
		}
		rows = append(rows, values)
	}
	return rows
}

func fieldsOf(tab *Table) string {
	var b strings.Builder
	for _, c := range tab.Columns {
		fmt.Fprintf(&b, "%s %v %s;", c.Name, c.Kind, c.Layout)
	}
	return strings.ReplaceAll(b.String(), " ;", ";")
}

func TestDialects(t *testing.T) {
	for _, c := range []struct{ name, file, fields, values string }{
		{"comma", "a,b\n1,x\n2,y\n", "a number;b category;", "[[1 x] [2 y]]"},
		{"CR LF", "a,b\r\n1,x\r\n2,y\r\n", "a number;b category;", "[[1 x] [2 y]]"},
		{"no last line end", "a,b\n1,x\n2,y", "a number;b category;", "[[1 x] [2 y]]"},
		{"byte order mark", bom + "a,b\n1,x\n2,y", "a number;b category;", "[[1 x] [2 y]]"},
		{"byte order mark and quotes", bom + "\"a\",b\n1,x\n2,y", "a number;b category;", "[[1 x] [2 y]]"},
		{"semicolon, decimal comma", "a;b\n1,5;x\n2,5;y\n", "a number;b category;", "[[1.5 x] [2.5 y]]"},
		{"semicolon, decimal point", "a;b\n1.5;x\n2.5;y\n", "a number;b category;", "[[1.5 x] [2.5 y]]"},
		{"comma or semicolon", "a,b;c;d\n1,2;3;x\n5,6;7;y\n", "a,b number;c number;d category;", "[[1.2 3 x] [5.6 7 y]]"},
		{"tab", "a\tb\n1\tx, y\n2\ty\n", "a number;b category;", "[[1 x, y] [2 y]]"},
		{"bar", "a|b\n1|x;\n2|y;\n", "a number;b category;", "[[1 x;] [2 y;]]"},
		{"comma in quotes", "a;b\n\"1,2,3\";x\n\"2,3,4\";y\n", "a category;b category;", "[[1,2,3 x] [2,3,4 y]]"},
		{"spaces", "a, b\n 1 , \"x \" \n2,\ty\n", "a number;b category;", "[[1 x ] [2 y]]"},
		{"blank lines", "\na,b\n\n1,x\n  \n2,y\n\n", "a number;b category;", "[[1 x] [2 y]]"},
		{"quotes within", "a,b\n1,x\"y\"\n2,\"\"\"\"\n", "a number;b category;", "[[1 x\"y\"] [2 \"]]"},
		{"line ends within", "a,b\n1,\"x\n\ny\"\n2,\"\r\n\"\n", "a number;b category;", "[[1 x\n\ny] [2 \r\n]]"},
		{"one column", "a\n1\n2\n", "a number;", "[[1] [2]]"},
		{"one column with a gap", "a\n1\n\"\"\n3\n", "a number;", "[[1] [] [3]]"},
		{"header alone", "a,b\n", "a text;b text;", "[]"},
		{"no header", "1.5,x\n2.5,y\n", "column_1 number;column_2 category;", "[[1.5 x] [2.5 y]]"},
		{"no header, numbers alone", "1,2\n2,3\n", "column_1 number;column_2 number;", "[[1 2] [2 3]]"},
		{"header with numbers", "x,2019,2020\n1,2,3\n", "x number;2019 number;2020 number;", "[[1 2 3]]"},
		{"texts alone", "a,b\nx,y\n", "a category;b category;", "[[x y]]"},
		{"names", ",a,a,, a ,a.1\n1,2,3,4,5,6\n", "column_1 text;a number;a.2 number;column_4 number;a.3 number;a.1 number;", "[[1 2 3 4 5 6]]"},
	} {
		tab := read(t, c.file, Options{})
		require.Equal(t, c.fields, fieldsOf(tab), c.name)
		require.Equal(t, c.values, fmt.Sprint(texts(tab)), c.name)
	}
}

func TestKinds(t *testing.T) {
	var many, few, names strings.Builder
	many.WriteString("a,b\n")
	for i := range 2 * (MaxCategories + 1) {
		fmt.Fprintf(&many, "x%d,y\n", i/2)
	}
	few.WriteString("a,b\n")
	names.WriteString("a,b\n")
	for i := range 22 {
		fmt.Fprintf(&few, "x%d,y\n", i/2)
		fmt.Fprintf(&names, "x%d,y\n", i*2/3)
	}
	for _, c := range []struct{ name, file, fields string }{
		{"numbers", "a\n1\n-2.5\n+.5\n1e-3\n5.\nInf\n-infinity\n1e999\n", "a number;"},
		{"no numbers", "a\n1\n2\nx\n", "a category;"},
		{"missing words", "a\nNA\nn/a\n?\nNaN\nNULL\n1\n \n-\n", "a number;"},
		{"nothing", "a,b\n,1\n,2\n", "a text;b number;"},
		{"many texts", many.String(), "a text;b category;"},
		{"11 texts twice", few.String(), "a category;b category;"},
		{"more texts than half the rows", names.String(), "a text;b category;"},
		{"identifiers", "id,PassengerId,row_id,index,paid,x_id\n7,1,1,0,1,1\n3,2,5,1,2,1\n", "id text;PassengerId text;row_id text;index text;paid number;x_id number;"},
		{"no whole numbers", "id,x_id\n1.5,1\n2,2.5\n", "id number;x_id number;"},
		{"true and false", "a\ntrue\nfalse\n", "a category;"},
		{"ISO dates", "a\n2020-01-31\n?\n", "a date 2006-01-02;"},
		{"ISO times", "a\n2020-01-31T10:20:30.5\n", "a date 2006-01-02T15:04:05;"},
		{"ISO zones", "a\n2020-01-31T10:20:30Z\n2020-01-31T10:20:30+02:00\n", "a date 2006-01-02T15:04:05Z07:00;"},
		{"month first", "a\n1/2/2020\n12/13/2020\n", "a date 1/2/2006;"},
		{"day first", "a\n1/2/2020\n13/12/2020\n", "a date 2/1/2006;"},
		{"either first", "a\n1/2/2020\n", "a date 1/2/2006;"},
		{"neither", "a\n12/13/2020\n13/12/2020\n", "a category;"},
		{"points", "a\n31.12.2020 23:59\n", "a date 2.1.2006 15:04;"},
		{"words", "a\n\"Jan 2, 2020\"\n\"Dec 13, 2020\"\n", "a date Jan 2, 2006;"},
		{"days and numbers", "a\n2020-01-01\n20200101\n", "a category;"},
	} {
		require.Equal(t, c.fields, fieldsOf(read(t, c.file, Options{Header: HeaderPresent})), c.name)
	}
}

func TestOptionsOverrule(t *testing.T) {
	tab := read(t, "a,b\n1,2\n", Options{Header: HeaderAbsent})
	require.Equal(t, "column_1 category;column_2 category;", fieldsOf(tab))
	tab = read(t, "1,2\n3,4\n", Options{Header: HeaderPresent})
	require.Equal(t, "1 number;2 number;", fieldsOf(tab))
	tab = read(t, "a;b#c;d\n1;2#3;4\n", Options{Separator: '#'})
	require.Equal(t, "a;b category;c;d category;", fieldsOf(tab))
	tab = read(t, "a\n1,5\n", Options{Decimal: ','})
	require.Equal(t, []float64{1.5}, tab.Columns[0].Numbers)
	tab = read(t, "a;b\n1,5;1\n", Options{Decimal: '.'})
	require.Equal(t, Category, tab.Columns[0].Kind)

	tab = read(t, "a,b\nx,0\nNone,-9\n, 1\n", Options{Missing: []string{"-9"}})
	require.Equal(t, "[[x 0] [None ] [ 1]]", fmt.Sprint(texts(tab)))
	tab = read(t, "a,b\nx,0\nNA,1\n", Options{Missing: []string{}})
	require.Equal(t, "[[x 0] [NA 1]]", fmt.Sprint(texts(tab)))

	file := "a,b,c,d\n1,20200102,3,x\n1,20200103,4,y\n"
	tab = read(t, file, Options{Fields: []Field{{Name: "a", Kind: Category}, {Name: "b", Kind: Date, Layout: "20060102"}, {Name: "c", Kind: Text}, {Name: "d", Kind: Text}}})
	require.Equal(t, "a category;b date 20060102;c text;d text;", fieldsOf(tab))
	require.Equal(t, "[[1 20200102 3 x] [1 20200103 4 y]]", fmt.Sprint(texts(tab)))
	require.Equal(t, float64(18263*day), tab.Columns[1].Numbers[0])

	tab = read(t, "n\n10\n9\nx\n", Options{})
	require.Equal(t, []string{"10", "9", "x"}, tab.Columns[0].Names)
	tab = read(t, "n\n10\n9\n9.5\n", Options{Fields: []Field{{Name: "n", Kind: Category}}})
	require.Equal(t, []string{"9", "9.5", "10"}, tab.Columns[0].Names, "names that are numbers are in their order")
}

// The first line may be longer than what most files are judged by.
func TestWideFiles(t *testing.T) {
	names, values := make([]string, 20_000), make([]string, 20_000)
	for i := range names {
		names[i], values[i] = fmt.Sprint("gene ", i), fmt.Sprint(i)
	}
	for _, separator := range []string{",", "\t", ";"} {
		head, row := strings.Join(names, separator), strings.Join(values, separator)
		tab := read(t, head+"\n"+row+"\n"+row+"\n", Options{})
		require.Len(t, tab.Columns, len(names))
		require.Equal(t, Field{Name: "gene 7", Kind: Number}, tab.Columns[7].Field)
		tab = read(t, row+"\n"+row+"\n", Options{})
		require.Equal(t, Field{Name: "column_8", Kind: Number}, tab.Columns[7].Field)
		require.Equal(t, []float64{7, 7}, tab.Columns[7].Numbers)
	}
}

func TestOpenReadsPipes(t *testing.T) {
	r, w, err := os.Pipe()
	require.NoError(t, err)
	go func() {
		_, _ = io.WriteString(w, "a,b\n1,2\n")
		w.Close()
	}()
	defer r.Close()
	path := fmt.Sprintf("/dev/fd/%d", r.Fd())
	if _, err := os.Stat(path); err != nil {
		path = filepath.Join(t.TempDir(), "file")
		require.NoError(t, os.WriteFile(path, []byte("a,b\n1,2\n"), 0o600))
	}
	tab, err := ReadFile(path, Options{})
	require.NoError(t, err)
	require.Equal(t, []float64{2}, tab.Columns[1].Numbers)
}

func TestTable(t *testing.T) {
	tab := read(t, "a,b,c,d\n1,x,2020-01-02,u\n2,y,2020-01-03,v\n3,x,,w\n", Options{Fields: []Field{{Name: "d", Kind: Text}}})
	require.Equal(t, "[[3 x  w] [1 x 2020-01-02 u] [3 x  w]]", fmt.Sprint(texts(tab.Take([]int{2, 0, 2}))))
	require.Zero(t, (&Table{}).Len())
	require.PanicsWithError(t, "take: row 3 is out of range for 3 rows", func() { tab.Take([]int{3}) })
	require.PanicsWithError(t, "take: row -1 is out of range for 3 rows", func() { tab.Take([]int{-1}) })
	tab.Columns[0].Numbers = tab.Columns[0].Numbers[:1]
	require.PanicsWithError(t, `table: column "a" has 1 rows and column "b" has 3`, func() { tab.Len() })
	var shape *tensor.ShapeError
	defer func() { require.ErrorAs(t, recover().(error), &shape) }()
	tab.Len()
}

// What Write writes, Read reads again.
func TestWriteAndRead(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		n, tab := rapid.IntRange(0, 5).Draw(r, "rows"), &Table{}
		for i := range rapid.IntRange(1, 4).Draw(r, "columns") {
			c := Column{Field: Field{Name: fmt.Sprintf("%d%s", i, rapid.SampledFrom([]string{"", ",", "\n", `"`, ";;"}).Draw(r, "name")), Kind: Kind(rapid.IntRange(1, 4).Draw(r, "kind"))}}
			text := rapid.StringOf(rapid.SampledFrom([]rune(",;\"\r\n\t |xä\ufeffe1-?")))
			for range n {
				x := rapid.Float64().Draw(r, "x")
				switch c.Kind {
				case Number:
					c.Numbers = append(c.Numbers, rapid.SampledFrom([]float64{x, math.NaN(), math.Inf(-1), math.Trunc(x)}).Draw(r, "number"))
				case Date:
					c.Layout = "2006-01-02T15:04:05Z07:00"
					c.Numbers = append(c.Numbers, math.Trunc(math.Mod(x, 1e10)))
				default:
					c.Text = append(c.Text, text.Draw(r, "text"))
				}
			}
			if c.Kind == Category {
				c.Kind = Text
				c = c.ToCategory()
			}
			tab.Columns = append(tab.Columns, c)
		}
		var out bytes.Buffer
		require.NoError(r, Write(&out, tab))
		var fields []Field
		for _, c := range tab.Columns {
			fields = append(fields, c.Field)
		}
		again, err := Read(&out, Options{Separator: ',', Header: HeaderPresent, Missing: []string{}, Fields: fields})
		require.NoError(r, err)
		require.Equal(r, texts(tab), texts(again))
	})
}

func TestWriteErrors(t *testing.T) {
	tab := numbersOf("x", make([]float64, 5000))
	r, w := io.Pipe()
	r.Close()
	require.ErrorIs(t, Write(w, tab), io.ErrClosedPipe)
	require.ErrorIs(t, Write(w, numbersOf("x", nil)), io.ErrClosedPipe)
}
