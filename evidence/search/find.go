package search

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
)

// Limits of what is done for an answer.
const (
	Ranked  = 1000   // as many captures at most are ranked by bm25
	Counted = 10_000 // so many at most are counted
)

// Hit is a capture that was found.
type Hit struct {
	ID      string
	Source  string // see [Document.Source]
	Field   Field  // the one that the snippet is of
	Snippet []Span // the surroundings of the first place where a word stands
}

// Answer is what was found.
type Answer struct {
	Hits   []Hit
	Total  int // of all that match, those without a hit included; [Counted]: as many or more
	Unread int // captures that could not be read, in part or at all
}

// Find finds captures.
func (x *Index) Find(ctx context.Context, q Query) (*Answer, error) {
	p, err := parse(q)
	if err != nil {
		return nil, err
	}
	tx, err := x.db.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return nil, err
	}
	defer tx.Rollback() //nolint:errcheck // nothing was written
	s := &finder{ctx: ctx, tx: tx, parsed: p, lowest: math.MinInt64, highest: math.MaxInt64}
	s.price()
	a := new(Answer)
	if err := tx.QueryRowContext(ctx, "SELECT count(*) FROM docs WHERE unread").Scan(&a.Unread); err != nil || p.nothing {
		return a, err
	}
	if err := s.bound(); err != nil {
		return nil, err
	}
	found, err := s.run(a)
	if err != nil {
		return nil, err
	}
	for _, seq := range found {
		h, err := s.hit(seq)
		if err != nil {
			return nil, err
		}
		a.Hits = append(a.Hits, h)
	}
	return a, nil
}

// finder answers one query on a state of the index that stands still.
type finder struct {
	ctx context.Context
	tx  *sql.Tx
	*parsed
	lowest, highest int64  // numbers between which the captures are
	exactly         string // further conditions, with their arguments
	args            []any
}

// bound turns the times into bounds of numbers, which SQLite can use.
func (s *finder) bound() error {
	if s.From.IsZero() && s.To.IsZero() {
		return nil
	}
	from, to := int64(math.MinInt64), int64(math.MaxInt64)
	if !s.From.IsZero() {
		from = s.From.UnixNano()
	}
	if !s.To.IsZero() {
		to = s.To.UnixNano()
	}
	var n, all int64
	const bounds = "SELECT coalesce(min(seq), 0), coalesce(max(seq), -1), count(*) FROM docs WHERE sealed >= ? AND sealed < ?"
	if err := s.tx.QueryRowContext(s.ctx, bounds, from, to).Scan(&s.lowest, &s.highest, &n); err != nil {
		return err
	}
	const between = "SELECT count(*) FROM docs WHERE seq BETWEEN ? AND ?"
	if err := s.tx.QueryRowContext(s.ctx, between, s.lowest, s.highest).Scan(&all); err != nil {
		return err
	}
	if all != n {
		// The clock was set back meanwhile, or some captures are from elsewhere.
		s.only("sealed >= ? AND sealed < ?", from, to)
	}
	return nil
}

// price adds the condition that the price must meet, if there is one.
func (s *finder) price() {
	if s.PriceFrom > 0 {
		s.only("high >= ?", s.PriceFrom)
	}
	if s.PriceTo > 0 {
		s.only("low <= ?", s.PriceTo)
	}
	if c := strings.ToUpper(strings.TrimSpace(s.Currency)); c != "" {
		s.only("high IS NOT NULL AND currency = ?", c)
	}
}

// only adds a condition on docs.
func (s *finder) only(condition string, args ...any) {
	s.exactly += " AND +rowid IN (SELECT seq FROM docs WHERE " + condition + ")"
	s.args = append(s.args, args...)
}

// run returns the numbers of the captures that are shown, the best first.
func (s *finder) run(a *Answer) ([]int64, error) {
	newest, err := s.newest(a)
	switch {
	case err != nil || len(s.find) == 0:
		return newest, err
	case a.Total <= Ranked:
		return s.list(allColumns, rankExpression+", rowid DESC")
	}
	head, err := s.list(headColumns, "rowid DESC")
	for _, seq := range newest {
		if len(head) < s.Limit && !slices.Contains(head, seq) {
			head = append(head, seq)
		}
	}
	return head, err
}

// newest returns the newest captures that match, and counts all. Both are one query,
// since to look up the beginning of a word is most of the work.
func (s *finder) newest(a *Answer) ([]int64, error) {
	from, args := s.from(allColumns)
	q := "WITH found(seq) AS MATERIALIZED (SELECT rowid" + from + " ORDER BY rowid DESC LIMIT ?)" +
		" SELECT count(*) FROM found UNION ALL SELECT * FROM (SELECT seq FROM found ORDER BY seq DESC LIMIT ?)"
	all, err := s.numbers(q, append(args, Counted, s.Limit)...)
	if err != nil {
		return nil, err
	}
	a.Total = int(all[0])
	return all[1:], nil
}

// list returns the first captures, in an order, that match in some columns.
func (s *finder) list(columns, order string) ([]int64, error) {
	from, args := s.from(columns)
	return s.numbers("SELECT rowid"+from+" ORDER BY "+order+" LIMIT ?", append(args, s.Limit)...)
}

func (s *finder) numbers(query string, args ...any) (out []int64, err error) {
	rows, err := s.tx.QueryContext(s.ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var n int64
		if err := rows.Scan(&n); err != nil {
			return nil, err
		}
		out = append(out, n)
	}
	return out, rows.Err()
}

// rankExpression weighs the fields, then the single characters of all but the text
// and of the text, and the filters and species, which weigh nothing.
var rankExpression = func() string {
	var b strings.Builder
	b.WriteString("bm25(words")
	for _, f := range fields {
		fmt.Fprintf(&b, ", %g", f.weight)
	}
	return b.String() + ", 4, 1, 0, 0)"
}()

// from writes from where the captures are taken, and which.
func (s *finder) from(columns string) (string, []any) {
	want, never := s.match(columns)
	between := " rowid BETWEEN ? AND ?" + s.exactly
	args := append([]any{s.lowest, s.highest}, s.args...)
	switch {
	case want == "" && never == "":
		return " FROM docs WHERE" + between, args
	case want == "":
		return " FROM docs WHERE rowid NOT IN (SELECT rowid FROM words WHERE words MATCH ?) AND" + between, append([]any{never}, args...)
	case never != "":
		want = fmt.Sprintf("(%s) NOT (%s)", want, never)
	}
	return " FROM words WHERE words MATCH ? AND" + between, append([]any{want}, args...)
}

// hit makes what is shown of a capture.
func (s *finder) hit(seq int64) (h Hit, err error) {
	var b []byte
	if err := s.tx.QueryRowContext(s.ctx, "SELECT id, source, texts FROM docs JOIN texts USING (seq) WHERE seq = ?", seq).Scan(&h.ID, &h.Source, &b); err != nil {
		if errors.Is(err, sql.ErrNoRows) {
			err = fmt.Errorf("%w: there is none", errTexts)
		}
		return h, err
	}
	texts, err := decodeTexts(b)
	if err != nil {
		return h, err
	}
	h.Field, h.Snippet = snippet(texts, s.shown())
	return h, nil
}

// shown returns the terms that a snippet shows.
func (s *finder) shown() []term {
	out := slices.Clone(s.find)
	for _, t := range s.within {
		out = append(out, t.term)
	}
	return out
}
