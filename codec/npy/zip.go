package npy

import (
	"archive/zip"
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"
	"slices"
	"strings"

	"github.com/descent-ml/descent/internal/intake"
	"github.com/descent-ml/descent/internal/quote"
)

// Limits on the .npz files that are read and written.
const (
	MaxArrays    = 10_000  // arrays
	MaxDirectory = 4 << 20 // bytes of the list of arrays
	MaxInflated  = 1 << 30 // bytes of all compressed arrays together, when they are no longer compressed
)

const suffix = ".npy"

// Flags of a member of a zip file.
const (
	isEncrypted = 1
	isUTF8      = 1 << 11 // its name is UTF-8
)

// A Named is an array with the name that it has in a .npz file, without .npy.
type Named struct {
	Name  string
	Array *Array
}

// ReadZip reads all arrays of a .npz file, in the order of the file, which has the
// given size in bytes. They may be stored or deflated.
//
// Every fault is an error that names the array: what [Read] refuses, a name that is
// no relative path or that occurs twice, a member that is no .npy file, members that
// overlap or are encrypted, and more than [MaxArrays], [MaxDirectory] or
// [MaxInflated] allow. Memory grows with what arrives, and the arrays that are stored
// take no more than the file.
func ReadZip(r io.ReaderAt, size int64) ([]Named, error) {
	arrays, err := readZip(r, size)
	if err != nil {
		return nil, fmt.Errorf("npy: %w", err)
	}
	return arrays, nil
}

// ReadZipFile reads the .npz file at path, as [ReadZip] does.
func ReadZipFile(path string) ([]Named, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("npy: %w", err)
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return nil, fmt.Errorf("npy: %w", err)
	}
	arrays, err := readZip(file, info.Size())
	if err != nil {
		return nil, fmt.Errorf("npy: %s: %w", path, err)
	}
	return arrays, nil
}

func readZip(r io.ReaderAt, size int64) ([]Named, error) {
	budget := &budget{r: r, left: MaxDirectory}
	z, err := zip.NewReader(budget, size)
	if err != nil {
		return nil, fmt.Errorf("cannot read the directory of the zip file: %w", err)
	}
	budget.left = math.MaxInt64
	if err := checkMembers(z.File); err != nil {
		return nil, err
	}
	if err := checkPlaces(z.File, size); err != nil {
		return nil, err
	}
	arrays := make([]Named, len(z.File))
	for i, f := range z.File {
		name := strings.TrimSuffix(f.Name, suffix)
		a, err := readMember(f)
		if err != nil {
			return nil, fmt.Errorf("array %s: %w", quote.Short(name), err)
		}
		arrays[i] = Named{name, a}
	}
	return arrays, nil
}

// checkMembers looks at what the directory says, before anything is read.
func checkMembers(members []*zip.File) error {
	if len(members) > MaxArrays {
		return fmt.Errorf("there are %d arrays, more than the %d that are read at most", len(members), MaxArrays)
	}
	seen := make(map[string]bool, len(members))
	inflated := uint64(0) // bytes
	for i, f := range members {
		name, ok := strings.CutSuffix(f.Name, suffix)
		if !ok {
			return fmt.Errorf("member %d, %s, is no .npy file", i, quote.Short(f.Name))
		}
		if err := checkName(name, seen); err != nil {
			return fmt.Errorf("array %d: %w", i, err)
		}
		switch {
		case f.Flags&isEncrypted != 0:
			return fmt.Errorf("array %s is encrypted", quote.Short(name))
		case f.Method != zip.Store && f.Method != zip.Deflate:
			return fmt.Errorf("array %s is compressed by method %d, want 0 (stored) or 8 (deflated)", quote.Short(name), f.Method)
		case f.Method == zip.Store && f.UncompressedSize64 != f.CompressedSize64:
			return fmt.Errorf("array %s is stored, but its %d bytes become %d", quote.Short(name), f.CompressedSize64, f.UncompressedSize64)
		case f.Method == zip.Deflate && f.UncompressedSize64 > MaxInflated-inflated:
			return fmt.Errorf("array %s becomes %d bytes; the compressed arrays may become %d together", quote.Short(name), f.UncompressedSize64, MaxInflated)
		}
		if f.Method == zip.Deflate {
			inflated += f.UncompressedSize64
		}
	}
	return nil
}

// checkPlaces looks at where in the file the members lie. Members that overlap could
// hold many times what the file does.
func checkPlaces(members []*zip.File, size int64) error {
	type span struct {
		f          *zip.File
		begin, end int64
	}
	spans := make([]span, len(members))
	for i, f := range members {
		begin, err := f.DataOffset()
		if err != nil {
			return fmt.Errorf("member %s: there is no header at its place in the file: %w", quote.Short(f.Name), intake.Early(err))
		}
		if begin > size || f.CompressedSize64 > uint64(size-begin) {
			return fmt.Errorf("member %s takes %d bytes from byte %d on, but the file has %d", quote.Short(f.Name), f.CompressedSize64, begin, size)
		}
		spans[i] = span{f, begin, begin + int64(f.CompressedSize64)}
	}
	slices.SortFunc(spans, func(a, b span) int { return cmp.Compare(a.begin, b.begin) })
	for i := 1; i < len(spans); i++ {
		if a, b := spans[i-1], spans[i]; b.begin <= a.end { // a header lies between them
			return fmt.Errorf("members %s and %s overlap: one ends at byte %d, the other begins at %d", quote.Short(a.f.Name), quote.Short(b.f.Name), a.end, b.begin)
		}
	}
	return nil
}

// checkName returns why an array cannot have a name. It adds the name to seen.
func checkName(name string, seen map[string]bool) error {
	switch {
	case name == "":
		return errors.New("its name is empty")
	case !fs.ValidPath(name) || strings.ContainsAny(name, "\\\x00"):
		return fmt.Errorf("its name %s is no relative path of UTF-8", quote.Short(name))
	case len(name) > math.MaxUint16-len(suffix):
		return fmt.Errorf("its name %s is longer than a zip file can hold", quote.Short(name))
	case seen[name]:
		return fmt.Errorf("the name %s is taken by an earlier one", quote.Short(name))
	}
	seen[name] = true
	return nil
}

// readMember reads one array.
func readMember(f *zip.File) (*Array, error) {
	r, err := f.Open()
	if err != nil {
		return nil, err
	}
	defer func() { _ = r.Close() }() // which says nothing that reading has not said
	// A stored array is as long as the file has room for it. The length of one that
	// is compressed is a claim.
	return read(r, int64(f.UncompressedSize64), f.Method == zip.Store)
}

// A budget reads no more than some bytes. Without it, a directory of ten megabytes
// would become a hundred in memory.
type budget struct {
	r    io.ReaderAt
	left int64
}

func (b *budget) ReadAt(p []byte, at int64) (int, error) {
	if b.left -= int64(len(p)); b.left < 0 {
		return 0, fmt.Errorf("it is longer than the %d bytes that are read at most", MaxDirectory)
	}
	return b.r.ReadAt(p, at)
}
