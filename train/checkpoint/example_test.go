package checkpoint_test

import (
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/descent-ml/descent/train/checkpoint"
)

// text is a file of a checkpoint.
func text(name, what string) checkpoint.File {
	return checkpoint.File{Name: name, Write: func(w io.Writer) error {
		_, err := io.WriteString(w, what)
		return err
	}}
}

// A folder keeps the newest checkpoints, and the best.
func Example() {
	dir, err := os.MkdirTemp("", "run")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)

	s := &checkpoint.Store{Dir: dir}
	for step := range 5 {
		best := step == 1
		if err := s.Save(best, text("model", fmt.Sprint("weights of step ", step)), text("step", fmt.Sprint(step))); err != nil {
			fmt.Println(err)
			return
		}
	}
	paths, err := s.Paths()
	fmt.Println(len(paths), err)
	best, err := s.Best()
	fmt.Println(best.Number, best.Files(), err)

	c, damaged, err := s.Newest()
	fmt.Println(c.Number, c.Has("step"), c.Has("plan"), len(damaged), err)
	// Output:
	// 3 <nil>
	// 2 [model step] <nil>
	// 5 true false 0 <nil>
}

// A program that is given the folder of a checkpoint opens it.
func ExampleOpen() {
	dir, err := os.MkdirTemp("", "run")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)

	s := &checkpoint.Store{Dir: dir}
	if err := s.Save(false, text("model", "weights")); err != nil {
		fmt.Println(err)
		return
	}
	paths, err := s.Paths()
	if err != nil {
		fmt.Println(err)
		return
	}
	c, err := checkpoint.Open(paths[0])
	if err != nil {
		fmt.Println(err)
		return
	}
	path, err := c.File("model")
	fmt.Println(filepath.Base(path), err)
	_, err = c.File("plan")
	fmt.Println(err != nil)
	// Output:
	// model <nil>
	// true
}
