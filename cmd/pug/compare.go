package main

import (
	"context"
	"flag"
	"fmt"
	"image"
	"io"
	"os"
	"path/filepath"
	"strings"

	"pugmark/evidence"
	"pugmark/review"
	"pugmark/review/compare"
)

func compareCommand() *command {
	return &command{
		name: "compare", args: "CAPTURE CAPTURE [-o FILE.png|FOLDER] [--no-picture]",
		short: "say in what two captures differ",
		long: `Says in what two captures differ: what the server answered, the facts that the page
states, its photographs, its text, and the picture of the whole page. They may be of
one case or of two, also of imported bundles. Nothing is written into the vault.

Rows of the pictures are aligned before they are compared, so that a banner more
doesn't make the rest of a page another one. A region is a place where they differ, in
the pixels of each picture. The share of identical pixels counts only pixels that are
equal to the bit; what was inserted or removed counts as different.

With -o the pictures are drawn: to a file, side by side with the regions outlined; to a
new folder, also over each other. No file is ever overwritten.

The exit code is 0 also when they differ, and 1 when a part can't be compared because
an item can't be read, or isn't what was sealed.

    pug compare OP-2031/1 OP-2031/4
    pug compare OP-2031/1 OP-2031/4 -o differences.png`,
		minArgs: 2, maxArgs: 2, usesVault: true, reviews: true,
		setup: func(flags *flag.FlagSet) action {
			to := flags.String("o", "", "draw the pictures, to a new `file` that ends with .png, or to a new folder")
			plain := flags.Bool("no-picture", false, "leave the pictures out, which take the longest")
			return func(ctx context.Context, a *app, args []string) (outcome, error) {
				if *to != "" && *plain {
					return outcome{}, tell("usage", "Give either -o or --no-picture.", "")
				}
				return a.compare(ctx, args, *to, *plain)
			}
		},
	}
}

// compareDoc is the document of "pug compare".
type compareDoc struct {
	*compare.Comparison
	Drawn []string `json:"drawn,omitempty"` // files
}

func (a *app) compare(ctx context.Context, names []string, to string, plain bool) (out outcome, err error) {
	if to != "" {
		if err := checkTarget(to); err != nil {
			return out, err
		}
	}
	err = a.withLibrary(ctx, func(l *review.Library) error {
		_, first, err := findReviewed(ctx, l, names[0])
		if err != nil {
			return err
		}
		_, second, err := findReviewed(ctx, l, names[1])
		if err != nil {
			return err
		}
		a.step("Comparing %s with %s", first.Name(), second.Name())
		c, err := compare.Compare(ctx, first, second, compare.Options{NoPicture: plain, Progress: a.meter("Comparing the pictures")})
		if err != nil {
			return err
		}
		doc := compareDoc{Comparison: c}
		if doc.Drawn, err = a.draw(ctx, c, to); err != nil {
			return err
		}
		out = outcome{doc: doc, text: doc.print}
		if c.Bad() {
			out.exit = exitFindings
		}
		return nil
	})
	return out, err
}

// draw draws the pictures, and returns the files.
func (a *app) draw(ctx context.Context, c *compare.Comparison, to string) (drawn []string, err error) {
	if to == "" {
		return nil, nil
	}
	if c.Picture == nil {
		return nil, tell("no_picture", "The captures have no two pictures of a whole page to draw.", "Leave out -o to compare the rest.")
	}
	if strings.EqualFold(filepath.Ext(to), ".png") {
		return []string{to}, a.drawTo(ctx, c, to, compare.SideBySide)
	}
	if err := os.Mkdir(to, 0o777); err != nil {
		return nil, about(to, err)
	}
	beside, over := filepath.Join(to, "side-by-side.png"), filepath.Join(to, "overlay.png")
	if err := a.drawTo(ctx, c, beside, compare.SideBySide); err != nil {
		return nil, err
	}
	return []string{beside, over}, a.drawTo(ctx, c, over, compare.Overlay)
}

func (a *app) drawTo(ctx context.Context, c *compare.Comparison, path string, d compare.Drawing) error {
	return about(path, c.Picture.Save(ctx, path, d, a.meter("Drawing")))
}

func (d compareDoc) print(w io.Writer) {
	fmt.Fprintf(w, "A  %s\nB  %s\n", sideText(d.A), sideText(d.B))
	printUnread(w, d.Unread)
	printDifferences(w, "The answer", d.Response)
	printDifferences(w, "How they were captured", d.Conditions)
	d.printFacts(w)
	if d.Photographs != nil {
		printPhotographs(w, d.Photographs)
	}
	if d.Text != nil {
		printTextDiff(w, d.Text)
	}
	if d.Picture != nil {
		printPicture(w, d.Picture)
	}
	for _, path := range d.Drawn {
		fmt.Fprintf(w, "Drawn: %s\n", path)
	}
}

func sideText(s compare.Side) string {
	return fmt.Sprintf("%s  %s  %s  %s", s.Name, s.Verdict, localTime(s.Started), shorten(clean(s.Address), addressWidth))
}

func printUnread(w io.Writer, all []compare.Unread) {
	for _, u := range all {
		mark := " "
		if u.Bad {
			mark = "!"
		}
		fmt.Fprintf(w, "%s  %s not compared: %s\n", mark, u.Part, clean(u.Why))
	}
}

func printDifferences(w io.Writer, head string, all []compare.Difference) {
	if len(all) == 0 {
		return
	}
	fmt.Fprintf(w, "\n%s\n", head)
	for _, d := range all {
		fmt.Fprintf(w, "  ~ %s\n", d.Field)
		printBoth(w, d.A, d.B)
	}
}

