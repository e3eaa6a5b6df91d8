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
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second interrupt is not caught and ends the process
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}
