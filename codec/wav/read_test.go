package wav

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/codec/npy"
	"github.com/descent-ml/descent/internal/allocs"
	"github.com/descent-ml/descent/tensor"
)

// The files in testdata are those of libsndfile and SciPy, with what libsndfile reads
// from them; testdata/fixtures/wav.py wrote both.
func TestFilesOfOthers(t *testing.T) {
	names, err := filepath.Glob("testdata/*.wav")
	require.NoError(t, err)
	require.Len(t, names, 13)
	for _, name := range names {
		a, err := npy.ReadFile(strings.TrimSuffix(name, "wav") + "npy")
		require.NoError(t, err)
		want, err := a.Tensor()
		require.NoError(t, err)
		got, err := ReadFile(name)
		require.NoError(t, err, name)
		rate := 22050
		if strings.HasSuffix(name, "scipy8.wav") {
			rate = 8000
		}
		requireSame(t, &File{SampleRate: rate, Samples: want}, got)
		require.True(t, got.Samples.IsContiguous())

		file, err := os.ReadFile(name)
		require.NoError(t, err)
		for _, r := range []io.Reader{iotest.OneByteReader(bytes.NewReader(file)), iotest.DataErrReader(bytes.NewReader(file))} {
			again, err := Read(r)
			require.NoError(t, err, name)
			requireSame(t, got, again)
		}
		for n := range file {
			_, err := Read(bytes.NewReader(file[:n]))
			if n == len(file)-1 && len(file)%2 == 0 && file[n] == 0 && err == nil {
				continue // the byte that makes an odd length even
			}
			require.ErrorIs(t, err, io.ErrUnexpectedEOF, "%s: %d bytes", name, n)
		}
	}
}

