package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"
)

// A verdict says what became of a fault.
type verdict string

const (
	killed   verdict = "killed"
	survived verdict = "SURVIVED"
	stale    verdict = "STALE" // it does not fit the code, or does not compile
)

// A bench is a copy of the tree that faults are put into.
type bench struct {
	dir      string
	patience time.Duration            // that tests get with a fault, beyond what they take without
	limits   map[string]time.Duration // of packages: a fault that makes their tests hang is seen
	blind    map[string][]string      // tests of packages that fail in a build of many faults without any: those of allocations
}

// generator is the folder whose files describe generated code. A fault there
// shows only in what is generated.
const generator = "internal/kernel/gen/"

// try puts a fault into the copy, runs the tests, and takes it out again. The
// text tells why a fault is not killed.
func (b bench) try(ctx context.Context, f fault) (verdict, string) {
	name := filepath.Join(b.dir, filepath.FromSlash(f.file))
	text, err := os.ReadFile(name)
	if err != nil {
		return stale, err.Error()
	}
	wrong, err := f.apply(string(text))
	if err != nil {
		return stale, err.Error()
	}
	if err := os.WriteFile(name, []byte(wrong), 0o600); err != nil {
		return stale, err.Error()
	}
	defer func() {
		if err := errors.Join(os.WriteFile(name, text, 0o600), b.generate(context.WithoutCancel(ctx), f)); err != nil {
			panic(fmt.Errorf("the fault stays in the copy, so the next would not be alone: %w", err))
		}
	}()
	if err := b.generate(ctx, f); err != nil {
		return stale, err.Error()
	}
	return b.test(ctx, f.packages)
}

// generate writes what is generated from the file of the fault.
func (b bench) generate(ctx context.Context, f fault) error {
	if !strings.HasPrefix(f.file, generator) {
		return nil
	}
	if out, err := b.command(ctx, "-C", generator, "run", "."); err != nil {
		return fmt.Errorf("the generator: %w\n%s", err, out)
	}
	return nil
}

// measure runs the tests of packages without a fault, and notes how long they
// may take with one.
func (b bench) measure(ctx context.Context, packages []string, run func(p string) (verdict, string)) error {
	for _, p := range packages {
		b.limits[p] = 10 * time.Minute
		begin := time.Now()
		if v, why := run(p); v != survived {
			if ctx.Err() != nil {
				return errInterrupted
			}
			return fmt.Errorf("the tests of %s fail without any fault; mend them first:\n%s", p, why)
		}
		b.limits[p] = b.patience + 5*time.Since(begin)
	}
	return nil
}

// failing finds the names of tests that fail.
var failing = regexp.MustCompile(`(?m)^--- FAIL: (\w+)`)

// sighted runs the tests of package p, which have been compiled with many faults,
// without any. It leaves out those that fail: a function that begins with a choice
// among faults is no longer inlined, and what it is given may be allocated.
func (b bench) sighted(ctx context.Context, binary, p string) (verdict, string) {
	for {
		v, out := b.runBinary(ctx, binary, p, 0)
		found := failing.FindAllStringSubmatch(out, -1)
		if v == survived || len(found) == 0 {
			return v, out
		}
		for _, m := range found {
			if slices.Contains(b.blind[p], m[1]) {
				return v, out
			}
			b.blind[p] = append(b.blind[p], m[1])
		}
	}
}

// test runs the tests of packages, one package after the other until one
// fails. Tests that take longer than the limit have failed.
func (b bench) test(ctx context.Context, packages []string) (verdict, string) {
	for _, p := range packages {
		out, err := b.command(ctx, "test", "-count=1", "-failfast", "-vet=off", "-timeout="+b.limits[p].String(), p)
		if err == nil {
			continue
		}
		if strings.Contains(out, "[build failed]") || strings.Contains(out, "[setup failed]") {
			return stale, "it does not compile:\n" + out
		}
		return killed, out
	}
	return survived, ""
}

// runBinary runs the tests of package p, which have been compiled, with a fault of
// the blend, or with none when number is 0.
func (b bench) runBinary(ctx context.Context, binary, p string, number int) (verdict, string) {
	ctx, cancel := context.WithTimeout(ctx, 2*b.limits[p])
	defer cancel()
	args := []string{"-test.failfast", "-test.timeout=" + b.limits[p].String()}
	if names := b.blind[p]; len(names) > 0 {
		args = append(args, "-test.skip=^("+strings.Join(names, "|")+")$")
	}
	cmd := exec.CommandContext(ctx, binary, args...)
	cmd.Dir = filepath.Join(b.dir, filepath.FromSlash(p))
	cmd.Env = append(os.Environ(), fmt.Sprintf("%s=%d", chooser, number), "GOFLAGS=-overlay="+filepath.Join(filepath.Dir(b.dir), overlay)) // tests may build commands
	if out, err := output(cmd); err != nil {
		return killed, out
	}
	return survived, ""
}

// command runs the go command in the copy, and returns what it prints.
func (b bench) command(ctx context.Context, args ...string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Minute) // for a test binary that its own limit does not end
	defer cancel()
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Dir = b.dir
	return output(cmd)
}

func output(cmd *exec.Cmd) (string, error) {
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = time.Minute
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// copyTree copies the files that git knows, as they are in the tree now.
func copyTree(ctx context.Context, root, dir string) error {
	git := exec.CommandContext(ctx, "git", "ls-files", "-z", "--cached", "--others", "--exclude-standard")
	git.Dir = root
	out, err := git.Output()
	if err != nil {
		return fmt.Errorf("git ls-files: %w", err)
	}
	for name := range strings.SplitSeq(strings.TrimSuffix(string(out), "\x00"), "\x00") {
		from, to := filepath.Join(root, name), filepath.Join(dir, name)
		info, err := os.Stat(from)
		if errors.Is(err, fs.ErrNotExist) { // deleted, but not yet committed
			continue
		}
		if err != nil {
			return err
		}
		text, err := os.ReadFile(from)
		if err != nil {
			return err
		}
		if err := errors.Join(os.MkdirAll(filepath.Dir(to), 0o700), os.WriteFile(to, text, info.Mode().Perm())); err != nil {
			return err
		}
	}
	return nil
}
