// Mutation puts small faults into the code, one at a time, and tells which of
// them the tests see. A fault that survives shows what no test looks at.
//
//	go run ./internal/mutation                     # every fault of the lists
//	go run ./internal/mutation -match autograd     # those whose file or text has the pattern
//	go run ./internal/mutation -rules              # the signs and terms of every gradient rule
//	go run ./internal/mutation -list               # names them
//
// Faults are lists of text in faults/, see parse. Those of -rules are found in the
// code, see rules.go. They are put into a copy of the tree, in a temporary folder;
// the tree itself is only read. Faults in the body of a function are compiled all
// at once and chosen one after the other, see blend.go; the others are compiled
// one by one. The command fails when a fault survives, or does not fit the code
// any more.
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
	rules := flag.Bool("rules", false, "take the signs and terms of every gradient rule, not the lists")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, *match, *only, *rules)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context, match string, only, rules bool) error {
	pattern, err := regexp.Compile(match)
	if err != nil {
		return fmt.Errorf("-match: %w", err)
	}
	root, err := goRoot(ctx)
	if err != nil {
		return err
	}
	var faults []fault
	if rules {
		faults, err = ofRules(root)
	} else {
		faults, err = read(filepath.Join(root, "internal", "mutation", "faults"))
	}
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
	tree := filepath.Join(dir, "tree")
	if err := copyTree(ctx, root, tree); err != nil {
		return err
	}
	r, err := try(ctx, bench{dir: tree, patience: time.Minute, limits: map[string]time.Duration{}, blind: map[string][]string{}}, faults)
	if err != nil {
		return err
	}
	return r.end()
}

var errInterrupted = errors.New("interrupted")

// try tests the tree as it is, and then with each fault.
func try(ctx context.Context, b bench, faults []fault) (*report, error) {
	r := &report{faults: faults, verdicts: map[int]verdict{}}
	blended, alone, misfits := newBlend(b.dir, faults)
	for i, err := range misfits {
		r.add(i, stale, err.Error(), 0)
	}
	left, err := tryBlend(ctx, b, blended, r)
	if err != nil {
		return nil, err
	}
	alone = append(alone, left...)
	if err := b.measure(ctx, packagesOf(faults, alone), func(p string) (verdict, string) { return b.test(ctx, []string{p}) }); err != nil {
		return nil, err
	}
	for _, i := range alone {
		begin := time.Now()
		v, why := b.try(ctx, faults[i])
		if ctx.Err() != nil {
			return nil, errInterrupted
		}
		r.add(i, v, why, time.Since(begin))
	}
	return r, nil
}

// tryBlend tries the faults of a blend. It returns those that are left over: no
// test saw them, but some tests were blind.
func tryBlend(ctx context.Context, b bench, m *blend, r *report) (left []int, err error) {
	binaries := map[string]string{}
	for i, p := range packagesOf(m.faults, m.numbers()) {
		binaries[p] = filepath.Join(filepath.Dir(b.dir), fmt.Sprintf("%d.test", i))
	}
	bad, err := m.build(ctx, b, binaries)
	if err != nil {
		return nil, err
	}
	for i, why := range bad {
		r.add(i, stale, why.Error(), 0)
	}
	numbers := m.numbers()
	err = b.measure(ctx, packagesOf(m.faults, numbers), func(p string) (verdict, string) { return b.sighted(ctx, binaries[p], p) })
	if err != nil {
		return nil, err
	}
	for _, i := range numbers {
		begin := time.Now()
		v, why, blind := survived, "", false
		for _, p := range m.faults[i].packages {
			if v, why = b.runBinary(ctx, binaries[p], p, i+1); v != survived {
				break
			}
			blind = blind || len(b.blind[p]) > 0
		}
		if ctx.Err() != nil {
			return nil, errInterrupted
		}
		if v == survived && blind {
			left = append(left, i)
			continue
		}
		r.add(i, v, why, time.Since(begin))
	}
	return left, nil
}

// packagesOf returns the packages whose tests have to see the faults with the
// numbers.
func packagesOf(faults []fault, numbers []int) []string {
	var list []string
	for _, i := range numbers {
		list = append(list, faults[i].packages...)
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// A report is what became of the faults, by number.
type report struct {
	faults   []fault
	verdicts map[int]verdict
}

func (r *report) add(i int, v verdict, why string, took time.Duration) {
	r.verdicts[i] = v
	fmt.Printf("%-8s %4.0f s  %s\n", v, took.Seconds(), r.faults[i])
	if v != killed && why != "" {
		fmt.Println(why)
	}
}

// end prints the sums, and returns an error unless all faults have been killed.
func (r *report) end() error {
	count := map[verdict]int{}
	for _, v := range r.verdicts {
		count[v]++
	}
	n := len(r.faults)
	fmt.Printf("%d faults: %d killed, %d survived, %d stale\n", n, count[killed], count[survived], count[stale])
	if count[killed] < n {
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
