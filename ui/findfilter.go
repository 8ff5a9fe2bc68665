package ui

import (
	"strconv"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"pugmark/evidence/search"
)

// foundFilter says of what kind the captures are that are to be found.
type foundFilter struct{ species, from, to, currency *widget.Entry }

func newFoundFilter(changed func()) foundFilter {
	entry := func(placeholder string) *widget.Entry {
		e := widget.NewEntry()
		e.SetPlaceHolder(placeholder)
		e.OnChanged = func(string) { changed() }
		return e
	}
	return foundFilter{entry(tr("Species or category")), entry(tr("Price from")), entry(tr("Price to")), entry(tr("Currency, such as CNY"))}
}

func (f foundFilter) object() fyne.CanvasObject {
	return container.NewGridWithColumns(4, f.species, f.from, f.to, f.currency)
}

// query returns what is looked for with some words, or what is wrong with what was
// entered.
func (f foundFilter) query(words string) (q search.Query, bad *problem) {
	q = search.Query{
		Words: words, Species: strings.TrimSpace(f.species.Text), Currency: strings.ToUpper(strings.TrimSpace(f.currency.Text)), Limit: maxFound,
	}
	for _, p := range []struct {
		entry *widget.Entry
		to    *float64
	}{{f.from, &q.PriceFrom}, {f.to, &q.PriceTo}} {
		text := strings.TrimSpace(p.entry.Text)
		if text == "" {
			continue
		}
		n, err := strconv.ParseFloat(text, 64)
		if err != nil || n <= 0 {
			return q, &problem{trf("“%s” is no price.", text), tr("Enter a number, such as 1299.50.")}
		}
		*p.to = n
	}
	if len(q.Currency) != 0 && len(q.Currency) != 3 {
		return q, &problem{trf("“%s” is no currency.", q.Currency), tr("Enter its code of three letters.")}
	}
	return q, nil
}