// hostile are files with a fault, and the message of Read for each.
var hostile = []struct {
	name string
	file []byte
	want string
}{
	{"empty", nil, "want RIFF, a length and WAVE, 12 bytes, got 0: unexpected EOF"},
	{"short", []byte("RIFF\x00\x00\x00\x00WAV"), "want RIFF, a length and WAVE, 12 bytes, got 11: unexpected EOF"},
	{"text", []byte("time,amplitude\n"), `not a WAVE file: it starts with "time" instead of "RIFF"`},
	{"an MP3 file", []byte("ID3\x04\x00\x00\x00\x00\x00\x00\x00\x00"), `not a WAVE file: it starts with "ID3\x04" instead of "RIFF"`},
	{"big-endian", []byte("RIFX\x00\x00\x00\x04WAVE"), "the file is big-endian (RIFX), want RIFF"},
	{"RF64", []byte("RF64\xff\xff\xff\xffWAVEds64"), "the file has lengths of 64 bits (RF64), want RIFF"},
	{"BW64", []byte("BW64\xff\xff\xff\xffWAVEds64"), "the file has lengths of 64 bits (BW64), want RIFF"},
	{"a film", []byte("RIFF\x04\x00\x00\x00AVI LIST"), `not a WAVE file: the RIFF file holds "AVI " instead of "WAVE"`},

	{"no chunks", riff(), "byte 12: want a data chunk, the file ends: unexpected EOF"},
	{"no data", riff(mono), "byte 36: want a data chunk, the file ends: unexpected EOF"},
	{"no format", riff(chunk("data", "ab")), "byte 12: the data come before the fmt chunk, which says how to read them"},
	{"data first", riff(chunk("data", "ab"), mono), "byte 12: the data come before the fmt chunk, which says how to read them"},
	{"two formats", riff(mono, mono, chunk("data", "ab")), "byte 36: there are two fmt chunks"},
	{"a chunk without an end", riff(mono, sized("LIST", 100, "INFO")), `byte 48: the chunk "LIST" takes 100 bytes, but the file ends: unexpected EOF`},
	{"a chunk of 4 GB", riff(sized("LIST", 1<<32-1, "INFO"), mono, chunk("data", "ab")), `byte 58: the chunk "LIST" takes 4294967295 bytes, but the file ends: unexpected EOF`},
	{"an odd chunk without a byte more", riff(sized("LIST", 3, "abc"), mono, chunk("data", "ab")), "byte 57: the chunk \"mt \\x10\" takes 16777216 bytes, but the file ends: unexpected EOF"},
	{"a name cut", append(riff(mono), "dat"...), "byte 39: want a data chunk, the file ends: unexpected EOF"},

	{"short format", riff(chunk("fmt ", "1234567890abcd")), "byte 20: the fmt chunk takes 14 bytes, want 16 or more"},
	{"empty format", riff(chunk("fmt ", "")), "byte 20: the fmt chunk takes 0 bytes, want 16 or more"},
	{"format cut", riff(sized("fmt ", 16, "\x01\x00")), "byte 22: the fmt chunk takes 16 bytes, but the file ends: unexpected EOF"},
	{"format of 4 GB", riff(sized("fmt ", 1<<32-2, fmtOf(1, 1, 8000, 2, 16)+strings.Repeat("x", 100))), `byte 136: the chunk "fmt " takes 4294967294 bytes, but the file ends: unexpected EOF`},
	{"format 0", riff(chunk("fmt ", fmtOf(0, 1, 8000, 2, 16))), "byte 20: samples have the format 0x0000, want 0x0001 (PCM) or 0x0003 (float)"},
	{"ADPCM", riff(chunk("fmt ", fmtOf(2, 1, 8000, 256, 4))), "byte 20: samples have the format 0x0002, want 0x0001 (PCM) or 0x0003 (float)"},
	{"A-law", riff(chunk("fmt ", fmtOf(6, 1, 8000, 1, 8))), "byte 20: samples have the format 0x0006, want 0x0001 (PCM) or 0x0003 (float)"},
	{"MP3 inside", riff(chunk("fmt ", fmtOf(0x55, 2, 44100, 1, 0))), "byte 20: samples have the format 0x0055, want 0x0001 (PCM) or 0x0003 (float)"},
	{"4 bits", riff(chunk("fmt ", fmtOf(1, 1, 8000, 1, 4))), "byte 20: samples are integers of 4 bits, want 8, 16, 24 or 32"},
	{"12 bits", riff(chunk("fmt ", fmtOf(1, 1, 8000, 2, 12))), "byte 20: samples are integers of 12 bits, want 8, 16, 24 or 32"},
	{"64 bits", riff(chunk("fmt ", fmtOf(1, 1, 8000, 8, 64))), "byte 20: samples are integers of 64 bits, want 8, 16, 24 or 32"},
	{"65535 bits", riff(chunk("fmt ", fmtOf(1, 1, 8000, 8192, 65535))), "byte 20: samples are integers of 65535 bits, want 8, 16, 24 or 32"},
	{"half floats", riff(chunk("fmt ", fmtOf(3, 1, 8000, 2, 16))), "byte 20: samples are floats of 16 bits, want 32 or 64"},
	{"no channels", riff(chunk("fmt ", fmtOf(1, 0, 8000, 0, 16))), "byte 22: there are 0 channels, want 1 to 1024"},
	{"many channels", riff(chunk("fmt ", fmtOf(1, 1025, 8000, 2050, 16))), "byte 22: there are 1025 channels, want 1 to 1024"},
	{"65535 channels", riff(chunk("fmt ", fmtOf(1, 65535, 8000, 65534, 16))), "byte 22: there are 65535 channels, want 1 to 1024"},
	{"no rate", riff(chunk("fmt ", fmtOf(1, 1, 0, 2, 16))), "byte 24: the rate is 0 frames a second, want 1 to 2147483647"},
	{"a rate past int32", riff(chunk("fmt ", fmtOf(1, 1, 1<<31, 2, 16))), "byte 24: the rate is 2147483648 frames a second, want 1 to 2147483647"},
	{"frames of no bytes", riff(chunk("fmt ", fmtOf(1, 2, 8000, 0, 16))), "byte 32: a frame takes 0 bytes, but 2 channels of 16-bit PCM take 4"},
	{"frames too short", riff(chunk("fmt ", fmtOf(3, 2, 8000, 4, 32))), "byte 32: a frame takes 4 bytes, but 2 channels of 32-bit float take 8"},
	{"frames too long", riff(chunk("fmt ", fmtOf(1, 1, 8000, 4, 24))), "byte 32: a frame takes 4 bytes, but 1 channels of 24-bit PCM take 3"},
	{"extensible, short", riff(chunk("fmt ", fmtOf(tagExtensible, 1, 8000, 2, 16)+"\x00\x00")), "byte 20: the fmt chunk takes 18 bytes, but the extensible format 40"},
	{"extensible, other GUID", riff(chunk("fmt ", extended(16, tagPCM, strings.Repeat("x", 14)))), "byte 44: the extensible format has the unknown GUID 01 00 78 78 78 78 78 78 78 78 78 78 78 78 78 78"},
	{"extensible, nearly the GUID", riff(chunk("fmt ", extended(16, tagPCM, "\x01"+string(guid[1:])))), "byte 44: the extensible format has the unknown GUID 01 00 01 00 00 00 10 00 80 00 00 aa 00 38 9b 71"},
	{"extensible, more valid bits", riff(chunk("fmt ", extended(17, tagPCM, string(guid)))), "byte 38: 17 bits of a sample are valid, but it has 16"},
	{"extensible, extensible", riff(chunk("fmt ", extended(16, tagExtensible, string(guid)))), "byte 20: samples have the format 0xfffe, want 0x0001 (PCM) or 0x0003 (float)"},
	{"extensible, ADPCM", riff(chunk("fmt ", extended(16, 2, string(guid)))), "byte 20: samples have the format 0x0002, want 0x0001 (PCM) or 0x0003 (float)"},

	{"data cut", riff(mono, sized("data", 8, "abcde")), "want 8 bytes of data, got 5: unexpected EOF"},
	{"no bytes", riff(mono, sized("data", 8, "")), "want 8 bytes of data, got 0: unexpected EOF"},
	{"data of 4 GB", riff(mono, sized("data", 1<<31-2, "abcd")), "want 2147483646 bytes of data, got 4: unexpected EOF"},
	{"half a frame", riff(mono, chunk("data", "abc")), "byte 40: the data take 3 bytes, which are no whole frames of 2 bytes"},
	{"half a frame of two", riff(chunk("fmt ", fmtOf(1, 2, 8000, 4, 16)), chunk("data", "abcdef")), "byte 40: the data take 6 bytes, which are no whole frames of 4 bytes"},
	{"unknown length, half a frame", riff(mono, sized("data", unknown, "abc")), "after 3 bytes of data the file ends in the middle of a frame of 2 bytes: unexpected EOF"},
	{"unknown length, a byte", riff(mono, sized("data", unknown, "a")), "after 1 bytes of data the file ends in the middle of a frame of 2 bytes: unexpected EOF"},
}

