package handover

import (
	"encoding/json"
	"fmt"
	"net/netip"
	"path"
	"strconv"

	"pugmark/capture/listing"
	"pugmark/evidence"
	"pugmark/review"
)

// captureWriter writes a capture.
type captureWriter struct {
	*caseWriter
	c   *review.Capture
	own ids // of what is the capture's alone
	// urls are where it was, requested and final.
	urls  []string
	files []string
}

// capture writes a capture as far as it can be read.
func (w *caseWriter) capture(c *review.Capture) error {
	x := &captureWriter{caseWriter: w, c: c, own: ids(c.ID)}
	record := x.own.of("record", "")
	x.record[c.ID.String()] = record
	x.whole = append(x.whole, record)
	m, s, err := c.Records()
	if err != nil {
		x.put(newNode(record, "investigation:ProvenanceRecord", node{
			"investigation:exhibitNumber": c.Name(), "core:description": []string{"SHA-256 of the manifest: " + c.ManifestDigest.String(), "could not be read"},
		}))
		return err
	}
	x.place(m.Target.Requested)
	x.place(m.Target.Final)
	for _, it := range m.Items {
		x.files = append(x.files, x.file(it))
	}
	connection := x.connection(m)
	l, err := c.Listing(m)
	if l != nil {
		x.listing(l)
	}
	x.annotations(record)
	action := x.action(m, s)
	object := append(append(append([]string{}, x.urls...), connection...), x.files...)
	n := newNode(record, "investigation:ProvenanceRecord", node{
		"investigation:exhibitNumber": c.Name(), "core:name": m.Target.Title, "core:object": refs(append(object, action)),
		"core:objectCreatedTime": c.Sealed, "core:description": recordTexts(c, m),
	})
	x.put(n)
	return err
}

// place notes an address at which the capture was.
func (x *captureWriter) place(address string) {
	if id := x.address(address); id != "" && (len(x.urls) == 0 || x.urls[0] != id) {
		x.urls = append(x.urls, id)
	}
}

// recordTexts say what the ontology has no term for.
func recordTexts(c *review.Capture, m *evidence.Manifest) []string {
	out := []string{"SHA-256 of the manifest: " + c.ManifestDigest.String(), "verdict: " + string(m.Verdict)}
	for _, p := range m.Problems {
		out = append(out, "problem: "+p.Code+problemDetail(p))
	}
	return out
}

func problemDetail(p evidence.Problem) string {
	text := ""
	if p.Detail != "" {
		text += ": " + p.Detail
	}
	if p.URL != "" {
		text += " (" + p.URL + ")"
	}
	return text
}

// action writes who captured, when, with what.
func (x *captureWriter) action(m *evidence.Manifest, s *evidence.Seal) string {
	instruments := []string{x.tool(m.Environment.Tool), x.browser(m.Environment)}
	n := newNode(x.own.of("action", ""), "investigation:InvestigativeAction", node{
		"core:name": "capture", "core:description": m.Authority.Reason,
		"action:startTime": m.Time.Started, "action:endTime": m.Time.Finished,
		"action:performer": ref(x.operator(m.Authority)), "action:environment": ref(x.computer(s.Event.Host)),
		"action:instrument": refs(instruments), "action:object": refs(x.urls),
		"action:result": refs(append([]string{x.own.of("record", "")}, x.files...)),
	})
	x.whole = append(x.whole, x.own.of("action", ""))
	return x.put(n)
}

