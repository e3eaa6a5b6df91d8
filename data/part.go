package data

import (
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"

	"github.com/descent-ml/descent/internal/atomicfile"
)

// A part is what has arrived of a file. It lies beside the place of the file,
// under a name that no other process uses: NAME.12345678.part. Nobody but its
// process writes to it; others may read it at any time, since its bytes, however
// few, are the first of the file.
type part struct {
	file *os.File
	size int64
	err  error // of writing, which no other mirror can mend
}

// openPart makes a new part for the file at path. It begins with the bytes of the
// longest part that an earlier process has left, or that another process has so
// far, unless these are more than limit.
func openPart(path string, limit int64) (*part, error) {
	p := &part{}
	for try := 0; ; try++ {
		var err error
		name := fmt.Sprintf("%s.%08x.part", path, rand.Uint32())
		p.file, err = os.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o666)
		if err == nil {
			break
		}
		if !os.IsExist(err) || try == 100 {
			return nil, err
		}
	}
	left := leftParts(path, p.file.Name())
	longest, most := "", int64(0)
	for _, name := range left {
		if info, err := os.Stat(name); err == nil && info.Mode().IsRegular() && info.Size() > most && info.Size() <= limit {
			longest, most = name, info.Size()
		}
	}
	if longest != "" {
		p.copyFrom(longest, limit)
	}
	if p.err != nil {
		p.drop()
		return nil, p.err
	}
	remove(left)
	return p, nil
}

// copyFrom copies another part. One that cannot be read counts as empty.
func (p *part) copyFrom(name string, limit int64) {
	from, err := os.Open(name)
	if err != nil {
		return
	}
	defer from.Close()
	if _, err := io.Copy(p, io.LimitReader(from, limit)); err != nil {
		p.cut()
	}
}

// Write appends b.
func (p *part) Write(b []byte) (int, error) {
	n, err := p.file.Write(b)
	p.size += int64(n)
	if err != nil {
		p.err = err
	}
	return n, err
}

// cut makes the part empty.
func (p *part) cut() {
	if _, err := p.file.Seek(0, io.SeekStart); err != nil {
		p.err = err
	}
	if err := p.file.Truncate(0); err != nil {
		p.err = err
	}
	p.size = 0
}

// place gives path the contents of the part when they are those of f; if not, the
// error is a [*contentError]. The bytes are compared while they are copied, so
// that what is placed is what was compared.
func (p *part) place(f RemoteFile, path string) error {
	return atomicfile.Write(path, func(w io.Writer) error {
		if _, err := p.file.Seek(0, io.SeekStart); err != nil {
			return err
		}
		return f.copyTo(w, p.file)
	})
}

// keep closes the part and leaves it for the next try, unless it is empty.
func (p *part) keep() {
	if p.size == 0 {
		p.drop()
		return
	}
	p.file.Close()
}

// drop closes and removes the part.
func (p *part) drop() {
	p.file.Close()
	os.Remove(p.file.Name())
}

// leftParts returns the parts of the file at path, without the one named own.
func leftParts(path, own string) []string {
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil {
		return nil
	}
	var left []string
	for _, e := range entries {
		name := filepath.Join(filepath.Dir(path), e.Name())
		random, mine := strings.CutPrefix(name, path+".")
		random, isPart := strings.CutSuffix(random, ".part")
		if mine && isPart && len(random) == 8 && name != own {
			left = append(left, name)
		}
	}
	return left
}

// remove removes parts. One that a process still writes to goes on without a
// name, or stays where the system does not allow that.
func remove(parts []string) {
	for _, name := range parts {
		_ = os.Remove(name)
	}
}
