package main

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/descent-ml/descent/internal/quote"
)

// inspectCommand tells what files and folders are.
type inspectCommand struct {
	Paths []string `arg:"" name:"path" help:"Files and folders."`
	JSON  bool     `name:"json" help:"Print a line of JSON for each path instead of text."`
}

// Help is what descent inspect --help says above the flags.
func (c *inspectCommand) Help() string {
	return "Knows safetensors, NumPy's npy and npz, IDX, WAVE, PNG, JPEG and GIF, tables such as CSV, JSON and plain text, " +
		"and of folders: a run, its checkpoints, one checkpoint, and pictures or recordings with a folder for each class. " +
		"What a file holds decides, and its name where that does not tell."
}

// Run describes one path after the other. Those that cannot be read do not keep
// it from the others.
func (c *inspectCommand) Run(ctx context.Context, con *console) error {
	var failures []error
	first := true
	for _, path := range c.Paths {
		f, err := inspect(ctx, path)
		if ctx.Err() != nil {
			return &interruptedError{"before the end of " + path}
		}
		if err != nil {
			if name := quote.Line(path); !strings.Contains(quote.Line(err.Error()), name) {
				err = fmt.Errorf("%s: %w", name, err)
			}
			failures = append(failures, err)
			continue
		}
		if !c.JSON {
			if !first {
				con.printf("\n")
			}
			first = false
			f.print(con)
			continue
		}
		line, err := json.Marshal(f)
		if err != nil {
			return err
		}
		con.printf("%s\n", line)
	}
	return errors.Join(failures...)
}

// Facts are what is known about a path: print tells them in words and numbers,
// and encoding/json as an object.
type facts interface{ print(con *console) }

// A head is what all facts begin with.
type head struct {
	Path  string `json:"path"`
	Kind  string `json:"kind"`
	Bytes int64  `json:"bytes"` // of the file, or of the files in the folder that count
}

// print prints the first line.
func (h *head) print(con *console, more ...string) {
	parts := []string{h.Kind, plural(int(h.Bytes), "byte")}
	con.printf("%s: %s\n", quote.Line(h.Path), strings.Join(append(parts, more...), ", "))
}

// An inspector finds out about a file or a folder of one kind. It fills in the
// kind.
type inspector func(ctx context.Context, h head) (facts, error)

// inspect finds out what is at path.
func inspect(ctx context.Context, path string) (facts, error) {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return nil, err
	case info.IsDir():
		return inspectFolder(ctx, head{Path: path})
	case !info.Mode().IsRegular():
		return nil, errors.New("this is neither a regular file nor a folder")
	}
	start, err := startOf(path)
	if err != nil {
		return nil, err
	}
	by := byContent(start)
	if by == nil {
		by = byName(path)
	}
	if by == nil {
		by = inspectText
		if bytes.IndexByte(start, 0) >= 0 {
			return nil, errors.New("this is a binary file of no kind that descent knows")
		}
	}
	return by(ctx, head{Path: path, Bytes: info.Size()})
}

// startOf returns the first bytes of a file.
func startOf(path string) ([]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	start := make([]byte, 512)
	n, err := io.ReadFull(file, start)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, err
	}
	return start[:n], nil
}

// byContent returns the inspector for a file with the given first bytes, or nil
// when they do not tell.
func byContent(start []byte) inspector {
	begins := func(with ...string) bool {
		return slices.ContainsFunc(with, func(w string) bool { return bytes.HasPrefix(start, []byte(w)) })
	}
	switch {
	case begins("\x93NUMPY"):
		return inspectNPY
	case begins("PK\x03\x04", "PK\x05\x06"):
		return inspectNPZ
	case begins("RIFF", "RIFX", "RF64") && len(start) >= 12 && string(start[8:12]) == "WAVE":
		return inspectWAV
	case begins("\x89PNG", "\xff\xd8\xff", "GIF8"):
		return inspectPicture
	case begins("\x00\x00") && len(start) >= 4 && start[2] >= 8 && start[2] <= 14, begins("\x1f\x8b"):
		return inspectIDX
	case len(start) > 8 && start[8] == '{' && binary.LittleEndian.Uint64(start) < 1<<32:
		return inspectSafetensors
	}
	return nil
}

// byName returns the inspector for a file of that name, or nil when it does not
// tell.
func byName(path string) inspector {
	switch strings.ToLower(filepath.Ext(path)) {
	case ".npy":
		return inspectNPY
	case ".npz":
		return inspectNPZ
	case ".wav":
		return inspectWAV
	case ".png", ".jpg", ".jpeg", ".gif":
		return inspectPicture
	case ".idx", ".gz":
		return inspectIDX
	case ".safetensors":
		return inspectSafetensors
	case ".csv", ".tsv", ".tab":
		return inspectTable
	case ".json":
		return inspectJSON
	}
	return nil
}

// plural writes a number of things. The plural of what ends with s.
func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return thousands(n) + " " + what + "s"
}
