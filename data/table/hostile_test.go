package table

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf16"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/internal/allocs"
)

func utf16Bytes(s string, big bool, mark bool) string {
	var b []byte
	if mark {
		s = "\ufeff" + s
	}
	for _, u := range utf16.Encode([]rune(s)) {
		if big {
			b = append(b, byte(u>>8), byte(u))
		} else {
			b = append(b, byte(u), byte(u>>8))
		}
	}
	return string(b)
}

func zipped(s string) string {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	z.Write([]byte(s))
	z.Close()
	return b.String()
}

// wide returns n columns of names and a row of numbers.
func wide(n int) string {
	return strings.Repeat("a,", n-1) + "a\n" + strings.Repeat("1,", n-1) + "1\n"
}

var number = []Field{{Name: "b", Kind: Number}}

// hostile are files that are refused, and what the error says.
var hostile = []struct {
	name, file string
	o          Options
	want       string
}{
	{"empty", "", Options{}, "the file is empty"},
	{"blank lines", "\n\r\n  \n\n", Options{}, "the file is empty"},
	{"byte order mark alone", bom, Options{}, "the file is empty"},
	{"UTF-16 little endian", utf16Bytes("a,b\n1,2\n", false, true), Options{}, "the file is UTF-16 (it begins with ff fe)"},
	{"UTF-16 big endian", utf16Bytes("a,b\n1,2\n", true, true), Options{}, "the file is UTF-16 (it begins with fe ff)"},
	{"UTF-16 without mark", utf16Bytes("a,b\n1,2\n", false, false), Options{}, "line 1, character 2: there is a zero byte"},
	{"UTF-16 big endian without mark", utf16Bytes("a,b\n1,2\n", true, false), Options{}, "line 1, character 1: there is a zero byte"},
	{"UTF-32", "\xff\xfe\x00\x00a\x00\x00\x00", Options{}, "the file is UTF-16"},
	{"gzip", zipped("a,b\n1,2\n"), Options{}, "compressed with gzip"},
	{"zip", "PK\x03\x04\x14\x00", Options{}, "zip archive or a workbook"},
	{"xls", "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", Options{}, "workbook (xls)"},
	{"zeros", strings.Repeat("\x00", 1000), Options{}, "line 1, character 1: there is a zero byte"},
	{"zero in the middle", "a,b\n1,2\n3,\x00\n", Options{}, "line 3, character 3: there is a zero byte"},
	{"zero in quotes", "a,b\n1,\"x\ny\x00\"\n", Options{}, "line 3, character 2: there is a zero byte"},
	{"Latin-1", "name,x\nK\xf6ln,1\n", Options{}, "line 2, character 2: the byte 0xf6 is not UTF-8"},
	{"cut character", "a,b\n1,\xe2\x82\n", Options{}, "line 2, character 3: the byte 0xe2 is not UTF-8"},
	{"overlong encoding", "a,b\n1,\xc0\xaf\n", Options{}, "line 2, character 3: the byte 0xc0 is not UTF-8"},
	{"surrogate", "a,b\n1,\xed\xa0\x80\n", Options{}, "line 2, character 3: the byte 0xed is not UTF-8"},
	{"old Macintosh", "a,b\r1,2\r3,4\r", Options{}, "line 1, character 4: there is a carriage return without a line feed"},
	{"carriage return in a field", "a,b\n1,x\ry\n", Options{}, "line 2, character 4: there is a carriage return"},
	{"two carriage returns", "a,b\r\r\n1,2\r\r\n", Options{}, "line 1, character 4: there is a carriage return"},
	{"quote that stays open", "a,b\n1,\"x\n2,y\n3,z\n", Options{}, "line 2, character 3: the quote that opens the field is never closed: unexpected EOF"},
	{"quote at the end", "a,b\n1,\"", Options{}, "line 2, character 3: the quote that opens the field is never closed"},
	{"quote that opens a book", "a,b\n1,\"" + strings.Repeat("line\n", MaxRecord/5+9), Options{}, fmt.Sprintf("line 2, character 3: the quote that opens the field is not closed within %d bytes", MaxRecord)},
	{"odd number of quotes", "a,b\n1,\"\"\"\n2,3\n", Options{}, "line 2, character 3: the quote that opens the field is never closed"},
	{"text after a quote", "a,b\n1,\"x\"y\n", Options{}, "line 2, character 6: there is text after the quote that closes the field"},
	{"quote after a quote", "a,b\n1,\"x\" \"y\"\n", Options{}, "line 2, character 7: there is text after the quote"},
	{"quoted lines, then a fault", "a,b\n1,\"x\n\n\"y\n", Options{}, "line 4, character 2: there is text after the quote"},
	{"long line", "a,b\n" + strings.Repeat("x", MaxRecord+1) + ",1\n", Options{}, fmt.Sprintf("line 2: the line is longer than %d bytes", MaxRecord)},
	{"no line at all", strings.Repeat("x", 5*MaxRecord), Options{}, "line 1: the line is longer than"},
	{"fewer fields", "a,b\n1,2\n3\n", Options{}, "line 3: want 2 fields, got 1"},
	{"more fields", "a,b\n1,2\n\n3,4,5\n", Options{}, "line 4: want 2 fields, got 3"},
	{"trailing separator", "a,b\n1,2,\n", Options{}, "line 2: want 2 fields, got 3"},
	{"more fields after quoted lines", "a,b\n\"1\n\n\",2\n3,4,5\n", Options{}, "line 5: want 2 fields, got 3"},
	{"many columns", wide(MaxColumns + 1), Options{}, fmt.Sprintf("the record has more than %d fields", MaxColumns)},
	{"many columns in a row", "a,b\n" + strings.Repeat(",", MaxColumns+7) + "\n", Options{}, fmt.Sprintf("line 2, character %d: the record has more than %d fields", MaxColumns+1, MaxColumns)},
	{"no number", "a,b\n1,2\n3,four\n", Options{Fields: number}, `line 3, column 2 ("b"): want a number, got "four"`},
	{"no number after quoted lines", "a,b\n\"1\n2\",four\n", Options{Fields: number}, `line 3, column 2 ("b"): want a number, got "four"`},
	{"hexadecimal", "a,b\n1,0x10\n", Options{Fields: number}, `want a number, got "0x10"`},
	{"underscores", "a,b\n1,1_000\n", Options{Fields: number}, `want a number, got "1_000"`},
	{"thousands", "a;b\n1;1.000,5\n", Options{Fields: number}, `want a number, got "1.000,5"`},
	{"two points", "a,b\n1,1.2.3\n", Options{Fields: number}, `want a number, got "1.2.3"`},
	{"long number", "a,b\n1," + strings.Repeat("9", 500) + "\n", Options{Fields: number}, `want a number, got "999`},
	{"decimal comma", "a,b\n1,\"2,5\"\n", Options{Fields: number}, `want a number, got "2,5"`},
	{"control characters", "a,b\n1,\x1b[2J\n", Options{Fields: number}, `got "\x1b[2J"`},
	{"megabyte in a message", "a,b\n1," + strings.Repeat("x", 500_000) + "\n", Options{Fields: number}, "(500000 bytes)"},
	{"no date", "a,b\n1,2020-01-01\n2,2020-02-30\n", Options{Fields: []Field{{Name: "b", Kind: Date}}}, `line 3, column 2 ("b"): want a date, got "2020-02-30"`},
	{"another layout", "a,b\n1,2020-01-01\n2,1.2.2020\n", Options{Fields: []Field{{Name: "b", Kind: Date}}}, `line 3, column 2 ("b"): want a date, got "1.2.2020"`},
	{"date out of its layout", "a,b\n1,2020-13-01\n", Options{Fields: []Field{{Name: "b", Kind: Date, Layout: "2006-01-02"}}}, `want a date like 2006-01-02, got "2020-13-01"`},
	{"layout of no date", "a,b\n1,x\n", Options{Fields: []Field{{Name: "b", Kind: Date, Layout: "when"}}}, `want a date like when, got "x"`},
	{"no such column", "a,b\n1,2\n", Options{Fields: []Field{{Name: "c", Kind: Number}}}, `there is no column "c"; the columns are "a", "b"`},
	{"no such column of many", wide(50), Options{Fields: []Field{{Name: "c", Kind: Number}}}, "and 30 more"},
	{"column twice", "a,b\n1,2\n", Options{Fields: []Field{{Name: "a"}, {Name: "a"}}}, `column "a" stands twice`},
	{"layout of a number", "a,b\n1,2\n", Options{Fields: []Field{{Name: "a", Kind: Number, Layout: "2006"}}}, "has the layout of a date, but its kind is number"},
	{"kind", "a,b\n1,2\n", Options{Fields: []Field{{Name: "a", Kind: 77}}}, "there is no kind 77"},
	{"separator", "a,b\n1,2\n", Options{Separator: '"'}, `the separator is "\""`},
	{"separator of two bytes", "a,b\n1,2\n", Options{Separator: 0xe9}, "the separator is"},
	{"separator and digit", "a1b\n112\n", Options{Separator: '1'}, "the separator is"},
	{"decimal mark", "a,b\n1,2\n", Options{Decimal: 'x'}, "the decimal mark is"},
	{"decimal mark and separator", "a,b\n1,2\n", Options{Decimal: ',', Separator: ','}, "both the separator and the decimal mark"},
}

