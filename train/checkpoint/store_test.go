package checkpoint

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// contents returns files that say which save they are of. One is long enough to
// be written in several parts.
func contents(n int) []File {
	long := strings.Repeat(fmt.Sprintf("save %d. ", n), 100)
	return []File{
		{"a.txt", func(w io.Writer) error { _, err := fmt.Fprintf(w, "a of save %d", n); return err }},
		{"long.txt", func(w io.Writer) error {
			for range 10 {
				if _, err := io.WriteString(w, long); err != nil {
					return err
				}
			}
			return nil
		}},
	}
}

// holds returns the number of the save that the newest checkpoint is of, and
// fails unless that is complete.
func holds(t *testing.T, s *Store) int {
	t.Helper()
	c, _, err := s.Newest()
	require.NoError(t, err)
	require.NotNil(t, c, "there is no checkpoint that is whole")
	b, err := os.ReadFile(filepath.Join(c.Path, "a.txt"))
	require.NoError(t, err)
	var n int
	_, err = fmt.Sscanf(string(b), "a of save %d", &n)
	require.NoError(t, err)
	for _, f := range contents(n) {
		var want bytes.Buffer
		require.NoError(t, f.Write(&want))
		path, err := c.File(f.Name)
		require.NoError(t, err)
		got, err := os.ReadFile(path)
		require.NoError(t, err)
		require.Equal(t, want.String(), string(got))
	}
	return n
}

func names(t *testing.T, dir string) (list []string) {
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	for _, e := range entries {
		list = append(list, e.Name())
	}
	return list
}

func TestSaveKeepsTheNewestAndTheBest(t *testing.T) {
	s := &Store{Dir: filepath.Join(t.TempDir(), "run", "checkpoints")}
	c, damaged, err := s.Newest()
	require.NoError(t, err)
	require.Nil(t, c)
	require.Empty(t, damaged)
	for n := 1; n <= 6; n++ {
		require.NoError(t, s.Save(n == 2 || n == 3, contents(n)...))
		require.Equal(t, n, holds(t, s))
	}
	require.Equal(t, []string{"checkpoint-000003", "checkpoint-000005", "checkpoint-000006"}, names(t, s.Dir))
	best, err := s.Best()
	require.NoError(t, err)
	require.Equal(t, 3, best.Number)
	require.True(t, best.Best)
	s.Keep = 1
	require.NoError(t, s.Save(true, contents(7)...))
	require.Equal(t, []string{"checkpoint-000007"}, names(t, s.Dir))
	c, _, err = s.Newest()
	require.NoError(t, err)
	require.False(t, c.Has("b.txt"))
	_, err = c.File("b.txt")
	require.ErrorContains(t, err, "has no file b.txt")
}

// All checkpoints are listed and each can be opened, the damaged ones with what
// is wrong.
func TestListOfCheckpoints(t *testing.T) {
	s := &Store{Dir: t.TempDir(), Keep: 3}
	list, err := s.Paths()
	require.NoError(t, err)
	require.Empty(t, list)
	for n := 1; n <= 3; n++ {
		require.NoError(t, s.Save(n == 2, contents(n)...))
	}
	require.NoError(t, os.Mkdir(filepath.Join(s.Dir, "checkpoint-4"), 0o777)) // is none
	require.NoError(t, os.Remove(filepath.Join(s.path(3), "a.txt")))
	list, err = s.Paths()
	require.NoError(t, err)
	require.Equal(t, []string{s.path(1), s.path(2), s.path(3)}, list)
	c, err := Open(list[1])
	require.NoError(t, err)
	require.Equal(t, 2, c.Number)
	require.True(t, c.Best)
	require.Equal(t, []string{"a.txt", "long.txt"}, c.Files())
	_, err = Open(list[2])
	require.ErrorContains(t, err, "the checkpoint "+list[2]+" is damaged: ")

	moved := filepath.Join(t.TempDir(), "moved")
	require.NoError(t, os.Rename(list[0], moved))
	c, err = Open(moved)
	require.NoError(t, err)
	require.Zero(t, c.Number)
	require.Equal(t, moved, c.Path)
	_, err = (&Store{Dir: filepath.Join(moved, "a.txt")}).Paths()
	require.Error(t, err)
}

