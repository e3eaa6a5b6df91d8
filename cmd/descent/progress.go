package main

import (
	"fmt"
	"io"
	"time"
	"unicode/utf8"

	"github.com/schollz/progressbar/v3"

	"github.com/descent-ml/descent/train"
)

// A progress shows how far training is: a bar on a terminal, nothing
// elsewhere. The bar takes one line, however narrow the terminal is.
type progress struct {
	bar           *progressbar.ProgressBar // nil for none
	epochs        int
	total, seen   int // examples of all epochs
	began, redrew time.Time
	loss          float64 // a running mean
}

// redraw is the time between two looks of the bar.
const redraw = 100 * time.Millisecond

func newProgress(con *console, epochs, examples int, unit string) *progress {
	p := &progress{epochs: epochs, total: epochs * examples, began: time.Now()}
	if con.progress {
		p.bar = progressbar.NewOptions(p.total,
			progressbar.OptionSetWriter(&lineWriter{con.err, con.width}),
			progressbar.OptionSetWidth(min(24, con.width()/4)),
			progressbar.OptionSetTheme(progressbar.Theme{Saucer: "█", SaucerPadding: "░", BarStart: " ", BarEnd: " "}),
			progressbar.OptionThrottle(redraw),
			progressbar.OptionShowIts(),
			progressbar.OptionSetItsString(unit),
			progressbar.OptionSetPredictTime(false),
			progressbar.OptionSetElapsedTime(false),
			progressbar.OptionShowDescriptionAtLineEnd(),
			progressbar.OptionClearOnFinish(),
		)
	}
	return p
}

// step moves the bar on.
func (p *progress) step(s train.Step) error {
	p.seen += s.Examples
	if p.loss == 0 {
		p.loss = s.Loss
	}
	p.loss += (s.Loss - p.loss) / 20
	if p.bar == nil {
		return nil
	}
	if now := time.Now(); now.Sub(p.redrew) >= redraw {
		p.redrew = now
		p.bar.Describe(fmt.Sprintf("epoch %d/%d, loss %.4f, %s left", s.Epoch, p.epochs, p.loss, p.left(now)))
	}
	_ = p.bar.Add(s.Examples)
	return nil
}

// left estimates the time until all examples have been seen.
func (p *progress) left(now time.Time) time.Duration {
	each := float64(now.Sub(p.began)) / float64(p.seen)
	return time.Duration(each * float64(p.total-p.seen)).Round(time.Second)
}

// clear makes room for a line of output.
func (p *progress) clear() {
	if p.bar != nil {
		_ = p.bar.Clear()
	}
}

// A lineWriter cuts off what does not fit into the line of a terminal. A longer
// line would begin another, and "\r" would not lead back to where it began.
type lineWriter struct {
	io.Writer
	width func() int
}

func (w *lineWriter) Write(b []byte) (int, error) {
	room := w.width() - 1 // many terminals go to the next line after the last column
	cut := make([]byte, 0, len(b))
	column := 0
	for _, r := range string(b) {
		switch r {
		case '\r', '\n':
			column = 0
		default:
			column++
		}
		if column <= room {
			cut = utf8.AppendRune(cut, r)
		}
	}
	if _, err := w.Writer.Write(cut); err != nil {
		return 0, err
	}
	return len(b), nil
}