func TestHostileFiles(t *testing.T) {
	require.GreaterOrEqual(t, len(hostile), 55)
	for _, c := range hostile {
		tab, err := Read(strings.NewReader(c.file), c.o)
		require.ErrorContains(t, err, c.want, c.name)
		require.Nil(t, tab, c.name)
		require.Less(t, len(err.Error()), 1000, c.name)
		require.NotContains(t, err.Error(), "\x1b", c.name)

		path := filepath.Join(t.TempDir(), "data.csv")
		require.NoError(t, os.WriteFile(path, []byte(c.file), 0o600))
		_, err = ReadFile(path, c.o)
		require.ErrorContains(t, err, c.want, c.name)
		require.ErrorContains(t, err, "data.csv: ", c.name)
	}
}

func TestFilesThatCannotBeRead(t *testing.T) {
	_, err := ReadFile(filepath.Join(t.TempDir(), "none.csv"), Options{})
	require.ErrorIs(t, err, os.ErrNotExist)
	_, err = ReadFile(t.TempDir(), Options{})
	require.Error(t, err)
	fire := errors.New("the disk is on fire")
	_, err = Read(iotest.ErrReader(fire), Options{})
	require.ErrorIs(t, err, fire)

	// A file that changes between its passes.
	for _, second := range []string{"a,b\n", "a,b\nx,1\ny,z\n", "a,b\nx,1\nw,2\n", "a,b\nx,1\ny\n", ""} {
		files := []string{"a,b\nx,1\ny,2\n", "a,b\nx,1\ny,2\n", "a,b\nx,1\ny,2\n", second}
		f, err := learn("x.csv", func() (io.ReadCloser, error) {
			r := io.NopCloser(strings.NewReader(files[0]))
			files = files[1:]
			return r, nil
		}, Options{})
		require.NoError(t, err)
		_, err = f.Read()
		require.ErrorContains(t, err, "x.csv: ")
	}
}

