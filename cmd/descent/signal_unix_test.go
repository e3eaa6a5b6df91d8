//go:build linux || darwin || freebsd || netbsd || openbsd || dragonfly

package main

import (
	"bufio"
	"bytes"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/codec/safetensors"
	"github.com/descent-ml/descent/train/checkpoint"
)

// TestMain lets the test program be the command, for tests that send signals.
func TestMain(m *testing.M) {
	if os.Getenv("DESCENT_TEST_COMMAND") != "" {
		main()
	}
	os.Exit(m.Run())
}

// A process is the command in a process of its own.
type process struct {
	*exec.Cmd
	out    *bufio.Reader
	pipe   io.Closer // the end of the standard output that the test reads
	stderr bytes.Buffer
}

// start starts the command. What stands before, such as nohup, runs it.
func start(t *testing.T, before []string, args ...string) *process {
	t.Helper()
	words := append(append(before, os.Args[0]), args...)
	p := &process{Cmd: exec.Command(words[0], words[1:]...)}
	p.Env = append(os.Environ(), "DESCENT_TEST_COMMAND=1")
	p.Cmd.Stderr = &p.stderr
	pipe, err := p.StdoutPipe()
	require.NoError(t, err)
	p.out, p.pipe = bufio.NewReader(pipe), pipe
	require.NoError(t, p.Start())
	kill := func() { _ = p.Process.Kill() }
	time.AfterFunc(2*time.Minute, kill) // so that no test waits for ever
	t.Cleanup(kill)
	return p
}

// waitFor reads the output up to a word.
func (p *process) waitFor(t *testing.T, word string) {
	t.Helper()
	var seen strings.Builder
	for !strings.Contains(seen.String(), word) {
		b, err := p.out.ReadByte()
		require.NoError(t, err, "%s%s", seen.String(), &p.stderr)
		seen.WriteByte(b)
	}
}

// ends waits until the process has ended, and returns how. One that the test
// had to kill did not exit with a code.
func (p *process) ends(t *testing.T) syscall.WaitStatus {
	t.Helper()
	_, _ = io.Copy(io.Discard, p.out)
	_ = p.Wait()
	return p.ProcessState.Sys().(syscall.WaitStatus)
}

// long are the arguments of a training that lasts longer than any test.
func long(out string) []string {
	return []string{"train", "--model", "linear", "--limit", "64", "--epochs", "1000000", "--out", out}
}

// Whatever asks the process to end, it finishes the step and saves.
func TestSignalsSave(t *testing.T) {
	// A process that was started with nohup ignores SIGHUP, and so would those that
	// it starts. One that handles the signal hands on the system's default.
	handled := make(chan os.Signal, 1)
	signal.Notify(handled, syscall.SIGHUP)
	defer signal.Stop(handled)
	for _, sent := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP} {
		out := filepath.Join(t.TempDir(), "run")
		p := start(t, nil, long(out)...)
		p.waitFor(t, "\n1/1000000 ")
		require.NoError(t, p.Process.Signal(sent))
		if sent == syscall.SIGHUP { // the system and the shell both send one
			require.NoError(t, p.Process.Signal(sent))
		}
		require.Equal(t, exitInterrupted, p.ends(t).ExitStatus(), sent)
		weights := filepath.Join(out, weightsFile)
		require.Regexp(t, `^descent: interrupted in epoch \d+ after step \d+; the weights are in `+weights+", and descent train --resume "+out+" goes on\n$", p.stderr.String())
		_, err := safetensors.ReadFile(weights)
		require.NoError(t, err)
		require.NoFileExists(t, filepath.Join(out, lockName))
	}
}

// When the reader of the output has gone, as head goes, the process saves, too.
func TestClosedPipeSaves(t *testing.T) {
	out := filepath.Join(t.TempDir(), "run")
	p := start(t, nil, long(out)...)
	p.waitFor(t, "\n1/1000000 ")
	require.NoError(t, p.pipe.Close())
	require.Equal(t, exitInterrupted, p.ends(t).ExitStatus())
	require.Contains(t, p.stderr.String(), "the weights are in ")
	_, err := safetensors.ReadFile(filepath.Join(out, weightsFile))
	require.NoError(t, err)
}

