package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/descent-ml/descent/internal/fixture"
	"github.com/descent-ml/descent/internal/optable"
	"github.com/descent-ml/descent/internal/quote"
)

// gradcheckCommand tries every operation and says how well it agrees with what it
// should be.
type gradcheckCommand struct {
	Names    []string `arg:"" optional:"" name:"operation" help:"Operations to try, such as Tanh; all without."`
	Markdown bool     `help:"Print docs/conformance.md."`
	JSON     bool     `name:"json" help:"Print a line of JSON for each operation instead of a table."`
}

// Help is what descent gradcheck --help says above the flags.
func (c *gradcheckCommand) Help() string {
	return "Each operation is tried on operands of many shapes and layouts, in float64, and compared: its value with the formula, written as plainly " +
		"as can be; its gradient and its second derivative with finite differences; and value and gradient with PyTorch. A deviation is the " +
		"largest |got − want| / max(1, |want|). Differences have an error of about 1e-9 of their own. The exit code is 1 when an operation is wrong.\n\n" +
		"    descent gradcheck\n" +
		"    descent gradcheck Tanh MatMul"
}

// Run tries one operation after the other and prints each when it is done.
func (c *gradcheckCommand) Run(ctx context.Context, con *console) error {
	if c.Markdown && c.JSON {
		return &usageError{fmt.Errorf("--markdown and --json are two forms of the table; give one"), "descent gradcheck --help"}
	}
	all := optable.Names()
	for _, name := range c.Names {
		if !slices.Contains(all, name) {
			return &usageError{fmt.Errorf("there is no operation %s; the operations are %s", quote.Short(name), strings.Join(all, ", ")), "descent gradcheck --help"}
		}
	}
	c.head(con)
	tried, cases, wrong := 0, 0, 0
	err := optable.Conformance(
		func(name string) bool { return len(c.Names) == 0 || slices.Contains(c.Names, name) },
		func(l *optable.Line) error {
			if ctx.Err() != nil {
				return &interruptedError{"before " + l.Name}
			}
			tried, cases = tried+1, cases+l.Cases+l.PyTorch
			if len(l.Errs) > 0 {
				wrong++
			}
			return c.line(con, l)
		})
	if err != nil {
		return err
	}
	if !c.JSON && !c.Markdown {
		con.printf("\n%s, %s\n", plural(tried, "operation"), plural(cases, "case"))
	}
	if wrong > 0 {
		return fmt.Errorf("%s of %d do not agree", plural(wrong, "operation"), tried)
	}
	return nil
}

const markdownHead = `# How well operations agree

Every operation in float64, on operands of many shapes and layouts. A deviation is the largest |got − want| / max(1, |want|) over all elements of
all cases; 2e-16 is a rounding error. The value is compared with the formula, written as plainly as can be; gradient and second derivative with
finite differences, which have an error of about 1e-9 of their own; and value and gradient with PyTorch ` + fixture.Version + `.

` + "```sh\ngo run ./cmd/descent gradcheck --markdown > docs/conformance.md\n```" + `

| operation | cases | value | gradient | second derivative | cases of PyTorch | value | gradient |
| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
`

func (c *gradcheckCommand) head(con *console) {
	switch {
	case c.Markdown:
		con.printf("%s", markdownHead)
	case !c.JSON:
		con.printf("%-26s %5s %8s %8s %8s   %7s %8s %8s\n", "", "", "", "", "second", "PyTorch", "", "")
		con.printf("%-26s %5s %8s %8s %8s   %7s %8s %8s\n", "operation", "cases", "value", "gradient", "deriv.", "cases", "value", "gradient")
	}
}

// line prints a line of the table, and what is wrong.
func (c *gradcheckCommand) line(con *console, l *optable.Line) error {
	gradient, second, theirs := deviation(l.Gradient), deviation(l.Second), deviation(l.PyTorchGradient)
	if l.Flat {
		gradient, second, theirs = "·", "·", "·"
	}
	value := deviation(l.PyTorchValue)
	if l.PyTorch == 0 {
		value, theirs = "·", "·"
	}
	switch {
	case c.JSON:
		errs := []string{}
		for _, err := range l.Errs {
			errs = append(errs, err.Error())
		}
		return con.line(map[string]any{
			"operation": l.Name, "cases": l.Cases, "value": jsonNumber(l.Value), "differentiable": !l.Flat, "gradient": jsonNumber(l.Gradient),
			"second": jsonNumber(l.Second), "pytorch_cases": l.PyTorch, "pytorch_value": jsonNumber(l.PyTorchValue),
			"pytorch_gradient": jsonNumber(l.PyTorchGradient), "errors": errs,
		})
	case c.Markdown:
		con.printf("| %s | %d | %s | %s | %s | %d | %s | %s |\n", l.Name, l.Cases, deviation(l.Value), gradient, second, l.PyTorch, value, theirs)
	default:
		con.printf("%-26s %5d %8s %8s %8s   %7d %8s %8s\n", l.Name, l.Cases, deviation(l.Value), gradient, second, l.PyTorch, value, theirs)
	}
	for _, err := range l.Errs {
		fmt.Fprintf(con.err, "descent: %v\n", err)
	}
	return nil
}

// deviation writes a deviation: 3e-10, or 0.
func deviation(v float64) string {
	if v == 0 {
		return "0"
	}
	return fmt.Sprintf("%.0e", v)
}
