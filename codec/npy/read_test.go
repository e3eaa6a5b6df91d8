package npy

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/internal/allocs"
	"github.com/descent-ml/descent/internal/intake"
)

const size47 = "140737488355328" // 2⁴⁷

// hostile are files with a fault, and the message of Read for each.
var hostile = []struct {
	name string
	file []byte
	want string
}{
	{"empty", nil, "want a magic string and a version of 8 bytes, got 0: unexpected EOF"},
	{"magic cut", []byte(magic[:4]), "want a magic string and a version of 8 bytes, got 4: unexpected EOF"},
	{"no version", []byte(magic), "want a magic string and a version of 8 bytes, got 6: unexpected EOF"},
	{"short text", []byte("1,2"), `not a .npy file: it starts with "1,2" instead of "\x93NUMPY"`},
	{"a zip file", []byte("PK\x03\x04\x14\x00\x00\x00\x00\x00"), `not a .npy file: it starts with "PK\x03\x04\x14\x00" instead of "\x93NUMPY"`},
	{"a pickle", []byte("\x80\x04\x95\x0e\x00\x00\x00\x00\x00\x00\x00"), `not a .npy file: it starts with "\x80\x04\x95\x0e\x00\x00" instead of "\x93NUMPY"`},
	{"version 0.0", []byte(magic + "\x00\x00\x00\x00"), "the format has version 0.0, want 1.0, 2.0 or 3.0"},
	{"version 1.1", []byte(magic + "\x01\x01\x00\x00"), "the format has version 1.1, want 1.0, 2.0 or 3.0"},
	{"version 4.0", []byte(magic + "\x04\x00\x00\x00"), "the format has version 4.0, want 1.0, 2.0 or 3.0"},
	{"length cut", []byte(magic + "\x01\x00\x76"), "want a header length of 2 bytes, got 1: unexpected EOF"},
	{"length of version 2 cut", []byte(magic + "\x02\x00\x76\x00"), "want a header length of 4 bytes, got 2: unexpected EOF"},
	{"header of 4 GB", []byte(magic + "\x02\x00\xff\xff\xff\xff{}"), "the header takes 4294967295 bytes, more than the 65536 that are read at most"},
	{"header of 64 KB and a byte", append([]byte(magic+"\x02\x00\x01\x00\x01\x00"), strings.Repeat(" ", 1<<16+1)...), "the header takes 65537 bytes, more than the 65536 that are read at most"},
	{"header cut", []byte(magic + "\x01\x00\x76\x00{'descr'"), "want a header of 118 bytes, got 8: unexpected EOF"},

	{"no header", raw(""), "header byte 0: want '{', the header ends"},
	{"spaces", raw("   \n"), "header byte 4: want '{', the header ends"},
	{"a list", raw("[]"), "header byte 0: want '{', got '['"},
	{"a call", raw("__import__('os').system('id')"), "header byte 0: want '{', got '_'"},
	{"no members", raw("{}"), "the header has no descr"},
	{"a comma alone", raw("{,}"), "header byte 1: want a name in quotes, got ','"},
	{"open", raw("{"), "header byte 1: want a name in quotes, the header ends"},
	{"open after a member", raw("{'fortran_order': False"), "header byte 23: want ',' or '}', the header ends"},
	{"two commas", raw("{'fortran_order': False,, }"), "header byte 24: want a name in quotes, got ','"},
	{"no comma", raw("{'fortran_order': False 'shape': ()}"), `header byte 24: want ',' or '}', got '\''`},
	{"no colon", raw("{'descr' '<f4'}"), `header byte 9: want ':', got '\''`},
	{"no quotes", raw("{descr: '<f4'}"), "header byte 1: want a name in quotes, got 'd'"},
	{"open string", raw("{'descr"), "header byte 1: a string has no closing quote"},
	{"other quote", raw("{'descr\": 1"), "header byte 1: a string has no closing quote"},
	{"escape", raw(`{'\x64escr': '<f4'}`), `header byte 2: a string holds '\\', want printable ASCII without a backslash`},
	{"line in a string", raw("{'de\nscr': '<f4'}"), `header byte 4: a string holds '\n', want printable ASCII without a backslash`},
	{"zero in a string", raw("{'descr\x00': '<f4'}"), `header byte 7: a string holds '\x00', want printable ASCII without a backslash`},
	{"Latin-1", raw("{'d\xe9scr': '<f4'}"), "header byte 3: a string holds 'é', want printable ASCII without a backslash"},
	{"text at the end", raw(dict("'<f4'", "False", "()")+"x", 0, 0, 0, 0), "header byte 56: want nothing after the last '}', got 'x'"},
	{"zero at the end", raw(dict("'<f4'", "False", "()")+"\x00", 0, 0, 0, 0), `header byte 56: want nothing after the last '}', got '\x00'`},
	{"two dictionaries", raw(dict("'<f4'", "False", "()")+"{}", 0, 0, 0, 0), "header byte 56: want nothing after the last '}', got '{'"},
	{"a comment", raw("{ # nothing\n}"), "header byte 2: want a name in quotes, got '#'"},
	{"nested", raw(strings.Repeat("{", 50000)), "header byte 1: want a name in quotes, got '{'"},

	{"no descr", raw("{'fortran_order': False, 'shape': ()}"), "the header has no descr"},
	{"no order", raw("{'descr': '<f4', 'shape': ()}"), "the header has no fortran_order"},
	{"no shape", raw("{'descr': '<f4', 'fortran_order': False}"), "the header has no shape"},
	{"descr twice", raw("{'descr': '<f4', 'descr': '<f8'}"), `header byte 17: the name "descr" occurs twice`},
	{"other quotes twice", raw(`{'descr': '<f4', "descr": '<f8'}`), `header byte 17: the name "descr" occurs twice`},
	{"unknown member", raw("{'descr': '<f4', 'offset': 3}"), `header byte 26: want descr, fortran_order and shape, got "offset"`},
	{"long member", raw("{'" + strings.Repeat("n", 60000) + "': 3}"), `header byte 60004: want descr, fortran_order and shape, got "` + strings.Repeat("n", 80) + `"… (60000 bytes)`},
	{"order is a number", raw(dict("'<f4'", "0", "()")), "header byte 34: want True or False, got '0'"},
	{"order is a string", raw(dict("'<f4'", "'True'", "()")), `header byte 34: want True or False, got '\''`},
	{"order in lower case", raw(dict("'<f4'", "true", "()")), "header byte 34: want True or False, got 't'"},
	{"order and more", raw(dict("'<f4'", "Trueish", "()")), "header byte 38: want ',' or '}', got 'i'"},
	{"order cut", raw("{'fortran_order': "), "header byte 18: want True or False, the header ends"},

	{"shape is a number", filled(4, "'<f4'", "1"), "header byte 50: want the '(' of the shape, got '1'"},
	{"shape is a list", filled(4, "'<f4'", "[1]"), "header byte 50: want the '(' of the shape, got '['"},
	{"shape is None", filled(4, "'<f4'", "None"), "header byte 50: want the '(' of the shape, got 'N'"},
	{"a number in brackets", filled(4, "'<f4'", "(1)"), "header byte 52: want ',' after the only length of a shape, got ')'"},
	{"shape open", filled(4, "'<f4'", "(1, 2"), "header byte 57: want a whole number that is not negative, got '}'"},
	{"shape without comma", filled(4, "'<f4'", "(1, 2 3)"), "header byte 56: want ',' or ')', got '3'"},
	{"shape of commas", filled(4, "'<f4'", "(,)"), "header byte 51: want a whole number that is not negative, got ','"},
	{"shape nested", filled(4, "'<f4'", "((1,),)"), "header byte 51: want a whole number that is not negative, got '('"},
	{"negative length", filled(4, "'<f4'", "(-1,)"), "header byte 51: want a whole number that is not negative, got '-'"},
	{"fraction", filled(4, "'<f4'", "(1.0, 1)"), "header byte 52: want ',' after the only length of a shape, got '.'"},
	{"exponent", filled(40, "'<f4'", "(1, 1e1)"), "header byte 55: want ',' or ')', got 'e'"},
	{"hexadecimal", filled(64, "'<f4'", "(1, 0x10)"), "header byte 55: want ',' or ')', got 'x'"},
	{"leading zero", filled(4, "'<f4'", "(01,)"), "header byte 51: a number begins with 0"},
	{"underscore", filled(4, "'<f4'", "(1, 1_0)"), "header byte 55: want ',' or ')', got '_'"},
	{"a word", filled(4, "'<f4'", "(True,)"), "header byte 51: want a whole number that is not negative, got 'T'"},
	{"text as a length", filled(4, "'<f4'", "('1',)"), `header byte 51: want a whole number that is not negative, got '\''`},
	{"two letters L", filled(4, "'<f4'", "(1LL,)"), "header byte 53: want ',' after the only length of a shape, got 'L'"},
	{"nine axes", filled(4, "'<f4'", "(1, 1, 1, 1, 1, 1, 1, 1, 1)"), "header byte 75: the shape has more than 8 axes"},
	{"length past int64", filled(4, "'<f4'", "(9223372036854775808,)"), `header byte 51: a length of "9223372036854775808" is more than memory can address`},
	{"length of 400 digits", filled(4, "'<f4'", "("+strings.Repeat("9", 400)+",)"), `header byte 51: a length of "` + strings.Repeat("9", 80) + `"… (400 bytes) is more than memory can address`},

	{"records", raw(dict("[('x', '<f4'), ('y', '<i4')]", "False", "(1,)")), "header byte 11: cannot read records (structured types): want a single type such as '<f4'"},
	{"arrays of arrays", raw(dict("('<f4', (2,))", "False", "(1,)")), "header byte 11: cannot read a type that is itself an array: want a single type such as '<f4'"},
	{"type is None", raw(dict("None", "False", "(1,)")), "header byte 10: want the type in quotes, got 'N'"},
	{"objects", raw(dict("'|O'", "False", "(1,)"), []byte("cos\nsystem\n(S'id'\ntR.")...), `cannot read the type "|O": it holds Python objects, which only Python can load, and which may run code when loaded; want bool, an integer or a float of at most 8 bytes`},
	{"byte strings", filled(4, "'|S4'", "(1,)"), `cannot read the type "|S4": it holds byte strings; want bool, an integer or a float of at most 8 bytes`},
	{"text", filled(16, "'<U4'", "(1,)"), `cannot read the type "<U4": it holds text; want bool, an integer or a float of at most 8 bytes`},
	{"dates", filled(8, "'<M8[ns]'", "(1,)"), `cannot read the type "<M8[ns]": it holds dates; want bool, an integer or a float of at most 8 bytes`},
	{"spans of time", filled(8, "'<m8[D]'", "(1,)"), `cannot read the type "<m8[D]": it holds spans of time; want bool, an integer or a float of at most 8 bytes`},
	{"raw bytes", filled(3, "'|V3'", "(1,)"), `cannot read the type "|V3": it holds raw bytes; want bool, an integer or a float of at most 8 bytes`},
	{"complex", filled(8, "'<c8'", "(1,)"), `cannot read the type "<c8": it holds complex numbers; want bool, an integer or a float of at most 8 bytes`},
	{"long double", filled(16, "'<f16'", "(1,)"), `cannot read the type "<f16": it holds floats of another size; want bool, an integer or a float of at most 8 bytes`},
	{"an integer of 3 bytes", filled(3, "'<i3'", "(1,)"), `cannot read the type "<i3": it holds integers of another size; want bool, an integer or a float of at most 8 bytes`},
	{"no type", filled(4, "''", "(1,)"), `"" is no type that NumPy writes`},
	{"an order alone", filled(4, "'<'", "(1,)"), `"<" is no type that NumPy writes`},
	{"a word as type", filled(4, "'xyz'", "(1,)"), `"xyz" is no type that NumPy writes`},
	{"no byte order", filled(4, "'f4'", "(1,)"), `the type "f4" does not say its byte order: want '<' or '>' before f4`},
	{"order of the machine", filled(4, "'=f4'", "(1,)"), `the type "=f4" does not say its byte order: want '<' or '>' before f4`},
	{"order of one byte", filled(4, "'|f4'", "(1,)"), `the type "|f4" does not say its byte order: want '<' or '>' before f4`},

	{"data missing", filled(5, "'<f4'", "(2,)"), "float32 of shape [2] takes 8 bytes, got 5: unexpected EOF"},
	{"no data", filled(0, "'<f8'", "()"), "float64 of shape [] takes 8 bytes, got 0: unexpected EOF"},
	{"data left over", filled(9, "'<f4'", "(2,)"), "float32 of shape [2] takes 8 bytes, but the file goes on after them"},
	{"data of none", filled(1, "'<f4'", "(3, 0)"), "float32 of shape [3 0] takes 0 bytes, but the file goes on after them"},
	{"two arrays", append(filled(4, "'<f4'", "(1,)"), filled(4, "'<f4'", "(1,)")...), "float32 of shape [1] takes 4 bytes, but the file goes on after them"},
	{"overflow", filled(4, "'<f4'", "(4294967296, 4294967296)"), "shape [4294967296 4294967296] has more elements than memory can address"},
	{"overflow to none", filled(0, "'|u1'", "("+size47+", 131072)"), "shape [" + size47 + " 131072] has more elements than memory can address"},
	{"overflow beside none", filled(0, "'|u1'", "(0, "+size47+", 131072)"), "shape [0 " + size47 + " 131072] has more elements than memory can address"},
	{"booleans", raw(dict("'|b1'", "False", "(3,)"), 0, 1, 2), "element 2 of the booleans is 2, want 0 or 1"},
}

