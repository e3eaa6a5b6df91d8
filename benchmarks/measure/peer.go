package measure

import (
	"bufio"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"runtime"
	"runtime/debug"
	"strings"
)

// An Answer is the line of JSON by which a program tells what it measured, or
// why it could not.
type Answer struct {
	Result
	Library string `json:"library,omitempty"` // name and version of what was measured
	Error   string `json:"error,omitempty"`
}

// Main is the main function of a program that measures the workloads of a library.
// The arguments of the program name the workloads; without arguments it measures all.
// With --serve it reads the names from the standard input instead, one a line, and
// answers each in turn, so that a comparison can keep the program running.
func Main(library string, list []Workload) {
	threads := flag.Int("threads", 0, "processors to use; 0 means all")
	serve := flag.Bool("serve", false, "read names of workloads from the standard input")
	flag.Parse()
	if *threads > 0 {
		runtime.GOMAXPROCS(*threads)
	}
	names := flag.Args()
	if len(names) == 0 {
		for _, w := range list {
			names = append(names, w.Name)
		}
	}
	var in io.Reader = strings.NewReader(strings.Join(names, "\n"))
	if *serve {
		in = os.Stdin
	}
	if err := Serve(in, os.Stdout, library, list); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// Serve reads the name of a workload from each line of in, and writes an answer to
// out, also one line.
func Serve(in io.Reader, out io.Writer, library string, list []Workload) error {
	lines, answers := bufio.NewScanner(in), json.NewEncoder(out)
	for lines.Scan() {
		if err := answers.Encode(answer(library, list, lines.Text())); err != nil {
			return err
		}
	}
	return lines.Err()
}

// answer measures a workload. If the library panics, the answer holds the error.
func answer(library string, list []Workload, name string) (a Answer) {
	defer func() {
		if r := recover(); r != nil {
			a.Error = fmt.Sprint(r)
		}
	}()
	a = Answer{Library: library}
	a.Workload, a.Threads = name, runtime.GOMAXPROCS(0)
	for _, w := range list {
		if w.Name == name {
			a.Result = w.Measure()
			return a
		}
	}
	a.Error = NoWorkload
	return a
}

// NoWorkload is the error of a library that has nothing by that name.
const NoWorkload = "no such workload"

// Library returns a name and the version of the module that this program is
// built with.
func Library(name, module string) string {
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, m := range info.Deps {
			if m.Path == module {
				return name + " " + m.Version
			}
		}
	}
	return name
}