// A failing file system fails the operation with number fail, and all after it.
// A write that fails is torn: half of it is done. So is the removal of a folder.
type failing struct {
	system
	fail, done int
}

var errDisk = errors.New("the disk has failed")

func (f *failing) next() error {
	if f.done++; f.done > f.fail {
		return errDisk
	}
	return nil
}

func (f *failing) mkdir(path string) error {
	if err := f.next(); err != nil {
		return err
	}
	return f.system.mkdir(path)
}

func (f *failing) create(path string) (file, error) {
	if err := f.next(); err != nil {
		return nil, err
	}
	w, err := f.system.create(path)
	return &failingFile{w, f}, err
}

func (f *failing) sync(string) error { return f.next() }

func (f *failing) rename(from, to string) error {
	if err := f.next(); err != nil {
		return err
	}
	return f.system.rename(from, to)
}

func (f *failing) remove(path string) error {
	if err := f.next(); err != nil {
		os.Remove(filepath.Join(path, "a.txt"))
		return err
	}
	return f.system.remove(path)
}

type failingFile struct {
	file
	disk *failing
}

func (w *failingFile) Write(b []byte) (int, error) {
	if err := w.disk.next(); err != nil {
		n, _ := w.file.Write(b[:len(b)/2])
		return n, err
	}
	return w.file.Write(b)
}

func (w *failingFile) Sync() error {
	if err := w.disk.next(); err != nil {
		return err
	}
	return w.file.Sync()
}

func (w *failingFile) Close() error {
	err := w.disk.next()
	if e := w.file.Close(); err == nil {
		err = e
	}
	return err
}

// A save that fails at any operation leaves the state before it or the new one,
// and the next save works.
func TestEveryOperationFails(t *testing.T) {
	for fail, complete := 0, false; !complete; fail++ {
		s := &Store{Dir: t.TempDir(), Keep: 1}
		require.NoError(t, s.Save(false, contents(1)...))
		require.NoError(t, s.Save(false, contents(2)...))
		disk := &failing{fail: fail}
		s.files = disk
		err := s.Save(false, contents(3)...)
		s.files = nil
		if complete = disk.done <= fail; complete {
			require.NoError(t, err)
			require.Greater(t, fail, 25)
			t.Logf("%d operations, each failed in turn", fail)
		} else {
			require.ErrorIs(t, err, errDisk)
			require.ErrorContains(t, err, "the checkpoint cannot be saved in "+s.Dir)
		}
		require.Contains(t, []int{2, 3}, holds(t, s), "operation %d", fail)
		require.NoError(t, s.Save(false, contents(4)...))
		require.Equal(t, 4, holds(t, s))
		require.Len(t, names(t, s.Dir), 1)
	}
}

// A file that the caller cannot write is named.
func TestSaveOfAFileThatFails(t *testing.T) {
	s := &Store{Dir: t.TempDir()}
	require.NoError(t, s.Save(false, contents(1)...))
	err := s.Save(false, File{"odd.bin", func(io.Writer) error { return errors.New("no such tensor") }})
	require.EqualError(t, err, "the checkpoint cannot be saved in "+s.Dir+": odd.bin: no such tensor")
	require.Equal(t, 1, holds(t, s))
}

