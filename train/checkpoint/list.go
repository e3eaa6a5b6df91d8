package checkpoint

import (
	"path/filepath"
	"slices"
)

// Open returns the checkpoint in a folder, after a look at each of its files.
// The error of a damaged one names the file that is at fault. Number is 0 when
// the folder has not the name of a checkpoint.
func Open(path string) (*Checkpoint, error) {
	number, _ := numberOf(filepath.Base(path))
	return open(path, number)
}

// Paths returns the folders of all checkpoints, whole or not, the oldest first.
func (s *Store) Paths() ([]string, error) {
	numbers, err := s.numbers()
	var list []string
	for _, n := range numbers {
		list = append(list, s.path(n))
	}
	return list, err
}

// Files returns the names of the files, in the order in which they were saved.
func (c *Checkpoint) Files() []string { return slices.Clone(c.names) }