// printBoth prints what a value is on either side.
func printBoth(w io.Writer, a, b string) {
	fmt.Fprintf(w, "      A  %s\n      B  %s\n", valueText(a), valueText(b))
}

func valueText(s string) string {
	if s == "" {
		return "-"
	}
	return shorten(clean(s), compareWidth)
}

// compareWidth is how many columns a value takes at most.
const compareWidth = 160

func (d compareDoc) printFacts(w io.Writer) {
	if d.Facts == nil {
		return
	}
	fmt.Fprintln(w, "\nFacts")
	same := 0
	for _, f := range d.Facts {
		if f.Change == compare.Unchanged && len(f.CorrectedA)+len(f.CorrectedB) == 0 {
			same++
			continue
		}
		fmt.Fprintf(w, "  %s %s\n", changeMarks[f.Change], factLabel(string(f.Name)))
		if f.Change == compare.Unchanged {
			fmt.Fprintf(w, "      both  %s\n", valueText(f.A))
		} else {
			printBoth(w, f.A, f.B)
		}
		printCorrections(w, "A", f.CorrectedA)
		printCorrections(w, "B", f.CorrectedB)
	}
	if same > 0 {
		fmt.Fprintf(w, "    %s the same\n", count(same, "fact"))
	}
}

// changeMarks begin a line.
var changeMarks = map[compare.Change]string{compare.Added: "+", compare.Removed: "-", compare.Changed: "~", compare.Unchanged: "="}

func factLabel(name string) string { return strings.ReplaceAll(name, "_", " ") }

func printCorrections(w io.Writer, side string, all []compare.Correction) {
	for _, c := range all {
		what := "added"
		if c.Was != "" {
			what = fmt.Sprintf("instead of %q", shorten(clean(c.Was), compareWidth))
		}
		fmt.Fprintf(w, "      of %s, %s says on %s: %s (%s)\n", side, clean(c.Actor), localTime(c.Time), valueText(c.Value), what)
	}
}

func printPhotographs(w io.Writer, p *compare.Photographs) {
	alike := 0
	for _, s := range p.Same {
		if s.Match == compare.ByHash {
			alike++
		}
	}
	fmt.Fprintf(w, "\nPhotographs: %d added, %d removed, %d the same", len(p.Added), len(p.Removed), len(p.Same))
	if alike > 0 {
		fmt.Fprintf(w, ", of which %d only look alike", alike)
	}
	fmt.Fprintln(w)
	for _, x := range p.Added {
		fmt.Fprintf(w, "  + %s\n", shorten(clean(x.Address), compareWidth))
	}
	for _, x := range p.Removed {
		fmt.Fprintf(w, "  - %s\n", shorten(clean(x.Address), compareWidth))
	}
}

// printTextDiff prints the lines that differ; in a changed one [-…-] is only in A,
// and {+…+} only in B.
func printTextDiff(w io.Writer, t *compare.Text) {
	removed, added := t.Changed()
	fmt.Fprintf(w, "\nText: %s removed, %s added, %d the same\n", count(removed, "line"), count(added, "line"), t.Same)
	if t.Cut {
		fmt.Fprintln(w, "  only the beginnings were compared: the texts, or lines of them, are very long")
	}
	for _, h := range t.Hunks {
		fmt.Fprintf(w, "  line %d of A, %d of B\n", h.LineA, h.LineB)
		for _, l := range h.Lines {
			fmt.Fprintf(w, "  %s %s\n", changeMarks[l.Change], lineText(l))
		}
	}
}

func lineText(l compare.Line) string {
	var b strings.Builder
	for _, s := range l.Spans {
		text := clean(s.Text)
		switch {
		case l.Change != compare.Changed || s.Change == compare.Unchanged:
		case s.Change == compare.Removed:
			text = "[-" + text + "-]"
		default:
			text = "{+" + text + "+}"
		}
		b.WriteString(text)
	}
	return b.String()
}

func printPicture(w io.Writer, p *compare.Picture) {
	fmt.Fprintf(w, "\nPicture: %s of the pixels are identical\n", shareText(p.Identical))
	printFields(w, []field{
		{"size", fmt.Sprintf("A %d×%d, B %d×%d", p.SizeA.Width, p.SizeA.Height, p.SizeB.Width, p.SizeB.Height)},
		{"rows", fmt.Sprintf("%d inserted, %d removed", p.Inserted, p.Removed)},
		{"different", regionsText(p)},
	})
	rows := [][]string{{"", "x,y,width,height in A", "in B", "pixels"}}
	for _, r := range p.Regions {
		if !r.Slight {
			rows = append(rows, []string{"  " + changeMarks[r.Change], areaText(r.A), areaText(r.B), fmt.Sprint(r.Pixels)})
		}
	}
	if len(rows) > 1 {
		io.WriteString(w, table(rows))
	}
}

// regionsText says how many regions there are.
func regionsText(p *compare.Picture) string {
	slight := 0
	for _, r := range p.Regions {
		if r.Slight {
			slight++
		}
	}
	text := count(len(p.Regions)-slight, "region")
	if slight > 0 {
		text += fmt.Sprintf("; and %d slight, as a shift by part of a pixel makes them", slight)
	}
	return text
}

func areaText(r image.Rectangle) string {
	if r.Empty() {
		return "-"
	}
	return rectangleText(evidence.Rectangle{X: r.Min.X, Y: r.Min.Y, Width: r.Dx(), Height: r.Dy()})
}

// shareText writes a share so that 100 % is said only of all.
func shareText(share float64) string {
	if share == 1 {
		return "100 %"
	}
	return fmt.Sprintf("%.2f %%", min(share*100, 99.99))
}