// Every beginning of a file is read or refused, and nothing else.
func TestTruncatedFiles(t *testing.T) {
	file := bom + "id,name,when,x\r\n1,\"Köln \"\"am\r\nRhein\"\"\",2020-01-02,1.5e3\r\n2,, ?,-2\r\n3,a|b,2020-01-03,\r\n"
	refused := 0
	for n := range len(file) {
		tab, err := Read(strings.NewReader(file[:n]), Options{})
		if err != nil {
			require.NotEmpty(t, err.Error())
			refused++
			continue
		}
		require.LessOrEqual(t, tab.Len(), 3)
	}
	require.Greater(t, refused, 30)
	tab, err := Read(strings.NewReader(file), Options{})
	require.NoError(t, err)
	require.Equal(t, 3, tab.Len())
	require.Equal(t, "Köln \"am\r\nRhein\"", tab.Columns[1].Value(0))
}

// A table needs 8 bytes for a field, or 16 and its text; what is needed while it
// is read does not grow with the rows.
func TestMemoryIsBounded(t *testing.T) {
	const constant = 12 << 20
	for name, file := range map[string]string{
		"numbers":            "a,b\n" + strings.Repeat("1,2\n", 1<<18),
		"nothing but commas": strings.Repeat(",", 1<<10) + "\n" + strings.Repeat(strings.Repeat(",", 1<<10)+"\n", 1<<9),
		"wide":               wide(MaxColumns),
		"open quote":         "a,b\n1,\"" + strings.Repeat("x\n", 1<<22),
		"long line":          "a,b\n1," + strings.Repeat("x", 8<<20),
	} {
		path := filepath.Join(t.TempDir(), "f.csv")
		require.NoError(t, os.WriteFile(path, []byte(file), 0o600))
		fields := strings.Count(file, ",") + strings.Count(file, "\n")
		some := constant
		if name == "wide" {
			some += MaxColumns << 11 // for what is known of a column
		}
		n := allocs.Bytes(func() { _, _ = Open(path, Options{}) })
		require.Less(t, n, uint64(some), "learning: "+name)
		n = allocs.Bytes(func() { _, _ = ReadFile(path, Options{}) })
		require.Less(t, n, uint64(some+17*fields), name)
	}
	// Different texts are kept up to a limit.
	var many strings.Builder
	many.WriteString("a,b\n")
	for i := range 100_000 {
		fmt.Fprintf(&many, "%x,%x!\n", i, i)
	}
	path := filepath.Join(t.TempDir(), "f.csv")
	require.NoError(t, os.WriteFile(path, []byte(many.String()), 0o600))
	n := allocs.Bytes(func() {
		f, err := Open(path, Options{})
		require.NoError(t, err)
		require.Equal(t, Text, f.Fields[1].Kind)
	})
	require.Less(t, n, uint64(constant))
}

