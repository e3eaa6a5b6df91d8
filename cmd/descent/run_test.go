package main

import (
	"bytes"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/tensor"
)

func TestHelp(t *testing.T) {
	for _, args := range [][]string{{}, {"--help"}, {"-h"}} {
		code, stdout, stderr := descent(background, args...)
		require.Zero(t, code)
		require.Empty(t, stderr)
		require.Contains(t, stdout, "Usage: descent <command>")
		require.Regexp(t, `train +Train a small net`, stdout)
	}
	code, stdout, stderr := descent(background, "train", "--help")
	require.Zero(t, code)
	require.Empty(t, stderr)
	for _, flag := range []string{"--data=WHAT", "--data-dir=DIR", "--limit=N", `--model="auto"`, "--epochs=N", "--batch=N", "--lr=X", "--seed=0", "--threads=N", "--out=DIR", "--resume=DIR", "--target=COLUMN"} {
		require.Contains(t, stdout, flag)
	}
}

// An instruction set that is not there is told, in a process of its own, since
// it is chosen when a program starts.
func TestMisspeltInstructionSet(t *testing.T) {
	if os.Getenv("DESCENT_CPU") == "avx3" {
		os.Exit(run(background, []string{"bench", "--help"}, os.Stdout, os.Stderr))
	}
	cmd := exec.Command(os.Args[0], "-test.run=^TestMisspeltInstructionSet$")
	cmd.Env = append(os.Environ(), "DESCENT_CPU=avx3")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	var stop *exec.ExitError
	require.ErrorAs(t, err, &stop)
	require.Equal(t, exitUsage, stop.ExitCode())
	require.Empty(t, out)
	require.Contains(t, stderr.String(), "descent: DESCENT_CPU=avx3: this processor and build have only [generic")
	require.Equal(t, 1, strings.Count(stderr.String(), "\n"))
}

func TestUsageErrors(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	const here, train, bench = " (see descent --help)", " (see descent train --help)", " (see descent bench --help)"
	for _, c := range []struct {
		want string
		args []string
	}{
		{`unexpected argument trian, did you mean "train"?` + here, []string{"trian"}},
		{`unknown flag --epohcs, did you mean "--epochs"?` + train, []string{"train", "--epohcs", "3"}},
		{`unexpected argument now` + train, []string{"train", "now"}},
		{`--model must be one of "auto","linear","mlp","cnn","lstm","gru","transformer" but got "big"` + train, []string{"train", "--model", "big"}},
		{`--data "cats" is neither a file, a folder, nor one of digits, mnist, fashion-mnist, cifar10` + train, []string{"train", "--data", "cats"}},
		{`--epochs must not be 0; leave it out to have it chosen` + train, []string{"train", "--epochs", "0"}},
		{`--epochs must be from 1 to 1000000, not 1000001` + train, []string{"train", "--epochs", "1000001"}},
		{`--epochs: want a whole number in decimal digits, not "many"` + train, []string{"train", "--epochs", "many"}},
		{`--batch must not be 0; leave it out to have it chosen` + train, []string{"train", "--batch", "0"}},
		{`--lr must not be 0; leave it out to have it chosen` + train, []string{"train", "--lr", "0"}},
		{`--lr must be a positive number, not NaN` + train, []string{"train", "--lr", "nan"}},
		{`--lr must be a positive number, not +Inf` + train, []string{"train", "--lr", "inf"}},
		{`--threads must be from 1 to 1024, or 0 for all, not -1` + train, []string{"train", "--threads=-1"}},
		{`--threads must be from 1 to 1024, or 0 for all, not 1025` + train, []string{"train", "--threads", "1025"}},
		{`--threads must be from 1 to 1024, or 0 for all, not 100000` + bench, []string{"bench", "--threads", "100000", "matmul_64"}},
		{`--threads must be from 1 to 1024, or 0 for all, not -1` + bench, []string{"bench", "--threads=-1"}},
		{`--limit must be at least 1, or 0 for all, not -5` + train, []string{"train", "--limit=-5"}},
		{`--data-dir is only read with --data mnist, fashion-mnist or cifar10` + train, []string{"train", "--data-dir", "."}},
		{`--target names a column of a CSV file, and --data is none` + train, []string{"train", "--target", "price"}},
		{`--data FILE.csv needs --target COLUMN, the column that is to be predicted` + train, []string{"train", "--data", "a.csv"}},
		{`--data "a.csv" is neither a file, a folder, nor one of digits, mnist, fashion-mnist, cifar10` + train, []string{"train", "--data", "a.csv", "--target", "price"}},
		{`--model lstm is not for pictures; choose one of [linear mlp cnn]` + train, []string{"train", "--model", "lstm"}},
		{`--hidden is only read with --model mlp` + train, []string{"train", "--model", "cnn", "--hidden", "5"}},
		{`--hidden must be widths from 1 to 16384, not 0` + train, []string{"train", "--model", "mlp", "--hidden", "5,0"}},
		{`--loss mse is for numbers; pictures are learnt by cross-entropy` + train, []string{"train", "--loss", "mse"}},
		{`--width, --layers, --length and --tokens are only read with a text file` + train, []string{"train", "--width", "5"}},
		{`--task is only read with a CSV file` + train, []string{"train", "--task", "regression"}},
		{`--resume goes on in the folder that it names; leave out --out` + train, []string{"train", "--resume", ".", "--out", "b"}},
		{`--resume goes on with the settings of the run; only --keep, --every, --threads, --quiet and --json can be given with it` + train, []string{"train", "--resume", ".", "--epochs", "3"}},
		{`--keep must be at least 1, not 0` + train, []string{"train", "--keep", "0"}},
		{`--every must be a number of seconds up to a million, not -1` + train, []string{"train", "--every=-1"}},
		{`--valid must be at least 0 and less than 1, not 1` + train, []string{"train", "--valid", "1"}},
		{`--average must be at least 0 and less than 1, not 1` + train, []string{"train", "--average", "1"}},
		{`--weight-decay must not be negative, not -1` + train, []string{"train", "--weight-decay=-1"}},
		{`--patience must not be negative, not -1` + train, []string{"train", "--patience=-1"}},
		{`--temperature must be from 0 to a million, not -1 (see descent predict --help)`, []string{"predict", ".", "--temperature=-1"}},
	} {
		require.Equal(t, c.want, fails(t, dir, exitUsage, c.args...))
	}
}