// browser writes the browser as it was set.
func (x *captureWriter) browser(e evidence.Environment) string {
	settings := [][2]string{
		{"user agent", e.UserAgent}, {"operating system", e.OS}, {"viewport", fmt.Sprintf("%dx%d", e.Viewport.Width, e.Viewport.Height)},
		{"pixel ratio", strconv.FormatFloat(e.PixelRatio, 'g', -1, 64)}, {"mobile", strconv.FormatBool(e.Mobile)},
		{"locale", e.Locale}, {"timezone", e.Timezone}, {"proxy", e.Proxy}, {"sandbox", strconv.FormatBool(e.Sandbox)},
	}
	if !e.BrowserHash.IsZero() {
		settings = append(settings, [2]string{"SHA-256 of the executable", e.BrowserHash.String()})
	}
	key, err := json.Marshal([]any{e.Browser, settings, e.Flags})
	if err != nil && x.err == nil {
		x.err = err
	}
	tool := x.tool(e.Browser)
	return x.share(x.shared.of("browser", string(key)), func(id string) {
		var entries []string
		entry := func(name string, values ...string) {
			at := x.shared.of("setting", id+" "+name)
			entries = append(entries, x.put(newNode(at, "configuration:ConfigurationEntry", node{
				"configuration:itemName": name, "configuration:itemValue": values,
			})))
		}
		for _, s := range settings {
			if s[1] != "" {
				entry(s[0], s[1])
			}
		}
		if len(e.Flags) > 0 {
			entry("flags", e.Flags...)
		}
		set := x.put(newNode(x.shared.of("configuration", id), "configuration:Configuration", node{"configuration:configurationEntry": refs(entries)}))
		x.put(newNode(id, "tool:ConfiguredTool", node{
			"core:name": e.Browser, "configuration:isConfigurationOf": ref(tool), "configuration:usesConfiguration": ref(set),
		}))
	})
}

// file writes an item.
func (x *captureWriter) file(it evidence.Item) string {
	name := x.put(newNode(x.own.of("file facet", it.Path), "observable:FileFacet", node{
		"observable:fileName": path.Base(it.Path), "observable:filePath": it.Path, "observable:sizeInBytes": it.Bytes,
	}))
	content := x.content(it.Path, it.MediaType, it.Bytes, it.SHA256, x.own)
	return x.put(newNode(x.own.of("file", it.Path), "observable:File", node{
		"core:tag": string(it.Kind), "core:hasFacet": refs([]string{name, content}),
	}))
}

// content writes what bytes there are.
func (x *captureWriter) content(name, mediaType string, size int64, sum evidence.Digest, in ids) string {
	n := newNode(in.of("content", name), "observable:ContentDataFacet", node{
		"observable:mimeType": mediaType, "observable:hash": ref(x.hash(name, sum, in)),
	})
	if size > 0 || mediaType != "" {
		n.set("observable:sizeInBytes", size)
	}
	return x.put(n)
}

func (x *captureWriter) hash(name string, sum evidence.Digest, in ids) string {
	return x.put(newNode(in.of("hash", name), "types:Hash", node{
		"types:hashMethod": "SHA256", "types:hashValue": literal("hexBinary", sum.String()),
	}))
}

// connection writes what served the document, and with which certificate, and the
// redirects that led there.
func (x *captureWriter) connection(m *evidence.Manifest) []string {
	t := m.Target
	for i, r := range t.Redirects {
		from, to := x.address(r.From), x.address(r.To)
		if from != "" && to != "" {
			x.put(relationship(x.own.of("redirect", strconv.Itoa(i)), "observable:ObservableRelationship", from, to, "Redirected_To"))
		}
	}
	if t.Remote == "" && t.Status == 0 {
		return nil
	}
	network := newNode(x.own.of("network facet", ""), "observable:NetworkConnectionFacet", nil)
	if at, err := netip.ParseAddrPort(t.Remote); err == nil {
		network.set("observable:dst", ref(x.host(at.Addr().String())))
		network.set("observable:destinationPort", int(at.Port()))
	}
	http := x.put(newNode(x.own.of("http facet", ""), "observable:HTTPConnectionFacet", node{
		"observable:requestValue": t.Final, "observable:requestVersion": t.Protocol,
	}))
	var texts []string
	if t.Status != 0 {
		texts = []string{"status: " + strconv.Itoa(t.Status)}
	}
	out := []string{x.put(newNode(x.own.of("connection", ""), "observable:NetworkConnection", node{
		"core:description": texts, "core:hasFacet": refs([]string{x.put(network), http}),
	}))}
	if m.TLS != nil {
		certificate := x.certificate(m.TLS)
		x.put(relationship(x.own.of("presented", ""), "observable:ObservableRelationship", out[0], certificate, "Presented"))
		out = append(out, certificate)
	}
	return out
}