func TestHostile(t *testing.T) {
	for _, c := range hostile {
		t.Run(c.name, func(t *testing.T) {
			a, err := Read(bytes.NewReader(c.file))
			if strings.Contains(c.want, "[4294967296 ") || strings.Contains(c.want, size47) {
				require.Error(t, err) // where an int has 32 bits, the length alone is too large
			} else {
				require.EqualError(t, err, "npy: "+c.want)
			}
			require.Nil(t, a)

			path := filepath.Join(t.TempDir(), "a.npy")
			require.NoError(t, os.WriteFile(path, c.file, 0o666))
			_, err = ReadFile(path)
			require.ErrorContains(t, err, "npy: "+path+": ")

			_, err = readZipBytes(archive(t, part{name: "a.npy", content: c.file}))
			require.ErrorContains(t, err, `npy: array "a": `)
			_, err = readZipBytes(archive(t, part{name: "a.npy", content: c.file, deflated: true}))
			require.ErrorContains(t, err, `npy: array "a": `)
		})
	}
}

// The length of a file is known at once.
func TestWrongLengthOfAFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.npy")
	for want, file := range map[string][]byte{
		"float32 of shape [2] takes 8 bytes, but 5 follow the header: unexpected EOF": filled(5, "'<f4'", "(2,)"),
		"float32 of shape [2] takes 8 bytes, but 9 follow the header":                 filled(9, "'<f4'", "(2,)"),
	} {
		require.NoError(t, os.WriteFile(path, file, 0o666))
		_, err := ReadFile(path)
		require.EqualError(t, err, "npy: "+path+": "+want)
	}
}

