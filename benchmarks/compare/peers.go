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
	name    string // the head of its column
	install string // a sentence that says how

	// prepare builds the program, if that is needed, into a folder, and
	// returns the command that starts it.
	prepare func(ctx context.Context, dir string) ([]string, error)
}

// allPeers returns descent and those that it is compared with.
func allPeers(python string) []peer {
	self := peer{name: "descent", prepare: func(context.Context, string) ([]string, error) {
		path, err := os.Executable()
		return []string{path, serveDescent}, err
	}}
	return []peer{
		self,
		pythonPeer(python, "pytorch", "pytorch.py"),
		pythonPeer(python, "compiled", "pytorch.py", "--compile"),
		pythonPeer(python, "jax", "jax_jit.py"),
		pythonPeer(python, "openblas", "openblas.py"),
		goPeer("gomlx"), goPeer("gorgonia"), goPeer("spago"), goPeer("gonum"),
	}
}

// pythonPeer is a script of benchmarks/peers.
func pythonPeer(python, name, script string, args ...string) peer {
	return peer{
		name:    name,
		install: fmt.Sprintf("%s -m pip install -r benchmarks/peers/requirements.txt, or name another interpreter by --python", python),
		prepare: func(ctx context.Context, _ string) ([]string, error) {
			peers, err := peersFolder(ctx)
			if err != nil {
				return nil, err
			}
			return append([]string{python, filepath.Join(peers, script)}, args...), nil
		},
	}
}

// goPeer is a nested module of benchmarks/peers.
func goPeer(name string) peer {
	return peer{
		name:    name,
		install: fmt.Sprintf("go -C benchmarks/peers/%s build must be able to fetch its modules", name),
		prepare: func(ctx context.Context, dir string) ([]string, error) {
			peers, err := peersFolder(ctx)
			if err != nil {
				return nil, err
			}
			program := filepath.Join(dir, name)
			if runtime.GOOS == "windows" {
				program += ".exe"
			}
			build := exec.CommandContext(ctx, "go", "build", "-o", program, ".")
			build.Dir = filepath.Join(peers, name)
			if out, err := build.CombinedOutput(); err != nil {
				return nil, fmt.Errorf("%w: %s", err, lastLine(string(out)))
			}
			return []string{program}, nil
		},
	}
}

// peersFolder returns where the peers stand.
func peersFolder(ctx context.Context) (string, error) {
	out, err := exec.CommandContext(ctx, "go", "list", "-m", "-f", "{{.Dir}}", module).Output()
	if err != nil {
		return "", errors.New("compare must be run inside the module " + module)
	}
	return filepath.Join(strings.TrimSpace(string(out)), "benchmarks", "peers"), nil
}
