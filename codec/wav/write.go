package wav

import (
	"bufio"
	"errors"
	"fmt"
	"io"

	"github.com/descent-ml/descent/internal/atomicfile"
	"github.com/descent-ml/descent/tensor"
)

// Write writes f to w in the given format. A sample becomes the nearest number that the
// format has, a half the even one; what lies outside of [−1, 1) becomes the smallest or
// the largest in an integer format. What was read is written as it was, but for 32-bit
// integers and 64-bit floats, of which a float32 holds only the first 24 binary digits.
//
// It is an error when f.Samples are not [channels frames] of float32 or float64 with 1
// to [MaxChannels] channels, when the rate is not positive, and when the file would take
// 4 GB or more; then nothing is written. So is a NaN in an integer format, which is
// found on the way. Any other error comes from w and is wrapped.
func Write(w io.Writer, f *File, format Format) error {
	if err := f.write(w, format); err != nil {
		return fmt.Errorf("wav: %w", err)
	}
	return nil
}

// WriteFile writes f to the file at path, as [Write] does. It replaces an existing file
// completely or not at all.
func WriteFile(path string, f *File, format Format) error {
	err := atomicfile.Write(path, func(w io.Writer) error { return f.write(w, format) })
	if err != nil {
		return fmt.Errorf("wav: %s: %w", path, err)
	}
	return nil
}

func (f *File) write(w io.Writer, format Format) error {
	head, err := f.header(format)
	if err != nil {
		return err
	}
	b := bufio.NewWriterSize(w, block)
	if _, err := b.Write(head); err != nil {
		return fmt.Errorf("writing the header: %w", err)
	}
	channels, frames := f.Samples.Dim(0), f.Samples.Dim(1)
	at := sampleAt(f.Samples)
	for i := range frames {
		for c := range channels {
			v := at(c*frames + i)
			if v != v && formats[format].tag == tagPCM {
				return fmt.Errorf("frame %d of channel %d is NaN, which %v cannot hold", i, c, format)
			}
			if _, err := b.Write(format.encode(b.AvailableBuffer(), v)); err != nil {
				return fmt.Errorf("writing the data: %w", err)
			}
		}
	}
	if channels%2*(frames%2)*(formats[format].width%2) == 1 {
		if err := b.WriteByte(0); err != nil {
			return fmt.Errorf("writing the data: %w", err)
		}
	}
	if err := b.Flush(); err != nil {
		return fmt.Errorf("writing the data: %w", err)
	}
	return nil
}

// sampleAt returns the function from the place of a sample, row-major, to the sample.
func sampleAt(t *tensor.Tensor) func(i int) float64 {
	if t.DType() == tensor.Float64 {
		data := tensor.Data[float64](t)
		return func(i int) float64 { return data[i] }
	}
	data := tensor.Data[float32](t)
	return func(i int) float64 { return float64(data[i]) }
}

// header returns the file up to its first sample.
func (f *File) header(format Format) ([]byte, error) {
	switch {
	case !format.valid():
		return nil, fmt.Errorf("there is no %v", format)
	case f.Samples == nil:
		return nil, errors.New("there are no samples")
	case f.Samples.Rank() != 2:
		return nil, fmt.Errorf("the samples have the shape %v, want [channels frames]", f.Samples.Shape())
	case f.Samples.Dim(0) < 1 || f.Samples.Dim(0) > MaxChannels:
		return nil, fmt.Errorf("there are %d channels, want 1 to %d", f.Samples.Dim(0), MaxChannels)
	case f.SampleRate < 1 || f.SampleRate > 1<<31-1:
		return nil, fmt.Errorf("the rate is %d frames a second, want 1 to %d", f.SampleRate, 1<<31-1)
	}
	channels, frames := f.Samples.Dim(0), f.Samples.Dim(1)
	e := formats[format]
	frame := channels * e.width
	size := int64(frames) * int64(frame)
	b := append([]byte("RIFF"), make([]byte, 4)...)
	b = append(b, "WAVEfmt "...)
	length := uint32(leastFormat)
	if e.tag == tagFloat {
		length += 2 // for the length of an extension, which is 0
	}
	b = le.AppendUint32(b, length)
	b = le.AppendUint16(b, e.tag)
	b = le.AppendUint16(b, uint16(channels))
	b = le.AppendUint32(b, uint32(f.SampleRate))
	b = le.AppendUint32(b, uint32(min(int64(f.SampleRate)*int64(frame), unknown)))
	b = le.AppendUint16(b, uint16(frame))
	b = le.AppendUint16(b, uint16(8*e.width))
	if e.tag == tagFloat {
		b = append(b, "\x00\x00fact\x04\x00\x00\x00"...)
		b = le.AppendUint32(b, uint32(min(int64(frames), unknown)))
	}
	b = append(b, "data"...)
	b = le.AppendUint32(b, uint32(min(size, unknown)))
	total := int64(len(b)) - 8 + size + size%2
	if total >= unknown {
		return nil, fmt.Errorf("the file takes %d bytes, more than the %d that it can", total+8, int64(unknown)+7)
	}
	le.PutUint32(b[4:], uint32(total))
	return b, nil
}
