package main

import (
	"encoding/csv"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/descent-ml/descent/internal/quote"
	"github.com/descent-ml/descent/train"
	"github.com/descent-ml/descent/train/metric"
)

// printEpochHead writes the head of the table of epochs.
func printEpochHead(con *console, c column) {
	width := c.width()
	con.say("%5s   %10s   %*s   %10s   %*s   %13s   %6s\n", "epoch", "train loss", width, c.head, "valid loss", width, c.head, "learning rate", "time")
}

// printEpoch writes a line of the table of epochs.
func printEpoch(con *console, e train.Epoch, of int, c column) {
	if con.voice.JSON {
		m := map[string]any{"epoch": e.Number, "steps": e.Steps, "lr": e.LR, "train_loss": jsonNumber(e.Train.Loss), "seconds": e.Time.Seconds()}
		m["train_"+c.name] = jsonNumber(c.value(e.Train))
		m["valid_loss"], m["valid_"+c.name] = jsonNumber(e.Valid.Loss), jsonNumber(c.value(*e.Valid))
		_ = con.line(m) // a failure is noticed by the console
		return
	}
	width := c.width()
	con.say("%5s   %10.4f   %*s   %10.4f   %*s   %13.3g   %6s\n", fmt.Sprintf("%d/%d", e.Number, of),
		e.Train.Loss, width, c.text(e.Train), e.Valid.Loss, width, c.text(*e.Valid), e.LR, seconds(e.Time))
}

// width returns the width of the column.
func (c *column) width() int { return max(len(c.head), 9) }

// result writes how the model did, and where the run is.
func (c *console) result(r *result, folder *runFolder, weights string) {
	if c.voice.JSON {
		m := r.json()
		m["weights"] = weights
		_ = c.line(m)
		return
	}
	if r.confusion != nil {
		c.say("\non %s %s %s (a row for each class, a column for each answer of the net):\n\n", thousands(r.score.Examples), r.on, r.unit)
		if !c.voice.Quiet {
			printConfusion(c, r.confusion, r.classes)
		}
	}
	if folder != nil {
		c.say("\nweights     %s\nloss curve  %s\n\n", weights, folder.file(curveFile))
	}
	more := ""
	if r.column.more != nil {
		more = r.column.more(r.score)
	}
	c.printf("%s %s %s%s\n", r.on, r.column.name, r.column.text(r.score), more)
}

// seconds writes a duration as in "9.5 s".
func seconds(d time.Duration) string { return fmt.Sprintf("%.1f s", d.Seconds()) }

// className returns the name of a class.
func className(classes []string, class int) string {
	if class < len(classes) {
		return classes[class]
	}
	return strconv.Itoa(class)
}

// shortName returns the name of a class for a table on a terminal.
func shortName(classes []string, class int) string {
	name := []rune(quote.Line(className(classes, class)))
	if len(name) > 12 {
		name = append(name[:11], '…')
	}
	return string(name)
}

// mostClasses is the largest number of classes whose confusion is printed.
const mostClasses = 20

// printConfusion prints a confusion matrix. Counts of right answers are green,
// counts of wrong ones are red, and a dot stands for zero.
func printConfusion(con *console, m *metric.Confusion, classes []string) {
	if m.Classes() > mostClasses {
		con.printf("(%d classes: see confusion.csv)\n", m.Classes())
		return
	}
	left, width := 4, 4
	for label := range m.Classes() {
		left = max(left, utf8.RuneCountInString(shortName(classes, label)))
		width = max(width, len(strconv.Itoa(slices.Max(m.Row(label))))+1, utf8.RuneCountInString(shortName(classes, label))+1)
	}
	con.printf("%*s", left, "")
	for class := range m.Classes() {
		con.printf("%*s", width, shortName(classes, class))
	}
	con.printf("%10s\n", "correct")
	for label := range m.Classes() {
		row := m.Row(label)
		con.printf("%*s", left, shortName(classes, label))
		sum := 0
		for class, n := range row {
			sum += n
			text, colour := strconv.Itoa(n), "31"
			switch {
			case n == 0:
				text, colour = "·", "2"
			case class == label:
				colour = "32"
			}
			con.printf("%s%s", strings.Repeat(" ", width-utf8.RuneCountInString(text)), con.paint(colour, text))
		}
		if sum > 0 {
			con.printf("%8.1f %%", 100*float64(row[label])/float64(sum))
		}
		con.printf("\n")
	}
}

// writeConfusion writes a confusion matrix as comma-separated values: a line
// for each label and a column for each answer of the net.
func writeConfusion(w io.Writer, m *metric.Confusion, classes []string) error {
	c := csv.NewWriter(w)
	row := []string{"label"}
	for class := range m.Classes() {
		row = append(row, className(classes, class))
	}
	_ = c.Write(row) // Flush keeps the error
	for label := range m.Classes() {
		row = append(row[:0], className(classes, label))
		for _, n := range m.Row(label) {
			row = append(row, strconv.Itoa(n))
		}
		_ = c.Write(row)
	}
	c.Flush()
	return c.Error()
}

// thousands writes n with commas.
func thousands(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
