package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"pugmark/evidence"
	"pugmark/evidence/canon"
	"pugmark/evidence/custody"
)

func checkpointCommand() *command {
	return &command{
		name: "checkpoint", args: "[-o FILE]",
		short: "print the signed head of the custody log",
		long: `Prints the signed head of the custody log: a text of a few lines that stands for
every entry up to now. Give it to somebody who keeps it: a head office, a court,
a notary. With it "pug verify --all --against FILE" proves later that the log
only grew since then: that nothing in it was changed or taken away, not even by
who holds the vault and its key.

It reveals nothing but the number of entries. One file may hold several, one
after the other. The passphrase is needed only if the newest entries are not
signed yet.

    pug checkpoint -o 2026-11-24.checkpoint
    pug checkpoint >>checkpoints.txt`,
		usesVault: true, usesSecret: true,
		setup: func(flags *flag.FlagSet) action {
			path := flags.String("o", "", "write it to the new `file`")
			return func(ctx context.Context, a *app, _ []string) (outcome, error) { return a.checkpoint(ctx, *path) }
		},
	}
}

// checkpointDoc is the document of "pug checkpoint".
type checkpointDoc struct {
	Origin     string       `json:"origin"`
	Size       int64        `json:"size"` // log entries
	Root       canon.Digest `json:"root"`
	Checkpoint string       `json:"checkpoint"`     // the signed note
	Path       string       `json:"path,omitempty"` // the file, if one was written
}

func (a *app) checkpoint(ctx context.Context, path string) (outcome, error) {
	if path != "" {
		if err := checkTarget(path); err != nil {
			return outcome{}, err
		}
	}
	c, err := a.signedHead(ctx)
	if err != nil {
		return outcome{}, err
	}
	doc := checkpointDoc{c.Origin, c.Size, c.Root, c.Note, path}
	if path == "" {
		return outcome{doc: doc, text: func(w io.Writer) { io.WriteString(w, c.Note) }}, nil
	}
	if err := writeNew(path, c.Note); err != nil {
		return outcome{}, about(path, err)
	}
	return outcome{doc: doc, text: func(w io.Writer) {
		fmt.Fprintln(w, "Wrote the signed head of the custody log")
		printFields(w, []field{{"file", path}, {"log entries", strconv.FormatInt(c.Size, 10)}, {"root", c.Root.String()}})
		fmt.Fprintf(w, "Who keeps it proves with it later that the log only grew: pug verify --all --against %s\n", path)
	}}, nil
}

// signedHead returns the signed head of the whole log, and signs it if that
// isn't done yet.
func (a *app) signedHead(ctx context.Context) (c custody.Checkpoint, err error) {
	var whole bool
	err = a.withVault(ctx, func(v *evidence.Vault) error {
		c, whole, err = v.Head(ctx)
		if errors.Is(err, custody.ErrNoCheckpoint) {
			return nil
		}
		return about(v.Dir(), err)
	})
	if err != nil || whole {
		return c, err
	}
	err = a.withWritableVault(ctx, func(v *evidence.Vault) error {
		if err := a.unlock(ctx, v); err != nil {
			return err
		}
		c, err = v.SignCheckpoint(ctx)
		return err
	})
	return c, err
}

// writeNew writes a file that isn't there yet, whole or not at all.
func writeNew(path, text string) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	_, err = f.WriteString(text)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return errors.Join(err, os.Remove(path))
	}
	return nil
}

// maxPinsFile bounds what is read of a file of checkpoints, in bytes.
const maxPinsFile = 16 << 20

// readPins reads the checkpoints that --against gives.
func readPins(paths []string) (pins []custody.Checkpoint, err error) {
	for _, path := range paths {
		f, err := os.Open(path)
		if err != nil {
			return nil, about(path, err)
		}
		b, err := io.ReadAll(io.LimitReader(f, maxPinsFile))
		if err = errors.Join(err, f.Close()); err != nil {
			return nil, about(path, err)
		}
		found, err := custody.ParseCheckpoints(strings.ReplaceAll(string(b), "\r\n", "\n"))
		if err != nil {
			return nil, tell("not_a_checkpoint", fmt.Sprintf("The file %q does not hold checkpoints: %s.", path, clean(err.Error())),
				`A checkpoint is what "pug checkpoint" prints: a few lines that begin with pugmark/`)
		}
		pins = append(pins, found...)
	}
	return pins, nil
}

// pinError says what is wrong with a pinned checkpoint that nobody known
// signed.
func pinError(err error) error {
	if !errors.Is(err, custody.ErrSignature) {
		return err
	}
	return tell("pin_signature", fmt.Sprintf("A checkpoint given with --against can't be used: %s.", clean(err.Error())),
		"It names the log of this vault, but none of the vault's keys signed it. Either the file was altered, or the vault's\n"+
			"keys were replaced since: then the log is not the one that was pinned. Get the checkpoint again from\n"+
			"whoever keeps it; if it is the same, do not rely on this vault.")
}