func TestEveryTruncation(t *testing.T) {
	file := encoded(t, FromInts([]int{1, 2, 3, 4, 5, 6}, 2, 3))
	path := filepath.Join(t.TempDir(), "a.npy")
	for n := range file {
		_, err := Read(bytes.NewReader(file[:n]))
		require.ErrorIs(t, err, io.ErrUnexpectedEOF, "%d bytes", n)
		require.NoError(t, os.WriteFile(path, file[:n], 0o666))
		_, err = ReadFile(path)
		require.ErrorIs(t, err, io.ErrUnexpectedEOF, "%d bytes", n)
	}
}

// Whatever byte is damaged, Read returns an error or an array that can be written.
func TestEveryDamagedByte(t *testing.T) {
	file := encoded(t, FromInts([]int{1, 2, 3, 4, 5, 6}, 2, 3))
	for i := range file {
		for bit := range 8 {
			file[i] ^= 1 << bit
			if a, err := Read(bytes.NewReader(file)); err == nil {
				encoded(t, a)
			}
			file[i] ^= 1 << bit
		}
	}
}

func TestReaderFails(t *testing.T) {
	file := encoded(t, FromInts([]int{1, 2, 3}, 3))
	broken := errors.New("cable pulled")
	for n := range len(file) + 1 {
		_, err := Read(io.MultiReader(bytes.NewReader(file[:n]), iotest.ErrReader(broken)))
		require.ErrorIs(t, err, broken, "after %d bytes", n)
	}
}

