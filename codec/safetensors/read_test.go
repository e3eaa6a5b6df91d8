package safetensors

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/internal/allocs"
	"github.com/descent-ml/descent/tensor"
)

// member is a tensor as a header describes it.
func member(name, dtype, shape, offsets string) string {
	return fmt.Sprintf(`"%s":{"dtype":"%s","shape":%s,"data_offsets":%s}`, name, dtype, shape, offsets)
}

// members is a file with the given members and n bytes of data.
func members(n int, list ...string) []byte {
	return raw("{"+strings.Join(list, ",")+"}", make([]byte, n)...)
}

// hostile are files with a fault, and the message of Read for each.
var hostile = []struct {
	name string
	file []byte
	want string
}{
	{"empty", nil, "want a header length of 8 bytes, got 0: unexpected EOF"},
	{"length cut", []byte{1, 0, 0}, "want a header length of 8 bytes, got 3: unexpected EOF"},
	{"length 0", raw(""), `want a header that begins with '{', got ""`},
	{"length too large", []byte("\x01\xe1\xf5\x05\x00\x00\x00\x00{}"), "header length 100000001 is more than 100000000: not a safetensors file"},
	{"length huge", []byte("\xff\xff\xff\xff\xff\xff\xff\xff{}"), "header length 18446744073709551615 is more than 100000000: not a safetensors file"},
	{"header cut", []byte("\x09\x00\x00\x00\x00\x00\x00\x00{}"), "want a header of 9 bytes, got 2: unexpected EOF"},

	{"leading space", raw(" {}"), `want a header that begins with '{', got " {}"`},
	{"array", raw("[]"), `want a header that begins with '{', got "[]"`},
	{"not UTF-8", raw("{\"\xff\":{}}"), "the header is not valid UTF-8"},
	{"no end", raw("{"), "header byte 1: want a name in quotes, the header ends"},
	{"text at the end", raw("{} x"), "header byte 3: want nothing after the last '}', got 'x'"},
	{"zero at the end", raw("{}\x00"), `header byte 2: want nothing after the last '}', got '\x00'`},
	{"two headers", raw("{}{}"), "header byte 2: want nothing after the last '}', got '{'"},
	{"comma at the end", raw(`{"__metadata__":{},}`), "header byte 19: want a name in quotes, got '}'"},
	{"no comma", raw(`{"__metadata__":{} "a":{}}`), `header byte 19: want ',' or '}', got '"'`},
	{"no colon", raw(`{"a" {}}`), "header byte 5: want ':', got '{'"},
	{"no quotes", raw(`{a:{}}`), "header byte 1: want a name in quotes, got 'a'"},
	{"open string", raw(`{"a`), "header byte 3: a string has no closing quote"},
	{"control character", raw("{\"a\n\":{}}"), "header byte 3: a string holds the control character 0x0a"},
	{"unknown escape", raw(`{"\x":{}}`), "header byte 2: a backslash that escapes nothing"},
	{"short escape", raw(`{"\u12`), `header byte 2: \u without four hexadecimal digits`},
	{"escape without digits", raw(`{"\u12g4":{}}`), `header byte 2: \u without four hexadecimal digits`},
	{"high surrogate alone", raw(`{"\ud83d":{}}`), "header byte 2: half of a surrogate pair"},
	{"low surrogate alone", raw(`{"\udd25\ud83d":{}}`), "header byte 2: half of a surrogate pair"},

	{"name twice", members(8, member("a", "F32", "[1]", "[0,4]"), member("a", "F32", "[1]", "[4,8]")), `header byte 54: the name "a" occurs twice`},
	{"name twice, escaped", members(8, member("a", "F32", "[1]", "[0,4]"), member(`\u0061`, "F32", "[1]", "[4,8]")), `header byte 54: the name "a" occurs twice`},
	{"metadata twice", raw(`{"__metadata__":{},"__metadata__":{}}`), `header byte 19: the name "__metadata__" occurs twice`},
	{"metadata key twice", raw(`{"__metadata__":{"k":"","k":""}}`), `header byte 24: the name "k" occurs twice`},
	{"metadata null", raw(`{"__metadata__":null}`), "header byte 16: want an object of metadata, got 'n'"},
	{"metadata number", raw(`{"__metadata__":{"k":1}}`), `header byte 21: want a string as metadata "k", got '1'`},
	{"metadata nested", raw(`{"__metadata__":{"k":{"k":{}}}}`), `header byte 21: want a string as metadata "k", got '{'`},

	{"tensor is a number", raw(`{"a":1}`), `header byte 5: want an object that describes tensor "a", got '1'`},
	{"key twice", raw(`{"a":{"dtype":"F32","dtype":"F64","shape":[1],"data_offsets":[0,4]}}`), `header byte 20: the name "dtype" occurs twice`},
	{"unknown key", raw(`{"a":{"dtype":"F32","scale":2}}`), `tensor "a": want dtype, shape and data_offsets, got "scale"`},
	{"no dtype", raw(`{"a":{"shape":[],"data_offsets":[0,4]}}`), `tensor "a" has no dtype`},
	{"no shape", raw(`{"a":{"dtype":"F32","data_offsets":[0,4]}}`), `tensor "a" has no shape`},
	{"no offsets", raw(`{"a":{"dtype":"F32","shape":[]}}`), `tensor "a": want two data_offsets, got 0`},
	{"one offset", members(0, member("a", "F32", "[0]", "[0]")), `tensor "a": want two data_offsets, got 1`},
	{"three offsets", members(0, member("a", "F32", "[0]", "[0,0,0]")), `tensor "a": header byte 52: data_offsets has more than 2 numbers`},
	{"dtype number", raw(`{"a":{"dtype":32}}`), `tensor "a": header byte 14: want the dtype in quotes, got '3'`},
	{"shape null", members(0, member("a", "F32", "null", "[0,0]")), `tensor "a": header byte 28: want the '[' of the shape, got 'n'`},
	{"shape open", raw(`{"a":{"shape":[1`), `tensor "a": header byte 16: want ',' or ']', the header ends`},
	{"shape nested", members(0, member("a", "F32", "[[0]]", "[0,0]")), `tensor "a": header byte 29: want a number that is not negative, got '['`},
	{"nine axes", members(4, member("a", "F32", "[1,1,1,1,1,1,1,1,1]", "[0,4]")), `tensor "a": header byte 45: the shape has more than 8 numbers`},
	{"negative dimension", members(4, member("a", "F32", "[-1]", "[0,4]")), `tensor "a": header byte 29: want a number that is not negative, got '-'`},
	{"fraction", members(4, member("a", "F32", "[1.0]", "[0,4]")), `tensor "a": header byte 29: want an integer, got a number with a fraction or an exponent`},
	{"exponent", members(40, member("a", "F32", "[1e1]", "[0,40]")), `tensor "a": header byte 29: want an integer, got a number with a fraction or an exponent`},
	{"leading zero", members(4, member("a", "F32", "[01]", "[0,4]")), `tensor "a": header byte 29: a number begins with 0`},
	{"number past int64", members(4, member("a", "F32", "[9223372036854775808]", "[0,4]")), `tensor "a": header byte 29: the number 9223372036854775808 is more than 9223372036854775807`},
	{"number of 400 digits", members(4, member("a", "F32", "["+strings.Repeat("9", 400)+"]", "[0,4]")), `tensor "a": header byte 29: a number of 400 digits is too large`},

	{"unknown dtype", members(1, member("a", "U8", "[1]", "[0,1]")), `tensor "a": cannot read dtype "U8": want F32, F64, F16, BF16, I32 or I64`},
	{"dtype in lower case", members(4, member("a", "f32", "[1]", "[0,4]")), `tensor "a": cannot read dtype "f32": want F32, F64, F16, BF16, I32 or I64`},
	{"offsets swapped", members(4, member("a", "F32", "[1]", "[4,0]")), `tensor "a": data begins at byte 4 and ends before it, at 0`},
	{"too few bytes", members(4, member("a", "F32", "[2]", "[0,4]")), `tensor "a": F32 of shape [2] takes 8 bytes, data_offsets [0 4] hold 4`},
	{"too many bytes", members(8, member("a", "F16", "[2]", "[0,8]")), `tensor "a": F16 of shape [2] takes 4 bytes, data_offsets [0 8] hold 8`},
	{"scalar without bytes", members(0, member("a", "F32", "[]", "[0,0]")), `tensor "a": F32 of shape [] takes 4 bytes, data_offsets [0 0] hold 0`},
	{"overlap", members(12, member("a", "F32", "[2]", "[0,8]"), member("b", "F32", "[2]", "[4,12]")), `tensors "a" and "b" overlap: one ends at byte 8 of the data, the other begins at 4`},
	{"twins", members(4, member("a", "F32", "[1]", "[0,4]"), member("b", "F32", "[1]", "[0,4]")), `tensors "a" and "b" overlap: one ends at byte 4 of the data, the other begins at 0`},
	{"empty one inside", members(8, member("a", "F32", "[2]", "[0,8]"), member("b", "F32", "[0]", "[4,4]")), `tensors "a" and "b" overlap: one ends at byte 8 of the data, the other begins at 4`},
	{"hole at the start", members(8, member("a", "F32", "[1]", "[4,8]")), `bytes 0 to 4 of the data, before tensor "a", belong to no tensor`},
	{"hole in the middle", members(12, member("b", "F32", "[1]", "[8,12]"), member("a", "F32", "[1]", "[0,4]")), `bytes 4 to 8 of the data, before tensor "b", belong to no tensor`},
	{"inexact integer", append(members(0, member("a", "I64", "[2]", "[0,16]")), "\x00\x00\x00\x00\x00\x00\x00\x00\xff\xff\xff\xff\xff\xff\xff\x7f"...), `tensor "a": element 1 is 9223372036854775807, which a float64 cannot hold exactly`},
}

