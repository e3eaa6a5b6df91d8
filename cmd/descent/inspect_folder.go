package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/descent-ml/descent/internal/classes"
	"github.com/descent-ml/descent/internal/quote"
	"github.com/descent-ml/descent/train/checkpoint"
)

// inspectFolder describes a folder by what is in it.
func inspectFolder(ctx context.Context, h head) (facts, error) {
	has := func(name string) bool {
		_, err := os.Stat(filepath.Join(h.Path, name))
		return err == nil
	}
	list, err := (&checkpoint.Store{Dir: h.Path}).Paths()
	switch {
	case err != nil:
		return nil, err
	case has("manifest.json"):
		return inspectCheckpoint(h)
	case len(list) > 0:
		return inspectCheckpoints(h, list)
	case has(configFile) || has(resultFile) || has(checkpointsFolder):
		return inspectRun(ctx, h)
	}
	if t, err := classes.Find(h.Path, "picture", ".png", ".jpg", ".jpeg", ".gif"); err == nil {
		return inspectClasses(ctx, h, "pictures", t)
	}
	if t, err := classes.Find(h.Path, "recording", ".wav"); err == nil {
		return inspectClasses(ctx, h, "recordings", t)
	}
	h.Kind = "folder"
	f := &folderFacts{head: h}
	f.Files, f.Bytes, err = filesIn(ctx, h.Path)
	return f, err
}

// A checkpointFacts is what is known about a checkpoint.
type checkpointFacts struct {
	head
	Number int         `json:"number"`
	Best   bool        `json:"best"` // saved as the best so far
	Epoch  int         `json:"epoch"`
	Steps  int         `json:"steps"`
	Files  []fileFacts `json:"files"`
}

// A fileFacts is what is known about a file in a folder.
type fileFacts struct {
	Name  string `json:"name"`
	Kind  string `json:"kind,omitempty"`
	Bytes int64  `json:"bytes"`
}

func inspectCheckpoint(h head) (facts, error) { return openCheckpoint(h) }

// openCheckpoint checks and describes a checkpoint.
func openCheckpoint(h head) (*checkpointFacts, error) {
	h.Kind = "checkpoint"
	c, err := checkpoint.Open(h.Path)
	if err != nil {
		return nil, err
	}
	f := &checkpointFacts{head: h, Number: c.Number, Best: c.Best, Files: []fileFacts{}}
	for _, name := range c.Files() {
		info, err := os.Stat(filepath.Join(c.Path, name))
		if err != nil {
			return nil, err
		}
		f.Bytes += info.Size()
		f.Files = append(f.Files, fileFacts{Name: name, Bytes: info.Size()})
	}
	if c.Has("state.json") {
		if err := f.readState(filepath.Join(c.Path, "state.json")); err != nil {
			return nil, err
		}
	}
	return f, nil
}

// readState reads how far the run was.
func (f *checkpointFacts) readState(path string) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	var state struct{ Epoch, Steps int }
	if err := json.NewDecoder(io.LimitReader(file, maxJSON)).Decode(&state); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	f.Epoch, f.Steps = state.Epoch, state.Steps
	return nil
}

func (f *checkpointFacts) print(con *console) {
	more := []string{"whole", fmt.Sprintf("epoch %s", thousands(f.Epoch)), plural(f.Steps, "step")}
	if f.Best {
		more = append(more, "the best when it was saved")
	}
	f.head.print(con, more...)
	printFiles(con, f.Files)
}

func printFiles(con *console, list []fileFacts) {
	g := grid{left: 2}
	for _, e := range list {
		g.add(e.Name, e.Kind, thousands(int(e.Bytes))+" B")
	}
	g.print(con)
}

// checkpointsFacts are the facts of a folder of checkpoints.
type checkpointsFacts struct {
	head
	Checkpoints []*checkpointFacts `json:"checkpoints"` // those that are whole, the oldest first
	Damaged     []string           `json:"damaged,omitempty"`
}

func inspectCheckpoints(h head, paths []string) (*checkpointsFacts, error) {
	h.Kind = "checkpoints"
	f := &checkpointsFacts{head: h, Checkpoints: []*checkpointFacts{}}
	for _, path := range paths {
		c, err := openCheckpoint(head{Path: path})
		if err != nil {
			f.Damaged = append(f.Damaged, err.Error())
			continue
		}
		f.Checkpoints = append(f.Checkpoints, c)
		f.Bytes += c.Bytes
	}
	return f, nil
}

