package wav

import (
	"encoding/binary"
	"fmt"
	"math"
)

var le = binary.LittleEndian

// A Format is how a file stores a sample.
type Format int

// The formats that are read and written.
const (
	Float32 Format = iota // IEEE 754; loses nothing
	Float64
	PCM8 // unsigned; PCM stands for integers
	PCM16
	PCM24
	PCM32
)

// Tags of formats in a file.
const (
	tagPCM        = 1
	tagFloat      = 3
	tagExtensible = 0xfffe // the tag stands further down
)

// formats has an entry for each Format.
var formats = [...]struct {
	name   string
	tag    uint16
	width  int // bytes of a sample
	decode func(dst []float32, src []byte)
}{
	Float32: {"32-bit float", tagFloat, 4, decodeFloat32},
	Float64: {"64-bit float", tagFloat, 8, decodeFloat64},
	PCM8:    {"8-bit PCM", tagPCM, 1, decodePCM8},
	PCM16:   {"16-bit PCM", tagPCM, 2, decodePCM16},
	PCM24:   {"24-bit PCM", tagPCM, 3, decodePCM24},
	PCM32:   {"32-bit PCM", tagPCM, 4, decodePCM32},
}

// String returns the format in words, such as "16-bit PCM".
func (f Format) String() string {
	if f.valid() {
		return formats[f].name
	}
	return fmt.Sprintf("format %d", int(f))
}

func (f Format) valid() bool { return f >= 0 && int(f) < len(formats) }

// formatOf returns the format with a tag and a number of bits.
func formatOf(tag, bits uint16) (Format, error) {
	for f, e := range formats {
		if e.tag == tag && 8*e.width == int(bits) {
			return Format(f), nil
		}
	}
	switch tag {
	case tagPCM:
		return 0, fmt.Errorf("samples are integers of %d bits, want 8, 16, 24 or 32", bits)
	case tagFloat:
		return 0, fmt.Errorf("samples are floats of %d bits, want 32 or 64", bits)
	}
	return 0, fmt.Errorf("samples have the format 0x%04x, want 0x%04x (PCM) or 0x%04x (float)", tag, tagPCM, tagFloat)
}

// dst[i] = src[i]
func decodeFloat32(dst []float32, src []byte) {
	for i := range dst {
		dst[i] = math.Float32frombits(le.Uint32(src[4*i:]))
	}
}

// dst[i] = float32(src[i])
func decodeFloat64(dst []float32, src []byte) {
	for i := range dst {
		dst[i] = float32(math.Float64frombits(le.Uint64(src[8*i:])))
	}
}

// dst[i] = (src[i] − 128) / 2⁷
func decodePCM8(dst []float32, src []byte) {
	for i := range dst {
		dst[i] = float32(int(src[i])-128) * 0x1p-7
	}
}

// dst[i] = src[i] / 2¹⁵
func decodePCM16(dst []float32, src []byte) {
	for i := range dst {
		dst[i] = float32(int16(le.Uint16(src[2*i:]))) * 0x1p-15
	}
}

// dst[i] = src[i] / 2²³
func decodePCM24(dst []float32, src []byte) {
	for i := range dst {
		s := src[3*i:]
		dst[i] = float32(int32(uint32(s[0])<<8|uint32(s[1])<<16|uint32(s[2])<<24)>>8) * 0x1p-23
	}
}

// dst[i] = float32(src[i]) / 2³¹
func decodePCM32(dst []float32, src []byte) {
	for i := range dst {
		dst[i] = float32(int32(le.Uint32(src[4*i:]))) * 0x1p-31
	}
}

// encode appends a sample to b. An integer is the nearest one, and of those that there
// are.
func (f Format) encode(b []byte, v float64) []byte {
	switch f {
	case Float32:
		return le.AppendUint32(b, math.Float32bits(float32(v)))
	case Float64:
		return le.AppendUint64(b, math.Float64bits(v))
	}
	most := float64(int64(1) << (8*formats[f].width - 1))
	s := int64(min(max(math.RoundToEven(v*most), -most), most-1))
	switch f {
	case PCM8:
		return append(b, byte(s+128))
	case PCM16:
		return le.AppendUint16(b, uint16(s))
	case PCM24:
		return append(b, byte(s), byte(s>>8), byte(s>>16))
	}
	return le.AppendUint32(b, uint32(s))
}