func TestHostile(t *testing.T) {
	for _, c := range hostile {
		t.Run(c.name, func(t *testing.T) {
			_, err := Read(bytes.NewReader(c.file))
			require.EqualError(t, err, "safetensors: "+c.want)

			path := filepath.Join(t.TempDir(), "m.safetensors")
			require.NoError(t, os.WriteFile(path, c.file, 0o666))
			_, err = ReadFile(path)
			require.EqualError(t, err, "safetensors: "+path+": "+c.want)
		})
	}
}

// The length of a stream is known only at its end, that of a file at once.
func TestWrongLength(t *testing.T) {
	for _, c := range []struct {
		name           string
		file           []byte
		stream, asFile string
	}{
		{"missing", members(5, member("a", "F32", "[2]", "[0,8]")),
			`tensor "a": want 8 bytes of data, got 5: unexpected EOF`,
			"want 8 bytes of data after the header, got 5: unexpected EOF"},
		{"left over", members(9, member("a", "F32", "[2]", "[0,8]")),
			"want 8 bytes of data after the header, got more",
			"want 8 bytes of data after the header, got 9"},
		{"no tensors", raw("{}", 0),
			"want 0 bytes of data after the header, got more",
			"want 0 bytes of data after the header, got 1"},
		{"overflow", members(4, member("a", "F32", "[4294967296,4294967296]", "[0,4]")),
			`tensor "a": shape [4294967296 4294967296] has more elements than memory can address`,
			`tensor "a": shape [4294967296 4294967296] has more elements than memory can address`},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := Read(bytes.NewReader(c.file))
			require.EqualError(t, err, "safetensors: "+c.stream)
			path := filepath.Join(t.TempDir(), "m.safetensors")
			require.NoError(t, os.WriteFile(path, c.file, 0o666))
			_, err = ReadFile(path)
			require.EqualError(t, err, "safetensors: "+path+": "+c.asFile)
		})
	}
}