// Of each damage the file is named, and the checkpoint before is taken.
func TestDamage(t *testing.T) {
	cut := func(b []byte) []byte { return b[:len(b)-1] }
	flip := func(b []byte) []byte { b[len(b)/2] ^= 1; return b }
	for _, c := range []struct {
		file, want string
		damage     func([]byte) []byte
	}{
		{"a.txt", "a.txt has 10 bytes; the manifest says 11", cut},
		{"a.txt", "a.txt has other contents than when it was saved", flip},
		{"long.txt", "long.txt has other contents than when it was saved", flip},
		{"a.txt", "no such file", nil},
		{"manifest.json", "no such file", nil},
		{"manifest.json", "manifest.json: unexpected EOF", func(b []byte) []byte { return b[:len(b)/2] }},
		{"manifest.json", "manifest.json: EOF", func([]byte) []byte { return nil }},
		{"manifest.json", "manifest.json has more than 1048576 bytes", func([]byte) []byte { return make([]byte, 1<<20+1) }},
		{"manifest.json", "is not the list of files that it should be", func([]byte) []byte { return []byte("{}") }},
		{"manifest.json", "is not the list of files that it should be", func(b []byte) []byte { return append(b, "[]"...) }},
		{"manifest.json", `names the file "../../secret", which cannot be one of a checkpoint`, func([]byte) []byte {
			return []byte(`{"files": [{"name": "../../secret", "length": 1, "sha256": ""}]}`)
		}},
		{"manifest.json", `names the file "a.txt" twice`, func([]byte) []byte {
			return []byte(`{"files": [{"name": "a.txt"}, {"name": "a.txt"}]}`)
		}},
		{"manifest.json", `.. is not a regular file`, func([]byte) []byte { return []byte(`{"files": [{"name": "folder"}]}`) }},
	} {
		s := &Store{Dir: t.TempDir()}
		require.NoError(t, s.Save(false, contents(1)...))
		require.NoError(t, s.Save(true, contents(2)...))
		require.NoError(t, os.Mkdir(filepath.Join(s.path(2), "folder"), 0o777))
		path := filepath.Join(s.path(2), c.file)
		if c.damage == nil {
			require.NoError(t, os.Remove(path))
		} else {
			b, err := os.ReadFile(path)
			require.NoError(t, err)
			require.NoError(t, os.WriteFile(path, c.damage(b), 0o666))
		}
		got, damaged, err := s.Newest()
		require.NoError(t, err)
		require.Equal(t, 1, got.Number)
		require.Len(t, damaged, 1)
		require.ErrorContains(t, damaged[0], "the checkpoint "+s.path(2)+" is damaged: ")
		if !strings.HasPrefix(c.want, "..") {
			require.ErrorContains(t, damaged[0], c.want)
		}
		best, err := s.Best()
		require.Nil(t, best)
		if c.file != manifestName {
			require.Error(t, err)
		}
		require.NoError(t, s.Save(false, contents(3)...))
		require.Equal(t, 3, holds(t, s))
	}
}

// A manifest from outside is noticed or harmless, and nothing panics.
func FuzzManifest(f *testing.F) {
	s := &Store{Dir: f.TempDir()}
	require.NoError(f, s.Save(false, contents(1)...))
	path := filepath.Join(s.path(1), manifestName)
	good, err := os.ReadFile(path)
	require.NoError(f, err)
	f.Add(good)
	for i := 0; i < len(good); i += 10 {
		f.Add(good[:i])
	}
	f.Add([]byte(`{"files": [{"name": "a.txt", "length": -1, "sha256": "00"}]}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		require.NoError(t, os.WriteFile(path, b, 0o666))
		c, damaged, err := s.Newest()
		require.NoError(t, err)
		require.True(t, (c == nil) == (len(damaged) == 1))
	})
}

func ExampleStore() {
	dir, err := os.MkdirTemp("", "example")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	store := &Store{Dir: dir}
	err = store.Save(false, File{"state.txt", func(w io.Writer) error {
		_, err := io.WriteString(w, "step 10")
		return err
	}})
	if err != nil {
		fmt.Println(err)
		return
	}
	newest, damaged, err := store.Newest()
	fmt.Println(newest.Number, newest.Has("state.txt"), damaged, err)
	// Output: 1 true [] <nil>
}