func TestHostile(t *testing.T) {
	for _, c := range hostile {
		t.Run(c.name, func(t *testing.T) {
			f, err := Read(bytes.NewReader(c.file))
			require.EqualError(t, err, "wav: "+c.want)
			require.Nil(t, f)

			path := filepath.Join(t.TempDir(), "a.wav")
			require.NoError(t, os.WriteFile(path, c.file, 0o666))
			_, err = ReadFile(path)
			require.EqualError(t, err, "wav: "+path+": "+c.want)
		})
	}
}

// Files that are odd, and right.
func TestOddFiles(t *testing.T) {
	want := sound(8000, 1, 0.5, -1)
	data := "\x00\x40\x00\x80"
	zero := riff(mono, chunk("data", data))
	copy(zero[4:], "\x00\x00\x00\x00")
	for name, file := range map[string][]byte{
		"plain":                      riff(mono, chunk("data", data)),
		"a length of RIFF that lies": zero,
		"unknown length":             riff(mono, sized("data", unknown, data)),
		"chunks before and after":    riff(chunk("LIST", "odd"), mono, chunk("fact", "\x02\x00\x00\x00"), chunk("junk", ""), chunk("data", data), chunk("LIST", "x")),
		"rubbish after":              append(riff(mono, chunk("data", data)), "rubbish"...),
		"a longer format":            riff(chunk("fmt ", fmtOf(1, 1, 8000, 2, 16)+"\x00\x00"), chunk("data", data)),
		"an odd format":              riff(chunk("fmt ", fmtOf(1, 1, 8000, 2, 16)+"abc"), chunk("data", data)),
		"a very long format":         riff(chunk("fmt ", fmtOf(1, 1, 8000, 2, 16)+strings.Repeat("x", 9999)), chunk("data", data)),
		"extensible":                 riff(chunk("fmt ", extended(16, tagPCM, string(guid))), chunk("data", data)),
		"extensible, 12 valid bits":  riff(chunk("fmt ", extended(12, tagPCM, string(guid))), chunk("data", data)),
	} {
		got, err := Read(bytes.NewReader(file))
		require.NoError(t, err, name)
		requireSame(t, want, got)
		path := filepath.Join(t.TempDir(), "a.wav")
		require.NoError(t, os.WriteFile(path, file, 0o666))
		got, err = ReadFile(path)
		require.NoError(t, err, name)
		requireSame(t, want, got)
	}
	for name, file := range map[string][]byte{
		"no frames":                 riff(mono, chunk("data", "")),
		"no frames, unknown length": riff(mono, sized("data", unknown, "")),
	} {
		got, err := Read(bytes.NewReader(file))
		require.NoError(t, err, name)
		require.Equal(t, []int{1, 0}, got.Samples.Shape(), name)
	}
}

func TestReaderFails(t *testing.T) {
	broken := errors.New("cable pulled")
	for _, file := range [][]byte{encoded(t, sound(8000, 2, 0, 0.5, -1, 0.25), PCM24), riff(mono, sized("data", unknown, "abcdef"))} {
		for n := range file {
			_, err := Read(io.MultiReader(bytes.NewReader(file[:n]), iotest.ErrReader(broken)))
			require.ErrorIs(t, err, broken, "after %d bytes", n)
		}
	}
}

func TestNoSuchFile(t *testing.T) {
	_, err := ReadFile(filepath.Join(t.TempDir(), "none"))
	require.ErrorIs(t, err, fs.ErrNotExist)
	require.ErrorContains(t, err, "wav: ")
}

