package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
)

const module = "github.com/descent-ml/descent"

// A peer is a library to compare with.
type peer struct {
	name    string // the name of its column
	install string // a sentence that says how to install it

	// prepare builds the program, if that is needed, into a folder, and
	// returns the command that starts it.
	prepare func(ctx context.Context, dir string) ([]string, error)
}

// allPeers returns descent and its peers, whose programs are in the given folder.
func allPeers(folder, python string) []peer {
	self := peer{name: "descent", prepare: func(context.Context, string) ([]string, error) {
		path, err := os.Executable()
		return []string{path, serveDescent}, err
	}}
	return []peer{
		self,
		pythonPeer("pytorch", python, filepath.Join(folder, "pytorch.py")),
		pythonPeer("compiled", python, filepath.Join(folder, "pytorch.py"), "--compile"),
		pythonPeer("jax", python, filepath.Join(folder, "jax_jit.py")),
		pythonPeer("openblas", python, filepath.Join(folder, "openblas.py")),
		goPeer("gomlx", folder), goPeer("gorgonia", folder), goPeer("spago", folder), goPeer("gonum", folder),
	}
}

// pythonPeer is a script, run by an interpreter.
func pythonPeer(name, python string, args ...string) peer {
	return peer{
		name:    name,
		install: fmt.Sprintf("%s -m pip install -r benchmarks/peers/requirements.txt, or name another interpreter by --python", python),
		prepare: func(context.Context, string) ([]string, error) { return append([]string{python}, args...), nil },
	}
}

// goPeer is a nested module, in a folder of its name.
func goPeer(name, folder string) peer {
	return peer{
		name:    name,
		install: fmt.Sprintf("go -C benchmarks/peers/%s build must be able to fetch its modules", name),
		prepare: func(ctx context.Context, dir string) ([]string, error) {
			program := filepath.Join(dir, name)
			if runtime.GOOS == "windows" {
				program += ".exe"
			}
			build := exec.CommandContext(ctx, "go", "build", "-o", program, ".")
			build.Dir = filepath.Join(folder, name)
			if out, err := build.CombinedOutput(); err != nil {
				return nil, fmt.Errorf("%w: %s", err, lastLine(string(out)))
			}
			return []string{program}, nil
		},
	}
}

// peersFolder returns the folder of the peers.
func peersFolder(ctx context.Context) (string, error) {
	out, err := exec.CommandContext(ctx, "go", "list", "-m", "-f", "{{.Dir}}", module).Output()
	if err != nil {
		return "", errors.New("it must be run inside the module " + module + ", which holds the peers")
	}
	return filepath.Join(strings.TrimSpace(string(out)), "benchmarks", "peers"), nil
}
