package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"runtime"

	"golang.org/x/term"
)

// A console is where a subcommand writes: results go to out, and what is of
// interest only while it happens, such as progress, goes to err.
type console struct {
	out, err io.Writer
	colours  bool       // out understands colours and wants them
	progress bool       // err is a terminal
	width    func() int // columns of the terminal

	voice  voiceFlags
	broken error // the first failure to write to out
}

// VoiceFlags say how much a subcommand writes, and how.
type voiceFlags struct {
	Quiet bool `json:"-" short:"q" help:"Write the result only."`
	JSON  bool `json:"-" name:"json" help:"Write a line of JSON for each epoch and for the result."`
}

// use makes the console write as the flags ask.
func (c *console) use(v voiceFlags) {
	c.voice = v
	c.progress = c.progress && !v.Quiet && !v.JSON
}

// say writes what is for people to read while they wait.
func (c *console) say(format string, args ...any) {
	if !c.voice.Quiet && !c.voice.JSON {
		c.printf(format, args...)
	}
}

// line writes v as a line of JSON.
func (c *console) line(v any) error { return json.NewEncoder(c.out).Encode(v) }

// newConsole returns a console, which calls unread when it turns out that
// nobody reads stdout any more.
func newConsole(stdout, stderr io.Writer, unread func()) *console {
	c := &console{err: stderr, colours: isTerminal(stdout) && wantsColours(), progress: isTerminal(stderr)}
	c.out = &checkedWriter{stdout, &c.broken, unread}
	c.width = func() int { return columns(stderr) }
	return c
}

// printf writes to the standard output.
func (c *console) printf(format string, args ...any) { fmt.Fprintf(c.out, format, args...) }

// failed returns the first failure to write to the standard output.
func (c *console) failed() error {
	if c.broken != nil {
		return fmt.Errorf("the output is incomplete: %w", c.broken)
	}
	return nil
}

// paint puts text in a colour, an SGR parameter such as "32" for green.
func (c *console) paint(colour, text string) string {
	if !c.colours || colour == "" {
		return text
	}
	return "\x1b[" + colour + "m" + text + "\x1b[0m"
}

// A checkedWriter remembers the first error.
type checkedWriter struct {
	io.Writer
	first  *error
	unread func() // called when the error is that of a closed pipe
}

func (w *checkedWriter) Write(b []byte) (int, error) {
	n, err := w.Writer.Write(b)
	if err != nil && *w.first == nil {
		*w.first = err
		if isClosedPipe(err) {
			w.unread()
		}
	}
	return n, err
}

// columns returns the width of a terminal, or that of an ordinary one when it
// is not known.
func columns(w io.Writer) int {
	if f, ok := w.(*os.File); ok {
		if width, _, err := term.GetSize(int(f.Fd())); err == nil && width > 0 {
			return width
		}
	}
	return 80
}

func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// wantsColours follows https://no-color.org.
func wantsColours() bool {
	if os.Getenv("NO_COLOR") != "" || os.Getenv("TERM") == "dumb" {
		return false
	}
	return runtime.GOOS != "windows" || os.Getenv("WT_SESSION") != "" || os.Getenv("TERM") != ""
}
