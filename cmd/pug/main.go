// Command pug is the command line of Pugmark. It captures online listings as
// evidence, seals them in a vault, exports them as bundles and verifies them.
//
// Results go to standard output, everything else to standard error. With
// --json, standard output holds exactly one JSON document: what the command
// came to, or {"error": {"code", "message", "hint"}}.
//
// The exit code is
//
//	0    done, or verified
//	1    done, with something that a person must look at: a capture that is
//	     not complete, a verification that is not VERIFIED, a failed check
//	2    not done; the message says why, and what to do next
//	130  stopped by Ctrl-C or SIGTERM
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	// The first signal ends in good order what is under way. With the handler
	// gone, a second one ends the program at once.
	context.AfterFunc(ctx, stop)
	os.Exit(run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}
