// Command descent trains, measures and explains small neural nets.
//
//	descent train           train a small net on handwritten digits
//	descent bench           measure how fast this machine computes
//	descent train --help    the flags of a subcommand
//
// It exits with 0 when all went well, with 2 when the command line is wrong,
// with 130 when it was interrupted, and with 1 when anything else failed; then
// one sentence on the standard error says what, and what to do.
package main

import (
	"context"
	"os"
	"os/signal"
	"slices"
)

func main() {
	ctx, cancel := context.WithCancel(context.Background())
	catchInterrupts(cancel)
	keepOnClosedPipe()
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

// catchInterrupts calls cancel at the first interrupt. It does not catch a
// second one, which ends the process. Signals that the process was told to
// ignore when it began, as by nohup, stay ignored.
func catchInterrupts(cancel func()) {
	signals := slices.DeleteFunc(slices.Clone(interrupts), signal.Ignored)
	if len(signals) == 0 {
		return // Notify would take no signals for all signals
	}
	first := make(chan os.Signal, 1)
	signal.Notify(first, signals...)
	go func() {
		<-first
		cancel()
		for _, s := range signals {
			if !slices.Contains(lastSignals, s) {
				signal.Reset(s)
			}
		}
	}()
}