func (f *checkpointsFacts) print(con *console) {
	f.head.print(con, thousands(len(f.Checkpoints))+" whole", thousands(len(f.Damaged))+" damaged")
	f.printList(con)
}

func (f *checkpointsFacts) printList(con *console) {
	g := grid{left: 1}
	g.add("checkpoint", "epoch", "steps", "files", "bytes", "")
	for _, c := range f.Checkpoints {
		best := ""
		if c.Best {
			best = "best"
		}
		g.add(filepath.Base(c.Path), thousands(c.Epoch), thousands(c.Steps), thousands(len(c.Files)), thousands(int(c.Bytes)), best)
	}
	g.print(con)
	printDamaged(con, f.Damaged)
}

// runFacts are the facts of a run folder.
type runFacts struct {
	head
	Config      []member          `json:"config,omitempty"`
	Result      []member          `json:"result,omitempty"`
	Files       []fileFacts       `json:"files"`
	Weights     *arrayFacts       `json:"weights,omitempty"`
	Checkpoints *checkpointsFacts `json:"checkpoints,omitempty"`
}

func inspectRun(ctx context.Context, h head) (facts, error) {
	h.Kind = "run"
	f := &runFacts{head: h}
	var err error
	if f.Files, f.Bytes, err = filesIn(ctx, h.Path); err != nil {
		return nil, err
	}
	for _, e := range f.Files {
		path := filepath.Join(h.Path, e.Name)
		switch {
		case e.Name == configFile:
			_, f.Config, err = readMembers(path)
		case e.Name == resultFile:
			_, f.Result, err = readMembers(path)
		case e.Name == weightsFile:
			var weights facts
			if weights, err = inspectSafetensors(ctx, head{Path: path, Bytes: e.Bytes}); err == nil {
				f.Weights = weights.(*arrayFacts)
			}
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
	}
	dir := filepath.Join(h.Path, checkpointsFolder)
	paths, err := (&checkpoint.Store{Dir: dir}).Paths()
	if err != nil {
		return nil, err
	}
	if len(paths) > 0 {
		if f.Checkpoints, err = inspectCheckpoints(head{Path: dir}, paths); err != nil {
			return nil, err
		}
		f.Bytes += f.Checkpoints.Bytes
	}
	return f, nil
}

func (f *runFacts) print(con *console) {
	f.head.print(con)
	for _, part := range []struct {
		title string
		list  []member
	}{{"settings", f.Config}, {"result", f.Result}} {
		if len(part.list) > 0 {
			con.printf("\n  %s\n", part.title)
			printMembers(con, part.list)
		}
	}
	con.printf("\n  files\n")
	printFiles(con, f.Files)
	if f.Weights != nil {
		con.printf("\n  weights: %s, %s\n", plural(len(f.Weights.Arrays), "tensor"), plural(f.Weights.Elements, "parameter"))
	}
	if f.Checkpoints != nil {
		con.printf("\n  checkpoints: %d whole, %d damaged\n", len(f.Checkpoints.Checkpoints), len(f.Checkpoints.Damaged))
		f.Checkpoints.printList(con)
	}
}

// folderFacts are the facts of a folder of any other kind.
type folderFacts struct {
	head
	Files []fileFacts `json:"files"`
}

func (f *folderFacts) print(con *console) {
	f.head.print(con, plural(len(f.Files), "item"))
	printFiles(con, f.Files)
}

// filesIn lists what lies in a folder, in the order of the names, and adds up
// the lengths of the files. What begins with a dot is passed over.
func filesIn(ctx context.Context, path string) (list []fileFacts, bytes int64, err error) {
	entries, err := os.ReadDir(path)
	if err != nil {
		return nil, 0, err
	}
	list = []fileFacts{}
	for _, e := range entries {
		if ctx.Err() != nil {
			return nil, 0, ctx.Err()
		}
		if strings.HasPrefix(e.Name(), ".") {
			continue
		}
		f := fileFacts{Name: e.Name()}
		switch info, err := e.Info(); {
		case err != nil:
			f.Kind = "unreadable: " + quote.Line(err.Error())
		case info.IsDir():
			f.Kind = "folder"
		case info.Mode().IsRegular():
			f.Bytes = info.Size()
			bytes += f.Bytes
		default:
			f.Kind = "special"
		}
		list = append(list, f)
	}
	return list, bytes, nil
}
