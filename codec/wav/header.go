package wav

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"

	"github.com/descent-ml/descent/internal/intake"
)

// MaxChannels is the largest number of channels that is read and written.
const MaxChannels = 1024

const (
	unknown     = 1<<32 - 1 // the length of a chunk whose writer did not know it
	leastFormat = 16        // bytes of a fmt chunk
	extensible  = 40        // bytes of a fmt chunk whose tag is tagExtensible
)

// guid is what follows the tag in an extensible fmt chunk.
var guid = []byte("\x00\x00\x00\x00\x10\x00\x80\x00\x00\xaa\x00\x38\x9b\x71")

// header reads a file up to its first sample.
func (r *Reader) header() error {
	var b [12]byte
	if n, err := io.ReadFull(r.r, b[:]); err != nil {
		return fmt.Errorf("want RIFF, a length and WAVE, 12 bytes, got %d: %w", n, intake.Early(err))
	}
	switch string(b[:4]) {
	case "RIFF":
	case "RIFX":
		return errors.New("the file is big-endian (RIFX), want RIFF")
	case "RF64", "BW64":
		return fmt.Errorf("the file has lengths of 64 bits (%s), want RIFF", b[:4])
	default:
		return fmt.Errorf("not a WAVE file: it starts with %q instead of \"RIFF\"", b[:4])
	}
	if string(b[8:]) != "WAVE" {
		return fmt.Errorf("not a WAVE file: the RIFF file holds %q instead of \"WAVE\"", b[8:])
	}
	r.at = 12
	known := false // the format
	for {
		name, size, err := r.chunk()
		if err != nil {
			return err
		}
		switch {
		case name == "fmt " && known:
			return fmt.Errorf("byte %d: there are two fmt chunks", r.at-8)
		case name == "fmt ":
			known = true
			if err := r.format(size); err != nil {
				return err
			}
		case name == "data" && !known:
			return fmt.Errorf("byte %d: the data come before the fmt chunk, which says how to read them", r.at-8)
		case name == "data":
			return r.data(size)
		default:
			if err := r.skip(name, size, size+size&1); err != nil {
				return err
			}
		}
	}
}

// chunk reads the name and the length of the next chunk.
func (r *Reader) chunk() (name string, size int64, err error) {
	var b [8]byte
	n, err := io.ReadFull(r.r, b[:])
	if err != nil {
		return "", 0, fmt.Errorf("byte %d: want a data chunk, the file ends: %w", r.at+int64(n), intake.Early(err))
	}
	r.at += 8
	return string(b[:4]), int64(le.Uint32(b[4:])), nil
}

// skip passes over n bytes of a chunk of the given size.
func (r *Reader) skip(name string, size, n int64) error {
	got, err := io.CopyN(io.Discard, r.r, n)
	if err != nil {
		return fmt.Errorf("byte %d: the chunk %q takes %d bytes, but the file ends: %w", r.at+got, name, size, intake.Early(err))
	}
	r.at += n
	return nil
}

// format reads a fmt chunk.
func (r *Reader) format(size int64) error {
	begin := r.at
	if size < leastFormat {
		return fmt.Errorf("byte %d: the fmt chunk takes %d bytes, want %d or more", begin, size, leastFormat)
	}
	b := make([]byte, min(size, extensible))
	if n, err := io.ReadFull(r.r, b); err != nil {
		return fmt.Errorf("byte %d: the fmt chunk takes %d bytes, but the file ends: %w", begin+int64(n), size, intake.Early(err))
	}
	r.at += int64(len(b))
	if err := r.skip("fmt ", size, size+size&1-int64(len(b))); err != nil {
		return err
	}
	tag, bits := le.Uint16(b), le.Uint16(b[14:])
	if tag == tagExtensible {
		switch {
		case len(b) < extensible:
			return fmt.Errorf("byte %d: the fmt chunk takes %d bytes, but the extensible format %d", begin, size, extensible)
		case !bytes.Equal(b[26:40], guid):
			return fmt.Errorf("byte %d: the extensible format has the unknown GUID % x", begin+24, b[24:40])
		case le.Uint16(b[18:]) > bits:
			return fmt.Errorf("byte %d: %d bits of a sample are valid, but it has %d", begin+18, le.Uint16(b[18:]), bits)
		}
		tag = le.Uint16(b[24:])
	}
	var err error
	if r.Format, err = formatOf(tag, bits); err != nil {
		return fmt.Errorf("byte %d: %w", begin, err)
	}
	r.Channels = int(le.Uint16(b[2:]))
	rate, block := le.Uint32(b[4:]), int(le.Uint16(b[12:]))
	r.frame = r.Channels * formats[r.Format].width
	switch {
	case r.Channels < 1 || r.Channels > MaxChannels:
		return fmt.Errorf("byte %d: there are %d channels, want 1 to %d", begin+2, r.Channels, MaxChannels)
	case rate < 1 || rate > 1<<31-1:
		return fmt.Errorf("byte %d: the rate is %d frames a second, want 1 to %d", begin+4, rate, 1<<31-1)
	case block != r.frame:
		return fmt.Errorf("byte %d: a frame takes %d bytes, but %d channels of %v take %d", begin+12, block, r.Channels, r.Format, r.frame)
	}
	r.SampleRate = int(rate)
	return nil
}

// data takes note of the length of the samples.
func (r *Reader) data(size int64) error {
	if size == unknown {
		r.size = -1
		return nil
	}
	if size%int64(r.frame) != 0 {
		return fmt.Errorf("byte %d: the data take %d bytes, which are no whole frames of %d bytes", r.at-4, size, r.frame)
	}
	if size/int64(r.frame) > math.MaxInt {
		return fmt.Errorf("byte %d: the data have %d frames, more than memory can address", r.at-4, size/int64(r.frame))
	}
	r.size = size
	return nil
}
