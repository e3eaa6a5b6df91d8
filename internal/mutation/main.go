// Mutation puts small faults into the code, one at a time, and tells which of
// them the tests see. A fault that survives shows what no test looks at.
//
//	go run ./internal/mutation                     # every fault of the lists
//	go run ./internal/mutation -match autograd     # those whose file or text has the pattern
//	go run ./internal/mutation -list               # names them
//
// Faults are lists of text in faults/, see parse. They are put into a copy of
// the tree, in a temporary folder; the tree itself is only read. The command
// fails when a fault survives, or does not fit the code any more.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"time"
)

func main() {
	match := flag.String("match", "", "take only faults whose file, texts or note match this regular expression")
	only := flag.Bool("list", false, "name the faults, and run nothing")
	limit := flag.Duration("limit", 10*time.Minute, "time that the tests of one package get; a fault that makes them hang is seen")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, *match, *only, *limit)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context, match string, only bool, limit time.Duration) error {
	pattern, err := regexp.Compile(match)
	if err != nil {
		return fmt.Errorf("-match: %w", err)
	}
	root, err := goRoot(ctx)
	if err != nil {
		return err
	}
	faults, err := read(filepath.Join(root, "internal", "mutation", "faults"))
	if err != nil {
		return err
	}
	faults = slices.DeleteFunc(faults, func(f fault) bool { return !pattern.MatchString(f.text()) })
	if only {
		for _, f := range faults {
			fmt.Println(f)
		}
		return nil
	}
	dir, err := os.MkdirTemp("", "mutation")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	if err := copyTree(ctx, root, dir); err != nil {
		return err
	}
	return try(ctx, bench{dir: dir, limit: limit}, faults)
}

// try tests the tree as it is, and then with each fault.
func try(ctx context.Context, b bench, faults []fault) error {
	tested := map[string]bool{}
	for _, f := range faults {
		for _, p := range f.packages {
			if tested[p] {
				continue
			}
			tested[p] = true
			if v, why := b.test(ctx, []string{p}); v != survived {
				return fmt.Errorf("the tests of %s fail without any fault; mend them first:\n%s", p, why)
			}
		}
	}
	count := map[verdict]int{}
	for _, f := range faults {
		begin := time.Now()
		v, why := b.try(ctx, f)
		if ctx.Err() != nil {
			return errors.New("interrupted")
		}
		count[v]++
		fmt.Printf("%-8s %4.0f s  %s\n", v, time.Since(begin).Seconds(), f)
		if v != killed && why != "" {
			fmt.Println(why)
		}
	}
	fmt.Printf("%d faults: %d killed, %d survived, %d stale\n", len(faults), count[killed], count[survived], count[stale])
	if count[killed] < len(faults) {
		return errors.New("a fault that survives needs a test; a stale one needs another text")
	}
	return nil
}

// goRoot returns the folder of the module that the command is run in.
func goRoot(ctx context.Context) (string, error) {
	out, err := exec.CommandContext(ctx, "go", "list", "-m", "-f", "{{.Dir}}").Output()
	if err != nil {
		return "", fmt.Errorf("go list -m: %w; run the command in a clone of the repository", err)
	}
	return strings.TrimSpace(string(out)), nil
}
