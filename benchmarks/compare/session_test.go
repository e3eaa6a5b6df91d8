package main

import (
	"context"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// start returns a session with the test binary as the peer.
func start(t *testing.T) *session {
	t.Setenv(peerEnv, "helper v1")
	s := &session{command: []string{os.Args[0]}}
	t.Cleanup(s.stop)
	return s
}

func TestSession(t *testing.T) {
	s := start(t)
	a, err := s.ask(t.Context(), "")
	require.NoError(t, err)
	require.Equal(t, "no such workload", a.Error)
	pid := s.process.Process.Pid
	a, err = s.ask(t.Context(), "matmul")
	require.NoError(t, err)
	require.Equal(t, "helper v1", a.Library)
	require.Equal(t, 2.0, a.Sec)
	require.Equal(t, pid, s.process.Process.Pid, "one process answers all")
	s.stop()
	_, err = s.ask(t.Context(), "matmul")
	require.NoError(t, err)
	require.NotEqual(t, pid, s.process.Process.Pid)
}

// A peer that breaks gives a reason, and works again at the next workload.
func TestSessionOfABrokenPeer(t *testing.T) {
	defer func(d time.Duration) { patience = d }(patience)
	for workload, want := range map[string]string{
		"die":          "fatal: out of luck",
		"die silently": "exit status 3",
		"leave":        "it ended without an answer",
		"hang":         "no answer in 2s",
		"garbage":      `it answered "Loading weights …", which is no JSON`,
	} {
		t.Run(workload, func(t *testing.T) {
			s := start(t)
			if workload == "hang" {
				patience = 2 * time.Second
			}
			_, err := s.ask(t.Context(), workload)
			patience = time.Minute
			require.EqualError(t, err, want)
			require.Nil(t, s.process)
			_, err = s.ask(t.Context(), "matmul")
			require.NoError(t, err)
		})
	}
}

func TestSessionThatCannotStart(t *testing.T) {
	s := &session{command: []string{"/no/such/program"}}
	_, err := s.ask(t.Context(), "")
	require.ErrorContains(t, err, "/no/such/program")
	s.stop()
}

func TestSessionInterrupted(t *testing.T) {
	s := start(t)
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	_, err := s.ask(ctx, "hang")
	require.ErrorIs(t, err, context.DeadlineExceeded)
	require.Nil(t, s.process)
}

func TestPeakMemory(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("only Linux tells")
	}
	s := start(t)
	_, err := s.peakMemory()
	require.Error(t, err)
	_, err = s.ask(t.Context(), "")
	require.NoError(t, err)
	before, err := s.peakMemory()
	require.NoError(t, err)
	_, err = s.ask(t.Context(), "big")
	require.NoError(t, err)
	after, err := s.peakMemory()
	require.NoError(t, err)
	require.InEpsilon(t, 64<<20, after-before, 0.2)
}

func TestParse(t *testing.T) {
	a, err := parse(`{"workload":"w","threads":2,"sec":3e-6,"min":2e-6,"gflops":1,"new":"field"}`, "w")
	require.NoError(t, err)
	require.Equal(t, 3e-6, a.Sec)
	a, err = parse(`{"workload":"w","error":"no such workload"}`, "w")
	require.NoError(t, err)
	require.Equal(t, "no such workload", a.Error)
	for line, want := range map[string]string{
		`{"workload":"v","sec":1,"min":1}`: `asked for "w", it answered for "v"`,
		`{"workload":"w"}`:                 "which is no measurement",
		`{"workload":"w","sec":1,"min":2}`: "which is no measurement",
		`{"workload":"w","sec":-1}`:        "which is no measurement",
		`{"workload":`:                     "which is no JSON",
		``:                                 "which is no JSON",
	} {
		_, err := parse(line, "w")
		require.ErrorContains(t, err, want)
	}
}

func TestTail(t *testing.T) {
	var kept tail
	for range 1000 {
		n, err := kept.Write([]byte("0123456789\n"))
		require.NoError(t, err)
		require.Equal(t, 11, n)
	}
	require.Equal(t, 4096, len(kept.String()))
	require.Equal(t, "0123456789", lastLine(kept.String()))
	require.Equal(t, "", lastLine(" \n"))
	require.Equal(t, "b", lastLine(strings.Join([]string{"a", " b", ""}, "\n")))
}

// An instruction set that is not there is told before anything is measured, in a
// process of its own, since it is chosen when a program starts.
func TestMisspeltInstructionSet(t *testing.T) {
	if os.Getenv("DESCENT_CPU") == "avx3" {
		os.Args = []string{"compare", serveDescent, "add_1M"}
		main()
		os.Exit(0)
	}
	cmd := exec.Command(os.Args[0], "-test.run=^TestMisspeltInstructionSet$")
	cmd.Env = append(os.Environ(), "DESCENT_CPU=avx3")
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	var stop *exec.ExitError
	require.ErrorAs(t, err, &stop)
	require.Equal(t, 1, stop.ExitCode())
	require.Empty(t, out)
	require.Contains(t, stderr.String(), "compare: DESCENT_CPU=avx3: this processor and build have only [generic")
}
