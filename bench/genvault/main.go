// Genvault makes a large vault of invented captures, to try and to measure what
// reads one.
//
//	go run ./bench/genvault -n 10000 DIR
//
// Its passphrase is "genvault".
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"time"

	"pugmark/bench/vaultgen"
	"pugmark/evidence"
)

const passphrase = "genvault"

func main() {
	o := vaultgen.Options{Progress: progress}
	flag.IntVar(&o.Captures, "n", 10_000, "how many `captures`")
	flag.IntVar(&o.Cases, "cases", 8, "how many `cases`; the first gets half of the captures, or all if it is alone")
	flag.IntVar(&o.Workers, "workers", 8, "how many `captures` are under way at once")
	flag.Parse()
	if flag.NArg() != 1 || o.Captures < 0 || o.Cases < 1 || o.Workers < 1 {
		fmt.Fprintln(os.Stderr, "usage: genvault [-n CAPTURES] [-cases CASES] [-workers N] DIR")
		os.Exit(2)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	begun := time.Now()
	if err := generate(ctx, flag.Arg(0), o); err != nil {
		fmt.Fprintln(os.Stderr, "genvault:", err)
		os.Exit(1)
	}
	fmt.Fprintf(os.Stderr, "%d captures in %s; the passphrase is %q\n", o.Captures, time.Since(begun).Round(time.Second), passphrase)
}

func generate(ctx context.Context, dir string, o vaultgen.Options) (err error) {
	v, err := evidence.Create(ctx, dir, evidence.CreateOptions{
		Name: "Generated", Operator: "A. Okoro", Role: "Analyst", Organisation: "Wildlife Crime Unit", Passphrase: passphrase,
	})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, v.Close()) }()
	return vaultgen.Fill(ctx, v, o)
}

func progress(sealed int) {
	if sealed%500 == 0 {
		fmt.Fprintf(os.Stderr, "%d sealed\n", sealed)
	}
}
