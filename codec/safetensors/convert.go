package safetensors

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"math"

	"github.com/descent-ml/descent/internal/half"
)

var le = binary.LittleEndian

// dst[i] = src[i]
func decodeF32(dst []float32, src []byte, _ int) error {
	for i := range dst {
		dst[i] = math.Float32frombits(le.Uint32(src[4*i:]))
	}
	return nil
}

// dst[i] = src[i]
func decodeF64(dst []float64, src []byte, _ int) error {
	for i := range dst {
		dst[i] = math.Float64frombits(le.Uint64(src[8*i:]))
	}
	return nil
}

// dst[i] = float32(src[i])
func decodeF16(dst []float32, src []byte, _ int) error {
	for i := range dst {
		dst[i] = half.Float32(le.Uint16(src[2*i:]))
	}
	return nil
}

// dst[i] = float32(src[i]); a bfloat16 is the upper half of a float32.
func decodeBF16(dst []float32, src []byte, _ int) error {
	for i := range dst {
		dst[i] = math.Float32frombits(uint32(le.Uint16(src[2*i:])) << 16)
	}
	return nil
}

// dst[i] = float64(src[i])
func decodeI32(dst []float64, src []byte, _ int) error {
	for i := range dst {
		dst[i] = float64(int32(le.Uint32(src[4*i:])))
	}
	return nil
}

// dst[i] = float64(src[i]), where that is exact
func decodeI64(dst []float64, src []byte, first int) error {
	for i := range dst {
		v := int64(le.Uint64(src[8*i:]))
		f := float64(v)
		if f == 1<<63 || int64(f) != v { // 2⁶³ is no int64
			return fmt.Errorf("element %d is %d, which a float64 cannot hold exactly", first+i, v)
		}
		dst[i] = f
	}
	return nil
}

// encode writes src to w. For each block of src it calls add, which appends the
// bytes of the elements to b. width is the number of bytes of one element.
func encode[T float32 | float64](w *bufio.Writer, src []T, width int, add func(b []byte, src []T) []byte) error {
	for len(src) > 0 {
		if w.Available() < width {
			if err := w.Flush(); err != nil {
				return err
			}
		}
		n := min(len(src), w.Available()/width)
		if _, err := w.Write(add(w.AvailableBuffer(), src[:n])); err != nil {
			return err
		}
		src = src[n:]
	}
	return nil
}

// b ← src[i]
func addF32(b []byte, src []float32) []byte {
	for _, v := range src {
		b = le.AppendUint32(b, math.Float32bits(v))
	}
	return b
}

// b ← src[i]
func addF64(b []byte, src []float64) []byte {
	for _, v := range src {
		b = le.AppendUint64(b, math.Float64bits(v))
	}
	return b
}
