// Command compare measures descent and other libraries in turn and prints how
// much longer each of them takes.
//
//	go run ./benchmarks/compare                              every workload, every peer that is installed
//	go run ./benchmarks/compare --threads 1 matmul_512 lenet_b32
//	go run ./benchmarks/compare --memory                     peak memory instead of time
//	go run ./benchmarks/compare --operations --peers pytorch every operation, which only PyTorch has as well
//
// Every library is measured by a program of its own, called a peer. It is started
// once, measures one workload at a time, and waits while others are measured. A
// round measures one workload by descent and then by each peer. The table shows the
// median over the rounds.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/alecthomas/kong"

	"github.com/descent-ml/descent/benchmarks"
	"github.com/descent-ml/descent/benchmarks/measure"
	"github.com/descent-ml/descent/internal/kernel/asm"
)

// serveDescent is the first argument by which compare starts itself, to
// measure descent in a process like those of the peers.
const serveDescent = "serve-descent"

// pause is the time between two measurements. The threads of a library spin for a
// while after their work, and would slow the next library. The pause is longer.
const pause = 300 * time.Millisecond

type options struct {
	Names   []string `arg:"" optional:"" name:"name" help:"Workloads and operations to measure; all workloads without."`
	Ops     bool     `name:"operations" help:"Measure every operation instead of the workloads; of the peers, only pytorch has them."`
	Threads int      `help:"Processors to use; 0 means all." default:"0"`
	Rounds  int      `help:"How often each workload is measured." default:"3"`
	JSON    bool     `name:"json" help:"Print a line of JSON for each workload instead of a table."`
	Memory  bool     `help:"Measure peak memory instead of time."`
	Python  string   `help:"The interpreter of the peers in Python." default:"python3" placeholder:"PATH"`
	Peers   []string `help:"Compare with these only." placeholder:"PEER"`
}

func main() {
	if err := asm.Misspelt(); err != nil {
		fmt.Fprintln(os.Stderr, "compare:", err)
		os.Exit(1)
	}
	if len(os.Args) > 1 && os.Args[1] == serveDescent {
		os.Args = slices.Delete(os.Args, 1, 2)
		measure.Main("descent", slices.Concat(benchmarks.All(), benchmarks.Operations()))
		return
	}
	var opt options
	kong.Parse(&opt, kong.Description("Measure descent and other libraries in turn."))
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, opt, os.Stdout, os.Stderr); err != nil {
		stop()
		fmt.Fprintln(os.Stderr, "compare:", err)
		os.Exit(1)
	}
}

// run compares as the options say.
func run(ctx context.Context, opt options, stdout, stderr io.Writer) error {
	workloads, err := opt.workloads()
	if err != nil {
		return err
	}
	if opt.Threads == 0 {
		opt.Threads = runtime.NumCPU()
	}
	folder, err := peersFolder(ctx)
	if err != nil {
		return err
	}
	peers, err := opt.choose(allPeers(folder, opt.Python))
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "descent-compare")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	c := comparison{rounds: opt.Rounds, pause: pause, progress: stderr}
	for _, p := range peers {
		l := &library{peer: p}
		c.libraries = append(c.libraries, l)
		fmt.Fprintf(stderr, "starting %s\n", p.name)
		command, err := p.prepare(ctx, dir)
		if err != nil {
			l.missing = err
			continue
		}
		s := &session{command: append(command, "--threads", fmt.Sprint(opt.Threads), "--serve")}
		defer s.stop()
		if _, l.missing = s.ask(ctx, ""); l.missing == nil {
			l.asker = s
		}
	}
	if ctx.Err() != nil {
		return errors.New("interrupted")
	}
	out := report{w: stdout, threads: opt.Threads, rounds: opt.Rounds, memory: opt.Memory, libraries: c.libraries}
	if !opt.JSON {
		out.head()
	}
	for _, name := range workloads {
		row := c.times
		if opt.Memory {
			row = c.memory
		}
		cells := row(ctx, name)
		if ctx.Err() != nil {
			return fmt.Errorf("interrupted at %s", name)
		}
		if opt.JSON {
			err = out.line(name, cells)
		} else {
			err = out.row(name, cells)
		}
		if err != nil {
			return err
		}
	}
	if !opt.JSON {
		out.foot()
	}
	return nil
}

// workloads returns the names to measure.
func (opt options) workloads() ([]string, error) {
	if opt.Threads < 0 || opt.Rounds < 1 {
		return nil, errors.New("--threads must not be negative, and --rounds must be at least 1")
	}
	list, err := benchmarks.Named(opt.Names...)
	if err != nil {
		return nil, err
	}
	if opt.Ops && len(opt.Names) == 0 {
		list = benchmarks.Operations()
	}
	names := make([]string, len(list))
	for i, w := range list {
		names[i] = w.Name
	}
	return names, nil
}

// choose returns descent and those peers that were asked for.
func (opt options) choose(peers []peer) ([]peer, error) {
	names := make([]string, 0, len(peers))
	for _, p := range peers[1:] {
		names = append(names, p.name)
	}
	for _, name := range opt.Peers {
		if !slices.Contains(names, name) {
			return nil, fmt.Errorf("there is no peer %q; there are %s", name, strings.Join(names, ", "))
		}
	}
	if len(opt.Peers) == 0 {
		return peers, nil
	}
	return slices.DeleteFunc(peers, func(p peer) bool { return p.name != peers[0].name && !slices.Contains(opt.Peers, p.name) }), nil
}
