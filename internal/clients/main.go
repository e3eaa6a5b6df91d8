// Command clients is descent's part of .ci/clients: it reads the files that Python
// wrote, writes them again for Python to compare, and writes files of its own.
//
//	clients FROM TO
//
// A check has a folder of its name in both. To add one, add a row to checks, and one
// to CHECKS in .ci/clients.py.
package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// A check reads files from one folder and writes others into a second one.
type check struct {
	name string
	run  func(from, to string) error
}

var checks = []check{
	{"npy", npyFiles},
	{"npz", npzFiles},
	{"safetensors", safetensorsFiles},
	{"wav", wavFiles},
	{"csv", csvFiles},
	{"metrics", metricsFiles},
	{"regression", regressionFiles},
}

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: clients FROM TO")
		os.Exit(2)
	}
	failed := false
	for _, c := range checks {
		to := filepath.Join(os.Args[2], c.name)
		err := os.Mkdir(to, 0o777)
		if err == nil {
			err = c.run(filepath.Join(os.Args[1], c.name), to)
		}
		if err != nil {
			fmt.Fprintf(os.Stderr, "clients: %s: %v\n", c.name, err)
			failed = true
			continue
		}
		fmt.Printf("descent reads and writes %s\n", c.name)
	}
	if failed {
		os.Exit(1)
	}
}

// each calls f for every file of a folder with the given suffix, without which it passes
// the name. There has to be one.
func each(folder, suffix string, f func(name, path string) error) error {
	paths, err := filepath.Glob(filepath.Join(folder, "*"+suffix))
	if err != nil {
		return err
	}
	if len(paths) == 0 {
		return fmt.Errorf("there is no file *%s in %s", suffix, folder)
	}
	for _, path := range paths {
		if err := f(strings.TrimSuffix(filepath.Base(path), suffix), path); err != nil {
			return err
		}
	}
	return nil
}