func FuzzRead(f *testing.F) {
	for _, c := range hostile {
		if len(c.file) < 1000 {
			f.Add([]byte(c.file), byte(0), byte(0))
		}
	}
	for _, s := range []string{
		"a,b\n1,2\n", "a;b\r\n1,5;x\r\n", "x\n\"\"\n", bom + "d,e\n2020-01-02,\"q\"\"q\"\n", "1,2\n3,4", "a\tb\n \"x\" \t?\n", "a,a,\n1,inf,\n",
	} {
		f.Add([]byte(s), byte(';'), byte(1))
	}
	f.Fuzz(func(t *testing.T, content []byte, separator, header byte) {
		o := Options{Separator: separator, Header: Header(header % 3)}
		file, err := OpenReader("", bytes.NewReader(content), o)
		if err != nil {
			require.NotEmpty(t, err.Error())
			return
		}
		tab, err := file.Read()
		require.NoError(t, err, "what was learned can be read")
		require.Equal(t, file.Rows, tab.Len())
		require.NotEmpty(t, Describe(tab).String())

		// Chunks have the same rows.
		at := 0
		for chunk, err := range file.Chunks(2) {
			require.NoError(t, err)
			for row := range chunk.Len() {
				for i := range chunk.Columns {
					require.Equal(t, tab.Columns[i].Value(at), chunk.Columns[i].Value(row))
				}
				at++
			}
		}
		require.Equal(t, file.Rows, at)

		// What is written is read again as the same table.
		var out bytes.Buffer
		require.NoError(t, Write(&out, tab))
		again, err := Read(&out, Options{Header: HeaderPresent, Separator: ',', Fields: file.Fields})
		require.NoError(t, err)
		require.Equal(t, tab.Len(), again.Len())
		for i := range tab.Columns {
			for row := range tab.Len() {
				require.Equal(t, tab.Columns[i].Value(row), again.Columns[i].Value(row))
			}
		}

		// An encoder learns from it, or says why not.
		e := &Encoder{Target: tab.Columns[len(tab.Columns)-1].Name}
		if err := e.Fit(tab); err != nil {
			require.NotEmpty(t, err.Error())
			return
		}
		saved, err := json.Marshal(e)
		require.NoError(t, err)
		loaded := &Encoder{}
		require.NoError(t, json.Unmarshal(saved, loaded))
		x, err := e.Apply(tab)
		require.NoError(t, err)
		y, err := loaded.Apply(tab)
		require.NoError(t, err)
		require.Equal(t, x.X.Shape(), y.X.Shape())
		require.Len(t, e.Features(), x.X.Dim(1))
	})
}
