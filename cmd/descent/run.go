package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"

	"github.com/alecthomas/kong"

	"github.com/descent-ml/descent/internal/kernel/asm"
	"github.com/descent-ml/descent/internal/quote"
)

// A command is the grammar of the command line. A subcommand is a field here,
// and a type with a Run(ctx, *console) error method in a file of its own.
type command struct {
	Train      trainCommand      `cmd:"" help:"Train a small net on digits, pictures, a table or a text."`
	Eval       evalCommand       `cmd:"" help:"Measure the net of a run."`
	Predict    predictCommand    `cmd:"" help:"Ask the net of a run."`
	Bench      benchCommand      `cmd:"" help:"Measure how fast this machine computes the workloads."`
	Inspect    inspectCommand    `cmd:"" help:"Tell what files and folders are and what is in them."`
	Gradcheck  gradcheckCommand  `cmd:"" help:"Compare every operation and its gradients with differences and with PyTorch."`
	Completion completionCommand `cmd:"" help:"Print a script that completes command lines in a shell."`
}

const description = "Train, measure and explain small neural nets."

// Exit codes.
const (
	exitFailed      = 1
	exitUsage       = 2
	exitInterrupted = 130 // what shells say of a process that SIGINT ended
)

// run does what the command line says and returns the exit code.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) (code int) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	err := parseAndRun(ctx, args, newConsole(stdout, stderr, cancel))
	var stop exit
	switch {
	case err == nil:
		return 0
	case errors.As(err, &stop):
		return int(stop)
	}
	fmt.Fprintln(stderr, "descent: "+quote.Line(err.Error()))
	var usage *usageError
	var interrupted *interruptedError
	switch {
	case errors.As(err, &usage):
		return exitUsage
	case errors.As(err, &interrupted):
		return exitInterrupted
	}
	return exitFailed
}

// parseAndRun does what the command line says.
func parseAndRun(ctx context.Context, args []string, con *console) (err error) {
	defer recovered(&err)
	if err := asm.Misspelt(); err != nil {
		return &usageError{err, "descent --help"}
	}
	var grammar command
	parser, err := kong.New(&grammar,
		kong.Name("descent"),
		kong.Description(description),
		kong.Writers(con.out, con.err),
		kong.Exit(func(code int) { panic(exit(code)) }),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, WrapUpperBound: 100}),
		kong.BindTo(ctx, (*context.Context)(nil)),
		kong.Bind(con),
		decimalNumbers,
	)
	if err != nil {
		return bug(err)
	}
	if len(args) == 0 {
		args = []string{"--help"}
	}
	parsed, err := parser.Parse(args)
	if err != nil {
		return asUsage(err)
	}
	if err := parsed.Run(); err != nil {
		return err
	}
	return con.failed()
}

// recovered turns a panic into an error when it is deferred. The packages panic
// with errors that are sentences, when shapes or settings do not fit together;
// these errors stay as they are.
func recovered(err *error) {
	switch p := recover().(type) {
	case nil:
	case runtime.Error:
		*err = bug(p)
	case error:
		*err = p
	default:
		*err = bug(p)
	}
}

// An exit ends the command with a code and says nothing more.
type exit int

func (e exit) Error() string { return fmt.Sprintf("exit %d", int(e)) }

// A usageError is a command line that cannot be understood.
type usageError struct {
	err  error
	help string // the command that tells more
}

func (e *usageError) Error() string { return fmt.Sprintf("%v (see %s)", e.err, e.help) }
func (e *usageError) Unwrap() error { return e.err }

// asUsage adds to an error of the parser the command whose help tells more.
func asUsage(err error) error {
	help := "descent --help"
	var p *kong.ParseError
	if errors.As(err, &p) && p.Context.Selected() != nil {
		help = "descent " + p.Context.Selected().Name + " --help"
	}
	return &usageError{err, help}
}

// An interruptedError says what an interruption left behind.
type interruptedError struct{ left string }

func (e *interruptedError) Error() string { return "interrupted " + e.left }

// bug reports a mistake in descent itself. With GOTRACEBACK set it panics, for
// those who look for it.
func bug(what any) error {
	if os.Getenv("GOTRACEBACK") != "" {
		panic(what)
	}
	return fmt.Errorf("this is a mistake in descent, please report it with the command line: %v", what)
}
