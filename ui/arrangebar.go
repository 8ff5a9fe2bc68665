package ui

import (
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"pugmark/evidence"
)

// arrangementBar lets one choose filters and an order.
type arrangementBar struct {
	how     arrangement
	changed func(arrangement)
	sites   []site

	verdict, site, stands, by *widget.Select
	down                      *widget.Button
	content                   *fyne.Container
	setting                   bool // the program sets what is chosen
}

// What may be chosen, in the order in which it is offered.
var (
	verdictChoices = []evidence.Verdict{"", evidence.Complete, evidence.Partial, evidence.Failed}
	standChoices   = []standing{"", standsUnverified, standsVerified, standsBad, standsUnstamped}
	orderChoices   = []order{byExhibit, byTime, byTitle, bySite, byVerdict}
)

func newArrangementBar(how arrangement, changed func(arrangement)) *arrangementBar {
	b := &arrangementBar{how: how, changed: changed}
	b.verdict = widget.NewSelect([]string{
		tr("Any verdict"), verdictWord(evidence.Complete, 0), verdictWord(evidence.Partial, 0), verdictWord(evidence.Failed, 0),
	}, b.chosen)
	b.stands = widget.NewSelect([]string{
		tr("Any integrity"), tr("Not known to be verified"), tr("Verified, unaltered"), tr("Not as sealed, or missing"), tr("Not stamped yet"),
	}, b.chosen)
	b.by = widget.NewSelect([]string{tr("By exhibit"), tr("By time"), tr("By title"), tr("By site"), tr("By verdict")}, b.chosen)
	b.site = widget.NewSelect(nil, b.chosen)
	b.down = widget.NewButton("", func() {
		b.how.Down = !b.how.Down
		b.show()
		b.changed(b.how)
	})
	b.content = container.NewGridWithColumns(2, b.verdict, b.site, b.stands, b.by, widget.NewButton(tr("No filters"), b.reset), b.down)
	b.offer(nil)
	return b
}

// offer offers sites to filter by. One that was chosen and isn't there is not.
func (b *arrangementBar) offer(sites []site) {
	b.sites = sites
	if !slices.ContainsFunc(sites, func(s site) bool { return s.host == b.how.Site }) {
		b.how.Site = ""
	}
	b.show()
}

// reset ends all filters.
func (b *arrangementBar) reset() {
	b.how.Verdict, b.how.Site, b.how.Stands = "", "", ""
	b.show()
	b.changed(b.how)
}

// show shows what is chosen.
func (b *arrangementBar) show() {
	b.setting = true
	defer func() { b.setting = false }()
	options := []string{tr("Any site")}
	at := 0
	for i, s := range b.sites {
		options = append(options, safe(s.host, 60, covered)+" · "+grouped(int64(s.n)))
		if s.host == b.how.Site {
			at = i + 1
		}
	}
	b.site.SetOptions(options)
	b.site.SetSelectedIndex(at)
	b.verdict.SetSelectedIndex(max(slices.Index(verdictChoices, b.how.Verdict), 0))
	b.stands.SetSelectedIndex(max(slices.Index(standChoices, b.how.Stands), 0))
	b.by.SetSelectedIndex(max(slices.Index(orderChoices, b.how.By), 0))
	b.down.SetText(tr("Ascending"))
	if b.how.Down {
		b.down.SetText(tr("Descending"))
	}
}

// chosen takes what was chosen.
func (b *arrangementBar) chosen(string) {
	if b.setting {
		return
	}
	b.how.Verdict = verdictChoices[max(b.verdict.SelectedIndex(), 0)]
	b.how.Stands = standChoices[max(b.stands.SelectedIndex(), 0)]
	b.how.By = orderChoices[max(b.by.SelectedIndex(), 0)]
	b.how.Site = ""
	if i := b.site.SelectedIndex(); i > 0 && i <= len(b.sites) {
		b.how.Site = b.sites[i-1].host
	}
	b.changed(b.how)
}