// certificate writes the server's certificate.
func (x *captureWriter) certificate(t *evidence.TLS) string {
	facet := newNode(x.own.of("certificate facet", ""), "observable:X509CertificateFacet", node{
		"observable:subject": t.Subject, "observable:issuer": t.Issuer,
		"observable:validityNotBefore": t.NotBefore, "observable:validityNotAfter": t.NotAfter,
	})
	if len(t.Chain) > 0 {
		facet.set("observable:thumbprintHash", ref(x.hash("certificate", t.Chain[0], x.own)))
	}
	texts := []string{"protocol: " + t.Protocol, "valid, by the browser: " + strconv.FormatBool(t.Valid)}
	if t.Error != "" {
		texts = append(texts, "error: "+t.Error)
	}
	return x.put(newNode(x.own.of("certificate", ""), "observable:X509Certificate", node{
		"core:description": texts, "core:hasFacet": ref(x.put(facet)),
	}))
}

// listing writes what the page says of what it offers.
func (x *captureWriter) listing(l *listing.Listing) {
	for _, name := range sortedFacts(l) {
		f := l.Facts[name]
		x.annotate("fact", string(name), valuesOf(f), []string{"listing fact", string(name)}, x.urls, node{
			"core:description": factTexts(f),
		})
	}
	x.seller(l)
	for i, p := range l.Photographs {
		if !p.SHA256.IsZero() {
			x.photograph(i, p)
		}
	}
}

// seller writes the account of who offers, as the page names it.
func (x *captureWriter) seller(l *listing.Listing) {
	first := func(n listing.Name) string {
		if v := valuesOf(l.Facts[n]); len(v) > 0 {
			return v[0]
		}
		return ""
	}
	name, id, platform := first(listing.SellerName), first(listing.SellerID), first(listing.Platform)
	if platform == "" {
		platform = l.Host
	}
	key := platform + " id " + id
	if id == "" {
		key = platform + " name " + name
	}
	if name == "" && id == "" {
		return
	}
	account := x.share(x.shared.of("account", key), func(at string) {
		digital := x.put(newNode(x.shared.of("account name", key), "observable:DigitalAccountFacet", node{"observable:displayName": name}))
		facets := []string{digital}
		if id != "" {
			facets = append(facets, x.put(newNode(x.shared.of("account facet", key), "observable:AccountFacet", node{"observable:accountIdentifier": id})))
		}
		x.put(newNode(at, "observable:DigitalAccount", node{"core:hasFacet": refs(facets), "core:description": "on " + platform}))
	})
	for _, u := range x.urls {
		x.put(relationship(x.own.of("offers", u), "observable:ObservableRelationship", account, u, "Seller_Named_On"))
	}
}

// photograph writes a picture that was obtained, which other captures may have too.
func (x *captureWriter) photograph(i int, p listing.Photograph) {
	picture := x.share(x.shared.of("picture", p.SHA256.String()), func(id string) {
		raster := newNode(x.shared.of("raster", p.SHA256.String()), "observable:RasterPictureFacet", node{"observable:pictureType": p.Format})
		if p.Width > 0 {
			raster.set("observable:pictureWidth", p.Width)
			raster.set("observable:pictureHeight", p.Height)
		}
		content := x.content("picture "+p.SHA256.String(), "", p.Bytes, p.SHA256, x.shared)
		n := newNode(id, "observable:RasterPicture", node{"core:hasFacet": refs([]string{x.put(raster), content})})
		if p.Hash != "" {
			n.set("core:description", "perceptual hash: "+p.Hash)
		}
		x.put(n)
	})
	at := x.address(p.Address)
	for j, u := range x.urls {
		x.put(relationship(x.own.of("shown", fmt.Sprintf("%d %d", i, j)), "observable:ObservableRelationship", picture, u, "Contained_Within"))
	}
	if at != "" {
		x.put(relationship(x.own.of("obtained", strconv.Itoa(i)), "observable:ObservableRelationship", picture, at, "Obtained_From"))
	}
}
