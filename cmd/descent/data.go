package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/descent-ml/descent/internal/quote"
)

// A kindOfData is what the examples of a data set are.
type kindOfData string

const (
	pictures kindOfData = "pictures"
	tables   kindOfData = "tables"
	texts    kindOfData = "texts"
)

// The data sets that have a name.
var (
	drawn    = []string{"digits"}
	download = []string{"mnist", "fashion-mnist", "cifar10"}
)

// downloadable reports whether the data is a set that can be fetched.
func (s *settings) downloadable() bool { return slices.Contains(download, s.Data) }

// kind tells what the data is: as the run has decided, or by its name, without
// reading it.
func (s *settings) kind() kindOfData {
	if s.Kind != "" {
		return s.Kind
	}
	if slices.Contains(drawn, s.Data) || s.downloadable() {
		return pictures
	}
	if info, err := os.Stat(s.Data); err == nil && info.IsDir() {
		return pictures
	}
	switch strings.ToLower(filepath.Ext(s.Data)) {
	case ".csv", ".tsv", ".tab":
		return tables
	}
	return texts
}

// label is a short name of the data for the run folder.
func (s *settings) label() string {
	name := filepath.Base(s.Data)
	return strings.TrimSuffix(name, filepath.Ext(name))
}

// exists returns an error when the data has no name that is known and is no
// file either.
func (s *settings) exists() error {
	if slices.Contains(drawn, s.Data) || s.downloadable() {
		return nil
	}
	if _, err := os.Stat(s.Data); err != nil {
		return fmt.Errorf("--data %s is neither a file, a folder, nor one of %s", quote.Short(s.Data),
			strings.Join(slices.Concat(drawn, download), ", "))
	}
	return nil
}

// load reads or draws the data, and makes of it what is to be learnt.
func (s *settings) load(ctx context.Context, con *console) (task, error) {
	switch s.kind() {
	case tables:
		return loadTable(s)
	case texts:
		return loadText(s)
	}
	return loadPictures(ctx, s, con)
}