func TestNoSuchFile(t *testing.T) {
	for _, read := range []func(string) error{
		func(path string) error { _, err := ReadFile(path); return err },
		func(path string) error { _, err := ReadZipFile(path); return err },
	} {
		err := read(filepath.Join(t.TempDir(), "none"))
		require.ErrorIs(t, err, fs.ErrNotExist)
		require.ErrorContains(t, err, "npy: ")
	}
}

// A few bytes that claim to be gigabytes must not cost memory.
func TestClaimsCostNothing(t *testing.T) {
	const n = 200 << 20
	path := filepath.Join(t.TempDir(), "a.npy")
	for _, file := range [][]byte{
		filled(100, "'|u1'", fmt.Sprintf("(%d,)", n)),
		filled(100, "'>f8'", fmt.Sprintf("(8, %d)", n/64)),
		raw(dict("'<f2'", "True", fmt.Sprintf("(8, %d)", n/16)), make([]byte, 100)...),
		[]byte(magic + "\x02\x00\x00\x00\x01\x00{}"),
	} {
		require.NoError(t, os.WriteFile(path, file, 0o666))
		got := allocs.Bytes(func() {
			_, err := Read(bytes.NewReader(file))
			require.ErrorIs(t, err, io.ErrUnexpectedEOF)
			_, err = ReadFile(path)
			require.ErrorIs(t, err, io.ErrUnexpectedEOF)
		})
		require.Less(t, got, uint64(1<<20))
	}
}

