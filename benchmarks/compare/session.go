package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"time"

	"github.com/descent-ml/descent/benchmarks/measure"
)

// patience is how long a peer may take for one answer. It is long because a peer may
// have to compile first.
var patience = 5 * time.Minute

// A session runs the program of a peer. It starts the program at the first question,
// and again after it had to be ended.
type session struct {
	command []string

	process *exec.Cmd
	in      io.WriteCloser
	lines   chan string
	errors  *tail
}

func (s *session) start() error {
	cmd := exec.Command(s.command[0], s.command[1:]...)
	s.errors = &tail{}
	cmd.Stderr = s.errors
	cmd.WaitDelay = time.Second // a child process of the peer may keep the pipes open
	in, err := cmd.StdinPipe()
	if err != nil {
		return err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	s.process, s.in, s.lines = cmd, in, make(chan string, 1)
	go func(lines chan<- string) {
		for scan := bufio.NewScanner(out); scan.Scan(); {
			lines <- scan.Text()
		}
		close(lines)
	}(s.lines)
	return nil
}

// stop ends the program if it runs; the next question starts it again.
func (s *session) stop() {
	if s.process == nil {
		return
	}
	_ = s.in.Close()
	_ = s.process.Process.Kill() // it has nothing to save
	for range s.lines {          // let the reader come to its end
	}
	_ = s.process.Wait()
	s.process = nil
}

// ask returns the peer's answer for a workload. If the peer does not have the
// workload, the answer says so. If the program does not work, ask ends it and returns
// an error.
func (s *session) ask(ctx context.Context, workload string) (measure.Answer, error) {
	if s.process == nil {
		if err := s.start(); err != nil {
			return measure.Answer{}, err
		}
	}
	answer, err := s.exchange(ctx, workload)
	if err != nil {
		s.stop()
	}
	return answer, err
}

func (s *session) exchange(ctx context.Context, workload string) (a measure.Answer, err error) {
	_, broken := fmt.Fprintln(s.in, workload)
	late := time.NewTimer(patience)
	defer late.Stop()
	select {
	case <-ctx.Done():
		return a, ctx.Err()
	case <-late.C:
		return a, fmt.Errorf("no answer in %v", patience)
	case line, ok := <-s.lines:
		if !ok {
			return a, s.death()
		}
		if broken != nil {
			return a, broken
		}
		return parse(line, workload)
	}
}

// death says why the program has ended.
func (s *session) death() error {
	err := s.process.Wait()
	if said := lastLine(s.errors.String()); said != "" {
		return errors.New(said)
	}
	if err == nil {
		return errors.New("it ended without an answer")
	}
	return err
}

// parse reads the answer for a workload.
func parse(line, workload string) (measure.Answer, error) {
	var a measure.Answer
	if err := json.Unmarshal([]byte(line), &a); err != nil {
		return a, fmt.Errorf("it answered %.60q, which is no JSON", line)
	}
	if a.Workload != workload {
		return a, fmt.Errorf("asked for %q, it answered for %q", workload, a.Workload)
	}
	if a.Error == "" && !(a.Sec > 0 && a.Min > 0 && a.Min <= a.Sec) {
		return a, fmt.Errorf("it answered %.60q, which is no measurement", line)
	}
	return a, nil
}

// peakMemory returns the most memory that the process has held so far, in
// bytes.
func (s *session) peakMemory() (float64, error) {
	if s.process == nil {
		return 0, errors.New("it has ended")
	}
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.process.Process.Pid))
	if err != nil {
		return 0, errors.New("only Linux tells the peak memory of a process")
	}
	for line := range strings.Lines(string(status)) {
		if value, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			kb, err := strconv.ParseFloat(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(value), "kB")), 64)
			return kb * 1024, err
		}
	}
	return 0, errors.New("the process has ended")
}

// A tail keeps the end of what is written to it.
type tail struct{ kept bytes.Buffer }

func (t *tail) Write(p []byte) (int, error) {
	const most = 4096
	t.kept.Write(p)
	if over := t.kept.Len() - most; over > 0 {
		t.kept.Next(over)
	}
	return len(p), nil
}

func (t *tail) String() string { return t.kept.String() }

// lastLine returns the last line that is not empty.
func lastLine(s string) string {
	s = strings.TrimSpace(s)
	return strings.TrimSpace(s[strings.LastIndexByte(s, '\n')+1:])
}
