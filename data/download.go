package data

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/descent-ml/descent/internal/quote"
	"github.com/descent-ml/descent/tensor"
)

// stallTime is how long a server may send nothing before it is given up.
const stallTime = 30 * time.Second

// A Recipe says which files make up a data set, and where they can be fetched.
type Recipe struct {
	Name  string // the folder of the files in the cache folder: "mnist"
	Files []RemoteFile
}

// A RemoteFile is a file that lies on servers. Its length and its hash are known
// beforehand, so that it does not matter which server it comes from.
type RemoteFile struct {
	Name   string
	URLs   []string // mirrors, http or https, in the order in which they are tried
	Size   int64    // bytes
	SHA256 string   // of the contents, in hexadecimal
}

// CacheDir returns the folder that [Download] puts data sets in: what the
// environment variable DESCENT_CACHE names, or else the folder descent in the
// user's cache folder ([os.UserCacheDir]).
func CacheDir() (string, error) {
	if dir := os.Getenv("DESCENT_CACHE"); dir != "" {
		return dir, nil
	}
	dir, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("there is no folder to put data sets in (%w): set DESCENT_CACHE to one", err)
	}
	return filepath.Join(dir, "descent"), nil
}

// Download returns the folder that holds the files of r, a folder in [CacheDir].
// It fetches the files that are not there, or have not the hash that they should
// have. When all are there it asks no server.
//
// A file appears under its name only when its length and its SHA-256 are right,
// and then at once, so that two programs may download the same data set at the
// same time. What has arrived of a file when the connection breaks, the program
// ends or ctx is cancelled is kept, and the next try goes on from there, on the
// same mirror or on another. A server that sends nothing for 30 seconds, the wrong
// length or the wrong bytes, or redirects more than 5 times, is given up, and the
// next mirror is tried. No more is read than the length that r promises. The error
// says what was wrong with each mirror.
//
// When progress is not nil it is called with the name of a file, the bytes that
// are there and the bytes that it has, after each piece of some kilobytes, by the
// goroutine that called Download.
//
// Download panics with a [*tensor.ArgError] when r is wrong: a name that is not
// that of a file, no mirror or one that is not http or https, a length that is
// not positive, a hash that is not 64 hexadecimal digits.
func Download(ctx context.Context, r Recipe, progress func(name string, done, size int64)) (dir string, err error) {
	r.check()
	cache, err := CacheDir()
	if err != nil {
		return "", err
	}
	dir = filepath.Join(cache, r.Name)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", fmt.Errorf("download of %s: %w", r.Name, err)
	}
	t := newTransfer(stallTime, progress)
	defer t.client.CloseIdleConnections()
	for _, f := range r.Files {
		if err := t.fetch(ctx, f, filepath.Join(dir, f.Name)); err != nil {
			return "", fmt.Errorf("download of %s to %s: %w", f.Name, quote.Short(dir), err)
		}
	}
	return dir, nil
}

// check panics when r is not what [Download] wants.
func (r Recipe) check() {
	wrong := func(format string, args ...any) {
		panic(&tensor.ArgError{Op: "download", Reason: fmt.Sprintf(format, args...)})
	}
	if !isFileName(r.Name) {
		wrong("%q is not the name of a folder", r.Name)
	}
	for _, f := range r.Files {
		if !isFileName(f.Name) {
			wrong("%q is not the name of a file", f.Name)
		}
		if f.Size <= 0 {
			wrong("%s has a length of %d bytes", f.Name, f.Size)
		}
		if b, err := hex.DecodeString(f.SHA256); err != nil || len(b) != sha256.Size {
			wrong("the SHA-256 of %s is %q, want 64 hexadecimal digits", f.Name, f.SHA256)
		}
		if len(f.URLs) == 0 {
			wrong("%s has no mirror", f.Name)
		}
		for _, s := range f.URLs {
			if u, err := url.Parse(s); err != nil || !isWeb(u) {
				wrong("the mirror %q of %s is not an address of http or https", s, f.Name)
			}
		}
	}
}

// isFileName reports whether s names something in a folder, and not outside.
func isFileName(s string) bool {
	return s != "." && filepath.IsLocal(s) && filepath.Base(s) == s
}

// isWeb reports whether u is an address that is fetched.
func isWeb(u *url.URL) bool { return (u.Scheme == "http" || u.Scheme == "https") && u.Host != "" }

// isAt reports whether the file is at path, whole and unharmed. It is an error
// when something else is there that no file can replace.
func (f RemoteFile) isAt(path string) (bool, error) {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return false, nil
	case err != nil:
		return false, err
	case !info.Mode().IsRegular():
		return false, fmt.Errorf("%s is not a regular file", quote.Short(path))
	case info.Size() != f.Size:
		return false, nil
	}
	file, err := os.Open(path)
	if err != nil {
		return false, err
	}
	defer file.Close()
	err = f.copyTo(io.Discard, file)
	if isContent(err) {
		return false, nil
	}
	return err == nil, err
}

// copyTo copies the contents of the file from r to w, and returns a
// [*contentError] when they are not what they should be.
func (f RemoteFile) copyTo(w io.Writer, r io.Reader) error {
	hash := sha256.New()
	n, err := io.Copy(io.MultiWriter(hash, w), io.LimitReader(r, f.Size))
	if err != nil {
		return err
	}
	if got := hex.EncodeToString(hash.Sum(nil)); n != f.Size || !strings.EqualFold(got, f.SHA256) {
		return &contentError{file: f, size: n, sum: got}
	}
	return nil
}

// A contentError says that bytes are not those of a file.
type contentError struct {
	file RemoteFile
	size int64
	sum  string
}

func (e *contentError) Error() string {
	if e.size != e.file.Size {
		return fmt.Sprintf("want %d bytes, got %d", e.file.Size, e.size)
	}
	return fmt.Sprintf("want the SHA-256 %s, got %s", e.file.SHA256, e.sum)
}

// isContent reports whether err is a [*contentError].
func isContent(err error) bool {
	wrong := (*contentError)(nil)
	return errors.As(err, &wrong)
}