// A file takes no more than twice its bytes, also one that has to be put into
// another order.
func TestMemoryOfAFile(t *testing.T) {
	const n = 4 << 20
	path := filepath.Join(t.TempDir(), "a.npy")
	for _, file := range [][]byte{
		raw(dict("'>f4'", "True", fmt.Sprintf("(4, %d)", n/4)), make([]byte, 4*n)...),
		filled(4*n, "'<f4'", fmt.Sprintf("(%d,)", n)),
	} {
		require.NoError(t, os.WriteFile(path, file, 0o666))
		require.Less(t, allocs.Bytes(func() {
			_, err := ReadFile(path)
			require.NoError(t, err)
		}), uint64(2*len(file)+1<<20))
		z := archive(t, part{name: "a.npy", content: file})
		require.NoError(t, os.WriteFile(path, z, 0o666))
		require.Less(t, allocs.Bytes(func() {
			_, err := ReadZipFile(path)
			require.NoError(t, err)
		}), uint64(2*len(z)+1<<20))
	}
}

// Arrays longer than a block come whole from a stream that is slow.
func TestManyBlocks(t *testing.T) {
	values := make([]int, 3*intake.Block/8+5)
	for i := range values {
		values[i] = i * i
	}
	file := encoded(t, FromInts(values, len(values)))
	for _, r := range []io.Reader{iotest.HalfReader(bytes.NewReader(file)), iotest.DataErrReader(bytes.NewReader(file))} {
		a, err := Read(r)
		require.NoError(t, err)
		got, err := a.Ints()
		require.NoError(t, err)
		require.Equal(t, values, got)
	}
}
