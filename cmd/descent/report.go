package main

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/descent-ml/descent/train"
	"github.com/descent-ml/descent/train/metric"
)

// The table of epochs.
const (
	epochHead = "epoch   train loss   correct   valid loss   correct   learning rate     time\n"
	epochRow  = "%5s   %10.4f %7.2f %%   %10.4f %7.2f %%   %13.3g   %6s\n"
)

// printEpoch writes a line of the table of epochs.
func printEpoch(con *console, e train.Epoch, of int) {
	con.printf(epochRow, fmt.Sprintf("%d/%d", e.Number, of), e.Train.Loss, percent(e.Train), e.Valid.Loss, percent(*e.Valid), e.LR, seconds(e.Time))
}

func percent(s train.Score) float64 { return 100 * s.Of("accuracy") }

// seconds writes a duration as in "9.5 s".
func seconds(d time.Duration) string { return fmt.Sprintf("%.1f s", d.Seconds()) }

// printConfusion prints a confusion matrix. Counts of right answers are green,
// counts of wrong ones are red, and a dot stands for zero.
func printConfusion(con *console, m *metric.Confusion) {
	width := 4
	for label := range m.Classes() {
		width = max(width, len(strconv.Itoa(slices.Max(m.Row(label))))+1)
	}
	con.printf("%4s", "")
	for class := range m.Classes() {
		con.printf("%*d", width, class)
	}
	con.printf("%10s\n", "correct")
	for label := range m.Classes() {
		row := m.Row(label)
		con.printf("%4d", label)
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
			con.printf("%s%s", strings.Repeat(" ", width-len([]rune(text))), con.paint(colour, text))
		}
		if sum > 0 {
			con.printf("%8.1f %%", 100*float64(row[label])/float64(sum))
		}
		con.printf("\n")
	}
}

// writeConfusion writes a confusion matrix as comma-separated values: a line
// for each label and a column for each answer of the net.
func writeConfusion(w io.Writer, m *metric.Confusion) error {
	var b strings.Builder
	b.WriteString("label")
	for class := range m.Classes() {
		fmt.Fprintf(&b, ",%d", class)
	}
	b.WriteByte('\n')
	for label := range m.Classes() {
		b.WriteString(strconv.Itoa(label))
		for _, n := range m.Row(label) {
			fmt.Fprintf(&b, ",%d", n)
		}
		b.WriteByte('\n')
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// thousands writes n with commas.
func thousands(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
