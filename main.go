package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"ratefit/internal/command"
)

func main() {
	os.Exit(run())
}

// run cancels the command on the first interrupt, so that it can keep what it
// has. From then on signals have their usual effect: a second one ends the
// process at once.
func run() int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop)
	return command.Run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
}