// A few bytes that claim to be gigabytes must not cost memory.
func TestClaimsCostNothing(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.wav")
	for _, file := range [][]byte{
		riff(mono, sized("data", 1<<31-2, "abcd")),
		riff(mono, sized("data", 1<<28, strings.Repeat("x", 100<<10))), // some of it comes
		riff(chunk("fmt ", fmtOf(1, 1024, 8000, 1024, 8)), sized("data", 1<<30, strings.Repeat("x", 1024))),
		riff(chunk("fmt ", fmtOf(3, 1024, 8000, 8192, 64)), sized("data", 1<<30, strings.Repeat("x", 8192))),
		riff(sized("fmt ", 1<<31, fmtOf(1, 1, 8000, 2, 16))),
		riff(mono, sized("LIST", 1<<31, "")),
	} {
		require.NoError(t, os.WriteFile(path, file, 0o666))
		require.Less(t, allocs.Bytes(func() {
			_, err := Read(bytes.NewReader(file))
			require.ErrorIs(t, err, io.ErrUnexpectedEOF)
			_, err = ReadFile(path)
			require.ErrorIs(t, err, io.ErrUnexpectedEOF)
		}), uint64(1<<20))
	}
}

// A file of 16-bit samples takes twice its bytes, a stream three times as much.
func TestMemory(t *testing.T) {
	const n = 4 << 20
	path := filepath.Join(t.TempDir(), "a.wav")
	file := riff(chunk("fmt ", fmtOf(1, 4, 8000, 8, 16)), chunk("data", string(make([]byte, n))))
	open := riff(chunk("fmt ", fmtOf(1, 4, 8000, 8, 16)), sized("data", unknown, string(make([]byte, n))))
	for _, b := range [][]byte{file, open} {
		require.NoError(t, os.WriteFile(path, b, 0o666))
		require.Less(t, allocs.Bytes(func() {
			_, err := ReadFile(path)
			require.NoError(t, err)
		}), uint64(2*n+1<<19))
	}
	require.Less(t, allocs.Bytes(func() {
		_, err := Read(bytes.NewReader(file))
		require.NoError(t, err)
	}), uint64(3*2*n+1<<19))
}

// Sounds longer than a block are read in parts of any length.
func TestNext(t *testing.T) {
	const channels, frames = 3, 50_001
	x := tensor.Zeros(channels, frames)
	for i := range tensor.Data[float32](x) {
		tensor.Data[float32](x)[i] = float32(i%32768) / 32768
	}
	want := &File{SampleRate: 44100, Samples: x}
	for format := range Format(len(formats)) {
		file := encoded(t, want, format)
		unsized := bytes.Clone(file)
		at := bytes.Index(unsized, []byte("data"))
		copy(unsized[at+4:], "\xff\xff\xff\xff")
		if channels*frames*formats[format].width%2 == 1 {
			unsized = unsized[:len(unsized)-1]
		}
		got, err := Read(iotest.HalfReader(bytes.NewReader(unsized)))
		require.NoError(t, err)
		if format == PCM8 {
			require.Equal(t, want.Samples.Shape(), got.Samples.Shape())
		} else {
			requireSame(t, want, got)
		}
		for _, room := range []int{channels, 7 * channels, 10_000*channels + 1, channels*frames + 5} {
			r, err := Open(bytes.NewReader(file))
			require.NoError(t, err)
			require.Equal(t, frames, r.Frames())
			require.Equal(t, format, r.Format)
			require.Equal(t, channels, r.Channels)
			dst := make([]float32, room)
			total := 0
			for {
				n, err := r.Next(dst)
				if errors.Is(err, io.EOF) {
					break
				}
				require.NoError(t, err)
				for i := 0; i < n; i += max(n/50, 1) {
					require.Equal(t, float32(got.Samples.At(1, total+i)), dst[i*channels+1])
				}
				total += n
			}
			require.Equal(t, frames, total)
			_, err = r.Next(dst)
			require.Equal(t, io.EOF, err)
		}
	}

	r, err := Open(bytes.NewReader(riff(mono, sized("data", unknown, "ab"))))
	require.NoError(t, err)
	require.Equal(t, -1, r.Frames())
	require.PanicsWithError(t, "wav: next: the destination has room for 0 samples, but a frame has 1", func() { _, _ = r.Next(nil) })
}

func TestNextAllocatesNothing(t *testing.T) {
	file := encoded(t, &File{SampleRate: 8000, Samples: tensor.Zeros(2, 1<<20)}, PCM16)
	r, err := Open(bytes.NewReader(file))
	require.NoError(t, err)
	dst := make([]float32, 2000)
	require.Zero(t, testing.AllocsPerRun(100, func() {
		n, err := r.Next(dst)
		if n != 1000 || err != nil {
			t.Fatal(n, err)
		}
	}))
}