func TestEveryTruncation(t *testing.T) {
	file := encoded(t, sample())
	path := filepath.Join(t.TempDir(), "m.safetensors")
	for n := range file {
		_, err := Read(bytes.NewReader(file[:n]))
		require.ErrorIs(t, err, io.ErrUnexpectedEOF, "%d bytes", n)
		require.NoError(t, os.WriteFile(path, file[:n], 0o666))
		_, err = ReadFile(path)
		require.ErrorIs(t, err, io.ErrUnexpectedEOF, "%d bytes", n)
	}
}

// Whatever byte is damaged, Read returns an error or a file that can be
// written.
func TestEveryDamagedByte(t *testing.T) {
	file := encoded(t, sample())
	for i := range file {
		for _, bit := range []byte{1, 4, 32, 128} {
			file[i] ^= bit
			if f, err := Read(bytes.NewReader(file)); err == nil {
				encoded(t, f)
			}
			file[i] ^= bit
		}
	}
}

func TestReaderFails(t *testing.T) {
	file := encoded(t, sample())
	broken := errors.New("cable pulled")
	for n := range len(file) + 1 {
		r := io.MultiReader(bytes.NewReader(file[:n]), iotest.ErrReader(broken))
		_, err := Read(r)
		require.ErrorIs(t, err, broken, "after %d bytes", n)
	}
}

func TestNoSuchFile(t *testing.T) {
	_, err := ReadFile(filepath.Join(t.TempDir(), "none"))
	require.ErrorIs(t, err, fs.ErrNotExist)
	require.ErrorContains(t, err, "safetensors: ")
}

// A few bytes that claim to be terabytes must not cost memory.
func TestClaimsCostNothing(t *testing.T) {
	n := int64(1 << 40)
	if strconv.IntSize == 32 {
		n = 1 << 27 // as many as memory could hold
	}
	claims := [][]byte{
		append([]byte{0, 0xe1, 0xf5, 5, 0, 0, 0, 0}, "{}"...), // a header of 100 MB
		members(100, member("a", "F32", fmt.Sprintf("[%d]", n), fmt.Sprintf("[0,%d]", 4*n))),
		members(100, member("a", "F16", fmt.Sprintf("[1024,%d]", n/1024), fmt.Sprintf("[0,%d]", 2*n))),
		members(100, member("a", "I64", fmt.Sprintf("[1,%d]", n), fmt.Sprintf("[0,%d]", 8*n))),
	}
	path := filepath.Join(t.TempDir(), "m.safetensors")
	for _, file := range claims {
		require.NoError(t, os.WriteFile(path, file, 0o666))
		var err1, err2 error
		n := allocs.Bytes(func() {
			_, err1 = Read(bytes.NewReader(file))
			_, err2 = ReadFile(path)
		})
		require.ErrorIs(t, err1, io.ErrUnexpectedEOF)
		require.ErrorIs(t, err2, io.ErrUnexpectedEOF)
		require.Less(t, n, uint64(1<<20))
	}
}

