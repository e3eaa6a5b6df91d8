package wav

import (
	"bytes"
	"math"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/tensor"
)

// riff is a file of the given chunks.
func riff(chunks ...string) []byte {
	n := 4
	for _, c := range chunks {
		n += len(c)
	}
	b := append(le.AppendUint32([]byte("RIFF"), uint32(n)), "WAVE"...)
	for _, c := range chunks {
		b = append(b, c...)
	}
	return b
}

// chunk is a chunk with its length and, when that is odd, a byte more.
func chunk(name, content string) string {
	c := sized(name, uint32(len(content)), content)
	if len(content)%2 == 1 {
		c += "\x00"
	}
	return c
}

// sized is a chunk with any length.
func sized(name string, size uint32, content string) string {
	return name + string(le.AppendUint32(nil, size)) + content
}

// fmtOf is what a fmt chunk holds.
func fmtOf(tag, channels int, rate uint32, block, bits int) string {
	b := le.AppendUint16(le.AppendUint16(nil, uint16(tag)), uint16(channels))
	b = le.AppendUint32(le.AppendUint32(b, rate), rate*uint32(block))
	return string(le.AppendUint16(le.AppendUint16(b, uint16(block)), uint16(bits)))
}

// extended is what an extensible fmt chunk holds, of 16-bit integers.
func extended(valid int, tag uint16, guid string) string {
	b := []byte(fmtOf(tagExtensible, 1, 8000, 2, 16))
	b = le.AppendUint16(le.AppendUint16(b, 22), uint16(valid))
	b = le.AppendUint16(le.AppendUint32(b, 4), tag)
	return string(b) + guid
}

// mono is the fmt chunk of one channel of 16-bit integers.
var mono = chunk("fmt ", fmtOf(tagPCM, 1, 8000, 2, 16))

// sound has the given samples, channel by channel.
func sound(rate, channels int, samples ...float32) *File {
	return &File{SampleRate: rate, Samples: tensor.New(samples, channels, len(samples)/channels)}
}

// encoded is f as Write writes it.
func encoded(t require.TestingT, f *File, format Format) []byte {
	var b bytes.Buffer
	require.NoError(t, Write(&b, f, format))
	return b.Bytes()
}

// requireSame fails unless the sounds are equal in rate, shape and every bit but those
// of a NaN.
func requireSame(t require.TestingT, want, got *File) {
	require.Equal(t, want.SampleRate, got.SampleRate)
	require.Equal(t, want.Samples.Shape(), got.Samples.Shape())
	a, b := tensor.Data[float32](want.Samples), tensor.Data[float32](got.Samples)
	for i := range a {
		if a[i] != a[i] && b[i] != b[i] {
			continue
		}
		require.Equal(t, math.Float32bits(a[i]), math.Float32bits(b[i]), "sample %d: %v, %v", i, a[i], b[i])
	}
}
