package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"

	"pugmark/evidence"
	"pugmark/evidence/tsa"
)

func authorityAddCommand() *command {
	return &command{
		name: "authority add", args: "NAME URL [--policy OID]",
		short: "ask a time-stamp authority for timestamps",
		long: `Adds a time-stamp authority (RFC 3161). From then on each capture asks it for a
timestamp twice: before the page is opened, and after the capture is sealed. Two
independent authorities are better than one.

What is sent to an authority is a SHA-256 digest that tells nothing of the page,
over a connection of its own: it sees this machine's address, also where pages
are captured through a proxy. No authority is asked that was not added.

Add the authority's root certificate too, with "pug trust add": without it the
vault stores the timestamps but doesn't trust them.

    pug authority add freetsa https://freetsa.org/tsr
    pug trust add freetsa-root.pem`,
		minArgs: 2, maxArgs: 2, usesVault: true,
		setup: func(flags *flag.FlagSet) action {
			policy := flags.String("policy", "", "the `OID` of the policy that is asked for; else the authority chooses")
			return func(ctx context.Context, a *app, args []string) (outcome, error) {
				return a.addAuthority(ctx, tsa.Authority{Name: args[0], URL: args[1], Policy: *policy})
			}
		},
	}
}

// authoritiesDoc is the document of the commands that concern authorities.
type authoritiesDoc struct {
	Authorities []tsa.Authority `json:"authorities"`
}

func (a *app) addAuthority(ctx context.Context, t tsa.Authority) (out outcome, err error) {
	if err := t.Check(); err != nil {
		return out, tell("usage", sentence(clean(err.Error()))+".", "For example: pug authority add freetsa https://freetsa.org/tsr")
	}
	err = a.withWritableVault(ctx, func(v *evidence.Vault) error {
		if err := v.AddAuthority(ctx, t); err != nil {
			return about(t.Name, err)
		}
		roots, err := v.Roots(ctx)
		out = outcome{doc: authoritiesDoc{[]tsa.Authority{t}}, text: func(w io.Writer) {
			fmt.Fprintf(w, "%s is asked for timestamps from now on, at %s\n", clean(t.Name), clean(t.URL))
			if len(roots) == 0 {
				fmt.Fprintln(w, "Next: pug trust add FILE.pem, with its root certificate, so that its timestamps are trusted")
			}
		}}
		return err
	})
	return out, err
}

func authorityListCommand() *command {
	return &command{
		name: "authority list", short: "list the time-stamp authorities", long: "Lists the time-stamp authorities that captures are stamped by.",
		usesVault: true,
		setup: func(*flag.FlagSet) action {
			return func(ctx context.Context, a *app, _ []string) (outcome, error) { return a.listAuthorities(ctx) }
		},
	}
}

func (a *app) listAuthorities(ctx context.Context) (out outcome, err error) {
	err = a.withVault(ctx, func(v *evidence.Vault) error {
		authorities, err := v.Authorities(ctx)
		doc := authoritiesDoc{authorities}
		out = outcome{doc: doc, text: doc.print}
		return err
	})
	return out, err
}

func (d authoritiesDoc) print(w io.Writer) {
	if len(d.Authorities) == 0 {
		fmt.Fprintln(w, `There is no time-stamp authority, and nothing is sent to any. "pug authority add" adds one.`)
		return
	}
	rows := [][]string{{"AUTHORITY", "ADDRESS", "POLICY"}}
	for _, t := range d.Authorities {
		rows = append(rows, []string{clean(t.Name), clean(t.URL), clean(t.Policy)})
	}
	io.WriteString(w, table(rows))
}

func authorityRemoveCommand() *command {
	return &command{
		name: "authority remove", args: "NAME",
		short:   "ask a time-stamp authority no more",
		long:    "Removes a time-stamp authority: it is asked no more. Its timestamps stay.",
		minArgs: 1, maxArgs: 1, usesVault: true,
		setup: func(*flag.FlagSet) action {
			return func(ctx context.Context, a *app, args []string) (outcome, error) {
				return a.removeAuthority(ctx, args[0])
			}
		},
	}
}

func (a *app) removeAuthority(ctx context.Context, name string) (out outcome, err error) {
	err = a.withWritableVault(ctx, func(v *evidence.Vault) error {
		err := v.RemoveAuthority(ctx, name)
		if errors.Is(err, evidence.ErrNoAuthority) {
			return about(name, err)
		}
		if err != nil {
			return err
		}
		left, err := v.Authorities(ctx)
		out = outcome{doc: authoritiesDoc{left}, text: func(w io.Writer) {
			fmt.Fprintf(w, "%s is asked no more. %s left.\n", clean(name), sentence(authorityCount(len(left))))
		}}
		return err
	})
	return out, err
}

func authorityCount(n int) string {
	switch n {
	case 0:
		return "no authority is"
	case 1:
		return "one authority is"
	}
	return fmt.Sprintf("%d authorities are", n)
}