// A header of megabytes takes little more memory than its bytes, whatever it
// lists, and a message does not repeat it.
func TestLongHeaders(t *testing.T) {
	const size = 16 << 20
	long := strings.Repeat("n", size)
	list := func(begin, end string, item func(i int) string) string {
		var b strings.Builder
		b.WriteString(begin)
		for i := 0; b.Len() < size; i++ {
			if i > 0 {
				b.WriteByte(',')
			}
			b.WriteString(item(i))
		}
		return b.String() + end
	}
	for name, c := range map[string]struct{ header, want string }{
		"tensors": {list("{", "}", func(i int) string { return member(strconv.Itoa(i), "F32", "[0]", "[0,0]") }),
			"the header lists more than 100000 tensors"},
		"metadata": {list(`{"__metadata__":{`, "}}", func(i int) string { return fmt.Sprintf(`"%d":""`, i) }),
			"the metadata has more than 100000 strings"},
		"name":    {"{" + member(long, "F32", "[1]", "[0,8]") + "}", `… (16777216 bytes): F32 of shape [1] takes 4 bytes`},
		"dtype":   {"{" + member("a", long, "[0]", "[0,0]") + "}", `… (16777216 bytes): want F32, F64`},
		"key":     {`{"a":{"` + long + `":1}}`, `… (16777216 bytes)`},
		"digits":  {"{" + member("a", "F32", "["+strings.Repeat("9", size)+"]", "[0,0]") + "}", "a number of 16777216 digits is too large"},
		"escapes": {`{"` + strings.Repeat(`\n`, size/2) + `":1}`, "… (8388608 bytes)"},
		"braces":  {strings.Repeat(`{"a":`, size/5), `want dtype, shape and data_offsets, got "a"`},
	} {
		file := raw(c.header)
		path := filepath.Join(t.TempDir(), "m.safetensors")
		require.NoError(t, os.WriteFile(path, file, 0o666))
		var err error
		n := allocs.Bytes(func() { _, err = ReadFile(path) })
		require.ErrorContains(t, err, c.want, name)
		require.Less(t, len(err.Error()), 1000, name)
		require.Less(t, n, uint64(3*len(file)+(64<<20)), name)
	}
}

// The header may list tensors in another order than their data have, and be
// written with white space; the file keeps the header's order.
func TestHeaderOrder(t *testing.T) {
	header := "{ \"b\" : {\"data_offsets\":[ 4 , 6 ],\t\"shape\":[1],\"dtype\":\"F16\"},\r\n" +
		member("none", "F64", "[2,0]", "[4,4]") + "," +
		member("a", "F32", "[]", "[0,4]") + "} \n"
	f, err := Read(bytes.NewReader(raw(header, 0, 0, 0xc0, 0x3f, 0, 0x42)))
	require.NoError(t, err)
	requireSame(t, &File{Tensors: []tensor.Named{
		{Name: "b", Value: tensor.New([]float32{3}, 1)},
		{Name: "none", Value: tensor.Zeros64(2, 0)},
		{Name: "a", Value: tensor.New([]float32{1.5})},
	}}, f)
	require.Nil(t, f.Metadata)
}

// Tensors longer than a block, read from a stream, whose length is not known,
// and from a file.
func TestManyBlocks(t *testing.T) {
	const n = 5*block/4 + 3
	single, double := tensor.Zeros(n), tensor.Zeros64(n)
	for i := range n {
		tensor.Data[float32](single)[i] = float32(i)
		tensor.Data[float64](double)[i] = -float64(i) / 3
	}
	f := &File{Tensors: []tensor.Named{{Name: "single", Value: single}, {Name: "double", Value: double}}}
	file := encoded(t, f)
	got, err := Read(iotest.HalfReader(bytes.NewReader(file)))
	require.NoError(t, err)
	requireSame(t, f, got)

	path := filepath.Join(t.TempDir(), "m.safetensors")
	require.NoError(t, WriteFile(path, f))
	got, err = ReadFile(path)
	require.NoError(t, err)
	requireSame(t, f, got)
}