// Panics become sentences, those of the packages as they are.
func TestPanics(t *testing.T) {
	t.Setenv("GOTRACEBACK", "")
	catch := func(p any) (err error) {
		defer recovered(&err)
		panic(p)
	}
	shape := &tensor.ShapeError{Op: "matmul", Shapes: [][]int{{2, 3}, {2, 3}}, Reason: "inner dimensions 3 and 2 differ"}
	require.Equal(t, shape, catch(shape))
	require.Equal(t, exit(3), catch(exit(3)))
	require.EqualError(t, catch("x < 0"), "this is a mistake in descent, please report it with the command line: x < 0")
	var none []int
	err := func() (err error) {
		defer recovered(&err)
		none[0]++
		return nil
	}()
	require.EqualError(t, err, "this is a mistake in descent, please report it with the command line: runtime error: index out of range [0] with length 0")

	t.Setenv("GOTRACEBACK", "all")
	require.Panics(t, func() { _ = catch("x < 0") })
}

// What was typed comes back in the sentence, but not all of a megabyte, and not
// what moves the cursor.
func TestLongWordsAreShortened(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	long := strings.Repeat("x", 100_000)
	for _, args := range [][]string{
		{long},
		{"--" + long},
		{"train", "--model", long},
		{"train", "--data=" + long},
		{"train", "--limit", long},
		{"train", "--limit", strings.Repeat("9", 100_000)},
		{"train", "--lr", long},
		{"train", "--" + long, "3"},
		{"train", strings.Repeat("a b ", 25_000)},
		{"bench", long},
		{"bench", "matmul_64", "--json=" + long},
	} {
		got := fails(t, dir, exitUsage, args...)
		require.Less(t, len(got), 3000, args[0])
	}
	for _, args := range [][]string{
		{"train", "--out", long},
		{"train", "--data", "mnist", "--data-dir", long},
	} {
		require.Less(t, len(fails(t, dir, exitFailed, args...)), 3000)
	}
	require.Equal(t, `unexpected argument \x1b[2Jx (see descent --help)`, fails(t, dir, exitUsage, "\x1b[2Jx"))
}

// A leading zero does not make a number octal, and a flag knows decimals only.
func TestDecimalNumbers(t *testing.T) {
	dir := t.TempDir()
	out := filepath.Join(dir, "run")
	trained(t, "--model", "linear", "--limit", "010", "--batch", "+05", "--epochs", "01", "--seed", "017", "--threads", "02", "--out", out)
	var config map[string]any
	readJSON(t, filepath.Join(out, "config.json"), &config)
	require.Equal(t, 10.0, config["limit"])
	require.Equal(t, 5.0, config["batch"])
	require.Equal(t, 17.0, config["seed"])
	for flag, want := range map[string]string{
		"--limit=0x10":                  `--limit: want a whole number in decimal digits, not "0x10"`,
		"--limit=0b1":                   `--limit: want a whole number in decimal digits, not "0b1"`,
		"--limit=1_000":                 `--limit: want a whole number in decimal digits, not "1_000"`,
		"--limit=":                      `--limit: want a whole number in decimal digits, not ""`,
		"--epochs=1e3":                  `--epochs: want a whole number in decimal digits, not "1e3"`,
		"--seed=-1":                     `--seed: want a whole number in decimal digits, not "-1"`,
		"--seed=18446744073709551616":   `--seed: "18446744073709551616" is too large`,
		"--threads=9223372036854775808": `--threads: "9223372036854775808" is too large`,
	} {
		require.Equal(t, want+" (see descent train --help)", fails(t, dir, exitUsage, "train", flag))
	}
}

// broken is a standard output that has been closed.
type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }

func TestBrokenOutput(t *testing.T) {
	dir := t.TempDir()
	var stderr bytes.Buffer
	code := run(background, []string{"train", "--model", "linear", "--limit", "64", "--epochs", "1", "--out", dir}, broken{}, &stderr)
	require.Equal(t, exitFailed, code)
	require.Equal(t, "descent: the output is incomplete: io: read/write on closed pipe\n", stderr.String())
	require.Contains(t, files(t, dir), dir+"/"+weightsFile) // the work is saved all the same
}