// A second interrupt does not wait for the step, which takes minutes here.
func TestSecondInterruptEnds(t *testing.T) {
	out := filepath.Join(t.TempDir(), "run")
	p := start(t, nil, "train", "--model", "cnn", "--batch", "10000", "--epochs", "1000", "--out", out)
	p.waitFor(t, "learning rate")
	first := filepath.Join(out, checkpointsFolder, "checkpoint-000001")
	require.Eventually(t, func() bool { _, err := os.Stat(first); return err == nil }, time.Minute, 10*time.Millisecond)
	time.Sleep(200 * time.Millisecond) // it is in the step now
	for p.ProcessState == nil {
		if p.Process.Signal(syscall.SIGINT) != nil {
			break
		}
		time.Sleep(100 * time.Millisecond)
		var status syscall.WaitStatus
		pid, err := syscall.Wait4(p.Process.Pid, &status, syscall.WNOHANG, nil)
		require.NoError(t, err)
		if pid != 0 {
			require.Equal(t, syscall.SIGINT, status.Signal())
			break
		}
	}
	require.NoFileExists(t, filepath.Join(out, weightsFile))
}

// Under nohup the end of the terminal is nothing.
func TestIgnoredSignalsStayIgnored(t *testing.T) {
	out := filepath.Join(t.TempDir(), "run")
	p := start(t, []string{"sh", "-c", `trap "" HUP; exec "$@"`, "sh"}, long(out)...)
	p.waitFor(t, "\n1/1000000 ")
	require.NoError(t, p.Process.Signal(syscall.SIGHUP))
	time.Sleep(100 * time.Millisecond)
	p.waitFor(t, "/1000000 ")
	require.NoError(t, p.Process.Signal(syscall.SIGTERM))
	require.Equal(t, exitInterrupted, p.ends(t).ExitStatus())
	require.NotContains(t, p.stderr.String(), "in epoch 1 ")
}

// A file that never delivers does not keep the process alive.
func TestInterruptWhileReading(t *testing.T) {
	dir := t.TempDir()
	writeMNIST(t, dir, 40)
	pipe := filepath.Join(dir, "train-labels-idx1-ubyte")
	require.NoError(t, os.Remove(pipe))
	require.NoError(t, syscall.Mkfifo(pipe, 0o666))
	p := start(t, nil, "train", "--data", "mnist", "--data-dir", dir, "--out", filepath.Join(dir, "run"))
	writer, err := os.OpenFile(pipe, os.O_WRONLY, 0) // when the process has opened it to read
	require.NoError(t, err)
	defer writer.Close()
	require.NoError(t, p.Process.Signal(syscall.SIGTERM))
	require.Equal(t, exitInterrupted, p.ends(t).ExitStatus())
	require.Equal(t, "descent: interrupted before the first step; nothing was saved\n", p.stderr.String())
	require.NoDirExists(t, filepath.Join(dir, "run"))
}

// A killed run gives its folder back, and can be resumed; one that goes on keeps it.
func TestTwoRunsOneFolder(t *testing.T) {
	dir := t.TempDir()
	out := filepath.Join(dir, "run")
	p := start(t, nil, long(out)...)
	p.waitFor(t, "\n1/1000000 ")
	require.Equal(t, "the run folder cannot be used: another run is using "+out+"; choose another with --out",
		fails(t, dir, exitFailed, "train", "--model", "linear", "--limit", "64", "--epochs", "1", "--out", out))
	require.NoError(t, p.Process.Kill())
	require.True(t, p.ends(t).Signaled())
	p = start(t, nil, "train", "--resume", out)
	p.waitFor(t, "/1000000 ")
	require.NoError(t, p.Process.Signal(syscall.SIGTERM))
	require.Equal(t, exitInterrupted, p.ends(t).ExitStatus())
	require.NoFileExists(t, filepath.Join(out, lockName))
}

// A run that is killed at any moment leaves a checkpoint that is whole once it has
// begun, and goes on from there. It saves after each step here.
func TestKillsLoseNothing(t *testing.T) {
	dir := t.TempDir()
	writeMNIST(t, dir, 80)
	out := filepath.Join(dir, "run")
	saved := filepath.Join(out, checkpointsFolder)
	kill := func(p *process, after time.Duration) {
		time.Sleep(after)
		require.NoError(t, p.Process.Kill())
		require.True(t, p.ends(t).Signaled(), "%s", &p.stderr)
	}
	p := start(t, nil, "train", "--data", "mnist", "--data-dir", dir, "--model", "mlp", "--epochs", "1000000", "--every", "0", "--out", out)
	p.waitFor(t, "\n1/1000000 ")
	kill(p, 0)
	last := 0
	for i := range 15 {
		p := start(t, nil, "train", "--resume", out, "--every", "0")
		p.waitFor(t, "learning rate")
		kill(p, time.Duration(rand.IntN(150))*time.Millisecond)
		newest, damaged, err := (&checkpoint.Store{Dir: saved}).Newest()
		require.NoError(t, err)
		require.Empty(t, damaged)
		require.NotNil(t, newest, "kill %d", i)
		require.GreaterOrEqual(t, newest.Number, last)
		last = newest.Number
	}
	require.Greater(t, last, 2) // it went on
}
