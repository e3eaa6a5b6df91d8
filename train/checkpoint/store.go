package checkpoint

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// A Store is a folder of checkpoints. One process at a time may save to it.
type Store struct {
	Dir  string
	Keep int // how many of the newest checkpoints are kept; 0 means 2

	files files // the file system; nil means the system's
}

// A File is a file of a checkpoint.
type File struct {
	Name  string                // without a folder
	Write func(io.Writer) error // writes what the file holds
}

// A Checkpoint is a checkpoint of a [Store]. Its files are whole, or were when it
// was opened.
type Checkpoint struct {
	Number int    // checkpoints are numbered from 1
	Path   string // the folder
	Best   bool   // it was saved as the best so far
	names  []string
}

// The names of folders and of the manifest.
const (
	prefix       = "checkpoint-"
	temporary    = ".checkpoint-new"
	removed      = ".checkpoint-old"
	manifestName = "manifest.json"
)

// A manifest says what the files of a checkpoint hold.
type manifest struct {
	Best  bool    `json:"best,omitempty"`
	Files []entry `json:"files"`
}

type entry struct {
	Name   string `json:"name"`
	Length int64  `json:"length"`
	SHA256 string `json:"sha256"`
}

// maxManifest is the largest manifest that is read, in bytes.
const maxManifest = 1 << 20

func (s *Store) system() files {
	if s.files == nil {
		return system{}
	}
	return s.files
}

// Save writes a checkpoint, and removes old ones: all but the Keep newest and
// the newest that was saved as the best. After an error, the checkpoints before
// are as they were.
func (s *Store) Save(best bool, list ...File) (err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("the checkpoint cannot be saved in %s: %w", s.Dir, err)
		}
	}()
	f := s.system()
	if err := f.mkdir(s.Dir); err != nil {
		return err
	}
	numbers, err := s.numbers()
	if err != nil {
		return err
	}
	for _, leftover := range []string{temporary, removed} {
		if err := f.remove(filepath.Join(s.Dir, leftover)); err != nil {
			return err
		}
	}
	folder := filepath.Join(s.Dir, temporary)
	if err := f.mkdir(folder); err != nil {
		return err
	}
	m := manifest{Best: best}
	for _, file := range list {
		e, err := write(f, folder, file)
		if err != nil {
			return err
		}
		m.Files = append(m.Files, e)
	}
	if _, err := write(f, folder, File{manifestName, func(w io.Writer) error {
		enc := json.NewEncoder(w)
		enc.SetIndent("", "  ")
		return enc.Encode(m)
	}}); err != nil {
		return err
	}
	if err := f.sync(folder); err != nil {
		return err
	}
	next := 1
	if n := len(numbers); n > 0 {
		next = numbers[n-1] + 1
	}
	if err := f.rename(folder, s.path(next)); err != nil {
		return err
	}
	if err := f.sync(s.Dir); err != nil {
		return err
	}
	return s.prune(append(numbers, next))
}

// write writes a file of a checkpoint, and returns its line of the manifest.
func write(f files, folder string, file File) (entry, error) {
	path := filepath.Join(folder, file.Name)
	w, err := f.create(path)
	if err != nil {
		return entry{}, err
	}
	sum := &summer{w: w, hash: sha256.New()}
	err = file.Write(sum)
	if err == nil {
		err = w.Sync()
	}
	if e := w.Close(); err == nil {
		err = e
	}
	if err != nil {
		return entry{}, fmt.Errorf("%s: %w", file.Name, err)
	}
	return entry{file.Name, sum.n, hex.EncodeToString(sum.hash.Sum(nil))}, nil
}

// A summer counts and hashes what is written.
type summer struct {
	w    io.Writer
	hash hash.Hash
	n    int64
}

func (s *summer) Write(b []byte) (int, error) {
	n, err := s.w.Write(b)
	s.hash.Write(b[:n])
	s.n += int64(n)
	return n, err
}

// prune removes old checkpoints. A folder is first given a name that is not one
// of a checkpoint, so that no half-removed one is taken for damaged.
func (s *Store) prune(numbers []int) error {
	f := s.system()
	keep := s.Keep
	if keep == 0 {
		keep = 2
	}
	best := true // the newest of the best is still to come
	for i, n := range slices.Backward(numbers) {
		isBest := false
		if best {
			if m, err := readManifest(s.path(n)); err == nil {
				isBest = m.Best
			}
		}
		best = best && !isBest
		if i >= len(numbers)-keep || isBest {
			continue
		}
		old := filepath.Join(s.Dir, removed)
		if err := f.rename(s.path(n), old); err != nil {
			return err
		}
		if err := f.remove(old); err != nil {
			return err
		}
	}
	return nil
}

func (s *Store) path(number int) string {
	return filepath.Join(s.Dir, nameOf(number))
}

// numbers returns the numbers of the checkpoints, in order, whole or not.
func (s *Store) numbers() (list []int, err error) {
	entries, err := os.ReadDir(s.Dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	for _, e := range entries {
		if n, ok := numberOf(e.Name()); ok {
			list = append(list, n)
		}
	}
	slices.Sort(list)
	return list, nil
}

// numberOf returns the number of the checkpoint in a folder of that name, and
// whether it is one of a checkpoint.
func numberOf(name string) (n int, ok bool) {
	text, ok := strings.CutPrefix(name, prefix)
	n, err := strconv.Atoi(text)
	if !ok || err != nil || n < 1 || nameOf(n) != name {
		return 0, false
	}
	return n, true
}

func nameOf(number int) string { return fmt.Sprintf("%s%06d", prefix, number) }

// Newest returns the newest checkpoint that is whole, and nil when there is
// none. damaged has an error for each newer one, which names the file that is at
// fault. err is that of a folder that cannot be read.
func (s *Store) Newest() (c *Checkpoint, damaged []error, err error) {
	numbers, err := s.numbers()
	if err != nil {
		return nil, nil, err
	}
	for _, n := range slices.Backward(numbers) {
		c, err := open(s.path(n), n)
		if err == nil {
			return c, damaged, nil
		}
		damaged = append(damaged, err)
	}
	return nil, damaged, nil
}
