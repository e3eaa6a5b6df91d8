package checkpoint

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
)

// open checks every file of a checkpoint against its manifest.
func open(path string, number int) (*Checkpoint, error) {
	m, err := readManifest(path)
	if err != nil {
		return nil, fmt.Errorf("the checkpoint %s is damaged: %w", path, err)
	}
	c := &Checkpoint{Number: number, Path: path, Best: m.Best}
	for _, e := range m.Files {
		if err := e.verify(path); err != nil {
			return nil, fmt.Errorf("the checkpoint %s is damaged: %w", path, err)
		}
		c.names = append(c.names, e.Name)
	}
	return c, nil
}

// readManifest reads the manifest of the checkpoint at path.
func readManifest(path string) (*manifest, error) {
	file, err := os.Open(filepath.Join(path, manifestName))
	if err != nil {
		return nil, err
	}
	defer file.Close()
	b, err := io.ReadAll(io.LimitReader(file, maxManifest+1))
	if err != nil {
		return nil, err
	}
	if len(b) > maxManifest {
		return nil, fmt.Errorf("%s has more than %d bytes", manifestName, maxManifest)
	}
	m := &manifest{}
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(m); err != nil {
		return nil, fmt.Errorf("%s: %w", manifestName, err)
	}
	if d.More() || m.Files == nil {
		return nil, fmt.Errorf("%s is not the list of files that it should be", manifestName)
	}
	for i, e := range m.Files {
		if e.Name == manifestName || e.Name != filepath.Base(e.Name) || !filepath.IsLocal(e.Name) {
			return nil, fmt.Errorf("%s names the file %q, which cannot be one of a checkpoint", manifestName, e.Name)
		}
		if slices.ContainsFunc(m.Files[:i], func(other entry) bool { return other.Name == e.Name }) {
			return nil, fmt.Errorf("%s names the file %q twice", manifestName, e.Name)
		}
	}
	return m, nil
}

// verify returns an error when the file is not as e says.
func (e *entry) verify(folder string) error {
	file, err := os.Open(filepath.Join(folder, e.Name))
	if err != nil {
		return err
	}
	defer file.Close()
	info, err := file.Stat()
	switch {
	case err != nil:
		return err
	case !info.Mode().IsRegular():
		return fmt.Errorf("%s is not a regular file", e.Name)
	case info.Size() != e.Length:
		return fmt.Errorf("%s has %d bytes; the manifest says %d", e.Name, info.Size(), e.Length)
	}
	h := sha256.New()
	if _, err := io.Copy(h, file); err != nil {
		return err
	}
	if got := hex.EncodeToString(h.Sum(nil)); got != e.SHA256 {
		return fmt.Errorf("%s has other contents than when it was saved (its SHA-256 is %s; the manifest says %.64q)", e.Name, got, e.SHA256)
	}
	return nil
}

// Has reports whether the checkpoint has a file of that name.
func (c *Checkpoint) Has(name string) bool { return slices.Contains(c.names, name) }

// File returns the path of a file, which the checkpoint must have.
func (c *Checkpoint) File(name string) (string, error) {
	if !c.Has(name) {
		return "", fmt.Errorf("the checkpoint %s has no file %s", c.Path, name)
	}
	return filepath.Join(c.Path, name), nil
}

// Best returns the checkpoint that was last saved as the best, or nil when there
// is none that is whole.
func (s *Store) Best() (*Checkpoint, error) {
	numbers, err := s.numbers()
	if err != nil {
		return nil, err
	}
	var all []error
	for _, n := range slices.Backward(numbers) {
		m, err := readManifest(s.path(n))
		if err != nil || !m.Best {
			continue
		}
		c, err := open(s.path(n), n)
		if err == nil {
			return c, nil
		}
		all = append(all, err)
	}
	return nil, errors.Join(all...)
}
